"""Heads as the response to rain, evaporation and the river: one Pastas model for each well.

Groundwater hydrologists fit such transfer-function noise models :cite:`collenteur2019` to single
wells. The head is a constant plus the convolutions of the stresses with smooth response functions;
the residual follows a first-order autoregressive model. A forecast is the simulation plus the last
residual, which fades as fitted. Everything is fitted on the training years.

Pastas needs equal steps. The bins of a year are nearly equal; here they have exactly equal steps.
"""

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.linalg import toeplitz
from scipy.signal import fftconvolve

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import ahead, issue_steps
from swgw.inputs.variables import damping, fit_climatology
from swgw.models.baseline import task_hindcast
from swgw.storage.files import write_dataset
from swgw.virtual.catchment import oudin_pet

NAME = "Pastas"
STEP_DAYS = {"D": 1, "5D": 5, "W": 7, "MS": 30}
WARM_UP = 730  # days
EQUAL = dict.fromkeys(("fill_nan", "fill_before", "fill_after", "sample_down"), "mean")
EQUAL |= {"sample_up": "bfill"}


@dataclass(frozen=True)
class Response:
    """A fitted well.

    Attributes
    ----------
    simulation : array (time,)
        Head under the observed stresses [m].
    blocks : dict of str to array (lag,)
        Head [m] that a unit of a stress during one step causes in that step and later ones.
    memory : float
        Share of a residual that is left after one step.
    """

    simulation: np.ndarray
    blocks: dict[str, np.ndarray]
    memory: float


def fit_heads(prepared: Prepared, wells: tuple[str, ...], gauge: str | None, folder: Path) -> None:
    """Fit some wells and write their hindcasts.

    Parameters
    ----------
    prepared : Prepared
    wells : tuple of str
    gauge : str or None
        The river's stress is the surface water at this gauge.
    folder : Path
        Gets ``test.nc`` and ``validation.nc``.
    """
    settings = prepared.basin.settings
    every = np.arange(len(prepared.time) - settings.lead_times)
    values = np.stack([forecast_well(prepared, well, gauge, every) for well in wells])
    for period in ("validation", "test"):
        issues = issue_steps(settings, prepared.inside(period))
        given = prepared, "head", gauge, wells, issues, values[:, issues, :, None], None
        write_dataset(task_hindcast(*given), folder / f"{period}.nc")


def forecast_well(
    prepared: Prepared, well: str, gauge: str | None, issues: np.ndarray
) -> np.ndarray:
    """Fit a well and forecast it from some issue steps.

    Returns
    -------
    array (issue_time, lead_time)
        [m].
    """
    stresses, head = stresses_of(prepared, well, gauge), prepared.heads[well].to_numpy(float)
    fitted, settings = fit_response(prepared, head, stresses), prepared.basin.settings
    return forecast(fitted, head, stresses, expected(prepared, stresses, issues), issues, settings)


def stresses_of(prepared: Prepared, well: str, gauge: str | None) -> pd.DataFrame:
    """Gather the stresses of a well: (time, stress).

    Precipitation [mm/d]; evaporation [mm/d] where the weather has ``pet`` or a temperature; river
    [m³/s or m] where there is a gauge, its gaps filled with the last observation.
    """
    weather = prepared.weather_of_well(well)
    columns = {"precipitation": weather["precipitation"]}
    if "pet" in weather:
        columns["evaporation"] = weather["pet"]
    elif "temperature" in weather:
        latitude = float(prepared.basin.wells.loc[well, "latitude"])
        pet = oudin_pet(prepared.time, weather["temperature"].to_numpy(), latitude)
        columns["evaporation"] = pd.Series(pet, prepared.time)
    if gauge is not None:
        flow = prepared.surface_water[gauge]
        columns["river"] = flow.ffill().fillna(flow[prepared.inside("train")].mean())
    return pd.DataFrame(columns)


def expected(
    prepared: Prepared, stresses: pd.DataFrame, issues: np.ndarray
) -> dict[str, np.ndarray]:
    """Give the expectation of each stress after each issue time.

    Returns
    -------
    dict of str to array (issue_time, lead_time)
        The river fades to its climatology as it did in the training years; weather that is not
        known ahead is its climatology. A stress that is known ahead is left out.
    """
    settings, training = prepared.basin.settings, prepared.inside("train")
    found = {}
    for name, usual in fit_climatology(stresses, prepared).items():
        if name != "river" and settings.future_forcing == "observed":
            continue
        found[name] = usual.to_numpy()[ahead(issues, settings.lead_times)]
        if name == "river" and settings.history:
            anomaly = (stresses[name] - usual).to_numpy()[None]
            fading = [damping(anomaly, training, k + 1)[0] for k in range(settings.lead_times)]
            found[name] = found[name] + anomaly[0, issues, None] * fading
    return found


def fit_response(prepared: Prepared, head: np.ndarray, stresses: pd.DataFrame) -> Response:
    """Fit one well; Pastas gets no head and no stress from after the training years.

    Parameters
    ----------
    prepared : Prepared
    head : array (time,)
        [m], NaN where missing.
    stresses : DataFrame (time, stress)
    """
    import pastas

    logging.getLogger("pastas").setLevel(logging.ERROR)
    days, training = STEP_DAYS[prepared.basin.settings.step], prepared.inside("train")
    first, last = np.flatnonzero(training)[[0, -1]]
    index = pd.date_range("2000-01-01", periods=len(head), freq=f"{days}D")
    before = WARM_UP // days
    early = pd.DataFrame([stresses[training].mean()] * before)  # the warm-up has mean stresses
    padded = pd.concat([early, stresses], ignore_index=True)
    padded.index = pd.date_range(end=index[-1], periods=len(padded), freq=f"{days}D")
    known = padded.loc[: index[last]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # short records, and warnings to users of Pastas
        model = pastas.Model(pd.Series(head, index)[training].dropna(), freq=f"{days}D")
        rain, shape = known["precipitation"], pastas.Exponential()
        if "evaporation" in known:
            both = {"settings": (EQUAL, EQUAL), "name": "recharge"}
            pastas.RechargeModel(model, rain, known["evaporation"], rfunc=shape, **both)
        else:
            pastas.StressModel(model, rain, shape, "recharge", settings=EQUAL)
        if "river" in known:
            pastas.StressModel(model, known["river"], pastas.Gamma(), "river", settings=EQUAL)
        pastas.ArNoiseModel(model)
        model.solve(report=False, warmup=pd.Timedelta(days=(int(first) + before) * days))
    parameters = model.parameters["optimal"]
    blocks = {"precipitation": model.get_block_response("recharge", dt=days).to_numpy()}
    if "evaporation" in known:
        blocks["evaporation"] = parameters["recharge_f"] * blocks["precipitation"]
    if "river" in known:
        blocks["river"] = model.get_block_response("river", dt=days).to_numpy()
    moved = sum(fftconvolve(padded[name], block)[: len(padded)] for name, block in blocks.items())
    memory = float(np.exp(-days / parameters["noise_alpha"]))
    return Response(parameters["constant_d"] + moved[before:], blocks, memory)


def forecast(
    fitted: Response,
    head: np.ndarray,
    stresses: pd.DataFrame,
    expectations: dict[str, np.ndarray],
    issues: np.ndarray,
    settings,
) -> np.ndarray:
    """Forecast from each issue time without any later observation but stresses known ahead.

    The model is linear. So the difference between the expected and the observed stress, passed
    through the response, is added to the simulation under the observed stresses.

    Returns
    -------
    array (issue_time, lead_time)
        [m].
    """
    steps = ahead(issues, settings.lead_times)
    values = fitted.simulation[steps]
    for name, expectation in expectations.items():
        difference = expectation - stresses[name].to_numpy()[steps]
        block = np.pad(fitted.blocks[name], (0, steps.shape[1]))[: steps.shape[1]]
        values = values + difference @ toeplitz(np.eye(len(block))[0] * block[0], block)
    if not settings.history:
        return values
    residual = pd.Series(head - fitted.simulation)
    observed = pd.Series(np.arange(len(head))).where(residual.notna()).ffill().fillna(0.0)
    age = steps - observed.to_numpy()[issues, None]  # steps since the last observed head
    return values + residual.ffill().fillna(0.0).to_numpy()[issues, None] * fitted.memory**age
