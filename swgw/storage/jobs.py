"""Jobs side by side, on this machine's cores or on a Dask cluster, with one bar for all.

Processes on this machine are forked from one that has imported the libraries, once for all jobs.
"""

import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed, parallel_config
from tqdm import tqdm

from swgw.storage import UserError, install
from swgw.storage.results import DONE, SECOND, Result, versions

SECONDS_BETWEEN_LOOKS = 1.0


def perform_all(results: list[Result], workers: int, scheduler: str = "") -> None:
    """Fill folders, several at once, with one bar.

    Parameters
    ----------
    results : list of Result
        What is not finished yet; the longest are begun first, none before the one that it reads.
    workers : int
        Processes on this machine; with one, the work stays in this process.
    scheduler : str
        Address of a Dask scheduler whose workers do it instead, as in ``tcp://10.0.0.1:8786``;
        they see the same folders (:mod:`swgw.storage.jobs`).

    Raises
    ------
    UserError
        Where a process or a worker of the cluster ends before its work does, or a worker lacks
        what it needs.
    """
    if not results:
        return
    results = sorted(results, key=lambda r: (r.after is not None, -r.cost))
    with _bar(results, workers):
        if scheduler:
            for late in (False, True):
                if now := [r for r in results if (r.after is not None) is late]:
                    perform_on_cluster(now, scheduler)
        elif workers == 1:
            for result in results:
                result.fill()
        else:
            _perform_in_processes(sorted(results, key=lambda r: -r.cost), workers)


# What jobs and notebooks need and what takes long to import; what is not installed is left out.
IMPORTED = (
    *("swgw.models.networks", "swgw.models.fit", "swgw.experiments.study", "swgw.book.say"),
    *("swgw.claims.judge", "swgw.virtual.limit", "sklearn.ensemble", "statsmodels.tsa.seasonal"),
    *("ipykernel.kernelapp", "matplotlib.backends.backend_svg", "pandas.plotting._matplotlib"),
    *("pandas.io.formats.style", "seaborn", "plotly.express", "optuna", "dask.array"),
)

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # read by the first import
    "PLOTLY_RENDERER": "plotly_mimetype",  # numbers alone; the book has its own plotly.js
    # freed blocks of hundreds of kilobytes are kept: giving them back costs more than they do
    **{f"MALLOC_{name}_THRESHOLD_": "4000000000" for name in ("MMAP", "TRIM")},
}


@cache
def warm() -> BaseContext:
    """Give the way to start processes that have imported what they need."""
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    context.set_forkserver_preload(list(IMPORTED))
    os.environ.update(ENVIRONMENT)
    return context


def start(function: Callable[..., None], *args, log: Path) -> BaseProcess:
    """Start a function in such a process; what it prints goes to a file."""
    log.touch()  # a process may end before it has opened it
    process = warm().Process(target=_logged, args=(function, args, log))
    process.start()
    return process


def _logged(function: Callable[..., None], args: tuple, log: Path) -> None:
    end_with_parent()
    stream = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(stream, 1), os.dup2(stream, 2)
    function(*args)


def _perform_in_processes(results: list[Result], workers: int) -> None:
    """Keep processes busy, each with the longest work whose source is made."""
    pool, running = ProcessPoolExecutor(workers, warm(), end_with_parent), {}
    try:
        while results or running:
            left = {result.path for result in (*results, *running.values())}
            ready = [result for result in results if result.after not in left]
            for result in ready[: workers - len(running)]:
                results.remove(result)
                running[pool.submit(result.fill)] = result
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                future.result()
                del running[future]
    except BrokenProcessPool:
        raise UserError(
            f"a process was ended from outside, perhaps for lack of memory ({workers} side by "
            "side); the same command continues from here, --workers 1 takes the least memory"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def end_with_parent() -> None:
    """End this process with the one that started it, however that ends."""

    def watch() -> None:
        parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _bar(results: list[Result], workers: int) -> Iterator[None]:
    """Show how much is done and the time left, by cost, read from the folders as they fill."""
    layout = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}{postfix}"
    layout += "\n" * ("TQDM_MININTERVAL" in os.environ)  # in a log; see swgw.cli
    total = sum(result.cost for result in results)
    shown = {"desc": "models", "bar_format": layout, "file": sys.stderr}
    bar = tqdm(total=total, **shown, smoothing=0, miniters=0)  # redrawn where nothing is done, too
    stop, started = threading.Event(), time.time()

    def look() -> None:
        shares = [_share(result, started) for result in results]
        done = sum(result.cost * share for result, share in zip(results, shares, strict=True))
        # for half a minute from what work takes elsewhere, then from its own pace
        pace = (done + 30 * workers * SECOND) / (time.time() - started + 30)
        left = f"{tqdm.format_interval((total - done) / pace)} left"
        bar.set_postfix_str(f"{left}, {shares.count(1.0)}/{len(results)} done", refresh=False)
        bar.update(max(done - bar.n, 0))

    def watch() -> None:
        while not stop.wait(SECONDS_BETWEEN_LOOKS):
            look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        look()
        bar.close()


def _share(result: Result, started: float) -> float:
    """Share that is done: what the folder shows, or what the time since its start says."""
    begun = result.begun()
    running = (time.time() - begun) * SECOND / result.cost if begun >= started else 0.0
    return max(result.share_done(), min(running, 0.9))


SECONDS_TO_ANSWER = 20
SECONDS_TO_APPEAR = 90  # a network file system may show a new file late
CONTINUE = "the same command continues from here"


def perform_on_cluster(results: list[Result], address: str) -> None:
    """Fill folders on the workers of a scheduler.

    Parameters
    ----------
    results : list of Result
        The longest first; their order is kept.
    address : str
        As in ``tcp://10.0.0.1:8786``.

    Raises
    ------
    UserError
        Where the extra is missing, no scheduler answers, a worker lacks what it needs, or a piece
        of work lost its worker again and again.
    """
    results[0].root.mkdir(parents=True, exist_ok=True)
    with _client(address) as client:
        from distributed import KilledWorker

        if not client.nthreads():
            print("The scheduler has no worker yet; waiting for one.", file=sys.stderr)
            client.wait_for_workers(1)
        try:
            with parallel_config("dask", client=client, n_jobs=-1):
                calls = (delayed(_fill_there)(result, requirements(result)) for result in results)
                Parallel(batch_size=1)(calls)
        except KilledWorker as error:
            raise UserError(
                f"the cluster lost its worker again and again ({error.task}), perhaps for lack of "
                f"memory; {CONTINUE}"
            ) from None
    _wait_for(results)


def requirements(result: Result) -> dict[str, str]:
    """What must be the same here and on a worker: source, Python and libraries."""
    return {"swgw": result.source, "python": platform.python_version()} | versions()


def _fill_there(result: Result, wanted: dict[str, str]) -> None:
    """Fill a folder on a worker that has what it needs."""
    from distributed import get_worker

    worker = get_worker()
    if problem := unfit(result, wanted, worker.state.nthreads):
        raise UserError(f"worker {worker.address}: {problem}")
    result.fill()


def unfit(result: Result, wanted: dict[str, str], threads: int) -> str:
    """Say what this process lacks to fill a folder; empty where it is fit."""
    if threads != 1:
        return f"found {threads} threads; expected one (dask worker --nthreads 1 --nworkers N)"
    own = requirements(result)
    if other := dict(wanted.items() - own.items()):
        found = {name: own[name] for name in other}
        return f"found {found}; expected {other} (restart the worker after an update)"
    if not result.root.is_dir():
        return f"cannot see {result.root}; expected the same folder of results as here"
    return ""


def _wait_for(results: list[Result]) -> None:
    """Wait until a network file system shows all results here."""
    until = time.monotonic() + SECONDS_TO_APPEAR
    while unseen := [result for result in results if not (result.path / DONE).exists()]:
        if time.monotonic() > until:
            raise UserError(
                f"{unseen[0].path}: found no results of {unseen[0].label}; expected the workers of "
                f"the cluster to write where this process reads; {CONTINUE}"
            )
        time.sleep(0.5)


def _client(address: str) -> Any:
    """Connect to a scheduler."""
    if find_spec("distributed") is None:
        raise UserError(
            f"--scheduler: found no Dask; expected the extra 'cluster' ({install('cluster')})"
        )
    from distributed import Client
    from distributed.comm import get_address_host_port

    try:
        get_address_host_port(address)  # a client that fails can block the next one
        return Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"--scheduler: found no Dask scheduler at {address} ({type(error).__name__}); "
            "expected an address such as tcp://10.0.0.1:8786"
        ) from None
