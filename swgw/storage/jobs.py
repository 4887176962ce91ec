"""Work done side by side, on this machine's cores or on a Dask cluster, with one bar.

:func:`perform_all` fills the folders of results (:class:`swgw.storage.results.Result`). Their
order and the number of workers change no number: each has its own seed, its own folder and one
thread. The same command continues where an interrupted one stopped.
"""

import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from swgw.storage.errors import UserError
from swgw.storage.results import Result

SECONDS_BETWEEN_LOOKS = 1.0


def perform_all(results: list[Result], workers: int, scheduler: str = "") -> None:
    """Fill folders, several at once, with one bar.

    Parameters
    ----------
    results : list of Result
        What is not finished yet (:func:`swgw.storage.results.missing`); the longest are begun
        first, those that read others last.
    workers : int
        Processes on this machine; with one, the work stays in this process.
    scheduler : str
        Address of a Dask scheduler whose workers do it instead, as in ``tcp://10.0.0.1:8786``;
        they see the same folders (:mod:`swgw.storage.cluster`).

    Raises
    ------
    UserError
        Where a process or a worker of the cluster ends before its work does, or a worker lacks
        what it needs.
    """
    if not results:
        return
    results = sorted(results, key=lambda result: result.cost, reverse=True)
    with _bar(results):
        for after in (False, True):
            if now := [result for result in results if result.after is after]:
                _perform(now, min(workers, len(now)), scheduler)


def _perform(results: list[Result], workers: int, scheduler: str) -> None:
    """Fill folders of which none waits for another."""
    if scheduler:
        from swgw.storage.cluster import perform_on_cluster

        perform_on_cluster(results, scheduler)
    elif workers == 1:
        for result in results:
            result.fill()
    else:
        _perform_in_processes(results, workers)


def _perform_in_processes(results: list[Result], workers: int) -> None:
    try:
        with parallel_config("loky", inner_max_num_threads=1), warnings.catch_warnings():
            # loky replaces a process that has grown, as by importing torch; no work is lost
            warnings.filterwarnings("ignore", "A worker stopped while some jobs")
            Parallel(workers)(delayed(_fill_apart)(result, os.getpid()) for result in results)
    except TerminatedWorkerError:
        raise UserError(
            f"a process was ended from outside, perhaps for lack of memory ({workers} side by "
            "side); the same command continues from here, --workers 1 takes the least memory"
        ) from None
    finally:
        get_reusable_executor().shutdown()  # each process holds torch, 0.7 GB


def _fill_apart(result: Result, parent: int) -> None:
    """Fill a folder in a process of its own, which ends with its parent, however that ends."""
    _end_with(parent)
    result.fill()


@cache
def _end_with(parent: int) -> None:
    def look() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


@contextmanager
def _bar(results: list[Result]) -> Iterator[None]:
    """Show how much is done and the time left, by cost, read from the folders as they fill."""
    layout = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    total = sum(result.cost for result in results)
    bar = tqdm(total=total, desc="models", bar_format=layout, file=sys.stderr, smoothing=0)
    stop = threading.Event()

    def look() -> None:
        shares = [result.share_done() for result in results]
        bar.set_postfix_str(f"{shares.count(1.0)}/{len(results)} done", refresh=False)
        done = sum(result.cost * share for result, share in zip(results, shares, strict=True))
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
