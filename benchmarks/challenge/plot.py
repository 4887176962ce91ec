"""The challenge: the scored years with the forecast and its interval, and everyone's NSE."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw import figures as style

KINDS = {"ours": (style.RED, "D"), "our member": (style.ORANGE, "s"), "team": (style.BLUE, "o")}
LOWEST = 0.0
"""NSE at which the axis begins at the latest; what lies below is drawn at its edge."""


def plot_challenge(forecast: pd.DataFrame, obs: pd.Series, scores: pd.DataFrame) -> Figure:
    """Draw heads, forecast and 95 % interval above, the NSE of all models below.

    Parameters
    ----------
    forecast : DataFrame (day, column)
        ``head``, ``low`` and ``high`` [m].
    obs : Series (day,)
        Heads of the scored years [m].
    scores : DataFrame
        Columns who, kind, nse, nse_low and nse_high, in order of falling NSE.
    """
    style.use_style()
    height = 3.0 + 0.2 * len(scores)
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(7.0, height), height_ratios=[2.6, 0.4 + 0.2 * len(scores)]
    )
    _draw_years(above, forecast.loc[obs.index[0] : obs.index[-1]], obs)
    _draw_scores(below, scores)
    return figure


def _draw_years(axis: Axes, forecast: pd.DataFrame, obs: pd.Series) -> None:
    axis.fill_between(
        forecast.index, forecast["low"], forecast["high"], color=style.SKY, alpha=0.4, lw=0,
        label="95 % interval",
    )  # fmt: skip
    axis.plot(forecast.index, forecast["head"], color=style.BLUE, lw=1.0, label="forecast")
    axis.plot(obs.index, obs, ".", color=style.DARK, ms=1.5, label="observed")
    axis.set(ylabel="Head (m)", title="Hidden years: no head of them, nor any before, is an input")
    axis.legend(loc="upper left", ncol=3, markerscale=4)


def _draw_scores(axis: Axes, scores: pd.DataFrame) -> None:
    """NSE with its interval, the best on top."""
    least = min(LOWEST, scores["nse"].max() - 1)
    for kind, (colour, marker) in KINDS.items():
        own = scores[scores["kind"] == kind]
        place = len(scores) - own.index.to_numpy()
        ends = own[["nse_low", "nse_high"]].clip(lower=least)
        axis.hlines(place, ends["nse_low"], ends["nse_high"], color=colour, lw=1.2)
        shown = own["nse"].clip(lower=least)
        axis.plot(shown, place, marker, color=colour, ms=5, label=kind)
    axis.set_yticks(len(scores) - scores.index.to_numpy(), scores["who"])
    axis.set(xlabel="NSE of the hidden years, with the range of resampled blocks")
    axis.grid(axis="y", visible=False)
    axis.legend(loc="best")
