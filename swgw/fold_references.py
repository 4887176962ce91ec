"""The references' forecasts of blocks of the training years, each fitted without its block."""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from swgw.climatology import fit_climatology
from swgw.experiments import BOTH, FOLDS, fold_bins, tasks
from swgw.files import write_dataset
from swgw.models.hindcast import task_hindcast
from swgw.panel import Panel, make_panel
from swgw.prepare import Prepared
from swgw.runs import RunFolder, key_of
from swgw.variables import Inputs
from swgw.windows import issue_steps, make_windows

REFERENCES = ("persistence", "damped persistence", "climatology", "ridge")


def fold_folder(study) -> RunFolder:
    """Where a study's references of all blocks are kept."""
    key = key_of({"reference folds": FOLDS, "gauge": study.gauge}, study.basin.digest)
    return RunFolder(study.folder / "runs" / f"references_folds_{key}")


def reference_fold(study, task: str, reference: str, fold: int) -> xr.Dataset:
    """Give a reference's forecasts of a block of the training years.

    Parameters
    ----------
    study : Study
    task : str
        "surface_water" or "head".
    reference : str
        One of :data:`REFERENCES`.
    fold : int

    Returns
    -------
    Dataset (series, issue_time, lead_time)
        In the form of :meth:`swgw.study.Study.hindcast`.
    """
    folder = fold_folder(study)
    if not folder.is_finished():
        fit_reference_folds(study.prepared, study.gauge, study.clusters, folder)
    return _open(folder.path / _name(task, reference, fold))


@lru_cache(maxsize=64)
def _open(path) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf") as data:
        return data.load()


def _name(task: str, reference: str, fold: int) -> str:
    return f"{task}_{reference}_fold{fold}.nc"


def fit_reference_folds(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, folder: RunFolder
) -> None:
    """Forecast every block of the training years by every reference and write the hindcasts.

    Parameters
    ----------
    prepared : Prepared
    gauge : str or None
    clusters : Series (well,) or None
    folder : RunFolder
        Gets ``<task>_<reference>_fold<number>.nc``.
    """
    folder.start({"reference folds": FOLDS, "gauge": gauge}, prepared.basin.digest)
    for fold in range(FOLDS):
        block = fold_bins(prepared, fold)
        for task in tasks(prepared):
            found = reference_hindcasts(prepared.without(block), task, gauge, clusters, block)
            for reference, hindcast in found.items():
                write_dataset(hindcast, folder.path / _name(task, reference, fold))
    folder.finish()


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
    from swgw.models.references import (  # scikit-learn takes a second to import
        forecast_climatology,
        forecast_damped,
        forecast_persistence,
        forecast_ridge,
    )

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
