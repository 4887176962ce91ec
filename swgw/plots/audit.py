"""Figures of the audit: what published numbers imply, with what rounding allows."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style


def _rows(axes: Axes, labels: list[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(False, axis="y")


def plot_variances(table: pd.DataFrame, common: tuple[float, float]) -> Figure:
    """Implied variances of the rows of Table 3 as intervals, and the range that most share.

    Parameters
    ----------
    table : DataFrame
        Columns model, value, low, high [(m³/s)²], agrees.
    common : tuple of float
        Ends of the shared range.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 2.7))
    axes.axvspan(*common, color=style.BLUE, alpha=0.25, lw=0, label="shared by most rows")
    for y, row in enumerate(table.itertuples()):
        colour, marker = (style.BLUE, "o") if row.agrees else (style.RED, "v")
        axes.plot([row.low, row.high], [y, y], color=colour, lw=3, solid_capstyle="butt")
        axes.plot(row.value, y, marker, color=colour, ms=7)
    for colour, marker, label in ((style.BLUE, "o", "agree"), (style.RED, "v", "do not")):
        axes.plot([], [], f"{marker}-", color=colour, lw=3, label=label)
    _rows(axes, list(table["model"]))
    axes.set_xlabel("Variance of the observations that NSE and RMSE imply [(m³/s)²]")
    figure.legend(ncol=3, loc="outside upper right")
    return figure


def plot_changes(table: pd.DataFrame, stated: tuple[float, float]) -> Figure:
    """Relative changes of NSE and R² beside the range that the conclusions state.

    Parameters
    ----------
    table : DataFrame
        Columns architecture, score, change, low, high (shares).
    stated : tuple of float
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 2.7))
    axes.axvspan(*(100 * edge for edge in stated), color=style.LIGHT, lw=0, label="as stated")
    for y, row in enumerate(table.itertuples()):
        inside = row.low <= stated[1] and row.high >= stated[0]
        colour, marker = (style.BLUE, "o") if inside else (style.RED, "v")
        axes.plot([100 * row.low, 100 * row.high], [y, y], color=colour, lw=3)
        axes.plot(100 * row.change, y, marker, color=colour, ms=7)
    for colour, marker, label in ((style.BLUE, "o", "can be"), (style.RED, "v", "cannot be")):
        axes.plot([], [], f"{marker}-", color=colour, lw=3, label=label)
    axes.axvline(0, color=style.DARK, lw=0.9)
    names = {"nse": "NSE", "r2": "R²"}
    _rows(axes, [f"{row.architecture}, {names[row.score]}" for row in table.itertuples()])
    axes.set_xlabel("Change from single-task to multi-task [%]")
    figure.legend(ncol=3, loc="outside upper right")
    return figure


def plot_correlations(table: pd.DataFrame) -> Figure:
    """Published correlations with their 90 % intervals.

    Parameters
    ----------
    table : DataFrame
        Columns label, r, low, high, p.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 1.7))
    for y, row in enumerate(table.itertuples()):
        colour = style.BLUE if row.low * row.high > 0 else style.GREY
        axes.plot([row.low, row.high], [y, y], color=colour, lw=3)
        axes.plot(row.r, y, "o" if row.low * row.high > 0 else "D", color=colour, ms=7)
        axes.text(row.high + 0.03, y, f"p = {row.p:.3f}", va="center", fontsize=8.5)
    axes.axvline(0, color=style.DARK, lw=0.9)
    _rows(axes, list(table["label"]))
    axes.set_xlim(-1, 1)
    axes.set_xlabel("Pearson's r with 90 % interval [–]")
    return figure
