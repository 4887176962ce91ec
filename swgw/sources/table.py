"""A user's own tables, long or wide, as the folder of a basin: read as a short mapping says."""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from swgw.basin.settings import load_yaml, near, shown
from swgw.sources import draft
from swgw.sources.draft import UNITS
from swgw.sources.sheets import Sheet
from swgw.storage import BasinError, Problem, UserError
from swgw.storage.files import write_folder, write_text

Read = Literal[
    "sep", "decimal", "thousands", "skiprows", "header", "names", "comment", "encoding",
    "na_values", "sheet_name", "usecols",
]  # fmt: skip
"""Keys that a section hands to pandas; none of them opens a file or runs code."""

Names = Annotated[list[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]
Place = Annotated[list[float], Field(min_length=2, max_length=3)]


class Section(BaseModel, extra="forbid", strict=True):
    """What all sections have: the file, how pandas reads it, dates, identifiers, units."""

    file: str = ""
    read: dict[Read, object] = {}
    date: Names = Field(["date"], min_length=1)
    date_format: str = ""
    well_id: str = ""
    gauge_id: str = ""
    units: dict[str, str] = {}


class Places(Section, extra="allow"):
    """``wells`` or ``gauges``: places in the mapping itself, or columns by their name in ours."""

    __pydantic_extra__: dict[str, str]
    places: dict[str, Place] = {}


class Heads(Section):
    """``heads``: long with an identifier and `value`, else wide."""

    value: str = ""
    columns: dict[str, str] = {}
    kind: Literal["head", "depth"] = "head"
    unit: str = ""


class SurfaceWater(Heads):
    """``surface_water``."""

    kind: Literal["discharge", "stage"] = "discharge"


class Forcing(Section):
    """``forcing``: for the whole basin, or for places with `well_id` or `gauge_id`."""

    precipitation: str = "precipitation"
    temperature: str = ""
    wind: str = ""
    pet: str = ""


class Mapping(BaseModel, extra="forbid", strict=True):
    """The whole mapping; `basin` holds keys for ``basin.yml``."""

    wells: Places | None = None
    heads: Heads | None = None
    gauges: Places | None = None
    surface_water: SurfaceWater | None = None
    forcing: Forcing | None = None
    river: str = ""
    basin: dict[str, object] = {}

    @model_validator(mode="after")
    def _complete(self):
        pairs = [(self.wells, self.heads), (self.gauges, self.surface_water)]
        if any((a is None) != (b is None) for a, b in pairs) or pairs == [(None, None)] * 2:
            raise ValueError("sections wells and heads, or gauges and surface_water, or all four")
        return self


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping.

    Parameters
    ----------
    path : Path
        The YAML file.

    Raises
    ------
    UserError
        With every problem found.
    """
    try:
        return Mapping.model_validate(load_yaml(path))
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise UserError(listed([_problem(path.name, fault) for fault in found])) from None
    except ValueError as error:
        raise UserError(str(Problem(path.name, *error.args, "plain YAML"))) from None


def listed(problems: list[Problem]) -> str:
    """Say all that was found, one problem a line."""
    count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
    return f"{count}; nothing was written:\n" + "\n".join(f"  - {p}" for p in problems)


def _problem(file: str, fault: dict) -> Problem:
    """Tell one of pydantic's findings in our words."""
    place = ", key ".join(str(part) for part in fault["loc"] if part != "[key]")
    place, kind, found = f"section {place}" * bool(place), fault["type"], shown(fault["input"])
    expected = fault["msg"].replace("Input should be ", "").removeprefix("Value error, ")
    if kind in ("missing", "value_error"):
        found = "nothing"
    elif kind == "extra_forbidden":
        known = [*Forcing.model_fields, *Heads.model_fields, *Mapping.model_fields]
        found = "an unknown key" + near(str(fault["loc"][-1]), known)
        expected = "a key that `swgw import table --help` lists"
    elif kind == "string_type":
        expected = "text, in quotes if it looks like a number"
    return Problem(file, place, found, expected)


KEYS = {"wells": "well_id", "heads": "well_id", "gauges": "gauge_id", "surface_water": "gauge_id"}
COORDINATES = ("longitude", "latitude", "surface_elevation")
WEATHER = ("precipitation", "temperature", "wind", "pet")


@dataclass(frozen=True)
class Understood:
    """A mapping, and by file name the tables of a basin and the user's files behind them.

    The index of a table numbers the rows of the user's file.
    """

    mapping: Mapping
    tables: draft.Tables = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    def __str__(self):
        """Say what was understood of each section: values, series, span, ranges, units."""
        said, units = "", {name: f"{name} [{next(iter(known))}]" for name, known in UNITS.items()}
        for name, table in self.tables.items():
            told = table.rename(columns=units).describe(include="all")
            told = told.reindex(["count", "unique", "min", "max"])
            told.loc["first"] = table.iloc[0].to_numpy()
            said += f"{name}, from {self.files[name].name}:\n{told.to_string(na_rep='')}\n\n"
        return said.rstrip()


def understand(files: list[Path], mapping: Path) -> Understood:
    """Read a user's files as a mapping says; nothing is written.

    Parameters
    ----------
    files : list of Path
        CSV or Excel; GeoJSON for the river.
    mapping : Path
        YAML, see :mod:`swgw.sources.table`.

    Raises
    ------
    UserError
        With every problem found: file, place, what was found, what is expected.
    """
    if lost := [str(file) for file in (*files, mapping) if not file.is_file()]:
        raise UserError(f"{lost[0]} is not a file")
    understood = Understood(read_mapping(mapping))
    problems: list[Problem] = []
    for name, section in understood.mapping:
        if not section or name == "basin":
            continue
        inline = getattr(section, "places", None)
        path = mapping if inline else _file(name, getattr(section, "file", section), files)
        if inline:
            rows = [[place, *numbers] for place, numbers in inline.items()]
            table = pd.DataFrame(rows, index=list(inline))
            table.columns = [KEYS[name], *COORDINATES][: table.shape[1]]
            understood.tables[f"{name}.csv"] = table
        elif name != "river":
            sheet = Sheet(name, path, section.read)
            understood.tables[f"{name}.csv"] = _table(name, section, sheet)
            problems += sheet.problems
        understood.files["river.geojson" if name == "river" else f"{name}.csv"] = path
    if problems:
        raise UserError(listed(problems))
    return understood


def _file(section: str, wanted: str, files: list[Path]) -> Path:
    """Find the file that a section names among those of the command, and no other."""
    for file in files:
        if wanted in (file.name, str(file)) or (not wanted and len(files) == 1):
            return file
    given = "one of the command's files, " + ", ".join(file.name for file in files)
    raise UserError(str(Problem("mapping", f"section {section}, key file", repr(wanted), given)))


def _table(name: str, section: Section, sheet: Sheet) -> pd.DataFrame | None:
    """Read the table of one section; None where a column lacks. Our names are the default."""
    key, kind = KEYS.get(name, ""), section.kind if isinstance(section, Heads) else ""
    names = {n: getattr(section, n, "") for n in ("well_id", "gauge_id", *WEATHER)}
    columns = {n: theirs for n, theirs in (names | (section.model_extra or {})).items() if theirs}
    wide = kind and not (columns or section.value)
    if wide:
        every = [n for n in sheet.cells if n not in section.date and not n.startswith("Unnamed: ")]
        columns = section.columns or dict(zip(every, every, strict=True))
    elif kind:
        columns = {key: key} | columns | {kind: section.value or kind}
    elif key:
        columns = {n: n for n in (key, *COORDINATES[:2])} | columns
    if kind and section.columns and not wide:
        sheet.report("", "columns beside well_id, gauge_id or value", "a wide table or a long one")
    dates = [] if key and not kind else section.date
    if sheet.problems or not sheet.has([*dates, *columns.values()]):
        return None
    table = {"date": sheet.times(dates, section.date_format)} if dates else {}
    for ours, theirs in columns.items():
        variable = kind if wide else ours
        if variable in (*COORDINATES, *WEATHER, kind):
            unit = section.unit if kind else section.units.get(variable, "")
            table[ours] = sheet.numbers(theirs, variable, unit)
        else:
            table[ours] = sheet.texts(theirs, required=ours == key)
    table = pd.DataFrame(table)
    if wide:
        table = table.melt("date", var_name=key, value_name=kind, ignore_index=False)
    if kind:
        table = table.dropna(subset=kind).sort_values([key, "date"], kind="stable")
    if table.empty and not sheet.problems:
        sheet.report("", "no value", "at least one")
    return table


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
    tables, basin = understood.tables, understood.mapping.basin
    given: dict = {"name": draft.folder_name(folder, "basin"), "virtual": False}
    if "surface_water.csv" in tables:
        given["surface_water"] = understood.mapping.surface_water.kind
        given["target_gauge"] = tables["gauges.csv"]["gauge_id"].iloc[0]
    with write_folder(folder) as new:
        draft.write_tables(new, tables)
        if "river.geojson" in understood.files:
            given["river"] = "river.geojson"
            shutil.copyfile(understood.files["river.geojson"], new / "river.geojson")
        draft.write_settings(new, "table", tables, given | basin)
        told = {key: basin.get(key, "not stated") for key in ("licence", "citation")}
        source = draft.describe(
            "table", **told, files=draft.digests([*files, mapping]),
            words=re.sub("(?m)^", "    ", str(understood)),
            mapping=re.sub("(?m)^", "    ", mapping.read_text("utf-8-sig")),
        )  # fmt: skip
        write_text(new / "SOURCE.md", source)
        try:
            return draft.assert_sound(new, folder)
        except BasinError as error:
            problems = [_told(problem, understood) for problem in error.problems]
            raise UserError(listed(problems)) from None


def _told(problem: Problem, understood: Understood) -> Problem:
    """Add to a problem of the folder, which was not written, its place in the user's file."""
    if problem.file not in understood.tables:
        return problem
    place = understood.files[problem.file].name
    if row := re.match(r"rows? (\d+)", problem.place):
        place += f", row {understood.tables[problem.file].index[int(row[1]) - 2]}"
    return replace(problem, place=f"{problem.place} [{place}]".strip())
