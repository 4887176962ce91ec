"""What the check remarks on in a folder that it does not refuse."""

from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin import depths
from swgw.basin.folder import Basin
from swgw.scores.bootstrap import DAYS_OF_STEP
from swgw.storage.errors import Problem

SPARSE = 2.0  # steps from one reading to the next


def notes(basin: Basin, coverage: pd.DataFrame) -> list[str]:
    """List what is no fault by itself and yet worth a look.

    Parameters
    ----------
    basin : Basin
    coverage : DataFrame (series, ...)
        From :func:`swgw.basin.check.report`.

    Returns
    -------
    list of str
        Sentences: where the places lie, depths without a ground, heads that may be depths, and a
        step shorter than the time between readings.
    """
    found = [where(basin.wells, basin.gauges)]
    if len(basin.wells):
        columns = _columns(basin.path / "heads.csv")
        found.append(depths.without_ground(columns, basin.wells))
        if "head" in columns:
            problem = depths.look_like_depths(basin.heads, basin.wells, depths.DOUBTFUL)
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
