"""Skill by lead time between the references and the limit, and the differences with intervals."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from swgw.figures import style
from swgw.figures.axes import widen_towards_one

LIMIT_LINES = {"limit": "-", "limit, other weather": (0, (4, 2))}
"""The arms of a simulator that knows its state, and how they are drawn."""
WORST = -1.5  # scores below leave the panel


def plot_ceiling(
    scores: dict[str, pd.DataFrame], gaps: dict[str, pd.DataFrame], lead_label: str
) -> Figure:
    """Draw a column of two panels for each place: scores above, differences below.

    Parameters
    ----------
    scores : dict of str to DataFrame
        By title: arm, lead_time, value (NSE), kind ("reference", "model" or "limit").
    gaps : dict of str to DataFrame
        By title: arm, lead_time, value, low, high, kind: NSE less that of the best reference.
    lead_label : str
        What the lead time counts, such as "5 days".
    """
    figure, rows = plt.subplots(
        2,
        len(scores),
        figsize=(style.WIDTH, 5.9),
        squeeze=False,
        sharex="col",
        height_ratios=(1.25, 1),
    )
    for column, title in enumerate(scores):
        upper, lower = rows[:, column]
        _draw_scores(upper, scores[title])
        _draw_gaps(lower, gaps[title])
        upper.set_title(style.literal(title))
        lower.set_xlabel(f"Lead time [steps of {lead_label}]")
        for axes in (upper, lower):
            axes.xaxis.set_major_locator(FixedLocator(scores[title]["lead_time"].unique()))
    rows[0, 0].set_ylabel("NSE (log scale of 1 − NSE)")
    rows[1, 0].set_ylabel("NSE less that of\nthe best reference")
    lines = {
        line.get_label(): line for axes in rows.ravel() for line in axes.get_lines()
        if not line.get_label().startswith("_")
    }  # fmt: skip
    figure.legend(
        lines.values(), lines.keys(), loc="outside lower center", ncols=4, handlelength=2.6
    )
    return figure


def look(arm: str, kind: str) -> dict:
    """Colour, line, marker and width of an arm."""
    if kind == "limit":
        return {"color": "black", "ls": LIMIT_LINES.get(arm, "-"), "lw": 1.8}
    return {
        "color": style.MODEL_COLOURS.get(arm, "#555555"),
        "ls": style.MODEL_LINES.get(arm, (0, (1, 1))),
        "marker": style.MODEL_MARKERS.get(arm, "*"),
        "ms": 4,
        "lw": 1.0 if kind == "reference" else 1.5,
    }


def _draw_scores(axes: Axes, table: pd.DataFrame) -> None:
    """Lines of NSE on an axis that widens towards 1."""
    for (arm, kind), part in table.groupby(["arm", "kind"], sort=False):
        missed = np.where(part["value"] > WORST, 1 - part["value"], np.nan)
        axes.plot(part["lead_time"], np.maximum(missed, 1e-4), label=arm, **look(arm, kind))
    widen_towards_one(axes, "y")


def _draw_gaps(axes: Axes, table: pd.DataFrame) -> None:
    """Differences with their intervals, side by side at each lead time."""
    arms = table[["arm", "kind"]].drop_duplicates()
    offsets = np.linspace(-0.22, 0.22, len(arms)) if len(arms) > 1 else [0.0]
    for (arm, kind), offset in zip(arms.itertuples(index=False), offsets, strict=True):
        part = table[table["arm"] == arm]
        how = look(arm, kind) | {"lw": 1.0}
        x = part["lead_time"] + offset
        axes.plot(x, part["value"], **how)
        axes.vlines(x, part["low"], part["high"], color=how["color"], lw=1.4)
    axes.axhline(0, color=style.GREY, lw=0.8)
