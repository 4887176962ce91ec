"""Run folders: what a training leaves behind, found again by the same command.

A folder is named by its run and by a digest of all that its numbers depend on: settings, data and
the source of the engine. It counts as finished when ``done.json`` lists the digest of each file;
``seconds.json`` alone is not listed, since time differs where results do not.
"""

import hashlib
import json
import logging
import shutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from swgw.storage.files import clear_drafts, digest, write_text
from swgw.storage.share import PACKAGE
from swgw.storage.timing import SECONDS

log = logging.getLogger(__name__)
ENGINE = (
    "basin/folder.py",
    "basin/prepare.py",
    "basin/calendar.py",
    "inputs/*.py",
    "models/*.py",
)
LIBRARIES = ("torch", "pytorch-forecasting", "scikit-learn", "numpy", "pandas", "minisom")


@cache
def source_digest(*patterns: str) -> str:
    """Digest of files of this package, as this process loaded them.

    Parameters
    ----------
    patterns : str
        Such as ``simulation.py`` or ``virtual/*.py``.
    """
    return digest(path for pattern in patterns for path in PACKAGE.glob(pattern))


def engine_digest() -> str:
    """Digest of the source that a run's numbers depend on."""
    return source_digest(*ENGINE)


def key_of(settings: dict, data: str) -> str:
    """Short digest of settings, data and engine."""
    parts = json.dumps([settings, data, engine_digest()], sort_keys=True, default=list)
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def versions() -> dict[str, str]:
    """Versions of the libraries that numbers depend on."""
    return {name: version(name) for name in LIBRARIES}


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run.

    Attributes
    ----------
    path : Path
    """

    path: Path

    def is_finished(self) -> bool:
        """Whether every file is there as it was written; a damaged folder is named and emptied."""
        done = self.path / "done.json"
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
            return [name for name, found in files.items() if _digest(self.path / name) != found]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return [done.name]

    def start(self, settings: dict, data: str) -> None:
        """Make the folder, write what the run is and clear what a killed attempt left half made."""
        clear_drafts(self.path)
        record = {"settings": settings, "data": data, "versions": versions()}
        record["engine"] = engine_digest()
        write_text(self.path / "settings.json", json.dumps(record, indent=1, default=list) + "\n")

    def finish(self) -> None:
        """Record the digest of every file: from here on the run is reused."""
        names = sorted(p.name for p in self.path.iterdir() if not p.name.startswith("."))
        files = {n: _digest(self.path / n) for n in names if n not in ("done.json", SECONDS)}
        record = {"files": files, "seal": _seal(files)}
        write_text(self.path / "done.json", json.dumps(record, indent=1) + "\n")


def _seal(files: dict[str, str]) -> str:
    """Digest of the list of files, so that a list that was cut is noticed too."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    return digest([path]) if path.is_file() else ""
