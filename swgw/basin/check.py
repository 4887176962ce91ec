"""The check of a basin folder: what is wrong, how much is observed, and what deserves a look."""

from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin import plausible
from swgw.basin.folder import Basin, examine
from swgw.basin.settings import BasinSettings, basin_folder
from swgw.scores.bootstrap import DAYS_OF_STEP
from swgw.storage.errors import Problem

SPARSE = 2.0  # steps from one measurement to the next


def check_basin(path: str | Path) -> list[Problem]:
    """List everything that is wrong with a basin folder; an empty list means that it is sound.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin.
    """
    return examine(basin_folder(path)).problems


def report(basin: Basin) -> pd.DataFrame:
    """Say how much of each series is observed.

    Parameters
    ----------
    basin : Basin

    Returns
    -------
    DataFrame (series, ...)
        ``kind`` (``"head"``, ``"discharge"`` or ``"stage"``, or a variable of the weather),
        ``series`` (a well, a gauge or a place of the forcing), ``first`` and ``last`` observation,
        ``observations`` and ``share``: of the steps from the start of training to the end of the
        test period, how many hold an observation (0–1).
    """
    water = basin.settings.surface_water
    parts = [
        _coverage(basin.heads, "well_id", "head", "head", basin.settings),
        _coverage(basin.surface_water, "gauge_id", "value", water, basin.settings),
    ]
    for variable in basin.forcing.columns.drop(["date", "place"]):
        parts.append(_coverage(basin.forcing, "place", variable, variable, basin.settings))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def summary(coverage: pd.DataFrame) -> pd.DataFrame:
    """Sum up a report, one row a kind of series, whatever their number.

    Parameters
    ----------
    coverage : DataFrame (series, ...)
        From :func:`report`.

    Returns
    -------
    DataFrame (kind, ...)
        ``kind``, ``series`` (how many), ``first`` and ``last`` observation, ``observed`` (the
        median share of steps, in words) and ``least observed`` (the series with the smallest).
    """
    rows = []
    for kind, table in coverage.groupby("kind", sort=False):
        least = table.loc[table["share"].idxmin()]
        rows.append(
            {
                "kind": kind,
                "series": len(table),
                "first": table["first"].min().date(),
                "last": table["last"].max().date(),
                "observed": f"{table['share'].median():.0%}",
                "least observed": f"{least['series']} ({least['share']:.0%})",
            }
        )
    return pd.DataFrame(rows)


def _coverage(
    table: pd.DataFrame, key: str, value: str, kind: str, settings: BasinSettings
) -> pd.DataFrame:
    table = table.loc[table[value].notna(), ["date", key]].rename(columns={key: "series"})
    starts = steps.bin_starts(pd.DatetimeIndex(table["date"]), settings.step)
    time = steps.calendar(settings.train.start, settings.test.end, settings.step)
    counted = table.assign(start=np.where(starts.isin(time), starts, np.datetime64("NaT")))
    groups = counted.groupby("series", sort=False)
    return pd.DataFrame(
        {
            "kind": kind,
            "first": groups["date"].min(),
            "last": groups["date"].max(),
            "observations": groups["date"].count(),
            "share": groups["start"].nunique() / len(time),
        }
    ).reset_index()[["kind", "series", "first", "last", "observations", "share"]]


def notes(basin: Basin, coverage: pd.DataFrame) -> list[str]:
    """List what is no fault by itself and yet worth a look.

    Parameters
    ----------
    basin : Basin
    coverage : DataFrame (series, ...)
        From :func:`report`.

    Returns
    -------
    list of str
        Sentences: where the places lie, depths without a ground, heads that may be depths, and a
        step shorter than the time between readings.
    """
    found = [where(basin.wells, basin.gauges)]
    if len(basin.wells):
        columns = _columns(basin.path / "heads.csv")
        found.append(plausible.without_ground(columns, basin.wells))
        if "head" in columns:
            problem = plausible.look_like_depths(basin.heads, basin.wells, plausible.DOUBTFUL)
            found.append(str(problem or ""))
    found.append(_sparse(coverage, basin.settings.step))
    return [note for note in found if note]


def where(*places: pd.DataFrame | None) -> str:
    """Say near which latitude and longitude places lie, so that a swap of all can be seen.

    Parameters
    ----------
    places : DataFrame (place, ...) or None
        ``longitude``, ``latitude`` [°].

    Examples
    --------
    >>> where(pd.DataFrame({"longitude": [-106.6], "latitude": [35.2]}))
    'The places lie near 35.2° N, 106.6° W.'
    """
    known = [table[["longitude", "latitude"]] for table in places if table is not None]
    together = pd.concat([table for table in known if len(table)]).median()
    latitude, longitude = together["latitude"], together["longitude"]
    north, east = "S" if latitude < 0 else "N", "W" if longitude < 0 else "E"
    return f"The places lie near {abs(latitude):.1f}° {north}, {abs(longitude):.1f}° {east}."


def _columns(path: Path) -> pd.Index:
    return pd.read_csv(path, nrows=0).columns


def _sparse(coverage: pd.DataFrame, step: str) -> str:
    """Say that readings are rarer than steps; empty where they are not."""
    targets = coverage[coverage["kind"].isin(["head", "discharge", "stage"])]
    several = targets[targets["observations"] > 1]
    days = (several["last"] - several["first"]).dt.total_seconds() / 86400
    apart = (days / (several["observations"] - 1)).groupby(several["kind"], sort=False).median()
    rare = apart[apart >= SPARSE * DAYS_OF_STEP[step]]
    if rare.empty:
        return ""
    share = targets.loc[targets["kind"] == rare.index[0], "share"].median()
    found = (
        f"step {step} where readings of {rare.index[0]} are {np.round(rare.iloc[0]):.0f} days "
        f"apart, so that {share:.0%} of the steps are observed"
    )
    longer = ", ".join(name for name, days in DAYS_OF_STEP.items() if days > DAYS_OF_STEP[step])
    return str(Problem("basin.yml", "key step", found, f"a longer step ({longer}), as a rule"))
