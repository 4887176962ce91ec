"""The whole line: check the folder, train what is missing, execute, render, collect.

Every stage reuses what it finds unchanged, so the same command continues an interrupted run and
costs seconds when there is nothing to do.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

from swgw import collect, execute, render
from swgw.files import write_text
from swgw.provenance import provenance
from swgw.share import shared

SMOKE_NOTEBOOKS = ("intro", "03_1_runoff", "provenance")


def build_book(
    basin: str | Path,
    profile: str,
    seeds: int,
    workers: int,
    output: str | Path,
    say: Callable[[str], None],
    scheduler: str = "",
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

    Returns
    -------
    Path
        The page to open.

    Raises
    ------
    UserError
        If the folder breaks the contract, a notebook fails or the pages do not build.
    """
    started = time.perf_counter()
    study, training = _train(basin, profile, seeds, workers, output, say, scheduler)
    toc = render.contents()
    jobs = plan(study, basin, toc)
    _execute(jobs, workers, say)
    executed = [job.target for job in jobs]
    pages = _render(study, executed, toc, say)
    _collect(study, executed, {"training": training, "pages": pages}, say)
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
        key = hashlib.sha256(facts.encode() + source.read_bytes()).hexdigest()
        target = study.folder / "notebooks" / source.name
        log = study.folder / "logs" / f"{name}.log"
        jobs.append(execute.Job(source, target, given, shown, log, key))
    return jobs


def _train(basin, profile, seeds, workers, output, say, scheduler):
    from swgw.study import open_study

    study = open_study(basin, profile, seeds, output, train=False)
    count = len(study.profile.seeds)
    say(f"1/5 Basin: {study.basin.path} is in order.")
    say(f"2/5 Models: profile {profile}, {count} seed(s), {workers} worker(s).")
    trained_at = time.perf_counter()
    study.train(workers, say, scheduler)
    return study, round(time.perf_counter() - trained_at, 1)


def _execute(jobs: list[execute.Job], workers: int, say: Callable[[str], None]) -> None:
    """Execute the notebooks whose inputs changed, telling after each how long is left."""
    waiting = [job for job in jobs if not execute.is_current(job)]
    reused = len(jobs) - len(waiting)
    say(f"3/5 Notebooks: {len(waiting)} to execute, {reused} unchanged.")
    started, count = time.perf_counter(), 0

    def done(job: execute.Job) -> None:
        nonlocal count
        count += 1
        spent = time.perf_counter() - started
        left = spent / count * (len(waiting) - count)
        seconds = execute.stamp(job.target)["seconds"]
        say(
            f"    [{count}/{len(waiting)}] {job.source.stem}: {seconds:.0f} s;"
            f" about {_clock(left)} left"
        )

    if waiting:
        execute.execute_all(waiting, workers, done)


def _render(study, executed: list[Path], toc: dict, say: Callable[[str], None]) -> float:
    """Render the pages unless their inputs are unchanged; give the seconds that it took."""
    settings, profile = study.basin.settings, study.profile
    title = f"Rivers and groundwater, forecast together: {settings.title}"
    announcement = render.banner(settings.virtual, profile.name, len(profile.seeds))
    staged, html = study.folder / "book", study.folder / "html"
    inputs = render.stage(staged, executed, toc, render.configure(title, announcement))
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


def _collect(study, executed: list[Path], seconds: dict, say: Callable[[str], None]) -> None:
    """Write tables, figures and provenance; a stage that was reused keeps its old time."""
    results = study.folder / "results"
    collect.write_table(study.table_3(), results / "table_3.csv")
    collect.write_table(study.groundwater_scores(), results / "groundwater_scores.csv")
    figures = collect.collect_figures(executed, results / "figures")
    facts, record = provenance(study), results / "provenance.json"
    known = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    if known and known["digests"]["runs"] == facts["digests"]["runs"]:
        seconds["training"] = known["seconds"]["training"]
    seconds["notebooks"] = {path.stem: execute.stamp(path)["seconds"] for path in executed}
    collect.write_provenance(record, facts | {"seconds": seconds})
    say(f"5/5 Results: tables, {figures} figures and provenance.json in {results}")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
