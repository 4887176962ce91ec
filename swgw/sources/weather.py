"""Weather added to a folder that has places: where it is needed, when, and how it is written."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from swgw.basin.check import check_basin
from swgw.basin.settings import SETTINGS_FILE, read_settings
from swgw.basin.tables import PAIRS, read_tables
from swgw.storage.errors import BasinError, UserError
from swgw.storage.files import write_text, write_whole

FORCING = "forcing.csv"
SOURCE = "SOURCE.md"


@dataclass(frozen=True)
class Need:
    """Where and when a basin needs weather.

    Attributes
    ----------
    places : DataFrame (place, ...)
        ``key`` (``"well_id"`` or ``"gauge_id"``), ``id``, ``longitude``, ``latitude`` [°].
    first, last : Timestamp
        Days of the first and last observation of heads or surface water.
    """

    places: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp


def read_need(folder: str | Path) -> Need:
    """Read from a folder where and when it needs weather.

    Raises
    ------
    UserError
        If it has weather already, or lacks wells and gauges.
    BasinError
        If its other tables break the contract.
    """
    folder = Path(folder)
    if (folder / FORCING).exists():
        raise UserError(
            f"{folder / FORCING} is there already; to replace it, move it away and give the same "
            "command again"
        )
    problems = [problem for problem in check_basin(folder) if problem.file != FORCING]
    if problems:
        raise BasinError(folder, problems)
    tables = read_tables(folder, read_settings(folder, []), [])
    found = [_places(tables[file]) for file in PAIRS]
    dates = [tables[file]["date"] for file in PAIRS.values()]
    days = pd.concat(dates).dt.normalize()
    return Need(pd.concat(found, ignore_index=True), days.min(), days.max())


def _places(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": table.index.name,
            "id": table.index,
            "longitude": table["longitude"].to_numpy(),
            "latitude": table["latitude"].to_numpy(),
        }
    )


def spread(places: pd.DataFrame, weather: dict[tuple, pd.DataFrame]) -> pd.DataFrame:
    """Give each place the weather of its cell.

    Parameters
    ----------
    places : DataFrame (place, ...)
        With ``key``, ``id`` and ``cell``, a key of `weather`.
    weather : dict of tuple to DataFrame (day, variable)
        By cell of a grid, ``date`` as index.

    Returns
    -------
    DataFrame
        As in ``forcing.csv``: for the whole basin where there is one cell only.
    """
    if len(weather) == 1:
        return next(iter(weather.values())).rename_axis("date").reset_index()
    parts = []
    for place in places.itertuples():
        part = weather[place.cell].rename_axis("date").reset_index()
        ids = {key: place.id if key == place.key else "" for key in ("well_id", "gauge_id")}
        parts.append(part.assign(**ids))
    table = pd.concat(parts, ignore_index=True)
    return table[["date", "well_id", "gauge_id", *next(iter(weather.values())).columns]]


def add_weather(folder: str | Path, table: pd.DataFrame, section: str) -> None:
    """Write ``forcing.csv`` and add where it comes from to ``SOURCE.md``.

    Parameters
    ----------
    folder : str or Path
        Of a basin; it needs no ``SOURCE.md`` yet.
    table : DataFrame
        As in ``forcing.csv``.
    section : str
        Markdown, from a heading of the second level on.
    """
    folder = Path(folder)
    source = folder / SOURCE
    told = source.read_text(encoding="utf-8") if source.exists() else "# Sources\n"
    write_text(source, told.rstrip() + "\n\n" + section)
    with write_whole(folder / FORCING) as part:
        table.to_csv(part, index=False, date_format="%Y-%m-%d", lineterminator="\n")


def assert_settings(folder: str | Path) -> None:
    """Refuse a folder without ``basin.yml``, which alone says what the rest means."""
    if not (Path(folder) / SETTINGS_FILE).is_file():
        raise UserError(
            f"{folder} is not the folder of a basin: there is no {SETTINGS_FILE} in it; "
            "`swgw new`, `swgw import usgs` or `swgw import table` writes one"
        )
