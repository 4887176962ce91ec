"""Jobs side by side: independent pieces of work, on this machine's cores or on a Dask cluster.

Whoever has work that takes long describes each piece as a :class:`Job` and hands the list to
:func:`perform_all`, which shows one bar for all of them::

    job = Job("perfect model", folder, make_limit, (basin, member), cost=20_000)
    perform_all(missing([job]), workers=2)

A job is a function of a module with its arguments. It draws its randomness from its own seed,
writes its results into its own folder, each file whole, and ends with ``folder.finish()``: then the
order, the number of workers and a machine that is lost on the way change no number, and the same
command goes on where an earlier one stopped. A :class:`~swgw.storage.timing.Stopwatch` in the
folder tells
its stages beside the whole, which is timed here.
"""

import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from swgw.storage.errors import UserError
from swgw.storage.results import RunFolder
from swgw.storage.timing import Stopwatch

CURVE = "learning_curve.csv"
SECONDS_BETWEEN_LOOKS = 1.0
WHOLE = "whole"
ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    )
}


@dataclass(frozen=True)
class Job:
    """One piece of work; those that read the results of others say so, and come after them.

    Attributes
    ----------
    label : str
        Its name for people.
    folder : RunFolder
        Where its results go; finished when the job is done.
    call : callable
        A function at the top of a module, so that another process finds it.
    args : tuple
        What it is called with. What several jobs share should be the same object.
    cost : float
        How long it takes against other jobs: for a training, windows times the model's weight.
    parts : int
        How many lines ``learning_curve.csv`` in its folder will get, for the bar; 0 for jobs that
        write none.
    kind : str
        What its time is summed under; the label by default.
    after : bool
        Whether it reads what other jobs leave; :func:`perform_all` does those first.
    """

    label: str
    folder: RunFolder
    call: Callable[..., Any]
    args: tuple = ()
    cost: float = 1.0
    parts: int = 0
    kind: str = ""
    after: bool = False

    def share_done(self) -> float:
        """Share of the work that is done, from 0 to 1, as far as its folder tells."""
        if (self.folder.path / "done.json").exists():
            return 1.0
        curve = self.folder.path / CURVE
        if not self.parts or not curve.exists():
            return 0.0
        lines = len(curve.read_text(encoding="utf-8").splitlines()) - 1
        return min(max(lines, 0) / self.parts, 1.0)


def missing(jobs: list[Job]) -> list[Job]:
    """Keep the jobs that are not finished; a damaged folder is named and emptied."""
    return [job for job in jobs if not job.folder.is_finished()]


def perform(job: Job) -> None:
    """Do one job, timed; its results are in its folder."""
    with Stopwatch(job.folder.path).stage(WHOLE):
        job.call(*job.args)


def perform_all(jobs: list[Job], workers: int, scheduler: str = "") -> None:
    """Do jobs, several at once, with one bar; their order and the workers change no number.

    Parameters
    ----------
    jobs : list of Job
        What is not finished yet (:func:`missing`); the longest are begun first.
    workers : int
        Processes on this machine, one thread each; with one, the jobs stay in this process.
    scheduler : str
        Address of a Dask scheduler that does the jobs instead, on workers that see the same
        folders; see :mod:`swgw.storage.cluster`.

    Raises
    ------
    UserError
        Where a process or a worker of the cluster ends before its job does.
    """
    if not jobs:
        return
    jobs = sorted(jobs, key=lambda job: job.cost, reverse=True)
    with _bar(jobs):
        for later in (False, True):
            if now := [job for job in jobs if job.after is later]:
                _perform_together(now, workers, scheduler)


def _perform_together(jobs: list[Job], workers: int, scheduler: str) -> None:
    """Do jobs of which none waits for another."""
    if scheduler:
        from swgw.storage.cluster import perform_on_cluster

        perform_on_cluster(jobs, scheduler)
    else:
        _perform_here(jobs, min(workers, len(jobs)))


def _perform_here(jobs: list[Job], workers: int) -> None:
    if workers == 1:
        for job in jobs:
            perform(job)
        return
    try:
        with environment(ONE_THREAD), warnings.catch_warnings():
            # loky replaces a process that has grown, as by importing torch; no job is lost
            warnings.filterwarnings("ignore", "A worker stopped while some jobs")
            Parallel(n_jobs=workers)(delayed(_perform_apart)(job, os.getpid()) for job in jobs)
    except TerminatedWorkerError:
        raise UserError(
            f"a process was ended from outside, perhaps for want of memory ({workers} side by "
            "side); the same command goes on from here, --workers 1 takes the least memory"
        ) from None
    finally:
        get_reusable_executor().shutdown()  # each process holds torch, 0.7 GB


def _perform_apart(job: Job, parent: int) -> None:
    """Do a job in a process of its own, which ends with its parent, however that ends."""
    _end_with(parent)
    perform(job)


@cache
def _end_with(parent: int) -> None:
    def look() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for processes that are started inside the block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _bar(jobs: list[Job]) -> Iterator[None]:
    """Show how much is done, by cost, read from the jobs' folders as they fill."""
    total = sum(job.cost for job in jobs)
    layout = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    bar = tqdm(total=total, desc="models", bar_format=layout, file=sys.stderr, smoothing=0)
    stop = threading.Event()

    def look() -> None:
        shares = [job.share_done() for job in jobs]
        bar.set_postfix_str(f"{shares.count(1.0)}/{len(jobs)} done", refresh=False)
        done = sum(job.cost * share for job, share in zip(jobs, shares, strict=True))
        bar.update(max(done - bar.n, 0))

    def watch() -> None:
        while not stop.wait(SECONDS_BETWEEN_LOOKS):
            look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
        stop.set()
        thread.join()
        look()
    finally:
        stop.set()
        bar.close()
