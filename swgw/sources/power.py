"""Daily weather for any place on Earth since 1981, from NASA POWER.

POWER serves the reanalysis MERRA-2 on a grid of 0.5 by 0.625 degrees, about 50 km: weather of a
region, not of a rain gauge. One request a cell gives all its years.
"""

import datetime
import hashlib
import os
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from swgw.sources import service, weather
from swgw.storage.errors import UserError

SERVICE = "NASA POWER"
ADDRESS = "https://power.larc.nasa.gov/api/temporal/daily/point"
MOVED = "SWGW_POWER"
"""Environment variable that names another address of the service."""

FIRST = pd.Timestamp(1981, 1, 1)
UNSETTLED = pd.Timedelta(days=120)  # younger values are provisional or still to come
CELL = (0.625, 0.5)  # degrees of longitude and latitude, counted from 180° W and 90° S
# What POWER calls the variables of forcing.csv, and the units it must give them in.
VARIABLES = {
    "precipitation": ("PRECTOTCORR", "mm/day"),
    "temperature": ("T2M", "C"),
    "wind": ("WS10M", "m/s"),
}
LICENCE = "free of use (NASA open data); POWER asks to be acknowledged"
CITATION = (
    "These data were obtained from the NASA Langley Research Center (LaRC) POWER Project funded "
    "through the NASA Earth Science/Applied Science Program, https://power.larc.nasa.gov."
)


def add(
    folder: str | Path,
    start: datetime.datetime | None = None,
    end: datetime.datetime | None = None,
) -> str:
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
    weather.assert_settings(folder)
    need = weather.read_need(folder)
    first = max(pd.Timestamp(start) if start else need.first, FIRST)
    last = pd.Timestamp(end) if end else need.last
    if last < first:
        raise UserError(
            f"found an end of {last:%Y-%m-%d}; expected a day from {first:%Y-%m-%d} on (NASA POWER "
            f"begins in {FIRST.year})"
        )
    places = need.places.assign(cell=_cells(need.places))
    answers, files = {}, {}
    for cell in tqdm(sorted(set(places["cell"])), desc="NASA POWER", unit="cell", leave=False):
        answers[cell], files[cell] = _ask(cell, first, last)
    days = pd.date_range(first, last)
    table = weather.spread(places, {c: _table(answer, days) for c, answer in answers.items()})
    gaps = table[list(VARIABLES)].isna().any(axis=1).mean()
    weather.add_weather(folder, table, _section(files, answers, first, last))
    cells = f"{len(files)} cell{'s' * (len(files) > 1)}"
    return (
        f"Weather of {len(places)} places in {cells}, {first:%Y-%m-%d} to "
        f"{last:%Y-%m-%d}, {gaps:.1%} of the days with a gap. Licence: {LICENCE}."
    )


def _cells(places: pd.DataFrame) -> list[tuple[float, float]]:
    """Longitude and latitude of the middle of each place's cell."""
    longitude = ((places["longitude"] + 180) / CELL[0]).round() * CELL[0] - 180
    latitude = ((places["latitude"] + 90) / CELL[1]).round() * CELL[1] - 90
    longitude = longitude.where(longitude < 180, -180.0)  # the date line is one meridian
    return list(zip(longitude.tolist(), latitude.tolist(), strict=True))


def _ask(cell: tuple[float, float], first: pd.Timestamp, last: pd.Timestamp) -> tuple[dict, Path]:
    query = {
        "parameters": ",".join(name for name, _ in VARIABLES.values()),
        "community": "AG",
        "longitude": f"{cell[0]:g}",
        "latitude": f"{cell[1]:g}",
        "start": f"{first:%Y%m%d}",
        "end": f"{last:%Y%m%d}",
        "format": "JSON",
        "time-standard": "LST",
    }
    settled = last < pd.Timestamp.now() - UNSETTLED
    return service.ask(SERVICE, os.environ.get(MOVED, ADDRESS), query, _faults, settled)


def _faults(answer: dict) -> str | None:
    """Say what an answer lacks: series, their units, any value."""
    try:
        series = answer["properties"]["parameter"]
        units = {name: answer["parameters"][name]["units"] for name, _ in VARIABLES.values()}
        missing = float(answer["header"]["fill_value"])
        known = [sum(float(value) != missing for value in series[name].values())
                 for name, _ in VARIABLES.values()]  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    for name, unit in VARIABLES.values():
        if units[name] != unit:
            return f"{name} in {units[name]!r}; expected {unit!r}"
    if not min(known):
        return "no value at all; the place may lie outside, or the days be too recent"
    return None


def _table(answer: dict, days: pd.DatetimeIndex) -> pd.DataFrame:
    """Turn an answer into variables on each of the days, gaps as NaN: (day, variable)."""
    missing = float(answer["header"]["fill_value"])
    columns = {
        ours: pd.Series(answer["properties"]["parameter"][theirs], dtype=float)
        for ours, (theirs, _) in VARIABLES.items()
    }
    table = pd.DataFrame(columns)
    dated = table.mask(table == missing).set_axis(pd.to_datetime(table.index, format="%Y%m%d"))
    return dated.reindex(days)


def _section(
    files: dict[tuple, Path], answers: dict[tuple, dict], first: pd.Timestamp, last: pd.Timestamp
) -> str:
    lines = []
    for cell, path in files.items():
        when = datetime.date.fromtimestamp(path.stat().st_mtime)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"- longitude {cell[0]:g}, latitude {cell[1]:g}: asked on {when}, answer's "
                     f"SHA-256\n  `{sha256}`")  # fmt: skip
    version = next(iter(answers.values()))["header"].get("api", {}).get("version", "not stated")
    cells = "\n".join(lines)
    return f"""\
## Weather: NASA POWER

Daily from {first:%Y-%m-%d} to {last:%Y-%m-%d} from `{os.environ.get(MOVED, ADDRESS)}`
(version {version}), for the middle of each cell of 0.5° by 0.625° that holds a place:

{cells}

- **Licence**: {LICENCE}.
- **Citation**: {CITATION}
- **Variables**: PRECTOTCORR (mm/d) as `precipitation`, T2M (°C) as `temperature`, WS10M (m/s, at
  10 m) as `wind`; days in local solar time; the fill value is a gap. This is a reanalysis on a
  coarse grid. A gauge's rows are the weather at the gauge, not of its catchment.
"""
