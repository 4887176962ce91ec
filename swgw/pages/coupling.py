"""What section 3.3 asks of the grid: whether heads help because the waters are coupled."""

from functools import lru_cache

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments.grid import Cell
from swgw.pages import needs, placeholder_figure, placeholder_words
from swgw.pages.grid import gauge_name, line_of, names_of, steps_of, steps_table, weigh
from swgw.plots import grid as plots


@lru_cache(maxsize=8)
def coupling_table(study) -> pd.DataFrame:
    """Give each step's difference in NSE at a gauge less that at the gauge upstream of it.

    Returns
    -------
    DataFrame
        As :func:`steps_table`, with ``below`` (the interval's verdict at the lower gauge alone).
    """
    rows = []
    below = steps_table(study, "surface_water").set_index(["cell", "adds"])["word"]
    for lower, upper in study.grid.pairs():
        for cell in [c for c in study.grid.cells if c.gauge == lower]:
            other = Cell(upper, cell.weather_ahead, cell.history)
            for first, second, adds in steps_of(study, cell, "surface_water"):
                terms = [(1, cell, first), (-1, cell, second), (-1, other, first)]
                found = weigh(study, "surface_water", [*terms, (1, other, second)])
                row = names_of(study, cell, first, second, adds) | line_of(found)
                row["gauge"] += f" less {gauge_name(study, upper)}"
                rows.append(row | {"below": below[cell, adds]})
    return pd.DataFrame(rows, columns=[*steps_table(study, "surface_water").columns, "below"])


@needs("gauge", "wells:1", "both")
def figure_coupling(study) -> Figure:
    """Each step downstream less the same step upstream."""
    table = coupling_table(study)
    if table.empty:
        return placeholder_figure([_no_pair(study)])
    label = f"downstream less upstream, NSE of {words.surface_water_word(study)}"
    return plots.plot_forest(table, label)


@needs("gauge", "wells:1", "both")
def words_coupling(study) -> Markdown:
    """Answer whether the second water helps because the waters are coupled, by the rule."""
    table = coupling_table(study)
    if table.empty:
        return placeholder_words([_no_pair(study)])
    lines = []
    for (gauge, adds), rows in table.groupby(["gauge", "adds"], sort=False):
        if adds == "windows":  # no groundwater is in it
            continue
        verdicts = [coupling_verdict(row.below, row.word) for row in rows.itertuples()]
        parts = [
            f"{row.row}: {words.number(row.value, 3)} [{words.number(row.low, 3)}, "
            f"{words.number(row.high, 3)}], **{word}**"
            for row, word in zip(rows.itertuples(), verdicts, strict=True)
        ]
        lines.append(f"- {adds}, {words.escape(gauge)}: " + "; ".join(parts) + ".")
    return Markdown("\n".join(lines))


def coupling_verdict(below: str, contrast_word: str) -> str:
    """Judge "it helps because the waters are coupled", by the rule written before the runs.

    Parameters
    ----------
    below : str
        Verdict of the difference at the lower gauge alone.
    contrast_word : str
        Verdict of that difference less the one upstream.

    Examples
    --------
    >>> coupling_verdict("supported", "supported"), coupling_verdict("supported", "inconclusive")
    ('supported', 'inconclusive')
    """
    both = {below, contrast_word}
    if "not judged" in both:
        return "not judged"
    if both == {"supported"}:
        return "supported"
    return "contradicted" if "contradicted" in both else "inconclusive"


def _no_pair(study) -> str:
    """Say what a basin has instead of one gauge below another."""
    grid = study.grid
    if len(grid.gauges) > 1:
        return "no gauge named as lying upstream of another (`upstream_gauge_id` of `gauges.csv`)"
    if len(study.basin.gauges) > 1 and len(grid.cells) == 1:
        return "runs at one gauge only in this profile (profile `full` has more)"
    return "no two gauges on one river that can be learned"
