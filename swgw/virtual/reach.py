"""The parts of the middle reach: river, canals and pumping, aquifer and vadose zone.

Groundwater flow is implicit in the head: specific yield · area · dh/dt = flow from the neighbours
+ recharge − pumping − …, on finite differences with a fixed transmissivity and a fixed step. One
sparse factorisation serves every day and every member of an ensemble (columns of the right-hand
side). What depends on the head in another way (river, springs, plants) is taken at the day's
beginning.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags
from scipy.sparse.linalg import splu

from swgw.virtual import DISTRICTS, SECONDS, AquiferParameters, RiverParameters, WaterUseParameters
from swgw.virtual.domain import CELL, Domain, laplacian


@dataclass(frozen=True)
class Routed:
    """A day of the river, arrays (reach, member) in m³/s."""

    flow: np.ndarray  # what leaves each river cell downstream
    loss: np.ndarray  # lost to the aquifer; negative where gained through the bed
    diverted: np.ndarray  # taken by canals


class River:
    """The channel of a domain."""

    def __init__(self, domain: Domain, parameters: RiverParameters):
        self.parameters = parameters
        bed = domain.surface[domain.reach_cell] - parameters.incision
        self.bed = np.minimum.accumulate(bed)[:, None]
        self.length = domain.reach_length[:, None]

    def potential_loss(self, flow: np.ndarray, head: np.ndarray) -> np.ndarray:
        """Loss to the aquifer (reach, member) [m³/s] where the river has water enough.

        Where the head is below the base of the bed the stream is disconnected: its loss no longer
        depends on the head (Brunner et al. 2009).

        Parameters
        ----------
        flow : array (reach, member)
            [m³/s].
        head : array (reach, member)
            Head of the aquifer in the river's cells [m].
        """
        p, relative = self.parameters, np.maximum(flow, 0.01) / 50
        stage = self.bed + p.depth * relative**p.depth_exponent
        width = p.width * relative**p.width_exponent
        below = np.maximum(head, self.bed - p.bed_thickness)
        return p.leakance * width * self.length * (stage - below) / SECONDS

    @staticmethod
    def route(
        inflow: np.ndarray, loss: np.ndarray, springs: np.ndarray, demand: np.ndarray
    ) -> Routed:
        """Carry a day's water down the channel; no cell gives more than it has.

        Within a cell springs come first, then the bed, then the canals. The flow is the running
        sum of gains and losses, held at zero from below (Lindley's recursion), so it needs no loop.

        Parameters
        ----------
        inflow : array (member,)
            Discharge at the gorge [m³/s].
        loss, springs, demand : array (reach, member)
            Potential loss through the bed, springs, canal demand [m³/s].
        """
        taken = np.stack([loss - springs, demand], axis=1).reshape(-1, inflow.size)
        free = inflow - np.cumsum(taken, axis=0)
        flow = free - np.minimum(np.minimum.accumulate(free, axis=0), 0.0)
        before = np.concatenate([inflow[None], flow[:-1]])
        given = (before - flow).reshape(len(loss), 2, -1)
        return Routed(flow[1::2], given[:, 0] + springs, given[:, 1])


CANALS = DISTRICTS[DISTRICTS["intake"] != ""]
# Share of a year's canal water by month, January first; November is the winter irrigation.
CANAL_CALENDAR = (0.0, 0.0, 0.0, 0.12, 0.18, 0.17, 0.16, 0.13, 0.06, 0.03, 0.15, 0.0)
PUMP_CALENDAR = (0.0, 0.0, 0.04, 0.13, 0.21, 0.22, 0.20, 0.13, 0.04, 0.01, 0.02, 0.0)


def adding(places: np.ndarray, count: int) -> csr_array:
    """Matrix (count, item) that adds what each item has to its place."""
    items = np.arange(len(places))
    return csr_array((np.ones(len(places)), (places, items)), (count, len(places)))


@dataclass(frozen=True)
class Noise:
    """Log anomalies of what is not observed: pumping (patch, member), demand (canal, member)."""

    pumping: np.ndarray
    diversion: np.ndarray


class WaterUse:
    """Daily demand of canals and pumped wells, and where their water goes."""

    def __init__(self, domain: Domain, parameters: WaterUseParameters):
        self.domain, self.parameters = domain, parameters
        self.node = np.array([domain.node[intake] for intake in CANALS["intake"]])
        self.to_reach = adding(self.node, len(domain.reach_cell))
        self.share = CANALS["canal_share"].to_numpy()[:, None]
        inside = domain.district[:, None] == DISTRICTS.index.to_numpy()  # (cell, district)
        self.pump_canal = inside[:, CANALS.index].astype(float)  # (cell, canal)
        self.canal_cells = self.pump_canal / self.pump_canal.sum(axis=0)
        pumping = DISTRICTS["pumping_share"].to_numpy()
        self.pump_share = (pumping * inside / inside.sum(axis=0)).sum(axis=1, keepdims=True)

    def canal_demand(self, day: pd.Timestamp, rain: float | np.ndarray, noise: Noise) -> np.ndarray:
        """Demand of the canals (canal, member) [m³/s]; ``rain`` [mm] is that of recent days."""
        p = self.parameters
        year = _between(p.diversion_first, p.diversion_last, day) / SECONDS
        less = np.exp(-p.rain_response * rain)
        random = np.exp(noise.diversion - p.diversion_sd**2 / 2)
        return year * _season(CANAL_CALENDAR, day) * less * self.share * random

    def limit(self, demand: np.ndarray, available: np.ndarray) -> np.ndarray:
        """Demand (canal, member) cut to the water available at its intake (reach, member)."""
        wanted = self.to_reach @ demand
        given = np.minimum(wanted, available)
        cut = np.divide(given, wanted, out=np.ones_like(wanted), where=wanted > 0)
        return demand * cut[self.node]

    def pumping(self, day: pd.Timestamp, deficit: np.ndarray, noise: Noise) -> np.ndarray:
        """Pumped water (cell, member) [m³/d]; more where canals fall short (canal, member)."""
        p = self.parameters
        year = _between(p.pumping_first, p.pumping_last, day)
        season = p.base_pumping / 365.25 + (1 - p.base_pumping) * _season(PUMP_CALENDAR, day)
        response = 1 + p.deficit_response * (self.pump_canal @ deficit)
        random = np.exp(noise.pumping - p.pumping_sd**2 / 2)[self.domain.patch]
        return year * season * self.pump_share * response * random

    def infiltration(self, diverted, pumped, heavy_rain: float | np.ndarray) -> np.ndarray:
        """Water entering the ground (cell, member) [m³/d].

        ``diverted`` (canal, member) [m³/s], ``pumped`` (cell, member) [m³/d], ``heavy_rain``
        [mm/d] above the threshold, one value or (member,).
        """
        p = self.parameters
        from_canals = self.canal_cells @ (p.return_canal * diverted * SECONDS)
        hills = np.where(self.domain.margin, 4.0, 1.0)[:, None]  # runoff gathers at their foot
        from_rain = p.rain_recharge * heavy_rain * 1e3 * hills
        return from_canals + p.return_pumped * pumped + from_rain

    def next_noise(self, noise: Noise, rng: np.random.Generator) -> Noise:
        """Noise of the next day."""
        p = self.parameters
        pumping = _next(noise.pumping, p.pumping_sd, p.pumping_memory, rng)
        return Noise(pumping, _next(noise.diversion, p.diversion_sd, p.diversion_memory, rng))


def _next(anomaly, sd, memory, rng) -> np.ndarray:
    keep = np.exp(-1 / memory)
    return keep * anomaly + sd * np.sqrt(1 - keep**2) * rng.standard_normal(anomaly.shape)


def _between(first: float, last: float, day: pd.Timestamp) -> float:
    """Straight line from 1998 to 2012."""
    years = day.year + (day.dayofyear - 1) / 365.25
    return first + (last - first) * (years - 1998) / 15


def _season(calendar: tuple[float, ...], day: pd.Timestamp) -> float:
    """A day's share of the year's water, without steps between the months."""
    middle = day.month - 1 + (day.day - 0.5) / day.days_in_month - 0.5
    lower, part = int(np.floor(middle)), middle - np.floor(middle)
    return ((1 - part) * calendar[lower % 12] + part * calendar[(lower + 1) % 12]) / 30.44


AREA = CELL**2
VADOSE_STORES = 3


@dataclass(frozen=True)
class AquiferFluxes:
    """What crossed the aquifer's border in a day, (cell, member) or (reach, member) [m³/d]."""

    springs: np.ndarray
    evapotranspiration: np.ndarray
    outflow: np.ndarray
    storage_change: np.ndarray


class Aquifer:
    """The saturated zone of a domain, ready to be stepped.

    Parameters
    ----------
    domain : Domain
    parameters : AquiferParameters
    step : float
        Length of the step [d].
    """

    def __init__(self, domain: Domain, parameters: AquiferParameters, step: float = 1.0):
        self.domain, self.parameters, self.step = domain, parameters, step
        self.capacity = domain.specific_yield[:, None] * AREA  # m³ per m of head
        self.edge = np.where(domain.outlet, domain.transmissivity, 0.0)[:, None]
        self.edge_head = (domain.surface - 6.0)[:, None]
        matrix = laplacian(domain.active, domain.transmissivity)
        matrix = matrix + diags((self.capacity / step + self.edge).ravel())
        self._solve = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A").solve
        self.front = (domain.front / domain.front.sum() * SECONDS)[:, None]

    def springs(self, head: np.ndarray) -> np.ndarray:
        """Groundwater that springs and ditches drain (cell, member) [m³/d]."""
        p = self.parameters
        above = head - (self.domain.surface[:, None] - p.spring_depth)
        return p.spring_leakance * AREA * np.maximum(above, 0.0)

    def evapotranspiration(self, head: np.ndarray, pet: np.ndarray) -> np.ndarray:
        """Groundwater lost to plants and bare ground (cell, member) [m³/d]; ``pet`` in mm/d."""
        depth = self.domain.surface[:, None] - head
        reach = np.clip(1 - depth / self.parameters.et_depth, 0.0, 1.0)
        return self.parameters.et_factor * 1e-3 * AREA * pet * reach

    def advance(
        self, head: np.ndarray, source: np.ndarray, pet, front: np.ndarray
    ) -> tuple[np.ndarray, AquiferFluxes]:
        """Heads one step later.

        Parameters
        ----------
        head : array (cell, member)
            Head at the beginning [m].
        source : array (cell, member)
            Recharge and river loss, less pumping [m³/d].
        pet : float or array (member,)
            Potential evapotranspiration [mm/d].
        front : array (member,)
            Inflow along the mountain front [m³/s].

        Returns
        -------
        array (cell, member)
            Head at the end [m].
        AquiferFluxes
        """
        springs, evaporated = self.springs(head), self.evapotranspiration(head, pet)
        net = source + self.front * front - springs - evaporated
        right = self.capacity / self.step * head + net + self.edge * self.edge_head
        new = self._solve(right)
        outflow = self.edge * (new - self.edge_head)
        change = self.capacity / self.step * (new - head)
        return new, AquiferFluxes(springs, evaporated, outflow, change)


def vadose_rate(domain: Domain, parameters: AquiferParameters, head: np.ndarray) -> np.ndarray:
    """Share (cell, 1) of each vadose store that leaves it in a day.

    Water takes depth / speed to the water table, through stores in a row: a delay that grows
    with depth (Wang et al. 2010), never shorter than three days.
    """
    depth = np.maximum(domain.surface - head, 0.3)[:, None]
    speed = np.where(domain.margin[:, None], parameters.margin_speed, parameters.vadose_speed)
    delay = np.maximum(depth / speed, 3.0)
    return 1 - np.exp(-VADOSE_STORES / delay)


def drain_vadose(
    stores: np.ndarray, infiltration: np.ndarray, rate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Move infiltration down a row of linear stores for a day.

    Parameters
    ----------
    stores : array (store, cell, member)
        Water held [m³].
    infiltration : array (cell, member)
        Water entering at the top [m³/d].
    rate : float or array (cell, 1)
        Share of each store that leaves it.

    Returns
    -------
    array (store, cell, member)
        Water held a day later; what entered less what left, to the last digit.
    array (cell, member)
        Recharge of the water table [m³/d].
    """
    new = np.empty_like(stores)
    passing = infiltration
    for k in range(len(stores)):
        held = stores[k] + passing
        passing = held * rate
        new[k] = held - passing
    return new, passing
