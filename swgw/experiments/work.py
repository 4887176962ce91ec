"""What a study has to compute, as one list of jobs: references, runs, other draws, transfer.

Whoever adds work that takes long to a study adds it to :func:`jobs_of`; ``swgw book`` then does it
with the rest, on as many cores or machines, times it, and ties its results to the book.
"""

import logging
import sys
from collections.abc import Callable

import pandas as pd

from swgw.attribution.work import probe_jobs
from swgw.basin.prepare import Prepared
from swgw.experiments.choices_work import sensitivity_jobs
from swgw.experiments.fold_baselines import fit_reference_folds, fold_folder
from swgw.experiments.realisations import draw_jobs
from swgw.experiments.simulation import simulations_of
from swgw.experiments.sites import sites_of
from swgw.models.run import FOLDS, Run
from swgw.storage.jobs import Job, missing, perform_all
from swgw.storage.results import RunFolder
from swgw.transfer.work import transfer_jobs

REFERENCE_COST = 2_000.0
"""What the references of a gauge take, in windows presented to a recurrent network."""


def jobs_of(study) -> list[Job]:
    """List the jobs of a study, finished or not.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Job
    """
    given = study.prepared, study.clusters
    references = [
        reference_job(gauge, *given, study.reference_folder(gauge))
        for gauge in study.gauges_studied
    ]
    runs = [run_job(run, *given, study.run_folder(run)) for run in study.all_runs]
    others = draw_jobs(study.prepared, study.profile, study.folder) + transfer_jobs(study)
    if study.fold_runs:
        references.append(fold_reference_job(study.gauge, *given, fold_folder(study)))
    others += sites_of(study).jobs() + simulations_of(study).jobs()
    others += probe_jobs(study) + sensitivity_jobs(study)
    return references + study.yardsticks.jobs(study.gauges_studied) + runs + others


def do_missing(
    jobs: list[Job], workers: int, say: Callable[[str], None] | None = None, scheduler: str = ""
) -> None:
    """Do the jobs that are not finished yet.

    Parameters
    ----------
    jobs : list of Job
    workers : int
    say : callable, optional
        Gets lines for the user; standard error by default.
    scheduler : str
        Address of a Dask scheduler; see :func:`swgw.storage.jobs.perform_all`.
    """
    work = missing(jobs)
    if work:
        where = f"on {scheduler}" if scheduler else f"{workers} at a time"
        line = f"{len(work)} of {len(jobs)} jobs to do, {where}"
        say(line) if say else print(line, file=sys.stderr)
        perform_all(work, workers, scheduler)


def run_job(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder) -> Job:
    """Describe one run."""
    kind = run.experiment.name if run.fold is None else f"{run.experiment.name}, folds"
    args = (run, prepared, clusters, folder)
    return Job(run.label, folder, _train, args, run.cost, run.epochs, kind)


def reference_job(
    gauge: str | None, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder
) -> Job:
    """Describe the fit of all references of a gauge."""
    args = (prepared, gauge, clusters, folder)
    return Job("references", folder, _fit_references, args, REFERENCE_COST)


def fold_reference_job(
    gauge: str | None, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder
) -> Job:
    """Describe the fit of all references without each block of the training years."""
    args = (prepared, gauge, clusters, folder)
    cost = FOLDS * REFERENCE_COST
    return Job("references, folds", folder, fit_reference_folds, args, cost)


def _train(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder) -> None:
    """Carry out one run, perhaps in a process of its own: torch is imported here."""
    logging.getLogger("lightning").setLevel(logging.ERROR)
    from swgw.models.fit import fit

    fit(run, prepared, clusters, folder)


def _fit_references(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, folder: RunFolder
) -> None:
    from swgw.models.baseline import fit_references

    fit_references(prepared, gauge, clusters, folder)
