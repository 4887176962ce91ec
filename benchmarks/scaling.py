"""Time and memory of every stage with 25, 250 and 2,500 wells; a child process for each."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from case import Case, machine, make_case
from timing import clock
from wells import write_wells

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.basin.settings import basin_folder
from swgw.experiments.baselines import fit_baselines
from swgw.inputs.wells import cluster_wells
from swgw.models.baseline import task_hindcast
from swgw.models.batch import quantile_loss
from swgw.models.interpretation import interpret_run
from swgw.models.training import one_thread, predict, train
from swgw.scores.skill import LEVELS

GIGABYTE = 2**20  # of ru_maxrss, which counts in KiB on Linux


def measure(basin: str, counts: tuple[int, ...], steps: int, repetitions: int) -> dict:
    """Take every number of wells through all stages, in turns: A B C A B C ….

    Parameters
    ----------
    basin : str
        Its wells are multiplied (:mod:`wells`).
    counts : tuple of int
        Numbers of wells.
    steps : int
        Training steps that are timed.
    repetitions : int
        Turns.

    Returns
    -------
    dict
        ``machine`` and, by number of wells, a list of turns: each stage's seconds, windows and
        peak memory so far [GB].
    """
    found = {str(count): [] for count in counts}
    with TemporaryDirectory() as folder:
        for count in counts:
            write_wells(basin_folder(basin), Path(folder) / str(count), count)
        for _ in range(repetitions):
            for count, turns in found.items():
                command = [sys.executable, __file__, f"{folder}/{count}", str(steps)]
                done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
                turns.append(json.loads(done.stdout))
    return {"machine": machine(), "wells": found}


class Stages:
    """Seconds, windows and peak memory of one stage after another."""

    def __init__(self):
        self.found: dict[str, dict[str, float]] = {}
        self.before = clock()

    def end(self, name: str, windows: int) -> None:
        """Close a stage; the clock of the next one starts."""
        wall, cpu = (now - then for now, then in zip(clock(), self.before, strict=True))
        self.found[name] = {
            "seconds": wall,
            "processor_seconds": cpu,
            "windows": windows,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIGABYTE,
        }
        print(name, self.found[name], file=sys.stderr)
        self.before = clock()


def all_stages(folder: Path, steps: int) -> dict:
    """Carry out the stages of a run, as swgw.models.fit does, on a basin's folder."""
    stages = Stages()
    prepared = prepare_basin(load_basin(folder))
    stages.end("loading", 0)
    clusters = cluster_wells(prepared)
    stages.end("clusters", 0)
    with one_thread():
        case = make_case(prepared, clusters)
        stages.end("panel", len(case.panel.series) * len(case.training.issues))
        _train(case, steps, stages)
        _forecast(case, stages)
        interpret_run(case.network(), case.panel, prepared)
        stages.end("interpretation", len(case.panel.series))
    with TemporaryDirectory() as kept:
        fit_baselines(prepared, case.run.gauge, clusters, "test", Path(kept))
    stages.end("references", len(case.panel.series) * len(case.gatherer("test").issues))
    return stages.found


def _train(case: Case, steps: int, stages: Stages) -> None:
    """Two epochs; the second is the one that counts."""
    network, schedule = case.network(), case.schedule(steps, epochs=2)
    issues = case.training.issues, case.validation.issues[:1]
    ends = []

    def on_epoch(curve: list[dict]) -> None:
        ends.append(curve[-1]["windows"])
        stages.end(f"training, epoch {len(ends)}", ends[-1] - ends[0])

    with TemporaryDirectory() as kept:
        checkpoint = Path(kept) / "checkpoint.pt"
        train(network, quantile_loss, case.panel, issues, schedule, checkpoint, on_epoch)


def _forecast(case: Case, stages: Stages) -> None:
    """Forecasts of the test period, arranged as they are written."""
    issues, panel = case.gatherer("test").issues, case.panel
    values = predict(case.network(), panel, issues)
    for i, task in enumerate(panel.targets):
        task_hindcast(
            case.prepared, task, case.run.gauge, panel.series, issues, values[:, :, :, i], LEVELS
        )
    stages.end("hindcast", len(panel.series) * len(issues))


if __name__ == "__main__":
    print(json.dumps(all_stages(Path(sys.argv[1]), int(sys.argv[2]))))
