"""Transient two-dimensional groundwater flow: implicit in the head, factorised once.

Specific yield · area · dh/dt = flow from the neighbours + recharge − pumping − …, on finite
differences with a fixed transmissivity and a fixed step, so that one sparse factorisation
serves every day and every member of an ensemble (columns of the right-hand side). What depends
on the head in another way (river, springs, plants) is taken at the day's beginning.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import diags
from scipy.sparse.linalg import splu

from swgw.virtual.domain import CELL, NX, NY, Domain, laplacian
from swgw.virtual.parameters import AquiferParameters

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
        active = np.zeros((NY, NX), bool)
        active[domain.row, domain.column] = True
        self.domain, self.parameters, self.step = domain, parameters, step
        self.capacity = domain.specific_yield[:, None] * AREA  # m³ per m of head
        self.edge = np.where(domain.outlet, domain.transmissivity, 0.0)[:, None]
        self.edge_head = (domain.surface - 6.0)[:, None]
        matrix = laplacian(active, domain.transmissivity)
        matrix = matrix + diags((self.capacity / step + self.edge).ravel())
        self._solve = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A").solve
        front = domain.front / domain.front.sum()
        self.front_inflow = (front * parameters.front_inflow * 86400)[:, None]

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
        self, head: np.ndarray, source: np.ndarray, pet: np.ndarray
    ) -> tuple[np.ndarray, AquiferFluxes]:
        """Heads one step later.

        Parameters
        ----------
        head : array (cell, member)
            Head at the beginning [m].
        source : array (cell, member)
            Recharge and river loss, less pumping [m³/d].
        pet : array (member,)
            Potential evapotranspiration [mm/d].

        Returns
        -------
        array (cell, member)
            Head at the end [m].
        AquiferFluxes
        """
        springs, evaporated = self.springs(head), self.evapotranspiration(head, pet)
        net = source + self.front_inflow - springs - evaporated
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
    rate : array (cell, 1)

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
