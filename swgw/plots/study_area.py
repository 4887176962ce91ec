"""Figure 1: where the wells stand along the river."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures.maps import names_of, plot_map
from swgw.figures.style import cluster_colour, cluster_marker

__all__ = ["names_of", "plot_levels", "plot_map"]


def plot_levels(
    distance: pd.Series, level: pd.Series, clusters: pd.Series, label: str, downward: bool
) -> Figure:
    """Draw a level of each well against its distance to the river.

    Parameters
    ----------
    distance : Series (well,)
        To the river [km].
    level : Series (well,)
        What ``label`` says, with its unit.
    clusters : Series (well,)
    label : str
        Of the vertical axis.
    downward : bool
        Whether the axis points down, as for a depth.
    """
    figure, axes = plt.subplots(figsize=(7, 3.2))
    for cluster in sorted(clusters.unique()):
        members = clusters.index[clusters == cluster]
        axes.scatter(
            distance[members],
            level[members],
            color=cluster_colour(cluster),
            marker=cluster_marker(cluster),
            s=40,
            edgecolor="white",
            label=f"cluster {cluster}",
        )
    axes.set(xlabel="Distance to the river [km]", ylabel=label)
    if downward:
        axes.invert_yaxis()
    figure.legend(loc="outside upper right", ncols=len(clusters.unique()))
    return figure
