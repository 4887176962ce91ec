"""The nine experiments of the paper's Table 2, their controls, and the runs they take."""

from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from swgw.basin import Basin
from swgw.errors import UserError
from swgw.panel import usable_wells
from swgw.prepare import Prepared
from swgw.profiles import Profile
from swgw.share import shared
from swgw.variables import Inputs

BOTH = ("head", "surface_water")
MODELS = ("GRU", "LSTM", "TFT")
REFERENCES = ("persistence", "damped persistence", "climatology", "ridge")
OWN_SETTINGS = "settings.yml"
TRIALS = "tuning.csv"
LARGEST_SETTING = 4096
FOLDS = 4  # blocks of the training years


@dataclass(frozen=True)
class Experiment:
    """A model and what it learns from.

    Attributes
    ----------
    model : str
        "GRU", "LSTM" or "TFT"; the first two follow a convolution.
    arm : str
        "ST" sees the weather and its own task's past, "MT" sees both pasts and learns both tasks.
        Two controls lie between them: "STw" is ST for surface water on MT's windows, one for each
        well with that well's weather; "ST+" sees all that MT sees and learns one task.
    targets : tuple of str
        "head", "surface_water" or both.
    """

    model: str
    arm: str
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name in the paper's tables, as in MT-TFT."""
        return f"{self.arm}-{self.model}"

    @property
    def past_of(self) -> tuple[str, ...]:
        """Whose past it sees."""
        return self.targets if self.arm in ("ST", "STw") else BOTH

    @property
    def by_well(self) -> bool:
        """Whether its windows belong to wells."""
        return self.arm != "ST" or "head" in self.targets


TABLE_2 = tuple(
    Experiment(model, arm, targets)
    for arm, targets in (("ST", ("surface_water",)), ("ST", ("head",)), ("MT", BOTH))
    for model in MODELS
)
CONTROLS = (
    Experiment("TFT", "STw", ("surface_water",)),
    *(Experiment("TFT", "ST+", (target,)) for target in BOTH),
)


@dataclass(frozen=True)
class Run:
    """One training: an experiment at a gauge with a seed and its settings.

    Attributes
    ----------
    experiment : Experiment
    gauge : str or None
    seed : int
    windows, epochs, patience : int
        See Profile.
    hidden_size, batch_size, per_row, stride, attention_heads : int
    level_shift, dropout, learning_rate : float
        See the models and Schedule.
    weather_ahead : bool
        Whether the weather beyond the issue time is known.
    history : bool
        Whether the pasts of the targets are inputs.
    fold : int or None
        Block of the training years that is kept out of the fit and forecast in the place of the
        test period.
    """

    experiment: Experiment
    gauge: str | None
    seed: int
    windows: int
    epochs: int
    patience: int
    hidden_size: int
    batch_size: int
    per_row: int
    stride: int
    attention_heads: int
    level_shift: float
    dropout: float
    learning_rate: float
    weather_ahead: bool = True
    history: bool = True
    fold: int | None = None

    def inputs(self) -> Inputs:
        """What its windows hold."""
        experiment = self.experiment
        past_of = experiment.past_of if self.history else ()
        by_well, gauge = experiment.by_well, self.gauge
        return Inputs(experiment.targets, past_of, gauge, by_well, self.weather_ahead)

    def settings(self) -> dict:
        """All of it as plain values, for the run folder."""
        return asdict(self)

    @property
    def cost(self) -> int:
        """How long it takes against other runs."""
        return self.windows * (2 if self.experiment.model == "TFT" else 1)

    @property
    def label(self) -> str:
        """A readable name for its folder."""
        targets = "+".join(self.experiment.targets).replace("surface_water", "water")
        fold = "" if self.fold is None else f"_fold{self.fold}"
        return f"{self.experiment.name}_{targets}_seed{self.seed}{fold}"


def tasks(prepared: Prepared) -> tuple[str, ...]:
    """List what the basin lets one forecast: "surface_water", "head" or both."""
    gauge = prepared.basin.settings.target_gauge
    present = ("surface_water",) if gauge is not None else ()
    return present + (("head",) if usable_wells(prepared) else ())


def possible_experiments(prepared: Prepared) -> list[Experiment]:
    """List the experiments, controls included, whose tasks the basin has."""
    present = set(tasks(prepared))
    return [
        experiment
        for experiment in TABLE_2 + CONTROLS
        if set(experiment.past_of) <= present and (not experiment.by_well or "head" in present)
    ]


def load_settings(prepared: Prepared) -> dict[str, dict]:
    """Read the settings of each model: the basin's own, or those committed for its time step.

    Parameters
    ----------
    prepared : Prepared

    Returns
    -------
    dict
        By model: hidden_size, dropout and the like; see :class:`Run`.

    Raises
    ------
    UserError
        Where the basin's own ``settings.yml`` holds something else.
    """
    common = shared("settings") / f"{prepared.basin.settings.step}.yml"
    settings = yaml.safe_load(common.read_text(encoding="utf-8"))
    own = prepared.basin.path / OWN_SETTINGS
    return _own_settings(own, settings) if own.exists() else settings


def tuning_files(basin: Basin) -> tuple[Path, Path]:
    """Say where a search leaves the settings it found and its trials.

    A basin keeps its own; what is found on an embedded basin serves every basin of its step.
    """
    if basin.path.parent == shared("basins"):
        common = shared("settings")
        return common / f"{basin.settings.step}.yml", common / f"{basin.settings.step}.csv"
    return basin.path / OWN_SETTINGS, basin.path / TRIALS


def read_trials(basin: Basin) -> pd.DataFrame:
    """Read the trials behind a basin's settings: its own, or those of the common settings.

    Returns
    -------
    DataFrame
        trial, value (best validation loss), state, the settings tried, model; empty where there
        was no search.
    """
    own = basin.path / TRIALS
    common = shared("settings") / f"{basin.settings.step}.csv"
    path = own if own.exists() or (basin.path / OWN_SETTINGS).exists() else common
    return pd.read_csv(path) if path.exists() else pd.DataFrame()


def _own_settings(path: Path, common: dict[str, dict]) -> dict[str, dict]:
    """Lay a basin's own settings over the common ones, each known and of its type."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
        raise UserError(f"{path}: found no settings by model; expected {', '.join(MODELS)}")
    settings = {model: dict(values) for model, values in common.items()}
    for model, values in found.items():
        for name, value in values.items():
            known = settings.get(model, {}).get(name)
            if type(value) is not type(known) or not 0 <= value <= LARGEST_SETTING:
                expected = "no such setting" if known is None else f"a number such as {known}"
                raise UserError(f"{path}, {model}, {name}: found {value!r}; expected {expected}")
            settings[model][name] = value
    return settings


def planned_runs(prepared: Prepared, profile: Profile) -> list[Run]:
    """List the runs of Table 2 and its controls in a basin, the longest first."""
    plan = Plan(prepared, profile)
    gauge = prepared.basin.settings.target_gauge
    pairs = product(possible_experiments(prepared), profile.seeds)
    runs = [plan.run(experiment, gauge, seed) for experiment, seed in pairs]
    return sorted(runs, key=lambda run: run.cost, reverse=True)


def fold_runs(prepared: Prepared, profile: Profile) -> list[Run]:
    """List the runs that forecast the training years block by block, for residuals out of fold.

    One seed of each experiment of Table 2 and fewer windows: residuals need no more.
    """
    if not profile.fold_windows:
        return []
    plan = Plan(prepared, profile)
    gauge = prepared.basin.settings.target_gauge
    runs = [
        replace(plan.run(experiment, gauge, profile.seeds[0]), fold=fold)
        for experiment, fold in product(possible_experiments(prepared), range(FOLDS))
        if experiment in TABLE_2
    ]
    share = profile.fold_windows / profile.windows
    return [replace(run, windows=round(share * run.windows)) for run in runs]


class Plan:
    """What a basin's runs have in common.

    Parameters
    ----------
    prepared : Prepared
    profile : Profile
    """

    def __init__(self, prepared: Prepared, profile: Profile):
        self.profile, self.basin = profile, prepared.basin.settings
        self.settings = load_settings(prepared)
        if profile.hidden_size is not None:
            small = {"hidden_size": profile.hidden_size}
            self.settings = {model: own | small for model, own in self.settings.items()}

    def run(self, experiment: Experiment, gauge: str | None, seed: int) -> Run:
        """Put a run of an experiment together."""
        size = self.profile
        return Run(
            experiment,
            gauge,
            seed,
            size.windows if experiment.model == "TFT" else size.recurrent_windows,
            size.epochs,
            size.patience,
            **self.settings[experiment.model],
            weather_ahead=self.basin.future_forcing == "observed",
            history=self.basin.history,
        )


def fold_bins(prepared: Prepared, fold: int) -> np.ndarray:
    """Mark the bins (time,) of one of the blocks into which the training years are cut.

    Only bins that a window can be forecast in are counted, so that blocks are alike.
    """
    first = prepared.basin.settings.encoder_length
    steps = np.flatnonzero(prepared.inside("train"))
    block = np.array_split(steps[steps >= first], FOLDS)[fold]
    return np.isin(np.arange(len(prepared.time)), block)
