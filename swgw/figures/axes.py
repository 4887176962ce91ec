"""Axes of scores near 1, and a fan of quantiles."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from swgw.figures import style
from swgw.figures.series import cut_scores, set_time_axis

__all__ = ["cut_scores", "draw_fan", "set_time_axis", "widen_towards_one"]

TICKS = (-8, -2, 0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
FINE_TICKS = (-1, -0.5, 0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.97)
"""Where an axis is too short for three of the others."""

ROOM = {"x": 0.13, "y": 0.07}
"""Share of an axis from one label to the next, at least."""


def widen_towards_one(axes: Axes, which: str) -> None:
    """Let an axis of 1 − NSE be logarithmic, turn it so that 1 is at its far end, and tick NSE.

    Parameters
    ----------
    axes : Axes
        With data in 1 − NSE.
    which : str
        "x" or "y".
    """
    axis = {"x": axes.xaxis, "y": axes.yaxis}[which]
    axes.set(**{f"{which}scale": "log"})
    low, high = sorted(axis.get_view_interval())
    axes.set(**{f"{which}lim": (high, low)})
    inside = [[t for t in ticks if low <= 1 - t <= high] for ticks in (TICKS, FINE_TICKS)]
    ticks = inside[0] if len(inside[0]) > 2 else max(inside, key=len)
    shown = _apart(ticks, ROOM[which] * np.log(high / low))
    axis.set_major_locator(FixedLocator([1 - tick for tick in shown]))
    axis.set_ticklabels([f"{tick:g}".replace("-", "−") for tick in shown])
    axis.set_minor_locator(NullLocator())


def _apart(ticks: list[float], room: float) -> list[float]:
    """Keep the ticks of NSE whose labels have room, given in logarithms of 1 − NSE."""
    kept: list[float] = []
    for tick in ticks:
        if not kept or np.log((1 - kept[-1]) / (1 - tick)) >= room:
            kept.append(tick)
    return kept


def draw_fan(axis: Axes, fan: dict, named: bool) -> None:
    """Draw one forecast: bands from pale to dark, the median, and a dotted line at its issue.

    Parameters
    ----------
    axis : Axes
    fan : dict
        issue_time, valid_time (lead_time,), quantiles (lead_time, level), levels; the quantiles are
        sorted, and the middle one is the median unless ``median`` (lead_time,) is there.
    named : bool
        Whether the legend names it.
    """
    quantiles, levels = np.sort(fan["quantiles"], axis=-1), fan["levels"]
    for low in range(len(levels) // 2):
        share = levels[-1 - low] - levels[low]
        axis.fill_between(
            fan["valid_time"],
            quantiles[:, low],
            quantiles[:, -1 - low],
            color=style.BLUE,
            alpha=0.22,
            lw=0,
            label=f"{100 * share:.0f} % of the forecast" if named else None,
        )
    middle = fan.get("median", quantiles[:, len(levels) // 2])
    axis.plot(
        fan["valid_time"], middle, color=style.BLUE, lw=1.3, label="median" if named else None
    )
    axis.axvline(fan["issue_time"], color=style.GREY, lw=0.8, ls=":")
