"""A lumped conceptual model as a baseline: snow, soil and two groundwater stores, after HBV.

A forecast of surface water that knows the hydrology and needs no network. It is calibrated on the
training years' observations alone, by differential evolution.

Lindström et al. (1997), doi:10.1016/S0022-1694(97)00041-3. Shapes: T steps, N sets side by side.
"""

import numpy as np
import pandas as pd
from scipy.optimize import differential_evolution

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import ahead
from swgw.inputs.variables import carry_forward, damping, fit_climatology

BOUNDS = {
    "frost": (-2.0, 3.0),  # precipitation is snow below this temperature [°C]
    "melt": (0.5, 8.0),  # [mm/(d °C)]
    "capacity": (20.0, 600.0),  # of the soil [mm]
    "shape": (0.3, 6.0),  # how the soil's wetness lets water through [-]
    "demand": (0.3, 2.0),  # evaporation from wet soil, in units of the potential one [-]
    "uptake": (0.0, 0.5),  # share of the unmet demand that comes from groundwater [-]
    "percolation": (0.0, 5.0),  # from the upper store to the lower [mm/d]
    "threshold": (0.0, 60.0),  # above it the upper store drains fast [mm]
    "fast": (0.05, 0.9),  # [1/d]
    "middle": (0.01, 0.3),  # [1/d]
    "slow": (0.0003, 0.05),  # [1/d]
}
# Potential evaporation where it is not given [mm/(d °C)].
PER_DEGREE = 0.2

SPIN_UP_YEARS = 3
GENERATIONS, SETS_A_PARAMETER = 60, 5
State = tuple[np.ndarray, ...]


def step(state: State, weather: np.ndarray, p: dict, days: float) -> tuple[State, np.ndarray]:
    """Take one step.

    Parameters
    ----------
    state : tuple of array (N,)
        Snow, soil, upper and lower groundwater [mm].
    weather : array (3,) or (3, …)
        Precipitation [mm/d], temperature [°C], potential evaporation [mm/d].
    p : dict of str to float or array (N,)
        Parameters by the names of :data:`BOUNDS`.
    days : float
        Length of the step.

    Returns
    -------
    state : tuple of array (N,)
    outflow, evaporation : array (2, N)
        [mm/d]
    """
    (snow, soil, upper, lower), (rain, temperature, pet) = state, weather
    above = temperature - p["frost"]
    falling = rain * days * (above < 0)
    melt = np.minimum(snow + falling, p["melt"] * np.maximum(above, 0) * days)
    water, snow = rain * days - falling + melt, snow + falling - melt
    through = water * np.minimum(soil / p["capacity"], 1) ** p["shape"]
    soil = soil + water - through
    through, soil = through + np.maximum(soil - p["capacity"], 0), np.minimum(soil, p["capacity"])
    demand = p["demand"] * pet * days
    dried = np.minimum(soil, demand * soil / p["capacity"])
    drawn = np.minimum(lower, p["uptake"] * (demand - dried))
    upper = upper + through
    down = np.minimum(upper, p["percolation"] * days)
    fast = np.maximum(upper - down - p["threshold"], 0) * -np.expm1(-p["fast"] * days)
    middle = (upper - down - fast) * -np.expm1(-p["middle"] * days)
    slow = (lower - drawn + down) * -np.expm1(-p["slow"] * days)
    stores = snow, soil - dried, upper - down - fast - middle, lower - drawn + down - slow
    return stores, np.stack([fast + middle + slow, dried + drawn]) / days


def simulate(weather: np.ndarray, days: np.ndarray, p: dict) -> tuple[np.ndarray, np.ndarray]:
    """Run from empty stores: weather (T, 3), days (T,) → stores (T, 4, N) and fluxes (T, 2, N)."""
    state, stores, fluxes = (np.zeros(np.shape(p["frost"])),) * 4, [], []
    for now, length in zip(weather, days, strict=True):
        state, flux = step(state, now, p, length)
        stores.append(state), fluxes.append(flux)
    return np.array(stores), np.array(fluxes)


def drivers(prepared: Prepared, gauge: str) -> np.ndarray:
    """Give the weather of a gauge's catchment as the model takes it: (T, 3)."""
    weather = prepared.weather_of_gauge(gauge)
    rain = weather.get("precipitation", pd.Series(0.0, weather.index))
    temperature = weather.get("temperature", pd.Series(10.0, weather.index))
    pet = weather.get("pet", PER_DEGREE * temperature.clip(lower=0))
    return np.column_stack([rain, temperature, pet])


def lumped_forecast(
    observed: pd.DataFrame, prepared: Prepared, gauge: str, issues: np.ndarray
) -> np.ndarray:
    """Calibrate the model and forecast from it.

    The observations' anomalies from their mean year follow those of the outflow by a line, and the
    last departure from the line fades as departures of the training years did.

    Parameters
    ----------
    observed : DataFrame (time, 1)
        Surface water at the gauge [m³/s or m]; NaN where missing.
    prepared : Prepared
        Its training years calibrate. Where the basin's coming weather is unknown, the forecast is
        the mean over that of the same season in each training year.
    gauge : str
        Whose catchment's weather drives the model.
    issues : int array (issue_time,)

    Returns
    -------
    array (1, issue_time, lead_time)
        In the unit of the data.
    """
    training, leads = prepared.inside("train"), ahead(issues, prepared.basin.settings.lead_times)
    weather, days = drivers(prepared, gauge), _days(prepared)
    spin_up = SPIN_UP_YEARS * prepared.steps_per_year
    p, stores, outflow = _calibrated(observed.iloc[:, 0].where(training), weather, days, spin_up)
    coming = outflow[leads]  # (issue_time, lead_time)
    if prepared.basin.settings.future_forcing != "observed":
        years, state = _years(weather, prepared), tuple(stores[issues].T)
        for k, season in enumerate(prepared.step_of_year()[leads].T):
            state, (flow, _) = step(state, years[:, :, season], p, days[-1])
            coming[:, k] = flow.mean(axis=0)
    both = observed.set_axis(["y"], axis="columns").assign(x=outflow)
    season = fit_climatology(both, prepared)
    y, x = (both - season).to_numpy(float).T
    known = np.isfinite(y) & training
    slope = np.polyfit(x[known], y[known], 1)[0] if len(set(x[known])) > 2 else 0.0
    departure = pd.DataFrame(y - slope * x)
    fading = [damping(departure.to_numpy().T, training, k + 1)[0] for k in range(leads.shape[1])]
    line = season["y"].to_numpy()[leads] + slope * (coming - season["x"].to_numpy()[leads])
    return (line + fading * carry_forward(departure).to_numpy()[issues])[None]


def _years(weather: np.ndarray, prepared: Prepared) -> np.ndarray:
    """Weather of each training year by step of the year: (3, year, step); gaps have the mean."""
    training, number = prepared.inside("train"), prepared.step_of_year()
    frame = pd.DataFrame(weather[training], columns=list("rtp"))
    year = pd.Index(prepared.time.year[training], name="year")
    table = frame.set_index([year, pd.Index(number[training], name="step")])
    table = table[~table.index.duplicated()]
    steps = range(prepared.steps_per_year)
    wide = [table[name].unstack("step").reindex(columns=steps) for name in table]  # noqa: PD010
    mean = [part.mean().interpolate(limit_direction="both") for part in wide]
    return np.stack([part.fillna(usual) for part, usual in zip(wide, mean, strict=True)])


def _days(prepared: Prepared) -> np.ndarray:
    """Length of each step [d] (T,)."""
    days = np.diff(prepared.time) / np.timedelta64(1, "D")
    return np.append(days, np.median(days))


def _calibrated(
    observed: pd.Series, weather: np.ndarray, days: np.ndarray, spin_up: int
) -> tuple[dict, np.ndarray, np.ndarray]:
    """Find the parameters whose outflow correlates best: these, stores (T, 4), outflow (T,)."""
    longer = np.concatenate([weather[:spin_up], weather]), np.append(days[:spin_up], days)
    known = np.flatnonzero(observed.notna())
    target = observed.to_numpy(float)[known]
    target = target - target.mean() if len(target) else target

    def misfit(sets: np.ndarray) -> np.ndarray:
        x = simulate(*longer, dict(zip(BOUNDS, sets, strict=True)))[1][-len(days) :, 0][known]
        x = x - x.mean(axis=0)
        size = np.sqrt((x**2).sum(axis=0) * (target**2).sum())
        return -(target @ x) / np.where(size > 0, size, np.inf)

    found = differential_evolution(
        misfit, list(BOUNDS.values()), maxiter=GENERATIONS, popsize=SETS_A_PARAMETER,
        seed=0, polish=False, vectorized=True, updating="deferred",
    )  # fmt: skip
    p = dict(zip(BOUNDS, found.x, strict=True))
    stores, fluxes = (part[-len(days) :] for part in simulate(*longer, p))
    return p, stores, fluxes[:, 0]
