"""Checks for values that are none: stand-ins far from the rest, and rain in another unit."""

import numpy as np
import pandas as pd

from swgw.basin.contract import shown
from swgw.basin.reading import rows
from swgw.storage.errors import Problem

# Some loggers write these for a gap. Each can be a true value, so only one far from all others of
# its series is reported. (Those that never can be are in swgw.basin.reading.)
LONELY = (-9, -99, -99.9, -99.99, 99, 99.9, 99.99, 999, 999.9, 999.99, 9999, 9999.9, 9999.99, 99999)
LEVELS = ("head", "depth", "stage")  # where nought can be a stand-in, too
FAR = 5.0  # times the range of all others
LEAST = 1.0  # and at least so far, in the variable's unit
ENOUGH = 10  # other values that a series must have
YEAR = 365.25  # days
WETTEST = 15_000.0  # mm a year; the wettest places on Earth have 12,000
DRIEST = 2.0  # mm a year, in a record of some length that has rain at all


def check_stand_ins(table: pd.DataFrame | None, file: str, problems: list[Problem]) -> None:
    """Report usual stand-ins for a gap that stand far from all other values of their series.

    Parameters
    ----------
    table : DataFrame (row, ...) or None
        ``date``, an identifier, then variables.
    file : str
        Where they stand.
    problems : list of Problem
        Appended to.
    """
    if table is None:
        return
    key = table.columns[1]
    for variable in table.columns[2:]:
        known = (*LONELY, 0) if variable in LEVELS else LONELY
        suspect = table[variable].isin(known)
        if suspect.any():
            far = _far_from_others(table[variable], table[key], suspect)
            _report(table, file, variable, far, problems)


def _far_from_others(values: pd.Series, keys: pd.Series, suspect: pd.Series) -> np.ndarray:
    others = values[~suspect].groupby(keys).agg(["min", "max", "count"])
    of_row = others.reindex(keys[suspect]).to_numpy()
    low, high, count = of_row.T
    value = values[suspect].to_numpy()
    distance = np.fmax(low - value, value - high)
    lonely = (count >= ENOUGH) & (distance > np.fmax(FAR * (high - low), LEAST))
    far = suspect.to_numpy().copy()
    far[far] = lonely
    return far


def _report(
    table: pd.DataFrame, file: str, variable: str, far: np.ndarray, problems: list[Problem]
) -> None:
    if far.any():
        first = table[far].iloc[0]
        key = table.columns[1]
        found = (
            f"{first[variable]:g}, a stand-in of some loggers for a missing value, far from all "
            f"others of {key} {shown(first[key])}"
        )
        place = f"{rows(far, table)}, column {variable}"
        problems.append(Problem(file, place, found, "an empty cell for a gap"))


def check_rain(forcing: pd.DataFrame | None, problems: list[Problem]) -> None:
    """Report precipitation whose yearly sum no place on Earth has.

    Parameters
    ----------
    forcing : DataFrame (row, ...) or None
        With ``date``, ``place`` and ``precipitation`` [mm/d].
    problems : list of Problem
        Appended to.
    """
    if forcing is None:
        return
    groups = forcing.dropna(subset=["date", "precipitation"]).groupby("place")
    span = groups["date"].max() - groups["date"].min()
    yearly = groups["precipitation"].mean()[span >= pd.Timedelta(days=300)] * YEAR
    odd = yearly[((yearly < DRIEST) & (yearly > 0)) | (yearly > WETTEST)]
    if len(odd):
        found = f"{odd.iloc[0]:.3g} mm a year at {shown(odd.index[0])}"
        expected = "mm/d; are they metres, inches, sums of longer times, or amounts per second?"
        problems.append(Problem("forcing.csv", "column precipitation", found, expected))
