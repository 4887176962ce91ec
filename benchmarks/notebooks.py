"""Time of every notebook by itself, in profile quick, with all runs already trained.

    python benchmarks/notebooks.py OUTPUT [NAME …]

OUTPUT is a folder that `swgw book --profile quick --output OUTPUT` has filled. Elapsed time holds
the start of the kernel and of the libraries; processor time is what the kernel computed, whatever
else the machine was doing. Leaves results/notebooks.json and prints a table.
"""

import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from swgw.book.execute import Job, execute_notebook
from swgw.storage.files import shared

LIMIT = 60
"""Seconds that a notebook may take in a class."""


def measure(name: str, output: str) -> dict[str, float]:
    """Execute one notebook and give its elapsed and processor seconds."""
    given = {"basin": "heihe", "profile": "quick", "seeds": 0, "output": output}
    before, started = _used(), time.perf_counter()
    with TemporaryDirectory() as place:
        here = Path(place)
        source = shared("notebooks") / f"{name}.ipynb"
        execute_notebook(Job(source, here / source.name, given, given, here / "log", ""))
    return {"elapsed": time.perf_counter() - started, "processor": _used() - before}


def _used() -> float:
    """Processor seconds of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(output: str, *names: str) -> None:
    """Measure the notebooks named, or all, and keep the times."""
    target = Path(__file__).parent / "results" / "notebooks.json"
    found = json.loads(target.read_text()) if target.is_file() else {}
    print("| notebook | elapsed [s] | processor [s] |\n| --- | ---: | ---: |")
    for name in names or sorted(path.stem for path in shared("notebooks").glob("*.ipynb")):
        found[name] = {key: round(value, 1) for key, value in measure(name, output).items()}
        late = " (over the limit)" if found[name]["elapsed"] > LIMIT else ""
        print(
            f"| {name}{late} | {found[name]['elapsed']} | {found[name]['processor']} |", flush=True
        )
        target.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
