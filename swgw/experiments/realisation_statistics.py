"""Statistics of a basin that depend on its realisation: clusters, entropy, correlations, gains.

In one basin such a number is an anecdote; :mod:`swgw.experiments.realisations` computes it in
several, so that a page can judge its sign over them.
"""

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.inputs.wells import permutation_entropy
from swgw.scores.correlation import lag_correlations, pearson

BASELINE = "damped persistence"
MONTHS, WEATHER = range(13), ["precipitation", "temperature"]


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
        Correlations over wells or time: ``entropy_distance``, ``head_water`` (0–12 months before,
        mean over lags and wells), ``head_water_distance``, ``water_precipitation``,
        ``water_temperature``. The farthest cluster less the others: ``cluster_entropy`` [bit],
        ``cluster_head_water``. ``cluster_distance``: explained share of the variance, less chance.
        NaN where the basin lacks what one needs.
    """
    settings, distance = prepared.basin.settings, distances(prepared)
    years, gauge = slice(settings.train.start, settings.test.end), settings.target_gauge
    heads, water = prepared.heads.loc[years], prepared.surface_water[gauge].loc[years]
    weather = prepared.weather_of_gauge(gauge).loc[years].reindex(columns=WEATHER)
    entropy, lags = heads.apply(permutation_entropy), lag_table(prepared)
    return {
        "cluster_distance": explained_beyond_chance(distance, clusters),
        "cluster_entropy": farthest_less_others(entropy, clusters, distance),
        "entropy_distance": pearson(distance, entropy, series=False).value,
        "head_water": float(lags.mean(axis=1).mean()),
        "head_water_distance": pearson(distance, lags.mean(axis=1), series=False).value,
        "cluster_head_water": farthest_less_others(lags.abs().mean(axis=1), clusters, distance),
        **{f"water_{name}": pearson(water, values).value for name, values in weather.items()},
    }


def model_statistics(
    prepared: Prepared, clusters: pd.Series | None, scores: dict[str, pd.DataFrame]
) -> dict[str, float]:
    """Compute the statistics of the models' scores.

    Parameters
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
    scores : dict of str to DataFrame
        By task: model, series, nse and r2 of each seed; damped persistence among the models.

    Returns
    -------
    dict
        R² of MT-TFT with distance (``r2_distance``) and farthest cluster less others
        (``cluster_r2``); differences of models, medians over series: of NSE of surface water
        (``…_water``), of R² of heads (``…_heads``), and of NSE of heads where the other is the
        baseline (``baseline_…``). NaN where a model was not trained.
    """
    tables = {task: table.pivot_table(index="series", columns="model", values=["nse", "r2"])
              for task, table in scores.items()}  # fmt: skip
    r2, nse, water = tables["head"]["r2"], tables["head"]["nse"], tables["surface_water"]["nse"]
    distance = distances(prepared).reindex(r2.index)
    return {
        "cluster_r2": farthest_less_others(r2["MT-TFT"], clusters, distance),
        "r2_distance": pearson(distance, r2["MT-TFT"], series=False).value,
        "gain_water": _gain(water, "MT-TFT", "ST-TFT"),
        "gain_heads": _gain(r2, "MT-TFT", "ST-TFT"),
        "information_heads": _gain(r2, "ST+-TFT", "ST-TFT"),
        "task_heads": _gain(r2, "MT-TFT", "ST+-TFT"),
        "baseline_water": _gain(water, "MT-TFT", BASELINE),
        "baseline_heads": _gain(nse, "MT-TFT", BASELINE),
    }


def _gain(scores: pd.DataFrame, model: str, other: str) -> float:
    """Median over series of a model's score (series, model) less that of another."""
    pair = scores.reindex(columns=[model, other])
    return float((pair[model] - pair[other]).median())


def distances(prepared: Prepared) -> pd.Series:
    """Distance of each well to the river [km]; NaN where no river is given."""
    wells = prepared.basin.wells.reindex(prepared.heads.columns)
    return wells.get("distance_to_river", pd.Series(np.nan, wells.index)).astype(float)


def lag_table(prepared: Prepared) -> pd.DataFrame:
    """Correlate each head with surface water now and 1 to 12 months before: (well, month)."""
    settings, steps = prepared.basin.settings, {m: prepared.steps_in_months(m) for m in MONTHS}
    heads = prepared.heads.loc[settings.train.start : settings.test.end].reindex(prepared.time)
    return lag_correlations(heads, prepared.surface_water[settings.target_gauge], steps)


def explained_beyond_chance(values: pd.Series, clusters: pd.Series | None) -> float:
    """Share of a variance between clusters, less what as many random groups explain on average.

    Examples
    --------
    >>> groups = pd.Series([1, 1, 2, 2])
    >>> round(explained_beyond_chance(pd.Series([0.0, 0.0, 1.0, 1.0]), groups), 3)
    0.667
    """
    known = values.dropna()
    spread = ((known - known.mean()) ** 2).sum()
    if clusters is None or len(known) < 3 or not spread > 0:
        return np.nan
    groups = clusters.reindex(known.index)
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
        return np.nan
    inside = clusters.reindex(values.index) == distance.groupby(clusters).median().idxmax()
    return float(values[inside].median() - values[~inside].median())
