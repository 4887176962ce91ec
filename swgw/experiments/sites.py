"""Sites: gauges that have wells of their own, each forecast for itself, as replicates.

Where every well belongs to a river of its own, one question can be asked many times over: at each
site the arms of the transformer are trained on that site's data alone, and the sites are the sample
of a paired test. A site is a gauge with the wells that name it in ``gauge_id`` of ``wells.csv``.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.experiments.grid import chains
from swgw.experiments.table_2 import Plan
from swgw.inputs.climatology import fit_climatology
from swgw.inputs.panel import MIN_TRAINING_STEPS, usable_wells
from swgw.models.profiles import Profile, evenly
from swgw.models.run import BOTH, Experiment, Run
from swgw.scores.chains import chained
from swgw.storage.files import read_dataset
from swgw.storage.results import Result

LEAST = 6
"""With five sites a two-sided sign test gives p = 0.06 even where all of them agree."""

ARMS = ("ST", "ST+", "MT")
MODEL = "TFT"
SEEDS = 3
SIZES = {"smoke": (128, 1), "quick": (1_280, 4)}
PAPER_SIZE = 12_800, 10
"""Windows presented and epochs of a run, by profile: a site has a single gauge and a well or two,
and a thousand windows to learn from."""

MOST_SITES = {"smoke": 6, "quick": 8}
"""Sites in small profiles, spread evenly over those that there are; others have them all."""

REFERENCE_COST = 1_000.0


@dataclass(frozen=True)
class Site:
    """A gauge and its wells.

    Attributes
    ----------
    gauge : str
    wells : tuple of str
    """

    gauge: str
    wells: tuple[str, ...]


def find_sites(prepared: Prepared) -> tuple[Site, ...]:
    """List the sites that can be learned and scored, in the order of ``gauges.csv``.

    Parameters
    ----------
    prepared : Prepared
    """
    wells = prepared.basin.wells
    if "gauge_id" not in wells:
        return ()
    usable = _scored(prepared, prepared.heads)
    own = wells.loc[[well for well in usable_wells(prepared) if usable[well]], "gauge_id"]
    gauges = _scored(prepared, prepared.surface_water)
    found = [Site(gauge, tuple(own.index[own == gauge])) for gauge in gauges.index[gauges]]
    return tuple(site for site in found if site.wells)


def _scored(prepared: Prepared, observed: pd.DataFrame) -> pd.Series:
    """Whether each series has enough steps observed to learn and to score (series,)."""
    counts = [observed[prepared.inside(period)].notna().sum() for period in ("train", "test")]
    return pd.concat(counts, axis=1).min(axis=1) >= MIN_TRAINING_STEPS


def lack_of_sites(prepared: Prepared) -> str:
    """Say in words why a basin has no study of sites; empty where it has."""
    if "gauge_id" not in prepared.basin.wells:
        return "no wells that name a gauge of their own (column `gauge_id` of `wells.csv`)"
    count = len(find_sites(prepared))
    gauges = "1 gauge that is its wells' own" if count == 1 else f"{count} gauges with own wells"
    return "" if count >= LEAST else f"{gauges}, where a test across sites needs {LEAST} or more"


def at_site(prepared: Prepared, site: Site) -> Prepared:
    """Cut a basin to one site: its wells, and its gauge as the target.

    Other gauges stay, since one upstream of the site's may be an input.
    """
    basin, wells = prepared.basin, list(site.wells)
    settings = replace(basin.settings, target_gauge=site.gauge)
    basin = replace(basin, wells=basin.wells.loc[wells], settings=settings)
    return replace(prepared, basin=basin, heads=prepared.heads[wells])


@dataclass(frozen=True, eq=False)
class Sites:
    """The sites of a basin, their runs, and what those left.

    Attributes
    ----------
    prepared : Prepared
    profile : Profile
    runs_folder : Path
        Folder of the run folders.
    """

    prepared: Prepared
    profile: Profile
    runs_folder: Path

    @property
    def lack(self) -> str:
        """Why there is nothing to study; empty where there is."""
        return lack_of_sites(self.prepared)

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The sites that are studied."""
        found = () if self.lack else find_sites(self.prepared)
        most = MOST_SITES.get(self.profile.name, len(found))
        return evenly(found, most)

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of each run."""
        return self.profile.seeds[:SEEDS]

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.prepared, self.profile)

    def run(self, site: Site, arm: str, task: str, seed: int) -> Run:
        """Name a run: arm "ST", "ST+" or "MT", which learns both tasks in one run."""
        experiment = Experiment(MODEL, arm, BOTH if arm == "MT" else (task,))
        windows, epochs = SIZES.get(self.profile.name, PAPER_SIZE)
        run = self._plan.run(experiment, site.gauge, seed)
        return replace(run, windows=windows, epochs=epochs, patience=epochs)

    def folder(self, site: Site, run: Run) -> Result:
        """Describe a run at a site."""
        return Result(
            self.runs_folder,
            f"site_{run.label}",
            fit_site,
            (run, self.prepared, site),
            run.settings() | {"wells": site.wells},
            self.prepared.basin.digest,
            label=f"{site.gauge}, {run.label}",
            kind="sites",
            cost=run.cost,
            parts=run.epochs,
        )

    def reference_folder(self, site: Site) -> Result:
        """Describe the baselines of a site."""
        return Result(
            self.runs_folder,
            "site_references",
            fit_site_references,
            (self.prepared, site),
            {"references of a site": site.gauge, "wells": site.wells},
            self.prepared.basin.digest,
            label=f"{site.gauge}, references",
            kind="sites",
            cost=REFERENCE_COST,
        )

    def results(self) -> list[Result]:
        """List the work: the baselines and the runs of every site."""
        found = []
        for site in self.sites:
            found.append(self.reference_folder(site))
            found += [self.folder(site, run) for run in self.runs(site)]
        return found

    def runs(self, site: Site) -> list[Run]:
        """List the runs of a site, each once."""
        each = product(ARMS, BOTH, self.seeds)
        return list(dict.fromkeys(self.run(site, *which) for which in each))

    def chains(self, site: Site, arm: str, task: str) -> tuple[pd.DataFrame, np.ndarray]:
        """Give what was observed and forecast (seed, time, series); see :func:`grid.chains`."""
        runs = [self.run(site, arm, task, seed) for seed in self.seeds]
        return chains([self.folder(site, run) for run in runs], task)

    def reference(self, site: Site, name: str, task: str) -> pd.DataFrame:
        """Give a reference's chained forecasts (time, series)."""
        path = self.reference_folder(site).path / f"{task}_{name}.nc"
        return chained(read_dataset(path), "forecast")


@lru_cache(maxsize=8)
def sites_of(study) -> Sites:
    """Give the sites of a study."""
    return Sites(study.prepared, study.profile, study.folder / "runs")


def fit_site(run: Run, prepared: Prepared, site: Site, folder: Path) -> None:
    """Carry out a run at a site; torch is imported here."""
    from swgw.models.fit import fit

    fit(run, at_site(prepared, site), None, folder, interpret=False)


def fit_site_references(prepared: Prepared, site: Site, folder: Path) -> None:
    """Fit the references of a site."""
    from swgw.models.baseline import fit_references

    fit_references(at_site(prepared, site), site.gauge, None, folder)


def coupling(prepared: Prepared, site: Site) -> dict[str, float]:
    """Correlate each well's head with its river in the training years, the season taken out.

    Returns
    -------
    dict
        Well to Pearson's r of the departures from the day-of-year climatology.
    """
    inside = prepared.inside("train")
    heads, water = prepared.heads[list(site.wells)], prepared.surface_water[[site.gauge]]
    heads = (heads - fit_climatology(heads, prepared))[inside]
    water = (water - fit_climatology(water, prepared))[inside]
    return {well: float(heads[well].corr(water[site.gauge])) for well in site.wells}
