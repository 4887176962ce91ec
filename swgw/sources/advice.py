"""What a user's file leaves in doubt, and the keys of the mapping that settle it."""

import itertools
import re

import pandas as pd
import yaml

from swgw.basin.plausible import thousands
from swgw.basin.tables import MISSING_CODES
from swgw.sources import DESCRIPTIONS

FORMS = yaml.safe_load((DESCRIPTIONS / "dates.yml").read_text("utf-8"))
_DIVIDED = r"[-−–]?\d{1,3}([.,'’\s])\d{3}(?:\1\d{3})*(?:(?!\1)([.,])\d+)?"
THOUSANDS = (10.0, 0.05, 0.7)  # as in the rules of the check, which sees the folder's unit
MARKS = 100  # most values of a column that tells series apart, and does not count the rows
RARE = 0.01  # share of readings that have the time of another, as where clocks are turned back


def advise(**keys: object) -> str:
    """Write keys as they can be pasted into a mapping.

    Examples
    --------
    >>> advise(where={"Time": ["01:00"]})
    "`where: {Time: ['01:00']}`"
    """
    how = {"default_flow_style": True, "allow_unicode": True, "width": 10_000}
    return f"`{yaml.safe_dump(keys, **how).strip()[1:-1]}`"


def has_name(name: str, text: str) -> bool:
    """Whether a text has a name between marks."""
    return bool(re.search(rf"(^|[,;|\t\"])\s*{re.escape(name)}\s*($|[,;|\t\"])", text))


def below(above: int, section) -> str:
    """Advise to skip the rows above the names of columns, if there are any."""
    known = section.starts or {"skiprows", "header", "names"} & set(section.read)
    return f"; {advise(read={'skiprows': int(above)})}" if above > 0 and not known else ""


def of_number(text: str) -> str:
    """Say what would make a number of a text."""
    advice = advise(read={"na_values": [text[:40]]}) + " if it means a gap"
    if pd.to_numeric(text, errors="coerce") in MISSING_CODES:
        pass
    elif mark := re.fullmatch(_DIVIDED, text):
        marks = [re.sub(r"\s", " ", part) for part in mark.groups() if part]
        keys = dict(zip(("thousands", "decimal"), marks, strict=False))
        doubt = mark[1] in ".," and not mark[2]
        advice = advise(read=keys) + ", or decimal if it begins those" * doubt
    elif re.fullmatch(r"[-−–]?\d+,\d+([eE][+-]?\d+)?", text):
        advice = advise(read={"decimal": ","})
    elif (mark := re.fullmatch(r"([^\d-]*)-?\d[\d.,]*(\D*)", text)) and any(mark.groups()):
        advice = advise(qualifiers=[part.strip() for part in mark.groups() if part])
        advice += " for its mark"
    return f"a number or an empty cell; {advice}"


def likely_formats(texts: pd.Series) -> list[str]:
    """Give the forms that all dates have, those with the day before the month first.

    Examples
    --------
    >>> likely_formats(pd.Series(["01/02/2005", "01/13/2005"]))
    ['%m/%d/%Y']
    """
    forms = [date + time for date, time in itertools.product(FORMS["dates"], FORMS["times"])]
    for some in (texts[:1], texts):  # the first text tells most
        fits = [pd.to_datetime(some, format=form, errors="coerce").notna().all() for form in forms]
        forms = list(itertools.compress(forms, fits)) if len(some) else []
    days = pd.to_numeric(texts, errors="coerce").between(10_000, 109_000)
    return forms or ["excel"] * (len(days) > 0 and bool(days.all()))


def look(table: pd.DataFrame, sheet, used: list[str]) -> pd.DataFrame:
    """Report a mark that may divide thousands, and two values of one series at one time.

    Their mean is taken, and noted, if nothing tells them apart and they are equal or rare.
    """
    odd = table.iloc[:, 2][thousands(table.iloc[:, 2], table.iloc[:, 1], *THOUSANDS)]
    mark = sheet.read.get("decimal", ".")
    other = "," if mark == "." else "."
    for row, value in odd[:1].items() if "thousands" not in sheet.read else ():
        pairs = {"decimal": other, "thousands": mark}, {"decimal": mark, "thousands": other}
        ways = [advise(read=pair) for pair in pairs]
        expected = f"one form of numbers; {ways[0]} if {mark!r} divides thousands, {ways[1]} if not"
        sheet.report(f"row {row}", f"{value} beside far larger whole numbers", expected)
    date, key, kind = table.columns
    twice = table[table.duplicated([date, key], keep=False)]
    if len(twice) and not sheet.problems:
        rows = sheet.cells.drop(columns=used).astype(str).loc[list(twice.index[:2])]
        rows = rows.loc[:, [sheet.cells[name].nunique() <= MARKS for name in rows]]
        other = rows.loc[:, (rows.iloc[0] != rows.iloc[-1]).to_numpy()].iloc[0]
        keep = [f"; {advise(where={name: [text]})} keeps one" for name, text in other.items()]
        place, found = f"rows {', '.join(map(str, twice.index[:2]))}", "{} twice for {!r}"
        found = found.format(*twice.iloc[0, :2])
        clock = (twice[date] != twice[date].dt.normalize()).all() and len(twice) < RARE * len(table)
        if keep or not (clock or twice.groupby([key, date])[kind].nunique().max() == 1):
            sheet.report(place, found, "one value" + "".join(keep[:1]))
        else:
            sheet.notes.append(f"{sheet.file.name}, {place}: {found}, and so on; used is the mean")
            table[kind] = table.groupby([key, date])[kind].transform("mean")
    return table.drop_duplicates([date, key])
