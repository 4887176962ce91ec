"""Daily weather for a folder that has places: from NASA POWER, or from your CMFD files."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from tqdm import tqdm

from swgw import sources
from swgw.basin.settings import read_settings
from swgw.basin.tables import PAIRS, read_tables
from swgw.storage import Problem, UserError
from swgw.storage.files import write_text, write_whole


def read_need(folder: str | Path) -> tuple[pd.DataFrame, pd.Timestamp, pd.Timestamp]:
    """Read from a folder where and when it needs weather.

    Parameters
    ----------
    folder : str or Path
        Of a basin, without ``forcing.csv``.

    Returns
    -------
    places : DataFrame (place, ...)
        ``key`` (``"well_id"`` or ``"gauge_id"``), ``id``, ``longitude``, ``latitude`` [°].
    first, last : Timestamp
        Days of the first and last observation of heads or surface water.

    Raises
    ------
    UserError
        If it has weather already, or its other tables break the contract.
    """
    folder = Path(folder)
    if (folder / "forcing.csv").exists():
        raise UserError(f"{folder / 'forcing.csv'} is there already; move it away to replace it")
    sources.assert_sound(folder, folder)
    tables = read_tables(folder, read_settings(folder, []), [])
    points = {tables[file].index.name: tables[file][["longitude", "latitude"]] for file in PAIRS}
    places = pd.concat(points, names=["key", "id"]).reset_index()
    days = pd.concat([tables[file]["date"] for file in PAIRS.values()]).dt.normalize()
    return places, days.min(), days.max()


def add_weather(
    folder: str | Path, places: pd.DataFrame, weather: dict[tuple, pd.DataFrame], section: str
) -> pd.DataFrame:
    """Write ``forcing.csv`` and add to ``SOURCE.md`` where it comes from.

    Parameters
    ----------
    folder : str or Path
        Of a basin; it needs no ``SOURCE.md`` yet.
    places : DataFrame (place, ...)
        With ``key``, ``id`` and ``cell``, a key of `weather`.
    weather : dict of tuple to DataFrame (day, variable)
        By cell of a grid.
    section : str
        Markdown, from a heading of the second level on.

    Returns
    -------
    DataFrame
        As written: for the whole basin where there is one cell only, else for each place.
    """
    parts = {(place.key, place.id): weather[place.cell] for place in places.itertuples()}
    table = pd.concat(parts, names=["key", "id", "date"]).reset_index()
    for key in ("gauge_id", "well_id") if len(weather) > 1 else ():
        table.insert(3, key, table["id"].where(table["key"] == key, ""))
    table = table.drop(columns=["key", "id"]).drop_duplicates()
    source = Path(folder) / "SOURCE.md"
    before = source.read_text(encoding="utf-8") if source.exists() else "# Sources\n"
    write_text(source, before.rstrip() + "\n\n" + section)
    with write_whole(Path(folder) / "forcing.csv") as part:
        table.to_csv(part, index=False, lineterminator="\n")
    return table


Day = datetime | None
SERVICE = "NASA POWER"
ADDRESS = "https://power.larc.nasa.gov/api/temporal/daily/point"
# Environment variable that names another address of the service.
MOVED = "SWGW_POWER"

FIRST = pd.Timestamp(1981, 1, 1)
CELL = (0.625, 0.5)  # degrees of longitude and latitude, counted from 180° W and 90° S
POWER_VARIABLES = {"PRECTOTCORR": "precipitation", "T2M": "temperature", "WS10M": "wind"}
POWER_LICENCE = "free of use (NASA open data); POWER asks to be acknowledged"


def add_power(folder: str | Path, start: Day = None, end: Day = None) -> str:
    """Add daily precipitation, temperature and wind to the folder of a basin.

    Parameters
    ----------
    folder : str or Path
        With places (``wells.csv`` or ``gauges.csv``), without ``forcing.csv``.
    start, end : datetime, optional
        First and last day; those of the folder's observations if left out.

    Returns
    -------
    str
        What was written, to be shown.

    Raises
    ------
    UserError
        If the folder is not fit, or the service does not answer as it should.
    """
    places, first, last = read_need(folder)
    first, last = max(pd.Timestamp(start or first), FIRST), pd.Timestamp(end or last)
    span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if last < first:
        raise UserError(f"found the days {span}; NASA POWER begins in {FIRST.year}")
    address = os.environ.get(MOVED, ADDRESS)
    places = places.assign(cell=cells(places))
    weather = {}
    for cell in tqdm(sorted(set(places["cell"])), SERVICE, unit="cell", leave=False):
        answer = sources.kept(SERVICE, ask_power, address, cell, first, last)
        weather[cell] = _power_table(answer, pd.date_range(first, last))
    middles = "; ".join(f"longitude {x:g}, latitude {y:g}" for x, y in weather)
    told = {"address": address, "days": span, "cells": middles, "licence": POWER_LICENCE}
    table = add_weather(folder, places, weather, sources.describe("power", **told))
    gaps = table[list(POWER_VARIABLES.values())].isna().any(axis=1).mean()
    where = f"{len(places)} places in {len(weather)} cell{'s' * (len(weather) > 1)}"
    return f"Weather of {where}, {span}, {gaps:.1%} of days with a gap. Licence: {POWER_LICENCE}."


def cells(places: pd.DataFrame) -> list[tuple[float, float]]:
    """Longitude and latitude of the middle of each place's cell.

    Examples
    --------
    >>> cells(pd.DataFrame({"longitude": [179.9, 0.3], "latitude": [-16.7, 89.9]}))
    [(-180.0, -16.5), (0.0, 90.0)]
    """
    grid = ((places[["longitude", "latitude"]] + [180, 90]) / CELL).round() * CELL - [180, 90]
    grid["longitude"] = grid["longitude"].where(grid["longitude"] < 180, -180.0)  # the date line
    return list(grid.itertuples(index=False, name=None))


def ask_power(address: str, cell: tuple, first: pd.Timestamp, last: pd.Timestamp) -> dict:
    """Ask for the days of one cell [°]; an answer without what is needed raises UserError."""
    query = {
        "parameters": ",".join(POWER_VARIABLES), "community": "AG", "longitude": f"{cell[0]:g}",
        "latitude": f"{cell[1]:g}", "start": f"{first:%Y%m%d}", "end": f"{last:%Y%m%d}",
        "format": "JSON", "time-standard": "LST",
    }  # fmt: skip
    answer = sources.get_json(SERVICE, address, query)
    try:
        lost = _power_table(answer, pd.date_range(first, last)).isna().all()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise sources.refusal(SERVICE, f"{type(error).__name__}: {error}") from None
    if lost.any():
        raise sources.refusal(SERVICE, f"no {lost.idxmax()} at all", "Are the days too recent?")
    return answer


def _power_table(answer: dict, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Turn an answer into variables on each of the days, gaps as NaN: (day, variable)."""
    table = pd.DataFrame(answer["properties"]["parameter"])[list(POWER_VARIABLES)].astype(float)
    table = table.mask(table == float(answer["header"]["fill_value"]))
    for theirs, ours in POWER_VARIABLES.items():
        unit = answer["parameters"][theirs]["units"]
        table[ours] = sources.to_ours(table.pop(theirs), ours, unit, SERVICE)
    return table.set_axis(pd.to_datetime(table.index, format="%Y%m%d")).reindex(days)


HALF_CELL = 0.051  # degrees
CMFD_VARIABLES = {"prec": "precipitation", "temp": "temperature", "wind": "wind"}
CMFD_LICENCE = "see the data center's page; the data are free for research on request"


def add_cmfd(files: Sequence[str | Path], folder: str | Path) -> str:
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
    parts = {ours: [t[ours] for t in read if ours in t] for ours in CMFD_VARIABLES.values()}
    if not parts["precipitation"]:
        raise UserError("the files hold no precipitation; expected prec, and temp and wind, if any")
    daily = {name: _days(tables, name) for name, tables in parts.items() if tables}
    by_place = pd.concat(daily, axis=1, sort=True).swaplevel(axis=1)
    weather = {number: by_place[number][list(daily)] for number in places.index}
    told = sources.describe("cmfd", files=sources.digests(paths), licence=CMFD_LICENCE)
    table = add_weather(folder, places.assign(cell=places.index), weather, told)
    span = f"{table['date'].min():%Y-%m-%d} to {table['date'].max():%Y-%m-%d}"
    return f"{', '.join(daily)}, {span}, from {len(paths)} files. Licence: {CMFD_LICENCE}."


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
        for theirs in set(CMFD_VARIABLES) & set(data):
            values = data[theirs].transpose("time", "place").to_pandas().astype(float)
            lost |= values.isna().all().to_numpy()
            ours, unit = CMFD_VARIABLES[theirs], data[theirs].attrs.get("units", "")
            tables[ours] = sources.to_ours(values, ours, unit, str(path))
        if lost.any():
            place = places[lost].iloc[0]
            where = f"longitude {place['longitude']:g}, latitude {place['latitude']:g}"
            raise ValueError(f"no value at {place['key']} {place['id']!r}, {where}")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        found = str(getattr(error, "strerror", None) or error).strip().splitlines()[0][:120]
        need = "a whole netCDF file of prec, temp or wind at time, lat, lon that covers all places"
        raise UserError(str(Problem(str(path), "", found, need))) from None
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
