"""Runs of the coupled simulator: spin-up, the record, and the drivers switched off in turn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.virtual.catchment import CatchmentState, run_catchment
from swgw.virtual.coupled import Coupled, Day, Forcing, State
from swgw.virtual.domain import SECTIONS
from swgw.virtual.parameters import CatchmentParameters, Parameters
from swgw.virtual.river import SECONDS
from swgw.virtual.weather import make_weather, oudin_pet

START, FIRST, END = "1998-01-01", "2000-01-01", "2012-12-31"  # warm-up, record, end
PLAIN_LATITUDE = 39.1
RECHARGING_RAIN = 5.0  # mm/d; less than that wets the ground and dries again
# Years and steps [d]: coarse ones to come near, fine ones that keep springs and river stable.
SPIN_UP = ((100, 30.4375), (40, 3.04375))


@dataclass(frozen=True)
class Outside:
    """What drives the middle reach from outside.

    Attributes
    ----------
    weather : dict of DataFrame (time, variable)
        Of ``"plain"`` and ``"mountains"``.
    catchment : DataFrame (time, ...)
        Water balance of the mountain catchment [mm/d] and its discharge [m³/s].
    pet : Series (time,)
        Potential evapotranspiration on the plain [mm/d].
    """

    weather: dict[str, pd.DataFrame]
    catchment: pd.DataFrame
    pet: pd.Series

    def forcing(self, day: pd.Timestamp, members: int = 1) -> Forcing:
        """Forcing of a day, the same for every member."""
        inflow = np.full(members, self.catchment["discharge"][day])
        rain = float(self.weather["plain"]["precipitation"][day])
        return Forcing(day, inflow, rain, max(rain - RECHARGING_RAIN, 0.0), float(self.pet[day]))

    def normal_year(self) -> list[Forcing]:
        """Forcing of twelve mean months, under the use of water of the first year."""
        rain = self.weather["plain"]["precipitation"]
        heavy = (rain - RECHARGING_RAIN).clip(lower=0)
        table = pd.DataFrame(
            {"inflow": self.catchment["discharge"], "rain": rain, "heavy": heavy, "pet": self.pet}
        )
        normal = table.groupby(table.index.month).mean()
        year = pd.Timestamp(START).year
        return [
            Forcing(pd.Timestamp(year, m, 15), np.array([r.inflow]), r.rain, r.heavy, r.pet)
            for m, r in zip(normal.index, normal.itertuples(), strict=True)
        ]


def make_outside(parameters: Parameters, seed: int, start: str = START, end: str = END) -> Outside:
    """Draw the weather and run the mountain catchment, its first year repeated to warm it up."""
    weather = make_weather(start, end, seed)
    mountains, plain = weather["mountains"], weather["plain"]
    state = warm_catchment(mountains, parameters.catchment)
    catchment, _ = run_catchment(mountains, parameters.catchment, state)
    pet = oudin_pet(plain.index, plain["temperature"].to_numpy(), PLAIN_LATITUDE)
    return Outside(weather, catchment, pd.Series(pet, plain.index))


def warm_catchment(mountains: pd.DataFrame, parameters: CatchmentParameters) -> CatchmentState:
    """State of the catchment before the first day of its weather, after three such years."""
    state = None
    for _ in range(3):
        _, state = run_catchment(mountains.iloc[:365], parameters, state)
    return state


def spin_up(
    parameters: Parameters, outside: Outside, seed: int, stages: tuple = SPIN_UP
) -> np.ndarray:
    """Water table in balance with the first year's use of water and a normal year's weather.

    Parameters
    ----------
    parameters : Parameters
    outside : Outside
    seed : int
        Seed of the aquifer's texture.
    stages : tuple of (years, step)
        The step in days.

    Returns
    -------
    array (cell, 1)
        Head [m].
    """
    year, head = outside.normal_year(), None
    for years, step in stages:
        coarse = Coupled(parameters, seed, step)
        head = (coarse.domain.surface - 8.0)[:, None] if head is None else head
        state = coarse.first_state(head, 50.0)
        for forcing in year * years:
            for _ in range(round(30.4375 / step)):
                state, _ = coarse.step(state, forcing, None)
        head = state.head
    return head


@dataclass
class Record:
    """What a run leaves behind, by day.

    Attributes
    ----------
    days : DatetimeIndex
    fluxes : DataFrame (time, ...)
        Terms of the water balance [m³/s].
    exchange, section_flow : array (time, section)
        Water lost by the river in each section, and the flow that enters it [m³/s].
    flow : array (time, reach)
        [m³/s].
    recharge, pumping : array (time, cell), float32
        [m³/d].
    well_head : array (time, well)
        [m].
    start, end : State
        Before the first day and after the last.
    """

    days: pd.DatetimeIndex
    fluxes: pd.DataFrame
    exchange: np.ndarray
    section_flow: np.ndarray
    flow: np.ndarray
    recharge: np.ndarray
    pumping: np.ndarray
    well_head: np.ndarray
    start: State
    end: State


def run_record(
    coupled: Coupled,
    outside: Outside,
    state: State,
    days: pd.DatetimeIndex,
    rng: np.random.Generator,
    cells: np.ndarray,
    tick: Callable[[], object] = lambda: None,
) -> Record:
    """Run one member over some days and keep what the truth needs.

    Parameters
    ----------
    coupled : Coupled
    outside : Outside
    state : State
        One member, before the first day.
    days : DatetimeIndex
    rng : Generator
        Chance of what is not observed.
    cells : array (well,)
        Cells whose head is kept.
    tick : callable
        Called after each day.
    """
    first, rows, n = state, [], len(days)
    reach, front = len(coupled.domain.reach_cell), coupled.parameters.aquifer.front_inflow
    flow, loss = np.empty((n, reach)), np.empty((n, reach))
    recharge = np.empty((n, coupled.domain.n_cells), np.float32)
    pumping, heads = np.empty_like(recharge), np.empty((n, len(cells)))
    for k, day in enumerate(days):
        forcing = outside.forcing(day)
        before = state
        state, done = coupled.step(state, forcing, rng)
        rows.append(flux_row(forcing, done, before, state, front))
        flow[k], loss[k] = done.river.flow[:, 0], (done.river.loss - done.springs)[:, 0]
        recharge[k], pumping[k] = done.recharge[:, 0], done.pumping[:, 0]
        heads[k] = state.head[cells, 0]
        tick()
    exchange, entering = by_section(coupled, flow, loss, outside.catchment["discharge"][days])
    fluxes = pd.DataFrame(rows, days)
    return Record(days, fluxes, exchange, entering, flow, recharge, pumping, heads, first, state)


def flux_row(
    forcing: Forcing, day: Day, before: State, after: State, front_inflow: float
) -> dict[str, float]:
    """Water balance of a day of the first member [m³/s]; gains of the aquifer are positive."""
    loss = day.river.loss[:, 0]
    ground = {
        "recharge": day.recharge, "pumping": -day.pumping, "springs": -day.aquifer.springs,
        "evapotranspiration": -day.aquifer.evapotranspiration, "outflow": -day.aquifer.outflow,
        "storage_change": day.aquifer.storage_change,
        "infiltration": day.infiltration, "vadose_change": (after.vadose - before.vadose),
    }  # fmt: skip
    return {
        "gorge": float(forcing.inflow[0]),
        "diversion": float(day.river.diverted[:, 0].sum()),
        "river_end": float(day.river.flow[-1, 0]),
        "river_loss": float(np.maximum(loss, 0).sum()),
        "river_gain": float(np.minimum(loss, 0).sum()),
        "front_inflow": front_inflow,
    } | {name: float(flux.sum()) / SECONDS for name, flux in ground.items()}


def by_section(coupled: Coupled, flow: np.ndarray, loss: np.ndarray, inflow) -> tuple:
    """Net loss by section and the flow that enters it, (time, section) [m³/s]."""
    section = coupled.domain.reach_section
    count = len(SECTIONS) - 1
    total = np.stack([loss[:, section == k].sum(axis=1) for k in range(count)], axis=1)
    first = [int(np.argmax(section == k)) for k in range(1, count)]
    entering = np.column_stack([np.asarray(inflow), flow[:, [k - 1 for k in first]]])
    return total, entering
