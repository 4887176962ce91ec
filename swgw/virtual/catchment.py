"""Daily weather, generated from one seed, and the discharge of the mountain catchment.

Rain is a censored, spatially and serially correlated Gaussian: below a month's threshold a day
is dry, above it the excess rank gives a Weibull amount. Temperature is a seasonal curve and an
autoregressive anomaly, wind a gamma variable of an autoregressive Gaussian. Monthly rain is
scaled to the published means over the whole period, so that its fit is by construction.

Snow melts by degree-days in five bands of elevation; rain and melt wet a soil store whose
outflow feeds a fast and a slow linear reservoir (a reduced HBV model). In winter a part of the flow
freezes onto the river bed and melts in spring.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import signal, stats

from swgw.virtual import SECONDS, AquiferParameters, CatchmentParameters, published

PLAIN_RAIN = tuple(published("rain_plain"))
MOUNTAIN_RAIN = (3.0, 4.0, 11.0, 27.0, 32.0, 58.0, 101.0, 94.0, 84.0, 18.0, 3.0, 3.0)  # 438 mm
PLAIN_WET = 0.0455 * np.sqrt(PLAIN_RAIN)  # 13 % of all days, more often in rainier months
# Averaged over a large catchment it rains more often and more evenly than at a station.
MOUNTAIN_WET = np.array([0.15, 0.18, 0.28, 0.38, 0.55, 0.68, 0.72, 0.68, 0.58, 0.30, 0.17, 0.12])
# Share of wet days and rain [mm] by month, and the shape of the Weibull amounts.
PLAIN, MOUNTAINS = (PLAIN_WET, PLAIN_RAIN, 0.8), (MOUNTAIN_WET, MOUNTAIN_RAIN, 1.05)
# January, July and the year's mean are published; the months between were interpolated by us.
PLAIN_TEMPERATURE = (-9.2, -4.0, 3.6, 11.9, 17.6, 21.5, 23.3, 21.8, 16.0, 8.4, 0.0, -6.9)
DAYS_IN_MONTH = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
YEAR = 365.25
SCALED_FROM = "2001-01-01"  # years before the study period do not count


def make_weather(start: str, end: str, seed: int) -> dict[str, pd.DataFrame]:
    """Daily weather of the two places, both days of the period included.

    Parameters
    ----------
    start, end : str
        First and last day.
    seed : int
        The same seed gives the same weather.

    Returns
    -------
    dict of DataFrame (time, variable)
        ``"plain"`` and ``"mountains"``, each with precipitation [mm/d], temperature [°C] and
        wind [m/s].
    """
    days = pd.date_range(start, end, freq="D", name="time")
    rng = np.random.default_rng([seed, 1])
    latent = _correlated_noise(len(days), memory=0.35, correlation=0.65, rng=rng)
    wetness = _slow_wetness(days, rng)
    cool = _correlated_noise(len(days), memory=0.75, correlation=0.85, rng=rng)
    gusts = _correlated_noise(len(days), memory=0.46, correlation=0.5, rng=rng)
    plain = {
        "precipitation": _rain(days, latent[0], *PLAIN, wetness),
        "temperature": _seasonal_temperature(days) + 3.4 * cool[0],
        "wind": _wind(days, gusts[0], mean=2.17, sd=0.80),
    }
    mountains = {
        "precipitation": _rain(days, latent[1], *MOUNTAINS, wetness),
        "temperature": 0.8 * _seasonal_temperature(days) - 10.1 + 2.6 * cool[1],
        "wind": _wind(days, gusts[1], mean=2.6, sd=0.9),
    }
    return {"plain": pd.DataFrame(plain, days), "mountains": pd.DataFrame(mountains, days)}


def _correlated_noise(n: int, memory: float, correlation: float, rng) -> np.ndarray:
    """Two standard normal AR(1) series (place, time) with one memory and one correlation."""
    shocks = rng.standard_normal((2, n))
    shocks[1] = correlation * shocks[0] + np.sqrt(1 - correlation**2) * shocks[1]
    gain = np.sqrt(1 - memory**2)
    start = memory * shocks[:, :1]  # the series starts in its stationary state
    return signal.lfilter([gain], [1, -memory], shocks, axis=1, zi=start)[0]


def _slow_wetness(days: pd.DatetimeIndex, rng) -> np.ndarray:
    """Anomaly (time,) in the latent scale that makes months and years wetter or drier."""
    memory = np.exp(-1 / 45)
    noise = signal.lfilter([np.sqrt(1 - memory**2)], [1, -memory], rng.standard_normal(len(days)))
    by_year = rng.standard_normal(days.year.nunique())
    return 0.10 * noise + 0.03 * by_year[days.year - days.year[0]]


def _rain(days, latent, wet_share, monthly_total, shape, wetness) -> np.ndarray:
    """Daily precipitation (time,) [mm/d], zero or at least 0.1."""
    month = days.month.to_numpy() - 1
    rank = stats.norm.cdf((latent + wetness) / np.sqrt(1 + wetness.var()))
    wet = np.asarray(wet_share)[month]
    excess = np.clip((rank - (1 - wet)) / wet, 0, 1 - 1e-9)
    amount = np.where(excess > 0, (-np.log1p(-excess)) ** (1 / shape), 0.0)
    kept = days >= SCALED_FROM if days[-1] > pd.Timestamp(SCALED_FROM) else days >= days[0]
    mean = np.bincount(month[kept], amount[kept], 12) / np.bincount(month[kept], minlength=12)
    total = np.maximum(mean * DAYS_IN_MONTH, 1e-9)
    amount *= (np.asarray(monthly_total) / total)[month]
    return np.round(np.where(amount > 0, np.maximum(amount, 0.1), 0.0), 1)


def _seasonal_temperature(days: pd.DatetimeIndex) -> np.ndarray:
    """Smooth normal temperature (time,) [°C] whose monthly means are ``PLAIN_TEMPERATURE``."""
    everyday = pd.date_range("2001-01-01", "2001-12-31")
    waves = _waves(everyday.dayofyear.to_numpy())
    by_month = pd.DataFrame(waves).groupby(everyday.month).mean().to_numpy()
    coefficients = np.linalg.lstsq(by_month, np.array(PLAIN_TEMPERATURE), rcond=None)[0]
    return _waves(days.dayofyear.to_numpy()) @ coefficients


def _waves(day_of_year: np.ndarray) -> np.ndarray:
    """Constant and three harmonics of the year, (time, 7)."""
    angle = 2 * np.pi * np.outer(day_of_year / YEAR, [1, 2, 3])
    return np.hstack([np.ones((len(angle), 1)), np.cos(angle), np.sin(angle)])


def _wind(days, latent, mean: float, sd: float) -> np.ndarray:
    """Daily wind speed (time,) [m/s], a gamma variable that is stronger in spring."""
    season = 0.25 * np.cos(2 * np.pi * (days.dayofyear.to_numpy() - 110) / YEAR)
    spread = np.sqrt(sd**2 - season.var())
    shape = (mean / spread) ** 2
    speed = stats.gamma.ppf(stats.norm.cdf(latent), shape, scale=mean / shape)
    return np.maximum(speed + season, 0.1)


def oudin_pet(days: pd.DatetimeIndex, temperature: np.ndarray, latitude: float) -> np.ndarray:
    """Potential evapotranspiration [mm/d] from temperature (…, time) [°C] (Oudin et al. 2005)."""
    angle = 2 * np.pi * days.dayofyear.to_numpy() / YEAR
    tilt = 0.409 * np.sin(angle - 1.39)
    phi = np.deg2rad(latitude)
    sunset = np.arccos(-np.tan(phi) * np.tan(tilt))
    radiation = (37.6 * (1 + 0.033 * np.cos(angle))) * (
        sunset * np.sin(phi) * np.sin(tilt) + np.cos(phi) * np.cos(tilt) * np.sin(sunset)
    )
    return np.maximum(radiation / 2.45 * (temperature + 5) / 100, 0.0)


BAND_HEIGHT = np.array([-1200.0, -500.0, 0.0, 450.0, 950.0])  # m above the mean elevation
BAND_SHARE = np.array([0.12, 0.23, 0.30, 0.23, 0.12])
BAND_RAIN = np.array([0.80, 0.92, 1.0, 1.08, 1.2])  # more falls higher up; mean 1
LATITUDE = 38.5


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
        precipitation, evapotranspiration, runoff and storage_change [mm/d], slow (water in the slow
        store) [mm], discharge [m³/s].
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
        rows.append((BAND_SHARE @ rain[day], evaporated, runoff, state.total - before, state.slow))
    columns = ["precipitation", "evapotranspiration", "runoff", "storage_change", "slow"]
    balance = pd.DataFrame(rows, weather.index, columns)
    balance["discharge"] = balance["runoff"] * parameters.area * 1000 / SECONDS
    return balance, state


def warm_catchment(mountains: pd.DataFrame, parameters: CatchmentParameters) -> CatchmentState:
    """State of the catchment before its first day, after three repeats of the first year."""
    state = None
    for _ in range(3):
        _, state = run_catchment(mountains.iloc[:365], parameters, state)
    return state


def run_catchments(
    weathers: list[pd.DataFrame], parameters: CatchmentParameters, state: CatchmentState
) -> tuple[np.ndarray, np.ndarray]:
    """Daily discharge and slow store under several weathers at once, from one state.

    Parameters
    ----------
    weathers : list of DataFrame (day, variable)
        One a member, of equal lengths; each with days of its own.
    parameters : CatchmentParameters
    state : CatchmentState

    Returns
    -------
    discharge, slow : array (day, member)
        [m³/s], [mm]
    """
    parts = [_by_band(weather, parameters) for weather in weathers]
    rain, warmth, pet = (np.stack(each, axis=-1) for each in zip(*parts, strict=True))
    state = replace(state, snow=state.snow[:, None], soil=state.soil[:, None])
    runoff, slow = np.empty((2, len(rain), len(weathers)))
    for day in range(len(rain)):
        state, runoff[day], _ = _step(state, rain[day], warmth[day], pet[day], parameters)
        slow[day] = state.slow
    return runoff * parameters.area * 1000 / SECONDS, slow


def front_inflow(slow, usual: float, parameters: AquiferParameters):
    """Inflow along the mountain front [m³/s] while the catchment's slow store holds so much [mm].

    ``usual`` is the mean of the store.
    """
    return parameters.front_inflow * (1 + parameters.front_share * (slow / usual - 1))


def _by_band(weather: pd.DataFrame, parameters: CatchmentParameters) -> tuple[np.ndarray, ...]:
    """Precipitation, temperature and potential evapotranspiration, each (day, band)."""
    rain = weather["precipitation"].to_numpy()[:, None] * BAND_RAIN
    warmth = weather["temperature"].to_numpy()[:, None] - parameters.lapse_rate * BAND_HEIGHT
    return rain, warmth, oudin_pet(weather.index, warmth.T, LATITUDE).T


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
