"""Numbers as a page writes them, with digits enough to see on which side of an edge they lie."""

from collections.abc import Sequence

import numpy as np

MOST = 3
"""So many digits more than asked for are written at most."""


def number(value: float, digits: int = 2) -> str:
    """Write a number with a true minus sign; a dash where it is not defined.

    Examples
    --------
    >>> number(-0.256), number(12345.6, 0), number(float("nan"))
    ('−0.26', '12,346', '–')
    """
    if value is None or not np.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}"
    return (text.lstrip("-") if float(text.replace(",", "")) == 0 else text).replace("-", "−")


def telling_digits(ends: Sequence[float], digits: int = 2, edges: Sequence[float] = (0.0,)) -> int:
    """Give the digits with which no end of an interval is rounded to an edge that it is not on.

    Parameters
    ----------
    ends : sequence of float
        Of an interval, in the unit in which they are written; NaN where there is none.
    digits : int
        The fewest.
    edges : sequence of float
        What decides a verdict: zero, or the edges of a claim's band.

    Returns
    -------
    int
        ``digits`` again where :data:`MOST` more would not tell either.

    Examples
    --------
    >>> telling_digits([-0.3, 0.2]), telling_digits([0.0004, 0.2]), telling_digits([-8.1, -0.4], 0)
    (2, 4, 1)
    """
    near = [
        (end, edge) for end in ends for edge in edges if np.isfinite([end, edge]).all()
        and end != edge
    ]  # fmt: skip
    for more in range(digits, digits + MOST + 1):
        if all(number(end, more) != number(edge, more) for end, edge in near):
            return more
    return digits


def with_interval(
    value: float, low: float, high: float, digits: int = 2, edges: Sequence[float] = (0.0,)
) -> str:
    """Write a number with the ends of its interval, by the same digits, where it has one.

    Examples
    --------
    >>> with_interval(0.35, 0.1, 0.6), with_interval(0.001, 0.0002, 0.003)
    ('0.35 [0.10, 0.60]', '0.0010 [0.0002, 0.0030]')
    """
    if not np.isfinite(low):
        return number(value, digits)
    digits = telling_digits((low, high), digits, edges)
    return f"{number(value, digits)} [{number(low, digits)}, {number(high, digits)}]"
