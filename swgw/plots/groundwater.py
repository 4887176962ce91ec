"""Figures of section 3.2: scores of the heads over wells, clusters, entropy and distance."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.axes import cut_scores, set_time_axis
from swgw.figures.style import literal


def draw_box(axes: Axes, place: float, values: np.ndarray, colour: str, width: float = 0.6) -> None:
    """One box over wells with its wells as dots and its mean as a diamond.

    The box spans the quartiles, the whiskers reach to the farthest well within 1.5 box heights.
    """
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if not values.size:
        return
    if values.size > 1:
        line = {"color": colour, "lw": 1.2}
        axes.boxplot(
            [values], positions=[place], widths=width, showfliers=False, manage_ticks=False,
            boxprops=line, whiskerprops=line, capprops=line,
            medianprops={"color": colour, "lw": 2.4},
        )  # fmt: skip
    jitter = place + width * 0.3 * np.sin(2.4 * np.arange(values.size))
    axes.scatter(jitter, values, s=12, color=colour, alpha=0.45, linewidths=0, zorder=2)
    axes.plot(place, values.mean(), "D", color="white", mec=colour, ms=5.5, mew=1.4, zorder=3)


def plot_models(scores: pd.DataFrame, paper: pd.DataFrame, label: str = "R²") -> Figure:
    """Fig. 6: one box a model over the wells, references at the right.

    Parameters
    ----------
    scores : DataFrame (well, model)
        Mean over seeds; trained models first.
    paper : DataFrame (model; median, mean)
        The paper's numbers; empty where the basin has none.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 4.0))
    for place, model in enumerate(scores):
        draw_box(axes, place, scores[model], style.MODEL_COLOURS[model])
        if model in paper.index:
            axes.plot(
                [place - 0.36, place + 0.36], [paper.loc[model, "median"]] * 2,
                color=style.DARK, lw=1.4, ls=":",
            )  # fmt: skip
            axes.plot(place, paper.loc[model, "mean"], "*", ms=11, mfc="white", mec=style.DARK)
    axes.set_xticks(range(scores.shape[1]), [m.replace(" ", "\n") for m in scores], rotation=35)
    cut_scores(axes, label)
    handles = [axes.plot([], [], "D", color="white", mec=style.DARK, ms=5.5, label="mean")[0]]
    handles += [axes.plot([], [], color=style.DARK, lw=2.4, label="median")[0]]
    if len(paper):
        handles += axes.plot([], [], color=style.DARK, lw=1.4, ls=":", label="median, paper")
        handles += axes.plot([], [], "*", ms=11, mfc="white", mec=style.DARK, label="mean, paper")
    figure.legend(handles=handles, ncol=4, loc="outside upper right")
    axes.grid(False, axis="x")
    return figure


@dataclass(frozen=True)
class Example:
    """A well's series for Fig. 7: its title, cluster, observations and simulations."""

    title: str
    cluster: int
    obs: pd.Series
    sims: pd.DataFrame


def plot_clusters(
    wells: pd.DataFrame, river: pd.DataFrame | None, examples: Sequence[Example]
) -> Figure:
    """Fig. 7: wells on the map by cluster and score, and the series of a few of them.

    Parameters
    ----------
    wells : DataFrame (well; longitude, latitude, cluster, r2, letter)
        letter is empty where the well is no example.
    river : DataFrame (vertex; longitude, latitude, optional part) or None
    examples : sequence of Example
        At most six.
    """
    rows = -(-len(examples) // 2)
    figure = plt.figure(figsize=(style.WIDTH, 3.9 + 1.55 * rows))
    grid = figure.add_gridspec(1 + rows, 2, height_ratios=[3.7] + [1.55] * rows)
    _draw_map(figure.add_subplot(grid[0, :]), wells, river)
    for index, example in enumerate(examples):
        axes = figure.add_subplot(grid[1 + index // 2, index % 2])
        _draw_example(axes, example, "abcdefgh"[index])
    for look in ({"marker": ".", "ls": "", "label": "observed"}, {"label": "simulated"}):
        axes.plot([], [], color=style.DARK, **look)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, ncol=2, loc="outside lower center")
    return figure


def _draw_map(axes: Axes, wells: pd.DataFrame, river: pd.DataFrame | None) -> None:
    if river is not None:
        parts = river.groupby("part") if "part" in river else [(0, river)]
        for _, part in parts:
            axes.plot(part["longitude"], part["latitude"], color=style.SKY, lw=2, zorder=1)
    for cluster, group in wells.groupby("cluster"):
        axes.scatter(
            group["longitude"], group["latitude"], s=20 + 160 * group["r2"].clip(0, 1).fillna(0),
            color=style.cluster_colour(cluster), marker=style.cluster_marker(cluster), alpha=0.75,
            edgecolors="white", linewidths=0.7, label=f"cluster {cluster}", zorder=2,
        )  # fmt: skip
    # four places around a mark in turn, since examples may be neighbours
    offsets = [(5, 5), (-18, 5), (5, -13), (-18, -13)]
    lettered = wells[wells["letter"] != ""].sort_values("letter")
    for line, offset in zip(lettered.itertuples(), 2 * offsets, strict=False):
        axes.annotate(f"({line.letter})", (line.longitude, line.latitude), offset,
                      textcoords="offset points", fontsize=8.5, fontweight="bold")  # fmt: skip
    axes.margins(0.12)
    # the box keeps its size and the limits give way, so that a narrow basin stays legible
    stretch = 1 / np.cos(np.radians(wells["latitude"].mean()))
    axes.set_aspect(stretch, adjustable="datalim")
    axes.locator_params(nbins=6)
    axes.set(xlabel="Longitude [°]", ylabel="Latitude [°]")
    axes.ticklabel_format(useOffset=False)
    size = [
        axes.scatter([], [], s=20 + 160 * r, color=style.GREY, label=f"R² = {r}") for r in (0, 1)
    ]
    handles = [h for h in axes.get_legend_handles_labels()[0] if h not in size] + size
    legend = axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.01, 0.5))
    for handle in legend.legend_handles[: -len(size)]:
        handle.set_sizes([60])


def _draw_example(axes: Axes, example: Example, letter: str) -> None:
    colour = style.cluster_colour(example.cluster)
    axes.plot(example.obs.index, example.obs, ".", ms=2.8, color=style.DARK)
    sims = example.sims
    axes.fill_between(sims.index, sims.min(axis=1), sims.max(axis=1), color=colour, alpha=0.3, lw=0)
    axes.plot(sims.index, sims.mean(axis=1), color=colour, lw=1.3)
    axes.set_title(f"({letter}) {literal(example.title, 44)}", fontsize=9)
    axes.set_ylabel("Head [m]")
    axes.ticklabel_format(axis="y", useOffset=False)
    set_time_axis(axes)


def plot_cluster_boxes(table: pd.DataFrame, paper: pd.DataFrame) -> Figure:
    """Fig. 8: R² and permutation entropy over the wells of each cluster.

    Parameters
    ----------
    table : DataFrame (well; cluster, r2, entropy, optional entropy_true)
    paper : DataFrame (cluster; r2_median, entropy_median)
        Empty where the basin has none.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(style.WIDTH, 3.5))
    clusters = sorted(table["cluster"].dropna().unique())
    for axes, name in ((left, "r2"), (right, "entropy")):
        for place, cluster in enumerate(clusters):
            inside = table[table["cluster"] == cluster]
            shift = 0.19 if name == "entropy" and "entropy_true" in table else 0.0
            width = 0.32 if shift else 0.6
            draw_box(axes, place - shift, inside[name], style.cluster_colour(cluster), width)
            if shift:
                draw_box(axes, place + shift, inside["entropy_true"], style.GREY, width)
            if cluster in paper.index:
                value = paper.loc[cluster, f"{name}_median"]
                axes.plot(place, value, "*", ms=11, mfc="white", mec=style.DARK, zorder=4)
        counts = table["cluster"].value_counts()
        axes.set_xticks(range(len(clusters)), [f"cluster {c}\nn = {counts[c]}" for c in clusters])
        axes.grid(False, axis="x")
    left.set(title="(a)")
    cut_scores(left, "R²")
    right.set(title="(b)", ylabel="Permutation entropy [bit]")
    _legend_of_boxes(figure, right, "entropy_true" in table, len(paper) > 0)
    return figure


def _legend_of_boxes(figure: Figure, axes: Axes, truth: bool, paper: bool) -> None:
    handles = [axes.plot([], [], "D", color="white", mec=style.DARK, ms=5.5, label="mean")[0]]
    if truth:
        handles += axes.plot([], [], "s", color=style.GREY, label="noise-free head")
    if paper:
        handles += axes.plot(
            [], [], "*", ms=11, ls="", mfc="white", mec=style.DARK, label="median, paper"
        )
    figure.legend(handles=handles, ncol=3, loc="outside upper right")


def plot_distances(table: pd.DataFrame, notes: dict[str, str]) -> Figure:
    """Fig. 9: permutation entropy and R² of each well against its distance to the river.

    Parameters
    ----------
    table : DataFrame (well; distance, entropy, r2, cluster, optional entropy_true)
        Distances in km; cluster NaN where there is none.
    notes : dict
        Text of each axes by column name ("entropy", "r2").
    """
    figure, axes = plt.subplots(1, 2, figsize=(style.WIDTH, 3.5))
    labels = {"entropy": "Permutation entropy [bit]", "r2": "R²"}
    for axis, (name, label), letter in zip(axes, labels.items(), "ab", strict=True):
        if name == "entropy" and "entropy_true" in table:
            axis.plot(table["distance"], table["entropy_true"], "x", color=style.GREY, ms=5,
                      label="noise-free head")  # fmt: skip
        for cluster, group in table.groupby(table["cluster"].fillna(0)):
            axis.scatter(
                group["distance"], group[name], s=34, color=style.cluster_colour(cluster),
                marker=style.cluster_marker(cluster), edgecolors="white", linewidths=0.6,
                label=f"cluster {cluster:.0f}" if cluster else "wells",
            )  # fmt: skip
        _draw_line(axis, table["distance"], table[name], 1.0 if name == "r2" else np.inf)
        axis.set(xlabel="Distance to the river [km]", ylabel=label)
        axis.set_title(f"({letter}) {notes[name]}", fontsize=8.5)
    if axes[1].get_ylim()[0] < -1.05:
        cut_scores(axes[1], "R²")
    figure.legend(*axes[0].get_legend_handles_labels(), ncol=5, loc="outside lower center")
    return figure


def _draw_line(axes: Axes, x: pd.Series, y: pd.Series, most: float = np.inf) -> None:
    """The straight line of least squares, over the range of x, as far as y can be so high."""
    known = x.notna() & y.notna()
    if known.sum() > 2 and x[known].std() > 0:
        ends = np.linspace(x[known].min(), x[known].max(), 200)
        line = np.polyval(np.polyfit(x[known], y[known], 1), ends)
        inside = line <= most
        axes.plot(ends[inside], line[inside], color=style.DARK, lw=1)
