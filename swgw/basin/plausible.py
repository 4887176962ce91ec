"""Checks whether values can be what they claim: places, levels, depths, codes for a gap, rain."""

import numpy as np
import pandas as pd

from swgw.basin.reading import rows
from swgw.basin.settings import BasinSettings, shown
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


EARTH = 6371.0  # km
FAR = 5000.0  # km from the middle of a basin; none is that wide
NEAR = 200.0  # km; a place nearer than this is never taken for a swapped one
SMALLEST_LEVEL = 0.1  # m; below, ratios of levels mean nothing
GAP = 5.0  # ratio that separates two groups of levels
HUNDREDFOLD = (40.0, 250.0)  # ratio of two groups' medians that a factor of 100 can give
METRES = "metres throughout; are some of them centimetres or feet?"


def check_coordinates(places: dict[str, pd.DataFrame | None], problems: list[Problem]) -> None:
    """Report places far from all others, saying so where swapping would bring them near.

    Parameters
    ----------
    places : dict of str to DataFrame (place, ...)
        By file: identifiers as index, ``longitude`` and ``latitude`` [°].
    problems : list of Problem
        Appended to.
    """
    known = {
        file: table.dropna(subset=["longitude", "latitude"])
        for file, table in places.items()
        if table is not None
    }
    if sum(map(len, known.values())) < 2:
        return
    together = np.concatenate([_directions(table) for table in known.values()])
    centre = _centre(together)
    swapped = {file: _swapped(table, centre) for file, table in known.items()}
    whole = [file for file, bad in swapped.items() if len(bad) and bad.all()]
    if whole and not _agree(known, whole, swapped, problems):
        return
    for file, table in known.items():
        found = "coordinates that come near the other places only if they are swapped"
        _report_places(file, table, swapped[file], found, problems)
        far = (_distance(_directions(table), centre) > FAR) & ~swapped[file]
        found = f"coordinates more than {FAR:.0f} km from the other places"
        _report_places(file, table, far, found, problems)


def _centre(directions: np.ndarray) -> np.ndarray:
    """Give the place that is nearest to all (3,); between two equal camps, one of them."""
    some = directions[:: len(directions) // 1000 + 1]
    return some[np.arccos(np.clip(some @ some.T, -1, 1)).sum(axis=0).argmin()]


def _swapped(table: pd.DataFrame, centre: np.ndarray) -> np.ndarray:
    """Mark places that come near a centre only where their coordinates are swapped (place,)."""
    distance = _distance(_directions(table), centre)
    other = table.rename(columns={"longitude": "latitude", "latitude": "longitude"})
    mended = _distance(_directions(other), centre)
    swap = (distance > NEAR) & (mended < distance / 5) & (table["longitude"].abs() <= 90)
    return swap.to_numpy()


def _agree(
    known: dict[str, pd.DataFrame], whole: list[str], swapped: dict[str, np.ndarray],
    problems: list[Problem],
) -> bool:  # fmt: skip
    """Decide between whole tables by their number, not by their places; False where reported.

    One table of six wells against one of a single gauge is one against one: either may be right.
    """
    rest = [file for file, table in known.items() if len(table) and file not in whole]
    if len(whole) < len(rest):
        return True
    words = [f"{file} near longitude {middle['longitude']:g}, latitude {middle['latitude']:g}"
             for file in (*rest, *whole)
             for middle in [known[file][["longitude", "latitude"]].median()]]  # fmt: skip
    which = "one of the two tables is" if len(known) == 2 else f"{' and '.join(rest)} is"
    found = f"places that fit each other only if {which} swapped ({'; '.join(words)})"
    expected = "longitude east and latitude north, in degrees, signs included, in each"
    problems.append(Problem(" and ".join((*rest, *whole)), "", found, expected))
    return False


def _directions(table: pd.DataFrame) -> np.ndarray:
    """Unit vectors from the Earth's centre (place, 3)."""
    longitude, latitude = np.radians(table["longitude"]), np.radians(table["latitude"])
    x, y = np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude)
    return np.column_stack([x, y, np.sin(latitude)])


def _distance(directions: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Great-circle distances from a centre (place,) [km]."""
    return EARTH * np.arccos(np.clip(directions @ centre, -1, 1))


def _report_places(
    file: str, table: pd.DataFrame, bad: np.ndarray, found: str, problems: list[Problem]
) -> None:
    if bad.any():
        first = table[bad].iloc[0]
        more = f" and {bad.sum() - 1} more" if bad.sum() > 1 else ""
        place = f"{table.index.name} {shown(str(table.index[bad][0]))}{more}"
        found = f"{found} (longitude {first['longitude']:g}, latitude {first['latitude']:g})"
        expected = "longitude east and latitude north, in degrees, signs included"
        problems.append(Problem(file, place, found, expected))


def hundredfold(levels: np.ndarray) -> np.ndarray:
    """Mark the larger levels where they fall into two groups a hundredfold apart.

    Parameters
    ----------
    levels : ndarray (level,)
        Heads, depths or stages [m], without NaN.

    Returns
    -------
    ndarray of bool (level,)
        All False where there are no two such groups.

    Examples
    --------
    >>> hundredfold(np.array([1.5, 2.0, 170.0, 1.6])).tolist()
    [False, False, True, False]
    """
    size = np.maximum(np.abs(levels), SMALLEST_LEVEL)
    large = _upper_group(size)
    if large.any():
        ratio = np.median(size[large]) / np.median(size[~large])
        large &= HUNDREDFOLD[0] < ratio < HUNDREDFOLD[1]
    return large


def _upper_group(size: np.ndarray) -> np.ndarray:
    """Mark what lies above the widest gap between sizes, if that is wide enough (level,)."""
    ordered = np.sort(size)
    ratios = ordered[1:] / ordered[:-1]
    if not len(ratios) or ratios.max() < GAP:
        return np.zeros(len(size), dtype=bool)
    return size >= ordered[int(ratios.argmax()) + 1]


def check_heads(
    heads: pd.DataFrame | None, wells: pd.DataFrame | None, problems: list[Problem],
    datum: str = UNSTATED,
) -> None:  # fmt: skip
    """Report heads or depths that look like centimetres, and heads that look like depths.

    They are held against the rest of their own series, the surface at their well, and, where that
    is not given, the other wells.
    """
    if heads is None or wells is None or wells.index.has_duplicates:
        return
    mixed = _check_series(heads, "heads.csv", problems)
    value = heads.columns[-1]
    groups = heads[~heads["well_id"].isin(mixed)].groupby("well_id")[value]
    wide = pd.DataFrame({"median": groups.median(), "spread": groups.std()}).dropna()
    if value == "head" and "surface_elevation" in wells:
        surface = wells["surface_elevation"].reindex(wide.index)
        if not check_depths(heads, wells, datum, problems):
            _check_against_surface(wide["median"], surface, problems)
        wide = wide[~(surface >= 10)]
    _check_between_wells(wide, value, problems)


def check_stage(surface_water: pd.DataFrame | None, problems: list[Problem]) -> None:
    """Report stages that jump a hundredfold within a series."""
    if surface_water is not None:
        _check_series(surface_water, "surface_water.csv", problems)


def _check_series(table: pd.DataFrame, file: str, problems: list[Problem]) -> list[str]:
    """Report series (date, key, value) with a hundredfold jump; give their identifiers."""
    key, value = table.columns[1:]
    size = table[value].abs().clip(lower=SMALLEST_LEVEL)
    span = size.groupby(table[key]).agg(["min", "max"])
    suspects = span.index[span["max"] > HUNDREDFOLD[0] * span["min"] / 4]
    mixed = []
    for name, series in table[table[key].isin(suspects)].dropna().groupby(key):
        large = hundredfold(series[value].to_numpy())
        if large.any():
            mixed.append(name)
            found = f"levels a hundred times the others of {key} {shown(name)}"
            where = f"{rows(large, series)}, column {value}"
            problems.append(Problem(file, where, found, METRES))
    return mixed


def _check_against_surface(median: pd.Series, surface: pd.Series, problems: list[Problem]) -> None:
    """Report wells whose median head stands too far from their surface (well,) [m]."""
    above = median - surface
    ratio = (median / surface.where(surface != 0)).abs()
    hundred = (above.abs() > 100) & ratio.between(*HUNDREDFOLD)
    bad = (above < -1000) | (above > 200) | hundred
    if bad.any():
        well = median.index[bad][0]
        more = f" and {bad.sum() - 1} more wells" if bad.sum() > 1 else ""
        found = f"a median of {median[well]:.6g} m under a surface at {surface[well]:.6g} m"
        expected = "metres above one datum in both; is one of them in centimetres or feet?"
        place = f"well_id {shown(well)}{more}, column head"
        problems.append(Problem("heads.csv", place, found, expected))


def _check_between_wells(wide: pd.DataFrame, value: str, problems: list[Problem]) -> None:
    """Report wells whose level and its variation both are a hundred times the others'.

    One of the two alone is natural: deep wells beside shallow ones, mountain beside coast.
    """
    size = wide["median"].abs().clip(lower=SMALLEST_LEVEL)
    large = _upper_group(size.to_numpy())
    if not large.any():
        return
    spread = wide["spread"].clip(lower=1e-3)
    ratios = [values[large].median() / values[~large].median() for values in (size, spread)]
    if min(ratios) < 15 or np.sqrt(np.prod(ratios)) < 45:
        return
    names = ", ".join(shown(name) for name in wide.index[large][:3])
    more = f" and {large.sum() - 3} more" if large.sum() > 3 else ""
    found = "levels a hundred times the other wells', and varying so much more"
    place = f"well_id {names}{more}, column {value}"
    problems.append(Problem("heads.csv", place, found, METRES))


# Some loggers write these for a gap. Each can be a true value, so only one far from all others of
# its series is reported. (Those that never can be are in swgw.basin.reading.)
LONELY = (-9, -99, -99.9, -99.99, 99, 99.9, 99.99, 999, 999.9, 999.99, 9999, 9999.9, 9999.99, 99999)
LEVELS = ("head", "depth", "stage")  # where nought can be a stand-in, too
FAR_TIMES = 5.0  # times the range of all others
LEAST_DISTANCE = 1.0  # and at least so far, in the variable's unit
ENOUGH = 10  # other values that a series must have
YEAR = 365.25  # days
WETTEST = 15_000.0  # mm a year; the wettest places on Earth have 12,000
DRIEST = 2.0  # mm a year, in a record of some length that has rain at all


def check_missing_codes(table: pd.DataFrame | None, file: str, problems: list[Problem]) -> None:
    """Report usual stand-ins for a gap that stand far from all other values of their series.

    Parameters
    ----------
    table : DataFrame (row, ...) or None
        ``date``, an identifier, then variables.
    file : str
        Where they stand.
    problems : list of Problem
        Appended to.
    """
    if table is None:
        return
    key = table.columns[1]
    for variable in table.columns[2:]:
        known = (*LONELY, 0) if variable in LEVELS else LONELY
        suspect = table[variable].isin(known)
        if suspect.any():
            far = _far_from_others(table[variable], table[key], suspect)
            _report_code(table, file, variable, far, problems)


def _far_from_others(values: pd.Series, keys: pd.Series, suspect: pd.Series) -> np.ndarray:
    others = values[~suspect].groupby(keys).agg(["min", "max", "count"])
    of_row = others.reindex(keys[suspect]).to_numpy()
    low, high, count = of_row.T
    value = values[suspect].to_numpy()
    distance = np.fmax(low - value, value - high)
    lonely = (count >= ENOUGH) & (distance > np.fmax(FAR_TIMES * (high - low), LEAST_DISTANCE))
    far = suspect.to_numpy().copy()
    far[far] = lonely
    return far


def _report_code(
    table: pd.DataFrame, file: str, variable: str, far: np.ndarray, problems: list[Problem]
) -> None:
    if far.any():
        first = table[far].iloc[0]
        key = table.columns[1]
        found = (
            f"{first[variable]:g}, a stand-in of some loggers for a missing value, far from all "
            f"others of {key} {shown(first[key])}"
        )
        place = f"{rows(far, table)}, column {variable}"
        problems.append(Problem(file, place, found, "an empty cell for a gap"))


def check_rain(forcing: pd.DataFrame | None, problems: list[Problem]) -> None:
    """Report precipitation whose yearly sum no place on Earth has.

    Parameters
    ----------
    forcing : DataFrame (row, ...) or None
        With ``date``, ``place`` and ``precipitation`` [mm/d].
    problems : list of Problem
        Appended to.
    """
    if forcing is None:
        return
    groups = forcing.dropna(subset=["date", "precipitation"]).groupby("place")
    span = groups["date"].max() - groups["date"].min()
    yearly = groups["precipitation"].mean()[span >= pd.Timedelta(days=300)] * YEAR
    odd = yearly[((yearly < DRIEST) & (yearly > 0)) | (yearly > WETTEST)]
    if len(odd):
        found = f"{odd.iloc[0]:.3g} mm a year at {shown(odd.index[0])}"
        expected = "mm/d; are they metres, inches, sums of longer times, or amounts per second?"
        problems.append(Problem("forcing.csv", "column precipitation", found, expected))
