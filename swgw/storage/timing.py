"""Where the time goes: seconds of each stage of a piece of work, kept beside what it made.

``seconds.json`` in a run's folder tells what its making took. It is no part of the digests that
decide whether results are equal, and it stays with them: a run that is reused shows the time that
it took when it was made. A run goes through its stages as in::

    watch = Stopwatch(folder.path)
    with watch.stage("training") as keep:
        for epoch in range(epochs):
            ...
            keep()  # what an interruption after this line shall not lose
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from swgw.storage.files import write_text

SECONDS = "seconds.json"


class Stopwatch:
    """Time the stages of a piece of work; attempts that were interrupted count.

    Parameters
    ----------
    folder : Path
        Holds ``seconds.json``: by stage, elapsed seconds and processor seconds.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[], None]]:
        """Time a block; what it gives writes the time so far, for stages of minutes."""
        before = read_seconds(self.folder).get(name, [0.0, 0.0])
        started = (time.perf_counter(), time.process_time())

        def keep() -> None:
            now = (time.perf_counter(), time.process_time())
            spent = [b + n - s for b, n, s in zip(before, now, started, strict=True)]
            stages = read_seconds(self.folder) | {name: [round(value, 3) for value in spent]}
            write_text(self.folder / SECONDS, json.dumps(stages, indent=1) + "\n")

        try:
            yield keep
        finally:
            keep()


def read_seconds(folder: Path) -> dict[str, list[float]]:
    """Read elapsed and processor seconds by stage; empty where they are missing or damaged."""
    try:
        found = json.loads((folder / SECONDS).read_text(encoding="utf-8"))
        return {str(stage): [float(wall), float(cpu)] for stage, (wall, cpu) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
