"""The recipe, one for all sites: which members there are, and each fit of each as a job.

Members are unlike each other on purpose: trees cannot leave the record's range, response functions
cannot bend, trees on what a response leaves do a little of both, and the network does both but
differs from seed to seed. Every member is fitted once
on all training days and once without each block of them; the forecasts of the blocks, out of fold,
give the members their weights and the intervals their width. Each fit has a folder that is found
again by the same command.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.challenge.response import FLEX, LINEAR, forecast_response
from benchmarks.challenge.site import Site
from swgw.experiments.simulation import WHOLE, block_of, training_days
from swgw.storage.files import digest, write_text
from swgw.storage.jobs import Job
from swgw.storage.results import RunFolder, source_digest, versions

NETWORK, TREES, HYBRID = "network", "trees", "hybrid"
MEMBERS = (NETWORK, TREES, HYBRID, LINEAR, FLEX)
DRAWING = (NETWORK, TREES, HYBRID)
"""Members that differ from seed to seed."""

COSTS = {NETWORK: 10.0, TREES: 1.0, HYBRID: 3.0, LINEAR: 2.0, FLEX: 9.0}
"""What a fit of each takes, in seconds of a processor; for the bar alone."""

FORECAST = "head.csv"
SOURCES = ("site", "trees", "response", "recipe")
"""Modules of this folder that the numbers of a fit depend on."""


@dataclass(frozen=True)
class Fit:
    """One fit of one member.

    Attributes
    ----------
    member : str
        One of :data:`MEMBERS`.
    block : int
        Which block it does not see; :data:`~swgw.experiments.simulation.WHOLE` if it sees all.
    seed : int
        0 for the member that draws nothing.
    """

    member: str
    block: int
    seed: int

    @property
    def label(self) -> str:
        """Name of its folder."""
        part = "whole" if self.block == WHOLE else f"without-{self.block + 1}"
        return f"{self.member}-{part}-{self.seed}"


def fits_of(site: Site, seeds: int) -> list[Fit]:
    """List every fit that the recipe wants.

    Parameters
    ----------
    site : Site
    seeds : int
        Of the members that draw.
    """
    blocks = [WHOLE, *np.unique(block_of(site.heads.index)).tolist()]
    draws = {member: seeds if member in DRAWING else 1 for member in MEMBERS}
    return [Fit(m, block, seed) for m in MEMBERS for block in blocks for seed in range(draws[m])]


def jobs_of(site: Site, fits: list[Fit], folder: Path) -> list[Job]:
    """Describe the fits as jobs, finished or not.

    Parameters
    ----------
    site : Site
    fits : list of Fit
    folder : Path
        Gets a folder for each fit.
    """
    return [
        Job(fit.label, run, perform_fit, (site, fit, run), COSTS[fit.member], kind=fit.member)
        for fit in fits
        for run in [run_folder(site, fit, folder)]
    ]


def run_folder(site: Site, fit: Fit, folder: Path) -> RunFolder:
    """Folder of a fit, named by what its numbers depend on: files, source and libraries."""
    sources = digest(Path(__file__).with_name(f"{name}.py") for name in SOURCES)
    shared = source_digest("experiments/simulation*.py")
    parts = json.dumps([fit.label, site.digest, sources, shared, versions()], sort_keys=True)
    return RunFolder(folder / f"{fit.label}-{hashlib.sha256(parts.encode()).hexdigest()[:12]}")


def perform_fit(site: Site, fit: Fit, folder: RunFolder) -> None:
    """Fit a member and write its forecast of every day: ``head.csv``."""
    folder.start({"member": fit.member, "block": fit.block, "seed": fit.seed}, site.digest)
    seen = training_days(site.heads.index, fit.block)
    found = _forecast(site, fit, seen)
    write_text(folder.path / FORECAST, found.rename("head").to_csv(index_label="day"))
    folder.finish()


def _forecast(site: Site, fit: Fit, seen: np.ndarray) -> pd.Series:
    """Forecast by one member; each has a module, imported where it is needed."""
    if fit.member == NETWORK:
        from swgw.experiments.simulation_network import simulate_head

        return simulate_head(site.heads, site.inputs, seen, fit.seed)
    if fit.member in (LINEAR, FLEX):
        return forecast_response(site, seen, fit.member)
    from benchmarks.challenge import trees

    forecast = trees.forecast_trees if fit.member == TREES else trees.forecast_hybrid
    return forecast(site, seen, fit.seed)


def read_forecast(site: Site, fit: Fit, folder: Path) -> pd.Series:
    """Read the forecast of a finished fit: (day,) [m]."""
    file = run_folder(site, fit, folder).path / FORECAST
    return pd.read_csv(file, index_col="day", parse_dates=["day"])["head"]
