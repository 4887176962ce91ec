"""Other realisations of a virtual basin: statistics of one basin repeated in ten more.

The same simulator with the same parameters and other seeds gives basins with other weather, another
texture of the aquifer and other failures of loggers. In each, the statistics of
:mod:`swgw.experiments.realisation_statistics` are computed from one seed of each model, trained as
the book's. The seed of a book's own basin may be a choice (that of the embedded one fits published
flow); the seeds of the realisations are the first ten numbers from `FIRST` on.
"""

from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from swgw.basin.folder import load_basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.experiments.realisation_statistics import BASELINE, basin_statistics, model_statistics
from swgw.experiments.table_2 import Plan
from swgw.inputs.wells import fit_som
from swgw.models.profiles import Profile
from swgw.models.run import BOTH, Experiment
from swgw.scores.chains import chain_scores
from swgw.storage.files import read_dataset, write_text
from swgw.storage.results import DONE, ENGINE, Result
from swgw.virtual import Parameters, load_origin
from swgw.virtual.run import run_record
from swgw.virtual.simulate import write_observations

FIRST, COUNT, KIND = 101, 10, "realisations"
FILE = "statistics.csv"
SOURCES = ("experiments/realisation*.py", "scores/*.py", "virtual/*.py", "virtual/tables/*.csv")
VARIANTS = (("ST", ("surface_water",)), ("ST", ("head",)), ("ST+", ("head",)), ("MT", BOTH))
EXPERIMENTS = [Experiment("TFT", *variant) for variant in VARIANTS]


def realisation_results(prepared: Prepared, profile: Profile, root: Path) -> list[Result]:
    """Describe the realisations of a basin: none where this simulator did not make it.

    Parameters
    ----------
    prepared : Prepared
        The book's own basin.
    profile : Profile
        Those without ``grid`` have none.
    root : Path
        Folder of the basin's results.
    """
    origin = load_origin(prepared.basin.path / "truth") if profile.grid else None
    if origin is None:
        return []
    own, parameters = origin
    profile = replace(profile, name=KIND, seeds=profile.seeds[:1], grid=False)
    settings = {"parts": [asdict(part) for part in (parameters, profile, *EXPERIMENTS)]}
    cost = 100_000 + 2 * len(EXPERIMENTS) * profile.windows  # the simulation first
    given = {"settings": settings, "sources": ENGINE + SOURCES, "kind": KIND, "cost": cost}
    seeds = [seed for seed in range(FIRST, FIRST + COUNT + 1) if seed != own][:COUNT]
    return [Result(root / KIND, f"seed{s}", make, (s, parameters, profile), **given) for s in seeds]


def make(seed: int, parameters: Parameters, profile: Profile, folder: Path) -> None:
    """Simulate a basin, train its models and write its statistics; resumes where it stopped."""
    basin = folder / "basin"
    if not (basin / "forcing.csv").exists():  # the last file that is written
        write_observations(basin, *run_record(parameters, seed), seed)
    prepared = prepare_basin(load_basin(basin))
    clusters = fit_som(prepared).clusters
    scores = _train_and_score(prepared, clusters, profile, folder / "runs")
    found = basin_statistics(prepared, clusters) | model_statistics(prepared, clusters, scores)
    write_text(folder / FILE, pd.Series(found, name="value").to_csv(index_label="statistic"))


def _train_and_score(
    prepared: Prepared, clusters: pd.Series, profile: Profile, root: Path
) -> dict[str, pd.DataFrame]:
    """Train what is missing; score each run and the baseline by task and series."""
    from swgw.models.baseline import baseline_hindcasts
    from swgw.models.fit import fit

    gauge, test = prepared.basin.settings.target_gauge, prepared.inside("test")
    found = {}
    for task in BOTH:
        baseline = baseline_hindcasts(prepared, task, gauge, clusters, test)[BASELINE]
        found[task] = [({"model": BASELINE}, baseline)]
    for experiment in EXPERIMENTS:
        run = Plan(prepared, profile).run(experiment, gauge, profile.seeds[0])
        given = (run, prepared, clusters), run.settings(), prepared.basin.digest
        result = Result(root, run.label, fit, *given)
        if not result.is_finished():
            result.fill()
        for task in experiment.targets:
            hindcast = read_dataset(result.path / f"{task}.nc")
            found[task].append(({"model": experiment.name}, hindcast))
    return {task: chain_scores(hindcasts) for task, hindcasts in found.items()}


def read_realisations(prepared: Prepared, profile: Profile, root: Path) -> pd.DataFrame:
    """Read the statistics of all realisations that are finished.

    Returns
    -------
    DataFrame (realisation, statistic)
        By seed; empty where there is none.
    """
    rows = {}
    for result in realisation_results(prepared, profile, root):
        if (result.path / DONE).exists():
            rows[result.args[0]] = pd.read_csv(result.path / FILE, index_col="statistic")["value"]
    return pd.DataFrame(rows).T.rename_axis("realisation")
