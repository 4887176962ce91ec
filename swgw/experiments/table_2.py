"""The nine experiments of Table 2 and their controls: settings, the search for them, and runs."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import yaml

from swgw.basin.folder import Basin
from swgw.basin.prepare import Prepared
from swgw.basin.settings import load_yaml, shown
from swgw.inputs.panel import make_panel
from swgw.models.run import BOTH, FOLDS, Experiment, Profile, Run, tasks
from swgw.storage import Tell, UserError
from swgw.storage.files import shared, write_text

MODELS = ("GRU", "LSTM", "TFT")
COMMON = ("persistence", "damped persistence", "climatology", "ridge")
BASELINES = {"head": COMMON, "surface_water": (*COMMON, "lumped model")}
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


def widest(tasks: tuple[str, ...]) -> Experiment:
    """Name the transformer that learns all tasks of a basin."""
    return Experiment("TFT", "MT", BOTH) if len(tasks) > 1 else Experiment("TFT", "ST", tasks)


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
    common, own = (settings_files(prepared.basin, kept)[0] for kept in (False, True))
    settings = yaml.safe_load(common.read_text(encoding="utf-8"))
    return _own_settings(own, settings) if own.exists() else settings


def settings_files(basin: Basin, own: bool) -> tuple[Path, Path]:
    """Name the settings and the trials behind them: a basin's own, or those of its time step."""
    if own:
        return basin.path / "settings.yml", basin.path / "tuning.csv"
    common = shared("settings") / f"{basin.settings.step}.yml"
    return common, common.with_suffix(".csv")


def read_trials(basin: Basin) -> pd.DataFrame:
    """Read the trials behind a basin's settings: its own, or those of the common settings.

    Returns
    -------
    DataFrame
        trial, value (best validation loss), state, the settings tried, model; empty where there
        was no search.
    """
    own = any(path.exists() for path in settings_files(basin, own=True))
    _, trials = settings_files(basin, own)
    return pd.read_csv(trials) if trials.exists() else pd.DataFrame()


def _own_settings(path: Path, common: dict[str, dict]) -> dict[str, dict]:
    """Lay a basin's own settings over the common ones, each known and of its type."""
    try:
        found = load_yaml(path)
        assert all(isinstance(values, dict) for values in found.values())
    except (ValueError, AssertionError):
        expected = f"expected {', '.join(MODELS)}, each with settings"
        raise UserError(f"{path}: found no settings by model; {expected}") from None
    settings = {model: dict(values) for model, values in common.items()}
    for model, values in found.items():
        for name, value in values.items():
            known = settings.get(model, {}).get(name)
            high = 0.99 if name == "dropout" else LARGEST_SETTING
            low = int(isinstance(known, int))
            if type(value) is not type(known) or not low <= value <= high:
                expected = "no such setting" if known is None else f"a number such as {known}"
                raise UserError(
                    f"{path}, {model}, {name}: found {shown(value)}; expected {expected}"
                )
            settings[model][name] = value
    return settings


def planned_runs(prepared: Prepared, profile: Profile) -> list[Run]:
    """List the runs of Table 2 and its controls in a basin, the longest first."""
    plan = Plan(prepared, profile)
    possible = [e for e in possible_experiments(prepared) if e.model in profile.models]
    wanted = [e for e in possible if profile.grid or e.variant != "STw"]
    gauge = plan.basin.target_gauge
    runs = [plan.run(e, gauge, seed) for e, seed in product(wanted, profile.seeds)]
    return sorted(runs, key=lambda run: run.cost, reverse=True)


def printed_runs(prepared: Prepared, profile: Profile) -> list[Run]:
    """List the runs of Table 2 with inputs and targets as the paper describes them.

    All have the hidden units of the largest, so that architectures are compared and not sizes.
    """
    runs = [run for run in planned_runs(prepared, profile) if run.experiment in TABLE_2]
    runs.sort(key=lambda run: TABLE_2.index(run.experiment))
    size = max((run.hidden_size for run in runs), default=0)
    return [replace(run, printed=True, level_shift=0.0, hidden_size=size) for run in runs]


def fold_runs(prepared: Prepared, profile: Profile) -> list[Run]:
    """List the runs that forecast the training years block by block, for residuals out of fold.

    One seed and fewer windows: residuals need no more. Profile ``full`` has them of all experiments
    of Table 2, other profiles of the transformer that learns all tasks.
    """
    if not profile.fold_windows:
        return []
    plan = Plan(prepared, replace(profile, windows=profile.fold_windows))
    kept = TABLE_2 if profile.grid else [widest(tasks(prepared))]
    return [
        replace(plan.run(experiment, plan.basin.target_gauge, profile.seeds[0]), fold=fold)
        for experiment, fold in product(possible_experiments(prepared), range(FOLDS))
        if experiment in kept
    ]


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

    def run(self, experiment: Experiment, gauge: str | None, seed: int) -> Run:
        """Put a run of an experiment together."""
        size, settings = self.profile, self.settings[experiment.model]
        if size.hidden_size is not None:
            settings = settings | {"hidden_size": size.hidden_size}
        return Run(
            experiment, gauge, seed, size.windows, size.epochs, size.patience,
            weather_ahead=self.basin.future_forcing == "observed", history=self.basin.history,
            **settings,
        )  # fmt: skip


HIDDEN_SIZES = (16, 32)  # larger ones cost more than the differences between seeds
DROPOUT = (0.0, 0.4)
LEARNING_RATE = (5e-4, 1e-2)
SEARCHED = ("hidden_size", "dropout", "learning_rate")


def tune(study, trials: int, say: Tell) -> Path:
    """Search settings for every model and write them where the next book finds them.

    Parameters
    ----------
    study : Study
        Gives the basin and, by its profile, the training samples of a trial.
    trials : int
        Trials of each model, earlier ones counted in.
    say : callable
        Gets a line for the user for each model.

    Returns
    -------
    Path
        ``settings.yml`` in the basin's folder, with which its next book is made, with the trials
        in ``tuning.csv`` beside it; for an embedded basin the common settings of its step.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    settings, tables = load_settings(study.prepared), []
    for model in MODELS:
        own = [run for run in study.runs if run.experiment.model == model and run.seed == 0]
        run = max(own, key=lambda run: len(run.experiment.targets))  # its settings serve all
        search = _search(study, run, trials, say)
        best = {n: float(f"{v:.3g}") for n, v in search.best_params.items() if n != "hidden_size"}
        settings[model] |= best | {"hidden_size": search.best_params["hidden_size"]}
        rows = [
            {"trial": t.number, "value": t.value, "state": t.state.name.lower()} | t.params
            for t in _finished(search)
        ]
        tables.append(pd.DataFrame(rows).assign(model=model))
    embedded = study.basin.path.parent == shared("basins")  # its settings serve all of its step
    path, trials_file = settings_files(study.basin, own=not embedded)
    write_text(trials_file, pd.concat(tables, ignore_index=True).to_csv(index=False))
    write_text(path, yaml.safe_dump(settings, sort_keys=False))
    return path


def _search(study, run: Run, trials: int, say: Tell):
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    model = run.experiment.model
    journal = study.folder / "tuning" / f"{model}_{study.profile.name}.log"
    journal.parent.mkdir(parents=True, exist_ok=True)
    search = optuna.create_study(
        study_name=model, storage=JournalStorage(JournalFileBackend(str(journal))),
        sampler=optuna.samplers.TPESampler(seed=0), load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=1),
    )  # fmt: skip
    if run.hidden_size in HIDDEN_SIZES:  # the settings in use are the first trial
        own = {name: getattr(run, name) for name in SEARCHED}
        search.enqueue_trial(own, skip_if_exists=True)
    left = max(0, trials - len(_finished(search)))
    say(f"{model}: {left} of {trials} trials to make")
    if left:
        search.optimize(lambda t: _loss(t, study, run), n_trials=left, show_progress_bar=True)
    return search


def _finished(search) -> list:
    """List the trials of a search that ran to their end or were pruned."""
    return [trial for trial in search.get_trials() if trial.state.name in ("COMPLETE", "PRUNED")]


def _loss(trial, study, run: Run) -> float:
    """Train with suggested settings and give the best validation loss."""
    from optuna import TrialPruned

    from swgw.models.fit import learn
    from swgw.models.training import one_thread

    suggested = {
        "hidden_size": trial.suggest_categorical("hidden_size", HIDDEN_SIZES),
        "dropout": trial.suggest_float("dropout", *DROPOUT),
        "learning_rate": trial.suggest_float("learning_rate", *LEARNING_RATE, log=True),
    }
    run, losses = replace(run, **suggested), []

    def report(curve: list[dict]) -> None:
        losses.append(curve[-1]["validation_loss"])
        trial.report(losses[-1], len(losses))
        if trial.should_prune():
            raise TrialPruned

    panel = make_panel(study.prepared, run.inputs(), study.clusters)
    with TemporaryDirectory() as folder, one_thread():
        learn(run, study.prepared, panel, Path(folder), report)
    return min(losses)
