"""Depths that were given as heads, told by the ground at their wells."""

import pandas as pd

from swgw.basin.contract import BasinSettings, shown
from swgw.storage.errors import Problem

CERTAIN = (200.0, 10.0, 50.0)
"""Ground [m], its ratio to the values, and least distance [m]: such heads are refused."""

DOUBTFUL = (30.0, 5.0, 30.0)
"""The same for a remark; some coasts have such heads."""

MOST = 0.8  # of the wells; a few may be deep, or stand low
UNSTATED = BasinSettings.vertical_datum


def look_like_depths(heads: pd.DataFrame, wells: pd.DataFrame, limits: tuple) -> Problem | None:
    """Describe heads that look like depths below the ground, or like minus the depth.

    Parameters
    ----------
    heads : DataFrame (row, ...)
        ``well_id``, ``head`` [m].
    wells : DataFrame (well, ...)
        With ``surface_elevation`` [m]; wells without one do not count.
    limits : tuple of float
        :data:`CERTAIN` or :data:`DOUBTFUL`.

    Returns
    -------
    Problem or None
        None where heads lie near the ground, or where the ground is nowhere known. Heads above
        the ground and deep water tables are no depths as long as the values follow the ground.
    """
    if "head" not in heads or "surface_elevation" not in wells:
        return None
    levels = heads.groupby("well_id")["head"].agg(["median", "min", "max"])
    ground = wells["surface_elevation"].reindex(levels.index).dropna()
    levels = levels.loc[ground.index]
    if not len(ground):
        return None
    lowest, ratio, distance = limits
    size = levels["median"].abs()
    small = (ground > lowest) & (ground > ratio * size)
    if small.mean() < MOST or ((ground - size) < distance).any():
        return None
    found = (
        f"{levels['min'].min():.4g} to {levels['max'].max():.4g} where the ground is at "
        f"{ground.min():.4g} to {ground.max():.4g} m"
    )
    expected = (
        "metres above the datum; are these depths (column depth; in a mapping, kind: depth)? "
        "If they are heads, state their vertical_datum in basin.yml"
    )
    return Problem("heads.csv", "column head", found, expected)


def check_depths(
    heads: pd.DataFrame, wells: pd.DataFrame, datum: str, problems: list[Problem]
) -> bool:
    """Report heads that can only be depths, unless their datum is stated; True if reported.

    Water tables hundreds of metres below the ground and close to sea level exist, in the karst of
    some coasts and on volcanic islands. Whoever has such heads knows their datum and can say so.
    """
    problem = look_like_depths(heads, wells, CERTAIN) if datum == UNSTATED else None
    problems.extend([problem] if problem else [])
    return problem is not None


def without_ground(columns: pd.Index, wells: pd.DataFrame) -> str:
    """Say which wells have depths and no ground; empty where there is none.

    Parameters
    ----------
    columns : Index
        Of ``heads.csv``.
    wells : DataFrame (well, ...)
    """
    if "depth" not in columns:
        return ""
    known = wells.get("surface_elevation", pd.Series(float("nan"), index=wells.index)).notna()
    if known.all():
        return ""
    names = ", ".join(shown(name) for name in wells.index[~known][:3])
    more = f" and {(~known).sum() - 3} more" if (~known).sum() > 3 else ""
    return str(
        Problem(
            "wells.csv", "column surface_elevation", f"none for {names}{more}, whose heads are "
            "therefore minus the depth", "the ground in metres, if heads shall be comparable"
        )
    )  # fmt: skip
