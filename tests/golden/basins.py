"""Four small basins that lack one thing or another, made from the example."""

import re
import shutil
from pathlib import Path

import pandas as pd

from swgw.basin.folder import write_example


def example(folder: Path) -> None:
    """Write the example as it is."""
    write_example(folder)


def without_gauge(folder: Path) -> None:
    """Write the example with wells alone."""
    write_example(folder)
    (folder / "gauges.csv").unlink()
    (folder / "surface_water.csv").unlink()
    _set(folder, r"^target_gauge:.*\n", "")


def stage_without_river(folder: Path) -> None:
    """Write the example with stage in place of discharge and no course of the river."""
    write_example(folder)
    (folder / "river.geojson").unlink()
    _set(folder, r"^river:.*\n", "")
    _set(folder, r"^surface_water: discharge", "surface_water: stage")
    table = folder / "surface_water.csv"
    table.write_text(table.read_text().replace("discharge", "stage", 1))


def one_well(folder: Path) -> None:
    """Write the example with its first well alone."""
    write_example(folder)
    for name in ("wells", "heads"):
        table = pd.read_csv(folder / f"{name}.csv", dtype=str)
        table[table["well_id"] == table["well_id"].iloc[0]].to_csv(
            folder / f"{name}.csv", index=False
        )


SMALL = {make.__name__: make for make in (example, without_gauge, stage_without_river, one_well)}


def make(name: str, folder: Path) -> Path:
    """Write one of the small basins, under its own name, into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    SMALL[name](folder)
    _set(folder, r"^name: example", f"name: {name}")
    return folder


def _set(folder: Path, pattern: str, line: str) -> None:
    settings = folder / "basin.yml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(pattern, line, text, flags=re.MULTILINE), encoding="utf-8")
