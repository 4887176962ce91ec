"""Figures of section 4.1: attention over the encoder's year and by lead time."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.axes import set_time_axis


@dataclass(frozen=True)
class Panel:
    """One driver beside the attention.

    Attributes
    ----------
    label : str
        The driver with its unit.
    driver : Series (time,) or None
        None where the basin has no such series.
    note : str
        The correlation in words, or why there is no series.
    bars : bool
        Whether the driver is drawn as bars (amounts) or as a line.
    """

    label: str
    driver: pd.Series | None
    note: str
    bars: bool


def plot_attention(attention: pd.DataFrame, null: np.ndarray, panels: Sequence[Panel]) -> Figure:
    """Fig. 10: attention over the encoder against each driver, with the null's band.

    Parameters
    ----------
    attention : DataFrame (time, seed)
        Percent of the encoder's attention on each step, mean over wells and lead times.
    null : array (permutation, time)
        The same with the past shuffled in time.
    panels : sequence of Panel
    """
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(style.WIDTH, 2.25 * len(panels) + 0.4), sharex=True, squeeze=False
    )
    attention = attention.set_axis(_middles(attention.index))
    for axis, panel, letter in zip(axes[:, 0], panels, "abcdef", strict=False):
        _draw_attention(axis, attention, null)
        if panel.driver is not None:
            _draw_driver(axis, panel)
        axis.set_title(f"({letter}) {panel.note}", fontsize=9)
    set_time_axis(axes[-1, 0])
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=3, loc="outside upper right")
    return figure


def _middles(time: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Middles of the steps that begin at some days."""
    return time + np.median(np.diff(time)) / 2


def _draw_attention(axes: Axes, attention: pd.DataFrame, null: np.ndarray) -> None:
    low, high = np.quantile(null, [0.05, 0.95], axis=0)
    axes.fill_between(
        attention.index,
        low,
        high,
        color=style.GREY,
        alpha=0.25,
        lw=0,
        label="inputs shuffled (90 %)",
    )
    if attention.shape[1] > 1:
        axes.plot(attention.index, attention, color=style.PURPLE, lw=0.6, alpha=0.5)
    axes.plot(
        attention.index, attention.mean(axis=1), color=style.PURPLE, lw=1.8, label="attention"
    )
    axes.set_ylabel("Attention [%]", color=style.PURPLE)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)


def _draw_driver(axes: Axes, panel: Panel) -> None:
    right = axes.twinx()
    right.grid(False)
    right.spines["right"].set_visible(True)
    time, colour = _middles(panel.driver.index), style.BLUE if panel.bars else style.DARK
    if panel.bars:
        width = np.median(np.diff(time)).astype("timedelta64[h]").astype(float) / 24 * 0.9
        right.bar(time, panel.driver, width=width, color=colour, alpha=0.35)
        right.set_ylim(0, 1.5 * max(panel.driver.max(), 1e-9))
    else:
        right.plot(time, panel.driver, color=colour, lw=1, ls="--")
    right.set_ylabel(panel.label, color=colour)
    axes.set_zorder(right.get_zorder() + 1)
    axes.patch.set_visible(False)


def plot_lead_times(attention: pd.DataFrame, late: pd.Series, step: str, late_words: str) -> Figure:
    """Attention by lead time: over the encoder, and its share on the latest steps.

    Parameters
    ----------
    attention : DataFrame (encoder_step, lead_time)
        Percent, mean over the test windows; each column adds up to 100.
    late : DataFrame (lead_time, seed)
        Percent on the latest steps.
    step : str
        Length of a step in words.
    late_words : str
        Which steps count as the latest.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(style.WIDTH, 3.4), width_ratios=[1.75, 1])
    colours = mpl.colormaps["viridis"](np.linspace(0.05, 0.85, attention.shape[1]))
    shown = np.unique(np.linspace(0, attention.shape[1] - 1, 6).round().astype(int))
    for place in shown:
        lead = attention.columns[place]
        left.plot(attention.index, attention[lead], color=colours[place], lw=1.3, label=str(lead))
    left.set(title="(a)", xlabel=f"Step before the issue time [{step}]", ylabel="Attention [%]")
    left.set_ylim(0, 1.05 * attention.to_numpy().max())
    left.margins(x=0.02)
    left.legend(title="lead time", ncol=2, title_fontsize=8.5)
    if late.shape[1] > 1:
        right.plot(late.index, late, color=style.PURPLE, lw=0.6, alpha=0.5)
    right.plot(late.index, late.mean(axis=1), "o-", color=style.PURPLE)
    right.set(title="(b)", xlabel=f"Lead time [steps of {step}]")
    right.set_ylabel(f"Attention on {late_words} [%]")
    right.set_ylim(0, 1.08 * late.to_numpy().max())
    right.margins(x=0.08)
    right.xaxis.get_major_locator().set_params(integer=True)
    return figure


def plot_null(found: pd.DataFrame, null: pd.DataFrame) -> Figure:
    """Correlations of attention with each driver beside those that shuffled inputs give.

    Parameters
    ----------
    found : DataFrame (seed, driver)
    null : DataFrame (permutation, driver)
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 0.55 * found.shape[1] + 1.2))
    for row, name in enumerate(found):
        jitter = row + 0.18 * np.sin(2.4 * np.arange(len(null)))
        axes.plot(null[name], jitter, ".", ms=4, color=style.GREY, alpha=0.6,
                  label="inputs shuffled" if row == 0 else None)  # fmt: skip
        axes.plot(found[name], np.full(len(found), row), "D", color=style.PURPLE, ms=6, mec="white",
                  label="attention, one mark a seed" if row == 0 else None)  # fmt: skip
    axes.axvline(0, color=style.DARK, lw=0.8)
    axes.set_yticks(range(found.shape[1]), found.columns)
    axes.set_ylim(found.shape[1] - 0.5, -0.5)
    axes.set_xlim(-1, 1)
    axes.set_xlabel("Correlation with attention over the encoder")
    axes.grid(False, axis="y")
    figure.legend(ncol=2, loc="outside upper right")
    return figure
