"""What a study keeps of a look into its transformer, one result for each seed."""

from pathlib import Path

import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.models.run import Run
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import ENGINE, Result

IMPORTANCE, NULL_MODEL = "importance.nc", "null_model.nc"
SOURCES = tuple(f"attribution/{name}.py" for name in ("attention", "permutation", "weights"))
NULL_WINDOWS = 9_600
"""Training samples of a null model at most: it has nothing to learn."""


def attribution_results(study) -> list[Result]:
    """List the results, by seed: of MT-TFT, or of ST-TFT where there is one task."""
    name = "MT-TFT" if len(study.tasks) == 2 else "ST-TFT"
    runs = [run for run in study.runs if run.experiment.name == name]
    return [_result(study, run) for run in sorted(runs, key=lambda run: run.seed)]


def _result(study, run: Run) -> Result:
    return Result(
        study.folder / "runs",
        f"attribution_seed{run.seed}",
        attribute,
        (run, study.prepared, study.clusters, study.run_folder(run).path),
        {"attribution": run.settings(), "null_windows": NULL_WINDOWS},
        study.basin.digest,
        (*ENGINE, *SOURCES),
        f"attribution, seed {run.seed}",
        "attribution",
        30_000.0,
        run.epochs,
        after=True,
    )


def read_attribution(study, seed: int, file: str) -> xr.Dataset:
    """Read what is kept about the transformer of a seed.

    Parameters
    ----------
    study : Study
    seed : int
    file : str
        ``importance.nc``: what :func:`swgw.attribution.permutation.permutation_importance` and
        :func:`swgw.attribution.weights.mean_weights` give; ``null_model.nc``: the weights of its
        null model.
    """
    return read_dataset(attribution_results(study)[study.seeds.index(seed)].path / file)


def attribute(
    run: Run, prepared: Prepared, clusters: pd.Series | None, of: Path, folder: Path
) -> None:
    """Look into a finished run and train its null model, perhaps in a process of its own.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    clusters : Series (well,) or None
    of : Path
        Folder of the run.
    folder : Path
        Gets both files.
    """
    from swgw.attribution.permutation import permutation_importance
    from swgw.attribution.weights import mean_weights, null_model_weights
    from swgw.inputs.panel import make_panel
    from swgw.models.fit import make_network
    from swgw.models.training import load_checkpoint, one_thread

    panel = make_panel(prepared, run.inputs(), clusters)
    network = make_network(run, panel)
    network.load_state_dict(load_checkpoint(of / "checkpoint.pt")["best"])
    with one_thread():
        found = permutation_importance(network, panel, prepared, run.seed)
        found = found.merge(mean_weights(network, panel, prepared))
    write_dataset(found, folder / IMPORTANCE)
    windows = min(run.windows, NULL_WINDOWS)
    write_dataset(null_model_weights(run, prepared, panel, folder, windows), folder / NULL_MODEL)
