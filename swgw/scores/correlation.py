"""Correlations of series with memory: effective sample size, lags, ranks and a seasonal null.

Two smooth series correlate by chance far more often than two white ones. Intervals and p-values
rest on an effective sample size, n (1 − r₁r₂)/(1 + r₁r₂) with the series' lag-one autocorrelations
(Bartlett, 1935; Bretherton et al., 1999). Two seasonal series correlate because both have seasons:
the null permutes the calendar years of one of them, each year as a whole.
"""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from swgw.scores.skill import mean_known

LEVEL = 0.9
FEWEST = 4  # pairs below which Fisher's interval does not exist
PERMUTATIONS = 200


class Correlation(NamedTuple):
    """Pearson's r with its interval; a list of them is the rows of a DataFrame.

    Attributes
    ----------
    value : float
        r.
    low, high : float
        Ends of the 90 % interval (Fisher's z); NaN with fewer than four effective pairs.
    p : float
        Two-sided, of the hypothesis that r is zero.
    n : int
        Pairs.
    effective_n : float
        Pairs that count as independent.
    """

    value: float
    low: float
    high: float
    p: float
    n: int
    effective_n: float


def lag_one(values: ArrayLike) -> float:
    """Give the lag-one autocorrelation, over neighbours that are both known; 0 if none are.

    Examples
    --------
    >>> lag_one([1, 2, 3, 4, 5, 6])
    0.5
    """
    values = np.asarray(values, float)
    known = np.isfinite(values)
    both = known[1:] & known[:-1]
    if not both.any() or np.ptp(values[known]) == 0:
        return 0.0
    anomaly = values - values[known].mean()
    product = (anomaly[1:] * anomaly[:-1])[both].sum() / (both.sum() + 1)
    return float(np.clip(product / np.mean(anomaly[known] ** 2), -1, 1))


def pearson(x: ArrayLike, y: ArrayLike, series: bool = True) -> Correlation:
    """Correlate two samples; for series, with the effective number of pairs.

    Parameters
    ----------
    x, y : array (sample,)
        In order of time where ``series``; NaN where missing.
    series : bool
        False for samples without an order, such as wells; then every pair counts.

    Raises
    ------
    ValueError
        If the two differ in length.

    Examples
    --------
    >>> found = pearson([1, 2, 3, 4, 5], [2, 4, 7, 6, 9], series=False)
    >>> [round(float(number), 2) for number in found]
    [0.94, 0.5, 0.99, 0.02, 5.0, 5.0]
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape:
        raise ValueError(f"x has {x.size} values and y {y.size}; expected as many")
    known = np.isfinite(x) & np.isfinite(y)
    n = int(known.sum())
    if n < 3 or min(x[known].std(), y[known].std()) < 1e-12:
        return Correlation(np.nan, np.nan, np.nan, np.nan, n, float(n))
    r = float(np.clip(np.corrcoef(x[known], y[known])[0, 1], -1, 1))
    memory = 0.0
    if series:
        memory = max(lag_one(np.where(known, x, np.nan)) * lag_one(np.where(known, y, np.nan)), 0.0)
    effective = n * (1 - memory) / (1 + memory)
    return Correlation(r, *interval_of_r(r, effective), n, effective)


def interval_of_r(r: float, n: float) -> tuple[float, float, float]:
    """Give the ends of the 90 % interval of Pearson's r (Fisher's z) and its two-sided p.

    Parameters
    ----------
    r : float
    n : float
        Independent pairs.

    Examples
    --------
    >>> [round(number, 3) for number in interval_of_r(0.52, 25)]
    [0.222, 0.729, 0.008]
    """
    if n < FEWEST or abs(r) >= 1:
        return np.nan, np.nan, np.nan
    half = stats.norm.ppf((1 + LEVEL) / 2) / np.sqrt(n - 3)
    low, high = np.tanh(np.arctanh(r) + np.array([-half, half]))
    t = abs(r) * np.sqrt((n - 2) / (1 - r**2))
    return float(low), float(high), float(2 * stats.t.sf(t, n - 2))


def rank_correlation(x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Give Spearman's rank correlation along the last axis; NaN where one does not vary.

    Parameters
    ----------
    x, y : array (..., sample)

    Examples
    --------
    >>> float(rank_correlation([1, 2, 3, 4], [10, 30, 20, 40]))
    0.8
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.ConstantInputWarning)
        return stats.spearmanrho(x, y, axis=-1).statistic


def lag_correlations(table: pd.DataFrame, cause: pd.Series, lags: dict[int, int]) -> pd.DataFrame:
    """Correlate each column, such as a well's head, with an earlier series, at several lags.

    Parameters
    ----------
    table : DataFrame (time, well)
        NaN where missing.
    cause : Series (time,)
        On a complete calendar that has the table's steps.
    lags : dict
        Name of the lag, such as its months, to steps of the lag.

    Returns
    -------
    DataFrame (well, lag)
        Pearson's r; NaN where fewer than four values are shared or one of the two is constant.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # a stuck logger, a dry river
        earlier = {name: cause.shift(steps) for name, steps in lags.items()}
        found = {n: table.corrwith(series, min_periods=FEWEST) for n, series in earlier.items()}
    return pd.DataFrame(found, index=table.columns)


def place_in_year(time: pd.DatetimeIndex) -> np.ndarray:
    """Number the steps of each calendar year from 0: (time,)."""
    return pd.Series(0, time).groupby(time.year).cumcount().to_numpy()


def without_seasons(table: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Subtract from each step of the year its mean over the years."""
    return table - table.groupby(place_in_year(table.index)).transform("mean")


def permute_years(series: pd.Series, rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Put the calendar years of a series into other orders, each year as a whole.

    Parameters
    ----------
    series : Series (time,)
        On a complete calendar.
    rng : Generator
    count : int
        How many orders.

    Returns
    -------
    DataFrame (time, order)
        NaN at steps that the other year lacks.
    """
    time, place = series.index, place_in_year(series.index)
    year = time.year.to_numpy() - time.year[0]
    by_year = np.full((place.max() + 1, year.max() + 1), np.nan)
    by_year[place, year] = series
    orders = np.stack([rng.permutation(by_year.shape[1]) for _ in range(count)])
    return pd.DataFrame(by_year[place[:, None], orders.T[year]], time)


def largest_correlations(table: pd.DataFrame, causes: pd.DataFrame, lags: list[int]) -> np.ndarray:
    """Give the size of each column's largest correlation with earlier series.

    Parameters
    ----------
    table : DataFrame (time, well)
        NaN where missing.
    causes : DataFrame (time, cause)
        On a calendar that has the table's steps.
    lags : list of int
        In steps, from 0 on.

    Returns
    -------
    array (cause, well)
    """
    now, columns = causes.index.get_indexer(table.index), causes.to_numpy(float).T
    wells = _anomalies(table.to_numpy(float).T)
    sizes = []
    for lag in lags:
        earlier = np.where(now >= lag, columns[:, (now - lag).clip(0)], np.nan)
        sizes.append(np.abs(_correlate(*_anomalies(earlier), *wells)))
    return np.fmax.reduce(sizes).clip(max=1)


def _correlate(x: np.ndarray, has_x: np.ndarray, y: np.ndarray, has_y: np.ndarray) -> np.ndarray:
    """Pearson's r of each x (cause, time) with each y (well, time): (cause, well).

    Both are zero in gaps; ``has_x`` and ``has_y`` are 1 where they are known. NaN without a value.
    """
    n = has_x @ has_y.T  # (cause, well), and so are all sums over pairs
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y = x @ has_y.T / n, has_x @ y.T / n
        covariance = x @ y.T / n - mean_x * mean_y
        spread = (x**2 @ has_y.T / n - mean_x**2) * (has_x @ (y**2).T / n - mean_y**2)
        r = covariance / np.sqrt(spread)
    return np.where((n >= FEWEST) & np.isfinite(r), r, np.nan)


def _anomalies(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Subtract each row's mean, or rounding would exceed the spread of heads of 1,400 m."""
    anomalies, known = rows - mean_known(rows, axis=1, keepdims=True), np.isfinite(rows)
    return np.where(known, anomalies, 0.0), known.astype(float)


def seasonal_null(
    table: pd.DataFrame, cause: pd.Series, lags: list[int], seed: int = 0
) -> pd.DataFrame:
    """Compare each column's largest correlation with those after the cause's years are permuted.

    Permuted years keep seasons, spread and memory within the year, and lose their relation to the
    years of the table. The largest of many correlations is large by chance: so is the null's.

    Parameters
    ----------
    table, cause, lags
        See :func:`largest_correlations`.
    seed : int

    Returns
    -------
    DataFrame (well; value, null, null_high, above)
        Sizes of correlations; of the permuted ones the mean and the 95 % quantile; whether the
        value is above that.
    """
    orders = permute_years(cause, np.random.default_rng(seed), PERMUTATIONS)
    null = largest_correlations(table, orders, lags)
    (value,) = largest_correlations(table, cause.to_frame(), lags)
    high = np.quantile(null, 0.95, axis=0)
    found = {"value": value, "null": null.mean(axis=0), "null_high": high, "above": value > high}
    return pd.DataFrame(found, table.columns)
