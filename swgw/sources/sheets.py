"""A user's CSV and Excel files: read by pandas as text, then turned into numbers and times."""

import io
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.tseries.api import guess_datetime_format

from swgw.basin.settings import near, shown
from swgw.basin.tables import HUGE, MISSING_CODES
from swgw.sources.draft import UNITS, to_ours
from swgw.storage import Problem

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?")


class Sheet:
    """A file as one section of the mapping reads it.

    Parameters
    ----------
    section : str
        Name of the section, for messages.
    file : Path
    read : dict
        pandas' keys.

    Attributes
    ----------
    cells : DataFrame (row, column)
        Text, or Excel's own values; NaN where empty. The index counts rows as a spreadsheet does.
    problems : list of Problem
        What was found wrong so far.
    """

    def __init__(self, section: str, file: Path, read: dict):
        self.section, self.file, self.read = section, file, read
        self.problems: list[Problem] = []
        self.cells = pd.DataFrame()
        try:
            self.cells = read_cells(file, read)
        except Exception as error:  # openpyxl and pandas raise many kinds for a file that is none
            found = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            expected = "a table; `read` takes pandas' sep, encoding, skiprows, header, sheet_name"
            self.report("", found, expected)

    def report(self, place: str, found: str, expected: str) -> None:
        """Note a problem."""
        expected += f" (section {self.section} of the mapping)"
        self.problems.append(Problem(self.file.name, place, found, expected))

    def _report_cells(self, bad: pd.Series, column: str, expected: str) -> None:
        rows = self.cells.index[bad]
        more = f" and {len(rows) - 3} more" * (len(rows) > 3)
        place = f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows[:3]))}{more}"
        found = self.cells.loc[rows[0], column]
        found = "an empty cell" if pd.isna(found) else shown(str(found))
        self.report(f"{place}, column {shown(column)}", found, expected)

    def has(self, names: list[str]) -> bool:
        """Report columns that the mapping names and the file lacks or has twice."""
        columns, count = list(self.cells), len(self.problems)
        for name in names:
            if name not in columns:
                found = "no such column, only " + shown(", ".join(columns))[1:-1]
                self.report(f"column {shown(name)}", found + near(name, columns), "this column")
            elif f"{name}.1" in columns and f"{name}.1" not in names:  # pandas' name for a second
                self.report(f"column {shown(name)}", "this column twice", "it once")
        return len(self.problems) == count

    def numbers(self, column: str, variable: str, unit: str = "") -> pd.Series:
        """Turn a column into numbers in the unit of the folder, NaN for a gap: (row,)."""
        raw = self.cells[column]
        numbers = pd.to_numeric(raw.map(self._plain), errors="coerce").astype(float)
        # pandas compares na_values as text, and -999.00 is no -999.
        codes = pd.Series(self.read.get("na_values", []), dtype=object)
        gaps = raw.isna() | numbers.isin(pd.to_numeric(codes, errors="coerce").dropna())
        bad = (numbers.isna() | numbers.isin(MISSING_CODES) | (numbers.abs() > HUGE)) & ~gaps
        if bad.any():
            first = str(raw[bad].iloc[0])
            advice = f"na_values: [{first[:40]}]}}` if it means a gap"
            if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", first):
                advice = 'thousands: ","}`' + ", or decimal if it begins those" * ("." not in first)
            elif re.fullmatch(r"-?\d+,\d+", first):
                advice = 'decimal: ","}`'
            self._report_cells(bad, column, "a number or an empty cell; `read: {" + advice)
        unit = unit or next(iter(UNITS[variable]))
        return to_ours(numbers.mask(gaps | bad), variable, unit, f"section {self.section}")

    def _plain(self, cell: object) -> object:
        """Write a number with a decimal point; Excel's own numbers need no change."""
        if not isinstance(cell, str):
            return cell
        decimal = self.read.get("decimal", ".")
        plain = cell.replace(self.read.get("thousands") or "\0", "")
        return None if decimal != "." and "." in plain else plain.replace(decimal, ".")

    def times(self, columns: list[str], form: str) -> pd.Series:
        """Turn one column, or several joined by a blank, into times: (row,)."""
        cells = self.cells[columns[0]]
        for column in columns[1:]:
            cells = cells.astype(str) + " " + self.cells[column].astype(str)
        try:
            if form == "excel":  # its count of days
                days = pd.to_numeric(cells, errors="coerce").where(lambda d: d.between(1, 109_000))
                times = pd.to_datetime(days, unit="D", origin="1899-12-30").dt.round("s")
            else:
                other = cells.map(lambda c: isinstance(c, str) and not _ISO.fullmatch(c))
                dates = cells.mask(other & (not form))
                times = pd.to_datetime(dates, format=form or "ISO8601", errors="coerce")
                times = times.dt.tz_localize(None).astype("datetime64[us]")
        except (ValueError, AttributeError) as error:  # no such form, or several zones
            self.report(f"column {shown(columns[0])}", str(error)[:120], "dates of one form")
            return pd.Series(pd.NaT, index=cells.index)
        if times.isna().any():
            likely = likely_format(cells.dropna().astype(str))
            expected = f"dates of the form {form or 'YYYY-MM-DD'}"
            expected += f"; try `date_format: {likely!r}`" * bool(likely)
            self._report_cells(times.isna(), columns[0], expected)
        return times

    def texts(self, column: str, required: bool) -> pd.Series:
        """Turn a column into text: (row,)."""
        empty = self.cells[column].isna()
        if required and empty.any():
            self._report_cells(empty, column, "an identifier")
        return self.cells[column].map(str).mask(empty, "")


def read_cells(file: Path, read: dict) -> pd.DataFrame:
    """Read a table by pandas, cells stripped and blank rows left out (see :class:`Sheet`)."""
    data, skipped = file.read_bytes(), read.get("skiprows", 0)
    if isinstance(skipped, int) and skipped > 10_000:  # pandas would list them all
        raise ValueError(f"skiprows of {skipped}")
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        table = pd.read_excel(io.BytesIO(data), **{"dtype": object, "engine": "openpyxl"} | read)
    else:
        how = {"dtype": str, "engine": "c", "skip_blank_lines": False, "encoding": "utf-8-sig"}
        table = pd.read_csv(io.BytesIO(data), **how | read)
    if not isinstance(table.index, pd.RangeIndex):  # more cells in a row than in the header
        table = table.reset_index().set_axis([*table.columns, "Unnamed: more"], axis=1)
        if table.iloc[:, -1].notna().any():
            raise ValueError("more values in a row than names in the header row")
    header = read.get("header", None if "names" in read else 0)
    above = skipped if isinstance(skipped, int) else len(skipped)
    if mark := str(read.get("comment", "")).encode():
        above += sum(line.startswith(mark) for line in data.splitlines())
    table.columns = [str(name).strip() for name in table.columns]
    if table.columns.has_duplicates:
        raise ValueError("a column twice in the header row")
    table.index += above + 1 + (0 if header is None else header + 1)
    return table.map(lambda c: c.strip() or np.nan if isinstance(c, str) else c).dropna(how="all")


def likely_format(texts: pd.Series) -> str:
    """Give a form that all dates have, days before months where both would do; else nothing.

    Examples
    --------
    >>> likely_format(pd.Series(["01/02/2005", "01/13/2005"]))
    '%m/%d/%Y'
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that months come first, or days
        for first in (True, False):
            form = guess_datetime_format(texts.iloc[0], dayfirst=first) if len(texts) else None
            if form and pd.to_datetime(texts, format=form, errors="coerce").notna().all():
                return form
    return ""
