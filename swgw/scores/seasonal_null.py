"""Correlations beside a null from shuffled years: what seasons alone would give.

A driver whose years are put in another order keeps its seasons, its spread and its memory within
the year, and loses its relation to the years of the heads. The largest of many correlations is
large by chance too: the null goes through the same lags.
"""

import numpy as np
import pandas as pd

SHUFFLES = 200


def place_in_year(time: pd.DatetimeIndex) -> np.ndarray:
    """Number the steps of each calendar year from 0: (time,)."""
    return pd.Series(0, time).groupby(time.year).cumcount().to_numpy()


def shuffle_years(series: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Put the calendar years of a series into another order, each as a whole.

    Parameters
    ----------
    series : Series (time,)
        A complete calendar; steps that the other year lacks become NaN.
    """
    time = series.index
    years = time.year.unique()
    other = pd.Series(rng.permutation(years), years)
    keys = pd.MultiIndex.from_arrays([time.year, place_in_year(time)])
    wanted = pd.MultiIndex.from_arrays([other.loc[time.year], place_in_year(time)])
    values = pd.Series(series.to_numpy(float), keys).reindex(wanted)
    return pd.Series(values.to_numpy(), time, name=series.name)


def without_seasons(frame: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Take from each step of the year its mean over the years."""
    place = place_in_year(frame.index)
    return frame - frame.groupby(place).transform("mean")


def largest_correlations(heads: pd.DataFrame, cause: pd.Series, lags: list[int]) -> np.ndarray:
    """Give the size of each head's largest correlation with an earlier series: (well,).

    Parameters
    ----------
    heads : DataFrame (time, well)
        NaN where missing.
    cause : Series (time,)
        On a calendar that holds the heads'.
    lags : list of int
        In steps.
    """
    shifted = np.stack([cause.shift(lag).reindex(heads.index).to_numpy() for lag in lags])
    x, y = shifted, heads.to_numpy(float).T
    have_x, have_y = np.isfinite(x).astype(float), np.isfinite(y).astype(float)
    # about the means, or rounding would outweigh the spread of heads of 1,400 m
    x, y = _about_mean(x, have_x), _about_mean(y, have_y)
    n = have_x @ have_y.T  # (lag, well), and so are all sums over pairs
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y = x @ have_y.T / n, have_x @ y.T / n
        covariance = x @ y.T / n - mean_x * mean_y
        spread = (x**2 @ have_y.T / n - mean_x**2) * (have_x @ (y**2).T / n - mean_y**2)
        r = np.where(n >= 4, covariance / np.sqrt(spread), np.nan)
    known = np.isfinite(r).any(axis=0)
    best = np.nanmax(np.abs(np.where(known, r, 0.0)), axis=0)
    return np.where(known, np.clip(best, 0, 1), np.nan)


def _about_mean(values: np.ndarray, have: np.ndarray) -> np.ndarray:
    """Take each row's mean away; zero where nothing is known."""
    known = np.where(have > 0, values, 0.0)
    mean = known.sum(axis=1, keepdims=True) / np.maximum(have.sum(axis=1, keepdims=True), 1)
    return (known - mean) * have


def beside_shuffled(
    heads: pd.DataFrame, cause: pd.Series, lags: list[int], seed: int = 0
) -> pd.DataFrame:
    """Set each head's largest correlation beside those with shuffled years.

    Returns
    -------
    DataFrame (well; found, null, null_high)
        Sizes of correlations; of the shuffled ones the mean and the 95 % quantile.
    """
    rng = np.random.default_rng(seed)
    null = np.stack(
        [largest_correlations(heads, shuffle_years(cause, rng), lags) for _ in range(SHUFFLES)]
    )
    found = largest_correlations(heads, cause, lags)
    table = {
        "found": found,
        "null": null.mean(axis=0),
        "null_high": np.quantile(null, 0.95, axis=0),
    }
    return pd.DataFrame(table, index=heads.columns)
