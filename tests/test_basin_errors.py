"""Corrupted copies of the example folder, as they come out of spreadsheets, loggers and hands.

Each either loads with the right values or names what is wrong, with file, place, what was found and
what is expected.
"""

import io
import os
import re
import unicodedata

import numpy as np
import pandas as pd
import pytest
from corrupt import (
    NO_RIVER,
    NO_SURFACE,
    all_of,
    append,
    cell,
    centimetres,
    column,
    edit,
    heads_at,
    level,
    line,
    number,
    remove,
    rows,
    setting,
    swap,
    table,
    text,
    thousand_point,
    to_switzerland,
    write,
)

import swgw
from swgw.basin.folder import check_basin
from swgw.basin.tables import RESERVED
from swgw.storage import BasinError


def date(form):
    return lambda cell: pd.Timestamp(cell).strftime(form)


def serial(cell):
    return str((pd.Timestamp(cell) - pd.Timestamp(1899, 12, 30)).days)


def shuffled(t):
    return t.sample(frac=1, random_state=0)


def excel(folder):
    pytest.importorskip("openpyxl")
    content = io.BytesIO()
    table(folder, "wells.csv").to_excel(content, index=False)
    (folder / "wells.csv").write_bytes(content.getvalue())


def moved(folder, name):
    """Put a link to a file outside in a file's place."""
    (folder / name).rename(folder.parent / "outside")
    (folder / name).symlink_to(folder.parent / "outside")


def circle(folder):
    (folder / "river.geojson").unlink()
    (folder / "river.geojson").symlink_to("river.geojson")


def fifo(name):
    """Put a pipe that nobody writes to in a file's place."""
    return lambda folder: ((folder / name).unlink(), os.mkfifo(folder / name))


def dangling(*names):
    """Put links that lead nowhere in the place of files."""
    return lambda folder: [
        ((folder / name).unlink(), (folder / name).symlink_to("nowhere")) for name in names
    ]


def gap(missing):
    return append("heads.csv", [0], date="2006-12-30", head=missing)


BOM = b"\xef\xbb\xbf"
LOADS = {
    **{
        f"BOM in {name}": text(name, lambda t: BOM + t.encode())
        for name in ("heads.csv", "wells.csv", "basin.yml", "river.geojson")
    },
    "Windows line ends": text("heads.csv", lambda t: t.replace("\n", "\r\n")),
    "Windows line ends in settings": text("basin.yml", lambda t: t.replace("\n", "\r\n")),
    "old Macintosh line ends": text("heads.csv", lambda t: t.replace("\n", "\r")),
    "no line end at the end": text("heads.csv", str.rstrip),
    "blank lines": text("heads.csv", lambda t: t.replace("\n", "\n\n") + "\n,,\n"),
    "everything in quotes": edit("heads.csv", lambda t: t, quoting=1),
    "columns in another order": edit("heads.csv", lambda t: t[["head", "well_id", "date"]]),
    "rows in another order": all_of(
        *(edit(n, shuffled) for n in ("heads.csv", "surface_water.csv", "forcing.csv"))
    ),
    "a column of one's own": edit("heads.csv", lambda t: t.assign(remark="ok")),
    "midnight": column("heads.csv", "date", lambda d: f"{d} 00:00"),
    "midnight with T": column("forcing.csv", "date", lambda d: f"{d}T00:00:00"),
    "gaps called NaN": gap("NaN"),
    "gaps called NA": gap("NA"),
}
"""Copies that load as if nothing were different."""


def same(frame, other):
    order = list(frame.columns[:2])
    one, two = (f.sort_values(order, ignore_index=True) for f in (frame, other))
    pd.testing.assert_frame_equal(one, two[one.columns])


@pytest.fixture(scope="module")
def clean(tiny_basin):
    return swgw.load_basin(tiny_basin)


@pytest.mark.parametrize("corrupt", LOADS.values(), ids=LOADS)
def test_loads_with_the_same_values(own_basin, clean, corrupt):
    corrupt(own_basin)
    basin = swgw.load_basin(own_basin)
    for name in ("heads", "surface_water", "forcing"):
        same(getattr(clean, name), getattr(basin, name))
    pd.testing.assert_frame_equal(basin.wells, clean.wells)
    pd.testing.assert_frame_equal(basin.gauges, clean.gauges)
    assert basin.settings == clean.settings


SOUND = {
    "stated datum of an island": all_of(
        column("heads.csv", "head", lambda _: "7"),
        column("wells.csv", "surface_elevation", lambda _: "412"),
        setting("vertical_datum: not stated", "vertical_datum: mean sea level #"),
    ),
    "one well in its place shows that heads are heads": all_of(
        column("heads.csv", "head", lambda _: "7"),
        edit("wells.csv", lambda t: t.assign(surface_elevation=["412", "380", "395", "15"])),
    ),
    **{
        f"heads {low} to {high} m under a ground at {ground} m": all_of(
            edit("heads.csv", lambda t, a=low, b=high: t.assign(
                head=np.linspace(a, b, len(t)).round(3).astype(str))),
            column("wells.csv", "surface_elevation", lambda _, g=ground: g),
        )
        for low, high, ground in [
            (415, 421, "412"),  # artesian
            (212, 260, "440"),  # a water table 200 m deep
            (730, 735, "1500"),  # and 770 m
            (1, 9, "8"),  # a coast
            (-30, -27, "-28"),  # below the sea
            (2, 12, "90"),  # dunes: a note of `swgw check` at most
        ]
    },
}  # fmt: skip
"""Copies that real basins resemble, which the check must not refuse."""


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_what_real_basins_have_passes(own_basin, change):
    change(own_basin)
    assert check_basin(own_basin) == []


@pytest.mark.parametrize("seed", range(5))
def test_natural_levels_are_not_taken_for_centimetres(own_basin, seed):
    """A deep pumped well beside shallow ones, a datum amid the heads, one well far above."""
    random = np.random.default_rng(seed)

    def natural(t):
        middle = {"007": 0.0, "A1": -60.0, "A2": -1.2, "B1": 15.0}
        spread = {"007": 0.5, "A1": 4.0, "A2": 0.3, "B1": 0.8}
        noise = random.standard_normal(len(t)) * t["well_id"].map(spread)
        return t.assign(head=(t["well_id"].map(middle) + noise).map("{:.4f}".format))

    all_of(NO_SURFACE, edit("heads.csv", natural))(own_basin)
    assert check_basin(own_basin) == []


GAUGES_TWICE = all_of(
    append("gauges.csv", [0], gauge_id="02"),
    append("surface_water.csv", slice(None), gauge_id="02"),
)
A1_ALONE = all_of(*(edit(n, lambda t: t[t["well_id"] == "A1"]) for n in ("wells.csv", "heads.csv")))
STAGES = all_of(
    setting("surface_water: discharge", "surface_water: stage"),
    edit("surface_water.csv", lambda t: t.assign(stage=(1 + t.index % 7 / 10).map(str))),
    edit("surface_water.csv", lambda t: t.drop(columns="discharge")),
)
DEPTHS = all_of(
    column("heads.csv", "head", number(lambda h: 1 + h % 1)),
    edit("heads.csv", lambda t: t.rename(columns={"head": "depth"})),
)
TEST, TRAIN = "test: [2006-01-01, 2006-12-31]", "train: [2002-01-01"
TITLE, VIRTUAL = "title: An example basin", "virtual: true"

ONE = [
    # Files and folders
    *((remove(n), f"{n}: found no such file; expected this file")
      for n in ("basin.yml", "wells.csv", "heads.csv", "gauges.csv", "surface_water.csv",
                "forcing.csv", "river.geojson")),
    (all_of(remove("wells.csv", "heads.csv", "gauges.csv", "surface_water.csv"),
            setting('target_gauge: "01"', "")), "wells.csv and heads.csv: found no such files"),
    *((setting("river: river.geojson", f"river: {target}"), "a path or link that leaves the folder")
      for target in ("../outside.geojson", "/etc/passwd", "a/../../outside.geojson")),
    *((lambda folder, n=n: moved(folder, n), f"{n}: found a path or link that leaves the folder")
      for n in ("river.geojson", "heads.csv")),
    (circle, "river.geojson: found a path or link"),
    *((fifo(name), f"{name}: found no such file; expected this file")
      for name in ("heads.csv", "basin.yml", "river.geojson", "forcing.csv")),
    (dangling("heads.csv"), "heads.csv: found no such file", "belongs to wells.csv"),
    (dangling("gauges.csv"), "gauges.csv: found no such file"),
    # Forms of a table
    (text("heads.csv", lambda t: t + "2006-12-31,A1,14\0" + "76.1\n" * 3),
     "heads.csv: found a spreadsheet, UTF-16 or other binary file"),
    (cell("wells.csv", 2, "well_id", "x" * 200_000), "wells.csv: found"),
    (text("wells.csv", lambda t: t.replace("Ferry", "渡口").encode("gb18030")),
     "wells.csv: found a character in line 2 that is not UTF-8", "a CSV file in UTF-8"),
    (text("gauges.csv", lambda t: t.replace("Bridge", "Brücke").encode("cp1252")),
     "gauges.csv: found a character in line 2 that is not UTF-8"),
    *((text("forcing.csv", lambda t, e=e: t.encode(e)),
       "forcing.csv: found a spreadsheet, UTF-16 or other binary file")
      for e in ("utf-16", "utf-16-le")),
    (text("surface_water.csv", lambda t: t.encode()[:5000] + b"\0" * 4096),
     "surface_water.csv: found a spreadsheet, UTF-16 or other binary file"),
    (excel, "wells.csv: found a spreadsheet"),
    (write("heads.csv", ""), "heads.csv: found an empty file"),
    (text("heads.csv", lambda t: t.replace(",", ";").replace(".", ",")),
     "heads.csv: found columns separated by semicolons", "commas between columns, decimal points"),
    (text("surface_water.csv", lambda t: t.replace(",", "\t")), "columns separated by tabs"),
    (text("surface_water.csv", lambda t: t.replace(",", "|")), "separated by vertical bars"),
    (text("heads.csv", lambda t: "sep=,\n" + t), "heads.csv: found", "row 1", "one header row"),
    (text("heads.csv", lambda t: "# logger 12\n" + t), "heads.csv: found", "row 1", "one header"),
    (text("heads.csv", lambda t: t[: t.rindex(",")]),
     "heads.csv, row", "found 2 values under 3 column names", "a value or nothing between"),
    (text("heads.csv", lambda t: t.replace("\n", ",\n")),
     "heads.csv: found a column without a name in the header row"),
    *((write("heads.csv", content), "heads.csv: found", found) for content, found in [
        ("date,well_id,head\n2001-01-01,007,1,5\n", "4 values in row 2 under 3 column names"),
        ("date,well_id,head\n2001-01-01,007,1\n2001-01-02,007,1,5\n", "Expected 3 fields"),
        ('date,well_id,head\n2001-01-01,007,"1\n', "EOF inside string"),
        ("date,well_id,head,head\n2001-01-01,007,1,2\n", "the column 'head' twice"),
        ("date,well_id,head,\n2001-01-01,007,1,2\n", "a column without a name"),
    ]),
    # Columns
    *((edit(n, lambda t, c=c: t.drop(columns=c)), f"{n}, column {c}: found no such column",
       "required")
      for n, c in [("wells.csv", "well_id"), ("wells.csv", "latitude"), ("heads.csv", "date"),
                   ("heads.csv", "well_id"), ("gauges.csv", "gauge_id"),
                   ("surface_water.csv", "gauge_id"), ("forcing.csv", "precipitation")]),
    (edit("heads.csv", lambda t: t.rename(columns={"head": "level"})),
     "heads.csv, column head or depth", "level"),
    (edit("heads.csv", lambda t: t.assign(depth="2")), "found head and depth; expected exactly"),
    (setting("surface_water: discharge", "surface_water: stage"),
     "surface_water.csv, column stage"),
    (edit("forcing.csv", lambda t: t.rename(columns={"temperature": "temprature"})),
     "column 'temprature'", "did you mean 'temperature'"),
    (edit("wells.csv", lambda t: t.assign(distance_to_river="1")),
     "wells.csv, column distance_to_river", "no such column, or no river"),
    *((edit("wells.csv", lambda t, n=name: t.assign(**{n: "1"})),
       f"wells.csv, column '{name}': found an unknown column that models cannot use")
      for name in ("cluster", "forward", "soil.moisture", "__class__", "keys", "head", "1st")),
    *((edit("forcing.csv", lambda t, n=name: t.assign(**{n: "1"})),
       f"forcing.csv, column '{name}': found an unknown column that models cannot use")
      for name in ("place", "season_sin", "soil.moisture")),
    (edit("wells.csv", lambda t: t.assign(wind="1")), "wells.csv, column wind", "another name"),
    # Gauges
    (edit("gauges.csv", lambda t: t.assign(upstream_gauge_id="01")),
     "gauges.csv, gauge_id '01': found gauges upstream of themselves"),
    # Dates
    *((cell("heads.csv", 5, "date", value), "heads.csv, row 5, column date", "no date", "YYYY")
      for value in ("01/02/2005", "2005-02-30", "2005-1-2", "36892", "yesterday", "", "1005-01-01",
                    "20050101", "2005-01-01T00:00:00+02:00")),
    (cell("heads.csv", 9, "date", "2001-02-05 24:00"),
     "heads.csv, row 9, column date: found '2001-02-05 24:00', which is no date"),
    (cell("forcing.csv", 60, "date", "2001-02-29"),
     "forcing.csv, row 60, column date: found '2001-02-29', which is no date"),
    (cell("heads.csv", 3, "date", "20011-01-06"), "heads.csv, row 3, column date", "1800 and"),
    (append("heads.csv", [7]), "heads.csv, rows 9, 1614", "twice for well_id '007'", "each date"),
    (append("surface_water.csv", [5]),
     "surface_water.csv, rows 7, 2193: found 2001-01-06 twice for gauge_id '01'"),
    (append("forcing.csv", [0]), "forcing.csv, rows 2, 2193", "2001-01-01 twice"),
    # Numbers
    *((cell("heads.csv", 5, "head", value),
       f"heads.csv, row 5, column head: found {value!r}; expected a finite")
      for value in ("dry", "1_000", "12 m", "0x10", "--", ".", "٣", "#N/A", "inf", "1e999")),
    *((cell("forcing.csv", 9, "precipitation", value), f"column precipitation: found {value!r}")
      for value in ("<0.1", "T", "−4.5")),
    (cell("wells.csv", 3, "latitude", "38°54'"),
     "wells.csv, row 3, column latitude: found \"38°54'\"; expected a finite number"),
    (cell("heads.csv", 5, "head", "1476,5"), "'1476,5', a decimal comma"),
    # Missing-value codes
    *((cell("heads.csv", 5, "head", value), f"heads.csv, row 5, column head: found {value!r}, a u",
       "missing-value code", "an empty cell")
      for value in ("-999", "-9999.0", "-99999", "1e20", "9.96921e+36")),
    *((cell("heads.csv", 9, "head", value), f"heads.csv, row 9, column head: found {value}",
       "far from all others of well_id '007'", "an empty cell") for value in ("-99", "0")),
    (all_of(level(lambda h: h - 1400), cell("heads.csv", 9, "head", "999.9")),
     "heads.csv, row 9, column head: found 999.9", "far from all others"),
    (cell("forcing.csv", 9, "wind", "99.9"),
     "forcing.csv, row 9, column wind: found 99.9", "far from all others"),
    (cell("forcing.csv", 9, "precipitation", "-99.9"),
     "forcing.csv, row 9, column precipitation: found -99.9; expected mm/d between 0"),
    # Identifiers
    (append("wells.csv", [1], longitude="100.2"),
     "wells.csv, rows 3, 6", "well_id 'A1' more than once", "one row"),
    (append("gauges.csv", [0]), "gauges.csv, rows 2, 3: found gauge_id '01' more than once"),
    (cell("heads.csv", 5, "well_id", "A 1"), "heads.csv, row 5, column well_id: found unknown well",
     "did you mean 'A1'?", "one of wells.csv"),
    (column("heads.csv", "well_id", lambda w: w.lstrip("0")),
     "unknown well_id '7' (did you mean '007'?)"),
    (column("wells.csv", "well_id", lambda w: w.lstrip("0")),
     "unknown well_id '007' (did you mean '7'?)"),
    (column("heads.csv", "well_id", lambda w: "7.0" if w == "007" else w),
     "unknown well_id '7.0' (did you mean '007'?)"),
    (all_of(column("wells.csv", "well_id", lambda w: w.replace("A1", "Vétroz")),
            column("heads.csv", "well_id",
                   lambda w: w.replace("A1", unicodedata.normalize("NFD", "Vétroz")))),
     "heads.csv, rows", "which differs from 'Vétroz' only in how accents are stored"),
    *((all_of(edit(n, lambda t, c=c: t if c in t else t.assign(**{c: ""})), cell(n, 2, c, "99")),
       f"{n}, row 2, column {c}: found unknown gauge_id '99'", "one of gauges.csv")
      for n, c in [("surface_water.csv", "gauge_id"), ("forcing.csv", "gauge_id"),
                   ("wells.csv", "gauge_id"), ("gauges.csv", "upstream_gauge_id")]),
    (setting('target_gauge: "01"', 'target_gauge: "02"'),
     "key target_gauge: found unknown gauge_id '02'", "'01'"),
    (all_of(GAUGES_TWICE, setting('target_gauge: "01"', "")),
     "key target_gauge: found nothing; expected one of gauges.csv"),
    (edit("heads.csv", lambda t: t[t["well_id"] != "A1"]),
     "heads.csv, well_id 'A1', column head: found 0 different values", "one value for each place"),
    # Coordinates
    (cell("wells.csv", 3, "longitude", "181"), "wells.csv, row 3, column longitude: found 181"),
    (cell("wells.csv", 3, "latitude", "-90.5"), "wells.csv, row 3, column latitude: found -90.5"),
    (edit("wells.csv", swap), "wells.csv, rows 2, 3, 4 and 1 more, column latitude", "swapped"),
    (edit("gauges.csv", swap), "gauges.csv, row 2, column latitude: found 100.1"),
    (column("wells.csv", "longitude", lambda _: "2600123.4"),
     "wells.csv, rows 2, 3, 4 and 1 more, column longitude: found 2600123.4", "-180 and 180°"),
    *((all_of(to_switzerland, NO_RIVER, edit(n, swap)), "wells.csv and gauges.csv: ",
       "fit each other only if one of the two tables is swapped", "wells.csv near longitude",
       "gauges.csv near longitude", "longitude east and latitude north")
      for n in ("wells.csv", "gauges.csv")),  # four wells against a gauge: neither is blamed
    (all_of(to_switzerland, NO_RIVER, A1_ALONE, edit("wells.csv", swap)),
     "only if one of the two tables is swapped"),
    (all_of(to_switzerland, edit("gauges.csv", swap)),
     "gauges.csv, gauge_id '01': found coordinates that come near the other places", "longitude"),
    (all_of(to_switzerland, edit("wells.csv", swap)),
     "wells.csv, well_id '007', 'A1', 'A2' and 1 more", "only if they are swapped"),
    (all_of(to_switzerland, NO_RIVER, edit("wells.csv", lambda t: pd.concat(
        [t.iloc[:1], swap(t.iloc[1:2]), t.iloc[2:]]))),
     "wells.csv, well_id 'A1': found coordinates that come near the other places only if they"),
    (cell("wells.csv", 3, "longitude", "-100.08"), "wells.csv, well_id 'A1'", "5000 km"),
    (all_of(cell("wells.csv", 3, "longitude", "0"), cell("wells.csv", 3, "latitude", "0")),
     "wells.csv, well_id 'A1': found coordinates more than 5000 km from the other places"),
    # Depths given as heads
    *((all_of(edit("heads.csv", lambda t, s=sign: t.assign(
        head=np.linspace(s * 0.66, s * 12.11, len(t)).round(3).astype(str))),
        column("wells.csv", "surface_elevation", lambda _: "412")),
       f"heads.csv, column head: found {low} to {high} where the ground is at 412 to 412 m; "
       "expected metres above the datum; are these depths", "kind: depth", "vertical_datum")
      for sign, low, high in ((1, 0.66, 12.11), (-1, -12.11, -0.66))),
    # Units
    *((all_of(heads_at(height), centimetres("heads.csv", lambda t, w=w: t["well_id"] == w)),
       "heads.csv", "column head", "centimetres" if height < 90 else "cm")
      for w in ("007", "A1", "A2", "B1") for height in (1480, 60, 20)),
    *((all_of(level(lambda h, d=low: h - d), centimetres("heads.csv", lambda t: t["head"] != "")),
       "heads.csv", "column head", "centimetres" if low else "cm") for low in (0, 1420, 1460)),
    *((all_of(heads_at(60), centimetres("heads.csv", lambda t, n=n: t.index < n)),
       "a hundred times the others of well_id '007'", "centimetres") for n in (1, 20, 200)),
    (all_of(DEPTHS, centimetres("heads.csv", lambda t: t["well_id"] == "A1")),
     "heads.csv, well_id 'A1', column depth", "centimetres"),
    (all_of(STAGES, centimetres("surface_water.csv", lambda t: t.index > 2000)),
     "surface_water.csv", "a hundred times the others of gauge_id '01'"),
    (column("heads.csv", "head", number(lambda h: h / 0.3048)),
     "heads.csv", "under a surface at", "metres above one datum", "feet"),
    (column("heads.csv", "head", number(lambda h: h * 1000)),
     "heads.csv, rows 2, 3, 4", "metres between -5000 and 9000"),
    *((cell("forcing.csv", 9, name, value), f"forcing.csv, row 9, column {name}: found {value}")
      for name, value in (("precipitation", "-0.5"), ("temperature", "288.15"), ("wind", "-1"))),
    (column("forcing.csv", "temperature", number(lambda c: 32 + 1.8 * c)),
     "forcing.csv, rows", "column temperature: found", "°C between -90 and 60"),
    *((column("forcing.csv", "precipitation", number(lambda p, f=f: p * f, 9)),
       "forcing.csv, column precipitation: found", "mm a year at 'basin'; expected mm/d", "metres")
      for f in (1e-3, 1 / 86400, 100)),
    # Periods
    (edit("surface_water.csv", lambda t: t[t["date"] < "2005-12-01"]),
     "surface_water.csv: found no value in the test period"),
    (edit("forcing.csv", lambda t: t.assign(wind=t["wind"].where(t["date"] > "2005", ""))),
     "forcing.csv, column 'wind': found no value in the train period"),
    # Settings
    *((setting(old, new), *parts) for old, new, *parts in [
        ("validation: [2005-01-01", "validation: [2004-06-01", "periods that overlap"),
        (TEST, "test: [2000-01-01, 2001-01-31]", "wrong order"),
        (TEST, "test: [2006-01-01, 2007-01-31]", "key test", "2006-01-01 to 2007-01-31, outside",
         "2001-01-01 to 2006-12-31"),
        (TRAIN, "train: [1999-01-01", "key train", "outside the data"),
        (TEST, "test: [2006-12-31, 2006-01-01]", "key test"),
        (TEST, "test: [2006-01-01]", "two dates"),
        (TEST, "test: 2006", "key test: found 2006", "two dates"),
        (TEST, "test: [2006-13-01, 2006-12-31]", "key test: found ['2006-13-01', '2006-12-31']"),
        (TEST, "test: [2006-12-25, 2006-12-31]", "whole steps"),
        ("encoder_length: 24", "encoder_length: 900", "whole steps", "encoder_length"),
        ("step: 5D", "step: 7D", "key step: found '7D'; expected one of D, 5D, W, MS"),
        ("name: example  ", "name: ../../etc", "key name", "short name"),
        ("name: example  ", "name: 12", "key name", "short name"),
        ("encoder_length: 24", "encoder_length: 0", "key encoder_length: found 0"),
        ("encoder_length: 24", "encoder_length: true", "key encoder_length: found True"),
        ("lead_times: 3", "lead_times: 2.5", "key lead_times: found 2.5"),
        ("lead_times: 3", "lead_time: 3", "did you mean 'lead_times'"),
        ("history: true", "history: maybe", "expected true or false"),
        ("future_forcing: observed", "future_forcing: some", "one of observed, none"),
        ('target_gauge: "01"', "target_gauge: 01", "key target_gauge: found 1", "in quotes"),
        (VIRTUAL, f"{VIRTUAL}\ncompanion: smith", "one of jing2025"),
        (VIRTUAL, f"{VIRTUAL}\nvirtual: false", "line 10: found the key 'virtual' twice"),
        (TITLE, "title: [a, b]", "key title: found ['a', 'b']; expected text"),
    ]),
    (write("basin.yml", "a: 'b"), "basin.yml, line 1: found", "plain YAML"),
    (text("basin.yml", lambda _: "title: Fähre".encode("latin-1")), "a byte that is not UTF-8"),
    # The river
    *((write("river.geojson", content), "river.geojson: found", found) for content, found in [
        ("not json", "not GeoJSON"),
        ("[" * 100_000, "not GeoJSON"),
        ('{"type": "Point", "coordinates": [100, 38]}', "the geometry 'Point'"),
        ('{"type": "FeatureCollection", "features": []}', "no line"),
        ('{"type": "Feature", "geometry": null}', "not GeoJSON"),
        (line([100, 38]), "point array must contain 0 or >1 elements"),
        (line([100, 38], ["a", 38]), "type must be number"),
        (line([100, 38], [38, 100]), "out of range"),
        (line([100, 38], [float("nan"), 38]), "not GeoJSON"),
        (line([100, 38], [10**400, 38]), "number overflow"),
        (line([700000, 4300000], [700010, 4300000]), "out of range"),
    ]),
    (all_of(write("river.geojson", line([38.8, 80], [38.9, 80])),
            *(column(n, "longitude", lambda _: "80") for n in ("wells.csv", "gauges.csv"))),
     "river.geojson", "swapped"),
]  # fmt: skip
"""Corruptions that give exactly one problem, and parts of its message."""

SEVERAL = [
    (text("forcing.csv", lambda t: t.replace("\n", "\n-,mm/d,degC,m/s\n", 1)),
     "forcing.csv, row 2, column date: found '-', which is no date"),
    (setting("step: 5D", "steps: 5D"), "key step: found nothing"),
    (text("surface_water.csv", lambda t: t + "mean,01,17.2\n"),
     "surface_water.csv, row 2193, column date: found 'mean', which is no date"),
    (text("heads.csv", lambda t: t.replace("date,well_id,head", "Date,Well_ID,Head", 1)),
     "heads.csv, column 'Date': found an unknown column (did you mean 'date'?)"),
    (text("heads.csv", lambda t: t.replace("date,well_id,head", "date, well_id, head", 1)),
     "heads.csv, column ' well_id': found an unknown column (did you mean 'well_id'?)"),
    (column("heads.csv", "date", serial), "heads.csv, rows 2, 3, 4",
     "found '36892', which is no date but looks like Excel's count", "YYYY-MM-DD"),
    (column("heads.csv", "date", lambda d: serial(d) + ".5"),
     "found '36892.5', which is no date but looks like Excel's count of days"),
    *((column("forcing.csv", "date", date(form)), "forcing.csv, rows 2, 3, 4",
       f"column date: found {found!r}, which is no date", "YYYY-MM-DD")
      for form, found in [("%m/%d/%Y", "01/01/2001"), ("%d.%m.%Y", "01.01.2001"),
                          ("%Y%m%d", "20010101"), ("%y-%m-%d", "01-01-01"),
                          ("%d-%b-%Y", "01-Jan-2001")]),
    *((column("heads.csv", "date", lambda d, z=zone: d + z),
       f"found '2001-01-01{zone}', which is no date but a time with a time zone",
       "in local time without a zone")
      for zone in ("T00:00:00Z", " 08:00+08:00", " 08:00 CST")),
    (column("heads.csv", "head", lambda h: h.replace(".", ",")),
     "heads.csv, rows 2, 3, 4", ", a decimal comma", "a decimal point"),
    (column("heads.csv", "head", lambda h: f"{float(h):,.3f}"),
     "heads.csv, rows 2, 3, 4", "'1,47", "a comma between thousands", "a decimal point"),
    (column("heads.csv", "head", lambda h: f"{h[0]}\N{NARROW NO-BREAK SPACE}{h[1:]}"),
     "heads.csv, rows 2, 3, 4", "expected a finite number"),
    (column("surface_water.csv", "discharge", lambda q: f"{q} m³/s"),
     "surface_water.csv, rows 2, 3, 4 and 2188 more, column discharge", "m³/s'; expected a finite"),
    (column("heads.csv", "well_id", lambda w: w + " " if w == "A1" else w),
     "heads.csv, rows", "column well_id: found 'A1 '", "without spaces around it"),
    *((cell("wells.csv", 3, "well_id", value), "wells.csv, row 3, column well_id: found")
      for value in ("", " A1", "A\n1", "x" * 65)),
    (all_of(NO_RIVER, column("wells.csv", "longitude", lambda _: "260.1")),
     "column longitude: found 260.1; expected a longitude between -180 and 180°"),
    (column("surface_water.csv", "discharge", lambda _: ""),
     "surface_water.csv, gauge_id", "found 0"),
    (edit("heads.csv", lambda t: t.iloc[:1]),
     "heads.csv, well_id 'A1', 'A2', 'B1', column head: found 0 different values"),
    (edit("forcing.csv", lambda t: t.iloc[:1]),
     "forcing.csv: found no value in the train period, 2002-01-01 to 2004-12-31"),
    *((lambda folder, n=n: (folder / n).write_text((folder / n).read_text().split("\n")[0] + "\n"),
       f"{n}: found no row below the header")
      for n in ("wells.csv", "heads.csv", "gauges.csv", "surface_water.csv", "forcing.csv")),
]  # fmt: skip
"""Corruptions that may give more than one problem, and parts of the message of one of them."""

REMARKS = [
    (rows("heads.csv", slice(300, 330), "1470.123"), "repeats", "found 1470.123, one value again"),
    (rows("surface_water.csv", slice(900, 1050), "0"), "zeros", "found 0, where no other value"),
    (cell("surface_water.csv", 900, "discharge", "0"), "zeros", "row 900, column discharge"),
    (all_of(STAGES, rows("surface_water.csv", slice(900, 1050), "0")), "zeros", "column stage"),
    (cell("heads.csv", 300, "head", "1485.1"), "spikes", "row 300, column head: found 1485.1, far"),
    (cell("surface_water.csv", 900, "discharge", "261.4"), "spikes", "900, column discharge"),
    (cell("forcing.csv", 900, "temperature", "-45"), "spikes", "row 900, column temperature"),
    (all_of(DEPTHS, column("heads.csv", "depth", lambda d: f"-{d}")), "above",
     "above the ground", "is the sign of depths turned"),
    (column("heads.csv", "head", number(lambda h: h + 50)), "above", "above the ground"),
    (edit("heads.csv", lambda t: t.rename(columns={"head": "depth"})), "depths",
     "metres below the ground; are these heads"),
    (all_of(NO_SURFACE, edit("heads.csv", lambda t: t.rename(columns={"head": "depth"}))),
     "depths", "as a mean", "are these heads"),
    *((column("forcing.csv", "precipitation", number(lambda p, f=f: p * f)), "rain", "mm a year")
      for f in (1 / 25.4, 30)),
    (column("forcing.csv", "temperature", number(lambda t: -t)), "season", "other half"),
    (column("forcing.csv", "temperature", number(lambda t: 32 + t * 0.6)), "temperature"),
    (column("forcing.csv", "wind", number(lambda w: 3.6 * w)), "wind", "are they km/h"),
    (column("surface_water.csv", "discharge", number(lambda q: -q)), "flow", "m³/s downstream"),
    (column("surface_water.csv", "discharge", thousand_point), "thousands", "three decimals"),
    (edit("heads.csv", lambda t: t[(t["well_id"] != "A1") | (t["date"] < "2005")]), "few",
     "heads.csv, well_id 'A1', column head: found 0 different values in the validation period"),
    (edit("heads.csv", lambda t: t.assign(head=t["head"].where(t["well_id"] != "A1", "1470"))),
     "few", "found 1 different values in the train period"),
    (NO_RIVER, "river", "river.geojson: found a file that basin.yml does not name"),
]  # fmt: skip
"""Copies that pass the check with a remark: the rule, and parts of what it says."""


@pytest.mark.parametrize(
    ("corrupt", "rule", "parts"), [(corrupt, rule, parts) for corrupt, rule, *parts in REMARKS]
)
def test_what_can_be_doubted_is_remarked_on_until_it_is_accepted(own_basin, corrupt, rule, parts):
    corrupt(own_basin)
    said = [str(remark) for remark in swgw.load_basin(own_basin).remarks]
    parts = [*parts, f"(if it is true: `accept: [{rule}]` in basin.yml)"]
    assert any(all(part in remark for part in parts) for remark in said), said
    setting("accept: []", f"accept: [{rule}]")(own_basin)
    assert rule not in {remark.rule for remark in swgw.load_basin(own_basin).remarks}


def two_digit_years(day):
    return f"20{int(day[2:4]) + 56}{day[4:]}"


ACCEPTED = [
    (cell("heads.csv", 9, "head", "0"), "codes"),
    (column("heads.csv", "head", number(lambda h: h / 0.3048)), "ground"),
    (column("forcing.csv", "precipitation", number(lambda p: p / 1000, 9)), "rain"),
    (all_of(STAGES, centimetres("surface_water.csv", lambda t: t.index > 2000)), "units"),
    (cell("wells.csv", 3, "longitude", "-100.08"), "places"),
    (all_of(
        *(column(n, "date", two_digit_years)
          for n in ("heads.csv", "forcing.csv", "surface_water.csv")),
        text("basin.yml", lambda t: re.sub(r"200(\d)-", lambda m: f"20{int(m[1]) + 56}-", t))),
     "future"),
]  # fmt: skip


@pytest.mark.parametrize(("corrupt", "rule"), ACCEPTED)
def test_what_cannot_be_true_passes_if_its_owner_says_so(own_basin, corrupt, rule):
    corrupt(own_basin)
    assert {problem.rule for problem in check_basin(own_basin)} == {rule}
    setting("accept: []", f"accept: [{rule}]")(own_basin)
    assert check_basin(own_basin) == []


def test_a_rule_that_is_none_is_named(own_basin):
    setting("accept: []", "accept: [rains]")(own_basin)
    [problem] = check_basin(own_basin)
    assert "key accept: found ['rains']; expected a list, [name, name], of places, " in str(problem)


def polder(t):
    level = np.where(t["date"] < "2004", 0, -6) + np.sin(t.index / 20) / 4
    return t.assign(head=level.round(3).astype(str))


def test_a_polder_pumped_down_and_a_desert_pass_with_a_remark(own_basin):
    all_of(NO_SURFACE, edit("heads.csv", polder))(own_basin)
    edit("forcing.csv", lambda t: t.assign(precipitation=np.where(t.index % 365, "0", "0.8")))(
        own_basin
    )
    assert check_basin(own_basin) == []
    assert "0.934 mm a year" in " ".join(map(str, swgw.load_basin(own_basin).remarks))


def named(cases):
    return pytest.mark.parametrize(
        ("corrupt", "parts"), [(corrupt, parts) for corrupt, *parts in cases],
        ids=[f"{number} {parts[0][:40]}" for number, (_, *parts) in enumerate(cases)],
    )  # fmt: skip


@named(ONE + SEVERAL)
def test_names_the_problem(own_basin, corrupt, parts):
    (own_basin.parent / "outside.geojson").write_text((own_basin / "river.geojson").read_text())
    corrupt(own_basin)
    problems = check_basin(own_basin)
    messages = [str(problem) for problem in problems]
    assert any(all(part in message for part in parts) for message in messages), messages
    for problem, message in zip(problems, messages, strict=True):
        assert problem.file and problem.found and problem.expected
        assert len(message) < 500 and "\n" not in message
    assert len(problems) == 1 or (corrupt, *parts) in SEVERAL, messages


def test_another_number_is_another_well(own_basin):
    cell("heads.csv", 5, "well_id", "A11")(own_basin)
    assert "did you mean" not in str(check_basin(own_basin)[0])


def test_gauges_in_a_ring_are_found_and_a_chain_is_none(own_basin):
    for gauge in ("02", "03"):
        append("gauges.csv", [0], gauge_id=gauge)(own_basin)
        append("surface_water.csv", slice(0, 2191), gauge_id=gauge)(own_basin)
    edit("gauges.csv", lambda t: t.assign(upstream_gauge_id=["02", "03", ""]))(own_basin)
    assert check_basin(own_basin) == []
    edit("gauges.csv", lambda t: t.assign(upstream_gauge_id=["02", "03", "02"]))(own_basin)
    [problem] = check_basin(own_basin)
    assert problem.place == "gauge_id '01', '02', '03'"


@pytest.mark.slow
def test_names_that_models_use_themselves_are_listed():
    torch = pytest.importorskip("torch")
    names = {name for name in dir(torch.nn.ModuleDict()) if not name.startswith("_")}
    assert names <= RESERVED


def test_every_problem_at_once(own_basin):
    all_of(
        remove("forcing.csv"),
        setting("history: true", "histroy: true"),
        setting(TEST, "test: [2006-01-01, 2009-12-31]"),
        cell("heads.csv", 5, "head", "dry"),
        cell("wells.csv", 3, "longitude", ""),
    )(own_basin)
    problems = check_basin(own_basin)
    found = " ".join(map(str, problems))
    for part in ("forcing.csv", "histroy", "2009-12-31", "'dry'", "an empty cell"):
        assert part in found
    assert len(problems) == 5
    with pytest.raises(BasinError, match="5 problems in the basin folder") as error:
        swgw.load_basin(own_basin)
    assert error.value.problems == problems
    assert all(str(problem) in str(error.value) for problem in problems)


def test_what_is_no_folder_of_a_basin(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for name, found in [("none", "no such folder"), ("empty", "none of a basin's files"),
                        ("file", "a file; expected the folder of a basin")]:  # fmt: skip
        [problem] = check_basin(tmp_path / name)
        assert f"found {found}" in str(problem) and "swgw new" in str(problem)


@pytest.mark.parametrize(
    "content", ["", "- a\n- b\n", "name: [", "just text", "a: &a [*a]", "[" * 5000, "? [a]\n: b",
                "test: 2006-02-30", "\tname: x", "name: \x00", "a: !!binary x", "!!set {a, b}",
                "a: !!int ''", "a: !!map [1, 2]", "a: !!timestamp foo", "a: !!float x", "? !!map x",
                "a: !!omap {b: 1}", "a: !!bool 3", "a: " + "[" * 9000, "a: 2001-99-99T1:1:1Z"],
)  # fmt: skip
def test_hostile_yaml(own_basin, content):
    (own_basin / "basin.yml").write_text(content)
    messages = [str(problem) for problem in check_basin(own_basin)]
    assert messages
    assert all(len(message) < 1000 and "\n" not in message for message in messages)


def test_yaml_that_names_a_python_object_runs_nothing(own_basin, tmp_path):
    sign = tmp_path / "ran"
    setting(TITLE, f'title: !!python/object/apply:os.system ["touch {sign}"]')(own_basin)
    [problem] = check_basin(own_basin)
    assert str(problem).startswith("basin.yml, line") and "names a Python object" in str(problem)
    assert not sign.exists()


def test_yaml_that_swells(own_basin):
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    setting(TITLE, "\n".join(["l0: &l0 [lol, lol]", *levels, "title: *l11"]))(own_basin)
    assert any("key title: found a list" in str(problem) for problem in check_basin(own_basin))


@pytest.mark.parametrize("last", ["1477.999", "dry"])
def test_many_rows(own_basin, clean, last):
    """Well 007, every quarter of an hour for six years; then with a fault in the last row."""
    stamps = np.datetime64("2001-01-01T00:00:00") + (np.arange(200_000) * 945).astype("m8[s]")
    heads = [f"1477.{n:03d}" for n in range(1000)] * 200
    rows = [f"{t},007,{h}" for t, h in zip(np.datetime_as_string(stamps), heads, strict=True)]
    rows[-1] = rows[-1].rpartition(",")[0] + f",{last}"
    before = (own_basin / "heads.csv").read_text().splitlines()
    lines = [line for line in before if ",007," not in line] + rows
    (own_basin / "heads.csv").write_text("\n".join(lines) + "\n")
    if last == "dry":
        [problem] = check_basin(own_basin)
        assert (problem.place, problem.found) == (f"row {len(lines)}, column head", "'dry'")
        return
    basin = swgw.load_basin(own_basin)
    logged = basin.heads["well_id"] == "007"
    assert logged.sum() == 200_000
    assert basin.heads.loc[logged, "head"].mean() == pytest.approx(1477.4995, abs=1e-6)
    same(clean.heads[clean.heads["well_id"] != "007"], basin.heads[~logged])
