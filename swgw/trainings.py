"""The jobs of a study: its references and its runs, each in a folder of its own."""

import logging
import sys
from collections.abc import Callable

import pandas as pd

from swgw.experiments import Run
from swgw.prepare import Prepared
from swgw.runs import RunFolder
from swgw.workers import Job, missing, perform_all


def run_job(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder) -> Job:
    """Describe the training of one run."""
    return Job(
        run.label, folder, train_one, (run, prepared, clusters, folder), run.cost, run.epochs
    )


def reference_job(
    gauge: str | None, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder
) -> Job:
    """Describe the fit of all references of a gauge."""
    return Job("references", folder, fit_one, (prepared, gauge, clusters, folder), 1_000.0)


def train_one(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder) -> None:
    """Carry out one run; in its own process, so torch is imported here."""
    logging.getLogger("lightning").setLevel(logging.ERROR)
    from swgw.models.fit import fit

    fit(run, prepared, clusters, folder)


def fit_one(
    prepared: Prepared, gauge: str | None, clusters: pd.Series | None, folder: RunFolder
) -> None:
    """Fit the references of a gauge."""
    from swgw.models.baseline import fit_references

    fit_references(prepared, gauge, clusters, folder)


def train_missing(
    prepared: Prepared,
    clusters: pd.Series | None,
    runs: list[tuple[Run, RunFolder]],
    references: list[tuple[str | None, RunFolder]],
    workers: int,
    say: Callable[[str], None] | None,
    scheduler: str = "",
) -> None:
    """Fit the references and carry out the runs that are not finished yet.

    Parameters
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
    runs : list of (Run, RunFolder)
    references : list of (str or None, RunFolder)
        The gauge of each, and where its references are kept.
    workers : int
    say : callable or None
        Gets lines for the user; standard error by default.
    scheduler : str
        Address of a Dask scheduler; see :func:`swgw.workers.perform_all`.
    """
    jobs = [reference_job(gauge, prepared, clusters, folder) for gauge, folder in references]
    jobs += [run_job(run, prepared, clusters, folder) for run, folder in runs]
    work = missing(jobs)
    if work:
        where = f"on {scheduler}" if scheduler else f"{workers} at a time"
        line = f"{len(work)} of {len(jobs)} pieces of work to do, {where}"
        say(line) if say else print(line, file=sys.stderr)
        perform_all(work, workers, scheduler)
