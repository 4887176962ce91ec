"""Jobs on a Dask cluster that is already there (extra ``cluster``).

Its workers have one thread each, the same version of this package and of the libraries that
numbers depend on, and see the folder of results under the same path. A worker that is lost loses
nothing: the scheduler gives its job to another, which goes on from the checkpoint in the job's
folder and ends with the same bits.
"""

import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from swgw.storage.errors import UserError, install
from swgw.storage.jobs import Job, perform
from swgw.storage.results import engine_digest, versions

SECONDS_TO_ANSWER = 20
SECONDS_TO_APPEAR = 90  # a network file system may show a new file late
GO_ON = "the same command goes on from here"


@dataclass(frozen=True)
class Demand:
    """What a worker must have to do our jobs with our bits.

    Attributes
    ----------
    marker : Path
        A file in the folder of results.
    engine : str
        Digest of the source that numbers depend on.
    versions : dict
        Of Python and the libraries that numbers depend on.
    """

    marker: Path
    engine: str
    versions: dict[str, str]


def perform_on_cluster(jobs: list[Job], address: str) -> None:
    """Do jobs on the workers of a scheduler; a job whose worker is lost is done by another.

    Parameters
    ----------
    jobs : list of Job
        The longest first; the scheduler keeps to their order.
    address : str
        As in ``tcp://10.0.0.1:8786``.

    Raises
    ------
    UserError
        Where the extra is missing, no scheduler answers, a worker lacks what it needs, or a job
        lost its worker again and again.
    """
    with _client(address) as client, _marker(jobs[0].folder.path.parent) as marker:
        demand = Demand(marker, engine_digest(), _versions())
        _check_workers(client, demand)
        _finish(_submit(client, jobs, demand))
    _wait_for_results(jobs)


def _submit(client, jobs: list[Job], demand: Demand) -> dict:
    """Hand the jobs to the scheduler; what several share travels once, and can be had again."""
    uses = Counter(id(value) for job in jobs for value in job.args)
    shared = {}
    for value in (value for job in jobs for value in job.args):
        if uses[id(value)] > 1 and id(value) not in shared:
            shared[id(value)] = client.submit(_same, value, pure=False)
    tasks = {}
    for place, job in enumerate(jobs):
        args = [shared.get(id(value), value) for value in job.args]
        bare = replace(job, args=())
        key = f"{job.label}-{uuid4().hex}"
        task = client.submit(_perform, bare, demand, *args, priority=-place, key=key)
        tasks[task] = job
    return tasks


def _finish(tasks: dict) -> None:
    """Wait for all tasks; the first that fails ends them all."""
    from distributed import KilledWorker, as_completed

    for task in as_completed(tasks):
        try:
            task.result()
        except KilledWorker:
            raise UserError(
                f"{tasks[task].label}: the cluster lost its worker again and again, perhaps for "
                f"want of memory; {GO_ON}"
            ) from None
        except CancelledError:
            raise UserError(f"the scheduler is gone; {GO_ON}") from None


def _perform(job: Job, demand: Demand, *args: Any) -> None:
    """Do a job on a worker, which may have joined after the others were looked at."""
    from distributed import get_worker

    lack = _lack(demand, get_worker())
    if lack:
        raise UserError(lack)
    perform(replace(job, args=args))


def _check_workers(client, demand: Demand) -> None:
    """Look at all workers, waiting for the first."""
    if not client.nthreads():
        print("The scheduler has no worker yet; waiting for one.", file=sys.stderr)
        client.wait_for_workers(1)
    try:
        found = client.run(_lack, demand)
    except ModuleNotFoundError as error:
        raise UserError(f"a worker of the cluster has no module {error.name!r}") from None
    lacks = [lack for lack in found.values() if lack]
    if lacks:
        raise UserError("\n".join(lacks))


def _lack(demand: Demand, dask_worker: Any) -> str:
    """Say what a worker lacks; empty where it is fit."""
    threads = dask_worker.state.nthreads
    if threads != 1:
        lack = f"found {threads} threads; expected one (dask worker --nthreads 1 --nworkers N)"
    elif engine_digest() != demand.engine:
        lack = "found another version of swgw; expected this one (restart the worker after updates)"
    elif _versions() != demand.versions:
        ours, theirs = demand.versions.items(), _versions().items()
        found, expected = dict(theirs - ours), dict(ours - theirs)
        lack = f"found {found}; expected {expected}"
    elif not demand.marker.exists():
        lack = f"cannot see {demand.marker.parent}; expected the same folder of results as here"
    else:
        return ""
    return f"worker {dask_worker.address}: {lack}"


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | versions()


def _same(value: Any) -> Any:
    return value


def _wait_for_results(jobs: list[Job]) -> None:
    """Wait until a network file system shows all results here."""
    until = time.monotonic() + SECONDS_TO_APPEAR
    while unseen := [job for job in jobs if not (job.folder.path / "done.json").exists()]:
        if time.monotonic() > until:
            raise UserError(
                f"{unseen[0].folder.path}: found no results of {unseen[0].label}; expected the "
                "workers of the cluster to write where this process reads"
            )
        time.sleep(0.5)


@contextmanager
def _marker(folder: Path) -> Iterator[Path]:
    """Put a file of a new name into a folder, by which a worker shows that it sees the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / f".cluster-{uuid4().hex}"
    marker.touch()
    try:
        yield marker
    finally:
        marker.unlink(missing_ok=True)


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
