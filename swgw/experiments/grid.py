"""The grid of runs that asks whether a second task helps, where, and what makes it help.

A cell of the grid is a gauge, weather that is known beyond the issue time or not, and pasts of the
targets that are inputs or not. In each cell the arms of the transformer are trained, several seeds
of each; two arms that would see the same inputs there are one run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import Plan
from swgw.inputs.panel import MIN_TRAINING_STEPS
from swgw.inputs.variables import upstream_gauge
from swgw.models.profiles import Profile
from swgw.models.run import BOTH, Experiment, Run, tasks
from swgw.scores.chains import chained
from swgw.storage.files import read_dataset
from swgw.storage.results import Result

MODEL = "TFT"
SEEDS = 3
MOST_GAUGES = 4
ARMS = {"surface_water": ("ST", "STw", "ST+", "MT"), "head": ("ST", "ST+", "MT")}
"""Arms by task, each with one thing more than the one before."""


@dataclass(frozen=True)
class Cell:
    """Where and under which conditions the arms are compared.

    Attributes
    ----------
    gauge : str
    weather_ahead : bool
        Whether the weather beyond the issue time is known.
    history : bool
        Whether the pasts of the targets are inputs.
    """

    gauge: str
    weather_ahead: bool
    history: bool


class Grid:
    """The cells of a basin and the runs of each.

    Parameters
    ----------
    prepared : Prepared
    profile : Profile
        Without ``grid`` there is one cell, that of Table 2: the target gauge, and weather and
        pasts as ``basin.yml`` says.

    Attributes
    ----------
    gauges : tuple of str
        The target gauge, then others that can be learned, at most `MOST_GAUGES` in all; none in
        a basin of one water.
    cells : tuple of Cell
        That of Table 2 first.
    seeds : tuple of int
    """

    def __init__(self, prepared: Prepared, profile: Profile):
        self.prepared, self.plan = prepared, Plan(prepared, profile)
        self.seeds = profile.seeds[:SEEDS]
        settings = prepared.basin.settings
        known, history = settings.future_forcing == "observed", settings.history
        choices = [(known, history)]
        self.gauges = learnable_gauges(prepared) if len(tasks(prepared)) == len(BOTH) else ()
        if profile.grid:
            choices = list(product((known, not known), (history, not history)))
        else:
            self.gauges = self.gauges[:1]
        self.cells = tuple(Cell(gauge, *choice) for gauge in self.gauges for choice in choices)

    def run(self, cell: Cell, arm: str, task: str, seed: int) -> Run:
        """Name the run of an arm; the same run for arms and cells with the same inputs.

        Parameters
        ----------
        cell : Cell
        arm : str
            One of `ARMS` of the task.
        task : str
            "surface_water" or "head"; MT has one run for both.
        seed : int
        """
        if arm == "ST+" and not cell.history:  # no past is seen: the control sees no more
            arm = "STw" if task == "surface_water" else "ST"
        experiment = Experiment(MODEL, arm, BOTH if arm == "MT" else (task,))
        gauge = cell.gauge
        if experiment.targets == ("head",) and arm == "ST":  # sees the gauge's weather alone
            gauge = self._first_with_its_weather(gauge)
        run = self.plan.run(experiment, gauge, seed)
        return replace(run, weather_ahead=cell.weather_ahead, history=cell.history)

    def runs(self, cell: Cell, arm: str, task: str) -> tuple[Run, ...]:
        """List the runs of an arm, one a seed."""
        return tuple(self.run(cell, arm, task, seed) for seed in self.seeds)

    @cached_property
    def all_runs(self) -> tuple[Run, ...]:
        """Every run of the grid, each once; the cell of Table 2 alone is no grid and has none."""
        if len(self.cells) < 2:
            return ()
        found = [
            run
            for cell, (task, arms) in product(self.cells, ARMS.items())
            for arm in arms
            for run in self.runs(cell, arm, task)
        ]
        return tuple(dict.fromkeys(found))

    def pairs(self) -> list[tuple[str, str]]:
        """List the gauges that lie below another of the grid: (gauge, the one upstream of it)."""
        above = {gauge: upstream_gauge(self.prepared, gauge) for gauge in self.gauges}
        return [(gauge, upper) for gauge, upper in above.items() if upper in self.gauges]

    def _first_with_its_weather(self, gauge: str) -> str:
        own = self.prepared.weather_of_gauge(gauge)
        alike = (g for g in self.gauges if self.prepared.weather_of_gauge(g).equals(own))
        return next(alike)


def learnable_gauges(prepared: Prepared) -> tuple[str, ...]:
    """List gauges with enough observations to learn and to score, the target gauge first.

    Those on the same river come next: the gauge upstream of the target, those right below it.
    """
    target = prepared.basin.settings.target_gauge
    water = prepared.surface_water
    counts = {period: water[prepared.inside(period)].notna().sum() for period in ("train", "test")}
    usable = [
        gauge
        for gauge in water.columns
        if gauge != target and min(count[gauge] for count in counts.values()) >= MIN_TRAINING_STEPS
    ]
    near = {upstream_gauge(prepared, target)}
    near |= {gauge for gauge in usable if upstream_gauge(prepared, gauge) == target}
    return (target, *sorted(usable, key=lambda gauge: gauge not in near))[:MOST_GAUGES]


def chains(folders: Sequence[Result], task: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Read the chained test series of several runs of an arm.

    Parameters
    ----------
    folders : sequence of Result
    task : str

    Returns
    -------
    observed : DataFrame (time, series)
    forecasts : array (seed, time, series)
        In the unit of the observations; see :meth:`swgw.experiments.study.Study.chain`.
    """
    forecasts = []
    for folder in folders:
        hindcast = read_dataset(folder.path / f"{task}.nc")
        observed = chained(hindcast, "observed")
        forecasts.append(chained(hindcast, "forecast").to_numpy())
    return observed, np.stack(forecasts)
