"""Choices that can be made otherwise without training anything: how results are read and scored."""

from itertools import product

import numpy as np
import pandas as pd

from swgw.experiments.realisation_statistics import distances, explained_beyond_chance
from swgw.inputs.wells import fit_som, permutation_entropy
from swgw.scores import bootstrap
from swgw.scores import skill as scores
from swgw.scores.bootstrap import Interval
from swgw.scores.chains import chained
from swgw.scores.correlation import pearson

Row = tuple[str, str, str, str, float, float, float, float]
COLUMNS = ("what", "ours", "other", "number", "base", "changed", "low", "high")
ORDERS = (3, 4)
OTHER_CLUSTERS = (2, 4, 5)
GAIN_NAMES = {
    "surface_water": "NSE of surface water",
    "head": "median over wells of the differences in R²",
}


def untrained(study) -> pd.DataFrame:
    """List the numbers that move with choices of reading and scoring.

    Returns
    -------
    DataFrame
        what, ours, other, number (its name), base (our reading), changed (the alternative), low,
        high: 90 % interval of the difference where both are read off the same steps or wells.
    """
    rows: list[Row] = []
    for task in study.tasks:
        model = fullest(study, task)
        rows += [point_forecast(study, task, model), whole_index(study, task, model)]
    if "surface_water" in study.tasks:
        rows += kling_gupta(study)
    if "head" in study.tasks:
        rows += [pooled(study), *entropy_order(study), *cluster_counts(study)]
    if len(study.tasks) > 1 and len(study.profile.seeds) > 1:
        rows += single_runs(study)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def fullest(study, task: str) -> str:
    """Name the transformer that is read: MT-TFT, or ST-TFT where there is one task."""
    return "MT-TFT" if "MT-TFT" in study.models(task) else "ST-TFT"


def _read(study, task: str, model: str) -> list:
    return [study.hindcast(task, model, seed) for seed in study.seeds_of(model)]


def _score_name(task: str) -> str:
    return "NSE of surface water" if task == "surface_water" else "R² of heads, median"


def _each(task: str, obs: np.ndarray, sim: np.ndarray) -> np.ndarray:
    """Score each series (step, series): NSE of surface water, R² of heads."""
    score = bootstrap.nse if task == "surface_water" else bootstrap.r2
    return score(obs.T, sim.T)


def _over_seeds(study, task: str, model: str, variable: str) -> np.ndarray:
    """Score the chained series: array (seed, series)."""
    return np.array(
        [
            _each(task, chained(h, "observed").to_numpy(), chained(h, variable).to_numpy())
            for h in _read(study, task, model)
        ]
    )


def point_forecast(study, task: str, model: str) -> Row:
    """The mean that follows from the quantiles, or the median."""
    mean, median = (_over_seeds(study, task, model, v) for v in ("forecast", "median"))
    base, changed = (float(np.nanmedian(x.mean(axis=0))) for x in (mean, median))
    if task == "head":
        gap = bootstrap.sample_interval(median - mean, seeds=len(mean))
    else:
        read = _read(study, task, model)
        sims = {v: np.stack([chained(h, v).to_numpy()[:, 0] for h in read])
                for v in ("forecast", "median")}  # fmt: skip
        obs = chained(read[0], "observed").to_numpy()[:, 0]
        gap = paired(obs, sims["median"], sims["forecast"], study.basin.settings.step)
    text = ("Point forecast of a quantile model", "mean", "median", f"{model}, {_score_name(task)}")
    return (*text, base, changed, gap.low, gap.high)


def paired(obs: np.ndarray, sims: np.ndarray, others: np.ndarray, step: str) -> Interval:
    """Give the NSE of some simulations less that of others of the same seeds, blocks drawn anew.

    Parameters
    ----------
    obs : array (step,)
    sims, others : array (seed, step)
    step : str
        Of the calendar.
    """
    block = bootstrap.block_length(step)
    rng = np.random.default_rng(0)
    steps = bootstrap.block_draws(obs.size, block, bootstrap.DRAWS, rng)
    steps = np.concatenate([np.arange(obs.size)[None], steps])
    gaps = [
        bootstrap.nse(obs[steps], a[steps]) - bootstrap.nse(obs[steps], b[steps])
        for a, b in zip(sims, others, strict=True)
    ]
    drawn = np.mean(gaps, axis=0)
    low, high = np.nanquantile(drawn[1:], [0.05, 0.95])
    return Interval(float(drawn[0]), float(low), float(high), (len(sims), obs.size // block))


def whole_index(study, task: str, model: str) -> Row:
    """Score on the chained series, or over every issue time and lead time."""
    base = float(np.nanmedian(_over_seeds(study, task, model, "forecast").mean(axis=0)))
    every = []
    for hindcast in _read(study, task, model):
        ordered = hindcast.transpose("series", "issue_time", "lead_time", ...)
        obs, sim = (ordered[v].to_numpy().reshape(hindcast.sizes["series"], -1).T
                    for v in ("observed", "forecast"))  # fmt: skip
        every.append(_each(task, obs, sim))
    changed = float(np.nanmedian(np.mean(every, axis=0)))
    text = ("Series that is scored", "chained", "every issue time and lead time")
    return (*text, f"{model}, {_score_name(task)}", base, changed, np.nan, np.nan)


def kge_2012(obs: np.ndarray, sim: np.ndarray) -> float:
    """Kling–Gupta efficiency of 2012: the ratio of the coefficients of variation in σ's place.

    Examples
    --------
    >>> round(kge_2012(np.array([1.0, 2, 3]), np.array([2.0, 4, 6])), 3)
    0.0
    """
    both = np.isfinite(obs) & np.isfinite(sim)
    obs, sim = obs[both], sim[both]
    beta = sim.mean() / obs.mean()
    gamma = (sim.std() / sim.mean()) / (obs.std() / obs.mean())
    r = np.corrcoef(obs, sim)[0, 1]
    return float(1 - np.sqrt((r - 1) ** 2 + (gamma - 1) ** 2 + (beta - 1) ** 2))


def kling_gupta(study) -> list[Row]:
    """KGE of 2009 or of 2012; none for stage, whose zero is arbitrary."""
    if study.basin.settings.surface_water == "stage":
        return []
    model = fullest(study, "surface_water")
    pairs = [
        (chained(h, "observed").to_numpy()[:, 0], chained(h, "forecast").to_numpy()[:, 0])
        for h in _read(study, "surface_water", model)
    ]
    base, changed = (float(np.mean([f(*pair) for pair in pairs])) for f in (scores.kge, kge_2012))
    text = ("Form of the KGE", "2009", "2012", f"{model}, KGE of surface water")
    return [(*text, base, changed, np.nan, np.nan)]


def pooled(study) -> Row:
    """R² of each well, then the median; or of all heads together, in metres."""
    model = fullest(study, "head")
    base = float(np.nanmedian(_over_seeds(study, "head", model, "forecast").mean(axis=0)))
    together = [
        scores.r2(chained(h, "observed"), chained(h, "forecast"))
        for h in _read(study, "head", model)
    ]
    text = ("Scores of heads", "well by well, then the median", "pooled in metres")
    return (*text, f"{model}, R² of heads", base, float(np.mean(together)), np.nan, np.nan)


def entropy_order(study) -> list[Row]:
    """Permutation entropy of order 3 or 4: its correlation with the distance to the river."""
    distance = distances(study.prepared)
    if distance.notna().sum() < 4:
        return []
    settings = study.basin.settings
    heads = study.prepared.heads.loc[settings.train.start : settings.test.end]
    found = []
    for order in ORDERS:
        entropy = heads.apply(permutation_entropy, order=order)
        found.append(pearson(distance, entropy, series=False).r)
    text = ("Order of the permutation entropy", "3", "4", "correlation of entropy with distance")
    return [(*text, *found, np.nan, np.nan)]


def cluster_counts(study) -> list[Row]:
    """Three clusters, or another number: how much of the distance they explain beyond chance."""
    distance = distances(study.prepared)
    wells = study.prepared.heads.shape[1]
    if study.clusters is None or distance.notna().sum() < 4:
        return []
    base = explained_beyond_chance(distance, study.clusters)
    rows = []
    for count in OTHER_CLUSTERS:
        if count < wells:
            other = fit_som(study.prepared, count).clusters
            changed = explained_beyond_chance(distance, other)
            text = ("Number of clusters", "3", str(count), "distance explained beyond chance")
            rows.append((*text, base, changed, np.nan, np.nan))
    return rows


def single_runs(study) -> list[Row]:
    """The mean over seeds, or the two single runs that make the gain largest or smallest.

    The gain in heads is the median over wells of their differences, as in section 3.3.
    """
    rows = []
    for task in study.tasks:
        both, alone = (
            _over_seeds(study, task, model, "forecast") for model in ("MT-TFT", "ST-TFT")
        )  # (seed, series)
        gains = np.array([np.nanmedian(a - b) for a, b in product(both, alone)])
        base = float(np.nanmedian(both.mean(axis=0) - alone.mean(axis=0)))
        name = f"gain of MT-TFT over ST-TFT, {GAIN_NAMES[task]}"
        for word, value in (("the luckiest", gains.max()), ("the unluckiest", gains.min())):
            text = ("Runs of a model", "mean over seeds", f"one run each, {word} pair", name)
            rows.append((*text, base, float(value), np.nan, np.nan))
    return rows
