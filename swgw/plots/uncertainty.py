"""How sure forecasts are: reliability, coverage, width and CRPS of their intervals, and fans."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.axes import draw_fan, set_time_axis

RAW = "raw"


def plot_reliability(lines: pd.DataFrame) -> Figure:
    """Share of observations below each quantile against its level: the diagonal is reliable.

    Parameters
    ----------
    lines : DataFrame
        Columns target, kind ("raw", "recalibrated"), model, level, share. One row of axes a target,
        one column a kind.
    """
    targets, kinds = list(lines["target"].unique()), list(lines["kind"].unique())
    figure, axes = plt.subplots(
        len(targets),
        len(kinds),
        figsize=(style.WIDTH if len(kinds) > 1 else 4.6, 3.3 * len(targets)),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for row, target in enumerate(targets):
        for column, kind in enumerate(kinds):
            axis = axes[row, column]
            axis.plot([0, 1], [0, 1], color=style.GREY, lw=0.9)
            chosen = lines[(lines["target"] == target) & (lines["kind"] == kind)]
            for model, line in chosen.groupby("model", sort=False):
                axis.plot(line["level"], line["share"], **_look(model), label=model)
            axis.set(title=f"{target}, {kind}", xlim=(0, 1), ylim=(0, 1))
            axis.set_box_aspect(1)
            if row == len(targets) - 1:
                axis.set_xlabel("Level of the quantile")
            if column == 0:
                axis.set_ylabel("Share of observations below it")
    _legend(figure, axes)
    return figure


def _look(model: str, kind: str = "") -> dict:
    """Colour, line and marker of a model; raw quantiles are open and dotted."""
    look = {
        "color": style.MODEL_COLOURS[model],
        "ls": style.MODEL_LINES[model],
        "marker": style.MODEL_MARKERS[model],
        "ms": 5,
        "lw": 1.3,
    }
    return look | {"mfc": "white", "ls": ":"} if kind == RAW else look


def _legend(figure: Figure, axes: np.ndarray) -> None:
    entries = {}
    for axis in axes.ravel():
        for handle, name in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(name, handle)
    figure.legend(entries.values(), entries.keys(), loc="outside lower center", ncol=4)


def plot_coverage(lines: pd.DataFrame, step: str) -> Figure:
    """Coverage of the 80 % and the 95 % interval against lead time, with intervals.

    Parameters
    ----------
    lines : DataFrame
        Columns target, nominal (80, 95), model, kind, lead_time, value, low, high.
    step : str
        The length of a step in words, such as "5 days".
    """
    targets, nominal = list(lines["target"].unique()), sorted(lines["nominal"].unique())
    figure, axes = plt.subplots(
        len(targets),
        len(nominal),
        figsize=(style.WIDTH, 2.7 * len(targets) + 0.5),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for row, target in enumerate(targets):
        for column, share in enumerate(nominal):
            axis = axes[row, column]
            axis.axhline(share, color=style.DARK, lw=0.9)
            chosen = lines[(lines["target"] == target) & (lines["nominal"] == share)]
            _draw_by_lead(axis, chosen)
            axis.set(title=f"{target}, {share} % interval", ylim=(None, 101))
            if row == len(targets) - 1:
                axis.set_xlabel(f"Lead time [steps of {step}]")
        axes[row, 0].set_ylabel("Observations inside [%]")
    _legend(figure, axes)
    return figure


def _draw_by_lead(axis: Axes, lines: pd.DataFrame, bars: bool = True) -> None:
    """Draw a line for each model and kind; with intervals, side by side so that none hides."""
    groups = list(lines.groupby(["model", "kind"], sort=False))
    several = len(lines["kind"].unique()) > 1
    apart = 0.015 * (lines["lead_time"].max() - 1) if len(lines) and bars else 0.0
    for place, ((model, kind), line) in enumerate(groups):
        every = max(1, len(line) // 6)
        axis.errorbar(
            line["lead_time"] + apart * (place - (len(groups) - 1) / 2),
            line["value"],
            yerr=_reach(line) if bars else None,
            elinewidth=0.9,
            markevery=every,
            errorevery=every,
            label=f"{model}, {kind}" if several else model,
            **_look(model, kind if several else ""),
        )
    axis.xaxis.get_major_locator().set_params(integer=True)


def _reach(line: pd.DataFrame) -> list[pd.Series]:
    """Length of the bars below and above; a median may lie outside its resampled range."""
    below, above = line["value"] - line["low"], line["high"] - line["value"]
    return [below.clip(lower=0), above.clip(lower=0)]


def plot_by_lead(
    lines: pd.DataFrame, labels: Sequence[str], step: str, bars: bool = True
) -> Figure:
    """Some score against lead time, one panel a target, each with its own unit.

    Parameters
    ----------
    lines : DataFrame
        Columns target, model, kind, lead_time, value, low, high.
    labels : sequence of str
        Of the vertical axes, one a target.
    step : str
    bars : bool
        Whether intervals are drawn.
    """
    targets = list(lines["target"].unique())
    figure, axes = plt.subplots(
        1, len(targets), figsize=(style.WIDTH if len(targets) > 1 else 4.6, 3.8), squeeze=False
    )
    for axis, target, label in zip(axes[0], targets, labels, strict=True):
        own = lines[lines["target"] == target]
        _draw_by_lead(axis, own, bars)
        axis.set(title=target, xlabel=f"Lead time [steps of {step}]", ylabel=label)
        # values that hardly differ leave no margin of their own above them
        axis.set_ylim(0, max(axis.get_ylim()[1], 1.05 * own["value"].max()))
    _legend(figure, axes)
    return figure


def plot_fans(panels: dict[str, Sequence[dict]], obs: pd.Series, label: str) -> Figure:
    """Quantile forecasts of a few issue times over the observations, one panel a kind.

    Parameters
    ----------
    panels : dict of str to sequence of dict
        Title to fans: issue_time, valid_time (lead_time,), quantiles (lead_time, level), levels.
    obs : Series (time,)
    label : str
        Quantity with its unit.
    """
    figure, axes = plt.subplots(
        len(panels),
        1,
        figsize=(style.WIDTH, 2.6 * len(panels) + 0.5),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis, (title, fans) in zip(axes[:, 0], panels.items(), strict=True):
        axis.plot(obs.index, obs, color=style.DARK, lw=1, marker=".", ms=3, label="observed")
        for number, fan in enumerate(fans):
            draw_fan(axis, fan, named=number == 0)
        axis.set(title=title, ylabel=label)
        set_time_axis(axis)
    _legend(figure, axes)
    return figure
