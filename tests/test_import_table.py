"""A user's own tables: literal files, and the example basin written as users write theirs."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import swgw
from swgw import sources
from swgw.basin.folder import check_basin
from swgw.basin.settings import BasinSettings
from swgw.cli import app
from swgw.sources import mapping, sheets, table
from swgw.storage import UserError
from swgw.storage.files import shared

BASIN = {"title": "My valley", "licence": "CC BY 4.0", "train": ["2002-01-01", "2004-12-31"],
         "validation": ["2005-01-01", "2005-12-31"], "test": ["2006-01-01", "2006-12-31"],
         "encoder_length": 24, "lead_times": 3}  # fmt: skip
PLACE = {"longitude": "East", "latitude": "North"}
LONG = {
    "basin": BASIN,
    "wells": {"file": "wells.csv", "well_id": "Nr", "surface_elevation": "Top", **PLACE},
    "heads": {"file": "heads.csv", "date": "Day", "well_id": "Nr", "value": "Level"},
    "gauges": {"file": "gauges.csv", "gauge_id": "Nr", **PLACE},
    "surface_water": {"file": "surface_water.csv", "date": "Day", "gauge_id": "Nr", "value": "Q"},
    "forcing": {"file": "forcing.csv", "date": "Day", "precipitation": "Rain",
                "temperature": "Temp", "wind": "Wind"},
}  # fmt: skip
NAMES = {"well_id": "Nr", "gauge_id": "Nr", "longitude": "East", "latitude": "North",
         "surface_elevation": "Top", "date": "Day", "head": "Level", "discharge": "Q",
         "precipitation": "Rain", "temperature": "Temp", "wind": "Wind"}  # fmt: skip


class Home:
    """A user's folder: the example's tables with other columns, a mapping, and the command."""

    def __init__(self, folder, tiny_basin):
        self.folder, self.mapping = folder, yaml.safe_load(yaml.safe_dump(LONG))
        for section in list(LONG)[1:]:
            cells = pd.read_csv(tiny_basin / f"{section}.csv", dtype=str)
            cells = cells.drop(columns=["gauge_id"] if section == "wells" else [], errors="ignore")
            cells.rename(columns=NAMES).to_csv(folder / f"{section}.csv", index=False)

    def change(self, name, change, **how):
        cells = change(pd.read_csv(self.folder / f"{name}.csv", dtype=str))
        cells.to_csv(self.folder / f"{name}.csv", index=False, **how)

    def run(self, *words):
        path = self.folder / "mapping.yml"
        path.write_text(yaml.safe_dump(self.mapping, allow_unicode=True), encoding="utf-8")
        files = [p for p in sorted(self.folder.iterdir()) if p.suffix in (".csv", ".xlsx", ".json")]
        target = self.folder / "basin"
        return CliRunner().invoke(app, ["import", "table", *map(str, files), str(target),
                                        "--mapping", str(path), *words])  # fmt: skip

    def basin(self):
        answer = self.run()
        assert answer.exit_code == 0, answer.stderr
        assert check_basin(self.folder / "basin") == []
        return swgw.load_basin(self.folder / "basin")

    def refused(self):
        answer = self.run()
        assert answer.exit_code == 2, answer.output
        assert not (self.folder / "basin").exists()
        return answer.stderr


@pytest.fixture
def home(tmp_path, tiny_basin):
    return Home(tmp_path, tiny_basin)


@pytest.fixture(scope="module")
def clean(tiny_basin):
    return swgw.load_basin(tiny_basin)


def same_values(basin, clean):
    for name, key in (("heads", "well_id"), ("surface_water", "gauge_id"), ("forcing", "place")):
        one, two = (getattr(b, name).sort_values([key, "date"], ignore_index=True)
                    for b in (basin, clean))  # fmt: skip
        pd.testing.assert_frame_equal(one, two[one.columns], rtol=0, atol=1e-8)


def sheet_of(folder, text, read, **keys):
    data = text if isinstance(text, bytes) else text.encode(read.get("encoding", "utf-8"))
    (folder / "a.csv").write_bytes(data)
    section = mapping.section_model("heads")(read=read, date="Day", **keys)
    return sheets.Sheet("heads", folder / "a.csv", section)


NAN = np.nan
GERMAN = {"sep": ";", "decimal": ",", "thousands": ".", "na_values": [-999]}
RDB = {"sep": "\t", "comment": "#", "skiprows": [2]}
NUMBERS = [
    ("Day,Level\n1,412.5\n2,\n", {}, "head", "", [412.5, NAN]),
    ("Day;Level\n1;1.412,60\n2;-999,0\n", GERMAN, "head", "", [1412.6, NAN]),
    ('Day,Level\n1,"1,156"\n2,956\n', {"thousands": ","}, "discharge", "ft3/s",
     [32.734275, 27.070905]),
    ("Day,Level\n1,-999.00\n2,dry\n3,1\n", {"na_values": [-999, "dry"]}, "head", "cm",
     [NAN, NAN, 0.01]),
    ("# of an agency\nDay\tLevel\n5s\t15s\n1\t10\n", RDB, "depth", "ft", [3.048]),
    ("Station;X\nDay;Level;\n1;3;\n", {"sep": ";", "skiprows": 1}, "stage", "mm", [0.003]),
    ("Day;Level\n1;3;\n2;4;\n", {"sep": ";"}, "stage", "m", [3.0, 4.0]),
    ("1 7.5\n", {"sep": r"\s+", "names": ["Day", "Level"]}, "temperature", "K", [-265.65]),
    ("Day,Level\n1,50\n", {}, "temperature", "degF", [10.0]),
    ("Day,Level\n1,36\n", {}, "wind", "km/h", [10.0]),
    ("Day,Level\n1,1\n", {}, "precipitation", "in/d", [25.4]),
    ("Nr,Day,Level\n9,1,86400\n", {"usecols": ["Day", "Level"]}, "discharge", "m3/d", [1.0]),
    ("Höhe,Level\n1,3\n", {"encoding": "utf-16"}, "head", "", [3.0]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "read", "variable", "unit", "expected"), NUMBERS)
def test_numbers(tmp_path, text, read, variable, unit, expected):
    sheet = sheet_of(tmp_path, text, read)
    unit = unit or next(iter(table.UNITS[variable]))
    found = table.to_ours(sheet.numbers("Level"), variable, unit, "a test")
    assert sheet.problems == []
    np.testing.assert_allclose(found, expected, atol=1e-6)


TIMES = [
    (["2001-12-31", "2001-12-31 08:15", "2001-12-31T08:15:30"], "", "2001-12-31 08:15:30"),
    (["31.12.2001"], "%d.%m.%Y", "2001-12-31"),
    (["31-Dec-01 1:30 PM"], "%d-%b-%y %I:%M %p", "2001-12-31 13:30"),
    (["2017-12-01 00:00+00:00"], "%Y-%m-%d %H:%M%z", "2017-12-01"),
    (["38353", "38353.5"], "excel", "2005-01-01 12:00"),
]


@pytest.mark.parametrize(("texts", "form", "last"), TIMES)
def test_times(tmp_path, texts, form, last):
    sheet = sheet_of(
        tmp_path, "\n".join(["Day,x", *(f"{text},1" for text in texts)]), {}, date_format=form or []
    )
    assert sheet.times(["Day"]).iloc[-1] == pd.Timestamp(last)
    assert sheet.problems == []


def numbers(*cells, **read):
    return "\n".join(["Day,Level", *(f"1,{cell}" for cell in cells)]), read, "Level"


def dates(*texts, form=""):
    return "\n".join(["Day,x", *(f"{text},1" for text in texts)]), {}, form


def no_table(text, **read):
    return text, read, None


REFUSED = [
    (dates("31.12.2001", "01.02.2002"), "rows 2, 3.*try `date_format: '%d.%m.%Y'`"),
    (dates("01/02/2005", "01/13/2005", form="%d/%m/%Y"), "row 3.*'%m/%d/%Y'"),
    (dates("20051231"), "try `date_format: '%Y%m%d'`"),
    (dates("2001-02-30"), "row 2, column 'Day': found '2001-02-30'; expected dates of the form"),
    (dates("2001", form="%Q"), "bad directive"),
    (dates("", "2001-01-01"), "found an empty cell"),
    (dates("-5", "1e300", "x", form="excel"), "rows 2, 3, 4"),
    (numbers('"412,60"'), r"'412,60'; expected a number or an empty.*`read: {decimal: ','}`"),
    (numbers('"1,156.5"'), "`read: {decimal: ., thousands: ','}` \\(section heads"),
    (numbers('"1,156"'), "`read: {thousands: ','}`, or decimal if it begins those"),
    (numbers("Ice"), r"column 'Level': found 'Ice'.*na_values: \[Ice\]}` if it means a gap"),
    (numbers("5", "-9999.0"), r"row 3, column 'Level': found '-9999.0'.*na_values: \['-9999.0'\]"),
    (numbers("5", "inf", "1e30", "x", "y"), "rows 3, 4, 5 and 1 more, column 'Level'"),
    (numbers("1.5", decimal=","), "found '1.5'; expected a number"),
    (numbers("x" * 200_000), "found 'x{50,56}"),
    (no_table(b""), "No columns to parse"),
    (no_table("Day,Höhe\n".encode("cp1252")), "codec can't decode byte 0xf6"),
    (no_table(b"Day,Level\n1,2\n", encoding="zlib"), "is not a text encoding|zlib"),
    (no_table(b"Day,Level\n1,2\n", sep="(a+)+$"), "regex"),
    (no_table(b"Day,Level\n1,2\n1,2,3,4\n"), "Expected 2 fields in line 3, saw 4"),
    (no_table(b"Day,Level\n1,412,60\n"), "Length of header or names does not match"),
    (no_table(b"Day,Level\n1,2\n", skiprows=10**12), "skiprows of 1000000000000"),
    (no_table(b"Day,Level,Level \n1,2,3\n"), "a column twice in the header row"),
    (no_table(b"Day,Level\n1,2\n", sheet_name="x"), "unexpected keyword argument 'sheet_name'"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "said"), REFUSED)
def test_cells_and_files_that_are_refused(tmp_path, file, said):
    text, read, what = file
    form = {"date_format": what} if what and what != "Level" else {}
    sheet = sheet_of(tmp_path, text, read, **form)
    if what == "Level":
        sheet.numbers("Level")
    elif what is not None:
        sheet.times(["Day"])
    [problem] = sheet.problems
    assert re.search(said, str(problem)), problem
    assert len(str(problem)) < 400


def test_long_tables(home, clean):
    basin = home.basin()
    same_values(basin, clean)
    assert list(basin.wells.index) == ["007", "A1", "A2", "B1"]  # zeros kept
    assert basin.wells["surface_elevation"].tolist() == clean.wells["surface_elevation"].tolist()
    assert (basin.settings.title, basin.settings.target_gauge) == ("My valley", "01")
    told = (home.folder / "basin" / "SOURCE.md").read_text()
    for part in ("`heads.csv`", "SHA-256", "CC BY 4.0", "    heads:", "head [m]"):
        assert part in told


@pytest.mark.parametrize("named", [False, True])
def test_wide_tables(home, clean, named):
    names = {"007": "Ferry (m)", "A1": "Orchard (m)", "A2": "School (m)", "B1": "Hill (m)"}
    home.change("heads", lambda t: t.pivot_table(index="Day", columns="Nr", values="Level",
                                                 aggfunc="first").reset_index())  # fmt: skip
    del home.mapping["heads"]["well_id"], home.mapping["heads"]["value"]
    if named:
        home.change("heads", lambda t: t.rename(columns=names).assign(Note="ok"))
        home.mapping["heads"]["columns"] = names
    same_values(home.basin(), clean)


@pytest.mark.parametrize("serial", [False, True])
def test_excel(home, clean, serial):
    """Excel's own dates and numbers, or its count of days; numbers as text with a decimal comma."""
    pytest.importorskip("openpyxl")
    levels = pd.read_csv(home.folder / "heads.csv", dtype=str)
    texts = levels["Level"].str.replace(".", ",")
    levels["Level"] = [t if n % 2 else float(t.replace(",", ".")) for n, t in enumerate(texts)]
    levels["Day"] = pd.to_datetime(levels["Day"])
    if serial:
        levels["Day"] = (levels["Day"] - pd.Timestamp(1899, 12, 30)).dt.days
        home.mapping["heads"]["date_format"] = "excel"
    with pd.ExcelWriter(home.folder / "a.xlsx") as book:
        pd.DataFrame({"about": ["nothing"]}).to_excel(book, sheet_name="Info")
        levels.to_excel(book, sheet_name="Levels", index=False)
    home.mapping["heads"] |= {"file": "a.xlsx", "read": {"sheet_name": "Levels", "decimal": ","}}
    same_values(home.basin(), clean)
    (home.folder / "a.xlsx").write_text("Day,Nr,Level\n")
    assert "a.xlsx: found File is not a zip file" in home.run("--preview").stderr


def test_places_in_the_mapping_depths_units_and_a_river(home, clean):
    columns = ["longitude", "latitude", "surface_elevation"]
    places = {i: row.tolist() for i, row in clean.wells[columns].iterrows()}
    home.mapping["wells"] = {"places": places | {"A1": places["A1"][:2]}}
    home.mapping["gauges"] = {"places": {"01": [100.1, 38.9]}}
    home.change("heads", lambda t: t.assign(Level=225))
    home.mapping["heads"] |= {"kind": "depth", "unit": "cm"}
    home.change("forcing", lambda t: t.assign(Temp=t["Temp"].astype(float) * 1.8 + 32))
    home.mapping["forcing"]["units"] = {"temperature": "degF"}
    (home.folder / "river.json").write_bytes((clean.path / "river.geojson").read_bytes())
    home.mapping["river"] = "river.json"
    basin = home.basin()
    assert basin.gauges.loc["01", "latitude"] == 38.9
    assert basin.wells["surface_elevation"].isna().tolist() == [False, True, False, False]
    assert basin.heads.groupby("well_id")["head"].first()["B1"] == 1499.75
    pd.testing.assert_frame_equal(basin.river, clean.river)
    pd.testing.assert_series_equal(basin.forcing["temperature"], clean.forcing["temperature"])


def test_several_values_a_day_keep_their_time(home):
    home.change("heads", lambda t: pd.concat([t.assign(Time="06:00"), t.assign(Time="18:00")]))
    home.mapping["heads"]["date"] = ["Day", "Time"]
    assert set(home.basin().heads["date"].dt.hour) == {6, 18}


def test_without_weather_and_periods_the_rest_is_drafted(home):
    del home.mapping["forcing"]
    home.mapping["basin"] = {"title": "My valley"}
    assert f"Next: swgw import power {home.folder / 'basin'}" in home.run().stdout
    [problem] = check_basin(home.folder / "basin")
    assert problem.file == "forcing.csv"
    told = yaml.safe_load((home.folder / "basin" / "basin.yml").read_text())
    assert (told["step"], told["name"], told["target_gauge"]) == ("5D", "basin", "01")
    assert (told["train"], told["test"][0]) == (["2001-01-01", "2004-08-02"], "2005-10-02")


@pytest.mark.parametrize(
    ("days", "every", "step", "lengths"),
    [
        (3300, 1, "5D", (73, 6)),
        (3300, 7, "W", (52, 4)),
        (4400, 30, "MS", (24, 3)),
        (438, 1, "5D", (10, 3)),
        (425, 30, "MS", (2, 1)),
    ],
)
def test_the_drafted_step_and_lengths(tmp_path, days, every, step, lengths):
    dates = pd.Timestamp(2001, 1, 1) + pd.to_timedelta(range(0, days, every), unit="D")
    heads = pd.DataFrame({"date": dates, "well_id": "a"})
    sources.write_settings(tmp_path, "table", {"heads.csv": heads}, {"name": "a"})
    told = yaml.safe_load((tmp_path / "basin.yml").read_text())
    assert told["step"] == step
    assert (told.get("encoder_length"), told.get("lead_times")) == lengths


def test_the_preview_says_what_is_understood_and_writes_nothing(home):
    said = " ".join(home.run("--preview").stdout.split())
    for part in ("heads.csv, from heads.csv: date well_id head [m] count 1612 1612 1612.000",
                 "min 2001-01-01 00:00:00 1473.119 max 2006-12-31", "discharge [m³/s]",
                 "such as 2001-01-16 00:00:00 007", "[°]", "Nothing was written"):  # fmt: skip
        assert part in said, said
    assert not (home.folder / "basin").exists()


# What goes wrong: every problem with file, place, found and expected; nothing written


WRONG = [
    ("heads", {"unit": "inch"}, "section heads, unit of head: found 'inch'; expected one of m,"),
    ("heads", {"kind": "hight"}, "key kind: found 'hight'; expected 'head' or 'depth'"),
    ("heads", {"file": "../x.csv"}, "key file: found '../x.csv'; expected one of the command's"),
    ("heads", {"file": "http://x.org/a.csv"}, "found 'http://x.org/a.csv'; expected one of"),
    ("heads", {"date": 5}, "section heads, key date: found 5; expected a valid list"),
    ("heads", {"date": []}, "section heads, key date: found a list; expected Value should have"),
    ("heads", {"read": {"storage_options": {}}}, "key read, key storage_options: found"),
    ("heads", {"read": {"engine": "python"}}, "found 'engine'; expected 'sep', 'decimal', 'th"),
    ("heads", {"columns": {"A1": "Level"}}, "columns beside well_id, gauge_id or value"),
    ("heads", {"columns": {7: "Level"}}, "key 7: found 7; expected text, in quotes if it lo"),
    ("heads", {"gauge_id": "Level"}, "section heads, key gauge_id: found an unknown key; exp"),
    ("heads", {"value": ""}, "column 'head': found no such column, only Day, Nr, Level"),
    ("forcing", {"wind": "Wnd"}, "found no such column, only Day, Rain, Temp, Wind (did you"),
    ("wells", {"places": {"007": [100.1]}}, "key 007: found a list; expected List should"),
    ("wells", {"places": {"A": ["11;48", True]}}, "key 1, key str: found True; expected text"),
    ("basin", {"step": "7D"}, "basin.yml, key step: found '7D'; expected one of D, 5D, W, MS"),
    ("basin", {"step": [1]}, "basin.yml, key step: found [1]; expected one of D, 5D, W, MS"),
    ("basin", {"colour": "red"}, "key 'colour': found an unknown key"),
]


@pytest.mark.parametrize(("section", "keys", "said"), WRONG)
def test_a_wrong_mapping(home, section, keys, said):
    home.mapping[section] |= keys
    assert said in home.refused()


NONE = [
    ("", "mapping.yml: found no keys; expected plain YAML"),
    ("heads: [", "mapping.yml, line"),
    ("haeds: {date: Day}", "section haeds: found an unknown key (did you mean 'heads'?)"),
    ("heads: {date: D}", "expected sections wells and heads, or gauges and surface_water"),
    ('heads: !!python/object/apply:os.system ["true"]', "Python object, which is never loaded"),
    ("heads: {date: 1}\nheads: {date: 2}", "mapping.yml, line 2: found the key 'heads' twice"),
    ("5: x", "section 5: found"),
]


@pytest.mark.parametrize(("text", "said"), NONE)
def test_a_mapping_that_is_none(tmp_path, text, said):
    (tmp_path / "mapping.yml").write_text(text)
    with pytest.raises(UserError) as error:
        table.understand([], tmp_path / "mapping.yml")
    assert said in str(error.value), error.value
    with pytest.raises(UserError, match=r"no such.csv is not a file"):
        table.understand([tmp_path / "no such.csv"], tmp_path / "mapping.yml")


def test_every_problem_at_once(home):
    home.change("heads", lambda t: t.assign(Level=t["Level"].mask(t.index == 7, "dry")))
    home.change("surface_water", lambda t: t.assign(Day=t["Day"].mask(t.index == 11, "31.12.2001")))
    home.mapping["gauges"].pop("latitude")
    message = home.refused()
    assert "3 problems; nothing was written" in message
    assert "heads.csv, row 9, column 'Level': found 'dry'" in message
    assert "surface_water.csv, row 13, column 'Day': found '31.12.2001'" in message
    assert "gauges.csv, column 'latitude': found no such column, only" in message


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("wells", lambda t: t.rename(columns={"East": "North", "North": "East"}),
         "wells.csv, rows 2, 3, 4 and 1 more, column latitude [wells.csv, row 2]"),
        ("heads", lambda t: t.assign(Nr=t["Nr"].str.lstrip("0")), "'7' (did you mean '007'?)"),
        ("heads", lambda t: pd.concat([t.iloc[:9], t.iloc[5:].assign(Level="1475")]),
         "rows 7, 11: found 2001-01-26"),
        ("heads", lambda t: t.assign(Nr=t["Nr"].where(t.index != 4)), "row 6, column 'Nr': found"),
        ("heads", lambda t: t.replace("A1", "x" * 100), "at most 64 characters"),
        ("heads", lambda t: t.assign(Level=None), "heads.csv: found no value; expected at least"),
        ("heads", lambda t: t.set_axis(["Day", "Level", "Level"], axis=1).assign(Nr="A1"),
         "heads.csv, column 'Level': found this column twice"),
        ("forcing", lambda t: t.assign(Day=t["Day"].str.replace("20", "19")),
         "the records share no time: heads.csv 2001-01-01 to 2006-12-31"),
    ],
)  # fmt: skip
def test_what_the_check_would_refuse_is_not_written(home, name, change, said):
    home.mapping["basin"] = {"vertical_datum": "not stated"}
    home.change(name, change)
    message = home.refused()
    assert said in message, message


def test_the_help_and_the_page_list_every_key():
    page = (shared("notebooks") / "07_your_basin.ipynb").read_text(encoding="utf-8")
    said = CliRunner().invoke(app, ["import", "table", "--help"]).stdout
    keys = {key for section in mapping.SECTIONS for key in mapping.KEYS[section]}
    keys |= {*mapping.SECTIONS, *mapping.READ, *mapping.FORMATS, "basin", *sheets.COORDINATES}
    for key in keys:
        assert re.search(rf"\b{key}\b", said), key
        assert f"`{key}`" in page, key


def test_overwrite_replaces_what_an_import_wrote_and_nothing_else(home):
    home.basin()
    kept = home.folder / "basin" / "basin.yml"
    kept.write_text("mine")
    assert "empty this one, or give --overwrite" in home.run().stderr
    assert kept.read_text() == "mine"
    home.mapping["basin"] = BASIN | {"title": "Another"}
    assert home.run("--overwrite").exit_code == 0
    assert "title: Another" in kept.read_text()
    assert [path.name for path in home.folder.glob(".*")] == []
    (home.folder / "basin" / "SOURCE.md").unlink()
    assert "is there already" in home.run("--overwrite").stderr
    assert kept.exists()


def test_the_preview_and_the_import_show_what_can_be_doubted(home):
    """With the row of the user's file, with weather or without it."""
    stuck = lambda t: t.assign(Level=t["Level"].mask(t.index.isin(range(40, 100)), "1474.5"))  # noqa: E731
    home.change("heads", stuck)
    said = r"To look at: heads.csv, rows \d+.*\[heads.csv, row 4\d\]: found 1474.5, one value again"
    for words in ("--preview",), ():
        assert re.search(said, home.run(*words).stdout)
    del home.mapping["forcing"]
    assert re.search(said, home.run("--preview").stdout)


def test_what_is_refused_and_true_passes_as_the_message_says(home):
    home.change("surface_water", lambda t: t.assign(Q=t["Q"].mask(t.index % 300 == 5, "9999")))
    message = home.refused()
    assert "a missing-value code of some loggers" in message
    [advice] = set(re.findall(r"`(basin: .+?)` in the mapping", message))
    home.mapping["basin"] |= yaml.safe_load(advice)["basin"]
    assert home.basin().surface_water["value"].max() == 9999


def test_every_setting_is_written_and_explained(home):
    home.mapping["basin"] = {"title": "My valley"}
    home.basin()
    text = (home.folder / "basin" / "basin.yml").read_text()
    assert list(yaml.safe_load(text)) == list(BasinSettings.__pydantic_fields__)
    for part in ("heads.csv 2001-01-01 to 2006-12-31", "4, 4, 4 of 4 series", "# observed or none"):
        assert part in text
    assert set(sources.COMMENTS) <= set(BasinSettings.__pydantic_fields__)


def test_periods_divide_the_readings(tmp_path):
    """Where most series begin late, training ends late, so that it holds 60 % of the readings."""
    days = pd.date_range("1990-01-01", "2019-12-31")
    late = days[days >= "2010-01-01"]
    wells = {"a": days, **dict.fromkeys("bcdef", late)}
    heads = pd.concat([pd.DataFrame({"date": d, "well_id": well}) for well, d in wells.items()])
    sources.write_settings(tmp_path, "table", {"heads.csv": heads}, {"name": "a"})
    text = (tmp_path / "basin.yml").read_text()
    told = yaml.safe_load(text)
    assert told["train"] == ["1990-01-01", "2014-12-31"]
    assert "last series begins on 2010-01-01; with readings in each period are 6, 6, 6 of" in text
