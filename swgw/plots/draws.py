"""Figure of section 3.3: what depends on how a basin was drawn, over many draws."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style

UNITS = {
    "r": "Correlation, or share of variance [–]",
    "bit": "Permutation entropy [bit]",
    "score": "NSE or R² [–]",
    "gain": "Difference in NSE or R² of heads [–]",
}
COLOURS = {"supported": style.BLUE, "contradicted": style.RED}


def plot_draws(judged: pd.DataFrame, draws: pd.DataFrame) -> Figure:
    """Statistics of several basins, a panel for each unit.

    Parameters
    ----------
    judged : DataFrame (statistic)
        Columns label, unit, value, low, high, word (verdict), own, paper (NaN if none).
    draws : DataFrame (draw, statistic)
    """
    units = [unit for unit in UNITS if (judged["unit"] == unit).any()]
    counts = [int((judged["unit"] == unit).sum()) for unit in units]
    figure, axes = plt.subplots(
        len(units),
        1,
        figsize=(style.WIDTH, 0.3 * sum(counts) + 0.6 * len(units) + 0.4),
        height_ratios=[count + 0.4 for count in counts],
        squeeze=False,
    )
    for axis, unit in zip(axes[:, 0], units, strict=True):
        _draw_panel(axis, judged[judged["unit"] == unit], draws)
        axis.set_xlabel(UNITS[unit])
        axis.locator_params(axis="x", nbins=6)  # labels of thousandths are wide
    _add_legend(figure, axes[0, 0], bool(judged["paper"].notna().any()))
    return figure


def _draw_panel(axes: Axes, rows: pd.DataFrame, draws: pd.DataFrame) -> None:
    for y, (name, line) in enumerate(rows.iterrows()):
        values = draws[name].dropna().to_numpy(float)
        axes.plot(values, np.full(values.size, y), "o", color=style.LIGHT, mec=style.GREY, ms=4.5)
        colour = COLOURS.get(line["word"], style.DARK)
        axes.plot([line["low"], line["high"]], [y - 0.28] * 2, color=colour, lw=2.6)
        axes.plot(line["own"], y, "D", mfc="none", mec=style.DARK, ms=7)
        axes.plot(line["paper"], y, "*", mfc="white", mec=style.DARK, ms=11)
    axes.axvline(0, color=style.DARK, lw=0.9)
    axes.set_yticks(range(len(rows)), rows["label"])
    axes.set_ylim(len(rows) - 0.5, -0.6)
    axes.grid(False, axis="y")


def _add_legend(figure: Figure, axes: Axes, paper: bool) -> None:
    handles = axes.plot([], [], "o", color=style.LIGHT, mec=style.GREY, ms=4.5, label="a draw")
    handles += axes.plot([], [], "D", mfc="none", mec=style.DARK, ms=7, label="this basin")
    if paper:
        handles += axes.plot([], [], "*", mfc="white", mec=style.DARK, ms=11, label="paper")
    named = {"supported": "mean: as asked", "contradicted": "the contrary", "": "open"}
    for word, label in named.items():
        handles += axes.plot([], [], color=COLOURS.get(word, style.DARK), lw=2.6, label=label)
    figure.legend(handles=handles, ncol=6, loc="outside upper right")
