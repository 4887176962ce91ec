"""Whether ten times the windows would forecast better: skill on the test years, by model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from case import machine

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.hindcasts import side_by_side
from swgw.experiments.study import Study
from swgw.experiments.work import do_missing
from swgw.models.run import Run, get_profile
from swgw.scores.resample import differences
from swgw.scores.skill import nse
from swgw.storage.files import read_dataset
from swgw.storage.results import read_seconds


def measure(
    basin: str, book: Path, profile: str, models: tuple[str, ...], times: int, workers: int
) -> dict:
    """Train each model as the book does and with so many times the windows; both are kept.

    Parameters
    ----------
    basin : str
    book : Path
        Folder of the basin's book; its finished runs are used.
    profile : str
    models : tuple of str
        Such as "MT-TFT".
    times : int
    workers : int

    Returns
    -------
    dict
        ``machine``, ``times``, ``seeds`` and, by model and task, the NSE of each seed with both
        budgets (median over wells), their difference with its 90 % interval, and the processor
        seconds of a run with both.
    """
    study = Study(prepare_basin(load_basin(basin)), get_profile(profile), Path(book))
    arms = {
        f"{model}, {task}": _runs(study, model, task) for model in models for task in study.tasks
    }
    every = [run for runs in arms.values() for run in runs + _longer(runs, times)]
    do_missing([study.result_of(run) for run in dict.fromkeys(every)], workers)
    found = {
        name: _compare(study, runs, _longer(runs, times), name.partition(", ")[2])
        for name, runs in arms.items()
    }
    head = {"machine": machine(), "times": times, "seeds": len(study.profile.seeds)}
    return head | {"models": found}


def _runs(study: Study, model: str, task: str) -> tuple[Run, ...]:
    """List a model's runs of a task, one a seed, at the target gauge."""
    return tuple(
        run
        for run in study.runs
        if run.experiment.name == model
        and task in run.experiment.targets
        and run.gauge in (None, study.gauge)
    )


def _longer(runs: tuple[Run, ...], times: int) -> tuple[Run, ...]:
    return tuple(replace(run, windows=times * run.windows) for run in runs)


def _compare(study: Study, book: tuple[Run, ...], longer: tuple[Run, ...], task: str) -> dict:
    ways, hindcasts = {"longer": longer, "book": book}, {}
    for name, runs in ways.items():
        for run in runs:
            path = study.result_of(run).path / f"{task}.nc"
            hindcasts[name, run.seed] = read_dataset(path)
    obs, sims = side_by_side(task, hindcasts.items())
    frame = pd.DataFrame(obs)
    row = differences(obs, sims, [("longer", "book")], nse, study.block).iloc[0]
    found = {"difference": {name: float(row[name]) for name in ("value", "low", "high")}}
    for name, runs in ways.items():
        each = [_median_nse(frame, sims[name][run.seed]) for run in runs]
        seconds = float(np.median([_seconds(study, run) for run in runs]))
        found[name] = {"nse": each, "processor_seconds": seconds}
    return found


def _median_nse(obs: pd.DataFrame, sim: pd.DataFrame | pd.Series) -> float:
    """NSE, median over series."""
    sim = pd.DataFrame(sim).to_numpy().T
    values = [nse(o, s) for o, s in zip(obs.to_numpy().T, sim, strict=True)]
    return round(float(np.median(values)), 4)


def _seconds(study: Study, run: Run) -> float:
    return sum(cpu for _, cpu in read_seconds(study.result_of(run).path).values())
