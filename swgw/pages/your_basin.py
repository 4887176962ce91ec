"""The page on bringing one's own basin: the check of this very one, and what it has and lacks."""

import pandas as pd
from IPython.display import Markdown

from swgw.basin.check import notes, report, summary
from swgw.basin.common_errors import messages
from swgw.book import text as words
from swgw.pages import missing

_OPTIONAL = {
    "`gauges.csv`, `surface_water.csv`": ("gauge", "surface-water forecasts, multi-task models"),
    "a second gauge": ("gauges:2", "the second task's worth at another place"),
    "`gauge_id` in `wells.csv`": ("well:gauge_id", "each well's own river, where there are many"),
    "`river.geojson`": ("river", "map, distance to the river as an input and in the figures"),
    "three wells or more": ("wells:3", "clusters, and the cluster as an input"),
    "`temperature`": ("temperature", "snowmelt and seasons among the inputs"),
    "`wind`": ("wind", "the paper's third weather variable"),
    "`pet`": ("pet", "evaporative demand among the inputs"),
    "`surface_elevation`": ("well:surface_elevation", "an input; turns depth into head"),
    "`slope`": ("well:slope", "a static input"),
    "`land_use`": ("well:land_use", "a static input"),
    "`truth/`": ("truth", "interpretations held against what happened (virtual basins)"),
}


def words_check(study) -> Markdown:
    """Say how much of each kind of series is observed and what deserves a look, as the check."""
    coverage = report(study.basin)
    said = [words.table(summary(coverage).map(words.escape)).data]
    return Markdown("\n\n".join([*said, *map(words.escape, notes(study.basin, coverage))]))


def table_troubles(study) -> Markdown:
    """List common faults of a folder, what the check says of each, and the cure."""
    rows = [(what, words.escape(said), cure) for what, said, cure in messages()]
    return words.table(pd.DataFrame(rows, columns=["what happened", "the check says", "the cure"]))


def table_optional(study) -> Markdown:
    """List what a folder may hold besides the least, what it buys, and whether it is here."""
    rows = [
        (what, buys, "no" if missing(study, need) else "yes")
        for what, (need, buys) in _OPTIONAL.items()
    ]
    return words.table(pd.DataFrame(rows, columns=["optional", "what it buys", "here"]))


def words_settings(study) -> Markdown:
    """Show the settings that this basin's `basin.yml` amounts to, defaults filled in."""
    settings = study.basin.settings
    names = (
        "step", "encoder_length", "lead_times", "future_forcing", "history", "surface_water",
        "target_gauge", "vertical_datum",
    )  # fmt: skip
    rows = [(f"`{name}`", words.escape(getattr(settings, name))) for name in names]
    rows += [
        (f"`{name}`", words.period(getattr(settings, name)))
        for name in ("train", "validation", "test")
    ]
    return words.table(pd.DataFrame(rows, columns=["setting", "value"]))
