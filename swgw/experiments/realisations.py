"""Other draws of a virtual basin, which tell whether another basin of its kind says the same.

The same simulator with the same parameters and other seeds gives basins with other weather, another
texture of the aquifer and other failures of loggers. In each the statistics of
:mod:`swgw.experiments.realisation_statistics`
are computed, from one seed of each model, trained as the book's. The seed of a book's own basin
may have been chosen, as that of the embedded one was, by how well its flow fits published flow; the
seeds of the draws are the first ten numbers from `FIRST` on, whatever comes out.
"""

from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import pandas as pd

from swgw.basin.folder import load_basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.experiments.realisation_statistics import (
    FLOOR,
    STATISTICS,
    basin_statistics,
    model_statistics,
)
from swgw.experiments.table_2 import Plan
from swgw.inputs.wells import fit_som
from swgw.models.profiles import Profile
from swgw.models.run import BOTH, Experiment, Run
from swgw.scores.chains import chain_scores
from swgw.storage.files import read_dataset, write_text
from swgw.storage.results import ENGINE, Result

FIRST, DRAWS = 101, 10
SEEDS = 1  # the sample is the draws
CLUSTERS = 3
FILE = "statistics.csv"
SOURCES = (
    "experiments/realisation_statistics.py", "experiments/realisations.py",
    "scores/correlation.py", "scores/skill.py", "scores/chains.py",
    "virtual/aquifer.py", "virtual/catchment.py", "virtual/coupled.py", "virtual/domain.py",
    "virtual/observe.py", "virtual/parameters.py", "virtual/places.py", "virtual/river.py",
    "virtual/run.py", "virtual/simulate.py", "virtual/water_use.py", "virtual/weather.py",
)  # fmt: skip
EXPERIMENTS = (
    Experiment("TFT", "ST", ("surface_water",)),
    Experiment("TFT", "ST", ("head",)),
    Experiment("TFT", "ST+", ("head",)),
    Experiment("TFT", "MT", BOTH),
)
SIMULATION_COST = 100_000.0
"""What a simulation takes, in windows presented to a recurrent network."""


@dataclass(frozen=True)
class Draw:
    """Another basin from the same simulator.

    Attributes
    ----------
    seed : int
    parameters : swgw.virtual.Parameters
    profile : Profile
        What its models get: one seed, and the windows of each run.
    """

    seed: int
    parameters: object
    profile: Profile

    def settings(self) -> dict:
        """All that its numbers depend on, as plain values."""
        record = {"seed": self.seed, "parameters": asdict(self.parameters)}
        models = [asdict(experiment) for experiment in EXPERIMENTS]
        return record | {"profile": asdict(self.profile), "models": models}


def plan_draws(prepared: Prepared, profile: Profile) -> list[Draw]:
    """List the draws of a basin: none where it was not made by this simulator.

    Parameters
    ----------
    prepared : Prepared
    profile : Profile
        Those without ``grid`` have no draws.
    """
    from swgw.virtual.origin import load_origin

    origin = load_origin(prepared.basin.path / "truth") if profile.grid else None
    if origin is None:
        return []
    own, parameters = origin
    each = replace(profile, name="draws", seeds=profile.seeds[:SEEDS], grid=False)
    seeds = [seed for seed in range(FIRST, FIRST + DRAWS + 1) if seed != own][:DRAWS]
    return [Draw(seed, parameters, each) for seed in seeds]


def draw_folder(root: Path, draw: Draw) -> Result:
    """Describe a draw: its basin, its runs and its statistics."""
    cost = SIMULATION_COST + 2 * len(EXPERIMENTS) * len(draw.profile.seeds) * draw.profile.windows
    return Result(
        root / "draws",
        f"seed{draw.seed}",
        make_draw,
        (draw,),
        draw.settings(),
        sources=(*ENGINE, *SOURCES),
        label=f"draw {draw.seed}",
        kind="draws",
        cost=cost,
    )


def draw_jobs(prepared: Prepared, profile: Profile, root: Path) -> list[Result]:
    """Describe the work of all draws; each goes on where it stopped.

    Parameters
    ----------
    prepared : Prepared
        The basin whose like are drawn.
    profile : Profile
    root : Path
        Folder of the basin's results.
    """
    return [draw_folder(root, draw) for draw in plan_draws(prepared, profile)]


def make_draw(draw: Draw, folder: Path) -> None:
    """Simulate a basin, train its models and write its statistics, or what is left of it."""
    basin = folder / "basin"
    simulate_observations(basin, draw)
    prepared = prepare_basin(load_basin(basin))
    clusters = fit_som(prepared, CLUSTERS).clusters
    found = basin_statistics(prepared, clusters)
    scores = {
        task: train_and_score(prepared, clusters, draw.profile, folder / "runs", task)
        for task in BOTH
    }
    found |= model_statistics(prepared, clusters, scores)
    table = pd.DataFrame({"statistic": list(STATISTICS), "value": [found[s] for s in STATISTICS]})
    write_text(folder / FILE, table.to_csv(index=False))


def simulate_observations(folder: Path, draw: Draw) -> None:
    """Write a drawn basin's folder without a truth, which takes as long again; keep one there."""
    from swgw.virtual import observe
    from swgw.virtual.run import END, FIRST, make_outside, run_record
    from swgw.virtual.simulate import start, write_observations

    if (folder / "forcing.csv").exists():  # the last file that is written
        return
    outside = make_outside(draw.parameters, draw.seed)
    coupled, state, rng = start(draw.parameters, outside, draw.seed)
    days = pd.date_range(FIRST, END, name="time")
    cells = observe.cells_of_wells(coupled.domain)
    record = run_record(coupled, outside, state, days, rng, cells)
    write_observations(folder, coupled, outside, record, draw.seed)


def drawn_runs(prepared: Prepared, profile: Profile) -> list[Run]:
    """List the runs of a drawn basin."""
    plan, gauge = Plan(prepared, profile), prepared.basin.settings.target_gauge
    return [plan.run(e, gauge, seed) for e, seed in product(EXPERIMENTS, profile.seeds)]


def train_and_score(
    prepared: Prepared, clusters: pd.Series, profile: Profile, root: Path, task: str
) -> pd.DataFrame:
    """Train what is missing and score a task on the chained test series.

    Returns
    -------
    DataFrame
        model, seed, series and scores of each run and of damped persistence (seed −1).
    """
    from swgw.models.baseline import reference_hindcasts
    from swgw.models.fit import fit

    gauge, test = prepared.basin.settings.target_gauge, prepared.inside("test")
    floor = reference_hindcasts(prepared, task, gauge, clusters, test)[FLOOR]
    found = [({"model": FLOOR, "seed": -1}, floor)]
    for run in drawn_runs(prepared, profile):
        if task not in run.experiment.targets:
            continue
        settings, data = run.settings(), prepared.basin.digest
        result = Result(root, run.label, fit, (run, prepared, clusters), settings, data)
        if not result.is_finished():
            result.fill()
        who = {"model": run.experiment.name, "seed": run.seed}
        found.append((who, read_dataset(result.path / f"{task}.nc")))
    return chain_scores(found)


def read_draws(prepared: Prepared, profile: Profile, root: Path) -> pd.DataFrame:
    """Read the statistics of all draws that are finished.

    Returns
    -------
    DataFrame (draw, statistic)
        Empty where there is none.
    """
    rows = {}
    for draw in plan_draws(prepared, profile):
        path = draw_folder(root, draw).path
        if (path / "done.json").exists():
            rows[draw.seed] = pd.read_csv(path / FILE, index_col="statistic")["value"]
    return pd.DataFrame(rows).T.reindex(columns=list(STATISTICS))
