"""One look for all figures: sizes, and colours and markers that readers can distinguish.

Colours are those of Okabe and Ito, safe for the common forms of colour blindness; each is paired
with a marker or a line style, so that no figure rests on colour alone.
"""

import matplotlib as mpl
from IPython import get_ipython

NOT_DRAWN = "not-drawn"
"""Name, inside its SVG, of a figure that holds nothing but the reason why it is empty."""

WIDTH = 7.0
"""Width of a figure [inches]: 700 pixels on a page."""

GREEN, RED, BLUE, ORANGE = "#009E73", "#D55E00", "#0072B2", "#E69F00"
SKY, PURPLE, GREY, DARK, LIGHT = "#56B4E9", "#AA4499", "#7F7F7F", "#333333", "#D9D9D9"

MODEL_COLOURS = {
    "ST-GRU": ORANGE,
    "MT-GRU": ORANGE,
    "ST-LSTM": GREEN,
    "MT-LSTM": GREEN,
    "ST-TFT": BLUE,
    "MT-TFT": BLUE,
    "STw-TFT": SKY,
    "ST+-TFT": PURPLE,
    "persistence": "#8C8C8C",
    "damped persistence": "#6B6B6B",
    "climatology": "#A89F91",
    "ridge": "#4D4D4D",
    "Pastas": "#8A6D3B",
}
"""The colour tells the algorithm, the line style and the marker tell single from multi-task."""

MODEL_LINES = {name: "-" for name in MODEL_COLOURS} | {
    "ST-GRU": "--",
    "ST-LSTM": "--",
    "ST-TFT": "--",
    "STw-TFT": ":",
    "ST+-TFT": "-.",
    "persistence": ":",
    "damped persistence": "-.",
    "climatology": "--",
    "Pastas": (0, (4, 1, 1, 1, 1, 1)),
}
MODEL_MARKERS = {
    "ST-GRU": "o",
    "MT-GRU": "s",
    "ST-LSTM": "o",
    "MT-LSTM": "s",
    "ST-TFT": "o",
    "MT-TFT": "s",
    "STw-TFT": "P",
    "ST+-TFT": "D",
    "persistence": "x",
    "damped persistence": "+",
    "climatology": "v",
    "ridge": "^",
    "Pastas": "*",
}

CLUSTER_COLOURS = {1: GREEN, 2: RED, 3: BLUE, 4: PURPLE, 5: ORANGE, 6: SKY}
CLUSTER_MARKERS = {1: "o", 2: "s", 3: "^", 4: "D", 5: "v", 6: "P"}

SETTINGS = {
    "figure.figsize": (WIDTH, 3.6),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 150,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#666666",
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.7,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "axes.prop_cycle": mpl.cycler(color=[BLUE, RED, GREEN, ORANGE, PURPLE, SKY, DARK]),
    "svg.hashsalt": "swgw",
    "svg.fonttype": "path",
}


def use_style() -> None:
    """Set the look of every figure; in a notebook, show each as SVG with a PNG beside it.

    Figures carry no date, so that the same data give the same file.
    """
    mpl.rcParams.update(SETTINGS)
    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", "png", metadata={"Date": None})


def colours(names) -> dict[str, str]:
    """Give the colour of each model or cluster, as seaborn's ``palette`` takes it."""
    known = MODEL_COLOURS | CLUSTER_COLOURS
    return {name: known.get(name, GREY) for name in names}


def cluster_colour(cluster: int | None) -> str:
    """Colour of a SOM cluster, counted from 1; grey where a well has none."""
    return CLUSTER_COLOURS.get(cluster, GREY)


def cluster_marker(cluster: int | None) -> str:
    """Marker of a SOM cluster, counted from 1."""
    return CLUSTER_MARKERS.get(cluster, "o")


def literal(text: object, width: int = 40) -> str:
    r"""Give a name as matplotlib shall draw it: no mathematics in it, and cut to ``width`` letters.

    Examples
    --------
    >>> print(literal("cost $5$"))
    cost \$5\$
    """
    text = " ".join(str(text).split())
    text = text if len(text) <= width else text[: width - 1] + "…"
    return text.replace("$", r"\$")
