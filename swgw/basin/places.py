"""Where a basin's places are: the river, distances, and levels held against the ground.

The rules of :mod:`swgw.basin.plausible` that need places are here; each gives file, place and
finding.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely
from sklearn.metrics.pairwise import haversine_distances

from swgw.basin.settings import UNSTATED, BasinSettings, listed, near
from swgw.basin.tables import COLUMNS, PAIRS, Tables, rows
from swgw.storage import Problem

Found = Iterator[tuple[str, str, str]]
Settings = BasinSettings | None
_COORDINATES = ["latitude", "longitude"]
_EXPECTED = "GeoJSON with a LineString or MultiLineString of [longitude, latitude] in degrees"

_NAMED = COLUMNS["expected"].str.startswith("one of", na=False)
REFERENCES = COLUMNS.loc[_NAMED, ["file", "column", "expected"]].to_numpy().tolist()

# Radius; least distance that no basin spans; a place nearer is never taken for a swapped one [km].
EARTH, FAR, NEAR = 6371.0, 5000.0, 200.0

HUNDREDFOLD = (40.0, 250.0)  # ratio of two groups' medians that a factor of 100 can give
# Least ratio of neighbours between two groups of levels, and of the groups' spread; deep wells
# beside shallow ones are natural.
GAP, SPREAD = 5.0, 15.0
MOST = 0.8  # of the wells; a few may be deep, or low


def read_river(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    """Read the channel's vertices; append what is wrong to `problems` and then give None.

    Returns
    -------
    DataFrame or None
        One row a vertex: ``longitude`` and ``latitude`` [°], ``part`` (lines counted from 0).
    """
    found = ""
    try:
        shape = shapely.from_geojson(path.read_bytes().decode("utf-8-sig"))
    except (shapely.errors.GEOSException, UnicodeDecodeError) as error:
        shape, found = None, "not GeoJSON: " + str(error).splitlines()[0].rsplit("] ", 1)[-1][:80]
    lines = shapely.get_parts(shapely.get_parts(shape))  # collections hold multi-lines
    points, part = shapely.get_coordinates(lines, return_index=True)
    beyond = ~(np.abs(points) <= [180, 90]).all(axis=1)  # also where it is no number
    if others := {line.geom_type for line in lines} - {"LineString"}:
        found = f"the geometry {others.pop()!r}"
    elif beyond.any():
        found = f"a point at {points[beyond][0].tolist()}, out of range"
    elif not len(points):
        found = found or "no line"
    if found:
        problems.append(Problem(path.name, "", found, _EXPECTED))
        return None
    return pd.DataFrame(points, columns=["longitude", "latitude"]).assign(part=part)


def distance_to_river(places: pd.DataFrame, river: pd.DataFrame) -> np.ndarray:
    """Geodesic distance from places to the nearest point of the channel.

    The nearest point is found on a plane centred on the places; the distance to it is then
    measured on the ellipsoid (WGS 84), so that distortion enters in second order only.

    Parameters
    ----------
    places : DataFrame (place, ...)
        With ``longitude`` and ``latitude`` [°].
    river : DataFrame (vertex, ...)
        As :func:`read_river` gives it.

    Returns
    -------
    ndarray (place,)
        Distances [km].
    """
    longitude, latitude = places["longitude"].to_numpy(), places["latitude"].to_numpy()
    centre = f"+lon_0={np.median(longitude)} +lat_0={np.median(latitude)}"
    plane = pyproj.Proj(f"+proj=aeqd +ellps=WGS84 {centre}")
    vertices = plane(river["longitude"].to_numpy(), river["latitude"].to_numpy())
    lines = shapely.linestrings(*vertices, indices=river["part"].to_numpy())
    points = shapely.points(*plane(longitude, latitude))
    nearest = shapely.shortest_line(points, shapely.multilinestrings(lines))
    ends = shapely.get_coordinates(nearest)[1::2]
    there = plane(ends[:, 0], ends[:, 1], inverse=True)
    return pyproj.Geod(ellps="WGS84").inv(longitude, latitude, *there)[2] / 1000


def check_identifiers(tables: Tables) -> Iterator[Problem]:
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
            found += near(unknown[0], sorted(known))
            yield Problem(file, f"{where}, column {column}", found, expected)


def _ids(table: pd.DataFrame, column: str) -> pd.Series:
    """Give a column of identifiers (row,), which the weather has in its places."""
    if "place" not in table:
        return table.get(column, pd.Series(dtype=str, name=column)).reset_index(drop=True)
    kind = column.removesuffix("_id") + ":"
    ids = table.loc[table["place"].str.startswith(kind), "place"]
    return ids.str.removeprefix(kind).rename(column)


def scattered(tables: Tables, settings: Settings, *_) -> Found:
    """Find places far from all others, saying so where swapping would bring them near.

    Each table has a middle, its place that is nearest to all others; the middle of the basin is the
    one of them that is nearest to the other tables'. Of two tables either may be right.
    """
    given = {file: tables[file] for file in PAIRS}
    if (river := tables["river"]) is not None:
        given[settings.river] = river.iloc[[len(river) // 2]].rename_axis("vertex")
    given = {file: known for file, table in given.items() if table is not None
             if len(known := table.dropna(subset=_COORDINATES))}  # fmt: skip
    if not given:
        return
    there = {file: np.radians(table[_COORDINATES].to_numpy(float)) for file, table in given.items()}
    centre = _middle(np.array([_middle(points) for points in there.values()]))
    for file, table in given.items():
        either = there[file], there[file][:, ::-1]
        away, swap = (EARTH * haversine_distances(p, centre[None])[:, 0] for p in either)
        swapped = (away > NEAR) & (swap < away / 5) & (table["longitude"].abs() <= 90).to_numpy()
        if swapped.all() and len(given) == 2:
            each = "; ".join(f"{name} near {_position(table)}" for name, table in given.items())
            found = f"places that fit each other only if one of the two tables is swapped ({each})"
            yield " and ".join(given), "", found
            return
        swap = "that come near the other places only if they are swapped"
        far = f"more than {FAR:.0f} km from the other places"
        for bad, what in ((swapped, swap), ((away > FAR) & ~swapped, far)):
            if bad.any():
                found = f"coordinates {what} ({_position(table[bad][:1])})"
                where = f"{table.index.name} {listed(list(table.index[bad].astype(str)))}"
                yield file, where, found


def _position(table: pd.DataFrame) -> str:
    return "longitude {1:g}, latitude {0:g}".format(*table[_COORDINATES].median())


def _middle(places: np.ndarray) -> np.ndarray:
    """Give the place that is nearest to all (2,); between two equal camps, one of them."""
    some = places[:: len(places) // 1000 + 1]
    return some[haversine_distances(some).sum(axis=0).argmin()]


def with_ground(tables: Tables) -> tuple[pd.DataFrame | None, pd.Series]:
    """Give heads with their ``ground`` [m], None without any, and the ground at each well."""
    heads, wells = tables["heads.csv"], tables["wells.csv"]
    if heads is None or wells is None or wells.index.has_duplicates:
        return None, pd.Series(dtype=float)
    ground = wells.get("surface_elevation", pd.Series(np.nan, index=wells.index))
    return heads.assign(ground=heads["well_id"].map(ground).astype(float)), ground


def high_wells(tables: Tables, *_) -> Found:
    """Find wells a hundred times above the others, where no ground is known to hold against.

    Both level and variation must be: deep wells beside shallow ones are natural.
    """
    heads, ground = with_ground(tables)
    if heads is None:
        return
    groups = heads.groupby("well_id")[value := heads.columns[2]]
    wide = pd.DataFrame({"size": groups.median(), "spread": groups.std()}).dropna()
    wide = wide[~((ground.reindex(wide.index) >= 10) & (value == "head"))]
    above, spread = hundredfold(wide["size"]), wide["spread"].clip(lower=1e-3)
    if above.any() and spread[above].median() >= SPREAD * spread[~above].median():
        found = "levels a hundred times the other wells', and varying so much more"
        yield "heads.csv", f"well_id {listed(list(wide.index[above]))}, column {value}", found


def hundredfold(levels: np.ndarray, smallest: float = 1.0) -> np.ndarray:
    """Mark the larger levels where they fall into two groups a hundredfold apart, else none.

    Below the smallest level [m] ratios mean nothing.

    Examples
    --------
    >>> hundredfold(np.array([1.5, 2.0, 170.0, 1.6])).tolist()
    [False, False, True, False]
    """
    size = np.maximum(np.abs(np.asarray(levels)), smallest)
    ordered = np.sort(size)
    ratios = ordered[1:] / ordered[:-1]
    if not len(ratios) or ratios.max() < GAP:
        return np.zeros(len(size), dtype=bool)
    large = size >= ordered[int(ratios.argmax()) + 1]  # above the widest gap
    ratio = np.median(size[large]) / np.median(size[~large])
    return large & (HUNDREDFOLD[0] < ratio < HUNDREDFOLD[1])


def depths(tables: Tables, settings: Settings, _, variables: list[str], limits: tuple) -> Found:
    """Find heads that look like depths below the ground, or minus them; or depths like heads.

    Water tables hundreds of metres below the ground and close to sea level exist, in the karst of
    some coasts and on volcanic islands; a stated ``vertical_datum`` lets them pass. Heads above
    the ground and deep water tables are no depths as long as the values follow the ground. The
    limits are the least ground [m], its ratio to the values, and the least distance [m].
    """
    heads, _ = with_ground(tables)
    if heads is None or (value := heads.columns[2]) not in variables:
        return
    heads, (lowest, ratio, distance) = heads.dropna(), limits
    level = heads[value] if value == "head" else heads["ground"] - heads[value]
    level = level.groupby(heads["well_id"]).median().abs()
    ground = heads.groupby("well_id")["ground"].first()
    small = (ground > lowest) & (ground > ratio * level)
    stated = value == "head" and settings and settings.vertical_datum != UNSTATED
    if stated or not small.mean() >= MOST or ((ground - level) < distance).any():
        return
    tables["heads.csv"] = None  # what is no head is judged no further
    low, high = heads[value].min(), heads[value].max()
    found = f"{low:.4g} to {high:.4g} where the ground is at {ground.min():.4g} to"
    yield "heads.csv", f"column {value}", f"{found} {ground.max():.4g} m"


def far_from_ground(tables: Tables, *_) -> Found:
    """Find heads that no ground at their well allows."""
    heads, _ = with_ground(tables)
    if heads is not None and "head" in heads:
        level, surface = heads.groupby("well_id")["head"].transform("median"), heads["ground"]
        ratio, above = (level / surface.where(surface != 0)).abs(), level - surface
        bad = (above < -1000) | (above > 200) | (heads["head"] - surface > 200)
        bad |= (above.abs() > 100) & ratio.between(*HUNDREDFOLD)
        if bad.any():
            found = f"{heads['head'][bad].iloc[0]:.10g}, a head under a surface at "
            found += f"{surface[bad].median():.6g} m"
            yield "heads.csv", f"{rows(bad.to_numpy(), heads)}, column head", found


def above(tables: Tables, _, __, ___, limits: tuple) -> Found:
    """Find wells whose heads are above the ground most of the time."""
    heads, _ = with_ground(tables)
    if heads is not None:
        value = heads.columns[2]
        height = heads["head"] - heads["ground"] if value == "head" else -heads["depth"]
        usual = height.groupby(heads["well_id"]).median()
        if len(high := usual[usual > limits[0]]):
            found = f"heads {high.iloc[0]:.3g} m above the ground, as a rule"
            yield "heads.csv", f"well_id {listed(list(high.index))}, column {value}", found
