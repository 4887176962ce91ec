"""Figure of section 3.3: multi-task less single-task models, beside the paper's differences."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.style import literal

WORD_COLOURS = {"supported": style.BLUE, "contradicted": style.RED}
"""Colour of an interval by what it says of the claim; grey where it decides nothing."""


def plot_differences(differences: pd.DataFrame) -> Figure:
    """Paired differences with their intervals, one panel a place.

    Parameters
    ----------
    differences : DataFrame
        Columns place, score, comparison, value, low, high, word (verdict), paper (NaN if none).
    """
    places = list(dict.fromkeys(differences["place"]))
    counts = [int((differences["place"] == place).sum()) for place in places]
    figure, axes = plt.subplots(
        len(places),
        1,
        figsize=(style.WIDTH, 0.36 * sum(counts) + 0.75 * len(places) + 0.4),
        height_ratios=[count + 0.6 for count in counts],
        squeeze=False,
    )
    for axis, place in zip(axes[:, 0], places, strict=True):
        _draw_differences(axis, differences[differences["place"] == place])
        axis.set_title(literal(place, 80))
    _add_legend(figure, axes[0, 0], differences)
    return figure


def _draw_differences(axes: Axes, rows: pd.DataFrame) -> None:
    for y, line in enumerate(rows.itertuples()):
        colour = WORD_COLOURS.get(line.word, style.GREY)
        axes.plot([line.low, line.high], [y, y], color=colour, lw=2.2, solid_capstyle="butt")
        axes.plot(line.value, y, "o", color=colour, ms=6)
        if np.isfinite(line.paper):
            axes.plot(line.paper, y, "*", ms=11, mfc="white", mec=style.DARK)
    axes.axvline(0, color=style.DARK, lw=0.9)
    axes.set_yticks(range(len(rows)), rows["comparison"])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(False, axis="y")
    axes.set_xlabel(f"Difference in {rows['score'].iloc[0]}")
    reach = max(abs(edge) for edge in axes.get_xlim())
    axes.set_xlim(-reach, reach)


def side_handles(axes: Axes) -> list:
    """Give what a legend shows of the colours of intervals."""
    labels = {
        "supported": "above zero",
        "contradicted": "below zero",
        "": "zero inside, or one seed",
    }
    return [
        axes.plot([], [], "o-", color=WORD_COLOURS.get(word, style.GREY), lw=2, label=label)[0]
        for word, label in labels.items()
    ]


def _add_legend(figure: Figure, axes: Axes, differences: pd.DataFrame) -> None:
    handles = side_handles(axes)
    if differences["paper"].notna().any():
        handles += axes.plot([], [], "*", ms=11, ls="", mfc="white", mec=style.DARK, label="paper")
    figure.legend(handles=handles, ncol=4, loc="outside upper right")
