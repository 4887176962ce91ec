"""The mountain catchment above the gorge: daily discharge from daily weather.

Snow melts by degree-days in five bands of elevation; rain and melt wet a soil store whose
outflow feeds a fast and a slow linear reservoir (a reduced HBV model). In winter a part of the flow
freezes onto the river bed and melts in spring.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.virtual.parameters import CatchmentParameters
from swgw.virtual.weather import oudin_pet

BAND_HEIGHT = np.array([-1200.0, -500.0, 0.0, 450.0, 950.0])  # m above the mean elevation
BAND_SHARE = np.array([0.12, 0.23, 0.30, 0.23, 0.12])
BAND_RAIN = np.array([0.80, 0.92, 1.0, 1.08, 1.2])  # more falls higher up; mean 1
LATITUDE = 38.5
SECONDS = 86400.0


@dataclass(frozen=True)
class CatchmentState:
    """Water held in the catchment [mm over its area]: snow, soil, reservoirs, river ice.

    For several members solved together each part has a last dimension more.
    """

    snow: np.ndarray  # (band,)
    soil: np.ndarray  # (band,)
    fast: float | np.ndarray
    slow: float | np.ndarray
    ice: float | np.ndarray = 0.0

    @property
    def total(self) -> float:
        """All water held [mm]."""
        return float(BAND_SHARE @ (self.snow + self.soil)) + self.fast + self.slow + self.ice


def run_catchment(
    weather: pd.DataFrame, parameters: CatchmentParameters, state: CatchmentState | None = None
) -> tuple[pd.DataFrame, CatchmentState]:
    """Daily discharge and water balance of the catchment.

    Parameters
    ----------
    weather : DataFrame (time, variable)
        Precipitation [mm/d] and temperature [°C] at the mean elevation.
    parameters : CatchmentParameters
    state : CatchmentState, optional
        Where to start; by default half-full stores without snow.

    Returns
    -------
    DataFrame (time, ...)
        precipitation, evapotranspiration, runoff and storage_change [mm/d], discharge [m³/s].
    CatchmentState
        Where the run ended.
    """
    half = np.full(5, 0.5 * parameters.field_capacity)
    state = state or CatchmentState(np.zeros(5), half, 5.0, 60.0)
    rain, warmth, pet = _by_band(weather, parameters)
    rows = []
    for day in range(len(weather)):
        before = state.total
        state, runoff, evaporated = _step(state, rain[day], warmth[day], pet[day], parameters)
        rows.append((BAND_SHARE @ rain[day], evaporated, runoff, state.total - before))
    columns = ["precipitation", "evapotranspiration", "runoff", "storage_change"]
    balance = pd.DataFrame(rows, weather.index, columns)
    balance["discharge"] = balance["runoff"] * parameters.area * 1000 / SECONDS
    return balance, state


def run_catchments(
    weathers: list[pd.DataFrame], parameters: CatchmentParameters, state: CatchmentState
) -> np.ndarray:
    """Daily discharge under several weathers at once, from one state.

    Parameters
    ----------
    weathers : list of DataFrame (day, variable)
        One a member, of equal lengths; each with days of its own.
    parameters : CatchmentParameters
    state : CatchmentState

    Returns
    -------
    array (day, member)
        [m³/s].
    """
    parts = [_by_band(weather, parameters) for weather in weathers]
    rain, warmth, pet = (np.stack(each, axis=-1) for each in zip(*parts, strict=True))
    members = np.zeros(len(weathers))
    state = CatchmentState(
        state.snow[:, None] + members, state.soil[:, None] + members, state.fast + members,
        state.slow + members, state.ice + members,
    )  # fmt: skip
    runoff = np.empty((len(rain), len(weathers)))
    for day in range(len(rain)):
        state, runoff[day], _ = _step(state, rain[day], warmth[day], pet[day], parameters)
    return runoff * parameters.area * 1000 / SECONDS


def _by_band(weather: pd.DataFrame, parameters: CatchmentParameters) -> tuple[np.ndarray, ...]:
    """Precipitation, temperature and potential evapotranspiration, each (day, band)."""
    rain = weather["precipitation"].to_numpy()[:, None] * BAND_RAIN
    warmth = weather["temperature"].to_numpy()[:, None] - parameters.lapse_rate * BAND_HEIGHT
    days = pd.DatetimeIndex(weather.index).repeat(5)
    return rain, warmth, oudin_pet(days, warmth.ravel(), LATITUDE).reshape(warmth.shape)


def _step(state, rain, warmth, pet, p):
    """One day: new state, runoff [mm/d] and evapotranspiration [mm/d] over the catchment."""
    frozen = np.clip((p.melt_threshold + 1 - warmth) / 2, 0, 1)  # share of the day's fall as snow
    snow = state.snow + rain * frozen
    melt = np.minimum(snow, p.melt_factor * np.maximum(warmth - p.melt_threshold, 0))
    water = rain * (1 - frozen) + melt
    wetness = np.minimum(state.soil / p.field_capacity, 1)
    excess = water * wetness**p.soil_exponent
    soil = state.soil + water - excess
    spill = np.maximum(soil - p.field_capacity, 0)
    soil = soil - spill
    demand = p.evaporation_factor * pet * np.minimum(wetness / p.evaporation_limit, 1)
    evaporated = np.minimum(demand, soil)
    outflow = BAND_SHARE @ (excess + spill)
    fast = state.fast + (1 - p.percolation) * outflow
    slow = state.slow + p.percolation * outflow
    from_fast = fast * (1 - np.exp(-1 / p.fast_time))
    from_slow = slow * (1 - np.exp(-1 / p.slow_time))
    runoff, ice = _river_ice(state.ice, from_fast + from_slow, warmth[0], p)
    new = CatchmentState(snow - melt, soil - evaporated, fast - from_fast, slow - from_slow, ice)
    return new, runoff, BAND_SHARE @ evaporated


def _river_ice(ice, water, warmth, p: CatchmentParameters) -> tuple:
    """Runoff and ice [mm] after a day at a mean valley temperature [°C]; noons thaw earlier."""
    frozen = p.ice_share * np.clip((-warmth - p.frost) / (10 - p.frost), 0, 1) * water
    melted = p.thaw_rate * np.clip((warmth + p.noon) / 8, 0, 1) * ice
    return water - frozen + melted, ice + frozen - melted
