"""The main channel of a basin: its GeoJSON file, and how far each well stands from it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely

from swgw.basin.settings import shown
from swgw.storage.errors import Problem

_EXPECTED = "GeoJSON with a LineString or MultiLineString of [longitude, latitude] in degrees"


def read_river(path: Path, problems: list[Problem]) -> pd.DataFrame | None:
    """Read the channel's vertices; append what is wrong to `problems` and then give None.

    Returns
    -------
    DataFrame or None
        One row a vertex: ``longitude`` and ``latitude`` [°], ``part`` (lines counted from 0).
    """
    try:
        lines = list(_lines(json.loads(path.read_bytes().decode("utf-8-sig"))))
        if not lines:
            raise ValueError("no line")
        parts = [_vertices(line, part) for part, line in enumerate(lines)]
    except (ValueError, RecursionError, OSError) as error:
        plain = type(error) is ValueError
        found = str(error) if plain else "a file that is not JSON"
        problems.append(Problem(path.name, "", found, _EXPECTED))
        return None
    return pd.concat(parts, ignore_index=True)


def _lines(shape: object):
    """Walk a GeoJSON object down to its lines' coordinates."""
    kind = shape.get("type") if isinstance(shape, dict) else None
    if kind == "FeatureCollection" and isinstance(shape.get("features"), list):
        for feature in shape["features"]:
            yield from _lines(feature)
    elif kind == "Feature":
        yield from _lines(shape.get("geometry"))
    elif kind == "MultiLineString" and isinstance(shape.get("coordinates"), list):
        yield from shape["coordinates"]
    elif kind == "LineString":
        yield shape.get("coordinates")
    else:
        raise ValueError(f"the geometry {str(kind)[:40]!r}" if kind else "no geometry")


def _vertices(line: object, part: int) -> pd.DataFrame:
    """Give one line's vertices (vertex, coordinate), dropping heights."""
    numbers = (int, float)
    if not isinstance(line, list) or len(line) < 2:
        raise ValueError("a line of fewer than two points")
    for point in line:
        if not isinstance(point, list) or len(point) < 2 or type(point[0]) not in numbers:
            raise ValueError("a point that is not [longitude, latitude]")
        if type(point[1]) not in numbers:
            raise ValueError("a point that is not [longitude, latitude]")
        if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):  # also refuses NaN
            raise ValueError(f"a point at [{shown(point[0])}, {shown(point[1])}], out of range")
    frame = pd.DataFrame([point[:2] for point in line], columns=["longitude", "latitude"])
    return frame.astype(float).assign(part=part)


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
    lines = [
        np.column_stack(plane(line["longitude"].to_numpy(), line["latitude"].to_numpy()))
        for _, line in river.groupby("part")
    ]
    channel = shapely.multilinestrings([shapely.linestrings(line) for line in lines])
    points = shapely.points(*plane(longitude, latitude))
    nearest = shapely.get_coordinates(shapely.shortest_line(points, channel))[1::2]
    river_longitude, river_latitude = plane(nearest[:, 0], nearest[:, 1], inverse=True)
    geod = pyproj.Geod(ellps="WGS84")
    return geod.inv(longitude, latitude, river_longitude, river_latitude)[2] / 1000
