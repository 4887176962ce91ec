"""Run benchmarks, each in a process of its own with one thread: ``python benchmarks/run.py NAME``.

Each leaves ``results/NAME.json``; ``table`` writes the tables of README.md from what lies there.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = ("speed", "same_loss", "scaling", "peers", "budget", "paper")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}


def main(arguments: list[str] | None = None) -> None:
    """Run what is asked for, in the order of NAMES, then remake the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", choices=[*NAMES, "all", "table"])
    parser.add_argument("--basin", default="heihe")
    parser.add_argument("--tiny", action="store_true", help="minutes in all, to see that it runs")
    parser.add_argument("--output", type=Path, default=HERE / "results")
    parser.add_argument("--peers-python", default=str(HERE / "peers" / ".venv" / "bin" / "python"))
    parser.add_argument("--book", type=Path, default=HERE.parent / "_build" / "heihe")
    asked = parser.parse_args(arguments)
    asked.output.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        if name in asked.names or "all" in asked.names:
            _run(name, asked)
    if not asked.tiny:
        from tables import write_tables

        write_tables(asked.output, HERE / "README.md")


def _run(name: str, asked: argparse.Namespace) -> None:
    """Run one benchmark in a process that knows its number of threads from the start."""
    print(f"{name} …", file=sys.stderr)
    options = [asked.basin, "tiny" if asked.tiny else "full", asked.peers_python, asked.book]
    command = [sys.executable, HERE / "measure.py", name, *options, asked.output / f"{name}.json"]
    subprocess.run([str(part) for part in command], env=os.environ | ONE_THREAD, check=True)


if __name__ == "__main__":
    main()
