"""A small made-up basin, written as a folder to edit and used by the tests."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.storage.files import write_folder, write_text

SETTINGS = """\
# An example to edit. Replace the CSV files by your own and go through the keys below,
# then run `swgw check` on this folder: it lists whatever is wrong, all at once.

name: example                # short: letters, digits, - and _
title: An example basin
description: Four made-up wells beside a made-up river.
licence: CC0-1.0             # under which the data may be used
citation: not stated         # how to cite the data
virtual: true                # true only for simulated data
vertical_datum: not stated   # what the heads are measured from

step: 5D                     # D (day), 5D (73 pentads a year), W (week) or MS (month)
train: [2002-01-01, 2004-12-31]        # both days included
validation: [2005-01-01, 2005-12-31]   # after train, without overlap
test: [2006-01-01, 2006-12-31]         # scored at the very end

surface_water: discharge     # discharge [m³/s] or stage [m]: the column of surface_water.csv
target_gauge: "01"           # one of gauges.csv; in quotes, so that it stays text
river: river.geojson         # the main channel; leave the key out where you have none

encoder_length: 24           # steps of history a forecast sees; left out, about a year
lead_times: 3                # steps a forecast looks ahead
future_forcing: observed     # observed: the weather to come is known; none: it is not
history: true                # whether a target's own past is an input
"""
RIVER = [[100.00, 38.80], [100.10, 38.90], [100.22, 38.98]]


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
        The folder: four wells read every five days with gaps, one gauge and basin-wide weather,
        daily, and a river.

    Raises
    ------
    UserError
        If the folder is there already and not empty.
    """
    random = np.random.default_rng(seed)
    days = pd.date_range("2001-01-01", "2006-12-31")
    weather = _weather(days, random)
    discharge = _discharge(weather)
    wells = _wells()
    with write_folder(folder) as new:
        write_text(new / "basin.yml", SETTINGS)
        write_text(new / "river.geojson", _geojson())
        _write(weather.rename_axis("date").reset_index(), new / "forcing.csv", 2)
        _write(wells, new / "wells.csv", 6)
        _write(_heads(wells, discharge, random), new / "heads.csv", 3)
        gauge = {"gauge_id": ["01"], "name": ["Bridge"], "longitude": [100.1], "latitude": [38.9]}
        _write(pd.DataFrame(gauge), new / "gauges.csv", 6)
        water = pd.DataFrame({"date": days, "gauge_id": "01", "discharge": discharge.to_numpy()})
        _write(water, new / "surface_water.csv", 3)
    return Path(folder)


def _write(table: pd.DataFrame, path: Path, digits: int) -> None:
    table.to_csv(path, index=False, float_format=f"%.{digits}f", date_format="%Y-%m-%d")


def _weather(days: pd.DatetimeIndex, random: np.random.Generator) -> pd.DataFrame:
    """Warm, wet summers: (day, variable) in mm/d, °C and m/s."""
    summer = -np.cos(2 * np.pi * (days.dayofyear.to_numpy() - 20) / 365.25)  # -1 winter, 1 summer
    wet = random.random(len(days)) < 0.15 + 0.08 * summer
    return pd.DataFrame(
        {
            "precipitation": wet * random.gamma(0.8, 4.0, len(days)),
            "temperature": 8 + 15 * summer + random.normal(0, 3, len(days)),
            "wind": random.gamma(6, 0.36, len(days)),
        },
        index=days,
    )


def _discharge(weather: pd.DataFrame) -> pd.Series:
    """A snow-fed linear reservoir (day,) [m³/s]."""
    supply = 8 * weather["precipitation"] + 3 * weather["temperature"].clip(lower=0)
    return 5 + supply.ewm(alpha=0.04).mean()


def _wells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "well_id": ["007", "A1", "A2", "B1"],
            "name": ["Ferry", "Orchard", "School", "Hill farm"],
            "longitude": [100.105, 100.08, 100.16, 100.05],
            "latitude": [38.898, 38.90, 38.92, 38.97],
            "surface_elevation": [1480.0, 1483.0, 1479.0, 1502.0],
            "slope": [0.2, 0.3, 0.2, 2.5],
        }
    )


def _heads(wells: pd.DataFrame, discharge: pd.Series, random: np.random.Generator) -> pd.DataFrame:
    """Heads that follow the river, later and weaker away from it, every fifth day with gaps."""
    parts = []
    memory = [10, 40, 60, 200]  # days
    for well, days in zip(wells.itertuples(), memory, strict=True):
        river = discharge.ewm(span=days).mean() / discharge.mean()
        head = well.surface_elevation - 3 - days / 20 + river
        head = head.iloc[::5] + random.normal(0, 0.02, len(head.iloc[::5]))
        kept = head[random.random(len(head)) > 0.08]
        parts.append(pd.DataFrame({"date": kept.index, "well_id": well.well_id, "head": kept}))
    return pd.concat(parts, ignore_index=True)


def _geojson() -> str:
    line = {"type": "LineString", "coordinates": RIVER}
    return json.dumps({"type": "Feature", "properties": {}, "geometry": line}, indent=1) + "\n"
