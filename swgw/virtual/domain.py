"""The ground: grid, river course, elevation, transmissivity, irrigated land.

Cells are squares of one kilometre. Arrays over the active cells have the dimension ``cell``,
arrays along the river the dimension ``reach`` (one river cell each, from the gorge downstream).
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import linalg

from swgw.virtual.parameters import AquiferParameters

WEST, SOUTH = 99.75, 38.75  # degrees at the south-western corner
KM_EAST, KM_NORTH = 86.5, 111.0  # kilometres in a degree of longitude, of latitude
NX, NY = 86, 82
CELL = 1000.0  # m

# Course of the main channel: name, longitude, latitude, elevation of the plain [m].
COURSE = (
    ("yingluo", 100.180, 38.800, 1674.0),
    ("caotan", 100.250, 38.905, 1590.0),
    ("fan", 100.330, 38.990, 1515.0),
    ("g312", 100.410, 39.040, 1462.0),
    ("gaoya", 100.375, 39.140, 1425.0),
    ("jingan", 100.326, 39.186, 1413.0),
    ("banqiao", 100.240, 39.265, 1398.0),
    ("pingchuan", 100.090, 39.330, 1374.0),
    ("gaotai", 99.800, 39.390, 1346.0),
)
SECTIONS = ("yingluo", "g312", "gaoya", "jingan", "pingchuan", "gaotai")  # five between six

# Irrigated land as ellipses: name, longitude, latitude, half-axes [km], tilt [°], where its
# canal leaves the river (None: wells only), share of all canal water, share of all pumping.
DISTRICTS = (
    ("daman", 100.500, 38.900, 11.0, 7.0, -30.0, "caotan", 0.25, 0.18),
    ("yingke", 100.430, 38.975, 9.0, 6.5, -20.0, "caotan", 0.22, 0.15),
    ("xijun", 100.190, 39.040, 11.0, 6.0, 35.0, "caotan", 0.20, 0.11),
    ("banqiao", 100.290, 39.220, 9.0, 5.0, -45.0, "gaoya", 0.12, 0.07),
    ("pingchuan", 100.060, 39.335, 9.0, 4.5, -15.0, "banqiao", 0.09, 0.07),
    ("youlian", 99.890, 39.350, 8.0, 5.0, -15.0, "pingchuan", 0.12, 0.11),
    ("shahe", 100.000, 39.150, 10.0, 6.0, -25.0, None, 0.0, 0.20),
    ("east", 100.600, 39.060, 9.0, 6.0, -30.0, None, 0.0, 0.11),
)


@dataclass(frozen=True)
class Domain:
    """The ground on which water moves.

    Attributes
    ----------
    row, column : array (cell,)
        Place of the active cells in the grid, from the south-west.
    longitude, latitude, surface : array (cell,)
        Centre [°] and ground elevation [m].
    slope : array (cell,)
        Slope of the ground [°].
    transmissivity, specific_yield : array (cell,)
        [m²/d], [–].
    margin : array (cell,)
        True on the hilly margin in the north.
    district : array (cell,)
        Index into ``DISTRICTS``; −1 outside irrigated land.
    patch : array (cell,)
        Block of five kilometres whose wells are switched on together.
    reach_cell : array (reach,)
        Cell of each river cell.
    reach_length : array (reach,)
        Length of the channel in it [m].
    reach_section : array (reach,)
        Which of the five sections it lies in.
    spring_reach : array (cell,)
        Reach to which a cell's springs run.
    node : dict
        Reach at which a named place of ``COURSE`` lies.
    front, outlet : array (cell,)
        True along the mountain front, and at the western edge near the river.
    """

    row: np.ndarray
    column: np.ndarray
    longitude: np.ndarray
    latitude: np.ndarray
    surface: np.ndarray
    slope: np.ndarray
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
        return len(self.row)

    def cell_at(self, longitude: float, latitude: float) -> int:
        """Active cell nearest to a place."""
        x, y = to_km(longitude, latitude)
        return int(np.argmin((self.column + 0.5 - x) ** 2 + (self.row + 0.5 - y) ** 2))


def to_km(longitude, latitude):
    """Kilometres east and north of the south-western corner."""
    return (np.asarray(longitude) - WEST) * KM_EAST, (np.asarray(latitude) - SOUTH) * KM_NORTH


def make_domain(parameters: AquiferParameters, seed: int) -> Domain:
    """Lay out the ground; the seed moves only the small-scale texture of the aquifer."""
    south, north = _fronts()
    y = np.arange(NY)[:, None] + 0.5
    active = (y > south) & (y < north)
    row, column = np.nonzero(active)
    place = (row + 0.5 - south[column]) / (north - south)[column]  # 0 mountain front, 1 hills
    reach_cell, length, along, node = _rasterise_course(active)
    front = _edge(active, "south")[row, column]
    outlet = (column == 0) & (row > 58)
    surface = _surface(active, reach_cell, along, front, _edge(active, "north")[row, column])
    rng = np.random.default_rng([seed, 2])
    texture = _texture(active, rng)[row, column]
    margin = place > 0.93
    coarse = 1 / (1 + np.exp((place - 0.63) / 0.03))
    x_km, y_km = column + 0.5, row + 0.5
    return Domain(
        row, column, WEST + x_km / KM_EAST, SOUTH + y_km / KM_NORTH, surface,
        _slope(active, surface),
        _transmissivity(coarse, margin, texture, parameters),
        np.where(margin, parameters.sy_margin,
                 parameters.sy_silt + (parameters.sy_gravel - parameters.sy_silt) * coarse),
        margin, _districts(x_km, y_km, margin),
        np.unique(row // 5 * NX + column // 5, return_inverse=True)[1],
        reach_cell, length, _sections(len(reach_cell), node),
        _drainage(active, surface, reach_cell), node, front, outlet,
    )  # fmt: skip


def _fronts() -> tuple[np.ndarray, np.ndarray]:
    """Mountain front and northern hills (column,), in km north of the corner."""
    x = np.arange(NX) + 0.5
    south = 5.0 - 0.60 * (x - 37.2) + 1.5 * np.sin(x / 6)
    north = 66.5 - 0.38 * (x - 42) + 1.5 * np.sin(x / 7 + 1)
    return np.maximum(south, 0), np.minimum(north, NY)


def _edge(active: np.ndarray, side: str) -> np.ndarray:
    """Active cells (row, column) whose neighbour to that side is not."""
    shift = np.zeros_like(active)
    if side == "south":
        shift[1:] = active[:-1]
    else:
        shift[:-1] = active[1:]
    return active & ~shift


def _numbers(active: np.ndarray) -> np.ndarray:
    """Index (row, column) of each active cell, −1 elsewhere."""
    number = np.full(active.shape, -1)
    number[active] = np.arange(active.sum())
    return number


def _rasterise_course(active):
    """River cells in order, the length of channel and the plain's elevation in each, nodes."""
    number = _numbers(active)
    lon, lat, height = (np.array([vertex[k] for vertex in COURSE]) for k in (1, 2, 3))
    x, y = to_km(lon, lat)
    knots = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    s = np.arange(0.0, knots[-1], 0.01)
    cells = number[np.interp(s, knots, y).astype(int), np.interp(s, knots, x).astype(int)]
    order, first, counts = np.unique(cells, return_index=True, return_counts=True)
    by_course = np.argsort(first)
    order, first, counts = order[by_course], first[by_course], counts[by_course]
    middle = s[first] + counts * 0.005
    at = {
        v[0]: int(np.searchsorted(s[first], k, "right") - 1)
        for v, k in zip(COURSE, knots, strict=True)
    }
    sinuosity = 1.2
    return order, counts * 10.0 * sinuosity, np.interp(middle, knots, height), at


def laplacian(active: np.ndarray, conductance: np.ndarray) -> sparse.csr_matrix:
    """Flow between neighbours as a matrix (cell, cell): positive diagonal, rows sum to zero.

    ``conductance`` (cell,) is averaged harmonically between two neighbours.
    """
    number = _numbers(active)
    pairs = [(number[:-1], number[1:]), (number[:, :-1], number[:, 1:])]
    first = np.concatenate([a[(a >= 0) & (b >= 0)] for a, b in pairs])
    second = np.concatenate([b[(a >= 0) & (b >= 0)] for a, b in pairs])
    between = 2 / (1 / conductance[first] + 1 / conductance[second])
    n = int(active.sum())
    off = sparse.coo_matrix((between, (first, second)), (n, n))
    off = (off + off.T).tocsr()
    return (sparse.diags(np.asarray(off.sum(axis=1)).ravel()) - off).tocsr()


def _surface(active, reach_cell, along, front, hills) -> np.ndarray:
    """Ground elevation (cell,) [m]: harmonic between the channel, the front and the hills."""
    row, column = np.nonzero(active)
    known = np.full(len(row), np.nan)
    known[front] = 1705 + 1.2 * (column[front] - 37)
    known[hills] = 1410 + 1.9 * column[hills]
    known[reach_cell] = along
    fixed = np.isfinite(known)
    matrix = laplacian(active, np.ones(len(row)))
    known[~fixed] = linalg.spsolve(
        matrix[~fixed][:, ~fixed].tocsc(), -matrix[~fixed][:, fixed] @ known[fixed]
    )
    return known


def _slope(active, surface) -> np.ndarray:
    """Slope of the ground (cell,) [°]."""
    grid = np.full(active.shape, np.nan)
    grid[active] = surface
    north, east = np.gradient(grid, CELL)
    steep = np.hypot(np.nan_to_num(north), np.nan_to_num(east))
    return np.rad2deg(np.arctan(steep))[active]


def _texture(active, rng) -> np.ndarray:
    """Standard normal field (row, column) that is alike within some five kilometres."""
    field = ndimage.gaussian_filter(rng.standard_normal(active.shape), 2.5, mode="reflect")
    return np.clip((field - field.mean()) / field.std(), -2, 2)


def _transmissivity(coarse, margin, texture, p) -> np.ndarray:
    logarithm = np.log(p.t_silt) + (np.log(p.t_gravel) - np.log(p.t_silt)) * coarse
    return np.where(margin, p.t_margin, np.exp(logarithm)) * np.exp(p.t_spread * texture)


def _districts(x, y, margin) -> np.ndarray:
    district = np.full(len(x), -1)
    for k in reversed(range(len(DISTRICTS))):  # earlier districts win where two overlap
        _, lon, lat, a, b, tilt, *_ = DISTRICTS[k]
        dx, dy = x - to_km(lon, lat)[0], y - to_km(lon, lat)[1]
        c, s = np.cos(np.deg2rad(tilt)), np.sin(np.deg2rad(tilt))
        inside = ((c * dx + s * dy) / a) ** 2 + ((c * dy - s * dx) / b) ** 2 < 1
        district[inside & ~margin] = k
    return district


def _sections(n: int, node: dict[str, int]) -> np.ndarray:
    starts = np.array([node[name] for name in SECTIONS[1:-1]])
    return np.searchsorted(starts, np.arange(n), "right")


def _drainage(active, surface, reach_cell) -> np.ndarray:
    """Reach (cell,) to which water on the ground runs, by steepest descent.

    Where it would leave the domain instead, the reach that is nearest.
    """
    number = np.pad(_numbers(active), 1, constant_values=-1)
    row, column = np.nonzero(number >= 0)
    target, steepest = np.arange(len(row)), np.zeros(len(row))
    for up, right in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)]:
        other = number[row + up, column + right]
        drop = np.where(other >= 0, surface - surface[other], 0.0) / np.hypot(up, right)
        target, steepest = np.where(drop > steepest, other, target), np.maximum(drop, steepest)
    target[reach_cell] = reach_cell
    for _ in range(10):  # each round doubles the way that is followed
        target = target[target]
    reach = np.full(len(row), -1)
    reach[reach_cell] = np.arange(len(reach_cell))
    distance = np.hypot(row[:, None] - row[reach_cell], column[:, None] - column[reach_cell])
    return np.where(reach[target] >= 0, reach[target], distance.argmin(axis=1))
