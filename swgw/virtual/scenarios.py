"""The aquifer with each driver replaced by its climatology: what really moves each well.

A driver's climatology is its mean by day of the year over the record, smoothed over a month.
The aquifer's own answer stays: the river's loss still depends on the head below it, and so do
springs and evapotranspiration.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from swgw.virtual.coupled import Coupled
from swgw.virtual.river import SECONDS
from swgw.virtual.run import Outside, Record

DRIVERS = ("river", "irrigation", "pumping", "evapotranspiration")
SCENARIOS = ("all", *(f"no_{driver}" for driver in DRIVERS), "none")
SMOOTHING = 31  # days


def climatology(values: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray:
    """Mean by day of the year, smoothed over a month around the year's end and back.

    Parameters
    ----------
    values : array (time, ...)
    days : DatetimeIndex (time,)

    Returns
    -------
    array (day_of_year, ...)
        365 rows; 29 February shares the row of 28 February.
    """
    index = _row(days)
    mean = np.stack([values[index == row].mean(axis=0, dtype=float) for row in range(365)])
    half = SMOOTHING // 2
    padded = np.concatenate([mean[-half - 1 :], mean, mean[:half]])
    running = np.cumsum(padded, axis=0)
    return (running[SMOOTHING:] - running[:-SMOOTHING]) / SMOOTHING


def _row(days: pd.DatetimeIndex) -> np.ndarray:
    day = days.dayofyear.to_numpy() - 1
    return day - (days.is_leap_year & (day >= 59))


def run_scenarios(
    coupled: Coupled,
    outside: Outside,
    record: Record,
    cells: np.ndarray,
    tick: Callable[[], object] = lambda: None,
) -> np.ndarray:
    """Heads at some cells with each driver replaced in turn, and with all replaced.

    Parameters
    ----------
    coupled, outside, record
        The simulator, its forcing and the run to take apart.
    cells : array (well,)
    tick : callable
        Called after each day.

    Returns
    -------
    array (time, scenario, well)
        Head [m]; the first scenario is the record itself.
    """
    days, row = record.days, _row(record.days)
    flow = np.concatenate([record.start.flow[:, 0][None], record.flow])  # yesterday's comes first
    inflow = np.asarray(outside.catchment["discharge"][days])
    pet = outside.pet[days].to_numpy()
    normal = {
        "flow": climatology(flow[1:], days), "inflow": climatology(inflow, days),
        "recharge": climatology(record.recharge, days),
        "pumping": climatology(record.pumping, days), "pet": climatology(pet, days),
    }  # fmt: skip
    replaced = np.array([[d == driver or d == "" for d in (*DRIVERS, "")] for driver in DRIVERS])
    head = np.repeat(record.start.head, len(DRIVERS) + 1, axis=1)
    result = np.empty((len(days), len(SCENARIOS), len(cells)))
    result[:, 0] = record.well_head
    for k in range(len(days)):
        r = row[k]
        before = _choose(replaced[0], normal["flow"][r - 1], flow[k])
        after = _choose(replaced[0], normal["flow"][r], flow[k + 1])
        top = np.where(replaced[0], normal["inflow"][r], inflow[k])
        source = _choose(replaced[1], normal["recharge"][r], record.recharge[k])
        source -= _choose(replaced[2], normal["pumping"][r], record.pumping[k])
        source[coupled.domain.reach_cell] += _river_loss(coupled, head, before, after, top)
        head, _ = coupled.aquifer.advance(
            head, source, np.where(replaced[3], normal["pet"][r], pet[k])
        )
        result[k, 1:] = head[cells].T
        tick()
    return result


def _choose(replaced: np.ndarray, normal: np.ndarray, true: np.ndarray) -> np.ndarray:
    """The climatology in members whose driver is replaced, else the record (place, member)."""
    return np.where(replaced, normal[:, None], np.asarray(true, float)[:, None])


def _river_loss(coupled: Coupled, head, before, after, inflow) -> np.ndarray:
    """Loss of the river (reach, member) [m³/d] at a given flow, no more than flows by."""
    loss = coupled.river.potential_loss(before, head[coupled.domain.reach_cell])
    arriving = np.concatenate([inflow[None], after[:-1]])
    return np.minimum(loss, arriving) * SECONDS
