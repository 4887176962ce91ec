"""What was observed, when, and how a year goes in the basin (section 2.2)."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from swgw.figures.style import BLUE, DARK, LIGHT, ORANGE, SKY, literal

SHADES = {"train": "#FFFFFF", "validation": "#F6E7C1", "test": "#DCE9F5"}
"""Background of a period."""


def plot_series(
    series: dict[str, pd.Series], periods: dict[str, tuple], colours: dict[str, str]
) -> Figure:
    """Draw series under one another on one time axis, with the periods shaded.

    Parameters
    ----------
    series : dict of str to Series (time,)
        By the label of the axis, which holds the unit; NaN is a gap.
    periods : dict of str to (start, end)
        ``train``, ``validation`` and ``test``.
    colours : dict of str to str
        Colours of some of the series.
    """
    figure, panels = plt.subplots(
        len(series), figsize=(7, 0.5 + 1.15 * len(series)), sharex=True, squeeze=False
    )
    for axes, (label, values) in zip(panels[:, 0], series.items(), strict=True):
        axes.plot(values.index, values, color=colours.get(label, DARK), linewidth=0.8)
        axes.set_ylabel(label, rotation=0, ha="right", va="center")
        axes.margins(x=0)
        _shade(axes, periods)
    for name, (start, end) in periods.items():
        panels[0, 0].annotate(
            name,
            (start + (end - start) / 2, 1.02),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            color="#555555",
            fontsize=8.5,
        )
    panels[-1, 0].set_xlabel("Year")
    figure.align_ylabels(panels[:, 0])
    return figure


def _shade(axes: Axes, periods: dict[str, tuple]) -> None:
    for name, (start, end) in periods.items():
        axes.axvspan(start, end, color=SHADES[name], zorder=0, linewidth=0)
        axes.axvline(start, color="#BBBBBB", linewidth=0.6)


def plot_observed(observed: pd.DataFrame, periods: dict[str, tuple], split: int) -> Figure:
    """Draw when each series was observed, with the share of its steps beside it.

    Parameters
    ----------
    observed : bool DataFrame (time, series)
        In the order of the rows, top to bottom.
    periods : dict of str to (start, end)
    split : int
        A line is drawn below this many series (between gauges and wells).
    """
    n = observed.shape[1]
    figure, (axes, bars) = plt.subplots(
        1, 2, figsize=(7, min(1.2 + 0.16 * n, 8.5)), sharey=True, width_ratios=(5, 1)
    )
    edges = observed.index.append(
        pd.DatetimeIndex([observed.index[-1] + (observed.index[-1] - observed.index[-2])])
    )
    axes.pcolormesh(
        edges,
        np.arange(n + 1) - 0.5,
        observed.to_numpy().T,
        cmap=ListedColormap([LIGHT, BLUE]),
        vmin=0,
        vmax=1,
        rasterized=True,
    )
    for start, _ in list(periods.values())[1:]:
        axes.axvline(start, color=DARK, linewidth=1, linestyle="--")
    bars.barh(range(n), 100 * observed.mean(), color=BLUE, height=0.8)
    axes.set(ylim=(n - 0.5, -0.5), xlabel="Year")
    bars.set(xlim=(0, 100), xlabel="Observed [%]")
    step = max(1, n // 40)
    axes.set_yticks(range(0, n, step), [literal(name, 24) for name in observed.columns[::step]])
    axes.tick_params(axis="y", labelsize=7.5)
    for panel in (axes, bars):
        panel.grid(visible=False)
        if 0 < split < n:
            panel.axhline(split - 0.5, color="white", linewidth=3)
    return figure


def plot_year(months: pd.DataFrame, labels: dict[str, str]) -> Figure:
    """Draw the mean year of each variable, month by month.

    Parameters
    ----------
    months : DataFrame (month, variable)
        Means of the calendar months 1–12.
    labels : dict of str to str
        Axis label, with unit, of each variable.
    """
    n = months.shape[1]
    rows = -(-n // 2)
    figure, panels = plt.subplots(rows, 2, figsize=(7, 2.2 * rows), squeeze=False)
    for axes, name in zip(panels.flat, months.columns, strict=False):
        if name == "precipitation":
            axes.bar(months.index, months[name], color=SKY)
        else:
            axes.plot(months.index, months[name], color=ORANGE if name == "temperature" else BLUE,
                      marker="o", markersize=3.5)  # fmt: skip
        axes.set(title=labels[name])
        axes.set_xticks(range(1, 13), list("JFMAMJJASOND"))
        axes.set_xlabel("Month")
    for axes in panels.flat[n:]:
        axes.set_axis_off()
    return figure
