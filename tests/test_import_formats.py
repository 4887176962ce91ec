"""Files as services and loggers write them, each with the value that must come out."""

import numpy as np
import pytest
import yaml

from swgw.sources import table

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
]  # fmt: skip


@pytest.mark.parametrize(("text", "keys", "expected"), LAYOUTS)
def test_layouts(tmp_path, text, keys, expected):
    given = keys if {"value", "columns"} & set(keys) else keys | {"columns": {"P": "x"}}
    assert levels(tmp_path, text, **given) == expected
