"""The runs that show whether a second task helps, where, and what makes it help.

A cell of the grid is a gauge, weather that is known beyond the issue time or not, and past values
of the targets among the inputs or not. In each cell the variants of the transformer are trained,
several seeds of each; two variants with the same inputs there are one run.
"""

from dataclasses import replace
from itertools import product

import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import Plan
from swgw.inputs.panel import MIN_TRAINING_STEPS
from swgw.inputs.variables import upstream_gauge
from swgw.models.profiles import Profile
from swgw.models.run import BOTH, Experiment, Run, tasks

VARIANTS = {"surface_water": ("ST", "STw", "ST+", "MT"), "head": ("ST", "ST+", "MT")}
"""Variants by task, each with one thing more than the one before."""

SEEDS = 3
MOST_GAUGES = 4


def grid_runs(prepared: Prepared, profile: Profile) -> pd.DataFrame:
    """List the runs of the grid.

    Parameters
    ----------
    prepared : Prepared
    profile : Profile
        Without ``grid`` there is one cell, that of Table 2: the target gauge, and weather and past
        values as ``basin.yml`` says.

    Returns
    -------
    DataFrame
        gauge, weather_ahead, history, task, variant, seed, run, upstream (the gauge upstream of
        it, if it is one of the grid): one row a variant of a task and seed, the cell of Table 2
        first. Empty in a basin of one target.
    """
    settings, plan = prepared.basin.settings, Plan(prepared, profile)
    ahead, past = settings.future_forcing == "observed", settings.history
    conditions = list(product((ahead, not ahead), (past, not past)))[: 4 if profile.grid else 1]
    gauges = learnable_gauges(prepared) if len(tasks(prepared)) == len(BOTH) else ()
    gauges = gauges[: MOST_GAUGES if profile.grid else 1]
    upstream = {gauge: upstream_gauge(prepared, gauge) for gauge in gauges}
    alike = {gauge: _first_with_weather_of(prepared, gauge, gauges) for gauge in gauges}

    def run(gauge: str, ahead: bool, past: bool, task: str, variant: str, seed: int) -> Run:
        """Name a run; the same for variants and cells with the same inputs."""
        if variant == "ST+" and not past:  # no past values: the control has the inputs of STw
            variant = "STw" if task == "surface_water" else "ST"
        if (variant, task) == ("ST", "head"):  # the gauge's weather is all it gets of the gauge
            gauge = alike[gauge]
        experiment = Experiment("TFT", variant, BOTH if variant == "MT" else (task,))
        return replace(plan.run(experiment, gauge, seed), weather_ahead=ahead, history=past)

    cells = product(gauges, conditions, VARIANTS.items(), profile.seeds[:SEEDS])
    rows = [
        (gauge, *condition, task, variant, seed, run(gauge, *condition, task, variant, seed))
        for gauge, condition, (task, variants), seed in cells
        for variant in variants
    ]
    columns = ["gauge", "weather_ahead", "history", "task", "variant", "seed", "run"]
    table = pd.DataFrame(rows, columns=columns)
    above = table["gauge"].map(upstream)
    return table.assign(upstream=above.where(above.isin(gauges), None))


def _first_with_weather_of(prepared: Prepared, gauge: str, gauges: tuple[str, ...]) -> str:
    own = prepared.weather_of_gauge(gauge)
    return next(other for other in gauges if prepared.weather_of_gauge(other).equals(own))


def learnable_gauges(prepared: Prepared) -> tuple[str, ...]:
    """List gauges with enough observations to learn and to score, the target gauge first.

    Those on the same river come next: the gauge upstream of the target, those right below it.
    """
    target = prepared.basin.settings.target_gauge
    water = prepared.surface_water
    counts = [water[prepared.inside(period)].notna().sum() for period in ("train", "test")]
    enough = pd.concat(counts, axis=1).min(axis=1) >= MIN_TRAINING_STEPS
    usable = [gauge for gauge in water.columns[enough] if gauge != target]
    near = {upstream_gauge(prepared, target)}
    near |= {gauge for gauge in usable if upstream_gauge(prepared, gauge) == target}
    return (target, *sorted(usable, key=lambda gauge: gauge not in near))[:MOST_GAUGES]
