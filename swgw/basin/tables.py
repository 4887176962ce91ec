"""The tables of a basin folder: what each must hold (pandera), and how they are read."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from swgw.basin import reading
from swgw.basin.settings import BasinSettings, near, shown
from swgw.storage.errors import Problem
from swgw.storage.share import shared

Tables = dict[str, pd.DataFrame | None]
PAIRS = {"wells.csv": "heads.csv", "gauges.csv": "surface_water.csv"}
PARTNERS = PAIRS | {series: places for places, series in PAIRS.items()}


def _column(row: NamedTuple) -> pa.Column:
    """Make the schema of a column from its row in the table of columns."""
    kind = float if row.kind == "number" else None
    rule = pa.Check.in_range(row.low, row.high, error=row.expected) if kind else None
    return pa.Column(kind, rule, nullable=True, required=row.required, title=row.kind)


COLUMNS = pd.read_csv(shared("columns.csv"))
"""Every known column: its file, kind, range and whether it is required."""

SCHEMAS = {
    file: pa.DataFrameSchema({row.column: _column(row) for row in columns.itertuples()})
    for file, columns in COLUMNS.groupby("file", sort=False)
}
"""By file: the known columns and their ranges; text has become dates and numbers before."""


def read_tables(folder: Path, settings: BasinSettings | None, problems: list[Problem]) -> Tables:
    """Read the tables of a folder; append what is wrong with each by itself to `problems`.

    Returns
    -------
    dict of str to DataFrame or None
        By file, None where it cannot be read: ``wells.csv`` and ``gauges.csv`` with their
        identifier as index, ``heads.csv`` and ``surface_water.csv`` as date, identifier, value,
        ``forcing.csv`` as ``date``, ``place``, variables. Wells and heads, and gauges and surface
        water, come in pairs; a pair that is not there is empty.
    """
    kind = (settings.surface_water,) if settings else ("discharge", "stage")
    choices = {"heads.csv": ("head", "depth"), "surface_water.csv": kind}
    there = {file for file in SCHEMAS if (folder / file).exists()}
    if not there - {"forcing.csv"}:
        expected = "these two files, or gauges.csv and surface_water.csv, or all four"
        problems.append(Problem("wells.csv and heads.csv", "", "no such files", expected))
    tables: Tables = {}
    for file, partner in PARTNERS.items():
        if {file, partner} & there:
            tables[file] = _read(folder, file, choices.get(file, ()), problems)
        else:
            nothing = pd.DataFrame(columns=list(SCHEMAS[file].columns)[:3], dtype=str)
            tables[file] = _typed(nothing, file, problems)
        if file in PAIRS and tables[file] is not None:
            tables[file] = tables[file].set_index(next(iter(SCHEMAS[file].columns)))
    tables["forcing.csv"] = _read(folder, "forcing.csv", (), problems)
    return tables


def _read(
    folder: Path, file: str, choices: tuple[str, ...], problems: list[Problem]
) -> pd.DataFrame | None:
    """Read, type and check a table; of a series keep the one of `choices` that it has."""
    weather = "with at least date and precipitation; `swgw import power` writes one"
    why = f"which belongs to {PARTNERS[file]}" if file in PARTNERS else weather
    path = reading.find_file(folder, file, why, problems)
    raw = None if path is None else reading.read_table(path, problems)
    if raw is None:
        return None
    columns, names = SCHEMAS[file].columns, shown(", ".join(raw.columns))[1:-1]
    lacking = [name for name in columns if columns[name].required and name not in raw]
    found, expected = f"no such column, only {names}", "this required column"
    faults = [Problem(file, f"column {name}", found, expected) for name in lacking]
    there = [name for name in choices if name in raw]
    if raw.empty:
        faults.append(Problem(file, "", "no row below the header", "data"))
    if choices and not lacking and len(there) != 1:
        place, found = f"column {' or '.join(choices)}", " and ".join(there) or f"columns {names}"
        faults.append(Problem(file, place, found, "exactly one such column"))
    problems.extend(faults)
    for name in raw.columns.difference(list(columns), sort=False):
        if guess := near(name, list(columns)):
            found, expected = f"an unknown column{guess}", "a known name, or one unlike any"
            problems.append(Problem(file, f"column {shown(name)}", found, expected))
    raw = raw[[*list(columns)[:2], *there]] if choices and not faults else raw
    return None if faults else _checked(_typed(raw, file, problems), file, problems)


def _typed(raw: pd.DataFrame, file: str, problems: list[Problem]) -> pd.DataFrame:
    """Turn columns of text into dates, identifiers and numbers; attributes may stay text."""
    typed, known = {}, SCHEMAS[file].columns
    for name in raw.columns:
        kind = known[name].title if name in known else "attribute"
        if kind == "text":
            typed[name] = raw[name]
        elif kind == "date":
            typed[name] = reading.to_dates(raw, file, problems)
        elif kind == "identifier":
            typed[name] = reading.to_ids(raw, file, name, problems, known[name].required)
        elif kind == "number" or file == "forcing.csv":
            required = name in ("longitude", "latitude")
            typed[name] = reading.to_numbers(raw, file, name, problems, required)
        else:
            unnoticed: list[Problem] = []  # text is as good as numbers in an attribute
            numbers = reading.to_numbers(raw, file, name, unnoticed)
            typed[name] = raw[name] if unnoticed else numbers
    table = pd.DataFrame(typed, index=raw.index)
    return _with_places(table, problems) if file == "forcing.csv" else table


def _with_places(forcing: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """Name the places of the weather: ``basin``, ``well:<id>`` or ``gauge:<id>``."""
    nowhere = pd.Series("", index=forcing.index)
    wells, gauges = forcing.get("well_id", nowhere), forcing.get("gauge_id", nowhere)
    both = ((wells != "") & (gauges != "")).to_numpy()
    if both.any():
        found, expected = "a well_id and a gauge_id in one row", "one of them, or neither"
        problems.append(Problem("forcing.csv", reading.rows(both, forcing), found, expected))
    place = ("well:" + wells).where(wells != "", ("gauge:" + gauges).where(gauges != "", "basin"))
    variables = forcing.columns.drop(["date", "well_id", "gauge_id"], errors="ignore")
    return forcing.assign(place=place)[["date", "place", *variables]]


def _checked(table: pd.DataFrame, file: str, problems: list[Problem]) -> pd.DataFrame:
    """Report values out of range, which become NaN for all later checks, and keys given twice."""
    try:
        SCHEMAS[file].validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        for (column, expected), group in cases.groupby(["column", "check"], sort=False):
            bad = table.index.isin(group["index"])
            problems += reading.report(table, bad, file, column, expected)
            table = table.assign(**{column: table[column].mask(bad)})
    keys = list(table.columns[:2]) if "date" in table else list(SCHEMAS[file].columns)[:1]
    twice = (table.duplicated(keys, keep=False) & table[keys].notna().all(axis=1)).to_numpy()
    if twice.any():
        key, first = keys[-1], table[twice].iloc[0]
        found, expected = f"{key} {shown(first[key])} more than once", f"one row for each {key}"
        if "date" in table:
            found = f"{first['date']:%Y-%m-%d} twice for {key} {shown(first[key])}"
            expected = "each date once in a series"
        problems.append(Problem(file, reading.rows(twice, table), found, expected))
    return table
