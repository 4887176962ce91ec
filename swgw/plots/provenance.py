"""The figure of what a book took."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style

COLOURS = {
    "panel": style.ORANGE,
    "training": style.BLUE,
    "hindcast": style.GREEN,
    "interpretation": style.PURPLE,
    "other": style.GREY,
}
HATCHES = {"panel": "//", "hindcast": "..", "interpretation": "\\\\"}
ROW = 0.24  # inches


def plot_times(stages: pd.Series, work: pd.DataFrame) -> Figure:
    """Bars of the elapsed time of a book's stages and of the processor time of its kinds of work.

    Parameters
    ----------
    stages : Series (stage,)
        Elapsed minutes; may be empty.
    work : DataFrame (kind, stage)
        Processor minutes, summed over jobs; stages of one kind of work alone count as other.
    """
    work = _common_stages(work)
    parts = [len(stages), len(work)] if len(stages) else [len(work)]
    height = ROW * sum(parts) + 0.8 * len(parts) + 0.3
    figure, axes = plt.subplots(
        len(parts), 1, figsize=(style.WIDTH, height), height_ratios=parts, squeeze=False
    )
    if len(stages):
        _bars(axes[0, 0], stages.to_frame("elapsed"))
        axes[0, 0].set_xlabel("Elapsed time [min]")
    last = axes[-1, 0]
    _bars(last, work)
    last.set_xlabel("Processor time, summed over jobs [min]")
    last.legend(ncol=len(work.columns), loc="lower right", bbox_to_anchor=(1, 1), borderpad=0)
    return figure


def _common_stages(work: pd.DataFrame) -> pd.DataFrame:
    """Sum the stages that have no colour of their own."""
    known = [stage for stage in COLOURS if stage in work and stage != "other"]
    rest = work.drop(columns=known).sum(axis=1)
    return work[known].assign(other=rest)


def _bars(axes: Axes, table: pd.DataFrame) -> None:
    """Draw one stacked bar a row, the first on top."""
    left = pd.Series(0.0, index=table.index)
    for stage in table:
        widths = table[stage].fillna(0.0)
        axes.barh(range(len(table)), widths, left=left, label=stage, height=0.7,
                  color=COLOURS.get(stage, style.SKY), hatch=HATCHES.get(stage),
                  edgecolor="white", lw=0)  # fmt: skip
        left = left + widths
    axes.set_yticks(range(len(table)), [style.literal(name) for name in table.index])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(y=0.02)
