"""Inputs of a network that belong together: groups of variables, and parts of the past."""

import numpy as np

SEASON = "calendar and climatology"
OWN_PAST = "the head's own past"
RIVER = "river and its catchment"
RAIN = "rain"
EVAPORATION = "other weather"
PLACE = "place (all static inputs)"

DRIVER_OF = {RIVER: "river", RAIN: "irrigation", EVAPORATION: "evapotranspiration"}
"""The driver of a virtual basin that a group of inputs tells of; pumping has no input.

Weather of the catchment reaches wells through the river alone. Canal water falls with rain on the
fields and brings most of the recharge that the truth calls irrigation; it falls with a low river
as well, which no rule can divide.
"""

MONTHS = (0, 1, 2, 3, 6, 9, 12)
"""Ages at which the past is cut; what is older is the last part."""


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


def groups_of(variables: list[str] | tuple[str, ...]) -> dict[str, list[int]]:
    """Gather the places of variables by their group, in the order in which groups appear."""
    found: dict[str, list[int]] = {}
    for place, variable in enumerate(variables):
        found.setdefault(group_of(variable), []).append(place)
    return found


def parts_of_past(encoder_length: int, steps_a_month: float) -> dict[str, slice]:
    """Cut the encoder's steps by age.

    Parameters
    ----------
    encoder_length : int
    steps_a_month : float

    Returns
    -------
    dict
        Ages in months, as "1–2", to the places of the steps in the encoder, the latest part first.

    Examples
    --------
    >>> parts_of_past(3, 1.0)
    {'0–1': slice(2, 3, None), '1–2': slice(1, 2, None), '2–3': slice(0, 1, None)}
    """
    found = {}
    for young, old in zip(MONTHS, (*MONTHS[1:], np.inf), strict=True):
        last = encoder_length - round(young * steps_a_month)
        first = 0 if np.isinf(old) else max(encoder_length - round(old * steps_a_month), 0)
        if last > first:
            name = f"over {young}" if np.isinf(old) else f"{young}–{old}"
            found[name] = slice(first, last)
    return found
