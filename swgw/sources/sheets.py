"""A user's CSV and Excel files: read as text, then turned into numbers and metres."""

import contextlib
import csv
import datetime
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin import reading
from swgw.basin.settings import near, shown
from swgw.sources.days import EXCEL
from swgw.sources.mapping import UNITS, Section
from swgw.storage.errors import Problem, UserError, install

UTF_8 = "utf-8-sig"  # with or without the mark that spreadsheets put first


def read_sheet(section: Section, problems: list[Problem]) -> pd.DataFrame | None:
    """Read a section's file as text; None with a problem where it cannot be read."""
    keys, file = section.keys, section.file
    try:
        if file.suffix.lower() in EXCEL:
            table = _read_excel(file, keys.get("sheet"))
        else:
            table = _read_csv(file, keys)
    except (OSError, ValueError, LookupError, csv.Error) as error:
        found = str(error.strerror if isinstance(error, OSError) else error).strip().splitlines()
        expected = "a table with one header row; separator, encoding and sheet are keys of the "
        problems.append(Problem(file.name, "", found[0][:200] if found else "nothing to read",
                                expected + f"mapping's section {section.name}"))  # fmt: skip
        return None
    table = table.map(str.strip)
    return table[(table != "").any(axis=1)]


def blank_missing(table: pd.DataFrame, section: Section) -> tuple[pd.DataFrame, int]:
    """Empty the cells that the section's ``missing`` names, and count them."""
    missing = table.isin({str(value) for value in section.keys.get("missing", [])})
    return table.mask(missing, ""), int(missing.to_numpy().sum())


def _read_csv(file: Path, keys: dict) -> pd.DataFrame:
    encoding = keys.get("encoding", UTF_8)
    data = file.read_bytes()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        other = " UTF-8 (try `encoding: latin-1`)" if encoding == UTF_8 else f" {encoding}"
        raise ValueError(f"a character in line {line} that is not{other}") from None
    separator = keys.get("separator", ",")
    if len(separator) != 1:
        raise ValueError(f"the separator {shown(separator)}; expected one character")
    header = next(csv.reader(io.StringIO(text), delimiter=separator), [])
    _check_header(header)
    return pd.read_csv(
        io.StringIO(text), sep=separator, dtype=str, na_filter=False, skip_blank_lines=False,
        skipinitialspace=True,
    ).fillna("").rename(columns=str.strip)  # fmt: skip


def _check_header(header: list[str]) -> None:
    names = [name.strip() for name in header]
    if len(names) < 2:
        raise ValueError(f"one column only, {shown(','.join(names))}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ValueError(f"the column {shown(twice[0])} twice in the header row")


def _read_excel(file: Path, sheet: str | None) -> pd.DataFrame:
    try:
        import openpyxl
    except ImportError:
        raise UserError(
            f"reading {file.name} needs the package openpyxl, which is not installed: "
            + install("import")
        ) from None
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises many kinds for a file that is none
        raise ValueError(f"a file that is no Excel workbook ({type(error).__name__})") from None
    with contextlib.closing(book):
        if sheet is not None and sheet not in book.sheetnames:
            raise ValueError(f"no sheet {shown(sheet)}, only {', '.join(book.sheetnames)}")
        cells = list((book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True))
    texts = [[_text(cell) for cell in row] for row in cells]
    if not texts:
        raise ValueError("an empty sheet")
    _check_header(texts[0])
    return pd.DataFrame(texts[1:], columns=[name.strip() for name in texts[0]], dtype=str)


def _text(cell: object) -> str:
    """Turn a cell into text: days without their midnight, whole numbers without a decimal."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def has_columns(
    table: pd.DataFrame, section: Section, names: list[str], problems: list[Problem]
) -> bool:
    """Report columns that the mapping names and the file lacks; True if all are there."""
    lacking = [name for name in names if name not in table.columns]
    for name in lacking:
        found = "no such column, only " + shown(", ".join(table.columns))[1:-1]
        found += near(name, [column for column in table.columns if column])
        expected = f"the column that the mapping's section {section.name} names"
        expected += _exchanged(name, section, table)
        problems.append(Problem(section.file.name, f"column {shown(name)}", found, expected))
    return not lacking


def _exchanged(name: str, section: Section, table: pd.DataFrame) -> str:
    """Say so where the file has the identifier as a column, and not what should be its column."""
    sides = section.keys.get("columns", {}).items()
    if any(str(theirs) == name and str(ours) in table.columns for ours, theirs in sides):
        return (
            "; the two sides look exchanged: columns: {identifier in the folder: column of the "
            "file}"
        )
    return ""


def to_values(
    table: pd.DataFrame, column: str, variable: str, unit: str, section: Section,
    problems: list[Problem],
) -> pd.Series:  # fmt: skip
    """Turn a column of text into numbers in the unit of the folder."""
    texts = table[column]
    if section.file.suffix.lower() not in EXCEL:
        texts = _plain_numbers(table, column, section, problems)
    plain = table.assign(**{column: texts})
    found: list[Problem] = []
    numbers = reading.to_numbers(plain, section.file.name, column, found)
    problems.extend(_with_cure(problem, table[column], texts, section) for problem in found)
    factor, offset = UNITS[variable][unit] if variable in UNITS else (1.0, 0.0)
    return np.round(numbers * factor + offset, 9)


def _with_cure(problem: Problem, raw: pd.Series, texts: pd.Series, section: Section) -> Problem:
    """Quote what stands in the file, and name the key of the mapping that would mend it."""
    quoted = dict(zip(map(shown, texts[::-1]), map(shown, raw[::-1]), strict=True))
    value, *rest = problem.found.split(", a ", 1)
    found = ", a ".join([quoted.get(value, value), *rest])
    cure = ""
    if found.endswith("a decimal comma"):
        cure = 'decimal: ","'
    elif found.endswith("a comma between thousands"):
        cure = 'thousands: ","'
    elif found.endswith("a usual missing-value code"):
        cure = f"missing: [{quoted.get(value, value)[1:-1]}]"
    expected = problem.expected
    if section.keys.get("decimal", ".") == ",":
        expected = expected.replace("a decimal point", "a decimal comma, as the mapping says")
    expected += f"; add `{cure}` to the section {section.name}" * bool(cure)
    return replace(problem, found=found, expected=expected)


def _plain_numbers(
    table: pd.DataFrame, column: str, section: Section, problems: list[Problem]
) -> pd.Series:
    """Turn decimal commas and marks between thousands into plain numbers, where declared."""
    texts = table[column]
    decimal, thousands = section.keys.get("decimal", "."), section.keys.get("thousands", "")
    if thousands:
        texts = texts.str.replace(thousands, "", regex=False)
    if decimal == ".":
        return texts
    pointed = texts.str.contains(".", regex=False).to_numpy()
    if pointed.any():
        place = f"{reading.rows(pointed, table)}, column {shown(column)}"
        found = f"{shown(table[column].to_numpy()[pointed][0])}, with a point"
        expected = f"{decimal!r} before decimals, as the mapping says; thousands: '.' if it is that"
        problems.append(Problem(section.file.name, place, found, expected))
    return texts.mask(pointed, "").str.replace(decimal, ".", regex=False)
