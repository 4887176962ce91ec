"""Execute notebooks by papermill, with parameters checked by name and type before the run.

papermill itself lets a misspelt name, a wrong type and a missing ``parameters`` cell pass in
silence; here each of them is an error before anything runs.
"""

import ast
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import nbformat

from swgw.book.needs import without_unmet
from swgw.storage.errors import UserError

Value = str | int | float | bool


@dataclass(frozen=True)
class Job:
    """One notebook to execute.

    Attributes
    ----------
    source, target : Path
        The notebook and its executed copy.
    parameters : dict
        What the run is given.
    shown : dict
        What the executed copy shows in its parameters cell instead, so that no path of this
        machine is published and the copy runs elsewhere.
    log : Path
        Where papermill's and the kernel's chatter goes.
    key : str
        Digest of everything that the outputs depend on.
    lacking : dict
        Needs of cells that the basin does not meet, with the reason; see :mod:`swgw.book.needs`.
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
    """Names and defaults in the ``parameters`` cell of a notebook.

    Raises
    ------
    UserError
        If there is not exactly one such cell, or it holds anything but plain literals: a derived
        value would keep its old state when a parameter changes.
    """
    cells = [c for c in _load(notebook).cells if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise UserError(
            f"{notebook.name}: found {len(cells)} cells tagged 'parameters'; expected one"
        )
    found = {}
    for statement in ast.parse(cells[0].source).body:
        try:
            (target,) = statement.targets
            found[target.id] = ast.literal_eval(statement.value)
        except (AttributeError, ValueError):
            raise UserError(
                f"{notebook.name}, parameters cell, line {statement.lineno}: found"
                f" {ast.unparse(statement)!r}; expected a name and a plain value"
            ) from None
    return found


def check_parameters(notebook: Path, values: dict[str, Value]) -> None:
    """Hold values against a notebook's ``parameters`` cell, by name and by type.

    Raises
    ------
    UserError
        If a name is unknown to the notebook or a value has another type than its default.
    """
    defaults = read_parameters(notebook)
    for name, value in values.items():
        if name not in defaults:
            known = ", ".join(defaults)
            raise UserError(f"{notebook.name}: unknown parameter {name!r}; expected one of {known}")
        wanted = type(defaults[name])
        whole_number_for_float = wanted is float and type(value) is int
        if type(value) is not wanted and not whole_number_for_float:
            raise UserError(
                f"{notebook.name}, parameter {name!r}: found {value!r}"
                f" ({type(value).__name__}); expected {wanted.__name__}"
            )


def execute_notebook(job: Job) -> None:
    """Execute one notebook; the executed copy appears whole or not at all.

    Raises
    ------
    NotebookError
        If a cell fails; the notebook is then kept as ``<name>.failed.ipynb``.
    """
    check_parameters(job.source, job.parameters)
    job.target.parent.mkdir(parents=True, exist_ok=True)
    draft = job.target.with_name(f".{job.target.stem}.{os.getpid()}.part.ipynb")
    failed = job.target.with_name(f"{job.target.stem}.failed.ipynb")
    started = time.perf_counter()
    try:
        nbformat.write(without_unmet(_load(job.source), job.lacking), draft)
        _papermill(job.source.name, draft, job.parameters, job.log)
        notebook = _publishable(_load(draft), job.shown)
        seconds = round(time.perf_counter() - started, 1)
        notebook.metadata["swgw"] = {"key": job.key, "seconds": seconds}
        nbformat.write(notebook, draft)
        draft.replace(job.target)
        failed.unlink(missing_ok=True)
    except NotebookError as error:
        if draft.is_file():
            draft.replace(failed)
        raise NotebookError(f"{error}\n  The notebook as it stopped: {failed}") from None
    finally:
        draft.unlink(missing_ok=True)


def is_current(job: Job) -> bool:
    """Whether the executed copy is there and came from the same inputs."""
    return job.target.is_file() and stamp(job.target).get("key") == job.key


def stamp(executed: Path) -> dict:
    """Key of the inputs and seconds of the run that an executed notebook carries."""
    return dict(_load(executed).metadata.get("swgw", {}))


def execute_all(jobs: list[Job], workers: int, done: Callable[[Job], None]) -> None:
    """Execute notebooks side by side, in processes of their own.

    Parameters
    ----------
    jobs : list of Job
    workers : int
        How many at a time.
    done : callable
        Called with each job as it ends well.

    Raises
    ------
    NotebookError
        After all have run, naming every notebook that failed.
    """
    for job in jobs:  # what a run that was killed may have left
        for draft in job.target.parent.glob(f".{job.target.stem}.*.part.ipynb"):
            draft.unlink()
    failures = []
    workers = max(1, min(workers, len(jobs)))
    with get_context("spawn").Pool(workers, _leave_interrupts_to_the_parent) as pool:
        for job, failure in pool.imap_unordered(_attempt, jobs):
            if failure:
                failures.append(failure)
            else:
                done(job)
    if failures:
        raise NotebookError("\n".join(failures))


def _leave_interrupts_to_the_parent() -> None:
    """Ignore Ctrl-C in a worker: the parent then ends it, and its kernel ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _attempt(job: Job) -> tuple[Job, str]:
    """Execute a notebook; give the job back with what went wrong, if anything."""
    try:
        execute_notebook(job)
    except NotebookError as error:
        return job, str(error)
    return job, ""


def _papermill(name: str, notebook: Path, parameters: dict[str, Value], log: Path) -> None:
    """Run papermill on a file, in its place, with its chatter in another file."""
    import papermill
    from nbclient.exceptions import DeadKernelError

    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # the debugger's own chatter
    try:
        with _chatter_to(log):
            papermill.execute_notebook(
                notebook,
                notebook,
                parameters,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                log_output=True,
            )
    except papermill.PapermillExecutionError as error:
        last = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
        raise NotebookError(f"{name}, code cell {error.exec_count}: {last}") from None
    except DeadKernelError:
        raise NotebookError(f"{name}: its Python process died; enough memory?") from None


@contextmanager
def _chatter_to(log: Path) -> Iterator[None]:
    """Send what this process and its children print to a file, down to the file descriptors."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush(), sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    with log.open("w", encoding="utf-8") as stream:
        handler = logging.StreamHandler(stream)
        logging.getLogger("papermill").addHandler(handler)
        logging.getLogger("papermill").setLevel(logging.INFO)
        try:
            os.dup2(stream.fileno(), 1), os.dup2(stream.fileno(), 2)
            yield
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os.dup2(kept[0], 1), os.dup2(kept[1], 2)
            os.close(kept[0]), os.close(kept[1])
            logging.getLogger("papermill").removeHandler(handler)


def _publishable(notebook: nbformat.NotebookNode, shown: dict[str, Value]) -> nbformat.NotebookNode:
    """Drop papermill's traces and put the values of the run into the parameters cell."""
    notebook.metadata.pop("papermill", None)
    kept = []
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            continue
        if "parameters" in tags:
            cell.source = with_values(cell.source, shown)
        for trace in ("papermill", "execution"):
            cell.metadata.pop(trace, None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _says_something(output)]
        kept.append(cell)
    notebook.cells = kept
    return notebook


def _says_something(output: nbformat.NotebookNode) -> bool:
    """Drop the plain form of an object that only names its class; tell whether a form is left.

    A page that has nothing to say gives an empty text, which shall not be seen as its class.
    """
    if "data" not in output:
        return True
    for kind, shown in list(output.data.items()):
        if not shown or (kind == "text/plain" and "".join(shown).startswith("<IPython.core.")):
            del output.data[kind]
    return bool(output.data)


def with_values(parameters: str, values: dict[str, Value]) -> str:
    """Write other values into the source of a parameters cell, keeping its comments."""
    return "\n".join(_with_value(line, values) for line in parameters.splitlines())


def _with_value(line: str, shown: dict[str, Value]) -> str:
    """Give ``name = old  # comment`` the value that was used, keeping the comment."""
    (statement,) = ast.parse(line).body or [None]
    if not isinstance(statement, ast.Assign) or statement.targets[0].id not in shown:
        return line
    rest = line.encode()[statement.value.end_col_offset :].decode()
    return f"{statement.targets[0].id} = {json.dumps(shown[statement.targets[0].id])}{rest}"


def _load(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)
