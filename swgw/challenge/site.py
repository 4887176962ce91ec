"""The folder of a site in the challenge's own layout: ``heads.csv`` and ``input_data.csv``.

Both are daily tables with a date column, called ``Date``, ``time``, anything or nothing, first in
the file; heads may be weekly. Names of inputs differ between countries and are brought together
here. What is wrong with a file is listed as for the folder of a basin: file, place, found,
expected. ``heads_full.csv`` is not opened here; only :mod:`swgw.challenge.results` does that, when
the forecast has been made.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from swgw.contract import shown
from swgw.errors import BasinError, Problem, UserError
from swgw.files import digest
from swgw.reading import inside_folder, read_table, rows, to_dates, to_numbers

HEADS, INPUTS = "heads.csv", "input_data.csv"
NAMES = {
    "precipitation": ("rr", "prcp", "precipitation"),
    "temperature": ("tg", "tavg", "temperature"),
    "coldest": ("tn", "tmin"),
    "warmest": ("tx", "tmax"),
    "evaporation": ("et", "pet", "evaporation"),
    "stage": ("stage_m", "stage"),
}
"""Our name of an input, and the names that it has at the sites, in small letters."""

BOUNDS = {
    "precipitation": (0.0, 1500.0, "mm/d"),
    "temperature": (-70.0, 60.0, "°C"),
    "coldest": (-70.0, 60.0, "°C"),
    "warmest": (-70.0, 60.0, "°C"),
    "evaporation": (-10.0, 40.0, "mm/d"),
    "stage": (-1000.0, 9000.0, "m"),
    "head": (-1000.0, 9000.0, "m"),
}
FEWEST_HEADS = 100
FEWEST_YEARS = 3
MOST_MISSING = 0.1  # of an input's days; fewer are filled with the mean of their day of the year


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
    """What a model may know of a site.

    Attributes
    ----------
    name : str
        That of the folder.
    heads : Series (day,)
        Observed heads to the end of training [m], without gaps in it.
    inputs : DataFrame (day, input)
        Every day from the first to the last: precipitation [mm/d] and what there is of temperature
        [°C], evaporation [mm/d] and stage [m]; gaps are filled.
    period : Period
    remarks : tuple of str
        What was filled and what was left out, for people.
    digest : str
        Of the two files and the period.
    """

    name: str
    heads: pd.Series
    inputs: pd.DataFrame
    period: Period
    remarks: tuple[str, ...]
    digest: str


def find_site(folder: str | Path) -> Path:
    """Find the folder that holds a site's files: the one given, or the only one below it.

    Parameters
    ----------
    folder : str or Path
        A site's folder, the challenge's repository with one site in ``data/``, or what ``swgw
        fetch challenge-usa`` wrote.

    Raises
    ------
    UserError
        If there is no site or more than one.
    """
    folder = Path(folder)
    if (folder / INPUTS).exists() or not folder.is_dir():
        return folder
    found = sorted(path.parent for path in folder.glob(f"**/{INPUTS}"))
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
    usual = PERIODS.get(Path(folder).resolve().name, USUAL)
    given = (train_to, score_from, score_to)
    own = (usual.train_to, usual.score_from, usual.score_to)
    period = Period(*(pd.Timestamp(a or b) for a, b in zip(given, own, strict=True)))
    if not period.train_to < period.score_from <= period.score_to:
        raise UserError(
            f"training to {period.train_to:%Y-%m-%d}, scores from {period.score_from:%Y-%m-%d} to "
            f"{period.score_to:%Y-%m-%d}; expected days in this order"
        )
    return period


def read_site(folder: str | Path, period: Period | None = None) -> Site:
    """Read a site for training; heads after ``period.train_to`` are dropped at once.

    Parameters
    ----------
    folder : str or Path
        Holds ``heads.csv`` and ``input_data.csv``.
    period : Period, optional
        That of :data:`PERIODS` by the folder's name, else the usual one.

    Raises
    ------
    BasinError
        With every problem of both files.
    """
    folder = Path(folder).resolve()
    period = period or choose_period(folder)
    problems: list[Problem] = []
    heads = _heads(read_days(folder, HEADS, problems), period, problems)
    inputs, remarks = _inputs(read_days(folder, INPUTS, problems), problems)
    if not problems:
        _check_spans(heads, inputs, period, problems)
    if problems:
        raise BasinError(folder, problems)
    found = digest([folder / HEADS, folder / INPUTS]) + str(period)
    return Site(folder.name, heads, inputs, period, remarks, found)


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


def _heads(table: pd.DataFrame | None, period: Period, problems: list[Problem]) -> pd.Series:
    """Heads by day up to the end of training; of several on a day the first, as the challenge."""
    name = find_column(table, "head", HEADS, problems)
    if name is None:
        return pd.Series(dtype=float)
    values = to_numbers(table, HEADS, name, problems)
    _check_bounds(values, "head", name, table, HEADS, problems)
    heads = by_day(values, table["day"])
    return heads[heads.index <= period.train_to].rename("head")


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


def _inputs(
    table: pd.DataFrame | None, problems: list[Problem]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Inputs under our names on every day, and what was done to them."""
    if table is None:
        return pd.DataFrame(), ()
    known = {alias: name for name, aliases in NAMES.items() for alias in aliases}
    named = {column: known.get(column.strip().lower()) for column in table if column != "day"}
    _check_names(named, problems)
    twice = table["day"].duplicated(keep=False).to_numpy() & table["day"].notna().to_numpy()
    if twice.any():
        found = "a day that another row has, too"
        problems.append(Problem(INPUTS, rows(twice, table), found, "one row a day"))
    columns = {}
    for column, name in named.items():
        if name is not None and name not in columns:
            values = to_numbers(table, INPUTS, column, problems)
            _check_bounds(values, name, column, table, INPUTS, problems)
            columns[name] = by_day(values, table["day"])
    if problems:
        return pd.DataFrame(), ()
    left = [column for column, name in named.items() if name is None]
    return _fill(_with_temperature(pd.DataFrame(columns)), left, problems)


def _check_names(named: dict[str, str | None], problems: list[Problem]) -> None:
    """Report an input that lacks or that two columns claim to be."""
    found = [name for name in named.values() if name]
    if "precipitation" not in found:
        columns = shown(", ".join(named))[1:-1]
        problems.append(
            Problem(INPUTS, "", f"no precipitation, only {columns}", "a column rr or PRCP")
        )
    for name in sorted({name for name in found if found.count(name) > 1}):
        columns = ", ".join(column for column, own in named.items() if own == name)
        problems.append(Problem(INPUTS, f"columns {columns}", f"{name} twice", "one of them"))


def _check_bounds(
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


def _with_temperature(inputs: pd.DataFrame) -> pd.DataFrame:
    """Have one temperature, the mean of the day or of its extremes, in place of three."""
    extremes = [name for name in ("coldest", "warmest") if name in inputs]
    if "temperature" not in inputs and len(extremes) == 2:
        inputs = inputs.assign(temperature=inputs[extremes].mean(axis=1, skipna=False))
    order = [name for name in NAMES if name in inputs and name not in ("coldest", "warmest")]
    return inputs[order]


def _fill(
    inputs: pd.DataFrame, left: list[str], problems: list[Problem]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Fill gaps with the mean of the day of the year, or report that there are too many."""
    remarks = [f"not used: {', '.join(left)}"] if left else []
    if inputs.empty:
        problems.append(Problem(INPUTS, "", "no values", "daily values"))
        return inputs, ()
    whole = inputs.asfreq("D")
    for name in whole:
        lacking = whole[name].isna()
        if lacking.mean() > MOST_MISSING:
            found = f"{lacking.sum()} of {len(lacking)} days of {name} missing"
            problems.append(Problem(INPUTS, "", found, f"at most {MOST_MISSING:.0%} missing"))
        elif lacking.any():
            remarks.append(f"{lacking.sum()} days of {name} filled")
    usual = whole.groupby(whole.index.dayofyear).transform("mean")
    return whole.fillna(usual).fillna(whole.mean()), tuple(remarks)


def _check_spans(
    heads: pd.Series, inputs: pd.DataFrame, period: Period, problems: list[Problem]
) -> None:
    """Report too few heads to learn from and inputs that end too early or start too late."""
    years = (heads.index[-1] - heads.index[0]).days / 365.25 if len(heads) else 0.0
    if len(heads) < FEWEST_HEADS or years < FEWEST_YEARS or not heads.std() > 0:
        found = f"{len(heads)} heads in {years:.1f} years to {period.train_to:%Y-%m-%d}"
        found += "" if heads.std() > 0 else ", all the same"
        expected = f"at least {FEWEST_HEADS} that vary over {FEWEST_YEARS} years"
        problems.append(Problem(HEADS, "", found, expected))
        return
    if inputs.index[0] > heads.index[0]:
        found = f"inputs from {inputs.index[0]:%Y-%m-%d}, heads from {heads.index[0]:%Y-%m-%d}"
        problems.append(Problem(INPUTS, "", found, "inputs from the first head on"))
    if inputs.index[-1] < period.score_to:
        found = f"inputs to {inputs.index[-1]:%Y-%m-%d}"
        expected = f"inputs to the last scored day, {period.score_to:%Y-%m-%d} (--score-to)"
        problems.append(Problem(INPUTS, "", found, expected))
