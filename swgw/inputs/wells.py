"""Clusters of the wells' series (section 2.5) and their permutation entropy (section 3.2).

The self-organising map uses the training years only. Gaps are filled for it alone; no model uses
the filled values.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from minisom import MiniSom
from numpy.typing import ArrayLike

from swgw.basin.prepare import Prepared
from swgw.storage.files import write_text

# Updates of the map, one well each.
ITERATIONS = 10_000

# Rank of a cluster by its distance to the river, nearest first, and the paper's number for it.
PAPER_ORDER = {1: 2, 2: 1, 3: 3}


def training_series(prepared: Prepared) -> pd.DataFrame:
    """Give the standardised heads of the training years with their gaps filled.

    A filled value is the well's mean of that step of the year plus the anomaly interpolated
    between both sides of the gap. No value from outside the training years is used.

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


@dataclass(frozen=True)
class Map:
    """A trained line of nodes.

    Attributes
    ----------
    node : Series (well,)
        Place of each well's best matching unit on the line, from 0.
    weights : array (node, time)
        In standard deviations.
    quantisation_error : float
        Root mean square distance of a series from its node, per time step [standard deviations].
    topographic_error : float
        Share of wells whose second-best node is not a neighbour of the best.
    """

    node: pd.Series
    weights: np.ndarray
    quantisation_error: float
    topographic_error: float


def fit_map(series: pd.DataFrame, nodes: int = 3, seed: int = 0) -> Map:
    """Train a self-organising map of some nodes in a line (paper, section 2.5).

    Page 2.5 of the book writes it out. The paper gives no size, distance or number of updates;
    here Euclidean distance and 10,000 updates.

    Parameters
    ----------
    series : DataFrame (time, well)
        Standardised heads without gaps; wells that are zero throughout do not train the map.
    nodes : int
    seed : int
        Of the initial weights and of the order of the wells.
    """
    wells = series.to_numpy().T
    flat = (wells == 0).all(axis=1)
    known = wells if flat.all() else wells[~flat]
    # a rate that ends at zero lets the nodes settle; MiniSom's own default keeps a third of it
    som = MiniSom(nodes, 1, len(series), random_seed=seed, decay_function="linear_decay_to_zero")
    som.train(known, ITERATIONS, random_order=True)
    return Map(
        pd.Series([som.winner(well)[0] for well in wells], series.columns),
        som.get_weights()[:, 0, :],
        float(som.quantization_error(known)) / np.sqrt(len(series)),
        float(som.topographic_error(known)),
    )


def cluster_wells(prepared: Prepared, nodes: int = 3, seed: int = 0) -> pd.Series:
    """Cluster the wells of a basin by a map of their training period; see :func:`fit_map`.

    Parameters
    ----------
    prepared : Prepared
    nodes : int
        Of the map; fewer clusters come out where a node wins no well.
    seed : int

    Returns
    -------
    Series (well,)
        Cluster of each well, counted from 1; see :func:`number_clusters`.
    """
    found = fit_map(training_series(prepared), nodes, seed)
    return number_clusters(found.node, prepared).reindex(prepared.heads.columns)


def write_clusters(prepared: Prepared, nodes: int, folder: Path) -> None:
    """Write ``clusters.csv``: the cluster of each well."""
    write_text(folder / "clusters.csv", cluster_wells(prepared, nodes).to_csv())


def read_clusters(folder: Path) -> pd.Series:
    """Read what :func:`write_clusters` wrote."""
    kept = {"dtype": {"well_id": str}, "keep_default_na": False, "index_col": "well_id"}
    return pd.read_csv(folder / "clusters.csv", **kept)["cluster"]


def number_clusters(node: pd.Series, prepared: Prepared) -> pd.Series:
    """Number occupied nodes from 1 by median distance to the river, else by size.

    In the paper's basin, three clusters take the paper's numbers: 2 is the nearest, then 1, then 3.

    Parameters
    ----------
    node : Series (well,)
        Whose numbers are arbitrary.
    prepared : Prepared

    Returns
    -------
    Series (well,)
        Cluster of each well.
    """
    wells = prepared.basin.wells.reindex(node.index)
    near = wells.get("distance_to_river", pd.Series(0.0, node.index)).groupby(node).median()
    members = node.groupby(node)
    order = sorted(
        members.groups, key=lambda n: (near[n], -members.size()[n], members.groups[n].min())
    )
    ranks = {place: rank for rank, place in enumerate(order, start=1)}
    companion = prepared.basin.settings.companion == "jing2025"
    if companion and "distance_to_river" in wells and len(ranks) == 3:
        ranks = {place: PAPER_ORDER[rank] for place, rank in ranks.items()}
    return node.map(ranks).rename("cluster")


def permutation_entropy(series: ArrayLike, order: int = 3) -> float:
    """Permutation entropy of a series in bits; at most log₂ of the factorial of its order.

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
