"""A lumped model of the head: snow, soil and two groundwater stores, and the river's stage.

The water moves as in :mod:`swgw.models.lumped`, where the upper store drains fast above a threshold
and evaporation draws from the lower one. The head is a datum, plus each store over its storativity,
plus the stage with a memory. The parameters are calibrated by differential evolution on the heads
that may be seen alone; in each try non-negative least squares give the line from stores to head.
The forecast is the mean over the last generation.
"""

import numpy as np
import pandas as pd
from numpy.linalg import norm
from scipy.optimize import differential_evolution, nnls
from scipy.signal import lfilter

from benchmarks.challenge.network import SPIN_UP
from benchmarks.challenge.site import Site
from swgw.models.lumped import BOUNDS, PER_DEGREE, simulate

LIMITS = BOUNDS | {"memory": (1.0, 400.0)}  # of the stage [d]
GENERATIONS, SETS_A_PARAMETER = 60, 10


def forecast_lumped(site: Site, seen: np.ndarray) -> pd.Series:
    """Calibrate on the heads that may be seen and simulate every day.

    Parameters
    ----------
    site : Site
    seen : bool array (day of heads,)
        Which heads the fit may use.

    Returns
    -------
    Series (day of inputs,)
        Head [m].
    """
    heads, days = site.heads[seen], site.inputs.index
    known, last = days.get_indexer(heads.index), days.get_loc(heads.index[-1]) + 1
    target = heads.to_numpy() - heads.mean()

    def simulated(inputs: pd.DataFrame, sets: np.ndarray) -> np.ndarray:
        parts = stores(inputs, dict(zip(LIMITS, sets, strict=True)))
        parts = np.moveaxis(parts - parts[known].mean(axis=0), 2, 0)
        return np.stack([own @ nnls(own[known], target)[0] for own in parts])  # (set, day)

    found = differential_evolution(
        lambda sets: norm(simulated(site.inputs[:last], sets)[:, known] - target, axis=1),
        list(LIMITS.values()), maxiter=GENERATIONS, popsize=SETS_A_PARAMETER,
        seed=0, polish=False, vectorized=True, updating="deferred",
    )  # fmt: skip
    return pd.Series(heads.mean() + simulated(site.inputs, found.population.T).mean(axis=0), days)


def stores(inputs: pd.DataFrame, p: dict[str, np.ndarray]) -> np.ndarray:
    """Simulate what the head follows: (day, part, set).

    The parts are the upper and the lower groundwater store [mm] and, where the inputs have it, the
    stage with a memory [m]. The first days are used twice, so that the stores begin filled.

    Parameters
    ----------
    inputs : DataFrame (day, input)
    p : dict of str to array (set,)
        By the names of :data:`LIMITS`.
    """
    days, inputs = len(inputs), pd.concat([inputs.iloc[:SPIN_UP], inputs])
    found = simulate(_weather(inputs), np.ones(len(inputs)), p)[0][:, 2:]
    if "stage" in inputs:
        kept, stage = np.exp(-1 / p["memory"]), inputs["stage"].to_numpy()
        river = [lfilter([1 - a], [1, -a], stage, zi=[a * stage[0]])[0] for a in kept]
        found = np.concatenate([found, np.transpose(river)[:, None]], axis=1)
    return found[-days:]


def _weather(inputs: pd.DataFrame) -> np.ndarray:
    """Precipitation, temperature and potential evaporation (day, 3), as far as they are known."""
    temperature = inputs.get("temperature", pd.Series(10.0, inputs.index))
    pet = inputs.get("evaporation", PER_DEGREE * temperature).clip(lower=0)
    return np.column_stack([inputs["precipitation"], temperature, pet])
