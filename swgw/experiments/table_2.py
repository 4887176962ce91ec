"""The nine experiments of the paper's Table 2, their controls, and the runs they take."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import yaml

from swgw.basin.folder import Basin
from swgw.basin.prepare import Prepared
from swgw.models.run import BOTH, FOLDS, Experiment, Profile, Run, tasks
from swgw.storage.errors import UserError
from swgw.storage.share import shared

MODELS = ("GRU", "LSTM", "TFT")
REFERENCES = ("persistence", "damped persistence", "climatology", "ridge")
OWN_SETTINGS = "settings.yml"
TRIALS = "tuning.csv"
LARGEST_SETTING = 4096

TABLE_2 = tuple(
    Experiment(model, arm, targets)
    for arm, targets in (("ST", ("surface_water",)), ("ST", ("head",)), ("MT", BOTH))
    for model in MODELS
)
CONTROLS = (
    Experiment("TFT", "STw", ("surface_water",)),
    *(Experiment("TFT", "ST+", (target,)) for target in BOTH),
)


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
    possible = [e for e in possible_experiments(prepared) if e.model in profile.models]
    pairs = product(possible, profile.seeds)
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
