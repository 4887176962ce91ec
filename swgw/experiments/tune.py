"""Settings by search (paper, section 2.7): the same number of trials for every model.

A trial is one training of the model's largest experiment, seed 0, judged on the validation period
alone. The search survives interruption: its journal lies beside the runs, and the same command
goes on from the last finished trial.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import optuna
import pandas as pd
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from swgw.experiments.study import Study
from swgw.experiments.table_2 import MODELS, load_settings, tuning_files
from swgw.inputs.panel import make_panel
from swgw.models.run import Run
from swgw.storage.files import write_text

HIDDEN_SIZES = (16, 32)  # larger ones cost more than the differences between seeds
DROPOUT = (0.0, 0.4)
LEARNING_RATE = (5e-4, 1e-2)
SEARCHED = ("hidden_size", "dropout", "learning_rate")
FINISHED = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)


def tune(study: Study, trials: int, say: Callable[[str], None]) -> Path:
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
            for t in search.get_trials(states=FINISHED)
        ]
        tables.append(pd.DataFrame(rows).assign(model=model))
    path, trials_file = tuning_files(study.basin)
    write_text(trials_file, pd.concat(tables, ignore_index=True).to_csv(index=False))
    write_text(path, yaml.safe_dump(settings, sort_keys=False))
    return path


def _search(study: Study, run: Run, trials: int, say: Callable[[str], None]) -> optuna.Study:
    model = run.experiment.model
    journal = study.folder / "tuning" / f"{model}_{study.profile.name}.log"
    journal.parent.mkdir(parents=True, exist_ok=True)
    search = optuna.create_study(
        study_name=model,
        storage=JournalStorage(JournalFileBackend(str(journal))),
        sampler=optuna.samplers.TPESampler(seed=0),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=1),
        load_if_exists=True,
    )
    if run.hidden_size in HIDDEN_SIZES:  # the settings in use are the first trial
        own = {name: getattr(run, name) for name in SEARCHED}
        search.enqueue_trial(own, skip_if_exists=True)
    left = max(0, trials - len(search.get_trials(states=FINISHED)))
    say(f"{model}: {left} of {trials} trials to make")
    if left:
        search.optimize(lambda t: _loss(t, study, run), n_trials=left, show_progress_bar=True)
    return search


def _loss(trial: optuna.Trial, study: Study, run: Run) -> float:
    """Train with suggested settings and give the best validation loss."""
    from swgw.models.fit import learn

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
            raise optuna.TrialPruned

    panel = make_panel(study.prepared, run.inputs(), study.clusters)
    with TemporaryDirectory() as folder:
        learn(run, study.prepared, panel, Path(folder), report)
    return min(losses)
