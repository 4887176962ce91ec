"""Weather added to a folder that has places: where it is needed, when, and how it is written."""

from pathlib import Path

import pandas as pd

from swgw.basin.settings import read_settings
from swgw.basin.tables import PAIRS, read_tables
from swgw.sources.draft import assert_sound
from swgw.storage.errors import UserError
from swgw.storage.files import write_text, write_whole


def read_need(folder: str | Path) -> tuple[pd.DataFrame, pd.Timestamp, pd.Timestamp]:
    """Read from a folder where and when it needs weather.

    Parameters
    ----------
    folder : str or Path
        Of a basin, without ``forcing.csv``.

    Returns
    -------
    places : DataFrame (place, ...)
        ``key`` (``"well_id"`` or ``"gauge_id"``), ``id``, ``longitude``, ``latitude`` [°].
    first, last : Timestamp
        Days of the first and last observation of heads or surface water.

    Raises
    ------
    UserError
        If it has weather already, or its other tables break the contract.
    """
    folder = Path(folder)
    if (folder / "forcing.csv").exists():
        raise UserError(f"{folder / 'forcing.csv'} is there already; move it away to replace it")
    assert_sound(folder, folder)
    tables = read_tables(folder, read_settings(folder, []), [])
    places = [tables[file].rename_axis("id").reset_index().assign(key=tables[file].index.name)
              for file in PAIRS]  # fmt: skip
    days = pd.concat([tables[file]["date"] for file in PAIRS.values()]).dt.normalize()
    columns = ["key", "id", "longitude", "latitude"]
    return pd.concat(places, ignore_index=True)[columns], days.min(), days.max()


def add_weather(
    folder: str | Path, places: pd.DataFrame, weather: dict[tuple, pd.DataFrame], section: str
) -> pd.DataFrame:
    """Write ``forcing.csv`` and add to ``SOURCE.md`` where it comes from.

    Parameters
    ----------
    folder : str or Path
        Of a basin; it needs no ``SOURCE.md`` yet.
    places : DataFrame (place, ...)
        With ``key``, ``id`` and ``cell``, a key of `weather`.
    weather : dict of tuple to DataFrame (day, variable)
        By cell of a grid.
    section : str
        Markdown, from a heading of the second level on.

    Returns
    -------
    DataFrame
        As written: for the whole basin where there is one cell only, else for each place.
    """
    parts = {(place.key, place.id): weather[place.cell] for place in places.itertuples()}
    table = pd.concat(parts, names=["key", "id", "date"]).reset_index()
    for key in ("gauge_id", "well_id"):
        table.insert(3, key, table["id"].where(table["key"] == key, ""))
    table = table.drop(columns=["key", "id"])
    if len(weather) == 1:
        table = table.drop_duplicates("date").drop(columns=["well_id", "gauge_id"])
    source = Path(folder) / "SOURCE.md"
    before = source.read_text(encoding="utf-8") if source.exists() else "# Sources\n"
    write_text(source, before.rstrip() + "\n\n" + section)
    with write_whole(Path(folder) / "forcing.csv") as part:
        table.to_csv(part, index=False, lineterminator="\n")
    return table
