"""What a book took: seconds of its stages, and of each kind of work among its jobs.

A stage that finds nothing to do keeps the time that it took before, as a job does, so that the
times of a book are those of its making, however many commands that took.
"""

import hashlib
import json
from pathlib import Path

import pandas as pd

from swgw.experiments.work import results_of
from swgw.storage.files import write_text
from swgw.storage.results import read_seconds

FILE = "times.json"
Value = float | dict[str, float]


def read_times(study) -> dict[str, Value]:
    """Read the seconds of a book's stages: ``check``, ``models``, ``notebooks`` (each by name).

    Empty where no book of these jobs was made, as in a notebook that is run alone.
    """
    try:
        found = json.loads(_path(study).read_text(encoding="utf-8"))
        return dict(found["seconds"]) if found["jobs"] == _digest(study) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def keep_times(study, **seconds: Value) -> dict[str, Value]:
    """Write seconds of stages beside those that are known, and give all of them."""
    known = read_times(study) | seconds
    record = {"jobs": _digest(study), "seconds": known}
    write_text(_path(study), json.dumps(record, indent=1) + "\n")
    return known


def work_times(study) -> pd.DataFrame:
    """List what the finished jobs took, interrupted attempts counted.

    Returns
    -------
    DataFrame
        kind, label, stage, seconds (elapsed), cpu (processor seconds): one row a job and stage,
        of which ``whole`` covers the others.
    """
    rows = [
        (job.kind or job.label, job.label, stage, wall, cpu)
        for job in results_of(study)
        for stage, (wall, cpu) in read_seconds(job.path).items()
    ]
    return pd.DataFrame(rows, columns=["kind", "label", "stage", "seconds", "cpu"])


def summed(work: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Sum processor seconds by kind of work and stage, for the record of a book."""
    sums = work.groupby(["kind", "stage"], sort=False)["cpu"].sum().round(1)
    return {kind: part.droplevel("kind").to_dict() for kind, part in sums.groupby(level="kind")}


def _path(study) -> Path:
    return study.folder / FILE


def _digest(study) -> str:
    """Digest of the names of the jobs' folders, which hold all that their results depend on."""
    names = sorted(job.path.name for job in results_of(study))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
