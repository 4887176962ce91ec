"""What moves each well, and whether a model's readings agree with it.

On a virtual basin the truth is known: the noise-free head, and what each driver's departures from
its climatology add to it. Attention and importances are compared with that, and with chance.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from swgw.scores.correlation import Correlation, pearson


def on_calendar(heads: xr.DataArray, time: pd.DatetimeIndex) -> pd.DataFrame:
    """Average a truth's heads to a study's steps.

    Parameters
    ----------
    heads : DataArray (well, time)
        In m; of any finer or equal step.
    time : DatetimeIndex (time,)
        First day of each step.

    Returns
    -------
    DataFrame (time, well)
        In m; NaN where the truth has no value.
    """
    stamps = pd.DatetimeIndex(heads["time"].to_numpy())
    place = time.searchsorted(stamps, side="right") - 1
    frame = pd.DataFrame(heads.transpose("time", "well").to_numpy(), columns=heads["well"])
    means = frame[place >= 0].groupby(place[place >= 0]).mean()
    return means.reindex(range(len(time))).set_axis(time)


def driver_effects(contributions: xr.DataArray, within_years: bool = False) -> pd.DataFrame:
    """Measure how far each driver moves each well's head from where its climatology would put it.

    Parameters
    ----------
    contributions : DataArray (driver, well, time)
        Head that each driver's departures from its climatology account for [m].
    within_years : bool
        Take each calendar year's mean away first, and with it trends and slow changes.

    Returns
    -------
    DataFrame (well, driver)
        Standard deviations over time [m].
    """
    if within_years:
        years = contributions.groupby("time.year")
        contributions = years - years.mean()
    spread = contributions.std("time").transpose("well", "driver")
    wells = pd.Index(spread["well"].to_numpy(), name="well")
    return pd.DataFrame(spread.to_numpy(), wells, list(spread["driver"].to_numpy()))


def shares(effects: pd.DataFrame) -> pd.DataFrame:
    """Turn effects [m] into shares of their variances: rows add up to 1.

    Examples
    --------
    >>> shares(pd.DataFrame({"river": [3.0], "pumping": [4.0]})).round(2).to_numpy().tolist()
    [[0.36, 0.64]]
    """
    variance = effects**2
    total = variance.sum(axis=1)
    return variance.div(total.where(total > 0), axis=0)


@dataclass(frozen=True)
class Match:
    """How closely attention follows a series, beside what shuffled inputs give.

    Attributes
    ----------
    found : Correlation
        Of attention with the series over the encoder's steps.
    null_low, null_high : float
        5 % and 95 % quantile of the correlations that attention on shuffled inputs has.
    p : float
        Share of shuffled inputs whose correlation is at least as far from zero, counting the
        real one.
    """

    found: Correlation
    null_low: float
    null_high: float
    p: float


def match_attention(attention: ArrayLike, null: ArrayLike, series: ArrayLike) -> Match:
    """Correlate attention with a series over the encoder, against shuffled inputs.

    Parameters
    ----------
    attention : array (encoder_step,)
        Weights of one window, or a mean over windows.
    null : array (permutation, encoder_step)
        The same, from a past whose steps were shuffled: what position alone draws.
    series : array (encoder_step,)
        A driver over the same steps.
    """
    found = pearson(attention, series)
    rows = np.asarray(null, float)
    chance = np.array([pearson(row, series).r for row in rows])
    chance = chance[np.isfinite(chance)]
    if not chance.size or not np.isfinite(found.r):
        return Match(found, np.nan, np.nan, np.nan)
    low, high = np.quantile(chance, [0.05, 0.95])
    as_far = np.sum(np.abs(chance) >= abs(found.r))
    return Match(found, float(low), float(high), float((as_far + 1) / (chance.size + 1)))
