"""The references' hindcasts, on the windows of the trained models."""

from pathlib import Path

import numpy as np
import pandas as pd

from swgw.climatology import fit_climatology
from swgw.experiments import BOTH, tasks
from swgw.models.fit import write_dataset
from swgw.models.hindcast import task_hindcast
from swgw.models.references import (
    forecast_climatology,
    forecast_damped,
    forecast_persistence,
    forecast_ridge,
)
from swgw.panel import Panel, make_panel
from swgw.prepare import Prepared
from swgw.runs import RunFolder
from swgw.variables import Inputs
from swgw.windows import issue_steps, make_windows


def fit_references(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, folder: RunFolder
) -> None:
    """Forecast every task of a basin by every reference and write the hindcasts.

    Parameters
    ----------
    prepared : Prepared
    gauge : str or None
    clusters : Series (well,) or None
    folder : RunFolder
        Gets ``<task>_<reference>.nc``.
    """
    folder.start({"references": True, "gauge": gauge}, prepared.basin.digest)
    ahead = prepared.basin.settings.future_forcing == "observed"
    for task in tasks(prepared):
        by_well = task == "head"
        past_of = BOTH if set(tasks(prepared)) == set(BOTH) and by_well else (task,)
        panel = make_panel(prepared, Inputs((task,), past_of, gauge, by_well, ahead), clusters)
        for name, values in _forecasts(prepared, panel, task).items():
            _write(prepared, panel, task, gauge, values, folder.path / f"{task}_{name}.nc")
    folder.finish()


def _forecasts(prepared: Prepared, panel: Panel, task: str) -> dict[str, np.ndarray]:
    """Each reference's forecasts of the test period, (window, lead_time) in the data's unit."""
    windows = make_windows(panel, issue_steps(panel, prepared.inside("test")))
    observed = prepared.heads if task == "head" else prepared.surface_water
    observed = observed[list(panel.series)]
    climatology = fit_climatology(observed, prepared).to_numpy().T
    last = observed.ffill().fillna(observed[prepared.inside("train")].mean()).to_numpy().T
    training, n = prepared.inside("train"), panel.lead_times
    fitting = [
        make_windows(panel, issue_steps(panel, prepared.inside(p))) for p in ("train", "validation")
    ]
    values = observed.to_numpy(float).T
    return {
        "persistence": forecast_persistence(last, windows, n),
        "damped persistence": forecast_damped(values, climatology, training, windows, n),
        "climatology": forecast_climatology(climatology, windows, n),
        "ridge": forecast_ridge(panel, task, *fitting, windows),
    }


def _write(
    prepared: Prepared, panel: Panel, task: str, gauge: str | None, values: np.ndarray, path: Path
) -> None:
    issues = issue_steps(panel, prepared.inside("test"))
    shaped = values.reshape(len(panel.series), len(issues), panel.lead_times, 1)
    hindcast = task_hindcast(prepared, task, gauge, panel.series, issues, shaped, None)
    write_dataset(hindcast, path)
