"""The page on where the numbers come from: versions, seeds, digests, times."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.book.provenance import provenance
from swgw.book.times import read_times, work_times
from swgw.pages import placeholder_figure
from swgw.plots import provenance as plots
from swgw.storage.results import WHOLE

OTHER = "other"
NO_TIMES = ["no record of what its work took"]


def table_versions(study) -> Markdown:
    """List the versions of Python and of the packages that the results rest on."""
    found = provenance(study)["versions"]
    return words.table(pd.DataFrame(sorted(found.items()), columns=["package", "version"]))


def table_digests(study) -> Markdown:
    """List the digests that tie the results to their data and code."""
    facts = provenance(study)
    rows = [(name, f"`{value[:16]}…`") for name, value in facts["digests"].items() if value]
    rows += [
        ("profile", f"`{facts['profile']}`"),
        ("seeds", ", ".join(map(str, facts["seeds"]))),
    ]
    return words.table(pd.DataFrame(rows, columns=["what", "value"]))


def table_runs(study) -> Markdown:
    """List the runs with the windows that each was presented and its best validation loss."""
    curves = study.learning_curves()
    keys = ["model", "target", "seed"]
    runs = curves.groupby(keys, sort=False).agg(
        windows=("windows", "max"), epochs=("windows", "size"), best=("validation_loss", "min")
    )
    runs["best"] = runs["best"].map(lambda value: words.number(value, 3))
    runs["windows"] = runs["windows"].map(lambda value: f"{value:,}")
    runs = runs.reset_index().rename(columns={"best": "best validation loss"})
    runs["target"] = runs["target"].str.replace("_", " ")
    return words.table(runs)


def table_stages(study) -> Markdown:
    """Give the elapsed time of each stage of the book before this page."""
    stages = _stages(study)
    if stages.empty:
        return Markdown("*This page was not made as part of a book, whose stages would be here.*")
    rows = [(f"**{name}**", _minutes(minutes)) for name, minutes in stages.items()]
    return words.table(pd.DataFrame(rows, columns=["stage", "elapsed [min]"]))


def table_work(study) -> Markdown:
    """Give, for each kind of work, its jobs and their processor time by stage."""
    work = work_times(study)
    if work.empty:
        return Markdown(f"*Not shown: {NO_TIMES[0]}.*")
    whole = work[work["stage"] == WHOLE].groupby("kind", sort=False)
    table = pd.DataFrame({"jobs": whole["label"].size(), "elapsed": whole["seconds"].sum() / 60})
    table = table.join(_cpu_minutes(work)).reset_index()
    table["kind"] = "**" + table["kind"] + "**"
    for name in table.columns.drop(["kind", "jobs"]):
        table[name] = table[name].map(_minutes)
    return words.table(table)


def figure_times(study) -> Figure:
    """Draw what each stage and each kind of work took."""
    work = work_times(study)
    if work.empty:
        return placeholder_figure(NO_TIMES)
    return plots.plot_times(_stages(study), _cpu_minutes(work))


def words_times(study) -> Markdown:
    """Sum up what the work took, and how well it was spread."""
    work = work_times(study)
    whole = work[work["stage"] == WHOLE]
    if whole.empty:
        return Markdown("")
    cpu, models = whole["cpu"].sum() / 60, read_times(study).get("models")
    text = f"The {words.count(len(whole), 'job')} took {_minutes(cpu)} minutes of processor time"
    if models:
        text += f", done within {_minutes(models / 60)} minutes"
    largest = whole.groupby("kind", sort=False)["cpu"].sum()
    share = words.percent(largest.max() / largest.sum())
    return Markdown(f"{text}. {largest.idxmax()} took the largest part of it, {share}.")


def _stages(study) -> pd.Series:
    """Elapsed minutes by stage, the pages one by one."""
    times = read_times(study)
    notebooks = times.pop("notebooks", {})
    pages = {f"page {name}": seconds for name, seconds in notebooks.items()}
    return pd.Series(times | pages, dtype=float) / 60


def _cpu_minutes(work: pd.DataFrame) -> pd.DataFrame:
    """Processor minutes (kind, stage); what no stage covers stands under "other"."""
    table = work.pivot_table(index="kind", columns="stage", values="cpu", aggfunc="sum", sort=False)
    stages = [name for name in plots.COLOURS if name in table] + [
        name for name in table if name not in (*plots.COLOURS, WHOLE)
    ]
    rest = table[WHOLE].fillna(0.0) - table[stages].fillna(0.0).sum(axis=1)
    return table[stages].assign(**{OTHER: rest.clip(lower=0.0)}) / 60


def _minutes(minutes: float) -> str:
    return words.number(minutes, 2 if minutes < 1 else 1)
