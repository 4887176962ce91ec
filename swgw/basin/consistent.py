"""Checks of a basin's files against each other: identifiers, places and periods."""

import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin import plausible
from swgw.basin.reading import rows
from swgw.basin.settings import PERIODS, SETTINGS_FILE, BasinSettings, Period, near, shown
from swgw.basin.tables import Reader
from swgw.storage.errors import Problem

Tables = dict[str, pd.DataFrame | None]
_HOME = {"well_id": "wells.csv", "gauge_id": "gauges.csv"}


def check_identifiers(tables: Tables, reader: Reader) -> None:
    """Report identifiers that stand in no table of places, and places without any value."""
    wells, gauges, forcing = tables["wells"], tables["gauges"], tables["forcing"]
    _check_series(tables["heads"], wells, "heads.csv", reader.problems)
    _check_series(tables["surface_water"], gauges, "surface_water.csv", reader.problems)
    # Where a table of places should be but cannot be read, what refers to it cannot be judged.
    if gauges is not None or _absent(reader, "gauges.csv", "surface_water.csv"):
        known = set() if gauges is None else set(gauges.index)
        _check_column(wells, "gauge_id", known, "wells.csv", reader.problems)
        _check_column(gauges, "upstream_gauge_id", known, "gauges.csv", reader.problems)
        _check_forcing(forcing, "gauge", known, reader.problems)
        _check_target(known, reader)
    if wells is not None or _absent(reader, "wells.csv", "heads.csv"):
        known = set() if wells is None else set(wells.index)
        _check_forcing(forcing, "well", known, reader.problems)


def _absent(reader: Reader, *names: str) -> bool:
    return not any((reader.folder / name).exists() for name in names)


def _check_series(
    series: pd.DataFrame | None, places: pd.DataFrame | None, file: str, problems: list[Problem]
) -> None:
    if series is None or places is None:
        return
    known, (key, value) = set(places.index), series.columns[1:]
    _report_unknown(series[key], known, file, problems)
    empty = sorted(known - set(series.loc[series[value].notna(), key].unique()))
    if empty and not any(problem.file == file for problem in problems):
        found = f"no {value} for {key} {_listed(empty)}"
        expected = f"at least one value for each row of {_HOME[key]}"
        problems.append(Problem(file, f"column {value}", found, expected))


def _check_column(
    places: pd.DataFrame | None, column: str, known: set, file: str, problems: list[Problem]
) -> None:
    if places is not None and column in places:
        _report_unknown(places[column].reset_index(drop=True), known, file, problems)


def _check_forcing(
    forcing: pd.DataFrame | None, kind: str, known: set, problems: list[Problem]
) -> None:
    if forcing is not None:
        places = forcing["place"]
        ids = places[places.str.startswith(f"{kind}:")].str.removeprefix(f"{kind}:")
        _report_unknown(ids.rename(f"{kind}_id"), known, "forcing.csv", problems)


def _report_unknown(ids: pd.Series, known: set, file: str, problems: list[Problem]) -> None:
    unknown = sorted(set(ids.unique()) - known - {""})
    if unknown:
        place = f"{rows(ids.isin(unknown).to_numpy(), ids.to_frame())}, column {ids.name}"
        # Comparing with thousands of names for a near one would take minutes.
        close = near(unknown[0], sorted(known)) if len(known) < 1000 else ""
        twin = _same_letters(unknown[0], known)
        if twin:
            close = f", which differs from {shown(twin)} only in how accents are stored"
        kind = "well_id" if ids.name == "well_id" else "gauge_id"
        found = f"unknown {kind} {_listed(unknown)}{close}"
        problems.append(Problem(file, place, found, f"one of {_HOME[kind]}"))


def _same_letters(name: str, known: set) -> str | None:
    """Find the known name that looks the same on a screen and is stored otherwise (Unicode)."""
    if name.isascii():
        return None
    plain = {unicodedata.normalize("NFC", other): other for other in known}
    return plain.get(unicodedata.normalize("NFC", name))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(shown(name) for name in names[:3]) + more


def _check_target(known: set, reader: Reader) -> None:
    """The target gauge must be one of the gauges, and be named where there are several."""
    target = reader.settings.target_gauge if reader.settings else None
    unnamed = target is None and len(known) > 1
    if reader.settings and (unnamed or (target is not None and target not in known)):
        found = "nothing" if unnamed else f"unknown gauge_id {shown(target)}"
        expected = "one of gauges.csv: " + (_listed(sorted(known)) or "there is none")
        reader.problems.append(Problem(SETTINGS_FILE, "key target_gauge", found, expected))


def check_places(tables: Tables, reader: Reader) -> None:
    """Hold wells, gauges and the middle of the river against each other."""
    places = {"wells.csv": tables["wells"], "gauges.csv": tables["gauges"]}
    river = tables["river"]
    if river is not None and tables["wells"] is not None and "distance_to_river" in tables["wells"]:
        found = "a column that is computed from the river's course"
        expected = "no such column, or no river in basin.yml"
        reader.problems.append(Problem("wells.csv", "column distance_to_river", found, expected))
    if river is not None:
        places[reader.settings.river] = river.iloc[[len(river) // 2]].rename_axis("vertex")
    plausible.check_coordinates(places, reader.problems)


def check_periods(tables: Tables, settings: BasinSettings, problems: list[Problem]) -> None:
    """Hold the periods against the data: inside them, long enough, and none of them empty."""
    observed = {name: _times(tables[name]) for name in ("heads", "surface_water", "forcing")}
    targets = [times for name, times in observed.items() if name != "forcing" and len(times)]
    if not targets:
        return
    first, last = min(times.min() for times in targets), max(times.max() for times in targets)
    time = steps.calendar(first, last, settings.step)
    ends = steps.bin_ends(time, settings.step)
    for name in PERIODS:
        period = settings.period(name)
        if period.start < time[0] or period.end > ends[-1]:
            expected = f"days from {time[0]:%Y-%m-%d} to {ends[-1]:%Y-%m-%d}, where there are data"
            found = f"{period}, outside the data"
            problems.append(Problem(SETTINGS_FILE, f"key {name}", found, expected))
        else:
            _check_length(name, settings, time, ends, problems)
            _check_filled(name, period, observed, problems)
    _check_training_weather(tables["forcing"], settings.train, problems)


def _times(table: pd.DataFrame | None) -> pd.DatetimeIndex:
    """Give the times at which a table holds something, in any order."""
    if table is None:
        return pd.DatetimeIndex([])
    values = table.columns.drop(["date", *table.columns.intersection([*_HOME, "place"])])
    return pd.DatetimeIndex(table.loc[table[values].notna().any(axis=1), "date"].dropna())


def _during(times: pd.DatetimeIndex, period: Period) -> np.ndarray:
    return np.asarray((times >= period.start) & (times < period.end + pd.Timedelta(days=1)))


def _check_filled(name: str, period: Period, observed: dict, problems: list[Problem]) -> None:
    for table, times in observed.items():
        if len(times) and not _during(times, period).any():
            found = f"no value in the {name} period, {period}"
            problems.append(Problem(f"{table}.csv", "", found, "data in each period"))


def _check_length(
    name: str, settings: BasinSettings, time: pd.DatetimeIndex, ends: pd.DatetimeIndex,
    problems: list[Problem],
) -> None:  # fmt: skip
    """A period must hold one forecast; the training years, with what precedes, an encoder too."""
    period = settings.period(name)
    inside = int(((time >= period.start) & (ends <= period.end)).sum())
    before = int((ends <= period.end).sum())
    needed = settings.encoder_length + settings.lead_times
    if inside < settings.lead_times or (name == "train" and before < needed):
        found = f"{inside} whole steps ({settings.step}), {before} counted from the first datum"
        expected = (
            f"at least {settings.lead_times} (lead_times) and {needed} (with encoder_length): "
            "longer periods or smaller settings"
        )
        problems.append(Problem(SETTINGS_FILE, f"key {name}", found, expected))


def _check_training_weather(
    forcing: pd.DataFrame | None, train: Period, problems: list[Problem]
) -> None:
    """Each variable needs the training years, whose means fill its gaps."""
    if forcing is None:
        return
    during = forcing[_during(pd.DatetimeIndex(forcing["date"]), train)]
    for variable in _variables(forcing):
        if len(during) and during[variable].isna().all():
            found = f"no value in the train period, {train}"
            expected = "data in it, or no such column"
            problems.append(Problem("forcing.csv", f"column {shown(variable)}", found, expected))


def _variables(forcing: pd.DataFrame) -> Iterable[str]:
    return forcing.columns.drop(["date", "place"])
