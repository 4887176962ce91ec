"""A basin as its folder holds it: wells, heads, gauges, surface water, forcing and river.

The folder (``swgw new`` writes an example; dates are ``YYYY-MM-DD``, a gap is an empty cell):

- ``basin.yml``: the settings, see :class:`BasinSettings`.
- ``wells.csv``: ``well_id``, ``longitude``, ``latitude`` [°]; optional ``name``,
  ``surface_elevation`` [m], ``gauge_id`` and static attributes. With it ``heads.csv``: ``date``,
  ``well_id`` and ``head`` [m above datum] or ``depth`` [m below the surface].
- ``gauges.csv``: ``gauge_id``, ``longitude``, ``latitude``; optional ``name`` and
  ``upstream_gauge_id``. With it ``surface_water.csv``: ``date``, ``gauge_id`` and ``discharge``
  [m³/s] or ``stage`` [m].
- ``forcing.csv``: ``date``, ``precipitation`` [mm/d]; optional ``temperature`` [°C], ``wind``
  [m/s], ``pet`` [mm/d], …; optional ``well_id`` or ``gauge_id`` (empty means the whole basin).
- the file that ``river`` names: GeoJSON of the main channel.

A basin has wells, or gauges, or both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely

from swgw.basin import calendar as steps
from swgw.basin import plausible
from swgw.basin.settings import PERIODS, SETTINGS_FILE, BasinSettings, basin_folder, read_settings
from swgw.basin.tables import KNOWN, PAIRS, Tables, find_file, listed, read_tables
from swgw.storage import BasinError, Problem, files

_EXPECTED = "GeoJSON with a LineString or MultiLineString of [longitude, latitude] in degrees"


def read_river(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    """Read the channel's vertices; append what is wrong to `problems` and then give None.

    Returns
    -------
    DataFrame or None
        One row a vertex: ``longitude`` and ``latitude`` [°], ``part`` (lines counted from 0).
    """
    found = ""
    try:
        shape = shapely.from_geojson(path.read_bytes().decode("utf-8-sig"))
    except (shapely.errors.GEOSException, UnicodeDecodeError) as error:
        detail = str(error).splitlines()[0].rsplit("] ", 1)[-1][:80]
        shape, found = None, f"a file that is not GeoJSON ({detail})"
    lines = shapely.get_parts(shapely.get_parts(shape))  # collections hold multi-lines
    points, part = shapely.get_coordinates(lines, return_index=True)
    beyond = ~(np.abs(points) <= [180, 90]).all(axis=1)  # also where it is no number
    if others := {line.geom_type for line in lines} - {"LineString"}:
        found = f"the geometry {others.pop()!r}"
    elif beyond.any():
        found = f"a point at {points[beyond][0].tolist()}, out of range"
    elif not len(points):
        found = found or "no line"
    if found:
        problems.append(Problem(path.name, "", found, _EXPECTED))
        return None
    return pd.DataFrame(points, columns=["longitude", "latitude"]).assign(part=part)


def distance_to_river(places: pd.DataFrame, river: pd.DataFrame) -> np.ndarray:
    """Geodesic distance from places to the nearest point of the channel.

    The nearest point is found on a plane centred on the places; the distance to it is then
    measured on the ellipsoid (WGS 84), so that distortion enters in second order only.

    Parameters
    ----------
    places : DataFrame (place, ...)
        With ``longitude`` and ``latitude`` [°].
    river : DataFrame (vertex, ...)
        As :func:`read_river` gives it.

    Returns
    -------
    ndarray (place,)
        Distances [km].
    """
    longitude, latitude = places["longitude"].to_numpy(), places["latitude"].to_numpy()
    centre = f"+lon_0={np.median(longitude)} +lat_0={np.median(latitude)}"
    plane = pyproj.Proj(f"+proj=aeqd +ellps=WGS84 {centre}")
    vertices = plane(river["longitude"].to_numpy(), river["latitude"].to_numpy())
    lines = shapely.linestrings(*vertices, indices=river["part"].to_numpy())
    points = shapely.points(*plane(longitude, latitude))
    nearest = shapely.shortest_line(points, shapely.multilinestrings(lines))
    ends = shapely.get_coordinates(nearest)[1::2]
    there = plane(ends[:, 0], ends[:, 1], inverse=True)
    return pyproj.Geod(ellps="WGS84").inv(longitude, latitude, *there)[2] / 1000


@dataclass(frozen=True)
class Basin:
    """The data of one basin, read once and never changed.

    A frame taken from a basin is a copy made at no cost (pandas copies on write), so changing it
    leaves the basin as it was; ``dataclasses.replace`` gives a changed basin.

    Attributes
    ----------
    path : Path
        The folder.
    settings : BasinSettings
        What ``basin.yml`` says.
    digest : str
        SHA-256 of the files of the contract, truth left out.
    wells : DataFrame (well_id, attribute)
        ``longitude``, ``latitude`` [°], what else ``wells.csv`` holds, and, where there is a
        river, ``distance_to_river`` [km].
    gauges : DataFrame (gauge_id, attribute)
        ``longitude``, ``latitude`` [°] and what else ``gauges.csv`` holds.
    heads : DataFrame (observation,)
        ``date``, ``well_id``, ``head`` [m above the datum]; gaps left out.
    surface_water : DataFrame (observation,)
        ``date``, ``gauge_id``, ``value`` [m³/s, or m for stage]; gaps left out.
    forcing : DataFrame (observation,)
        ``date``, ``place`` (``"basin"``, ``"well:<id>"`` or ``"gauge:<id>"``), then variables:
        ``precipitation`` [mm/d] and others.
    river : DataFrame (vertex, ...) or None
        ``longitude``, ``latitude`` [°], ``part``.
    """

    path: Path
    settings: BasinSettings
    digest: str
    wells: pd.DataFrame
    gauges: pd.DataFrame
    heads: pd.DataFrame
    surface_water: pd.DataFrame
    forcing: pd.DataFrame
    river: pd.DataFrame | None

    def __getattribute__(self, name: str):
        value = object.__getattribute__(self, name)
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value


def load_basin(path: str | Path) -> Basin:
    """Load a basin, once its folder has passed every check.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin such as ``"heihe"``.

    Returns
    -------
    Basin
        With heads in m above the datum, whichever way the folder gives them.

    Raises
    ------
    BasinError
        If anything in the folder breaks the contract; the message lists it all.
    """
    folder = basin_folder(path)
    problems, parts = examine(folder)
    if problems:
        raise BasinError(folder, problems)
    return Basin(path=folder.resolve(), **parts)


def examine(folder: Path) -> tuple[list[Problem], dict]:
    """Read and check a folder (see :func:`swgw.basin.check.check_basin`).

    Returns
    -------
    problems : list of Problem
    parts : dict
        What a :class:`Basin` is made of; empty where there are problems.
    """
    if not any((folder / name).is_file() for name in (SETTINGS_FILE, *KNOWN)):
        found = "a file" if folder.is_file() else "no such folder"
        found = "none of a basin's files in this folder" if folder.is_dir() else found
        expected = "the folder of a basin; `swgw new FOLDER` writes an example to start from"
        return [Problem(str(folder), "", found, expected)], {}
    problems: list[Problem] = []
    there = find_file(folder, SETTINGS_FILE, "which holds the settings", problems)
    settings = read_settings(folder, problems) if there else None
    tables = read_tables(folder, settings, problems)
    river = settings.river if settings else None
    path = find_file(folder, river, "the river of basin.yml", problems) if river else None
    tables["river"] = read_river(path, problems) if path else None
    problems += plausible.check_identifiers(tables)
    problems += plausible.check_coordinates(tables, river)
    problems += plausible.check_levels(tables, settings)
    problems += plausible.check_codes(tables)
    problems += plausible.check_rain(tables["forcing.csv"])
    faulty = {problem.file for problem in problems}
    problems += [p for p in plausible.check_values(tables) if p.file not in faulty]
    problems += check_settings(tables, settings) if settings else []
    if problems:
        return problems, {}
    used = [folder / name for name in (SETTINGS_FILE, *KNOWN, river) if name]
    digest = files.digest(path for path in used if path.exists())
    return [], {"settings": settings, "digest": digest, **_finish(tables)}


def check_settings(tables: Tables, settings: BasinSettings) -> Iterator[Problem]:
    """Report a target that is no gauge or is not named, and periods that do not fit the data."""
    gauges, target = tables["gauges.csv"], settings.target_gauge
    known = [] if gauges is None else sorted(set(gauges.index))
    if gauges is not None and target not in known and (target is not None or len(known) > 1):
        found = "nothing" if target is None else f"unknown gauge_id {listed([target])}"
        expected = "one of gauges.csv: " + (listed(known) or "there is none")
        yield Problem(SETTINGS_FILE, "key target_gauge", found, expected)
    wells = tables["wells.csv"]
    if tables["river"] is not None and wells is not None and "distance_to_river" in wells:
        found = "a column that is computed from the river's course"
        expected = "no such column, or no river in basin.yml"
        yield Problem("wells.csv", "column distance_to_river", found, expected)
    observed = {file: known for file in (*PAIRS.values(), "forcing.csv")
                if (table := tables[file]) is not None
                and len(known := table.dropna(subset="date").dropna(thresh=3))}  # fmt: skip
    targets = [observed[file]["date"] for file in PAIRS.values() if file in observed]
    if targets:
        dates = pd.concat(targets)
        time = steps.calendar(dates.min(), dates.max(), settings.step)
        for name in PERIODS:
            yield from _check_period(name, settings, time, observed)


def _check_period(
    name: str, settings: BasinSettings, time: pd.DatetimeIndex, observed: dict[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Hold a period against the data: inside them, long enough, and nowhere empty."""
    period, ends = settings.period(name), steps.bin_ends(time, settings.step)
    ahead, needed = settings.lead_times, settings.encoder_length + settings.lead_times
    if period.start < time[0] or period.end > ends[-1]:
        expected = f"days from {time[0]:%Y-%m-%d} to {ends[-1]:%Y-%m-%d}, where there are data"
        yield Problem(SETTINGS_FILE, f"key {name}", f"{period}, outside the data", expected)
        return
    before = (ends <= period.end).sum()
    inside = ((time >= period.start) & (ends <= period.end)).sum()
    if inside < ahead or (name == "train" and before < needed):
        found = f"{inside} whole steps ({settings.step}), {before} counted from the first datum"
        expected = f"at least {ahead} (lead_times) and {needed} (with encoder_length): longer "
        yield Problem(SETTINGS_FILE, f"key {name}", found, f"{expected}periods or smaller settings")
    for file, table in observed.items():
        beyond = period.end + pd.Timedelta(days=1)
        during = table["date"].between(period.start, beyond, inclusive="left")
        empty = table.loc[during, table.columns[2:]].isna().all()
        found = f"no value in the {name} period, {period}"
        if empty.all():
            yield Problem(file, "", found, "data in each period")
        elif name == "train" and file == "forcing.csv":  # whose means fill gaps
            for variable in empty.index[empty]:
                expected = "data in it, or no such column"
                yield Problem(file, f"column {listed([variable])}", found, expected)


def _finish(tables: Tables) -> Tables:
    """Turn sound tables into the frames of a basin: heads, one name for values, distances."""
    wells, heads, river = tables["wells.csv"], tables["heads.csv"], tables["river"]
    if "depth" in heads:  # head = surface elevation − depth, or −depth from the ground
        surface = wells.get("surface_elevation", pd.Series(0.0, index=wells.index)).fillna(0.0)
        head = heads["well_id"].map(surface).astype(float) - heads["depth"]
        heads = heads.drop(columns="depth").assign(head=head)
    if river is not None and len(wells):
        wells = wells.assign(distance_to_river=distance_to_river(wells, river))
    water = tables["surface_water.csv"].set_axis(["date", "gauge_id", "value"], axis="columns")
    weather = tables["forcing.csv"]
    long = {"heads": heads.dropna(), "surface_water": water.dropna(), "forcing": weather}
    long = {name: table.reset_index(drop=True) for name, table in long.items()}
    return {"wells": wells, "gauges": tables["gauges.csv"], "river": river, **long}
