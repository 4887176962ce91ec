"""Execute notebooks by papermill, with parameters checked by name and type before the run.

papermill accepts a misspelt name, a wrong type or a missing ``parameters`` cell without a word;
here each of them is an error before anything runs.
"""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from swgw.book.cells import Value, read, with_parameters, without_unmet
from swgw.storage import UserError

OPTIONS = ["--kernel", "python3", "--language", "python", "--no-progress-bar", "--log-output"]
QUIET = {
    "OMP_NUM_THREADS": "1",
    "PLOTLY_RENDERER": "plotly_mimetype",  # numbers alone; the book has its own plotly.js
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


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
        Takes the output of papermill and the kernel.
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
    if len(cells) != 1:
        raise UserError(f"{notebook.name}: found {len(cells)} cells 'parameters'; expected one")
    values = {}
    for statement in ast.parse(cells[0].source).body:
        try:
            (target,) = statement.targets
            values[target.id] = ast.literal_eval(statement.value)
        except (AttributeError, ValueError):
            place = f"{notebook.name}, parameters cell, line {statement.lineno}"
            found = f"found {ast.unparse(statement)!r}; expected a name and a plain value"
            raise UserError(f"{place}: {found}") from None
    return values


def check_parameters(notebook: Path, values: dict[str, Value]) -> None:
    """Compare values with a notebook's ``parameters`` cell, by name and by type.

    Raises
    ------
    UserError
        If the notebook has no such parameter or a value has another type than its default.
    """
    defaults = read_parameters(notebook)
    for name, value in values.items():
        place = f"{notebook.name}, parameter {name!r}: found"
        if name not in defaults:
            raise UserError(f"{place} in no cell; expected one of {', '.join(defaults)}")
        given, wanted = type(value).__name__, type(defaults[name]).__name__
        if given != wanted and (given, wanted) != ("int", "float"):
            raise UserError(f"{place} {value!r} ({given}); expected {wanted}")


def is_current(job: Job) -> bool:
    """Whether the executed copy exists and came from the same inputs."""
    return job.target.is_file() and stamp(job.target).get("key") == job.key


def stamp(executed: Path) -> dict:
    """Read the key of the inputs and the seconds of the run from an executed notebook."""
    return dict(read(executed).metadata.get("swgw", {}))


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
        for draft in job.target.parent.glob(f".{job.target.stem}.*.part.ipynb"):
            draft.unlink()  # of a run that was killed
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
            for process in list(running):
                process.terminate()
    if failures:
        raise NotebookError("\n".join(failures))


def _execute(job: Job, running: list[subprocess.Popen]) -> str:
    """Execute one notebook in a process of its own; give what went wrong, if anything."""
    draft = job.target.with_name(f".{job.target.stem}.{os.getpid()}.part.ipynb")
    failed = job.target.with_name(f"{job.target.stem}.failed.ipynb")
    notebook = without_unmet(read(job.source), job.lacking)
    nbformat.write(with_parameters(notebook, job.parameters), draft)
    started = time.perf_counter()
    with job.log.open("w", encoding="utf-8") as log:
        words = [sys.executable, "-m", "papermill", str(draft), str(draft), *OPTIONS]
        with subprocess.Popen(words, stdout=log, stderr=log, env=os.environ | QUIET) as process:
            running.append(process)
            code = process.wait()
        running.remove(process)
    notebook = read(draft)
    if code:
        draft.replace(failed) if code > 0 else draft.unlink()  # below zero: interrupted
        return f"{job.source.name}{_why(notebook, job.log)}\n  See {failed} and {job.log}"
    for cell in [notebook, *notebook.cells]:
        for trace in ("papermill", "execution"):
            cell.metadata.pop(trace, None)
    seconds = round(time.perf_counter() - started, 1)
    notebook.metadata["swgw"] = {"key": job.key, "seconds": seconds}
    nbformat.write(with_parameters(notebook, job.shown), draft)
    draft.replace(job.target)
    failed.unlink(missing_ok=True)
    return ""


def _why(notebook: nbformat.NotebookNode, log: Path) -> str:
    """Name the cell and the error at which a notebook stopped."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                said = f"{output.ename}: {output.evalue}".strip().splitlines()[0]
                return f", code cell {cell.execution_count}: {said}"
    last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    return f": stopped; is there enough memory? ({last})"
