"""The middle reach, coupled both ways, and its runs: spin-up, warm-up and the record.

All state is in ``State``, all randomness in the generator given to ``Coupled.step``: a run can be
resumed from any day's state, for one member or for many solved together.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from swgw.virtual import SECONDS, Parameters, reach
from swgw.virtual import catchment as mountain
from swgw.virtual.domain import make_domain

DEFICIT_MEMORY = 10.0  # days over which the canals' deficit raises pumping
RAIN_MEMORY = 7.0  # days over which rain reduces irrigation


@dataclass(frozen=True)
class Forcing:
    """What comes from outside in a day, of one member or (member,)."""

    day: pd.Timestamp
    inflow: np.ndarray  # (member,), discharge at the gorge [m³/s]
    rain: float | np.ndarray  # precipitation on the plain [mm/d]
    heavy_rain: float | np.ndarray  # its part above the threshold of recharge [mm/d]
    pet: float | np.ndarray  # potential evapotranspiration on the plain [mm/d]
    front: np.ndarray  # (member,), inflow along the mountain front [m³/s]


@dataclass(frozen=True)
class State:
    """Everything that the middle reach carries from one day to the next."""

    head: np.ndarray  # (cell, member) [m]
    vadose: np.ndarray  # (store, cell, member) [m³]
    flow: np.ndarray  # (reach, member), yesterday's flow in the river [m³/s]
    deficit: np.ndarray  # (canal, member), share of the demand that canals lacked recently
    wetness: float | np.ndarray  # (member,), recent rain [mm]
    noise: reach.Noise


@dataclass(frozen=True)
class Day:
    """A day's fluxes: river in m³/s, ground in m³/d."""

    river: reach.Routed
    springs: np.ndarray  # (reach, member) m³/s
    infiltration: np.ndarray  # (cell, member)
    recharge: np.ndarray  # (cell, member)
    pumping: np.ndarray  # (cell, member)
    aquifer: reach.AquiferFluxes


class Coupled:
    """The simulator of the middle reach.

    Parameters
    ----------
    parameters : Parameters
    seed : int
        Seed of the aquifer's texture.
    step : float
        Length of the aquifer's step [d]; one, except while it is spun up.
    rate : float or array (cell, 1)
        Of :func:`swgw.virtual.reach.vadose_rate`; with one, water passes all stores at once.
    """

    def __init__(self, parameters: Parameters, seed: int, step: float = 1.0, rate=1.0):
        self.parameters = parameters
        self.domain = make_domain(parameters.aquifer, seed)
        self.aquifer = reach.Aquifer(self.domain, parameters.aquifer, step)
        self.river = reach.River(self.domain, parameters.river)
        self.water_use = reach.WaterUse(self.domain, parameters.water_use)
        self.rate = rate
        self.to_reach = reach.adding(self.domain.spring_reach, len(self.domain.reach_cell))

    def first_state(self, head: np.ndarray, inflow: float) -> State:
        """One member at a water table (cell, 1) [m], with empty vadose stores and no anomalies."""
        domain, canals = self.domain, np.zeros((len(reach.CANALS), 1))
        stores = np.zeros((reach.VADOSE_STORES, domain.n_cells, 1))
        flow = np.full((len(domain.reach_cell), 1), inflow)
        noise = reach.Noise(np.zeros((domain.patch.max() + 1, 1)), canals)
        return State(head, stores, flow, canals, 0.0, noise)

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
        allowed = use.limit(demand, use.parameters.share_limit * state.flow)
        springs = self.to_reach @ (self.aquifer.springs(state.head) / SECONDS)
        loss = self.river.potential_loss(state.flow, state.head[self.domain.reach_cell])
        routed = self.river.route(forcing.inflow, loss, springs, use.to_reach @ allowed)
        diverted = use.limit(allowed, routed.diverted)
        lacking = 1 - np.divide(diverted, demand, out=np.ones_like(demand), where=demand > 1e-9)
        deficit = keep * state.deficit + (1 - keep) * lacking
        pumping = use.pumping(forcing.day, deficit, noise)
        infiltration = use.infiltration(diverted, pumping, forcing.heavy_rain)
        vadose, recharge = reach.drain_vadose(state.vadose, infiltration, self.rate)
        source = recharge - pumping
        source[self.domain.reach_cell] += routed.loss * SECONDS
        head, fluxes = self.aquifer.advance(state.head, source, forcing.pet, forcing.front)
        new = State(head, vadose, routed.flow, deficit, wetness, noise)
        return new, Day(routed, springs, infiltration, recharge, pumping, fluxes)


START, FIRST, END = "1998-01-01", "2000-01-01", "2012-12-31"  # warm-up, record, end
PLAIN_LATITUDE = 39.1
RECHARGING_RAIN = 5.0  # mm/d; less than that wets the ground and evaporates again
FIRST_FLOW = 50.0  # m³/s in every river cell before the first day
# Years and steps [d], a third and a tenth of a month; with whole months springs are unstable.
SPIN_UP = ((100, 30.4375 / 3), (40, 30.4375 / 10))


@dataclass(frozen=True)
class Outside:
    """What drives the middle reach from outside.

    Attributes
    ----------
    weather : dict of DataFrame (time, variable)
        Of ``"plain"`` and ``"mountains"``.
    catchment : DataFrame (time, ...)
        Water balance of the mountain catchment [mm/d] and its discharge [m³/s].
    daily : DataFrame (time, ...)
        Numbers of each day's :class:`Forcing`, in its order and units.
    """

    weather: dict[str, pd.DataFrame]
    catchment: pd.DataFrame
    daily: pd.DataFrame

    def forcing(self, day: pd.Timestamp) -> Forcing:
        """Forcing of one member on a day."""
        return Forcing(day, *self.daily.loc[day].to_numpy()[:, None])

    def normal_year(self) -> list[Forcing]:
        """Forcing of twelve mean months, dated in the first year so that its water use applies."""
        normal = self.daily.groupby(self.daily.index.month).mean().to_numpy()
        days = pd.date_range(START, periods=12, freq="MS") + pd.Timedelta(days=14)
        return [Forcing(day, *month[:, None]) for day, month in zip(days, normal, strict=True)]


@lru_cache(maxsize=4)
def make_outside(parameters: Parameters, seed: int, start: str = START, end: str = END) -> Outside:
    """Generate the weather and run the mountain catchment."""
    weather = mountain.make_weather(start, end, seed)
    mountains, plain = weather["mountains"], weather["plain"]
    rain, warmth = plain["precipitation"], plain["temperature"].to_numpy()
    state = mountain.warm_catchment(mountains, parameters.catchment)
    catchment, _ = mountain.run_catchment(mountains, parameters.catchment, state)
    slow = catchment["slow"]
    daily = {
        "inflow": catchment["discharge"],
        "rain": rain,
        "heavy_rain": (rain - RECHARGING_RAIN).clip(lower=0),
        "pet": mountain.oudin_pet(plain.index, warmth, PLAIN_LATITUDE),
        "front": mountain.front_inflow(slow, slow.mean(), parameters.aquifer),
    }
    return Outside(weather, catchment, pd.DataFrame(daily))


def spin_up(parameters: Parameters, outside: Outside, seed: int) -> np.ndarray:
    """Water table (cell, 1) [m] after years of the first year's water use and normal weather.

    The slowest cell still falls by a quarter of a metre a year, as tables under new wells do.
    """
    surface, year = make_domain(parameters.aquifer, seed).surface, outside.normal_year()
    head = (surface - 8.0)[:, None]
    for years, step in SPIN_UP:
        coarse = Coupled(parameters, seed, step)
        state = coarse.first_state(head, FIRST_FLOW)
        for forcing in year * years:
            for _ in range(round(30.4375 / step)):
                state, _ = coarse.step(state, forcing, None)
        head = state.head
    return head


@lru_cache(maxsize=2)
def warm_up(parameters: Parameters, seed: int) -> tuple[Coupled, State, np.random.Generator]:
    """Spin the middle reach up and run it to the record's first day.

    Returns
    -------
    Coupled
        The simulator.
    State
        One member, before the first day.
    Generator
        Random numbers of the record's unobserved water use; to be copied before it is used.
    """
    outside = make_outside(parameters, seed)
    water_table = spin_up(parameters, outside, seed)
    coupled, rng = Coupled(parameters, seed), np.random.default_rng([seed, 3])
    coupled.rate = reach.vadose_rate(coupled.domain, parameters.aquifer, water_table[:, 0])
    state = coupled.first_state(water_table, FIRST_FLOW)
    for day in pd.date_range(START, FIRST, inclusive="left"):
        state, _ = coupled.step(state, outside.forcing(day), rng)
    return coupled, state, rng


@dataclass(frozen=True)
class Record:
    """Daily results of a run."""

    days: pd.DatetimeIndex
    fluxes: pd.DataFrame  # (time, ...), terms of the water balance [m³/s]
    flow: np.ndarray  # (time, reach), flow that leaves each river cell [m³/s]
    loss: np.ndarray  # (time, reach), net loss to the aquifer, springs included [m³/s]
    recharge: np.ndarray  # (time, cell), float32 [m³/d]
    pumping: np.ndarray  # (time, cell), float32 [m³/d]
    well_head: np.ndarray  # (time, well) [m]
    start: State  # before the first day
    end: State  # after the last


def run_record(
    parameters: Parameters,
    seed: int,
    end: str = END,
    tick: Callable[[], object] = lambda: None,
    before: Parameters | None = None,
) -> tuple[Coupled, Outside, Record]:
    """Run the basin from the record's first day to its end.

    Parameters
    ----------
    parameters : Parameters
    seed : int
    end : str
        Last day; the weather is the same whatever it is.
    tick : callable
        Called after each day.
    before : Parameters, optional
        Of the years before the record; the same by default.
    """
    outside = make_outside(parameters, seed)
    warm, first, rng = warm_up(before or parameters, seed)
    coupled, rng = Coupled(parameters, seed, rate=warm.rate), deepcopy(rng)
    days = pd.date_range(FIRST, end, name="time")
    cells, n, state = coupled.domain.cells_of_wells(), len(days), first
    flow, loss = np.empty((2, n, len(coupled.domain.reach_cell)))
    recharge, pumping = np.empty((2, n, coupled.domain.n_cells), np.float32)
    heads, fluxes = np.empty((n, len(cells))), []
    for k, day in enumerate(days):
        before, forcing = state, outside.forcing(day)
        state, done = coupled.step(state, forcing, rng)
        fluxes.append(_balance(forcing, done, before, state))
        flow[k], loss[k] = done.river.flow[:, 0], (done.river.loss - done.springs)[:, 0]
        recharge[k], pumping[k] = done.recharge[:, 0], done.pumping[:, 0]
        heads[k] = state.head[cells, 0]
        tick()
    table = pd.DataFrame(fluxes, days)
    record = Record(days, table, flow, loss, recharge, pumping, heads, first, state)
    return coupled, outside, record


def _balance(forcing: Forcing, day: Day, before: State, after: State) -> dict:
    """Terms of a day's water balance [m³/s]; gains of the aquifer are positive."""
    ground = {
        "recharge": day.recharge, "pumping": -day.pumping, "springs": -day.aquifer.springs,
        "evapotranspiration": -day.aquifer.evapotranspiration, "outflow": -day.aquifer.outflow,
        "storage_change": day.aquifer.storage_change,
        "infiltration": day.infiltration, "vadose_change": after.vadose - before.vadose,
    }  # fmt: skip
    return {
        "gorge": float(forcing.inflow[0]),
        "diversion": float(day.river.diverted.sum()),
        "river_end": float(day.river.flow[-1, 0]),
        "river_loss": float(np.maximum(day.river.loss, 0).sum()),
        "river_gain": float(np.minimum(day.river.loss, 0).sum()),
        "front_inflow": float(forcing.front[0]),
    } | {name: float(flux.sum()) / SECONDS for name, flux in ground.items()}
