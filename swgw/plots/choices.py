"""The figure of the table of choices: by how much headline numbers move."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.style import literal


def plot_shifts(table: pd.DataFrame) -> Figure:
    """Shift of each headline number under each choice, with intervals.

    Parameters
    ----------
    table : DataFrame
        label (of the choice), headline, value, low, high.
    """
    headlines, labels = (list(dict.fromkeys(table[name])) for name in ("headline", "label"))
    count = -(-len(headlines) // 2)
    figure, axes = plt.subplots(
        count, 2, figsize=(style.WIDTH, count * (0.24 * len(labels) + 1.0)), sharey=True,
        squeeze=False,
    )  # fmt: skip
    for letter, axis, name in zip("abcdef", axes.flat, headlines, strict=False):
        rows = table[table["headline"] == name].set_index("label").loc[labels]
        place = np.arange(len(labels))
        sure = ((rows["low"] > 0) | (rows["high"] < 0)).to_numpy()
        axis.hlines(place, rows["low"], rows["high"], color=style.DARK, lw=1)
        for mask, face in ((sure, style.BLUE), (~sure, "white")):
            axis.plot(rows["value"][mask], place[mask], "o", color=style.BLUE, mfc=face, ms=6)
        axis.axvline(0, color=style.DARK, lw=0.8)
        axis.set_title(f"({letter}) {name}", fontsize=8.5)
        axis.set_xlabel("Shift")
        axis.grid(False, axis="y")
        axis.locator_params(axis="x", nbins=3)
    for axis in axes[:, 0]:
        names = [literal(label, 54) for label in labels]
        axis.set_yticks(range(len(labels)), names, fontsize=7.5)
    axes[0, 0].set_ylim(len(labels) - 0.5, -0.5)
    return figure
