"""Scores of quantile forecasts against closed forms and slow, plain integrals."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from swgw.scores import skill as scores

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])


def slow_crps(y, quantiles, levels):
    """Twice the pinball loss of the quantile function, integrated over the levels numerically."""
    ordered = np.sort(quantiles)

    def loss(level):
        error = y - np.interp(level, levels, ordered)  # flat outside the outermost levels
        return 2 * max(level * error, (level - 1) * error)

    kinks = [*levels, float(np.interp(y, ordered, levels))]
    return quad(loss, 0, 1, points=kinks, limit=400)[0]


def test_crps_equals_the_integral_of_the_pinball_loss():
    rng = np.random.default_rng(0)
    quantiles, obs = rng.normal(size=(40, 7)), rng.normal(scale=1.5, size=40)
    slow = [slow_crps(y, q, LEVELS) for y, q in zip(obs, quantiles, strict=True)]
    assert scores.crps(obs, quantiles, LEVELS) == pytest.approx(slow, abs=1e-6)


def test_crps_of_many_quantiles_is_that_of_the_normal_distribution():
    levels = np.linspace(0.0005, 0.9995, 1000)
    obs = np.array([-2.5, -0.3, 0.0, 1.0, 2.0])
    quantiles = np.tile(stats.norm.ppf(levels), (5, 1))
    # Gneiting and Raftery (2007), eq. 21
    closed = obs * (2 * stats.norm.cdf(obs) - 1) + 2 * stats.norm.pdf(obs) - 1 / np.sqrt(np.pi)
    assert scores.crps(obs, quantiles, levels) == pytest.approx(closed, abs=1e-3)


def test_literal_crps():
    # half of the probability at 0 and half at 2: E|X − y| − ½ E|X − X'| = 1 − ½
    assert scores.crps([1.0], [[0.0, 2.0]], [0.5, 0.5 + 1e-12]) == pytest.approx([0.5])
    # a forecast of one value: the absolute error
    assert scores.crps([3.0, -1.0], [[1.0] * 7] * 2, LEVELS) == pytest.approx([2.0, 2.0])
    assert np.isnan(scores.crps([np.nan], [[0.0] * 7], LEVELS)).all()


def test_crps_is_least_for_the_true_distribution():
    rng = np.random.default_rng(1)
    obs, truth = rng.normal(size=20_000), stats.norm.ppf(LEVELS)
    right, narrow, wide, shifted = (
        scores.crps(obs, np.broadcast_to(q, (obs.size, 7)), LEVELS).mean()
        for q in (truth, 0.5 * truth, 2 * truth, truth + 0.5)
    )
    assert right < min(narrow, wide, shifted)


def test_order_of_crossing_quantiles_does_not_matter_to_crps():
    crossing = np.array([[3.0, 1.0, 2.0]])
    levels = [0.1, 0.5, 0.9]
    assert scores.crps([1.4], crossing, levels) == scores.crps([1.4], np.sort(crossing), levels)
