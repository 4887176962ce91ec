"""The China Meteorological Forcing Dataset (CMFD), read at a basin's places from its netCDF files.

CMFD has to be asked for at the National Tibetan Plateau Data Center, so its files come from the
user. They hold one variable each, 3-hourly or daily, on a grid of 0.1 degrees.
"""

import datetime
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from tqdm import tqdm

from swgw.sources import weather
from swgw.storage.errors import Problem, UserError

HOUR, DAY = 3600.0, 86400.0  # s
# By the name in the files: ours, and from each unit that occurs the way to ours.
VARIABLES = {
    "prec": ("precipitation", {"kgm-2s-1": (DAY, 0.0), "mms-1": (DAY, 0.0), "mmhr-1": (24.0, 0.0),
                               "mmh-1": (24.0, 0.0), "mmd-1": (1.0, 0.0)}),
    "temp": ("temperature", {"k": (1.0, -273.15), "degc": (1.0, 0.0)}),
    "wind": ("wind", {"ms-1": (1.0, 0.0)}),
}  # fmt: skip
EXPECTED_UNITS = {"prec": "kg m-2 s-1 or mm hr-1", "temp": "K", "wind": "m s-1"}
_NAMES = {"time": ("time",), "lat": ("lat", "latitude"), "lon": ("lon", "longitude")}
LICENCE = "see the data center's page; the data are free for research on request"
CITATION = (
    "He, J., Yang, K., Tang, W., Lu, H., Qin, J., Chen, Y., Li, X. (2020): The first "
    "high-resolution meteorological forcing dataset for land process studies over China. "
    "Scientific Data 7, 25. doi:10.1038/s41597-020-0369-y"
)


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
    weather.assert_settings(folder)
    need = weather.read_need(folder)
    series: dict[str, list[pd.DataFrame]] = {}
    digests: dict[str, str] = {}
    cells = None
    for path in tqdm(list(map(Path, files)), desc="CMFD", unit="file", leave=False):
        with _open(path) as data:
            here = _cells(data, path, need.places)
            if cells not in (None, here):
                found = "another grid than that of the files before"
                raise _refuse(path, "coordinates lat and lon", found, "one grid in all files")
            cells = here
            for name in sorted(set(VARIABLES) & set(data)):
                series.setdefault(name, []).append(_read(data, path, name, cells, need.places))
        digests[path.name] = _sha256(path)
    if "prec" not in series:
        raise UserError(
            f"no file holds precipitation: found {', '.join(sorted(series)) or 'no variable'}; "
            "expected prec, and temp and wind where you have them"
        )
    daily = {VARIABLES[name][0]: _days(parts, name) for name, parts in series.items()}
    table = weather.spread(need.places.assign(cell=cells), _by_cell(daily, cells))
    weather.add_weather(folder, table, _section(digests, daily))
    first, last = table["date"].min(), table["date"].max()
    return (
        f"{', '.join(daily)} in {len(set(cells))} cell{'s' * (len(set(cells)) > 1)}, "
        f"{first:%Y-%m-%d} to {last:%Y-%m-%d}, from {len(digests)} files. Licence: {LICENCE}."
    )


def _refuse(path: Path, place: str, found: str, expected: str) -> UserError:
    return UserError(str(Problem(str(path), place, found, expected)))


def _open(path: Path) -> xr.Dataset:
    """Open a file of either kind of netCDF with coordinates ``time``, ``lat`` and ``lon``."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        engine = {b"CDF": "scipy", b"\x89HD": "h5netcdf"}.get(start[:3])
        if engine is None:
            raise _refuse(path, "", f"a file that begins with {start!r}", "a netCDF file")
        data = xr.open_dataset(path, engine=engine)
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = getattr(error, "strerror", None) or f"no readable netCDF ({str(error)[:80]})"
        raise _refuse(path, "", found, "a whole netCDF file; was the download complete?") from None
    names = {theirs: ours for ours, known in _NAMES.items() for theirs in known if theirs in data}
    if set(names.values()) != set(_NAMES):
        found = "the coordinates " + (", ".join(map(str, data.coords)) or "none")
        raise _refuse(path, "", found, "time, lat and lon")
    data = data.rename({theirs: ours for theirs, ours in names.items() if theirs != ours})
    if not np.issubdtype(data["time"].dtype, np.datetime64):
        found = f"units {data['time'].attrs.get('units', 'not given')!r}"
        raise _refuse(path, "variable time", found, "a calendar time such as 'hours since ...'")
    return data


def _cells(data: xr.Dataset, path: Path, places: pd.DataFrame) -> list[tuple[float, float]]:
    """Find the cell of each place, by the coordinates of its middle."""
    cells = {}
    for name, column in (("lon", "longitude"), ("lat", "latitude")):
        grid = np.sort(data[name].to_numpy().astype(float))
        nearest = grid[np.abs(places[column].to_numpy()[:, None] - grid).argmin(axis=1)]
        spacing = np.diff(grid).min() if len(grid) > 1 else 0.1
        outside = np.abs(nearest - places[column].to_numpy()) > 0.51 * spacing
        if outside.any():
            place = places[outside].iloc[0]
            found = f"{place['key']} {place['id']!r} at {column} {place[column]:g}"
            expected = f"places between {grid[0]:g} and {grid[-1]:g}, which the file covers"
            raise _refuse(path, f"coordinate {name}", found, expected)
        cells[name] = nearest.tolist()
    return list(zip(cells["lon"], cells["lat"], strict=True))


def _read(
    data: xr.Dataset, path: Path, name: str, cells: list[tuple], places: pd.DataFrame
) -> pd.DataFrame:
    """Read one variable at the cells, in our unit: (time, cell)."""
    units = VARIABLES[name][1]
    unit = str(data[name].attrs.get("units", ""))
    plain = unit.lower().replace("^", "").replace("**", "").replace("/hr", "hr-1")
    plain = plain.replace("/s", "s-1").replace("/h", "h-1").replace("/day", "d-1")
    plain = plain.replace("day-1", "d-1").replace("/m2", "m-2").replace(" ", "").replace(".", "")
    if plain not in units:
        raise _refuse(path, f"variable {name}", f"the unit {unit!r}", EXPECTED_UNITS[name])
    wanted = sorted(set(cells))
    longitude, latitude = (
        xr.DataArray(list(axis), dims="cell") for axis in zip(*wanted, strict=True)
    )
    try:
        values = data[name].sel(lon=longitude, lat=latitude, method="nearest")
        values = values.transpose("time", "cell").to_numpy().astype(float)
    except (OSError, RuntimeError, ValueError, EOFError) as error:
        found = f"values that cannot be read ({str(error)[:80]})"
        raise _refuse(path, f"variable {name}", found, "a whole file; download it again") from None
    factor, offset = units[plain]
    empty = np.isnan(values).all(axis=0)
    if empty.any():
        where = wanted[int(empty.argmax())]
        place = places[[cell == where for cell in cells]].iloc[0]
        found = f"no value in the cell of {place['key']} {place['id']!r}"
        expected = "a place on the land that CMFD covers (China); are its coordinates right?"
        raise _refuse(path, f"variable {name}", found, expected)
    columns = pd.MultiIndex.from_tuples(wanted, names=["longitude", "latitude"])
    return pd.DataFrame(values * factor + offset, index=data["time"].to_index(), columns=columns)


def _days(parts: list[pd.DataFrame], name: str) -> pd.DataFrame:
    """Join the parts of a variable and average whole days: (day, cell)."""
    joined = pd.concat(parts).sort_index()
    twice = joined.index[joined.index.duplicated()]
    if len(twice):
        raise UserError(
            f"{name} at {twice[0]:%Y-%m-%d %H:%M} stands in two of the files; expected each time "
            "once: are there two versions, or 3-hourly and daily files, among them?"
        )
    days = joined.groupby(joined.index.normalize())
    counts = days.size()
    whole = counts == counts.mode().iloc[-1]  # a day cut off at an end would be one-sided
    return days.mean()[whole.to_numpy()]


def _by_cell(daily: dict[str, pd.DataFrame], cells: list[tuple]) -> dict[tuple, pd.DataFrame]:
    """Regroup tables (day, cell) by variable into tables (day, variable) by cell."""
    order = [ours for ours, _ in VARIABLES.values() if ours in daily]
    return {
        cell: pd.DataFrame({name: daily[name][cell] for name in order}).round(4)
        for cell in sorted(set(cells))
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _section(digests: dict[str, str], daily: dict[str, pd.DataFrame]) -> str:
    files = "\n".join(f"- `{name}`\n  SHA-256 `{sha256}`" for name, sha256 in digests.items())
    spans = "\n".join(
        f"- `{name}`: {len(table)} whole days, {table.index[0]:%Y-%m-%d} to "
        f"{table.index[-1]:%Y-%m-%d}"
        for name, table in daily.items()
    )
    return f"""\
## Weather: China Meteorological Forcing Dataset

Read on {datetime.date.today()} from the user's files:

{files}

- **Licence**: {LICENCE}.
- **Citation**: {CITATION}

Each place has the values of the nearest cell, turned into mm/d, °C and m/s (at 10 m). A day is the
mean over the values with its date, as the files date them (UTC); days with fewer values than the
others were left out.

{spans}
"""
