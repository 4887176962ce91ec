"""A small made-up basin, written as a folder to edit and used by the tests."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.storage.files import write_folder
from swgw.storage.share import shared

MEMORY = {"007": 10, "A1": 40, "A2": 60, "B1": 200}  # days by which a well follows the river


def write_example(folder: str | Path, seed: int = 0) -> Path:
    """Write the folder of a small seeded basin that passes every check and can be trained.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    seed : int
        For the weather and the noise.

    Returns
    -------
    Path
        The folder: four wells measured every five days with gaps, one gauge and basin-wide
        weather, daily, and a river.

    Raises
    ------
    UserError
        If the folder is there already and not empty.
    """
    random = np.random.default_rng(seed)
    days = pd.date_range("2001-01-01", "2006-12-31", name="date")
    weather = _weather(days, random)
    # A snow-fed linear reservoir [m³/s].
    supply = 8 * weather["precipitation"] + 3 * weather["temperature"].clip(lower=0)
    discharge = 5 + supply.ewm(alpha=0.04).mean()
    water = pd.DataFrame({"date": days, "gauge_id": "01", "discharge": discharge.to_numpy()})
    with write_folder(folder) as new:
        for path in shared("example").iterdir():
            shutil.copy(path, new)
        _write(weather.reset_index(), new / "forcing.csv", 2)
        _write(_heads(new / "wells.csv", discharge, random), new / "heads.csv", 3)
        _write(water, new / "surface_water.csv", 3)
    return Path(folder)


def _write(table: pd.DataFrame, path: Path, digits: int) -> None:
    table.to_csv(path, index=False, float_format=f"%.{digits}f", date_format="%Y-%m-%d")


def _weather(days: pd.DatetimeIndex, random: np.random.Generator) -> pd.DataFrame:
    """Warm, wet summers: (day, variable) in mm/d, °C and m/s."""
    summer = -np.cos(2 * np.pi * (days.dayofyear.to_numpy() - 20) / 365.25)  # -1 winter, 1 summer
    wet = random.random(len(days)) < 0.15 + 0.08 * summer
    columns = {
        "precipitation": wet * random.gamma(0.8, 4.0, len(days)),
        "temperature": 8 + 15 * summer + random.normal(0, 3, len(days)),
        "wind": random.gamma(6, 0.36, len(days)),
    }
    return pd.DataFrame(columns, index=days)


def _heads(wells: Path, discharge: pd.Series, random: np.random.Generator) -> pd.DataFrame:
    """Heads that follow the river, later and weaker away from it, every fifth day with gaps."""
    surface = pd.read_csv(wells, index_col="well_id", dtype={"well_id": str})["surface_elevation"]
    parts = {}
    for well, days in MEMORY.items():
        river = discharge.ewm(span=days).mean() / discharge.mean()
        head = (surface[well] - 3 - days / 20 + river).iloc[::5]
        head = head + random.normal(0, 0.02, len(head))
        parts[well] = head[random.random(len(head)) > 0.08].rename("head")
    heads = pd.concat(parts, names=["well_id"]).reset_index()
    return heads[["date", "well_id", "head"]]
