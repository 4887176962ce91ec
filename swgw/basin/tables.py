"""The tables of a basin folder: what each must hold, and how they are read.

They are read as text and turned into dates and numbers in the open. Every function takes a list of
problems and appends to it; nothing is repaired in silence.
"""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.settings import BasinSettings, listed, near, shown
from swgw.storage import Problem
from swgw.storage.files import shared

GAPS = ("", "NaN", "nan", "NA")
# Numbers that loggers and agencies write for a gap; none can be a level, a flow or weather.
MISSING_CODES = (-999, -999.9, -999.99, -9999, -9999.9, -9999.99, -6999, -7999, -99999, -999999)

HUGE = 1e19  # and every larger number: 1e20, 1e30, netCDF's 9.97e36
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?")
_DAYS = "YYYY-MM-DD, with or without HH:MM, between 1800 and 2200, in local time without a zone"
_YEARS = (1800, 2200)  # a date outside is a typing error, and would make a huge calendar
# What a text that is no date or no number may be.
_LIKE = (
    (_DATE.pattern + r"(\.\d+)? ?([A-Z]{1,5}|[+-]\d{2}:?\d{2})", " but a time with a time zone"),
    (r"\d{5}(\.\d+)?", " but looks like Excel's count of days"),
    (r"\s*-?\d+,\d+\s*", ", a decimal comma"),
    (r"\s*-?\d{1,3}(,\d{3})+\.\d*\s*", ", a comma between thousands"),
)

_NAME = re.compile(r"[^\W\d_][\w -]*")
# Names of columns that models use themselves, or that PyTorch has as attributes of a module.
RESERVED = set(shared("reserved.txt").read_text().split())

_MARKS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def rows(where: np.ndarray, table: pd.DataFrame) -> str:
    """Name the rows of `table` where `where` holds, as a spreadsheet counts them."""
    numbers = list(table.index[where] + 2)  # the header is row 1
    return f"row{'s' * (len(numbers) > 1)} {listed(numbers)}"


def report(
    table: pd.DataFrame, where: np.ndarray, file: str, column: str, expected: str, what: str = ""
) -> list[Problem]:
    """Report the rows where `where` holds, if any: the first value there, and `what` it is."""
    where = np.asarray(where)
    if not where.any():
        return []
    value = table[column].to_numpy()[where][0]
    number = not isinstance(value, str)
    found = f"{value:.10g}" if number else shown(value) if value else "an empty cell"
    like = [words for form, words in _LIKE if not number and re.fullmatch(form, value)]
    place = f"{rows(where, table)}, column {shown(column)[1:-1]}"
    return [Problem(file, place, found + what + "".join(like[:1]), expected)]


def find_file(folder: Path, name: str, why: str, problems: list[Problem]) -> Path | None:
    """Give the path of a file of the folder; None with a problem if it lacks or leaves the folder.

    `why` says what the file is needed for.
    """
    path = folder / name
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # such as links in a circle
        inside = False
    if inside and path.is_file():
        return path
    beyond = ("a path or link that leaves the folder", "the plain name of a file inside it")
    wrong = ("no such file", f"this file, {why}") if inside else beyond
    problems.append(Problem(shown(name)[1:-1], "", *wrong))
    return None


def read_table(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    """Read a CSV file as text, one row a record, indexed from 0; blank rows are left out.

    Gives None where the file cannot be read as a table.
    """
    data, found = path.read_bytes(), ""
    try:
        if b"\0" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ValueError("a spreadsheet, UTF-16 or other binary file")
        text = data.decode("utf-8-sig")
        _check_header(text)
        table = pd.read_csv(io.StringIO(text), dtype=str, na_filter=False, skip_blank_lines=False)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"a character in line {line} that is not UTF-8"
    except (ValueError, csv.Error) as error:  # pandas' ParserError is a ValueError
        found = str(error).strip().removeprefix("Error tokenizing data. C error: ")
    if found:
        expected = "a CSV file in UTF-8: one header row, commas between columns, decimal points"
        problems.append(Problem(path.name, "", found, expected))
        return None
    table = table.fillna("")
    filled = (table != "").any(axis=1).to_numpy()
    # Where quotes or rare line ends could hide commas, short rows are not looked for.
    fields = np.array([line.count(",") + 1 for line in text.splitlines()[1:]])
    clear = '"' not in text and len(fields) == len(table)
    if clear and (short := filled & (fields < table.shape[1])).any():
        found = f"{fields[short][0]} values under {table.shape[1]} column names"
        expected = "a value or nothing between commas for each; is the file cut off?"
        problems.append(Problem(path.name, rows(short, table), found, expected))
    return table[filled]


def _check_header(text: str) -> None:
    """Refuse what pandas would take in silence: other separators, doubled or missing names."""
    if not text.strip():
        raise ValueError("an empty file")
    records = csv.reader(io.StringIO(text[:1_000_000], newline=""))
    header, first = next(records), next(records, [])
    marks = [name for sign, name in _MARKS.items() if sign in "".join(header)]
    twice = sorted({name for name in header if header.count(name) > 1})
    if len(header) == 1 and marks:
        raise ValueError(f"columns separated by {marks[0]}, often with decimal commas")
    if header[:1] == ["sep="] or len(header) == 1 < len(first):
        raise ValueError(f"{shown(','.join(header))} in row 1, above {shown(','.join(first))}")
    if not all(name.strip() for name in header):
        raise ValueError("a column without a name in the header row")
    if twice:
        raise ValueError(f"the column {shown(twice[0])} twice in the header row")
    if len(first) > len(header):
        raise ValueError(f"{len(first)} values in row 2 under {len(header)} column names")


def to_dates(table: pd.DataFrame, file: str, problems: list[Problem]) -> pd.Series:
    """Turn the column ``date`` into times; each distinct text is parsed once."""
    codes, texts = pd.factorize(table["date"])
    texts = pd.Series(texts, dtype=object)
    formed = texts.map(lambda text: _DATE.fullmatch(text) is not None).astype(bool)
    parsed = pd.to_datetime(texts.where(formed), format="ISO8601", errors="coerce")
    parsed = parsed.astype("datetime64[us]")
    good = parsed.dt.year.between(*_YEARS).to_numpy()
    problems += report(table, ~good[codes], file, "date", _DAYS, ", which is no date")
    return pd.Series(parsed.to_numpy()[codes], index=table.index, name="date")


def to_numbers(
    table: pd.DataFrame, file: str, column: str, problems: list[Problem], required: bool = False
) -> pd.Series:
    """Turn a column of text into numbers, NaN for a gap; `required` forbids gaps."""
    numbers = pd.to_numeric(table[column], errors="coerce").astype(float)
    unclear = numbers.isna()
    gap = unclear & table[column].where(unclear, "0").str.strip().isin(GAPS)
    bad = (unclear & ~gap) | np.isinf(numbers)
    code = numbers.isin(MISSING_CODES) | ((numbers.abs() > HUGE) & ~bad)
    expected = "a finite number with a decimal point, or an empty cell for a gap"
    problems += report(table, bad, file, column, expected)
    problems += report(table, gap & required, file, column, "a number")
    what, expected = ", a usual missing-value code", "an empty cell for a gap"
    problems += report(table, code, file, column, expected, what)
    return numbers.mask(bad | code)


def to_ids(
    table: pd.DataFrame, file: str, column: str, problems: list[Problem], required: bool = True
) -> pd.Series:
    """Check a column of identifiers: text kept as it is, leading zeros included."""
    codes, texts = pd.factorize(table[column])
    strange = [text != text.strip() or not text.isprintable() or len(text) > 64 for text in texts]
    expected = "an identifier of at most 64 characters without spaces around it"
    problems += report(table, np.array(strange, dtype=bool)[codes], file, column, expected)
    problems += report(table, (table[column] == "") & required, file, column, "an identifier")
    return table[column].astype(str)


Tables = dict[str, pd.DataFrame | None]
PAIRS = {"wells.csv": "heads.csv", "gauges.csv": "surface_water.csv"}
PARTNERS = PAIRS | {series: places for places, series in PAIRS.items()}


# Every known column: its file, kind, range and whether it is required.
COLUMNS = pd.read_csv(shared("columns.csv"))

# The known columns by file.
KNOWN = {file: rows.set_index("column") for file, rows in COLUMNS.groupby("file", sort=False)}


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
    there = KNOWN.keys() & {path.name for path in folder.iterdir()}  # also links to nothing
    if not there - {"forcing.csv"}:
        expected = "these two files, or gauges.csv and surface_water.csv, or all four"
        problems.append(Problem("wells.csv and heads.csv", "", "no such files", expected))
    tables: Tables = {}
    for file, partner in PARTNERS.items():
        if {file, partner} & there:
            tables[file] = _read(folder, file, choices.get(file, ()), problems)
        else:
            nothing = pd.DataFrame(columns=list(KNOWN[file].index)[:3], dtype=str)
            tables[file] = _typed(nothing, file, problems)
        if file in PAIRS and tables[file] is not None:
            tables[file] = tables[file].set_index(KNOWN[file].index[0])
    tables["forcing.csv"] = _read(folder, "forcing.csv", (), problems)
    return tables


def _read(
    folder: Path, file: str, choices: tuple[str, ...], problems: list[Problem]
) -> pd.DataFrame | None:
    """Read, type and check a table; of a series keep the one of `choices` that it has."""
    weather = "with at least date and precipitation; `swgw import power` writes one"
    why = f"which belongs to {PARTNERS[file]}" if file in PARTNERS else weather
    path = find_file(folder, file, why, problems)
    raw = None if path is None else read_table(path, problems)
    if raw is None:
        return None
    required, names = KNOWN[file]["required"], shown(", ".join(raw.columns))[1:-1]
    lacking = [name for name in required.index[required] if name not in raw]
    found, expected = f"no such column, only {names}", "this required column"
    faults = [Problem(file, f"column {name}", found, expected) for name in lacking]
    there = [name for name in choices if name in raw]
    if raw.empty:
        faults.append(Problem(file, "", "no row below the header", "data"))
    if choices and not lacking and len(there) != 1:
        place, found = f"column {' or '.join(choices)}", " and ".join(there) or f"columns {names}"
        faults.append(Problem(file, place, found, "exactly one such column"))
    problems.extend(faults)
    for name in raw.columns.difference(list(required.index), sort=False):
        guess, expected = near(name, list(required.index)), "a known name, or one unlike any"
        if not choices and (name in RESERVED or not _NAME.fullmatch(name)) and not guess:
            guess, expected = " that models cannot use", "letters, digits, - and _ from a letter on"
        if guess:
            found = f"an unknown column{guess}"
            problems.append(Problem(file, f"column {shown(name)}", found, expected))
    raw = raw[[*list(required.index)[:2], *there]] if choices and not faults else raw
    return None if faults else _checked(_typed(raw, file, problems), file, problems)


def _typed(raw: pd.DataFrame, file: str, problems: list[Problem]) -> pd.DataFrame:
    """Turn columns of text into dates, identifiers and numbers; attributes may stay text."""
    typed, known = {}, KNOWN[file]
    for name in raw.columns:
        kind = known["kind"].get(name, "attribute")
        if kind == "text":
            typed[name] = raw[name]
        elif kind == "date":
            typed[name] = to_dates(raw, file, problems)
        elif kind == "identifier":
            typed[name] = to_ids(raw, file, name, problems, known.loc[name, "required"])
        elif kind == "number" or file == "forcing.csv":
            typed[name] = to_numbers(raw, file, name, problems, name in ("longitude", "latitude"))
        else:
            unnoticed: list[Problem] = []  # text is as good as numbers in an attribute
            numbers = to_numbers(raw, file, name, unnoticed)
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
        problems.append(Problem("forcing.csv", rows(both, forcing), found, expected))
    place = ("well:" + wells).where(wells != "", ("gauge:" + gauges).where(gauges != "", "basin"))
    variables = forcing.columns.drop(["date", "place", "well_id", "gauge_id"], errors="ignore")
    return forcing.assign(place=place)[["date", "place", *variables]]


def _checked(table: pd.DataFrame, file: str, problems: list[Problem]) -> pd.DataFrame:
    """Report values out of range, which become NaN for all later checks, and keys given twice."""
    for rule in KNOWN[file].loc[KNOWN[file]["kind"] == "number"].itertuples():
        if (column := rule.Index) in table:
            bad = table[column].notna() & ~table[column].between(rule.low, rule.high)
            problems += report(table, bad, file, column, rule.expected)
            table = table.assign(**{column: table[column].mask(bad)})
    keys = list(table.columns[:2]) if "date" in table else list(KNOWN[file].index)[:1]
    twice = (table.duplicated(keys, keep=False) & table[keys].notna().all(axis=1)).to_numpy()
    if twice.any():
        key, first = keys[-1], table[twice].iloc[0]
        found, expected = f"{key} {shown(first[key])} more than once", f"one row for each {key}"
        if "date" in table:
            found = f"{first['date']:%Y-%m-%d} twice for {key} {shown(first[key])}"
            expected = "each date once in a series"
        problems.append(Problem(file, rows(twice, table), found, expected))
    return table
