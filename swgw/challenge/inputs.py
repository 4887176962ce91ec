"""``input_data.csv``: weather and river under one set of names, on every day, gaps filled."""

import pandas as pd

from swgw.basin.contract import shown
from swgw.basin.reading import rows, to_numbers
from swgw.challenge.days import by_day, check_bounds
from swgw.storage.errors import Problem

INPUTS = "input_data.csv"
NAMES = {
    "precipitation": ("rr", "prcp", "precipitation"),
    "temperature": ("tg", "tavg", "temperature"),
    "coldest": ("tn", "tmin"),
    "warmest": ("tx", "tmax"),
    "evaporation": ("et", "pet", "evaporation"),
    "stage": ("stage_m", "stage", "river_stage"),
}
"""Our name of an input, and the names that it has at the sites, in small letters."""

MOST_MISSING = 0.1  # of an input's days; fewer are filled with the mean of their day of the year


def to_inputs(
    table: pd.DataFrame | None, problems: list[Problem]
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Bring inputs under our names, on every day.

    Parameters
    ----------
    table : DataFrame or None
        Of :func:`swgw.challenge.days.read_days`.
    problems : list of Problem
        Gets what is wrong.

    Returns
    -------
    inputs : DataFrame (day, input)
        Of :class:`swgw.challenge.site.Site`; empty where there are problems.
    remarks : tuple of str
        What was filled and what is not used.
    """
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
            check_bounds(values, name, column, table, INPUTS, problems)
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
