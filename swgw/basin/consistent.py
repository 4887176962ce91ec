"""Whether the files of a basin fit each other: identifiers, the target gauge, periods."""

import unicodedata
from collections.abc import Iterator

import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin.reading import listed, rows
from swgw.basin.settings import PERIODS, SETTINGS_FILE, BasinSettings, near, shown
from swgw.basin.tables import COLUMNS, PAIRS, Tables
from swgw.storage.errors import Problem

_NAMED = COLUMNS["expected"].str.startswith("one of", na=False)
REFERENCES = COLUMNS.loc[_NAMED, ["file", "column", "expected"]].to_numpy().tolist()


def check_identifiers(tables: Tables) -> Iterator[Problem]:
    """Report identifiers that are in no table of places.

    Parameters
    ----------
    tables : dict of str to DataFrame or None
        As :func:`swgw.basin.tables.read_tables` gives them; what refers to a table that cannot be
        read cannot be judged.
    """
    for file, column, expected in REFERENCES:
        home = expected.removeprefix("one of ")
        if tables[file] is None or tables[home] is None:
            continue
        ids, known = _ids(tables[file], column), set(tables[home].index)
        unknown = sorted(set(ids.unique()) - known - {""})
        if unknown:
            where = rows(ids.isin(unknown).to_numpy(), ids.to_frame())
            found = f"unknown {column.removeprefix('upstream_')} {listed(unknown)}"
            found += _alike(unknown[0], known)
            yield Problem(file, f"{where}, column {column}", found, expected)


def _ids(table: pd.DataFrame, column: str) -> pd.Series:
    """Give a column of identifiers (row,), which the weather has in its places."""
    if "place" not in table:
        return table.get(column, pd.Series(dtype=str, name=column)).reset_index(drop=True)
    kind = column.removesuffix("_id") + ":"
    ids = table.loc[table["place"].str.startswith(kind), "place"]
    return ids.str.removeprefix(kind).rename(column)


def _alike(name: str, known: set[str]) -> str:
    """Say which known name an unknown one may mean; empty where none is close."""
    plain = {unicodedata.normalize("NFC", other): other for other in known}
    if twin := plain.get(unicodedata.normalize("NFC", name)):
        return f", which differs from {shown(twin)} only in how accents are stored"
    return near(name, sorted(known)) if len(known) < 1000 else ""  # else it would take minutes


def check_values(tables: Tables) -> Iterator[Problem]:
    """Report places without any value."""
    for home, file in PAIRS.items():
        if tables[home] is not None and tables[file] is not None:
            key, value = tables[file].columns[1:]
            ids = tables[file].loc[tables[file][value].notna(), key].unique()
            empty = set(tables[home].index) - set(ids)
            if empty:
                found = f"no {value} for {key} {listed(sorted(empty))}"
                expected = f"at least one value for each row of {home}"
                yield Problem(file, f"column {value}", found, expected)


def check_settings(tables: Tables, settings: BasinSettings) -> Iterator[Problem]:
    """Report a target that is no gauge or is not named, and periods that do not fit the data."""
    gauges, target = tables["gauges.csv"], settings.target_gauge
    known = [] if gauges is None else sorted(set(gauges.index))
    if gauges is not None and target not in known and (target is not None or len(known) > 1):
        found = "nothing" if target is None else f"unknown gauge_id {shown(target)}"
        expected = "one of gauges.csv: " + (listed(known) or "there is none")
        yield Problem(SETTINGS_FILE, "key target_gauge", found, expected)
    wells = tables["wells.csv"]
    if tables["river"] is not None and wells is not None and "distance_to_river" in wells:
        found = "a column that is computed from the river's course"
        expected = "no such column, or no river in basin.yml"
        yield Problem("wells.csv", "column distance_to_river", found, expected)
    observed = {file: known for file in (*PAIRS.values(), "forcing.csv")
                if (table := tables[file]) is not None
                and len(known := table.dropna(subset="date").dropna(thresh=3))}  # fmt: skip
    targets = [observed[file]["date"] for file in PAIRS.values() if file in observed]
    if targets:
        dates = pd.concat(targets)
        time = steps.calendar(dates.min(), dates.max(), settings.step)
        for name in PERIODS:
            yield from _check_period(name, settings, time, observed)


def _check_period(
    name: str, settings: BasinSettings, time: pd.DatetimeIndex, observed: dict[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Hold a period against the data: inside them, long enough, and nowhere empty."""
    period, ends = settings.period(name), steps.bin_ends(time, settings.step)
    ahead, needed = settings.lead_times, settings.encoder_length + settings.lead_times
    if period.start < time[0] or period.end > ends[-1]:
        expected = f"days from {time[0]:%Y-%m-%d} to {ends[-1]:%Y-%m-%d}, where there are data"
        yield Problem(SETTINGS_FILE, f"key {name}", f"{period}, outside the data", expected)
        return
    before = (ends <= period.end).sum()
    inside = ((time >= period.start) & (ends <= period.end)).sum()
    if inside < ahead or (name == "train" and before < needed):
        found = f"{inside} whole steps ({settings.step}), {before} counted from the first datum"
        expected = f"at least {ahead} (lead_times) and {needed} (with encoder_length): longer "
        yield Problem(SETTINGS_FILE, f"key {name}", found, f"{expected}periods or smaller settings")
    for file, table in observed.items():
        beyond = period.end + pd.Timedelta(days=1)
        during = table["date"].between(period.start, beyond, inclusive="left")
        empty = table.loc[during, table.columns[2:]].isna().all()
        found = f"no value in the {name} period, {period}"
        if empty.all():
            yield Problem(file, "", found, "data in each period")
        elif name == "train" and file == "forcing.csv":  # whose means fill gaps
            for variable in empty.index[empty]:
                expected = "data in it, or no such column"
                yield Problem(file, f"column {shown(variable)}", found, expected)
