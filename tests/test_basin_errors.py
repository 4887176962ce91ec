"""One test for each way in which a basin folder can be wrong."""

import json

import numpy as np
import pandas as pd
import pytest

import swgw
from swgw.basin.check import check_basin
from swgw.storage.errors import BasinError


def edit(folder, name, change):
    """Read a table of the folder as text, change it, write it back."""
    table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    change(table).to_csv(folder / name, index=False)


def put(folder, name, row, column, value):
    """Put a value into the given row, counted as a spreadsheet does (the header is row 1)."""

    def change(table):
        table.loc[row - 2, column] = value
        return table

    edit(folder, name, change)


def settings(folder, old, new):
    text = (folder / "basin.yml").read_text()
    assert old in text
    (folder / "basin.yml").write_text(text.replace(old, new))


def only(folder):
    """The one problem of a folder, as the user reads it."""
    with pytest.raises(BasinError) as error:
        swgw.load_basin(folder)
    assert len(error.value.problems) == 1, str(error.value)
    return str(error.value.problems[0])


def assert_only(folder, *parts):
    message = only(folder)
    for part in parts:
        assert part in message, message
    assert "\n" not in message


# Files and folders


def test_no_folder(tmp_path):
    assert_only(tmp_path / "none", "no such folder")


def test_a_file_in_place_of_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    assert_only(tmp_path / "file", "found a file; expected the folder of a basin")


def test_an_empty_folder(tmp_path):
    assert_only(tmp_path, "none of a basin's files", "swgw new")


@pytest.mark.parametrize(
    "name",
    ["basin.yml", "wells.csv", "heads.csv", "gauges.csv", "surface_water.csv", "forcing.csv"],
)
def test_a_missing_file(own_basin, name):
    (own_basin / name).unlink()
    assert_only(own_basin, f"{name}: found no such file; expected this file")


def test_a_missing_river(own_basin):
    (own_basin / "river.geojson").unlink()
    assert_only(own_basin, "river.geojson: found no such file")


def test_neither_wells_nor_gauges(own_basin):
    for name in ("wells.csv", "heads.csv", "gauges.csv", "surface_water.csv"):
        (own_basin / name).unlink()
    settings(own_basin, 'target_gauge: "01"', "")
    assert_only(own_basin, "wells.csv and heads.csv: found no such files")


def test_every_problem_at_once(own_basin):
    (own_basin / "forcing.csv").unlink()
    settings(own_basin, "history: true", "histroy: true")
    settings(own_basin, "test: [2006-01-01, 2006-12-31]", "test: [2006-01-01, 2009-12-31]")
    put(own_basin, "heads.csv", 5, "head", "dry")
    put(own_basin, "wells.csv", 3, "longitude", "")
    found = " ".join(map(str, check_basin(own_basin)))
    for part in ("forcing.csv", "histroy", "2009-12-31", "'dry'", "an empty cell"):
        assert part in found
    assert len(check_basin(own_basin)) == 5


def test_the_error_of_loading_lists_what_the_check_finds(own_basin):
    (own_basin / "forcing.csv").unlink()
    put(own_basin, "heads.csv", 5, "head", "dry")
    problems = check_basin(own_basin)
    with pytest.raises(BasinError, match="2 problems in the basin folder") as error:
        swgw.load_basin(own_basin)
    assert error.value.problems == problems
    assert all(str(problem) in str(error.value) for problem in problems)


# Tables


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("wells.csv", "well_id"),
        ("wells.csv", "latitude"),
        ("heads.csv", "date"),
        ("heads.csv", "well_id"),
        ("gauges.csv", "gauge_id"),
        ("surface_water.csv", "gauge_id"),
        ("forcing.csv", "precipitation"),
    ],
)
def test_a_missing_column(own_basin, name, column):
    edit(own_basin, name, lambda t: t.drop(columns=column))
    assert_only(own_basin, f"{name}, column {column}: found no such column", "required")


def test_neither_head_nor_depth(own_basin):
    edit(own_basin, "heads.csv", lambda t: t.rename(columns={"head": "level"}))
    assert_only(own_basin, "heads.csv, column head or depth", "level")


def test_head_and_depth(own_basin):
    edit(own_basin, "heads.csv", lambda t: t.assign(depth="2"))
    assert_only(own_basin, "found head and depth; expected exactly one")


def test_stage_promised_and_discharge_given(own_basin):
    settings(own_basin, "surface_water: discharge", "surface_water: stage")
    assert_only(own_basin, "surface_water.csv, column stage")


def test_a_misspelt_column(own_basin):
    edit(own_basin, "forcing.csv", lambda t: t.rename(columns={"temperature": "temprature"}))
    assert_only(own_basin, "column 'temprature'", "did you mean 'temperature'")


def test_a_date_twice(own_basin):
    edit(own_basin, "heads.csv", lambda t: pd.concat([t, t.iloc[[7]]]))
    assert_only(own_basin, "heads.csv, rows 9, 1614", "twice for well_id '007'", "each date once")


def test_a_date_twice_in_the_weather(own_basin):
    edit(own_basin, "forcing.csv", lambda t: pd.concat([t, t.iloc[[0]]]))
    assert_only(own_basin, "forcing.csv, rows 2, 2193", "2001-01-01 twice")


@pytest.mark.parametrize("value", ["dry", "1_000", "12 m", "0x10", "--", ".", "٣"])
def test_text_in_a_number(own_basin, value):
    put(own_basin, "heads.csv", 5, "head", value)
    assert_only(own_basin, f"heads.csv, row 5, column head: found {value!r}; expected a finite")


def test_text_in_many_numbers_is_one_problem(own_basin):
    edit(own_basin, "surface_water.csv", lambda t: t.assign(discharge="ice"))
    found = [str(problem) for problem in check_basin(own_basin)]
    assert "surface_water.csv, rows 2, 3, 4 and 2188 more, column discharge" in found[0]


@pytest.mark.parametrize("value", ["inf", "-inf", "1e999"])
def test_infinite_numbers(own_basin, value):
    put(own_basin, "surface_water.csv", 5, "discharge", value)
    assert_only(own_basin, f"found {value!r}; expected a finite number")


@pytest.mark.parametrize("value", ["-999", "-9999.0", "-99999", "1e20"])
def test_stand_ins_for_a_gap(own_basin, value):
    put(own_basin, "heads.csv", 5, "head", value)
    assert_only(own_basin, "heads.csv, row 5, column head", "stand-in", "an empty cell")


def test_a_decimal_comma(own_basin):
    put(own_basin, "heads.csv", 5, "head", "1476,5")
    assert_only(own_basin, "'1476,5', a decimal comma")


def test_semicolons(own_basin):
    text = (own_basin / "heads.csv").read_text().replace(",", ";").replace(".", ",")
    (own_basin / "heads.csv").write_text(text)
    assert_only(own_basin, "heads.csv: found columns separated by semicolons", "decimal points")


@pytest.mark.parametrize(
    "value", ["01/02/2005", "2005-02-30", "2005-1-2", "36892", "yesterday", "", "1005-01-01",
              "20050101", "2005-01-01T00:00:00+02:00"],
)  # fmt: skip
def test_not_a_date(own_basin, value):
    put(own_basin, "heads.csv", 5, "date", value)
    assert_only(own_basin, "heads.csv, row 5, column date", "no date", "YYYY-MM-DD")


def test_an_unreadable_encoding(own_basin):
    table = (own_basin / "wells.csv").read_bytes().replace(b"Ferry", "Fähre".encode("latin-1"))
    (own_basin / "wells.csv").write_bytes(table)
    assert_only(own_basin, "wells.csv: found a character in line 2 that is not UTF-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16(own_basin, encoding):
    text = (own_basin / "heads.csv").read_text()
    (own_basin / "heads.csv").write_bytes(text.encode(encoding))
    assert_only(own_basin, "heads.csv: found a spreadsheet, UTF-16 or other binary file")


def test_an_empty_file(own_basin):
    (own_basin / "heads.csv").write_text("")
    assert_only(own_basin, "heads.csv: found an empty file")


def test_a_header_alone(own_basin):
    for name in ("heads.csv", "surface_water.csv", "forcing.csv", "wells.csv", "gauges.csv"):
        (own_basin / name).write_text((own_basin / name).read_text().splitlines()[0] + "\n")
    found = " ".join(map(str, check_basin(own_basin)))
    for name in ("wells.csv", "heads.csv", "gauges.csv", "surface_water.csv", "forcing.csv"):
        assert f"{name}: found no row" in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("date,well_id,head\n2001-01-01,007,1,5\n", "4 values in row 2 under 3 column names"),
        ("date,well_id,head\n2001-01-01,007,1\n2001-01-02,007,1,5\n", "Expected 3 fields"),
        ('date,well_id,head\n2001-01-01,007,"1\n', "EOF inside string"),
        ("date,well_id,head,head\n2001-01-01,007,1,2\n", "the column 'head' twice"),
        ("date,well_id,head,\n2001-01-01,007,1,2\n", "a column without a name"),
    ],
)
def test_a_broken_table(own_basin, text, found):
    (own_basin / "heads.csv").write_text(text)
    assert_only(own_basin, "heads.csv: found", found)


# Identifiers


def test_a_well_in_two_places(own_basin):
    edit(own_basin, "wells.csv", lambda t: pd.concat([t, t.iloc[[1]].assign(longitude="100.2")]))
    assert_only(own_basin, "wells.csv, rows 3, 6", "well_id 'A1' more than once", "one row")


def test_an_unknown_well(own_basin):
    put(own_basin, "heads.csv", 5, "well_id", "A 1")
    assert_only(own_basin, "heads.csv, row 5, column well_id: found unknown well_id 'A 1'",
                "did you mean 'A1'?", "one of wells.csv")  # fmt: skip


def test_another_number_is_another_well(own_basin):
    put(own_basin, "heads.csv", 5, "well_id", "A11")
    assert "did you mean" not in only(own_basin)


def test_a_well_id_that_lost_its_zeros(own_basin):
    edit(own_basin, "heads.csv", lambda t: t.assign(well_id=t["well_id"].str.lstrip("0")))
    assert_only(own_basin, "unknown well_id '7' (did you mean '007'?)")


@pytest.mark.parametrize("name", ["surface_water.csv", "forcing.csv", "wells.csv", "gauges.csv"])
def test_an_unknown_gauge(own_basin, name):
    column = "upstream_gauge_id" if name == "gauges.csv" else "gauge_id"
    edit(own_basin, name, lambda t: t if column in t else t.assign(**{column: ""}))
    put(own_basin, name, 2, column, "99")
    assert_only(own_basin, f"{name}, row 2, column {column}: found unknown gauge_id '99'",
                "one of gauges.csv")  # fmt: skip


def test_an_unknown_target_gauge(own_basin):
    settings(own_basin, 'target_gauge: "01"', 'target_gauge: "02"')
    assert_only(own_basin, "key target_gauge: found unknown gauge_id '02'", "'01'")


def test_several_gauges_and_no_target(own_basin):
    edit(own_basin, "gauges.csv", lambda t: pd.concat([t, t.assign(gauge_id="02")]))
    edit(own_basin, "surface_water.csv", lambda t: pd.concat([t, t.assign(gauge_id="02")]))
    settings(own_basin, 'target_gauge: "01"', "")
    assert_only(own_basin, "key target_gauge: found nothing; expected one of gauges.csv")


def test_a_well_without_any_head(own_basin):
    edit(own_basin, "heads.csv", lambda t: t[t["well_id"] != "A1"])
    assert_only(own_basin, "heads.csv, column head: found no head for well_id 'A1'")


@pytest.mark.parametrize("value", ["", " A1", "A\n1", "x" * 65])
def test_a_bad_identifier(own_basin, value):
    put(own_basin, "wells.csv", 3, "well_id", value)
    messages = [str(problem) for problem in check_basin(own_basin)]
    assert messages[0].startswith("wells.csv, row 3, column well_id: found")
    assert all("\n" not in message for message in messages)


# Coordinates


@pytest.mark.parametrize(("column", "value"), [("longitude", "181"), ("latitude", "-90.5")])
def test_coordinates_out_of_range(own_basin, column, value):
    put(own_basin, "wells.csv", 3, column, value)
    assert_only(own_basin, f"wells.csv, row 3, column {column}: found {value}", "between -")


def swap(table):
    return table.rename(columns={"longitude": "latitude", "latitude": "longitude"})


def test_swapped_coordinates_out_of_range(own_basin):
    edit(own_basin, "wells.csv", swap)
    assert_only(own_basin, "wells.csv, rows 2, 3, 4 and 1 more, column latitude", "swapped")


@pytest.fixture
def swiss_basin(own_basin):
    """The example at 8° E, 47° N, where both orders of coordinates are places."""

    def move(table):
        shift = lambda column, by: (table[column].astype(float) + by).astype(str)  # noqa: E731
        return table.assign(longitude=shift("longitude", -92), latitude=shift("latitude", 8))

    for place in ("wells.csv", "gauges.csv"):
        edit(own_basin, place, move)
    river = json.loads((own_basin / "river.geojson").read_text())
    line = river["geometry"]
    line["coordinates"] = [[x - 92, y + 8] for x, y in line["coordinates"]]
    (own_basin / "river.geojson").write_text(json.dumps(river))
    assert check_basin(own_basin) == []
    return own_basin


@pytest.mark.parametrize("name", ["wells.csv", "gauges.csv"])
def test_one_table_swapped_against_another(swiss_basin, name):
    """Six wells against a gauge are one table against one: neither is blamed."""
    settings(swiss_basin, "river: river.geojson", "")
    edit(swiss_basin, name, swap)
    message = only(swiss_basin)
    assert message.startswith(("wells.csv and gauges.csv: ", "gauges.csv and wells.csv: "))
    assert "fit each other only if one of the two tables is swapped" in message
    assert message.count("near longitude 8.") == 1
    assert message.count("near longitude 46.") == 1
    assert "longitude east and latitude north" in message


def test_a_single_well_swapped_against_a_single_gauge(swiss_basin):
    settings(swiss_basin, "river: river.geojson", "")
    for name in ("wells.csv", "heads.csv"):
        edit(swiss_basin, name, lambda t: t[t["well_id"] == "A1"])
    edit(swiss_basin, "wells.csv", swap)
    assert_only(swiss_basin, "only if one of the two tables is swapped")


@pytest.mark.parametrize(
    ("name", "said"),
    [("gauges.csv", "gauges.csv, gauge_id '01': found coordinates that come near the other places"),
     ("wells.csv", "fit each other only if wells.csv is swapped")],
)  # fmt: skip
def test_the_river_tells_which_table_is_swapped(swiss_basin, name, said):
    edit(swiss_basin, name, swap)
    assert_only(swiss_basin, said, "longitude east")


# Depths given as heads


def levels(folder, low, high, **wells):
    """Give all heads values between two bounds, and wells columns of their own."""
    spread = lambda t: np.linspace(low, high, len(t)).round(3).astype(str)  # noqa: E731
    edit(folder, "heads.csv", lambda t: t.assign(head=spread(t)))
    edit(folder, "wells.csv", lambda t: t.assign(**wells))


def test_depths_given_as_heads(own_basin):
    levels(own_basin, 0.66, 12.11, surface_elevation=["412.35", "414.8", "409.12", "421.9"])
    assert_only(own_basin, "heads.csv, column head: found 0.66 to 12.11 where the ground is at "
                "409.1 to 421.9 m; expected metres above the datum; are these depths",
                "kind: depth", "vertical_datum")  # fmt: skip


def test_minus_the_depth_given_as_heads(own_basin):
    levels(own_basin, -12.11, -0.66, surface_elevation="412")
    assert_only(own_basin, "heads.csv, column head: found -12.11 to -0.66 where the ground is")


@pytest.mark.parametrize(
    ("low", "high", "ground"),
    [
        (415, 421, "412"),  # artesian
        (212, 260, "440"),  # a water table 200 m deep
        (730, 735, "1500"),  # and 770 m
        (1, 9, "8"),  # a coast
        (-30, -27, "-28"),  # below the sea
        (2, 12, "90"),  # dunes: a remark of `swgw check` at most
    ],
)
def test_heads_that_real_basins_have(own_basin, low, high, ground):
    levels(own_basin, low, high, surface_elevation=ground)
    assert check_basin(own_basin) == []


def test_one_well_in_its_place_shows_that_heads_are_heads(own_basin):
    levels(own_basin, 2, 12, surface_elevation=["412", "380", "395", "15"])
    assert check_basin(own_basin) == []


def test_a_stated_datum_lets_an_island_pass(own_basin):
    levels(own_basin, 2, 12, surface_elevation="412")
    settings(own_basin, "vertical_datum: not stated", "vertical_datum: mean sea level #")
    assert check_basin(own_basin) == []


def test_a_lost_sign(own_basin):
    put(own_basin, "wells.csv", 3, "longitude", "-100.08")
    assert_only(own_basin, "wells.csv, well_id 'A1'", "5000 km")


# Units


def centimetres(table, where):
    value = table.columns[-1]
    changed = (table[value].astype(float) * 100).astype(str)
    return table.assign(**{value: table[value].where(~where, changed)})


def without_elevation(folder, height):
    """Take the surface elevation away and let the heads stand near `height` metres."""
    edit(folder, "wells.csv", lambda t: t.drop(columns="surface_elevation"))
    shift = height - 1480
    edit(folder, "heads.csv", lambda t: t.assign(head=(t["head"].astype(float) + shift).map(str)))


@pytest.mark.parametrize("well", ["007", "A1", "A2", "B1"])
@pytest.mark.parametrize("height", [1480, 60, 20])
def test_one_well_in_centimetres(own_basin, well, height):
    without_elevation(own_basin, height)
    assert check_basin(own_basin) == []
    edit(own_basin, "heads.csv", lambda t: centimetres(t, t["well_id"] == well))
    assert_only(own_basin, "heads.csv", "column head", "centimetres" if height < 90 else "cm")


@pytest.mark.parametrize("height", [1480, 60, 20])
def test_all_wells_in_centimetres_against_the_surface(own_basin, height):
    shift = height - 1480
    for name, column in (("wells.csv", "surface_elevation"), ("heads.csv", "head")):
        moved = lambda t, c=column: t.assign(**{c: (t[c].astype(float) + shift).map(str)})  # noqa: E731
        edit(own_basin, name, moved)
    assert check_basin(own_basin) == []
    edit(own_basin, "heads.csv", lambda t: centimetres(t, t["head"] != ""))
    assert_only(own_basin, "heads.csv", "column head", "cm" if height == 1480 else "centimetres")


@pytest.mark.parametrize("rows", [1, 20, 200])
def test_a_series_that_turns_to_centimetres(own_basin, rows):
    without_elevation(own_basin, 60)
    edit(own_basin, "heads.csv", lambda t: centimetres(t, t.index < rows))
    assert_only(own_basin, "a hundred times the others of well_id '007'", "centimetres")


def test_depths_in_centimetres_at_one_well(own_basin):
    def depths(table):
        depth = 1 + (table["head"].astype(float) % 1)
        return table.assign(head=depth.map(str)).rename(columns={"head": "depth"})

    edit(own_basin, "heads.csv", depths)
    assert check_basin(own_basin) == []
    edit(own_basin, "heads.csv", lambda t: centimetres(t, t["well_id"] == "A1"))
    assert_only(own_basin, "heads.csv, well_id 'A1', column depth", "centimetres")


def test_stages_that_turn_to_centimetres(own_basin):
    settings(own_basin, "surface_water: discharge", "surface_water: stage")
    stage = lambda t: t.assign(discharge=(1 + t.index % 7 / 10).map(str))  # noqa: E731
    edit(own_basin, "surface_water.csv", lambda t: stage(t).rename(columns={"discharge": "stage"}))
    assert check_basin(own_basin) == []
    edit(own_basin, "surface_water.csv", lambda t: centimetres(t, t.index > 2000))
    assert_only(own_basin, "surface_water.csv", "a hundred times the others of gauge_id '01'")


@pytest.mark.parametrize("seed", range(5))
def test_natural_levels_are_not_taken_for_centimetres(own_basin, seed):
    """A deep pumped well beside shallow ones, a datum amid the heads, one well far above."""
    random = np.random.default_rng(seed)

    def natural(table):
        level = {"007": 0.0, "A1": -60.0, "A2": -1.2, "B1": 15.0}
        spread = {"007": 0.5, "A1": 4.0, "A2": 0.3, "B1": 0.8}
        noise = random.standard_normal(len(table))
        heads = table["well_id"].map(level) + noise * table["well_id"].map(spread)
        return table.assign(head=heads.map("{:.4f}".format))

    edit(own_basin, "wells.csv", lambda t: t.drop(columns="surface_elevation"))
    edit(own_basin, "heads.csv", natural)
    assert check_basin(own_basin) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("precipitation", "-0.5"), ("temperature", "288.15"), ("wind", "-1")],
)
def test_weather_out_of_range(own_basin, variable, value):
    put(own_basin, "forcing.csv", 9, variable, value)
    assert_only(own_basin, f"forcing.csv, row 9, column {variable}: found {value}")


def test_a_distance_given_and_computed(own_basin):
    edit(own_basin, "wells.csv", lambda t: t.assign(distance_to_river="1"))
    assert_only(own_basin, "wells.csv, column distance_to_river", "no such column, or no river")


# Settings


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("validation: [2005-01-01", "validation: [2004-06-01", ("periods that overlap",)),
        ("test: [2006-01-01, 2006-12-31]", "test: [2000-01-01, 2001-01-31]", ("wrong order",)),
        ("test: [2006-01-01, 2006-12-31]", "test: [2006-01-01, 2007-01-31]",
         ("key test", "2006-01-01 to 2007-01-31, outside the data", "2001-01-01 to 2006-12-31")),
        ("train: [2002-01-01", "train: [1999-01-01", ("key train", "outside the data")),
        ("test: [2006-01-01, 2006-12-31]", "test: [2006-12-31, 2006-01-01]", ("key test",)),
        ("test: [2006-01-01, 2006-12-31]", "test: [2006-01-01]", ("two dates",)),
        ("test: [2006-01-01, 2006-12-31]", "test: 2006", ("key test: found 2006", "two dates")),
        ("test: [2006-01-01, 2006-12-31]", "test: [2006-13-01, 2006-12-31]", ("key test",)),
        ("test: [2006-01-01, 2006-12-31]", "test: [2006-12-25, 2006-12-31]", ("whole steps",)),
        ("encoder_length: 24", "encoder_length: 900", ("whole steps", "encoder_length")),
        ("step: 5D", "step: 7D", ("key step: found '7D'; expected one of D, 5D, W, MS",)),
        ("step: 5D", "steps: 5D", ("steps",)),
        ("name: example  ", "name: ../../etc", ("key name", "short name")),
        ("name: example  ", "name: 12", ("key name", "short name")),
        ("encoder_length: 24", "encoder_length: 0", ("key encoder_length: found 0",)),
        ("encoder_length: 24", "encoder_length: true", ("key encoder_length: found True",)),
        ("lead_times: 3", "lead_times: 2.5", ("key lead_times: found 2.5",)),
        ("lead_times: 3", "lead_time: 3", ("did you mean 'lead_times'",)),
        ("history: true", "history: maybe", ("expected true or false",)),
        ("future_forcing: observed", "future_forcing: some", ("one of observed, none",)),
        ('target_gauge: "01"', "target_gauge: 01", ("key target_gauge: found 1", "in quotes")),
        ("virtual: true", "virtual: true\ncompanion: smith", ("one of jing2025",)),
        ("title: An example basin", "title: [a, b]", ("key title", "text")),
        ("virtual: true", "virtual: true\nvirtual: false", ("the key 'virtual' twice",)),
    ],
)  # fmt: skip
def test_wrong_settings(own_basin, old, new, parts):
    settings(own_basin, old, new)
    messages = [str(problem) for problem in check_basin(own_basin)]
    assert any(all(part in message for part in parts) for message in messages), messages
    assert len(messages) == (2 if new.startswith("steps") else 1), messages


def test_a_period_without_data_of_one_kind(own_basin):
    edit(own_basin, "surface_water.csv", lambda t: t[t["date"] < "2005-12-01"])
    assert_only(own_basin, "surface_water.csv: found no value in the test period")


def test_weather_that_starts_after_training(own_basin):
    late = lambda t: t.assign(wind=t["wind"].where(t["date"] > "2005", ""))  # noqa: E731
    edit(own_basin, "forcing.csv", late)
    assert_only(own_basin, "forcing.csv, column 'wind': found no value in the train period")


def test_yaml_that_names_a_python_object(own_basin, tmp_path):
    sign = tmp_path / "ran"
    line = f'title: !!python/object/apply:os.system ["touch {sign}"]'
    settings(own_basin, "title: An example basin", line)
    assert_only(own_basin, "basin.yml, line", "YAML that names a Python object", "plain YAML")
    assert not sign.exists()


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "name: [", "just text", "a: &a [*a]", "[" * 5000, "? [a]\n: b",
             "test: 2006-02-30", "\tname: x", "name: \x00", "a: !!binary x", "!!set {a, b}"],
)  # fmt: skip
def test_hostile_yaml(own_basin, text):
    (own_basin / "basin.yml").write_text(text)
    messages = [str(problem) for problem in check_basin(own_basin)]
    assert messages
    assert all(len(message) < 1000 and "\n" not in message for message in messages)


def test_yaml_that_swells(own_basin):
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(["l0: &l0 [lol, lol]", *levels, "title: *l11"])
    settings(own_basin, "title: An example basin", bomb)
    assert any("key title: found a list" in str(problem) for problem in check_basin(own_basin))


def test_yaml_in_another_encoding(own_basin):
    (own_basin / "basin.yml").write_bytes("title: Fähre".encode("latin-1"))
    assert_only(own_basin, "basin.yml: found a byte that is not UTF-8")


# The river


@pytest.mark.parametrize("target", ["../outside.geojson", "/etc/passwd", "a/../../outside.geojson"])
def test_a_river_outside_the_folder(own_basin, target):
    (own_basin.parent / "outside.geojson").write_text((own_basin / "river.geojson").read_text())
    settings(own_basin, "river: river.geojson", f"river: {target}")
    assert_only(own_basin, "a path or link that leaves the folder")


@pytest.mark.parametrize("name", ["river.geojson", "heads.csv"])
def test_a_link_out_of_the_folder(own_basin, name):
    outside = own_basin.parent / "outside"
    (own_basin / name).rename(outside)
    (own_basin / name).symlink_to(outside)
    assert_only(own_basin, f"{name}: found a path or link that leaves the folder")


def test_links_in_a_circle(own_basin):
    (own_basin / "river.geojson").unlink()
    (own_basin / "river.geojson").symlink_to("river.geojson")
    assert len(check_basin(own_basin)) == 1


def line(*points):
    return json.dumps({"type": "LineString", "coordinates": points})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("not json", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"type": "Point", "coordinates": [100, 38]}', "the geometry 'Point'"),
        ('{"type": "FeatureCollection", "features": []}', "no line"),
        ('{"type": "Feature", "geometry": null}', "no geometry"),
        (line([100, 38]), "fewer than two points"),
        (line([100, 38], ["a", 38]), "not [longitude, latitude]"),
        (line([100, 38], [38, 100]), "out of range"),
        (line([100, 38], [float("nan"), 38]), "out of range"),
        (line([100, 38], [10**400, 38]), "a huge number"),
        (line([700000, 4300000], [700010, 4300000]), "out of range"),
        (line([38.8, 78], [38.9, 78]).replace("78", "80"), "swapped"),
    ],
)
def test_a_broken_river(own_basin, text, found):
    (own_basin / "river.geojson").write_text(text)
    if found == "swapped":
        for name in ("wells.csv", "gauges.csv"):
            edit(own_basin, name, lambda t: t.assign(longitude="80"))
    assert_only(own_basin, "river.geojson", found)
