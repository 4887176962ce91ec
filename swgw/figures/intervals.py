"""Numbers with their intervals, one row each."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from swgw.figures.style import BLUE, DARK, GREY, MODEL_COLOURS, RED, literal


def plot_intervals(
    table: pd.DataFrame, label: str, paper: pd.Series | None = None, ax: Axes | None = None
) -> Axes:
    """Draw values with their 90 % intervals, the first row on top.

    Parameters
    ----------
    table : DataFrame (row; value, low, high)
        As :func:`swgw.intervals` and :func:`swgw.differences` give them. Models keep their
        colours; other rows are blue above zero, red below it, and grey where the interval
        includes zero. A row without an interval is a hollow marker.
    label : str
        Of the horizontal axis, with its unit.
    paper : Series (row,), optional
        Printed values, drawn as stars.
    ax : Axes, optional
        A new one by default.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots(figsize=(7, 0.32 * len(table) + 0.9))[1]
    for y, (name, row) in enumerate(table.iterrows()):
        certain = np.isfinite(row["low"])
        colour = MODEL_COLOURS.get(name, _side(row))
        if certain:
            ax.plot([row["low"], row["high"]], [y, y], color=colour, lw=2, solid_capstyle="butt")
        ax.plot(row["value"], y, "o", color=colour, mfc=colour if certain else "white")
        if paper is not None and name in paper:
            ax.plot(paper[name], y, "*", ms=11, mfc="white", mec=DARK, zorder=3)
    ax.set_yticks(range(len(table)), [literal(name) for name in table.index])
    ax.set_ylim(len(table) - 0.4, -0.6)
    low, high = ax.get_xlim()
    if low <= 0 <= high:
        ax.axvline(0, color=GREY, lw=0.8)
    ax.set_xlabel(label)
    ax.grid(False, axis="y")
    return ax


def _side(row: pd.Series) -> str:
    return BLUE if row["low"] > 0 else RED if row["high"] < 0 else GREY
