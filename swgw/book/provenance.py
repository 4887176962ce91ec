"""Where results come from: basin, settings, seeds, digests, versions."""

import hashlib
import platform
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from swgw.experiments.work import results_of
from swgw.storage.share import PACKAGE


def provenance(study) -> dict:
    """Facts that tie the results of a study to its data, its settings and its code."""
    settings = study.basin.settings
    return {
        "basin": {"name": settings.name, "title": settings.title, "virtual": settings.virtual},
        "digests": {
            "basin": study.basin.digest,
            "package": package_digest(),
            "runs": runs_digest(study),
            "truth": truth_digest(study.basin.path),
        },
        "profile": study.profile.name,
        "seeds": list(study.profile.seeds),
        "settings": {run.label: run.settings() for run in study.all_runs},
        "versions": versions(),
    }


@lru_cache
def versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it depends on directly."""
    found = {"python": platform.python_version(), "swgw": version("swgw")}
    for line in requires("swgw") or []:
        requirement = Requirement(line)
        if requirement.marker is None:  # leaves out the extras
            try:
                found[requirement.name] = version(requirement.name)
            except PackageNotFoundError:
                continue
    return found


def package_digest() -> str:
    """SHA-256 of the package's own source."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return digest_of((path.relative_to(PACKAGE).as_posix(), path) for path in paths)


def runs_digest(study) -> str:
    """SHA-256 of all finished jobs of a study; each lists the digests of its own files."""
    records = sorted(result.path / "done.json" for result in results_of(study))
    return digest_of((path.parent.name, path) for path in records)


def truth_digest(basin: Path) -> str:
    """SHA-256 of the truth of a virtual basin, which its own digest leaves out; or empty."""
    paths = sorted(path for path in (basin / "truth").rglob("*") if path.is_file())
    return digest_of((path.name, path) for path in paths) if paths else ""


def digest_of(named: Iterable[tuple[str, Path]]) -> str:
    """SHA-256 of files' given names and contents, in the order given."""
    total = hashlib.sha256()
    for name, path in named:
        total.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
