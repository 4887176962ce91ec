"""What the benchmarks train: the joint transformer of a basin, with the settings of the book."""

import os
import platform
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from swgw import open_study
from swgw.basin.prepare import Prepared
from swgw.experiments.table_2 import planned_runs
from swgw.inputs.panel import Panel, issue_steps, make_panel
from swgw.models.batch import Gatherer
from swgw.models.fit import make_network
from swgw.models.run import Run, get_profile
from swgw.storage.results import source_digest

LIBRARIES = ("torch", "pytorch-forecasting", "lightning", "numpy", "pandas", "swgw")


@dataclass(frozen=True)
class Case:
    """A basin and the run of its MT-TFT.

    Attributes
    ----------
    prepared : Prepared
    panel : Panel
    run : Run
        As profile ``paper`` has it.
    """

    prepared: Prepared
    panel: Panel
    run: Run

    def gatherer(self, period: str) -> Gatherer:
        """The windows of a period."""
        return Gatherer(self.panel, issue_steps(self.panel, self.prepared.inside(period)))

    @cached_property
    def training(self) -> Gatherer:
        """The windows of the training years."""
        return self.gatherer("train")

    @cached_property
    def validation(self) -> Gatherer:
        """The windows of the validation year."""
        return self.gatherer("validation")

    def network(self, seed: int = 0, **changes) -> torch.nn.Module:
        """An untrained network; ``changes`` are settings of the run, such as hidden_size."""
        return make_network(replace(self.run, seed=seed, **changes), self.panel)

    def schedule(self, steps: int, epochs: int = 1, **changes) -> Run:
        """Train for so many steps an epoch, sampling as the run does unless changed."""
        windows = steps * epochs * self.run.batch_size
        given = {"windows": windows, "epochs": epochs, "patience": epochs, "seed": 0}
        return replace(self.run, **(given | changes))


def open_case(basin: str | Path = "heihe") -> Case:
    """Open the case of a basin."""
    study = open_study(basin, "paper", train=False)
    return make_case(study.prepared, study.clusters)


def make_case(prepared: Prepared, clusters: pd.Series | None) -> Case:
    """Make the case of a prepared basin and the clusters of its wells."""
    runs = planned_runs(prepared, get_profile("paper"))
    run = next(run for run in runs if run.experiment.name == "MT-TFT")
    return Case(prepared, make_panel(prepared, run.inputs(), clusters), run)


def machine() -> dict:
    """What a timing depends on beside the code: processor, cores, threads and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
        "engine": source_digest("swgw.models.fit")[:12],
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{platform.machine()}, {names[0]}" if names else platform.machine()


def summary(values) -> dict[str, float]:
    """Median and range of repeated measurements."""
    return {
        "median": float(np.median(values)),
        "lowest": float(np.min(values)),
        "highest": float(np.max(values)),
        "repetitions": len(values),
    }
