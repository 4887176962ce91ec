"""The ground: grid, course of the river, elevation, transmissivity, irrigated land.

Cells are squares of one kilometre. Arrays over the active cells have the dimension ``cell``,
arrays along the river the dimension ``reach`` (one river cell each, from the gorge downstream).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import ndimage, sparse
from scipy.sparse import csgraph, linalg
from scipy.spatial.distance import cdist

from swgw.virtual import CHANNEL, COURSE, DISTRICTS, MARGIN, WELLS, AquiferParameters

WEST, SOUTH = 99.75, 38.75  # degrees at the south-western corner
KM_EAST, KM_NORTH = 86.5, 111.0  # kilometres in a degree of longitude, of latitude
NX, NY = 86, 82
CELL = 1000.0  # m
SINUOSITY = 1.2

SECTIONS = ("yingluo", "g312", "gaoya", "jingan", "pingchuan", "gaotai")  # five between six


@dataclass(frozen=True)
class Domain:
    """The ground on which water moves.

    Attributes
    ----------
    active : array (row, column)
        True in the cells of the grid that belong to the domain, from the south-west.
    longitude, latitude, surface : array (cell,)
        Centre [°] and ground elevation [m].
    transmissivity, specific_yield : array (cell,)
        [m²/d], [–].
    margin : array (cell,)
        True on the hilly margin in the north.
    district : array (cell,)
        Row of ``DISTRICTS``; −1 outside irrigated land.
    patch : array (cell,)
        Block of five kilometres whose wells pump together.
    reach_cell : array (reach,)
        Cell of each river cell.
    reach_length : array (reach,)
        Length of the channel in it [m].
    reach_section : array (reach,)
        Its section, 0 to 4.
    spring_reach : array (cell,)
        Reach to which a cell's springs run.
    node : dict
        Reach of each named place of ``COURSE``.
    front, outlet : array (cell,)
        True along the mountain front, and at the western edge near the river.
    """

    active: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray
    surface: np.ndarray
    transmissivity: np.ndarray
    specific_yield: np.ndarray
    margin: np.ndarray
    district: np.ndarray
    patch: np.ndarray
    reach_cell: np.ndarray
    reach_length: np.ndarray
    reach_section: np.ndarray
    spring_reach: np.ndarray
    node: dict[str, int]
    front: np.ndarray
    outlet: np.ndarray

    @property
    def n_cells(self) -> int:
        """Number of active cells."""
        return len(self.surface)

    def cells_of_wells(self) -> np.ndarray:
        """Active cell nearest to each well (well,)."""
        wells = to_km(WELLS["longitude"], WELLS["latitude"])
        centres = to_km(self.longitude, self.latitude)
        return cdist(np.transpose(wells), np.transpose(centres)).argmin(axis=1)


def to_km(longitude, latitude):
    """Kilometres east and north of the south-western corner."""
    return (np.asarray(longitude) - WEST) * KM_EAST, (np.asarray(latitude) - SOUTH) * KM_NORTH


def make_domain(parameters: AquiferParameters, seed: int) -> Domain:
    """Lay out the ground; the seed moves only the small-scale texture of the aquifer."""
    p, (south, north) = parameters, _fronts()
    y = np.arange(NY)[:, None] + 0.5
    active = (y > south) & (y < north)
    row, column = np.nonzero(active)
    x_km, y_km = column + 0.5, row + 0.5
    place = (y_km - south[column]) / (north - south)[column]  # 0 mountain front, 1 hills
    front = np.diff(active, axis=0, prepend=False)[active]
    hills = np.diff(active, axis=0, append=False)[active]
    reach_cell, length, along, node = _rasterise_course(active)
    surface = _surface(active, reach_cell, along, front, hills)
    margin, coarse = place > 0.93, 1 / (1 + np.exp((place - 0.63) / 0.03))
    transmissivity = np.where(margin, p.t_margin, p.t_silt * (p.t_gravel / p.t_silt) ** coarse)
    specific_yield = p.sy_silt + (p.sy_gravel - p.sy_silt) * coarse
    return Domain(
        active, WEST + x_km / KM_EAST, SOUTH + y_km / KM_NORTH, surface,
        transmissivity * np.exp(p.t_spread * _texture(active, seed)),
        np.where(margin, p.sy_margin, specific_yield),
        margin, _districts(x_km, y_km, margin),
        np.unique(row // 5 * NX + column // 5, return_inverse=True)[1],
        reach_cell, length,
        np.searchsorted([node[s] for s in SECTIONS[1:-1]], np.arange(len(reach_cell)), "right"),
        _drainage(active, surface, reach_cell), node, front, (column == 0) & (row > 58),
    )  # fmt: skip


def _fronts() -> tuple[np.ndarray, np.ndarray]:
    """Mountain front and northern hills (column,), in km north of the corner."""
    x = np.arange(NX) + 0.5
    south = 5.0 - 0.60 * (x - 37.2) + 1.5 * np.sin(x / 6)
    north = 66.5 - 0.38 * (x - 42) + 1.5 * np.sin(x / 7 + 1)
    return np.maximum(south, 0), np.minimum(north, NY)


def _numbers(active: np.ndarray) -> np.ndarray:
    """Index (row, column) of each active cell, −1 elsewhere."""
    number = np.full(active.shape, -1)
    number[active] = np.arange(active.sum())
    return number


def _rasterise_course(active):
    """River cells in order, the length of channel and the plain's elevation in each, nodes."""
    x, y = to_km(COURSE["longitude"], COURSE["latitude"])
    knots = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    s = np.arange(0.0, knots[-1], 0.01)
    places = np.interp(s, knots, y).astype(int), np.interp(s, knots, x).astype(int)
    found = np.unique(_numbers(active)[places], return_index=True, return_counts=True)
    cells, first, counts = (part[np.argsort(found[1])] for part in found)
    middle = s[first] + counts * 0.005
    along = np.interp(middle, knots, COURSE["elevation"])
    nodes = np.searchsorted(s[first], knots, "right") - 1
    node = dict(zip(COURSE["name"], nodes.tolist(), strict=True))
    return cells, counts * 10.0 * SINUOSITY, along, node


def laplacian(active: np.ndarray, conductance: np.ndarray) -> sparse.csr_matrix:
    """Flow between neighbours as a matrix (cell, cell): positive diagonal, rows sum to zero.

    ``conductance`` (cell,) is averaged harmonically between two neighbours.
    """
    number = _numbers(active)
    pairs = [(number[:-1], number[1:]), (number[:, :-1], number[:, 1:])]
    first = np.concatenate([a[(a >= 0) & (b >= 0)] for a, b in pairs])
    second = np.concatenate([b[(a >= 0) & (b >= 0)] for a, b in pairs])
    between = 2 / (1 / conductance[first] + 1 / conductance[second])
    one_way = sparse.coo_matrix((between, (first, second)), (len(conductance), len(conductance)))
    return csgraph.laplacian(one_way, symmetrized=True).tocsr()


def _surface(active, reach_cell, along, front, hills) -> np.ndarray:
    """Ground elevation (cell,) [m]: harmonic between the channel, the front and the hills."""
    row, column = np.nonzero(active)
    known = np.full(len(row), np.nan)
    known[front] = 1705 + 1.2 * (column[front] - 37)
    known[hills] = 1410 + 1.9 * column[hills]
    known[reach_cell] = along
    fixed = np.isfinite(known)
    matrix = laplacian(active, np.ones(len(row)))
    inner = matrix[~fixed]
    known[~fixed] = linalg.spsolve(inner[:, ~fixed].tocsc(), -inner[:, fixed] @ known[fixed])
    return known


def _slope(active, surface) -> np.ndarray:
    """Slope of the ground (cell,) [°]."""
    grid = np.full(active.shape, np.nan)
    grid[active] = surface
    north, east = np.nan_to_num(np.gradient(grid, CELL))
    return np.rad2deg(np.arctan(np.hypot(north, east)))[active]


def _texture(active, seed: int) -> np.ndarray:
    """Standard normal field (cell,), similar within some five kilometres."""
    noise = np.random.default_rng([seed, 2]).standard_normal(active.shape)
    field = ndimage.gaussian_filter(noise, 2.5, mode="reflect")
    return np.clip((field - field.mean()) / field.std(), -2, 2)[active]


def _districts(x, y, margin) -> np.ndarray:
    district = np.full(len(x), -1)
    for d in DISTRICTS[::-1].itertuples():  # earlier districts win where two overlap
        east, north = to_km(d.longitude, d.latitude)
        c, s = np.cos(np.deg2rad(d.tilt)), np.sin(np.deg2rad(d.tilt))
        along, across = c * (x - east) + s * (y - north), c * (y - north) - s * (x - east)
        inside = (along / d.long_axis) ** 2 + (across / d.short_axis) ** 2 < 1
        district[inside & ~margin] = d.Index
    return district


def _drainage(active, surface, reach_cell) -> np.ndarray:
    """Reach (cell,) to which water on the ground runs by steepest descent, or else the nearest."""
    number = np.pad(_numbers(active), 1, constant_values=-1)
    row, column = np.nonzero(number >= 0)
    target, steepest = np.arange(len(row)), np.zeros(len(row))
    for up, right in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)]:
        other = number[row + up, column + right]
        drop = np.where(other >= 0, surface - surface[other], 0.0) / np.hypot(up, right)
        target, steepest = np.where(drop > steepest, other, target), np.maximum(drop, steepest)
    target[reach_cell] = reach_cell
    for _ in range(10):  # each round doubles the path that is followed
        target = target[target]
    reach = np.full(len(row), -1)
    reach[reach_cell] = np.arange(len(reach_cell))
    distance = np.hypot(row[:, None] - row[reach_cell], column[:, None] - column[reach_cell])
    return np.where(reach[target] >= 0, reach[target], distance.argmin(axis=1))


def well_table(domain: Domain, seed: int) -> pd.DataFrame:
    """``wells.csv``: place, elevation [m], slope [°] and land use of each well."""
    rng, cells = np.random.default_rng([seed, 5]), domain.cells_of_wells()
    rough = np.where(WELLS["setting"] == MARGIN, 3.0, 0.0)
    elevation = domain.surface[cells] + rng.normal(0, 0.5, len(cells))
    slope = _slope(domain.active, domain.surface)[cells] * rng.uniform(0.8, 1.6, len(cells)) + rough
    land_use = WELLS["setting"].map({MARGIN: "bare hills", CHANNEL: "riverside"})
    crops = (domain.district[cells] >= 0) & (WELLS["setting"] != MARGIN)
    return WELLS.drop(columns="setting").assign(
        surface_elevation=elevation.round(2),
        slope=slope.round(2),
        land_use=land_use.fillna("desert steppe").mask(crops, "cropland"),
    )


def setting_table(domain: Domain) -> pd.DataFrame:
    """``truth/wells.csv``: the setting and the irrigation district of each well."""
    district = domain.district[domain.cells_of_wells()]
    names = DISTRICTS["name"].reindex(district, fill_value="").to_numpy()
    return WELLS[["well_id", "setting"]].assign(district=names)
