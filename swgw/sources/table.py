"""A user's own tables, long or wide, as the folder of a basin: read as a short mapping says."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from swgw.basin import check, reading
from swgw.basin.settings import NAME
from swgw.sources import days, draft, sheets
from swgw.sources.mapping import (
    FORM,
    PLACES,
    SERIES,
    UNITS,
    WEATHER,
    Mapping,
    Section,
    read_mapping,
    refuse,
)
from swgw.sources.origin import Origin, origin_of, told
from swgw.storage.errors import BasinError, Problem, UserError
from swgw.storage.files import write_folder, write_text


@dataclass(frozen=True)
class Understood:
    """The tables of a basin and where they come from, by file name, and that in words."""

    mapping: Mapping
    tables: dict[str, pd.DataFrame]
    origins: dict[str, Origin]
    words: tuple[str, ...]


def understand(files: list[Path], mapping: Path) -> Understood:
    """Read a user's files as a mapping says; nothing is written.

    Parameters
    ----------
    files : list of Path
        CSV or Excel.
    mapping : Path
        YAML, see :mod:`swgw.sources.mapping`.

    Raises
    ------
    UserError
        With every problem found: file, place, what was found, what is expected.
    """
    parsed = read_mapping(mapping, files)
    problems: list[Problem] = []
    read = [_read(section, problems) for section in parsed.sections.values()]
    refuse(problems)
    found = {f"{section.name}.csv": (section, table) for section, table, _ in filter(None, read)}
    tables = {name: table.reset_index(drop=True) for name, (_, table) in found.items()}
    origins = {name: origin_of(section, table) for name, (section, table) in found.items()}
    return Understood(parsed, tables, origins, tuple(words for _, _, words in filter(None, read)))


def _read(section: Section, problems: list[Problem]) -> tuple[Section, pd.DataFrame, str] | None:
    """Read a section: its table, with the rows of the file as index, and what it is in words."""
    if "places" in section.keys:
        table = _inline(section)
        return section, table, _words(section, table, table)
    raw = sheets.read_sheet(section, problems)
    if raw is None:
        return None
    sheet, dropped = sheets.blank_missing(raw, section)
    read = _places if section.name in PLACES else _weather
    read = _series if section.name in SERIES else read
    table = read(sheet, section, problems)
    if table is None:
        return None
    _report_empty(section, table, problems)
    if problems:
        return None
    words = _words(section, sheet, table)
    if dropped:
        names = ", ".join(str(value) for value in section.keys["missing"])
        words += f"; {dropped} cell{'s' * (dropped > 1)} with {names} taken for gaps"
    return section, table, words


def _report_empty(section: Section, table: pd.DataFrame, problems: list[Problem]) -> None:
    file = section.file.name
    if table.empty and not any(problem.file == file for problem in problems):
        expected = f"at least one for the mapping's section {section.name}"
        problems.append(Problem(file, "", "no value", expected))


def write(folder: str | Path, understood: Understood, files: list[Path], mapping: Path) -> bool:
    """Write what was understood as the folder of a basin, whole or not at all.

    Returns
    -------
    bool
        Whether the folder has its weather.

    Raises
    ------
    UserError
        If the folder holds something, the records share no time, or the check would refuse the
        folder; the last with the places in the user's own files.
    """
    with write_folder(folder) as new:
        draft.write_tables(new, understood.tables)
        given = _given(Path(folder), understood) | understood.mapping.basin
        draft.write_settings(new, "table", understood.tables, given)
        write_text(new / "SOURCE.md", _source(understood, files, mapping))
        try:
            return draft.assert_sound(new, folder)
        except BasinError as error:
            basin = Origin(Section("basin", mapping, understood.mapping.basin), pd.Index([]))
            origins = understood.origins | {"basin.yml": basin}
            raise UserError(told(error.problems, origins)) from None


def _inline(section: Section) -> pd.DataFrame:
    """Give the places that stand in the mapping itself."""
    places = section.keys["places"]
    table = pd.DataFrame(list(places.values()))
    table.columns = ["longitude", "latitude", "surface_elevation"][: table.shape[1]]
    table.insert(0, PLACES[section.name], list(places))
    return table


def _places(sheet: pd.DataFrame, section: Section, problems: list[Problem]) -> pd.DataFrame | None:
    """Read wells or gauges: their identifier, coordinates, and every other key as an attribute."""
    form = {*FORM, "units"}
    columns = {key: name for key, name in section.keys.items() if key not in form}
    if not sheets.has_columns(sheet, section, list(columns.values()), problems):
        return None
    units = section.keys.get("units", {})
    table = {}
    for ours, theirs in columns.items():
        if ours in ("longitude", "latitude", "surface_elevation"):
            unit = units.get(ours, "m")
            table[ours] = sheets.to_values(sheet, theirs, ours, unit, section, problems)
        else:
            table[ours] = sheet[theirs]
    key = PLACES[section.name]
    table[key] = reading.to_ids(sheet, section.file.name, columns[key], problems)
    return pd.DataFrame(table)


def _series(sheet: pd.DataFrame, section: Section, problems: list[Problem]) -> pd.DataFrame | None:
    """Read heads or surface water, long or wide, into rows ``date``, identifier, value."""
    keys = section.keys
    key, kinds = SERIES[section.name]
    kind = keys.get("kind", kinds[0])
    unit = keys.get("unit", next(iter(UNITS[kind])))
    long = key in keys
    wide = keys.get("columns") or {
        name: name for name in sheet.columns if name and name != keys["date"]
    }
    wanted = [keys[key], keys["value"]] if long else [str(name) for name in wide.values()]
    if not sheets.has_columns(sheet, section, [keys["date"], *wanted], problems):
        return None
    dates = days.to_times(sheet, section, problems)
    if long:
        ids = reading.to_ids(sheet, section.file.name, keys[key], problems)
        values = sheets.to_values(sheet, keys["value"], kind, unit, section, problems)
        parts = [pd.DataFrame({"date": dates, key: ids, kind: values})]
    else:
        parts = [
            pd.DataFrame({"date": dates, key: str(ours),
                          kind: sheets.to_values(sheet, str(theirs), kind, unit, section,
                                                 problems)})
            for ours, theirs in wide.items()
        ]  # fmt: skip
    table = pd.concat(parts).dropna(subset=kind)
    return table.sort_values([key, "date"], kind="stable")


def _weather(sheet: pd.DataFrame, section: Section, problems: list[Problem]) -> pd.DataFrame | None:
    """Read the weather: one row a time, and a place where the mapping names one."""
    keys = section.keys
    variables = [name for name in WEATHER if name in keys]
    ids = [name for name in ("well_id", "gauge_id") if name in keys]
    names = [keys[name] for name in ("date", *ids, *variables)]
    if not sheets.has_columns(sheet, section, names, problems):
        return None
    table = {"date": days.to_times(sheet, section, problems)}
    for name in ids:
        table[name] = sheet[keys[name]]
    for name in variables:
        unit = keys.get("units", {}).get(name, next(iter(UNITS[name])))
        table[name] = sheets.to_values(sheet, keys[name], name, unit, section, problems)
    return pd.DataFrame(table)


def _words(section: Section, sheet: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say in a line or two what was understood of one section."""
    start = f"{section.name}: {section.file.name}, {len(sheet)} row{'s' * (len(sheet) != 1)}"
    if section.name in PLACES:
        ids = table[PLACES[section.name]]
        places = f"{len(table)} place{'s' * (len(table) != 1)}"
        return f"{start}, {places} ({', '.join(ids[:3])}{', …' * (len(ids) > 3)})"
    span = f"{table['date'].min():%Y-%m-%d} to {table['date'].max():%Y-%m-%d}"
    span += days.words(sheet, section)
    if section.name == "forcing":
        ranges = [_range(table[name], name, section.keys.get("units", {}).get(name))
                  for name in WEATHER if name in table]  # fmt: skip
        return f"{start}, {span}; " + "; ".join(ranges)
    key, kinds = SERIES[section.name]
    kind = section.keys.get("kind", kinds[0])
    layout = "long" if key in section.keys else "wide"
    series = table[key].nunique()
    return f"{start}, {layout}, {series} series with {len(table)} values, {span}; " + _range(
        table[kind], kind, section.keys.get("unit")
    )


def _range(values: pd.Series, variable: str, unit: str | None) -> str:
    ours = next(iter(UNITS[variable]))
    turned = f" (from {unit})" if unit and unit != ours else ""
    return f"{variable} {values.min():.4g} to {values.max():.4g} {ours}{turned}"


def preview(understood: Understood) -> str:
    """Say what was understood: rows, spans, units, series, and the first values of each table."""
    parts = list(understood.words)
    for name, table in understood.tables.items():
        parts.append(f"\n{name}\n{table.head(3).to_string(index=False)}")
    series = {name: table for name, table in understood.tables.items() if "date" in table}
    step = understood.mapping.basin.get("step") or draft.usual_step(series)
    parts.append(f"\nstep: {step}")
    return "\n".join([*parts, *_notes(understood.tables)])


def _notes(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Say what deserves a look before anything is written."""
    wells = tables.get("wells.csv")
    found = [check.where(wells, tables.get("gauges.csv"))]
    return [note for note in found if note]


def _given(folder: Path, understood: Understood) -> dict:
    tables = understood.tables
    given = {"name": folder.name if NAME.fullmatch(folder.name) else "basin", "virtual": False}
    if "surface_water.csv" in tables:
        given["surface_water"] = tables["surface_water.csv"].columns[-1]
        given["target_gauge"] = str(tables["gauges.csv"]["gauge_id"].iloc[0])
    return given


def _source(understood: Understood, files: list[Path], mapping: Path) -> str:
    digests = "\n".join(
        f"- `{path.name}`\n  SHA-256 `{hashlib.sha256(path.read_bytes()).hexdigest()}`"
        for path in [*files, mapping]
    )
    words = "\n".join(f"- {line}" for line in understood.words)
    basin = understood.mapping.basin
    indented = "\n".join("    " + line for line in mapping.read_text("utf-8-sig").splitlines())
    return f"""\
# Where these data come from

The user's own tables, imported on {datetime.date.today()}:

{digests}

- **Licence**: {basin.get("licence", "not stated")}
- **Citation**: {basin.get("citation", "not stated")}

## What was understood

{words}

The mapping was:

{indented}
"""
