"""Figures of section 2.7: how a search for settings went."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures import style

COLOURS = {"GRU": style.ORANGE, "LSTM": style.GREEN, "TFT": style.BLUE}
MARKERS = {"GRU": "o", "LSTM": "s", "TFT": "^"}


def plot_history(trials: pd.DataFrame) -> Figure:
    """Validation loss of each trial, and the best so far.

    Parameters
    ----------
    trials : DataFrame
        model, trial, value.
    """
    models = list(dict.fromkeys(trials["model"]))
    figure, axes = plt.subplots(
        1, len(models), figsize=(style.WIDTH, 2.9), sharey=False, squeeze=False
    )
    for axis, model in zip(axes[0], models, strict=True):
        chosen = trials[trials["model"] == model].sort_values("trial")
        colour = COLOURS.get(model, style.DARK)
        axis.plot(chosen["trial"], chosen["value"], MARKERS.get(model, "o"), color=colour, ms=4,
                  alpha=0.6, label="a trial")  # fmt: skip
        axis.step(chosen["trial"], chosen["value"].cummin(), color=style.DARK, where="post",
                  label="best so far")  # fmt: skip
        axis.set(title=model, xlabel="Trial")
        axis.xaxis.get_major_locator().set_params(integer=True)
    axes[0, 0].set_ylabel("Validation loss")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=2, loc="outside upper right")
    return figure


def plot_slices(trials: pd.DataFrame, settings: list[str]) -> Figure:
    """Validation loss against each setting, the best trial of each model ringed.

    Parameters
    ----------
    trials : DataFrame
        model, trial, value and one column a setting.
    settings : list of str
        The columns to draw.
    """
    columns = min(3, len(settings))
    rows = -(-len(settings) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(style.WIDTH, 2.4 * rows + 0.4), sharey=True, squeeze=False
    )
    for axis in axes.ravel()[len(settings) :]:
        axis.set_axis_off()
    for axis, name in zip(axes.ravel(), settings, strict=False):
        for model, group in trials.groupby("model", sort=False):
            axis.plot(group[name], group["value"], MARKERS.get(model, "o"), ms=4, alpha=0.6,
                      color=COLOURS.get(model, style.DARK), label=model)  # fmt: skip
            best = group.loc[group["value"].idxmin()]
            axis.plot(best[name], best["value"], "o", ms=11, mfc="none", mec=style.DARK)
        values = trials[name].dropna()
        if len(values) and values.min() > 0 and values.max() / values.min() > 20:
            axis.set_xscale("log")
        axis.set_xlabel(name.replace("_", " ").capitalize())
    for axis in axes[:, 0]:
        axis.set_ylabel("Validation loss")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), ncol=4, loc="outside upper right")
    return figure


def plot_design(points: dict[str, np.ndarray]) -> Figure:
    """Points of a grid and of a random search, and how many values each tries of an axis.

    Parameters
    ----------
    points : dict
        Name of the search to array (point, 2) in the unit square.
    """
    figure, axes = plt.subplots(1, len(points), figsize=(style.WIDTH, 2.9), sharey=True)
    for axis, (name, places) in zip(np.atleast_1d(axes), points.items(), strict=True):
        axis.plot(places[:, 0], places[:, 1], "o", color=style.BLUE, ms=6)
        axis.plot(places[:, 0], np.full(len(places), -0.04), "|", color=style.RED, ms=9, mew=1.5)
        axis.set(title=name, xlim=(-0.08, 1.08), ylim=(-0.1, 1.08))
        axis.set_xlabel("A setting that matters [share of its range]")
    np.atleast_1d(axes)[0].set_ylabel("One that does not [share]")
    return figure
