"""Daily weather for any place on Earth since 1981, from NASA POWER.

POWER serves the reanalysis MERRA-2 on a grid of 0.5 by 0.625 degrees, about 50 km: weather of a
region, not of a rain gauge. One request a cell gives all its years.
"""

import os
from datetime import datetime
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from swgw.sources import draft, service
from swgw.sources.weather import add_weather, read_need
from swgw.storage.errors import UserError

SERVICE = "NASA POWER"
ADDRESS = "https://power.larc.nasa.gov/api/temporal/daily/point"
MOVED = "SWGW_POWER"
"""Environment variable that names another address of the service."""

FIRST = pd.Timestamp(1981, 1, 1)
CELL = (0.625, 0.5)  # degrees of longitude and latitude, counted from 180° W and 90° S
VARIABLES = {"PRECTOTCORR": "precipitation", "T2M": "temperature", "WS10M": "wind"}
LICENCE = "free of use (NASA open data); POWER asks to be acknowledged"


def add(folder: str | Path, start: datetime | None = None, end: datetime | None = None) -> str:
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
        answer = service.kept(SERVICE, ask, address, cell, first, last)
        weather[cell] = _table(answer, pd.date_range(first, last))
    middles = "; ".join(f"longitude {x:g}, latitude {y:g}" for x, y in weather)
    told = {"address": address, "days": span, "cells": middles, "licence": LICENCE}
    table = add_weather(folder, places, weather, draft.describe("power", **told))
    gaps = table[list(VARIABLES.values())].isna().any(axis=1).mean()
    where = f"{len(places)} places in {len(weather)} cell{'s' * (len(weather) > 1)}"
    return f"Weather of {where}, {span}, {gaps:.1%} of the days with a gap. Licence: {LICENCE}."


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


def ask(address: str, cell: tuple[float, float], first: pd.Timestamp, last: pd.Timestamp) -> dict:
    """Ask for the days of one cell [°]; an answer without what is needed raises UserError."""
    query = {
        "parameters": ",".join(VARIABLES), "community": "AG", "longitude": f"{cell[0]:g}",
        "latitude": f"{cell[1]:g}", "start": f"{first:%Y%m%d}", "end": f"{last:%Y%m%d}",
        "format": "JSON", "time-standard": "LST",
    }  # fmt: skip
    answer = service.get_json(SERVICE, address, query)
    try:
        lost = _table(answer, pd.date_range(first, last)).isna().all()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise service.refusal(SERVICE, f"{type(error).__name__}: {error}") from None
    if lost.any():
        raise service.refusal(SERVICE, f"no {lost.idxmax()} at all", "Are the days too recent?")
    return answer


def _table(answer: dict, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Turn an answer into variables on each of the days, gaps as NaN: (day, variable)."""
    table = pd.DataFrame(answer["properties"]["parameter"])[list(VARIABLES)].astype(float)
    table = table.mask(table == float(answer["header"]["fill_value"])).rename(columns=VARIABLES)
    for theirs, ours in VARIABLES.items():
        unit = answer["parameters"][theirs]["units"]
        table[ours] = draft.to_ours(table[ours], ours, unit, SERVICE)
    return table.set_axis(pd.to_datetime(table.index, format="%Y%m%d")).reindex(days)
