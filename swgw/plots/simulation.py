"""Figures of the page on simulation: years of heads with bands, and scores of wells."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.series import LOWEST_SCORE, cut_scores, set_time_axis
from swgw.figures.style import literal
from swgw.scores.conformal import LEVELS

SHOWN = {"response": "Pastas", "climatology": "climatology"}
LINES = {"response": (0, (4, 1, 1, 1)), "climatology": (0, (4, 2))}
COLOURS = {"response": style.MODEL_COLOURS["Pastas"], "climatology": style.RED}
"""Of the lines beside the bands; the season's must be seen through them."""


def plot_years(panels: dict[str, tuple]) -> Figure:
    """Simulated years with bands of 80 % and 95 %, the references and what was observed.

    Parameters
    ----------
    panels : dict of str to (Dataset, array)
        Title to simulation (seed, time), observed, climatology and perhaps response (time) [m], and
        quantiles (time, level) at :data:`swgw.scores.conformal.LEVELS` [m].
    """
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(style.WIDTH, 0.7 + 2.1 * len(panels)), sharex=True, squeeze=False
    )
    for axis, (title, (data, quantiles)) in zip(axes[:, 0], panels.items(), strict=True):
        _draw_years(axis, data, quantiles)
        axis.set_title(literal(title, 80))
        axis.set_ylabel("Head [m]")
    set_time_axis(axes[-1, 0])
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=3, loc="outside upper right")
    return figure


def _draw_years(axis: Axes, data, quantiles: np.ndarray) -> None:
    time = pd.DatetimeIndex(data["time"].to_numpy())
    for name, low, alpha in (("95 %", 0.025, 0.2), ("80 %", 0.1, 0.3)):
        ends = (quantiles[:, LEVELS.index(level)] for level in (low, 1 - low))
        axis.fill_between(time, *ends, color=style.BLUE, alpha=alpha, lw=0, label=f"{name} band")
    for name, label in SHOWN.items():
        if name in data:
            colour = COLOURS[name]
            axis.plot(time, data[name], color=colour, lw=1.5, ls=LINES[name], label=label)
    axis.plot(time, data["simulation"].mean("seed"), color=style.BLUE, lw=1.4, label="network")
    axis.plot(time, data["observed"], ".", color=style.DARK, ms=2.2, label="observed")


def plot_scores(table: pd.DataFrame) -> Figure:
    """NSE of the simulation at each well beside Pastas and climatology.

    Parameters
    ----------
    table : DataFrame
        name, value, low, high, response and climatology.
    """
    width = min(style.WIDTH, 4.4 + 0.35 * len(table))  # the legend needs 4 inches
    figure, axis = plt.subplots(figsize=(width, 3.3))
    x = np.arange(len(table))
    axis.vlines(x, table["low"], table["high"], color=style.BLUE, lw=2)
    _point_below(axis, x, table["value"], style.BLUE)
    axis.plot(x, table["value"], "o", color=style.BLUE, ms=6, label="network")
    for name, label in SHOWN.items():
        if table[name].notna().any():
            marker = style.MODEL_MARKERS[label]
            axis.plot(x + 0.18, table[name], marker, color=COLOURS[name], ms=7, label=label)
            _point_below(axis, x + 0.18, table[name], COLOURS[name])
    axis.set_xticks(x, [literal(name, 16) for name in table["name"]], rotation=40, ha="right")
    axis.set_xlim(-0.6, len(table) - 0.3)
    cut_scores(axis, "NSE of the test years")
    figure.legend(ncol=3, loc="outside upper right")
    return figure


def _point_below(axis: Axes, x: np.ndarray, values: pd.Series, colour: str) -> None:
    """Put an arrow at the lower edge where a score lies below it."""
    below = values.to_numpy() < LOWEST_SCORE
    edge = np.full(below.sum(), LOWEST_SCORE)
    axis.plot(x[below], edge, "v", color=colour, ms=8, mfc="none", label=None)
