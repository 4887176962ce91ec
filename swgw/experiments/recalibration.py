"""Hindcasts whose quantiles are recalibrated by errors on blocks of the training years.

A model fitted without a block forecasts it; its errors there give the quantiles of the test period
(:mod:`swgw.scores.conformal`). Baselines are recalibrated in the same way.
"""

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.calendar import step_of_year
from swgw.experiments.baselines import baselines
from swgw.experiments.table_2 import REFERENCES
from swgw.models.run import FOLDS
from swgw.scores.conformal import LEVELS, Forecasts, recalibrate
from swgw.storage.files import read_dataset

DIMS = ("series", "issue_time", "lead_time")


def fold_hindcasts(study, task: str, model: str) -> list[xr.Dataset]:
    """List a model's forecasts of the blocks of the training years, each out of its fit.

    Parameters
    ----------
    study : Study
    task : str
        "surface_water" or "head".
    model : str
        One of ``study.models(task)``.

    Returns
    -------
    list of Dataset (series, issue_time, lead_time)
        Empty where the profile has no such runs or the model is not in Table 2.
    """
    if not study.fold_runs:
        return []
    if model in REFERENCES:
        folder = baselines(study, study.gauge, "folds").path
        return [read_dataset(folder / f"{task}_{model}_fold{k}.nc") for k in range(FOLDS)]
    return [
        read_dataset(study.run_folder(run).path / f"{task}.nc")
        for run in study.fold_runs
        if run.experiment.name == model and task in run.experiment.targets
    ]


def as_forecasts(hindcasts: list[xr.Dataset], step: str, steps_per_year: int) -> Forecasts:
    """Bring hindcasts into the form of :mod:`swgw.scores.conformal`, each a block of its own."""
    parts = [part.transpose(*DIMS, ...) for part in hindcasts]
    times = np.concatenate([part["valid_time"].to_numpy() for part in parts])
    season = step_of_year(pd.DatetimeIndex(times.ravel()), step).reshape(times.shape)
    block = np.repeat(np.arange(len(parts)), [part.sizes["issue_time"] for part in parts])
    name = "quantiles" if "quantiles" in parts[0] else "forecast"
    obs, centre = (np.concatenate([p[n].to_numpy() for p in parts], 1) for n in ("observed", name))
    if name == "quantiles":
        centre = np.sort(centre.astype(float), axis=-1)[..., LEVELS.index(0.5)]
    return Forecasts(obs, centre, season, block, steps_per_year)


def fold_forecasts(study, task: str, model: str) -> Forecasts:
    """Give a model's forecasts out of fold, ready to recalibrate with."""
    given = study.basin.settings.step, study.prepared.steps_per_year
    return as_forecasts(fold_hindcasts(study, task, model), *given)


def recalibrated(study, task: str, model: str, seed: int = 0) -> xr.Dataset:
    """Give a model's forecasts of the test period with recalibrated quantiles.

    Parameters
    ----------
    study : Study
    task : str
    model : str
        One with :func:`fold_hindcasts`.
    seed : int

    Returns
    -------
    Dataset (series, issue_time, lead_time)
        As :meth:`swgw.experiments.study.Study.hindcast` gives it, with ``quantiles`` (…, quantile)
        and ``median`` recalibrated; the point forecast stays.
    """
    hindcast = study.hindcast(task, model, seed).transpose(*DIMS, ...)
    wanted = as_forecasts([hindcast], study.basin.settings.step, study.prepared.steps_per_year)
    quantiles = recalibrate(fold_forecasts(study, task, model), wanted)
    made = hindcast.drop_vars(["quantiles", "quantile", "median"], errors="ignore")
    made["quantiles"] = ((*DIMS, "quantile"), quantiles)
    made["median"] = (DIMS, quantiles[..., LEVELS.index(0.5)])
    return made.assign_coords(quantile=list(LEVELS))
