"""Figures of readings that are tested: beside shuffled inputs, what forecasts need, the truth."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.style import literal
from swgw.plots.drivers import DRIVER_COLOURS, draw_band, draw_bars

MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")


def plot_weights_and_needs(
    weights: pd.DataFrame, needs: dict[str, pd.DataFrame], band: tuple[float, ...] | None
) -> Figure:
    """Selection weights beside permutation importance, the same inputs in the same rows.

    Parameters
    ----------
    weights : DataFrame (variable, seed)
        Percent; rows in the order to draw.
    needs : dict
        Target to DataFrame (variable; value, low, high): rise of the loss [%] with its interval.
    band : tuple of float, optional
        Range and largest of the weights on shuffled inputs [%].
    """
    figure, axes = plt.subplots(
        1, 1 + len(needs), figsize=(style.WIDTH, 0.23 * len(weights) + 1.2), sharey=True,
        squeeze=False,
    )  # fmt: skip
    for letter, axis, (target, frame) in zip("bcd", axes[0, 1:], needs.items(), strict=False):
        _draw_intervals(axis, frame.loc[weights.index])
        axis.set_title(f"({letter}) exchanged: {target}", fontsize=9)
        axis.set_xlabel("Rise of the loss [%]")
    draw_bars(axes[0, 0], weights, "Selection weight [%]")
    if band is not None:
        draw_band(axes[0, 0], band)
    axes[0, 0].set_title("(a) selection weights", fontsize=9)
    return figure


def _draw_intervals(axes: Axes, frame: pd.DataFrame) -> None:
    place = np.arange(len(frame))
    axes.barh(place, frame["value"], color=style.ORANGE, height=0.72)
    axes.hlines(place, frame["low"], frame["high"], color=style.DARK, lw=1)
    axes.axvline(0, color=style.DARK, lw=0.8)
    axes.grid(False, axis="y")


def plot_groups(panels: dict[str, dict[str, pd.DataFrame]]) -> Figure:
    """Permutation importance of groups of inputs, exchanged in two ways.

    Parameters
    ----------
    panels : dict
        Target to {way of exchange: DataFrame (group; value, low, high) [%]}.
    """
    first = next(iter(next(iter(panels.values())).values()))
    figure, axes = plt.subplots(
        1, len(panels), figsize=(style.WIDTH, 0.5 * len(first) + 1.3), sharey=True, squeeze=False
    )
    looks = ((style.SKY, ""), (style.ORANGE, "//"))
    for letter, axis, (target, ways) in zip("abc", axes[0], panels.items(), strict=False):
        for side, (way, frame), (colour, hatch) in zip(
            (-0.2, 0.2), ways.items(), looks, strict=True
        ):
            place = np.arange(len(frame)) + side
            axis.barh(place, frame["value"], 0.36, color=colour, hatch=hatch, label=way,
                      edgecolor="white", lw=0)  # fmt: skip
            axis.hlines(place, frame["low"], frame["high"], color=style.DARK, lw=1)
        axis.axvline(0, color=style.DARK, lw=0.8)
        axis.set_title(f"({letter}) {target}")
        axis.set_xlabel("Rise of the loss [%]")
        axis.grid(False, axis="y")
    axes[0, 0].set_yticks(range(len(first)), [literal(name, 34) for name in first.index])
    axes[0, 0].set_ylim(len(first) - 0.5, -0.5)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=2, loc="outside upper right")
    return figure


def plot_agreement(found: dict[str, pd.DataFrame], close: float) -> Figure:
    """Rank correlation of each reading with the truth.

    Parameters
    ----------
    found : dict
        Question to DataFrame (reading; value, low, high).
    close : float
        From where on a reading counts as close.
    """
    first = next(iter(found.values()))
    figure, axes = plt.subplots(
        1, len(found), figsize=(style.WIDTH, 0.36 * len(first) + 1.3), sharey=True, squeeze=False
    )
    for letter, axis, (question, frame) in zip("abc", axes[0], found.items(), strict=False):
        for place, (_, row) in enumerate(frame.iterrows()):
            beside = place >= len(frame) - 2  # no readings, but what they are held against
            colour = style.GREY if beside else style.BLUE
            axis.hlines(place, row["low"], row["high"], color=colour, lw=2)
            axis.plot(row["value"], place, MARKERS[place % len(MARKERS)], color=colour, ms=7)
        axis.axvline(0, color=style.DARK, lw=0.8)
        axis.axvline(close, color=style.GREEN, lw=1, ls="--")
        axis.set(xlim=(-1, 1), xlabel="Rank correlation with truth")
        axis.set_title(f"({letter}) {question}", fontsize=9)
        axis.grid(False, axis="y")
    axes[0, 0].set_yticks(range(len(first)), first.index)
    axes[0, 0].set_ylim(len(first) - 0.5, -0.5)
    return figure


def plot_said(said: dict[str, pd.DataFrame], truth: pd.DataFrame) -> Figure:
    """What readings say of each driver at each well against the truth.

    Parameters
    ----------
    said : dict
        Reading to DataFrame (well, driver): shares.
    truth : DataFrame (well, driver)
        Shares.
    """
    figure, axes = plt.subplots(
        1, len(said), figsize=(style.WIDTH, 2.75), sharex=True, sharey=True, squeeze=False
    )
    for letter, axis, (reading, shares) in zip("abcd", axes[0], said.items(), strict=False):
        for marker, driver in zip(MARKERS, truth, strict=False):
            axis.plot(100 * truth[driver], 100 * shares[driver], marker, ms=5, alpha=0.8,
                      color=DRIVER_COLOURS[driver], mec="white", mew=0.4, label=driver)  # fmt: skip
        axis.plot([0, 100], [0, 100], color=style.GREY, lw=0.8, ls=":")
        axis.set_title(f"({letter}) {reading}", fontsize=9)
        axis.set(xlim=(-3, 103), ylim=(-3, 103), xlabel="True share [%]")
    axes[0, 0].set_ylabel("Share that is said [%]")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=3, loc="outside upper right")
    return figure


def plot_past(attention: pd.DataFrame, needs: pd.DataFrame, even: Sequence[float]) -> Figure:
    """Attention by age of the past beside what forecasts need of it.

    Parameters
    ----------
    attention, needs : DataFrame (age, seed)
        Shares [%], each column adding up to 100.
    even : sequence of float
        Share of the steps that each part has [%].
    """
    figure, axes = plt.subplots(1, 2, figsize=(style.WIDTH, 3.1), sharey=True)
    panels = ((attention, "(a) attention", style.PURPLE), (needs, "(b) need", style.ORANGE))
    for axis, (frame, title, colour) in zip(axes, panels, strict=True):
        place = np.arange(len(frame))
        axis.bar(place, frame.mean(axis=1), 0.7, color=colour, alpha=0.75)
        if frame.shape[1] > 1:
            for seed in frame:
                axis.plot(place, frame[seed], "_", color=style.DARK, ms=9)
        axis.plot(place, even, "k.", ms=5, label="share of the steps")
        axis.set_xticks(place, frame.index)
        axis.set(title=title, xlabel="Age of the past [months]")
        axis.grid(False, axis="x")
    axes[0].set_ylabel("Share [%]")
    axes[0].legend()
    return figure


def plot_largest(tables: dict[str, pd.DataFrame]) -> Figure:
    """Each well's largest correlation with a driver beside that with shuffled years.

    Parameters
    ----------
    tables : dict
        Driver to DataFrame (well; found, null, null_high).
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 0.55 * len(tables) + 1.2))
    names = ("years shuffled, 95 % quantile", "a well, beyond its own", "a well, within it")
    for row, table in enumerate(tables.values()):
        jitter = row + 0.14 * np.sin(2.4 * np.arange(len(table)))
        labels = names if row == 0 else (None,) * 3
        axes.plot(table["null_high"], jitter + 0.15, "|", color=style.GREY, ms=7, label=labels[0])
        beyond = (table["found"] > table["null_high"]).to_numpy()
        for mask, face, label in ((beyond, style.BLUE, labels[1]), (~beyond, "none", labels[2])):
            axes.plot(
                table["found"][mask], jitter[mask] - 0.15, "o", color=style.BLUE, mfc=face, ms=5,
                label=label,
            )  # fmt: skip
    axes.set_yticks(range(len(tables)), list(tables))
    axes.set_ylim(len(tables) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("Largest correlation over lags of 0 to 12 months, without sign")
    axes.grid(False, axis="y")
    figure.legend(ncol=3, loc="outside upper right")
    return figure
