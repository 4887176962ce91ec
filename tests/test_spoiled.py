"""Three hundred spoiled folders, made with a seed: none ends in a traceback, none passes unseen."""

import gzip
import os
import random
import re

import pytest
from corrupt import (
    NO_RIVER,
    NO_SURFACE,
    all_of,
    append,
    cell,
    column,
    edit,
    line,
    number,
    remove,
    rows,
    setting,
    swap,
    text,
    thousand_point,
    to_switzerland,
    write,
)
from typer.testing import CliRunner

from swgw.basin.tables import MISSING_CODES
from swgw.cli import app

SERIES = ("heads.csv", "surface_water.csv", "forcing.csv")
PLACES = ("wells.csv", "gauges.csv")
VALUES = {"heads.csv": "head", "surface_water.csv": "discharge", "forcing.csv": "temperature"}


def of(*items):
    """Draw one of some ways to spoil a folder."""
    return lambda draw: draw.choice(items)


def at(name, which, *values):
    """Write one of some values into a cell of a random row."""
    return lambda draw: cell(name, draw.randrange(100, 1500), which, draw.choice(values))


def value(*values):
    """Write one of some values into a random cell of heads, discharge or temperature."""
    return lambda draw: (lambda n: at(n, VALUES[n], *values)(draw))(draw.choice(SERIES))


def day(change):
    """Change every date of one series."""
    return lambda draw: column(draw.choice(SERIES), "date", change)


def form(change):
    """Change the text of one of the tables."""
    return lambda draw: text(draw.choice((*SERIES, *PLACES)), change)


def scaled(name, which, *changes, digits=6):
    return lambda draw: column(name, which, number(draw.choice(changes), digits))


def run(draw):
    name = draw.choice(SERIES[:2])
    start = draw.randrange(100, 1200)
    return rows(name, slice(start, start + draw.randrange(25, 200)), table_value(name, draw))


def table_value(name, draw):
    return f"{draw.uniform(1470, 1472) if name == 'heads.csv' else draw.uniform(20, 25):.3f}"


def zeros(draw):
    start = draw.randrange(100, 1900)
    return rows("surface_water.csv", slice(start, start + draw.choice((1, 2, 30, 150))), "0")


def misplaced(draw):
    """Move the decimal point of one value."""
    name = draw.choice(SERIES[:2])
    row, times = draw.randrange(100, 1500), draw.choice((0.1, 10))

    def change(t):
        t.iloc[row, -1] = f"{float(t.iloc[row, -1]) * times:.3f}"
        return t

    return edit(name, change)


def later(cell):
    return f"{int(cell[:4]) + 56}{cell[4:]}"


def future(draw):
    years = text("basin.yml", lambda t: re.sub(r"(200\d)-", lambda m: f"{int(m[1]) + 56}-", t))
    return all_of(years, *(column(name, "date", later) for name in SERIES))


def cut(draw):
    """Cut a table off behind a comma."""

    def change(t):
        return t[: t.index(",", draw.randrange(len(t) // 3, len(t) - 60)) + 1]

    return text(draw.choice(SERIES), change)


def put(how):
    """Put something else in a file's place."""
    return lambda draw: (lambda name: lambda folder: how(folder / name))(
        draw.choice((*SERIES, *PLACES, "basin.yml", "river.geojson"))
    )


def link_out(path):
    path.rename(path.parent.parent / "outside")
    path.symlink_to(path.parent.parent / "outside")


def renamed(name, old, *new):
    return lambda draw: edit(name, lambda t: t.rename(columns={old: draw.choice(new)}))


def key(line, *lines):
    return lambda draw: setting(line, draw.choice(lines))


DEPTH = edit("heads.csv", lambda t: t.rename(columns={"head": "depth"}))
FALSE_DEPTHS = all_of(column("heads.csv", "head", number(lambda h: -(1 + h % 3))), DEPTH)

KINDS = {
    # files
    "missing": of(*(remove(n) for n in (*SERIES, *PLACES, "basin.yml", "river.geojson"))),
    "emptied": put(lambda path: path.write_bytes(b"")),
    "a folder": put(lambda path: (path.unlink(), path.mkdir())),
    "a pipe": put(lambda path: (path.unlink(), os.mkfifo(path))),
    "a link to nothing": put(lambda path: (path.unlink(), path.symlink_to("nowhere"))),
    "a link in a circle": put(lambda path: (path.unlink(), path.symlink_to(path.name))),
    "a link out": put(link_out),
    "compressed": put(lambda path: path.write_bytes(gzip.compress(path.read_bytes()))),
    "random bytes": lambda draw: put(lambda path: path.write_bytes(draw.randbytes(5000)))(draw),
    "a page of the web": put(lambda path: path.write_text("<!doctype html>\n<p>Not found, sorry")),
    "UTF-16": form(lambda t: t.encode("utf-16")),
    "Latin-1": form(lambda t: (t + "Föhr,1,2\n").encode("latin-1")),
    "a NUL byte": form(lambda t: t[: len(t) // 2] + "\0" + t[len(t) // 2 :]),
    "cut": cut,
    # tables
    "semicolons": form(lambda t: t.replace(",", ";").replace(".", ",")),
    "tabs": form(lambda t: t.replace(",", "\t")),
    "no header": form(lambda t: t.split("\n", 1)[1]),
    "a title above": form(lambda t: "Report of 2006\n" + t),
    "a row of units": form(lambda t: t.replace("\n", "\n-,-,m\n", 1)),
    "a sum below": lambda draw: text(draw.choice(SERIES), lambda t: t + "total,01,99\n"),
    "a comma at the end": form(lambda t: t.replace("\n", ",\n")),
    "an open quote": form(lambda t: t + '"2006-12-31'),
    "a long cell": lambda draw: cell("wells.csv", draw.randrange(2, 6), "well_id", "x" * 200_000),
    "a column twice": lambda draw: text("heads.csv", lambda t: t.replace("head", "well_id", 1)),
    "a column less": of(*(edit(n, lambda t: t.iloc[:, 1:]) for n in (*SERIES, *PLACES))),
    "a misspelt column": renamed("forcing.csv", "temperature", "temprature", "Temperature"),
    "another name": renamed("heads.csv", "head", "level", "waterlevel", "value"),
    "a name of the models": of(
        *(edit("wells.csv", lambda t, n=n: t.assign(**{n: "1"}))
          for n in ("cluster", "forward", "x.y", "__class__", "keys")),
        *(edit("forcing.csv", lambda t, n=n: t.assign(**{n: "1"}))
          for n in ("place", "season_sin")),
    ),
    # cells
    "a word": value("dry", "12 m", "--", "#N/A", "1_000", "½"),
    "a decimal comma": value("12,5", "1.234,5"),
    "no number": value("inf", "-inf", "1e999"),
    "a missing-value code": value(*map(str, MISSING_CODES), "1e20", "9.96921e+36"),
    "a logger's code": at("heads.csv", "head", "-99", "-99.9", "0", "99.99", "9999"),
    "negative weather": of(at("forcing.csv", "precipitation", "-2")(random.Random(1)),
                           at("forcing.csv", "wind", "-0.5")(random.Random(2))),
    "no identifier": at("heads.csv", "well_id", "", " ", "A1 ", " A1", "A\t1"),
    "an unknown well": at("heads.csv", "well_id", "A3", "7", "7.0", "B 1"),
    "zeros lost": of(column("heads.csv", "well_id", lambda w: w.lstrip("0")),
                     column("surface_water.csv", "gauge_id", lambda w: w.lstrip("0"))),
    # places
    "off the Earth": lambda draw: cell("wells.csv", draw.randrange(2, 6), "latitude", "95.2"),
    "metres of a map": of(*(column(n, "longitude", lambda _: "2600123") for n in PLACES)),
    "coordinates swapped": of(edit("wells.csv", swap),
                              all_of(to_switzerland, edit("gauges.csv", swap))),
    "at nought": lambda draw: (lambda r: all_of(cell("wells.csv", r, "longitude", "0"),
                                                cell("wells.csv", r, "latitude", "0")))(
        draw.randrange(2, 6)),
    "the other half of the Earth": lambda draw: all_of(
        NO_RIVER, cell("wells.csv", draw.randrange(2, 6), "longitude", "-100.1")),
    "upstream of itself": of(edit("gauges.csv", lambda t: t.assign(upstream_gauge_id="01"))),
    # times
    "months first": day(lambda d: f"{d[5:7]}/{d[8:]}/{d[:4]}"),
    "days first": day(lambda d: f"{d[8:]}.{d[5:7]}.{d[:4]}"),
    "Excel's days": day(lambda d: "38353"),
    "a time zone": day(lambda d: f"{d}T00:00:00Z"),
    "24:00": lambda draw: (lambda n: at(n, "date", "2003-05-01 24:00")(draw))(draw.choice(SERIES)),
    "no such day": lambda draw: (lambda n: at(n, "date", "2003-02-29", "2004-13-01", "20041-01-01",
                                              "")(draw))(draw.choice(SERIES)),
    "twice": lambda draw: append(draw.choice(SERIES), [draw.randrange(1500)]),
    "the next century": future,
    # values
    "feet": scaled("heads.csv", "head", lambda h: h / 0.3048),
    "centimetres": scaled("heads.csv", "head", lambda h: h * 100, digits=2),
    "depths as heads": scaled("heads.csv", "head", lambda h: 1 + h % 3, lambda h: -1 - h % 3),
    "heads as depths": of(DEPTH, all_of(NO_SURFACE, DEPTH)),
    "the sign of depths": of(FALSE_DEPTHS, all_of(NO_SURFACE, FALSE_DEPTHS)),
    "far above the ground": scaled("heads.csv", "head", lambda h: h + 20, lambda h: h + 150),
    "stuck": run,
    "zeros": zeros,
    "a misplaced point": misplaced,
    "points between thousands": of(column("surface_water.csv", "discharge", thousand_point)),
    "the sign of a river": scaled("surface_water.csv", "discharge", lambda q: -q),
    "one value": of(*(edit("heads.csv", lambda t, w=w: t.assign(
        head=t["head"].where(t["well_id"] != w, "1470"))) for w in ("007", "A1", "A2", "B1"))),
    "a dry river": of(edit("surface_water.csv", lambda t: t.assign(
        discharge=t["discharge"].where(t["date"] < "2006", "0")))),
    "a short record": of(*(edit("heads.csv", lambda t, w=w: t[
        (t["well_id"] != w) | (t["date"] < "2005")]) for w in ("007", "A1", "A2", "B1"))),
    "temperature": scaled("forcing.csv", "temperature", lambda t: t + 273.15,
                          lambda t: 32 + 1.8 * t, lambda t: -t, lambda t: 10 * t),
    "wind": scaled("forcing.csv", "wind", lambda w: 3.6 * w, lambda w: 100 * w),
    "rain": scaled("forcing.csv", "precipitation", lambda p: p / 25.4, lambda p: p / 1000,
                   lambda p: p / 86400, lambda p: 30.4 * p, digits=9),
    # settings
    "no such key": key("lead_times: 3", "lead_time: 3", "leads: 3", "lead_times: 3\nsteps: 2"),
    "a value of another kind": key("lead_times: 3", "lead_times: 2.5", "lead_times: three",
                                   "lead_times: 0", "lead_times: [3]", "lead_times: -1"),
    "periods": key("test: [2006-01-01, 2006-12-31]", "test: [2006-01-01, 2007-12-31]",
                   "test: [2005-06-01, 2006-12-31]", "test: [2006-02-30, 2006-12-31]",
                   "test: [2006-12-31, 2006-01-01]", "test: [2006-12-25, 2006-12-31]",
                   "test: 2006"),
    "windows without room": key("encoder_length: 24", "encoder_length: 900", "encoder_length: 299"),
    "another gauge": key('target_gauge: "01"', 'target_gauge: "1"', "target_gauge: 1",
                         "target_gauge: [01]", "target_gauge: ../01"),
    "no YAML": of(*(write("basin.yml", t) for t in (
        "name: [", "- a", "a: &a [*a]", "[" * 9000, "a: 'b", "\tname: x", "name: \x00",
        "? [a]\n: b"))),
    "tags of YAML": key("title: An example basin", "title: !!int ''", "title: !!map [1, 2]",
                        "title: !!timestamp foo", "title: !!binary x", "title: !!float x",
                        "title: !!python/object/apply:os.getcwd []", "title: !!set {a, b}"),
    # the river
    "a river of another form": of(*(write("river.geojson", t) for t in (
        "not json", "[" * 9000, line([100, 38]), line([38, 100], [38.1, 100.1]),
        line([700000, 4300000], [700010, 4300000]),
        '{"type": "Point", "coordinates": [100, 38]}'))),
    "a river without its name": of(NO_RIVER),
    "a river cut off": lambda draw: text("river.geojson", lambda t: t[: draw.randrange(9, 150)]),
}  # fmt: skip
"""What is wrong with a folder, and a function that draws a way to make it so."""

FOLDERS, SAMPLE = 300, 15
ORDER = random.Random(0).sample(range(FOLDERS), FOLDERS)


def test_there_are_sixty_kinds():
    assert len(KINDS) >= 60


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(n, marks=[pytest.mark.slow] * (place >= SAMPLE))
        for place, n in enumerate(ORDER)
    ],
)
def test_a_spoiled_folder_is_refused_or_remarked_on(own_basin, number):
    kind = list(KINDS)[number % len(KINDS)]
    KINDS[kind](random.Random(number))(own_basin)
    answer = CliRunner().invoke(app, ["check", str(own_basin)])
    assert answer.exit_code in (0, 2), (kind, answer.exception)
    assert answer.exit_code == 2 or "accept: [" in answer.stdout, (kind, answer.stdout)
    assert "Traceback" not in answer.output
    assert max(map(len, answer.output.splitlines())) < 1200
