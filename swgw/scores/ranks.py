"""Rank correlations between what a model says matters and what does, over wells and drivers."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from swgw.scores.bootstrap import DRAWS, LEVEL, Interval

FEWEST = 3  # wells below which their ranks say nothing
CLOSE = 0.5
"""From this rank correlation on, the reading that puts one of two wells first is right in about two
cases of three."""


def rank_correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation along the last axis.

    Parameters
    ----------
    x, y : array (..., sample)

    Returns
    -------
    array (...)
        NaN where one of the two does not vary.

    Examples
    --------
    >>> float(rank_correlation([1, 2, 3, 4], [10, 30, 20, 40]))
    0.8
    """
    x, y = (rankdata(np.asarray(values, float), axis=-1) for values in (x, y))
    x, y = (values - values.mean(axis=-1, keepdims=True) for values in (x, y))
    size = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
    return np.divide((x * y).sum(axis=-1), size, out=np.full(size.shape, np.nan), where=size > 0)


def drawn_ranks(
    said: np.ndarray, truth: np.ndarray, draws: int = DRAWS, seed: int = 0
) -> np.ndarray:
    """Correlate what is said with the truth, as they are and for seeds and wells drawn anew.

    Parameters
    ----------
    said : array (seed, well, driver)
        What each seed's model says of each driver's weight at each well.
    truth : array (well, driver) or (seed, well, driver)
        Same wells and drivers; of the same seeds where it has them.
    draws : int
    seed : int
        Calls with as many seeds and wells draw the same ones, so that differences are paired.

    Returns
    -------
    array (1 + draw, driver + 2)
        For each driver the rank correlation over wells; then their mean; then the mean over wells
        of the rank correlation over drivers. The first row is from the data as they are.
    """
    said, truth = np.asarray(said, float), np.asarray(truth, float)
    truth = np.broadcast_to(truth, said.shape)
    known = np.isfinite(said).all(axis=(0, 2)) & np.isfinite(truth).all(axis=(0, 2))
    said, truth = said[:, known], truth[:, known]
    found = np.full((1 + draws, said.shape[2] + 2), np.nan)
    if not said.shape[1]:
        return found
    rng = np.random.default_rng(seed)
    seeds = rng.integers(0, len(said), (1 + draws, len(said)))
    wells = rng.integers(0, said.shape[1], (1 + draws, said.shape[1]))
    seeds[0], wells[0] = np.arange(len(said)), np.arange(said.shape[1])
    rows = np.arange(1 + draws)[:, None]
    mine, real = (part[seeds].mean(axis=1)[rows, wells] for part in (said, truth))
    if said.shape[1] >= FEWEST:
        found[:, :-2] = rank_correlation(mine.swapaxes(1, 2), real.swapaxes(1, 2))
        found[:, -2] = _mean(found[:, :-2])
    found[:, -1] = _mean(rank_correlation(mine, real))
    return found


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean along the last axis over what is known."""
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)


def as_interval(drawn: np.ndarray, behind: tuple[int, int]) -> Interval:
    """Give the first of some numbers with the range of the others.

    Parameters
    ----------
    drawn : array (1 + draw,)
    behind : (int, int)
        Seeds and wells.
    """
    others = drawn[1:][np.isfinite(drawn[1:])]
    if not others.size:
        return Interval(float(drawn[0]), np.nan, np.nan, behind)
    low, high = np.quantile(others, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(drawn[0]), float(low), float(high), behind)


def trust(found: Interval) -> str:
    """Say how far a reading agrees with the truth, by a rule written before the run.

    Parameters
    ----------
    found : Interval
        Of a rank correlation with the truth.

    Returns
    -------
    str
        "agrees" where the whole interval lies above zero and the value is at least
        :data:`CLOSE`, "agrees weakly" where the interval lies above zero, "misleads" where it
        lies below, "tells nothing" where it holds zero, "not judged" with fewer than two seeds.
    """
    if found.draws[0] < 2 or not np.isfinite(found.low):
        return "not judged"
    if found.low > 0:
        return "agrees" if found.value >= CLOSE else "agrees weakly"
    return "misleads" if found.high < 0 else "tells nothing"


def agreement_of_seeds(values: pd.DataFrame) -> Interval:
    """Mean rank correlation between the seeds of a model; bounds are its smallest and largest.

    Parameters
    ----------
    values : DataFrame (anything, seed)
        What each seed says; constant rows may be among them.
    """
    columns = values.to_numpy().T
    pairs = [(i, j) for i in range(len(columns)) for j in range(i) if len(values)]
    each = np.array([rank_correlation(columns[i], columns[j]) for i, j in pairs], float)
    each = each[np.isfinite(each)]
    if not each.size:
        return Interval(np.nan, np.nan, np.nan, (len(columns), 0))
    ends = float(each.min()), float(each.max())
    return Interval(float(each.mean()), *ends, (len(columns), len(values)))
