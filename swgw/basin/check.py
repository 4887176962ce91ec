"""Checks of a whole basin folder: every problem at once, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin import consistent, contract, plausible
from swgw.basin import missing_codes as stand_ins
from swgw.basin.contract import BasinSettings
from swgw.basin.river import distance_to_river, read_river
from swgw.basin.settings import read_settings
from swgw.basin.tables import ATTRIBUTES, Reader
from swgw.storage.errors import Problem

if TYPE_CHECKING:
    from swgw.basin.folder import Basin

_TABLES = ("wells.csv", "heads.csv", "gauges.csv", "surface_water.csv", "forcing.csv")


@dataclass(frozen=True)
class Examination:
    """What a folder holds and what is wrong with it.

    Attributes
    ----------
    problems : list of Problem
        Empty where the folder keeps the contract; only then is the rest complete.
    settings : BasinSettings or None
    tables : dict
        The frames of a :class:`swgw.basin.folder.Basin` by attribute.
    files : list of Path
        The files of the contract that are there.
    """

    problems: list[Problem]
    settings: BasinSettings | None
    tables: dict[str, pd.DataFrame | None]
    files: list[Path]


def check_basin(path: str | Path) -> list[Problem]:
    """List everything that is wrong with a basin folder; an empty list means that it is sound.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin.
    """
    return examine(contract.basin_folder(path)).problems


def examine(folder: Path) -> Examination:
    """Read and check a folder (see :func:`check_basin`)."""
    problem = _not_a_basin(folder)
    if problem:
        return Examination([problem], None, {}, [])
    reader = Reader(folder, None)
    if reader.find(contract.SETTINGS_FILE, "which holds the settings"):
        reader.settings = read_settings(folder, reader.problems)
    settings, problems = reader.settings, reader.problems
    tables = _read_tables(reader)
    consistent.check_identifiers(tables, reader)
    consistent.check_places(tables, reader)
    datum = settings.vertical_datum if settings else BasinSettings.vertical_datum
    plausible.check_heads(tables["heads"], tables["wells"], problems, datum)
    for name in ("heads", "surface_water", "forcing"):
        stand_ins.check_stand_ins(tables[name], f"{name}.csv", problems)
    stand_ins.check_rain(tables["forcing"], problems)
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
    if not any((folder / name).is_file() for name in (contract.SETTINGS_FILE, *_TABLES)):
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


def report(basin: Basin) -> pd.DataFrame:
    """Say how much of each series is observed.

    Parameters
    ----------
    basin : Basin

    Returns
    -------
    DataFrame (series, ...)
        ``kind`` (``"head"``, ``"discharge"`` or ``"stage"``, or a variable of the weather),
        ``series`` (a well, a gauge or a place of the forcing), ``first`` and ``last`` observation,
        ``observations`` and ``share``: of the steps from the start of training to the end of the
        test period, how many hold an observation (0–1).
    """
    water = basin.settings.surface_water
    parts = [
        _coverage(basin.heads, "well_id", "head", "head", basin.settings),
        _coverage(basin.surface_water, "gauge_id", "value", water, basin.settings),
    ]
    for variable in basin.forcing.columns.drop(["date", "place"]):
        parts.append(_coverage(basin.forcing, "place", variable, variable, basin.settings))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def summary(coverage: pd.DataFrame) -> pd.DataFrame:
    """Sum up a report, one row a kind of series, whatever their number.

    Parameters
    ----------
    coverage : DataFrame (series, ...)
        From :func:`report`.

    Returns
    -------
    DataFrame (kind, ...)
        ``kind``, ``series`` (how many), ``first`` and ``last`` observation, ``observed`` (the
        median share of steps, in words) and ``least observed`` (the series with the smallest).
    """
    rows = []
    for kind, table in coverage.groupby("kind", sort=False):
        least = table.loc[table["share"].idxmin()]
        rows.append(
            {
                "kind": kind,
                "series": len(table),
                "first": table["first"].min().date(),
                "last": table["last"].max().date(),
                "observed": f"{table['share'].median():.0%}",
                "least observed": f"{least['series']} ({least['share']:.0%})",
            }
        )
    return pd.DataFrame(rows)


def _coverage(
    table: pd.DataFrame, key: str, value: str, kind: str, settings: BasinSettings
) -> pd.DataFrame:
    table = table.loc[table[value].notna(), ["date", key]].rename(columns={key: "series"})
    starts = steps.bin_starts(pd.DatetimeIndex(table["date"]), settings.step)
    time = steps.calendar(settings.train.start, settings.test.end, settings.step)
    counted = table.assign(start=np.where(starts.isin(time), starts, np.datetime64("NaT")))
    groups = counted.groupby("series", sort=False)
    return pd.DataFrame(
        {
            "kind": kind,
            "first": groups["date"].min(),
            "last": groups["date"].max(),
            "observations": groups["date"].count(),
            "share": groups["start"].nunique() / len(time),
        }
    ).reset_index()[["kind", "series", "first", "last", "observations", "share"]]
