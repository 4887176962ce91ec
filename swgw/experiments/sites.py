"""Sites: gauges that have wells of their own, each a small basin, as replicates of an experiment.

Where every well belongs to a river of its own, one question can be asked many times: at each site
the variants of the transformer are trained on that site's data alone, and the sites are the sample
of a paired test. A site is a gauge with the wells that name it in ``gauge_id`` of ``wells.csv``.
"""

from dataclasses import replace

import pandas as pd

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import MIN_TRAINING_STEPS, usable_wells
from swgw.models.profiles import Profile, evenly

LEAST = 6
"""With five sites a two-sided sign test gives p = 0.06 even where all of them agree."""

SEEDS = 3
SIZES = {"smoke": (128, 1), "quick": (1_280, 4)}
PAPER_SIZE = 12_800, 10
"""Training samples and epochs of a run, by profile: a site has one gauge and a well or two, and a
thousand windows to learn from."""

MOST_SITES = {"smoke": 6, "quick": 8}
"""Sites in small profiles, spread evenly over those that there are; others have them all."""


def find_sites(prepared: Prepared) -> dict[str, list[str]]:
    """List the sites that can be learned and scored: gauge to its wells.

    Parameters
    ----------
    prepared : Prepared
    """
    wells = prepared.basin.wells
    if "gauge_id" not in wells:
        return {}
    usable = _scored(prepared, prepared.heads)
    own = wells.loc[[well for well in usable_wells(prepared) if usable[well]], "gauge_id"]
    gauges = _scored(prepared, prepared.surface_water)
    found = {gauge: list(own.index[own == gauge]) for gauge in gauges.index[gauges]}
    return {gauge: wells for gauge, wells in found.items() if wells}


def chosen_sites(prepared: Prepared, profile: Profile) -> dict[str, list[str]]:
    """List the sites that a profile studies; empty where the basin has too few."""
    found = {} if lack_of_sites(prepared) else find_sites(prepared)
    chosen = evenly(tuple(found), MOST_SITES.get(profile.name, len(found)))
    return {gauge: found[gauge] for gauge in chosen}


def lack_of_sites(prepared: Prepared) -> str:
    """Say in words why a basin has no study of sites; empty where it has."""
    if "gauge_id" not in prepared.basin.wells:
        return "no wells that name a gauge of their own (column `gauge_id` of `wells.csv`)"
    count = len(find_sites(prepared))
    gauges = "1 gauge that is its wells' own" if count == 1 else f"{count} gauges with own wells"
    return "" if count >= LEAST else f"{gauges}, where a test across sites needs {LEAST} or more"


def at_site(prepared: Prepared, gauge: str, wells: list[str]) -> Prepared:
    """Cut a basin to one site: its wells, and its gauge as the target.

    Other gauges stay, since one upstream of the site's may be an input.
    """
    basin = prepared.basin
    settings = replace(basin.settings, target_gauge=gauge)
    digest = f"{basin.digest} at {gauge} with {wells}"
    basin = replace(basin, wells=basin.wells.loc[wells], settings=settings, digest=digest)
    return replace(prepared, basin=basin, heads=prepared.heads[wells])


def site_profile(profile: Profile) -> Profile:
    """Give the size of a study at a site: the transformers alone, fewer training samples."""
    windows, epochs = SIZES.get(profile.name, PAPER_SIZE)
    return replace(
        profile,
        seeds=profile.seeds[:SEEDS],
        windows=windows,
        epochs=epochs,
        patience=epochs,
        fold_windows=0,
        grid=False,
        models=("TFT",),
    )


def _scored(prepared: Prepared, observed: pd.DataFrame) -> pd.Series:
    """Whether each series has enough steps observed to learn and to score (series,)."""
    counts = [observed[prepared.inside(period)].notna().sum() for period in ("train", "test")]
    return pd.concat(counts, axis=1).min(axis=1) >= MIN_TRAINING_STEPS
