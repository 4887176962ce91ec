"""Tables with a date column, as the challenge's files are: read, named, put in order of days."""

from pathlib import Path

import pandas as pd

from swgw.basin.contract import shown
from swgw.basin.reading import inside_folder, read_table, rows, to_dates
from swgw.storage.errors import Problem

BOUNDS = {
    "precipitation": (0.0, 1500.0, "mm/d"),
    "temperature": (-70.0, 60.0, "°C"),
    "coldest": (-70.0, 60.0, "°C"),
    "warmest": (-70.0, 60.0, "°C"),
    "evaporation": (-10.0, 40.0, "mm/d"),
    "stage": (-1000.0, 9000.0, "m"),
    "head": (-1000.0, 9000.0, "m"),
}


def read_days(folder: Path, file: str, problems: list[Problem]) -> pd.DataFrame | None:
    """Read a table with a date column: (day, column) of text, rounded to days.

    The date column is the one called date or time, else the first one. Rows without a date are
    left out only where the whole row is empty.
    """
    path = inside_folder(folder, file, problems)
    if path is None:
        return None
    if not path.exists():
        problems.append(Problem(file, "", "no such file", "this file of the challenge's layout"))
        return None
    table = read_table(path, problems, unnamed="index")
    if table is None:
        return None
    dated = [name for name in table if name.strip().lower() in ("date", "time")]
    name = (dated or list(table.columns))[0]
    days = to_dates(table[[name]].set_axis(["date"], axis=1), file, problems).dt.round("D")
    if table.shape[1] < 2 or table.empty:
        found = f"{table.shape[1]} column{'s' * (table.shape[1] > 1)} and {len(table)} rows"
        problems.append(Problem(file, "", found, "a date column, a column of values, and rows"))
        return None
    return table.drop(columns=name).assign(day=days)


def find_column(
    table: pd.DataFrame | None, wanted: str, file: str, problems: list[Problem]
) -> str | None:
    """Name of the column that is called so, or of the only one; None with a problem if neither."""
    if table is None:
        return None
    names = [name for name in table if name != "day"]
    named = [name for name in names if name.strip().lower() == wanted]
    for found in (named, names):
        if len(found) == 1:
            return found[0]
    found = f"the columns {shown(', '.join(names))[1:-1]}"
    problems.append(Problem(file, "", found, f"one column of values, or one called {wanted}"))
    return None


def by_day(values: pd.Series, days: pd.Series) -> pd.Series:
    """Values by day in order of time, without gaps; of several on a day the first is kept."""
    series = pd.Series(values.to_numpy(), pd.DatetimeIndex(days.to_numpy(), name="day")).dropna()
    series = series[series.index.notna()]
    return series[~series.index.duplicated()].sort_index()


def check_bounds(
    values: pd.Series, name: str, column: str, table: pd.DataFrame, file: str,
    problems: list[Problem],
) -> None:  # fmt: skip
    """Report values that no site on Earth has; other units show in this way."""
    low, high, unit = BOUNDS[name]
    bad = ((values < low) | (values > high)).to_numpy()
    if bad.any():
        place = f"{rows(bad, table)}, column {shown(column)[1:-1]}"
        found = f"{values.to_numpy()[bad][0]:g} as {name}"
        problems.append(Problem(file, place, found, f"{low:g} to {high:g} {unit}"))
