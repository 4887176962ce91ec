"""Figure 2: the coupled system as boxes and arrows, and the year of its fluxes."""

from dataclasses import dataclass

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
