"""A user's CSV and Excel files: read by pandas as text, then turned into numbers and times."""

import io
import re
import unicodedata
import warnings
from datetime import datetime
from functools import reduce
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.settings import near, shown
from swgw.basin.tables import HUGE, MISSING_CODES
from swgw.sources.advice import advise, below, has_name, likely_formats, of_number
from swgw.storage import Problem

_ISO = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?"
_OFFSET = r"(:\d\d(?:\.\d+)?)\s*(?:Z|[A-Z]{3,4}|[+-]\d\d(?::?\d\d)?)$"
_LATE = r"(?<=[ T])24(?=:?00\b)"  # the end of a day
_ANGLE = r"[{0}]?\s*-?\d+[.\d\s°º'′’\"″:]*[{0}]?"
YEARS = (1800, 2200)  # as in the check
_MINUS = r"^[−–](?=\d)"  # as typesetters write it
COORDINATES = ("longitude", "latitude", "surface_elevation")
BINARY = {b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls); save it as .xlsx",
          b"\x1f\x8b": "a compressed file; unpack it"}  # fmt: skip
MONTHS = set(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])


class Sheet:
    """A file as one section of the mapping reads it.

    Parameters
    ----------
    name : str
        Name of the section, for messages.
    file : Path
    section : pydantic model
        What the mapping says; a section with ``places`` is the table itself.

    Attributes
    ----------
    cells : DataFrame (row, column)
        Text, or Excel's own values; NaN where empty. The index counts rows as a spreadsheet does.
    head : list of str
        Lines above the table, and those that are a comment.
    problems : list of Problem
        What was found wrong so far.
    notes : list of str
        What is no fault by itself and yet worth a look.
    """

    def __init__(self, name: str, file: Path, section):
        self.name, self.file, self.section, self.read = name, file, section, section.read
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.head, self.cells = [], pd.DataFrame()
        try:
            self.head, self.cells = read_cells(name, file, section)
        except Exception as error:  # openpyxl and pandas raise many kinds for a file that is none
            found = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            self.report("", found, "a table; `read` takes pandas' sep, encoding, skiprows, header")
        if len(MONTHS & {column.upper() for column in self.cells}) > 5:
            expected = "one column of dates and one of values, as most services offer it, too"
            self.report("", "a column for each month", expected)

    def report(self, place: str, found: str, expected: str) -> None:
        """Note a problem."""
        expected += f" (section {self.name} of the mapping)"
        self.problems.append(Problem(self.file.name, place, found, expected))

    def _report_cells(self, bad: pd.Series, column: str, expected: str) -> None:
        if bad.any():
            rows = self.cells.index[bad]
            more = f" and {len(rows) - 3} more" * (len(rows) > 3)
            place = f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows[:3]))}{more}"
            found = self.cells.loc[rows[0], column]
            found = "an empty cell" if pd.isna(found) else shown(str(found))
            self.report(f"{place}, column {shown(column)}", found, expected)

    def find(self, name: str) -> str:
        """Give the column of a name, in which * stands for any text and | for or; else the name."""
        form = re.escape(name).replace(r"\*", ".*").replace(r"\|", "|")
        fits = [column for column in self.cells if re.fullmatch(form, column, re.DOTALL)]
        return name if name in fits else next(iter(fits), name)

    def has(self, names: list[str]) -> bool:
        """Report columns that the mapping names and the file lacks or has twice."""
        columns, count = list(self.cells), len(self.problems)
        for name in names:
            if name not in columns:
                found = "no such column, only " + shown(", ".join(columns))[1:-1]
                top = self.cells[:100].map(lambda cell: has_name(name, str(cell)))  # noqa: B023
                rows = top.index[top.any(axis=1)]
                marks = [mark for mark in ";\t|" if len(columns) == 1 and mark in columns[0]]
                expected = "this column" + below(rows[0] - 1 if len(rows) else 0, self.section)
                expected += f"; {advise(read={'sep': marks[0]})}" if marks else ""
                guess = "" if marks else near(name, columns)
                self.report(f"column {shown(name)}", found + guess, expected)
            elif f"{name}.1" in columns and f"{name}.1" not in names:  # pandas' name for a second
                self.report(f"column {shown(name)}", "this column twice", "it once")
        return len(self.problems) == count

    def keep(self, where: dict[str, list]) -> None:
        """Keep the rows whose cell is one of those listed, or none of those listed after a !."""
        for column, listed in where.items() if self.has(list(where)) else ():
            texts, wanted = self.cells[column].map(_text), [str(text) for text in listed]
            out = [text[1:] for text in wanted if text.startswith("!")]
            self.cells = self.cells[~texts.isin(out) if out else texts.isin(wanted)]

    def numbers(self, column: str, sides: str = "") -> pd.Series:
        """Turn a column into numbers, NaN for a gap: (row,); angles have sides, as ``"NS"``."""
        raw = self.cells[column]
        plain = raw.map(self._plain).map(lambda cell: _angle(cell, sides) if sides else cell)
        numbers = pd.to_numeric(plain, errors="coerce").astype(float)
        # pandas compares na_values as text, and -999.00 is no -999.
        codes = pd.Series(self.read.get("na_values", []), dtype=object).explode()
        given = pd.to_numeric(codes, errors="coerce").dropna()
        gaps = raw.isna() | raw.astype(str).isin(codes.astype(str)) | numbers.isin(given)
        bad = (numbers.isna() | numbers.isin(MISSING_CODES) | (numbers.abs() > HUGE)) & ~gaps
        expected = of_number(str(raw[bad].iloc[0])) if bad.any() else ""
        if sides and "qualifiers" in expected:
            expected = f"degrees, with no letter but {' or '.join(sides)}"
        self._report_cells(bad, column, expected)
        return numbers.mask(gaps | bad)

    def _plain(self, cell: object) -> object:
        """Write a number with a decimal point; Excel's own numbers need no change."""
        if not isinstance(cell, str):
            return None if isinstance(cell, bool) else cell
        for mark in self.section.qualifiers:
            cell = cell.removeprefix(mark).removesuffix(mark).strip()
        decimal = self.read.get("decimal", ".")
        between = self.read.get("thousands") or "\0"
        between = r"\s" if between.isspace() else re.escape(between)
        plain = re.sub(between, "", re.sub(_MINUS, "-", cell))
        return None if decimal != "." and "." in plain else plain.replace(decimal, ".")

    def times(self, columns: list[str]) -> pd.Series:
        """Turn columns, joined by blanks, into times by the first form that fits each: (row,).

        24:00 is the next midnight. An offset from UTC is cut off, or turned to the time zone.
        """
        forms, zone = self.section.date_format, self.section.time_zone
        cells, texts = self.cells[columns[0]], self._joined(columns, " ")
        late = texts.str.contains(_LATE)
        texts = texts.str.replace(_LATE, "00", regex=True)
        texts = texts if zone else texts.str.replace(_OFFSET, r"\1", regex=True)
        own = cells.map(lambda cell: isinstance(cell, datetime) or not forms).astype(bool)
        iso = texts.where(own & texts.str.fullmatch(_ISO))
        try:
            times = _parsed(iso, "ISO8601", zone)
            for form in forms:
                times = times.fillna(_parsed(texts.mask(own), form, zone))
        except (ValueError, KeyError) as error:  # no such form or zone
            self.report(f"column {shown(columns[0])}", str(error)[:120], "a known form or zone")
            return iso
        likely = likely_formats(texts[cells.map(lambda cell: isinstance(cell, str)).astype(bool)])
        expected = f"dates of the form {' or '.join(forms) or 'YYYY-MM-DD'}"
        tried = " or ".join(advise(date_format=form) for form in likely)
        expected += f"; try {tried}" if likely else ""
        times += pd.to_timedelta(late.astype(int), unit="D")
        bad = ~times.dt.year.between(*YEARS)
        if bad.any() and times[bad].notna().all():
            expected = f"years from {YEARS[0]} to {YEARS[1]}"
        if 0 < bad.sum() < min(4, len(bad)) and not likely:
            skipped = self.read.get("skiprows", 0)
            skipped = [*(range(skipped) if isinstance(skipped, int) else skipped)]
            skipped += [row - 1 for row in bad.index[bad]]
            expected += f"; {advise(read={'skiprows': skipped})} if there is no reading"
        self._report_cells(bad, columns[0], expected)
        if len(likely) > 1 and forms:
            read = f"all dates can be read by {' and by '.join(likely)}; used is {forms[0]}"
            self.notes.append(f"{self.file.name}, column {shown(columns[0])}: {read}")
        return times

    def texts(self, columns: list[str], required: bool) -> pd.Series:
        """Turn a column, or several joined by a hyphen, into text: (row,)."""
        empty = self.cells[columns].isna().any(axis=1)
        self._report_cells(empty & required, columns[0], "an identifier")
        return self._joined(columns, "-").mask(empty, "")

    def _joined(self, columns: list[str], by: str) -> pd.Series:
        return reduce(lambda a, b: a + by + b, (self.cells[name].map(_text) for name in columns))


def _text(cell: object) -> str:
    """Write a cell of a spreadsheet as a table of text would."""
    if isinstance(cell, datetime):
        return str(cell).removesuffix(" 00:00:00")
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _angle(text: object, sides: str) -> object:
    """Turn degrees, minutes and seconds into degrees; leave what is none.

    Examples
    --------
    >>> _angle("47°12'36'' S", "NS")
    -47.21
    """
    plain = str(text).upper()
    parts = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", plain)]
    form = _ANGLE.format(sides)
    if not re.fullmatch(form, plain) or len(parts) > 3 or max(parts[1:], default=0) >= 60:
        return text
    size = sum(part / 60**n for n, part in enumerate(parts))
    return -size if re.search("[-SW]", plain) else size


def _parsed(texts: pd.Series, form: str, zone: str) -> pd.Series:
    """Parse texts (row,) that have a form."""
    if form == "excel":  # its count of days
        days = pd.to_numeric(texts, errors="coerce").where(lambda d: d.between(1, 109_000))
        return pd.to_datetime(days, unit="D", origin="1899-12-30").dt.round("s")
    form = form if zone else re.sub(r"\s*(%z|Z|UTC)$", "", form)
    times = pd.to_datetime(texts, format=form, errors="coerce", utc=bool(zone))
    if zone:  # a day without a time of day stays
        clock, local = texts.str.contains(":", na=False), times.dt.tz_convert(zone)
        times = local.dt.tz_localize(None).where(clock, times.dt.tz_localize(None))
    return times.astype("datetime64[us]")


def read_cells(name: str, file: Path, section) -> tuple[list[str], pd.DataFrame]:
    """Read the head of a file and its table, cells stripped, blank rows left out."""
    if inline := getattr(section, "places", {}):
        cells = pd.DataFrame([[id_, *at] for id_, at in inline.items()], index=list(inline))
        return [], cells.set_axis([f"{name[:-1]}_id", *COORDINATES][: cells.shape[1]], axis=1)
    data, read, starts, head = file.read_bytes(), section.read, section.starts, []
    skipped = read.get("skiprows", 0)
    if isinstance(skipped, int) and skipped > 10_000:  # pandas would list them all
        raise ValueError(f"skiprows of {skipped}")
    for mark, what in BINARY.items():
        if data.startswith(mark):
            raise ValueError(what)
    if data.startswith(b"PK\3\4") or file.suffix.lower() in (".xlsx", ".xlsm"):
        table = pd.read_excel(io.BytesIO(data), **{"dtype": object, "engine": "openpyxl"} | read)
    else:
        lines = re.split(r"\r\n?|\n", _decoded(data, read.get("encoding"), section.format))
        begins = [n for n, line in enumerate(lines) if line.lstrip(' "').startswith(starts)]
        if not begins:
            raise ValueError(f"no line that begins with {starts!r}")
        head, lines, mark = lines[: begins[0]], lines[begins[0] :], read.get("comment") or "\0"
        head += [line for line in lines if line.startswith(mark)]
        how = {"dtype": str, "engine": "c", "skip_blank_lines": False, "index_col": False}
        try:
            with warnings.catch_warnings(action="error"):  # more values in a row than names
                table = pd.read_csv(io.StringIO("\n".join(lines)), **how | read)
        except (ValueError, pd.errors.ParserWarning) as error:
            first = getattr(section, "date", ["\0"])[0]
            above = next((n for n, line in enumerate(lines) if has_name(first, line)), 0)
            raise ValueError(f"{str(error).splitlines()[0]}{below(above, section)}") from None
    header = read.get("header", None if "names" in read else 0)
    table.columns = [str(name).strip() for name in table.columns]
    if table.columns.has_duplicates:
        raise ValueError("a column twice in the header row")
    above = len(head) + (skipped if isinstance(skipped, int) else len(skipped))
    table.index += above + 1 + (0 if header is None else header + 1)
    table = table.map(lambda c: c.strip() or np.nan if isinstance(c, str) else c)
    return head, table.dropna(how="all")


def _decoded(data: bytes, encoding: str | None, service: str) -> str:
    """Decode a file by its mark, as told or as UTF-8, a service's else as Latin-1."""
    wide = data[:100].count(0) > 0.4 * len(data[:100]) and not encoding
    encoding = "utf-16" if wide or data.startswith((b"\xff\xfe", b"\xfe\xff")) else encoding
    try:
        text = unicodedata.normalize("NFC", data.decode(encoding or "utf-8-sig"))
    except UnicodeDecodeError as error:
        if service and not encoding:
            return _decoded(data, "latin-1", "")
        advice = "" if encoding else "; `read: {encoding: latin-1}` suits Western Europe"
        raise ValueError(f"{error}{advice}") from None
    if "\0" in text:
        raise ValueError("a byte 0, as in files that are no text")
    return text
