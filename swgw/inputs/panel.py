"""The inputs and targets of an experiment, standardised on the training period; issue steps."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.inputs import variables
from swgw.inputs.variables import Inputs, carry_forward, damping, fit_climatology, standardise
from swgw.scores.skill import mean_known

# Observed steps of a series in a period in which it is learned or scored.
LEAST_STEPS = 10

SMALLEST_CHANGE = 0.02


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
    drifts : bool array (variable,)
        True where it is a level of surface water, which training shifts at random.
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
    typical : float32 array (series, lead_time, target)
        Typical size of that change, see :func:`typical_change`; networks forecast in this unit.
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
    drifts: np.ndarray
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
    typical: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    encoder_length: int
    lead_times: int


def often_observed(prepared: Prepared, table: pd.DataFrame, *periods: str) -> pd.Series:
    """Whether each series of a table (time, series) has enough observations in every period."""
    counts = [table[prepared.inside(period)].notna().sum() for period in periods]
    return pd.concat(counts, axis=1).min(axis=1) >= LEAST_STEPS


def usable_wells(prepared: Prepared) -> list[str]:
    """List the wells observed often enough in the training years to be standardised."""
    return list(prepared.heads.columns[often_observed(prepared, prepared.heads, "train")])


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
    columns = variables.dynamic(prepared, inputs, series)
    targets = [_target(prepared, inputs, series, name) for name in inputs.targets]
    stacked = [np.stack(parts, axis=-1).astype(np.float32) for parts in zip(*targets, strict=True)]
    target, anchor, fading, centre, scale = stacked
    settings = prepared.basin.settings
    panel = Panel(
        tuple(series), prepared.time, tuple(columns),
        np.array([variables.is_known(name, prepared, inputs) for name in columns]),
        np.array([variables.is_level(name) for name in columns]),
        np.stack([frame.to_numpy(np.float32).T for frame in columns.values()], axis=-1),
        *_statics(prepared, series, clusters, inputs.by_well),
        inputs.targets, *(target, anchor, fading),
        typical_change(target, anchor, fading, prepared.inside("train")),
        *(centre, scale, settings.encoder_length, settings.lead_times),
    )  # fmt: skip
    return as_level(panel, prepared.inside("train")) if inputs.printed else panel


def as_level(panel: Panel, training: np.ndarray) -> Panel:
    """Make the target the level itself, standardised over the training years, started from zero."""
    value = panel.centre + panel.scale[:, None] * panel.target  # (series, time, target)
    mean = np.nanmean(value[:, training], axis=1)
    spread = np.nanstd(value[:, training], axis=1)
    spread = np.where(spread > 1e-9, spread, 1.0)
    return replace(
        panel,
        target=((value - mean[:, None]) / spread[:, None]).astype(np.float32),
        centre=np.broadcast_to(mean[:, None], value.shape).astype(np.float32),
        scale=spread.astype(np.float32),
        anchor=np.zeros_like(panel.anchor),
        typical=np.ones_like(panel.typical),
    )


def typical_change(
    target: np.ndarray, anchor: np.ndarray, fading: np.ndarray, training: np.ndarray
) -> np.ndarray:
    """Root mean square over the training years of the change that is to be forecast.

    Some heads change little in a step and others much, and each changes more in six. In this unit
    every series and lead time has the same weight.

    Parameters
    ----------
    target, anchor : array (series, time, target)
    fading : array (series, lead_time, target)
    training : bool array (time,)

    Returns
    -------
    float32 array (series, lead_time, target)
        Standardised; 1 where nothing was observed, and not below 0.02.
    """
    sizes = []
    for k, left in enumerate(np.moveaxis(fading, 1, 0), start=1):
        both = training[:-k] & training[k:]
        change = target[:, k:][:, both] - anchor[:, :-k][:, both] * left[:, None]
        size = np.sqrt(mean_known(change**2, axis=1)).clip(min=SMALLEST_CHANGE)
        sizes.append(np.where(np.isfinite(change).any(axis=1), size, 1.0))
    return np.stack(sizes, axis=1).astype(np.float32)


def _statics(prepared: Prepared, series: list[str], clusters: pd.Series | None, by_well: bool):
    """Static attributes of the wells: numbers standardised over wells, words as classes.

    Returns
    -------
    tuple
        Names of reals and of classes, reals (series, static real), classes (series, static class),
        and the number of each class. All are empty for a gauge.
    """
    wells = prepared.basin.wells.loc[series] if by_well else pd.DataFrame(index=series)
    wells = wells.drop(columns=["longitude", "latitude", "name", "gauge_id"], errors="ignore")
    numbers = wells.select_dtypes("number").dropna(axis=1, how="all")
    filled = {name: column.fillna(column.mean()) for name, column in numbers.items()}
    reals = {
        name: (column - column.mean()) / column.std(ddof=0)
        for name, column in filled.items()
        if column.std(ddof=0) > 1e-9
    }
    words = wells.select_dtypes(["object", "string"]).fillna("").astype(str)
    if by_well and clusters is not None:
        words.insert(0, "cluster", clusters.reindex(series))
    codes = [pd.factorize(words[name], sort=True)[0] for name in words]
    return (
        tuple(reals),
        tuple(words),
        np.array(list(reals.values()), np.float32).reshape(len(reals), len(series)).T,
        np.array(codes, np.int64).reshape(len(codes), len(series)).T,
        tuple(int(code.max()) + 1 for code in codes),
    )


def _target(prepared: Prepared, inputs: Inputs, series: list[str], name: str):
    """Target, anchor, fading, centre and scale of one task; see :class:`Panel`."""
    if name == "head":
        values = prepared.heads[series]
    else:
        values = variables.repeat_for(prepared.surface_water[inputs.gauge], prepared, series)
    training, lead_times = prepared.inside("train"), prepared.basin.settings.lead_times
    centre, scale = fit_climatology(values, prepared), standardise(values, training)[2]
    anomaly = (values - centre) / scale
    anchor = carry_forward(anomaly) * float(name in inputs.past_of)
    fading = [damping(anomaly.to_numpy().T, training, k + 1) for k in range(lead_times)]
    arrays = (anomaly, anchor, np.stack(fading), centre, scale)
    return [np.asarray(array).T for array in arrays]


def issue_steps(lengths, inside: np.ndarray) -> np.ndarray:
    """List the issue steps whose targets are all inside a period.

    Parameters
    ----------
    lengths : Panel or Settings
        Gives encoder_length and lead_times, both in steps.
    inside : bool array (time,)
        Steps of the period; encoders may reach back before it.

    Returns
    -------
    int array (issue_time,)
    """
    whole = np.lib.stride_tricks.sliding_window_view(inside[1:], lengths.lead_times).all(axis=1)
    issues = np.flatnonzero(whole)
    return issues[issues >= lengths.encoder_length - 1]


def ahead(issues: np.ndarray, lead_times: int) -> np.ndarray:
    """Give the steps that are forecast from each issue step: (issue_time, lead_time)."""
    return issues[:, None] + np.arange(1, lead_times + 1)
