"""Correlations of series that remember: lagged, with intervals that know how few values count.

Two smooth series agree by chance far more often than two rows of dice. Intervals and p-values
here rest on an effective number of values, n (1 − r₁r₂)/(1 + r₁r₂) with the series' lag-one
autocorrelations (Bartlett, 1935; Bretherton et al., 1999), not on n.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

LEVEL = 0.9
FEWEST = 4  # pairs below which Fisher's interval does not exist


@dataclass(frozen=True)
class Correlation:
    """Pearson's r with its interval.

    Attributes
    ----------
    r : float
    low, high : float
        Ends of the 90 % interval (Fisher's z); NaN with fewer than four effective values.
    p : float
        Two-sided, of the hypothesis that r is zero.
    n : int
        Pairs.
    effective_n : float
        Pairs that count as independent.
    """

    r: float
    low: float
    high: float
    p: float
    n: int
    effective_n: float

    @property
    def text(self) -> str:
        """The number for a label: r, its 90 % interval, p and how many pairs count."""
        count = f"n = {self.n}"
        if self.effective_n < self.n - 1:
            count += f" (counting as {self.effective_n:.0f})"
        if not np.isfinite(self.low):
            text = f"r = {self.r:.2f}, {count}" if np.isfinite(self.r) else count
        else:
            p = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.3f}"
            text = f"r = {self.r:.2f} [{self.low:.2f}, {self.high:.2f}], {p}, {count}"
        return text.replace("-", "−")


def _pairs(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape:
        raise ValueError(f"x has {x.size} values and y {y.size}; expected as many")
    known = np.isfinite(x) & np.isfinite(y)
    return np.where(known, x, np.nan), np.where(known, y, np.nan)


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

    Examples
    --------
    >>> pearson([1, 2, 3, 4, 5], [2, 4, 7, 6, 9], series=False).text
    'r = 0.94 [0.50, 0.99], p = 0.019, n = 5'
    """
    x, y = _pairs(x, y)
    n = int(np.isfinite(x).sum())
    if n < 3 or np.nanstd(x) < 1e-12 or np.nanstd(y) < 1e-12:
        return Correlation(np.nan, np.nan, np.nan, np.nan, n, float(n))
    known = np.isfinite(x)
    r = float(np.clip(np.corrcoef(x[known], y[known])[0, 1], -1, 1))
    effective = float(n)
    if series:
        memory = max(lag_one(x) * lag_one(y), 0.0)
        effective = n * (1 - memory) / (1 + memory)
    return _with_interval(r, n, effective)


def _with_interval(r: float, n: int, effective: float) -> Correlation:
    if effective < FEWEST or abs(r) >= 1:
        return Correlation(r, np.nan, np.nan, np.nan, n, effective)
    half = stats.norm.ppf((1 + LEVEL) / 2) / np.sqrt(effective - 3)
    low, high = np.tanh(np.arctanh(r) + np.array([-half, half]))
    t = abs(r) * np.sqrt((effective - 2) / (1 - r**2))
    p = 2 * stats.t.sf(t, effective - 2)
    return Correlation(r, float(low), float(high), float(p), n, effective)


def lag_correlations(heads: pd.DataFrame, cause: pd.Series, lags: dict[int, int]) -> pd.DataFrame:
    """Correlate each well's head with an earlier series, at several lags.

    Parameters
    ----------
    heads : DataFrame (time, well)
        NaN where missing.
    cause : Series (time,)
        On the same index, a complete calendar.
    lags : dict
        Month of the lag to steps of the lag.

    Returns
    -------
    DataFrame (well, month of lag)
        Pearson's r; NaN where a well has too few values.
    """
    columns = {month: correlate_each(heads, cause.shift(steps)) for month, steps in lags.items()}
    return pd.DataFrame(columns, index=heads.columns)


def correlate_each(table: pd.DataFrame, series: pd.Series) -> pd.Series:
    """Correlate each column with a series.

    Parameters
    ----------
    table : DataFrame (time, column)
        NaN where missing.
    series : Series (time,)

    Returns
    -------
    Series (column,)
        Pearson's r; NaN where too few values are shared, or nothing varies.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # a stuck logger, a dry river
        return table.corrwith(series, min_periods=FEWEST)
