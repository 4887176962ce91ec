"""Figures of the many-gauges page: steps at every site, and gains beside the coupling."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.style import literal
from swgw.plots.grid import OPEN, WORDS

LABELS = {"supported": "above zero", "contradicted": "below zero"}
UNDECIDED = "zero inside, or one seed"


def plot_sites(table: pd.DataFrame, medians: pd.DataFrame, label: str) -> Figure:
    """Draw a forest: a column of panels for each step, a row for each site, their median below.

    Parameters
    ----------
    table : DataFrame
        name (of the row), adds (panel), comparison, value, low, high, word (verdict).
    medians : DataFrame
        The same without name, one row a panel.
    label : str
        Of the axis of all panels.
    """
    panels = list(zip(medians["adds"], medians["comparison"], strict=True))
    names = list(dict.fromkeys(table["name"]))
    size = (style.WIDTH, 0.235 * len(names) + 1.7)
    figure, axes = plt.subplots(
        1, len(panels), figsize=size, sharex=True, sharey=True, squeeze=False
    )
    for axis, (adds, comparison) in zip(axes[0], panels, strict=True):
        lines = table[table["adds"] == adds].set_index("name")
        for y, name in enumerate(names):
            _draw(axis, y, lines.loc[name])
        _draw(axis, len(names) + 0.5, medians[medians["adds"] == adds].iloc[0], size=9, width=3)
        axis.axvline(0, color=style.DARK, lw=0.9)
        axis.axhline(len(names) - 0.25, color=style.GREY, lw=0.7)
        axis.set_title(f"{adds}\n{comparison}", fontsize=9)
        axis.grid(False, axis="y")
        axis.locator_params(axis="x", nbins=5)
    ticks = [*range(len(names)), len(names) + 0.5]
    axes[0, 0].set_yticks(ticks, [*(literal(name, 30) for name in names), "median of all"])
    axes[0, 0].get_yticklabels()[-1].set_fontweight("bold")
    axes[0, 0].set_ylim(len(names) + 1.2, -0.7)
    _centre(axes[0, 0], table)
    figure.supxlabel(label, fontsize=9.5)
    _add_legend(figure, axes[0, 0], [*table["word"], *medians["word"]])
    return figure


def _draw(axes: Axes, y: float, line: pd.Series, size: float = 5.5, width: float = 1.8) -> None:
    colour, marker, filling = WORDS.get(line["word"], OPEN)
    axes.plot([line["low"], line["high"]], [y, y], color=colour, lw=width, solid_capstyle="butt")
    axes.plot(line["value"], y, marker, color=colour, mfc=filling, ms=size)


def _centre(axes: Axes, table: pd.DataFrame) -> None:
    """Put zero in the middle; a single wild interval may run out of the panel."""
    ends = table[["low", "high"]].abs().to_numpy()
    known, values = ends[np.isfinite(ends)], table["value"].abs().max()
    reach = max(np.quantile(known, 0.95), values) if known.size else values
    axes.set_xlim(-1.12 * reach, 1.12 * reach)


def _add_legend(figure: Figure, axes: Axes, words: list[str]) -> None:
    handles = []
    for word, (colour, marker, filling) in [*WORDS.items(), ("", OPEN)]:
        if word in words or not word:
            handles += axes.plot(
                [], [], marker, ls="-", color=colour, mfc=filling, lw=2,
                label=LABELS.get(word, UNDECIDED),
            )  # fmt: skip
    figure.legend(handles=handles, ncol=3, loc="outside upper right")


def plot_gains(panels: dict[str, pd.DataFrame], label: str) -> Figure:
    """Draw the gain of each site over the correlation of its head and its river.

    Parameters
    ----------
    panels : dict of str to DataFrame
        Title to r, value, low, high, word of each site.
    label : str
        Of the vertical axis.
    """
    figure, axes = plt.subplots(
        1, len(panels), figsize=(style.WIDTH, 3.1), sharex=True, squeeze=False
    )
    for axis, (title, table) in zip(axes[0], panels.items(), strict=True):
        for line in table.itertuples():
            colour, marker, filling = WORDS.get(line.word, OPEN)
            axis.plot([line.r, line.r], [line.low, line.high], color=colour, lw=1.4)
            axis.plot(line.r, line.value, marker, color=colour, mfc=filling, ms=5.5)
        axis.axhline(0, color=style.DARK, lw=0.9)
        axis.set_title(literal(title, 60))
    axes[0, 0].set_ylabel(label)
    figure.supxlabel("Correlation of head and river, season taken out [–]", fontsize=9.5)
    return figure
