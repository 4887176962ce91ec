"""The dates of a user's files: read as ``date_form`` says, or with the form they seem to have."""

import re
from dataclasses import replace

import pandas as pd

from swgw.basin import reading
from swgw.basin.settings import shown
from swgw.sources.mapping import Section
from swgw.storage.errors import Problem

EXCEL = (".xlsx", ".xlsm")
EXCEL_DAYS = "excel"
"""The ``date_form`` of Excel's count of days."""

USUAL = "%d.%m.%Y"
_FIRST_DAY = pd.Timestamp(1899, 12, 30)  # Excel's day nought
_PARTED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})([ T]\d{2}:\d{2}(:\d{2})?)?")
_YEAR_FIRST = re.compile(r"\d{4}([./])\d{1,2}\1\d{1,2}([ T]\d{2}:\d{2}(:\d{2})?)?")


def to_times(table: pd.DataFrame, section: Section, problems: list[Problem]) -> pd.Series:
    """Turn the section's date column into times, as ``date_form`` says."""
    form, name = form_of(section), section.keys["date"]
    here = f"in the section {section.name}"
    likely = f"such as {shown(likely_form(table[name]))}"
    if form is None:
        found: list[Problem] = []
        renamed = table[[name]].set_axis(["date"], axis=1)
        times = reading.to_dates(renamed, section.file.name, found)
        for problem in found:
            place = problem.place.replace("column date", f"column {shown(name)}")
            expected = f"{problem.expected}; for another form give date_form {here}, {likely}"
            problems.append(replace(problem, place=place, expected=expected))
        return times
    parsed = _parse(table[name], form)
    bad = parsed.isna().to_numpy()
    if bad.any():
        place = f"{reading.rows(bad, table)}, column {shown(name)}"
        found = f"{shown(table[name].to_numpy()[bad][0])}, which is no date of the form {form!r}"
        expected = f"the form that date_form gives {here}, {likely}, or 'excel'"
        problems.append(Problem(section.file.name, place, found, expected))
    return parsed.rename("date")


def form_of(section: Section) -> str | None:
    """Give the form in which a section's dates are read; None for YYYY-MM-DD."""
    form = section.keys.get("date_form")
    # A workbook's own dates need no form.
    return None if section.file.suffix.lower() in EXCEL and form != EXCEL_DAYS else form


def _parse(texts: pd.Series, form: str) -> pd.Series:
    if form != EXCEL_DAYS:
        return pd.to_datetime(texts, format=form, errors="coerce")
    days = pd.to_numeric(texts, errors="coerce")
    times = _FIRST_DAY + pd.to_timedelta(days.where(days.between(1, 109_000)), unit="D")
    return times.dt.round("s")


def likely_form(texts: pd.Series) -> str:
    """Give the form that dates seem to have; where day and month cannot be told, days first.

    Examples
    --------
    >>> likely_form(pd.Series(["01/02/2005", "01/13/2005"]))
    '%m/%d/%Y'
    """
    distinct = texts.unique().tolist()
    parted = [match for match in map(_PARTED.fullmatch, distinct) if match]
    if not parted:
        return _other_form(distinct)
    one = next((m for m in parted if int(m[3]) > 12), parted[0])
    first, second = ("m", "d") if int(one[3]) > 12 else ("d", "m")
    year = "Y" if len(one[4]) == 4 else "y"
    return f"%{first}{one[2]}%{second}{one[2]}%{year}{_clock(one[5])}"


def _other_form(texts: list[str]) -> str:
    for text in texts[:10]:
        match = _YEAR_FIRST.fullmatch(text)
        if match:
            return f"%Y{match[1]}%m{match[1]}%d{_clock(match[2])}"
        if re.fullmatch(r"(18|19|20|21)\d{6}", text):
            return "%Y%m%d"
    return USUAL


def _clock(text: str | None) -> str:
    seconds = ":%S" if text and text.count(":") == 2 else ""
    return f"{text[0]}%H:%M{seconds}" if text else ""


def words(sheet: pd.DataFrame, section: Section) -> str:
    """Say how the first date was read where its form is the user's, since 03.01. may be two days.

    Parameters
    ----------
    sheet : DataFrame (row, ...)
        Of text.
    section : Section
    """
    form = form_of(section)
    if form is None:
        return ""
    first = sheet[section.keys["date"]].iloc[:1]
    read = _parse(first, form).iloc[0]
    return f" ({first.iloc[0]} read as {read.day} {read:%B %Y})"
