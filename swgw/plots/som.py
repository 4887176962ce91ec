"""Figures of the self-organising map (section 2.5)."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures.style import BLUE, DARK, GREY, cluster_colour, cluster_marker


def plot_clusters(series: pd.DataFrame, nodes: pd.DataFrame, clusters: pd.Series) -> Figure:
    """Draw the series of each cluster's wells with the map's node on top, outliers cut off.

    Parameters
    ----------
    series : DataFrame (time, well)
        Standardised heads of the training years; NaN where there is no reading, which leaves a
        gap in the line, and a dot between two gaps.
    nodes : DataFrame (time, cluster)
        NaN where none of the cluster's wells has a reading.
    clusters : Series (well,)
    """
    figure, panels = plt.subplots(
        nodes.shape[1], 1, figsize=(7, 0.6 + 1.6 * nodes.shape[1]), sharex=True, sharey=True,
        squeeze=False,
    )  # fmt: skip
    lonely = series.where(series.shift().isna() & series.shift(-1).isna())
    for axes, cluster in zip(panels[:, 0], nodes, strict=True):
        members = clusters.index[clusters == cluster]
        axes.plot(series.index, series[members], color=GREY, alpha=0.35, linewidth=0.6)
        axes.plot(series.index, lonely[members], ".", color=GREY, alpha=0.35, markersize=1.5)
        axes.plot(nodes.index, nodes[cluster], color=cluster_colour(cluster), linewidth=1.8)
        plural = "s" if len(members) != 1 else ""
        axes.set_title(f"cluster {cluster}: {len(members)} well{plural}")
        axes.set_xlim(series.index[0], series.index[-1])
    lowest, highest = np.nanquantile(series, [0.002, 0.998])
    panels[0, 0].set_ylim(
        min(1.1 * lowest, nodes.min().min()), max(1.1 * highest, nodes.max().max())
    )
    figure.supylabel("Standardised head [standard deviations]", fontsize=9.5)
    panels[-1, 0].set_xlabel("Date (training years)")
    return figure


def plot_seasons(seasons: pd.DataFrame, trend: pd.DataFrame) -> Figure:
    """Draw the mean year and the yearly means of each cluster.

    Parameters
    ----------
    seasons : DataFrame (month, cluster)
        Mean of the wells' standardised heads by calendar month.
    trend : DataFrame (year, cluster)
        The same by year; NaN where too little was observed.
    """
    figure, panels = plt.subplots(1, 2, figsize=(7, 2.9), sharey=True)
    for axes, table in zip(panels, (seasons, trend), strict=True):
        for cluster in table:
            axes.plot(
                table.index,
                table[cluster],
                color=cluster_colour(cluster),
                marker=cluster_marker(cluster),
                markersize=4.5,
                label=f"cluster {cluster}",
            )
    years = trend.index
    panels[1].set_xlim(years[0] - 0.5, years[-1] + 0.5)
    panels[0].set(xlabel="Month", ylabel="Standardised head [sd]", title="(a) mean year")
    panels[0].set_xticks(range(1, 13), list("JFMAMJJASOND"))
    panels[1].set(xlabel="Year", title="(b) yearly mean")
    panels[1].xaxis.get_major_locator().set_params(integer=True)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure


def plot_sizes(errors: pd.DataFrame, chosen: int) -> Figure:
    """Draw both errors of maps of several sizes.

    Parameters
    ----------
    errors : DataFrame (nodes, error)
        ``quantisation`` [sd a step] and ``topographic`` [share of wells].
    chosen : int
        The number of nodes in use.
    """
    figure, panels = plt.subplots(1, 2, figsize=(7, 2.6))
    labels = {
        "quantisation": "Quantisation error [sd per step]",
        "topographic": "Topographic error [share]",
    }
    for axes, (name, label) in zip(panels, labels.items(), strict=True):
        axes.plot(errors.index, errors[name], color=BLUE, marker="o")
        axes.axvline(chosen, color=DARK, linestyle="--", linewidth=0.9)
        axes.set(xlabel="Nodes of the map", ylabel=label)
        axes.set_xticks(errors.index)
        axes.set_ylim(0, max(1.08 * errors[name].max(), 0.1))
    panels[0].annotate(
        "used here", (chosen, 0.04), xycoords=("data", "axes fraction"), xytext=(4, 0),
        textcoords="offset points", fontsize=8.5,
    )  # fmt: skip
    return figure


def plot_distances(distance: pd.Series, clusters: pd.Series) -> Figure:
    """Draw the distance to the river of each cluster's wells, with the median.

    Parameters
    ----------
    distance : Series (well,)
        [km].
    clusters : Series (well,)
    """
    labels = sorted(clusters.unique())
    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.55 * len(labels)))
    for row, cluster in enumerate(labels):
        values = distance[clusters.index[clusters == cluster]]
        axes.plot(
            values,
            [row] * len(values),
            cluster_marker(cluster),
            color=cluster_colour(cluster),
            alpha=0.75,
            markersize=7,
        )
        axes.plot([values.median()] * 2, [row - 0.32, row + 0.32], color=DARK, linewidth=1.8)
    axes.set_yticks(range(len(labels)), [f"cluster {cluster}" for cluster in labels])
    axes.set(xlabel="Distance to the river [km]", ylim=(len(labels) - 0.5, -0.5))
    axes.grid(visible=False, axis="y")
    return figure
