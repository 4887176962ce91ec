"""Runs side by side: one process and one thread each, with a bar that shows the time left."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from tqdm import tqdm

from swgw.experiments import Run
from swgw.prepare import Prepared
from swgw.runs import RunFolder

EPOCH_FILE = "learning_curve.csv"
SECONDS_BETWEEN_LOOKS = 1.0


def train_missing(
    prepared: Prepared,
    clusters: pd.Series | None,
    runs: list[tuple[Run, RunFolder]],
    references: list[tuple[str | None, RunFolder]],
    workers: int,
    say: Callable[[str], None] | None,
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
    """
    for gauge, folder in references:
        if not folder.is_finished():
            from swgw.models.baseline import fit_references

            fit_references(prepared, gauge, clusters, folder)
    work = [(run, folder) for run, folder in runs if not folder.is_finished()]
    if work:
        line = f"{len(work)} of {len(runs)} runs to train, {workers} at a time"
        say(line) if say else print(line, file=sys.stderr)
        perform_all(work, prepared, clusters, workers)


def perform(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: RunFolder) -> None:
    """Carry out one run; in its own process, so torch is imported here."""
    logging.getLogger("lightning").setLevel(logging.ERROR)
    from swgw.models.fit import fit

    fit(run, prepared, clusters, folder)


def perform_all(
    work: list[tuple[Run, RunFolder]],
    prepared: Prepared,
    clusters: pd.Series | None,
    workers: int,
) -> None:
    """Carry out runs, several at once; the order and the number of workers change no number.

    Parameters
    ----------
    work : list of (Run, RunFolder)
        What is not finished yet.
    prepared : Prepared
    clusters : Series (well,) or None
    workers : int
        Processes; with one, the runs stay in this process.
    """
    calls = [delayed(perform)(run, prepared, clusters, folder) for run, folder in work]
    with _bar(work):
        Parallel(n_jobs=min(workers, len(work)))(calls)
    if workers > 1:
        get_reusable_executor().shutdown()  # each process holds torch, 0.7 GB


@contextmanager
def _bar(work: list[tuple[Run, RunFolder]]) -> Iterator[None]:
    """Show how many epochs are done, read from the learning curves as they grow."""
    total = sum(run.epochs for run, _ in work)
    bar = tqdm(total=total, desc="training", unit="epoch", file=sys.stderr, smoothing=0)
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(SECONDS_BETWEEN_LOOKS):
            done = sum(_epochs_done(run, folder) for run, folder in work)
            if done > bar.n:
                bar.update(done - bar.n)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
        stop.set()
        thread.join()
        bar.update(total - bar.n)
    finally:
        stop.set()
        bar.close()


def _epochs_done(run: Run, folder: RunFolder) -> int:
    """Epochs in a run's learning curve; all of them once it has finished, early or not."""
    if (folder.path / "done.json").exists():
        return run.epochs
    curve = folder.path / EPOCH_FILE
    return max(len(curve.read_text(encoding="utf-8").splitlines()) - 1, 0) if curve.exists() else 0
