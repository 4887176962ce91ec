"""The block bootstrap: literal cases, agreement with the plain scores, coverage on known data."""

import numpy as np
import pytest

from swgw.scores import bootstrap
from swgw.scores import skill as scores
from swgw.scores.bootstrap import Interval


def test_blocks_span_sixty_to_ninety_days():
    for step, days in bootstrap.DAYS_OF_STEP.items():
        assert 60 <= bootstrap.block_length(step) * days <= 90


def test_draws_are_whole_blocks_inside_the_series():
    steps = bootstrap.block_draws(7, 3, 50, np.random.default_rng(1))
    assert steps.shape == (50, 7)
    assert steps.min() >= 0 and steps.max() <= 6
    assert (np.diff(steps[:, :3], axis=1) == 1).all()
    assert (np.diff(steps[:, 3:6], axis=1) == 1).all()


def test_a_block_as_long_as_the_series_gives_the_series():
    steps = bootstrap.block_draws(4, 9, 3, np.random.default_rng(0))
    assert (steps == [0, 1, 2, 3]).all()


def test_every_start_is_drawn_and_equally_often():
    starts = bootstrap.block_draws(6, 4, 30_000, np.random.default_rng(2))[:, 0]
    assert np.bincount(starts) / 30_000 == pytest.approx([1 / 3] * 3, abs=0.02)


@pytest.mark.parametrize("name", ["nse", "r2", "rmse", "bias"])
def test_scores_along_an_axis_agree_with_the_plain_ones(name):
    rng = np.random.default_rng(3)
    obs, sim = rng.normal(5, 2, (4, 30)), rng.normal(5, 2, (4, 30))
    obs[rng.random(obs.shape) < 0.2] = np.nan
    sim[0, :5] = np.nan
    plain = [getattr(scores, name)(o, s) for o, s in zip(obs, sim, strict=True)]
    assert getattr(bootstrap, name)(obs, sim) == pytest.approx(plain)


def test_scores_of_constant_or_missing_observations_are_nan():
    flat, none = np.ones(5), np.full(5, np.nan)
    for score in (bootstrap.nse, bootstrap.r2):
        assert np.isnan(score(flat, np.arange(5.0)))
    assert np.isnan(bootstrap.rmse(none, flat))


def test_literal_interval_of_a_bias():
    # two blocks of two steps with errors 0 and 1: the mean error is 0, ½ or 1
    found = bootstrap.score_interval(
        [0, 0, 0, 0], [0, 0, 1, 1], bootstrap.bias, block=2, draws=4000
    )
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)
    assert found.draws == (1, 2)


def test_seeds_are_resampled_too():
    # the same error at every step, so that only the choice of seeds can vary the score
    obs = np.arange(30.0)
    found = bootstrap.score_interval(obs, [obs, obs + 1], bootstrap.bias, block=5)
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)
    one = bootstrap.score_interval(obs, obs + 1, bootstrap.bias, block=5)
    assert (one.low, one.high) == (1.0, 1.0)


def test_a_model_differs_from_itself_by_nothing():
    rng = np.random.default_rng(4)
    obs = rng.normal(size=60)
    sim = obs + rng.normal(size=60)
    found = bootstrap.difference_interval(obs, sim, sim)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_difference_has_the_sign_of_the_first_model():
    rng = np.random.default_rng(5)
    obs = np.sin(np.arange(220) / 12)
    good, bad = (obs + rng.normal(0, s, (3, 220)) for s in (0.1, 0.6))
    found = bootstrap.difference_interval(obs, good, bad)
    assert found.low > 0
    assert bootstrap.verdict(found) == "supported"
    assert bootstrap.verdict(found, expected=-1) == "contradicted"
    back = bootstrap.difference_interval(obs, bad, good)
    assert back.value == pytest.approx(-found.value)


def test_both_models_are_scored_on_the_steps_that_both_have():
    obs = np.array([0.0, 1.0, 2.0, 9.0])
    sim, other = obs + 1, obs.copy()
    other[3] = np.nan
    found = bootstrap.difference_interval(obs, sim, other, bootstrap.rmse, block=1)
    assert found.value == pytest.approx(1.0)


def test_blocks_widen_the_interval_of_autocorrelated_errors():
    rng = np.random.default_rng(6)
    error = np.convolve(rng.normal(size=1030), np.ones(31) / 31, "valid")
    widths = [
        np.ptp([found.low, found.high])
        for block in (1, 60)
        for found in [bootstrap.score_interval(0 * error, error, bootstrap.bias, block)]
    ]
    assert widths[1] > 2.5 * widths[0]


def test_interval_holds_the_truth_about_nine_times_in_ten():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(200):
        error = rng.normal(size=200)
        found = bootstrap.score_interval(0 * error, error, bootstrap.bias, 5, draws=200)
        hits += found.low <= 0 <= found.high
    assert 0.82 <= hits / 200 <= 0.96


def test_wells_are_the_sample():
    found = bootstrap.sample_interval([1.0, np.nan, 1.0, 1.0])
    assert (found.value, found.low, found.high, found.draws) == (1.0, 1.0, 1.0, (1, 3))
    nothing = bootstrap.sample_interval([np.nan])
    assert np.isnan(nothing.value) and nothing.draws[1] == 0
    spread = bootstrap.sample_interval(np.arange(25.0))
    assert spread.value == 12 and 5 < spread.low < 12 < spread.high < 19


def test_verdicts_by_the_rule():
    assert bootstrap.verdict(Interval(1, 0.5, 2, (3, 14))) == "supported"
    assert bootstrap.verdict(Interval(1, -0.5, 2, (3, 14))) == "inconclusive"
    assert bootstrap.verdict(Interval(-1, -2, -0.5, (3, 14))) == "contradicted"
    assert bootstrap.verdict(Interval(-1, -2, -0.5, (3, 14)), expected=-1) == "supported"
    assert bootstrap.verdict(Interval(1, 0.5, 2, (1, 14))) == "not judged"


def test_same_seed_same_interval_and_shapes_are_checked():
    obs, sim = np.arange(50.0), np.arange(50.0)[::-1]
    assert bootstrap.score_interval(obs, sim) == bootstrap.score_interval(obs, sim)
    with pytest.raises(ValueError, match="sims"):
        bootstrap.score_interval(obs, sim[:-1])


def test_an_interval_reads_as_text():
    assert str(Interval(0.5, 0.25, 0.75)) == "0.50 [0.25, 0.75]"
    assert str(Interval(0.5, float("nan"), float("nan"))) == "0.50"
