"""The whole line: check the folder, train what is missing, execute, render, collect.

Every stage reuses what it finds unchanged, so the same command continues an interrupted run and
costs seconds when there is nothing to do.
"""

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd

from swgw.basin.settings import Period
from swgw.book import collect, execute, render
from swgw.book import text as words
from swgw.book.needs import unmet
from swgw.book.provenance import provenance
from swgw.book.times import keep_times, read_times, summed, work_times
from swgw.experiments.uncertainty import uncertainty_scores
from swgw.storage.files import clear_drafts, digest, write_text
from swgw.storage.share import shared
from swgw.transfer.claims import transfer_tables

SMOKE_NOTEBOOKS = ("intro", "03_1_runoff", "provenance")
LAST = ("05_claims", "intro", "provenance")
"""Pages executed after all others, in this order: they show the others' findings and times."""


def build_book(
    basin: str | Path,
    profile: str,
    seeds: int,
    workers: int,
    output: str | Path,
    say: Callable[[str], None],
    scheduler: str = "",
    train_only: bool = False,
) -> Path:
    """Build the book of one basin.

    Parameters
    ----------
    basin : str or Path
        Folder of a basin or name of an embedded one.
    profile : str
        ``quick``, ``paper`` or ``full`` (``smoke`` for tests: three pages, tiny training).
    seeds : int
        How many; 0 takes the profile's own number.
    workers : int
        Processes side by side; the results do not depend on it.
    output : str or Path
        Holds one folder of results per basin.
    say : callable
        Is told, line by line, what happens.
    scheduler : str
        Address of a Dask scheduler that trains instead of ``workers`` processes here.
    train_only : bool
        Stop when the models are trained: no notebook is executed, no page rendered.

    Returns
    -------
    Path
        The page to open; the folder of the results if only training was asked for.

    Raises
    ------
    UserError
        If the folder breaks the contract, a notebook fails or the pages do not build.
    """
    started = time.perf_counter()
    study = _check(basin, profile, seeds, output, say)
    _train(study, workers, scheduler, say)
    if train_only:
        took = _clock(time.perf_counter() - started)
        say(f"Trained in {took}. Notebooks find the models where output is {study.folder.parent}")
        return study.folder
    toc = render.contents()
    executed = _execute(study, plan(study, basin, toc), workers, say)
    pages = _render(study, executed, toc, say)
    _collect(study, executed, pages, say)
    page = study.folder / "html" / "index.html"
    say(f"Done in {_clock(time.perf_counter() - started)}. Open {page}")
    return page


def plan(study, basin: str | Path, toc: dict) -> list[execute.Job]:
    """List the notebooks of a book, each with its parameters and the key of its inputs."""
    own = shared("notebooks")
    names = [name for name in render.page_names(toc) if (own / f"{name}.ipynb").is_file()]
    if study.profile.name == "smoke":
        names = [name for name in names if name in SMOKE_NOTEBOOKS]
    given = {
        "basin": str(study.basin.path),
        "profile": study.profile.name,
        "seeds": len(study.profile.seeds),
        "output": str(study.folder.parent),
    }
    shown = given | {"basin": str(basin), "output": ""}
    facts = json.dumps([provenance(study), given, shown], sort_keys=True, default=str)
    jobs = []
    for name in names:
        source = own / f"{name}.ipynb"
        execute.check_parameters(source, given)
        lacking = unmet(study, nbformat.read(source, as_version=4))
        inputs = facts + json.dumps(lacking)
        key = hashlib.sha256(inputs.encode() + source.read_bytes()).hexdigest()
        target = study.folder / "notebooks" / source.name
        log = study.folder / "logs" / f"{name}.log"
        jobs.append(execute.Job(source, target, given, shown, log, key, lacking))
    return jobs


def _check(basin, profile: str, seeds: int, output, say: Callable[[str], None]):
    from swgw.experiments.study import open_study

    started = time.perf_counter()
    study = open_study(basin, profile, seeds, output, train=False)
    say(f"1/5 Basin: {study.basin.path} is in order.")
    if "check" not in read_times(study):
        keep_times(study, check=_since(started))
    return study


def _train(study, workers: int, scheduler: str, say: Callable[[str], None]) -> None:
    """Do what is missing; the time of commands that did some of it adds up."""
    profile = study.profile
    say(f"2/5 Models: profile {profile.name}, {len(profile.seeds)} seed(s), {workers} worker(s).")
    started, spent = time.perf_counter(), []

    def hear(line: str) -> None:
        spent.append(line)  # a study speaks only where it has work to do
        say(line)

    try:
        study.train(workers, hear, scheduler)
    finally:
        if spent:
            before = read_times(study).get("models", 0.0)
            keep_times(study, models=round(before + _since(started), 1))


def _execute(
    study, jobs: list[execute.Job], workers: int, say: Callable[[str], None]
) -> list[Path]:
    """Execute the notebooks whose inputs changed; then those that show what the others found."""
    first = [job for job in jobs if job.source.stem not in LAST]
    waiting = [job for job in first if not execute.is_current(job)]
    again = bool(waiting) or not all(map(execute.is_current, _last(study, jobs)))
    count = len(waiting) + (len(jobs) - len(first)) * again
    say(f"3/5 Notebooks: {count} to execute, {len(jobs) - count} unchanged.")
    tell = _teller(count, say)
    if waiting:
        execute.execute_all(waiting, workers, tell)
    for place in range((len(jobs) - len(first)) * again):
        execute.execute_all(_last(study, jobs)[place : place + 1], workers, tell)
    return [job.target for job in jobs]


def _last(study, jobs: list[execute.Job]) -> list[execute.Job]:
    """Give the pages of :data:`LAST` that a book has, with what they show among their inputs."""
    made = [job.target for job in jobs if job.source.stem != LAST[-1] and job.target.is_file()]
    times = keep_times(study, notebooks=_notebook_times(made))
    facts = dict.fromkeys(LAST, digest((study.folder / "results" / "findings").glob("*.json")))
    facts[LAST[-1]] = json.dumps([times, summed(work_times(study))], sort_keys=True)
    order = {name: job for name in LAST for job in jobs if job.source.stem == name}
    return [
        replace(job, key=hashlib.sha256((job.key + facts[name]).encode()).hexdigest())
        for name, job in order.items()
    ]


def _teller(count: int, say: Callable[[str], None]) -> Callable[[execute.Job], None]:
    """Make what tells after each of so many notebooks how long is left."""
    started, numbers = time.perf_counter(), itertools.count(1)

    def tell(job: execute.Job) -> None:
        done = next(numbers)
        left = (time.perf_counter() - started) / done * (count - done)
        seconds = execute.stamp(job.target)["seconds"]
        rest = f"; about {_clock(left)} left" if done < count else ""
        say(f"    [{done}/{count}] {job.source.stem}: {seconds:.0f} s{rest}")

    return tell


def _notebook_times(executed: Iterable[Path]) -> dict[str, float]:
    return {path.stem: execute.stamp(path).get("seconds", 0.0) for path in executed}


def _render(study, executed: list[Path], toc: dict, say: Callable[[str], None]) -> float:
    """Render the pages unless their inputs are unchanged; give the seconds that it took."""
    settings, profile = study.basin.settings, study.profile
    title = f"Rivers and groundwater, forecast together: {settings.title}"
    announcement = render.banner(settings.virtual, profile.name, len(profile.seeds))
    staged, html = study.folder / "book", study.folder / "html"
    below = render.footer(provenance(study), words.period(_observed(study.basin)))
    config = render.configure(title, announcement, below)
    inputs = render.stage(staged, executed, toc, config)
    record = html / ".inputs.json"
    if record.is_file() and (known := json.loads(record.read_text()))["digest"] == inputs:
        say("4/5 Pages: unchanged.")
        return known["seconds"]
    say("4/5 Pages: Jupyter Book, warnings as errors (about a minute).")
    started = time.perf_counter()
    render.render(staged, html, study.folder / "logs" / "jupyter-book.log")
    seconds = round(time.perf_counter() - started, 1)
    write_text(record, json.dumps({"digest": inputs, "seconds": seconds}))
    return seconds


def _observed(basin) -> Period:
    """First and last day with an observation of either water."""
    days = pd.concat([basin.heads["date"], basin.surface_water["date"]])
    return Period(days.min(), days.max())


def _collect(study, executed: list[Path], pages: float, say: Callable[[str], None]) -> None:
    """Write tables, figures and provenance; a stage that was reused keeps its old time."""
    results = study.folder / "results"
    collect.write_table(study.table_3(), results / "table_3.csv")
    collect.write_table(study.groundwater_scores(), results / "groundwater_scores.csv")
    collect.write_table(uncertainty_scores(study), results / "uncertainty.csv")
    for name, table in transfer_tables(study).items():
        collect.write_table(table, results / f"{name}.csv")
    collect.collect_tables(executed, results)
    figures = collect.collect_figures(executed, results / "figures")
    seconds = read_times(study) | {"notebooks": _notebook_times(executed), "pages": pages}
    facts = {"seconds": seconds, "cpu_seconds_of_work": summed(work_times(study))}
    collect.write_provenance(results / "provenance.json", provenance(study) | facts)
    for folder in (results, study.folder):
        clear_drafts(folder)
    say(f"5/5 Results: tables, {figures} figures and provenance.json in {results}")


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 1)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
