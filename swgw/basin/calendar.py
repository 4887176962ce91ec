"""The calendar of a basin's step: days, pentads, weeks of the calendar year, months.

A bin carries its first day. Pentads and weeks are those of the calendar year, the same dates every
year: 29 February falls into the bin around it, and the last week holds 31 December as well, so that
bins last 5 or 6, and 7 or 8 days.
"""

import numpy as np
import pandas as pd

STEPS_PER_YEAR = {"D": 365, "5D": 73, "W": 52, "MS": 12}
_DAYS = {"D": 1, "5D": 5, "W": 7}
_LEAP_DAY = 59  # 29 February counts as day 58 (from 0), 1 March as day 59, in every year


def step_of_year(days: pd.DatetimeIndex, step: str) -> np.ndarray:
    """Number the steps of a year from 0.

    Parameters
    ----------
    days : DatetimeIndex (time,)
    step : str
        ``"D"``, ``"5D"``, ``"W"`` or ``"MS"``.

    Returns
    -------
    ndarray of int (time,)
        29 February shares the number of 28 February in daily steps.

    Examples
    --------
    >>> days = pd.DatetimeIndex(["2004-02-29", "2004-03-01", "2004-12-31"])
    >>> step_of_year(days, "5D").tolist()
    [11, 11, 72]
    """
    if step == "MS":
        return np.asarray(days.month) - 1
    day = np.asarray(days.dayofyear) - 1
    day = day - (np.asarray(days.is_leap_year) & (day >= _LEAP_DAY))
    return np.minimum(day // _DAYS[step], STEPS_PER_YEAR[step] - 1)


def bin_starts(times: pd.DatetimeIndex, step: str) -> pd.DatetimeIndex:
    """Give the first day of the bin that each time falls in (time,)."""
    days = times.normalize()
    if step == "D":
        return days
    if step == "MS":
        return days - pd.to_timedelta(np.asarray(days.day) - 1, unit="D")
    first = step_of_year(days, step) * _DAYS[step]  # day of a year without 29 February
    today = np.asarray(days.dayofyear) - 1
    first = first + (np.asarray(days.is_leap_year) & (first >= _LEAP_DAY))
    return days - pd.to_timedelta(today - first, unit="D")


def calendar(start: pd.Timestamp, end: pd.Timestamp, step: str) -> pd.DatetimeIndex:
    """Give every bin from the one that holds `start` to the one that holds `end`."""
    return bin_starts(pd.date_range(start.normalize(), end.normalize()), step).unique()


def bin_ends(starts: pd.DatetimeIndex, step: str) -> pd.DatetimeIndex:
    """Give the last day of each bin of a complete calendar (time,)."""
    beyond = calendar(starts[-1], starts[-1] + pd.Timedelta(days=40), step)
    following = starts[1:].append(beyond[1:2])
    return following - pd.Timedelta(days=1)
