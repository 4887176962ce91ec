"""A user's own tables: the example basin written as users write theirs, and read back."""

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import swgw
from swgw.basin.check import check_basin
from swgw.cli import app
from swgw.sources import days
from swgw.sources import table as source
from swgw.storage.errors import UserError, install

BASIN = {
    "title": "My valley", "licence": "CC BY 4.0", "train": ["2002-01-01", "2004-12-31"],
    "validation": ["2005-01-01", "2005-12-31"], "test": ["2006-01-01", "2006-12-31"],
    "encoder_length": 24, "lead_times": 3,
}  # fmt: skip
LONG = {
    "basin": BASIN,
    "wells": {"file": "sites.csv", "well_id": "Nr", "longitude": "East", "latitude": "North",
              "surface_elevation": "Top", "name": "Name"},
    "heads": {"file": "levels.csv", "date": "Day", "well_id": "Nr", "value": "Level"},
    "gauges": {"file": "rivers.csv", "gauge_id": "Nr", "longitude": "East", "latitude": "North"},
    "surface_water": {"file": "flow.csv", "date": "Day", "gauge_id": "Nr", "value": "Flow"},
    "forcing": {"file": "weather.csv", "date": "Day", "precipitation": "Rain",
                "temperature": "Temp", "wind": "Wind"},
}  # fmt: skip
NAMES = {
    "sites.csv": ("wells.csv", {"well_id": "Nr", "longitude": "East", "latitude": "North",
                                "surface_elevation": "Top", "name": "Name"}),
    "levels.csv": ("heads.csv", {"date": "Day", "well_id": "Nr", "head": "Level"}),
    "rivers.csv": ("gauges.csv", {"gauge_id": "Nr", "longitude": "East", "latitude": "North"}),
    "flow.csv": ("surface_water.csv", {"date": "Day", "gauge_id": "Nr", "discharge": "Flow"}),
    "weather.csv": ("forcing.csv", {"date": "Day", "precipitation": "Rain", "temperature": "Temp",
                                    "wind": "Wind"}),
}  # fmt: skip


class Home:
    """A user's folder: the example's tables under other names, a mapping, and the command."""

    def __init__(self, folder, tiny_basin):
        self.folder, self.mapping = folder, yaml.safe_load(yaml.safe_dump(LONG))
        for name, (ours, columns) in NAMES.items():
            self.write(name, pd.read_csv(tiny_basin / ours, dtype=str).rename(columns=columns))

    def read(self, name):
        return pd.read_csv(self.folder / name, dtype=str)

    def write(self, name, table, **how):
        table.to_csv(self.folder / name, index=False, **how)

    def paths(self):
        path = self.folder / "mapping.yml"
        path.write_text(yaml.safe_dump(self.mapping, allow_unicode=True), encoding="utf-8")
        files = [p for p in sorted(self.folder.iterdir()) if p.suffix in (".csv", ".xlsx")]
        return files, path

    def understand(self):
        return source.understand(*self.paths())

    def run(self, *words):
        files, path = self.paths()
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
        assert answer.exit_code == 2, answer.stdout
        assert not (self.folder / "basin").exists()
        return answer.stderr


@pytest.fixture
def home(tmp_path, tiny_basin):
    return Home(tmp_path, tiny_basin)


@pytest.fixture(scope="module")
def clean(tiny_basin):
    return swgw.load_basin(tiny_basin)


def same_values(basin, clean, tolerance=1e-9):
    for name, key in (("heads", "well_id"), ("surface_water", "gauge_id"), ("forcing", "place")):
        frames = [getattr(b, name).sort_values([key, "date"], ignore_index=True)
                  for b in (basin, clean)]  # fmt: skip
        pd.testing.assert_frame_equal(
            frames[0], frames[1][frames[0].columns], rtol=0, atol=tolerance
        )


def test_long_tables(home, clean):
    basin = home.basin()
    same_values(basin, clean)
    assert list(basin.wells.index) == ["007", "A1", "A2", "B1"]  # zeros kept
    assert basin.wells["surface_elevation"].tolist() == clean.wells["surface_elevation"].tolist()
    assert basin.settings.title == "My valley"
    assert basin.settings.target_gauge == "01"


def wide(home):
    long = home.read("levels.csv")
    home.write("levels.csv", long.set_index(["Day", "Nr"])["Level"].unstack().reset_index())  # noqa: PD010
    del home.mapping["heads"]["well_id"], home.mapping["heads"]["value"]


def test_wide_tables(home, clean):
    wide(home)
    same_values(home.basin(), clean)


def test_places_in_the_mapping_itself(home, clean):
    places = clean.wells.reset_index()[["well_id", "longitude", "latitude"]]
    home.mapping["wells"] = {"places": {i: [x, y] for i, x, y in places.to_numpy().tolist()}}
    home.mapping["gauges"] = {"places": {"01": [100.1, 38.9]}}
    for name in ("sites.csv", "rivers.csv"):
        (home.folder / name).unlink()
    basin = home.basin()
    assert basin.wells.index.tolist() == clean.wells.index.tolist()
    assert basin.wells["longitude"].tolist() == clean.wells["longitude"].tolist()
    assert basin.gauges.loc["01", "latitude"] == 38.9
    assert "wells: mapping.yml, 4 rows, 4 places (007, A1, A2, …)" in (
        (home.folder / "basin" / "SOURCE.md").read_text()
    )


@pytest.mark.parametrize(
    ("wells", "said"),
    [
        (
            {"places": {"007": [100.1]}},
            "wells, place 007: found [100.1]; expected identifiers, each with",
        ),
        ({"places": {7: [100.1, 38.9]}}, "wells, place 7: found a number"),
        ({"places": {"007": ["East", "North"]}}, "wells, place 007: found"),
        ({"places": []}, "wells, key places: found []"),
        ({"places": {"007": ["11.4;48.3"]}}, "place 007: found ['11.4;48.3']; expected"),
        ({"places": {"007": [1, 2, 3, 4]}}, "[1, 2, 3, 4]; expected identifiers, each with"),
        ({"places": {"007": [1, 2, "x"]}}, "may add the ground in metres, as in P1: [7.12, 46."),
        ({"places": {"007": [1, 2]}, "file": "sites.csv"}, "wells, key file: found a key beside"),
        ({"places": {"007": [1, 2], "7": [True, False]}}, "wells, place 7: found [True, False]"),
    ],
)
def test_wrong_places_in_the_mapping(home, wells, said):
    home.mapping["wells"] = wells
    answer = home.run()
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert not (home.folder / "basin").exists()


def test_wide_tables_with_other_names(home, clean):
    wide(home)
    names = {"007": "Ferry (m)", "A1": "Orchard (m)", "A2": "School (m)", "B1": "Hill (m)"}
    home.write("levels.csv", home.read("levels.csv").rename(columns=names).assign(Note="ok"))
    home.mapping["heads"]["columns"] = names
    same_values(home.basin(), clean)


def test_german_spreadsheets(home, clean):
    """Semicolons, decimal commas, points between thousands, day.month.year, Windows encoding."""
    levels = home.read("levels.csv").rename(columns={"Level": "Höhe"})
    levels["Day"] = pd.to_datetime(levels["Day"]).dt.strftime("%d.%m.%Y")
    levels["Höhe"] = [f"{h[0]}.{h[1:]}".replace(".", "#").replace("#", ".", 1).replace("#", ",")
                      for h in levels["Höhe"]]  # fmt: skip
    assert levels["Höhe"].iloc[0].count(".") == 1
    home.write("levels.csv", levels, sep=";", encoding="cp1252")
    home.mapping["heads"] |= {"value": "Höhe", "separator": ";", "decimal": ",", "thousands": ".",
                              "encoding": "cp1252", "date_form": "%d.%m.%Y"}  # fmt: skip
    same_values(home.basin(), clean)


@pytest.mark.parametrize("serial", [False, True])
def test_excel(home, clean, serial):
    pytest.importorskip("openpyxl")
    levels = home.read("levels.csv").astype({"Level": float})
    levels["Day"] = pd.to_datetime(levels["Day"])
    if serial:
        levels["Day"] = (levels["Day"] - pd.Timestamp(1899, 12, 30)).dt.days
        home.mapping["heads"]["date_form"] = "excel"
    with pd.ExcelWriter(home.folder / "levels.xlsx") as book:
        pd.DataFrame({"about": ["nothing"]}).to_excel(book, sheet_name="Info")
        levels.to_excel(book, sheet_name="Levels", index=False)
    (home.folder / "levels.csv").unlink()
    home.mapping["heads"] |= {"file": "levels.xlsx", "sheet": "Levels"}
    same_values(home.basin(), clean)


def test_units(home, clean):
    def times(name, column, change):
        table = home.read(name)
        home.write(name, table.assign(**{column: table[column].astype(float).map(change)}))

    times("levels.csv", "Level", lambda x: x * 100)
    times("flow.csv", "Flow", lambda x: x / 0.3048**3)
    times("weather.csv", "Rain", lambda x: x / 1000)
    times("weather.csv", "Temp", lambda x: x * 1.8 + 32)
    times("weather.csv", "Wind", lambda x: x * 3.6)
    times("sites.csv", "Top", lambda x: x / 0.3048)
    home.mapping["heads"]["unit"] = "cm"
    home.mapping["surface_water"]["unit"] = "ft3/s"
    home.mapping["forcing"]["units"] = {"precipitation": "m/d", "temperature": "degF",
                                        "wind": "km/h"}  # fmt: skip
    home.mapping["wells"]["units"] = {"surface_elevation": "ft"}
    basin = home.basin()
    same_values(basin, clean, 1e-8)
    assert basin.wells["surface_elevation"].tolist() == pytest.approx([1480, 1483, 1479, 1502])


def test_gaps_by_any_name(home, clean):
    levels = home.read("levels.csv")
    extra = levels.iloc[:2].assign(Day=["2006-12-30", "2006-12-29"], Level=["-999", "no data"])
    home.write("levels.csv", pd.concat([levels, extra]))
    home.mapping["heads"]["missing"] = [-999, "no data"]
    same_values(home.basin(), clean)


def test_depths(home, clean):
    levels = home.read("levels.csv")
    home.write("levels.csv", levels.assign(Level="2.25"))
    home.mapping["heads"]["kind"] = "depth"
    heads = home.basin().heads
    assert heads.groupby("well_id")["head"].first()["B1"] == 1499.75


def test_one_file_needs_no_name(home):
    """A workbook or a table that holds everything: the mapping need not name it."""
    levels = home.read("levels.csv").assign(East="100.1", North="38.9")
    for path in home.folder.glob("*.csv"):
        path.unlink()
    home.write("all.csv", levels[levels["Nr"] == "A1"])
    heads = {"date": "Day", "well_id": "Nr", "value": "Level"}
    wells = {"well_id": "Nr", "longitude": "East", "latitude": "North"}
    home.mapping = {"basin": BASIN, "heads": heads, "wells": wells}
    message = home.refused()
    assert "wells.csv, rows 2, 3, 4" in message  # a place in each row is a place too often
    assert "one row for each well_id" in message


def test_without_weather_the_next_command_is_named(home):
    del home.mapping["forcing"]
    answer = home.run()
    assert answer.exit_code == 0, answer.stderr
    assert f"Next: swgw import power {home.folder / 'basin'}" in answer.stdout
    [problem] = check_basin(home.folder / "basin")
    assert problem.file == "forcing.csv"


def test_periods_and_step_are_drafted(home):
    home.mapping["basin"] = {"title": "My valley"}
    settings = home.basin().settings
    assert settings.step == "5D"
    assert str(settings.train) == "2001-01-01 to 2004-08-06"
    assert str(settings.test) == "2005-10-19 to 2006-12-31"


def test_the_preview_tells_and_writes_nothing(home):
    home.mapping["heads"]["missing"] = ["-999"]
    answer = home.run("--preview")
    assert answer.exit_code == 0, answer.stderr
    for part in ("wells: sites.csv, 4 rows, 4 places (007, A1, A2, …)",
                 "heads: levels.csv, 1612 rows, long, 4 series with 1612 values, 2001-01-01 to "
                 "2006-12-31; head 1", " m\n", "discharge", "m3/s", "precipitation 0 to",
                 "step: 5D", "Nothing was written"):  # fmt: skip
        assert part in answer.stdout, answer.stdout
    assert not (home.folder / "basin").exists()


def test_the_source_is_told(home):
    home.basin()
    text = (home.folder / "basin" / "SOURCE.md").read_text()
    for part in ("`levels.csv`", "SHA-256", "CC BY 4.0", "    heads:", "4 series with 1612 values"):
        assert part in text


# What goes wrong


@pytest.mark.parametrize(
    ("section", "keys", "said"),
    [
        ("heads", {"unit": "inch"}, "heads, unit of head: found 'inch'; expected one of m"),
        ("heads", {"kind": "hight"}, "section heads, key kind: found 'hight'; expected one of"),
        ("heads", {"datum": "Day"}, "section heads, key datum: found an unknown key"),
        ("heads", {"file": "none.csv"}, "key file: found 'none.csv'; expected one of the"),
        ("heads", {"date": 5}, "section heads, key date: found 5; expected text"),
        ("heads", {"missing": "x"}, "key missing: found 'x'; expected a list"),
        ("heads", {"value": "Stage"}, "levels.csv, column 'Stage': found no such column, only Day"),
        ("heads", {"separator": ";"}, "levels.csv: found one column only, 'Day,Nr,Level'"),
        ("heads", {"date_form": "%d/%m/%Y"}, "found '2001-01-01', which is no date of the form"),
        ("heads", {"encoding": "utf-7-bit"}, "levels.csv: found unknown encoding: utf-7-bit"),
        ("heads", {"decimal": ","}, "rows 2, 3, 4 and 1609 more, column 'Level': found"),
        ("forcing", {"units": {"wind": "bft"}}, "section forcing, unit of wind: found 'bft'"),
        ("forcing", {"wind": "Wnd"}, "column 'Wnd': found no such column"),
        ("wells", {"name": "Title"}, "sites.csv, column 'Title': found no such column"),
        ("basin", {"step": "7D"}, "basin.yml, key step: found '7D'; expected one of D, 5D, W, MS"),
        ("basin", {"colour": "red"}, "key 'colour' [mapping.yml, section basin]: found an unknown"),
    ],
)  # fmt: skip
def test_a_wrong_mapping(home, section, keys, said):
    home.mapping[section] |= keys
    message = home.refused()
    assert said in message, message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mapping.yml: found no keys; expected plain YAML"),
        ("heads: [", "mapping.yml, line"),
        ("heads: 5", "mapping.yml, section heads: found 5; expected keys and values"),
        ("haeds: {date: Day}", "found an unknown section (did you mean 'heads'?)"),
        ("heads: {date: D, file: levels.csv}", "section wells: found nothing; expected this"),
        ("wells: {file: sites.csv}", "section wells, key well_id: found nothing"),
        ('heads: !!python/object/apply:os.system ["true"]', "Python object, which is never loaded"),
        ("heads: {a: 1}\nheads: {b: 1}", "mapping.yml, line 2: found the key 'heads' twice"),
        ("heads: {date_form: %d.%m.%Y}", "line 1: found character '%' that cannot start any to"),
        ("heads:\n  file:levels.csv\n  date: Day", "line 3 or the one before: found a colon that "
         "divides nothing (write a blank after each colon"),
        ("forcing: {precip: Rain}", "key precip: found an unknown key (did you mean 'precipitat"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_none(home, text, said):
    files, path = home.paths()
    path.write_text(text)
    with pytest.raises(UserError) as error:
        source.understand(files, path)
    assert said in str(error.value)


def test_every_problem_at_once(home):
    home.mapping["heads"]["unit"] = "inch"
    home.mapping["forcing"]["sun"] = "Sun"
    home.mapping["gauges"].pop("latitude")
    message = home.refused()
    assert "3 problems; nothing was written" in message


def test_a_value_that_is_none_has_its_row_in_the_users_file(home):
    levels = home.read("levels.csv")
    levels.loc[[7, 9], "Level"] = ["dry", "-9999"]
    levels.loc[11, "Day"] = "31.12.2001"
    home.write("levels.csv", levels)
    message = home.refused()
    assert "levels.csv, row 9, column Level: found 'dry'" in message
    assert "levels.csv, row 11, column Level: found '-9999', a usual missing-value code" in message
    assert "levels.csv, row 13, column 'Day': found '31.12.2001', which is no date" in message
    assert "give date_form" in message


def test_what_the_check_would_refuse_is_not_written(home):
    sites = home.read("sites.csv")
    home.write("sites.csv", sites.rename(columns={"East": "North", "North": "East"}))
    message = home.refused()
    assert "column latitude" in message
    assert "1 problem; nothing was written; in terms of the folder's files, yours in br" in message
    assert "wells.csv, rows 2, 3, 4 and 1 more, column latitude [sites.csv, row 2]" in message


def test_an_unknown_well(home):
    levels = home.read("levels.csv")
    home.write("levels.csv", levels.assign(Nr=levels["Nr"].str.lstrip("0")))
    message = home.refused()
    assert "column well_id [levels.csv, row 2, column 'Level']: found unknown well_id" in message
    assert "'7' (did you mean '007'?)" in message


def test_an_unknown_well_of_a_wide_table(home):
    """The folder's table is long; the user's row and column are told."""
    wide(home)
    levels = home.read("levels.csv").rename(columns={"B1": "B-1"})
    home.write("levels.csv", levels.assign(**{"B-1": levels["B-1"].where(levels.index > 4)}))
    first = levels["B-1"].where(levels.index > 4).first_valid_index() + 2
    message = home.refused()
    assert f"column well_id [levels.csv, row {first}, column 'B-1']: found unknown" in message
    assert "columns: {identifier: column of the file} in the section heads" in message


def test_a_day_twice_has_its_row_in_the_users_file(home):
    levels = home.read("levels.csv")
    row = levels.index[levels["Nr"] == "B1"][3]
    home.write("levels.csv", pd.concat([levels, levels.loc[[row]]]))
    assert f"[levels.csv, row {row + 2}, column 'Level']: found {levels['Day'][row]} twice" in (
        home.refused()
    )


def test_a_key_of_the_basin_is_told_only_where_it_is_the_users(home):
    home.mapping["basin"] = BASIN | {"colour": "red"}
    assert "basin.yml, key 'colour' [mapping.yml, section basin]: found an" in home.refused()
    home.mapping["basin"] = {"target_gauge": "9"}
    assert "key target_gauge [mapping.yml, section basin]: found unknown" in home.refused()
    home.mapping["basin"] = {"encoder_length": 999}
    assert "basin.yml, key train: found" in home.refused()  # the period was drafted


def test_exchanged_columns(home):
    wide(home)
    home.write("levels.csv", home.read("levels.csv").rename(columns={"B1": "Hill"}))
    home.mapping["heads"]["columns"] = {"Hill": "B1"}
    assert "the two sides look exchanged: columns: {identifier in the folder: column" in (
        home.refused()
    )
    home.mapping["heads"]["columns"] = {"B1": "Hell"}
    message = home.refused()
    assert "did you mean 'Hill'?" in message
    assert "exchanged" not in message


def test_the_ground_of_a_place_in_the_mapping(home, clean):
    places = clean.wells.reset_index()[["well_id", "longitude", "latitude", "surface_elevation"]]
    home.mapping["wells"] = {"places": {i: row for i, *row in places.to_numpy().tolist()}}
    home.mapping["wells"]["places"]["A1"].pop()  # unknown for one
    ground = home.basin().wells["surface_elevation"]
    assert ground.drop("A1").tolist() == clean.wells["surface_elevation"].drop("A1").tolist()
    assert ground.isna()["A1"]


def test_a_file_that_is_not_on_the_command(home):
    home.mapping["wells"]["file"] = "places.csv"
    message = home.refused()
    assert (
        "found 'places.csv'; expected one of the command's files: flow.csv, levels.csv" in message
    )
    assert "if the name is right, add the file to the command" in message


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("1477,25", "found '1477,25', a decimal comma; expected a finite number with a decimal "
         "point, or an empty cell for a gap; add `decimal: \",\"` to the section heads"),
        ("1,477.25", "a comma between thousands; expected a finite number with a decimal point, "
         "or an empty cell for a gap; add `thousands: \",\"` to the section heads"),
        ("-999.9", "found '-999.9', a usual missing-value code; expected an empty cell "
         "for a gap; add `missing: [-999.9]` to the section heads"),
    ],
)  # fmt: skip
def test_a_fault_names_the_key_that_mends_it(home, cells, said):
    levels = home.read("levels.csv")
    home.write("levels.csv", levels.assign(Level=cells))
    assert said in home.refused()


def test_a_cell_is_quoted_as_it_stands(home):
    levels = home.read("levels.csv")
    levels["Level"] = levels["Level"].str.replace(".", ",")
    levels.loc[4, "Level"] = "2,61*"
    home.write("levels.csv", levels, sep=";")
    home.mapping["heads"] |= {"separator": ";", "decimal": ","}
    message = home.refused()
    assert "levels.csv, row 6, column Level: found '2,61*'; expected a finite number with a " in (
        message
    )
    assert "a decimal comma, as the mapping says" in message
    home.mapping["heads"]["decimal"] = "comma"
    assert 'section heads, key decimal: found \'comma\'; expected "," or "."' in home.refused()


def test_depths_taken_for_heads(home):
    levels = home.read("levels.csv")
    home.write("levels.csv", levels.assign(Level="2.25"))
    message = home.refused()
    assert "heads.csv, column head [levels.csv]: found 2.25 to 2.25 where the ground" in message
    assert "kind: depth" in message


# Dates


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["03.01.2005", "04.01.2005"], "%d.%m.%Y"),
        (["01/02/2005", "01/13/2005"], "%m/%d/%Y"),
        (["01/02/2005", "13/01/2005"], "%d/%m/%Y"),
        (["1-31-05"], "%m-%d-%y"),
        (["31.12.2005 08:15"], "%d.%m.%Y %H:%M"),
        (["31.12.2005 08:15:00"], "%d.%m.%Y %H:%M:%S"),
        (["2005/12/31"], "%Y/%m/%d"),
        (["20051231"], "%Y%m%d"),
        (["yesterday", ""], "%d.%m.%Y"),
    ],
)
def test_the_likely_form_of_dates(texts, form):
    assert days.likely_form(pd.Series(texts)) == form


def test_american_dates_get_their_own_form_and_section(home):
    for name, section in (("flow.csv", "surface_water"), ("weather.csv", "forcing")):
        table = home.read(name)
        home.write(name, table.assign(Day=pd.to_datetime(table["Day"]).dt.strftime("%m/%d/%Y")))
        assert f"give date_form in the section {section}, such as '%m/%d/%Y'" in home.refused()
    home.mapping["forcing"]["date_form"] = "%d/%m/%Y"
    assert "that date_form gives in the section forcing, such as '%m/%d/%Y'" in home.refused()


def test_the_preview_shows_how_a_date_was_read_and_what_was_dropped(home):
    levels = home.read("levels.csv")
    levels["Day"] = pd.to_datetime(levels["Day"]).dt.strftime("%d/%m/%Y")
    levels.loc[[5, 9], "Level"] = "-999"
    levels.loc[0, "Day"] = "02/01/2001"
    home.write("levels.csv", levels)
    home.mapping["heads"] |= {"date_form": "%d/%m/%Y", "missing": [-999]}
    said = home.run("--preview").stdout
    assert "(02/01/2001 read as 2 January 2001)" in said
    assert "2 cells with -999 taken for gaps" in said
    assert "The places lie near 38.9° N, 100.1° E." in said


def test_another_encoding(home):
    levels = home.read("levels.csv").rename(columns={"Level": "Höhe"})
    home.write("levels.csv", levels, encoding="cp1252")
    assert "found a character in line 1 that is not UTF-8 (try `encoding: latin-1`)" in (
        home.refused()
    )
    home.mapping["heads"]["encoding"] = "ascii"
    assert "in line 1 that is not ascii; expected" in home.refused()


def test_an_excel_file_that_is_none(home):
    pytest.importorskip("openpyxl")
    (home.folder / "levels.xlsx").write_text("Day,Nr,Level\n")
    home.mapping["heads"]["file"] = "levels.xlsx"
    assert "levels.xlsx: found a file that is no Excel workbook" in home.refused()


def test_a_sheet_that_is_not_there(home):
    pytest.importorskip("openpyxl")
    home.read("levels.csv").to_excel(home.folder / "levels.xlsx", index=False)
    home.mapping["heads"] |= {"file": "levels.xlsx", "sheet": "Tabelle1"}
    assert "found no sheet 'Tabelle1', only Sheet1" in home.refused()


def test_without_openpyxl(home, monkeypatch):
    (home.folder / "levels.xlsx").write_bytes(b"PK")
    home.mapping["heads"]["file"] = "levels.xlsx"
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    assert f"not installed: {install('import')}" in home.refused()


def test_records_that_share_no_time(home):
    home.mapping["basin"] = {}
    weather = home.read("weather.csv")
    home.write("weather.csv", weather.assign(Day=weather["Day"].str.replace("20", "19")))
    message = home.refused()
    assert "the records share no time: heads.csv 2001-01-01 to 2006-12-31" in message
