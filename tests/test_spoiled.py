"""Deliberately spoiled copies of the example folder, as they come out of spreadsheets and loggers.

Each either loads with the right values or names what is wrong, with file, place, what was found and
what is expected. More single faults are in test_basin_errors.py.
"""

import io
import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import swgw
from swgw.basin.check import check_basin


def table(folder, name):
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def edit(name, change, **how):
    """Spoil a table: `change` takes and gives a frame of text."""

    def spoil(folder):
        changed = change(table(folder, name)).to_csv(None, index=False, **how)
        (folder / name).write_bytes(changed.encode())

    return spoil


def column(name, which, change, **how):
    """Spoil every cell of a column."""
    return edit(name, lambda t: t.assign(**{which: t[which].map(change)}), **how)


def cell(name, row, which, value):
    """Spoil one cell; rows as a spreadsheet counts them."""

    def change(t):
        t.loc[row - 2, which] = value
        return t

    return edit(name, change)


def text(name, change):
    """Spoil a file as text."""

    def spoil(folder):
        before = (folder / name).read_bytes().decode()
        after = change(before)
        assert after != before
        (folder / name).write_bytes(after if isinstance(after, bytes) else after.encode())

    return spoil


def together(*spoils):
    def spoil(folder):
        for each in spoils:
            each(folder)

    return spoil


def number(change, digits=4):
    return lambda cell: f"{change(float(cell)):.{digits}f}" if cell else cell


def date(form):
    return lambda cell: pd.Timestamp(cell).strftime(form)


def serial(cell):
    return str((pd.Timestamp(cell) - pd.Timestamp(1899, 12, 30)).days)


def shuffled(t):
    return t.sample(frac=1, random_state=0)


BOM = b"\xef\xbb\xbf"
RIVER = text("basin.yml", lambda t: t.replace("river: river.geojson", ""))


def to_latitude_47(folder):
    """Move the basin to Switzerland, where a swapped place is a place as well."""
    for name in ("wells.csv", "gauges.csv"):
        column(name, "longitude", number(lambda x: x - 92, 6))(folder)
        column(name, "latitude", number(lambda x: x + 8, 6))(folder)
    RIVER(folder)


def excel(folder):
    pytest.importorskip("openpyxl")
    frame = table(folder, "wells.csv")
    content = io.BytesIO()
    frame.to_excel(content, index=False)
    (folder / "wells.csv").write_bytes(content.getvalue())


def swap_names(t):
    return t.rename(columns={"longitude": "latitude", "latitude": "longitude"})


LOADS: dict[str, Callable] = {
    "BOM in heads": text("heads.csv", lambda t: BOM + t.encode()),
    "BOM in wells": text("wells.csv", lambda t: BOM + t.encode()),
    "BOM in settings": text("basin.yml", lambda t: BOM + t.encode()),
    "BOM in the river": text("river.geojson", lambda t: BOM + t.encode()),
    "Windows line ends": text("heads.csv", lambda t: t.replace("\n", "\r\n")),
    "Windows line ends in settings": text("basin.yml", lambda t: t.replace("\n", "\r\n")),
    "old Macintosh line ends": text("heads.csv", lambda t: t.replace("\n", "\r")),
    "no line end at the end": text("heads.csv", str.rstrip),
    "blank lines": text("heads.csv", lambda t: t.replace("\n", "\n\n") + "\n,,\n"),
    "everything in quotes": edit("heads.csv", lambda t: t, quoting=1),
    "columns in another order": edit("heads.csv", lambda t: t[["head", "well_id", "date"]]),
    "rows in another order": together(
        *(edit(n, shuffled) for n in ("heads.csv", "surface_water.csv", "forcing.csv"))
    ),
    "a column of one's own": edit("heads.csv", lambda t: t.assign(remark="ok")),
    "midnight": column("heads.csv", "date", lambda d: f"{d} 00:00"),
    "midnight with T": column("forcing.csv", "date", lambda d: f"{d}T00:00:00"),
    "exponents": column("surface_water.csv", "discharge", number(float, 3)),
    "gaps called NaN": edit(
        "heads.csv",
        lambda t: pd.concat([t, t.iloc[[0]].assign(date="2006-12-30", head="NaN")]),
    ),
    "gaps called NA": edit(
        "heads.csv", lambda t: pd.concat([t, t.iloc[[0]].assign(date="2006-12-30", head="NA")])
    ),
}
"""Copies that load as if nothing were different."""


def same(frame, other):
    order = list(frame.columns[:2])
    one, two = (f.sort_values(order, ignore_index=True) for f in (frame, other))
    pd.testing.assert_frame_equal(one, two[one.columns])


@pytest.fixture(scope="module")
def clean(tiny_basin):
    return swgw.load_basin(tiny_basin)


@pytest.mark.parametrize("spoil", LOADS.values(), ids=LOADS)
def test_loads_with_the_same_values(own_basin, clean, spoil):
    spoil(own_basin)
    basin = swgw.load_basin(own_basin)
    for name in ("heads", "surface_water", "forcing"):
        same(getattr(clean, name), getattr(basin, name))
    pd.testing.assert_frame_equal(basin.wells, clean.wells)
    pd.testing.assert_frame_equal(basin.gauges, clean.gauges)
    assert basin.settings == clean.settings
    assert list(basin.heads.columns) == ["date", "well_id", "head"]


NAMED: dict[str, tuple[Callable, tuple[str, ...]]] = {
    # Encodings and forms of a file
    "Chinese national encoding": (
        text("wells.csv", lambda t: t.replace("Ferry", "渡口").encode("gb18030")),
        ("wells.csv: found a character in line 2 that is not UTF-8", "a CSV file in UTF-8"),
    ),
    "Windows encoding": (
        text("gauges.csv", lambda t: t.replace("Bridge", "Brücke").encode("cp1252")),
        ("gauges.csv: found a character in line 2 that is not UTF-8",),
    ),
    "UTF-16": (
        text("forcing.csv", lambda t: t.encode("utf-16")),
        ("forcing.csv: found a spreadsheet, UTF-16 or other binary file",),
    ),
    "zeros of a broken disk": (
        text("surface_water.csv", lambda t: t.encode()[:5000] + b"\0" * 4096),
        ("surface_water.csv: found a spreadsheet, UTF-16 or other binary file",),
    ),
    "an Excel file called CSV": (excel, ("wells.csv: found a spreadsheet",)),
    "semicolons": (
        text("forcing.csv", lambda t: t.replace(",", ";")),
        ("forcing.csv: found columns separated by semicolons", "commas between columns"),
    ),
    "tabs": (
        text("surface_water.csv", lambda t: t.replace(",", "\t")),
        ("surface_water.csv: found columns separated by tabs",),
    ),
    "vertical bars": (
        text("surface_water.csv", lambda t: t.replace(",", "|")),
        ("surface_water.csv: found columns separated by vertical bars",),
    ),
    "a line for the spreadsheet": (
        text("heads.csv", lambda t: "sep=,\n" + t),
        ("heads.csv: found", "row 1", "one header row"),
    ),
    "a comment above the header": (
        text("heads.csv", lambda t: "# logger 12\n" + t),
        ("heads.csv: found", "row 1", "one header row"),
    ),
    "units below the header": (
        text("forcing.csv", lambda t: t.replace("\n", "\n-,mm/d,degC,m/s\n", 1)),
        ("forcing.csv, row 2, column date: found '-', which is no date",),
    ),
    "a sum in the last row": (
        text("surface_water.csv", lambda t: t + "mean,01,17.2\n"),
        ("surface_water.csv, row 2193, column date: found 'mean', which is no date",),
    ),
    "half the last row": (
        text("heads.csv", lambda t: t[: t.rindex(",")]),
        ("heads.csv, row", "found 2 values under 3 column names", "a value or nothing between"),
    ),
    "a comma at each line's end": (
        text("heads.csv", lambda t: t.replace("\n", ",\n")),
        ("heads.csv: found a column without a name in the header row",),
    ),
    "capital letters": (
        text("heads.csv", lambda t: t.replace("date,well_id,head", "Date,Well_ID,Head", 1)),
        ("heads.csv, column 'Date': found an unknown column (did you mean 'date'?)",),
    ),
    "spaces around names": (
        text("heads.csv", lambda t: t.replace("date,well_id,head", "date, well_id, head", 1)),
        ("heads.csv, column ' well_id': found an unknown column (did you mean 'well_id'?)",),
    ),
    # Dates
    "Excel's days": (
        column("heads.csv", "date", serial),
        ("heads.csv, rows 2, 3, 4", "found '36892', which is no date but looks like Excel's count",
         "YYYY-MM-DD"),
    ),
    "Excel's days with times": (
        column("heads.csv", "date", lambda d: serial(d) + ".5"),
        ("found '36892.5', which is no date but looks like Excel's count of days",),
    ),
    "American dates": (
        column("forcing.csv", "date", date("%m/%d/%Y")),
        ("forcing.csv, rows 2, 3, 4", "column date: found '01/01/2001', which is no date"),
    ),
    "German dates": (
        column("forcing.csv", "date", date("%d.%m.%Y")),
        ("column date: found '01.01.2001', which is no date", "YYYY-MM-DD"),
    ),
    "dates without dashes": (
        column("surface_water.csv", "date", date("%Y%m%d")),
        ("surface_water.csv", "found '20010101', which is no date", "YYYY-MM-DD"),
    ),
    "years of two digits": (
        column("heads.csv", "date", date("%y-%m-%d")), ("found '01-01-01', which is no date",),
    ),
    "names of months": (
        column("heads.csv", "date", date("%d-%b-%Y")), ("found '01-Jan-2001', which is no date",),
    ),
    "Greenwich time": (
        column("heads.csv", "date", lambda d: f"{d}T00:00:00Z"),
        ("found '2001-01-01T00:00:00Z', which is no date but a time with a time zone",
         "in local time without a zone"),
    ),
    "Beijing time": (
        column("heads.csv", "date", lambda d: f"{d} 08:00+08:00"),
        ("found '2001-01-01 08:00+08:00', which is no date but a time with a time zone",),
    ),
    "a named time zone": (
        column("heads.csv", "date", lambda d: f"{d} 08:00 CST"),
        ("found '2001-01-01 08:00 CST', which is no date but a time with a time zone",),
    ),
    "twenty-four o'clock": (
        cell("heads.csv", 9, "date", "2001-02-05 24:00"),
        ("heads.csv, row 9, column date: found '2001-02-05 24:00', which is no date",),
    ),
    "29 February of a common year": (
        cell("forcing.csv", 60, "date", "2001-02-29"),
        ("forcing.csv, row 60, column date: found '2001-02-29', which is no date",),
    ),
    "a year far off": (
        cell("heads.csv", 3, "date", "20011-01-06"),
        ("heads.csv, row 3, column date", "between 1800 and 2200"),
    ),
    "a day twice": (
        edit("surface_water.csv", lambda t: pd.concat([t, t.iloc[[5]]])),
        ("surface_water.csv, rows 7, 2193: found 2001-01-06 twice for gauge_id '01'",),
    ),
    # Numbers
    "decimal commas": (
        column("heads.csv", "head", lambda h: h.replace(".", ",")),
        ("heads.csv, rows 2, 3, 4", ", a decimal comma", "a decimal point"),
    ),
    "thousands' commas": (
        column("heads.csv", "head", lambda h: f"{float(h):,.3f}"),
        ("heads.csv, rows 2, 3, 4", "'1,47", "a comma between thousands", "a decimal point"),
    ),
    "thousands' spaces": (
        column("heads.csv", "head", lambda h: f"{h[0]}\N{NARROW NO-BREAK SPACE}{h[1:]}"),
        ("heads.csv, rows 2, 3, 4", "expected a finite number"),
    ),
    "units behind numbers": (
        column("surface_water.csv", "discharge", lambda q: f"{q} m³/s"),
        ("surface_water.csv, rows 2, 3, 4", "m³/s'; expected a finite number"),
    ),
    "below detection": (
        cell("forcing.csv", 9, "precipitation", "<0.1"),
        ("forcing.csv, row 9, column precipitation: found '<0.1'; expected a finite number",),
    ),
    "a trace of rain": (
        cell("forcing.csv", 9, "precipitation", "T"), ("row 9, column precipitation: found 'T'",),
    ),
    "errors of a spreadsheet": (
        cell("heads.csv", 9, "head", "#N/A"), ("heads.csv, row 9, column head: found '#N/A'",),
    ),
    "minus of typography": (
        cell("forcing.csv", 9, "temperature", "−4.5"),
        ("forcing.csv, row 9, column temperature: found '−4.5'",),
    ),
    # Stand-ins for gaps
    "-999 for a gap": (
        cell("heads.csv", 9, "head", "-999"),
        ("heads.csv, row 9, column head: found '-999', a usual stand-in", "an empty cell"),
    ),
    "-9999 among flows": (
        cell("surface_water.csv", 9, "discharge", "-9999.00"),
        ("surface_water.csv, row 9, column discharge: found '-9999.00', a usual stand-in",),
    ),
    "-99.9 for rain": (
        cell("forcing.csv", 9, "precipitation", "-99.9"),
        ("forcing.csv, row 9, column precipitation: found -99.9; expected mm/d between 0",),
    ),
    "-99 among heads": (
        cell("heads.csv", 9, "head", "-99"),
        ("heads.csv, row 9, column head: found -99", "far from all others of well_id '007'",
         "an empty cell for a gap"),
    ),
    "999.9 among heads": (
        together(
            column("heads.csv", "head", number(lambda h: h - 1400)),
            column("wells.csv", "surface_elevation", number(lambda h: h - 1400)),
            cell("heads.csv", 9, "head", "999.9"),
        ),
        ("heads.csv, row 9, column head: found 999.9", "far from all others"),
    ),
    "zero among heads": (
        cell("heads.csv", 9, "head", "0"),
        ("heads.csv, row 9, column head: found 0", "far from all others of well_id '007'"),
    ),
    "99.9 for wind": (
        cell("forcing.csv", 9, "wind", "99.9"),
        ("forcing.csv, row 9, column wind: found 99.9", "far from all others"),
    ),
    "the largest float": (
        cell("forcing.csv", 9, "temperature", "9.96921e+36"),
        ("row 9, column temperature: found '9.96921e+36', a usual stand-in",),
    ),
    # Identifiers
    "zeros lost": (
        column("wells.csv", "well_id", lambda w: w.lstrip("0")),
        ("unknown well_id '007' (did you mean '7'?)",),
    ),
    "an identifier turned to a decimal": (
        column("heads.csv", "well_id", lambda w: "7.0" if w == "007" else w),
        ("unknown well_id '7.0' (did you mean '007'?)",),
    ),
    "a well twice": (
        edit("wells.csv", lambda t: pd.concat([t, t.iloc[[2]]])),
        ("wells.csv, rows 4, 6: found well_id 'A2' more than once",),
    ),
    "a gauge twice": (
        edit("gauges.csv", lambda t: pd.concat([t, t])),
        ("gauges.csv, rows 2, 3: found gauge_id '01' more than once",),
    ),
    "a space behind": (
        column("heads.csv", "well_id", lambda w: w + " " if w == "A1" else w),
        ("heads.csv, rows", "column well_id: found 'A1 '", "without spaces around it"),
    ),
    "accents in two forms": (
        together(
            column("wells.csv", "well_id", lambda w: w.replace("A1", "Vétroz")),
            column("heads.csv", "well_id",
                   lambda w: w.replace("A1", unicodedata.normalize("NFD", "Vétroz"))),
        ),
        ("heads.csv, rows", "which differs from 'Vétroz' only in how accents are stored"),
    ),
    # Places
    "one well swapped": (
        together(
            to_latitude_47,
            edit("wells.csv", lambda t: pd.concat([t.iloc[:1], swap_names(t.iloc[1:2]),
                                                   t.iloc[2:]])),
        ),
        ("wells.csv, well_id 'A1': found coordinates that come near the other places only if they",
         "longitude east and latitude north"),
    ),
    "the gauge swapped": (
        edit("gauges.csv", swap_names), ("gauges.csv, row 2, column latitude: found 100.1",),
    ),
    "metres of a national grid": (
        together(column("wells.csv", "longitude", lambda _: "2600123.4"), RIVER),
        ("wells.csv, rows 2, 3, 4 and 1 more, column longitude: found 2600123.4",
         "between -180 and 180°"),
    ),
    "degrees and minutes": (
        cell("wells.csv", 3, "latitude", "38°54'"),
        ("wells.csv, row 3, column latitude: found \"38°54'\"; expected a finite number",),
    ),
    "degrees from 0 to 360": (
        column("wells.csv", "longitude", lambda _: "260.1"),
        ("column longitude: found 260.1; expected a longitude between -180 and 180°",),
    ),
    "a place at nought": (
        together(cell("wells.csv", 3, "longitude", "0"), cell("wells.csv", 3, "latitude", "0")),
        ("wells.csv, well_id 'A1': found coordinates more than 5000 km from the other places",),
    ),
    # Units
    "heads in feet": (
        column("heads.csv", "head", number(lambda h: h / 0.3048)),
        ("heads.csv", "under a surface at", "metres above one datum", "feet"),
    ),
    "heads in millimetres": (
        column("heads.csv", "head", number(lambda h: h * 1000)),
        ("heads.csv, rows 2, 3, 4", "metres between -5000 and 9000"),
    ),
    "Fahrenheit": (
        column("forcing.csv", "temperature", number(lambda c: 32 + 1.8 * c)),
        ("forcing.csv, rows", "column temperature: found", "°C between -90 and 60"),
    ),
    "rain in metres": (
        column("forcing.csv", "precipitation", number(lambda p: p / 1000, 7)),
        ("forcing.csv, column precipitation: found", "mm a year", "are they metres"),
    ),
    "rain per second": (
        column("forcing.csv", "precipitation", number(lambda p: p / 86400, 9)),
        ("forcing.csv, column precipitation: found", "mm a year", "per second"),
    ),
    "rain a hundred times over": (
        column("forcing.csv", "precipitation", number(lambda p: p * 100)),
        ("forcing.csv, column precipitation: found", "mm a year at 'basin'; expected mm/d"),
    ),
    # Series
    "a well without a value": (
        edit("heads.csv", lambda t: t.assign(head=t["head"].where(t["well_id"] != "B1", ""))),
        ("heads.csv, column head: found no head for well_id 'B1'",
         "at least one value for each row of wells.csv"),
    ),
    "a gauge without a value": (
        column("surface_water.csv", "discharge", lambda _: ""),
        ("surface_water.csv", "found no", "value"),
    ),
    "one row in all": (
        edit("heads.csv", lambda t: t.iloc[:1]),
        ("heads.csv, column head: found no head for well_id 'A1', 'A2', 'B1'",),
    ),
    "one day of weather": (
        edit("forcing.csv", lambda t: t.iloc[:1]),
        ("forcing.csv: found no value in the train period, 2002-01-01 to 2004-12-31",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "parts"), NAMED.values(), ids=NAMED)
def test_names_the_problem(own_basin, spoil, parts):
    spoil(own_basin)
    problems = check_basin(own_basin)
    messages = [str(problem) for problem in problems]
    assert any(all(part in message for part in parts) for message in messages), messages
    for problem, message in zip(problems, messages, strict=True):
        assert problem.file and problem.found and problem.expected
        assert len(message) < 500 and "\n" not in message


def test_there_are_sixty():
    assert len(LOADS) + len(NAMED) >= 60


# Copies that load with values that differ, as they should


def test_names_in_any_script(own_basin):
    column("wells.csv", "name", lambda n: n.replace("Ferry", "渡口"))(own_basin)
    assert swgw.load_basin(own_basin).wells.loc["007", "name"] == "渡口"


def test_one_value_in_a_series(own_basin, clean):
    one = clean.heads[clean.heads["well_id"] == "A1"].iloc[100]
    keep = lambda t: t[(t["well_id"] != "A1") | (t["date"] == f"{one['date']:%Y-%m-%d}")]  # noqa: E731
    edit("heads.csv", keep)(own_basin)
    prepared = swgw.prepare_basin(swgw.load_basin(own_basin))
    assert prepared.heads["A1"].dropna().tolist() == [one["head"]]


def test_several_values_a_day_are_averaged(own_basin, clean):
    def twice(t):
        early = t.assign(date=t["date"] + " 06:00", head=t["head"].map(number(lambda h: h - 1)))
        late = t.assign(date=t["date"] + " 18:00", head=t["head"].map(number(lambda h: h + 1)))
        return pd.concat([early, late])

    edit("heads.csv", twice)(own_basin)
    heads = swgw.prepare_basin(swgw.load_basin(own_basin)).heads
    pd.testing.assert_frame_equal(heads, swgw.prepare_basin(clean).heads)


def a_million_rows(folder, last="1477.999"):
    """Let well 007 be logged every 189 s for six years; gives the number of the last row."""
    stamps = np.datetime64("2001-01-01T00:00:00") + (np.arange(1_000_000) * 189).astype("m8[s]")
    texts = np.datetime_as_string(stamps).tolist()
    heads = [f"1477.{n:03d}" for n in range(1000)] * 1000
    rows = [f"{stamp},007,{head}" for stamp, head in zip(texts, heads, strict=True)]
    rows[-1] = f"{texts[-1]},007,{last}"
    before = (folder / "heads.csv").read_text().splitlines()
    lines = [line for line in before if ",007," not in line] + rows
    (folder / "heads.csv").write_text("\n".join(lines) + "\n")
    return len(lines)


def test_a_million_rows(own_basin, clean):
    a_million_rows(own_basin)
    basin = swgw.load_basin(own_basin)
    logged = basin.heads["well_id"] == "007"
    assert logged.sum() == 1_000_000
    assert basin.heads.loc[logged, "head"].mean() == pytest.approx(1477.4995, abs=1e-6)
    same(clean.heads[clean.heads["well_id"] != "007"], basin.heads[~logged])


@pytest.mark.slow
def test_a_fault_in_the_last_of_a_million_rows(own_basin):
    last = a_million_rows(own_basin, last="dry")
    [problem] = check_basin(own_basin)
    assert (problem.place, problem.found) == (f"row {last}, column head", "'dry'")
