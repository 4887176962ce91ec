"""What section 3.3 shows of the grid: each step from single to multi-task, cell by cell."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments.grid import ARMS, MODEL, MOST_GAUGES, Cell
from swgw.pages import needs
from swgw.pages.simulations import block
from swgw.plots import grid as plots
from swgw.scores import bootstrap
from swgw.scores.bootstrap import Interval
from swgw.scores.contrasts import contrast, drawn_scores
from swgw.scores.rounding import with_interval

STEPS = {
    "surface_water": (
        ("STw", "ST", "windows"),
        ("ST+", "STw", "information"),
        ("MT", "ST+", "second task"),
        ("MT", "ST", "all together"),
    ),
    "head": (
        ("ST+", "ST", "information"),
        ("MT", "ST+", "second task"),
        ("MT", "ST", "all together"),
    ),
}
"""By task: the first arm, the second, and what the first has that the second lacks."""
HELPS = {
    "supported": "helps",
    "contradicted": "hurts",
    "inconclusive": "cannot be told from chance",
    "not judged": "is not judged",
}


def gauge_name(study, gauge: str) -> str:
    """Name a gauge as the basin does."""
    return f"gauge {study.basin.gauges.get('name', pd.Series(dtype=str)).get(gauge, gauge)}"


def conditions(cell: Cell) -> str:
    """Say in words what a cell's models know."""
    weather = "weather known" if cell.weather_ahead else "weather unknown"
    return f"{weather}, {'with' if cell.history else 'without'} pasts"


@lru_cache(maxsize=512)
def _scores(study, runs: tuple, task: str) -> tuple[np.ndarray, int]:
    """Scores of an arm's runs, as they are and drawn, and the number of blocks; kept by runs."""
    observed, forecasts = study.chains_of(runs, task)
    length = block(study)
    return drawn_scores(observed, forecasts, length), max(1, len(observed) // length)


def weigh(study, task: str, terms: list[tuple[int, Cell, str]]) -> Interval:
    """Weigh arms against each other: (sign, cell, arm) each."""
    found = [(sign, _scores(study, study.grid.runs(c, arm, task), task)) for sign, c, arm in terms]
    blocks = found[0][1][1]
    return contrast([(sign, scores) for sign, (scores, _) in found], blocks, task == "head")


def steps_of(study, cell: Cell, task: str) -> list[tuple[str, str, str]]:
    """List the steps between arms that are different runs in a cell."""
    runs = study.grid.runs
    return [s for s in STEPS[task] if runs(cell, s[0], task) != runs(cell, s[1], task)]


def line_of(found: Interval) -> dict[str, object]:
    """Give the columns of :func:`steps_table` that a difference fills."""
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "word": bootstrap.verdict(found),
        "seeds": found.draws[0],
        "sample": found.draws[1],
    }


@lru_cache(maxsize=8)
def steps_table(study, task: str) -> pd.DataFrame:
    """Give the difference in NSE of every step in every cell.

    Returns
    -------
    DataFrame
        cell, gauge, row (the cell's conditions), adds, comparison, value, low, high, word (verdict
        on "the first arm is better"), seeds, sample (blocks; wells for heads, whose value is the
        median over wells).
    """
    rows = []
    for cell in study.grid.cells:
        for first, second, adds in steps_of(study, cell, task):
            found = weigh(study, task, [(1, cell, first), (-1, cell, second)])
            rows.append(names_of(study, cell, first, second, adds) | line_of(found))
    columns = [*names_of(study, None, "", "", ""), *line_of(Interval(0, 0, 0))]
    return pd.DataFrame(rows, columns=columns)


def names_of(study, cell: Cell | None, first: str, second: str, adds: str) -> dict[str, object]:
    """Give the columns of :func:`steps_table` that say what is compared, and where."""
    return {
        "cell": cell,
        "gauge": gauge_name(study, cell.gauge) if cell else "",
        "row": conditions(cell) if cell else "",
        "adds": adds,
        "comparison": f"{first} − {second}",
    }


def _arms_table(study) -> pd.DataFrame:
    """NSE of each arm at each gauge, under the basin's own conditions."""
    rows, own = [], study.grid.cells[:1]
    for cell in study.grid.cells:
        if own and conditions(cell) != conditions(own[0]):
            continue
        for arm in ARMS["surface_water"]:
            scores, _ = _scores(study, study.grid.runs(cell, arm, "surface_water"), "surface_water")
            found = weigh(study, "surface_water", [(1, cell, arm)])
            place, each = gauge_name(study, cell.gauge), list(scores[0, :, 0])
            rows.append((place, f"{arm}-{MODEL}", found.value, found.low, found.high, each))
    return pd.DataFrame(rows, columns=["place", "model", "value", "low", "high", "seeds"])


@needs("gauge", "wells:1", "both")
def figure_arms(study) -> Figure:
    """NSE of the transformer's arms at each gauge that has runs."""
    return plots.plot_arms(_arms_table(study), f"NSE of {words.surface_water_word(study)}")


@needs("gauge", "wells:1", "both")
def figure_water(study) -> Figure:
    """Every step of the surface water in every cell, with its interval."""
    table = steps_table(study, "surface_water")
    return plots.plot_forest(table, f"difference in NSE of {words.surface_water_word(study)}")


@needs("gauge", "wells:1", "both")
def figure_heads(study) -> Figure:
    """Every step of the heads in every cell, with its interval."""
    label = "difference in NSE of heads, median over wells"
    return plots.plot_forest(steps_table(study, "head"), label)


@needs("gauge", "wells:1", "both")
def table_water(study) -> Markdown:
    """List the steps of the surface water, one table a gauge."""
    return _tables(steps_table(study, "surface_water"), "block")


@needs("gauge", "wells:1", "both")
def table_heads(study) -> Markdown:
    """List the steps of the heads, one table a gauge."""
    return _tables(steps_table(study, "head"), "well")


def _tables(table: pd.DataFrame, unit: str) -> Markdown:
    """One narrow table a gauge: a row for each of its cells, a column for each step."""
    parts = []
    for gauge, rows in table.groupby("gauge", sort=False):
        first = rows.iloc[0]
        sample = f"{words.count(int(first['seeds']), 'seed')} × "
        sample += words.count(int(first["sample"]), unit)
        lines = []
        for conditions_, steps in rows.groupby("row", sort=False):
            line = {"conditions": conditions_}
            for adds in dict.fromkeys(table["adds"]):
                line[adds] = "–"
            lines.append(line | {s.adds: _cell(s) for s in steps.itertuples()})
        heading = f"**{words.escape(gauge)}**, over {sample}:"
        parts.append(f"{heading}\n\n{words.table(pd.DataFrame(lines)).data}")
    return Markdown("\n\n".join(parts))


def _cell(line) -> str:
    """One number with its interval; bold where it is decided."""
    text = with_interval(line.value, line.low, line.high, 3)
    return f"**{text}**" if line.word in ("supported", "contradicted") else text


@needs("gauge", "wells:1", "both")
def words_grid(study) -> Markdown:
    """Say of each step in how many cells it helps, hurts, or cannot be told from chance."""
    lines = []
    names = {"surface_water": words.surface_water_word(study), "head": "heads"}
    for task, name in names.items():
        groups = steps_table(study, task).groupby(["adds", "comparison"], sort=False)
        lines += [
            f"- {name}: the step “{adds}” ({comparison}) {_verdicts(rows)}."
            for (adds, comparison), rows in groups
        ]
    return Markdown("\n".join(lines) + "\n\n" + _what_is_here(study))


def _verdicts(rows: pd.DataFrame) -> str:
    """Count the verdicts on one step; a single one with its number."""
    if len(rows) == 1:
        return f"{HELPS[rows['word'].iloc[0]]} ({_cell(rows.iloc[0])})"
    counts = rows["word"].map(HELPS).value_counts()
    parts = [f"{word} in {n}" for word, n in counts.items()]
    return (
        f"{words.listing(parts)} of {words.count(len(rows), 'cell')}; the median difference "
        f"in NSE is {words.number(rows['value'].median(), 3)}"
    )


def _what_is_here(study) -> str:
    """Say how much of the grid the profile has, and how chance counts."""
    grid, tables = study.grid, [steps_table(study, task) for task in STEPS]
    if len(grid.cells) < 2:
        return (
            "This is one cell of the grid, that of Table 2. Profile `full` has the others: every "
            f"gauge that can be learned (at most {MOST_GAUGES}), known and unknown weather, with "
            "and without pasts (`swgw book --profile full`)."
        )
    intervals = sum(len(table) for table in tables)
    decided = sum(table["word"].isin(["supported", "contradicted"]).sum() for table in tables)
    return (
        f"The grid has {words.count(len(grid.cells), 'cell')} at "
        f"{words.count(len(grid.gauges), 'gauge')}. Of {intervals} intervals {decided} leave zero "
        f"out; about {round(intervals / 10)} would do so by chance if nothing made a difference."
    )
