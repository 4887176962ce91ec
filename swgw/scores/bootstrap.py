"""How sure a score or a difference is: moving blocks of time × seeds, resampled.

Errors of neighbouring days go together, so single days may not be drawn one by one: whole
blocks of two to three months are drawn instead (Künsch, 1989), the same ones for every model,
and with them the seeds of each model, since another seed would have given another model.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from swgw.scores.rounding import with_interval

LEVEL = 0.9
DRAWS = 1000
BLOCK_DAYS = 75
DAYS_OF_STEP = {"D": 1.0, "5D": 5.0, "W": 7.0, "MS": 30.44}

Score = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Interval:
    """A number with the range in which 90 % of the resampled numbers lie.

    Attributes
    ----------
    value : float
        From the data as they are.
    low, high : float
        5 % and 95 % quantile over the draws; NaN where nothing could be drawn.
    draws : tuple of int
        How many seeds and how many independent blocks (or wells) stand behind it.
    """

    value: float
    low: float
    high: float
    draws: tuple[int, int] = (1, 0)

    def __str__(self) -> str:
        return with_interval(self.value, self.low, self.high)


def block_length(step: str) -> int:
    """Give the steps in a block of 60 to 90 days.

    Examples
    --------
    >>> block_length("5D"), block_length("D"), block_length("MS")
    (15, 75, 2)
    """
    return max(1, round(BLOCK_DAYS / DAYS_OF_STEP[step]))


def block_draws(steps: int, block: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Positions of the steps of each draw, made of blocks that start anywhere.

    Parameters
    ----------
    steps : int
        Length of the series.
    block : int
        Steps in a block; a longer one than the series is cut to it.

    Returns
    -------
    int array (draw, step)
    """
    block = min(block, steps)
    starts = rng.integers(0, steps - block + 1, (draws, -(-steps // block)))
    positions = starts[:, :, None] + np.arange(block)  # (draw, block, step of the block)
    return positions.reshape(draws, -1)[:, :steps]


def _paired(obs: np.ndarray, sim: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Observations and simulation with zeros where either is missing, and the weight 0 or 1."""
    known = np.isfinite(obs) & np.isfinite(sim)
    return np.where(known, obs, 0.0), np.where(known, sim, 0.0), known.astype(float)


def _centred(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    count = np.maximum(weight.sum(-1, keepdims=True), 1)
    return (values - (values * weight).sum(-1, keepdims=True) / count) * weight


def _divide(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotient, NaN where the divisor is not above rounding."""
    safe = np.where(below > 1e-12, below, 1.0)
    return np.where(below > 1e-12, above / safe, np.nan)


def nse(obs: np.ndarray, sim: np.ndarray) -> np.ndarray:
    """NSE along the last axis, missing pairs left out: arrays (..., step) to array (...)."""
    obs, sim, weight = _paired(obs, sim)
    return 1 - _divide(((sim - obs) ** 2).sum(-1), (_centred(obs, weight) ** 2).sum(-1))


def r2(obs: np.ndarray, sim: np.ndarray) -> np.ndarray:
    """Squared correlation along the last axis: arrays (..., step) to array (...)."""
    obs, sim, weight = _paired(obs, sim)
    obs, sim = _centred(obs, weight), _centred(sim, weight)
    return _divide((obs * sim).sum(-1) ** 2, (obs**2).sum(-1) * (sim**2).sum(-1))


def rmse(obs: np.ndarray, sim: np.ndarray) -> np.ndarray:
    """RMSE along the last axis, in the data's unit: arrays (..., step) to array (...)."""
    obs, sim, weight = _paired(obs, sim)
    return np.sqrt(_divide(((sim - obs) ** 2).sum(-1), weight.sum(-1)))


def bias(obs: np.ndarray, sim: np.ndarray) -> np.ndarray:
    """Mean of sim − obs along the last axis, in the data's unit."""
    obs, sim, weight = _paired(obs, sim)
    return _divide((sim - obs).sum(-1), weight.sum(-1))


def _drawn_scores(
    obs: np.ndarray, sims: np.ndarray, score: Score, steps: np.ndarray, seeds: np.ndarray
) -> np.ndarray:
    """Mean score over the drawn seeds, for each draw of steps: array (draw,)."""
    each = np.stack([score(obs[steps], sim[steps]) for sim in sims], axis=1)  # (draw, seed)
    return np.take_along_axis(each, seeds, axis=1).mean(axis=1)


def _interval(value: float, drawn: np.ndarray, behind: tuple[int, int], level: float) -> Interval:
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size:
        return Interval(value, float("nan"), float("nan"), behind)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), behind)


def _as_sims(obs: np.ndarray, sims: ArrayLike) -> np.ndarray:
    sims = np.atleast_2d(np.asarray(sims, float))
    if sims.shape[1:] != obs.shape:
        raise ValueError(f"sims (seed, step) has shape {sims.shape}, obs has {obs.size} steps")
    return sims


def score_interval(
    obs: ArrayLike,
    sims: ArrayLike,
    score: Score = nse,
    block: int = 15,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Mean score over a model's seeds, with its interval over seeds × blocks.

    Parameters
    ----------
    obs : array (step,)
        Observations in order of time, NaN where missing.
    sims : array (seed, step) or (step,)
        One simulation a seed, in the observations' unit.
    score : callable
        Takes (obs, sim) with steps on the last axis, as :func:`nse` does.
    block : int
        Steps in a block (:func:`block_length`).
    """
    obs = np.asarray(obs, float)
    sims = _as_sims(obs, sims)
    rng = np.random.default_rng(seed)
    steps = block_draws(obs.size, block, draws, rng)
    seeds = rng.integers(0, len(sims), (draws, len(sims)))
    drawn = _drawn_scores(obs, sims, score, steps, seeds)
    value = float(np.mean([score(obs, sim) for sim in sims]))
    return _interval(value, drawn, (len(sims), max(1, obs.size // block)), level)


def difference_interval(
    obs: ArrayLike,
    sims: ArrayLike,
    other_sims: ArrayLike,
    score: Score = nse,
    block: int = 15,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Score of one model minus that of another, over the same blocks, each with its own seeds.

    Parameters
    ----------
    obs : array (step,)
    sims, other_sims : array (seed, step)
        The two models; their numbers of seeds may differ. Steps at which either model has no
        value are left out for both.

    Notes
    -----
    Seeds are drawn separately for the two models: seed 1 of one shares nothing with seed 1 of
    the other. With three seeds the spread over seeds is known poorly, and resampling them makes
    it too narrow rather than too wide.
    """
    obs = np.asarray(obs, float)
    sims, other_sims = _as_sims(obs, sims), _as_sims(obs, other_sims)
    known = np.isfinite(sims).all(0) & np.isfinite(other_sims).all(0)
    obs = np.where(known, obs, np.nan)
    rng = np.random.default_rng(seed)
    steps = block_draws(obs.size, block, draws, rng)
    drawn, value = np.zeros(draws), 0.0
    for sign, arm in ((1, sims), (-1, other_sims)):
        seeds = rng.integers(0, len(arm), (draws, len(arm)))
        drawn = drawn + sign * _drawn_scores(obs, arm, score, steps, seeds)
        value += sign * float(np.mean([score(obs, sim) for sim in arm]))
    behind = (min(len(sims), len(other_sims)), max(1, obs.size // block))
    return _interval(value, drawn, behind, level)


def sample_interval(
    values: ArrayLike,
    statistic: Callable[..., np.ndarray] = np.median,
    seeds: int = 1,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Statistic of a sample of wells (or of paired differences at wells), wells resampled.

    Parameters
    ----------
    values : array (well,) or (seed, well)
        Missing values are left out; over seeds the mean is taken, of seeds drawn anew.
    statistic : callable
        Takes an array and ``axis``.
    """
    values = np.atleast_2d(np.asarray(values, float))
    values = values[:, np.isfinite(values).all(0)]
    if not values.size:
        return Interval(float("nan"), float("nan"), float("nan"), (seeds, 0))
    rng = np.random.default_rng(seed)
    wells = rng.integers(0, values.shape[1], (draws, values.shape[1]))
    rows = rng.integers(0, len(values), (draws, len(values)))
    drawn = statistic(values[rows].mean(axis=1)[np.arange(draws)[:, None], wells], axis=1)
    value = float(statistic(values.mean(axis=0), axis=0))
    return _interval(value, drawn, (max(seeds, len(values)), values.shape[1]), level)


def verdict(interval: Interval, expected: int = 1) -> str:
    """Word for a claim about a sign, by the rule written before the run.

    Parameters
    ----------
    interval : Interval
        Of the difference or statistic that the claim is about.
    expected : int
        +1 where the claim says that it is above zero, −1 where below.

    Returns
    -------
    str
        "supported" or "contradicted" where the whole interval lies on one side of zero,
        "inconclusive" where it holds zero, "not judged" with fewer than two seeds.
    """
    return judge(interval, 0, np.inf) if expected > 0 else judge(interval, -np.inf, 0)


def judge(interval: Interval, low: float, high: float) -> str:
    """Word for a claim that a number lies between two bounds, by the rule written before the run.

    Parameters
    ----------
    interval : Interval
    low, high : float
        The claim's bounds; infinite where it has one only.

    Returns
    -------
    str
        "supported" where the whole interval lies between the bounds, "contradicted" where it lies
        outside, "inconclusive" otherwise, "not judged" with fewer than two seeds.

    Examples
    --------
    >>> judge(Interval(0.1, 0.05, 0.2, (3, 14)), 0, 1)
    'supported'
    """
    if interval.draws[0] < 2 or not np.isfinite(interval.low):
        return "not judged"
    if low < interval.low and interval.high < high:
        return "supported"
    outside = interval.high < low or interval.low > high
    return "contradicted" if outside else "inconclusive"
