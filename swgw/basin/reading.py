"""Tables of a basin folder, read as text and turned into dates and numbers in the open.

Every function takes a list of problems and appends to it; nothing is repaired in silence.
"""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.settings import shown
from swgw.storage.errors import Problem

GAPS = ("", "NaN", "nan", "NA")
MISSING_CODES = (-999, -999.9, -999.99, -9999, -9999.9, -9999.99, -6999, -7999, -99999, -999999)
"""Numbers that loggers and agencies write for a gap; none can be a level, a flow or weather."""

HUGE = 1e19  # and every larger number: 1e20, 1e30, netCDF's 9.97e36
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?")
_DAYS = "YYYY-MM-DD, with or without HH:MM, between 1800 and 2200, in local time without a zone"
_YEARS = (1800, 2200)  # a date outside is a typing error, and would make a huge calendar
_LIKE = (
    (_DATE.pattern + r"(\.\d+)? ?([A-Z]{1,5}|[+-]\d{2}:?\d{2})", " but a time with a time zone"),
    (r"\d{5}(\.\d+)?", " but looks like Excel's count of days"),
    (r"\s*-?\d+,\d+\s*", ", a decimal comma"),
    (r"\s*-?\d{1,3}(,\d{3})+\.\d*\s*", ", a comma between thousands"),
)
"""What a text that is no date or no number may be."""

_MARKS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def listed(names: list) -> str:
    """List the first three names, and count the others."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(shown(name) for name in names[:3]) + more


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

    Parameters
    ----------
    folder : Path
    name : str
    why : str
        What the file is needed for.
    problems : list of Problem
        Appended to.
    """
    path, expected = folder / name, "the plain name of a file inside the basin's folder"
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # such as links in a circle
        inside = False
    if inside and path.is_file():
        return path
    found = "no such file" if inside else "a path or link that leaves the folder"
    expected = f"this file, {why}" if inside else expected
    problems.append(Problem(shown(name)[1:-1], "", found, expected))
    return None


def read_table(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    """Read a CSV file as text, one row a record, indexed from 0; blank rows are left out.

    Returns
    -------
    DataFrame or None
        Columns of text; None where the file cannot be read as a table.
    """
    data, found = path.read_bytes(), ""
    try:
        if b"\0" in data[:1_000_000] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
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
