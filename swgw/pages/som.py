"""Section 2.5: the self-organising map of the wells."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.pages import needs
from swgw.plots import som as plots
from swgw.published import DISTANCE_ORDER
from swgw.wells import ITERATIONS, fit_som, som_stability
from swgw.words import count, escape, listing, number, percent, table

SIZES = range(2, 7)
"""Numbers of nodes that are compared."""

LISTED = 12
"""Wells of a cluster that the table names."""


@needs("wells:3", "som")
def figure_clusters(study) -> Figure:
    """Draw the series of each cluster with its node."""
    som = study.som
    return plots.plot_clusters(som.series, som.nodes, som.clusters)


@needs("wells:3", "som")
def table_clusters(study) -> Markdown:
    """List the wells of each cluster."""
    rows = []
    distance = study.basin.wells.get("distance_to_river")
    for cluster, wells in study.clusters.groupby(study.clusters):
        row = {"cluster": cluster, "wells": len(wells)}
        if distance is not None:
            row["median distance to the river [km]"] = number(distance[wells.index].median(), 1)
        row["which"] = ", ".join(escape(well) for well in wells.index[:LISTED])
        if len(wells) > LISTED:
            row["which"] += f" and {len(wells) - LISTED} more"
        rows.append(row)
    return table(pd.DataFrame(rows))


@needs("wells:3", "som")
def words_errors(study) -> Markdown:
    """State the map's two errors and which wells could not train it."""
    som = study.som
    unseen = (
        f" {count(len(som.unseen), 'well')} without a varying record in the training years "
        f"({listing(map(escape, som.unseen))}) did not train the map." * bool(som.unseen)
    )
    return Markdown(
        f"After {ITERATIONS:,} updates the quantisation error is "
        f"{number(som.quantisation_error, 1)}, that is {number(som.error_per_step)} standard "
        f"deviations a step (1 would mean that a node tells nothing). The topographic error is "
        f"{percent(som.topographic_error)}: the share of wells whose second-best node is not the "
        f"neighbour of the best.{unseen}"
    )


@needs("wells:3", "som")
def figure_sizes(study) -> Figure:
    """Draw the errors of maps with two to six nodes."""
    usable = study.prepared.heads.shape[1] - len(study.som.unseen)
    rows = {}
    for nodes in SIZES:
        if nodes <= usable:
            som = fit_som(study.prepared, nodes)
            rows[nodes] = {
                "quantisation": som.error_per_step,
                "topographic": som.topographic_error,
            }
    return plots.plot_sizes(pd.DataFrame(rows).T, study.som.nodes.shape[1])


@needs("wells:3", "som")
def words_stability(study, seeds: int = 5) -> Markdown:
    """Say how alike the clusters of several seeds are."""
    table = som_stability(study.prepared, study.som.nodes.shape[1], seeds).to_numpy()
    pairs = table[np.triu_indices_from(table, 1)]
    verdict = (
        "every seed gives the same groups"
        if pairs.min() > 1 - 1e-9
        else "the groups hold over seeds, with single wells changing"
        if pairs.mean() >= 0.8
        else "the groups depend on the seed, so no single one should be read closely"
    )
    return Markdown(
        f"Over {count(seeds, 'seed')} the adjusted Rand index of two maps is "
        f"{number(pairs.mean())} on average and {number(pairs.min())} at least: {verdict}."
    )


@needs("wells:3", "som")
def figure_seasons(study) -> Figure:
    """Draw season and trend of each cluster."""
    series, clusters = study.som.series, study.clusters
    means = pd.DataFrame({c: series[w.index].mean(axis=1) for c, w in clusters.groupby(clusters)})
    by_month, by_year = means.groupby(means.index.month), means.groupby(means.index.year)
    return plots.plot_seasons(by_month.mean(), by_year.mean())


@needs("wells:3", "som", "river")
def figure_distances(study) -> Figure:
    """Draw the distance of each cluster's wells to the river."""
    return plots.plot_distances(study.basin.wells["distance_to_river"], study.clusters)


@needs("wells:3", "som", "river")
def words_distances(study) -> Markdown:
    """Say whether the clusters differ in their distance to the river."""
    distance, clusters = study.basin.wells["distance_to_river"], study.clusters
    medians = distance.groupby(clusters).median().sort_values(ascending=False)
    order = listing(f"cluster {c} ({number(km, 1)} km)" for c, km in medians.items())
    share = _explained(distance, clusters)
    text = (
        f"From the farthest to the nearest, by median distance: {order}. Clusters explain "
        f"{percent(share)} of the variance of the distance over the wells."
    )
    if study.basin.settings.companion_is_paper:
        paper = listing(str(c) for c in DISTANCE_ORDER)
        text += (
            f" The paper's order is {paper}; ours agrees by construction, since numbers are given "
            "by distance, and only the share just named says whether distance matters."
        )
    return Markdown(text)


def _explained(values: pd.Series, groups: pd.Series) -> float:
    """Share of the variance that lies between groups (0–1)."""
    fitted = values.groupby(groups).transform("mean")
    spread = ((values - values.mean()) ** 2).sum()
    return float(((fitted - values.mean()) ** 2).sum() / spread) if spread > 0 else float("nan")
