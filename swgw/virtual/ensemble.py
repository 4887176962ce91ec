"""The perfect-model limit: the simulator itself as a forecaster, started from the true state.

At each issue time the catchment, the river and the aquifer are known to the last digit. What
nobody observes, the random part of pumping and diversion, starts from its true value and is drawn
anew for each member. The weather to come is either the true one or that of the same season of
another year. No forecast that knows less can be better on average.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from swgw.basin.calendar import bin_starts
from swgw.virtual.catchment import CatchmentState, run_catchment, run_catchments
from swgw.virtual.coupled import Coupled, Forcing, State
from swgw.virtual.observe import FLOW_NOISE, HEAD_NOISE, READING_DAY, cells_of_wells
from swgw.virtual.parameters import Parameters
from swgw.virtual.places import GAUGES, WELLS
from swgw.virtual.run import FIRST, RECHARGING_RAIN, Outside, warm_catchment
from swgw.virtual.simulate import start
from swgw.virtual.water_use import Noise

SEASON = 10  # days around the date from which another year's weather may start


@dataclass(frozen=True)
class Restart:
    """Everything that the simulator remembers at the beginning of a day."""

    day: pd.Timestamp
    state: State
    catchment: CatchmentState


@dataclass(frozen=True)
class Members:
    """Daily truth of an ensemble.

    Attributes
    ----------
    days : DatetimeIndex (day,)
    head : array (well, day, member)
        [m].
    flow : array (gauge, day, member)
        Discharge [m³/s].
    """

    days: pd.DatetimeIndex
    head: np.ndarray
    flow: np.ndarray


def true_restarts(
    parameters: Parameters,
    outside: Outside,
    seed: int,
    days: pd.DatetimeIndex,
) -> tuple[list[Restart], pd.DataFrame, np.ndarray]:
    """Run the basin as it was and keep its state at the beginning of some days.

    Parameters
    ----------
    parameters : Parameters
    outside : Outside
    seed : int
    days : DatetimeIndex
        In order.

    Returns
    -------
    list of Restart
    DataFrame (time, well)
        True heads at the end of each day up to the last restart [m].
    array (cell, 1)
        Delay of recharge (``Coupled.rate``), which the spin-up fixed.
    """
    catchments = _true_catchments(parameters, outside, days)
    coupled, state, rng = start(parameters, outside, seed)
    cells, found, heads = cells_of_wells(coupled.domain), [], []
    passed = pd.date_range(FIRST, days[-1])
    for day in passed:
        if day in catchments:
            found.append(Restart(day, state, catchments[day]))
        state, _ = coupled.step(state, outside.forcing(day), rng)
        heads.append(state.head[cells, 0])
    wells = [well.well_id for well in WELLS]
    return found, pd.DataFrame(heads, passed, wells), coupled.rate


def _true_catchments(
    parameters: Parameters, outside: Outside, days: pd.DatetimeIndex
) -> dict[pd.Timestamp, CatchmentState]:
    """State of the catchment before each day."""
    mountains, found = outside.weather["mountains"], {}
    state, begin = warm_catchment(mountains, parameters.catchment), mountains.index[0]
    for day in days:
        span = mountains.loc[begin : day - pd.Timedelta(days=1)]
        _, state = run_catchment(span, parameters.catchment, state)
        found[day], begin = state, day
    return found


class Ensemble:
    """The simulator started again and again, each time with many members.

    Parameters
    ----------
    parameters : Parameters
    outside : Outside
    seed : int
        Of the basin; that of an ensemble is made of it and of its first day.
    rate : array (cell, 1)
        Delay of recharge, as the true run has it (``Coupled.rate``).
    """

    def __init__(self, parameters: Parameters, outside: Outside, seed: int, rate: np.ndarray):
        self.parameters, self.outside, self.seed = parameters, outside, seed
        self.coupled = Coupled(parameters, seed)
        self.coupled.rate = rate
        self.cells = cells_of_wells(self.coupled.domain)
        self.reaches = [self.coupled.domain.node[gauge[0]] for gauge in GAUGES[1:]]

    def chance(self, day: pd.Timestamp) -> np.random.Generator:
        """Random numbers of the ensemble that starts on a day, whatever ran before it."""
        return np.random.default_rng([self.seed, 8, day.toordinal()])

    def run(self, restart: Restart, length: int, members: int) -> Members:
        """Forecast from a true state: half the members under the true, half under other weather.

        Parameters
        ----------
        restart : Restart
        length : int
            Days.
        members : int
            Of each half; those under the true weather come first.
        """
        rng = self.chance(restart.day)
        days = pd.date_range(restart.day, periods=length)
        sources = [days] * members + [self.other_days(days, rng) for _ in range(members)]
        return self.follow(restart, days, self.weather(restart, sources), rng)

    def other_days(self, days: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DatetimeIndex:
        """As many days of another year, starting within ten days of the same date."""
        known = self.outside.weather["plain"].index
        years = [year for year in known.year.unique() if year != days[0].year]
        while True:
            first = days[0] + pd.DateOffset(years=int(rng.choice(years)) - days[0].year)
            first += pd.Timedelta(days=int(rng.integers(-SEASON, SEASON + 1)))
            found = pd.date_range(first, periods=len(days))
            inside = found[0] >= known[0] and found[-1] <= known[-1]
            if inside and not len(found.intersection(days)):
                return found

    def weather(self, restart: Restart, sources: list[pd.DatetimeIndex]) -> dict[str, np.ndarray]:
        """Forcing of each member, (day, member): inflow at the gorge, rain, pet.

        ``sources`` are the days whose weather each member has.
        """
        plain = self.outside.weather["plain"]["precipitation"]
        each = {days[0]: days for days in sources}  # members under the true weather share it
        mountains = [self.outside.weather["mountains"].loc[d[0] : d[-1]] for d in each.values()]
        flows = run_catchments(mountains, self.parameters.catchment, restart.catchment)
        column = {first: k for k, first in enumerate(each)}
        return {
            "inflow": flows[:, [column[days[0]] for days in sources]],
            "rain": np.stack([plain[days].to_numpy() for days in sources], axis=1),
            "pet": np.stack([self.outside.pet[days].to_numpy() for days in sources], axis=1),
        }

    def follow(
        self,
        restart: Restart,
        days: pd.DatetimeIndex,
        weather: dict[str, np.ndarray],
        rng: np.random.Generator,
    ) -> Members:
        """Step all members through some days under their weather (day, member)."""
        inflow, rain, pet = (weather[name] for name in ("inflow", "rain", "pet"))
        state = widen(restart.state, inflow.shape[1])
        heads, flows = [], []
        for k, day in enumerate(days):
            heavy = np.maximum(rain[k] - RECHARGING_RAIN, 0.0)
            forcing = Forcing(day, inflow[k], rain[k], heavy, pet[k])
            state, _ = self.coupled.step(state, forcing, rng)
            heads.append(state.head[self.cells])
            flows.append(np.vstack([inflow[k], state.flow[self.reaches]]))
        return Members(days, np.stack(heads, axis=1), np.stack(flows, axis=1))


def widen(state: State, members: int) -> State:
    """Repeat the state of one member."""

    def wide(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, members, axis=-1)

    noise = Noise(wide(state.noise.pumping), wide(state.noise.diversion))
    parts = {name: wide(getattr(state, name)) for name in ("head", "vadose", "flow", "deficit")}
    return replace(state, **parts, noise=noise)


def in_steps(found: Members, step: str) -> Iterator[tuple[str, np.ndarray]]:
    """Average an ensemble as observers do, without their errors.

    Parameters
    ----------
    found : Members
    step : str
        Of the basin.

    Yields
    ------
    str, array (series, lead_time, member)
        "head" [m]: the days on which wells are read; NaN in a bin without one. "surface_water"
        [m³/s]: all days.
    """
    bins = bin_starts(found.days, step)
    read = bin_starts(found.days, "5D") + pd.Timedelta(days=READING_DAY) == found.days
    for name, values, used in (
        ("head", found.head, read),
        ("surface_water", found.flow, np.ones(len(bins), bool)),
    ):
        weight = (bins.to_numpy() == bins.unique().to_numpy()[:, None]) & used  # (lead, day)
        count = weight.sum(axis=1)[:, None]
        total = np.einsum("ld,sdm->slm", weight.astype(float), values)
        yield name, np.where(count > 0, total / np.maximum(count, 1), np.nan)


def with_errors(found: Members, rng: np.random.Generator) -> Members:
    """Give an ensemble the errors of its observers, as quantiles of what they read need."""
    head = found.head + rng.normal(0, HEAD_NOISE, found.head.shape)
    flow = found.flow * np.exp(rng.normal(0, FLOW_NOISE, found.flow.shape))
    return Members(found.days, head, flow)
