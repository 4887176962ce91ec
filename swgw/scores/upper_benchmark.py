"""Skill between floor and ceiling: against the best reference, and on the way to the limit.

All arms are scored on the steps that all of them have, on the same drawn blocks of time, each with
seeds of its own. Several series (wells) are summarised by the median over them, and wells are not
drawn: the question is about these wells in other weather, not about other wells.
"""

from dataclasses import dataclass

import numpy as np

from swgw.scores.bootstrap import DRAWS, LEVEL, Interval, block_draws


def drawn_nse(obs: np.ndarray, sims: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """NSE of each seed and series on steps that count as often as they were drawn.

    Parameters
    ----------
    obs : array (step, series)
        NaN where nothing is scored.
    sims : array (seed, step, series)
        Finite wherever ``obs`` is.
    weights : array (draw, step)
        How often each step was drawn.

    Returns
    -------
    array (draw, seed, series)
        NaN where a draw's observations do not vary.
    """
    known = np.isfinite(obs)
    count = known.sum(axis=0)
    centre = np.where(known, obs, 0.0).sum(axis=0) / np.maximum(count, 1)
    centred = np.where(known, obs - centre, 0.0)  # sums of squares stay exact far from zero
    total, times = weights @ centred, np.maximum(weights @ known, 1)
    spread = weights @ centred**2 - total**2 / times  # (draw, series)
    errors = np.where(known, sims - obs, 0.0) ** 2
    missed = np.stack([weights @ error for error in errors], axis=1)  # (draw, seed, series)
    safe = np.where(spread > 1e-12, spread, np.nan)
    return 1 - missed / safe[:, None]


@dataclass(frozen=True)
class Comparison:
    """The scores of several arms on the data as they are and on drawn blocks of them.

    Attributes
    ----------
    scores : dict of str to array (1 + draw, series)
        NSE, mean over seeds drawn anew; the first row is the data and the seeds as they are.
    seeds : dict of str to int
        How many there are of each arm.
    blocks : int
        Independent blocks in the series.
    count : int
        Scored pairs of all series.
    """

    scores: dict[str, np.ndarray]
    seeds: dict[str, int]
    blocks: int
    count: int

    def score(self, arm: str) -> Interval:
        """NSE of an arm, the median over series."""
        return self._interval(_median(self.scores[arm]), arm)

    def difference(self, arm: str, other: str) -> Interval:
        """NSE of an arm less that of another, the median over series of the differences."""
        return self._interval(_median(self.scores[arm] - self.scores[other]), arm, other)

    def share(self, arm: str, floor: str, ceiling: str) -> Interval | None:
        """Share of the way from the floor to the ceiling that an arm goes.

        Returns
        -------
        Interval or None
            None where the ceiling is not surely above the floor: a gap that may be nothing has
            no share.
        """
        gap = self.difference(ceiling, floor)
        if not gap.low > 0:
            return None
        way = _median(self.scores[arm] - self.scores[floor])
        whole = _median(self.scores[ceiling] - self.scores[floor])
        return self._interval(way / np.where(whole > 0, whole, np.nan), arm, floor)

    def _interval(self, values: np.ndarray, *arms: str) -> Interval:
        behind = (max(self.seeds[arm] for arm in arms), self.blocks)
        drawn = values[1:][np.isfinite(values[1:])]
        if not drawn.size:
            return Interval(float(values[0]), float("nan"), float("nan"), behind)
        low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Interval(float(values[0]), float(low), float(high), behind)


def compare(
    obs: np.ndarray, arms: dict[str, np.ndarray], block: int, draws: int = DRAWS, seed: int = 0
) -> Comparison:
    """Score arms side by side.

    Parameters
    ----------
    obs : array (step, series)
        In order of time, NaN where missing.
    arms : dict of str to array (seed, step, series)
        Steps that an arm lacks are left out for all.
    block : int
        Steps in a block (:func:`swgw.scores.bootstrap.block_length`).

    Returns
    -------
    Comparison
    """
    known = np.isfinite(obs)
    for sims in arms.values():
        known &= np.isfinite(sims).all(axis=0)
    obs = np.where(known, obs, np.nan)
    rng = np.random.default_rng(seed)
    steps = block_draws(len(obs), block, draws, rng)
    weights = np.ones((1 + draws, len(obs)))
    weights[1:] = [np.bincount(row, minlength=len(obs)) for row in steps]
    scores = {name: _over_seeds(drawn_nse(obs, sims, weights), rng) for name, sims in arms.items()}
    seeds = {name: len(sims) for name, sims in arms.items()}
    return Comparison(scores, seeds, max(1, len(obs) // block), int(known.sum()))


def _over_seeds(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mean over seeds as they are, then over seeds drawn anew: array (1 + draw, series)."""
    draws, count, _ = scores.shape
    drawn = rng.integers(0, count, (draws, count))
    drawn[0] = np.arange(count)
    return np.take_along_axis(scores, drawn[:, :, None], axis=1).mean(axis=1)


def _median(scores: np.ndarray) -> np.ndarray:
    """Median over the series that the data as they are can score: array (1 + draw,)."""
    kept = scores[:, np.isfinite(scores[0])]
    if not kept.shape[1]:
        return np.full(len(scores), np.nan)
    some = np.isfinite(kept).any(axis=1)
    median = np.full(len(kept), np.nan)
    median[some] = np.nanmedian(kept[some], axis=1)
    return median


def better(interval: Interval) -> int:
    """Tell the sign of a difference: 1, −1, or 0 where its interval holds zero."""
    return int(interval.low > 0) - int(interval.high < 0)
