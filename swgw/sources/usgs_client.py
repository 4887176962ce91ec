"""Questions to the USGS Water Data service, through the `dataretrieval` package.

Every answer is kept as a table in the cache, so that an interrupted import goes on where it was.
"""

import hashlib
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from swgw.sources import service
from swgw.storage.errors import UserError, install

SERVICE = "USGS Water Data"
ADDRESS: str | None = None  # None is dataretrieval's own; tests name a local server
RETRIES = 3
LEVELS = ("72019", "62611", "62610", "72150")
"""Parameters of groundwater levels [ft], the best first: depth below the land surface; elevation
above NAVD 88, NGVD 29, local mean sea level."""

DISCHARGE = "00060"
MEAN = "00003"
_VALUES = ("monitoring_location_id", "parameter_code", "time", "value", "unit_of_measure",
           "approval_status", "qualifier")  # fmt: skip
_DAILY = (*_VALUES, "statistic_id", "time_series_id")
_PLACES = ("monitoring_location_id", "monitoring_location_name", "altitude", "vertical_datum",
           "site_type_code")  # fmt: skip
_SERIES = ("monitoring_location_id", "parameter_code", "begin", "end")


def locations(ids: Sequence[str]) -> pd.DataFrame:
    """Describe places: name, ``longitude``, ``latitude`` [°], altitude [ft] and its datum.

    Parameters
    ----------
    ids : sequence of str
        As the service knows them, ``USGS-…``.
    """
    return _ask(
        "get_monitoring_locations", monitoring_location_id=list(ids), properties=list(_PLACES)
    )


def daily(place: str, parameters: Sequence[str], days: tuple[str, str]) -> pd.DataFrame:
    """Daily values of a place, of every statistic: one row a day and series."""
    return _ask(
        "get_daily", monitoring_location_id=place, parameter_code=list(parameters),
        time="/".join(days), properties=list(_DAILY), skip_geometry=True,
    )  # fmt: skip


def visits(place: str, days: tuple[str, str]) -> pd.DataFrame:
    """Levels measured by hand at a well: one row a measurement."""
    span = f"{days[0]}T00:00:00Z/{days[1]}T23:59:59Z"
    return _ask(
        "get_field_measurements", monitoring_location_id=place, parameter_code=list(LEVELS),
        time=span, properties=list(_VALUES), skip_geometry=True,
    )  # fmt: skip


def series_within(box: tuple[float, float, float, float], by_hand: bool) -> pd.DataFrame:
    """Series of groundwater levels in a box [°: west, south, east, north], with coordinates."""
    if by_hand:
        return _ask(
            "get_field_measurements_metadata", bbox=list(box), parameter_code=list(LEVELS),
            properties=list(_SERIES),
        )  # fmt: skip
    return _ask(
        "get_time_series_metadata", bbox=list(box), parameter_code=list(LEVELS),
        computation_period_identifier="Daily", properties=list(_SERIES),
    )  # fmt: skip


def _ask(getter: str, **query: object) -> pd.DataFrame:
    """Give the answer as text, from the cache if it was asked for within a day."""
    key = hashlib.sha256(repr((ADDRESS, getter, sorted(query.items()))).encode()).hexdigest()[:32]
    kept = service.cache(SERVICE) / f"{key}.csv"
    if not kept.exists() or time.time() - kept.stat().st_mtime > service.DAY:
        table = _coordinates(_call(getter, query))
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        table.to_csv(part, index=False)
        part.replace(kept)
    return _text(kept)


def _text(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _call(getter: str, query: dict) -> pd.DataFrame:
    logging.getLogger("dataretrieval").setLevel(logging.ERROR)  # it warns of optional packages
    try:
        import dataretrieval
        from dataretrieval import waterdata
    except ImportError:
        raise UserError(
            "importing from the USGS needs the package dataretrieval, which is not installed: "
            + install("import")
        ) from None
    time.sleep(service.PAUSE)
    settings = {"retries": RETRIES} | ({"base_url": ADDRESS} if ADDRESS else {})
    try:
        with dataretrieval.configure(
            dataretrieval.Configuration(progress=False),
            waterdata.WaterdataConfiguration(**settings),
        ):
            return getattr(waterdata, getter)(**query)[0]
    except dataretrieval.DataRetrievalError as error:
        raise UserError(_what_next(dataretrieval, error)) from None
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise UserError(_broken(error)) from None


def _what_next(dataretrieval, error: Exception) -> str:
    """Say what a failure means and what to do."""
    chain, cause = [], error
    while cause is not None:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    status = next((code for e in chain if (code := getattr(e, "status_code", None))), None)
    if status == 429 or isinstance(error, dataretrieval.QuotaExhausted):
        return (
            f"{SERVICE} takes no more questions for now (429): give the same command again in an "
            "hour, or ask for a free key at https://api.waterdata.usgs.gov/signup/ and set "
            "API_USGS_PAT to it; what came before is kept"
        )
    if status and status >= 500:
        return (
            f"{SERVICE} is out of order ({status}): give the same command again later; what came "
            "before is kept"
        )
    if status in (404, 410):
        return (
            f"{SERVICE} is no longer where dataretrieval {dataretrieval.__version__} looks for it "
            f"({status}): a newer version will know, python -m pip install -U dataretrieval"
        )
    if status:
        return f"{SERVICE} refused the question: {' '.join(str(error).split())[:300]}"
    if any(isinstance(e, dataretrieval.NetworkError | OSError) for e in chain) or any(
        type(e).__module__.startswith("httpx") for e in chain
    ):
        return (
            f"{SERVICE} cannot be reached: look after the connection and give the same command "
            "again; what came before is kept"
        )
    return _broken(error)


def _broken(error: Exception) -> str:
    said = " ".join(str(error).split())[:160]
    return (
        f"{SERVICE} gave a broken or half answer ({said}): give the same command again; what came "
        "before is kept"
    )


def _coordinates(table: pd.DataFrame) -> pd.DataFrame:
    """Turn the column ``geometry``, points or [longitude, latitude], into two of numbers."""
    if "geometry" not in table:
        return table
    points = [
        (point.x, point.y) if hasattr(point, "x") else tuple(point)[:2] if _is_pair(point)
        else (None, None)
        for point in table["geometry"]
    ]  # fmt: skip
    plain = pd.DataFrame(table.drop(columns="geometry"))
    return plain.assign(longitude=[p[0] for p in points], latitude=[p[1] for p in points])


def _is_pair(point: object) -> bool:
    return isinstance(point, list | tuple) and len(point) >= 2
