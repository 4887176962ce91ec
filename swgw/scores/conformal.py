"""Intervals from forecasts of years that a model was not fitted on.

The training years are cut into blocks; a model fitted without a block forecasts it. How far these
forecasts missed, in units of what a forecast expects of itself, tells how wide intervals must be
(conformal prediction). A forecast's quantile at level τ becomes

    centre + unit · (quantile at level τ of (observed − centre) / unit over the blocks)

where the centre is the median of a quantile model and the forecast of any other. Three units are
tried, and errors are taken of each series alone or of all series together; leaving out one block at
a time tells which is best, without a look at the test years.

References
----------
Romano, Patterson and Candès (2019), conformalised quantile regression, whose scaled form (Sesia and
Candès, 2020) is the unit "spread"; Barber et al. (2021) for errors out of fold. Their guarantee
needs years that are exchangeable, which a falling water table is not.
"""

from dataclasses import dataclass

import numpy as np

from swgw.scores import skill as scores
from swgw.scores.error_scale import SMALLEST, Expected, Forecasts, fit_expected, mean_known

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Method:
    """How errors are made comparable before their quantiles are taken.

    Attributes
    ----------
    unit : str
        "mean": the mean size of a series' errors at a lead time; "state": the size that goes with
        the time of the year and with how much is forecast; "spread": what the model itself
        expects, stretched to its mean error.
    pooled : bool
        Whether quantiles are taken over the errors of all series together.
    """

    unit: str
    pooled: bool


def methods(forecasts: Forecasts) -> list[Method]:
    """List the methods that such forecasts allow."""
    units = ("mean", "state") + (() if forecasts.spread is None else ("spread",))
    pools = (False, True) if len(forecasts.obs) > 1 else (False,)
    return [Method(unit, pooled) for unit in units for pooled in pools]


def conformal_quantiles(values: np.ndarray, levels: tuple[float, ...] = LEVELS) -> np.ndarray:
    """Give quantiles of a sample that hold for one more value drawn like it.

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
    n = np.isfinite(values).sum(-1, keepdims=True)
    place = (n + 1) * p
    rank = np.where(p < 0.5, np.floor(place + 1e-9), np.ceil(place - 1e-9))
    rank = np.clip(rank, 1, np.maximum(n, 1)).astype(int) - 1
    return np.take_along_axis(ordered, rank, axis=-1)


@dataclass(frozen=True)
class Calibration:
    """What forecasts out of fold tell of a model's errors.

    Attributes
    ----------
    method : Method
    expected : Expected or None
        Size of the errors by the state, for that unit.
    size : array (series, 1, lead_time)
        Mean size of the errors in the method's unit.
    quantiles : array (series or 1, 1, lead_time, level)
        Of the errors in units of ``size``.
    """

    method: Method
    expected: Expected | None
    size: np.ndarray
    quantiles: np.ndarray

    def apply(self, forecasts: Forecasts) -> np.ndarray:
        """Give the recalibrated quantiles: (series, issue_time, lead_time, level)."""
        low, high = _units(forecasts, self.method, self.expected) * self.size
        unit = np.where(self.quantiles < 0, low[..., None], high[..., None])
        return np.sort(forecasts.centre[..., None] + unit * self.quantiles, axis=-1)


def calibrate(
    forecasts: Forecasts, method: Method, levels: tuple[float, ...] = LEVELS
) -> Calibration:
    """Learn the size and the shape of a model's errors from its forecasts out of fold.

    The units of a block's errors are learned from the other blocks, as the test years' units will
    be: how much the size itself changes from block to block widens the intervals too.
    """
    ratio = np.full(forecasts.obs.shape, np.nan)
    blocks = np.unique(forecasts.block)
    for block in blocks:
        inside = forecasts.block == block
        others = forecasts.take(~inside) if len(blocks) > 1 else forecasts
        ratio[:, inside] = _ratio(forecasts.take(inside), method, *_fit_units(others, method))
    shape = np.moveaxis(ratio, 1, -1)  # (series, lead, issue)
    if method.pooled:
        shape = shape.swapaxes(0, 1).reshape(1, shape.shape[1], -1)
    quantiles = conformal_quantiles(shape, levels)[:, None]
    return Calibration(method, *_fit_units(forecasts, method), quantiles)


def _fit_units(forecasts: Forecasts, method: Method) -> tuple[Expected | None, np.ndarray]:
    """Learn the unit of errors, and their mean size in it (series, 1, lead_time)."""
    expected = fit_expected(forecasts) if method.unit == "state" else None
    ratio = _ratio(forecasts, method, expected, np.ones((1, 1, 1)))
    return expected, mean_known(np.abs(ratio), axis=1, keepdims=True)


def _ratio(
    forecasts: Forecasts, method: Method, expected: Expected | None, size: np.ndarray
) -> np.ndarray:
    """Errors in their unit (series, issue_time, lead_time)."""
    low, high = _units(forecasts, method, expected)
    unit = np.where(forecasts.error < 0, low, high) * size
    return forecasts.error / np.where(unit > 0, unit, 1.0)


def _units(forecasts: Forecasts, method: Method, expected: Expected | None) -> np.ndarray:
    """Units of errors below and above the centre: (2, series, issue_time, lead_time)."""
    if method.unit == "spread":
        least = SMALLEST * forecasts.spread.mean(axis=2, keepdims=True)
        return np.maximum(forecasts.spread, np.maximum(least, 1e-12))
    unit = np.ones(forecasts.centre.shape) if expected is None else expected.size(forecasts)
    return np.stack([unit, unit])


def left_out(
    forecasts: Forecasts, method: Method, levels: tuple[float, ...] = LEVELS
) -> np.ndarray:
    """Calibrate each block on the other blocks: (series, issue_time, lead_time, level)."""
    quantiles = np.full((*forecasts.obs.shape, len(levels)), np.nan)
    for block in np.unique(forecasts.block):
        inside = forecasts.block == block
        learned = calibrate(forecasts.take(~inside), method, levels)
        quantiles[:, inside] = learned.apply(forecasts.take(inside))
    return quantiles


def choose_method(
    forecasts: Forecasts, levels: tuple[float, ...] = LEVELS
) -> tuple[Method, dict[Method, float]]:
    """Choose the method with the least CRPS on blocks left out.

    Returns
    -------
    best : Method
    crps : dict
        Method to CRPS, per series and lead time in units of that of the first method, then
        averaged, so that no series counts by its metres.
    """
    found = {}
    for method in methods(forecasts):
        each = scores.crps(forecasts.obs, left_out(forecasts, method, levels), levels)
        found[method] = mean_known(each, axis=1)
    first = next(iter(found.values()))
    safe = np.where(first > 0, first, 1.0)
    relative = {
        method: float(np.mean((value / safe)[first > 0])) if (first > 0).any() else 1.0
        for method, value in found.items()
    }
    return min(relative, key=relative.get), relative
