"""Whether ten times the windows would forecast better: skill on the test years, by model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from case import machine

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.study import Study
from swgw.experiments.work import do_missing
from swgw.models.profiles import get_profile
from swgw.models.run import Run
from swgw.pages.simulations import block
from swgw.scores.bootstrap import Interval
from swgw.scores.contrasts import contrast, drawn_scores
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
    do_missing([study.run_folder(run) for run in dict.fromkeys(every)], workers)
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
    length, scores, blocks = block(study), [], 1
    for runs in (longer, book):
        observed, forecasts = study.chains_of(runs, task)
        scores.append(drawn_scores(observed, forecasts, length))
        blocks = max(1, len(observed) // length)
    difference = contrast([(1, scores[0]), (-1, scores[1])], blocks, task == "head")
    arms = {"longer": (scores[0], longer), "book": (scores[1], book)}
    return {"difference": _plain(difference)} | {
        arm: {
            "nse": np.median(drawn[0], axis=-1).round(4).tolist(),
            "processor_seconds": float(np.median([_seconds(study, run) for run in runs])),
        }
        for arm, (drawn, runs) in arms.items()
    }


def _seconds(study: Study, run: Run) -> float:
    return sum(cpu for _, cpu in read_seconds(study.run_folder(run).path).values())


def _plain(found: Interval) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}
