"""The rule that turns numbers with intervals into a verdict; it was written before the runs.

A claim says that a statistic lies in a band, such as "above zero". Each number has a 90 % interval.
The number is *supported* where its whole interval lies in the band, *contradicted* where the whole
interval lies outside, *inconclusive* where it includes an edge, *not judged* with one seed. A claim
with several parts ("all architectures") needs all of them; one contradicted part contradicts it.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from swgw.scores.resample import verdict

MARKS = {
    "supported": "▲",
    "contradicted": "▼",
    "inconclusive": "○",
    "not judged": "–",
    "not testable here": "◇",
}
"""Every verdict in the order of tables, with a shape, so that nothing rests on colour alone."""

Band = tuple[float, float]


def judge(parts: pd.DataFrame, band: Band, outside: Band | None = None) -> list[str]:
    """Judge each number on its own, see :func:`swgw.verdict`.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns low, high (ends of the 90 % interval, unit of the statistic) and seeds.
    band : tuple of float
        Where the statistic lies if the claim is right.
    outside : tuple of float, optional
        A wider band: contradicted only outside it; the band itself by default.

    Returns
    -------
    list of str
        One of the first four of :data:`MARKS` for each part.

    Examples
    --------
    >>> table = pd.DataFrame({"low": [0.1, -0.2, -0.3], "high": [0.3, 0.1, -0.1], "seeds": 3})
    >>> judge(table, (0, np.inf))
    ['supported', 'inconclusive', 'contradicted']
    """
    words = []
    for _, row in parts.iterrows():
        word, wider = verdict(row, *band), verdict(row, *(outside or band))
        words.append("inconclusive" if word == "contradicted" != wider else word)
    return words


def combine(verdicts: Iterable[str]) -> str:
    """Judge a claim from the verdicts on its parts: all must support it, one contradicts it.

    Examples
    --------
    >>> combine(["supported", "inconclusive"]), combine(["inconclusive", "contradicted"])
    ('inconclusive', 'contradicted')
    """
    order = ("contradicted", "not judged", "inconclusive", "supported")
    return next((word for word in order if word in set(verdicts)), "not testable here")


def deciding(parts: pd.DataFrame, band: Band) -> object:
    """Name the part that decides: of those with the claim's verdict, the farthest from support.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns value and verdict; at least one row.
    band : tuple of float
    """
    chosen = parts.loc[parts["verdict"] == combine(parts["verdict"]), "value"].astype(float)
    margin = np.minimum(chosen - band[0], band[1] - chosen)
    return margin.index[int(np.argmin(margin))]
