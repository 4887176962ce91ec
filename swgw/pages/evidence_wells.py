"""The numbers behind the claims on clusters, entropy and distance; see :mod:`swgw.pages.evidence`.

Wells are the sample here, and a virtual basin's wells depend on how it was drawn: where other draws
of it were made, they are the sample.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from swgw.claims import Claim, Part
from swgw.experiments.realisation_statistics import (
    distances,
    explained_beyond_chance,
    farthest_less_others,
    lag_table,
)
from swgw.pages.draws import judged
from swgw.pages.drivers import water_with_distance
from swgw.pages.evidence import Found
from swgw.pages.groundwater import correlations_with_distance, well_table
from swgw.scores import paper as published
from swgw.scores.bootstrap import DRAWS, LEVEL, Interval
from swgw.scores.correlation import Correlation, lag_one

LIMITS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def over_draws(study, claim: Claim) -> list[Part]:
    """Judge a claim over other draws of a virtual basin, as the page on them does."""
    table = judged(study)
    parts = []
    for line in (table.loc[name] for name in claim.drawn):
        found = Interval(line.value, line.low, line.high, (line.draws, line.draws))
        parts.append(Part(line.label, found, claim.band, float(line.paper)))
    return parts


def seeds_of(study) -> int:
    """Count the seeds of a study; with one, nothing is judged, whatever its sample."""
    return len(study.profile.seeds)


def one_part(study, claim: Claim, value: float, low: float, high: float, n: int) -> list[Part]:
    """The single part of a claim, with the paper's correlation where it gives one."""
    paper = published.CORRELATIONS.get(claim.key, np.nan)
    if study.basin.settings.companion != "jing2025":
        paper = np.nan
    found = Interval(float(value), float(low), float(high), (seeds_of(study), n))
    return [Part("", found, claim.band, paper)]


def _correlation(study, claim: Claim, found: Correlation) -> list[Part]:
    return one_part(study, claim, found.r, found.low, found.high, found.n)


def over_wells(
    values: np.ndarray, statistic: Callable[[np.ndarray], float], groups: np.ndarray | None = None
) -> tuple[float, float, float]:
    """A statistic of wells with its 90 % interval, wells drawn anew (within groups if given).

    Parameters
    ----------
    values : array (well, ...)
    statistic : callable
        Takes values of some wells, in any order within groups.
    groups : array (well,), optional

    Returns
    -------
    tuple of float
        The statistic, and the 5 % and 95 % quantile over draws; NaN without two wells a group.
    """
    groups = np.zeros(len(values)) if groups is None else groups
    places = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    if not places or min(map(len, places)) < 2:
        return (statistic(values) if len(values) else np.nan), np.nan, np.nan
    rng, drawn, order = np.random.default_rng(0), [], np.concatenate(places)
    for _ in range(DRAWS):
        chosen = np.empty(len(values), int)
        chosen[order] = np.concatenate([rng.choice(place, len(place)) for place in places])
        drawn.append(statistic(values[chosen]))
    low, high = np.nanquantile(drawn, LIMITS)
    return statistic(values), low, high


def _far(study, wells: pd.Index) -> np.ndarray:
    """Which wells are in the cluster farthest from the river."""
    clusters, distance = study.clusters.reindex(wells), distances(study.prepared).reindex(wells)
    return (clusters == distance.groupby(clusters).median().idxmax()).to_numpy()


def _farthest(study, claim: Claim, values: pd.Series) -> Found:
    """Median of the farthest cluster less that of the others, over wells of each."""
    values = values.reindex(study.clusters.index).dropna()
    distance = distances(study.prepared).reindex(values.index)
    if not np.isfinite(farthest_less_others(values, study.clusters, distance)):
        return "the wells with a value form one cluster"
    far = _far(study, values.index)

    def gap(drawn: np.ndarray) -> float:
        return float(np.median(drawn[far]) - np.median(drawn[~far]))

    return one_part(study, claim, *over_wells(values.to_numpy(), gap, far), len(values))


def cluster_distance(study, claim: Claim) -> Found:
    """Share of the distance explained by clusters, less what shuffled clusters explain."""
    clusters = study.clusters
    distance = distances(study.prepared).reindex(clusters.index)
    value, rng = explained_beyond_chance(distance, clusters), np.random.default_rng(0)
    if not np.isfinite(value):
        return "the distance does not vary over the wells"
    null = [
        explained_beyond_chance(
            distance, pd.Series(rng.permutation(clusters.to_numpy()), clusters.index)
        )
        for _ in range(DRAWS // 4)  # a quarter is enough for two quantiles
    ]
    low, high = np.quantile(null, LIMITS)
    return one_part(study, claim, value, value - high, value - low, int(distance.count()))


def cluster_r2(study, claim: Claim) -> Found:
    """R² of the farthest cluster less that of the others."""
    return _farthest(study, claim, well_table(study)["r2"])


def cluster_memory(study, claim: Claim) -> Found:
    """Autocorrelation of the farthest cluster less that of the others."""
    settings = study.basin.settings
    heads = study.prepared.heads.loc[settings.train.start : settings.test.end]
    return _farthest(study, claim, heads.apply(lag_one))


def cluster_entropy(study, claim: Claim) -> Found:
    """Permutation entropy of the farthest cluster less that of the others."""
    return _farthest(study, claim, well_table(study)["entropy"])


def entropy_distance(study, claim: Claim) -> Found:
    """Correlation of permutation entropy with distance."""
    return _correlation(study, claim, correlations_with_distance(study)["entropy"])


def r2_distance(study, claim: Claim) -> Found:
    """Correlation of R² with distance."""
    return _correlation(study, claim, correlations_with_distance(study)["r2"])


def cluster_water(study, claim: Claim) -> Found:
    """Size of the correlation with surface water, farthest cluster less others."""
    return _farthest(study, claim, lag_table(study.prepared).abs().mean(axis=1))


def water_distance(study, claim: Claim) -> Found:
    """Correlation over wells of distance and mean correlation with surface water."""
    return _correlation(study, claim, water_with_distance(study))


WELLS = {
    "cluster_distance": cluster_distance,
    "cluster_r2": cluster_r2,
    "cluster_memory": cluster_memory,
    "cluster_entropy": cluster_entropy,
    "entropy_distance": entropy_distance,
    "r2_distance": r2_distance,
    "cluster_water": cluster_water,
    "water_distance": water_distance,
}
"""By key of the claim: what gives its numbers."""
