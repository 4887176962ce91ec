"""The middle reach, coupled both ways: river, canals, wells, vadose zone, aquifer.

All state is in ``State``, all randomness in the generator given to ``Coupled.step``: a run can be
resumed from any day's state, for one member or for many solved together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.virtual.aquifer import VADOSE_STORES, Aquifer, AquiferFluxes, drain_vadose, vadose_rate
from swgw.virtual.domain import make_domain
from swgw.virtual.parameters import Parameters
from swgw.virtual.river import SECONDS, River, Routed
from swgw.virtual.water_use import CANALS, Noise, WaterUse

DEFICIT_MEMORY = 10.0  # days over which the canals' deficit raises pumping
RAIN_MEMORY = 7.0  # days over which rain reduces irrigation


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
    """Everything that the middle reach carries from one day to the next.

    Attributes
    ----------
    head : array (cell, member)
        [m].
    vadose : array (store, cell, member)
        [m³].
    flow : array (reach, member)
        Yesterday's flow in the river [m³/s].
    deficit : array (canal, member)
        Share of the demand that canals lacked recently.
    wetness : float or array (member,)
        Recent rain [mm].
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
        self.parameters = parameters
        self.domain = make_domain(parameters.aquifer, seed)
        self.aquifer = Aquifer(self.domain, parameters.aquifer, step)
        self.river = River(self.domain, parameters.river)
        self.water_use = WaterUse(self.domain, parameters.water_use)
        self.rate = np.ones((self.domain.n_cells, 1))

    def set_vadose(self, head: np.ndarray) -> None:
        """Fix the delay of recharge to the depth of a water table (cell,) [m]."""
        self.rate = vadose_rate(self.domain, self.parameters.aquifer, head)

    def first_state(self, head: np.ndarray, inflow: float) -> State:
        """One member at a water table (cell, 1) [m], with empty vadose stores."""
        reach, cell = len(self.domain.reach_cell), self.domain.n_cells
        return State(
            head, np.zeros((VADOSE_STORES, cell, 1)), np.full((reach, 1), inflow),
            np.zeros((len(CANALS), 1)), 0.0, self.water_use.no_noise(1),
        )  # fmt: skip

    def step(self, state: State, forcing: Forcing, rng: np.random.Generator | None) -> tuple:
        """One step of every member; without a generator the unobserved part stays as it is.

        Returns
        -------
        State, Day
        """
        use, keep = self.water_use, np.exp(-1 / DEFICIT_MEMORY)
        noise = state.noise if rng is None else use.next_noise(state.noise, rng)
        wetness = state.wetness * np.exp(-1 / RAIN_MEMORY) + forcing.rain
        demand = use.canal_demand(forcing.day, wetness, noise)
        allowed = use.limit(demand, state.flow)
        springs = np.zeros_like(state.flow)
        np.add.at(springs, self.domain.spring_reach, self.aquifer.springs(state.head) / SECONDS)
        loss = self.river.potential_loss(state.flow, state.head[self.domain.reach_cell])
        wanted = use.at_nodes(allowed, len(loss))
        routed = self.river.route(forcing.inflow, loss, springs, wanted)
        got = np.divide(routed.diverted, wanted, out=np.zeros_like(wanted), where=wanted > 0)
        diverted = allowed * got[use.node]
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
