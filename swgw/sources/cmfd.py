"""The China Meteorological Forcing Dataset (CMFD), read at a basin's places from its netCDF files.

CMFD has to be asked for at the National Tibetan Plateau Data Center, so its files come from the
user. They hold one variable each, 3-hourly or daily, on a grid of 0.1 degrees.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from tqdm import tqdm

from swgw.sources import draft
from swgw.sources.weather import add_weather, read_need
from swgw.storage.errors import Problem, UserError

HALF_CELL = 0.051  # degrees
VARIABLES = {"prec": "precipitation", "temp": "temperature", "wind": "wind"}
LICENCE = "see the data center's page; the data are free for research on request"


def add(files: Sequence[str | Path], folder: str | Path) -> str:
    """Add daily weather from CMFD files to the folder of a basin.

    Parameters
    ----------
    files : sequence of path
        netCDF, each with ``prec``, ``temp`` or ``wind``, in any order; precipitation is needed.
    folder : str or Path
        With places (``wells.csv`` or ``gauges.csv``), without ``forcing.csv``.

    Returns
    -------
    str
        What was written, to be shown.

    Raises
    ------
    UserError
        Naming the file and what is expected, if a file is not fit or does not reach the places.
    """
    places, _, _ = read_need(folder)
    paths = [Path(file) for file in files]
    read = [_read(path, places) for path in tqdm(paths, "CMFD", unit="file", leave=False)]
    parts = {ours: [tables[ours] for tables in read if ours in tables]
             for ours in VARIABLES.values()}  # fmt: skip
    if not parts["precipitation"]:
        raise UserError("the files hold no precipitation; expected prec, and temp and wind, if any")
    daily = {name: _days(tables, name) for name, tables in parts.items() if tables}
    weather = {number: pd.DataFrame({name: table[number] for name, table in daily.items()})
               for number in places.index}  # fmt: skip
    told = draft.describe("cmfd", files=draft.digests(paths), licence=LICENCE)
    table = add_weather(folder, places.assign(cell=places.index), weather, told)
    span = f"{table['date'].min():%Y-%m-%d} to {table['date'].max():%Y-%m-%d}"
    return f"{', '.join(daily)}, {span}, from {len(paths)} files. Licence: {LICENCE}."


def _read(path: Path, places: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read the variables of a file at the nearest cells, in our unit: (time, place)."""
    tables, names = {}, {"longitude": "lon", "latitude": "lat"}
    try:
        with xr.open_dataset(path) as data:
            data = data.rename({long: name for long, name in names.items() if long in data.coords})
            at = {name: xr.DataArray(places[long], dims="place") for long, name in names.items()}
            data = data.sel(at, method="nearest").load()
        far = [(data[name] - places[long].to_numpy()) for long, name in names.items()]
        lost = (np.abs(far) > HALF_CELL).any(axis=0)
        if not isinstance(data["time"].to_index(), pd.DatetimeIndex):
            raise ValueError("times without a calendar")
        for theirs in set(VARIABLES) & set(data):
            values = data[theirs].transpose("time", "place").to_pandas().astype(float)
            lost |= values.isna().all().to_numpy()
            unit = data[theirs].attrs.get("units", "")
            tables[VARIABLES[theirs]] = draft.to_ours(values, VARIABLES[theirs], unit, str(path))
        if lost.any():
            place = places[lost].iloc[0]
            where = f"longitude {place['longitude']:g}, latitude {place['latitude']:g}"
            raise ValueError(f"no value at {place['key']} {place['id']!r}, {where}")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        found = str(getattr(error, "strerror", None) or error).strip().splitlines()[0][:120]
        expected = (
            "a whole netCDF file of prec, temp or wind at time, lat, lon that covers all places"
        )
        raise UserError(str(Problem(str(path), "", found, expected))) from None
    return tables


def _days(parts: list[pd.DataFrame], name: str) -> pd.DataFrame:
    """Join the parts of a variable and average whole days: (day, place)."""
    joined = pd.concat(parts).sort_index()
    twice = joined.index[joined.index.duplicated()]
    if len(twice):
        raise UserError(f"{name} at {twice[0]:%Y-%m-%d %H:%M} is in two files; expected it in one")
    days = joined.groupby(joined.index.normalize())
    whole = days.size() == days.size().mode().iloc[-1]  # a day cut off would be one-sided
    return days.mean()[whole.to_numpy()].round(4)
