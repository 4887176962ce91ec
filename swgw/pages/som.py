"""Section 2.5: the self-organising map of the wells."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import count, escape, listing, number, percent, table
from swgw.inputs.wells import ITERATIONS, fit_som, som_stability
from swgw.pages import needs
from swgw.plots import som as plots
from swgw.scores.paper import DISTANCE_ORDER

SIZES = range(2, 7)
"""Numbers of nodes that are compared."""

LISTED = 12
"""Wells of a cluster that the table names."""

ENOUGH = 0.7
"""Share of the training years that a well should have been observed for its cluster to be its."""

HALF = 0.5
"""Share of a year's steps that a well's yearly mean needs."""


def _observed(study) -> pd.DataFrame:
    """Mark the steps of the training years in which a well has a reading (time, well)."""
    series = study.som.series
    return study.prepared.heads.reindex(index=series.index, columns=series.columns).notna()


@needs("wells:3", "som")
def figure_clusters(study) -> Figure:
    """Draw the series of each cluster with its node, where there are readings."""
    som, observed = study.som, _observed(study)
    some = observed.T.groupby(som.clusters).any().T.reindex(columns=som.nodes.columns)
    series, nodes = som.series.where(observed), som.nodes.where(some)
    return plots.plot_clusters(series, nodes, som.clusters)


@needs("wells:3", "som")
def words_filled(study) -> Markdown:
    """Say how much of each well's training years was filled in for the map, the most first."""
    lacking = 1 - _observed(study).mean().sort_values(kind="stable")
    filled = lacking[lacking > 0]
    if filled.empty:
        return Markdown("Every well has a reading in every step of the training years.")
    shares = [f"{escape(well)} {percent(share)}" for well, share in filled[:LISTED].items()]
    rest = len(filled) - len(shares)
    most = f"the {LISTED} with the most are " if rest else ""
    text = (
        f"In {count(len(filled), 'well')} of {len(lacking)} some steps of the training years have "
        f"no reading and were filled in for the map: {most}{listing(shares)} of the steps. None of "
        "these steps is drawn here, and a yearly mean counts only wells with readings in half of "
        "that year or more."
    )
    poor = [escape(well) for well in lacking.index[lacking > 1 - ENOUGH]]
    if poor:
        names = listing(poor[:LISTED]) + f" and {len(poor) - LISTED} more" * (len(poor) > LISTED)
        text += (
            f"\n\n**Observed in less than {percent(ENOUGH)} of the training years: {names}.** The "
            "map saw filled values there, so such a well may owe its cluster to when it was "
            "observed and not to how its water moves."
        )
    return Markdown(text)


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
    """Draw season and trend of each cluster, from readings alone."""
    observed, clusters = _observed(study), study.clusters
    series = study.som.series.where(observed)
    months, years = series.index.month, series.index.year
    yearly = series.groupby(years).mean().where(observed.groupby(years).mean() >= HALF)
    by_month, by_year = (
        table.T.groupby(clusters).mean().T for table in (series.groupby(months).mean(), yearly)
    )
    return plots.plot_seasons(by_month, by_year)


@needs("wells:3", "som")
def words_numbering(study) -> Markdown:
    """Say what the clusters' numbers follow."""
    if "distance_to_river" not in study.basin.wells:
        return Markdown(
            "This basin names no course of a river, so the numbers follow the groups' sizes, the "
            "largest first, and say nothing about a river."
        )
    paper = "; beside the paper the paper's own numbers are used in that order"
    return Markdown(
        "They follow the groups' median distance to the river, from the nearest"
        f"{paper * study.basin.settings.companion_is_paper}. *That* the groups line up by distance "
        "is therefore no finding. How much of the distance they explain is one."
    )


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
