"""Figures of section 2.6: the periods, a window, and how training went."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.axes import set_time_axis

PERIOD_COLOURS = {"train": style.SKY, "validation": style.ORANGE, "test": style.PURPLE}
PERIOD_WORDS = {"train": "training", "validation": "validation", "test": "test"}
ARM_COLOURS = {"ST": style.DARK, "STw": style.SKY, "ST+": style.PURPLE, "MT": style.BLUE}


@dataclass(frozen=True)
class WindowSpan:
    """The days that one window covers: its encoder, its issue time, its lead times."""

    start: pd.Timestamp
    issue: pd.Timestamp
    end: pd.Timestamp
    period: str


def plot_periods(
    periods: dict[str, tuple[pd.Timestamp, pd.Timestamp]],
    observed: pd.DataFrame,
    windows: Sequence[WindowSpan],
) -> Figure:
    """Training, validation and test years, what was observed, and windows to scale.

    Parameters
    ----------
    periods : dict
        Name to first and last day.
    observed : DataFrame (time, kind)
        Share of the series with an observation at each step (0–1).
    windows : sequence of WindowSpan
    """
    kinds = list(observed)
    figure, axes = plt.subplots(
        2 + len(kinds), 1, figsize=(style.WIDTH, 1.5 + 0.75 * len(kinds) + 1.0), sharex=True,
        height_ratios=[0.7, *[0.9] * len(kinds), 1.2],
    )  # fmt: skip
    for name, (first, last) in periods.items():
        for axis in axes:
            alpha = 0.85 if axis is axes[0] else 0.13
            axis.axvspan(first, last, color=PERIOD_COLOURS[name], alpha=alpha, lw=0)
        middle = first + (last - first) / 2
        # above its box, which may be narrower than the word
        axes[0].text(middle, 1.1, PERIOD_WORDS[name], ha="center", va="bottom", fontsize=8,
                     transform=axes[0].get_xaxis_transform())  # fmt: skip
    axes[0].set_yticks([])
    axes[0].grid(False)
    for axis, kind in zip(axes[1:-1], kinds, strict=True):
        axis.fill_between(
            observed.index, 0, 100 * observed[kind], color=style.DARK, lw=0, step="post"
        )
        axis.set(ylim=(0, 100), yticks=[0, 50, 100])
        axis.set_title(f"{kind}: share observed [%]", fontsize=8.5)
    _draw_windows(axes[-1], windows)
    set_time_axis(axes[-1])
    return figure


def _draw_windows(axes: Axes, windows: Sequence[WindowSpan]) -> None:
    for row, span in enumerate(windows):
        axes.barh(row, span.issue - span.start, left=span.start, color=style.GREY, height=0.55)
        colour = PERIOD_COLOURS[span.period]
        axes.barh(row, span.end - span.issue, left=span.issue, color=colour, height=0.8)
    axes.set_yticks([])
    axes.set_ylim(len(windows) - 0.4, -0.6)
    axes.grid(False, axis="y")
    axes.set_title("windows, to scale: encoder grey, lead times in colour", fontsize=8.5)


def plot_window(rows: Sequence[tuple[str, pd.Series, bool, bool]], issue: pd.Timestamp) -> Figure:
    """What one window holds: each series before and after the issue time.

    Parameters
    ----------
    rows : sequence of (label, Series (time,), known, target)
        known: the model sees it beyond the issue time; target: it shall forecast it there.
    issue : Timestamp
        First moment that is not past.
    """
    figure, axes = plt.subplots(
        len(rows), 1, figsize=(style.WIDTH, 1.15 * len(rows) + 0.5), sharex=True, squeeze=False
    )
    for axis, (label, series, known, target) in zip(axes[:, 0], rows, strict=True):
        past, ahead = series[series.index < issue], series[series.index >= issue]
        axis.plot(past.index, past, color=style.DARK, marker=".", ms=3, lw=1)
        colour, marker = (style.RED, "o") if target else (style.BLUE, ".")
        if known or target:
            axis.plot(ahead.index, ahead, color=colour, marker=marker, ms=4, lw=1.2)
        axis.axvline(issue, color=style.GREY, lw=1, ls="--")
        axis.set_title(label, fontsize=8.5)
        axis.ticklabel_format(axis="y", useOffset=False)
    axes[0, 0].plot([], [], color=style.DARK, marker=".", label="encoder")
    axes[0, 0].plot([], [], color=style.BLUE, marker=".", label="known ahead")
    axes[0, 0].plot([], [], color=style.RED, marker="o", ms=4, label="to be forecast")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=3, loc="outside upper right")
    set_time_axis(axes[-1, 0])
    return figure


def plot_learning_curves(curves: pd.DataFrame, targets: dict[str, str]) -> Figure:
    """Training and validation loss by windows presented, one line a seed.

    Parameters
    ----------
    curves : DataFrame
        run, model, target, windows, train_loss, validation_loss.
    targets : dict
        Target to the title of its row.
    """
    algorithms = [a for a in ("GRU", "LSTM", "TFT") if curves["model"].str.endswith(a).any()]
    rows = [target for target in targets if (curves["target"] == target).any()]
    figure, axes = plt.subplots(
        len(rows), len(algorithms), figsize=(style.WIDTH, 1.95 * len(rows) + 0.7), sharex=True,
        squeeze=False,
    )  # fmt: skip
    for row, target in enumerate(rows):
        for column, algorithm in enumerate(algorithms):
            chosen = curves["model"].str.endswith(algorithm) & (curves["target"] == target)
            _draw_curves(axes[row, column], curves[chosen])
            axes[row, column].set_title(f"{algorithm}: {targets[target]}", fontsize=8.5)
        axes[row, 0].set_ylabel("Loss")
    for axis in axes[-1]:
        axis.set_xlabel("Windows presented")
    _curve_legend(figure, axes[0, 0], curves)
    return figure


def _draw_curves(axes: Axes, curves: pd.DataFrame) -> None:
    for (_, model), line in curves.groupby(["run", "model"]):
        colour = ARM_COLOURS[model.split("-")[0]]
        axes.plot(line["windows"], line["train_loss"], color=colour, lw=0.9, ls=":")
        axes.plot(line["windows"], line["validation_loss"], color=colour, lw=1.4)
        best = line["validation_loss"].idxmin()
        axes.plot(
            line.loc[best, "windows"], line.loc[best, "validation_loss"], "o", ms=4, color=colour
        )
    axes.ticklabel_format(axis="x", style="sci", scilimits=(-3, 5))


def _curve_legend(figure: Figure, axes: Axes, curves: pd.DataFrame) -> None:
    arms = [a for a in ARM_COLOURS if curves["model"].str.startswith(f"{a}-").any()]
    handles = [axes.plot([], [], color=ARM_COLOURS[arm], label=arm)[0] for arm in arms]
    styles = {"ls": ":", "lw": 0.9}, {"lw": 1.4}, {"ls": "", "marker": "o", "ms": 4}
    for look, word in zip(styles, ("training", "validation", "kept"), strict=True):
        handles += axes.plot([], [], color=style.GREY, label=word, **look)
    figure.legend(handles=handles, ncol=7, loc="outside upper right", columnspacing=1.2)
