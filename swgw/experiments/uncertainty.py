"""Scores of interval forecasts with their own intervals, raw and recalibrated, model by model.

Everything is scored series by series and then summarised over the series, so that heads are never
pooled in metres. Blocks of time and seeds are drawn as in :mod:`swgw.scores.bootstrap`, the same
for every
model, so that differences are paired.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from swgw.experiments import intervals
from swgw.scores import bootstrap
from swgw.scores import skill as scores
from swgw.scores.bootstrap import Interval
from swgw.scores.conformal import LEVELS

RAW, RECALIBRATED = "raw", "recalibrated"
NOMINAL = {"coverage_80": 0.8, "coverage_95": 0.95}
BOUNDS = {"80": (0.1, 0.9), "95": (0.025, 0.975)}
OVER_SERIES = {"coverage_80": np.nanmean, "coverage_95": np.nanmean}  # others: the median
ALL_LEADS = 0
COLUMNS = ("task", "model", "kind", "score", "lead_time", "value", "low", "high", "seeds", "blocks")


def step_scores(obs: np.ndarray, quantiles: np.ndarray) -> dict[str, np.ndarray]:
    """Score each forecast: coverage (0 or 1) and width of two intervals, and CRPS.

    Parameters
    ----------
    obs : array (series, issue_time, lead_time)
    quantiles : array (series, issue_time, lead_time, level)
        At :data:`swgw.scores.conformal.LEVELS`; sorted here.

    Returns
    -------
    dict of array (series, issue_time, lead_time)
        coverage_80, coverage_95, width_80, width_95, crps; NaN where nothing was observed.
    """
    ordered, known = np.sort(quantiles, axis=-1), np.isfinite(obs)
    found = {}
    for name, bounds in BOUNDS.items():
        low, high = (ordered[..., LEVELS.index(level)] for level in bounds)
        found[f"coverage_{name}"] = np.where(known, (low <= obs) & (obs <= high), np.nan)
        found[f"width_{name}"] = np.where(known, high - low, np.nan)
    return found | {"crps": scores.crps(obs, ordered, LEVELS)}


def resampled_means(values: np.ndarray, block: int, draws: int = bootstrap.DRAWS) -> np.ndarray:
    """Mean over issue times and seeds of each series and lead time, and of resampled blocks.

    Parameters
    ----------
    values : array (seed, series, issue_time, lead_time)
        NaN where missing.
    block : int
        Steps in a block.
    draws : int

    Returns
    -------
    array (1 + draw, series, lead_time)
        First from the data as they are. Calls with as many seeds and issue times draw the same
        ones, so that differences are paired.
    """
    n_seeds, _, n_issues, _ = values.shape
    rng = np.random.default_rng(0)
    steps = bootstrap.block_draws(n_issues, block, draws, rng)
    weights = np.ones((1 + draws, n_issues))  # how often each issue time is drawn
    weights[1:] = [np.bincount(row, minlength=n_issues) for row in steps]
    picked = rng.integers(0, n_seeds, (draws, n_seeds))
    shares = np.full((1 + draws, n_seeds), 1 / n_seeds)
    shares[1:] = [np.bincount(row, minlength=n_seeds) / n_seeds for row in picked]
    total = np.zeros((1 + draws, values.shape[1], values.shape[3]))
    for seed, share in zip(values, shares.T, strict=True):
        known = np.isfinite(seed)
        above = np.einsum("di,sil->dsl", weights, np.where(known, seed, 0.0), optimize=True)
        below = np.einsum("di,sil->dsl", weights, known.astype(float), optimize=True)
        mean = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
        total += share[:, None, None] * mean
    return total


@lru_cache(maxsize=16)
def resampled(study, task: str) -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """Score every interval forecast of a task over resampled blocks and seeds.

    Parameters
    ----------
    study : Study
    task : str
        "surface_water" or "head".

    Returns
    -------
    dict
        (model, "raw" or "recalibrated") to score to array (1 + draw, series, lead_time).
    """
    return {
        (model, kind): resampled_model(study, task, model, kind)
        for model in study.models(task)
        for kind in kinds(study, task, model)
    }


@lru_cache(maxsize=128)
def resampled_model(study, task: str, model: str, kind: str) -> dict[str, np.ndarray]:
    """Score one model's interval forecasts: score to array (1 + draw, series, lead_time)."""
    block = bootstrap.block_length(study.basin.settings.step)
    each = [
        step_scores(*forecast_pairs(study, task, model, kind, seed))
        for seed in study.seeds_of(model)
    ]
    return {
        name: resampled_means(np.stack([scored[name] for scored in each]), block)
        for name in each[0]
    }


def kinds(study, task: str, model: str) -> list[str]:
    """List which quantiles a model has: its own, recalibrated ones, both or none."""
    own = "quantiles" in study.hindcast(task, model, study.seeds_of(model)[0])
    again = model in intervals.calibrated_models(study, task)
    return [RAW] * own + [RECALIBRATED] * again


def forecast_pairs(
    study, task: str, model: str, kind: str, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give observations (series, issue_time, lead_time) and sorted quantiles (…, level)."""
    if kind == RAW:
        hindcast = study.hindcast(task, model, seed)
    else:
        hindcast = intervals.calibrated(study, task, model, seed)
    ordered = hindcast.transpose(*intervals.DIMS, ...)
    quantiles = np.sort(ordered["quantiles"].to_numpy().astype(float), axis=-1)
    return ordered["observed"].to_numpy(), quantiles


def summarised(values: np.ndarray, score: str) -> np.ndarray:
    """Summarise over the series: (1 + draw, series, lead) → (1 + draw, all leads and each lead)."""
    known = values[:, np.isfinite(values[0]).all(axis=-1)]
    if not known.shape[1]:
        return np.full((len(values), 1 + values.shape[2]), np.nan)
    by_lead = OVER_SERIES.get(score, np.nanmedian)(known, axis=1)
    return np.column_stack([by_lead.mean(axis=1), by_lead])


def as_interval(drawn: np.ndarray, seeds: int, blocks: int) -> Interval:
    """Give the first of some numbers with the range of the others."""
    others = drawn[1:][np.isfinite(drawn[1:])]
    low, high = (
        np.quantile(others, [(1 - bootstrap.LEVEL) / 2, (1 + bootstrap.LEVEL) / 2])
        if len(others)
        else (np.nan, np.nan)
    )
    return Interval(float(drawn[0]), float(low), float(high), (seeds, blocks))


def behind(study, task: str, model: str) -> tuple[int, int]:
    """Count the seeds and the independent blocks behind a model's scores."""
    seed = study.seeds_of(model)[0]
    issues = study.hindcast(task, model, seed).sizes["issue_time"]
    blocks = max(1, issues // bootstrap.block_length(study.basin.settings.step))
    return len(study.seeds_of(model)), blocks


def interval_of(study, task: str, model: str, kind: str, score: str, lead: int = 0) -> Interval:
    """Give a score, summarised over series, at a lead time (0: over all) with its interval."""
    drawn = summarised(resampled_model(study, task, model, kind)[score], score)[:, lead]
    return as_interval(drawn, *behind(study, task, model))


def nearer(study, task: str, model: str, score: str, lead: int = 0) -> Interval:
    """Give how much nearer recalibration brings a coverage to nominal: raw less recalibrated."""
    found, aim = resampled(study, task), NOMINAL[score]
    raw, again = (
        np.abs(summarised(found[model, kind][score], score)[:, lead] - aim)
        for kind in (RAW, RECALIBRATED)
    )
    return as_interval(raw - again, *behind(study, task, model))


def crps_gain(study, task: str, model: str, other: str, lead: int = 0) -> Interval:
    """Give by which share a model's CRPS lies below another's, both recalibrated.

    Series by series, then the median over the series.
    """
    found = resampled(study, task)
    mine, theirs = (found[name, RECALIBRATED]["crps"] for name in (model, other))
    drawn = summarised(1 - mine / np.where(theirs > 0, theirs, np.nan), "gain")[:, lead]
    seeds = min(len(study.seeds_of(name)) for name in (model,))
    return as_interval(drawn, seeds, behind(study, task, model)[1])


def uncertainty_scores(study) -> pd.DataFrame:
    """List every score of interval forecasts: target, model, raw or recalibrated, lead time.

    Returns
    -------
    DataFrame
        task, model, kind, score, lead_time (0: all), value, low, high (90 % interval), seeds,
        blocks. Coverage is a mean over series, width and CRPS a median, in the unit of the data.
    """
    rows = []
    for task in study.tasks:
        for (model, kind), found in resampled(study, task).items():
            numbers = behind(study, task, model)
            for score, values in found.items():
                columns = summarised(values, score).T
                for lead, drawn in enumerate(columns):
                    each = as_interval(drawn, *numbers)
                    row = (task, model, kind, score, lead, each.value, each.low, each.high)
                    rows.append((*row, *numbers))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def reliability(study, task: str, model: str, kind: str) -> np.ndarray:
    """Share of observations below each quantile, mean over series and seeds: array (level,)."""
    each = []
    for seed in study.seeds_of(model):
        obs, quantiles = forecast_pairs(study, task, model, kind, seed)
        each += [scores.share_below(o, q) for o, q in zip(obs, quantiles, strict=True)]
    each = np.array(each)
    return each[np.isfinite(each).all(axis=1)].mean(axis=0)


def crossing(study, task: str, model: str) -> float:
    """Share of a quantile model's own forecasts in which quantiles cross, mean over seeds."""
    found = [intervals.raw_quantiles(study, task, model, s) for s in study.seeds_of(model)]
    return float(np.mean([scores.crossing_rate(quantiles) for quantiles in found]))
