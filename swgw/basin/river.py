"""The main channel of a basin: its GeoJSON file, and the distance of each well to it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely

from swgw.storage.errors import Problem

_EXPECTED = "GeoJSON with a LineString or MultiLineString of [longitude, latitude] in degrees"


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
        detail = str(error).splitlines()[0].rsplit("] ", 1)[-1][:80]
        shape, found = None, f"a file that is not GeoJSON ({detail})"
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
