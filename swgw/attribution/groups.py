"""Inputs of a network that belong together: groups of variables, and parts of the past."""

import numpy as np

SEASON = "calendar and climatology"
OWN_PAST = "the head's own past"
RIVER = "river and its catchment"
RAIN = "precipitation"
EVAPORATION = "other weather"
PLACE = "place (all static inputs)"
GROUPS = (SEASON, OWN_PAST, RIVER, RAIN, EVAPORATION)

DRIVER_OF = {RIVER: "river", RAIN: "irrigation", EVAPORATION: "evapotranspiration"}
"""The driver of a virtual basin that a group of inputs stands for; pumping has no input.

Weather of the catchment reaches wells through the river alone. Canal water falls with rain on the
fields and brings most of the recharge that the truth calls irrigation; it also falls when the river
is low, which no rule can divide.
"""

AGES = (0, 1, 2, 3, 6, 9, 12)
"""Ages in months at which the past is cut; what is older is the last part."""


def group_of(variable: str) -> str:
    """Name the group that a dynamic input belongs to.

    Examples
    --------
    >>> group_of("surface_water_lag_3"), group_of("wind"), group_of("head_climatology")
    ('river and its catchment', 'other weather', 'calendar and climatology')
    """
    if variable.startswith("season_") or variable.endswith("_climatology"):
        return SEASON
    if "surface_water" in variable or variable.startswith("catchment_"):
        return RIVER
    if variable.startswith("head"):
        return OWN_PAST
    return RAIN if variable == "precipitation" else EVAPORATION


def parts_of_past(encoder_length: int, steps_per_month: float) -> dict[str, slice]:
    """Cut the encoder's steps by age.

    Parameters
    ----------
    encoder_length : int
    steps_per_month : float

    Returns
    -------
    dict
        Ages in months, as "1–2", to the places of the steps in the encoder, the latest part first.

    Examples
    --------
    >>> parts_of_past(3, 1.0)
    {'0–1': slice(2, 3, None), '1–2': slice(1, 2, None), '2–3': slice(0, 1, None)}
    """
    parts = {}
    for young, old in zip(AGES, (*AGES[1:], np.inf), strict=True):
        last = encoder_length - round(young * steps_per_month)
        first = 0 if np.isinf(old) else max(encoder_length - round(old * steps_per_month), 0)
        if last > first:
            parts[f"over {young}" if np.isinf(old) else f"{young}–{old}"] = slice(first, last)
    return parts
