"""The folder of a site in the challenge's own layout: ``heads.csv`` and ``input_data.csv``.

Both are daily tables with a date column, called ``Date``, ``time``, anything or nothing, first in
the file; heads may be weekly. Names of inputs differ between countries and are brought together
here. What is wrong with a file is listed as for the folder of a basin: file, place, found,
expected. ``heads_full.csv`` is not opened here; only :mod:`swgw.challenge.results` does that, when
the forecast has been made.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from swgw.basin.reading import to_numbers
from swgw.challenge.days import by_day, check_bounds, find_column, read_days
from swgw.challenge.inputs import INPUTS, to_inputs
from swgw.storage.errors import BasinError, Problem, UserError
from swgw.storage.files import digest

HEADS = "heads.csv"
FEWEST_HEADS = 100
FEWEST_YEARS = 3
DEEPEST = 3  # folders below the one that is given, down to which a site is looked for


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
    inputs, remarks = to_inputs(read_days(folder, INPUTS, problems), problems)
    if not problems:
        heads, period, said = _cut_to_inputs(heads, inputs, period)
        remarks += said
        _check_spans(heads, inputs, period, problems)
    if problems:
        raise BasinError(folder, problems)
    found = digest([folder / HEADS, folder / INPUTS]) + str(period)
    return Site(folder.name, heads, inputs, period, remarks, found)


def _cut_to_inputs(
    heads: pd.Series, inputs: pd.DataFrame, period: Period
) -> tuple[pd.Series, Period, tuple[str, ...]]:
    """Keep to the days that have inputs, and say where that cuts something."""
    first, last = inputs.index[[0, -1]]
    early, remarks = int((heads.index < first).sum()), []
    if early:
        remarks.append(f"{early} heads before the first input are not used")
    if period.score_from <= last < period.score_to:
        remarks.append(f"inputs end on {last:%Y-%m-%d}, and so do the scored days")
        period = replace(period, score_to=last)
    return heads[heads.index >= first], period, tuple(remarks)


def _heads(table: pd.DataFrame | None, period: Period, problems: list[Problem]) -> pd.Series:
    """Heads by day up to the end of training; of several on a day the first, as the challenge."""
    name = find_column(table, "head", HEADS, problems)
    if name is None:
        return pd.Series(dtype=float)
    values = to_numbers(table, HEADS, name, problems)
    check_bounds(values, "head", name, table, HEADS, problems)
    heads = by_day(values, table["day"])
    return heads[heads.index <= period.train_to].rename("head")


def _check_spans(
    heads: pd.Series, inputs: pd.DataFrame, period: Period, problems: list[Problem]
) -> None:
    """Report too few heads to learn from and inputs that end before the scored days."""
    years = (heads.index[-1] - heads.index[0]).days / 365.25 if len(heads) else 0.0
    if len(heads) < FEWEST_HEADS or years < FEWEST_YEARS or not heads.std() > 0:
        found = f"{len(heads)} heads in {years:.1f} years to {period.train_to:%Y-%m-%d}"
        found += "" if heads.std() > 0 else ", all the same"
        expected = f"at least {FEWEST_HEADS} that vary over {FEWEST_YEARS} years"
        problems.append(Problem(HEADS, "", found, expected))
        return
    if inputs.index[-1] < period.score_to:
        found = f"inputs to {inputs.index[-1]:%Y-%m-%d}"
        expected = f"inputs of the scored days, from {period.score_from:%Y-%m-%d} (--score-from)"
        problems.append(Problem(INPUTS, "", found, expected))
