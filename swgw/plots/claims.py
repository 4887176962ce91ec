"""Figure of verdicts: all at a glance."""

import matplotlib.pyplot as plt
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
