"""What a basin lacks, in words: the one list behind every note and placeholder of the book."""

from swgw.experiments.simulation import lack_of_simulation
from swgw.experiments.sites import lack_of_sites
from swgw.transfer.results import lack_of_transfer

WORDS = {
    "gauge": "no gauge (`gauges.csv` and `surface_water.csv`)",
    "river": "no course of the river (`river.geojson`)",
    "truth": "no known truth: its observations are measured, not simulated",
    "discharge": "stage instead of discharge",
    "companion": "no numbers of the paper to compare with",
    "both": "only one of the two targets, surface water and heads",
    "folds": "no forecasts of left-out blocks of its training period (profile `quick`)",
    "som": "too few wells, or too short a record, for a self-organising map",
}
REASONS = {"sites": lack_of_sites, "simulation": lack_of_simulation, "transfer": lack_of_transfer}
"""Needs that state their own reason."""


def lacking(study, *needs: str) -> list[str]:
    """List what a basin lacks, one entry for each need that is not met.

    Parameters
    ----------
    study : Study
    *needs : str
        ``gauge``, ``river``, ``truth``, ``som``, ``discharge``, ``companion``; ``both`` targets;
        ``sites`` that can be studied alone; heads for a ``simulation``; wells for ``transfer``
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
    table, column, file = (
        (basin.wells, detail, "wells.csv")
        if kind == "well"
        else (basin.forcing, kind, "forcing.csv")
    )
    known = column in table.columns and bool(table[column].notna().any())
    return "" if known else f"no {column.replace('_', ' ')} (column `{column}` of `{file}`)"


def _has(study, need: str) -> bool:
    """Whether a study has one of the things in :data:`WORDS`."""
    basin = study.basin
    met = {
        "gauge": lambda: len(basin.gauges) > 0,
        "river": lambda: basin.river is not None,
        "truth": lambda: study.truth is not None,
        "discharge": lambda: basin.settings.surface_water == "discharge",
        "companion": lambda: basin.settings.companion == "jing2025",
        "both": lambda: len(study.tasks) == 2,
        "som": lambda: study.som is not None,
        "folds": lambda: bool(study.fold_runs),
    }
    return met[need]()
