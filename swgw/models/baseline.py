"""Baselines on the windows of the trained models; forecasts of a period as a Dataset."""

import math

import numpy as np
import pandas as pd
import xarray as xr
from sklearn.linear_model import Ridge

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, ahead, issue_steps, make_panel
from swgw.inputs.variables import Inputs, carry_forward, damping, fit_climatology
from swgw.models.lumped import lumped_forecast
from swgw.models.run import BOTH, tasks
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
        In the unit of the data; one "quantile" for models of the mean. Discharge below zero
        becomes zero.
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
        if prepared.basin.settings.surface_water == "discharge":
            values = values.clip(min=0.0)
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
    return _with_quantiles(hindcast, values, levels)


def _with_quantiles(
    hindcast: xr.Dataset, values: np.ndarray, levels: tuple[float, ...]
) -> xr.Dataset:
    """Add quantiles (series, issue_time, lead_time, quantile), their median and their mean."""
    dims = ("series", "issue_time", "lead_time")
    return hindcast.assign_coords(quantile=list(levels)).assign(
        forecast=(dims, mean_of_quantiles(values, levels)),
        median=(dims, values[..., levels.index(0.5)]),
        quantiles=((*dims, "quantile"), values),
    )


RIDGE_STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)
RIDGE_WINDOWS = 30_000
RECENT_STEPS = 6


def baseline_hindcasts(
    prepared: Prepared, task: str, gauge: str | None, clusters: pd.Series | None, scored: np.ndarray
) -> dict[str, xr.Dataset]:
    """Forecast a period by every baseline.

    Parameters
    ----------
    prepared : Prepared
        Its training and validation years fit the baselines.
    task : str
        "head" or "surface_water".
    gauge : str or None
    clusters : Series (well,) or None
        An input of the ridge regression.
    scored : bool array (time,)
        Steps of the period that is forecast.

    Returns
    -------
    dict
        Baseline to Dataset (series, issue_time, lead_time).
    """
    by_well = task == "head"
    past_of = BOTH if by_well and set(tasks(prepared)) == set(BOTH) else (task,)
    weather_ahead = prepared.basin.settings.future_forcing == "observed"
    panel = make_panel(prepared, Inputs((task,), past_of, gauge, by_well, weather_ahead), clusters)
    issues = issue_steps(panel, scored)
    observed = prepared.heads if by_well else prepared.surface_water
    found = simple_forecasts(observed[list(panel.series)], prepared, issues)
    found["ridge"] = _ridge(panel, prepared, issues)
    if not by_well:
        found["lumped model"] = lumped_forecast(observed[[gauge]], prepared, gauge, issues)
    given = prepared, task, gauge, panel.series, issues
    return {name: task_hindcast(*given, x[..., None], None) for name, x in found.items()}


def simple_forecasts(
    observed: pd.DataFrame, prepared: Prepared, issues: np.ndarray
) -> dict[str, np.ndarray]:
    """Forecast by persistence, damped persistence and climatology.

    Persistence repeats the last observation. Climatology is the mean of the step of the year.
    Damped persistence adds the last observed anomaly to it, times the slope with which anomalies
    of the training years return after so many steps.

    Parameters
    ----------
    observed : DataFrame (time, series)
        [m or m³/s], NaN where missing.
    prepared : Prepared
    issues : int array (issue_time,)

    Returns
    -------
    dict of str to array (series, issue_time, lead_time)
        In the unit of the data.
    """
    training, n = prepared.inside("train"), prepared.basin.settings.lead_times
    climatology = fit_climatology(observed, prepared).to_numpy().T
    last = observed.ffill().fillna(observed[training].mean()).to_numpy().T
    anomaly = observed.to_numpy(float).T - climatology
    carried = carry_forward(pd.DataFrame(anomaly.T)).to_numpy().T
    slopes = np.stack([damping(anomaly, training, k) for k in range(1, n + 1)], axis=1)
    usual = climatology[:, ahead(issues, n)]
    return {
        "persistence": np.repeat(last[:, issues, None], n, axis=2),
        "damped persistence": usual + slopes[:, None] * carried[:, issues, None],
        "climatology": usual,
    }


def _ridge(panel: Panel, prepared: Prepared, issues: np.ndarray) -> np.ndarray:
    """Ridge regression of the change from damped persistence on the trained models' inputs.

    One regression for all series, on standardised values.

    Returns
    -------
    array (series, issue_time, lead_time)
        In the unit of the data.
    """
    x, y = _samples(panel, prepared.inside("train"))
    x_check, y_check = _samples(panel, prepared.inside("validation"))
    damped, centre = _damped(panel, issues), panel.centre[:, ahead(issues, panel.lead_times), 0]
    if not len(x):  # nothing to learn from
        return centre + panel.scale[:, None] * damped
    models = [Ridge(alpha=strength).fit(x, y) for strength in RIDGE_STRENGTHS]
    errors = [np.mean((m.predict(x_check) - y_check) ** 2) if len(x_check) else 0 for m in models]
    best = models[int(np.argmin(errors))]
    count = len(panel.series)
    series, issue = np.repeat(np.arange(count), len(issues)), np.tile(issues, count)
    parts = np.array_split(np.arange(len(issue)), math.ceil(len(issue) / RIDGE_WINDOWS))
    change = [best.predict(_features(panel, series[part], issue[part])) for part in parts]
    return centre + panel.scale[:, None] * (damped + np.concatenate(change).reshape(damped.shape))


def _samples(panel: Panel, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features and changes of the windows of a period that are observed at every lead time."""
    issues = issue_steps(panel, inside)
    change = panel.target[:, ahead(issues, panel.lead_times), 0] - _damped(panel, issues)
    rows = np.argwhere(np.isfinite(change).all(axis=2))
    series, place = rows[:: max(1, math.ceil(len(rows) / RIDGE_WINDOWS))].T
    found = _features(panel, series, issues[place]) if len(rows) else np.empty((0, 0))
    return found, change[series, place]


def _damped(panel: Panel, issues: np.ndarray) -> np.ndarray:
    """Damped persistence, standardised: (series, issue_time, lead_time)."""
    return panel.anchor[:, issues] * panel.fading[:, None, :, 0]


def _features(panel: Panel, series: np.ndarray, issue: np.ndarray) -> np.ndarray:
    """Give last steps and quarter means of the past, and known inputs ahead: (window, feature)."""
    each, n = series[:, None], len(series)
    past = issue[:, None] + np.arange(1 - panel.encoder_length, 1)
    known = panel.values[each, ahead(issue, panel.lead_times)][:, :, panel.known]
    quarters = np.array_split(past, min(4, panel.encoder_length), axis=1)
    parts = [panel.reals[series], panel.values[each, past[:, -RECENT_STEPS:]].reshape(n, -1)]
    parts += [panel.values[each, quarter].mean(axis=1) for quarter in quarters]
    parts += [known.reshape(n, -1)]
    return np.concatenate(parts, axis=1).astype(float)  # single precision is ill-conditioned
