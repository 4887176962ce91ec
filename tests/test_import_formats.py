"""Files as services and loggers write them, each with the value that must come out."""

import gzip
import io
import re

import numpy as np
import pandas as pd
import pyproj
import pytest
import yaml
from typer.testing import CliRunner

from swgw.basin.folder import load_basin
from swgw.cli import app
from swgw.sources import table
from swgw.storage import UserError

WELL, GAUGE = {"places": {"P": [14.1, 47.2]}}, {"places": {"Q": [14.1, 47.2]}}


def understood(folder, files, told):
    for name, text in files.items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / name).write_bytes(data)
    (folder / "map.yml").write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return table.understand([folder / name for name in files], folder / "map.yml")


def levels(folder, text, **keys):
    """Read one file of heads at the only well: (time, value)."""
    told = {"wells": WELL, "heads": {"file": "a.csv", **keys}}
    return pairs(understood(folder, {"a.csv": text}, told).tables["heads.csv"])


def pairs(series):
    times = [f"{time:%Y-%m-%d %H:%M}".removesuffix(" 00:00") for time in series["date"]]
    return list(zip(times, series.iloc[:, 2].round(4), strict=True))


RDB = """# Data provided for site 00000001
#  1001  00060  00003  Discharge, cubic feet per second (Mean)
agency_cd\tsite_no\tdatetime\t1001_00060_00003\t1001_00060_00003_cd
5s\t15s\t20d\t14n\t10s
USGS\t00000001\t2010-01-01\t100\tA
USGS\t00000001\t2010-01-02\tIce\tA
USGS\t00000001\t2010-01-03\t1156\tA
"""
GRDC = """# Title:                 GRDC STATION DATA FILE
# GRDC-No.:              6335020
# Catchment area (km²):      5200.0
YYYY-MM-DD;hh:mm; Value
2010-01-01;--:--;    191.106
2010-01-06;--:--;   -999.000
"""
EHYD = """Meßstelle:;;Musterdorf, Br1
HZB-Nummer:;;300001
Einheit:;;m ü.A.
Werte:
01.01.2010 00:00:00;399,49;
29.01.2010 00:00:00;Lücke;
05.02.2010 00:00:00;1.399,72;
"""
DINO = """Titel:,,,,,,,
Locatie,Filternummer,Externe aanduiding,X-coordinaat
B28C0314,001,28CP0022,227531

Locatie,Filternummer,Peildatum,Stand (cm t.o.v. MP),Stand (cm t.o.v. MV),Stand (cm t.o.v. NAP),Op
B28C0314,001,29-03-1971,502,465,910,,
B28C0314,001,14-04-1971,506,,,
"""
WISKI = """Station Site:\tPlaats
Station Number:\t1_PBF
Date\tTime\tValue[mNAP]\tState of value
01-01-2010\t01:00:00\t-0.5\t40
01-01-2010\t24:00:00\t-0.6\t40
"""
BAFU = """Bundesamt
Zeitzone;UTC

Stationsname;Stationsnummer;Parameter;Zeitstempel;Wert;Freigabestatus
Muster;2000;Abfluss;2010-01-01 00:00:00+00:00;19.111;Freigegeben
Muster;2000;Abfluss;2010-07-02 00:00:00+02:00;20.5;Freigegeben
"""
HYDAT = """ ID,PARAM,Date,Value,SYM
01AA001,1,2010/01/01,25.481,
01AA001,2,2010/01/01,2.6,B
"""
ADES = """Identifiant national BSS|Date de la mesure|Côte NGF|Profondeur relative/repère de mesure
BSS000AAA|01/02/2010 00:00:00|101.5|4.2
"""
POWER = """-BEGIN HEADER-
Dates (month/day/year): 01/01/2001 through 01/02/2001
-END HEADER-
YEAR,{},PRECTOTCORR,T2M
2001,{},1.5,-3
2001,{},-999,-2
"""
SERVICES = [
    (RDB, "usgs-rdb", "discharge", {}, "00000001",
     [("2010-01-01", 2.8317), ("2010-01-03", 32.7343)]),
    (RDB.replace("_00060_00003", "_72019_00003"), "usgs-rdb", "depth", {}, "00000001",
     [("2010-01-01", 30.48), ("2010-01-03", 352.3488)]),
    (GRDC, "grdc", "discharge", {}, "6335020", [("2010-01-01", 191.106)]),
    (GRDC.replace("Value", "Original").replace("-01;", "-00;").replace("-06;", "-00;"), "grdc",
     "discharge", {}, "6335020", [("2010-01-01", 191.106)]),
    (EHYD, "ehyd", "head", {"read": {"thousands": "."}}, "300001",
     [("2010-01-01", 399.49), ("2010-02-05", 1399.72)]),
    (EHYD.replace("Werte:\n", "Werte:\nDatum;Wert\n").replace("1.3", "3").encode("latin-1"), "ehyd",
     "head", {}, "300001", [("2010-01-01", 399.49), ("2010-02-05", 399.72)]),
    (DINO, "dino", "head", {}, "B28C0314-001", [("1971-03-29", 9.10)]),
    (DINO, "dino", "depth", {}, "B28C0314-001", [("1971-03-29", 4.65)]),
    (WISKI, "wiski", "head", {}, "1_PBF", [("2010-01-01 01:00", -0.5), ("2010-01-02", -0.6)]),
    (BAFU, "bafu", "discharge", {}, "2000", [("2010-01-01", 19.111), ("2010-07-02", 20.5)]),
    (BAFU, "bafu", "discharge", {"time_zone": "Europe/Zurich"}, "2000",
     [("2010-01-01 01:00", 19.111), ("2010-07-02", 20.5)]),
    (HYDAT, "hydat", "discharge", {}, "01AA001", [("2010-01-01", 25.481)]),
    (HYDAT, "hydat", "stage", {}, "01AA001", [("2010-01-01", 2.6)]),
    (ADES, "ades", "head", {}, "BSS000AAA", [("2010-02-01", 101.5)]),
    (ADES.encode("latin-1"), "ades", "depth", {}, "BSS000AAA", [("2010-02-01", 4.2)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "service", "kind", "keys", "place", "expected"), SERVICES)
def test_what_a_service_writes(tmp_path, text, service, kind, keys, place, expected):
    section = "heads" if kind in ("head", "depth") else "surface_water"
    home = {"heads": "wells", "surface_water": "gauges"}[section]
    told = {home: {"places": {place: [14.1, 47.2]}},
            section: {"format": service, "kind": kind, **keys}}  # fmt: skip
    found = understood(tmp_path, {"download": text}, told).tables[f"{section}.csv"]
    assert set(found.iloc[:, 1]) == {place}
    assert list(found)[2] == kind
    assert pairs(found) == expected


@pytest.mark.parametrize("days", [("DOY", "1", "2"), ("MO,DY", "1,1", "1,2")])
def test_weather_of_a_service(tmp_path, days):
    told = {"wells": WELL, "heads": {"file": "a.csv"},
            "forcing": {"file": "power.csv", "format": "nasa-power"}}  # fmt: skip
    files = {"a.csv": "date,P\n2001-01-01,3\n", "power.csv": POWER.format(*days)}
    found = understood(tmp_path, files, told).tables["forcing.csv"]
    assert found["date"].dt.day.tolist() == [1, 2]
    np.testing.assert_array_equal(found["precipitation"], [1.5, np.nan])
    assert list(found) == ["date", "precipitation", "temperature"]


D = "date,x\n"
LAYOUTS = [
    ('date,x\n2010-01-01,"1,156"\n2010-01-02,956\n', {"read": {"thousands": ","}},
     [("2010-01-01", 1156.0), ("2010-01-02", 956.0)]),
    (D + "2010-01-01,-999.00\n2010-01-02,3\n", {"read": {"na_values": [-999]}},
     [("2010-01-02", 3.0)]),
    (D + "2010-01-01,-999.000\n2010-01-02,3\n", {"read": {"na_values": -999.0}},
     [("2010-01-02", 3.0)]),
    ("date;x\n01.02.2010;3,5;\n02.02.2010;4;\n",
     {"read": {"sep": ";", "decimal": ","}, "date_format": "%d.%m.%Y"},
     [("2010-02-01", 3.5), ("2010-02-02", 4.0)]),
    ("2010-01-01 00:00,115,\n", {"read": {"names": ["date", "x"]}, "unit": "cm"},
     [("2010-01-01", 1.15)]),
    ('"Stazione";"Ponte"\n"Quota";6,00\n\n"gg/mm/aaaa";"Portata";"Tipo"\n01/02/2010;82,8;V\n',
     {"starts": "gg/mm", "read": {"sep": ";", "decimal": ","}, "date": "gg/mm/aaaa",
      "date_format": "%d/%m/%Y", "value": "Portata"}, [("2010-02-01", 82.8)]),
    (D + "31.12.2010 24:00,3\n", {"date_format": "%d.%m.%Y %H:%M"}, [("2011-01-01", 3.0)]),
    (D + "2010-12-31T24:00:00,3\n2010-12-31 23:00,4\n", {},
     [("2010-12-31 23:00", 4.0), ("2011-01-01", 3.0)]),
    (D + "31DEC1990 2400,3\n", {"date_format": "%d%b%Y %H%M"}, [("1991-01-01", 3.0)]),
    (D + "2010-01-01T12:00:00Z,3\n2010-07-01T12:00:00-06:00,4\n", {},
     [("2010-01-01 12:00", 3.0), ("2010-07-01 12:00", 4.0)]),
    (D + "2010-01-01T06:00Z,3\n", {"time_zone": "America/Denver"}, [("2009-12-31 23:00", 3.0)]),
    (D + "2010-01-01,3\n", {"time_zone": "America/Denver"}, [("2010-01-01", 3.0)]),
    ("YEAR,DOY,x\n2012,60,3\n", {"date": ["YEAR", "DOY"], "date_format": "%Y %j", "value": "x"},
     [("2012-02-29", 3.0)]),
    ("date,time,x\n1/2/2010,1:30 PM,3\n", {"date": ["date", "time"], "value": "x",
     "date_format": "%m/%d/%Y %I:%M %p"}, [("2010-01-02 13:30", 3.0)]),
    (D + "2010-01-01,3.5e\n2010-01-02,<0.5\n", {"qualifiers": ["e", "<"]},
     [("2010-01-01", 3.5), ("2010-01-02", 0.5)]),
    (D.encode("utf-16") + "2010-01-01,3\n".encode("utf-16-le"), {}, [("2010-01-01", 3.0)]),
    ((D + "2010-01-01,3\n").encode("utf-16-be"), {"read": {"encoding": "utf-16-be"}},
     [("2010-01-01", 3.0)]),
    ("date,x\r2010-01-01,3\r2010-01-02,4\r", {}, [("2010-01-01", 3.0), ("2010-01-02", 4.0)]),
    ("date,Pegelhöhe\n2010-01-01,3\n".replace("ö", "o\u0308"), {"value": "Pegelhöhe"},
     [("2010-01-01", 3.0)]),
    (D + "2010-01-01,-3.76\n", {"kind": "depth", "unit": "-m"}, [("2010-01-01", 3.76)]),
    ("date,PARAM,x\n2010-01-01,1,3\n2010-01-01,2,4\n", {"where": {"PARAM": [2]}, "value": "x"},
     [("2010-01-01", 4.0)]),
    ("date,x,S\n2010-01-01,3,raw\n2010-01-01,4,ok\n", {"where": {"S": ["!raw"]}, "value": "x"},
     [("2010-01-01", 4.0)]),
    (D + "2010-01-01,\u22123.5\n2010-01-02,\u20130.25\n", {},
     [("2010-01-01", -3.5), ("2010-01-02", -0.25)]),
    ("date;x\n2010-01-01;1\u202f156,5\n2010-01-02;1\u00a0956,5\n",
     {"read": {"sep": ";", "decimal": ",", "thousands": " "}},
     [("2010-01-01", 1156.5), ("2010-01-02", 1956.5)]),
    ('date,"x\n[m]"\n2010-01-01,3\n', {"value": "x*"}, [("2010-01-01", 3.0)]),
    (D + "2010-01-01 02:00 MEZ,3\n", {}, [("2010-01-01 02:00", 3.0)]),
    (D + "2010-01-01,3\n2010-01-01,3\n", {}, [("2010-01-01", 3.0)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "keys", "expected"), LAYOUTS)
def test_layouts(tmp_path, text, keys, expected):
    given = keys if {"value", "columns"} & set(keys) else keys | {"columns": {"P": "x"}}
    assert levels(tmp_path, text, **given) == expected


# Advice: each message, followed to the letter by what stands between its backticks


DAYS = "\n2010-01-02,4\n2010-01-03,5\n"
ADVISED = [
    (D + '2010-01-01,"1,156"\n2010-01-02,956\n', {}, 1156.0),
    (D + '2010-01-01,"12,5"' + DAYS, {}, 12.5),
    *((D + f"2010-01-01,{code}" + DAYS, {}, 4.0) for code in ("-999.00", "-999.000", "-9999")),
    (D + "2010-01-01,Ice" + DAYS, {}, 4.0),
    (D + "2010-01-01,3.5e" + DAYS, {}, 3.5),
    (D + "2010-01-01,<3.5" + DAYS, {}, 3.5),
    (D + "31.01.2010,3\n01.02.2010,4\n", {}, 3.0),
    (D + "01/31/2010,3\n02/01/2010,4\n", {}, 3.0),
    (D + "31-Jan-2010,3\n", {}, 3.0),
    (D + "01/31/10 01:00:00 PM,3\n", {}, 3.0),
    (D + "2010-01-00,3\n2010-02-00,4\n", {}, 3.0),
    (D + "31.12.2010 24:00,3\n", {}, 3.0),
    (D + "20d,14\n2010-01-01,3\n", {}, 3.0),
    ("date,x,S\n2010-01-01,3,raw\n2010-01-01,4,ok\n", {}, 3.0),
    ("date,Höhe,x\n2010-01-01,1,3\n".encode("latin-1"), {}, 3.0),
    ("date;x\n2010-01-01;1\u00a0156,5\n", {"read": {"sep": ";", "decimal": ","}}, 1156.5),
    ("date;x\n2010-01-01;1.156,5\n", {"read": {"sep": ";"}}, 1156.5),
    ("date;x\n2010-01-01;1,2E+02\n", {"read": {"sep": ";"}}, 120.0),
    (D + "2010-01-01,1'156.5\n2010-01-02,900\n", {}, 1156.5),
    *((D + f"2010-01-01,{gap}" + DAYS, {}, 4.0) for gap in ("#WERT!", "NO", "***", "-", "- : -")),
    ("date,Time,x\n2010-01-01,01:00:00,3\n2010-01-01,13:00:00,4\n", {}, 3.0),
    ("date,a: [b],x\n2010-01-01,1,3\n2010-01-01,2,4\n", {}, 3.0),
    (D + "01/02/2010,3\n02/03/2010,4\n", {}, 3.0),
    (D + "38353,3\n38354,4\n", {}, 3.0),
    (D + "day,m\n-,NN\n2010-01-01,3\n", {}, 3.0),
    (D + "2010-01-01,3\n2010-01-02,4\n* of an agency,\n", {}, 3.0),
    ("Station: 7\nOwner, who, knows\n\ndate,x\n2010-01-01,3\n", {}, 3.0),
    ("Station;7\ndate;x\n2010-01-01;3\n", {}, 3.0),
    ("# Service, its, words\n# more\ndate\tx\n5s\t14n\n2010-01-01\t3\n", {}, 3.0),
    ("sep=;\ndate;x\n2010-01-01;3\n", {}, 3.0),
    ("\n\ndate|x\n2010-01-01|3\n", {}, 3.0),
]


@pytest.mark.parametrize(("text", "keys", "first"), ADVISED)
def test_advice_that_is_followed_works(tmp_path, text, keys, first):
    keys = {"columns": {"P": "x"}} | keys
    for _ in range(4):
        try:
            assert levels(tmp_path, text, **keys)[0][1] == first
            return
        except UserError as error:
            advice = re.findall(r"`([^`]*: [^`]*)`", str(error))
        for words in advice:
            for key, value in yaml.safe_load(words).items():
                keys[key] = keys.get(key, {}) | value if isinstance(value, dict) else value
    pytest.fail(f"no end to the advice: {advice}")


NOTED = [
    (D + "01.02.2010,3\n02.03.2010,4\n", {"date_format": "%m.%d.%Y"}, None),
    (D + "01/02/2010,3\n02/03/2010,4\n", {"date_format": "%m/%d/%Y"},
     "column 'date': all dates can be read by %d/%m/%Y and by %m/%d/%Y; used is %m/%d/%Y"),
    (D + "01/02/2010,3\n13/03/2010,4\n", {"date_format": "%d/%m/%Y"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "keys", "said"), NOTED)
def test_what_the_preview_notes(tmp_path, text, keys, said):
    told = {"wells": WELL, "heads": {"file": "a.csv", "columns": {"P": "x"}} | keys}
    notes = understood(tmp_path, {"a.csv": text}, told).notes
    assert [said in note for note in notes] == ([True] if said else [])


COMMA = 'date,x\n2010-01-01,"1,156"\n2010-01-02,956\n2010-01-03,"1,256"\n2010-01-04,800\n'


@pytest.mark.parametrize(("thousands", "first"), [(",", 11.56), (".", 0.0116)])
def test_a_comma_divides_thousands_or_not_as_the_mapping_says(tmp_path, thousands, first):
    read = {"thousands": thousands, "decimal": "," if thousands == "." else "."}
    assert levels(tmp_path, COMMA, columns={"P": "x"}, read=read, unit="cm")[0][1] == first


def test_times_that_a_clock_shows_twice_are_averaged_and_noted(tmp_path):
    """A logger in local time; without a column that tells the two apart, and rare."""
    hours = pd.date_range("2010-10-28", "2010-11-02", freq="15min")
    logged = [*hours, pd.Timestamp("2010-10-31 02:00")]
    rows = [f"{time:%Y-%m-%d %H:%M},{n},{n}\n" for n, time in enumerate(logged)]
    text = "date,x,#\n" + "".join(rows)  # which counts its readings
    told = {"wells": WELL, "heads": {"file": "a.csv", "columns": {"P": "x"}}}
    found = understood(tmp_path, {"a.csv": text}, told)
    first = list(hours).index(pd.Timestamp("2010-10-31 02:00"))
    values = dict(pairs(found.tables["heads.csv"]))
    assert values["2010-10-31 02:00"] == (first + len(hours)) / 2
    assert len(values) == len(found.tables["heads.csv"]) == len(hours)
    [note] = found.notes
    assert "2010-10-31 02:00:00 twice for 'P', and so on; used is the mean" in note


def test_former_keys_of_a_section_do_what_they_did(tmp_path):
    text = "date;x\n01.02.2010;3,5\n02.02.2010;-999,00\n"
    former = {"separator": ";", "decimal": ",", "missing": [-999], "date_form": "%d.%m.%Y"}
    assert list(levels(tmp_path, text, columns={"P": "x"}, **former)) == [("2010-02-01", 3.5)]


REFUSED = [
    (COMMA, {"read": {"decimal": ","}, "unit": "cm"},
     "row 2: found 1.156 beside far larger whole numbers; expected one form of numbers; "
     "`read: {decimal: ., thousands: ','}`"),
    ("ID,YEAR,DD,JAN,SYM,FEB,SYM,MAR,APR,MAY,JUN\n1,2010,1,2,B,3,B,4,5,6,7\n", {},
     "found a column for each month; expected one column of dates and one of values"),
    (b"\xd0\xcf\x11\xe0" + bytes(99), {}, "an old Excel workbook (.xls); save it as .xlsx"),
    (gzip.compress((D + "2010-01-01,3\n").encode(), mtime=0), {}, "a compressed file; unpack it"),
    (D + "2010-01-01,3\0\n", {}, "found a byte 0, as in files that are no text"),
    (D + "2010-01-01,3\n2010-01-01,4\n", {}, "rows 2, 3: found 2010-01-01 00:00:00 twice for 'P'"),
    (D + "2010-01-01,3\n", {"units": {"level": "ft"}}, "key level: found a unit of nothing here"),
    (D + "2010-01-01,3\n", {"time_zone": "Mars"}, "Mars"),
    (D + "9999-12-31 24:00,3\n2010-01-01,3\n", {}, "'9999-12-31 24:00'; expected years from 1800"),
    (D + "0001-01-01 00:00Z,3\n", {"time_zone": "America/Denver"}, "expected years from 1800 to"),
    (D + "2010-01-01,3\n", {"starts": "Date;"}, "no line that begins with 'Date;'"),
    (D + "2010-01-01,3\n", {"where": {"y": [1]}}, "column 'y': found no such column"),
    (D + "2010-01-01,3\n", {"where": {"x": [1]}}, "found no value; expected at least one"),
    (D + "2010-01-01,3\n", {"format": "hydras"}, "key format: found 'hydras'; expected"),
    (D + "2010-01-01,3\n", {"read": {"thousands": 5}}, "a.csv: found"),
    (D + "2010-01-01,3\n", {"read": {"comment": 5}}, "a.csv: found"),
    (D + "2010-01-01,3\n", {"read": {"header": [0, 1]}}, "a.csv: found"),
    (D + "2010-01-01,3\n", {"read": {"encoding": 5}}, "a.csv: found"),
    (D + "2010-01-01,3\n", {"files": "b*.csv"}, "key file: found 'b*.csv'; expected one of"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "keys", "said"), REFUSED)
def test_what_is_refused_in_one_message(tmp_path, text, keys, said):
    with pytest.raises(UserError) as error:
        levels(tmp_path, text, **{"columns": {"P": "x"}} | keys)
    assert said in str(error.value), error.value


def test_cells_of_a_workbook_that_are_no_readings(tmp_path):
    """A day that Excel made of a number, and a truth value; the block above is told by its rows."""
    pytest.importorskip("openpyxl")
    rows = [["Station", 7], [], ["date", "x"], ["2010-01-01", 3.5], ["2010-01-02", True],
            ["2010-01-03", pd.Timestamp("2026-05-03")]]  # fmt: skip
    pd.DataFrame(rows).to_excel(book := io.BytesIO(), header=False, index=False)
    told = {"columns": {"P": "x"}, "read": {}}
    with pytest.raises(UserError) as error:
        levels(tmp_path, book.getvalue(), **told)
    assert "column 'x': found no such column" in str(error.value)
    assert "`read: {skiprows: 2}`" in str(error.value)
    with pytest.raises(UserError, match="rows 5, 6, column 'x': found 'True'; expected a number"):
        levels(tmp_path, book.getvalue(), **told | {"read": {"skiprows": 2}})
    read = {"skiprows": 2, "na_values": ["True", "2026-05-03 00:00:00"]}
    assert levels(tmp_path, book.getvalue(), **told | {"read": read}) == [("2010-01-01", 3.5)]


@pytest.mark.parametrize(
    ("place", "degrees"),
    [
        ([8, "47°12'36\" N"], [8, 47.21]),
        ([8, "S 47 30 0"], [8, -47.5]),
        (["-0°30'", 47], [-0.5, 47]),
        (["\u22128,5", "47,5"], [-8.5, 47.5]),
        (["8.25 W", 47], [-8.25, 47]),
        ([8.5, 47], [8.5, 47]),
    ],
)
def test_degrees(tmp_path, place, degrees):
    read = {"decimal": ","} if "," in str(place[0]) else {}
    told = {"wells": {"places": {"P": place}, "read": read}, "heads": {"columns": {"P": "x"}}}
    found = understood(tmp_path, {"a.csv": D + "2010-01-01,3\n"}, told).tables["wells.csv"]
    assert found[["longitude", "latitude"]].to_numpy().tolist() == [degrees]


def test_no_degrees(tmp_path):
    told = {"wells": {"places": {"P": ["47°72'", 47]}}, "heads": {"columns": {"P": "x"}}}
    with pytest.raises(UserError, match="row P, column 'longitude': found \"47°72'\""):
        understood(tmp_path, {"a.csv": D + "2010-01-01,3\n"}, told)
    told["wells"] = {"places": {"P": ["47.2 N", "14.1 E"]}}  # latitude first
    with pytest.raises(UserError, match=r"'47.2 N'; expected degrees, with no letter but E or W"):
        understood(tmp_path, {"a.csv": D + "2010-01-01,3\n"}, told)
    told["wells"] = {"places": {"P": [14.1, 47.2]}, "crs": "EPSG:31287"}
    with pytest.raises(UserError, match=r"EPSG:31287, whose unit is no degree, for .*14.1, 47.2"):
        understood(tmp_path, {"a.csv": D + "2010-01-01,3\n"}, told)
    told["wells"] = {"places": {"P": [1.0, 2.0]}, "crs": "EPSG:0"}
    with pytest.raises(UserError, match="key crs: found 'EPSG:0'; expected a coordinate system"):
        understood(tmp_path, {"a.csv": D + "2010-01-01,3\n"}, told)


def test_raw_files_of_a_basin_become_its_folder_by_one_mapping(tmp_path):
    """A file a station with a head, projected places, monthly sums, flow with qualifiers."""
    months, days = (pd.date_range("2001-01-01", "2012-12-31", freq=f) for f in ("MS", "D"))
    season = np.sin(2 * np.pi * days.dayofyear / 365.25)
    files = {}
    for n, well in enumerate(["31", "32", "33"]):
        rows = [f"{day:%d.%m.%Y} 00:00:00;{400 + n + value:.2f};".replace(".", ",", 0)
                for day, value in zip(days[::7], season[::7], strict=True)]  # fmt: skip
        rows = "\n".join(rows) if n < 2 else "01.01.2001 00:00:00;Lücke;"
        head = f"Messstelle:;;Ort {n}\nHZB-Nummer:;;{well}\nWerte:\n"
        files[f"gw_{n}.csv"] = (head + rows).encode("latin-1")
    turn = pyproj.Transformer.from_crs(4326, 31287, always_xy=True).transform
    x, y = turn([14.1, 14.11, 14.12], [47.2, 47.21, 47.22])
    places = pd.DataFrame({"Nr": [31, 32, 33], "x": x, "y": y, "Höhe": 404.0})
    files["sites.csv"] = places.to_csv(index=False)
    flow = pd.DataFrame({"Day": days.strftime("%d/%m/%Y"), "Q": (100 * (season + 2)).round(1),
                         "F": "A"})  # fmt: skip
    flow["Q"] = flow["Q"].astype(str) + np.where(flow.index % 90 == 3, " e", "")
    files["flow.csv"] = flow.to_csv(index=False)
    rain = {"Month": months.strftime("%Y-%m"), "mm": months.days_in_month * 2.0}
    files["rain.csv"] = pd.DataFrame(rain).to_csv(index=False)
    line = {"type": "LineString", "coordinates": np.column_stack([x, y]).tolist()}
    files["river.json"] = str(line).replace("'", '"')
    told = {
        "wells": {"file": "sites.csv", "well_id": "Nr", "longitude": "x", "latitude": "y",
                  "surface_elevation": "Höhe", "crs": "EPSG:31287"},
        "heads": {"files": "gw_*.csv", "format": "ehyd", "read": {"decimal": "."}},
        "gauges": {"places": {"Weir": ["14°06'00\" E", "47°12'00\" N"]}},
        "surface_water": {"file": "flow.csv", "date": "Day", "date_format": "%d/%m/%Y",
                          "value": "Q", "qualifiers": ["e"], "unit": "ft3/s"},
        "forcing": {"file": "rain.csv", "date": "Month", "date_format": "%Y-%m",
                    "precipitation": "mm", "units": {"precipitation": "mm/month"}},
        "river": {"file": "river.json", "crs": "EPSG:31287"},
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "map.yml").write_text(yaml.safe_dump(told))
    words = [str(tmp_path / name) for name in (*files, "basin")]
    answer = CliRunner().invoke(
        app, ["import", "table", *words, "--mapping", str(tmp_path / "map.yml")]
    )
    assert answer.exit_code == 0, answer.stderr
    assert "wells.csv: 1 without a value left out: '33'" in answer.stdout
    basin = load_basin(tmp_path / "basin")
    assert basin.wells.index.tolist() == ["31", "32"]
    np.testing.assert_allclose(basin.wells["longitude"], [14.1, 14.11], atol=1e-6)
    np.testing.assert_allclose(basin.river["latitude"], [47.2, 47.21, 47.22], atol=1e-6)
    assert basin.gauges.loc["Weir", ["longitude", "latitude"]].tolist() == [14.1, 47.2]
    assert basin.heads.groupby("well_id")["head"].first().tolist() == [400.02, 401.02]
    assert basin.forcing["precipitation"].unique().tolist() == [2.0]
    third = basin.surface_water["value"].iloc[3]
    assert third == pytest.approx(206.9 * 0.3048**3, abs=1e-6)
    assert basin.settings.step == "W"
    assert basin.remarks == ()


def test_stations_are_what_the_star_stands_for(tmp_path):
    told = {"wells": {"places": {"A": [14.1, 47.2], "B": [14.2, 47.2]}},
            "heads": {"files": "well_*.csv", "value": "x"}}  # fmt: skip
    files = {"well_A.csv": D + "2010-01-01,1\n", "well_B.csv": D + "2010-01-01,2\n"}
    found = understood(tmp_path, files, told).tables["heads.csv"]
    assert found.set_index("well_id")["head"].to_dict() == {"A": 1.0, "B": 2.0}
    assert found.index.tolist() == [("well_A.csv", 2), ("well_B.csv", 2)]


def test_the_mean_of_two_columns(tmp_path):
    told = {"wells": WELL, "heads": {"file": "a.csv", "columns": {"P": "x"}},
            "forcing": {"file": "w.csv", "precipitation": "r",
                        "temperature": ["tx", "tn"]}}  # fmt: skip
    files = {"a.csv": D + "2010-01-01,3\n", "w.csv": "date,r,tx,tn\n2010-01-01,0,9,3\n"}
    assert understood(tmp_path, files, told).tables["forcing.csv"]["temperature"].tolist() == [6]
