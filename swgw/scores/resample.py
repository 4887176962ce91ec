"""How certain a score or a difference is: the one bootstrap behind every interval of the book.

Errors of neighbouring steps are correlated, so whole blocks of two to three months are resampled
(moving blocks; Künsch, 1989) and, where scores are those of several wells, the wells with them, as
crossed clusters. Blocks and wells are the same for every model, so the interval of a pair does not
depend on what else stands in a table. The few seeds of a model would be too similar if they were
resampled; their mean varies by Student's t instead, in each resample.
"""

import math
import zlib
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from swgw.scores import skill

RESAMPLES = 10_000
# Resamples for more wells than `MANY`, and for scores that are no function of moments.
FEWER = 1_000

MANY = 100
LEVEL = 0.9
BLOCK_DAYS = 75
DAYS_OF_STEP = {"D": 1.0, "5D": 5.0, "W": 7.0, "MS": 30.44}

Score = Callable[[np.ndarray, np.ndarray], float]


def block_length(step: str) -> int:
    """Give the steps in a block of 60 to 90 days.

    Examples
    --------
    >>> block_length("5D"), block_length("D"), block_length("MS")
    (15, 75, 2)
    """
    return max(1, round(BLOCK_DAYS / DAYS_OF_STEP[step]))


def intervals(
    obs: pd.Series | pd.DataFrame, sims: pd.DataFrame, score: Score = skill.nse, block: int = 15
) -> pd.DataFrame:
    """Score of each model, mean over its seeds, with its 90 % interval.

    Parameters
    ----------
    obs : Series (time,) or DataFrame (time, series)
        Observations in order of time; NaN where missing.
    sims : DataFrame (time; model, seed) or (time; model, seed, series)
        Simulations in the unit of the observations.
    score : callable
        ``(obs, sim)`` to a number: one of :mod:`swgw.scores.skill`, or your own.
    block : int
        Time steps in a block (:func:`block_length`).

    Returns
    -------
    DataFrame (model; value, low, high, seeds, blocks)
        Of several series, the median over them.
    """
    scores = resampled_scores(obs, sims, score, block)
    rows = {m: interval(scores[m], *_behind(sims, block, m)) for m in scores}
    return pd.DataFrame(rows).T.rename_axis("model")


def differences(
    obs: pd.Series | pd.DataFrame,
    sims: pd.DataFrame,
    pairs: Iterable[tuple[str, str]],
    score: Score = skill.nse,
    block: int = 15,
    relative: bool = False,
) -> pd.DataFrame:
    """Score of one model less that of another on the same blocks and wells, with its interval.

    Parameters
    ----------
    obs, sims, score, block
        See :func:`intervals`.
    pairs : iterable of (str, str)
        Models: first, second.
    relative : bool
        Give the difference as a share of the second score; resamples in which that score is
        not above zero are left out.

    Returns
    -------
    DataFrame (comparison; value, low, high, seeds, blocks)
        Comparisons are named "first − second". Of several series, the median over them of the
        differences.
    """
    pairs = list(pairs)
    wanted = dict.fromkeys(model for pair in pairs for model in pair)
    scores = resampled_scores(obs, sims[list(wanted)], score, block)
    rows = {}
    for first, second in pairs:
        change = scores[first] - scores[second]
        if relative:
            change = change / np.where(scores[second] > 0, scores[second], np.nan)
        rows[f"{first} − {second}"] = interval(change, *_behind(sims, block, first, second))
    columns = ["value", "low", "high", "seeds", "blocks"]
    return pd.DataFrame.from_dict(rows, "index", columns=columns).rename_axis("comparison")


def resampled_scores(
    obs: pd.Series | pd.DataFrame, sims: pd.DataFrame, score: Score = skill.nse, block: int = 15
) -> dict[str, np.ndarray]:
    """Score the data as they are and resamples of their blocks.

    Parameters
    ----------
    obs, sims, score, block
        See :func:`intervals`.

    Returns
    -------
    dict of str to array (1 + resample, series)
        By model, mean over its seeds; the first row is the data as they are. Models
        with as many time steps share their blocks, so that rows may be subtracted.
    """
    frame = obs.to_frame() if isinstance(obs, pd.Series) else obs
    frame = frame.reindex(sims.index)
    count = RESAMPLES if frame.shape[1] <= MANY and score in FROM_MOMENTS else FEWER
    starts = _block_starts(len(frame), block, count)
    return {
        model: _scores_of(model, frame, sims[model], score, starts, min(block, len(frame)))
        for model in sims.columns.unique(0)
    }


def interval(scores: np.ndarray, seeds: int = 1, blocks: int = 0) -> dict[str, float]:
    """Summarise resampled scores, or a contrast of them: median over series, 90 % interval.

    Parameters
    ----------
    scores : array (1 + resample, series)
        See :func:`resampled_scores`; series whose first row is undefined are left out.
    seeds, blocks : int
        How many independent ones stand behind the numbers.

    Returns
    -------
    dict
        value, low, high (NaN where nothing can be resampled), seeds, blocks.
    """
    scores = scores[:, np.isfinite(scores[0])]
    row = {"value": np.nan, "low": np.nan, "high": np.nan, "seeds": seeds, "blocks": blocks}
    if not scores.shape[1]:
        return row
    row["value"] = float(np.median(scores[0]))
    if scores.shape[1] > 1:
        chosen = np.random.default_rng(2).integers(0, scores.shape[1], scores.shape)
        scores = np.take_along_axis(scores, chosen, axis=1)
    some = np.isfinite(scores[1:]).any(axis=1)
    each = np.nanmedian(scores[1:][some], axis=1)
    if each.size > 1 and np.ptp(each) > 0:
        row["low"], row["high"] = np.quantile(each, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return row


def _block_starts(steps: int, block: int, count: int) -> np.ndarray:
    """Tell how often each block is in each resample: array (resample, start)."""
    block = min(block, steps)
    places = steps - block + 1
    starts = np.random.default_rng(0).integers(0, places, (count, math.ceil(steps / block)))
    rows = np.repeat(np.arange(count), starts.shape[1])
    counts = np.bincount(rows * places + starts.ravel(), minlength=count * places)
    return counts.reshape(count, places)


def _scores_of(
    model: str, obs: pd.DataFrame, sims: pd.DataFrame, score: Score, starts: np.ndarray, block: int
) -> np.ndarray:
    """Score one model: array (1 + resample, series)."""
    seeds = list(sims.columns.unique(0))
    each = np.empty((len(seeds), 1 + len(starts), obs.shape[1]))
    resample = _by_moments if score in FROM_MOMENTS else _one_by_one
    for i, seed in enumerate(seeds):
        sim = sims[seed].to_numpy().reshape(len(obs), -1)
        each[i] = resample(obs.to_numpy(float), sim, score, starts, block)
    mean = each.mean(axis=0)
    return mean + np.einsum("rs,srk->rk", _seed_weights(model, *each.shape[:2]), each - mean)


def _seed_weights(model: str, seeds: int, rows: int) -> np.ndarray:
    """Weights of the seeds' departures from their mean: array (row, seed), the first row zero.

    Normal weights over the root of a chi-square: a sum of departures with these weights is
    Student's t with seeds − 1 degrees of freedom times the standard error of the mean.
    """
    own = np.random.default_rng([1, zlib.crc32(model.encode())])
    weights = own.normal(size=(rows, seeds))
    weights /= np.sqrt(seeds * own.chisquare(max(seeds - 1, 1), (rows, 1)))
    weights[0] = 0
    return weights


def _by_moments(
    obs: np.ndarray, sim: np.ndarray, score: Score, starts: np.ndarray, block: int
) -> np.ndarray:
    """Score by sums over blocks, so that ten thousand resamples cost one matrix product."""
    known = np.isfinite(obs) & np.isfinite(sim)
    centre = np.where(known, obs, 0).sum(axis=0) / known.sum(axis=0).clip(min=1)
    o, s = (np.where(known, values - centre, 0.0) for values in (obs, sim))
    sums = np.stack([known, o, s, o * o, s * s, (s - o) ** 2], axis=-1)  # (time, series, moment)
    flat = sums.reshape(len(sums), -1)
    until = np.vstack([np.zeros(flat.shape[1]), np.cumsum(flat, axis=0)])
    in_blocks = until[block:] - until[:-block]  # (start, series · moment)
    every = np.vstack([flat.sum(axis=0), starts.astype(float) @ in_blocks])
    moments = np.moveaxis(every.reshape(len(every), *sums.shape[1:]), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = FROM_MOMENTS[score](*moments, centre)
    found[0] = [score(obs[:, k], sim[:, k]) for k in range(obs.shape[1])]
    return found


def _one_by_one(
    obs: np.ndarray, sim: np.ndarray, score: Score, starts: np.ndarray, block: int
) -> np.ndarray:
    """Score each resample by itself: any function of (obs, sim) will do."""
    rows = [np.arange(len(obs))]
    for counts in starts:
        first = np.repeat(np.arange(len(counts)), counts)
        rows.append((first[:, None] + np.arange(block)).ravel())
    return np.array([[score(o[r], s[r]) for o, s in zip(obs.T, sim.T, strict=True)] for r in rows])


def _behind(sims: pd.DataFrame, block: int, *models: str) -> tuple[int, int]:
    """Count what is independent: blocks, and seeds of the model with the fewest.

    Beside a model with several seeds, one with a single seed is a baseline without randomness.
    """
    seeds = [sims[model].columns.unique(0).size for model in models]
    return min((n for n in seeds if n > 1), default=1), max(1, len(sims) // block)


def _spread(n, total, squares):
    """Sum of squares about the mean; NaN where nothing varies beyond rounding."""
    about = squares - total**2 / n
    return np.where(about > 1e-9 * squares.max(axis=0).clip(min=1e-300), about, np.nan)


def _nse(n, o, s, oo, ss, errors, centre):
    return 1 - errors / _spread(n, o, oo)


def _correlation(n, o, s, oo, ss, errors, centre):
    product = (oo + ss - errors) / 2 - o * s / n
    return product / np.sqrt(_spread(n, o, oo) * _spread(n, s, ss))


def _r2(*moments):
    return _correlation(*moments) ** 2


def _kge(n, o, s, oo, ss, errors, centre):
    spread, other = _spread(n, o, oo), _spread(n, s, ss)
    r = _correlation(n, o, s, oo, ss, errors, centre)
    alpha, beta = np.sqrt(other / spread), (s / n + centre) / (o / n + centre)
    return 1 - np.sqrt((r - 1) ** 2 + (alpha - 1) ** 2 + (beta - 1) ** 2)


# Scores as functions of sums over steps: pairs, obs, sim, their squares, squared errors.
FROM_MOMENTS = {
    skill.nse: _nse, skill.r2: _r2, skill.correlation: _correlation, skill.kge: _kge,
    skill.rmse: lambda n, o, s, oo, ss, errors, centre: np.sqrt(errors / n),
    skill.bias: lambda n, o, s, oo, ss, errors, centre: (s - o) / n,
}  # fmt: skip
