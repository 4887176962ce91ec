"""Whether the files of a basin fit each other, and whether their values can be true."""

import unicodedata
from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.metrics.pairwise import haversine_distances

from swgw.basin.settings import UNSTATED, BasinSettings, near, shown
from swgw.basin.tables import COLUMNS, PAIRS, Tables, listed, report, rows
from swgw.storage import Problem

Problems = Iterator[Problem]
_NAMED = COLUMNS["expected"].str.startswith("one of", na=False)
REFERENCES = COLUMNS.loc[_NAMED, ["file", "column", "expected"]].to_numpy().tolist()

# Radius; least distance that no basin spans; a place nearer is never taken for a swapped one [km].
EARTH, FAR, NEAR = 6371.0, 5000.0, 200.0
DEGREES = "longitude east and latitude north, in degrees, signs included"

LEVELS = ("head", "depth", "stage")  # where zero can be a code, too
SMALLEST_LEVEL = 0.1  # m; below, ratios of levels mean nothing
HUNDREDFOLD = (40.0, 250.0)  # ratio of two groups' medians that a factor of 100 can give
# Least ratio of neighbours between two groups of levels, and of the groups' spread; deep wells
# beside shallow ones are natural.
GAP, SPREAD = 5.0, 15.0
# Heads that look like depths: least ground [m], its ratio to the values, and least distance [m].
DEPTHS = (200.0, 10.0, 50.0)  # refused
PERHAPS_DEPTHS = (30.0, 5.0, 30.0)  # remarked on; some coasts have such heads
MOST = 0.8  # of the wells; a few may be deep, or low

# Some loggers write these for a gap. Each can be a true value, so only one far from all others of
# its series is reported. (Those that never can be are in swgw.basin.tables.)
CODES = (-9, -99, -99.9, -99.99, 99, 99.9, 99.99, 999, 999.9, 999.99, 9999, 9999.9, 9999.99, 99999)
LONELY = (5.0, 1.0, 10)  # times the range of the others, least distance, least number of others

WETTEST, DRIEST = 15_000.0, 2.0  # mm a year; the wettest places on Earth have 12,000


def check_identifiers(tables: Tables) -> Problems:
    """Report identifiers that are in no table of places; a table may be None (unreadable)."""
    for file, column, expected in REFERENCES:
        home = expected.removeprefix("one of ")
        if tables[file] is None or tables[home] is None:
            continue
        ids, known = _ids(tables[file], column), set(tables[home].index)
        unknown = sorted(set(ids.unique()) - known - {""})
        if unknown:
            where = rows(ids.isin(unknown).to_numpy(), ids.to_frame())
            found = f"unknown {column.removeprefix('upstream_')} {listed(unknown)}"
            found += _alike(unknown[0], known)
            yield Problem(file, f"{where}, column {column}", found, expected)


def _ids(table: pd.DataFrame, column: str) -> pd.Series:
    """Give a column of identifiers (row,), which the weather has in its places."""
    if "place" not in table:
        return table.get(column, pd.Series(dtype=str, name=column)).reset_index(drop=True)
    kind = column.removesuffix("_id") + ":"
    ids = table.loc[table["place"].str.startswith(kind), "place"]
    return ids.str.removeprefix(kind).rename(column)


def _alike(name: str, known: set[str]) -> str:
    """Say which known name an unknown one may mean; empty where none is close."""
    plain = {unicodedata.normalize("NFC", other): other for other in known}
    if twin := plain.get(unicodedata.normalize("NFC", name)):
        return f", which differs from {shown(twin)} only in how accents are stored"
    return near(name, sorted(known)) if len(known) < 1000 else ""  # else it would take minutes


def check_values(tables: Tables) -> Problems:
    """Report places without any value."""
    for home, file in PAIRS.items():
        if tables[home] is not None and tables[file] is not None:
            key, value = tables[file].columns[1:]
            ids = tables[file].loc[tables[file][value].notna(), key].unique()
            empty = set(tables[home].index) - set(ids)
            if empty:
                found = f"no {value} for {key} {listed(sorted(empty))}"
                expected = f"at least one value for each row of {home}"
                yield Problem(file, f"column {value}", found, expected)


def check_coordinates(tables: Tables, river_file: str | None) -> Problems:
    """Report places far from all others, saying so where swapping would bring them near.

    Each table has a middle, its place that is nearest to all others; the middle of the basin is the
    one of them that is nearest to the other tables'. Of two tables either may be right.
    """
    places = {file: tables[file] for file in PAIRS}
    if tables["river"] is not None:
        places[river_file] = tables["river"].iloc[[len(tables["river"]) // 2]].rename_axis("vertex")
    places = {file: known for file, table in places.items() if table is not None
              if len(known := table.dropna(subset=["longitude", "latitude"]))}  # fmt: skip
    if not places:
        return
    centre = _middle(np.array([_middle(_radians(table)) for table in places.values()]))
    for file, table in places.items():
        other = table.rename(columns={"longitude": "latitude", "latitude": "longitude"})
        away, swap = (_distance(each, centre) for each in (table, other))
        swapped = (away > NEAR) & (swap < away / 5) & (table["longitude"].abs() <= 90).to_numpy()
        if swapped.all() and len(places) == 2:
            each = "; ".join(f"{name} near {_position(table)}" for name, table in places.items())
            found = f"places that fit each other only if one of the two tables is swapped ({each})"
            yield Problem(" and ".join(places), "", found, f"{DEGREES}, in each")
            return
        swap = "that come near the other places only if they are swapped"
        far = f"more than {FAR:.0f} km from the other places"
        for bad, what in ((swapped, swap), ((away > FAR) & ~swapped, far)):
            if bad.any():
                found = f"coordinates {what} ({_position(table[bad][:1])})"
                where = f"{table.index.name} {listed(list(table.index[bad].astype(str)))}"
                yield Problem(file, where, found, DEGREES)


def _position(places: pd.DataFrame) -> str:
    longitude, latitude = places[["longitude", "latitude"]].median()
    return f"longitude {longitude:g}, latitude {latitude:g}"


def _radians(table: pd.DataFrame) -> np.ndarray:
    return np.radians(table[["latitude", "longitude"]].to_numpy(float))


def _distance(table: pd.DataFrame, centre: np.ndarray) -> np.ndarray:
    """Distances (place,) [km]."""
    return EARTH * haversine_distances(_radians(table), centre[None])[:, 0]


def _middle(places: np.ndarray) -> np.ndarray:
    """Give the place that is nearest to all (2,); between two equal camps, one of them."""
    some = places[:: len(places) // 1000 + 1]
    return some[haversine_distances(some).sum(axis=0).argmin()]


def check_levels(tables: Tables, settings: BasinSettings | None) -> Problems:
    """Report levels that look like centimetres, and heads that look like depths.

    They are held against the rest of their own series, the surface at their well, and, where that
    is not given, the other wells.
    """
    water, heads, wells = (tables[f] for f in ("surface_water.csv", "heads.csv", "wells.csv"))
    if water is not None and "stage" in water:
        yield from _check_series(water, "surface_water.csv")
    if heads is None or wells is None or wells.index.has_duplicates:
        return
    ground = wells.get("surface_elevation", pd.Series(np.nan, index=wells.index))
    yield from _check_series(heads, "heads.csv", ground if "head" in heads else ground * np.nan)
    unstated = settings is None or settings.vertical_datum == UNSTATED
    depths = look_like_depths(heads, wells, DEPTHS) if unstated else None
    if depths:
        yield depths
    elif "head" in heads:
        level = heads.groupby("well_id")["head"].transform("median")
        surface = heads["well_id"].map(ground).astype(float)
        ratio, above = (level / surface.where(surface != 0)).abs(), level - surface
        bad = (above < -1000) | (above > 200) | (above.abs() > 100) & ratio.between(*HUNDREDFOLD)
        what = f", a head under a surface at {surface[bad].median():.6g} m"
        expected = "metres above one datum in both; is one of them in centimetres or feet?"
        yield from report(heads, bad, "heads.csv", "head", expected, what)


def _check_series(table: pd.DataFrame, file: str, ground: pd.Series | None = None) -> Problems:
    """Report levels a hundred times the others of their series, or wells so far above the others.

    A well is above others only if its level and its variation both do: deep wells beside
    shallow ones are natural. Where the ground [m] is known, that is what levels are held against.
    """
    key, value = table.columns[1:]
    expected = "metres throughout; are some of them centimetres or feet?"
    table = table.dropna(subset=value)
    large = table.groupby(key)[value].transform(hundredfold).astype(bool)
    mixed = table.loc[large, key]
    what = f", a hundred times the others of {key} {listed(list(mixed.unique()))}"
    yield from report(table, large, file, value, expected, what)
    if ground is None:
        return
    groups = table[~table[key].isin(mixed)].groupby(key)[value]
    wide = pd.DataFrame({"size": groups.median(), "spread": groups.std()}).dropna()
    wide = wide[~(ground.reindex(wide.index) >= 10)]
    above, spread = hundredfold(wide["size"]), wide["spread"].clip(lower=1e-3)
    if above.any() and spread[above].median() >= SPREAD * spread[~above].median():
        found = "levels a hundred times the other wells', and varying so much more"
        where = f"{key} {listed(list(wide.index[above]))}, column {value}"
        yield Problem(file, where, found, expected)


def hundredfold(levels: np.ndarray) -> np.ndarray:
    """Mark the larger levels where they fall into two groups a hundredfold apart, else none.

    Examples
    --------
    >>> hundredfold(np.array([1.5, 2.0, 170.0, 1.6])).tolist()
    [False, False, True, False]
    """
    size = np.maximum(np.abs(np.asarray(levels)), SMALLEST_LEVEL)
    ordered = np.sort(size)
    ratios = ordered[1:] / ordered[:-1]
    if not len(ratios) or ratios.max() < GAP:
        return np.zeros(len(size), dtype=bool)
    large = size >= ordered[int(ratios.argmax()) + 1]  # above the widest gap
    ratio = np.median(size[large]) / np.median(size[~large])
    return large & (HUNDREDFOLD[0] < ratio < HUNDREDFOLD[1])


def look_like_depths(heads: pd.DataFrame, wells: pd.DataFrame, limits: tuple) -> Problem | None:
    """Describe heads that look like depths below the ground, or like minus the depth.

    Water tables hundreds of metres below the ground and close to sea level exist, in the karst of
    some coasts and on volcanic islands; a stated ``vertical_datum`` lets them pass.

    Parameters
    ----------
    heads : DataFrame (row, ...)
        ``well_id``, ``head`` [m].
    wells : DataFrame (well, ...)
        With ``surface_elevation`` [m]; wells without one do not count.
    limits : tuple of float
        :data:`DEPTHS` or :data:`PERHAPS_DEPTHS`.

    Returns
    -------
    Problem or None
        None where heads are near the ground, or where the ground is nowhere known. Heads above
        the ground and deep water tables are no depths as long as the values follow the ground.
    """
    ground = wells.get("surface_elevation", pd.Series(dtype=float)).dropna()
    heads = heads[heads["well_id"].isin(ground.index)]
    if "head" not in heads or heads.empty:
        return None
    levels = heads.groupby("well_id")["head"].agg(["median", "min", "max"])
    ground, size, (lowest, ratio, distance) = ground[levels.index], levels["median"].abs(), limits
    small = (ground > lowest) & (ground > ratio * size)
    if small.mean() < MOST or ((ground - size) < distance).any():
        return None
    low, high = levels["min"].min(), levels["max"].max()
    base, top = ground.min(), ground.max()
    found = f"{low:.4g} to {high:.4g} where the ground is at {base:.4g} to {top:.4g} m"
    expected = "metres above the datum; are these depths (column depth; in a mapping, kind: depth)?"
    expected += " If they are heads, state their vertical_datum in basin.yml"
    return Problem("heads.csv", "column head", found, expected)


def check_codes(tables: Tables) -> Problems:
    """Report usual missing-value codes that are far from all other values of their series."""
    times, least, enough = LONELY
    for file in (*PAIRS.values(), "forcing.csv"):
        table = tables[file]
        for variable in [] if table is None else table.columns[2:]:
            values, keys = table[variable], table[table.columns[1]]
            suspect = values.isin((*CODES, 0) if variable in LEVELS else CODES)
            others = values[~suspect].groupby(keys).agg(["min", "max", "count"])
            low, high, count = others.reindex(keys).to_numpy().T
            far = np.fmax(low - values, values - high) > np.fmax(times * (high - low), least)
            far &= suspect & (count >= enough)
            what = ", a missing-value code of some loggers, far from all others of "
            what += f"{keys.name} {listed(list(keys[far].unique()))}"
            yield from report(table, far, file, variable, "an empty cell for a gap", what)


def check_rain(forcing: pd.DataFrame | None) -> Problems:
    """Report precipitation whose yearly sum no place on Earth has."""
    if forcing is None:
        return
    groups = forcing.dropna(subset=["date", "precipitation"]).groupby("place")
    span = groups["date"].max() - groups["date"].min()
    yearly = groups["precipitation"].mean()[span >= pd.Timedelta(days=300)] * 365.25
    odd = yearly[((yearly < DRIEST) & (yearly > 0)) | (yearly > WETTEST)]
    if len(odd):
        found = f"{odd.iloc[0]:.3g} mm a year at {shown(odd.index[0])}"
        expected = "mm/d; are they metres, inches, sums of longer times, or amounts per second?"
        yield Problem("forcing.csv", "column precipitation", found, expected)
