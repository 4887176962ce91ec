"""Results that are kept: a folder, the function that fills it, and a seal that shows it is whole.

A folder is named by all that its numbers depend on: settings, data, versions of the libraries, and
the source of the function that makes it and of every module that it imports. It counts as finished
when ``done.json`` lists the digest of each file. Only ``seconds.json`` is not listed, since time
differs where results do not; it has a seal of its own. An attempt that was interrupted continues
from what it left; its time counts.
"""

import hashlib
import json
import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from swgw.storage.files import PACKAGE, clear_drafts, digest, write_text

log = logging.getLogger(__name__)
LIBRARIES = "torch", "pytorch-forecasting", "scikit-learn", "numpy", "numba", "pandas", "minisom"
CURVE, DONE, SECONDS = "learning_curve.csv", "done.json", "seconds.json"
# An import, wherever it stands; a syntax tree would take longer than a page's own work.
IMPORT = re.compile(r"^ *(?:from ([\w.]+) import (\([^)]*\)|.+)|import ([\w.]+))", re.MULTILINE)
# The stage that covers all others.
WHOLE = "whole"
# A second's work of one process, in the unit of a result's cost: samples of a recurrent network.
SECOND = 2_000.0


@dataclass(frozen=True, eq=False)
class Result:
    """A piece of work with a folder of its own for what it gives.

    Attributes
    ----------
    root : Path
        Holds the folder.
    name : str
        The folder's name, to which a digest is added.
    make : callable or str
        A function at the top of a module, so that another process finds it; by name, as in
        ``swgw.models.fit:fit``, where its imports are slow. It is called with `args` and the
        folder, takes its random numbers from its own seed, and writes whole files. It may be
        interrupted and called again.
    args : tuple
    settings : dict
        All that the numbers depend on beside data and source, as plain values.
    data : str
        Digest of the data.
    tables : str
        Pattern of the package's data files that the numbers depend on, beside modules.
    label : str
        Its name for people.
    kind : str
        What its time is summed under; by default the label.
    cost : float
        How long it takes against others: for a training, samples times the model's weight.
    parts : int
        Lines that ``learning_curve.csv`` will get, for the bar; 0 without one.
    after : Path or None
        Folder of another result that it reads, which is made first.
    """

    root: Path
    name: str
    make: Callable[..., None] | str
    args: tuple = ()
    settings: dict[str, Any] = field(default_factory=dict)
    data: str = ""
    tables: str = ""
    label: str = ""
    kind: str = ""
    cost: float = 1.0
    parts: int = 0
    after: Path | None = None

    @property
    def source(self) -> str:
        """Digest of the modules and tables behind it, as this process has them."""
        module = self.make.partition(":")[0] if isinstance(self.make, str) else self.make.__module__
        return source_digest(module, self.tables)

    @cached_property
    def path(self) -> Path:
        """The folder."""
        made = [self.settings, self.data, self.source, versions()]
        text = json.dumps(made, sort_keys=True, default=list)
        return self.root / f"{self.name}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def is_finished(self) -> bool:
        """Whether every file is there as it was written; a damaged folder is named and emptied."""
        done = self.path / DONE
        if not done.exists():
            return False
        damaged = self._damaged(done)
        if damaged:
            log.warning("%s: %s damaged; the run is made again", self.path, ", ".join(damaged))
            shutil.rmtree(self.path)
        return not damaged

    def _damaged(self, done: Path) -> list[str]:
        try:
            record = json.loads(done.read_text(encoding="utf-8"))
            files = record["files"]
            if record["seal"] != _seal(files):
                return [done.name]
            lost = [SECONDS] * (not read_seconds(self.path))
            return lost + [n for n in files if digest([self.path / n]) != files[n]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return [done.name]

    def fill(self) -> None:
        """Do the work, or what is left of it, and seal the folder: from here on it is reused."""
        clear_drafts(self.path)
        record = {"settings": self.settings, "data": self.data, "versions": versions()}
        record["source"] = self.source
        write_text(self.path / "settings.json", json.dumps(record, indent=1, default=list) + "\n")
        with timed(self.path, WHOLE):
            make = resolve_name(self.make) if isinstance(self.make, str) else self.make
            make(*self.args, self.path)
        names = sorted(p.name for p in self.path.iterdir() if not p.name.startswith("."))
        files = {n: digest([self.path / n]) for n in names if n not in (DONE, SECONDS)}
        record = {"files": files, "seal": _seal(files)}
        write_text(self.path / DONE, json.dumps(record, indent=1) + "\n")

    def filled(self) -> Path:
        """Give the folder, after doing the work where it is not done."""
        if not self.is_finished():
            self.fill()
        return self.path

    def begun(self) -> float:
        """When the work last began, in seconds since 1970; 0 where it never did."""
        record = self.path / "settings.json"
        return record.stat().st_mtime if record.exists() else 0.0

    def share_done(self) -> float:
        """Share of the work that is done, from 0 to 1, as far as its folder shows."""
        if (self.path / DONE).exists():
            return 1.0
        curve = self.path / CURVE
        if not self.parts or not curve.exists():
            return 0.0
        lines = len(curve.read_text(encoding="utf-8").splitlines()) - 1
        return min(max(lines, 0) / self.parts, 1.0)


@cache
def source_digest(module: str, tables: str = "") -> str:
    """Digest of a module and of all modules of this package behind it, and of tables.

    Parameters
    ----------
    module : str
        Such as ``swgw.models.fit``.
    tables : str
        Pattern of files in the package, such as ``virtual/tables/*``.
    """
    files = modules_behind(module) | set(PACKAGE.glob(tables) if tables else ())
    return digest(files, PACKAGE.parent)


def modules_behind(module: str) -> set[Path]:
    """List the files that a module imports, at its top or later, directly or through others.

    The room ``storage`` is left out: it keeps numbers and makes none.
    """
    found, waiting = set(), [module]
    while waiting:
        path = _file(waiting.pop())
        if path is not None and path not in found and path.parent.name != "storage":
            found.add(path)
            waiting += _imported(path)
    return found


def _file(module: str) -> Path | None:
    """File of a module of this package; None for anything else."""
    place = PACKAGE.parent.joinpath(*module.split("."))
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((f for f in files if f.is_file() and f.parent != PACKAGE.parent), None)


@cache
def _imported(path: Path) -> list[str]:
    """Names that a module imports; of ``from a import b`` both a and a.b."""
    names = []
    for module, several, plain in IMPORT.findall(path.read_text(encoding="utf-8")):
        names += [module or plain, *(f"{module}.{name}" for name in re.findall(r"\w+", several))]
    return [name for name in names if name.startswith("swgw.")]


@cache
def versions() -> dict[str, str]:
    """Versions of the libraries that numbers depend on."""
    return {name: version(name) for name in LIBRARIES}


@contextmanager
def timed(folder: Path, stage: str) -> Iterator[Callable[[], None]]:
    """Time a stage of the work in a folder; attempts that were interrupted count.

    Parameters
    ----------
    folder : Path
        Gets ``seconds.json``: by stage, elapsed seconds and processor seconds; and their seal.
    stage : str

    Yields
    ------
    callable
        Writes the time so far, for stages of minutes.
    """
    before = read_seconds(folder).get(stage, [0.0, 0.0])
    started = (time.perf_counter(), time.process_time())

    def keep() -> None:
        now = (time.perf_counter(), time.process_time())
        spent = [round(b + n - s, 3) for b, n, s in zip(before, now, started, strict=True)]
        stages = read_seconds(folder) | {stage: spent}
        record = {"stages": stages, "seal": _seal(stages)}
        write_text(folder / SECONDS, json.dumps(record, indent=1) + "\n")

    try:
        yield keep
    finally:
        keep()


def read_seconds(folder: Path) -> dict[str, list[float]]:
    """Read elapsed and processor seconds by stage; empty where they are missing or damaged."""
    try:
        record = json.loads((folder / SECONDS).read_text(encoding="utf-8"))
        stages = record.get("stages", record)  # which were all that it held before it had a seal
        found = {str(stage): [float(wall), float(cpu)] for stage, (wall, cpu) in stages.items()}
        return found if record.get("seal", _seal(found)) == _seal(found) else {}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _seal(files: dict) -> str:
    """Digest of a list of files or times, so that a list that was cut is noticed too."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
