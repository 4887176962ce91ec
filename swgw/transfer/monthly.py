"""Monthly series of the wells and of means of wells, and the windows that every competitor sees.

A mean of wells is one more series beside the wells: the mean of their standardised heads, with the
mean of their weather. Everything fitted (scales, climatology) is fitted on the training years.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from swgw.basin.folder import Basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.inputs.panel import Panel, make_panel, usable_wells
from swgw.inputs.variables import Inputs, standardise
from swgw.inputs.windows import issue_steps

ENCODER_LENGTH = 12
"""Months before the issue time that every competitor sees."""

LEAD_TIMES = 1
PERIODS = ("train", "validation", "test")
TOO_MUCH = ("_climatology", "_observed", "_lag_")
"""Inputs of the main models that are left out: the season and a year of past say the same, and
whether a series has gaps may not decide what a network sees."""


@dataclass(frozen=True)
class Samples:
    """Windows of every series on one index: the same for all competitors.

    Attributes
    ----------
    series : tuple of str
        Wells and means of wells.
    variables : tuple of str
        Names of the inputs.
    x : float32 array (series, issue_time, step, variable)
        Standardised inputs, encoder steps and then decoder steps, in which what is not known at
        the issue time is zero.
    y : float32 array (series, issue_time, lead_time)
        What is learned: how the head departs from damped persistence, in units of its own
        deviation over the training years; NaN where nothing was observed.
    base, unit : float32 array (series, issue_time, lead_time)
        Undo that: head = base + unit · y [m].
    observed : float64 array (series, issue_time, lead_time)
        Heads [m]; NaN where there is nothing to score.
    last : float64 array (series, issue_time)
        The last observed head at each issue time [m].
    climatology : float64 array (series, issue_time, lead_time)
        [m]
    period : array of str (issue_time,)
        "train", "validation", "test", or empty where targets cross from one to another.
    issue_time, valid_time : datetime64 array (issue_time,), (issue_time, lead_time)
    """

    series: tuple[str, ...]
    variables: tuple[str, ...]
    x: np.ndarray
    y: np.ndarray
    base: np.ndarray
    unit: np.ndarray
    observed: np.ndarray
    last: np.ndarray
    climatology: np.ndarray
    period: np.ndarray
    issue_time: np.ndarray
    valid_time: np.ndarray

    def rows(self, names: Sequence[str]) -> np.ndarray:
        """Positions of series by name (series,)."""
        place = {name: row for row, name in enumerate(self.series)}
        return np.array([place[name] for name in names], int)

    def of(self, names: Sequence[str], period: str) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets (x, y) of some series in a period."""
        rows, inside = self.rows(names)[:, None], np.flatnonzero(self.period == period)
        return self.x[rows, inside], self.y[rows, inside]


def monthly_basin(
    basin: Basin, lead_times: int = LEAD_TIMES, encoder_length: int = ENCODER_LENGTH
) -> Prepared:
    """Aggregate a basin of any step to months.

    Parameters
    ----------
    basin : Basin
    lead_times, encoder_length : int
        In months.
    """
    settings = replace(
        basin.settings, step="MS", lead_times=lead_times, encoder_length=encoder_length
    )
    return prepare_basin(replace(basin, settings=settings))


def with_means(prepared: Prepared, groups: Mapping[str, Sequence[str]]) -> Prepared:
    """Add means of wells as further wells, without attributes.

    Heads are standardised before they are averaged: wells lie metres apart, and a mean of levels
    would jump whenever one of them has a gap.

    Parameters
    ----------
    prepared : Prepared
    groups : mapping of str to sequence of str
        Wells of each mean, by its name.

    Returns
    -------
    Prepared
        With the usable wells and the means [standard deviations] as columns of its heads.
    """
    wells = usable_wells(prepared)
    standardised = standardise(prepared.heads[wells], prepared.inside("train"))[0]
    means = {name: standardised[list(members)].mean(axis=1) for name, members in groups.items()}
    weather = {well: prepared.weather_of_well(well) for well in wells} if groups else {}
    places = {
        f"well:{name}": _mean_weather([weather[well] for well in members])
        for name, members in groups.items()
    }
    heads = pd.concat([prepared.heads[wells], pd.DataFrame(means, index=prepared.time)], axis=1)
    bare = replace(prepared.basin, wells=pd.DataFrame(index=heads.columns))
    return replace(prepared, basin=bare, heads=heads, weather=prepared.weather | places)


def _mean_weather(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Mean of the weather at some wells (time, variable); exact where it is one and the same."""
    first = frames[0]
    return first if all(first.equals(frame) for frame in frames) else sum(frames) / len(frames)


def make_samples(prepared: Prepared) -> Samples:
    """Cut every series of a monthly basin into windows.

    Parameters
    ----------
    prepared : Prepared
        From :func:`monthly_basin`, with or without means.
    """
    settings = prepared.basin.settings
    past = ("head", "surface_water") if settings.target_gauge is not None else ("head",)
    ahead = settings.future_forcing == "observed"
    inputs = Inputs(("head",), past if settings.history else (), settings.target_gauge, True, ahead)
    panel = make_panel(prepared, inputs)
    issues, period = _issues(panel, prepared)
    steps = issues[:, None] + np.arange(1, panel.lead_times + 1)
    fading = panel.fading[:, None, :, 0] * panel.anchor[:, issues, 0][:, :, None]
    change = panel.target[:, steps, 0] - fading
    unit = _spread(change[:, period == "train"])
    scale = panel.scale[:, :1, None]
    heads = prepared.heads[list(panel.series)]
    names, x = _inputs(panel, issues, _shown(panel, prepared))
    return Samples(
        panel.series,
        names,
        x,
        (change / np.where(unit > 0, unit, 1.0)).astype(np.float32),
        panel.centre[:, steps, 0] + scale * fading,
        np.broadcast_to(scale * unit, change.shape).astype(np.float32),
        heads.to_numpy(np.float64).T[:, steps],
        _last(heads, prepared).to_numpy(np.float64).T[:, issues],
        panel.centre[:, steps, 0].astype(np.float64),
        period,
        prepared.time.to_numpy()[issues],
        prepared.time.to_numpy()[steps],
    )


def _issues(panel: Panel, prepared: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Issue steps whose targets lie wholly inside one period, and which."""
    found = {name: issue_steps(panel, prepared.inside(name)) for name in PERIODS}
    issues = np.concatenate(list(found.values()))
    return issues, np.repeat(PERIODS, [len(found[name]) for name in PERIODS])


def _shown(panel: Panel, prepared: Prepared) -> list[int]:
    """Positions of the inputs that networks see.

    The catchment's weather is left out where it is nothing but the mean over the wells' gauges of
    rain: it would bring the well that is left out of a mean back in.
    """
    settings, weather = prepared.basin.settings, prepared.weather
    own = weather.keys() & {"basin", f"gauge:{settings.target_gauge}"}
    measured = {f"catchment_{name}" for place in own for name in weather[place].columns}
    return [
        i
        for i, name in enumerate(panel.variables)
        if not any(part in name for part in TOO_MUCH)
        and (name in measured or not name.startswith("catchment_"))
    ]


def _inputs(
    panel: Panel, issues: np.ndarray, kept: list[int]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Gather encoder and decoder steps: names, and x (series, issue_time, step, variable)."""
    offsets = np.arange(1 - panel.encoder_length, panel.lead_times + 1)
    x = panel.values[:, issues[:, None] + offsets][..., kept]
    x[:, :, panel.encoder_length :, ~panel.known[kept]] = 0.0
    return tuple(panel.variables[i] for i in kept), x


def _spread(change: np.ndarray) -> np.ndarray:
    """Deviation over the training years (series, 1, lead_time); 0 for a series that is constant."""
    known = np.isfinite(change)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    spread = np.sqrt((np.where(known, change, 0.0) ** 2).sum(axis=1, keepdims=True) / count)
    return np.where(spread > 1e-6, spread, 0.0)


def _last(heads: pd.DataFrame, prepared: Prepared) -> pd.DataFrame:
    """The last observation at each step; before the first, the mean of the training years."""
    return heads.ffill().fillna(heads[prepared.inside("train")].mean())
