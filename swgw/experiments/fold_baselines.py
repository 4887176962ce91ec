"""The references' forecasts of blocks of the training years, each fitted without its block."""

from pathlib import Path

import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.models.run import FOLDS, fold_bins, tasks
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import Result

COST = 2_000.0 * FOLDS


def fold_baselines(study) -> Result:
    """Describe a study's baselines of all blocks."""
    return Result(
        study.folder / "runs",
        "references_folds",
        fit_reference_folds,
        (study.prepared, study.gauge, study.clusters),
        {"reference folds": FOLDS, "gauge": study.gauge},
        study.basin.digest,
        label="references, folds",
        cost=COST,
    )


def reference_fold(study, task: str, reference: str, fold: int) -> xr.Dataset:
    """Give a reference's forecasts of a block of the training years.

    Parameters
    ----------
    study : Study
    task : str
        "surface_water" or "head".
    reference : str
        One of :data:`swgw.experiments.REFERENCES`.
    fold : int

    Returns
    -------
    Dataset (series, issue_time, lead_time)
        In the form of :meth:`swgw.experiments.study.Study.hindcast`.
    """
    result = fold_baselines(study)
    if not result.is_finished():
        result.fill()
    return read_dataset(result.path / _name(task, reference, fold))


def _name(task: str, reference: str, fold: int) -> str:
    return f"{task}_{reference}_fold{fold}.nc"


def fit_reference_folds(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, folder: Path
) -> None:
    """Forecast every block of the training years by every reference and write the hindcasts.

    Parameters
    ----------
    prepared : Prepared
    gauge : str or None
    clusters : Series (well,) or None
    folder : Path
        Gets ``<task>_<reference>_fold<number>.nc``.
    """
    from swgw.models.baseline import reference_hindcasts

    for fold in range(FOLDS):
        block = fold_bins(prepared, fold)
        for task in tasks(prepared):
            found = reference_hindcasts(prepared.without(block), task, gauge, clusters, block)
            for reference, hindcast in found.items():
                write_dataset(hindcast, folder / _name(task, reference, fold))
