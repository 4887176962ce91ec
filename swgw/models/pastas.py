"""Heads as the response to rain, evaporation and the river: one Pastas model a well.

An optional reference (the extra ``pastas``). Transfer-function noise models
:cite:`collenteur2019` are what groundwater hydrologists fit to single wells: the head is the sum of
convolutions of the stresses with smooth response functions, and what is left follows an
autoregressive model, so that a forecast starts from the last residual. Everything is fitted on the
training years; the validation year says for each well whether a linear trend helps, and whether the
last residual should fade as fitted or stay, which is better where the level has drifted away.

Pastas wants equal steps. The bins of a year are nearly equal; they are laid on a calendar of
exactly equal steps, which changes no stress and no head.
"""

import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.linalg import toeplitz
from scipy.signal import fftconvolve

from swgw.basin.prepare import Prepared
from swgw.inputs.climatology import damping, fit_climatology
from swgw.inputs.windows import issue_steps
from swgw.models.hindcast import task_hindcast
from swgw.storage.files import write_dataset
from swgw.virtual.weather import oudin_pet

NAME = "Pastas"
STEP_DAYS = {"D": 1, "5D": 5, "W": 7, "MS": 30}
WARM_UP = 730  # days
EQUAL = {"fill_nan": "mean", "fill_before": "mean", "fill_after": "mean", "sample_up": "bfill",
         "sample_down": "mean"}  # fmt: skip


def available() -> bool:
    """Whether Pastas is installed."""
    return find_spec("pastas") is not None


@dataclass(frozen=True)
class Response:
    """A fitted well.

    Attributes
    ----------
    simulation : array (time,)
        Head under the stresses as they were [m].
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
        Whose surface water is the river's stress.
    folder : Path
        Gets ``test.nc`` and ``validation.nc``.
    """
    settings = prepared.basin.settings
    issues = {
        period: issue_steps(settings, prepared.inside(period)) for period in ("validation", "test")
    }
    steps = np.concatenate(list(issues.values()))
    found = np.stack([forecast_well(prepared, well, gauge, steps) for well in wells])
    parts = np.split(found, [len(issues["validation"])], axis=1)
    for (period, each), values in zip(issues.items(), parts, strict=True):
        hindcast = task_hindcast(prepared, "head", gauge, wells, each, values[..., None], None)
        write_dataset(hindcast, folder / f"{period}.nc")


def forecast_well(
    prepared: Prepared, well: str, gauge: str | None, issues: np.ndarray
) -> np.ndarray:
    """Forecast a well in the way that the validation year prefers.

    Returns
    -------
    array (issue_time, lead_time)
        [m].
    """
    stresses, head = stresses_of(prepared, well, gauge), prepared.heads[well].to_numpy(float)
    settings = prepared.basin.settings
    ahead = expected(prepared, stresses, issues)
    steps = issues[:, None] + np.arange(1, settings.lead_times + 1)
    checked = np.where(prepared.inside("validation"), head, np.nan)[steps]
    best, least = None, np.inf
    for fitted in _candidates(prepared, head, stresses):
        values = forecast(fitted, head, stresses, ahead, issues, settings)
        errors = (values - checked)[np.isfinite(checked)]
        error = float(np.mean(errors**2)) if errors.size else 0.0
        if error < least:
            best, least = values, error
    return best


def _candidates(prepared: Prepared, head: np.ndarray, stresses: pd.DataFrame) -> Iterator[Response]:
    """Fits with a trend and without, the last residual fading or held."""
    for trend in (False, True):
        fitted = fit_response(prepared, head, stresses, trend)
        yield from (fitted, replace(fitted, memory=1.0))


def stresses_of(prepared: Prepared, well: str, gauge: str | None) -> pd.DataFrame:
    """Gather what moves a well: (time, stress).

    Precipitation [mm/d]; evaporation [mm/d] where the weather has ``pet`` or a temperature; river
    [m³/s or m] where there is a gauge, its gaps filled with what was seen last.
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
    """Say what a forecaster expects of the stresses after each issue time.

    Returns
    -------
    dict of str to array (issue_time, lead_time)
        The river fades to its climatology as it did in the training years; weather that is not
        known ahead is its climatology. A stress that is known ahead is left out.
    """
    settings, training = prepared.basin.settings, prepared.inside("train")
    leads = np.arange(1, settings.lead_times + 1)
    normal = fit_climatology(stresses, prepared)
    found = {}
    for name in stresses:
        if name != "river" and settings.future_forcing == "observed":
            continue
        usual = normal[name].to_numpy()
        ahead = usual[issues[:, None] + leads]
        if name == "river" and settings.history:
            anomaly = stresses[name].to_numpy() - usual
            fading = [damping(anomaly[None], training, k)[0] for k in leads]
            ahead = ahead + anomaly[issues][:, None] * fading
        found[name] = ahead
    return found


def fit_response(
    prepared: Prepared, head: np.ndarray, stresses: pd.DataFrame, trend: bool
) -> Response:
    """Fit one well; Pastas sees nothing that came after the training years.

    Parameters
    ----------
    prepared : Prepared
    head : array (time,)
        [m], NaN where missing.
    stresses : DataFrame (time, stress)
    trend : bool
        Whether the level may drift by a straight line.
    """
    import pastas

    logging.getLogger("pastas").setLevel(logging.ERROR)
    days, training = STEP_DAYS[prepared.basin.settings.step], prepared.inside("train")
    first, last = np.flatnonzero(training)[[0, -1]]
    index = pd.date_range("2000-01-01", periods=len(head), freq=f"{days}D")
    before = WARM_UP // days
    padded = pad(stresses, before, stresses[training].mean())
    padded.index = pd.date_range(end=index[-1], periods=len(padded), freq=f"{days}D")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # short records, and warnings to users of Pastas
        model = pastas.Model(pd.Series(head, index)[training].dropna(), freq=f"{days}D")
        _add_stresses(pastas, model, padded.loc[: index[last]])
        if trend:
            pastas.LinearTrend(model, tstart=index[first], tend=index[-1], name="trend")
        pastas.ArNoiseModel(model)
        model.solve(report=False, warmup=pd.Timedelta(days=(int(first) + before) * days))
    parameters = model.parameters["optimal"]
    blocks = _blocks(model, stresses, days)
    drift = np.maximum(np.arange(len(head)) - first, 0) * days * parameters.get("trend_a", 0.0)
    moved = sum(fftconvolve(padded[name], block)[: len(padded)] for name, block in blocks.items())
    memory = float(np.exp(-days / parameters["noise_alpha"]))
    return Response(parameters["constant_d"] + drift + moved[before:], blocks, memory)


def pad(stresses: pd.DataFrame, before: int, values: pd.Series) -> pd.DataFrame:
    """Put so many steps with the same values before the first one."""
    head = pd.DataFrame([values] * before, columns=stresses.columns)
    return pd.concat([head, stresses.reset_index(drop=True)], ignore_index=True)


def _add_stresses(pastas, model, stresses: pd.DataFrame) -> None:
    """Rain less a fitted share of the evaporation, and the river."""
    if "evaporation" in stresses:
        pastas.RechargeModel(
            model, stresses["precipitation"], stresses["evaporation"],
            rfunc=pastas.Exponential(), name="recharge", settings=(EQUAL, EQUAL),
        )  # fmt: skip
    else:
        pastas.StressModel(
            model, stresses["precipitation"], pastas.Exponential(), "recharge", settings=EQUAL
        )
    if "river" in stresses:
        pastas.StressModel(model, stresses["river"], pastas.Gamma(), "river", settings=EQUAL)


def _blocks(model, stresses: pd.DataFrame, days: int) -> dict[str, np.ndarray]:
    """Response of the head to a unit of each stress during one step."""
    blocks = {"precipitation": model.get_block_response("recharge", dt=days).to_numpy()}
    if "evaporation" in stresses:
        share = float(model.parameters.loc["recharge_f", "optimal"])
        blocks["evaporation"] = share * blocks["precipitation"]
    if "river" in stresses:
        blocks["river"] = model.get_block_response("river", dt=days).to_numpy()
    return blocks


def forecast(
    fitted: Response,
    head: np.ndarray,
    stresses: pd.DataFrame,
    ahead: dict[str, np.ndarray],
    issues: np.ndarray,
    settings,
) -> np.ndarray:
    """Forecast from each issue time with nothing seen after it but what is known ahead.

    The model is linear, so that stresses which turn out otherwise than expected enter the
    simulation as their difference, passed through the response.

    Returns
    -------
    array (issue_time, lead_time)
    """
    leads = np.arange(1, settings.lead_times + 1)
    values = fitted.simulation[issues[:, None] + leads]
    for name, guess in ahead.items():
        surprise = guess - stresses[name].to_numpy()[issues[:, None] + leads]
        block = np.zeros(len(leads))
        block[: len(fitted.blocks[name])] = fitted.blocks[name][: len(leads)]
        values = values + surprise @ toeplitz(np.where(leads == 1, block[0], 0.0), block)
    if not settings.history:
        return values
    residual = pd.Series(head - fitted.simulation)
    seen = pd.Series(np.arange(len(head))).where(residual.notna()).ffill()
    age = issues[:, None] + leads - seen.fillna(0.0).to_numpy()[issues][:, None]  # steps
    return values + residual.ffill().fillna(0.0).to_numpy()[issues][:, None] * fitted.memory**age
