"""Hindcasts with recalibrated quantiles: what a study's pages say of how sure forecasts are."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.calendar import step_of_year
from swgw.experiments.fold_baselines import reference_fold
from swgw.experiments.table_2 import REFERENCES
from swgw.models.run import FOLDS
from swgw.scores import skill as scores
from swgw.scores.conformal import LEVELS, Calibration, Method, calibrate, choose_method, left_out
from swgw.scores.error_scale import Forecasts, mean_known
from swgw.storage.files import read_dataset

DIMS = ("series", "issue_time", "lead_time")
UNITS = {
    "mean": "their mean size",
    "state": "the size usual at that season and level",
    "spread": "the model's own spread",
}
OUTER = (0.1, 0.9)  # quantiles whose distance from the median is a model's own measure of error


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
        Empty where the profile has no such runs or the model is none of Table 2.
    """
    if not study.fold_runs:
        return []
    if model in REFERENCES:
        return [reference_fold(study, task, model, fold) for fold in range(FOLDS)]
    runs = [
        run
        for run in study.fold_runs
        if run.experiment.name == model and task in run.experiment.targets
    ]
    return [read_dataset(study.run_folder(run).path / f"{task}.nc") for run in runs]


def calibrated_models(study, task: str) -> list[str]:
    """List the models of a task whose intervals can be recalibrated, most references included."""
    if not study.fold_runs:
        return []
    learned = {r.experiment.name for r in study.fold_runs if task in r.experiment.targets}
    return [m for m in study.models(task) if m in learned or m in REFERENCES]


def as_forecasts(
    hindcasts: list[xr.Dataset], step: str, steps_per_year: int, with_spread: bool
) -> Forecasts:
    """Bring hindcasts into the form that calibration takes, each as a block of its own.

    Parameters
    ----------
    hindcasts : list of Dataset
    step : str
        The basin's time step.
    steps_per_year : int
    with_spread : bool
        Whether a quantile model's own spread may be a unit of its errors.
    """
    parts = [part.transpose(*DIMS, ...) for part in hindcasts]
    joined = {
        name: np.concatenate([part[name].to_numpy() for part in parts], axis=1)
        for name in ("observed", "forecast", "quantiles")
        if name in parts[0]
    }
    times = np.concatenate([p["valid_time"].transpose(*DIMS[1:]).to_numpy() for p in parts])
    season = step_of_year(pd.DatetimeIndex(times.ravel()), step).reshape(times.shape)
    block = np.repeat(np.arange(len(parts)), [part.sizes["issue_time"] for part in parts])
    centre, spread = joined["forecast"], None
    if "quantiles" in joined:
        ordered = np.sort(joined["quantiles"].astype(float), axis=-1)
        low, centre, high = (ordered[..., LEVELS.index(p)] for p in (OUTER[0], 0.5, OUTER[1]))
        spread = np.stack([centre - low, high - centre]) if with_spread else None
    return Forecasts(joined["observed"], centre, spread, season, block, steps_per_year)


@dataclass(frozen=True)
class Learned:
    """What forecasts out of fold taught of a model's errors.

    Attributes
    ----------
    calibration : Calibration
    crps : dict of Method to float
        Of the methods tried; see :func:`swgw.scores.conformal.choose_method`.
    coverage : dict of str to float
        Of the "80" and "95" % intervals, each block calibrated on the others; mean over series.
    by_block : list of float
        Coverage of the 80 % intervals of each block so.
    crps_left_out : float
        CRPS of blocks left out, median over series, in the unit of the data.
    """

    calibration: Calibration
    crps: dict[Method, float]
    coverage: dict[str, float]
    by_block: list[float]
    crps_left_out: float


@lru_cache(maxsize=64)
def learned(study, task: str, model: str) -> Learned:
    """Calibrate a model on its forecasts out of fold, by the method best on blocks left out."""
    forecasts = _forecasts(study, fold_hindcasts(study, task, model))
    method, crps = choose_method(forecasts)
    quantiles = left_out(forecasts, method)
    inside = {
        name: _inside(forecasts.obs, quantiles, *bounds)
        for name, bounds in (("80", OUTER), ("95", (LEVELS[0], LEVELS[-1])))
    }
    by_block = [
        _share(inside["80"][:, forecasts.block == block]) for block in np.unique(forecasts.block)
    ]
    coverage = {name: _share(flags) for name, flags in inside.items()}
    each = mean_known(scores.crps(forecasts.obs, quantiles, LEVELS), axis=(1, 2))
    typical = float(np.median(each))
    return Learned(calibrate(forecasts, method), crps, coverage, by_block, typical)


def _inside(obs: np.ndarray, quantiles: np.ndarray, low: float, high: float) -> np.ndarray:
    """1 where an observation lies between two quantiles, 0 where not, NaN where there is none."""
    low, high = (quantiles[..., LEVELS.index(level)] for level in (low, high))
    return np.where(np.isfinite(obs), (low <= obs) & (obs <= high), np.nan)


def _share(flags: np.ndarray) -> float:
    """Share of ones among flags (series, issue_time, lead_time), mean over series."""
    observed = flags[np.isfinite(flags).any(axis=(1, 2))]
    return float(mean_known(observed, axis=(1, 2)).mean()) if len(observed) else float("nan")


def _forecasts(study, hindcasts: list[xr.Dataset]) -> Forecasts:
    """Forecasts of a study; a network's spread counts if the blocks' were trained as long.

    The longer a network is trained, the surer it becomes of itself: by how much a short training
    is too sure tells nothing of a long one.
    """
    as_long = study.profile.fold_windows >= study.profile.windows
    step, per_year = study.basin.settings.step, study.prepared.steps_per_year
    return as_forecasts(hindcasts, step, per_year, with_spread=as_long)


@lru_cache(maxsize=128)
def calibrated(study, task: str, model: str, seed: int = 0) -> xr.Dataset:
    """Give a model's forecasts of the test period with recalibrated quantiles.

    Parameters
    ----------
    study : Study
    task : str
    model : str
        One of :func:`calibrated_models`.
    seed : int

    Returns
    -------
    Dataset (series, issue_time, lead_time)
        As :meth:`swgw.experiments.study.Study.hindcast` gives it, with ``quantiles`` (…, quantile)
        and
        ``median`` recalibrated; the point forecast stays.
    """
    hindcast = study.hindcast(task, model, seed).transpose(*DIMS, ...)
    calibration = learned(study, task, model).calibration
    quantiles = calibration.apply(_forecasts(study, [hindcast]))
    made = hindcast.drop_vars(["quantiles", "quantile", "median"], errors="ignore")
    made["quantiles"] = ((*DIMS, "quantile"), quantiles)
    made["median"] = (DIMS, quantiles[..., LEVELS.index(0.5)])
    return made.assign_coords(quantile=list(LEVELS))


def raw_quantiles(study, task: str, model: str, seed: int = 0) -> np.ndarray | None:
    """Give a quantile model's own quantiles (series, issue_time, lead_time, level), unsorted."""
    hindcast = study.hindcast(task, model, seed)
    if "quantiles" not in hindcast:
        return None
    return hindcast["quantiles"].transpose(*DIMS, "quantile").to_numpy().astype(float)
