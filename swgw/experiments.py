"""The nine experiments of the paper's Table 2, their controls, and the runs they take."""

from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import yaml

from swgw.errors import UserError
from swgw.panel import Inputs, usable_wells
from swgw.prepare import Prepared
from swgw.profiles import Profile
from swgw.share import shared

BOTH = ("head", "surface_water")
MODELS = ("GRU", "LSTM", "TFT")
OWN_SETTINGS = "settings.yml"
LARGEST_SETTING = 4096


@dataclass(frozen=True)
class Experiment:
    """A model and what it learns from.

    Attributes
    ----------
    model : str
        "GRU", "LSTM" or "TFT"; the first two follow a convolution.
    arm : str
        "ST" sees the weather and its own task's past, "MT" sees both pasts and learns both tasks,
        "ST+" sees what MT sees and learns one task: it tells information and second task apart.
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

    def inputs(self, gauge: str | None) -> Inputs:
        """What its windows hold at a gauge."""
        past_of = self.targets if self.arm == "ST" else BOTH
        return Inputs(self.targets, past_of, gauge)


TABLE_2 = tuple(
    Experiment(model, arm, targets)
    for arm, targets in (("ST", ("surface_water",)), ("ST", ("head",)), ("MT", BOTH))
    for model in MODELS
)
CONTROLS = tuple(Experiment("TFT", "ST+", (target,)) for target in BOTH)


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
    dropout, learning_rate : float
        See the models and Schedule.
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
    dropout: float
    learning_rate: float

    def settings(self) -> dict:
        """All of it as plain values, for the run folder."""
        return asdict(self)

    @property
    def label(self) -> str:
        """A readable name for its folder."""
        targets = "+".join(self.experiment.targets).replace("surface_water", "water")
        return f"{self.experiment.name}_{targets}_seed{self.seed}"


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
        if set(experiment.inputs(None).past_of) <= present
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
    """List every run that a profile takes in a basin, the longest first."""
    settings = load_settings(prepared)
    if profile.hidden_size is not None:
        settings = {m: s | {"hidden_size": profile.hidden_size} for m, s in settings.items()}
    target_gauge = prepared.basin.settings.target_gauge
    runs = [
        _run(experiment, target_gauge, seed, profile, settings)
        for experiment, seed in product(possible_experiments(prepared), profile.seeds)
    ]
    if profile.other_gauges:
        runs += [
            _run(experiment, gauge, seed, profile, settings)
            for gauge in prepared.surface_water.columns.drop(target_gauge, errors="ignore")
            for experiment, seed in product(possible_experiments(prepared), profile.seeds)
            if experiment.model == "TFT" and "surface_water" in experiment.targets
        ]
    return sorted(runs, key=lambda run: (run.experiment.model != "TFT", run.experiment.arm == "ST"))


def _run(experiment, gauge, seed: int, profile: Profile, settings: dict[str, dict]) -> Run:
    return Run(
        experiment,
        gauge,
        seed,
        profile.windows,
        profile.epochs,
        profile.patience,
        **settings[experiment.model],
    )
