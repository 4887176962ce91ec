"""Tables of a basin, and settings for data seen for the first time."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from swgw.basin import calendar as steps
from swgw.basin.check import check_basin
from swgw.basin.settings import DEFAULT_LENGTHS, SETTINGS_FILE, STEPS, shown
from swgw.storage.errors import BasinError, Problem, UserError
from swgw.storage.files import write_text

SHARES = (0.6, 0.8)  # of the common record: the ends of training and validation
WHOLE_YEARS = 6  # records of at least so many years are divided at a new year
HEADER = """\
# Written by `swgw import {how}`; SOURCE.md says from what and how. Go through the keys below: the
# periods divide the time that all records share by 60, 20 and 20 %, and are yours to change.
# `swgw check` on this folder lists whatever is wrong, all at once.

"""


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write tables by file name as CSV, dates as ``YYYY-MM-DD``, gaps as empty cells."""
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, date_format="%Y-%m-%d", lineterminator="\n")


def write_settings(
    folder: Path, how: str, tables: dict[str, pd.DataFrame], given: dict,
    earliest: pd.Timestamp | None = None,
) -> None:  # fmt: skip
    """Write a ``basin.yml`` that fits the tables.

    Parameters
    ----------
    folder : Path
    how : str
        The importer, for the first line.
    tables : dict of str to DataFrame
        By file name; those with a ``date`` decide on step and periods.
    given : dict
        Keys of ``basin.yml`` that are known; they stay as they are.
    earliest : Timestamp, optional
        No period begins before.

    Raises
    ------
    UserError
        If the records share no time, or the step is unknown.
    """
    series = {name: table for name, table in tables.items() if "date" in table and len(table)}
    step = given.get("step") or usual_step(series)
    if step not in STEPS:
        expected = "one of " + ", ".join(STEPS)
        raise UserError(str(Problem(SETTINGS_FILE, "key step", shown(step), expected)))
    first, last = _common(series)
    first = first if earliest is None else max(first, earliest)
    settings = {**given, "step": step}
    settings |= {key: value for key, value in _periods(first, last, step).items()
                 if key not in given}  # fmt: skip
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=90,
                          default_flow_style=None)  # fmt: skip
    write_text(folder / "basin.yml", HEADER.format(how=how) + text)


def usual_step(series: dict[str, pd.DataFrame]) -> str:
    """Choose pentads, weeks or months by how often heads, else the river, are observed.

    Parameters
    ----------
    series : dict of str to DataFrame
        Tables with ``date`` and one identifier, by file name.

    Returns
    -------
    str
        ``"5D"``, ``"W"`` or ``"MS"``; daily records become pentads, as in the paper.
    """
    table = series.get("heads.csv", series.get("surface_water.csv"))
    if table is None:
        return "5D"
    key = "well_id" if "well_id" in table else "gauge_id"
    days = table.sort_values("date").groupby(key)["date"].diff().dt.total_seconds() / 86400
    gap = days.groupby(table[key]).median().median()
    return "5D" if not gap > 5.5 else "W" if gap <= 8 else "MS"


def _common(series: dict[str, pd.DataFrame]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the time that all tables share."""
    first = max(table["date"].min() for table in series.values()).normalize()
    last = min(table["date"].max() for table in series.values()).normalize()
    if last <= first:
        spans = "; ".join(
            f"{name} {table['date'].min():%Y-%m-%d} to {table['date'].max():%Y-%m-%d}"
            for name, table in series.items()
        )
        raise UserError(f"the records share no time: {spans}; choose records that overlap")
    return first, last


def _periods(first: pd.Timestamp, last: pd.Timestamp, step: str) -> dict:
    """Divide the common time, and shorten history and forecast where it is brief."""
    cuts = [first + share * (last - first) for share in SHARES]
    if last - first >= pd.Timedelta(days=365.25 * WHOLE_YEARS):
        cuts = [pd.Timestamp((cut + pd.Timedelta(days=183)).year, 1, 1) for cut in cuts]
    day = pd.Timedelta(days=1)
    one, two = (cut.normalize() for cut in cuts)
    bounds = {"train": (first, one - day), "validation": (one, two - day), "test": (two, last)}
    settings = {name: [f"{a:%Y-%m-%d}", f"{b:%Y-%m-%d}"] for name, (a, b) in bounds.items()}
    whole = {name: _whole_steps(a, b, step) for name, (a, b) in bounds.items()}
    history, ahead = DEFAULT_LENGTHS[step]
    if whole["train"] < 2 * (history + ahead) or min(whole.values()) < 2 * ahead:
        settings["encoder_length"] = int(np.clip(whole["train"] // 4, 1, history))
        settings["lead_times"] = int(np.clip(min(whole.values()) // 4, 1, ahead))
    return settings


def _whole_steps(first: pd.Timestamp, last: pd.Timestamp, step: str) -> int:
    """Count the steps that lie wholly between two days, both included."""
    starts = steps.calendar(first, last, step)
    return int(((starts >= first) & (steps.bin_ends(starts, step) <= last)).sum())


def assert_sound(draft: Path, folder: str | Path) -> bool:
    """Refuse a draft that the check would refuse; weather may still be lacking.

    Parameters
    ----------
    draft : Path
        Where the tables lie now.
    folder : str or Path
        The name they will have, for messages.

    Returns
    -------
    bool
        Whether the folder has its weather.

    Raises
    ------
    BasinError
        With every other problem.
    """
    has_weather = (draft / "forcing.csv").exists()
    problems = [p for p in check_basin(draft) if has_weather or p.file != "forcing.csv"]
    if problems:
        raise BasinError(folder, problems)
    return has_weather
