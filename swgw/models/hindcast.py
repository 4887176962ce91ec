"""Forecasts of a period as a Dataset, with the observations."""

import numpy as np
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.scores.skill import mean_of_quantiles


def task_hindcast(
    prepared: Prepared,
    task: str,
    gauge: str | None,
    series: tuple[str, ...],
    issues: np.ndarray,
    values: np.ndarray,
    levels: tuple[float, ...] | None,
) -> xr.Dataset:
    """Arrange a task's forecasts by series, issue time and lead time.

    Parameters
    ----------
    prepared : Prepared
    task : str
        "head" or "surface_water".
    gauge : str or None
        The run's gauge. Where many windows (one for each well) forecast it, their forecasts are
        averaged, quantile by quantile, and scored once.
    series : tuple of str
        The windows' series.
    issues : int array (issue_time,)
        Steps after which the forecasts start.
    values : array (series, issue_time, lead_time, quantile)
        In the unit of the data; one "quantile" for models of the mean.
    levels : tuple of float or None
        The quantiles' levels; None for models of the mean.

    Returns
    -------
    Dataset
        forecast (series, issue_time, lead_time): the mean; median and quantiles (…, quantile) of
        quantile models, as the network gives them; spread: the standard deviation over wells of
        forecasts of the gauge; observed: NaN where missing.
    """
    dims = ("series", "issue_time", "lead_time")
    data = {}
    if task == "surface_water":
        observed, series = prepared.surface_water[[gauge]], (gauge,)
        data["spread"] = (dims, values[..., values.shape[-1] // 2].std(axis=0, keepdims=True))
        values = values.mean(axis=0, keepdims=True)
    else:
        observed = prepared.heads[list(series)]
    lead_times = np.arange(1, values.shape[2] + 1)
    steps = issues[:, None] + lead_times  # (I, L)
    data["observed"] = (dims, observed.to_numpy(np.float64).T[:, steps])
    coordinates = {
        "series": list(series),
        "issue_time": prepared.time[issues],
        "lead_time": lead_times,
        "valid_time": (dims[1:], prepared.time.to_numpy()[steps]),
    }
    units = "m" if task == "head" else prepared.basin.settings.unit
    hindcast = xr.Dataset(data, coordinates, attrs={"task": task, "units": units})
    if levels is None:
        return hindcast.assign(forecast=(dims, values[..., 0]))
    return hindcast.assign_coords(quantile=list(levels)).assign(
        forecast=(dims, mean_of_quantiles(values, levels)),
        median=(dims, values[..., levels.index(0.5)]),
        quantiles=((*dims, "quantile"), values),
    )
