"""Series, fans of quantiles, scores by lead time, and numbers with their intervals."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

from swgw.figures import BLUE, DARK, GREY, LOOKS, RED, literal


def set_time_axis(ax: Axes) -> None:
    """Label an axis of time with few, short dates."""
    # between 2 and 5 ticks there is an interval for every span; fewer than 5 would not do
    locator = mdates.AutoDateLocator(minticks=2, maxticks=5)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))


def cut_scores(ax: Axes, label: str) -> None:
    """Cut a vertical axis of scores at −1, and say so in its label; mark zero."""
    low, edge = ax.get_ylim()[0], -1.05
    ax.set_ylim(max(min(low, -0.03), edge), 1.03)
    ax.set_ylabel(label if low >= edge else f"{label} (cut at −1)")
    ax.axhline(0, color=GREY, lw=0.7)


def plot_series(
    obs: pd.Series, sims: pd.DataFrame, label: str, colour: str = BLUE, ax: Axes | None = None
) -> Axes:
    """Draw an observed series and a model's simulations of it.

    Parameters
    ----------
    obs : Series (time,)
        Gaps interrupt the line; single values between gaps are dots.
    sims : DataFrame (time, seed)
        The line is their mean, the band their range.
    label : str
        Of the vertical axis, with its unit.
    colour : str
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots(figsize=(7, 2.6))[1]
    alone = obs.notna() & obs.shift(1).isna() & obs.shift(-1).isna()
    ax.plot(obs.index, obs, color=DARK, lw=0.9, label="observed")
    ax.plot(obs.index[alone], obs[alone], ".", color=DARK, ms=3)
    ax.fill_between(sims.index, sims.min(axis=1), sims.max(axis=1), color=colour, alpha=0.3, lw=0)
    ax.plot(sims.index, sims.mean(axis=1), color=colour, lw=1.1, label="simulated")
    ax.set_ylabel(label)
    set_time_axis(ax)
    return ax


def plot_fan(window: xr.Dataset, ax: Axes, labels: bool = False) -> Axes:
    """Draw one quantile forecast: bands from pale to dark, the median, the issue time dotted.

    Parameters
    ----------
    window : Dataset
        One series and issue time of a hindcast: quantiles (lead_time, quantile), valid_time
        (lead_time,), issue_time; median (lead_time,) where it has one.
    ax : Axes
    labels : bool
        Whether the legend names the bands.
    """
    quantiles = np.sort(window["quantiles"].transpose("lead_time", "quantile"), axis=-1)
    levels, time = window["quantile"].to_numpy(), window["valid_time"].to_numpy()
    for low in range(len(levels) // 2):
        share = f"{100 * (levels[-1 - low] - levels[low]):.0f} % of the forecast"
        band = quantiles[:, low], quantiles[:, -1 - low]
        ax.fill_between(time, *band, color=BLUE, alpha=0.22, lw=0, label=share if labels else None)
    median = window["median"] if "median" in window else quantiles[:, len(levels) // 2]
    ax.plot(time, median, color=BLUE, lw=1.3, label="median" if labels else None)
    ax.axvline(window["issue_time"].to_numpy(), color=GREY, lw=0.8, ls=":")
    return ax


def plot_by_lead_time(
    scores: pd.DataFrame, label: str, models: Sequence[str] = (), ax: Axes | None = None
) -> Axes:
    """Draw a score of each model against the lead time, each with its colour, line and marker.

    Parameters
    ----------
    scores : DataFrame (lead_time, model)
    label : str
        Of the vertical axis; a score is cut at −1.
    models : sequence of str
        Which to draw; all by default.
    ax : Axes, optional
    """
    ax = ax or plt.subplots(figsize=(7, 3.4))[1]
    for model in models or scores.columns:
        colour, line, marker = LOOKS.get(model, (None, "-", "o"))
        look = {"color": colour, "ls": line, "marker": marker, "label": model}
        ax.plot(scores.index, scores[model], **look)
    ax.set(xlabel="lead time [time steps]", xticks=list(scores.index))
    cut_scores(ax, label)
    return ax


def plot_intervals(
    table: pd.DataFrame, label: str, paper: pd.Series | None = None, ax: Axes | None = None
) -> Axes:
    """Draw values with their 90 % intervals, the first row on top.

    Parameters
    ----------
    table : DataFrame (row; value, low, high)
        As :func:`swgw.intervals` and :func:`swgw.differences` give them. Models keep their
        colours; other rows are blue above zero, red below it, and grey where the interval
        includes zero or ``seeds`` is one. A row without an interval is a hollow marker.
    label : str
        Of the horizontal axis, with its unit.
    paper : Series (row,), optional
        Printed values, drawn as stars.
    ax : Axes, optional
        A new one by default.

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots(figsize=(7, 0.32 * len(table) + 0.9))[1]
    for y, (name, row) in enumerate(table.iterrows()):
        certain = np.isfinite(row["low"])
        colour = LOOKS[name][0] if name in LOOKS else _side(row)
        if certain:
            ax.plot([row["low"], row["high"]], [y, y], color=colour, lw=2, solid_capstyle="butt")
        ax.plot(row["value"], y, "o", color=colour, mfc=colour if certain else "white")
        if paper is not None and name in paper:
            ax.plot(paper[name], y, "*", ms=11, mfc="white", mec=DARK, zorder=3)
    ax.set_yticks(range(len(table)), [literal(name) for name in table.index])
    ax.set_ylim(len(table) - 0.4, -0.6)
    low, high = ax.get_xlim()
    if low <= 0 <= high:
        ax.axvline(0, color=GREY, lw=0.8)
    ax.set_xlabel(label)
    ax.grid(False, axis="y")
    return ax


def _side(row: pd.Series) -> str:
    few = row.get("seeds", 2) < 2
    return GREY if few else BLUE if row["low"] > 0 else RED if row["high"] < 0 else GREY
