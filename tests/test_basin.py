"""What loads from a folder, how much of it is observed, and its series on one calendar."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from corrupt import all_of, cell, column, edit, remove, setting, write
from pydantic import ValidationError
from typer.testing import CliRunner

import swgw
from swgw.basin import calendar as steps
from swgw.basin.folder import write_example
from swgw.basin.places import distance_to_river
from swgw.basin.prepare import report, summary, where
from swgw.basin.settings import BasinSettings, Period
from swgw.cli import app
from swgw.storage import UserError

STEPS = ("D", "5D", "W", "MS")


@pytest.fixture(scope="module")
def basin(tiny_basin):
    return swgw.load_basin(tiny_basin)


@pytest.fixture(scope="module")
def prepared(basin):
    return swgw.prepare_basin(basin)


def period(start, end):
    return Period(pd.Timestamp(start), pd.Timestamp(end))


def prepare(basin, forcing=None, heads=None, surface_water=None, **settings):
    """Prepare a basin with other settings or tables."""
    tables = {"forcing": forcing, "heads": heads, "surface_water": surface_water}
    tables = {name: table for name, table in tables.items() if table is not None}
    settings = dataclasses.replace(basin.settings, **settings)
    return swgw.prepare_basin(dataclasses.replace(basin, settings=settings, **tables))


# Loading


def test_the_example_loads(basin):
    assert list(basin.wells.index) == ["007", "A1", "A2", "B1"]  # leading zeros kept
    assert list(basin.gauges.index) == ["01"]
    assert list(basin.heads.columns) == ["date", "well_id", "head"]
    assert list(basin.surface_water.columns) == ["date", "gauge_id", "value"]
    assert list(basin.forcing.columns[:3]) == ["date", "place", "precipitation"]
    assert set(basin.forcing["place"]) == {"basin"}
    assert basin.settings.unit == "m³/s"
    assert basin.settings.target_gauge == "01"
    assert basin.settings.train == period("2002-01-01", "2004-12-31")
    assert basin.settings.companion is None


def test_the_example_is_the_same_every_time_and_never_overwrites(tiny_basin, tmp_path):
    again = write_example(tmp_path / "again")
    names = sorted(path.name for path in tiny_basin.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    for name in names:
        assert (tiny_basin / name).read_bytes() == (again / name).read_bytes()
    with pytest.raises(UserError, match="is there already"):
        write_example(again)


def test_settings_have_defaults_and_refuse_what_they_do_not_know():
    days = {name: period("2001-01-01", "2002-01-01") for name in ("train", "validation", "test")}
    made = {step: BasinSettings(name="x", step=step, **days) for step in STEPS}
    lengths = {step: (s.encoder_length, s.lead_times) for step, s in made.items()}
    assert lengths == {"D": (365, 30), "5D": (73, 6), "W": (52, 4), "MS": (24, 3)}
    assert made["D"].title == "x"
    with pytest.raises(ValidationError, match="histroy"):
        BasinSettings(name="x", step="D", histroy=True, **days)


def test_a_basin_never_changes(basin):
    before, taken = basin.heads, basin.heads
    taken.loc[0, "head"] = -1.0
    taken["extra"] = 1
    pd.testing.assert_frame_equal(basin.heads, before)
    with pytest.raises(dataclasses.FrozenInstanceError):
        basin.heads = taken
    assert dataclasses.replace(basin, heads=taken).heads.loc[0, "head"] == -1.0


def test_the_digest_covers_every_file_of_the_contract_and_no_other(own_basin):
    digest = swgw.load_basin(own_basin).digest
    (own_basin / "notes.txt").write_text("mine")
    (own_basin / "truth").mkdir()
    assert swgw.load_basin(own_basin).digest == digest
    for name in ("river.geojson", "basin.yml", "heads.csv"):
        (own_basin / name).write_text((own_basin / name).read_text() + "\n")
        assert swgw.load_basin(own_basin).digest != digest
        digest = swgw.load_basin(own_basin).digest


def test_distance_is_along_the_ellipsoid_in_km():
    # One degree along a meridian from the equator is 110.574 km on WGS 84, at the equator along
    # it 111.320 km.
    river = pd.DataFrame({"longitude": [-1.0, 1.0], "latitude": [0.0, 0.0], "part": 0})
    wells = pd.DataFrame({"longitude": [0.0, 2.0, 0.5], "latitude": [1.0, 0.0, 0.0]})
    np.testing.assert_allclose(distance_to_river(wells, river), [110.574, 111.320, 0], atol=0.002)


@pytest.mark.parametrize("collected", [False, True])
def test_distance_takes_the_nearest_of_several_lines(own_basin, collected):
    lines = [[[100.0, 38.0], [100.1, 38.0]], [[100.16, 38.92, 5.0], [100.3, 39.1, 5.0]]]
    shape = {"type": "MultiLineString", "coordinates": lines}
    if collected:
        shape = {"type": "Feature", "properties": {}, "geometry": shape}
        shape = {"type": "FeatureCollection", "features": [shape]}
    write("river.geojson", json.dumps(shape))(own_basin)
    basin = swgw.load_basin(own_basin)
    assert basin.river["part"].tolist() == [0, 0, 1, 1]
    assert basin.wells.loc["A2", "distance_to_river"] == pytest.approx(0, abs=1e-6)


def test_wells_alone(own_basin):
    remove("gauges.csv", "surface_water.csv")(own_basin)
    setting('target_gauge: "01"', "")(own_basin)
    basin = swgw.load_basin(own_basin)
    assert basin.gauges.empty and basin.surface_water.empty
    prepared = swgw.prepare_basin(basin)
    assert prepared.surface_water.shape == (len(prepared.time), 0)
    assert set(report(basin)["kind"]) == {"head", "precipitation", "temperature", "wind"}


def test_gauges_alone(own_basin):
    remove("wells.csv", "heads.csv")(own_basin)
    basin = swgw.load_basin(own_basin)
    assert basin.wells.empty and basin.heads.empty
    assert swgw.prepare_basin(basin).heads.shape[1] == 0
    assert basin.remarks == ()


def test_one_well_without_river_wind_or_temperature(own_basin):
    one = [edit(n, lambda t: t[t["well_id"] == "007"]) for n in ("wells.csv", "heads.csv")]
    rain = edit("forcing.csv", lambda t: t[["date", "precipitation"]])
    all_of(*one, rain, setting("river: river.geojson", ""))(own_basin)
    basin = swgw.load_basin(own_basin)
    assert "distance_to_river" not in basin.wells
    assert swgw.prepare_basin(basin).variables == ["precipitation"]


def test_stage_instead_of_discharge(own_basin):
    setting("surface_water: discharge", "surface_water: stage")(own_basin)
    edit("surface_water.csv", lambda t: t.rename(columns={"discharge": "stage"}))(own_basin)
    basin = swgw.load_basin(own_basin)
    assert basin.settings.unit == "m"
    assert report(basin)["kind"].tolist()[4] == "stage"


def test_depth_becomes_head_once(own_basin):
    column("heads.csv", "head", lambda _: "2.25")(own_basin)
    edit("heads.csv", lambda t: t.rename(columns={"head": "depth"}))(own_basin)
    heads = swgw.load_basin(own_basin).heads
    assert heads.groupby("well_id")["head"].first().to_dict() == {
        "007": 1477.75, "A1": 1480.75, "A2": 1476.75, "B1": 1499.75,
    }  # fmt: skip
    edit("wells.csv", lambda t: t.drop(columns="surface_elevation"))(own_basin)
    assert set(swgw.load_basin(own_basin).heads["head"]) == {-2.25}


def test_forcing_for_the_basin_its_wells_and_its_gauges(own_basin):
    def add_places(table):
        table = table.assign(well_id="", gauge_id="")
        dry = table.assign(precipitation="0")
        return pd.concat([table, dry.assign(well_id="007"), dry.assign(gauge_id="01")])

    edit("forcing.csv", add_places)(own_basin)
    basin = swgw.load_basin(own_basin)
    assert set(basin.forcing["place"]) == {"basin", "well:007", "gauge:01"}
    prepared = swgw.prepare_basin(basin)
    assert prepared.weather_of_well("007")["precipitation"].max() == 0
    assert prepared.weather_of_well("A1")["precipitation"].max() > 0
    assert prepared.weather_of_gauge("01")["precipitation"].max() == 0


def test_thousands_of_wells(own_basin):
    ids = [f"{number:04d}" for number in range(3000)]
    grid = np.linspace(0, 0.2, 3000)
    wells = pd.DataFrame({"well_id": ids, "longitude": 100 + grid, "latitude": 38.8 + grid})
    wells.to_csv(own_basin / "wells.csv", index=False)
    dates = pd.date_range("2001-01-01", "2006-12-31", freq="61D").strftime("%Y-%m-%d")
    heads = pd.MultiIndex.from_product([dates, ids], names=["date", "well_id"]).to_frame(False)
    heads["head"] = 1450 + np.arange(len(heads)) % 50 / 10
    heads.to_csv(own_basin / "heads.csv", index=False)
    prepared = swgw.prepare_basin(swgw.load_basin(own_basin))
    assert prepared.heads.shape == (len(prepared.time), 3000)
    assert list(prepared.heads.columns) == ids


def test_attributes_keep_their_kind(own_basin):
    land = ["crop", "", "7", "town"]
    edit("wells.csv", lambda t: t.assign(land_use=land, clay="3"))(own_basin)
    cell("wells.csv", 2, "name", "渡口")(own_basin)
    wells = swgw.load_basin(own_basin).wells
    assert wells["land_use"].tolist() == land
    assert wells["clay"].tolist() == [3.0] * 4
    assert wells.loc["007", "name"] == "渡口"


def test_a_basin_by_the_name_of_an_embedded_one():
    assert swgw.load_basin("heihe").settings.name == "heihe"
    [problem] = swgw.check_basin("nowhere")
    assert problem.found == "no such folder"


# The report and the notes of the check


def test_the_report_counts_steps_with_an_observation(own_basin):
    late = lambda t: t[(t["well_id"] != "007") | (t["date"] < "2002-01-06")]  # noqa: E731
    edit("heads.csv", late)(own_basin)
    coverage = report(swgw.load_basin(own_basin)).set_index("series")
    assert coverage.loc["007", "share"] == pytest.approx(1 / (5 * 73))  # 2002–2006, pentads
    assert coverage.loc["01", "share"] == 1
    assert coverage.loc["01", "observations"] == 2191
    total = summary(coverage.reset_index())
    assert total["series"].to_dict() == {
        "head": 4, "discharge": 1, "precipitation": 1, "temperature": 1, "wind": 1,
    }  # fmt: skip
    assert total.loc["head", "least observed"] == pytest.approx(1 / (5 * 73))


def noted(folder):
    basin = swgw.load_basin(folder)
    return [where(basin.wells, basin.gauges), *map(str, basin.remarks)]


def test_a_sound_folder_gets_its_place_alone(tiny_basin):
    assert noted(tiny_basin) == ["The places are near 38.9° N, 100.1° E."]
    answer = CliRunner().invoke(app, ["check", str(tiny_basin)])
    assert "The places are near 38.9° N, 100.1° E." in answer.stdout


@pytest.mark.parametrize(
    ("longitude", "latitude", "words"),
    [(-106.6, 35.2, "35.2° N, 106.6° W"), (147.3, -42.9, "42.9° S, 147.3° E")],
)
def test_all_quarters_of_the_earth(longitude, latitude, words):
    places = pd.DataFrame({"longitude": [longitude], "latitude": [latitude]})
    assert where(None, places) == f"The places are near {words}."


def test_a_note_on_depths_without_ground(own_basin):
    edit(
        "heads.csv", lambda t: t.rename(columns={"head": "depth"}).assign(depth=2.5 + t.index % 15)
    )(own_basin)
    assert len(noted(own_basin)) == 1
    edit("wells.csv", lambda t: t.assign(surface_elevation=["", 412, 413, 414]))(own_basin)
    [_, note] = noted(own_basin)
    assert note.startswith("wells.csv, column surface_elevation: found none for 1 of 4 wells")
    assert "heads are minus depths" in note


@pytest.mark.parametrize(("ground", "expected"), [("90", True), ("20", False)])
def test_a_note_on_heads_that_may_be_depths(own_basin, ground, expected):
    edit("heads.csv", lambda t: t.assign(head=2.5 + t.index % 5))(own_basin)
    column("wells.csv", "surface_elevation", lambda _: ground)(own_basin)
    assert any("are these depths" in note for note in noted(own_basin)) == expected


def test_a_note_on_a_step_shorter_than_the_time_between_measurements(own_basin):
    setting("step: 5D", "step: D")(own_basin)
    [_, note] = noted(own_basin)
    assert note.startswith(
        "basin.yml, key step: found step D, and a head every 5 days; expected a longer"
    )


# The calendar


@pytest.mark.parametrize(("step", "count"), [("D", 366), ("5D", 73), ("W", 52), ("MS", 12)])
def test_a_year_has_its_steps(step, count):
    bins = steps.calendar(pd.Timestamp("2004-01-01"), pd.Timestamp("2004-12-31"), step)
    assert len(bins) == count
    assert bins[0] == pd.Timestamp("2004-01-01")
    assert steps.bin_ends(bins, step)[-1] == pd.Timestamp("2004-12-31")


def walk_to(day, width, count):
    """Independent and slow: walk through the year, 29 February taking no place of its own."""
    position = 0
    start = pd.Timestamp(day.year, 1, 1)
    for today in pd.date_range(start, day):
        if (today.month, today.day) == (2, 29):
            continue
        if today != start:
            position += 1
        if position % width == 0 and position // width < count:
            start_of_bin, number = today, position // width
    return start_of_bin, number


@pytest.mark.parametrize("year", [2003, 2004])
@pytest.mark.parametrize(("step", "width", "count"), [("5D", 5, 73), ("W", 7, 52)])
def test_bins_agree_with_a_walk_through_the_year(year, step, width, count):
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31")
    starts, numbers = steps.bin_starts(days, step), steps.step_of_year(days, step)
    for day, start, number in zip(days[::3], starts[::3], numbers[::3], strict=True):
        assert (start, number) == walk_to(day, width, count)


@pytest.mark.parametrize(("step", "longest"), [("D", 1), ("5D", 6), ("W", 8), ("MS", 31)])
def test_bins_follow_each_other_without_gap(step, longest):
    bins = steps.calendar(pd.Timestamp("1999-06-15"), pd.Timestamp("2005-03-02"), step)
    ends = steps.bin_ends(bins, step)
    assert (bins[1:] == ends[:-1] + pd.Timedelta(days=1)).all()
    assert (ends - bins).days.max() + 1 == longest
    assert bins[0] <= pd.Timestamp("1999-06-15") <= ends[0]


def test_a_period_holds_whole_bins_only(basin):
    prepared = prepare(basin, train=period("2002-01-02", "2004-12-30"))
    inside = prepared.time[prepared.inside("train")]
    assert inside[0] == pd.Timestamp("2002-01-06")
    assert inside[-1] == pd.Timestamp("2004-12-22")  # the last pentad ends on the 31st
    assert len(inside) == 3 * 73 - 2


def test_lags_in_months(basin):
    lags = [prepare(basin, step=step) for step in STEPS]
    assert [lag.steps_in_months(1) for lag in lags] == [30, 6, 4, 1]
    assert [lag.steps_in_months(12) for lag in lags] == [365, 73, 52, 12]
    assert lags[1].step_of_year()[[0, 72, 73]].tolist() == [0, 72, 0]


# Aggregation


@pytest.mark.parametrize("step", STEPS)
def test_the_volume_of_water_is_kept(basin, step):
    prepared = prepare(basin, step=step)
    days = (steps.bin_ends(prepared.time, step) - prepared.time).days + 1
    volume = (prepared.surface_water["01"] * days).sum()
    assert volume == pytest.approx(basin.surface_water["value"].sum(), rel=1e-12)


def test_a_day_read_hourly_weighs_one_day(basin):
    dates = [*pd.date_range("2003-01-06", periods=24, freq="h"), pd.Timestamp("2003-01-08 12:00")]
    water = pd.DataFrame({"date": dates, "gauge_id": "01", "value": [1.0] * 24 + [3.0]})
    assert prepare(basin, surface_water=water).surface_water.loc["2003-01-06", "01"] == 2.0


def test_the_order_of_rows_is_no_matter(basin, prepared):
    names = ("heads", "surface_water", "forcing")
    again = prepare(basin, **{n: getattr(basin, n).sample(frac=1, random_state=3) for n in names})
    pd.testing.assert_frame_equal(again.heads, prepared.heads)
    pd.testing.assert_frame_equal(again.surface_water, prepared.surface_water, rtol=1e-12)
    pd.testing.assert_frame_equal(again.weather["basin"], prepared.weather["basin"], rtol=1e-12)


def test_gaps_stay_gaps_and_columns_follow_the_places(basin, prepared):
    assert list(prepared.heads.columns) == list(basin.wells.index)
    assert prepared.time[[0, -1]].tolist() == [*pd.to_datetime(["2001-01-01", "2006-12-27"])]
    read = basin.heads[(basin.heads["well_id"] == "007") & (basin.heads["date"] < "2004-02-25")]
    kept = prepared.heads.loc[:"2004-02-24", "007"]
    assert kept.isna().any()
    assert kept.dropna().tolist() == read["head"].tolist()  # one a pentad until the leap year
    without = basin.heads[basin.heads["date"].dt.year != 2003]
    year = prepare(basin, heads=without).heads.loc["2003"]
    assert len(year) == 73 and year.isna().all().all()
    one = basin.heads[(basin.heads["well_id"] != "A1") | (basin.heads["date"] == "2003-01-21")]
    assert prepare(basin, heads=one).heads["A1"].count() == 1


@pytest.mark.parametrize(("first", "last"), [("2006", "2007"), ("2002", "2005"), ("2000", "2007")])
def test_a_river_that_is_dry_is_no_target_and_stays_a_gauge(basin, first, last):
    water = basin.surface_water
    dry = water["date"].between(first, last)
    prepared = prepare(basin, surface_water=water.assign(value=water["value"].where(~dry, 0.0)))
    assert prepared.basin.settings.target_gauge is None
    assert list(prepared.surface_water) == ["01"]
    assert basin.settings.target_gauge == "01"


def test_data_after_the_test_period_are_left_out(basin):
    prepared = prepare(basin, test=period("2006-01-01", "2006-06-30"))
    assert prepared.time[-1] == pd.Timestamp("2006-06-30")


# Weather


def test_weather_gaps_take_the_training_years_mean_of_their_step(basin, prepared):
    forcing = basin.forcing
    forcing.loc[forcing["date"].between("2005-03-01", "2005-06-30"), "temperature"] = np.nan
    filled = prepare(basin, forcing)
    whole = prepared.weather["basin"]["temperature"]
    usual = np.mean([whole.loc[f"{year}-04-01"] for year in (2002, 2003, 2004)])
    assert filled.weather["basin"].loc["2005-04-01", "temperature"] == pytest.approx(usual)
    mask = filled.weather_filled["basin"]
    assert mask.loc["2005-04-01"].to_dict() == {
        "precipitation": False, "temperature": True, "wind": False,
    }  # fmt: skip
    assert mask["temperature"].sum() == 24
    assert not prepared.weather_filled["basin"].any().any()


def test_filling_never_looks_beyond_the_training_years(basin):
    forcing = basin.forcing
    forcing.loc[forcing["date"].between("2005-03-01", "2005-06-30"), "wind"] = np.nan
    later = forcing.assign(wind=forcing["wind"].where(forcing["date"] <= "2005-06-30", 99.0))
    one, other = (prepare(basin, f).weather["basin"]["wind"] for f in (forcing, later))
    pd.testing.assert_series_equal(one[:"2005-06-25"], other[:"2005-06-25"])


def test_a_step_never_observed_in_training_takes_their_overall_mean(basin):
    weather = prepare(basin, basin.forcing[basin.forcing["date"].dt.month != 2]).weather["basin"]
    train = weather[(weather.index >= "2002") & (weather.index < "2005")]
    seen = train[~((train.index.month == 2) & (train.index.day <= 20))]
    assert weather.loc["2003-02-10", "wind"] == pytest.approx(seen["wind"].mean(), rel=0.01)
    assert weather.notna().all().all()


def test_weather_reaches_back_to_the_first_head(basin):
    prepared = prepare(basin, basin.forcing[basin.forcing["date"] >= "2002-01-01"])
    assert prepared.weather["basin"].notna().all().all()
    assert prepared.weather_filled["basin"].loc["2001"].all().all()


def test_each_variable_comes_from_the_nearest_place_that_has_it(basin):
    """A well's own rain, and the basin's temperature; without a basin's, the mean of places."""
    days = pd.date_range("2001-01-01", "2006-12-31")
    values = [("basin", np.nan, 5.0), ("well:007", 1.0, np.nan), ("well:A1", 3.0, np.nan)]
    parts = [pd.DataFrame({"date": days, "place": p, "precipitation": rain, "temperature": warm})
             for p, rain, warm in values]  # fmt: skip
    prepared = prepare(basin, pd.concat(parts))
    assert prepared.variables == ["precipitation", "temperature"]
    own = {"precipitation": 1.0, "temperature": 5.0}
    assert prepared.weather_of_well("007").iloc[0].to_dict() == own
    assert prepared.weather_of_well("B1").iloc[0].to_dict() == own | {"precipitation": 2.0}
    assert prepared.weather_of_gauge("01")["precipitation"].iloc[9] == 2.0
