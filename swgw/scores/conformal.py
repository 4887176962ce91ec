"""Intervals from errors on years that a model was not fitted on (conformal prediction).

The training years are cut into blocks; a model fitted without a block forecasts it. Errors of these
forecasts are made comparable by a unit, their expected size given the season and the level. A
forecast's quantile at level τ becomes

    centre + unit · (quantile at level τ of (observed − centre) / unit over the blocks)

where quantiles are taken over all series of a lead time together, and the centre is the median of a
quantile model and the forecast of any other.

References
----------
Romano, Patterson and Candès (2019), conformalised quantile regression; Barber et al. (2021) for
errors out of fold. Their guarantee needs years that are exchangeable, which a falling water table
is not.
"""

from dataclasses import dataclass

import numpy as np

from swgw.scores.skill import LEVELS, mean_known

# Least unit, as a share of a series' mean error: no season is forecast without error.
SMALLEST = 0.1

HALF_SEASON_MONTHS = 1


@dataclass(frozen=True)
class Forecasts:
    """Forecasts with what was observed.

    Attributes
    ----------
    obs : array (series, issue_time, lead_time)
        NaN where nothing was observed.
    centre : array (series, issue_time, lead_time)
        Median of a quantile model, else the forecast.
    season : int array (issue_time, lead_time)
        Step of the year of the valid time.
    block : int array (issue_time,)
        Block of the training years.
    steps_per_year : int
    """

    obs: np.ndarray
    centre: np.ndarray
    season: np.ndarray
    block: np.ndarray
    steps_per_year: int

    def take(self, chosen: np.ndarray) -> "Forecasts":
        """Select issue times."""
        parts = self.obs[:, chosen], self.centre[:, chosen], self.season[chosen], self.block[chosen]
        return Forecasts(*parts, self.steps_per_year)

    @property
    def error(self) -> np.ndarray:
        """Observed minus centre (series, issue_time, lead_time)."""
        return self.obs - self.centre


def recalibrate(
    known: Forecasts, wanted: Forecasts, levels: tuple[float, ...] = LEVELS
) -> np.ndarray:
    """Give quantiles of forecasts from the errors of others.

    The unit of a block's errors is learned from the other blocks, as the unit of the wanted years
    is: how much the size of errors changes from block to block widens the intervals too.

    Parameters
    ----------
    known : Forecasts
        Out of fold, with observations.
    wanted : Forecasts
        Of the same series and lead times; their observations are not used.
    levels : tuple of float

    Returns
    -------
    array (series, issue_time, lead_time, level)
        Sorted, in the unit of the data.
    """
    ratio, blocks = np.full(known.obs.shape, np.nan), np.unique(known.block)
    for block in blocks:
        inside = known.block == block
        others = known.take(~inside) if len(blocks) > 1 else known
        ratio[:, inside] = known.take(inside).error / error_unit(others, known.take(inside))
    by_lead = np.moveaxis(ratio, 2, 0).reshape(ratio.shape[2], -1)
    quantiles = conformal_quantiles(by_lead, levels)  # (lead, level)
    unit = error_unit(known, wanted)[..., None]
    return np.sort(wanted.centre[..., None] + unit * quantiles, axis=-1)


def error_unit(known: Forecasts, wanted: Forecasts) -> np.ndarray:
    """Expected size of errors, learned from others: (series, issue_time, lead_time).

    The mean of two estimates: the mean size within a month of that time of the year, and a straight
    line of the size on the forecast.
    """
    size = np.abs(known.error)
    centre = np.where(np.isfinite(size), known.centre, np.nan)
    mean, middle = (mean_known(values, axis=1, keepdims=True) for values in (size, centre))
    variance = mean_known((centre - middle) ** 2, axis=1, keepdims=True)
    slope = mean_known((centre - middle) * (size - mean), axis=1, keepdims=True)
    slope = slope / np.where(variance > 0, variance, 1.0)
    by_level = mean + slope * (wanted.centre - middle)
    leads = np.arange(wanted.centre.shape[2])
    by_season = _size_by_season(known, size)[:, wanted.season, leads]
    least = np.maximum(SMALLEST * mean, 1e-12)
    return (np.maximum(by_season, least) + np.maximum(by_level, least)) / 2


def _size_by_season(known: Forecasts, size: np.ndarray) -> np.ndarray:
    """Mean size of errors within a month of each step of the year (series, step, lead_time)."""
    per_year, (n_series, _, n_leads) = known.steps_per_year, size.shape
    total, count = np.zeros((2, per_year, n_series, n_leads))
    finite = np.isfinite(size)
    for lead in range(n_leads):
        steps = known.season[:, lead]
        np.add.at(total[..., lead], steps, np.where(finite, size, 0.0)[..., lead].T)
        np.add.at(count[..., lead], steps, finite[..., lead].T)
    reach = max(1, round(HALF_SEASON_MONTHS * per_year / 12))
    around = [np.roll(np.stack([total, count]), k, axis=1) for k in range(-reach, reach + 1)]
    near, near_count = np.sum(around, axis=0)
    mean = total.sum(0) / np.maximum(count.sum(0), 1)
    return np.where(near_count > 0, near / np.maximum(near_count, 1), mean).swapaxes(0, 1)


def conformal_quantiles(values: np.ndarray, levels: tuple[float, ...] = LEVELS) -> np.ndarray:
    """Give quantiles of a sample that hold for one more value from the same distribution.

    Parameters
    ----------
    values : array (..., sample)
        NaN where missing.
    levels : tuple of float

    Returns
    -------
    array (..., level)
        Order statistics: above the median number ⌈(n + 1) τ⌉, below it ⌊(n + 1) τ⌋, the outermost
        where there are too few; NaN of an empty sample.

    Examples
    --------
    >>> conformal_quantiles(np.arange(1.0, 10.0), (0.1, 0.5, 0.9))
    array([1., 5., 9.])
    """
    ordered, p = np.sort(values, axis=-1), np.asarray(levels)
    n = np.isfinite(values).sum(axis=-1, keepdims=True)
    place = (n + 1) * p
    rank = np.where(p < 0.5, np.floor(place + 1e-9), np.ceil(place - 1e-9))
    rank = np.clip(rank, 1, np.maximum(n, 1)).astype(int) - 1
    return np.take_along_axis(ordered, rank, axis=-1)
