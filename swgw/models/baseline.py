"""The references' hindcasts of any period, on the windows of the trained models."""

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.inputs.climatology import fit_climatology
from swgw.inputs.panel import Panel, make_panel
from swgw.inputs.variables import Inputs
from swgw.inputs.windows import issue_steps, make_windows
from swgw.models.hindcast import task_hindcast
from swgw.models.references import (
    forecast_climatology,
    forecast_damped,
    forecast_persistence,
    forecast_ridge,
)
from swgw.models.run import BOTH, tasks


def reference_hindcasts(
    prepared: Prepared,
    task: str,
    gauge: str | None,
    clusters: pd.Series | None,
    scored: np.ndarray,
) -> dict[str, xr.Dataset]:
    """Forecast some bins (time,) by every reference, fitted on the training years.

    Returns
    -------
    dict
        Reference to Dataset (series, issue_time, lead_time).
    """
    by_well = task == "head"
    past_of = BOTH if by_well and set(tasks(prepared)) == set(BOTH) else (task,)
    ahead = prepared.basin.settings.future_forcing == "observed"
    panel = make_panel(prepared, Inputs((task,), past_of, gauge, by_well, ahead), clusters)
    issues = issue_steps(panel, scored)
    shape = (len(panel.series), len(issues), panel.lead_times, 1)
    return {
        name: task_hindcast(
            prepared, task, gauge, panel.series, issues, values.reshape(shape), None
        )
        for name, values in _forecasts(prepared, panel, task, issues).items()
    }


def _forecasts(
    prepared: Prepared, panel: Panel, task: str, issues: np.ndarray
) -> dict[str, np.ndarray]:
    """Each reference's forecasts, (window, lead_time) in the data's unit."""
    windows, n = make_windows(panel, issues), panel.lead_times
    observed = prepared.heads if task == "head" else prepared.surface_water
    observed, training = observed[list(panel.series)], prepared.inside("train")
    climatology = fit_climatology(observed, prepared).to_numpy().T
    last = observed.ffill().fillna(observed[training].mean()).to_numpy().T
    fitting = [
        make_windows(panel, issue_steps(panel, prepared.inside(period)))
        for period in ("train", "validation")
    ]
    values = observed.to_numpy(float).T
    return {
        "persistence": forecast_persistence(last, windows, n),
        "damped persistence": forecast_damped(values, climatology, training, windows, n),
        "climatology": forecast_climatology(climatology, windows, n),
        "ridge": forecast_ridge(panel, task, *fitting, windows),
    }
