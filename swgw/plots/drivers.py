"""Figures of section 4.2: correlations of drivers and heads, importances, and the truth."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.style import literal
from swgw.plots.groundwater import draw_box

MAP = "RdBu"
"""Red for negative, blue for positive correlations; safe for the common colour blindnesses."""

DRIVER_COLOURS = {
    "river": style.BLUE,
    "irrigation": style.GREEN,
    "pumping": style.RED,
    "evapotranspiration": style.ORANGE,
    "interaction": style.LIGHT,
}
DRIVER_HATCHES = {"irrigation": "//", "pumping": "xx", "evapotranspiration": ".."}


SMALLEST = 0.001
"""Effects below a millimetre are drawn at a millimetre."""


def plot_matrix(matrix: pd.DataFrame, annotated: Sequence[str]) -> Figure:
    """Fig. 11: correlation matrix, its lower triangle, numbers in the rows that matter.

    Parameters
    ----------
    matrix : DataFrame (variable, variable)
    annotated : sequence of str
        Rows that get their numbers.
    """
    size = len(matrix)
    figure, axes = plt.subplots(figsize=(style.WIDTH, max(3.0, 0.36 * size + 1.0)))
    upper = np.triu(np.ones(matrix.shape, bool), k=1)
    sns.heatmap(
        matrix, mask=upper, cmap=MAP, vmin=-1, vmax=1, linewidths=0.5, square=False, ax=axes,
        cbar_kws={"label": "Pearson correlation", "shrink": 0.7},
    )  # fmt: skip
    for name in annotated:
        row = list(matrix.index).index(name)
        for column in range(row):
            _write(axes, column, row, matrix.iloc[row, column], size)
    axes.grid(False)
    axes.tick_params(length=0)
    axes.set(xlabel="", ylabel="")
    return figure


def _write(axes: Axes, column: int, row: int, value: float, size: int) -> None:
    if np.isfinite(value):
        text = f"{value:.2f}".replace("-", "−").replace("0.", ".")
        axes.text(
            column + 0.5, row + 0.5, text, ha="center", va="center",
            fontsize=7 if size > 12 else 8.5, color="white" if abs(value) > 0.6 else style.DARK,
        )  # fmt: skip


def plot_autocorrelation(found: pd.DataFrame, anomalies: pd.DataFrame, label: str) -> Figure:
    """Fig. 12: autocorrelation of the monthly means, as they are and without their seasons.

    Parameters
    ----------
    found, anomalies : DataFrame (lag in months; r, low, high)
        With the band in which an uncorrelated series would lie (low, high around zero).
    label : str
        The quantity.
    """
    figure, axes = plt.subplots(2, 1, figsize=(style.WIDTH, 4.6), sharex=True, sharey=True)
    titles = (f"(a) monthly {label}", "(b) the same with each month's mean taken away")
    for axis, table, title in zip(axes, (found, anomalies), titles, strict=True):
        axis.fill_between(
            table.index, table["low"], table["high"], color=style.LIGHT, lw=0,
            label="90 % band of no correlation",
        )  # fmt: skip
        outside = (table["r"] < table["low"]) | (table["r"] > table["high"])
        for mask, colour, word in (
            (outside, style.BLUE, "outside"),
            (~outside, style.GREY, "inside"),
        ):
            axis.vlines(table.index[mask], 0, table["r"][mask], color=colour, lw=2)
            axis.plot(table.index[mask], table["r"][mask], "o", color=colour, ms=5, label=word)
        axis.axhline(0, color=style.DARK, lw=0.8)
        axis.set(title=title, ylabel="Autocorrelation", ylim=(-1, 1))
    axes[1].set_xlabel("Lag [months]")
    axes[1].set_xticks(range(1, len(found) + 1, 1 if len(found) <= 12 else 2))
    figure.legend(*axes[0].get_legend_handles_labels(), ncol=3, loc="outside upper right")
    return figure


def plot_lag_heatmap(table: pd.DataFrame, clusters: pd.Series, label: str) -> Figure:
    """Fig. 13: correlation of each well's head with earlier surface water.

    Parameters
    ----------
    table : DataFrame (well, lag in months)
        In the order in which the rows shall stand.
    clusters : Series (well,)
        Empty where the wells have none; drawn as a strip at the left.
    label : str
        The surface water's quantity.
    """
    height = float(np.clip(0.2 * len(table) + 1.2, 2.2, 8.5))
    figure, axes = plt.subplots(figsize=(style.WIDTH, height))
    names = len(table) <= 40
    sns.heatmap(
        table.set_axis([literal(well, 22) for well in table.index]), cmap=MAP, vmin=-1, vmax=1,
        ax=axes, linewidths=0.4 if names else 0, yticklabels=names,
        cbar_kws={"label": "Pearson correlation"},
    )  # fmt: skip
    axes.set(xlabel=f"Lag of the {label} [months]", ylabel="" if names else "Wells")
    axes.yaxis.labelpad = 12
    axes.tick_params(length=0)
    axes.tick_params(axis="y", labelsize=7.5, pad=9 if len(clusters) else 3, rotation=0)
    if len(clusters):
        _draw_strip(figure, axes, clusters.reindex(table.index))
    return figure


def _draw_strip(figure: Figure, axes: Axes, clusters: pd.Series) -> None:
    """Clusters as a coloured strip beside the rows, each named once in a legend."""
    strip = axes.inset_axes((-0.016, 0, 0.012, 1))
    colours = [[to_rgba(style.cluster_colour(c))] for c in clusters.fillna(0).astype(int)]
    strip.imshow(colours, aspect="auto", interpolation="nearest")
    strip.set_axis_off()
    for cluster in sorted(clusters.dropna().unique()):
        colour = style.cluster_colour(int(cluster))
        axes.plot([], [], "s", color=colour, label=f"cluster {cluster:.0f}")
    figure.legend(ncol=4, loc="outside upper right")


def plot_lag_boxes(table: pd.DataFrame, clusters: pd.Series, label: str) -> Figure:
    """Fig. 14: correlations with earlier surface water over the wells of each cluster.

    Parameters
    ----------
    table : DataFrame (well, lag in months)
    clusters : Series (well,)
        Empty where the wells have none: one panel for all.
    label : str
        The surface water's quantity.
    """
    groups = clusters.reindex(table.index).fillna(0).astype(int)
    numbers = sorted(groups.unique())
    figure, axes = plt.subplots(
        len(numbers), 1, figsize=(style.WIDTH, 1.75 * len(numbers) + 0.6),
        sharex=True, sharey=True, squeeze=False,
    )  # fmt: skip
    for axis, number in zip(axes[:, 0], numbers, strict=True):
        inside = table[groups == number]
        for place, month in enumerate(table.columns):
            draw_box(axis, place, inside[month], style.cluster_colour(number))
        axis.axhline(0, color=style.DARK, lw=0.8)
        name = f"cluster {number}" if number else "all wells"
        axis.set_title(f"{name}, n = {len(inside)}")
        axis.set(ylabel="Correlation", ylim=(-1, 1))
        axis.grid(False, axis="x")
    axes[-1, 0].set_xticks(range(table.shape[1]), table.columns)
    axes[-1, 0].set_xlabel(f"Lag of the {label} [months]")
    return figure


def plot_importances(
    panels: dict[str, pd.DataFrame],
    bands: dict[str, tuple[float, ...] | None],
    label: str = "Selection weight [%]",
) -> Figure:
    """Fig. 15: importances as bars, largest first, with one mark a seed.

    Parameters
    ----------
    panels : dict
        Title to DataFrame (variable, seed); empty frames get a sentence.
    bands : dict
        Title to the range that shuffled inputs give, and their largest; None for none.
    """
    counts = [max(1, len(frame)) for frame in panels.values()]
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(style.WIDTH, 0.24 * sum(counts) + 0.8 * len(panels)),
        height_ratios=[count + 1 for count in counts], squeeze=False,
    )  # fmt: skip
    for axis, (title, frame) in zip(axes[:, 0], panels.items(), strict=True):
        axis.set_title(title)
        if frame.empty:
            axis.set_axis_off()
            axis.text(0, 0.5, "This model has no such inputs.", transform=axis.transAxes)
            continue
        draw_bars(axis, frame.loc[frame.mean(axis=1).sort_values(ascending=False).index], label)
        if bands[title] is not None:
            draw_band(axis, bands[title])
    return figure


def draw_band(axes: Axes, band: tuple[float, ...]) -> None:
    """Shade the range of weights of networks on shuffled inputs; dashed: the largest of them."""
    axes.axvspan(*band[:2], color=style.GREY, alpha=0.25, lw=0, zorder=0)
    axes.axvline(band[2], color=style.GREY, lw=1, ls="--", zorder=0)


def draw_bars(axes: Axes, frame: pd.DataFrame, label: str, names: bool = True) -> None:
    """Horizontal bars of the mean over seeds, with a mark a seed, rows from the top down."""
    place = np.arange(len(frame))
    axes.barh(place, frame.mean(axis=1), color=style.SKY, height=0.72)
    if frame.shape[1] > 1:
        for seed in frame:
            axes.plot(frame[seed], place, "|", color=style.DARK, ms=7)
    axes.set_yticks(place, [literal(name, 34) for name in frame.index] if names else [])
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.axvline(0, color=style.DARK, lw=0.8)
    axes.set_xlabel(label)
    axes.grid(False, axis="y")


def plot_truth(shares: pd.DataFrame, within: pd.DataFrame, effects: pd.DataFrame) -> Figure:
    """What really moves each well: shares of the drivers' variance, and their size.

    Parameters
    ----------
    shares, within : DataFrame (well, driver)
        Over all time scales and within the years; rows add up to 1, in the order to draw.
    effects : DataFrame (well, driver)
        Standard deviation of each driver's effect [m], same rows.
    """
    height = float(np.clip(0.19 * len(shares) + 1.5, 2.4, 8.5))
    figure, axes = plt.subplots(
        1, 3, figsize=(style.WIDTH, height), width_ratios=[1.3, 1.3, 1], sharey=True
    )
    titles = ("(a) all time scales", "(b) within the years")
    for axis, frame, title in zip(axes, (shares, within), titles, strict=False):
        _stack(axis, frame)
        axis.set_title(title)
    place = np.arange(len(shares))
    for name in effects:
        colour = DRIVER_COLOURS.get(name, style.GREY)
        sizes = effects[name].clip(lower=SMALLEST)
        axes[2].plot(sizes, place, "o", color=colour, ms=4, mec=style.DARK, mew=0.4)
    axes[2].set_xscale("log")
    axes[2].set(xlim=(0.7 * SMALLEST, None), xlabel="Effect, sd [m]", title="(c) size of (a)")
    if len(shares) <= 40:
        axes[0].set_yticks(place, [literal(well, 22) for well in shares.index], fontsize=7.5)
    axes[0].set_ylim(len(shares) - 0.4, -0.6)
    figure.legend(*axes[0].get_legend_handles_labels(), ncol=5, loc="outside upper right",
                  columnspacing=1.0, handlelength=1.4)  # fmt: skip
    return figure


def _stack(axes: Axes, shares: pd.DataFrame) -> None:
    """Stacked bars of shares, one row a well."""
    place, start = np.arange(len(shares)), np.zeros(len(shares))
    for name in shares:
        width = 100 * shares[name].fillna(0).to_numpy()
        axes.barh(place, width, left=start, color=DRIVER_COLOURS.get(name, style.GREY),
                  hatch=DRIVER_HATCHES.get(name, ""), edgecolor="white", linewidth=0.4,
                  height=0.86, label=name)  # fmt: skip
        start += width
    axes.set(xlabel="Share of variance [%]", xlim=(0, 100))
    axes.grid(False)
