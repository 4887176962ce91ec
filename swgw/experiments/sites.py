"""Sites that are studied alone, what measured basins gave, and the one list of what one lacks."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import yaml

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import often_observed
from swgw.models.run import Profile, evenly
from swgw.storage.files import DATA
from swgw.transfer import lack_of_transfer

# With five sites a two-sided sign test gives p = 0.06 even where all of them agree.
LEAST = 6

# Periods in which a site's gauge and wells must be observed.
SCORED = ("train", "test")

SEEDS = 3
SIZES = {"smoke": (128, 1), "quick": (640, 4)}
# Training samples and epochs of a run, by profile: a site has one gauge and a well or two, and a
# thousand windows to learn from.
PAPER_SIZE = 6_400, 10

# Sites in small profiles, spread evenly over those that there are; others have them all.
MOST_SITES = {"smoke": 6, "quick": 8}


def find_sites(prepared: Prepared) -> dict[str, list[str]]:
    """List the sites that can be learned and scored: gauge to its wells.

    Parameters
    ----------
    prepared : Prepared
    """
    wells = prepared.basin.wells
    if "gauge_id" not in wells:
        return {}
    own = wells["gauge_id"][often_observed(prepared, prepared.heads, *SCORED)]
    gauges = often_observed(prepared, prepared.surface_water, *SCORED)
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
    prepared = with_target(prepared, gauge)
    digest = f"{prepared.basin.digest} at {gauge} with {wells}"
    basin = replace(prepared.basin, wells=prepared.basin.wells.loc[wells], digest=digest)
    return replace(prepared, basin=basin, heads=prepared.heads[wells])


def with_target(prepared: Prepared, gauge: str) -> Prepared:
    """Make another gauge the target of a basin."""
    basin = prepared.basin
    settings = replace(basin.settings, target_gauge=gauge)
    return replace(prepared, basin=replace(basin, settings=settings))


def site_profile(profile: Profile) -> Profile:
    """Give the size of a study at a site: the transformers alone, fewer training samples."""
    windows, epochs = SIZES.get(profile.name, PAPER_SIZE)
    return replace(profile, seeds=profile.seeds[:SEEDS], windows=windows, epochs=epochs, gauges=1,
                   patience=epochs, fold_windows=0, grid=False, models=("TFT",))  # fmt: skip


def measured(table: str) -> pd.DataFrame:
    """Read what books of measured basins found in profile ``paper``.

    Parameters
    ----------
    table : str
        ``claims``: the verdict on each claim (key), ``ours`` where that verdict is on networks as
        printed, and the number that decides it. ``sites``: the difference in NSE by the second
        task at each site and target (value, low, high), and r, the correlation of heads and river
        without their mean seasons. ``transfer``: NSE of each approach, quartiles over wells.

    Returns
    -------
    DataFrame
        As ``benchmarks/basins.py`` writes it, with the basin, the digest of its data, the number
        of seeds, and the commit that the numbers were made with.
    """
    return pd.read_csv(DATA / "measured" / f"{table}.csv")


WORDS = yaml.safe_load(Path(__file__).with_name("lacking.yml").read_text("utf-8"))
# Needs that state their own reason.
REASONS = {"sites": lack_of_sites, "transfer": lack_of_transfer}


def lacking(study, *needs: str) -> list[str]:
    """List what a basin lacks, one entry for each need that is not met.

    Parameters
    ----------
    study : Study
    *needs : str
        ``gauge``, ``river``, ``truth``, ``clusters``, ``discharge``, ``companion``; ``both``
        targets; ``sites`` that can be studied alone; wells for ``transfer``
        learning; ``wells:3`` and ``gauges:2`` for a minimum number; ``well:slope`` for a column of
        ``wells.csv``; any other word is a variable of ``forcing.csv``, such as ``temperature``.

    Returns
    -------
    list of str
        Each completes the sentence "This basin has …".
    """
    return [words for need in needs if (words := _lack(study, need))]


def _lack(study, need: str) -> str:
    """Say what is lacking for one need; empty where it is met."""
    basin, (kind, _, detail) = study.basin, need.partition(":")
    if kind in WORDS:
        return "" if _has(study, kind) else WORDS[kind]
    if kind in REASONS:
        return REASONS[kind](study.prepared)
    if kind in ("wells", "gauges"):
        count, minimum = len(getattr(basin, kind)), int(detail)
        noun = kind if count != 1 else kind[:-1]
        return "" if count >= minimum else f"{count} {noun} where {minimum} or more are needed"
    table, column = (basin.wells, detail) if kind == "well" else (basin.forcing, kind)
    if column in table and table[column].notna().any():
        return ""
    file = "wells.csv" if kind == "well" else "forcing.csv"
    return f"no {column.replace('_', ' ')} (column `{column}` of `{file}`)"


def _has(study, need: str) -> bool:
    """Whether a study has one of the things in :data:`WORDS`."""
    if need in ("gauge", "truth", "clusters"):
        return getattr(study, need) is not None
    met = {
        "river": study.basin.river is not None,
        "discharge": study.water == "discharge",
        "companion": study.companion,
        "both": len(study.tasks) == 2,
        "folds": len(study.fold_runs) > 0,
    }
    return met[need]
