"""Answers of the USGS turned into the tables of a basin: one series a place, metres, qualifiers."""

import pandas as pd

from swgw.basin.settings import shown
from swgw.sources import usgs_client as client
from swgw.storage.errors import UserError

FOOT = 0.3048  # m
CUBIC_FOOT = FOOT**3  # m³
UNITS = {client.DISCHARGE: "ft^3/s"} | dict.fromkeys(client.LEVELS, "ft")
DEPTH = client.LEVELS[0]
STATISTICS = ("00003", "00008", "00002", "00001")  # mean, median, minimum, maximum
NEARLY = 0.9  # a better kind of value is preferred to a series at most so much longer


def choose(table: pd.DataFrame) -> pd.DataFrame:
    """Choose one series of an answer, the best of those that are nearly the longest.

    Parameters
    ----------
    table : DataFrame of text
        Daily values or field measurements of one place.

    Returns
    -------
    DataFrame (day, ...)
        ``date``, ``value`` [ft or ft³/s], ``parameter``, ``approval``, ``qualifier``.

    Raises
    ------
    UserError
        If a unit is not the expected one.
    """
    table = table.assign(value=pd.to_numeric(table["value"], errors="coerce"))
    table = table.dropna(subset="value")
    for parameter, units in table.groupby("parameter_code")["unit_of_measure"].unique().items():
        if set(units) != {UNITS.get(parameter)}:
            found = ", ".join(map(shown, units))
            expected = UNITS.get(parameter, "a parameter that was asked for")
            raise UserError(
                f"{client.SERVICE} gave parameter {parameter} in {found}; expected {expected}"
            )
    if "statistic_id" in table and len(table):
        keys = ["parameter_code", "statistic_id", "time_series_id"]
        kinds = table.groupby(keys).size()
        best = min(kinds[kinds >= NEARLY * kinds.max()].index, key=_rank)
        table = table[(table[keys] == list(best)).all(axis=1)]
    elif len(table):
        first = min(table["parameter_code"], key=_parameter_rank)
        table = table[table["parameter_code"] == first]
    return _by_day(table)


def _rank(kind: tuple[str, str, str]) -> tuple:
    parameter, statistic, series = kind
    known = statistic in STATISTICS
    return _parameter_rank(parameter), STATISTICS.index(statistic) if known else 9, series


def _parameter_rank(parameter: str) -> int:
    return client.LEVELS.index(parameter) if parameter in client.LEVELS else 0


def _by_day(table: pd.DataFrame) -> pd.DataFrame:
    """Average what was measured on one day, keeping every qualifier."""
    table = table.assign(
        date=pd.to_datetime(table["time"].str[:10]),
        qualifier=table["qualifier"].str.replace(r"[\[\]']", "", regex=True),
    )
    kept = {
        "value": ("value", "mean"),
        "parameter": ("parameter_code", "first"),
        "approval": ("approval_status", _words),
        "qualifier": ("qualifier", _words),
    }
    return table.groupby("date", as_index=False).agg(**kept)


def _words(texts: pd.Series) -> str:
    return " ".join(dict.fromkeys(text.strip() for text in texts if text.strip()))


def wells_table(wells: pd.DataFrame, gauge: pd.Series) -> pd.DataFrame:
    """Describe wells as in ``wells.csv``, elevations in metres."""
    return pd.DataFrame(
        {
            "well_id": [short(place) for place in wells.index],
            "name": wells["monitoring_location_name"].to_numpy(),
            "longitude": wells["longitude"].to_numpy(),
            "latitude": wells["latitude"].to_numpy(),
            "surface_elevation": (wells["altitude"] * FOOT).round(3).to_numpy(),
            "gauge_id": short(gauge.name),
        }
    )


def heads_table(found: pd.DataFrame, wells: pd.DataFrame) -> pd.DataFrame:
    """Turn levels into ``heads.csv``: depths where all wells have depths, else heads [m].

    Parameters
    ----------
    found : DataFrame (level, ...)
        As from :func:`choose`, with ``place``.
    wells : DataFrame (place, ...)
        With ``altitude`` [ft].

    Raises
    ------
    UserError
        If a well with depths lacks the elevation that would make them heads.
    """
    metres = found["value"] * FOOT
    is_depth = found["parameter"] == DEPTH
    if is_depth.all():
        value, name = metres, "depth"
    else:
        surface = found["place"].map(wells["altitude"]) * FOOT
        value, name = metres.where(~is_depth, surface - metres), "head"
        lost = found.loc[value.isna(), "place"].unique()
        if len(lost):
            raise UserError(
                f"well {lost[0]} has depths and no surface elevation, while others have heads; "
                "leave it out of --wells"
            )
    return pd.DataFrame(
        {
            "date": found["date"],
            "well_id": found["place"].map(short),
            name: value.round(4),
            "approval": found["approval"],
            "qualifier": found["qualifier"],
            "parameter": found["parameter"],
        }
    )


def discharge_table(flow: pd.DataFrame, gauge: str) -> pd.DataFrame:
    """Turn a daily discharge, as from :func:`choose`, into ``surface_water.csv`` [m³/s]."""
    converted = (flow["value"] * CUBIC_FOOT).round(5)
    table = flow.assign(discharge=converted, gauge_id=short(gauge))
    return table[["date", "gauge_id", "discharge", "approval", "qualifier"]]


def gauges_table(gauge: pd.Series) -> pd.DataFrame:
    """Describe the gauge as in ``gauges.csv``."""
    columns = {
        "gauge_id": short(gauge.name),
        "name": gauge["monitoring_location_name"],
        "longitude": gauge["longitude"],
        "latitude": gauge["latitude"],
    }
    return pd.DataFrame({name: [value] for name, value in columns.items()})


def short(place: str) -> str:
    """Give the number of a place of the USGS, and another agency's place in full."""
    return place.removeprefix("USGS-")
