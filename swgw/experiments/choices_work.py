"""The jobs of the sensitivity study, and how far the headline numbers move in each."""

from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.experiments.choices import Choice, possible
from swgw.experiments.table_2 import Plan
from swgw.models.run import BOTH, Experiment, Run
from swgw.scores import bootstrap
from swgw.scores.bootstrap import Interval
from swgw.scores.chains import chained
from swgw.scores.contrasts import contrast, drawn_scores
from swgw.storage.files import read_dataset
from swgw.storage.results import ENGINE, Result

SEEDS = 2
HEADLINES = {
    "NSE of MT": ("surface_water", False),
    "gain of MT over ST, NSE": ("surface_water", True),
    "R² of MT, heads": ("head", False),
    "gain of MT over ST, R² of heads": ("head", True),
}
"""By label: the task, and whether it is the gain by the second task."""


def lack(study) -> str:
    """Say in words why a study has no sensitivity runs; empty where it has."""
    if len(study.tasks) < len(BOTH):
        return "one water that can be forecast, where the headline numbers need two"
    return "" if study.profile.grid else "no such runs: they belong to profile `full`"


def variants(study) -> list[tuple[str, Run]]:
    """List the runs: (key of the choice, or empty for none, and the run)."""
    small = replace(study.profile, windows=study.profile.fold_windows or study.profile.windows)
    small = replace(small, recurrent_windows=small.windows // 2)
    plan, found = Plan(study.prepared, small), []
    choices = possible(study.prepared)
    families = dict.fromkeys(choice.family for choice in choices)
    bases = [Choice("", "", "", "", family) for family in families]
    for choice in bases + choices:
        for experiment, seed in product(experiments(choice.family), small.seeds[:SEEDS]):
            run = plan.run(experiment, study.gauge, seed)
            found.append((choice.key, replace(run, **_otherwise(choice.key, run))))
    return found


def _otherwise(key: str, run: Run) -> dict:
    """Say which settings of a run a choice changes; most change something else."""
    return {
        "weather": {"weather_ahead": not run.weather_ahead},
        "pasts": {"history": not run.history},
        "fixed": {"level_shift": 0.0},
    }.get(key, {})


def experiments(family: str) -> list[Experiment]:
    """List what is trained for a choice: both tasks at once, and each alone."""
    alone = [Experiment(family, "ST", (task,)) for task in BOTH]
    return [Experiment(family, "MT", BOTH), *alone]


def sensitivity_results(study) -> list[Result]:
    """List the results of the study, finished or not; none outside profile ``full``."""
    return [] if lack(study) else [variant_folder(study, *each) for each in variants(study)]


def variant_folder(study, key: str, run: Run) -> Result:
    """Describe a run with one choice changed."""
    return Result(
        study.folder / "runs",
        f"choice_{key or 'none'}_{run.label}",
        carry_out,
        (key, run, study.prepared, study.clusters),
        {"choice": key, "run": run.settings()},
        study.basin.digest,
        (*ENGINE, "experiments/choices_vary.py"),
        f"choice {key or 'none'}, {run.label}",
        "choices",
        run.cost,
        run.epochs,
    )


def carry_out(key: str, run: Run, prepared, clusters, folder: Path) -> None:
    """Make one variant, perhaps in a process of its own: torch is imported here."""
    from swgw.experiments.choices_vary import make_variant

    make_variant(key, run, prepared, clusters, folder)


@lru_cache(maxsize=256)
def _scores(study, key: str, family: str, arm: str, task: str) -> np.ndarray:
    """Score an arm on the chained test series: array (1 + draw, seed, series)."""
    forecasts, observed = [], None
    for each, run in variants(study):
        same = each == key and run.experiment.model == family and run.experiment.arm == arm
        if same and task in run.experiment.targets:
            found = read_dataset(variant_folder(study, key, run).path / f"{task}.nc")
            forecasts.append(chained(found, "forecast").to_numpy())
            observed = chained(found, "observed").to_numpy()
    score = bootstrap.nse if task == "surface_water" else bootstrap.r2
    block = bootstrap.block_length(study.basin.settings.step)
    return drawn_scores(observed, np.stack(forecasts), block, score=score)


def headline(study, key: str, family: str, label: str) -> Interval:
    """Give a headline number under a choice ("": none changed), with its interval."""
    return _weighed(study, label, [(1, key)], family)


def shift(study, choice: Choice, label: str) -> Interval:
    """Give by how much a headline number moves under a choice, paired on blocks and wells."""
    return _weighed(study, label, [(1, choice.key), (-1, "")], choice.family)


def _weighed(study, label: str, signs: list[tuple[int, str]], family: str) -> Interval:
    task, gain = HEADLINES[label]
    terms = [(s, _scores(study, key, family, "MT", task)) for s, key in signs]
    if gain:
        terms += [(-s, _scores(study, key, family, "ST", task)) for s, key in signs]
    steps = int(study.prepared.inside("test").sum())
    blocks = max(1, steps // bootstrap.block_length(study.basin.settings.step))
    return contrast(terms, blocks, wells=task == "head")


@lru_cache(maxsize=4)
def shifts(study) -> pd.DataFrame:
    """List by how much each headline number moves under each choice.

    Returns
    -------
    DataFrame
        key, what, ours, other, family, headline, base, value (the shift), low, high (90 % interval
        over seeds × blocks, for heads × wells too), seeds.
    """
    rows = []
    for choice, label in product(possible(study.prepared), HEADLINES):
        base = headline(study, "", choice.family, label)
        found = shift(study, choice, label)
        who = (choice.key, choice.what, choice.ours, choice.other, choice.family, label)
        rows.append((*who, base.value, found.value, found.low, found.high, found.draws[0]))
    columns = ["key", "what", "ours", "other", "family", "headline", "base", "value", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "seeds"])
