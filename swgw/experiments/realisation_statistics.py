"""Statistics of a basin that depend on how it was drawn: its clusters, entropy, correlations.

Each is one number, with the sign that the paper states of it, or that it must have if a model, its
second input or its second loss is worth having. In one basin such a number is an anecdote;
:mod:`swgw.experiments.realisations` computes it in several.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.inputs.wells import permutation_entropy
from swgw.scores import paper as published
from swgw.scores.correlation import lag_correlations, pearson

MONTHS = range(13)
NOTHING = float("nan")
FLOOR = "damped persistence"


@dataclass(frozen=True)
class Statistic:
    """One number of a basin.

    Attributes
    ----------
    label : str
        What it is, for a figure.
    unit : str
        "r" for correlations and shares, "score" for NSE and R², "gain" for the small differences
        between arms for heads, "bit" for entropy.
    expected : int
        Sign that is asked for: +1 or −1.
    paper : float
        The paper's number; NaN where it gives none.
    stated : bool
        Whether the sign is the paper's statement; it has neither references nor controls.
    """

    label: str
    unit: str
    expected: int
    paper: float = NOTHING
    stated: bool = True


def _paper_gain(scores: pd.Series) -> float:
    return round(float(scores["MT-TFT"] - scores["ST-TFT"]), 2)


_WITH_DISTANCE = published.CORRELATIONS
_NSE = published.TABLE_3.set_index("model")["nse"]
_R2 = published.GROUNDWATER_R2.set_index("model")["median"]
STATISTICS = {
    "cluster_distance": Statistic("distance explained by clusters, beyond chance", "r", 1),
    "entropy_distance": Statistic(
        "entropy with distance", "r", -1, _WITH_DISTANCE["entropy_distance"]
    ),
    "r2_distance": Statistic("R² of heads with distance", "r", 1, _WITH_DISTANCE["r2_distance"]),
    "water_precipitation": Statistic("surface water with precipitation", "r", 1),
    "water_temperature": Statistic("surface water with temperature", "r", 1),
    "head_water": Statistic("heads with surface water, 0–12 months before", "r", -1),
    "head_water_distance": Statistic("the same correlation with distance", "r", -1),
    "cluster_head_water": Statistic("its size, farthest cluster less others", "r", 1),
    "cluster_entropy": Statistic("entropy, farthest cluster less others", "bit", -1),
    "cluster_r2": Statistic("R² of heads, farthest cluster less others", "score", 1),
    "gain_water": Statistic("NSE of surface water, MT-TFT − ST-TFT", "score", 1, _paper_gain(_NSE)),
    "gain_heads": Statistic("R² of heads, MT-TFT − ST-TFT", "score", 1, _paper_gain(_R2)),
    "floor_water": Statistic(f"NSE of surface water, MT-TFT − {FLOOR}", "score", 1, stated=False),
    "information_heads": Statistic(
        "R² of heads, ST+-TFT − ST-TFT (inputs)", "gain", 1, stated=False
    ),
    "task_heads": Statistic("R² of heads, MT-TFT − ST+-TFT (loss)", "gain", 1, stated=False),
    "floor_heads": Statistic(f"NSE of heads, MT-TFT − {FLOOR}", "gain", 1, stated=False),
    "floor_heads_single": Statistic(f"NSE of heads, ST-TFT − {FLOOR}", "gain", 1, stated=False),
}
"""By name: correlations, entropy, scores."""


def basin_statistics(prepared: Prepared, clusters: pd.Series | None) -> dict[str, float]:
    """Compute the statistics that need no model.

    Parameters
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
        SOM cluster of each well.

    Returns
    -------
    dict
        By name of :data:`STATISTICS`; NaN where the basin lacks what one needs.
    """
    distance = distances(prepared)
    entropy = _studied(prepared, prepared.heads).apply(permutation_entropy)
    lags = lag_table(prepared)
    found = {
        "cluster_distance": explained_beyond_chance(distance, clusters),
        "cluster_entropy": farthest_less_others(entropy, clusters, distance),
        "entropy_distance": pearson(distance, entropy, series=False).r,
        "head_water": float(lags.mean(axis=1).mean()),
        "head_water_distance": pearson(distance, lags.mean(axis=1), series=False).r,
        "cluster_head_water": farthest_less_others(lags.abs().mean(axis=1), clusters, distance),
    }
    gauge = prepared.basin.settings.target_gauge
    weather = prepared.weather_of_gauge(gauge)
    water = _studied(prepared, prepared.surface_water[gauge])
    for name in ("precipitation", "temperature"):
        values = _studied(prepared, weather[name]) if name in weather else water * np.nan
        found[f"water_{name}"] = pearson(water, values).r
    return found


def model_statistics(
    prepared: Prepared, clusters: pd.Series | None, scores: dict[str, pd.DataFrame]
) -> dict[str, float]:
    """Compute the statistics of how well models do.

    Parameters
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
    scores : dict of str to DataFrame
        By task: model, series, nse and r2 of each seed; ``"damped persistence"`` among the models.

    Returns
    -------
    dict
        By name of :data:`STATISTICS`; differences of models are medians over wells. NaN where a
        model was not trained.
    """
    r2, nse = (_by_model(scores["head"], name) for name in ("r2", "nse"))
    water = _by_model(scores["surface_water"], "nse")
    distance = distances(prepared).reindex(r2.index)
    return {
        "cluster_r2": farthest_less_others(r2["MT-TFT"], clusters, distance),
        "r2_distance": pearson(distance, r2["MT-TFT"], series=False).r,
        "gain_water": _gain(water, "MT-TFT", "ST-TFT"),
        "gain_heads": _gain(r2, "MT-TFT", "ST-TFT"),
        "information_heads": _gain(r2, "ST+-TFT", "ST-TFT"),
        "task_heads": _gain(r2, "MT-TFT", "ST+-TFT"),
        "floor_water": _gain(water, "MT-TFT", FLOOR),
        "floor_heads": _gain(nse, "MT-TFT", FLOOR),
        "floor_heads_single": _gain(nse, "ST-TFT", FLOOR),
    }


def _by_model(scores: pd.DataFrame, name: str) -> pd.DataFrame:
    """Mean over seeds of a score: (series, model)."""
    return scores.pivot_table(index="series", columns="model", values=name)


def _gain(scores: pd.DataFrame, model: str, other: str) -> float:
    """Median over series of what a model gains on another; NaN where one was not trained."""
    if not {model, other} <= set(scores):
        return NOTHING
    return float((scores[model] - scores[other]).median())


def distances(prepared: Prepared) -> pd.Series:
    """Distance of each well to the river [km]; NaN where no river is given."""
    wells = prepared.basin.wells
    found = wells.get("distance_to_river", pd.Series(np.nan, wells.index)).astype(float)
    return found.reindex(prepared.heads.columns)


def lag_table(prepared: Prepared) -> pd.DataFrame:
    """Correlate each head with surface water now and 1 to 12 months before: (well, month)."""
    heads = _studied(prepared, prepared.heads).reindex(prepared.time)
    water = prepared.surface_water[prepared.basin.settings.target_gauge]
    return lag_correlations(heads, water, {m: prepared.steps_in_months(m) for m in MONTHS})


def _studied(prepared: Prepared, frame: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Cut a frame (time, ...) to the years of the study, from training to test."""
    settings = prepared.basin.settings
    return frame.loc[settings.train.start : settings.test.end]


def explained_beyond_chance(values: pd.Series, clusters: pd.Series | None) -> float:
    """Share of a variance between clusters, less what as many random groups explain on average.

    Examples
    --------
    >>> groups = pd.Series([1, 1, 2, 2])
    >>> round(explained_beyond_chance(pd.Series([0.0, 0.0, 1.0, 1.0]), groups), 3)
    0.667
    """
    if clusters is None or values.isna().all():
        return NOTHING
    known = values.dropna()
    groups = clusters.reindex(known.index)
    spread = ((known - known.mean()) ** 2).sum()
    if len(known) < 3 or not spread > 0:
        return NOTHING
    fitted = known.groupby(groups).transform("mean")
    chance = (groups.nunique() - 1) / (len(known) - 1)
    return float(((fitted - known.mean()) ** 2).sum() / spread - chance)


def farthest_less_others(
    values: pd.Series, clusters: pd.Series | None, distance: pd.Series
) -> float:
    """Median over the cluster farthest from the river less the median over all other wells.

    Examples
    --------
    >>> far = pd.Series([9.0, 8.0, 1.0, 2.0])
    >>> farthest_less_others(pd.Series([5.0, 7.0, 1.0, 3.0]), pd.Series([3, 3, 1, 1]), far)
    4.0
    """
    if clusters is None or distance.isna().all() or clusters.nunique() < 2:
        return NOTHING
    clusters = clusters.reindex(values.index)
    inside = clusters == distance.groupby(clusters).median().idxmax()
    return float(values[inside].median() - values[~inside].median())
