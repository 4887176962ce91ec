"""Figures of verdicts: all at a glance, and each with its number."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from swgw.figures import style

MARKS = {
    "supported": {"marker": "^", "mfc": style.BLUE, "mec": style.BLUE},
    "contradicted": {"marker": "v", "mfc": style.RED, "mec": style.RED},
    "inconclusive": {"marker": "o", "mfc": "white", "mec": style.DARK},
    "not judged": {"marker": "_", "mfc": style.GREY, "mec": style.GREY},
    "not testable here": {"marker": "D", "mfc": "white", "mec": style.GREY},
}
"""Shape and colour of each verdict; the shape alone tells it."""
COLOURS = {"supported": style.BLUE, "contradicted": style.RED}
REACH = 1.05
"""Statistics without a unit are drawn up to here; what lies beyond is cut."""
TICKS = (-1, -0.5, -0.2, -0.05, 0, 0.05, 0.2, 0.5, 1)


def _root(x: np.ndarray) -> np.ndarray:
    """Spread small numbers of either sign."""
    return np.sign(x) * np.sqrt(np.abs(x))


def _square(x: np.ndarray) -> np.ndarray:
    return np.sign(x) * np.square(x)


def _legend(figure: Figure, extra: list[Line2D], columns: int) -> None:
    handles = [Line2D([], [], ls="", ms=7, mew=1.5, label=v, **how) for v, how in MARKS.items()]
    figure.legend(handles=handles + extra, ncol=columns, loc="outside upper left", fontsize=8)


def plot_verdicts(marks: dict[str, list[str]]) -> Figure:
    """A mark for each claim, a row for each heading.

    Parameters
    ----------
    marks : dict of str to list of str
        Verdicts by heading, in order.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 0.6 + 0.33 * len(marks)))
    widest = max((len(found) for found in marks.values()), default=1)
    for y, found in enumerate(marks.values()):
        for x, verdict in enumerate(sorted(found, key=list(MARKS).index)):
            axes.plot(x, y, ls="", ms=9, mew=1.5, **MARKS[verdict])
    axes.set_yticks(range(len(marks)), [f"{name} ({len(v)})" for name, v in marks.items()])
    axes.set_ylim(len(marks) - 0.4, -0.6)
    axes.set_xlim(-0.7, widest - 0.3)
    axes.set_xticks([])
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.set_title("One mark a claim", fontsize=8.5)
    _legend(figure, [], 5)
    return figure


def plot_claims(table: pd.DataFrame) -> Figure:
    """Every claim with its mark, and its statistic beside its band where both have no unit.

    Parameters
    ----------
    table : DataFrame (claim,)
        Columns group, label, verdict, value, low, high, paper (NaN where there is none), from and
        to (where the claim says that the value lies), in order.
    """
    starts = table["group"].ne(table["group"].shift()).cumsum()
    places = np.arange(len(table)) + 1.3 * (starts.to_numpy() - 1)
    figure, axes = plt.subplots(figsize=(style.WIDTH, 1.0 + 0.215 * (places.max() + 1)))
    for y, row in zip(places, table.to_dict("records"), strict=True):
        _draw_claim(axes, y, row)
    for y, group in zip(places[~starts.duplicated()], table["group"].unique(), strict=True):
        axes.text(-REACH, y - 0.95, group, weight="bold", fontsize=9, va="center")
    axes.axvline(0, color=style.DARK, lw=0.8)
    axes.set_yticks(places, [style.literal(label) for label in table["label"]])
    axes.set_ylim(places.max() + 0.7, -1.6)
    axes.set_xscale("function", functions=(_root, _square))
    axes.set_xlim(-REACH, REACH + 0.3)
    axes.set_xticks(TICKS, [f"{tick:g}".replace("-", "−") for tick in TICKS])
    axes.set_xlabel("Difference of scores, correlation or share [–], on a scale of square roots")
    axes.grid(False, axis="y")
    claimed = Line2D([], [], color=style.LIGHT, lw=6, label="as claimed")
    star = Line2D([], [], ls="", marker="*", ms=10, mfc="white", mec=style.DARK, label="source")
    _legend(figure, [claimed] + [star] * bool(table["paper"].notna().any()), 4)
    return figure


def _draw_claim(axes: Axes, y: float, row: dict) -> None:
    """One claim: the band it claims, its interval, the source's number, the mark at the right."""
    if np.isfinite(row["value"]) and row["verdict"] != "not testable here":
        edges = np.clip([row["from"], row["to"]], -REACH, REACH)
        axes.plot(edges, [y, y], color="#EDEDED", lw=8, solid_capstyle="butt", zorder=0)
    if np.isfinite(row["value"]):
        colour = COLOURS.get(row["verdict"], style.DARK)
        axes.plot(np.clip([row["low"], row["high"]], -REACH, REACH), [y, y], color=colour, lw=2)
        axes.plot(np.clip(row["value"], -REACH, REACH), y, "|", color=colour, ms=8, mew=2)
        axes.plot(row["paper"], y, "*", ms=9, mfc="white", mec=style.DARK, mew=0.8)
    axes.plot(REACH + 0.16, y, ls="", ms=6.5, mew=1.4, **MARKS[row["verdict"]])
