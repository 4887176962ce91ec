"""Figures that several pages draw: series and intervals, maps and schemes, one style for all.

The style is here: sizes, and colours and markers that readers can distinguish. Colours are those of
Okabe and Ito, safe for the common forms of colour blindness; each is paired with a marker or a line
style, so that no figure rests on colour alone.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from IPython import get_ipython

# Name, inside its SVG, of a figure that holds nothing but the reason why it is empty.
NOT_DRAWN = "not-drawn"

GREEN, RED, BLUE, ORANGE = "#009E73", "#D55E00", "#0072B2", "#E69F00"
SKY, PURPLE, GREY, DARK = "#56B4E9", "#AA4499", "#7F7F7F", "#333333"

# Colour, line and marker: the colour tells the algorithm, the others single from multi-task.
LOOKS = {
    "ST-GRU": (ORANGE, "--", "o"), "MT-GRU": (ORANGE, "-", "s"), "ST-LSTM": (GREEN, "--", "o"),
    "MT-LSTM": (GREEN, "-", "s"), "ST-TFT": (BLUE, "--", "o"), "MT-TFT": (BLUE, "-", "s"),
    "STw-TFT": (SKY, ":", "P"), "ST+-TFT": (PURPLE, "-.", "D"),
    "persistence": ("#8C8C8C", ":", "x"), "damped persistence": ("#6B6B6B", "-.", "+"),
    "climatology": ("#A89F91", "--", "v"), "ridge": ("#4D4D4D", "-", "^"),
    "lumped model": ("#2F4F4F", (0, (5, 1)), "p"),
    "Pastas": ("#8A6D3B", (0, (4, 1, 1, 1, 1, 1)), "*"),
}  # fmt: skip

CLUSTER_COLOURS = {1: GREEN, 2: RED, 3: BLUE, 4: PURPLE, 5: ORANGE, 6: SKY}
CLUSTER_MARKERS = {1: "o", 2: "s", 3: "^", 4: "D", 5: "v", 6: "P"}


def use_style(*formats: str) -> None:
    """Set the look of figures; in a notebook, show SVG and other formats, and a dash for NaN.

    Figures carry no date, so that the same data give the same file.
    """
    plt.style.use(Path(__file__).with_name("swgw.mplstyle"))
    if (shell := get_ipython()) is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        # the layout makes room for labels; to cut margins would take one more drawing of a figure
        set_matplotlib_formats("svg", *formats, bbox_inches=None, metadata={"Date": None})
        if "inline" in plt.get_backend():  # which draws at the end of a cell; pyplot would, too
            plt.uninstall_repl_displayhook()
        html = shell.display_formatter.formatters["text/html"]
        html.for_type(pd.DataFrame, lambda table: table.to_html(notebook=True, na_rep="–"))


def colours(names) -> dict[str, str]:
    """Give the colour of each model or cluster, as seaborn's ``palette`` takes it."""
    known = {name: look[0] for name, look in LOOKS.items()} | CLUSTER_COLOURS
    return {name: known.get(name, GREY) for name in names}


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
