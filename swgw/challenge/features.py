"""What drives a head, made from the inputs: melt, recharge, and memories of different length.

Rain becomes water that reaches the ground (degree-day snow), and what a soil store cannot hold
becomes recharge (a bucket). Means that fade over days to years give a model a memory that it need
not learn. The same constants, from the textbooks' middle, serve every site: what a site needs of
them, its model takes.
"""

import numpy as np
import pandas as pd

SNOW_BELOW, RAIN_ABOVE = -0.5, 1.5  # °C: all snow, all rain; between them a mixture
MELTS_FROM = 0.5  # °C
DEGREE_DAY = 3.0  # mm of melt a day and °C
CAPACITIES = (50.0, 150.0)  # mm that a thin and a deep soil hold
DRIES_BELOW = 0.7  # of the capacity: from there on evaporation falls with what is left
SPIN_UP = 4 * 365 + 1
"""Days at the start that are gone through twice, so that stores and memories begin filled."""

FADING_DAYS = (2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Time constants of the fading means, each twice the one before."""


def melt(rain: np.ndarray, temperature: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degree-day snow: water that reaches the ground [mm/d] and the snow that lies [mm].

    Parameters
    ----------
    rain : array (day,)
        Precipitation [mm/d].
    temperature : array (day,)
        [°C].

    Examples
    --------
    >>> water, snow = melt(np.array([5.0, 5.0]), np.array([-3.0, 1.5]))
    >>> [float(value) for value in water], [float(value) for value in snow]
    ([0.0, 8.0], [5.0, 2.0])
    """
    frozen = np.clip((RAIN_ABOVE - temperature) / (RAIN_ABOVE - SNOW_BELOW), 0.0, 1.0)
    thaw = DEGREE_DAY * np.maximum(temperature - MELTS_FROM, 0.0)
    water, snow, lies = np.empty_like(rain), np.empty_like(rain), 0.0
    for day, falls in enumerate(frozen * rain):
        lies += falls
        gone = min(lies, thaw[day])
        lies -= gone
        water[day], snow[day] = rain[day] - falls + gone, lies
    return water, snow


def soil(
    water: np.ndarray, evaporation: np.ndarray, capacity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Soil bucket: recharge [mm/d], what flows over, and the water it holds [mm].

    Parameters
    ----------
    water : array (day,)
        What reaches the ground [mm/d].
    evaporation : array (day,)
        Potential evaporation [mm/d].
    capacity : float
        What the soil can hold [mm]; the store begins half full.

    Examples
    --------
    >>> recharge, held = soil(np.array([40.0, 40.0]), np.array([0.0, 5.0]), 100.0)
    >>> [float(value) for value in recharge], [float(value) for value in held]
    ([0.0, 25.0], [90.0, 100.0])
    """
    recharge, held, store = np.empty_like(water), np.empty_like(water), capacity / 2
    for day, demand in enumerate(np.maximum(evaporation, 0.0)):
        dry = min(1.0, store / (DRIES_BELOW * capacity))
        store = max(store + water[day] - demand * dry, 0.0)
        recharge[day] = max(store - capacity, 0.0)
        store -= recharge[day]
        held[day] = store
    return recharge, held


def fading_mean(values: pd.Series, days: float) -> pd.Series:
    """Mean of a day and all days before it, weighted by exp(−age / days)."""
    return values.ewm(alpha=1 - np.exp(-1 / days), adjust=True).mean()


def spun_up(inputs: pd.DataFrame) -> pd.DataFrame:
    """Put the first four years before the record once more."""
    first = inputs.iloc[:SPIN_UP]
    days = pd.date_range(end=inputs.index[0] - pd.Timedelta(days=1), periods=len(first))
    return pd.concat([first.set_axis(days), inputs])


def drivers(inputs: pd.DataFrame) -> pd.DataFrame:
    """Make what drives the head from what was measured.

    Parameters
    ----------
    inputs : DataFrame (day, input)
        Of :class:`swgw.challenge.site.Site`.

    Returns
    -------
    DataFrame (day, driver)
        water [mm/d], then as far as the inputs allow: snow [mm], temperature [°C], evaporation
        [mm/d], recharge and held [mm/d, mm] for each capacity, stage [m]. It begins
        :data:`SPIN_UP` days before the inputs.
    """
    inputs = spun_up(inputs)
    rain = inputs["precipitation"].to_numpy(float)
    found = {"water": rain}
    if "temperature" in inputs:
        found["water"], found["snow"] = melt(rain, inputs["temperature"].to_numpy(float))
        found["temperature"] = inputs["temperature"].to_numpy(float)
    if "evaporation" in inputs:
        evaporation = found["evaporation"] = inputs["evaporation"].to_numpy(float)
        for capacity in CAPACITIES:
            recharge, held = soil(found["water"], evaporation, capacity)
            found |= {f"recharge {capacity:g}": recharge, f"held {capacity:g}": held}
    if "stage" in inputs:
        found["stage"] = inputs["stage"].to_numpy(float)
    return pd.DataFrame(found, index=inputs.index)


def with_memory(table: pd.DataFrame, days: tuple[int, ...] = FADING_DAYS) -> pd.DataFrame:
    """Add fading means of every driver that is no store, and the time of the year.

    Parameters
    ----------
    table : DataFrame (day, driver)
        Of :func:`drivers`.
    days : tuple of int
        Time constants.

    Returns
    -------
    DataFrame (day, feature)
    """
    flows = [name for name in table if name != "snow" and not name.startswith("held")]
    faded = {f"{name}, {span} d": fading_mean(table[name], span) for name in flows for span in days}
    angle = 2 * np.pi * table.index.dayofyear.to_numpy() / 365.25
    season = {"sine": np.sin(angle), "cosine": np.cos(angle)}
    return pd.concat([table, pd.DataFrame(faded | season, index=table.index)], axis=1)
