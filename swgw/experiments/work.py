"""What a study has to compute, as one list of results: baselines, runs, realisations, transfer.

Work that takes long is added to :func:`results_of`. ``swgw book`` does it with the rest, on as many
cores or machines, times it, and ties its results to the book.
"""

import sys
from pathlib import Path

from swgw.experiments.baselines import baselines, limit_of, pastas_parts
from swgw.experiments.realisations import realisation_results
from swgw.experiments.table_2 import widest
from swgw.experiments.variants import alternatives
from swgw.models.run import Run
from swgw.storage import Tell
from swgw.storage.jobs import perform_all
from swgw.storage.results import Result
from swgw.transfer import transfer_work


def results_of(study) -> list[Result]:
    """List the results of a study, finished or not, each once.

    Parameters
    ----------
    study : Study
    """
    periods = ("test", "validation", *(["folds"] if study.fold_runs else []))
    limit, prepared = limit_of(study), study.prepared
    others = map(study.at_gauge, study.grid["gauge"].unique()[1:])
    found = [
        *(baselines(study, period) for period in periods),
        *(baselines(other, period) for other in others for period in ("test", "validation")),
        *pastas_parts(study), *([limit] if limit else []),
        *map(study.result_of, study.all_runs),
        *realisation_results(prepared, study.profile, study.folder),
        *transfer_work(study).values(),
        *map(baselines, study.sites.values()),
        *(site.result_of(run) for site in study.sites.values() for run in site.all_runs),
        *attribution_results(study), *alternatives(study),
    ]  # fmt: skip
    return list({result.path: result for result in found}.values())


def do_missing(
    results: list[Result], workers: int, say: Tell | None = None, scheduler: str = ""
) -> None:
    """Make the results that are not finished yet.

    Parameters
    ----------
    results : list of Result
    workers : int
    say : callable, optional
        Gets lines for the user; standard error by default.
    scheduler : str
        Address of a Dask scheduler; see :func:`swgw.storage.jobs.perform_all`.
    """
    work = [result for result in results if not result.is_finished()]
    if work:
        where = f"on {scheduler}" if scheduler else f"{workers} at a time"
        line = f"{len(work)} of {len(results)} jobs to do, {where}"
        say(line) if say else print(line, file=sys.stderr)
        perform_all(work, workers, scheduler)


def run_result(study, run: Run) -> Result:
    """Give the kept result of a run."""
    args = run, study.prepared, study.clusters, not (study.is_site or run.printed)
    kind = run.experiment.name + ", folds" * (run.fold is not None) + ", as printed" * run.printed
    more = {"label": run.label, "kind": kind, "cost": run.cost, "parts": run.epochs}
    if study.is_site:
        more |= {"label": f"{study.gauge}, {run.label}", "kind": "sites"}
    return study.kept(run.label, "swgw.models.fit:fit", args, run.settings(), **more)


# Series at most whose inputs are permuted, in small profiles and in others.
SERIES, MOST_SERIES = {"smoke": 9, "quick": 9}, 60


def attribution_results(study) -> list[Result]:
    """List the results, by seed: of MT-TFT, or of ST-TFT where there is one task."""
    runs = [run for run in study.runs if run.experiment == widest(study.tasks)]
    return [_result(study, run) for run in sorted(runs, key=lambda run: run.seed)]


def _result(study, run: Run) -> Result:
    of, most = study.result_of(run).path, SERIES.get(study.profile.name, MOST_SERIES)
    args = run, study.prepared, study.clusters, of, most
    made = {"attribution": run.settings(), "series": most}
    more = {"label": f"attribution, seed {run.seed}", "kind": "attribution", "cost": run.cost}
    more |= {"parts": run.epochs, "after": of}
    make = "swgw.attribution.weights:attribute"
    return study.kept(f"attribution_seed{run.seed}", make, args, made, **more)


def attribution_of(study, seed: int) -> Path:
    """Folder of what is kept about the transformer of a seed.

    ``importance.nc`` is what :func:`swgw.attribution.permutation.permutation_importance` and
    :func:`swgw.attribution.weights.mean_weights` give; ``null_model.nc`` has the weights of its
    null model.
    """
    return attribution_results(study)[study.seeds.index(seed)].path
