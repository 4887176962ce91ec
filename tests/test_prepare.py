import dataclasses

import numpy as np
import pandas as pd
import pytest

import swgw
from swgw.basin import calendar as steps
from swgw.basin.settings import Period


@pytest.fixture(scope="module")
def basin(tiny_basin):
    return swgw.load_basin(tiny_basin)


@pytest.fixture(scope="module")
def prepared(basin):
    return swgw.prepare_basin(basin)


def with_step(basin, step):
    settings = dataclasses.replace(basin.settings, step=step)
    return dataclasses.replace(basin, settings=settings)


# The calendar


@pytest.mark.parametrize(("step", "count"), [("D", 366), ("5D", 73), ("W", 52), ("MS", 12)])
def test_a_year_has_its_steps(step, count):
    bins = steps.calendar(pd.Timestamp("2004-01-01"), pd.Timestamp("2004-12-31"), step)
    assert len(bins) == count
    assert bins[0] == pd.Timestamp("2004-01-01")
    assert steps.bin_ends(bins, step)[-1] == pd.Timestamp("2004-12-31")


def plain_bin(day, width, count):
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
    starts = steps.bin_starts(days, step)
    numbers = steps.step_of_year(days, step)
    for day, start, number in zip(days[::3], starts[::3], numbers[::3], strict=True):
        assert (start, number) == plain_bin(day, width, count)


def test_29_february_falls_into_its_pentad():
    starts = steps.bin_starts(pd.DatetimeIndex(["2004-02-25", "2004-02-29", "2004-03-01"]), "5D")
    assert set(starts) == {pd.Timestamp("2004-02-25")}
    assert steps.bin_starts(pd.DatetimeIndex(["2004-03-02"]), "5D")[0] == pd.Timestamp("2004-03-02")


@pytest.mark.parametrize(("step", "longest"), [("D", 1), ("5D", 6), ("W", 8), ("MS", 31)])
def test_bins_follow_each_other_without_gap(step, longest):
    bins = steps.calendar(pd.Timestamp("1999-06-15"), pd.Timestamp("2005-03-02"), step)
    ends = steps.bin_ends(bins, step)
    assert (bins[1:] == ends[:-1] + pd.Timedelta(days=1)).all()
    assert (ends - bins).days.max() + 1 == longest
    assert bins[0] <= pd.Timestamp("1999-06-15") <= ends[0]


def test_a_period_holds_whole_bins_only(basin):
    train = Period(pd.Timestamp("2002-01-02"), pd.Timestamp("2004-12-30"))
    settings = dataclasses.replace(basin.settings, train=train)
    prepared = swgw.prepare_basin(dataclasses.replace(basin, settings=settings))
    inside = prepared.time[prepared.inside("train")]
    assert inside[0] == pd.Timestamp("2002-01-06")
    assert inside[-1] == pd.Timestamp("2004-12-22")  # the last pentad ends on the 31st
    assert len(inside) == 3 * 73 - 2
    with pytest.raises(ValueError, match="expected one of train"):
        prepared.inside("tests")


def test_lags_in_months(basin):
    lags = {s: swgw.prepare_basin(with_step(basin, s)) for s in ("D", "5D", "W", "MS")}
    assert [lags[s].steps_in_months(1) for s in lags] == [30, 6, 4, 1]
    assert [lags[s].steps_in_months(12) for s in lags] == [365, 73, 52, 12]
    assert lags["5D"].step_of_year()[[0, 72, 73]].tolist() == [0, 72, 0]


# Aggregation


@pytest.mark.parametrize("step", ["D", "5D", "W", "MS"])
def test_the_volume_of_water_is_kept(basin, step):
    prepared = swgw.prepare_basin(with_step(basin, step))
    days = (steps.bin_ends(prepared.time, step) - prepared.time).days + 1
    volume = (prepared.surface_water["01"] * days).sum()
    assert volume == pytest.approx(basin.surface_water["value"].sum(), rel=1e-12)


def test_a_bin_is_the_mean_of_its_days(basin, prepared):
    water = basin.surface_water.set_index("date")["value"]
    assert prepared.surface_water.loc["2003-01-06", "01"] == pytest.approx(
        water["2003-01-06":"2003-01-10"].mean()
    )


def test_a_day_read_hourly_weighs_one_day(basin):
    dates = [*pd.date_range("2003-01-06", periods=24, freq="h"), pd.Timestamp("2003-01-08 12:00")]
    values = [1.0] * 24 + [3.0]
    water = pd.DataFrame({"date": dates, "gauge_id": "01", "value": values})
    prepared = swgw.prepare_basin(dataclasses.replace(basin, surface_water=water))
    assert prepared.surface_water.loc["2003-01-06", "01"] == 2.0


def test_the_order_of_rows_is_no_matter(basin, prepared):
    shuffled = {
        name: getattr(basin, name).sample(frac=1, random_state=3)
        for name in ("heads", "surface_water", "forcing")
    }
    again = swgw.prepare_basin(dataclasses.replace(basin, **shuffled))
    pd.testing.assert_frame_equal(again.heads, prepared.heads)
    pd.testing.assert_frame_equal(again.surface_water, prepared.surface_water, rtol=1e-12)
    pd.testing.assert_frame_equal(again.weather["basin"], prepared.weather["basin"], rtol=1e-12)


def test_gaps_stay_gaps(basin, prepared):
    assert prepared.heads.isna().any().all()
    read = basin.heads[(basin.heads["well_id"] == "007") & (basin.heads["date"] < "2004-02-25")]
    kept = prepared.heads.loc[:"2004-02-24", "007"].dropna()
    assert kept.tolist() == read["head"].tolist()  # one reading a pentad until the leap year


def test_columns_follow_the_tables_of_places(basin, prepared):
    assert list(prepared.heads.columns) == list(basin.wells.index)
    assert list(prepared.surface_water.columns) == ["01"]
    assert prepared.time[0] == pd.Timestamp("2001-01-01")
    assert prepared.time[-1] == pd.Timestamp("2006-12-27")


def test_data_after_the_test_period_are_left_out(basin):
    test = Period(pd.Timestamp("2006-01-01"), pd.Timestamp("2006-06-30"))
    settings = dataclasses.replace(basin.settings, test=test)
    prepared = swgw.prepare_basin(dataclasses.replace(basin, settings=settings))
    assert prepared.time[-1] == pd.Timestamp("2006-06-30")


def test_a_year_without_any_datum_is_still_in_the_calendar(basin):
    heads = basin.heads
    without = heads[(heads["date"] < "2003-01-01") | (heads["date"] > "2003-12-31")]
    prepared = swgw.prepare_basin(dataclasses.replace(basin, heads=without))
    assert prepared.heads.loc["2003"].isna().all().all()
    assert len(prepared.heads.loc["2003"]) == 73


# Weather


def test_weather_gaps_take_the_training_years_mean_of_their_step(basin, prepared):
    forcing = basin.forcing
    gap = forcing["date"].between("2005-03-01", "2005-06-30")
    forcing.loc[gap, "temperature"] = np.nan
    filled = swgw.prepare_basin(dataclasses.replace(basin, forcing=forcing))
    whole = prepared.weather["basin"]["temperature"]
    usual = np.mean([whole.loc[f"{year}-04-01"] for year in (2002, 2003, 2004)])
    assert filled.weather["basin"].loc["2005-04-01", "temperature"] == pytest.approx(usual)
    mask = filled.weather_filled["basin"]
    assert mask.loc["2005-04-01", "temperature"]
    assert not mask.loc["2005-04-01", "wind"]
    assert mask["temperature"].sum() == 24
    assert not prepared.weather_filled["basin"].any().any()


def test_filling_never_looks_beyond_the_training_years(basin):
    forcing = basin.forcing
    forcing.loc[forcing["date"].between("2005-03-01", "2005-06-30"), "wind"] = np.nan
    later = forcing.copy()
    later.loc[later["date"] > "2005-06-30", "wind"] = 99.0
    one, other = (
        swgw.prepare_basin(dataclasses.replace(basin, forcing=f)).weather["basin"]["wind"]
        for f in (forcing, later)
    )
    pd.testing.assert_series_equal(one[:"2005-06-25"], other[:"2005-06-25"])


def test_a_step_never_seen_in_training_takes_their_overall_mean(basin):
    forcing = basin.forcing
    forcing = forcing[forcing["date"].dt.month != 2]
    weather = swgw.prepare_basin(dataclasses.replace(basin, forcing=forcing)).weather["basin"]
    train = weather[(weather.index >= "2002") & (weather.index < "2005")]
    seen = train[~((train.index.month == 2) & (train.index.day <= 20))]
    assert weather.loc["2003-02-10", "wind"] == pytest.approx(seen["wind"].mean(), rel=0.01)
    assert weather.notna().all().all()


def test_weather_reaches_back_to_the_first_head(basin):
    late = basin.forcing[basin.forcing["date"] >= "2002-01-01"]
    prepared = swgw.prepare_basin(dataclasses.replace(basin, forcing=late))
    assert prepared.weather["basin"].notna().all().all()
    assert prepared.weather_filled["basin"].loc["2001"].all().all()


def test_each_variable_comes_from_the_nearest_place_that_has_it(basin):
    """A well's own rain, and the basin's temperature; without a basin's, the mean of places."""
    days = pd.date_range("2001-01-01", "2006-12-31")

    def forcing(place, **variables):
        return pd.DataFrame({"date": days, "place": place, **variables})

    table = pd.concat(
        [
            forcing("basin", temperature=5.0),
            forcing("well:007", precipitation=1.0),
            forcing("well:A1", precipitation=3.0),
        ]
    )
    table = table[["date", "place", "precipitation", "temperature"]]
    prepared = swgw.prepare_basin(dataclasses.replace(basin, forcing=table))
    assert prepared.variables == ["precipitation", "temperature"]
    assert prepared.weather_of_well("007").iloc[0].to_dict() == {
        "precipitation": 1.0, "temperature": 5.0,
    }  # fmt: skip
    assert prepared.weather_of_well("B1").iloc[0].to_dict() == {
        "precipitation": 2.0, "temperature": 5.0,
    }  # fmt: skip
    assert prepared.weather_of_gauge("01")["precipitation"].iloc[9] == 2.0
