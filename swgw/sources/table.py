"""A user's own tables, long or wide, as the folder of a basin: read as a short mapping says."""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyproj
import shapely
from pydantic import BaseModel

from swgw import sources
from swgw.basin.tables import PAIRS, PARTNERS, listed
from swgw.sources import UNITS, to_ours
from swgw.sources.advice import advise, look
from swgw.sources.mapping import FORMATS, all_told, read_mapping
from swgw.sources.sheets import COORDINATES, Sheet
from swgw.storage import BasinError, Problem, UserError
from swgw.storage.files import write_folder, write_text

IDS = {"wells": "well_id", "heads": "well_id", "gauges": "gauge_id", "surface_water": "gauge_id"}
SIDES = dict(zip(COORDINATES, ("EW", "NS"), strict=False))
WEATHER = ("precipitation", "temperature", "wind", "pet")


@dataclass
class Understood:
    """A mapping, and by file name the tables of a basin; the river as GeoJSON.

    The index of a table has the user's file and the row in it.
    """

    mapping: BaseModel
    tables: sources.Tables = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    river: str = ""

    def source(self, file: str) -> str:
        """Name the user's files behind a table."""
        return listed(list(self.tables[file].index.get_level_values(0).unique())).replace("'", "")

    def __str__(self):
        """Say what was understood of each section: values, series, span, ranges, units."""
        said, units = "", {name: f"{name} [{next(iter(known))}]" for name, known in UNITS.items()}
        for name, table in self.tables.items():
            told = table.rename(columns=units).describe(include="all")
            told = told.reindex(["count", "unique", "min", "max"])
            clear = table["date"].dt.day > 12 if "date" in table else [False]  # no month
            told.loc["such as"] = (table[clear] if any(clear) else table).iloc[0].to_numpy()
            said += f"{name}, from {self.source(name)}:\n{told.to_string(na_rep='')}\n\n"
        return (said + "\n".join(self.notes)).rstrip()


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
    understood, problems = Understood(read_mapping(mapping)), []
    tables, river = understood.tables, understood.mapping.river
    for name in (*IDS, "forcing"):
        if section := getattr(understood.mapping, name):
            given = [mapping] if getattr(section, "places", {}) else files
            home = tables.get(PARTNERS.get(f"{name}.csv"), pd.DataFrame())
            read = [*_read(name, _completed(name, section), given, home)]
            understood.notes += [note for sheet, _ in read for note in sheet.notes]
            problems += (faults := [fault for sheet, _ in read for fault in sheet.problems])
            if not faults:
                names = [sheet.file.name for sheet, _ in read]
                tables[f"{name}.csv"] = table = pd.concat([t for _, t in read], keys=names)
                if table.empty:
                    problems.append(Problem(", ".join(names[:3]), "", "no value", "at least one"))
    if problems:
        raise UserError(all_told(problems))
    understood.notes += _leave_out_empty(tables)
    if river:
        text = _files("river", river, files)[0][0].read_text("utf-8-sig", errors="replace")
        shape = shapely.from_geojson(text, on_invalid="ignore") if river.crs else None
        turned = shape and shapely.transform(shape, partial(_degrees, river.crs))
        understood.river = shapely.to_geojson(turned) if turned else text
    return understood


def _read(name: str, section: BaseModel, files: list[Path], home: pd.DataFrame) -> Iterator:
    """Read the files of a section; one without identifiers is of the station that its head names.

    Else it is of the only place at `home`, or of that for which the star in its name stands.
    """
    found, label = _files(name, section, files), getattr(section, "station", "")
    only = home.iloc[0, 0] if len(home) == len(found) == 1 else ""
    for path, star in found:
        sheet = Sheet(name, path, section)
        after = [line.partition(label)[2] for line in sheet.head if label and label in line]
        yield sheet, _table(name, sheet, after[0].strip(' ;,\t"') if after else only or star)


def _files(name: str, section: BaseModel, files: list[Path]) -> list[tuple[Path, str]]:
    """Find the files of a section, and what its star stands for, among the command's."""
    wanted = getattr(section, "files", "") or section.file
    form = re.compile(re.escape(wanted).replace(r"\*", "(.*)") or ".*")
    names = [unicodedata.normalize("NFC", file.name) for file in files]
    fits = [form.fullmatch(n) or form.fullmatch(str(f)) for n, f in zip(names, files, strict=True)]
    if not any(fits) or (not wanted and len(files) > 1):
        given = "one of the command's files, " + ", ".join(names)
        raise UserError(str(Problem("mapping", f"section {name}, key file", repr(wanted), given)))
    found = [(file, fit) for file, fit in zip(files, fits, strict=True) if fit]
    return [(file, fit[1] if form.groups else file.stem) for file, fit in found]


def _completed(name: str, section: BaseModel) -> BaseModel:
    """Complete a section by its format; its own keys win."""
    form = FORMATS.get(section.format, {})
    form = form | form.get(getattr(section, "kind", ""), {})
    keys = {IDS.get(name) if key == "id" else key: form[key] for key in form}
    if getattr(section, "columns", {}):
        keys |= {"value": [], IDS[name]: []}
    new = keys.keys() & type(section).model_fields.keys() - section.model_fields_set
    read = {"read": keys.get("read", {}) | section.read}
    return section.model_copy(update={key: keys[key] for key in new} | read)


def _columns(sheet: Sheet, key: str, kind: str, station: str) -> tuple[dict[str, list[str]], bool]:
    """Give the file's columns for each of ours, and whether they are places of a wide table.

    Our names are the default.
    """
    section = sheet.section
    names = {n: getattr(section, n, []) for n in ("well_id", "gauge_id", *WEATHER)}
    columns = {n: theirs for n, theirs in (names | (section.model_extra or {})).items() if theirs}
    if kind and not (columns or section.value):
        every = [n for n in sheet.cells if n not in section.date and not n.startswith("Unnamed: ")]
        return {n: [c] for n, c in (section.columns or {n: n for n in every}).items()}, True
    if kind:
        ids = {} if station and key not in sheet.cells else {key: [key]}
        columns = ids | columns | {kind: [*filter(None, section.value)] or [kind]}
    elif key:
        ground = [n for n in COORDINATES[2:] if n in sheet.cells]
        columns = {n: [n] for n in (key, *COORDINATES[:2], *ground)} | columns
    if kind and section.columns:
        sheet.report("", "columns beside well_id, gauge_id or value", "a wide table or a long one")
    return columns, False


def _table(name: str, sheet: Sheet, station: str) -> pd.DataFrame | None:
    """Read the table of one section; None where a column lacks."""
    section, key, kind = sheet.section, IDS.get(name, ""), getattr(sheet.section, "kind", "")
    columns, wide = _columns(sheet, key, kind, station)
    columns = {ours: [sheet.find(n) for n in theirs] for ours, theirs in columns.items()}
    dates = [sheet.find(n) for n in section.date] if kind or not key else []
    if section.format:
        dates = [n for n in dates if n in sheet.cells] or dates
        columns = {n: t for n, t in columns.items() if t[0] in sheet.cells or n not in WEATHER[1:]}
    sheet.keep(section.where)
    if sheet.problems or not sheet.has(used := [*dates, *itertools.chain(*columns.values())]):
        return None
    table = pd.DataFrame({"date": sheet.times(dates)} if dates else {}, index=sheet.cells.index)
    for ours, theirs in columns.items():
        if wide or ours in (*COORDINATES, *WEATHER, kind):  # of several the mean, as of extremes
            parts = [sheet.numbers(n, SIDES.get(ours, "")) for n in theirs]
            table[ours] = sum(parts) / len(parts)
        else:
            table[ours] = sheet.texts(theirs, required=ours == key)
    if wide:
        table = table.melt("date", var_name=key, value_name=kind, ignore_index=False)
    elif kind and key not in table:
        table.insert(1, key, station)
    for name in section.units.keys() - table.columns:
        expected = "one of " + ", ".join(table.columns.intersection(list(UNITS)))
        sheet.report(f"key units, key {name}", "a unit of nothing here", expected)
    if kind:
        table = table.dropna(subset=kind).sort_values([key, "date"], kind="stable")
        table = look(table, sheet, used)
    return _in_our_units(table, section, sheet.name)


def _in_our_units(table: pd.DataFrame, section: BaseModel, name: str) -> pd.DataFrame:
    """Turn units, monthly totals and projected coordinates."""
    for variable in table.columns.intersection(list(UNITS)):
        unit = section.units.get(variable, getattr(section, "unit", ""))
        unit = unit or next(iter(UNITS[variable]))
        days = table["date"].dt.days_in_month if unit.endswith("/month") else 1
        table[variable] = to_ours(table[variable] / days, variable, unit, f"section {name}")
    if crs := getattr(section, "crs", ""):
        table[list(COORDINATES[:2])] = _degrees(crs, table[list(COORDINATES[:2])].to_numpy())
    return table


def _degrees(crs: str, points: np.ndarray) -> np.ndarray:
    """Turn points (point, 2) of a coordinate system into degrees."""
    try:
        turn = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    except pyproj.exceptions.CRSError:
        known = "a coordinate system, such as EPSG:31287"
        raise UserError(str(Problem("mapping", "key crs", repr(crs), known))) from None
    if turn.source_crs.is_projected and (np.abs(points) <= 180).all():
        found = f"{crs}, whose unit is no degree, for points such as {points[0].tolist()}"
        raise UserError(str(Problem("mapping", "key crs", found, "no such key for degrees")))
    return np.column_stack(turn.transform(*points.T)).round(7)


def _leave_out_empty(tables: sources.Tables) -> Iterator[str]:
    """Leave out places without a value, if every series has its place, and say so."""
    for places, series in PAIRS.items():
        key, empty = IDS[places.removesuffix(".csv")], pd.DataFrame(columns=list(IDS.values()))
        known, seen = (set(tables.get(file, empty)[key]) for file in (places, series))
        if (lost := known - seen) and seen <= known:
            for file in (places, "forcing.csv"):
                if key in tables.get(file, empty[[]]):
                    tables[file] = tables[file][~tables[file][key].isin(lost)]
            yield f"{places}: {len(lost)} without a value left out: {listed(sorted(lost))}"


def write(
    folder: str | Path, understood: Understood, files: list[Path], mapping: Path,
    preview: bool = False, overwrite: bool = False,
) -> list[str]:  # fmt: skip
    """Write what was understood as the folder of a basin, whole or not at all.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    understood : Understood
    files : list of Path
    mapping : Path
    preview : bool
        Whether to check only, and to write nothing.
    overwrite : bool
        Whether to replace a folder that an import has written.

    Returns
    -------
    list of str
        What can be doubted, with the places in the user's own files.

    Raises
    ------
    UserError
        If the folder holds something, the records share no time, or the check would refuse the
        folder; the last with the places in the user's own files.
    """
    tables, basin = understood.tables, understood.mapping.basin
    given: dict = {"name": sources.folder_name(folder, "basin")}
    if "surface_water.csv" in tables:
        given["surface_water"] = tables["surface_water.csv"].columns[2]
        given["target_gauge"] = tables["gauges.csv"]["gauge_id"].iloc[0]
    told = {key: basin.get(key, "not stated") for key in ("licence", "citation")}
    quoted = {"words": str(understood), "mapping": mapping.read_text("utf-8-sig")}
    told |= {key: re.sub("(?m)^", "    ", text) for key, text in quoted.items()}
    with TemporaryDirectory() as lost, write_folder(
        Path(lost, "a") if preview else folder, overwrite) as new:  # fmt: skip
        sources.write_tables(new, tables)
        if understood.river:
            given["river"] = "river.geojson"
            write_text(new / "river.geojson", understood.river)
        sources.write_settings(new, "table", tables, given | basin)
        told["files"] = sources.digests([*files, mapping])
        write_text(new / "SOURCE.md", sources.describe("table", **told))
        try:
            remarks = sources.assert_sound(new, folder)
        except BasinError as error:
            problems = [_told(problem, understood) for problem in error.problems]
            raise UserError(all_told(problems)) from None
    return [str(_told(remark, understood)) for remark in remarks]


def _told(problem: Problem, understood: Understood) -> Problem:
    """Add to a problem of the folder its place in the user's file, and how it is accepted."""
    if problem.rule:
        rules = [*understood.mapping.basin.get("accept", []), problem.rule]
        accept = advise(basin={"accept": rules})
        told = f"{problem.expected} (if it is true: {accept} in the mapping)"
        problem = replace(problem, expected=told, rule="")
    if problem.file not in understood.tables:
        return problem
    place = understood.source(problem.file)
    if row := re.match(r"rows? (\d+)", problem.place):
        place = "{}, row {}".format(*understood.tables[problem.file].index[int(row[1]) - 2])
    return replace(problem, place=f"{problem.place} [{place}]".strip())
