"""The jobs of a study that probe its transformer, and where each leaves what it found."""

from pathlib import Path

import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.models.run import Run
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import ENGINE, Result

FILE = "probe.nc"
NEEDS, SHUFFLED = "needs", "shuffled"
SOURCES = (
    "attribution/groups.py",
    "attribution/past.py",
    "attribution/permutation.py",
    "attribution/weights.py",
)
SMALL = 9_600
"""Windows presented to a network trained on shuffled inputs, at most: it has nothing to learn."""


def probed_runs(study) -> list[Run]:
    """List the runs that the pages read, one a seed: MT-TFT, or ST-TFT where there is one task."""
    task = "head" if "head" in study.tasks else "surface_water"
    for name in ("MT-TFT", "ST-TFT"):
        runs = [r for r in study.runs if r.experiment.name == name and task in r.experiment.targets]
        if runs:
            return sorted(runs, key=lambda run: run.seed)
    return []


def lack(study) -> str:
    """Say in words why a study has no probes; empty where it has."""
    return (
        "not asked of its models in the smallest profile" if study.profile.name == "smoke" else ""
    )


def probe_results(study) -> list[Result]:
    """List what is kept: what each network needs, and its twin trained on shuffled inputs."""
    if lack(study):
        return []
    return [probe(study, run, kind) for run in probed_runs(study) for kind in (NEEDS, SHUFFLED)]


def probe(study, run: Run, kind: str) -> Result:
    """Describe what is found about a run: "needs" or "shuffled"."""
    args, parts, after = (run, study.prepared, study.clusters), 0, False
    if kind == NEEDS:
        make, name, cost, after = ask_needs, "importance", 20_000.0, True
        args += (study.run_folder(run).path,)
    else:
        make, name, parts = train_shuffled, "shuffled inputs", run.epochs
        cost = 2.0 * min(run.windows, SMALL)
    settings = {"probe": kind, "run": run.settings(), "small": SMALL}
    return Result(
        study.folder / "runs",
        f"probe_{kind}_seed{run.seed}",
        make,
        args,
        settings,
        study.basin.digest,
        (*ENGINE, *SOURCES),
        f"{name}, seed {run.seed}",
        name,
        cost,
        parts,
        after,
    )


def read_probe(study, seed: int, kind: str) -> xr.Dataset:
    """Read what a job found about the network of a seed.

    Parameters
    ----------
    study : Study
    seed : int
    kind : str
        "needs": what :func:`swgw.attribution.permutation.permutation_importance`,
        :func:`swgw.attribution.past.importance_of_past` and
        :func:`swgw.attribution.weights.read_weights`
        give; "shuffled": the weights of its twin.
    """
    run = next(run for run in probed_runs(study) if run.seed == seed)
    return read_dataset(probe(study, run, kind).path / FILE)


def ask_needs(
    run: Run, prepared: Prepared, clusters: pd.Series | None, of: Path, folder: Path
) -> None:
    """Ask a trained network what it needs; its run must be finished."""
    from swgw.attribution.past import importance_of_past
    from swgw.attribution.permutation import permutation_importance
    from swgw.attribution.weights import read_weights
    from swgw.inputs.panel import make_panel
    from swgw.models.fit import make_network
    from swgw.models.training import load_checkpoint, one_thread

    panel = make_panel(prepared, run.inputs(), clusters)
    network = make_network(run, panel)
    network.load_state_dict(load_checkpoint(of / "checkpoint.pt")["best"])
    with one_thread():
        found = permutation_importance(network, panel, prepared, run.seed)
        found = found.merge(read_weights(network, panel, prepared))
        found = found.merge(importance_of_past(network, panel, prepared, run.seed))
    write_dataset(found, folder / FILE)


def train_shuffled(run: Run, prepared: Prepared, clusters: pd.Series | None, folder: Path) -> None:
    """Train a run's twin on shuffled inputs and read its weights."""
    from swgw.attribution.weights import train_on_shuffled
    from swgw.inputs.panel import make_panel

    panel = make_panel(prepared, run.inputs(), clusters)
    small = min(run.windows, SMALL)
    found = train_on_shuffled(run, prepared, panel, folder, small)
    write_dataset(found, folder / FILE)
