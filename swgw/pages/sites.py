"""What section 3.5 shows: whether the second task helps, asked at many sites."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.book.export import KeptTable
from swgw.experiments import site_tests
from swgw.experiments.sites import ARMS, MODEL, find_sites, sites_of
from swgw.experiments.table_2 import REFERENCES
from swgw.pages import needs
from swgw.pages.grid import HELPS
from swgw.plots import sites as plots

TASKS = ("surface_water", "head")
SMALL = 0.05
"""A p that a reader would take for a verdict."""


def _task_word(study, task: str) -> str:
    return words.surface_water_word(study) if task == "surface_water" else "heads"


def _gauge_name(study, gauge: str) -> str:
    return study.basin.gauges.get("name", pd.Series(dtype=str)).get(gauge, gauge)


def _row_names(study, table: pd.DataFrame, task: str) -> pd.Series:
    """Name the rows of a table: rivers by their gauges, heads by their wells."""
    if task == "head":
        return table["series"]
    return table["gauge"].map(lambda gauge: _gauge_name(study, gauge))


@needs("sites")
def words_sites(study) -> Markdown:
    """Say which sites are studied, with what."""
    found, there = sites_of(study), find_sites(study.prepared)
    wells = sum(len(site.wells) for site in there)
    runs = found.runs(found.sites[0])
    left = len(study.basin.wells) - wells
    text = (
        f"This basin has {words.count(len(there), 'site')} with {words.count(wells, 'well')}"
        + f"; {words.count(left, 'well')} without a gauge to learn from are left out" * bool(left)
        + f". Studied here: {len(found.sites)} of {len(there)}. At each, "
        f"{len(runs) // len(found.seeds)} transformers are trained for each of "
        f"{words.count(len(found.seeds), 'seed')}, each shown {runs[0].windows:,} windows at most."
    )
    return Markdown(text)


@needs("sites")
def table_sites(study) -> Markdown:
    """List the sites: gauge, wells, and how closely head and river go together."""
    together = site_tests.couplings(study).sort_values("r", ascending=False)
    rows = pd.DataFrame(
        {
            "gauge": [words.escape(_gauge_name(study, gauge)) for gauge in together["gauge"]],
            "well": together["series"].map(words.escape),
            "correlation": together["r"].map(words.number),
        }
    )
    return words.table(
        rows.assign(r=together["r"]).sort_values("r", ascending=False).drop(columns="r")
    )


def _figure(study, task: str) -> Figure:
    table = site_tests.differences(study, task)
    r = site_tests.gain_by_coupling(study, task).set_index("series")["r"]
    table = table.assign(name=_row_names(study, table, task), r=table["series"].map(r))
    table = table.sort_values("r", ascending=False, kind="stable")
    label = f"Difference in NSE of {_task_word(study, task)}"
    return plots.plot_sites(table, site_tests.across(study, task), label)


@needs("sites")
def figure_water(study) -> Figure:
    """Every step of the surface water at every site, and the median of all."""
    return _figure(study, "surface_water")


@needs("sites")
def figure_heads(study) -> Figure:
    """Every step of the heads at every site, and the median of all."""
    return _figure(study, "head")


@needs("sites")
def table_tests(study) -> Markdown:
    """Give the paired tests across sites, for both waters; ``sites.csv`` has every site."""
    parts = []
    for task in TASKS:
        table = site_tests.across(study, task)
        rows = [
            {
                "step": f"{line.adds}, {line.comparison}",
                "median difference": words.number(line.value, 3),
                "90 % interval": f"{words.number(line.low, 3)} to {words.number(line.high, 3)}",
                "sites that gain": f"{line.better} of {line.n}",
                "sign test, p": _p(line.sign),
                "Wilcoxon, p": _p(line.wilcoxon),
                "“the first is better”": f"**{line.word}**",
            }
            for line in table.itertuples()
        ]
        heading = f"**{_task_word(study, task).capitalize()}**, NSE:"
        parts.append(f"{heading}\n\n{words.table(pd.DataFrame(rows)).data}")
    each = [site_tests.differences(study, task).assign(task=task) for task in TASKS]
    return KeptTable("\n\n".join(parts), "sites", pd.concat(each))


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else words.number(value, 3)


@needs("sites")
def words_verdict(study) -> Markdown:
    """Say in words what the tests found of the second task."""
    lines = []
    for task in TASKS:
        table = site_tests.across(study, task).set_index("adds")
        line = table.loc["second task"]
        lines.append(
            f"- {_task_word(study, task)}: the second task {HELPS[line['word']]}. It raises the "
            f"NSE at {line['better']} of {line['n']} {'gauges' if task == TASKS[0] else 'wells'}; "
            f"the median difference is {words.number(line['value'], 3)}"
            f"{_interval(line)}; the signed-rank test gives p {_equals(line['wilcoxon'])}."
            f"{_disagree(line)}"
        )
    if len(sites_of(study).seeds) < 2:
        lines.append(
            "\nWith one seed nothing is judged: the tests across sites are shown, but a verdict "
            "waits for a profile with more seeds (`paper`, `full`)."
        )
    return Markdown("\n".join(lines))


def _disagree(line: pd.Series) -> str:
    """Say why a small p does not decide where the interval holds zero."""
    if line["word"] != "inconclusive" or not line["wilcoxon"] < SMALL:
        return ""
    return (
        " That test knows the sites alone. The interval, which decides, counts seeds and blocks of "
        "the test period too, and holds zero: the sites agree more than a repetition at one of "
        "them would."
    )


def _equals(value: float) -> str:
    return _p(value) if value < 0.001 else f"= {_p(value)}"


def _interval(line: pd.Series) -> str:
    if not np.isfinite(line["low"]):
        return ""
    return f" ({words.number(line['low'], 3)} to {words.number(line['high'], 3)})"


@needs("sites")
def table_scores(study) -> Markdown:
    """Summarise the NSE of arms and references over the sites: median, best and worst."""
    columns = {}
    for task in TASKS:
        table = site_tests.site_scores(study, task)
        columns[_task_word(study, task)] = {
            name: f"{words.number(table[name].median())} ({words.number(table[name].min())} to "
            f"{words.number(table[name].max())})"
            for name in (*ARMS, *REFERENCES)
        }
    frame = pd.DataFrame(columns)
    names = [f"{name}-{MODEL}" if name in ARMS else name for name in frame.index]
    return words.table(frame.set_axis(names).rename_axis("model").reset_index())


@needs("sites")
def figure_coupling(study) -> Figure:
    """The gain by the second task at each site over how closely head and river go together."""
    panels = {
        _task_word(study, task).capitalize(): site_tests.gain_by_coupling(study, task)
        for task in TASKS
    }
    return plots.plot_gains(panels, "Gain by the second task, NSE")


@needs("sites")
def words_coupling(study) -> Markdown:
    """Say whether the second task helps more where the waters go together."""
    lines = []
    for task in TASKS:
        table = site_tests.gain_by_coupling(study, task)
        found = site_tests.follows(table["r"], table["value"])
        if found.low > 0:
            says = "the closer the two waters go together, the more the second task gains"
        elif found.high < 0:
            says = "the closer the two waters go together, the less the second task gains"
        else:
            says = "the gain cannot be told to depend on how closely the two waters go together"
        lines.append(
            f"- {_task_word(study, task)}: rank correlation {words.number(found.value)} "
            f"({words.number(found.low)} to {words.number(found.high)}, 90 % interval over "
            f"{found.draws[1]} sites): {says}."
        )
    return Markdown("\n".join(lines))
