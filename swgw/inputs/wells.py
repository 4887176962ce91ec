"""What tells wells apart: clusters of their series (section 2.5) and permutation entropy (3.2).

A self-organising map sees the training years only. Its gaps are filled for this one purpose; no
filled value leaves this module except in the picture of a cluster's series.
"""

from dataclasses import dataclass
from math import factorial, log2

import numpy as np
import pandas as pd
from minisom import MiniSom
from numpy.typing import ArrayLike
from sklearn.metrics import adjusted_rand_score

from swgw.basin.prepare import Prepared

ITERATIONS = 10_000
"""Updates of the map, one well each."""

PAPER_ORDER = {1: 2, 2: 1, 3: 3}
"""Rank of a cluster by its distance to the river, nearest first, and the paper's number for it."""


@dataclass(frozen=True)
class SomResult:
    """Wells grouped by a self-organising map.

    Attributes
    ----------
    clusters : Series (well,)
        Cluster of each well, counted from 1.
    series : DataFrame (time, well)
        What the map saw: standardised heads of the training years, gaps filled.
    nodes : DataFrame (time, cluster)
        The map's nodes, in standard deviations; only those which hold a well.
    position : Series (cluster,)
        Place of each cluster's node on the line of nodes, from 0.
    unseen : tuple of str
        Wells without two different heads in the training years: they did not train the map and
        were placed by a flat series.
    quantisation_error : float
        Mean Euclidean distance between a well's series and its node [standard deviations,
        summed over the steps as a root of squares].
    topographic_error : float
        Share of wells whose second-best node is not a neighbour of the best.
    """

    clusters: pd.Series
    series: pd.DataFrame
    nodes: pd.DataFrame
    position: pd.Series
    unseen: tuple[str, ...]
    quantisation_error: float
    topographic_error: float

    @property
    def error_per_step(self) -> float:
        """Quantisation error of one step [standard deviations], whatever the record's length."""
        return self.quantisation_error / np.sqrt(len(self.series))


def training_series(prepared: Prepared) -> pd.DataFrame:
    """Give the standardised heads of the training years with their gaps filled.

    A gap takes the well's mean of that step of the year, moved by the anomalies on both sides of
    it, so that season and trend go on. No value from outside the training years is looked at.

    Returns
    -------
    DataFrame (time, well)
        In standard deviations of the well; zero throughout where a well does not vary.
    """
    train = prepared.inside("train")
    heads = prepared.heads[train].sort_index(axis="columns")
    spread = heads.std(ddof=0)
    varies = spread > 1e-9 * (1 + heads.abs().max())
    scaled = (heads - heads.mean()) / spread.where(varies)
    season = scaled.groupby(np.asarray(prepared.step_of_year())[train]).transform("mean")
    season = season.fillna(0.0)
    anomaly = (scaled - season).interpolate(limit_direction="both")
    return scaled.fillna(season + anomaly).fillna(0.0)


def fit_som(prepared: Prepared, n_clusters: int = 3, seed: int = 0) -> SomResult:
    """Cluster wells with a self-organising map of ``n_clusters`` nodes in a line.

    Parameters
    ----------
    prepared : Prepared
    n_clusters : int
        Nodes of the map; fewer clusters come out where a node wins no well.
    seed : int
        Of the initial weights and of the order in which wells are shown.

    Returns
    -------
    SomResult

    Notes
    -----
    Section 2.5 of the paper: small random weights, best matching unit, Gaussian neighbourhood,
    both rates decaying. The paper gives no size of the map, no distance and no number of
    iterations; here three nodes, Euclidean and 10,000. The numbers of clusters follow their
    distance to the river (:func:`_numbers`), because a map's own are arbitrary.
    """
    series = training_series(prepared)
    flat = (series == 0).all()
    seen = series.loc[:, ~flat] if not flat.all() else series
    # a rate that ends at zero lets the nodes settle; MiniSom's own default keeps a third of it
    som = MiniSom(
        n_clusters, 1, len(series), random_seed=seed, decay_function="linear_decay_to_zero"
    )
    som.train(seen.to_numpy().T, ITERATIONS, random_order=True)
    node = pd.Series([som.winner(column)[0] for column in series.to_numpy().T], series.columns)
    numbers = _numbers(node, prepared)
    weights = som.get_weights()[:, 0, :]
    nodes = {number: weights[place] for place, number in numbers.items()}
    return SomResult(
        clusters=node.map(numbers).reindex(prepared.heads.columns).rename("cluster"),
        series=series.reindex(columns=prepared.heads.columns),
        nodes=pd.DataFrame(nodes, index=series.index).sort_index(axis="columns"),
        position=pd.Series({number: place for place, number in numbers.items()}).sort_index(),
        unseen=tuple(series.columns[flat]),
        quantisation_error=float(som.quantization_error(seen.to_numpy().T)),
        topographic_error=float(som.topographic_error(seen.to_numpy().T)),
    )


def _numbers(node: pd.Series, prepared: Prepared) -> dict[int, int]:
    """Give occupied nodes their numbers from 1, by median distance to the river, else by size.

    Beside the paper three clusters take the paper's numbers: 2 is the nearest, then 1, then 3.
    """
    wells = prepared.basin.wells.reindex(node.index)
    near = wells.get("distance_to_river", pd.Series(0.0, node.index)).groupby(node).median()
    members = node.groupby(node)
    order = sorted(
        members.groups, key=lambda n: (near[n], -members.size()[n], members.groups[n].min())
    )
    ranks = {place: rank for rank, place in enumerate(order, start=1)}
    settings = prepared.basin.settings
    if settings.companion == "jing2025" and "distance_to_river" in wells and len(ranks) == 3:
        return {place: PAPER_ORDER[rank] for place, rank in ranks.items()}
    return ranks


def som_stability(prepared: Prepared, n_clusters: int = 3, seeds: int = 5) -> pd.DataFrame:
    """Compare the clusters of several seeds by the adjusted Rand index.

    Returns
    -------
    DataFrame (seed, seed)
        1 where two maps group the wells alike, 0 on average for groups drawn at random.
    """
    clusters = [fit_som(prepared, n_clusters, seed).clusters for seed in range(seeds)]
    return pd.DataFrame([[adjusted_rand_score(a, b) for b in clusters] for a in clusters])


def permutation_entropy(series: ArrayLike, order: int = 3) -> float:
    """Permutation entropy of a series in bits; at most :func:`entropy_ceiling`.

    Parameters
    ----------
    series : array (time,)
        Evenly spaced; NaN is a gap.
    order : int
        Values compared at a time.

    Returns
    -------
    float
        Over the runs of ``order`` values without a gap; NaN where there is none. Equal values
        rank in the order of time.

    Notes
    -----
    Section 3.2 of the paper, after Bandt and Pompe (2002): −Σ p log₂ p over the shares p of the
    ordinal patterns.

    Examples
    --------
    >>> permutation_entropy([1, 2, 1, 2])
    1.0
    """
    values = np.asarray(series, float)
    if values.size < order:
        return float("nan")
    runs = np.lib.stride_tricks.sliding_window_view(values, order)
    runs = runs[np.isfinite(runs).all(axis=1)]
    if not len(runs):
        return float("nan")
    patterns = np.argsort(runs, axis=1, kind="stable")
    shares = np.unique(patterns, axis=0, return_counts=True)[1] / len(runs)
    return float(np.sum(shares * np.log2(1 / shares)))


def entropy_ceiling(order: int = 3) -> float:
    """Highest permutation entropy of an order [bit]: that of patterns all equally common.

    Examples
    --------
    >>> round(entropy_ceiling(3), 3)
    2.585
    """
    return log2(factorial(order))
