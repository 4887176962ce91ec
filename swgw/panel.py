"""The inputs and targets of an experiment, standardised: what its model may see of each series.

Everything that is fitted here (scales, fill values) is fitted on the training years. A panel holds
each series once; windows (swgw.windows) point into it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.climatology import damping, fit_climatology
from swgw.prepare import Prepared

MONTHLY_LAGS = range(1, 13)
MIN_TRAINING_STEPS = 10


@dataclass(frozen=True)
class Inputs:
    """What an experiment shows its model.

    Attributes
    ----------
    targets : tuple of str
        "head", "surface_water" or both: what is forecast.
    past_of : tuple of str
        Whose past is an input; the same two names, or none.
    gauge : str or None
        The gauge of the run.
    by_well : bool
        Whether a window belongs to a well rather than to the gauge alone.
    weather_ahead : bool
        Whether the weather beyond the issue time is known.
    """

    targets: tuple[str, ...]
    past_of: tuple[str, ...]
    gauge: str | None
    by_well: bool
    weather_ahead: bool = True


@dataclass(frozen=True)
class Panel:
    """The scaled series of one experiment.

    Attributes
    ----------
    series : tuple of str
        Wells, or the gauge alone for a single-task surface water model.
    time : DatetimeIndex (time,)
    variables : tuple of str
        Names of the dynamic inputs.
    known : bool array (variable,)
        True where the value is known beyond the issue time (weather, calendar, long lags).
    values : float32 array (series, time, variable)
        Dynamic inputs, standardised; gaps carry the last observation forward.
    static_reals, static_classes : tuple of str
    reals : float32 array (series, static real)
    classes : int array (series, static class)
    class_counts : tuple of int
    targets : tuple of str
    target : float32 array (series, time, target)
        Standardised anomalies; NaN where nothing was observed.
    anchor : float32 array (series, time, target)
        The last observed anomaly at each step.
    fading : float32 array (series, lead_time, target)
        Share of an anomaly that is left so many steps later; networks forecast the change from
        the anchor faded so, the damped persistence.
    centre : float32 array (series, time, target)
        Climatology of the training years [m or m³/s].
    scale : float32 array (series, target)
        Undoes the standardisation: value = centre + scale · anomaly [m or m³/s].
    encoder_length, lead_times : int
        Steps before and after the issue time.
    """

    series: tuple[str, ...]
    time: pd.DatetimeIndex
    variables: tuple[str, ...]
    known: np.ndarray
    values: np.ndarray
    static_reals: tuple[str, ...]
    static_classes: tuple[str, ...]
    reals: np.ndarray
    classes: np.ndarray
    class_counts: tuple[int, ...]
    targets: tuple[str, ...]
    target: np.ndarray
    anchor: np.ndarray
    fading: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    encoder_length: int
    lead_times: int


def carry_forward(values: pd.DataFrame) -> pd.DataFrame:
    """Fill gaps with the last observation, the only fill that never looks ahead.

    Before the first observation the value is the mean (0 for standardised series).
    """
    return values.ffill().fillna(0.0)


def standardise(values: pd.DataFrame, training: np.ndarray) -> tuple[pd.DataFrame, ...]:
    """Standardise each column (time, series) by its mean and deviation over the training years.

    Returns
    -------
    standardised : DataFrame (time, series)
    centre, scale : Series (series,)
        In the unit of the values; a constant column has scale 1.
    """
    centre = values[training].mean().fillna(0.0)
    scale = values[training].std(ddof=0)
    return (values - centre) / (scale := scale.where(scale > 1e-9, 1.0)), centre, scale


def usable_wells(prepared: Prepared) -> list[str]:
    """List the wells observed often enough in the training years to be standardised."""
    counts = prepared.heads[prepared.inside("train")].notna().sum()
    return list(counts.index[counts >= MIN_TRAINING_STEPS])


def make_panel(prepared: Prepared, inputs: Inputs, clusters: pd.Series | None = None) -> Panel:
    """Gather and standardise what an experiment needs (paper, sections 2.2 and 2.6).

    Parameters
    ----------
    prepared : Prepared
    inputs : Inputs
    clusters : Series (well,), optional
        SOM cluster of each well, fitted on the training years.

    Returns
    -------
    Panel
    """
    series = usable_wells(prepared) if inputs.by_well else [inputs.gauge]
    dynamic = _dynamic(prepared, inputs, series)
    names = list(dynamic)
    values = np.stack([dynamic[name].to_numpy(np.float32).T for name in names], axis=-1)
    statics = _statics(prepared, series, clusters) if inputs.by_well else ([], [], [])
    targets = [_target(prepared, inputs, series, name) for name in inputs.targets]
    settings = prepared.basin.settings
    return Panel(
        tuple(series),
        prepared.time,
        tuple(names),
        np.array([_is_known(name, prepared, inputs) for name in names]),
        values,
        *_static_arrays(len(series), *statics),
        inputs.targets,
        *(np.stack(parts, axis=-1).astype(np.float32) for parts in zip(*targets, strict=True)),
        settings.encoder_length,
        settings.lead_times,
    )


def _dynamic(prepared: Prepared, inputs: Inputs, series: list[str]) -> dict[str, pd.DataFrame]:
    columns = _weather(prepared, inputs, series)
    if "head" in inputs.past_of:
        columns |= _heads(prepared, series)
    if "surface_water" in inputs.past_of:
        columns |= _surface_water(prepared, inputs.gauge, series)
    phase = 2 * np.pi * prepared.step_of_year() / prepared.steps_per_year
    columns["season_sin"] = _spread(np.sin(phase), prepared, series)
    columns["season_cos"] = _spread(np.cos(phase), prepared, series)
    return columns


def _spread(values: np.ndarray, prepared: Prepared, series: list[str]) -> pd.DataFrame:
    """One series shown to every window: (time,) → (time, series)."""
    wide = np.repeat(np.asarray(values)[:, None], len(series), axis=1)
    return pd.DataFrame(wide, index=prepared.time, columns=series)


def _weather(prepared: Prepared, inputs: Inputs, series: list[str]) -> dict[str, pd.DataFrame]:
    """A window's weather: its well's, and its gauge's catchment's where that is another place."""
    training = prepared.inside("train")
    places = {}
    if inputs.by_well:
        places[""] = [prepared.weather_of_well(well) for well in series]
    if inputs.gauge is not None:
        catchment = prepared.weather_of_gauge(inputs.gauge)
        if not places:
            places[""] = [catchment]
        elif not all(catchment.equals(weather) for weather in places[""]):
            places["catchment_"] = [catchment] * len(series)
    columns = {}
    for prefix, frames in places.items():
        for name in frames[0].columns:
            wide = pd.concat([frame[name] for frame in frames], axis=1, keys=series)
            if name == "precipitation":
                wide = np.log1p(wide.clip(lower=0))
            columns[prefix + name] = standardise(wide, training)[0].fillna(0.0)
    return columns


def _observed(name: str, prepared: Prepared, values: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """An observed series carried over its gaps, a flag where it has gaps, and its climatology."""
    standardised, _, _ = standardise(values, prepared.inside("train"))
    columns = {name: carry_forward(standardised)}
    columns[f"{name}_climatology"] = fit_climatology(standardised, prepared)
    if standardised.isna().to_numpy().any():
        columns[f"{name}_observed"] = standardised.notna().astype(float)
    return columns


def _heads(prepared: Prepared, series: list[str]) -> dict[str, pd.DataFrame]:
    """Past heads as their change from step to step.

    Levels drift, and after years of pumping lie where no training year was; changes do not.
    """
    columns = _observed("head", prepared, prepared.heads[series])
    change = columns.pop("head").diff().fillna(0.0)
    return {"head_change": standardise(change, prepared.inside("train"))[0]} | columns


def _surface_water(prepared: Prepared, gauge: str, series: list[str]) -> dict[str, pd.DataFrame]:
    """Past surface water at the gauge, 1 to 12 months earlier, and at the gauge upstream of it."""
    columns = _observed("surface_water", prepared, prepared.surface_water[[gauge]])
    filled = columns["surface_water"]
    for months in MONTHLY_LAGS:
        lagged = filled.shift(prepared.steps_in_months(months)).fillna(0.0)
        columns[f"surface_water_lag_{months}"] = lagged
    upstream = upstream_gauge(prepared, gauge)
    if upstream is not None:
        columns |= _observed("upstream_surface_water", prepared, prepared.surface_water[[upstream]])
    return {name: _spread(frame.iloc[:, 0], prepared, series) for name, frame in columns.items()}


def upstream_gauge(prepared: Prepared, gauge: str) -> str | None:
    """Name the gauge whose past is an input for this gauge in every arm, if the basin names one."""
    gauges = prepared.basin.gauges
    if "upstream_gauge_id" not in gauges:
        return None
    upstream = gauges.loc[gauge, "upstream_gauge_id"]
    return upstream if upstream in prepared.surface_water else None


def _is_known(name: str, prepared: Prepared, inputs: Inputs) -> bool:
    """Whether a variable is known beyond the issue time, at every lead time."""
    if name.startswith("season_") or name.endswith("_climatology"):
        return True
    if name.startswith("surface_water_lag_"):
        lead_times = prepared.basin.settings.lead_times
        return prepared.steps_in_months(int(name.rsplit("_", 1)[1])) >= lead_times
    observed = ("head", "head_change", "surface_water", "upstream_surface_water")
    if name.removesuffix("_observed") in observed:
        return False
    return inputs.weather_ahead


def _statics(prepared: Prepared, series: list[str], clusters: pd.Series | None):
    """Static attributes of the wells: numbers standardised over wells, words as classes."""
    wells = prepared.basin.wells.loc[series].drop(
        columns=["longitude", "latitude", "name", "gauge_id"], errors="ignore"
    )
    numbers = wells.select_dtypes("number").dropna(axis=1, how="all")
    reals = [(name, numbers[name].fillna(numbers[name].mean())) for name in numbers]
    words = wells.select_dtypes(["object", "string"])
    classes = [(name, words[name].fillna("").astype(str)) for name in words]
    if clusters is not None:
        classes.insert(0, ("cluster", clusters.reindex(series)))
    kept = [(name, column) for name, column in reals if column.std(ddof=0) > 1e-9]
    names = [name for name, _ in kept], [name for name, _ in classes]
    return *names, [column for _, column in kept] + [column for _, column in classes]


def _static_arrays(n: int, reals: list[str], classes: list[str], columns: list[pd.Series]):
    numbers = [(c - c.mean()) / c.std(ddof=0) for c in columns[: len(reals)]]
    codes = [pd.factorize(c, sort=True)[0] for c in columns[len(reals) :]]
    return (
        tuple(reals),
        tuple(classes),
        np.array(numbers, np.float32).reshape(len(reals), n).T,
        np.array(codes, np.int64).reshape(len(classes), n).T,
        tuple(int(code.max()) + 1 for code in codes),
    )


def _target(prepared: Prepared, inputs: Inputs, series: list[str], name: str):
    if name == "head":
        values = prepared.heads[series]
    else:
        at_gauge = prepared.surface_water[inputs.gauge]
        values = _spread(at_gauge, prepared, series)
    centre = fit_climatology(values, prepared)
    scale = standardise(values, prepared.inside("train"))[2]
    anomaly = (values - centre) / scale
    anchor = carry_forward(anomaly) * float(name in inputs.past_of)
    training, lead_times = prepared.inside("train"), prepared.basin.settings.lead_times
    fading = [damping(anomaly.to_numpy().T, training, k + 1) for k in range(lead_times)]
    arrays = (anomaly, anchor, np.stack(fading), centre)
    return *(np.asarray(a).T for a in arrays), scale.to_numpy()
