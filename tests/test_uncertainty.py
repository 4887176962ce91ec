"""Scores of intervals over resampled blocks and seeds: literal cases, pairs, series kept apart."""

import numpy as np
import pytest

from swgw.experiments import uncertainty
from swgw.scores import skill as scores
from swgw.scores.conformal import LEVELS


def test_literal_scores_of_one_forecast():
    obs = np.array([[[2.0, np.nan, 9.0]]])  # (series, issue_time, lead_time)
    quantiles = np.broadcast_to(np.array([7.0, 1, 2, 3, 4, 5, 6]), (1, 1, 3, 7))  # unsorted
    found = uncertainty.step_scores(obs, quantiles)
    assert found["coverage_80"].ravel() == pytest.approx([1, np.nan, 0], nan_ok=True)
    assert found["coverage_95"].ravel() == pytest.approx([1, np.nan, 0], nan_ok=True)
    assert found["width_80"].ravel() == pytest.approx([4, np.nan, 4], nan_ok=True)
    assert found["width_95"].ravel() == pytest.approx([6, np.nan, 6], nan_ok=True)
    slow = scores.crps([2.0], [[1.0, 2, 3, 4, 5, 6, 7]], LEVELS)
    assert found["crps"].ravel()[:1] == pytest.approx(slow)


def test_means_are_of_each_series_and_lead_time_gaps_left_out():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2, 3, 40, 4))
    values[0, 1, :7, 2] = np.nan
    means = uncertainty.resampled_means(values, block=5, draws=20)
    assert means.shape == (21, 3, 4)
    assert means[0] == pytest.approx(np.nanmean(values, axis=2).mean(axis=0))


def test_resampled_means_are_those_of_the_drawn_steps():
    values = np.random.default_rng(1).normal(size=(1, 2, 30, 1))
    means = uncertainty.resampled_means(values, block=6, draws=5)
    from swgw.scores.bootstrap import block_draws

    steps = block_draws(30, 6, 5, np.random.default_rng(0))
    slow = [values[0][:, row].mean(axis=1) for row in steps]
    assert means[1:] == pytest.approx(np.array(slow))


def test_seeds_are_drawn_too_and_alike_for_every_model():
    values = np.zeros((2, 1, 30, 1))
    values[1] = 1.0
    means = uncertainty.resampled_means(values, block=6, draws=400)[:, 0, 0]
    assert means[0] == 0.5
    assert set(np.round(means[1:], 6)) == {0.0, 0.5, 1.0}
    shifted = uncertainty.resampled_means(values + 3, block=6, draws=400)[:, 0, 0]
    assert shifted - means == pytest.approx(3.0)  # paired: the difference has no spread


def test_series_count_alike_whatever_their_unit():
    drawn = np.array([[[1.0], [2.0], [1000.0]]])  # (1 + draw, series, lead)
    assert uncertainty.summarised(drawn, "crps").tolist() == [[2.0, 2.0]]
    assert uncertainty.summarised(drawn / 1000, "coverage_80")[0, 0] == pytest.approx(1.003 / 3)


def test_a_series_without_observations_is_left_out():
    drawn = np.array([[[1.0], [np.nan]], [[3.0], [np.nan]]])
    assert uncertainty.summarised(drawn, "crps")[:, 0].tolist() == [1.0, 3.0]
    assert np.isnan(uncertainty.summarised(drawn[:, 1:], "crps")).all()


def test_interval_holds_nine_of_ten_draws():
    drawn = np.concatenate([[0.5], np.linspace(0, 1, 101)])
    found = uncertainty.as_interval(drawn, seeds=3, blocks=14)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.05, 0.95))
    assert found.draws == (3, 14)
