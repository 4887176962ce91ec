"""Render executed notebooks and pages with Jupyter Book, and say where the results come from."""

import gc
import html
import json
import os
import platform
import re
import shutil
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path

import nbformat
import yaml

from swgw.book.cells import PLACEHOLDER, read
from swgw.book.execute import seconds_of
from swgw.experiments.work import results_of
from swgw.storage import UserError
from swgw.storage.files import PACKAGE, digest, shared, write_text
from swgw.storage.jobs import start
from swgw.storage.results import read_seconds


def write_provenance(study) -> Path:
    """Write ``results/provenance.json``: all facts of :func:`provenance`, and times.

    Times are ``runs`` (job, kind, stage, seconds elapsed, processor seconds; one entry for each
    finished job and stage, of which ``whole`` covers the others) and ``notebooks`` (seconds).
    """
    runs = [
        {"job": run.label, "kind": run.kind or run.label, "stage": stage, "seconds": s, "cpu": cpu}
        for run in results_of(study)
        for stage, (s, cpu) in read_seconds(run.path).items()
    ]
    executed = sorted((study.folder / "notebooks").glob("[!.]*.ipynb"))
    seconds = {path.stem: seconds_of(path) for path in executed}
    facts = provenance(study) | {"runs": runs, "notebooks": seconds}
    target = study.folder / "results" / "provenance.json"
    write_text(target, json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return target


def provenance(study) -> dict:
    """Give the facts that tie the results of a study to its data, its settings and its code."""
    settings = study.basin.settings
    return {
        "basin": {"name": settings.name, "title": settings.title, "virtual": settings.virtual},
        "digests": {
            "basin": study.basin.digest,
            "package": digest(PACKAGE.rglob("*.py"), PACKAGE),
            "runs": digest((r.path / "done.json" for r in results_of(study)), study.folder),
            "truth": digest(study.basin.path.glob("truth/**/*"), study.basin.path),
        },
        "profile": study.profile.name,
        "seeds": list(study.profile.seeds),
        "settings": {run.label: run.settings() for run in study.all_runs},
        "versions": versions(),
    }


@cache
def versions() -> dict[str, str]:
    """List versions of Python, of this package and of its direct dependencies."""
    found = {"python": platform.python_version(), "swgw": version("swgw")}
    needed = (line for line in requires("swgw") or [] if "extra ==" not in line)
    names = sorted(re.match(r"[\w-]+", line)[0] for line in needed)
    return found | {name: version(name) for name in names}


# Those below every page; the page on provenance lists all.
NAMED_VERSIONS = ("swgw", "python", "torch", "pytorch-forecasting", "numpy", "pandas")

PLOTLY = "application/vnd.plotly.v1+json"
PLOTLY_HTML = {
    "config": {"displaylogo": False, "responsive": True},
    "include_plotlyjs": "plotly/plotly-basic.min.js",
    **{"full_html": False, "validate": False},
}


def contents() -> dict:
    """Read the table of contents of the book, as Jupyter Book wants it."""
    return yaml.safe_load((shared("book") / "_toc.yml").read_text(encoding="utf-8"))


def page_names(toc: dict) -> list[str]:
    """Names of the pages of a table of contents, in their order."""
    return [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]


def banner(virtual: bool, profile: str, seeds: int) -> str:
    """Write the line above every page, as HTML; empty where there is nothing to warn of."""
    count = "one seed" if seeds == 1 else f"{seeds} seeds"
    said = ["A virtual basin: its observations are simulated, not measured."] * virtual
    if profile not in ("paper", "full"):
        said.append(f"Profile {profile}: small settings, {count}. Do not quote these numbers.")
    return html.escape(" ".join(said))


def footer(facts: dict, span: str) -> dict[str, str]:
    """Say below every page where its numbers come from.

    Parameters
    ----------
    facts : dict
        See :func:`swgw.book.render.provenance`.
    span : str
        The time that the data cover, in words.

    Returns
    -------
    dict of str to str
        Plain text by its label; digests are shortened.
    """
    digests = (f"{name} {facts['digests'][name][:12]}" for name in ("basin", "package", "runs"))
    known = (f"{name} {facts['versions'][name]}" for name in NAMED_VERSIONS)
    return {
        "Basin": facts["basin"]["name"] + " (virtual)" * facts["basin"]["virtual"],
        "Data": span,
        "Profile": facts["profile"],
        "Seeds": ", ".join(map(str, facts["seeds"])),
        "Versions": ", ".join(known),
        "SHA-256": ", ".join(digests),
    }


def configure(title: str, announcement: str, below: dict[str, str]) -> dict:
    """Give the settings of one book: those of ``_config.yml``, its title, its banner, its footer.

    Parameters
    ----------
    title : str
        Plain text, from the basin's settings.
    announcement : str
        HTML; see :func:`banner`.
    below : dict of str to str
        See :func:`footer`.
    """
    config = yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))
    # The theme escapes the title in some places only, so it may hold no tag to begin with.
    config["title"] = title.replace("<", "‹").replace(">", "›")
    config["html"]["announcement"] = announcement
    if PLACEHOLDER in config["repository"]["url"]:  # the button would lead nowhere
        del config["launch_buttons"]
    config["sphinx"]["config"]["html_context"]["provenance"] = below
    return config


def stage(folder: Path, executed: list[Path], toc: dict, config: dict) -> str:
    """Lay out everything that Jupyter Book reads in one folder.

    Parameters
    ----------
    folder : Path
        Emptied first.
    executed : list of Path
        The executed notebooks. Pages of the contents that were not executed get a stub, so that
        links to them hold.
    toc, config : dict
        See :func:`contents` and :func:`configure`.

    Returns
    -------
    str
        Digest of all of it and of the renderer's version.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(shared("book"), folder)
    for path in executed:
        notebook = read(path)
        notebook.cells = [_for_the_page(cell) for cell in notebook.cells]
        nbformat.write(notebook, folder / path.name)
    for name in page_names(toc):
        if not list(folder.glob(f"{name}.*")):
            write_text(folder / f"{name}.md", f"# {name}\n\nNot executed in this small build.\n")
    write_text(folder / "_toc.yml", yaml.safe_dump(toc, sort_keys=False))
    write_text(folder / "_config.yml", yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    return f"{version('jupyter-book')} {digest(folder.rglob('*'), folder)}"


def _for_the_page(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Hide the code of computed sentences; draw plotly's figures with the book's plotly.js."""
    from plotly.io import to_html

    tags = cell.metadata.get("tags", [])
    if "say" in tags:
        cell.metadata["tags"] = [*tags, "remove-input"]
    about = cell.metadata.get("mystnb", {})
    for output in cell.get("outputs", []):
        if figure := output.get("data", {}).pop(PLOTLY, None):
            for trace in figure["data"]:  # the small plotly.js has no WebGL
                trace["type"] = trace["type"].removesuffix("gl")
            drawn = to_html(figure, div_id=f"plotly-{about['figure']['name']}", **PLOTLY_HTML)
            label = html.escape(about["image"]["alt"])
            output.data["text/html"] = f'<div role="group" aria-label="{label}">{drawn}</div>'
    return cell


def render(staged: Path, target: Path, log: Path, builder: str = "html") -> None:
    """Build static pages; a warning is an error, and old pages stay until new ones are whole.

    Parameters
    ----------
    staged : Path
        Folder made by :func:`stage`.
    target : Path
        Where the pages go.
    log : Path
        Takes Sphinx's output.
    builder : str
        ``html``, or ``singlehtml`` for one long page.

    Raises
    ------
    UserError
        With Sphinx's own warnings, if there is any.
    """
    work = target.with_name(f".{target.name}.sphinx")
    shutil.rmtree(work, ignore_errors=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    words = ["build", str(staged.resolve()), "--builder", builder]
    words += ["--path-output", str(work.resolve()), "-W", "-n", "--keep-going"]
    building = start(_build, words, log=log)
    building.join()
    built = work / "_build" / builder
    if building.exitcode or not (built / "index.html").is_file():
        raise UserError(f"the pages could not be built:\n{_complaints(log)}\n  Full log: {log}")
    shutil.rmtree(target, ignore_errors=True)
    built.replace(target)
    shutil.rmtree(work, ignore_errors=True)
    log.unlink()


def _build(words: list[str]) -> None:
    """Run Jupyter Book and exit with its code."""
    from jupyter_book.cli.main import main

    os.environ["NO_COLOR"] = "1"
    gc.disable()  # documents stay in memory; to look through them again and again takes a third
    main(words)


def _complaints(log: Path, at_most: int = 20) -> str:
    """Warnings and errors in Sphinx's log, or its end where there is none."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line for line in lines if "WARNING" in line or "ERROR" in line or "Error:" in line]
    return "\n".join(f"  {line}" for line in (found or lines)[-at_most:])
