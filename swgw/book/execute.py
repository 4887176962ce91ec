"""Execute notebooks by papermill, with parameters checked by name and type before the run.

papermill accepts a misspelt name, a wrong type or a missing ``parameters`` cell without a word;
here each of them is an error before anything runs.
"""

import ast
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pandas as pd
import papermill
from jupyter_client import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from swgw.book.cells import Value, read, with_parameters, without_unmet
from swgw.storage import UserError
from swgw.storage.files import clear_drafts, digest, write_text
from swgw.storage.jobs import start

# A table that a notebook writes, in its JSON.
KEPT = re.compile(rb'study\.keep\(.*?, \\"(\w+)\\"\)')


@dataclass(frozen=True)
class Job:
    """One notebook to execute.

    Attributes
    ----------
    source, target : Path
        The notebook and its executed copy.
    parameters : dict
        Values for the run.
    shown : dict
        Values in the parameters cell of the executed copy, so that no path of this machine is
        published and the copy runs elsewhere.
    log : Path
        Takes the output of the kernel.
    key : str
        Digest of everything that the outputs depend on.
    lacking : dict
        Needs of cells that the basin does not meet, with the reason; see :mod:`swgw.book.cells`.
    """

    source: Path
    target: Path
    parameters: dict[str, Value]
    shown: dict[str, Value]
    log: Path
    key: str
    lacking: dict[str, str] = field(default_factory=dict)

    @property
    def seal(self) -> Path:
        """Holds what shows that the copy is whole."""
        return self.target.with_name(f".{self.target.stem}.seal")


class NotebookError(UserError):
    """Raised when a cell of a notebook fails; names the notebook, the cell and the error."""


def read_parameters(notebook: Path) -> dict[str, Value]:
    """Read names and defaults from the ``parameters`` cell of a notebook.

    Raises
    ------
    UserError
        If there is not exactly one such cell, or it holds anything but plain literals: a derived
        value would keep its old state when a parameter changes.
    """
    cells = [c for c in read(notebook).cells if "parameters" in c.metadata.get("tags", [])]
    try:
        (lines,) = [ast.parse(cell.source).body for cell in cells]
        return {line.targets[0].id: ast.literal_eval(line.value) for line in lines}
    except (AttributeError, ValueError):
        expected = "expected one, with names and plain values alone, such as seeds = 0"
        raise UserError(f"{notebook.name}: {len(cells)} cell(s) 'parameters'; {expected}") from None


def check_parameters(notebook: Path, values: dict[str, Value]) -> None:
    """Compare values with a notebook's ``parameters`` cell, by name and by type.

    Raises
    ------
    UserError
        If the notebook has no such parameter or a value has another type than its default.
    """
    defaults = read_parameters(notebook)
    for name, value in values.items():
        if type(value) is not type(defaults.get(name)):
            expected = f"expected one of {defaults}, of its type"
            raise UserError(f"{notebook.name}: found {name} = {value!r}; {expected}")


def is_current(job: Job) -> bool:
    """Whether the executed copy, findings and tables are as they were written, from the inputs."""
    return job.seal.is_file() and job.seal.read_bytes() == _state(job).encode()


def seconds_of(executed: Path) -> float | None:
    """Read from an executed notebook how long it took [s], None where it does not say."""
    found = re.search(rb'"seconds": ([\d.]+)', executed.read_bytes())
    return float(found[1]) if found else None


def _state(job: Job) -> str:
    """Give the key of the inputs, and the digest of what the notebook has written."""
    results, page = job.target.parents[1] / "results", f'"page": "{job.target.stem}"'.encode()
    made = [job.target, *(p for p in results.glob("findings/*.json") if page in p.read_bytes())]
    made += [results / f"{name.decode()}.csv" for name in KEPT.findall(job.source.read_bytes())]
    return f"{job.key} {digest(made)}"


def execute_all(jobs: list[Job], workers: int, done: Callable[[Job], None]) -> None:
    """Execute notebooks in parallel processes; each copy appears whole or not at all.

    Parameters
    ----------
    jobs : list of Job
    workers : int
        Number of processes.
    done : callable
        Called with each job that succeeds.

    Raises
    ------
    UserError
        Before anything runs, if a parameter is wrong.
    NotebookError
        After all have run, naming every notebook that failed; each is kept as
        ``<name>.failed.ipynb``.
    """
    for job in jobs:
        check_parameters(job.source, job.parameters)
        job.log.parent.mkdir(parents=True, exist_ok=True)
        job.target.parent.mkdir(parents=True, exist_ok=True)
        clear_drafts(job.target.parent)
    running, failures = [], []
    with ThreadPoolExecutor(max(1, workers)) as pool:
        try:
            futures = {pool.submit(_execute, job, running): job for job in jobs}
            for future in as_completed(futures):
                failures += [future.result()] * bool(future.result())
                if not future.result():
                    done(futures[future])
        finally:  # an interruption ends every notebook that still runs
            pool.shutdown(wait=False, cancel_futures=True)
            while running:
                running.pop().process.kill()
    if failures:
        raise NotebookError("\n".join(failures))


# papermill would write the whole notebook before and after each cell.
ONCE = {"request_save_on_cell_execute": False, "progress_bar": False}
PYTHON = {"kernel_name": "python3", "language": "python"}


class Kernel(AsyncKernelManager):
    """A kernel that begins with the libraries imported, in a process of its own.

    Parameters
    ----------
    log : Path
        Takes its output.
    """

    has_kernel = True

    def __init__(self, log: Path):
        super().__init__()
        self.folder = TemporaryDirectory(prefix="swgw")
        self.connection_file = str(Path(self.folder.name) / "kernel.json")
        if os.name == "posix":  # ports chosen side by side can be the same; files cannot
            self.transport = "ipc"
        self.write_connection_file()
        self.process = start(serve, self.connection_file, log=log)

    async def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.is_alive()

    _async_is_alive = is_alive  # what its clients ask

    def client(self, **kwargs):
        """Give a client, which :meth:`end` closes."""
        self.talks = super().client(**kwargs)
        return self.talks

    def end(self) -> None:
        """End the process, and close what papermill leaves open of a kernel that it is given."""
        self.process.kill()
        self.process.join()
        self.talks.stop_channels()
        self.folder.cleanup()
        ensure_event_loop().close()


def serve(connection: str) -> None:
    """Be a kernel."""
    from ipykernel.kernelapp import IPKernelApp

    pd.set_option("display.max_columns", 20)  # pandas was imported outside a kernel
    IPKernelApp.launch_instance(["-f", connection, "--HistoryManager.enabled=False"])


def _execute(job: Job, running: list[Kernel]) -> str:
    """Execute one notebook in a process of its own; give what went wrong, if anything."""
    draft = job.target.with_name(f".{job.target.stem}.part.ipynb")
    failed = job.target.with_name(f"{job.target.stem}.failed.ipynb")
    notebook = with_parameters(without_unmet(read(job.source), job.lacking), job.parameters)
    write_text(draft, nbformat.writes(notebook))  # what is left if the kernel dies
    started, kernel = time.perf_counter(), Kernel(job.log)
    running.append(kernel)
    try:
        notebook = papermill.execute_notebook(notebook, draft, km=kernel, **ONCE, **PYTHON)
    except (PapermillExecutionError, DeadKernelError) as error:
        if kernel not in running:  # interrupted
            draft.unlink(missing_ok=True)
            return ""
        draft.replace(failed)
        return f"{job.source.name}{_why(error, job.log)}\n  See {failed} and {job.log}"
    finally:
        kernel.end()
    for cell in [notebook, *notebook.cells]:
        for trace in ("papermill", "execution"):
            cell.metadata.pop(trace, None)
    notebook.metadata["swgw"] = {"seconds": round(time.perf_counter() - started, 1)}
    write_text(job.target, nbformat.writes(with_parameters(notebook, job.shown)))
    write_text(job.seal, _state(job))
    for path in (draft, failed, job.log):
        path.unlink(missing_ok=True)
    return ""


def _why(error: Exception, log: Path) -> str:
    """Name the cell and the error at which a notebook stopped."""
    if isinstance(error, PapermillExecutionError):
        said = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
        return f", code cell {error.exec_count}: {said}"
    last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    return f": stopped; is there enough memory? ({last})"
