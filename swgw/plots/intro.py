"""The scores of all models at a glance."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures.axes import widen_towards_one
from swgw.figures.style import GREY, MODEL_COLOURS, MODEL_MARKERS, WIDTH

LOWEST = -0.5
"""NSE below this is drawn at the edge, as an arrow: how bad it is no longer matters."""


def plot_headline(panels: dict[str, pd.DataFrame]) -> Figure:
    """Draw the NSE of every model as dots, one panel a task, one dot a seed.

    Parameters
    ----------
    panels : dict of DataFrame (run, column)
        By title; columns ``model``, ``nse`` and ``reference`` (bool), in drawing order.
    """
    rows = max(frame["model"].nunique() for frame in panels.values())
    figure, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 0.9 + 0.24 * rows), squeeze=False)
    names = [list(dict.fromkeys(frame["model"])) for frame in panels.values()]
    for ax, (title, frame), models in zip(axes[0], panels.items(), names, strict=True):
        _draw(ax, frame, models)
        ax.set(title=title, xlabel="NSE (log scale of 1 − NSE)")
        ax.tick_params(labelleft=ax is axes[0, 0] or models != names[0])
    return figure


def _draw(ax, frame: pd.DataFrame, names: list[str]) -> None:
    best = frame.loc[frame["reference"], "nse"].max()
    if np.isfinite(best):
        ax.axvline(1 - max(best, LOWEST), color=GREY, linestyle="--", linewidth=1)
    for place, name in enumerate(names):
        missed = 1 - frame.loc[frame["model"] == name, "nse"].to_numpy()
        below = missed > 1 - LOWEST
        marker, colour = MODEL_MARKERS[name], MODEL_COLOURS[name]
        ax.plot(missed[~below], np.full((~below).sum(), place), marker, color=colour)
        edge = np.full(below.sum(), 1 - LOWEST)
        ax.plot(edge, np.full(below.sum(), place), "<", color=colour)
    ax.set_yticks(range(len(names)), names)
    widen_towards_one(ax, "x")
    ax.invert_yaxis()
