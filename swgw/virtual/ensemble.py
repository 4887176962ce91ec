"""Perfect-model predictability: the simulator as a forecaster, started from the true state.

At each issue time the state of catchment, river and aquifer is known exactly. The unobserved random
part of pumping and diversion starts from its true value and is generated anew for each member. The
weather ahead is either the true one or that of the same season of another year. The mean of M
members has a mean square error 1 + 1/M times that of the perfect forecast.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import astuple, dataclass, replace

import numpy as np
import pandas as pd

from swgw.basin.calendar import bin_starts
from swgw.virtual import GAUGES, WELLS, Parameters
from swgw.virtual import catchment as mountain
from swgw.virtual.reach import Noise
from swgw.virtual.run import FIRST, Coupled, Forcing, Outside, State, warm_up
from swgw.virtual.simulate import FLOW_NOISE, HEAD_NOISE, MEASURED_DAY

SEASON = 10  # days around the date from which another year's weather may start


@dataclass(frozen=True)
class Restart:
    """The whole state of the simulator at the beginning of a day."""

    day: pd.Timestamp
    state: State
    catchment: mountain.CatchmentState


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
    parameters: Parameters, outside: Outside, seed: int, days: pd.DatetimeIndex
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
    mountains = outside.weather["mountains"]
    catchment, since = mountain.warm_catchment(mountains, parameters.catchment), mountains.index[0]
    coupled, state, rng = warm_up(parameters, seed)
    rng, cells = deepcopy(rng), coupled.domain.cells_of_wells()
    restarts, heads, passed = [], [], pd.date_range(FIRST, days[-1])
    for day in passed:
        if day in days:
            span = mountains.loc[since : day - pd.Timedelta(days=1)]
            _, catchment = mountain.run_catchment(span, parameters.catchment, catchment)
            restarts.append(Restart(day, state, catchment))
            since = day
        state, _ = coupled.step(state, outside.forcing(day), rng)
        heads.append(state.head[cells, 0])
    return restarts, pd.DataFrame(heads, passed, WELLS["well_id"]), coupled.rate


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
        self.coupled = Coupled(parameters, seed, rate=rate)
        self.cells = self.coupled.domain.cells_of_wells()
        self.reaches = [self.coupled.domain.node[gauge] for gauge in GAUGES["gauge_id"][1:]]

    def random(self, day: pd.Timestamp) -> np.random.Generator:
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
        rng = self.random(restart.day)
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
            other = pd.date_range(first, periods=len(days))
            inside = other[0] >= known[0] and other[-1] <= known[-1]
            if inside and not len(other.intersection(days)):
                return other

    def weather(self, restart: Restart, sources: list[pd.DatetimeIndex]) -> np.ndarray:
        """Numbers of each member's :class:`Forcing`: (variable, day, member).

        ``sources`` are the days whose weather each member has.
        """
        forcing = np.stack([self.outside.daily.loc[days].T for days in sources], axis=-1)
        each = {days[0]: days for days in sources}  # members under the true weather share it
        mountains = [self.outside.weather["mountains"].loc[d[0] : d[-1]] for d in each.values()]
        found = mountain.run_catchments(mountains, self.parameters.catchment, restart.catchment)
        column = {first: k for k, first in enumerate(each)}
        inflow, slow = (part[:, [column[days[0]] for days in sources]] for part in found)
        usual = self.outside.catchment["slow"].mean()
        # What comes from the mountains follows from their state at the restart.
        forcing[0] = inflow
        forcing[-1] = mountain.front_inflow(slow, usual, self.parameters.aquifer)
        return forcing

    def follow(self, restart: Restart, days: pd.DatetimeIndex, weather: np.ndarray, rng) -> Members:
        """Step all members through some days under their weather (variable, day, member)."""
        state, heads, flows = widen(restart.state, weather.shape[-1]), [], []
        for k, day in enumerate(days):
            forcing = Forcing(day, *weather[:, k])
            state, _ = self.coupled.step(state, forcing, rng)
            heads.append(state.head[self.cells])
            flows.append(np.vstack([forcing.inflow, state.flow[self.reaches]]))
        return Members(days, np.stack(heads, axis=1), np.stack(flows, axis=1))


def widen(state: State, members: int) -> State:
    """Repeat the state of one member."""
    parts = {name: getattr(state, name) for name in ("head", "vadose", "flow", "deficit")}
    wide = {name: np.repeat(part, members, axis=-1) for name, part in parts.items()}
    noise = Noise(*(np.repeat(part, members, axis=-1) for part in astuple(state.noise)))
    return replace(state, **wide, noise=noise)


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
        "head" [m]: the days on which wells are measured; NaN in a bin without one.
        "surface_water" [m³/s]: all days.
    """
    bins = bin_starts(found.days, step)
    measured = bin_starts(found.days, "5D") + pd.Timedelta(days=MEASURED_DAY) == found.days
    tasks = {"head": (found.head, measured), "surface_water": (found.flow, True)}
    for task, (values, used) in tasks.items():
        weight = (bins.to_numpy() == bins.unique().to_numpy()[:, None]) & used  # (lead, day)
        count = weight.sum(axis=1)[:, None]
        total = np.einsum("ld,sdm->slm", weight.astype(float), values)
        yield task, np.where(count > 0, total / np.maximum(count, 1), np.nan)


def with_errors(found: Members, rng: np.random.Generator) -> Members:
    """Add the observers' errors to an ensemble, as quantiles of measurements need."""
    head = found.head + rng.normal(0, HEAD_NOISE, found.head.shape)
    flow = found.flow * np.exp(rng.normal(0, FLOW_NOISE, found.flow.shape))
    return Members(found.days, head, flow)
