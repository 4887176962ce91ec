"""Correlations beside shuffled years: literal cases and a null that covers."""

import numpy as np
import pandas as pd
import pytest

from swgw.scores import seasonal_null as years

TIME = pd.DatetimeIndex(
    np.concatenate([pd.date_range(f"{y}-01-01", periods=73, freq="5D") for y in range(2001, 2011)])
)


def season():
    return np.sin(2 * np.pi * np.arange(TIME.size) / 73)


def test_shuffled_years_keep_their_order_within_the_year():
    series = pd.Series(np.arange(TIME.size, dtype=float), TIME)
    found = years.shuffle_years(series, np.random.default_rng(0)).to_numpy().reshape(10, 73)
    assert sorted(found[:, 0]) == [73 * k for k in range(10)]
    assert (np.diff(found, axis=1) == 1).all()
    assert (found[:, 0] != series.to_numpy()[::73]).any()


def test_a_leap_day_has_no_partner_in_another_year():
    days = pd.date_range("2003-01-01", "2005-12-31", freq="D")
    found = years.shuffle_years(pd.Series(1.0, days), np.random.default_rng(1))
    assert found.isna().sum() <= 1 and found.dropna().eq(1).all()


def test_seasons_are_taken_away():
    frame = pd.DataFrame({"a": season() + TIME.year})
    frame.index = TIME
    left = years.without_seasons(frame)["a"].to_numpy().reshape(10, 73)
    assert np.allclose(left, (np.arange(10) - 4.5)[:, None])


def test_the_largest_correlation_is_that_of_pandas():
    rng = np.random.default_rng(0)
    cause = pd.Series(rng.normal(size=TIME.size).cumsum(), TIME)
    heads = pd.DataFrame(1400 + rng.normal(size=(TIME.size, 3)).cumsum(axis=0), TIME, list("abc"))
    heads = heads.mask(rng.random(heads.shape) < 0.2)
    cause = cause.mask(rng.random(cause.size) < 0.1)
    lags = [0, 6, 12]
    each = pd.DataFrame({lag: heads.corrwith(cause.shift(lag)) for lag in lags})
    found = years.largest_correlations(heads, cause, lags)
    assert found == pytest.approx(each.abs().max(axis=1).to_numpy(), abs=1e-10)


def test_a_head_without_values_has_no_correlation():
    heads = pd.DataFrame({"a": season(), "b": np.nan}, TIME)
    found = years.largest_correlations(heads, pd.Series(season(), TIME), [0])
    assert found[0] == pytest.approx(1) and np.isnan(found[1])


def test_what_shares_only_a_season_is_within_the_null_and_a_driven_head_is_not():
    rng = np.random.default_rng(2)
    cause = pd.Series(season() + rng.normal(size=TIME.size), TIME)
    slow = cause.rolling(30, min_periods=1).mean()
    seasonal = season()[:, None] + 0.5 * rng.normal(size=(TIME.size, 20))
    heads = pd.DataFrame(seasonal, TIME).assign(driven=slow + 0.05 * rng.normal(size=TIME.size))
    found = years.beside_shuffled(heads, cause, [0, 6])
    beyond = found["found"] > found["null_high"]
    assert beyond["driven"] and found["found"].drop("driven").median() > 0.4
    assert beyond.drop("driven").mean() <= 0.25
