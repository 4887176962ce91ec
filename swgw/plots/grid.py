"""Figures of the grid in section 3.3: arms at each gauge, and each step in each cell."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.style import literal

WORDS = {
    "supported": (style.BLUE, ">", style.BLUE),
    "contradicted": (style.RED, "<", style.RED),
}
"""Colour, marker and its filling by verdict; a hollow grey circle where nothing is decided."""
OPEN = (style.GREY, "o", "white")


def plot_arms(arms: pd.DataFrame, label: str) -> Figure:
    """Score of each arm of the transformer at each gauge, with its interval and its seeds.

    Parameters
    ----------
    arms : DataFrame
        Columns place (panel), model, value, low, high, seeds (list of float).
    label : str
        The score.
    """
    places = list(dict.fromkeys(arms["place"]))
    columns = min(len(places), 2)
    rows = -(-len(places) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(style.WIDTH, 2.7 * rows), sharey=True, squeeze=False
    )
    for axis in axes.flat[len(places) :]:
        axis.remove()
    for axis, place in zip(axes.flat, places, strict=False):
        inside = arms[arms["place"] == place]
        for x, line in enumerate(inside.itertuples()):
            colour, marker = style.MODEL_COLOURS[line.model], style.MODEL_MARKERS[line.model]
            axis.plot([x, x], [line.low, line.high], color=colour, lw=2)
            axis.plot(np.full(len(line.seeds), x), line.seeds, "_", color=colour, ms=12, mew=1)
            axis.plot(x, line.value, marker, color=colour, ms=7)
        axis.set_xticks(range(len(inside)), inside["model"])
        axis.set_title(literal(place, 46 if columns == 1 else 30))
        axis.set_xlim(-0.6, len(inside) - 0.4)
        axis.grid(False, axis="x")
    for axis in axes[:, 0]:
        axis.set_ylabel(label)
    return figure


def plot_forest(table: pd.DataFrame, label: str) -> Figure:
    """Differences with their intervals: a column of panels for each step, a row for each cell.

    Parameters
    ----------
    table : DataFrame
        Columns gauge, row (conditions), adds (panel), comparison, value, low, high, word (verdict).
    label : str
        Of the axis of all panels.
    """
    panels = list(dict.fromkeys(zip(table["adds"], table["comparison"], strict=True)))
    heights, headings = _places(table)
    bottom = max(heights.values()) + 0.7
    figure, axes = plt.subplots(
        1,
        len(panels),
        figsize=(style.WIDTH, 0.25 * bottom + 1.25),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis, (adds, comparison) in zip(axes[0], panels, strict=True):
        _draw_steps(axis, table[table["adds"] == adds], heights)
        axis.set_title(f"{adds}\n{comparison}", fontsize=9)
    _label_rows(axes[0, 0], heights, headings, bottom)
    reach = max(abs(edge) for edge in axes[0, 0].get_xlim())
    axes[0, 0].set_xlim(-reach, reach)
    figure.supxlabel(label[0].upper() + label[1:], fontsize=9.5)
    _add_legend(figure, axes[0, 0])
    return figure


def _places(table: pd.DataFrame) -> tuple[dict[tuple[str, str], float], dict[str, float]]:
    """Heights of the rows by (gauge, conditions), and of the gauges' headings."""
    heights, headings, y = {}, {}, 0.0
    for gauge, rows in table.groupby("gauge", sort=False):
        headings[gauge], y = y, y + 1
        for row in dict.fromkeys(rows["row"]):
            heights[gauge, row], y = y, y + 1
        y += 0.4
    return heights, headings


def _draw_steps(axes: Axes, rows: pd.DataFrame, heights: dict) -> None:
    for line in rows.itertuples():
        y = heights[line.gauge, line.row]
        colour, marker, filling = WORDS.get(line.word, OPEN)
        axes.plot([line.low, line.high], [y, y], color=colour, lw=2, solid_capstyle="butt")
        axes.plot(line.value, y, marker, color=colour, mfc=filling, ms=6)
    axes.axvline(0, color=style.DARK, lw=0.9)
    axes.grid(False, axis="y")
    axes.locator_params(axis="x", nbins=3)


def _label_rows(axes: Axes, heights: dict, headings: dict, bottom: float) -> None:
    """Name the cells at the left, under the name of their gauge."""
    names = {y: row for (_, row), y in heights.items()}
    names |= {y: literal(gauge, 44) for gauge, y in headings.items()}
    axes.set_yticks(list(names), list(names.values()))
    for tick, y in zip(axes.get_yticklabels(), names, strict=True):
        if y in headings.values():
            tick.set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(bottom, -0.7)


def _add_legend(figure: Figure, axes: Axes) -> None:
    labels = {
        "supported": "above zero",
        "contradicted": "below zero",
        "": "zero inside, or one seed",
    }
    handles = []
    for word, label in labels.items():
        colour, marker, filling = WORDS.get(word, OPEN)
        handles += axes.plot([], [], marker, ls="-", color=colour, mfc=filling, lw=2, label=label)
    figure.legend(handles=handles, ncol=3, loc="outside upper right")
