"""A river gauge and wells of the U.S. Geological Survey as the folder of a basin."""

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from swgw import sources
from swgw.basin.tables import MISSING_CODES
from swgw.sources import weather as sky
from swgw.storage import UserError, install
from swgw.storage.files import write_folder, write_text

SERVICE = "USGS Water Data"
ADDRESS: str | None = None  # None is dataretrieval's own; tests name a local server
RETRIES = 3
ADVICE = "With a free key (https://api.waterdata.usgs.gov/signup/) in API_USGS_PAT it answers more "
ADVICE += "often; a newer dataretrieval may know a new address."


def ask(getter: str, **query: object) -> pd.DataFrame:
    """Call a getter of dataretrieval, or take its answer of the last day.

    Parameters
    ----------
    getter : str
        Such as ``"get_daily"``.
    query : dict
        Its arguments.

    Returns
    -------
    DataFrame (row, ...)
        Text as the service gives it; ``longitude``, ``latitude`` [°] where it gives points.

    Raises
    ------
    UserError
        With what to do next.
    """
    return sources.kept(SERVICE, _ask, ADDRESS, getter, query)


def _ask(address: str | None, getter: str, query: dict) -> pd.DataFrame:
    logging.getLogger("dataretrieval").setLevel(logging.ERROR)  # it warns of optional packages
    try:
        import dataretrieval
        from dataretrieval import waterdata
    except ImportError:
        raise UserError(f"dataretrieval is not installed: {install('import')}") from None
    time.sleep(sources.PAUSE)
    own = waterdata.WaterdataConfiguration(retries=RETRIES, base_url=address)
    try:
        with dataretrieval.configure(dataretrieval.Configuration(progress=False), own):
            # Conversion would lose times that are a day only.
            table = pd.DataFrame(getattr(waterdata, getter)(**query, convert_type=False)[0])
    except Exception as error:  # dataretrieval's own kinds, and pandas' for a broken answer
        raise sources.refusal(SERVICE, f"{type(error).__name__}: {error}", ADVICE) from None
    if "geometry" in table:  # shapely's points or [longitude, latitude]
        points = [(p.x, p.y) if hasattr(p, "x") else p for p in table.pop("geometry")]
        points = pd.Series(points, table.index, dtype=object).str
        table = table.assign(longitude=points[0].astype(float), latitude=points[1].astype(float))
    return table


LICENCE = "public domain (U.S. Geological Survey)"
CITATION = "U.S. Geological Survey: Water Data for the Nation. doi:10.5066/F7P55KJN"
CITED = {"licence": LICENCE, "citation": CITATION}
DISCHARGE, DEPTH = "00060", "72019"
# Parameters of groundwater levels [ft], the best first: depth below the land surface; elevation
# above NAVD 88, NGVD 29, local mean sea level.
LEVELS = [DEPTH, "62611", "62610", "72150"]

BEST = [*LEVELS, "00003", "00008", "00002", "00001"]  # and mean, median, minimum, maximum of a day
NEARLY = 0.9  # a better kind of value is preferred to a series at most so much longer
POINT = ["longitude", "latitude"]
PLACE = ["monitoring_location_id", "monitoring_location_name", "altitude", "vertical_datum"]
RECORD = ["monitoring_location_id", "begin", "end"]
VALUE = ["parameter_code", "time", "value", "unit_of_measure", "approval_status", "qualifier"]
KIND = ["parameter_code", "statistic_id", "time_series_id"]


def write(
    folder: str | Path, gauge: str, wells: Sequence[str], within: float, days: tuple[str, str],
    weather: bool = True, overwrite: bool = False,
) -> str:  # fmt: skip
    """Write a gauge and its wells as the folder of a basin, whole or not at all.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    gauge : str
        Number of the river gauge.
    wells : sequence of str
        Numbers of wells; empty where `within` finds them.
    within : float
        Distance from the gauge [km].
    days : tuple of str
        First and last day, YYYY-MM-DD.
    weather : bool
        Whether to add weather from NASA POWER, without which the folder is not complete.
    overwrite : bool
        Whether to replace a folder that an import has written.

    Returns
    -------
    str
        What was written, to be shown.

    Raises
    ------
    UserError
        With what to do next, if the service or its answers are not as they should be.
    """
    if days[1] <= days[0]:
        raise UserError(f"found --end {days[1]}; expected a day after --start")
    span = " to ".join(days)
    ids = [f"USGS-{number.strip()}".replace("USGS-USGS-", "USGS-") for number in (gauge, *wells)]
    with write_folder(folder, overwrite) as new:
        site = _places(ids[:1]).iloc[0]
        places = _places(list(dict.fromkeys(ids[1:] or _within(site, within, days))))
        flow = _series("get_daily", site.name, [DISCHARGE], "/".join(days))
        bar = tqdm(places.index, "USGS wells", leave=False)
        levels = {place: _levels(place, days) for place in bar}
        _assert_found(site.name, flow, levels, span)
        empty = [place for place, table in levels.items() if table.empty]
        tables = _tables(site, places.drop(empty), flow, pd.concat(levels.values()))
        sources.write_tables(new, tables)
        datums = " and ".join(sorted(set(places["vertical_datum"].dropna()))) or "not stated"
        given = {
            "name": sources.folder_name(folder, "usgs"), "title": site["name"].strip(), **CITED,
            "virtual": False, "vertical_datum": datums, "surface_water": "discharge",
            "target_gauge": _short(site.name),
        }  # fmt: skip
        sources.write_settings(new, "usgs", tables, given, sky.FIRST if weather else None)
        told = {"days": span, "datums": datums, "left_out": ", ".join(empty) or "none"}
        files = sources.digests(new / name for name in tables)
        write_text(new / "SOURCE.md", sources.describe("usgs", **told, **CITED, files=files))
        sources.assert_sound(new, folder)
        said = sky.add_power(new) if weather else ""
        sources.assert_sound(new, folder)
    return f"{_counted(levels, flow)}. Licence: {LICENCE}. {said}".strip()


def _assert_found(
    site: str, flow: pd.DataFrame, levels: dict[str, pd.DataFrame], span: str
) -> None:
    """Refuse a gauge without discharge, and wells of which none has a level."""
    if flow.empty or all(table.empty for table in levels.values()):
        what = f"discharge of {site}" if flow.empty else f"level of {next(iter(levels))}"
        raise UserError(f"the USGS has no {what} from {span}; choose other days or places")


def _counted(levels: dict[str, pd.DataFrame], flow: pd.DataFrame) -> str:
    """Count what was written, and what was left out."""
    empty = sum(table.empty for table in levels.values())
    undated = sum(table.attrs["undated"] for table in levels.values())
    left_out = f"{undated} readings without a day left out, " * bool(undated)
    wells = f"{len(levels) - empty} wells with levels ({empty} without left out)"
    return f"{wells}, {left_out}{len(flow)} daily discharges"


def _short(place: str) -> str:
    """Give the number of a place of the USGS, and another agency's place in full."""
    return place.removeprefix("USGS-")


def _places(ids: list[str]) -> pd.DataFrame:
    """Describe places in the given order; each must be known and have coordinates."""
    table = ask("get_monitoring_locations", monitoring_location_id=ids, properties=PLACE)
    table = table.reindex(columns=[*PLACE, *POINT]).dropna(subset=POINT).set_index(PLACE[0])
    if lost := set(ids) - set(table.index):
        where = "https://waterdata.usgs.gov has the numbers (leading zeros count)"
        raise UserError(f"the USGS knows no place {min(lost)[:60]!r}; {where}")
    return table.loc[ids].rename(columns={PLACE[1]: "name"}).astype({"altitude": float})


def _within(site: pd.Series, km: float, days: tuple[str, str]) -> list[str]:
    """Find wells with a series that reaches into the time asked for, the nearest first."""
    north = km / 111
    east = north / max(np.cos(np.radians(site["latitude"])), 0.01)
    around = np.array([-east, -north, east, north]) + np.tile(site[POINT].to_numpy(float), 2)
    query = {"bbox": around.round(5).tolist(), "parameter_code": LEVELS, "properties": RECORD}
    daily = {"computation_period_identifier": "Daily"}
    for getter, more in {"get_time_series_metadata": daily,
                         "get_field_measurements_metadata": {}}.items():  # fmt: skip
        table = ask(getter, **query, **more).reindex(columns=[*RECORD, *POINT])
        table = table[(table["begin"].str[:10] <= days[1]) & (table["end"].str[:10] >= days[0])]
        offset = (table[POINT].astype(float) - site[POINT].astype(float)) * [north / east, 1]
        table = table.assign(km=111 * np.hypot(*offset.to_numpy().T))
        near = table[table["km"] <= km].sort_values("km")
        if len(near):
            return near[RECORD[0]].tolist()
    what = f"well with levels from {' to '.join(days)} within {km:g} km of {site.name}"
    raise UserError(f"the USGS has no {what}; widen --within, or name wells by --wells")


def _levels(place: str, days: tuple[str, str]) -> pd.DataFrame:
    """Levels of a well [m]: its daily series, else what was measured by hand."""
    levels = _series("get_daily", place, LEVELS, "/".join(days))
    if levels.empty:
        span = f"{days[0]}T00:00:00Z/{days[1]}T23:59:59Z"
        levels = _series("get_field_measurements", place, LEVELS, span)
    return levels


def _series(getter: str, place: str, parameters: list[str], time: str) -> pd.DataFrame:
    names = [*VALUE, *KIND[1:]] if getter == "get_daily" else VALUE
    table = ask(getter, monitoring_location_id=place, parameter_code=parameters, time=time,
                properties=names, skip_geometry=True)  # fmt: skip
    return choose(table).assign(place=place)


def choose(table: pd.DataFrame) -> pd.DataFrame:
    """Choose one series of an answer, the best of those that are nearly the longest.

    Parameters
    ----------
    table : DataFrame of text
        Daily values or field measurements of one place.

    Returns
    -------
    DataFrame (day, ...)
        ``date``, ``value`` [m or m³/s], ``parameter``, ``approval``, ``qualifier``; its ``attrs``
        count the values ``undated``, which name a month or a year only.

    Raises
    ------
    UserError
        If a unit is not known.
    """
    table = table.reindex(columns=[*VALUE, *KIND[1:]]).fillna(dict.fromkeys(KIND, ""))
    table = table.assign(
        value=pd.to_numeric(table["value"], errors="coerce").replace(MISSING_CODES, np.nan),
        date=pd.to_datetime(table["time"].str[:10], format="%Y-%m-%d", errors="coerce"),
        qualifier=[" ".join(q) if isinstance(q, list) else "" for q in table["qualifier"]],
    ).dropna(subset="value")
    undated, table = table["date"].isna().sum(), table.dropna(subset="date")
    counts, rank = table.groupby(KIND).size(), {code: n for n, code in enumerate(BEST)}
    kinds = counts.index[counts >= NEARLY * counts.max()]
    best = min(kinds, key=lambda kind: [rank.get(code, 99) for code in kind[:2]], default=[""] * 3)
    table = table[(table[KIND] == list(best)).all(axis=1)]
    variable = "discharge" if best[0] == DISCHARGE else "depth"
    for unit in table["unit_of_measure"].unique():
        table = table.assign(value=sources.to_ours(table["value"], variable, unit, SERVICE))
    words = lambda texts: " ".join(dict.fromkeys(filter(None, texts)))  # noqa: E731
    days = table.groupby("date", as_index=False).agg(
        value=("value", "mean"), parameter=("parameter_code", "first"),
        approval=("approval_status", words), qualifier=("qualifier", words),
    )  # fmt: skip
    days.attrs["undated"] = int(undated)
    return days


def _tables(
    site: pd.Series, wells: pd.DataFrame, flow: pd.DataFrame, levels: pd.DataFrame
) -> sources.Tables:
    """Turn what was asked into the tables of a basin."""
    gauge = _short(site.name)
    surface = sources.to_ours(wells["altitude"], "surface_elevation", "ft", SERVICE)
    wells = wells.assign(well_id=wells.index.map(_short), gauge_id=gauge, surface_elevation=surface)
    is_depth, kind, value = levels["parameter"] == DEPTH, "depth", levels["value"]
    if not is_depth.all():  # depths become heads, where the ground is known
        kind, value = "head", value.where(~is_depth, levels["place"].map(surface) - value)
    heads = levels.assign(well_id=levels["place"].map(_short), **{kind: value.round(4)})
    water = flow.assign(gauge_id=gauge, discharge=flow["value"].round(5))
    names, more = ["name", *POINT], ["approval", "qualifier"]
    return {
        "wells.csv": wells[["well_id", *names, "surface_elevation", "gauge_id"]],
        "heads.csv": heads[["date", "well_id", kind, "parameter", *more]].dropna(subset=kind),
        "gauges.csv": pd.DataFrame([{"gauge_id": gauge, **site[names]}]),
        "surface_water.csv": water[["date", "gauge_id", "discharge", *more]],
    }
