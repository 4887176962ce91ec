"""Correlations: literal values, agreement with SciPy and pandas, effective n, a seasonal null."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from swgw.scores import correlation

TIME = pd.DatetimeIndex(
    np.concatenate([pd.date_range(f"{y}-01-01", periods=73, freq="5D") for y in range(2001, 2011)])
)
SEASON = np.sin(2 * np.pi * np.arange(TIME.size) / 73)


def smooth(rng, size, memory):
    """Two unrelated series with the memory of so many steps."""
    noise = rng.normal(size=(2, size + memory - 1))
    return (np.convolve(row, 0.8 ** np.arange(memory), "valid") for row in noise)


def test_of_samples_agrees_with_scipy():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 25))
    y += 0.5 * x
    found, expected = correlation.pearson(x, y, series=False), stats.pearsonr(x, y)
    ends = expected.confidence_interval(0.9)
    assert found[:4] == pytest.approx((expected.statistic, ends.low, ends.high, expected.pvalue))
    assert found.n == found.effective_n == 25


def test_the_papers_own_numbers():
    assert correlation.interval_of_r(-0.26, 25)[2] == pytest.approx(0.21, abs=0.005)
    assert correlation.interval_of_r(0.52, 25)[2] == pytest.approx(0.008, abs=0.0005)


def test_a_list_of_correlations_is_a_table():
    rows = [correlation.pearson([1, 2, 3, 4, 6], [1, 3, 2, 5, 4])] * 2
    assert list(pd.DataFrame(rows, ["a", "b"])) == ["value", "low", "high", "p", "n", "effective_n"]


def test_effective_number_by_the_formula():
    x = np.array([1.0, 2, 3, 4, 5, 6])  # lag-one 0.5 each: 6 × 0.75 / 1.25
    assert correlation.pearson(x, x[::-1].copy()).effective_n == pytest.approx(3.6)
    assert np.isnan(correlation.pearson(np.arange(400.0), np.arange(400.0) ** 2).low)
    white = correlation.pearson(*np.random.default_rng(1).normal(size=(2, 400)))
    assert white.effective_n == pytest.approx(400, abs=8)


def test_rejections_of_unrelated_smooth_series_are_about_one_in_ten():
    rng = np.random.default_rng(2)
    found = [correlation.pearson(*smooth(rng, 301, 20)) for _ in range(300)]
    misses = np.mean([not each.low <= 0 <= each.high for each in found])
    assert 0.05 < misses < 0.18 and found[0].effective_n < 100


def test_missing_and_constant_values():
    gap = correlation.pearson([1, 2, np.nan, 4, 5, 7], [1, 2, 3, np.nan, 5, 6], series=False)
    assert gap.n == 4
    assert np.isnan(correlation.pearson([1, 1, 1, 1], [1, 2, 3, 4]).value)
    few = correlation.pearson([1, 2, 4], [1, 3, 3])
    assert np.isfinite(few.value) and np.isnan(few.low) and few.n == 3
    assert correlation.lag_one([np.nan, np.nan]) == correlation.lag_one([2.0, 2.0, 2.0]) == 0
    with pytest.raises(ValueError, match="as many"):
        correlation.pearson([1, 2], [1, 2, 3])


def test_ranks_have_ties_and_constants_without_a_warning():
    x, y = np.random.default_rng(0).integers(0, 4, (2, 5, 20))
    expected = [stats.spearmanr(a, b).statistic for a, b in zip(x, y, strict=True)]
    assert correlation.rank_correlation(x, y) == pytest.approx(expected)
    assert np.isnan(correlation.rank_correlation([1, 1, 1], [3, 2, 1]))


def test_lags_look_back_and_a_stuck_logger_has_no_correlation():
    time = pd.date_range("2001-01-01", periods=60, freq="D")
    cause = pd.Series(np.random.default_rng(3).normal(size=60), time)
    columns = {"a": cause.shift(6), "b": -cause.shift(12), "c": np.nan, "stuck": 2.0}
    found = correlation.lag_correlations(pd.DataFrame(columns), cause, {1: 6, 2: 12})
    assert found.loc["a", 1] == pytest.approx(1) and found.loc["b", 2] == pytest.approx(-1)
    assert abs(found.loc["a", 2]) < 0.4 and found.loc[["c", "stuck"]].isna().all(axis=None)


def test_permuted_years_keep_their_order_within_the_year():
    series = pd.Series(np.arange(TIME.size, dtype=float), TIME)
    table = correlation.permute_years(series, np.random.default_rng(0), 5)
    found = table.to_numpy().T.reshape(5, 10, 73)
    assert (np.sort(found[..., 0]) == [73 * k for k in range(10)]).all()
    assert (np.diff(found) == 1).all() and len(np.unique(found[..., 0], axis=0)) == 5
    days = pd.Series(1.0, pd.date_range("2003-01-01", "2005-12-31", freq="D"))
    leap = correlation.permute_years(days, np.random.default_rng(1), 1)[0]
    assert leap.isna().sum() <= 1 and leap.dropna().eq(1).all()


def test_seasons_are_subtracted():
    left = correlation.without_seasons(pd.DataFrame({"a": SEASON + TIME.year}, TIME))["a"]
    assert np.allclose(left.to_numpy().reshape(10, 73), (np.arange(10) - 4.5)[:, None])


def test_the_largest_correlation_is_that_of_pandas():
    rng = np.random.default_rng(0)
    cause = pd.Series(rng.normal(size=TIME.size).cumsum(), TIME)
    heads = pd.DataFrame(1400 + rng.normal(size=(TIME.size, 3)).cumsum(axis=0), TIME, list("abc"))
    heads, cause = heads.mask(rng.random(heads.shape) < 0.2), cause.mask(rng.random(730) < 0.1)
    heads = heads.iloc[5::2]
    each = pd.DataFrame({lag: heads.corrwith(cause.shift(lag)) for lag in (0, 6, 12)})
    causes = pd.DataFrame({"other": -cause.shift(3), "cause": cause})
    found = correlation.largest_correlations(heads.assign(none=np.nan), causes, [0, 6, 12])[1]
    assert found[:3] == pytest.approx(each.abs().max(axis=1).to_numpy(), abs=1e-10)
    assert np.isnan(found[3])


def test_what_shares_only_a_season_is_within_the_null_and_a_driven_head_is_not():
    rng = np.random.default_rng(2)
    cause = pd.Series(SEASON + rng.normal(size=TIME.size), TIME)
    slow = cause.rolling(30, min_periods=1).mean()
    seasonal = SEASON[:, None] + 0.5 * rng.normal(size=(TIME.size, 20))
    heads = pd.DataFrame(seasonal, TIME).assign(driven=slow + 0.05 * rng.normal(size=TIME.size))
    found = correlation.seasonal_null(heads, cause, [0, 6])
    assert found.loc["driven", "above"] and found["value"].drop("driven").median() > 0.4
    assert found["above"].drop("driven").mean() <= 0.25
