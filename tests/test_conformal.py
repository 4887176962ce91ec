"""Recalibrated intervals: coverage where it must hold, invariance, no look at what is forecast."""

from dataclasses import replace

import numpy as np
import pytest

from swgw.scores import conformal
from swgw.scores import skill as scores
from swgw.scores.conformal import LEVELS, Method, calibrate, choose_method, left_out
from swgw.scores.error_scale import Forecasts

BLOCKS, STEPS, PER_YEAR = 4, 150, 73


def make(seed=0, series=1, leads=2, noise=None, spread=None, gaps=0.0):
    """Forecasts that miss by noise · a standard normal number; spread is what the model says."""
    rng = np.random.default_rng(seed)
    n = BLOCKS * STEPS
    shape = (series, n, leads)
    season = (np.arange(n)[:, None] + np.arange(1, leads + 1)) % PER_YEAR
    centre = 50 + 30 * np.sin(2 * np.pi * season / PER_YEAR) + np.zeros(shape)
    size = np.ones(shape) if noise is None else noise(centre, season) + np.zeros(shape)
    obs = centre + size * rng.normal(size=shape)
    obs = np.where(rng.random(shape) < gaps, np.nan, obs)
    own = None if spread is None else np.broadcast_to(spread(centre, season), (2, *shape)) + 0.0
    return Forecasts(obs, centre, own, season, np.repeat(np.arange(BLOCKS), STEPS), PER_YEAR)


def covered(forecasts, quantiles, low, high):
    return scores.coverage(forecasts.obs, quantiles[..., low], quantiles[..., high])


def test_order_statistics_hold_a_new_value_with_their_probability():
    rng = np.random.default_rng(3)
    sample, new = rng.normal(size=(40_000, 19)), rng.normal(size=40_000)
    quantiles = conformal.conformal_quantiles(sample, (0.1, 0.9))
    # the 2nd and the 18th of 19: a new value is as likely to fall into each of the 20 gaps
    assert np.mean(new < quantiles[:, 0]) == pytest.approx(0.1, abs=0.005)
    assert np.mean(new < quantiles[:, 1]) == pytest.approx(0.9, abs=0.005)


def test_order_statistics_pass_over_gaps_and_small_samples():
    values = np.array([[3.0, np.nan, 1.0, 2.0], [np.nan] * 4])
    found = conformal.conformal_quantiles(values, (0.025, 0.5, 0.975))
    assert found[0] == pytest.approx([1, 2, 3])
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("unit", ["mean", "state", "spread"])
@pytest.mark.parametrize("pooled", [False, True])
def test_intervals_of_new_data_hold_what_they_promise(unit, pooled):
    # a model that is three times too sure of itself, errors that grow with the season
    wild = {"noise": lambda c, s: c / 40, "spread": lambda c, s: c / 120, "series": 4, "gaps": 0.1}
    learned = calibrate(make(0, **wild), Method(unit, pooled))
    new = make(1, **wild)
    quantiles = learned.apply(new)
    assert covered(new, quantiles, 1, -2) == pytest.approx(0.80, abs=0.02)
    assert covered(new, quantiles, 0, -1) == pytest.approx(0.95, abs=0.015)
    assert scores.share_below(new.obs, quantiles) == pytest.approx(LEVELS, abs=0.025)


def test_overconfident_quantiles_come_nearer_to_nominal():
    timid = make(0, spread=lambda c, s: 0.3 + 0 * c, series=3)
    raw = timid.centre[..., None] + timid.spread[0][..., None] * np.array([-1.0, 1.0])
    assert scores.coverage(timid.obs, raw[..., 0], raw[..., 1]) < 0.3
    new = make(1, spread=lambda c, s: 0.3 + 0 * c, series=3)
    method, _ = choose_method(timid)
    assert covered(new, calibrate(timid, method).apply(new), 1, -2) == pytest.approx(0.8, abs=0.03)


def test_a_bias_is_removed_and_both_sides_may_differ():
    skewed = make(0)
    skewed = replace(skewed, obs=skewed.centre + 2 + (skewed.obs - skewed.centre) ** 2)
    quantiles = calibrate(skewed, Method("mean", False)).apply(skewed)
    error = quantiles - skewed.centre[..., None]
    assert error[..., 0].min() > 1.95  # no error was below 2
    below, above = error[..., 3] - error[..., 1], error[..., 5] - error[..., 3]
    assert (above > 2 * below).all()


def test_the_unit_of_a_series_does_not_matter():
    two = make(0, series=2, noise=lambda c, s: c / 40)
    factor = np.array([1.0, 1000.0])[:, None, None]
    large = replace(two, obs=two.obs * factor, centre=two.centre * factor)
    for method in conformal.methods(two):
        plain, scaled = (calibrate(f, method).apply(f) for f in (two, large))
        assert scaled == pytest.approx(plain * factor[..., None])


def test_the_zero_of_a_series_does_not_matter():
    low = make(0, noise=lambda c, s: c / 40)
    high = replace(low, obs=low.obs + 1400, centre=low.centre + 1400)
    for method in conformal.methods(low):
        plain, raised = (calibrate(f, method).apply(f) for f in (low, high))
        assert raised - 1400 == pytest.approx(plain, abs=1e-6)


def test_a_block_left_out_is_not_looked_at():
    forecasts = make(0, series=2, spread=lambda c, s: 1 + 0 * c)
    changed = forecasts.obs.copy()
    inside = forecasts.block == 2
    changed[:, inside] += 1000
    for method in conformal.methods(forecasts):
        before = left_out(forecasts, method)
        after = left_out(replace(forecasts, obs=changed), method)
        assert (before[:, inside] == after[:, inside]).all()
        assert (before[:, ~inside] != after[:, ~inside]).any()


def test_the_method_that_knows_why_errors_differ_is_chosen():
    plain, _ = choose_method(make(0, series=3))
    assert plain.unit == "mean"
    seasonal, crps = choose_method(make(0, noise=lambda c, s: (c / 50) ** 4))
    assert seasonal.unit == "state"
    assert crps[Method("mean", False)] == 1.0 > crps[seasonal]
    # only the model itself knows when it will miss
    rng = np.random.default_rng(5)
    hidden = rng.gamma(1.0, 1.0, (1, BLOCKS * STEPS, 2))
    known, _ = choose_method(make(0, noise=lambda c, s: hidden, spread=lambda c, s: hidden))
    assert known.unit == "spread"


def test_quantiles_do_not_cross_and_spread_with_the_season():
    forecasts = make(0, noise=lambda c, s: c / 40)
    quantiles = calibrate(forecasts, Method("state", False)).apply(forecasts)
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    width = quantiles[..., -2] - quantiles[..., 1]
    assert np.corrcoef(width.ravel(), forecasts.centre.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("obs", [np.nan, 50.0])
def test_series_without_errors_or_without_observations_do_no_harm(obs):
    forecasts = make(0, series=2, spread=lambda c, s: 1 + 0 * c)
    flat = forecasts.obs.copy()
    flat[1] = obs if np.isnan(obs) else forecasts.centre[1]
    forecasts = replace(forecasts, obs=flat)
    method, _ = choose_method(forecasts)
    assert np.isfinite(calibrate(forecasts, method).apply(forecasts)[0]).all()
