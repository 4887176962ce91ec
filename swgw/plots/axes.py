"""Axes that several figures share: time, and scores without a lower end."""

import matplotlib.dates as mdates
from matplotlib.axes import Axes

from swgw.plots import style


def set_time_axis(axes: Axes, offset: bool = True) -> None:
    """Label an axis of time with few, short dates.

    Parameters
    ----------
    axes : Axes
    offset : bool
        Whether the year stands at the axis' end where ticks are months.
    """
    # between 2 and 5 ticks there is an interval for every span; fewer than 5 would not do
    locator = mdates.AutoDateLocator(minticks=2, maxticks=5)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=offset))


def cut_scores(axes: Axes, label: str) -> None:
    """Cut a vertical axis of scores at −1, and say so; mark zero."""
    low = axes.get_ylim()[0]
    axes.set_ylim(max(min(low, -0.03), -1.05), 1.03)
    axes.set_ylabel(label if low >= -1.05 else f"{label} (cut at −1)")
    axes.axhline(0, color=style.GREY, lw=0.7)
