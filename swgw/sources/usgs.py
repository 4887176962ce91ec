"""A river gauge and wells of the U.S. Geological Survey as the folder of a basin."""

import datetime
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
from tqdm import tqdm

from swgw.basin.settings import NAME, shown
from swgw.sources import draft, power
from swgw.sources import usgs_client as client
from swgw.sources import usgs_tables as convert
from swgw.storage.errors import UserError
from swgw.storage.files import write_folder, write_text

LICENCE = "public domain (U.S. Geological Survey)"
CITATION = "U.S. Geological Survey: Water Data for the Nation. doi:10.5066/F7P55KJN"


@dataclass(frozen=True)
class Question:
    """What to import.

    Attributes
    ----------
    gauge : str
        Number of the river gauge.
    wells : tuple of str
        Numbers of wells; empty where `within` finds them.
    within : float or None
        Distance from the gauge [km].
    start, end : datetime
        First and last day.
    """

    gauge: str
    wells: tuple[str, ...]
    within: float | None
    start: datetime.datetime
    end: datetime.datetime

    @property
    def days(self) -> tuple[str, str]:
        """First and last day as text."""
        return f"{self.start:%Y-%m-%d}", f"{self.end:%Y-%m-%d}"


def write(folder: str | Path, question: Question, weather: bool = True) -> str:
    """Write a gauge and its wells as the folder of a basin, whole or not at all.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    question : Question
    weather : bool
        Whether to add weather from NASA POWER, without which the folder is not complete.

    Returns
    -------
    str
        What was written, to be shown.

    Raises
    ------
    UserError
        With what to do next, if the service or its answers are not as they should be.
    """
    if question.end <= question.start:
        raise UserError(f"found --end {question.days[1]}; expected a day after --start")
    with write_folder(folder) as new:
        gauge = _place(_identifier(question.gauge, "--gauge"))
        wells = _wells(question, gauge)
        tables = _tables(question, gauge, wells)
        draft.write_tables(new, tables)
        given = _given(Path(folder), gauge, wells, tables["heads.csv"])
        earliest = power.FIRST if weather else None
        draft.write_settings(new, "usgs", tables, given, earliest)
        write_text(new / "SOURCE.md", _source(new, question, wells, tables))
        draft.assert_sound(new, folder)
        said = _weather(new) if weather else ""
        draft.assert_sound(new, folder)
    counts = f"{len(tables['wells.csv'])} wells with {len(tables['heads.csv'])} levels"
    flows = f"{len(tables['surface_water.csv'])} daily discharges"
    return f"{counts}, {flows}. Licence: {LICENCE}. {said}".strip()


def _weather(folder: Path) -> str:
    try:
        return power.add(folder)
    except UserError as error:
        raise UserError(f"{error}. With --no-weather the rest is imported without it") from None


def _identifier(number: str, option: str) -> str:
    """Give a number as the service knows it: ``USGS-08330000``."""
    text = number.strip()
    if not re.fullmatch(r"([A-Z]{2,8}-)?[A-Za-z0-9]{4,32}", text):
        raise UserError(f"{option}: found {shown(number)}; expected a number such as 08330000")
    return text if "-" in text else f"USGS-{text}"


def _place(place: str) -> pd.Series:
    return _described([place]).iloc[0]


def _described(ids: Sequence[str]) -> pd.DataFrame:
    """Describe places in the given order; each must be known and have coordinates."""
    table = client.locations(ids).set_index("monitoring_location_id")
    for place in ids:
        if place not in table.index or not str(table.loc[place, "longitude"]):
            raise UserError(
                f"the USGS knows no place {place}; look its number up at "
                "https://waterdata.usgs.gov (leading zeros count)"
            )
    table = table.loc[list(ids)]
    numbers = {name: pd.to_numeric(table[name]) for name in ("longitude", "latitude", "altitude")}
    return table.assign(**numbers)


def _wells(question: Question, gauge: pd.Series) -> pd.DataFrame:
    """Describe the wells that were named, or those within a distance of the gauge."""
    ids = [_identifier(number, "--wells") for number in question.wells]
    if not ids:
        ids = _within(question, gauge)
    return _described(list(dict.fromkeys(ids)))


def _within(question: Question, gauge: pd.Series) -> list[str]:
    """Find wells with a series that reaches into the time asked for, the nearest first."""
    km = float(question.within or 0)
    north = km / 111
    east = km / (111 * max(np.cos(np.radians(gauge["latitude"])), 0.01))
    box = (gauge["longitude"] - east, gauge["latitude"] - north,
           gauge["longitude"] + east, gauge["latitude"] + north)  # fmt: skip
    for by_hand in (False, True):
        table = client.series_within(tuple(round(float(side), 5) for side in box), by_hand)
        begins, ends = table["begin"].str[:10], table["end"].str[:10]
        table = table[(begins <= question.days[1]) & (ends >= question.days[0])]
        if len(table):
            places = table.astype({"longitude": float, "latitude": float})
            distance = pyproj.Geod(ellps="WGS84").inv(
                *(np.full(len(places), gauge[name]) for name in ("longitude", "latitude")),
                places["longitude"].to_numpy(),
                places["latitude"].to_numpy(),
            )[2]
            near = places.assign(km=distance / 1000).query("km <= @km").sort_values("km")
            if len(near):
                return list(near["monitoring_location_id"])
    raise UserError(_none_near(question, gauge))


def _none_near(question: Question, gauge: pd.Series) -> str:
    return (
        f"no well with levels from {' to '.join(question.days)} within {question.within:g} km of "
        f"{gauge.name}; widen --within, or name wells by --wells"
    )


def _tables(question: Question, gauge: pd.Series, wells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    flow = convert.choose(client.daily(gauge.name, [client.DISCHARGE], question.days))
    if flow.empty:
        raise UserError(
            f"the USGS has no daily discharge of {gauge.name} from {' to '.join(question.days)}; "
            "choose other days or another gauge"
        )
    bar = tqdm(wells.index, desc="USGS wells", unit="well", leave=False)
    levels = pd.concat([_levels(place, question) for place in bar], ignore_index=True)
    there = wells.loc[wells.index.isin(levels["place"])]
    if there.empty:
        raise UserError(_none_near(question, gauge))
    return {
        "wells.csv": convert.wells_table(there, gauge),
        "heads.csv": convert.heads_table(levels, there),
        "gauges.csv": convert.gauges_table(gauge),
        "surface_water.csv": convert.discharge_table(flow, gauge.name),
    }


def _levels(place: str, question: Question) -> pd.DataFrame:
    """Levels of one well [ft]: its daily series, else what was measured by hand."""
    table = convert.choose(client.daily(place, client.LEVELS, question.days))
    if table.empty:
        table = convert.choose(client.visits(place, question.days))
    if table.empty and question.wells:
        raise UserError(
            f"the USGS has no level of well {place} from {' to '.join(question.days)}; leave it "
            "out, or choose other days"
        )
    return table.assign(place=place)


def _given(folder: Path, gauge: pd.Series, wells: pd.DataFrame, heads: pd.DataFrame) -> dict:
    """Keys of ``basin.yml`` that the answers tell."""
    number = convert.short(gauge.name)
    name = str(gauge["monitoring_location_name"]).strip()
    datums = sorted(set(wells["vertical_datum"]) - {""}) or ["a datum that is not stated"]
    from_ground = "depth" in heads and wells["altitude"].isna().all()
    return {
        "name": folder.name if NAME.fullmatch(folder.name) else f"usgs-{number}",
        "title": f"{name} and {len(wells)} wells",
        "description": f"Daily discharge at {name} and groundwater levels of the USGS.",
        "licence": LICENCE,
        "citation": CITATION,
        "virtual": False,
        "vertical_datum": "the ground at each well" if from_ground else " and ".join(datums),
        "surface_water": "discharge",
        "target_gauge": number,
    }


def _row(well: str, table: pd.DataFrame) -> str:
    approved = (table["approval"] == "Approved").mean()
    span = f"{table['date'].min():%Y-%m-%d} | {table['date'].max():%Y-%m-%d}"
    return f"| {well} | {table['parameter'].iloc[0]} | {len(table)} | {span} | {approved:.0%} |"


def _digest(path: Path) -> str:
    return f"- `{path.name}`\n  SHA-256 `{hashlib.sha256(path.read_bytes()).hexdigest()}`"


def _source(
    folder: Path, question: Question, wells: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> str:
    heads, water = tables["heads.csv"], tables["surface_water.csv"]
    rows = "\n".join(_row(well, table) for well, table in heads.groupby("well_id"))
    digests = "\n".join(_digest(folder / name) for name in tables)
    approved = (water["approval"] == "Approved").mean()
    datums = wells["vertical_datum"].replace("", "not stated").value_counts()
    stated = ", ".join(f"{name} ({count})" for name, count in datums.items())
    return f"""\
# Where these data come from

U.S. Geological Survey, Water Data for the Nation, https://api.waterdata.usgs.gov, asked on
{datetime.date.today()} through the package dataretrieval for {" to ".join(question.days)}. The
service corrects its records, so the same question may have another answer later.

- **Licence**: {LICENCE}.
- **Citation**: {CITATION}

## What was done

- **Discharge**: daily means (parameter 00060), ft³/s turned to m³/s; {approved:.0%} of the days are
  approved, the others provisional. Columns `approval` and `qualifier` are the service's words.
- **Levels**: of each well one series, the best of those nearly the longest: depth below the land
  surface (72019) before elevations (62611 above NAVD 88, 62610 above NGVD 29, 72150 above local
  mean sea level), daily means before other statistics, daily series before measurements by hand;
  ft turned to m. Where all wells have depths, depths were kept; otherwise a depth became a head by
  the elevation of the surface.
- **Elevations** are the service's; their datums: {stated}. Nothing was converted between datums.

| well | parameter | levels | first | last | approved |
| --- | --- | ---: | --- | --- | ---: |
{rows}

Tables as first written:

{digests}
"""
