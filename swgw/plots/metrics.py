"""What scores see and what they miss (section 2.8)."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures.style import BLUE, DARK, GREEN, GREY, MODEL_COLOURS, RED


def plot_faults(
    obs: pd.Series, sims: dict[str, pd.Series], notes: dict[str, str], label: str
) -> Figure:
    """Draw simulations with one fault each beside the observations.

    Parameters
    ----------
    obs : Series (time,)
    sims : dict of str to Series (time,)
        By the name of the fault.
    notes : dict of str to str
        The scores of each, written into its panel.
    label : str
        Of the vertical axes, with the unit.
    """
    figure, panels = plt.subplots(2, 2, figsize=(7, 4.6), sharex=True, sharey=True)
    for number, (axes, (fault, sim)) in enumerate(zip(panels.flat, sims.items(), strict=True)):
        axes.plot(obs.index, obs, color=GREY, linewidth=1.6, label="observed")
        axes.plot(sim.index, sim, color=RED, linewidth=1.2, label="simulated")
        axes.set_title(f"({'abcd'[number]}) {fault}\n{notes[fault]}", fontsize=9)
        axes.tick_params(axis="x", rotation=30)
    figure.supylabel(label, fontsize=9.5)
    figure.supxlabel("Date", fontsize=9.5)
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def plot_datum(scores: pd.DataFrame) -> Figure:
    """Draw how NSE and KGE of heads change with the zero of the levels.

    Parameters
    ----------
    scores : DataFrame (mean level, score)
        ``nse`` and ``kge`` by the mean observed head above the chosen zero [m].
    """
    figure, axes = plt.subplots(figsize=(7, 3))
    axes.plot(scores.index, scores["kge"], color=RED, label="KGE")
    axes.plot(scores.index, scores["nse"], color=BLUE, linestyle="--", label="NSE")
    axes.set_xscale("log")
    axes.set(
        xlabel="Mean observed level above the chosen zero [m]",
        ylabel="Score",
        ylim=(max(-1.5, scores.min().min() - 0.1), 1.05),
    )
    axes.legend(loc="lower right")
    return figure


def plot_identity(paper: pd.DataFrame) -> Figure:
    """Draw the observed variance that each row of a table of scores implies.

    Parameters
    ----------
    paper : DataFrame
        ``model``, and ``variance``, ``low``, ``high``: RMSE² / (1 − NSE) and what rounding
        leaves open.
    """
    figure, axes = plt.subplots(figsize=(7, 2.6))
    for row, entry in enumerate(paper.itertuples()):
        colour = MODEL_COLOURS.get(entry.model, DARK)
        axes.plot([entry.low, entry.high], [row, row], color=colour, linewidth=5, alpha=0.5)
        axes.plot(entry.variance, row, "o", color=colour)
    axes.set_yticks(range(len(paper)), paper["model"])
    axes.set_xlabel("Implied variance of the observations [(m³/s)²]")
    axes.set_ylim(len(paper) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    return figure


def plot_pinball(errors: np.ndarray, losses: dict[float, np.ndarray]) -> Figure:
    """Draw the pinball loss of quantile levels against the error.

    Parameters
    ----------
    errors : array (error,)
        Observed minus forecast quantile.
    losses : dict of float to array (error,)
        By level.
    """
    figure, axes = plt.subplots(figsize=(7, 2.7))
    looks = zip(losses.items(), (BLUE, DARK, GREEN), ("-", "--", "-."), strict=True)
    for (level, loss), colour, line in looks:
        axes.plot(errors, loss, color=colour, linestyle=line, label=f"level {level:g}")
    axes.set(xlabel="Observed minus forecast quantile [unit of the data]", ylabel="Pinball loss")
    axes.legend(loc="upper center")
    return figure
