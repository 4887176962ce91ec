"""The middle reach, coupled both ways: river, canals, wells, vadose zone, aquifer.

All state is in ``State``, all chance in the generator given to ``Coupled.step``: a run can be
taken up again from any day's state, for one member or for many solved together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.virtual.aquifer import (
    AREA,
    VADOSE_STORES,
    Aquifer,
    AquiferFluxes,
    drain_vadose,
    vadose_rate,
)
from swgw.virtual.domain import Domain, make_domain
from swgw.virtual.parameters import Parameters
from swgw.virtual.river import SECONDS, River, Routed
from swgw.virtual.water_use import CANALS, Noise, WaterUse

DEFICIT_MEMORY = 10.0  # days over which farmers feel that canals fall short
RAIN_MEMORY = 7.0  # days for which rain spares irrigation


@dataclass(frozen=True)
class Forcing:
    """What comes from outside in a day.

    Attributes
    ----------
    day : Timestamp
    inflow : array (member,)
        Discharge at the gorge [m³/s].
    rain, heavy_rain : float or array (member,)
        Precipitation on the plain, and its part above the threshold of recharge [mm/d].
    pet : float or array (member,)
        Potential evapotranspiration on the plain [mm/d].
    """

    day: pd.Timestamp
    inflow: np.ndarray
    rain: float | np.ndarray
    heavy_rain: float | np.ndarray
    pet: float | np.ndarray


@dataclass(frozen=True)
class State:
    """Everything the middle reach remembers from one day to the next.

    Attributes
    ----------
    head : array (cell, member)
        [m].
    vadose : array (store, cell, member)
        [m³].
    flow : array (reach, member)
        Yesterday's flow in the river [m³/s].
    deficit : array (canal, member)
        Share of the demand that canals lacked of late.
    wetness : float or array (member,)
        Rain of late [mm].
    noise : Noise
    """

    head: np.ndarray
    vadose: np.ndarray
    flow: np.ndarray
    deficit: np.ndarray
    wetness: float | np.ndarray
    noise: Noise


@dataclass(frozen=True)
class Day:
    """A day's fluxes: river in m³/s, ground in m³/d."""

    river: Routed
    springs: np.ndarray  # (reach, member) m³/s
    infiltration: np.ndarray  # (cell, member)
    recharge: np.ndarray  # (cell, member)
    pumping: np.ndarray  # (cell, member)
    aquifer: AquiferFluxes


class Coupled:
    """The simulator of the middle reach.

    Parameters
    ----------
    parameters : Parameters
    seed : int
        Seed of the aquifer's texture.
    step : float
        Length of the aquifer's step [d]; one, except while it is spun up.
    """

    def __init__(self, parameters: Parameters, seed: int, step: float = 1.0):
        self.parameters, self.step_length = parameters, step
        self.domain: Domain = make_domain(parameters.aquifer, seed)
        self.aquifer = Aquifer(self.domain, parameters.aquifer, step)
        self.river = River(self.domain, parameters.river)
        self.water_use = WaterUse(self.domain, parameters.water_use)
        self.rate = np.ones((self.domain.n_cells, 1))

    def set_vadose(self, head: np.ndarray) -> None:
        """Fix the delay of recharge to the depth of a water table (cell,) [m]."""
        self.rate = vadose_rate(self.domain, self.parameters.aquifer, head)

    def first_state(self, head: np.ndarray, inflow: float) -> State:
        """One member at a water table (cell, 1) [m], with nothing yet on its way down."""
        reach, cell = len(self.domain.reach_cell), self.domain.n_cells
        return State(
            head, np.zeros((VADOSE_STORES, cell, 1)), np.full((reach, 1), inflow),
            np.zeros((len(CANALS), 1)), 0.0, self.water_use.quiet(1),
        )  # fmt: skip

    def step(self, state: State, forcing: Forcing, rng: np.random.Generator | None) -> tuple:
        """One step of every member; without a generator the unobserved part stays as it is.

        Returns
        -------
        State, Day
        """
        use, keep = self.water_use, np.exp(-1 / DEFICIT_MEMORY)
        noise = state.noise if rng is None else use.draw(state.noise, rng)
        wetness = state.wetness * np.exp(-1 / RAIN_MEMORY) + forcing.rain
        demand = use.canal_demand(forcing.day, wetness, noise)
        allowed = use.limit(demand, state.flow)
        springs, routed = self._river(state, forcing.inflow, allowed)
        diverted = self._by_canal(allowed, routed.diverted)
        lacking = 1 - np.divide(diverted, demand, out=np.ones_like(demand), where=demand > 1e-9)
        deficit = keep * state.deficit + (1 - keep) * lacking
        pumping = use.pumping(forcing.day, deficit, noise)
        infiltration = use.infiltration(diverted, pumping, forcing.heavy_rain)
        vadose, recharge = drain_vadose(state.vadose, infiltration, self.rate)
        source = recharge - pumping
        source[self.domain.reach_cell] += routed.loss * SECONDS
        pet = np.full(forcing.inflow.shape, forcing.pet)
        head, fluxes = self.aquifer.advance(state.head, source, pet)
        new = State(head, vadose, routed.flow, deficit, wetness, noise)
        return new, Day(routed, springs, infiltration, recharge, pumping, fluxes)

    def _river(self, state: State, inflow: np.ndarray, allowed: np.ndarray):
        """Springs by reach and the routed river, both in m³/s."""
        at_river = state.head[self.domain.reach_cell]
        loss = self.river.potential_loss(state.flow, at_river)
        springs = self.springs_by_reach(state.head)
        demand = self.water_use.at_nodes(allowed, len(loss))
        return springs, self.river.route(inflow, loss, springs, demand)

    def springs_by_reach(self, head: np.ndarray) -> np.ndarray:
        """Spring water reaching each river cell (reach, member) [m³/s]."""
        total = np.zeros((len(self.domain.reach_cell), head.shape[1]))
        np.add.at(total, self.domain.spring_reach, self.aquifer.springs(head) / SECONDS)
        return total

    def _by_canal(self, allowed: np.ndarray, taken: np.ndarray) -> np.ndarray:
        """What each canal got (canal, member) of what was taken at its intake."""
        wanted = self.water_use.at_nodes(allowed, len(taken))
        got = np.divide(taken, wanted, out=np.zeros_like(taken), where=wanted > 0)
        return allowed * got[self.water_use.node]


def storage(coupled: Coupled, state: State) -> np.ndarray:
    """Water held below the ground (member,) [m³]: aquifer above datum and vadose stores."""
    held = (coupled.domain.specific_yield[:, None] * AREA * state.head).sum(axis=0)
    return held + state.vadose.sum(axis=(0, 1))
