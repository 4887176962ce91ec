"""What a study has to compute, as one list of results: baselines, runs, realisations, transfer.

Work that takes long is added to :func:`results_of`. ``swgw book`` does it with the rest, on as many
cores or machines, times it, and ties its results to the book.
"""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from swgw.attribution.work import probe_results
from swgw.basin.prepare import Prepared
from swgw.experiments.choices_work import sensitivity_results
from swgw.experiments.fold_baselines import fold_baselines
from swgw.experiments.realisations import realisation_results
from swgw.experiments.simulation import simulations_of
from swgw.experiments.sites import sites_of
from swgw.experiments.table_2 import REFERENCES
from swgw.models.run import Run
from swgw.storage.jobs import perform_all
from swgw.storage.results import Result, missing
from swgw.transfer.results import transfer_work

BASELINE_COST = 2_000.0
"""What the baselines of a gauge take, in training samples of a recurrent network."""


def results_of(study) -> list[Result]:
    """List the results of a study, finished or not.

    Parameters
    ----------
    study : Study
    """
    baselines = [study.reference_folder(gauge) for gauge in study.gauges_studied]
    if study.fold_runs:
        baselines.append(fold_baselines(study))
    return [
        *baselines,
        *study.yardsticks.results(study.gauges_studied),
        *map(study.run_folder, study.all_runs),
        *realisation_results(study.prepared, study.profile, study.folder),
        *transfer_work(study).values(),
        *sites_of(study).results(),
        *simulations_of(study).results(),
        *probe_results(study),
        *sensitivity_results(study),
    ]


def do_missing(
    results: list[Result],
    workers: int,
    say: Callable[[str], None] | None = None,
    scheduler: str = "",
) -> None:
    """Make the results that are not finished yet.

    Parameters
    ----------
    results : list of Result
    workers : int
    say : callable, optional
        Gets lines for the user; standard error by default.
    scheduler : str
        Address of a Dask scheduler; see :func:`swgw.storage.jobs.perform_all`.
    """
    work = missing(results)
    if work:
        where = f"on {scheduler}" if scheduler else f"{workers} at a time"
        line = f"{len(work)} of {len(results)} jobs to do, {where}"
        say(line) if say else print(line, file=sys.stderr)
        perform_all(work, workers, scheduler)


def run_result(
    run: Run, prepared: Prepared, clusters: pd.Series | None, runs_folder: Path
) -> Result:
    """Describe one run."""
    return Result(
        runs_folder,
        run.label,
        _train,
        (run, prepared, clusters),
        run.settings(),
        prepared.basin.digest,
        label=run.label,
        kind=run.experiment.name if run.fold is None else f"{run.experiment.name}, folds",
        cost=run.cost,
        parts=run.epochs,
    )


def baselines_result(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, runs_folder: Path
) -> Result:
    """Describe the fit of all baselines of a gauge."""
    return Result(
        runs_folder,
        "references",
        _fit_baselines,
        (prepared, gauge, clusters),
        {"references": REFERENCES, "gauge": gauge},
        prepared.basin.digest,
        label="references",
        cost=BASELINE_COST,
    )


def _train(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: Path) -> None:
    """Carry out one run, perhaps in a process of its own: torch is imported here."""
    logging.getLogger("lightning").setLevel(logging.ERROR)
    from swgw.models.fit import fit

    fit(run, prepared, clusters, folder)


def _fit_baselines(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, folder: Path
) -> None:
    from swgw.models.baseline import fit_references

    fit_references(prepared, gauge, clusters, folder)
