"""Figures of the page on transfer learning."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from swgw.figures import style
from swgw.figures.axes import set_time_axis
from swgw.plots.second_task import WORD_COLOURS, side_handles

COLOURS = {
    "IT-LSTM": style.BLUE,
    "TL-LSTM": style.ORANGE,
    "TL-LSTM, well left out": style.RED,
    "SVR": style.GREEN,
    "random forest": style.PURPLE,
    "persistence": style.GREY,
    "damped persistence": style.DARK,
    "climatology": "#A89F91",
}
LINES = {"persistence": ":", "damped persistence": "--", "climatology": "-."}
MARKERS = dict(zip(COLOURS, "osD^vx+1", strict=True))
LOWEST = -0.5
"""Scores below are drawn at this edge."""


def plot_mean(heads: pd.DataFrame, period: tuple[pd.Timestamp, pd.Timestamp]) -> Figure:
    """Standardised monthly heads of the wells and their mean, the training years marked.

    Parameters
    ----------
    heads : DataFrame (time, well)
        In deviations of the training years.
    period : (Timestamp, Timestamp)
        First and last day of the training years.
    """
    figure, axis = plt.subplots(figsize=(style.WIDTH, 2.8))
    axis.axvspan(*period, color="#F2F2F2", lw=0, label="training years")
    axis.plot(heads.index, heads, color=style.SKY, lw=0.5, alpha=0.6)
    axis.plot([], [], color=style.SKY, lw=0.8, label="wells")
    axis.plot(heads.index, heads.mean(axis=1), color=style.DARK, lw=1.8, label="their mean")
    low, high = np.nanquantile(heads.to_numpy(), [0.005, 0.995])
    axis.set_ylim(low - 0.3, high + 0.3)
    axis.set_ylabel("Head [standard deviations]")
    set_time_axis(axis)
    figure.legend(ncol=3, loc="outside upper right")
    return figure


def plot_scores(scores: pd.DataFrame, summary: pd.DataFrame) -> Figure:
    """NSE of every well by approach, with median, quartiles and the median's interval.

    Parameters
    ----------
    scores : DataFrame
        approach, well_id, nse (mean over seeds).
    summary : DataFrame
        approach, median, low, high, lower_quartile, upper_quartile.
    """
    figure, axis = plt.subplots(figsize=(style.WIDTH, 0.42 * len(summary) + 0.9))
    spread = np.random.default_rng(0)
    for y, line in enumerate(summary.itertuples()):
        colour = COLOURS[line.approach]
        mine = scores.loc[scores["approach"] == line.approach, "nse"].to_numpy()
        heights = y + spread.uniform(-0.16, 0.16, len(mine))
        axis.plot(mine.clip(LOWEST), heights, MARKERS[line.approach], color=colour, ms=3.5,
                  alpha=0.5, zorder=2)  # fmt: skip
        box = np.array([line.lower_quartile, line.upper_quartile]).clip(LOWEST)
        axis.plot(box, [y, y], color=colour, lw=9, alpha=0.22, solid_capstyle="butt")
        axis.plot(np.clip([line.low, line.high], LOWEST, 1), [y, y], color=colour, lw=2.2)
        axis.plot(max(line.median, LOWEST), y, "|", color=style.DARK, ms=15, mew=2, zorder=3)
    axis.set_yticks(range(len(summary)), summary["approach"])
    axis.set_ylim(len(summary) - 0.5, -0.5)
    axis.set_xlim(LOWEST - 0.03, 1.02)
    axis.grid(False, axis="y")
    axis.set_xlabel(f"NSE of a well in the test period (lower ones drawn at −{-LOWEST})")
    return figure


def plot_differences(differences: pd.DataFrame, margin: float) -> Figure:
    """Median differences in NSE with their intervals and the band of "nearly identical".

    Parameters
    ----------
    differences : DataFrame
        comparison, value, low, high, side ("supported" above zero, "contradicted" below it).
    margin : float
    """
    figure, axis = plt.subplots(figsize=(style.WIDTH, 0.36 * len(differences) + 0.9))
    axis.axvspan(-margin, margin, color="#F0F0F0", lw=0, zorder=0)
    for y, line in enumerate(differences.itertuples()):
        colour = WORD_COLOURS.get(line.side, style.GREY)
        axis.plot([line.low, line.high], [y, y], color=colour, lw=2.2, solid_capstyle="butt")
        axis.plot(line.value, y, "o", color=colour, ms=6)
    axis.axvline(0, color=style.DARK, lw=0.9)
    axis.set_yticks(range(len(differences)), differences["comparison"])
    axis.set_ylim(len(differences) - 0.5, -0.5)
    axis.grid(False, axis="y")
    reach = max(*(abs(edge) for edge in axis.get_xlim()), 1.4 * margin)
    axis.set_xlim(-reach, reach)
    axis.set_xlabel("Median over wells of the difference in NSE")
    figure.legend(handles=side_handles(axis), ncol=3, loc="outside upper right")
    return figure


def plot_time(summary: pd.DataFrame) -> Figure:
    """Median NSE of each approach against the time that its development took.

    Parameters
    ----------
    summary : DataFrame
        approach, median, low, high, seconds; those without seconds are drawn as lines.
    """
    figure, axis = plt.subplots(figsize=(style.WIDTH, 3.2))
    for line in summary.itertuples():
        colour, marker = COLOURS[line.approach], MARKERS[line.approach]
        if not np.isfinite(line.seconds):
            if line.median > LOWEST:
                axis.axhline(line.median, color=colour, lw=1.2, ls=LINES[line.approach],
                             label=line.approach)  # fmt: skip
            continue
        axis.plot([line.seconds] * 2, [line.low, line.high], color=colour, lw=2)
        axis.plot(line.seconds, line.median, marker, color=colour, ms=8, label=line.approach)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.set_xlabel("Processor time to develop a model of every well [s]")
    axis.set_ylabel("Median NSE over wells")
    figure.legend(loc="outside right upper")
    return figure


def plot_likeness(wells: pd.DataFrame, marked: str | None) -> Figure:
    """What transfer costs each well against how like the mean of the others it is.

    Parameters
    ----------
    wells : DataFrame (well_id)
        likeness, difference, cluster (perhaps missing).
    marked : str or None
        The well in the hills.
    """
    figure, axis = plt.subplots(figsize=(style.WIDTH, 3.2))
    for cluster, group in wells.groupby(wells["cluster"].fillna(0).astype(int)):
        axis.plot(group["likeness"], group["difference"], style.cluster_marker(cluster), ms=6,
                  color=style.cluster_colour(cluster), ls="",
                  label=f"cluster {cluster}" if cluster else "no cluster")  # fmt: skip
    if marked is not None and marked in wells.index:
        point = wells.loc[marked, ["likeness", "difference"]].astype(float)
        axis.plot(*point, "o", ms=14, mfc="none", mec=style.DARK, label="well in the hills")
        axis.annotate(style.literal(marked, 14), point, (9, 6), textcoords="offset points")
    axis.axhline(0, color=style.DARK, lw=0.9)
    axis.set_xlabel("Correlation with the mean of the other wells, training years")
    axis.set_ylabel("NSE, TL-LSTM − IT-LSTM")
    figure.legend(ncol=5, loc="outside upper right")
    return figure


def plot_variants(frozen: pd.Series, wells: pd.DataFrame, individual: float) -> Figure:
    """Median NSE by frozen layers, and by the number of wells in the mean.

    Parameters
    ----------
    frozen : Series (layers,)
        Median NSE over wells.
    wells : DataFrame
        value (number of wells), median (one row a draw).
    individual : float
        Median NSE of IT-LSTM, for comparison.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(style.WIDTH, 2.9), sharey=True)
    left.plot(frozen.index, frozen, "s-", color=COLOURS["TL-LSTM"])
    left.set_xticks(range(len(frozen)))
    left.set(xlabel="Frozen layers, of 4", ylabel="Median NSE over wells", title="Freeze depth")
    right.plot(wells["value"], wells["median"], "s", color=COLOURS["TL-LSTM"], alpha=0.4, ms=4)
    mean = wells.groupby("value")["median"].mean()
    right.plot(mean.index, mean, "-", color=COLOURS["TL-LSTM"])
    right.set(xlabel="Wells in the mean", title="Wells pre-trained on")
    _count_axis(right, mean.index)
    for axis in (left, right):
        axis.axhline(individual, color=COLOURS["IT-LSTM"], ls="--", lw=1)
    left.plot([], [], "--", color=COLOURS["IT-LSTM"], lw=1, label="IT-LSTM")
    left.plot([], [], "s-", color=COLOURS["TL-LSTM"], label="TL-LSTM")
    figure.legend(ncol=2, loc="outside upper right")
    return figure


def plot_hunger(hunger: pd.DataFrame) -> Figure:
    """Median NSE by years of the target's record.

    Parameters
    ----------
    hunger : DataFrame
        approach, years, median; references that learn nothing are drawn below the others.
    """
    figure, axis = plt.subplots(figsize=(style.WIDTH, 2.9))
    looks = zip(("o-", "s--", "D-."), (style.BLUE, style.ORANGE, style.RED), strict=True)
    for approach, mine in hunger.groupby("approach", sort=False):
        at = mine["years"], mine["median"].clip(-1)
        if approach in LINES:  # broad and below, or it hides a line that follows it
            axis.plot(*at, "-", color=style.GREY, lw=7, alpha=0.4, label=approach, zorder=1)
        else:
            form, colour = next(looks)
            axis.plot(*at, form, color=colour, mfc="white", label=approach)
    _count_axis(axis, sorted(set(hunger["years"])))
    low = hunger["median"].min()
    axis.set(
        xlabel="Years of record of the target well",
        ylabel="Median NSE over wells" + (" (cut at −1)" if low < -1 else ""),
    )
    figure.legend(ncol=2, loc="outside upper right")
    return figure


def _count_axis(axis: Axes, ticks) -> None:
    """Logarithmic axis of counts with these ticks."""
    axis.set_xscale("log")
    axis.set_xticks(list(ticks), [str(tick) for tick in ticks])
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.minorticks_off()
