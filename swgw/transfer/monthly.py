"""Monthly samples of a basin, and how much each profile trains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
import yaml

from swgw.basin.folder import Basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.basin.settings import PERIODS
from swgw.inputs.panel import Panel, ahead, issue_steps, make_panel, usable_wells
from swgw.inputs.variables import Inputs, standardise
from swgw.models.run import Profile
from swgw.scores.skill import mean_known

MEAN = "mean of the wells"
LEFT_OUT = "TL-LSTM, well left out"
APPROACHES = (
    *("IT-LSTM", "TL-LSTM", LEFT_OUT, "SVR", "random forest"),
    *("persistence", "damped persistence", "climatology"),
)
# Stage of the clock: the time to have one model of every well.
DEVELOPMENT = "development"

# First layers that fine-tuning leaves as they are: both LSTM layers.
FROZEN = 2

# Learning rate of fine-tuning over that of pre-training.
FINE_TUNING = 1 / 3

_DATA = yaml.safe_load(Path(__file__).with_name("settings.yml").read_text(encoding="utf-8"))


class Setting(NamedTuple):
    """What tuning chooses for a network; the weight decay is that of AdamW."""

    hidden_size: int
    learning_rate: float
    weight_decay: float


NETWORKS = tuple(Setting(**values) for values in _DATA["networks"])
# Settings of each kind of model; a budget of n trials takes the first n of each.
SUPPORT_VECTORS, FORESTS = _DATA["support_vectors"], _DATA["forests"]


@dataclass(frozen=True)
class Plan:
    """The size of the study; see ``settings.yml``."""

    seeds: tuple[int, ...]
    trials: int
    epochs: int
    patience: int
    trees: int
    samples: int


def plan_of(profile: Profile) -> Plan:
    """Give the plan of a profile, with the profile's seeds."""
    return Plan(profile.seeds, **_DATA["profiles"][profile.name])


# Months up to the issue time that every approach uses.
ENCODER_LENGTH = 12

LEAD_TIMES = 1
# Inputs of the book's other models that are left out: the season and a year of past values hold
# the same, and whether a series has gaps must not decide what a network uses.
NOT_INPUTS = ("_climatology", "_observed", "_lag_")


def monthly(basin: Basin) -> Prepared:
    """Aggregate a basin of any time step to months."""
    lengths = {"lead_times": LEAD_TIMES, "encoder_length": ENCODER_LENGTH}
    return prepare_basin(replace(basin, settings=replace(basin.settings, step="MS", **lengths)))


def monthly_windows(prepared: Prepared, groups: Mapping[str, Sequence[str]]) -> xr.Dataset:
    """Cut the monthly heads of wells, and of means of wells, into windows.

    Parameters
    ----------
    prepared : Prepared
        From :func:`monthly`.
    groups : mapping of str to sequence of str
        Wells of each mean, by its name; perhaps none. The means come after the wells.

    Returns
    -------
    Dataset (series, issue_time, step, variable, lead_time)
        ``x`` (series, issue_time, step, variable): standardised inputs, encoder steps and then
        decoder steps, in which what is unknown at the issue time is zero. The others have the
        dimensions (series, issue_time, lead_time). ``y``: departure of the head from damped
        persistence, in units of its own deviation over the training years; NaN where nothing is
        observed. ``unit``: head = damped persistence + unit · y [m]. ``observed`` and three
        baselines, ``persistence`` (the last observation), ``damped persistence`` and
        ``climatology`` [m]. Coordinates: valid_time (issue_time, lead_time), period (issue_time).
    """
    prepared = with_means(prepared, groups)
    panel = make_panel(prepared, _inputs(prepared))
    found = {name: issue_steps(panel, prepared.inside(name)) for name in PERIODS}
    issues = np.concatenate(list(found.values()))
    period = np.repeat(PERIODS, [len(steps) for steps in found.values()])
    steps = ahead(issues, LEAD_TIMES)
    fading = panel.fading[:, None, :, 0] * panel.anchor[:, issues, 0][:, :, None]
    change = panel.target[:, steps, 0] - fading
    unit, scale = _spread(change[:, period == "train"]), panel.scale[:, :1, None]
    heads = prepared.heads[list(panel.series)]
    last = heads.ffill().fillna(heads[prepared.inside("train")].mean()).to_numpy(np.float64).T
    centre = panel.centre[:, steps, 0]
    shown = _shown(panel, prepared)
    at = ("series", "issue_time", "lead_time")
    return xr.Dataset(
        {
            "x": (("series", "issue_time", "step", "variable"), _cut(panel, issues, shown)),
            "y": (at, (change / np.where(unit > 0, unit, 1.0)).astype(np.float32)),
            "damped persistence": (at, centre + scale * fading),
            "unit": (at, np.broadcast_to(scale * unit, change.shape).astype(np.float32)),
            "observed": (at, heads.to_numpy(np.float64).T[:, steps]),
            "climatology": (at, centre.astype(np.float64)),
            "persistence": (at, np.broadcast_to(last[:, issues, None], change.shape)),
        },
        {
            "series": list(panel.series), "issue_time": prepared.time[issues],
            "variable": [panel.variables[i] for i in shown],
            "lead_time": np.arange(1, LEAD_TIMES + 1),
            "valid_time": (at[1:], prepared.time.to_numpy()[steps]),
            "period": ("issue_time", period),
        },
    )  # fmt: skip


def part(windows: xr.Dataset, series: Sequence[str], period: str) -> xr.Dataset:
    """Select the windows of some series in a period: "train", "validation" or "test"."""
    inside = np.flatnonzero(windows["period"] == period)
    return windows.sel(series=list(series)).isel(issue_time=inside)


def with_means(prepared: Prepared, groups: Mapping[str, Sequence[str]]) -> Prepared:
    """Keep the usable wells and add means of wells as further wells, without attributes.

    Heads are standardised before they are averaged: wells differ by metres, and a mean of levels
    would jump whenever one of them has a gap.

    Parameters
    ----------
    prepared : Prepared
    groups : mapping of str to sequence of str
        Wells of each mean, by its name.
    """
    wells = usable_wells(prepared)
    standardised = standardise(prepared.heads[wells], prepared.inside("train"))[0]
    means = {name: standardised[list(members)].mean(axis=1) for name, members in groups.items()}
    places = {
        f"well:{name}": _mean_weather([prepared.weather_of_well(well) for well in members])
        for name, members in groups.items()
    }
    heads = pd.concat([prepared.heads[wells], pd.DataFrame(means, index=prepared.time)], axis=1)
    bare = replace(prepared.basin, wells=pd.DataFrame(index=heads.columns))
    return replace(prepared, basin=bare, heads=heads, weather=prepared.weather | places)


def _mean_weather(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Average the weather of some wells (time, variable); exact where it is the same."""
    first = frames[0]
    return first if all(first.equals(frame) for frame in frames) else sum(frames) / len(frames)


def _inputs(prepared: Prepared) -> Inputs:
    settings = prepared.basin.settings
    past = ("head", "surface_water") if settings.target_gauge is not None else ("head",)
    ahead = settings.future_forcing == "observed"
    return Inputs(("head",), past if settings.history else (), settings.target_gauge, True, ahead)


def _shown(panel: Panel, prepared: Prepared) -> list[int]:
    """List the positions of the inputs that are used.

    The catchment's weather is left out where it is only the mean over the wells' rain gauges: it
    would bring the well that is left out of a mean back in.
    """
    settings, weather = prepared.basin.settings, prepared.weather
    own = weather.keys() & {"basin", f"gauge:{settings.target_gauge}"}
    measured = {f"catchment_{name}" for place in own for name in weather[place].columns}
    return [
        i for i, name in enumerate(panel.variables)
        if not any(word in name for word in NOT_INPUTS)
        and (name in measured or not name.startswith("catchment_"))
    ]  # fmt: skip


def _cut(panel: Panel, issues: np.ndarray, shown: list[int]) -> np.ndarray:
    """Gather encoder and decoder steps: array (series, issue_time, step, variable)."""
    offsets = np.arange(1 - panel.encoder_length, panel.lead_times + 1)
    x = panel.values[:, issues[:, None] + offsets][..., shown]
    x[:, :, panel.encoder_length :, ~panel.known[shown]] = 0.0
    return x


def _spread(change: np.ndarray) -> np.ndarray:
    """Deviation over the training years (series, 1, lead_time); 0 for a constant series."""
    spread = np.sqrt(mean_known(change**2, axis=1, keepdims=True))
    return np.where(spread > 1e-6, spread, 0.0)
