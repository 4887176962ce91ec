"""Work on a Dask cluster that is already there (extra ``cluster``), by joblib's Dask backend.

Its workers have one thread each, the same version of this package and of the libraries that
numbers depend on, and see the folder of results under the same path. The work of a worker that is
lost is given to another, which continues from the checkpoint in the folder: the bits are the same.
"""

import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from joblib import Parallel, delayed, parallel_config

from swgw.storage.errors import UserError, install
from swgw.storage.results import DONE, Result, engine_digest, versions

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
                calls = (delayed(_fill_there)(result, requirements()) for result in results)
                Parallel(batch_size=1)(calls)
        except KilledWorker as error:
            raise UserError(
                f"the cluster lost its worker again and again ({error.task}), perhaps for lack of "
                f"memory; {CONTINUE}"
            ) from None
    _wait_for(results)


def requirements() -> dict[str, str]:
    """What must be the same here and on a worker: source, Python and libraries."""
    return {"swgw": engine_digest(), "python": platform.python_version()} | versions()


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
    if other := dict(wanted.items() - requirements().items()):
        found = {name: requirements()[name] for name in other}
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


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """Connect to a scheduler."""
    if find_spec("distributed") is None:
        raise UserError(
            f"--scheduler: found no Dask; expected the extra 'cluster' ({install('cluster')})"
        )
    from distributed import Client

    try:
        client = Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"--scheduler: found no Dask scheduler at {address} ({type(error).__name__}); "
            "expected an address such as tcp://10.0.0.1:8786"
        ) from None
    with client:
        yield client
