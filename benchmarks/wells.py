"""Basins of many wells, to see what grows with them: the embedded basin's wells, multiplied."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from swgw.storage.files import write_folder

SHAKE = 0.2  # share of a well's own deviation
MEMORY = 0.95  # of the shake, from one reading to the next
DROPOUT = 0.02


def write_wells(basin: Path, folder: Path, wells: int, seed: int = 0) -> Path:
    """Write a copy of a basin's folder with so many wells.

    Each well is one of the basin's, moved by up to a kilometre, its readings shaken by a slow
    seeded noise and thinned by 2 %: no two series are alike, all are as long and as gappy.

    Parameters
    ----------
    basin : Path
        Its ``wells.csv`` and ``heads.csv`` are multiplied, everything else is copied.
    folder : Path
        A new folder.
    wells : int
    seed : int
    """
    rng = np.random.default_rng(seed)
    table = pd.read_csv(basin / "wells.csv", dtype={"well_id": str})
    heads = dict(iter(pd.read_csv(basin / "heads.csv", dtype={"well_id": str}).groupby("well_id")))
    places = np.arange(wells) % len(table)
    copies = table.iloc[places].reset_index(drop=True)
    copies["well_id"] = [f"W{number:05d}" for number in range(wells)]
    copies[["longitude", "latitude"]] += rng.uniform(-0.005, 0.005, (wells, 2))
    series = [
        _shaken(heads[table["well_id"][place]], name, rng)
        for place, name in zip(places, copies["well_id"], strict=True)
    ]
    with write_folder(folder) as new:
        shutil.copytree(basin, new, dirs_exist_ok=True, ignore=shutil.ignore_patterns("truth"))
        copies.to_csv(new / "wells.csv", index=False, float_format="%.5f")
        pd.concat(series).to_csv(new / "heads.csv", index=False, float_format="%.3f")
    return folder


def _shaken(readings: pd.DataFrame, name: str, rng: np.random.Generator) -> pd.DataFrame:
    """One well's readings under another name."""
    value = readings.columns.difference(["date", "well_id"])[0]
    pushes = rng.normal(0, np.sqrt(1 - MEMORY**2), len(readings))
    slow = lfilter([1.0], [1.0, -MEMORY], pushes)  # unit variance
    shaken = readings[value] + SHAKE * readings[value].std() * slow
    kept = rng.random(len(readings)) > DROPOUT
    return readings.assign(well_id=name, **{value: shaken})[kept]
