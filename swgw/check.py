"""Checks of a whole basin folder: every problem at once, each with its place."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from swgw import contract, plausible, steps
from swgw.contract import BasinSettings, shown
from swgw.errors import Problem
from swgw.reading import rows
from swgw.river import distance_to_river, read_river
from swgw.tables import ATTRIBUTES, Reader

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
        The frames of a :class:`swgw.basin.Basin` by attribute.
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
        reader.settings = contract.read_settings(folder, reader.problems)
    tables = _read_tables(reader)
    _check_ids(tables, reader)
    plausible.check_coordinates(tables["wells"], tables["gauges"], reader.problems)
    plausible.check_heads(tables["heads"], tables["wells"], reader.problems)
    if reader.settings and reader.settings.surface_water == "stage":
        plausible.check_stage(tables["surface_water"], reader.problems)
    if reader.settings and not reader.problems:
        _check_periods(tables, reader.settings, reader.problems)
    if not reader.problems:
        tables = _finish(tables, reader.settings)
    return Examination(reader.problems, reader.settings, tables, reader.files)


def _not_a_basin(folder: Path) -> Problem | None:
    if not folder.is_dir():
        found = "a file" if folder.exists() else "no such folder"
        return Problem(str(folder), "", found, "the folder of a basin")
    if not any((folder / name).is_file() for name in (contract.SETTINGS_FILE, *_TABLES)):
        expected = "basin.yml and tables; `swgw new FOLDER` writes an example to start from"
        return Problem(str(folder), "", "none of a basin's files in this folder", expected)
    return None


def _read_tables(reader: Reader) -> dict[str, pd.DataFrame | None]:
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


def _check_ids(tables: dict, reader: Reader) -> None:
    """Report identifiers that no table of places knows, and places without any value."""
    wells, gauges, forcing = tables["wells"], tables["gauges"], tables["forcing"]
    for key, places, name in (("well_id", wells, "heads"), ("gauge_id", gauges, "surface_water")):
        series, file = tables[name], f"{name}.csv"
        if places is None or series is None:
            continue
        known = set(places.index)
        _report_unknown(series[key], known, file, key, reader.problems)
        value = series.columns[-1]
        empty = sorted(known - set(series.loc[series[value].notna(), key]))
        if empty:
            found = f"no {value} for {key} " + _listed(empty)
            expected = f"at least one value for each row of {name_of(key)}"
            reader.problems.append(Problem(file, f"column {value}", found, expected))
    known_gauges = set(gauges.index) if gauges is not None else set()
    if gauges is not None or not (reader.folder / "gauges.csv").exists():
        if wells is not None and "gauge_id" in wells:
            ids = wells["gauge_id"].reset_index(drop=True)
            _report_unknown(ids, known_gauges | {""}, "wells.csv", "gauge_id", reader.problems)
        if forcing is not None:
            _report_forcing(forcing, "gauge", known_gauges, reader.problems)
        _check_target(known_gauges, reader)
    if gauges is not None and "upstream_gauge_id" in gauges:
        ids = gauges["upstream_gauge_id"].reset_index(drop=True)
        _report_unknown(
            ids, known_gauges | {""}, "gauges.csv", "upstream_gauge_id", reader.problems
        )
    if forcing is not None and (wells is not None or not (reader.folder / "wells.csv").exists()):
        known = set(wells.index) if wells is not None else set()
        _report_forcing(forcing, "well", known, reader.problems)


def name_of(key: str) -> str:
    """Give the file whose rows an identifier names."""
    return {"well_id": "wells.csv"}.get(key, "gauges.csv")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(shown(name) for name in names[:3]) + more


def _report_forcing(forcing: pd.DataFrame, kind: str, known: set, problems: list[Problem]) -> None:
    prefix = f"{kind}:"
    ids = forcing["place"][forcing["place"].str.startswith(prefix)].str.removeprefix(prefix)
    _report_unknown(ids, known, "forcing.csv", f"{kind}_id", problems)


def _report_unknown(
    ids: pd.Series, known: set, file: str, key: str, problems: list[Problem]
) -> None:
    unknown = sorted(set(ids) - known - {""})
    if not unknown:
        return
    where = ids.isin(unknown).to_numpy()
    place = rows(where, ids.to_frame())
    close = contract.near(unknown[0], sorted(known)) if len(known) < 1000 else ""
    found = f"unknown {key} {_listed(unknown)}{close}"
    problems.append(Problem(file, f"{place}, column {key}", found, f"one of {name_of(key)}"))


def _check_target(known: set, reader: Reader) -> None:
    """The target gauge must be one of the gauges, and be named where there are several."""
    if reader.settings is None:
        return
    target = reader.settings.target_gauge
    if target is None and len(known) < 2:
        return
    if target not in known:
        found = "nothing" if target is None else f"unknown gauge_id {shown(target)}"
        expected = "one of gauges.csv: " + (_listed(sorted(known)) or "it has no row")
        reader.problems.append(Problem(contract.SETTINGS_FILE, "key target_gauge", found, expected))


def _check_periods(tables: dict, settings: BasinSettings, problems: list[Problem]) -> None:
    """Hold the periods against the data: inside them, long enough, and none of them empty."""
    dates = {
        file: table.loc[table[table.columns[-1] if file != "forcing" else "precipitation"].notna()]
        for file, table in tables.items()
        if file in ("heads", "surface_water", "forcing") and table is not None
    }
    observed = {file: pd.DatetimeIndex(table["date"]) for file, table in dates.items()}
    targets = [times for file, times in observed.items() if file != "forcing"]
    first, last = min(times.min() for times in targets), max(times.max() for times in targets)
    time = steps.calendar(first, last, settings.step)
    start, end = time[0], steps.bin_ends(time, settings.step)[-1]
    for name in contract.PERIODS:
        period = settings.period(name)
        if period.start < start or period.end > end:
            found = f"{period}, outside the data"
            expected = f"days between {start:%Y-%m-%d} and {end:%Y-%m-%d}, where there are data"
            problems.append(Problem(contract.SETTINGS_FILE, f"key {name}", found, expected))
            continue
        _check_length(name, settings, time, problems)
        for file, times in observed.items():
            if not ((times >= period.start) & (times < period.end + pd.Timedelta(days=1))).any():
                found = f"no value in the {name} period, {period}"
                problems.append(Problem(f"{file}.csv", "", found, "data in each period"))


def _check_length(
    name: str, settings: BasinSettings, time: pd.DatetimeIndex, problems: list[Problem]
) -> None:
    """A period must hold one forecast; what comes before its end, one encoder as well."""
    period = settings.period(name)
    ends = steps.bin_ends(time, settings.step)
    inside = int(((time >= period.start) & (ends <= period.end)).sum())
    before = int((ends <= period.end).sum())
    needed = settings.encoder_length + settings.lead_times
    if inside < settings.lead_times or before < needed:
        found = f"{inside} whole steps of {settings.step} in it, {before} from the first datum on"
        expected = (
            f"at least {settings.lead_times} (lead_times) and {needed} (with encoder_length): "
            "a longer period or smaller settings"
        )
        problems.append(Problem(contract.SETTINGS_FILE, f"key {name}", found, expected))


def _finish(tables: dict, settings: BasinSettings) -> dict[str, pd.DataFrame | None]:
    """Turn sound tables into the frames of a basin: heads, one name for values, distances."""
    wells, gauges, river = tables["wells"], tables["gauges"], tables["river"]
    empty = {"longitude": float, "latitude": float}
    if wells is None:
        wells = pd.DataFrame(columns=list(empty), index=pd.Index([], name="well_id", dtype=str))
        wells = wells.astype(empty)
        heads = pd.DataFrame({"date": pd.DatetimeIndex([]), "well_id": [], "head": []})
    else:
        heads = _heads_above_datum(tables["heads"], wells)
        if river is not None:
            wells = wells.assign(distance_to_river=distance_to_river(wells, river))
    if gauges is None:
        gauges = pd.DataFrame(columns=list(empty), index=pd.Index([], name="gauge_id", dtype=str))
        gauges = gauges.astype(empty)
        water = pd.DataFrame({"date": pd.DatetimeIndex([]), "gauge_id": [], "value": []})
    else:
        water = tables["surface_water"].rename(columns={settings.surface_water: "value"}).dropna()
    return {
        "wells": wells,
        "gauges": gauges,
        "heads": heads.reset_index(drop=True),
        "surface_water": water.reset_index(drop=True),
        "forcing": tables["forcing"].reset_index(drop=True),
        "river": river,
    }


def _heads_above_datum(heads: pd.DataFrame, wells: pd.DataFrame) -> pd.DataFrame:
    """Convert depths once: head = surface elevation − depth, or −depth from the ground."""
    if "depth" in heads:
        surface = pd.Series(0.0, index=wells.index)
        if "surface_elevation" in wells:
            surface = wells["surface_elevation"].fillna(0.0)
        head = heads["well_id"].map(surface) - heads["depth"]
        heads = heads.drop(columns="depth").assign(head=np.asarray(head, dtype=float))
    return heads.dropna()
