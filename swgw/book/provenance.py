"""Where results come from: basin, settings, seeds, digests, versions, and the time each took."""

import hashlib
import json
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path

from swgw.book.execute import stamp
from swgw.experiments.work import results_of
from swgw.storage.files import write_text
from swgw.storage.results import read_seconds
from swgw.storage.share import PACKAGE


def write_provenance(study) -> Path:
    """Write ``results/provenance.json``: all facts of :func:`provenance`, and times.

    Times are ``runs`` (job, kind, stage, seconds elapsed, processor seconds; one entry for each
    finished job and stage, of which ``whole`` covers the others) and ``notebooks`` (seconds).
    """
    names = ("job", "kind", "stage", "seconds", "cpu")
    runs = [
        dict(zip(names, (job.label, job.kind or job.label, stage, wall, cpu), strict=True))
        for job in results_of(study)
        for stage, (wall, cpu) in read_seconds(job.path).items()
    ]
    executed = sorted((study.folder / "notebooks").glob("[!.]*.ipynb"))
    seconds = {path.stem: stamp(path).get("seconds") for path in executed}
    facts = provenance(study) | {"runs": runs, "notebooks": seconds}
    target = study.folder / "results" / "provenance.json"
    write_text(target, json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return target


def provenance(study) -> dict:
    """Give the facts that tie the results of a study to its data, its settings and its code."""
    settings = study.basin.settings
    return {
        "basin": {"name": settings.name, "title": settings.title, "virtual": settings.virtual},
        "digests": {
            "basin": study.basin.digest,
            "package": digest_of(PACKAGE, PACKAGE.rglob("*.py")),
            "runs": digest_of(study.folder, (r.path / "done.json" for r in results_of(study))),
            "truth": digest_of(study.basin.path, (study.basin.path / "truth").rglob("*")),
        },
        "profile": study.profile.name,
        "seeds": list(study.profile.seeds),
        "settings": {run.label: run.settings() for run in study.all_runs},
        "versions": versions(),
    }


@cache
def versions() -> dict[str, str]:
    """List versions of Python, of this package and of its direct dependencies."""
    found = {"python": platform.python_version(), "swgw": version("swgw")}
    needed = (line for line in requires("swgw") or [] if "extra ==" not in line)
    names = sorted(re.match(r"[\w-]+", line)[0] for line in needed)
    return found | {name: version(name) for name in names}


def digest_of(folder: Path, paths: Iterable[Path]) -> str:
    """SHA-256 of the files among paths, with their names relative to a folder; empty for none."""
    total, paths = hashlib.sha256(), sorted(path for path in paths if path.is_file())
    for path in paths:
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest() if paths else ""
