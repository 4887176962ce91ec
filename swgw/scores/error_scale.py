"""How large the errors of forecasts are to be expected, given when and how much is forecast."""

from dataclasses import dataclass, replace

import numpy as np

SMALLEST = 0.1  # of the mean size: no season is forecast without error
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
    spread : array (2, series, issue_time, lead_time) or None
        How far a quantile model's 10 % quantile lies below its median, and 90 % above.
    season : int array (issue_time, lead_time)
        Step of the year of the valid time.
    block : int array (issue_time,)
        Block of the training years.
    steps_per_year : int
    """

    obs: np.ndarray
    centre: np.ndarray
    spread: np.ndarray | None
    season: np.ndarray
    block: np.ndarray
    steps_per_year: int

    def take(self, chosen: np.ndarray) -> "Forecasts":
        """Select issue times."""
        spread = None if self.spread is None else self.spread[:, :, chosen]
        return replace(
            self,
            obs=self.obs[:, chosen],
            centre=self.centre[:, chosen],
            spread=spread,
            season=self.season[chosen],
            block=self.block[chosen],
        )

    @property
    def error(self) -> np.ndarray:
        """Observed minus centre (series, issue_time, lead_time)."""
        return self.obs - self.centre


def mean_known(values: np.ndarray, **kwargs) -> np.ndarray:
    """Mean of the finite values; 0 where there is none."""
    known = np.isfinite(values)
    count = known.sum(**kwargs)
    return np.where(known, values, 0.0).sum(**kwargs) / np.maximum(count, 1)


@dataclass(frozen=True)
class Expected:
    """Size of errors to be expected: the mean of two estimates, neither of which knows all.

    Attributes
    ----------
    season : array (series, step of year, lead_time)
        Mean size within a month of that time of the year.
    start, slope : array (series, 1, lead_time)
        Straight line of the size on the forecast, whose zero does not matter.
    least : array (series, 1, lead_time)
    """

    season: np.ndarray
    start: np.ndarray
    slope: np.ndarray
    least: np.ndarray

    def size(self, forecasts: Forecasts) -> np.ndarray:
        """Expected size of each error (series, issue_time, lead_time)."""
        leads = np.arange(forecasts.centre.shape[2])
        by_season = np.maximum(self.season[:, forecasts.season, leads], self.least)
        by_level = np.maximum(self.start + self.slope * forecasts.centre, self.least)
        return (by_season + by_level) / 2


def fit_expected(forecasts: Forecasts) -> Expected:
    """Learn how large errors are by the time of the year and by how much is forecast."""
    size = np.abs(forecasts.error)
    forecast = np.where(np.isfinite(size), forecasts.centre, np.nan)
    mean, middle = (mean_known(values, axis=1, keepdims=True) for values in (size, forecast))
    variance = mean_known((forecast - middle) ** 2, axis=1, keepdims=True)
    slope = mean_known((forecast - middle) * (size - mean), axis=1, keepdims=True)
    slope = slope / np.where(variance > 0, variance, 1.0)
    least = np.maximum(SMALLEST * mean, 1e-12)
    return Expected(_seasonal(forecasts, size), mean - slope * middle, slope, least)


def _seasonal(forecasts: Forecasts, size: np.ndarray) -> np.ndarray:
    """Mean size of the errors within a month of each step of the year (series, step, lead)."""
    per_year, (n_series, _, n_leads) = forecasts.steps_per_year, size.shape
    total, count = np.zeros((2, per_year, n_series, n_leads))
    known = np.isfinite(size)
    for lead in range(n_leads):
        steps = forecasts.season[:, lead]
        np.add.at(total[..., lead], steps, np.where(known, size, 0.0)[..., lead].T)
        np.add.at(count[..., lead], steps, known[..., lead].T)
    reach = max(1, round(HALF_SEASON_MONTHS * per_year / 12))
    around = [np.roll(np.stack([total, count]), k, axis=1) for k in range(-reach, reach + 1)]
    total, count = np.sum(around, axis=0)
    mean = total.sum(0) / np.maximum(count.sum(0), 1)
    return np.where(count > 0, total / np.maximum(count, 1), mean).swapaxes(0, 1)
