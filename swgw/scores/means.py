"""Means with their intervals, and how a page writes numbers and intervals."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from scipy import stats

from swgw.scores.resample import LEVEL, intervals
from swgw.scores.skill import bias


def sample_means(values: pd.DataFrame, rows: str = "wells", block: int = 1) -> pd.DataFrame:
    """Mean of each column over rows, such as wells, with its 90 % interval; rows are resampled.

    Parameters
    ----------
    values : DataFrame (row; name) or (row; name, seed)
        NaN where missing; the mean over seeds is taken, of resampled seeds.
    rows : str
        What the rows are: name of the column with their number.
    block : int
        Neighbouring rows that are resampled together.

    Returns
    -------
    DataFrame (name; value, low, high, seeds, rows)
        Without seeds where the columns have none.
    """
    seeds = values.columns.nlevels > 1
    sims = values if seeds else pd.concat({0: values}, axis=1).swaplevel(axis=1)
    table = intervals(pd.Series(0.0, values.index), sims, bias, block)
    table = table.rename(columns={"blocks": rows}).rename_axis(None)
    return table if seeds else table.drop(columns="seeds")


def over_seeds(values: pd.DataFrame) -> pd.DataFrame:
    """Mean of each column over seeds, with its 90 % interval by Student's t.

    Parameters
    ----------
    values : DataFrame (seed; name)

    Returns
    -------
    DataFrame (name; value, low, high, seeds)
        low and high are NaN with one seed.

    Examples
    --------
    >>> over_seeds(pd.DataFrame({"share": [1.0, 2.0, 3.0]})).round(2).to_numpy().tolist()
    [[2.0, 0.31, 3.69, 3.0]]
    """
    seeds, mean = len(values), values.mean()
    half = stats.t.ppf((1 + LEVEL) / 2, seeds - 1) * values.std() / np.sqrt(seeds)
    return pd.DataFrame({"value": mean, "low": mean - half, "high": mean + half, "seeds": seeds})


# So many digits more than asked for are written at most.
MOST = 3


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
    pairs = [pair for pair in product(ends, edges) if np.isfinite(pair).all() and np.ptp(pair) > 0]
    for more in range(digits, digits + MOST + 1):
        if all(number(end, more) != number(edge, more) for end, edge in pairs):
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
