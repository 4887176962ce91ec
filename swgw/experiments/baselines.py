"""What a study's networks are compared with: baselines, Pastas, and the perfect-model limit.

The best baseline is chosen in the validation year, so that it is not picked by its score in the
test period. The limit exists where a simulator made the basin and can be started again.
"""

import math
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import REFERENCES
from swgw.inputs.panel import usable_wells
from swgw.inputs.windows import issue_steps
from swgw.models import pastas
from swgw.models.run import FOLDS, fold_bins, tasks
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import Result

PERIODS = {
    "test": ("references", "references"),
    "validation": ("references_validation", "references, validation year"),
    "folds": ("references_folds", "references, folds"),
}
"""Name and label of the results of each period."""

COST = 2_000.0
"""A second of work, in training samples of a recurrent network."""

WELLS_A_PART = 13
SIZES = {"smoke": (2, 2), "quick": (6, 40)}  # members and at most so many issue times of the limit
PAPER_SIZE = (16, 240)


def baselines(study, gauge: str | None, period: str = "test") -> Result:
    """Describe the forecasts of all baselines of a gauge and of the wells.

    Parameters
    ----------
    study : Study
    gauge : str or None
    period : str
        "test", "validation", or "folds": each block of the training years, forecast by baselines
        fitted without it.
    """
    name, label = PERIODS[period]
    args = study.prepared, gauge, study.clusters, period
    settings = {"references": REFERENCES, "gauge": gauge}
    cost = COST * (FOLDS if period == "folds" else 1)
    return study.kept(name, fit_baselines, args, settings, label=label, cost=cost)


def fit_baselines(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, period: str, folder: Path
) -> None:
    """Forecast a period by every baseline and write ``<task>_<baseline>.nc``.

    The folds' files are ``<task>_<baseline>_fold<number>.nc``.
    """
    from swgw.models.baseline import baseline_hindcasts

    parts = {"": prepared.inside(period)} if period != "folds" else {}
    parts |= {f"_fold{k}": fold_bins(prepared, k) for k in range(FOLDS) if not parts}
    for suffix, scored in parts.items():
        known = prepared.without(scored) if suffix else prepared
        for task in tasks(prepared):
            found = baseline_hindcasts(known, task, gauge, clusters, scored)
            for name, hindcast in found.items():
                write_dataset(hindcast, folder / f"{task}_{name}{suffix}.nc")


def pastas_parts(study) -> list[Result]:
    """Describe the fits of wells by Pastas; none without it, nor in the smallest profile."""
    if study.profile.name == "smoke" or "head" not in study.tasks or not pastas.available():
        return []
    wells, made = usable_wells(study.prepared), {"pastas": version("pastas"), "gauge": study.gauge}
    count, results = math.ceil(len(wells) / WELLS_A_PART), []
    for k, part in enumerate(np.array_split(wells, count), start=1):
        part = tuple(map(str, part))
        more = {"label": f"Pastas {k}/{count}", "kind": "Pastas", "cost": COST * 3 * len(part)}
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
    size = limit.Size(*SIZES.get(study.profile.name, PAPER_SIZE))
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
