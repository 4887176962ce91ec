"""A search for settings, and a trained network that is fine-tuned to another basin."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import optuna
import pandas as pd
import xarray as xr
import yaml
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from swgw.experiments.study import Study, open_study
from swgw.experiments.table_2 import MODELS, load_settings, tuning_files
from swgw.inputs.panel import Panel, issue_steps, make_panel
from swgw.models.baseline import baseline_hindcasts, task_hindcast
from swgw.models.batch import QUANTILE_LEVELS
from swgw.models.fit import learn, make_network
from swgw.models.run import Experiment, Run
from swgw.models.training import load_checkpoint, one_thread, predict
from swgw.scores.chains import chain_scores
from swgw.storage.errors import UserError
from swgw.storage.files import digest, write_dataset, write_text
from swgw.storage.results import Result

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


SLOWER, FEWER = 0.1, 0.2
"""Learning rate and training samples of fine-tuning over those of the run."""

INPUT = r"tft\.(?:(\w+)_variable_selection\.prescalers|input_embeddings\.embeddings)\.(.+)\.weight"
"""Names of weights that tell the inputs of a network: the place (none for classes), the input."""


def transfer_run(
    from_run: Path, folder: str | Path, output: Path, say: Callable[[str], None]
) -> pd.DataFrame:
    """Fine-tune the network of a run to the basin of a folder.

    Parameters
    ----------
    from_run : Path
        Run folder of a TFT, as ``swgw book`` leaves them in ``<output>/<basin>/runs``.
    folder : str or Path
        The new basin.
    output : Path
        Gets ``<basin>/runs/transferred_…`` with checkpoint, hindcasts and ``scores.csv``.
    say : callable
        Gets a line before the training.

    Returns
    -------
    DataFrame
        model ("as it was", "fine-tuned", baselines), task, series, nse, r2, rmse, n.

    Raises
    ------
    UserError
        Where the folder holds no finished TFT, or where it does not fit the basin.
    """
    run, weights, needed = read_run(Path(from_run))
    study = open_study(folder, output=output, train=False)
    windows, rate = max(1, round(run.windows * FEWER)), run.learning_rate * SLOWER
    run = replace(run, gauge=study.gauge, windows=windows, learning_rate=rate)
    panel = make_panel(study.prepared, run.inputs(), study.clusters)
    lengths = study.prepared.steps_per_year, panel.encoder_length, panel.lead_times
    found = _signature(panel.targets, lengths, make_network(run, panel).state_dict())
    if needed != found:
        more = ", ".join(x for x in found if x not in needed) or "nothing more"
        lacking = ", ".join(x for x in needed if x not in found) or "the same in another order"
        text = f"found {more}; expected {lacking}"
        raise UserError(f"the network of {from_run} does not fit {folder}: {text}")
    record = run.settings() | {"from": digest([Path(from_run) / "checkpoint.pt"])}
    args, data = (run, weights, study, panel), study.basin.digest
    name = f"transferred_{run.label}"
    result = Result(study.folder / "runs", name, _fine_tune, args, record, data)
    if not result.is_finished():
        say(f"Fine-tuning {run.experiment.name} in {result.path}")
        result.fill()
    return pd.read_csv(result.path / "scores.csv", dtype={"series": str})


def read_run(folder: Path) -> tuple[Run, dict, list[str]]:
    """Read a run folder: the run, its best weights, and what a basin must have for it."""
    try:
        record = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["settings"]
        experiment = record.pop("experiment")
        targets = tuple(experiment.pop("targets"))
        run = Run(Experiment(**experiment, targets=targets), **record)
        with xr.open_dataset(folder / f"{targets[0]}.nc") as hindcast:
            days = np.median(np.diff(hindcast["issue_time"]) / np.timedelta64(1, "D"))
        with xr.open_dataset(folder / "interpretation.nc") as found:
            lengths = round(365.25 / days), found.sizes["encoder_step"], found.sizes["lead_time"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{folder}: found {type(error).__name__}: {error}; expected the folder of a finished "
            "TFT run made by this version, as in _build/<basin>/runs/MT-TFT_…"
        ) from error
    weights = load_checkpoint(folder / "checkpoint.pt")["best"]
    return run, weights, _signature(targets, lengths, weights)


def _signature(targets: tuple[str, ...], lengths: tuple[int, int, int], weights) -> list[str]:
    """List what a network and a basin must have in common, inputs in their order.

    ``lengths`` are the steps per year, those of the encoder and the lead times.
    """
    names = ("{} steps per year", "encoder_length {}", "lead_times {}")
    numbers = [name.format(length) for name, length in zip(names, lengths, strict=True)]
    matches = ((re.fullmatch(INPUT, name), value) for name, value in weights.items())
    inputs = [f"{m[1] or f'{len(value)} classes of'} {m[2]}" for m, value in matches if m]
    return [*(f"target {target}" for target in targets), *numbers, *inputs]


def _fine_tune(run: Run, weights: dict, study: Study, panel: Panel, folder: Path) -> None:
    """Train on, and write hindcasts of the fine-tuned network and the scores of all."""
    prepared, inside, hindcasts = study.prepared, study.prepared.inside("test"), []
    test = issue_steps(panel, inside)
    with one_thread():
        network = make_network(run, panel)
        network.load_state_dict(weights)
        values = {"as it was": predict(network, panel, test)}
        network = learn(run, prepared, panel, folder, weights=weights)
        values["fine-tuned"] = predict(network, panel, test)
    for i, task in enumerate(panel.targets):
        given = prepared, task, run.gauge, panel.series, test
        found = {m: task_hindcast(*given, v[..., i, :], QUANTILE_LEVELS) for m, v in values.items()}
        write_dataset(found["fine-tuned"], folder / f"{task}.nc")
        found |= baseline_hindcasts(prepared, task, run.gauge, study.clusters, inside)
        hindcasts += [({"model": model, "task": task}, data) for model, data in found.items()]
    table = chain_scores(hindcasts)[["model", "task", "series", "nse", "r2", "rmse", "n"]]
    write_text(folder / "scores.csv", table.to_csv(index=False))
