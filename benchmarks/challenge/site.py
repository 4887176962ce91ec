"""The folder of a site in the challenge's own layout: ``heads.csv`` and ``input_data.csv``.

Both are tables with a date column, called ``Date``, ``time``, anything or nothing, first in the
file; heads may be weekly. Names of inputs differ between countries and are unified here.
``heads_full.csv`` is not opened here: only :mod:`benchmarks.challenge.results` does that, when the
forecast has been made.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.storage import UserError
from swgw.storage.files import digest

HEADS, INPUTS = "heads.csv", "input_data.csv"
NAMES = {
    "precipitation": ("rr", "prcp", "precipitation"),
    "temperature": ("tg", "tavg", "temperature"),
    "coldest": ("tn", "tmin"),
    "warmest": ("tx", "tmax"),
    "evaporation": ("et", "pet", "evaporation"),
    "stage": ("stage_m", "stage", "river_stage"),
}
"""Our name of an input, and its names at the sites, in small letters."""

BOUNDS = {
    "precipitation": (0.0, 1500.0),
    "temperature": (-70.0, 60.0),
    "coldest": (-70.0, 60.0),
    "warmest": (-70.0, 60.0),
    "evaporation": (-10.0, 40.0),
    "stage": (-900.0, 9000.0),
    "head": (-900.0, 9000.0),
}
"""In mm/d, °C and m; missing-value codes and other units lie outside."""

MOST_MISSING = 0.1  # of an input's days; fewer are filled with the mean of their day of the year
FEWEST_HEADS = 100
FEWEST_YEARS = 3
DEEPEST = 3  # levels of folders below the given one in which a site is sought


@dataclass(frozen=True)
class Period:
    """The last day whose head may be trained on, and the first and last day that are scored."""

    train_to: pd.Timestamp
    score_from: pd.Timestamp
    score_to: pd.Timestamp

    @classmethod
    def of(cls, train_to: str, score_from: str, score_to: str) -> "Period":
        """Make a period from three days written as YYYY-MM-DD."""
        return cls(*(pd.Timestamp(day) for day in (train_to, score_from, score_to)))


USUAL = Period.of("2016-12-26", "2017-01-18", "2021-12-31")
PERIODS = {
    "Germany": Period.of("2016-12-31", "2017-01-01", "2021-12-31"),
    "Netherlands": Period.of("2016-09-22", "2016-09-23", "2020-11-27"),
    "Sweden_1": Period.of("2016-01-04", "2016-01-05", "2020-12-29"),
    "Sweden_2": Period.of("2016-01-04", "2016-01-05", "2020-12-29"),
    "USA": USUAL,
}
"""What the challenge scored (its ``scripts/03_analyse.ipynb``); other sites have the usual one."""


@dataclass(frozen=True)
class Site:
    """What a model may use at a site.

    Attributes
    ----------
    name : str
        Name of the folder.
    heads : Series (day,)
        Observed heads to the end of training [m], without gaps.
    inputs : DataFrame (day, input)
        Every day from the first to the last: precipitation [mm/d] and as far as they are there
        temperature [°C], evaporation [mm/d] and stage [m]; gaps are filled.
    period : Period
    notes : tuple of str
        What was filled and what was left out.
    digest : str
        Of the two files and the period.
    """

    name: str
    heads: pd.Series
    inputs: pd.DataFrame
    period: Period
    notes: tuple[str, ...]
    digest: str


def find_site(folder: Path) -> Path:
    """Find the folder that holds a site's files: the one given, or the only one below it.

    Raises
    ------
    UserError
        If there is more than one.
    """
    if (folder / INPUTS).exists() or not folder.is_dir():
        return folder
    patterns = ("*/" * depth + INPUTS for depth in range(1, DEEPEST + 1))
    found = sorted(path.parent for pattern in patterns for path in folder.glob(pattern))
    if len(found) > 1:
        raise UserError(f"{folder} holds {len(found)} sites; name one: {found[0]}, {found[1]} …")
    return found[0] if found else folder


def choose_period(
    folder: Path,
    train_to: datetime | None = None,
    score_from: datetime | None = None,
    score_to: datetime | None = None,
) -> Period:
    """Give the period of a site, with the days that a user names in place of its own.

    Raises
    ------
    UserError
        If training would not end before the first scored day.
    """
    by_name = {name.casefold(): period for name, period in PERIODS.items()}
    usual = by_name.get(folder.resolve().name.casefold(), USUAL)
    given = (train_to, score_from, score_to)
    own = (usual.train_to, usual.score_from, usual.score_to)
    period = Period(*(pd.Timestamp(a or b) for a, b in zip(given, own, strict=True)))
    if not period.train_to < period.score_from <= period.score_to:
        raise UserError(
            f"training to {period.train_to:%Y-%m-%d}, scores from {period.score_from:%Y-%m-%d} to "
            f"{period.score_to:%Y-%m-%d}; expected days in this order"
        )
    return period


def read_table(file: Path) -> pd.DataFrame:
    """Read a table with a date column: (day, column) of numbers, in order of days.

    Raises
    ------
    UserError
        Where the file is missing, is no such table, or holds a text among its numbers.
    """
    if not file.is_file():
        raise UserError(f"{file}: found no such file; expected this file of the challenge's layout")
    try:
        table = pd.read_csv(file, encoding="utf-8-sig")
        dated = [name for name in table if name.strip().lower() in ("date", "time")]
        days = pd.to_datetime(table.pop((dated or list(table))[0]), format="ISO8601")
        table = table.apply(pd.to_numeric).replace([np.inf, -np.inf], np.nan)
    except (ValueError, IndexError) as error:
        raise UserError(f"{file}: {error}; expected a date column and columns of numbers") from None
    if table.empty:
        raise UserError(f"{file}: found no values; expected a date column, values, and rows")
    return table.set_index(pd.DatetimeIndex(days.dt.round("D"), name="day")).sort_index()


def read_heads(file: Path) -> pd.Series:
    """Read heads by day: (day,) [m], without gaps; of several on a day the first.

    Raises
    ------
    UserError
        As :func:`read_table`, or where no single column holds heads.
    """
    table = read_table(file)
    named = [name for name in table if name.strip().lower() == "head"]
    if len(named or table.columns) != 1:
        raise UserError(f"{file}: found the columns {', '.join(table)}; expected one called head")
    heads = table[(named or list(table))[0]].dropna()
    _check_bounds(heads, "head", file)
    return heads[~heads.index.duplicated()].rename("head")


def read_site(folder: Path, period: Period | None = None) -> Site:
    """Read a site for training; heads after ``period.train_to`` are dropped at once.

    Parameters
    ----------
    folder : Path
        Holds ``heads.csv`` and ``input_data.csv``.
    period : Period, optional
        That of :data:`PERIODS` by the folder's name, else the usual one.

    Raises
    ------
    UserError
        With the first problem of the two files.
    """
    folder = folder.resolve()
    period = period or choose_period(folder)
    heads = read_heads(folder / HEADS)[: period.train_to]
    inputs, notes = _unified(read_table(folder / INPUTS), folder / INPUTS)
    first, last = inputs.index[[0, -1]]
    if early := int((heads.index < first).sum()):
        notes.append(f"{early} heads before the first input are not used")
    if period.score_from <= last < period.score_to:
        notes.append(f"inputs end on {last:%Y-%m-%d}, and so do the scored days")
        period = replace(period, score_to=last)
    heads = heads[first:]
    years = (heads.index[-1] - heads.index[0]).days / 365.25 if len(heads) else 0.0
    if len(heads) < FEWEST_HEADS or years < FEWEST_YEARS or not heads.std() > 0:
        raise UserError(
            f"{folder / HEADS}: found {len(heads)} heads in {years:.1f} years; expected at least "
            f"{FEWEST_HEADS} that vary over {FEWEST_YEARS} years"
        )
    if last < period.score_to:
        raise UserError(
            f"{folder / INPUTS}: found inputs to {last:%Y-%m-%d}; expected inputs of the scored "
            f"days, from {period.score_from:%Y-%m-%d}"
        )
    found = digest([folder / HEADS, folder / INPUTS]) + str(period)
    return Site(folder.name, heads, inputs, period, tuple(notes), found)


def _unified(table: pd.DataFrame, file: Path) -> tuple[pd.DataFrame, list[str]]:
    """Bring inputs under our names, on every day, small gaps filled."""
    known = {alias: name for name, aliases in NAMES.items() for alias in aliases}
    named = {column: known.get(column.strip().lower()) for column in table}
    found = [name for name in named.values() if name]
    if "precipitation" not in found or len(set(found)) < len(found):
        raise UserError(f"{file}: found {', '.join(named)}; expected precipitation, each name once")
    if table.index.has_duplicates:
        raise UserError(f"{file}: found two rows of one day; expected one row a day")
    inputs = table[[column for column, name in named.items() if name]].set_axis(found, axis=1)
    for name in found:
        _check_bounds(inputs[name], name, file)
    notes = [f"not used: {', '.join(left)}"] if (left := [c for c in named if not named[c]]) else []
    if "temperature" not in inputs and {"coldest", "warmest"} <= set(inputs):
        inputs["temperature"] = inputs[["coldest", "warmest"]].mean(axis=1, skipna=False)
    order = [name for name in NAMES if name in inputs and name not in ("coldest", "warmest")]
    inputs = inputs[order].asfreq("D")
    missing = inputs.isna().sum()
    if missing.max() > MOST_MISSING * len(inputs):
        worst = missing.idxmax()
        raise UserError(
            f"{file}: found {missing[worst]} of {len(inputs)} days of {worst} missing; expected at "
            f"most {MOST_MISSING:.0%}"
        )
    notes += [f"{count} days of {name} filled" for name, count in missing.items() if count]
    usual = inputs.groupby(inputs.index.dayofyear).transform("mean")
    return inputs.fillna(usual).fillna(inputs.mean()), notes


def _check_bounds(values: pd.Series, name: str, file: Path) -> None:
    """Refuse values that no site has; missing-value codes and other units show in this way."""
    low, high = BOUNDS[name]
    bad = values[(values < low) | (values > high)]
    if len(bad):
        raise UserError(
            f"{file}, {bad.index[0]:%Y-%m-%d}: found {bad.iloc[0]:g} as {name}; expected {low:g} "
            f"to {high:g}"
        )
