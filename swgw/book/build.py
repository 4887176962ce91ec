"""The whole line: check the folder, train what is missing, execute, render, collect.

Every stage reuses what it finds unchanged, so the same command continues an interrupted run and
takes seconds when there is nothing to do.
"""

import base64
import hashlib
import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from swgw.book import render
from swgw.book.cells import unmet
from swgw.book.execute import Job, execute_all, is_current, read, seconds_of
from swgw.book.render import provenance, write_provenance
from swgw.book.say import say as words
from swgw.experiments.study import open_study
from swgw.storage import Tell
from swgw.storage.files import clear_drafts, digest, shared, write_text

SMOKE_NOTEBOOKS = ("intro", "03_1_runoff", "provenance")
# Pages executed after all others, whose findings and times they show.
LAST = ("05_claims", "intro", "provenance")


def build_book(
    basin: str | Path,
    profile: str,
    seeds: int,
    workers: int,
    output: str | Path,
    say: Tell,
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
        Number of seeds; 0 takes the profile's own.
    workers : int
        Number of parallel processes; the results do not depend on it.
    output : str or Path
        Holds one folder of results per basin.
    say : callable
        Gets a line for the user at every step.
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
    study = open_study(basin, profile, seeds, output, train=False)
    remarks = "".join(f"\n    {remark}" for remark in study.basin.remarks)
    say(f"1/5 Basin: {study.basin.path} is in order.{remarks}")
    say(f"2/5 Models: profile {profile}, {len(study.profile.seeds)} seed(s), {workers} worker(s).")
    study.train(workers, say, scheduler)
    if train_only:
        took = tqdm.format_interval(time.perf_counter() - started)
        say(f"Trained in {took}. Notebooks find the models where output is {study.folder.parent}")
        return study.folder
    toc = render.contents()
    jobs = plan(study, basin, toc)
    _execute(study, jobs, workers, say)
    executed = [job.target for job in jobs]
    _render(study, executed, toc, say)
    _collect(study, executed, say)
    page = study.folder / "html" / "index.html"
    say(f"Done in {tqdm.format_interval(time.perf_counter() - started)}. Open {page}")
    return page


def plan(study, basin: str | Path, toc: dict) -> list[Job]:
    """List the notebooks of a book, each with its parameters and the key of its inputs."""
    pages = SMOKE_NOTEBOOKS if study.profile.name == "smoke" else render.page_names(toc)
    sources = (shared("notebooks") / f"{name}.ipynb" for name in pages)
    given = {"basin": str(study.basin.path), "profile": study.profile.name}
    given |= {"seeds": len(study.profile.seeds), "output": str(study.folder.parent)}
    shown = given | {"basin": str(basin), "output": ""}
    facts = [provenance(study), given, shown]
    jobs = []
    for source in filter(Path.is_file, sources):
        lacking = unmet(study, read(source))
        inputs = json.dumps([*facts, lacking], sort_keys=True, default=str)
        key = hashlib.sha256(inputs.encode() + source.read_bytes()).hexdigest()
        target = study.folder / "notebooks" / source.name
        log = study.folder / "logs" / f"{source.stem}.log"
        jobs.append(Job(source, target, given, shown, log, key, lacking))
    return jobs


def _execute(study, jobs: list[Job], workers: int, say: Tell) -> None:
    """Execute the notebooks whose inputs changed; then those that show what the others found."""
    waiting = [job for job in jobs if job.source.stem not in LAST and not is_current(job)]
    last = _last(study, jobs)
    last = last if waiting or not all(map(is_current, last)) else []
    count, started, sizes = len(waiting) + len(last), time.perf_counter(), []
    whole = sum(map(_size, waiting + last))
    say(f"3/5 Notebooks: {count} to execute, {len(jobs) - count} unchanged.")

    def tell(job: Job) -> None:
        sizes.append(_size(job))
        left = (time.perf_counter() - started) * (whole / sum(sizes) - 1)
        rest = f"; about {tqdm.format_interval(left)} left" if len(sizes) < count else ""
        say(f"    [{len(sizes)}/{count}] {job.source.stem}: {seconds_of(job.target):.0f} s{rest}")

    execute_all(sorted(waiting, key=_size, reverse=True), workers, tell)
    if last:
        execute_all(_last(study, jobs), workers, tell)


def _size(job: Job) -> int:
    """Give the bytes of a notebook, as a guess of how long it takes."""
    return job.source.stat().st_size


def _last(study, jobs: list[Job]) -> list[Job]:
    """Give the pages of :data:`LAST` that a book has, with all findings among their inputs."""
    findings = digest((study.folder / "results" / "findings").glob("*.json"))
    order = [job for name in LAST for job in jobs if job.source.stem == name]
    return [replace(job, key=f"{job.key} {findings}") for job in order]


def _render(study, executed: list[Path], toc: dict, say: Tell) -> None:
    """Render the pages unless their inputs are unchanged."""
    settings, profile = study.basin.settings, study.profile
    title = f"Rivers and groundwater, forecast together: {settings.title}"
    announcement = render.banner(settings.virtual, profile.name, len(profile.seeds))
    days = pd.concat([study.basin.heads["date"], study.basin.surface_water["date"]])
    below = render.footer(provenance(study), words.period(days.min(), days.max()))
    config = render.configure(title, announcement, below)
    inputs = render.stage(study.folder / "book", executed, toc, config)
    pages, record = study.folder / "html", study.folder / "logs" / "pages"
    if record.is_file() and record.read_bytes() == _state(inputs, pages).encode():
        return say("4/5 Pages: unchanged.")
    say("4/5 Pages: Jupyter Book, warnings as errors.")
    render.render(study.folder / "book", pages, study.folder / "logs" / "jupyter-book.log")
    write_text(record, _state(inputs, pages))


def _state(inputs: str, pages: Path) -> str:
    """Give the digests of what pages are made from and of all of their files."""
    return f"{inputs} {digest(pages.rglob('*'), pages)}"


def _collect(study, executed: list[Path], say: Tell) -> None:
    """Write provenance, tables of scores and figures beside the pages."""
    results = write_provenance(study).parent
    for table in (study.table_3, study.groundwater_scores):
        write_text(results / f"{table.__name__}.csv", table().to_csv(index=False))
    figures = collect_figures(executed, results / "figures")
    for folder in (results, study.folder):
        clear_drafts(folder)
    say(f"5/5 Results: tables, {figures} figures and provenance.json in {results}")


SUFFIX = {"image/svg+xml": "svg", "image/png": "png"}


def collect_figures(executed: list[Path], folder: Path) -> int:
    """Write each named figure of executed notebooks as SVG and PNG.

    Parameters
    ----------
    executed : list of Path
        Notebooks whose figure cells have a ``mystnb.figure.name``.
    folder : Path
        Gets ``<name>.svg`` and ``<name>.png``; replaced as a whole.

    Returns
    -------
    int
        Number of figures.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = set()
    for cell in (cell for path in executed for cell in read(path).cells):
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for output in cell.get("outputs", []) if name else []:
            for kind in SUFFIX.keys() & output.get("data", {}).keys():
                data = output["data"][kind]
                image = base64.b64decode(data) if kind == "image/png" else data.encode()
                (folder / f"{name}.{SUFFIX[kind]}").write_bytes(image)
                names.add(name)
    return len(names)
