"""The recipe, one for all sites: which members there are, and each fit of each as a job.

Members are unlike each other on purpose: trees cannot leave the record's range, a linear response
or a lumped model can, trees on what one of these leaves do a little of both, and the network does
both but differs from seed to seed; it stands alone and with the lumped model's head as an input.
Every member is fitted once on all training days and once without each block of them, and so is the
response or lumped model that it reads. The forecasts of the blocks, out of fold, give the members
their weights and the intervals their width. Each fit has a folder that is found again by the same
command.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.challenge.blocks import WHOLE, block_of, training_days
from benchmarks.challenge.site import Site
from swgw.storage.files import digest, write_text
from swgw.storage.results import Result, source_digest

NETWORK, TREES, HYBRID, LINEAR, LUMPED = "network", "trees", "hybrid", "linear", "lumped"
LUMPED_NETWORK, LUMPED_TREES = "network with lumped", "trees on lumped"
MEMBERS = (NETWORK, LUMPED_NETWORK, TREES, HYBRID, LUMPED, LUMPED_TREES)
READS = {LUMPED_NETWORK: LUMPED, HYBRID: LINEAR, LUMPED_TREES: LUMPED}
"""Whose forecast a member reads, fitted on the same days; the linear response has no vote."""

ONCE = (LINEAR, LUMPED)
"""What draws nothing from the seed."""

COSTS = {NETWORK: 4.0, LUMPED_NETWORK: 4.0, LINEAR: 2.0, LUMPED: 25.0}
"""What a fit of each takes, in seconds of a processor; for the bar alone."""

FORECAST = "head.csv"
SOURCES = ("site", "blocks", "network", "trees", "response", "lumped", "recipe")
"""Modules of this folder that the numbers of a fit depend on."""


@dataclass(frozen=True)
class Fit:
    """One fit of one member.

    Attributes
    ----------
    member : str
        One of :data:`MEMBERS` or what one of them reads.
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
        return f"{self.member.replace(' ', '-')}-{part}-{self.seed}"

    @property
    def base(self) -> "Fit | None":
        """The fit whose forecast it reads: without the same block, so that nothing leaks."""
        return Fit(READS[self.member], self.block, 0) if self.member in READS else None


def fits_of(site: Site, seeds: int) -> list[Fit]:
    """List every fit that the recipe wants.

    Parameters
    ----------
    site : Site
    seeds : int
        Of the members that draw.
    """
    blocks = [WHOLE, *np.unique(block_of(site.heads.index)).tolist()]
    fitted = dict.fromkeys([*MEMBERS, *(READS[m] for m in MEMBERS if m in READS)])
    draws = {member: 1 if member in ONCE else seeds for member in fitted}
    return [Fit(m, block, seed) for m in fitted for block in blocks for seed in range(draws[m])]


def fit_result(site: Site, fit: Fit, folder: Path) -> Result:
    """Describe a fit, kept in a folder named by files, source and libraries."""
    own = digest(Path(__file__).with_name(f"{name}.py") for name in SOURCES)
    own += source_digest("swgw.models.lumped")
    after = fit_result(site, fit.base, folder).path if fit.base else None
    return Result(
        folder,
        fit.label,
        perform_fit,
        (site, fit, after),
        {"member": fit.member, "source": own},
        site.digest,
        label=fit.label,
        kind=fit.member,
        cost=COSTS.get(fit.member, 1.0),
        after=after,
    )


def perform_fit(site: Site, fit: Fit, after: Path | None, folder: Path) -> None:
    """Fit a member, which may read another's folder, and write ``head.csv``, every day's head."""
    base = _read(after) if after else None
    found = _forecast(site, fit, training_days(site.heads.index, fit.block), base)
    write_text(folder / FORECAST, found.rename("head").to_csv(index_label="day"))


def _forecast(site: Site, fit: Fit, seen: np.ndarray, base: pd.Series | None) -> pd.Series:
    """Forecast by one member; each has a module, imported where it is needed."""
    if fit.member in (NETWORK, LUMPED_NETWORK):
        from benchmarks.challenge.network import simulate_head

        inputs = site.inputs if base is None else site.inputs.assign(lumped=base)
        return simulate_head(site.heads, inputs, seen, fit.seed)
    if fit.member == LINEAR:
        from benchmarks.challenge.response import forecast_response

        return forecast_response(site, seen)
    if fit.member == LUMPED:
        from benchmarks.challenge.lumped import forecast_lumped

        return forecast_lumped(site, seen)
    from benchmarks.challenge.trees import forecast_trees

    return forecast_trees(site, seen, fit.seed, base)


def read_forecast(site: Site, fit: Fit, folder: Path) -> pd.Series:
    """Read the forecast of a finished fit: (day,) [m]."""
    return _read(fit_result(site, fit, folder).path)


def _read(folder: Path) -> pd.Series:
    return pd.read_csv(folder / FORECAST, index_col="day", parse_dates=["day"])["head"]
