"""Inputs and their roles: climatology, standardised series, lags of months."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared

HARMONICS = 3


def fit_climatology(values: pd.DataFrame, prepared: Prepared) -> pd.DataFrame:
    """Fit the day-of-year mean of the training years, as a sum of up to three harmonics.

    A series has a harmonic for every four months of the year in which it was observed: a well that
    is never read in winter has no value there to fit a curve to.

    Parameters
    ----------
    values : DataFrame (time, series)
    prepared : Prepared
        Gives the calendar and the training years.

    Returns
    -------
    DataFrame (time, series)
        In the unit of the values, for every step, gaps included.
    """
    phase = 2 * np.pi * prepared.step_of_year() / prepared.steps_per_year
    order = np.arange(1, min(HARMONICS, (prepared.steps_per_year - 1) // 2) + 1)
    waves = phase[:, None] * order
    basis = np.column_stack([np.ones(len(phase)), np.sin(waves), np.cos(waves)])
    training = prepared.inside("train")
    month = np.floor(12 * phase / (2 * np.pi)).astype(int)
    fitted = [_seasonal(basis, values[name].to_numpy(float), training, month) for name in values]
    return pd.DataFrame(np.column_stack(fitted), index=values.index, columns=values.columns)


def _seasonal(
    basis: np.ndarray, values: np.ndarray, training: np.ndarray, month: np.ndarray
) -> np.ndarray:
    """Fit with a weak ridge penalty, so that a series of few observations stays near its mean."""
    known = training & np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    most, carried = basis.shape[1] // 2, len(np.unique(month[known])) // 4
    waves = np.arange(min(most, carried))
    basis = basis[:, np.r_[0, 1 + waves, 1 + most + waves]]
    mean = values[known].mean()
    design = basis[known]
    normal = design.T @ design + 1e-3 * np.eye(basis.shape[1])
    return mean + basis @ np.linalg.solve(normal, design.T @ (values[known] - mean))


def damping(anomaly: np.ndarray, training: np.ndarray, lead_time: int) -> np.ndarray:
    """Slope of the anomaly on the one lead_time steps earlier, per series, in the training years.

    Parameters
    ----------
    anomaly : array (series, time)
    training : bool array (time,)
    lead_time : int

    Returns
    -------
    array (series,)
        Between 0 and 1; 0 where there are fewer than three pairs.
    """
    both = training[:-lead_time] & training[lead_time:] & np.isfinite(anomaly[:, :-lead_time])
    both &= np.isfinite(anomaly[:, lead_time:])
    early = np.where(both, anomaly[:, :-lead_time], 0.0)
    late = np.where(both, anomaly[:, lead_time:], 0.0)
    power = (early**2).sum(axis=1)
    slope = np.divide((early * late).sum(axis=1), power, out=np.zeros(len(power)), where=power > 0)
    return np.where(both.sum(axis=1) > 2, np.clip(slope, 0.0, 1.0), 0.0)


MONTHLY_LAGS = range(1, 13)
LEVELS = ("surface_water", "upstream_surface_water")
OBSERVED = (*LEVELS, "head_change", "head_departure", "head")


@dataclass(frozen=True)
class Inputs:
    """The inputs and targets of an experiment.

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
    printed : bool
        Whether they are standardised levels, as the paper describes them.
    """

    targets: tuple[str, ...]
    past_of: tuple[str, ...]
    gauge: str | None
    by_well: bool
    weather_ahead: bool = True
    printed: bool = False


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


def dynamic(prepared: Prepared, inputs: Inputs, series: list[str]) -> dict[str, pd.DataFrame]:
    """Gather the inputs that change in time, standardised, by name: (time, series)."""
    columns = _weather(prepared, inputs, series)
    if inputs.printed:
        return columns | _levels(prepared, inputs, series)
    if "head" in inputs.past_of:
        columns |= _heads(prepared, series)
    if "surface_water" in inputs.past_of:
        columns |= _surface_water(prepared, inputs.gauge, series)
    return columns | _season(prepared, series)


def _season(prepared: Prepared, series: list[str]) -> dict[str, pd.DataFrame]:
    phase = 2 * np.pi * prepared.step_of_year() / prepared.steps_per_year
    waves = {"season_sin": np.sin(phase), "season_cos": np.cos(phase)}
    return {name: repeat_for(wave, prepared, series) for name, wave in waves.items()}


def _levels(prepared: Prepared, inputs: Inputs, series: list[str]) -> dict[str, pd.DataFrame]:
    """Past values as the paper has them: levels, and surface water 1 to 12 months earlier.

    The season joins them where nothing else is known beyond the issue time.
    """
    columns = {} if inputs.weather_ahead else _season(prepared, series)
    training = prepared.inside("train")
    if "head" in inputs.past_of:
        columns["head"] = carry_forward(standardise(prepared.heads[series], training)[0])
    if "surface_water" in inputs.past_of:
        level = standardise(prepared.surface_water[[inputs.gauge]], training)[0]
        water = _with_lags({"surface_water": carry_forward(level)}, prepared)
        columns |= _for_every(water, prepared, series)
    return columns


def _with_lags(columns: dict[str, pd.DataFrame], prepared: Prepared) -> dict[str, pd.DataFrame]:
    """Add surface water 1 to 12 months earlier to the gauge's columns."""
    steps = {f"surface_water_lag_{n}": prepared.steps_in_months(n) for n in MONTHLY_LAGS}
    level = columns["surface_water"]
    return columns | {name: level.shift(lag).fillna(0.0) for name, lag in steps.items()}


def _for_every(
    columns: dict[str, pd.DataFrame], prepared: Prepared, series: list[str]
) -> dict[str, pd.DataFrame]:
    """Repeat a gauge's columns, each (time, 1), for every window."""
    return {name: repeat_for(x.iloc[:, 0], prepared, series) for name, x in columns.items()}


def repeat_for(values: np.ndarray, prepared: Prepared, series: list[str]) -> pd.DataFrame:
    """Repeat one series for every window: (time,) → (time, series)."""
    wide = np.repeat(np.asarray(values)[:, None], len(series), axis=1)
    return pd.DataFrame(wide, index=prepared.time, columns=series)


def _weather(prepared: Prepared, inputs: Inputs, series: list[str]) -> dict[str, pd.DataFrame]:
    """The weather of a window's well, and of its gauge's catchment where that differs."""
    places = {"": [prepared.weather_of_well(well) for well in series]} if inputs.by_well else {}
    if inputs.gauge is not None:
        catchment = prepared.weather_of_gauge(inputs.gauge)
        of_wells = {id(frame): frame for frame in places.get("", [])}.values()
        if not of_wells or not all(catchment.equals(frame) for frame in of_wells):
            places["catchment_" if of_wells else ""] = [catchment] * len(series)
    columns = {}
    for prefix, frames in places.items():
        for name in frames[0].columns:
            # thousands of wells may share one series: each is standardised once
            wide = pd.DataFrame({id(frame): frame[name] for frame in frames})
            if name == "precipitation" and not inputs.printed:
                wide = np.log1p(wide.clip(lower=0))
            each = standardise(wide, prepared.inside("train"))[0].fillna(0.0)
            each = each[[id(frame) for frame in frames]]
            columns[prefix + name] = each.set_axis(series, axis=1)
    return columns


def _observed(name: str, prepared: Prepared, values: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """An observed series carried over its gaps, a flag where it has gaps, and its climatology."""
    scaled = standardise(values, prepared.inside("train"))[0]
    columns = {name: carry_forward(scaled)}
    columns[f"{name}_climatology"] = fit_climatology(scaled, prepared)
    if scaled.isna().to_numpy().any():
        columns[f"{name}_observed"] = scaled.notna().astype(float)
    return columns


def _heads(prepared: Prepared, series: list[str]) -> dict[str, pd.DataFrame]:
    """Past heads as their change from step to step and as departure from the last year's mean.

    After years of pumping a level is outside the range of the training years; these two are not.
    """
    columns = _observed("head", prepared, prepared.heads[series])
    head = columns.pop("head")
    anomaly = head - columns["head_climatology"]
    usual = anomaly.rolling(prepared.steps_per_year, min_periods=1).mean()
    drivers = {"head_change": head.diff().fillna(0.0), "head_departure": anomaly - usual}
    training = prepared.inside("train")
    return {name: standardise(x, training)[0] for name, x in drivers.items()} | columns


def _surface_water(prepared: Prepared, gauge: str, series: list[str]) -> dict[str, pd.DataFrame]:
    """Past surface water at the gauge, 1 to 12 months earlier, and at the gauge upstream of it.

    Of discharge, the logarithm after a hundredth of its training mean is added; stage as it is.
    """
    past = prepared.surface_water
    if prepared.basin.settings.surface_water != "stage":  # floods are rare, and rivers run dry
        mean = past[prepared.inside("train")].mean()
        past = np.log(past.clip(lower=0) + 0.01 * mean.clip(lower=1e-6))
    columns = _with_lags(_observed("surface_water", prepared, past[[gauge]]), prepared)
    upstream = upstream_gauge(prepared, gauge)
    if upstream is not None:
        columns |= _observed("upstream_surface_water", prepared, past[[upstream]])
    return _for_every(columns, prepared, series)


def upstream_gauge(prepared: Prepared, gauge: str) -> str | None:
    """Name the gauge upstream of a gauge, whose past is an input too; None if there is none."""
    upstream = prepared.basin.gauges.get("upstream_gauge_id", pd.Series(dtype=str)).get(gauge)
    return upstream if upstream in prepared.surface_water else None


def is_level(name: str) -> bool:
    """Whether an input is a level of surface water, which differs from year to year."""
    return name in LEVELS or name.startswith("surface_water_lag_")


def is_known(name: str, prepared: Prepared, inputs: Inputs) -> bool:
    """Whether a variable is known beyond the issue time, at every lead time."""
    if name.startswith("season_") or name.endswith("_climatology"):
        return True
    if name.startswith("surface_water_lag_"):
        lag = prepared.steps_in_months(int(name.rsplit("_", 1)[1]))
        return lag >= prepared.basin.settings.lead_times
    return inputs.weather_ahead and name.removesuffix("_observed") not in OBSERVED
