"""Correlations: literal values, agreement with SciPy, honest intervals for smooth series."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from swgw.scores import correlation


def test_of_samples_agrees_with_scipy():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 25))
    y += 0.5 * x
    found = correlation.pearson(x, y, series=False)
    expected = stats.pearsonr(x, y)
    interval = expected.confidence_interval(0.9)
    assert (found.r, found.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.n == found.effective_n == 25


def test_the_papers_own_numbers():
    # design: r = −0.26 with 25 wells has p = 0.21, r = 0.52 has p = 0.008
    for r, p in ((-0.26, 0.21), (0.52, 0.008)):
        assert correlation._with_interval(r, 25, 25.0).p == pytest.approx(p, abs=0.005)


def test_smooth_series_count_less():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(2, 440))
    smooth = [np.convolve(row, 0.9 ** np.arange(41), "valid") for row in noise]
    found = correlation.pearson(*smooth)
    assert found.effective_n < 60
    assert "counting as" in found.text
    drift = correlation.pearson(np.arange(400.0), np.arange(400.0) ** 2)
    assert np.isnan(drift.low)
    white = correlation.pearson(*rng.normal(size=(2, 400)))
    assert white.effective_n == pytest.approx(400, abs=8)


def test_effective_number_by_the_formula():
    x = np.array([1.0, 2, 3, 4, 5, 6])  # lag-one 0.5 each: 6 × 0.75 / 1.25
    assert correlation.pearson(x, x[::-1].copy()).effective_n == pytest.approx(3.6)


def test_rejections_of_unrelated_smooth_series_are_about_one_in_ten():
    rng = np.random.default_rng(2)
    misses = 0
    for _ in range(300):
        noise = rng.normal(size=(2, 320))
        x, y = (np.convolve(row, 0.8 ** np.arange(20), "valid") for row in noise)
        found = correlation.pearson(x, y)
        misses += not found.low <= 0 <= found.high
    assert 0.05 < misses / 300 < 0.18


def test_missing_and_constant_values():
    gap = correlation.pearson([1, 2, np.nan, 4, 5, 7], [1, 2, 3, np.nan, 5, 6], series=False)
    assert gap.n == 4
    flat = correlation.pearson([1, 1, 1, 1], [1, 2, 3, 4])
    assert np.isnan(flat.r) and flat.text == "n = 4"
    few = correlation.pearson([1, 2, 4], [1, 3, 3])
    assert np.isfinite(few.r) and np.isnan(few.low) and "n = 3" in few.text
    assert correlation.lag_one([np.nan, np.nan]) == 0
    assert correlation.lag_one([2.0, 2.0, 2.0]) == 0
    with pytest.raises(ValueError, match="as many"):
        correlation.pearson([1, 2], [1, 2, 3])


def test_lags_look_back():
    time = pd.date_range("2001-01-01", periods=60, freq="D")
    cause = pd.Series(np.random.default_rng(3).normal(size=60), index=time)
    heads = pd.DataFrame({"a": cause.shift(6), "b": -cause.shift(12), "c": np.nan})
    found = correlation.lag_correlations(heads, cause, {1: 6, 2: 12})
    assert found.loc["a", 1] == pytest.approx(1)
    assert found.loc["b", 2] == pytest.approx(-1)
    assert abs(found.loc["a", 2]) < 0.4
    assert found.loc["c"].isna().all()


def test_a_stuck_logger_has_no_correlation_and_gives_no_warning():
    """Warnings are errors here."""
    series = pd.Series([1.0, 3, 2, 5, 4])
    heads = pd.DataFrame({"stuck": 2.0, "moving": [2.0, 6, 4, 10, 8]})
    found = correlation.correlate_each(heads, series)
    assert found["moving"] == pytest.approx(1) and np.isnan(found["stuck"])
    assert correlation.correlate_each(heads, series * 0).isna().all()
