"""Schemes: the coupled system (Fig. 2) and the two network families (Figs. 3 and 4)."""

from dataclasses import dataclass
from itertools import pairwise

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from swgw.figures.style import BLUE, DARK, GREEN, GREY, ORANGE, PURPLE, RED

MONTHS = tuple("JFMAMJJASOND")


@dataclass(frozen=True)
class Arrow:
    """An arrow of the drawing: from, to, where its words stand, which flux it is."""

    start: tuple[float, float]
    end: tuple[float, float]
    words: str
    place: tuple[float, float]
    flux: str = ""
    colour: str = DARK


BOXES = {  # left, bottom, width, height, colour
    "Atmosphere\nprecipitation, temperature, radiation": (0.2, 8.7, 11.6, 1.0, "#E3F0FA"),
    "Upper catchment\nsnow, soil,\nfast and slow\nrunoff": (0.2, 4.9, 2.35, 2.6, "#E6E0D4"),
    "Surface runoff: the river": (3.6, 5.0, 3.4, 1.2, "#BBDDF2"),
    "Soil zone\ncrops, canals, fields": (8.2, 5.0, 3.6, 1.2, "#DCEBCF"),
    "Vadose zone": (8.2, 2.9, 2.5, 0.9, "#F1E6CF"),
    "Saturated zone: the aquifer": (0.2, 0.3, 11.6, 1.2, "#CFDCEB"),
}
ARROWS = (
    Arrow((1.3, 8.7), (1.3, 7.55), "rain, snow", (1.3, 8.15)),
    Arrow((2.6, 5.6), (3.55, 5.6), "runoff", (2.98, 5.95), "gorge", BLUE),
    Arrow((7.0, 5.5), (8.15, 5.5), "diversion", (6.9, 6.7), "diversion", BLUE),
    Arrow((5.0, 6.25), (5.0, 7.4), "downstream", (5.0, 7.8), "river_end", BLUE),
    Arrow((4.2, 5.0), (4.2, 1.55), "losing\nreach", (4.2, 3.3), "river_loss", RED),
    Arrow((5.5, 1.5), (5.5, 4.95), "gaining\nreach", (5.5, 3.3), "river_gain", GREEN),
    Arrow((6.6, 1.5), (6.6, 4.95), "springs", (6.65, 3.3), "springs", GREEN),
    Arrow((9.4, 5.0), (9.4, 3.85), "infiltration", (10.15, 4.42), "infiltration", RED),
    Arrow((9.4, 2.9), (9.4, 1.55), "recharge", (10.1, 2.2), "recharge", RED),
    Arrow((11.35, 1.5), (11.35, 4.95), "pumping", (11.35, 3.3), "pumping", PURPLE),
    Arrow((10.0, 6.25), (10.0, 8.65), "evapotranspiration\nof fields", (10.0, 7.4)),
    Arrow((7.75, 1.5), (7.75, 8.65), "from the\nwater table", (7.75, 7.9), "evapotranspiration",
          ORANGE),
    Arrow((1.3, 4.85), (1.3, 1.55), "mountain\nfront", (1.3, 3.2), "front_inflow", RED),
)  # fmt: skip


def plot_system(fluxes: pd.Series | None) -> Figure:
    """Draw the parts of the coupled system and what flows between them.

    Parameters
    ----------
    fluxes : Series (flux,) or None
        Mean sizes [m³/s] by the names of the truth; None draws the arrows without numbers.
    """
    figure, axes = plt.subplots(figsize=(7, 5.4))
    axes.set(xlim=(0, 12), ylim=(0, 10))
    axes.set_axis_off()
    for words, (left, bottom, width, height, colour) in BOXES.items():
        box = FancyBboxPatch(
            (left, bottom), width, height, "round,pad=0,rounding_size=0.15",
            facecolor=colour, edgecolor=GREY, linewidth=0.8,
        )  # fmt: skip
        axes.add_patch(box)
        axes.text(left + width / 2, bottom + height / 2, words, ha="center", va="center")
    for arrow in ARROWS:
        _draw(axes, arrow, fluxes)
    if fluxes is not None:
        axes.text(0.2, 10.0, "Mean fluxes [m³/s]", fontsize=9, color=DARK, ha="left", va="center")
    return figure


def _draw(axes: Axes, arrow: Arrow, fluxes: pd.Series | None) -> None:
    style = {"arrowstyle": "-|>", "color": arrow.colour, "lw": 1.6, "mutation_scale": 13}
    axes.annotate("", arrow.end, arrow.start, arrowprops=style)
    words = arrow.words
    if fluxes is not None and arrow.flux:
        words += f"\n{abs(fluxes[arrow.flux]):.1f}"
    axes.text(
        *arrow.place, words, fontsize=8.2, ha="center", va="center", color=DARK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.9},
    )  # fmt: skip


INPUT, SHARED, TASK, OUTPUT = "#ECECEC", "#CFE3F3", "#FBE0C3", "#D5EBDD"
"""Fills: what goes in, layers that the tasks share, layers of one task, what comes out."""


def _box(axes: Axes, middle: tuple[float, float], size: tuple[float, float], text: str, fill: str):
    """Draw a box with text around a middle."""
    (x, y), (width, height) = middle, size
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=fill,
            edgecolor="#777777",
            linewidth=0.8,
        )
    )
    axes.text(x, y, text, ha="center", va="center", fontsize=8.2, color="#222222", linespacing=1.25)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], **line) -> None:
    """Draw an arrow between two points; ``line`` changes its look."""
    look = {"arrowstyle": "-|>", "color": DARK, "lw": 1.0, "shrinkA": 0, "shrinkB": 0} | line
    axes.annotate("", xy=end, xytext=start, arrowprops=look)


def _canvas(width: float, height: float, inches: float) -> tuple[Figure, Axes]:
    """Make an empty sheet, 7 inches wide."""
    figure, axes = plt.subplots(figsize=(7, inches))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    return figure, axes


def _group(axes: Axes, left: float, right: float, y: float, text: str) -> None:
    """Draw a bracket above a group of boxes."""
    axes.plot([left, left, right, right], [y - 0.15, y, y, y - 0.15], color="#777777", lw=0.9)
    axes.text((left + right) / 2, y + 0.12, text, ha="center", fontsize=8.8, color="#444444")


def plot_cnn_rnn(inputs: list[str], targets: list[str], encoder: int, leads: int) -> Figure:
    """Draw the CNN–RNN with shared and task-specific layers (Fig. 3).

    Parameters
    ----------
    inputs : list of str
        Groups of inputs.
    targets : list of str
        What is forecast, with units; one branch each.
    encoder, leads : int
        Steps of history and steps ahead.
    """
    figure, axes = _canvas(14.1, 6.2, 3.3)
    rows = [4.9 - i * 4.0 / max(len(inputs) - 1, 1) for i in range(len(inputs))]
    for y, text in zip(rows, inputs, strict=True):
        _box(axes, (1.45, y), (2.7, 0.82), text, INPUT)
        _arrow(axes, (2.8, y), (3.55, 2.9), color="#999999")
    _box(axes, (4.35, 2.9), (1.6, 1.5), "Conv1d\n+ ReLU", SHARED)
    _box(axes, (6.5, 2.9), (1.6, 1.5), "GRU or\nLSTM", SHARED)
    _arrow(axes, (5.15, 2.9), (5.7, 2.9))
    branches = [4.3, 1.5] if len(targets) > 1 else [2.9]
    for y, target in zip(branches, targets, strict=True):
        _arrow(axes, (7.3, 2.9), (8.0, y))
        _box(axes, (8.8, y), (1.6, 1.2), "GRU or\nLSTM", TASK)
        _arrow(axes, (9.6, y), (10.1, y))
        _box(axes, (10.75, y), (1.3, 1.2), "dense", TASK)
        _arrow(axes, (11.4, y), (11.9, y))
        _box(axes, (12.95, y), (2.1, 1.2), target, OUTPUT)
    _group(axes, 0.1, 2.8, 5.6, "inputs")
    _group(axes, 3.55, 7.3, 5.6, "shared layers")
    _group(axes, 8.0, 11.4, 5.6, "one branch per task")
    _group(axes, 11.9, 14.0, 5.6, "forecasts")
    axes.text(
        5.43, 1.25, f"{encoder} steps of history\nand {leads} steps ahead,\nread in one sequence",
        ha="center", va="center", fontsize=8.2, color="#555555",
    )  # fmt: skip
    loss = " + ".join(["(1 − R²)"] * len(targets))
    axes.text(12.3, 2.85 if len(targets) > 1 else 1.7, f"loss: {loss}", ha="center", fontsize=8.5)
    return figure


def plot_tft(inputs: tuple[str, str, str], targets: list[str]) -> Figure:
    """Draw the Temporal Fusion Transformer with its quantile heads (Fig. 4), read upwards.

    Parameters
    ----------
    inputs : tuple of str
        Statics, history and what is known of the steps ahead.
    targets : list of str
        What is forecast; one head each.
    """
    figure, axes = _canvas(14.1, 13.4, 6.6)
    past, future, middle = 6.2, 11.3, 8.75
    static = 1.65
    sizes = {static: 3.0, past: 4.4, future: 4.4}
    for (x, width), text in zip(sizes.items(), inputs, strict=True):
        _box(axes, (x, 0.6), (width, 0.95), text, INPUT)
        _arrow(axes, (x, 1.08), (x, 1.65))
        _box(axes, (x, 2.15), (width, 0.95), "variable selection", SHARED)
    _box(axes, (past, 4.0), (4.4, 0.95), "LSTM encoder", SHARED)
    _box(axes, (future, 4.0), (4.4, 0.95), "LSTM decoder", SHARED)
    _box(axes, (static, 4.0), (3.0, 0.95), "static covariate\nencoders (4 GRNs)", SHARED)
    for x in (static, past, future):
        _arrow(axes, (x, 2.63), (x, 3.52))
    _arrow(axes, (past + 2.2, 4.0), (future - 2.2, 4.0))
    layers = [
        (5.75, "gate, add, normalise"),
        (7.2, "static enrichment (GRN)"),
        (8.65, "interpretable multi-head attention"),
        (10.1, "position-wise feed-forward (GRN), gate, add"),
    ]
    for y, text in layers:
        _box(axes, (middle, y), (9.5, 0.9), text, SHARED)
    for x in (past, future):
        _arrow(axes, (x, 4.48), (x, 5.3))
    for (below, _), (above, _) in pairwise(layers):
        _arrow(axes, (middle, below + 0.45), (middle, above - 0.45))
    _contexts(axes, static, past, middle)
    _skip(axes, middle)
    places = [past, future] if len(targets) > 1 else [middle]
    for x, target in zip(places, targets, strict=True):
        _arrow(axes, (x, 10.55), (x, 11.05))
        _box(axes, (x, 11.5), (4.4, 0.9), "dense: quantiles", TASK)
        _arrow(axes, (x, 11.95), (x, 12.4))
        _box(axes, (x, 12.85), (4.4, 0.9), target, OUTPUT)
    return figure


def _contexts(axes: Axes, static: float, past: float, middle: float) -> None:
    """Draw the four ways in which statics steer the rest, dashed."""
    dashed = {"linestyle": "--", "color": "#777777"}
    _arrow(axes, (static + 1.5, 3.7), (past - 2.2, 2.3), **dashed)
    _arrow(axes, (static + 1.5, 4.0), (past - 2.2, 4.0), **dashed)
    axes.plot([static, static], [4.48, 7.2], color="#777777", linestyle="--", linewidth=1)
    _arrow(axes, (static, 7.2), (middle - 4.75, 7.2), **dashed)
    axes.text(
        static, 7.5, "context for\nselection,\nLSTM states and\nenrichment",
        ha="center", va="bottom", fontsize=8, color="#666666",
    )  # fmt: skip


def _skip(axes: Axes, middle: float) -> None:
    """Draw the residual path around enrichment and attention."""
    right = middle + 4.75
    line = {"color": "#999999", "linewidth": 0.9}
    axes.plot([right, right + 0.3, right + 0.3], [5.75, 5.75, 10.1], **line)
    _arrow(axes, (right + 0.3, 10.1), (right, 10.1), color="#999999")
