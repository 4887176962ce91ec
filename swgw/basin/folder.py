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

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin import consistent, plausible
from swgw.basin.river import distance_to_river, read_river
from swgw.basin.settings import SETTINGS_FILE, BasinSettings, basin_folder, read_settings
from swgw.basin.tables import ATTRIBUTES, Reader
from swgw.storage import files
from swgw.storage.errors import BasinError, Problem

_TABLES = ("wells.csv", "heads.csv", "gauges.csv", "surface_water.csv", "forcing.csv")


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
    found = examine(folder)
    if found.problems:
        raise BasinError(folder, found.problems)
    return Basin(
        path=folder.resolve(),
        settings=found.settings,
        digest=files.digest(found.files),
        **found.tables,
    )


@dataclass(frozen=True)
class Examination:
    """What a folder holds and what is wrong with it.

    Attributes
    ----------
    problems : list of Problem
        Empty where the folder keeps the contract; only then is the rest complete.
    settings : BasinSettings or None
    tables : dict
        The frames of a :class:`Basin` by attribute.
    files : list of Path
        The files of the contract that are there.
    """

    problems: list[Problem]
    settings: BasinSettings | None
    tables: dict[str, pd.DataFrame | None]
    files: list[Path]


def examine(folder: Path) -> Examination:
    """Read and check a folder (see :func:`swgw.basin.check.check_basin`)."""
    problem = _not_a_basin(folder)
    if problem:
        return Examination([problem], None, {}, [])
    reader = Reader(folder, None)
    if reader.find(SETTINGS_FILE, "which holds the settings"):
        reader.settings = read_settings(folder, reader.problems)
    settings, problems = reader.settings, reader.problems
    tables = _read_tables(reader)
    consistent.check_identifiers(tables, reader)
    consistent.check_places(tables, reader)
    datum = settings.vertical_datum if settings else BasinSettings.vertical_datum
    plausible.check_heads(tables["heads"], tables["wells"], problems, datum)
    for name in ("heads", "surface_water", "forcing"):
        plausible.check_missing_codes(tables[name], f"{name}.csv", problems)
    plausible.check_rain(tables["forcing"], problems)
    if settings and settings.surface_water == "stage":
        plausible.check_stage(tables["surface_water"], problems)
    if settings:
        consistent.check_periods(tables, settings, problems)
    finished = {} if problems else _finish(tables, settings)
    return Examination(problems, settings, finished, reader.files)


def _not_a_basin(folder: Path) -> Problem | None:
    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        return Problem(str(folder), "", found, "the folder of a basin")
    if not any((folder / name).is_file() for name in (SETTINGS_FILE, *_TABLES)):
        expected = "basin.yml and tables; `swgw new FOLDER` writes an example to start from"
        return Problem(str(folder), "", "none of a basin's files in this folder", expected)
    return None


def _read_tables(reader: Reader) -> consistent.Tables:
    """Read all there is; wells and heads, and gauges and surface water, come in pairs."""
    there = {name: (reader.folder / name).exists() for name in _TABLES}
    tables = dict.fromkeys(("wells", "heads", "gauges", "surface_water", "river"))
    has_wells = there["wells.csv"] or there["heads.csv"]
    has_gauges = there["gauges.csv"] or there["surface_water.csv"]
    if not has_wells and not has_gauges:
        expected = "these two files, or gauges.csv and surface_water.csv, or all four"
        reader.problems.append(Problem("wells.csv and heads.csv", "", "no such files", expected))
    if has_wells:
        why = "which belongs to heads.csv"
        tables["wells"] = reader.places("wells.csv", "well_id", ATTRIBUTES, why)
        tables["heads"] = reader.heads()
    if has_gauges:
        known = ("name", "upstream_gauge_id")
        why = "which belongs to surface_water.csv"
        tables["gauges"] = reader.places("gauges.csv", "gauge_id", known, why)
        tables["surface_water"] = reader.surface_water()
    tables["forcing"] = reader.forcing()
    river = reader.settings.river if reader.settings else None
    path = reader.find(river, "which basin.yml names as the river") if river else None
    tables["river"] = read_river(path, reader.problems) if path else None
    return tables


def _finish(tables: consistent.Tables, settings: BasinSettings) -> consistent.Tables:
    """Turn sound tables into the frames of a basin: heads, one name for values, distances."""
    wells, heads, river = tables["wells"], tables["heads"], tables["river"]
    gauges, water = tables["gauges"], tables["surface_water"]
    if wells is None:
        wells, heads = _no_places("well_id"), _no_values("well_id", "head")
    elif "depth" in heads:
        heads = _heads_above_datum(heads, wells)
    if river is not None and len(wells):
        wells = wells.assign(distance_to_river=distance_to_river(wells, river))
    if gauges is None:
        gauges, water = _no_places("gauge_id"), _no_values("gauge_id", "value")
    water = water.rename(columns={settings.surface_water: "value"})
    return {
        "wells": wells,
        "gauges": gauges,
        "heads": heads.dropna().reset_index(drop=True),
        "surface_water": water.dropna().reset_index(drop=True),
        "forcing": tables["forcing"].reset_index(drop=True),
        "river": river,
    }


def _no_places(key: str) -> pd.DataFrame:
    index = pd.Index([], name=key, dtype=str)
    return pd.DataFrame({"longitude": 0.0, "latitude": 0.0}, index=index)


def _no_values(key: str, value: str) -> pd.DataFrame:
    dates = pd.DatetimeIndex([], dtype="datetime64[us]")
    values = pd.Series([], dtype=float)
    return pd.DataFrame({"date": dates, key: pd.Series([], dtype=str), value: values})


def _heads_above_datum(heads: pd.DataFrame, wells: pd.DataFrame) -> pd.DataFrame:
    """Convert depths once: head = surface elevation − depth, or −depth from the ground."""
    surface = pd.Series(0.0, index=wells.index)
    if "surface_elevation" in wells:
        surface = wells["surface_elevation"].fillna(0.0)
    head = heads["well_id"].map(surface).astype(float) - heads["depth"]
    return heads.drop(columns="depth").assign(head=np.asarray(head))
