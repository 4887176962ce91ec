"""The series of the example basin, made up with one seed.

``python -m benchmarks.example`` writes those in ``swgw/data/example`` again.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from swgw.storage.files import shared
from swgw.virtual.simulate import write_table

MEMORY = {"007": 10, "A1": 40, "A2": 60, "B1": 200}  # days by which a well follows the river


def make(folder: Path, seed: int = 0) -> None:
    """Write heads, discharge and weather beside the ``wells.csv`` of a folder."""
    random = np.random.default_rng(seed)
    days = pd.date_range("2001-01-01", "2006-12-31", name="date")
    weather = _weather(days, random)
    # A snow-fed linear reservoir [m³/s].
    supply = 8 * weather["precipitation"] + 3 * weather["temperature"].clip(lower=0)
    discharge = 5 + supply.ewm(alpha=0.04).mean()
    water = pd.DataFrame({"date": days, "gauge_id": "01", "discharge": discharge.to_numpy()})
    write_table(weather.reset_index(), folder / "forcing.csv", 2)
    write_table(_heads(folder / "wells.csv", discharge, random), folder / "heads.csv", 3)
    write_table(water, folder / "surface_water.csv", 3)


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


if __name__ == "__main__":
    make(shared("example"))
