"""Skill between floor and ceiling: the same numbers as plain loops give, and none from noise."""

import numpy as np
import pytest

from swgw.scores import bootstrap
from swgw.scores import skill as scores
from swgw.scores.upper_benchmark import better, compare, drawn_nse


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    obs = 1400 + rng.normal(0, 0.5, (120, 3)).cumsum(axis=0) * [1.0, 0.1, 3.0]
    obs[rng.random(obs.shape) < 0.1] = np.nan
    whole = np.nan_to_num(obs, nan=1400.0)
    spread = np.nanstd(obs, axis=0)
    arms = {
        "floor": whole[None] + spread * rng.normal(0, 0.8, (1, 120, 3)),
        "model": whole[None] + spread * rng.normal(0, 0.4, (3, 120, 3)),
        "limit": whole[None] + spread * rng.normal(0, 0.1, (1, 120, 3)),
    }
    return obs, arms


def test_scores_are_those_of_the_plain_formula(data):
    obs, arms = data
    found = compare(obs, arms, 15, draws=5)
    for name, sims in arms.items():
        plain = [[scores.nse(obs[:, k], sim[:, k]) for k in range(3)] for sim in sims]
        assert found.scores[name][0] == pytest.approx(np.mean(plain, axis=0), abs=1e-9)
    assert found.score("model").value == pytest.approx(np.median(found.scores["model"][0]))


def test_drawn_steps_count_as_often_as_they_are_drawn(data):
    obs, arms = data
    rng = np.random.default_rng(1)
    steps = bootstrap.block_draws(120, 15, 4, rng)
    weights = np.stack([np.bincount(row, minlength=120) for row in steps])
    ours = drawn_nse(obs, arms["model"], weights)
    for d, row in enumerate(steps):
        for s in range(3):
            for k in range(3):
                plain = scores.nse(obs[row, k], arms["model"][s, row, k])
                assert ours[d, s, k] == pytest.approx(plain, abs=1e-9)


def test_intervals_agree_with_the_single_series_bootstrap(data):
    obs, arms = data
    one = {name: sims[:, :, :1] for name, sims in arms.items()}
    ours = compare(obs[:, :1], one, 15, draws=2000).difference("model", "floor")
    other = bootstrap.difference_interval(
        obs[:, 0], arms["model"][:, :, 0], arms["floor"][:, :, 0], draws=2000
    )
    assert ours.value == pytest.approx(other.value)
    assert [ours.low, ours.high] == pytest.approx([other.low, other.high], rel=0.1)
    assert ours.draws == (3, 8)


def test_share_of_the_way_lies_between_floor_and_ceiling(data):
    obs, arms = data
    found = compare(obs, arms, 15)
    share = found.share("model", "floor", "limit")
    floor, model, limit = (found.scores[n][0] for n in ("floor", "model", "limit"))
    assert share.value == pytest.approx(np.median(model - floor) / np.median(limit - floor))
    assert 0.5 < share.low < share.value < share.high < 1
    assert found.share("limit", "floor", "limit").value == pytest.approx(1)
    assert found.share("floor", "floor", "limit").value == 0


def test_a_gap_within_its_noise_has_no_share(data):
    obs, arms = data
    alike = arms | {"limit": arms["floor"] + 0.0}
    assert compare(obs, alike, 15).share("model", "floor", "limit") is None
    below = arms | {"limit": arms["floor"] + 5.0}
    assert compare(obs, below, 15).share("model", "floor", "limit") is None


def test_an_arm_against_itself_differs_by_nothing(data):
    obs, arms = data
    same = compare(obs, {"a": arms["floor"], "b": arms["floor"]}, 15).difference("a", "b")
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert better(same) == 0


def test_steps_that_one_arm_lacks_are_scored_for_none(data):
    obs, arms = data
    thin = arms["limit"].copy()
    thin[:, 1::2] = np.nan
    found = compare(obs, arms | {"limit": thin}, 15, draws=5)
    assert found.count == np.isfinite(obs[::2]).sum()
    plain = [scores.nse(obs[::2, k], arms["floor"][0, ::2, k]) for k in range(3)]
    assert found.scores["floor"][0] == pytest.approx(plain, abs=1e-9)


def test_series_without_a_score_are_left_out():
    obs = np.column_stack([np.arange(30.0), np.full(30, 5.0), np.full(30, np.nan)])
    sims = np.nan_to_num(obs)[None] + 0.1
    found = compare(obs, {"a": sims, "b": sims + 1}, 5, draws=20)
    assert np.isfinite(found.score("a").value)
    assert found.difference("a", "b").low > 0
    none = compare(obs[:, 1:], {"a": sims[:, :, 1:]}, 5, draws=20).score("a")
    assert np.isnan([none.value, none.low, none.high]).all()


@pytest.mark.parametrize(("low", "high", "sign"), [(0.1, 0.2, 1), (-1, 1, 0), (-2, -1, -1)])
def test_a_difference_whose_interval_holds_zero_is_none(low, high, sign):
    assert better(bootstrap.Interval((low + high) / 2, low, high)) == sign
