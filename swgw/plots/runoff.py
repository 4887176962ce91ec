"""Figures of section 3.1: the surface water at the gauge, observed and forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.axes import draw_fan, set_time_axis


@dataclass(frozen=True)
class Panel:
    """One model's part of Fig. 5.

    Attributes
    ----------
    model : str
    obs : Series (time,)
    sims : DataFrame (time, seed)
    note : str
        Its scores, in words; empty where there are none.
    """

    model: str
    obs: pd.Series
    sims: pd.DataFrame
    note: str


def plot_hindcasts(panels: Sequence[Panel], label: str) -> Figure:
    """Fig. 5: series and scatter of each model, three models a row, lettered as in the paper.

    Parameters
    ----------
    panels : sequence of Panel
        Single-task models first; six of them give twelve lettered axes.
    label : str
        Quantity with its unit.
    """
    rows = -(-len(panels) // 3)
    columns = min(3, len(panels))
    figure, axes = plt.subplots(
        2 * rows,
        columns,
        figsize=(style.WIDTH, 4.3 * rows),
        height_ratios=[1, 1.25] * rows,
        squeeze=False,
    )
    limits = _limits(panels)
    for index, panel in enumerate(panels):
        row, column = 2 * (index // 3), index % 3
        series, scatter = axes[row, column], axes[row + 1, column]
        letter = 6 * (index // 3) + column
        _draw_series(series, panel, "abcdefghijklmnopqr"[letter], limits)
        _draw_scatter(scatter, panel, "abcdefghijklmnopqr"[letter + 3], limits)
        if column == 0:
            series.set_ylabel(label)
            scatter.set_ylabel("Simulated " + label[0].lower() + label[1:])
        else:
            series.set_yticklabels([])
            scatter.set_yticklabels([])
        scatter.set_xlabel("Observed " + label[0].lower() + label[1:])
    for index in range(len(panels), rows * columns):
        axes[2 * (index // 3), index % 3].set_axis_off()
        axes[2 * (index // 3) + 1, index % 3].set_axis_off()
    lines = [axes[0, 0].plot([], [], color=style.DARK, lw=0.9)[0]]
    lines += axes[0, 0].plot([], [], color=style.GREY, lw=2)
    figure.legend(lines, ["observed", "simulated, in colour"], ncol=2, loc="outside upper right")
    return figure


def _limits(panels: Sequence[Panel]) -> tuple[float, float]:
    """One range for all panels, so that they can be compared."""
    values = np.concatenate([np.r_[p.obs.to_numpy(), p.sims.to_numpy().ravel()] for p in panels])
    low, high = np.nanmin(values), np.nanmax(values)
    margin = 0.04 * max(high - low, 1e-6)
    return low - margin, high + margin


def _draw_series(axes: Axes, panel: Panel, letter: str, limits: tuple[float, float]) -> None:
    colour, time = style.MODEL_COLOURS[panel.model], panel.sims.index
    axes.plot(panel.obs.index, panel.obs, color=style.DARK, lw=0.9)
    axes.fill_between(time, panel.sims.min(axis=1), panel.sims.max(axis=1), color=colour, alpha=0.3)
    axes.plot(time, panel.sims.mean(axis=1), color=colour, lw=1.1)
    axes.set(ylim=limits, title=f"({letter}) {panel.model}")
    set_time_axis(axes)


def _draw_scatter(axes: Axes, panel: Panel, letter: str, limits: tuple[float, float]) -> None:
    axes.axline((limits[0], limits[0]), slope=1, color=style.GREY, lw=0.9)
    axes.scatter(
        panel.obs,
        panel.sims.mean(axis=1),
        s=11,
        color=style.MODEL_COLOURS[panel.model],
        marker=style.MODEL_MARKERS[panel.model],
        alpha=0.55,
        linewidths=0,
    )
    axes.set(xlim=limits, ylim=limits, title=f"({letter}) {panel.model}")
    axes.set_box_aspect(1)
    axes.text(0.04, 0.97, panel.note, transform=axes.transAxes, va="top", fontsize=7.5)


def plot_scores(scores: pd.DataFrame, paper: pd.Series, label: str = "NSE") -> Figure:
    """Score of every model with its interval, seeds as small marks, the paper's value beside.

    Parameters
    ----------
    scores : DataFrame
        Columns model, value, low, high, seeds (list of float); drawn from the top down.
    paper : Series (model,)
        The paper's values; empty where the basin has none.
    label : str
        The score's name, with its unit where it has one.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 0.34 * len(scores) + 1.1))
    for row, line in enumerate(scores.itertuples()):
        colour, marker = style.MODEL_COLOURS[line.model], style.MODEL_MARKERS[line.model]
        axes.plot([line.low, line.high], [row, row], color=colour, lw=2, solid_capstyle="butt")
        axes.plot(line.seeds, np.full(len(line.seeds), row), "|", color=colour, ms=8, mew=1)
        axes.plot(line.value, row, marker, color=colour, ms=6.5, mew=1.6)
        if line.model in paper.index:
            axes.plot(paper[line.model], row, "*", ms=11, mfc="white", mec=style.DARK)
    _label_models(axes, list(scores["model"]), label)
    handles = [axes.plot([], [], "|", color=style.DARK, ms=8, label="one seed")[0]]
    handles += [axes.plot([], [], "-", color=style.DARK, lw=2, label="90 % interval")[0]]
    if len(paper):
        star = axes.plot([], [], "*", ms=11, mfc="white", mec=style.DARK, ls="", label="paper")
        handles += star
    figure.legend(handles=handles, ncol=3, loc="outside upper right")
    return figure


def _label_models(axes: Axes, models: list[str], label: str) -> None:
    axes.set_yticks(range(len(models)), models)
    axes.invert_yaxis()
    axes.grid(False, axis="y")
    axes.set_xlabel(label)
    low = axes.get_xlim()[0]
    if low < -1.05:
        axes.set_xlim(left=-1.05)
        axes.set_xlabel(f"{label} (values below −1 lie off the left edge)")
    axes.axvline(0, color=style.GREY, lw=0.8)


def plot_lead_times(scores: pd.DataFrame, step: str, label: str = "NSE") -> Figure:
    """Score against lead time, one line a model, trained models left, references in both.

    Parameters
    ----------
    scores : DataFrame
        Columns model, lead_time, value, low, high (over seeds) and reference (bool).
    step : str
        The length of a step in words, such as "5 days".
    """
    figure, axes = plt.subplots(1, 2, figsize=(style.WIDTH, 3.6), sharey=True)
    trained = scores[~scores["reference"]]
    panels = {
        "(a) single-task and control": trained["model"].str.startswith("ST"),
        "(b) multi-task": trained["model"].str.startswith("MT"),
    }
    best = scores[scores["reference"]]
    for axis, (title, chosen) in zip(axes, panels.items(), strict=True):
        for model, line in best.groupby("model", sort=False):
            _draw_lead_line(axis, model, line, light=True)
        for model, line in trained[chosen].groupby("model", sort=False):
            _draw_lead_line(axis, model, line)
        axis.set(title=title, xlabel=f"Lead time [steps of {step}]")
        axis.xaxis.get_major_locator().set_params(integer=True)
    axes[0].set_ylabel(label)
    bottom = min(0.0, max(-1.0, np.nanmin(scores["value"]) - 0.05))
    axes[0].set_ylim(bottom, 1.02)
    figure.legend(*_unique_handles(axes), loc="outside lower center", ncol=4)
    return figure


def _draw_lead_line(axes: Axes, model: str, line: pd.DataFrame, light: bool = False) -> None:
    colour = style.MODEL_COLOURS[model]
    axes.plot(
        line["lead_time"],
        line["value"],
        color=colour,
        ls=style.MODEL_LINES[model],
        marker=style.MODEL_MARKERS[model],
        ms=3.5 if light else 5,
        lw=1.0 if light else 1.5,
        markevery=max(1, len(line) // 6),
        label=model,
    )
    if not light and len(line):
        axes.fill_between(line["lead_time"], line["low"], line["high"], color=colour, alpha=0.15)


def _unique_handles(axes: Sequence[Axes]) -> tuple[list, list]:
    """Legend entries of several axes, each once."""
    entries = {}
    for axis in axes:
        for handle, name in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(name, handle)
    return list(entries.values()), list(entries)


def plot_fans(fans: Sequence[dict], obs: pd.Series, label: str) -> Figure:
    """Quantile forecasts of a few issue times over the observations.

    Parameters
    ----------
    fans : sequence of dict
        issue_time, valid_time (lead_time,), quantiles (lead_time, level), levels, median.
    obs : Series (time,)
        Around all of them.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    axes.plot(obs.index, obs, color=style.DARK, lw=1, marker=".", ms=3, label="observed")
    for number, fan in enumerate(fans):
        draw_fan(axes, fan, named=number == 0)
    axes.set_ylabel(label)
    set_time_axis(axes)
    figure.legend(loc="outside upper center", ncol=5, columnspacing=1.2, handlelength=1.5)
    return figure


def plot_flow_classes(biases: pd.DataFrame, label: str) -> Figure:
    """Mean error of each model in low, middle and high flows.

    Parameters
    ----------
    biases : DataFrame (model, class)
        sim − obs, in the unit of ``label``.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    width = 0.8 / len(biases)
    for index, (model, line) in enumerate(biases.iterrows()):
        place = np.arange(biases.shape[1]) - 0.4 + (index + 0.5) * width
        hatch = "" if model.startswith("ST-") else ("///" if model.startswith("MT") else "...")
        colour = style.MODEL_COLOURS[model]
        axes.bar(
            place, line, width * 0.92, color=colour, hatch=hatch, edgecolor="white", label=model
        )
    axes.axhline(0, color=style.DARK, lw=0.8)
    axes.set_xticks(range(biases.shape[1]), biases.columns)
    axes.grid(False, axis="x")
    axes.set_ylabel(f"Mean error of {label[0].lower() + label[1:]}")
    figure.legend(loc="outside upper center", ncol=4)
    return figure
