"""Readings beside the truth and beside chance: literal cases."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from swgw.attribution import truth as interpret


def test_heads_are_averaged_to_the_steps_of_a_study():
    days = pd.date_range("2001-01-01", periods=12, freq="D")
    heads = xr.DataArray(
        [np.arange(12.0)], coords={"well": ["a"], "time": days}, dims=("well", "time")
    )
    time = pd.DatetimeIndex(["2001-01-03", "2001-01-08", "2001-02-01"])
    found = interpret.on_calendar(heads, time)
    assert found["a"].tolist()[:2] == [np.mean([2, 3, 4, 5, 6]), np.mean([7, 8, 9, 10, 11])]
    assert np.isnan(found["a"].iloc[2])


def test_effects_are_deviations_of_the_contributions():
    values = np.zeros((2, 1, 4))
    values[0, 0] = [1, -1, 1, -1]  # sd 1
    values[1, 0] = [7, 7, 7, 7]  # a constant moves nothing
    parts = xr.DataArray(
        values,
        coords={"driver": ["river", "pumping"], "well": ["a"], "time": np.arange(4)},
        dims=("driver", "well", "time"),
    )
    found = interpret.driver_effects(parts)
    assert found.loc["a"].to_dict() == {"river": 1.0, "pumping": 0.0}
    assert interpret.shares(found).loc["a"].to_dict() == {"river": 1.0, "pumping": 0.0}
    assert interpret.shares(0 * found).isna().all(axis=None)


def test_slow_changes_vanish_within_the_years():
    time = pd.date_range("2001-01-01", "2003-12-31", freq="MS")
    step, season = time.year - 2001.0, np.cos(np.pi * time.month)
    parts = xr.DataArray(
        np.stack([step, season])[:, None],
        coords={"driver": ["pumping", "river"], "well": ["a"], "time": time},
        dims=("driver", "well", "time"),
    )
    found = interpret.driver_effects(parts, within_years=True)
    assert found.loc["a"].to_dict() == pytest.approx({"pumping": 0.0, "river": 1.0})


def test_attention_that_follows_rain_stands_out_of_the_null():
    rng = np.random.default_rng(0)
    rain = rng.gamma(1, 2, 73)
    null = rng.random((50, 73))
    match = interpret.match_attention(rain + 0.1 * rng.random(73), null, rain)
    assert match.found.r > 0.9
    assert match.null_low < 0 < match.null_high < 0.5
    assert match.p == pytest.approx(1 / 51)


def test_attention_that_only_knows_its_place_does_not():
    # both rise towards the issue time: a high correlation that shuffled inputs give as well
    rng = np.random.default_rng(1)
    place = np.linspace(0, 1, 73) ** 2
    rain = place + 0.1 * rng.random(73)
    null = place + 0.2 * rng.random((50, 73))
    match = interpret.match_attention(place + 0.2 * rng.random(73), null, rain)
    assert match.found.r > 0.7
    assert match.p > 0.1


def test_a_driver_that_does_not_vary_gives_no_p():
    match = interpret.match_attention(np.arange(9.0), np.ones((3, 9)), np.ones(9))
    assert np.isnan(match.p) and np.isnan(match.null_low)
