"""Sums and differences of the scores of several arms, with one interval for the whole.

All arms are scored on the same drawn blocks of time; each arm's seeds are drawn by themselves, and
where wells are the sample they are drawn too, the same for all arms. So the interval of a
difference of differences, such as downstream less upstream, knows what the arms have in common.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from swgw.scores.bootstrap import DRAWS, LEVEL, Interval, Score, block_draws, nse


def drawn_scores(
    obs: ArrayLike, sims: ArrayLike, block: int, draws: int = DRAWS, score: Score = nse
) -> np.ndarray:
    """Score each seed and series on the data as they are and on drawn blocks of them.

    Parameters
    ----------
    obs : array (step, series)
        In order of time, NaN where missing.
    sims : array (seed, step, series)
        In the unit of the observations.
    block : int
        Steps in a block (:func:`swgw.scores.bootstrap.block_length`).

    Returns
    -------
    array (1 + draw, seed, series)
        The first row is the data as they are. The same blocks for every call with as many steps.
    """
    obs, sims = np.asarray(obs, float), np.asarray(sims, float)
    steps = block_draws(len(obs), block, draws, np.random.default_rng(0))
    result = np.empty((1 + draws, len(sims), obs.shape[1]))
    for k, observed in enumerate(obs.T):  # a series at a time: thousands of wells fit
        for i, sim in enumerate(sims[:, :, k]):
            result[0, i, k] = score(observed, sim)
            result[1:, i, k] = score(observed[steps], sim[steps])
    return result


def contrast(
    terms: Iterable[tuple[int, np.ndarray]], blocks: int, wells: bool = False, seed: int = 0
) -> Interval:
    """Weigh the scores of arms against each other: their weighted sum with its 90 % interval.

    Parameters
    ----------
    terms : iterable of (int, array (1 + draw, seed, series))
        The sign or weight of each arm, and its scores (:func:`drawn_scores`). An array that stands
        in it twice is one arm: its seeds are drawn once, and opposite signs cancel.
    blocks : int
        Independent blocks in the series, for the record.
    wells : bool
        Whether the series are a sample, drawn anew too; then the value is the median over them.

    Returns
    -------
    Interval
        Without bounds where nothing is left to be told apart.
    """
    weights: dict[int, int] = {}
    arms = {}
    for sign, scores in terms:
        arms[id(scores)] = scores
        weights[id(scores)] = weights.get(id(scores), 0) + sign
    rng = np.random.default_rng(seed)
    total = 0.0
    for key, scores in arms.items():
        if weights[key]:
            total = total + weights[key] * _over_drawn_seeds(scores, rng)
    first = next(iter(arms.values()))
    if np.ndim(total) == 0:
        return Interval(0.0, float("nan"), float("nan"), (first.shape[1], 0))
    return _interval(total, min(a.shape[1] for a in arms.values()), blocks, wells, rng)


def _over_drawn_seeds(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mean over seeds as they are, then over seeds drawn anew: array (1 + draw, series)."""
    draws, count, _ = scores.shape
    seeds = rng.integers(0, count, (draws, count))
    seeds[0] = np.arange(count)
    return np.take_along_axis(scores, seeds[:, :, None], axis=1).mean(axis=1)


def _interval(
    values: np.ndarray, seeds: int, blocks: int, wells: bool, rng: np.random.Generator
) -> Interval:
    values = values[:, np.isfinite(values[0])]
    if not values.shape[1]:
        return Interval(float("nan"), float("nan"), float("nan"), (seeds, 0))
    if wells:
        drawn = rng.integers(0, values.shape[1], values.shape)
        drawn[0] = np.arange(values.shape[1])
        values = np.take_along_axis(values, drawn, axis=1)
    values = values[np.isfinite(values).any(axis=1)]
    each = np.nanmedian(values, axis=1) if wells else values[:, 0]
    low, high = np.quantile(each[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    behind = (seeds, values.shape[1] if wells else blocks)
    return Interval(float(each[0]), float(low), float(high), behind)


def relative_change(first: np.ndarray, second: np.ndarray, blocks: int, seed: int = 0) -> Interval:
    """Give by which share of the second arm's score the first arm's is higher, with its interval.

    Parameters
    ----------
    first, second : array (1 + draw, seed, 1)
        Scores of a single series (:func:`drawn_scores`).
    blocks : int
        Independent blocks in the series, for the record.

    Returns
    -------
    Interval
        Draws whose second score is not above zero are left out: a share of it means nothing.
    """
    rng = np.random.default_rng(seed)
    mine, other = (_over_drawn_seeds(scores, rng) for scores in (first, second))
    change = mine / np.where(other > 0, other, np.nan) - 1
    return _interval(change, min(first.shape[1], second.shape[1]), blocks, False, rng)
