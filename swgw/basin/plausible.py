"""Whether the values of a basin can be true, by the rules of ``data/rules.csv``.

What cannot be true is an error, and the folder is refused; what can be doubted is a remark. Either
way ``accept: [name of the rule]`` in ``basin.yml`` lets pass what the owner has looked at.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin import places
from swgw.basin.places import Found, Settings, hundredfold, with_ground
from swgw.basin.settings import PERIODS, RULES, SETTINGS_FILE, listed
from swgw.basin.tables import PAIRS, Tables, report, rows
from swgw.storage import Problem

SERIES = (*PAIRS.values(), "forcing.csv")
LEVELS = ("head", "depth", "stage")  # where zero can be a code, too

# Some loggers write these for a gap. Each can be a true value, so only one far from all others of
# its series is reported. (Those that never can be are in swgw.basin.tables.)
CODES = (-9, -99, -99.9, -99.99, 99, 99.9, 99.99, 999, 999.9, 999.99, 9999, 9999.9, 9999.99, 99999)
FEET = (1.0, 0.3048, 0.3048**3)  # codes may have been turned from feet and cubic feet
LONELY = (5.0, 1.0, 10)  # times the range of the others, least distance, least number of others


def judge(tables: Tables, settings: Settings, folder: Path, certain: bool) -> Iterator[Problem]:
    """Report what cannot be true (`certain`), or else what can be doubted.

    Tables and settings are None where they cannot be read. A value that one rule reports is left
    out for later rules.
    """
    tables, accepted = dict(tables), settings.accept if settings else ()
    for rule in RULES[RULES["certain"] == certain].itertuples():
        if rule.rule not in accepted:
            for found in _apply(rule, tables, settings, folder):
                yield replace(found, rule=rule.rule)


def _apply(rule, tables: Tables, settings: Settings, folder: Path) -> Iterator[Problem]:
    limits, variables = tuple(map(float, rule.limits.split())), rule.variables.split()
    find = (vars(places) | globals())[rule.find]
    if not rule.what:
        for found in find(tables, settings, folder, variables, limits):
            yield Problem(*found, rule.expected)
        return
    for file, table, key, variable in _series(tables, variables):
        ordered = table.dropna(subset=["date", variable]).sort_values([key, "date"])
        bad = find(ordered[variable], ordered[key], *limits)
        what = rule.what.format(f"{key} {listed(list(ordered.loc[bad, key].unique()))}")
        bad = bad.reindex(table.index, fill_value=False)
        yield from report(table, bad, file, variable, rule.expected, what)
        tables[file] = table.assign(**{variable: table[variable].mask(bad)})


def _series(tables: Tables, variables: list[str]) -> Iterator[tuple[str, pd.DataFrame, str, str]]:
    """Give file, table, key and name of each of some variables, or of any."""
    for file in SERIES:
        for variable in [] if tables[file] is None else tables[file].columns[2:]:
            if variable in variables or variables == ["any"]:
                yield file, tables[file], tables[file].columns[1], variable


# Each marks values (row,), which are in the order of their keys (row,) and times.


def codes(values: pd.Series, key: pd.Series) -> pd.Series:
    """Mark usual missing-value codes, also in feet, that are far from all other values."""
    times, least, enough = LONELY
    suspect = np.logical_or.reduce([(values / f).round(3).isin(CODES) for f in FEET])
    suspect |= (values == 0) & (values.name in LEVELS)
    others = values[~suspect].groupby(key).agg(["min", "max", "count"])
    low, high, count = others.reindex(key).to_numpy().T
    far = np.fmax(low - values, values - high) > np.fmax(times * (high - low), least)
    return far & suspect & (count >= enough)


def hundreds(values: pd.Series, key: pd.Series, smallest: float) -> pd.Series:
    """Mark levels a hundred times the others of their series."""
    return values.groupby(key).transform(hundredfold, smallest).astype(bool)


def zeros(values: pd.Series, key: pd.Series, lowest: float) -> pd.Series:
    """Mark zeros where no other value is near zero."""
    others = values.abs().where(values != 0).groupby(key)
    return (values == 0) & (others.transform("min") > lowest * others.transform("median"))


def runs(values: pd.Series, key: pd.Series, least: float, times: float) -> pd.Series:
    """Mark one value again and again where others change; a river or the sky may be dry."""
    dry = (values == 0) & (values.name in ("discharge", "precipitation"))
    number = ((values != values.shift()) | (key != key.shift())).cumsum()
    length = values.groupby(number).transform("size")
    usual = length[~number.duplicated()].groupby(key).quantile(0.9).reindex(key).to_numpy()
    varies = number.groupby(key).transform("nunique") > 1
    return varies & ~dry & (length >= np.fmax(least, times * usual))


def spikes(values: pd.Series, key: pd.Series, times: float, share: float) -> pd.Series:
    """Mark values far from the two before and the two after (flows by their ratio)."""
    size = np.log(values.clip(lower=1e-3)) if values.name == "discharge" else values
    groups = size.groupby(key)
    around = np.median([groups.shift(k) for k in (-2, -1, 1, 2)], axis=0)
    away = (size - around).abs()
    rare = away.groupby(key).quantile(0.98).reindex(key).to_numpy()
    span = (groups.quantile(0.99) - groups.quantile(0.01)).reindex(key).to_numpy()
    return away > np.fmax(times * rare, share * span)


def thousands(values: pd.Series, key: pd.Series, *limits: float) -> pd.Series:
    """Mark numbers of three decimals beside larger whole ones, such as 1.156 for 1,156."""
    whole, size = values == values.round(), values.abs()
    fine = (values != values.round(2)) & (values == values.round(3))
    parts = {"whole": whole, "fine": fine.where(~whole), "large": size.where(whole)}
    groups = pd.DataFrame(parts | {"small": size.where(~whole)}).astype(float).groupby(key)
    mean, middle = groups.transform("mean"), groups.transform("median")
    mixed = (mean["whole"] > limits[1]) & (mean["fine"] > limits[2])
    return ~whole & mixed & (middle["large"] > limits[0] * middle["small"])


def beyond(values: pd.Series, _, low: float, high: float) -> pd.Series:
    """Mark values out of a range."""
    return ~values.between(low, high)


# Each takes tables, settings, folder, variables and limits, and gives file, place and finding.


def future(tables: Tables, *_) -> Found:
    """Find records of times to come."""
    for file in SERIES:
        if (table := tables[file]) is not None:
            late = (table["date"] > pd.Timestamp.now()).to_numpy()
            if late.any():
                found = f"{table['date'][late].iloc[0]:%Y-%m-%d}, which is still to come"
                yield file, f"{rows(late, table)}, column date", found


def means(tables: Tables, _, __, variables: list[str], limits: tuple) -> Found:
    """Find series whose mean is out of a range, but not zero."""
    for file, table, key, variable in _series(tables, variables):
        times, unit = (365.25, "mm a year") if variable == "precipitation" else (1, "as a mean")
        mean = times * table.groupby(key)[variable].mean().dropna()
        if len(odd := mean[~mean.between(*limits) & (mean != 0)]):
            found = f"{odd.iloc[0]:.3g} {unit} at {listed(list(odd.index))}"
            yield file, f"column {variable}", found


def season(tables: Tables, _, __, ___, limits: tuple) -> Found:
    """Find temperatures that are higher in winter, away from the tropics."""
    forcing, (tropics, least) = tables["forcing.csv"], limits
    known = [tables[file]["latitude"] for file in PAIRS if tables[file] is not None]
    north = pd.concat(known).median() if known else 0.0
    if forcing is not None and "temperature" in forcing and abs(north) > tropics:
        means = forcing.pivot_table("temperature", "place", forcing["date"].dt.month)
        warmer = (means.get(7, np.nan) - means.get(1, np.nan)) * np.sign(north)
        if (odd := pd.Series(warmer < -least, means.index)).any():
            found = "summer and winter as on the other half of the Earth at "
            yield "forcing.csv", "column temperature", found + listed(list(odd.index[odd]))


def no_ground(tables: Tables, *_) -> Found:
    """Find depths below a ground that is nowhere given."""
    heads, ground = with_ground(tables)
    if heads is not None and "depth" in heads and ground.isna().any():
        found = f"none for {ground.isna().sum()} of {len(ground)} wells: heads are minus depths"
        yield "wells.csv", "column surface_elevation", found


def few(tables: Tables, settings: Settings, _, __, limits: tuple) -> Found:
    """Find places with too few different values in all, to learn from or to score."""
    names = ("whole", *PERIODS)[: len(limits) if settings else 1]
    for (home, file), (name, least) in product(PAIRS.items(), zip(names, limits, strict=False)):
        if (table := tables[file]) is not None and tables[home] is not None:
            (key, value), dates = table.columns[1:], table["date"]
            inside = settings.period(name).holds(dates) if name in PERIODS else dates.notna()
            count = table[inside].groupby(key)[value].nunique()
            count = count.reindex(tables[home].index.unique(), fill_value=0)
            if len(short := count[count < least]):
                found = f"{short.iloc[0]} different values in the {name} period"
                yield file, f"{key} {listed(list(short.index))}, column {value}", found


def sparse(tables: Tables, settings: Settings, _, variables: list[str], limits: tuple) -> Found:
    """Find a step far shorter than the time between measurements."""
    for _, table, key, variable in _series(tables, variables if settings else []):
        known = table.dropna().sort_values([key, "date"])
        gap = known.groupby(key)["date"].diff().dt.days.median()
        if gap > limits[0] * 365 / steps.STEPS_PER_YEAR[settings.step]:
            rare = f"step {settings.step}, and a {variable} every {gap:.0f} days"
            yield SETTINGS_FILE, "key step", rare


def unnamed_river(_, settings: Settings, folder: Path, *__) -> Found:
    """Find a course of the river that the settings do not name."""
    for path in sorted(folder.glob("*.geojson")) if settings and not settings.river else ():
        yield path.name, "", "a file that basin.yml does not name"
