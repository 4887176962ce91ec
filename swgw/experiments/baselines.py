"""Baselines and the perfect-model limit as kept results, and recalibrated quantiles."""

import math
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.calendar import step_of_year
from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import BASELINES
from swgw.inputs.panel import issue_steps, usable_wells
from swgw.models import pastas
from swgw.models.run import FOLDS, fold_bins, tasks
from swgw.scores.conformal import Forecasts, recalibrate
from swgw.scores.skill import LEVELS
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import SECOND, Result

# What baselines forecast, as their label says it.
PERIODS = {"test": "", "validation": ", validation year", "folds": ", folds"}

WELLS_A_PART = 13
# Wells that Pastas is fitted to, half a second each; paper and full fit all.
MOST_WELLS = {"smoke": 0, "quick": 100}

# Members and issue times of the limit, where fewer than :class:`swgw.virtual.limit.Size` has.
SIZES = {"smoke": (2, 2), "quick": (6, 20)}


def baselines(study, period: str = "test") -> Result:
    """Describe the forecasts of all baselines of the target gauge and of the wells.

    Parameters
    ----------
    study : Study
    period : str
        "test", "validation", or "folds": each block of the training years, forecast by baselines
        fitted without it.
    """
    name = "baselines" + f"_{period}" * (period != "test")
    args = study.prepared, study.gauge, study.clusters, period
    settings = {"baselines": BASELINES, "gauge": study.gauge}
    cost = SECOND * (FOLDS if period == "folds" else 1)
    label = f"baselines{PERIODS[period]}"
    return study.kept(name, fit_baselines, args, settings, label=label, cost=cost)


def fit_baselines(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, period: str, folder: Path
) -> None:
    """Forecast a period by every baseline and write ``<task>_<baseline>.nc``.

    The folds' files are ``<task>_<baseline>_fold<number>.nc``.
    """
    from swgw.models.baseline import baseline_hindcasts

    folds = {f"_fold{k}": fold_bins(prepared, k) for k in range(FOLDS)}
    parts = folds if period == "folds" else {"": prepared.inside(period)}
    for suffix, scored in parts.items():
        known = prepared.without(scored) if suffix else prepared
        for task in tasks(prepared):
            found = baseline_hindcasts(known, task, gauge, clusters, scored)
            for name, hindcast in found.items():
                write_dataset(hindcast, folder / f"{task}_{name}{suffix}.nc")


def pastas_parts(study) -> list[Result]:
    """Describe the fits of wells by Pastas; none at a site, or of too many wells for a profile."""
    wells, made = usable_wells(study.prepared), {"pastas": version("pastas"), "gauge": study.gauge}
    most = MOST_WELLS.get(study.profile.name, len(wells))
    if study.is_site or "head" not in study.tasks or len(wells) > most:
        return []
    count, results = math.ceil(len(wells) / WELLS_A_PART), []
    for k, part in enumerate(np.array_split(wells, count), start=1):
        part = tuple(map(str, part))
        more = {"label": f"Pastas {k}/{count}", "kind": "Pastas", "cost": SECOND * 0.8 * len(part)}
        args = study.prepared, part, study.gauge
        results.append(study.kept("pastas", pastas.fit_heads, args, made | {"wells": part}, **more))
    return results


def pastas_hindcast(study, period: str = "test") -> xr.Dataset:
    """Give the forecasts of heads by Pastas, of the "test" or the "validation" period."""
    parts = [read_dataset(part.path / f"{period}.nc") for part in pastas_parts(study)]
    return xr.concat(parts, "series", coords="minimal", compat="override")


def limit_of(study) -> Result | None:
    """Describe the perfect-model forecasts; None where no simulator made the basin."""
    from swgw.virtual import limit, load_origin

    basin = study.basin
    truth = basin.path / "truth"
    if load_origin(truth) is None or not (truth / "heads.csv").is_file():
        return None
    size = limit.Size(*SIZES.get(study.profile.name, ()))
    step, valid = basin.settings.step, valid_times(study.prepared)
    return limit.limit_result(study.folder / "runs", basin.path, step, valid, size)


def why_no_limit(study) -> str:
    """Say why there is no limit; empty where there is one."""
    from swgw.virtual import limit

    result = limit_of(study)
    if result is None:
        known = study.truth is not None
        return "a truth that does not say how it was simulated" if known else "no simulator"
    reason = result.path / limit.REASON
    return reason.read_text(encoding="utf-8").strip() if reason.exists() else ""


def valid_times(prepared: Prepared) -> xr.DataArray:
    """First days of the bins that are forecast: DataArray (issue_time, lead_time)."""
    settings = prepared.basin.settings
    issues = issue_steps(settings, prepared.inside("test"))
    leads = np.arange(1, settings.lead_times + 1)
    times = prepared.time.to_numpy()[issues[:, None] + leads]
    coordinates = {"issue_time": prepared.time[issues], "lead_time": leads}
    return xr.DataArray(times, coordinates, ("issue_time", "lead_time"))


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
    if model in BASELINES[task]:
        folder = baselines(study, "folds").path
        return [read_dataset(folder / f"{task}_{model}_fold{k}.nc") for k in range(FOLDS)]
    return [
        read_dataset(study.result_of(run).path / f"{task}.nc")
        for run in study.fold_runs
        if run.experiment.name == model and task in run.experiment.targets
    ]


def as_forecasts(hindcasts: list[xr.Dataset], prepared: Prepared) -> Forecasts:
    """Bring hindcasts into the form of :mod:`swgw.scores.conformal`, each a block of its own."""
    parts = [part.transpose(*DIMS, ...) for part in hindcasts]
    times = np.concatenate([part["valid_time"].to_numpy() for part in parts])
    season = step_of_year(pd.DatetimeIndex(times.ravel()), prepared.basin.settings.step)
    block = np.repeat(np.arange(len(parts)), [part.sizes["issue_time"] for part in parts])
    name = "quantiles" if "quantiles" in parts[0] else "forecast"
    obs, centre = (np.concatenate([p[n].to_numpy() for p in parts], 1) for n in ("observed", name))
    if name == "quantiles":
        centre = np.sort(centre.astype(float), axis=-1)[..., LEVELS.index(0.5)]
    return Forecasts(obs, centre, season.reshape(times.shape), block, prepared.steps_per_year)


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
    out_of_fold = as_forecasts(fold_hindcasts(study, task, model), study.prepared)
    quantiles = recalibrate(out_of_fold, as_forecasts([hindcast], study.prepared))
    if task == "surface_water" and study.water == "discharge":
        quantiles = quantiles.clip(min=0.0)
    made = hindcast.drop_vars(["quantiles", "quantile", "median"], errors="ignore")
    made["quantiles"] = ((*DIMS, "quantile"), quantiles)
    made["median"] = (DIMS, quantiles[..., LEVELS.index(0.5)])
    return made.assign_coords(quantile=list(LEVELS))
