"""What the notebooks call: each page's figures, tables and computed words, from a study.

Importing this package sets the look of the figures. A page's function that needs something which
a basin may lack says so with :func:`needs`; the page then stays, with the reason in its place.
"""

import textwrap
from collections.abc import Callable
from functools import wraps

import matplotlib.pyplot as plt
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import Box
from swgw.experiments.simulation import lack_of_simulation
from swgw.experiments.sites import lack_of_sites
from swgw.figures.style import NOT_DRAWN, use_style

use_style()

_FILES = {
    "gauge": "no gauge (`gauges.csv` and `surface_water.csv`)",
    "river": "no course of the river (`river.geojson`)",
    "truth": "no truth behind its observations: they are not simulated",
    "discharge": "stage instead of discharge",
    "companion": "no numbers of the paper to stand beside it",
    "both": "one water that can be forecast where two are needed",
    "som": "too few wells, or too short a record, for a self-organising map",
}
_WHYS = {"sites": lack_of_sites, "simulation": lack_of_simulation}
"""What says for itself why a basin lacks it."""


def _has(study, need: str) -> bool:
    """Whether a study has one of the plain things that a page may need."""
    basin = study.basin
    if need == "gauge":
        return len(basin.gauges) > 0
    if need == "discharge":
        return basin.settings.surface_water == "discharge"
    if need == "companion":
        return basin.settings.companion == "jing2025"
    if need == "both":
        return len(study.tasks) == 2
    where = {"river": basin, "truth": study, "som": study}[need]
    return getattr(where, need) is not None


def missing(study, *needs: str) -> list[str]:
    """List in words what a basin lacks, one entry a need that is not met.

    Parameters
    ----------
    study : Study
    *needs : str
        ``gauge``, ``river``, ``truth``, ``som``, ``discharge``, ``companion``; ``both`` waters to
        forecast; ``sites`` that can each be studied alone; heads for a ``simulation``;
        ``wells:3`` and ``gauges:2`` for a least number; ``well:slope`` for a column of
        ``wells.csv``; any other word is a variable of ``forcing.csv``, such as ``temperature``.
    """
    lacking = (_lack(study, need) for need in needs)
    return [words for words in lacking if words]


def _lack(study, need: str) -> str:
    """Say what is lacking for one need; empty where it is met."""
    basin, (kind, _, detail) = study.basin, need.partition(":")
    if kind in _FILES:
        return "" if _has(study, kind) else _FILES[kind]
    if kind in _WHYS:
        return _WHYS[kind](study.prepared)
    if kind in ("wells", "gauges"):
        count, least = len(getattr(basin, kind)), int(detail)
        plural = kind if count != 1 else kind[:-1]
        return "" if count >= least else f"{count} {plural} where {least} or more are needed"
    table, column, file = (
        (basin.wells, detail, "wells.csv")
        if kind == "well"
        else (basin.forcing, kind, "forcing.csv")
    )
    known = column in table.columns and bool(table[column].notna().any())
    return "" if known else f"no {column.replace('_', ' ')} (column `{column}` of `{file}`)"


def needs(*required: str) -> Callable:
    """Let a page's function answer with the reason where the basin lacks what it needs.

    The wrapped function's first argument is the study. A function whose name begins with
    ``figure`` gives a small placeholder figure, any other one Markdown. See :func:`missing`
    for the words of ``required``.
    """

    def wrap(function: Callable) -> Callable:
        placeholder = (
            placeholder_figure if function.__name__.startswith("figure") else placeholder_words
        )

        @wraps(function)
        def page(study, *args, **kwargs):
            lacking = missing(study, *required)
            return placeholder(lacking) if lacking else function(study, *args, **kwargs)

        return page

    return wrap


def placeholder_figure(lacking: list[str]) -> Figure:
    """Draw a small figure that says why it is empty."""
    reason = "Not drawn for this basin: it has " + "; and ".join(lacking) + "."
    figure, axes = plt.subplots(figsize=(7, 1.1))
    figure.set_gid(NOT_DRAWN)
    axes.set_axis_off()
    text = "\n".join(textwrap.wrap(reason.replace("`", ""), 84))
    axes.text(0.5, 0.5, text, ha="center", va="center", color="#444444", wrap=True)
    return figure


def placeholder_words(lacking: list[str]) -> Markdown:
    """Write a note that says why a result is missing."""
    reason = "; and ".join(lacking)
    return Box("Note", f"Not given for this basin: it has {reason}.", "note")
