"""Tables of a basin folder, read as text and turned into dates and numbers in the open.

Every function takes a list of problems and appends to it; nothing is repaired in silence.
"""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.settings import near, shown
from swgw.storage.errors import Problem

MISSING = ("", "NaN", "nan", "NA")  # what may stand for a gap
# Numbers that loggers and agencies write for a gap; none can be a level, a flow or weather.
STAND_INS = (-999, -999.9, -999.99, -9999, -9999.9, -9999.99, -6999, -7999, -99999, -999999)
HUGE = 1e19  # and every larger number: 1e20, 1e30, netCDF's 9.97e36
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?")
_ZONED = re.compile(_DATE.pattern + r"(\.\d+)? ?([A-Z]{1,5}|[+-]\d{2}:?\d{2})")
_EXCEL_DAYS = re.compile(r"\d{5}(\.\d+)?")
_THOUSANDS = re.compile(r"\s*-?\d{1,3}(,\d{3})+\.\d*\s*")
_MARKS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_YEARS = (1800, 2200)  # a date outside is a typing error, and would make a huge calendar


def rows(where: np.ndarray, table: pd.DataFrame) -> str:
    """Name the rows of `table` where `where` holds, as a spreadsheet counts them."""
    numbers = table.index[where] + 2  # the header is row 1
    named = ", ".join(str(number) for number in numbers[:3])
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"row{'s' if len(numbers) > 1 else ''} {named}{more}"


def inside_folder(folder: Path, name: str, problems: list[Problem]) -> Path | None:
    """Give the path of a file of the folder, or None with a problem if it leaves the folder."""
    path = folder / name
    expected = "the plain name of a file inside the basin's folder"
    try:
        resolved = path.resolve()
        leaves = not resolved.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        problems.append(Problem(name, "", "a path that cannot be followed", expected))
        return None
    if leaves:
        problems.append(Problem(name, "", "a path or link that leaves the folder", expected))
    elif path.exists() and not path.is_file():
        problems.append(Problem(name, "", "something that is not a file", "a file"))
    else:
        return path
    return None


def read_table(path: Path, problems: list[Problem], unnamed: str = "") -> pd.DataFrame | None:
    """Read a CSV file as text, one row a record, indexed from 0; blank rows are left out.

    Parameters
    ----------
    path : Path
    problems : list of Problem
    unnamed : str
        What to call a first column without a name, as pandas writes an index; else it is refused.

    Returns
    -------
    DataFrame or None
        Columns of text; None where the file cannot be read as a table.
    """
    try:
        text = _decode(path.read_bytes())
        text = unnamed + text if text.startswith(",") else text
        _check_header(text)
        table = pd.read_csv(
            io.StringIO(text), dtype=str, na_filter=False, skip_blank_lines=False
        ).fillna("")
    except (OSError, ValueError, csv.Error) as error:  # pandas' ParserError is a ValueError
        found = str(error.strerror if isinstance(error, OSError) else error)
        found = re.sub(r"^Error tokenizing data\. C error: ", "", found.strip())
        expected = "a CSV file in UTF-8: one header row, commas between columns, decimal points"
        problems.append(Problem(path.name, "", found, expected))
        return None
    filled = (table != "").any(axis=1).to_numpy()
    _report_short_rows(_fields(text)[1:], filled, table, path.name, problems)
    return table[filled]


def _fields(text: str) -> np.ndarray:
    """Count the fields of each record (record,); pandas fills up short ones in silence."""
    if '"' not in text:  # counting commas is many times faster
        return np.array([line.count(",") + 1 for line in text.splitlines()])
    return np.array([len(record) for record in csv.reader(io.StringIO(text, newline=""))])


def _report_short_rows(
    fields: np.ndarray, filled: np.ndarray, table: pd.DataFrame, file: str, problems: list[Problem]
) -> None:
    """Report records with fewer fields than the header, as at the end of half a file."""
    if len(fields) != len(table):
        return  # characters that only some readers take for the end of a line
    short = (fields < table.shape[1]) & filled
    if short.any():
        count = fields[short][0]
        found = f"{count} value{'s' * int(count > 1)} under {table.shape[1]} column names"
        expected = "a value or nothing between commas for each; is the file cut off?"
        problems.append(Problem(file, rows(short, table), found, expected))


def _decode(data: bytes) -> str:
    if b"\0" in data[:1_000_000] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("a spreadsheet, UTF-16 or other binary file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"a character in line {line} that is not UTF-8") from None


def _check_header(text: str) -> None:
    """Refuse what pandas would take in silence: other separators, doubled or missing names."""
    if not text.strip():
        raise ValueError("an empty file")
    start = text[:1_000_000].replace("\r\n", "\n").replace("\r", "\n")
    records = csv.reader(io.StringIO(start))
    header, first = next(records), next(records, [])
    mark = next((name for sign, name in _MARKS.items() if sign in header[0]), "")
    if len(header) == 1 and mark:
        raise ValueError(f"columns separated by {mark}, often with decimal commas")
    if start.lower().startswith("sep=") or (len(header) == 1 and len(first) > 1):
        raise ValueError(f"{shown(start.splitlines()[0])} in row 1, above {shown(','.join(first))}")
    if any(not name.strip() for name in header):
        raise ValueError("a column without a name in the header row")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ValueError(f"the column {shown(twice[0])} twice in the header row")
    if len(first) > len(header):
        raise ValueError(f"{len(first)} values in row 2 under {len(header)} column names")


def check_columns(
    table: pd.DataFrame, file: str, required: tuple[str, ...], known: tuple[str, ...],
    problems: list[Problem],
) -> bool:  # fmt: skip
    """Report required columns that lack and names close to a known one; True if all are there."""
    for name in table.columns.difference([*required, *known], sort=False):
        if near(name, (*required, *known)):
            found = f"an unknown column{near(name, (*required, *known))}"
            problems.append(
                Problem(file, f"column {shown(name)}", found, "a known name, or one unlike any")
            )
    for name in required:
        if name not in table.columns:
            found = "no such column, only " + shown(", ".join(table.columns))[1:-1]
            problems.append(Problem(file, f"column {name}", found, "this required column"))
    return all(name in table.columns for name in required)


def to_dates(table: pd.DataFrame, file: str, problems: list[Problem]) -> pd.Series:
    """Turn the column ``date`` into times; each distinct text is parsed once."""
    codes, texts = pd.factorize(table["date"])
    well_formed = np.array(
        [_DATE.fullmatch(text) is not None for text in texts.tolist()], dtype=bool
    )
    parsed = pd.to_datetime(
        pd.Series(texts, dtype=object).where(well_formed), format="ISO8601", errors="coerce"
    ).astype("datetime64[us]")
    good = parsed.dt.year.between(*_YEARS).to_numpy()
    bad = ~good[codes] if len(codes) else np.zeros(0, dtype=bool)
    if bad.any():
        first = table["date"].to_numpy()[bad][0]
        found = f"{shown(first)}, which is no date{_likely_date(first)}"
        expected = (
            f"YYYY-MM-DD, with or without HH:MM, between {_YEARS[0]} and {_YEARS[1]}, in local "
            "time without a zone"
        )
        problems.append(Problem(file, f"{rows(bad, table)}, column date", found, expected))
    return pd.Series(parsed.to_numpy()[codes], index=table.index, name="date")


def _likely_date(text: str) -> str:
    """Say what a text that is no date looks like; empty if like nothing known."""
    if _ZONED.fullmatch(text):
        return " but a time with a time zone"
    return " but looks like Excel's count of days" if _EXCEL_DAYS.fullmatch(text) else ""


def to_numbers(
    table: pd.DataFrame, file: str, column: str, problems: list[Problem], required: bool = False
) -> pd.Series:
    """Turn a column of text into numbers, NaN for a gap; `required` forbids gaps."""
    texts = table[column]
    numbers = pd.to_numeric(texts, errors="coerce").astype(float)
    unclear = numbers.isna().to_numpy()
    gap = unclear & texts.where(unclear, "0").str.strip().isin(MISSING).to_numpy()
    bad = (unclear & ~gap) | np.isinf(numbers.to_numpy())
    place = f", column {shown(column)[1:-1]}"
    if bad.any():
        value = texts.to_numpy()[bad][0]
        comma = ", a decimal comma" if re.fullmatch(r"\s*-?\d+,\d+\s*", value) else ""
        comma = ", a comma between thousands" if _THOUSANDS.fullmatch(value) else comma
        problems.append(
            Problem(file, rows(bad, table) + place, f"{shown(value)}{comma}",
                    "a finite number with a decimal point, or an empty cell for a gap")
        )  # fmt: skip
    if required and gap.any():
        problems.append(Problem(file, rows(gap, table) + place, "an empty cell", "a number"))
    stand_in = (numbers.isin(STAND_INS) | (numbers.abs() > HUGE)).to_numpy() & ~bad
    if stand_in.any():
        found = f"{shown(texts.to_numpy()[stand_in][0])}, a usual stand-in for a missing value"
        problems.append(
            Problem(file, rows(stand_in, table) + place, found, "an empty cell for a gap")
        )
    return numbers.mask(bad | stand_in)


def to_ids(
    table: pd.DataFrame, file: str, column: str, problems: list[Problem], required: bool = True
) -> pd.Series:
    """Check a column of identifiers: text kept as it is, leading zeros included."""
    codes, texts = pd.factorize(table[column])
    strange = [text != text.strip() or not text.isprintable() or len(text) > 64 for text in texts]
    bad = np.array(strange, dtype=bool)[codes]
    if bad.any():
        problems.append(
            Problem(file, f"{rows(bad, table)}, column {column}",
                    shown(table[column].to_numpy()[bad][0]),
                    "an identifier of at most 64 characters without spaces around it")
        )  # fmt: skip
    empty = (table[column] == "").to_numpy()
    if required and empty.any():
        found = "an empty cell"
        problems.append(
            Problem(file, f"{rows(empty, table)}, column {column}", found, "an identifier")
        )
    return table[column].astype(str)
