"""The arithmetic of the paper redone from its own published numbers, rounding carried through.

Nothing here knows a study: every number comes from :mod:`swgw.scores.paper`. A printed 0.51 may
stand
for anything from 0.505 to 0.515, so each result has the range that its rounded inputs allow. What
two printed numbers say of a third can then be told from what rounding blurs.
"""

import numpy as np
import pandas as pd
from scipy import stats

from swgw.scores import paper as published

SCORE_DIGITS = 2
RMSE_DIGITS = 2
ARCHITECTURES = ("GRU", "LSTM", "TFT")
STATED_GAIN = (0.15, 0.20)
"""Section 5, conclusion 1: NSE and R² rise by 15–20 % across all configurations."""
SECONDS_A_DAY = 86_400
LITRES = 1_000


def rounding_range(value: float, digits: int = 2) -> tuple[float, float]:
    """Give the numbers that a printed number may stand for.

    Examples
    --------
    >>> rounding_range(0.51)
    (0.505, 0.515)
    """
    half = 0.5 * 10**-digits
    return round(value - half, digits + 3), round(value + half, digits + 3)


def implied_variance(nse: float, rmse: float) -> float:
    """Variance of the observations that a pair of NSE and RMSE implies, RMSE² / (1 − NSE).

    Parameters
    ----------
    nse : float
    rmse : float
        In the unit of the observations; the variance is in its square.

    Examples
    --------
    >>> round(implied_variance(0.51, 39.53))
    3189
    """
    return rmse**2 / (1 - nse)


def implied_range(nse: float, rmse: float) -> tuple[float, float]:
    """Range of the implied variance that rounding of both numbers allows.

    Examples
    --------
    >>> [round(edge) for edge in implied_range(0.51, 39.53)]
    [3156, 3223]
    """
    nse_low, nse_high = rounding_range(nse, SCORE_DIGITS)
    rmse_low, rmse_high = rounding_range(rmse, RMSE_DIGITS)
    return implied_variance(nse_low, rmse_low), implied_variance(nse_high, rmse_high)


def nse_from_rmse(rmse: float, variance: float) -> float:
    """NSE that an RMSE means where the observations have this variance.

    Examples
    --------
    >>> round(nse_from_rmse(28.76, 3161), 3)
    0.738
    """
    return 1 - rmse**2 / variance


def rmse_from_nse(nse: float, variance: float) -> float:
    """RMSE that an NSE means where the observations have this variance.

    Examples
    --------
    >>> round(rmse_from_nse(0.66, 3161), 1)
    32.8
    """
    return float(np.sqrt((1 - nse) * variance))


def table_3_variances() -> pd.DataFrame:
    """Give the variance that each row of Table 3 implies.

    Returns
    -------
    DataFrame
        model, nse, rmse, value, low, high [(m³/s)²], agrees (whether it belongs to the largest set
        of rows that share a value).
    """
    table = published.TABLE_3.copy()
    pairs = list(zip(table["nse"], table["rmse"], strict=True))
    table["value"] = [implied_variance(*pair) for pair in pairs]
    table["low"], table["high"] = zip(*(implied_range(*pair) for pair in pairs), strict=True)
    low, high = common_range(table)
    table["agrees"] = (table["low"] <= low) & (high <= table["high"])
    return table.drop(columns="r2")


def common_range(intervals: pd.DataFrame) -> tuple[float, float]:
    """Give the range that lies in the most of some intervals.

    Parameters
    ----------
    intervals : DataFrame
        Columns low and high.

    Examples
    --------
    >>> common_range(pd.DataFrame({"low": [1, 2, 8], "high": [4, 5, 9]}))
    (2.0, 4.0)
    """
    low, high = (intervals[name].to_numpy(float) for name in ("low", "high"))
    covering = ((low[:, None] <= low) & (low <= high[:, None])).sum(axis=0)
    start = low[covering.argmax()]
    return float(start), float(high[(low <= start) & (start <= high)].min())


def common_variance() -> tuple[float, float, float]:
    """Middle and ends of the variance that most rows of Table 3 share [(m³/s)²]."""
    low, high = common_range(table_3_variances())
    return (low + high) / 2, low, high


def reconciled() -> pd.DataFrame:
    """Give each row of Table 3 as it would read if one of its two scores were right.

    Returns
    -------
    DataFrame
        model, nse and rmse as printed, nse_if_rmse_holds, rmse_if_nse_holds [m³/s], both with the
        variance that most rows share.
    """
    variance = common_variance()[0]
    table = published.TABLE_3[["model", "nse", "rmse"]].copy()
    table["nse_if_rmse_holds"] = nse_from_rmse(table["rmse"], variance)
    table["rmse_if_nse_holds"] = [rmse_from_nse(nse, variance) for nse in table["nse"]]
    return table


def relative_change(single: float, multi: float) -> float:
    """Change from a single-task to a multi-task score, as a share of the first.

    Examples
    --------
    >>> round(relative_change(0.51, 0.45), 3)
    -0.118
    """
    return multi / single - 1


def relative_changes() -> pd.DataFrame:
    """Give the relative changes of NSE and R² of runoff that Table 3 contains.

    Returns
    -------
    DataFrame
        architecture, score, single, multi, change, low, high (what rounding allows, shares).
    """
    table, rows = published.TABLE_3.set_index("model"), []
    for score in ("nse", "r2"):
        for name in ARCHITECTURES:
            single, multi = (float(table.loc[f"{kind}-{name}", score]) for kind in ("ST", "MT"))
            (low_s, high_s), (low_m, high_m) = map(rounding_range, (single, multi))
            low, high = relative_change(high_s, low_m), relative_change(low_s, high_m)
            rows.append((name, score, single, multi, relative_change(single, multi), low, high))
    columns = ["architecture", "score", "single", "multi", "change", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def p_of_correlation(r: float, n: int) -> float:
    """Two-sided p of a Pearson correlation over independent pairs.

    Parameters
    ----------
    r : float
    n : int
        Pairs.

    Examples
    --------
    >>> round(p_of_correlation(-0.26, 25), 2), round(p_of_correlation(0.52, 25), 3)
    (0.21, 0.008)
    """
    t = abs(r) * np.sqrt((n - 2) / (1 - r**2))
    return float(2 * stats.t.sf(t, n - 2))


def correlation_range(r: float, n: int, level: float = 0.9) -> tuple[float, float]:
    """Interval of a published correlation by Fisher's z."""
    half = stats.norm.ppf((1 + level) / 2) / np.sqrt(n - 3)
    low, high = np.tanh(np.arctanh(r) + np.array([-half, half]))
    return float(low), float(high)


def correlations() -> pd.DataFrame:
    """Give the two correlations with distance (Fig. 9), what they are worth over 25 wells.

    Returns
    -------
    DataFrame
        name, r, low, high (90 %), p, p_low, p_high (what rounding of r allows).
    """
    rows = []
    for name, r in published.CORRELATIONS.items():
        low, high = correlation_range(r, published.WELLS)
        edges = [p_of_correlation(edge, published.WELLS) for edge in rounding_range(r)]
        p = p_of_correlation(r, published.WELLS)
        rows.append((name, r, low, high, p, min(edges), max(edges)))
    return pd.DataFrame(rows, columns=["name", "r", "low", "high", "p", "p_low", "p_high"])


def cluster_orders() -> dict[str, tuple[int, ...]]:
    """Order the clusters by what the paper says of each.

    Returns
    -------
    dict of str to tuple of int
        "closest first" (section 4.2), "highest entropy first" and "lowest R² first" (section 3.2).
        If closeness raised entropy and lowered R², the three would be one order.
    """
    table = published.CLUSTERS.set_index("cluster")
    return {
        "closest first": tuple(reversed(published.DISTANCE_ORDER)),
        "highest entropy first": tuple(table["entropy_median"].sort_values(ascending=False).index),
        "lowest R² first": tuple(table["r2_median"].sort_values().index),
    }


def litres_per_second(cubic_metres_per_day: float) -> float:
    """Turn m³/d into L/s.

    Examples
    --------
    >>> round(litres_per_second(28.43), 2)
    0.33
    """
    return cubic_metres_per_day * LITRES / SECONDS_A_DAY


def entropy_ceiling(order: int, base: float) -> float:
    """Highest permutation entropy of an order, that of noise, in units of the logarithm's base.

    Examples
    --------
    >>> round(entropy_ceiling(3, np.e), 2), round(entropy_ceiling(3, 2), 2)
    (1.79, 2.58)
    """
    return float(np.log(np.prod(np.arange(1, order + 1))) / np.log(base))
