"""The recipe, one for all sites: which members there are, and each fit of each as a job.

Members are unlike each other on purpose: trees cannot leave the record's range, response functions
cannot bend, trees on what a response leaves do a little of both, and the network does both but
differs from seed to seed. Every member is fitted once
on all training days and once without each block of them; the forecasts of the blocks, out of fold,
give the members their weights and the intervals their width. Each fit has a folder that is found
again by the same command.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.challenge.blocks import WHOLE, block_of, training_days
from benchmarks.challenge.response import FLEX, LINEAR, forecast_response
from benchmarks.challenge.site import Site
from swgw.storage.files import digest, write_text
from swgw.storage.results import Result

NETWORK, TREES, HYBRID = "network", "trees", "hybrid"
MEMBERS = (NETWORK, TREES, HYBRID, LINEAR, FLEX)
DRAWING = (NETWORK, TREES, HYBRID)
"""Members that differ from seed to seed."""

COSTS = {NETWORK: 10.0, TREES: 1.0, HYBRID: 3.0, LINEAR: 2.0, FLEX: 9.0}
"""What a fit of each takes, in seconds of a processor; for the bar alone."""

FORECAST = "head.csv"
SOURCES = ("site", "blocks", "network", "trees", "response", "recipe")
"""Modules of this folder that the numbers of a fit depend on."""


@dataclass(frozen=True)
class Fit:
    """One fit of one member.

    Attributes
    ----------
    member : str
        One of :data:`MEMBERS`.
    block : int
        Which block it does not see; :data:`~benchmarks.challenge.blocks.WHOLE` if it sees all.
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


def fit_result(site: Site, fit: Fit, folder: Path) -> Result:
    """Describe a fit, kept in a folder named by files, source and libraries."""
    own = digest(Path(__file__).with_name(f"{name}.py") for name in SOURCES)
    return Result(
        folder,
        fit.label,
        perform_fit,
        (site, fit),
        {"member": fit.member, "source": own},
        site.digest,
        label=fit.label,
        kind=fit.member,
        cost=COSTS[fit.member],
    )


def perform_fit(site: Site, fit: Fit, folder: Path) -> None:
    """Fit a member and write its forecast of every day: ``head.csv``."""
    found = _forecast(site, fit, training_days(site.heads.index, fit.block))
    write_text(folder / FORECAST, found.rename("head").to_csv(index_label="day"))


def _forecast(site: Site, fit: Fit, seen: np.ndarray) -> pd.Series:
    """Forecast by one member; each has a module, imported where it is needed."""
    if fit.member == NETWORK:
        from benchmarks.challenge.network import simulate_head

        return simulate_head(site.heads, site.inputs, seen, fit.seed)
    if fit.member in (LINEAR, FLEX):
        return forecast_response(site, seen, fit.member)
    from benchmarks.challenge import trees

    forecast = trees.forecast_trees if fit.member == TREES else trees.forecast_hybrid
    return forecast(site, seen, fit.seed)


def read_forecast(site: Site, fit: Fit, folder: Path) -> pd.Series:
    """Read the forecast of a finished fit: (day,) [m]."""
    file = fit_result(site, fit, folder).path / FORECAST
    return pd.read_csv(file, index_col="day", parse_dates=["day"])["head"]
