"""Render executed notebooks and pages with Jupyter Book: strict, offline, and in one piece."""

import html
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
import yaml

from swgw.book.api_page import api_page
from swgw.book.launch import PLACEHOLDER
from swgw.book.provenance import digest_of
from swgw.figures.style import NOT_DRAWN
from swgw.plots.live import PLOTLY, with_description
from swgw.storage.errors import UserError
from swgw.storage.files import write_text
from swgw.storage.share import shared

NAMED_VERSIONS = ("swgw", "python", "torch", "pytorch-forecasting", "numpy", "pandas")
"""Those that stand below every page; the page on provenance lists all."""

SVG = "image/svg+xml"
PROSE = re.compile(r"\w*page\.words_|paper_says\(")
"""How a cell begins whose output reads as a paragraph of the page."""

API = "api"
"""Name of the page that is written from the docstrings."""


def contents() -> dict:
    """Read the table of contents of the book, as Jupyter Book wants it."""
    return yaml.safe_load((shared("book") / "_toc.yml").read_text(encoding="utf-8"))


def page_names(toc: dict) -> list[str]:
    """Names of the pages of a table of contents, in their order."""
    return [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]


def banner(virtual: bool, profile: str, seeds: int) -> str:
    """Write what stands above every page, as HTML; empty where there is nothing to warn of."""
    said = []
    if virtual:
        said.append("A virtual basin: its observations are simulated, not measured.")
    if profile != "paper" and profile != "full":
        count = "one seed" if seeds == 1 else f"{seeds} seeds"
        said.append(f"Profile {profile}: small settings, {count}. Do not quote these numbers.")
    return html.escape(" ".join(said))


def footer(facts: dict, span: str) -> dict[str, str]:
    """Say below every page where its numbers come from.

    Parameters
    ----------
    facts : dict
        See :func:`swgw.book.provenance.provenance`.
    span : str
        The time that the data cover, in words.

    Returns
    -------
    dict of str to str
        Plain text by its label; the digests are cut to what tells two books apart.
    """
    digests = {name: facts["digests"].get(name, "")[:12] for name in ("basin", "package", "runs")}
    known = {name: facts["versions"].get(name) for name in NAMED_VERSIONS}
    return {
        "Basin": facts["basin"]["name"] + " (virtual)" * facts["basin"]["virtual"],
        "Data": span,
        "Profile": facts["profile"],
        "Seeds": ", ".join(map(str, facts["seeds"])),
        "Versions": ", ".join(f"{name} {is_}" for name, is_ in known.items() if is_),
        "SHA-256": ", ".join(f"{name} {digest}" for name, digest in digests.items() if digest),
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
    if PLACEHOLDER in config["repository"]["url"]:  # the rocket would lead nowhere
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
        notebook = nbformat.read(path, as_version=4)
        told = _with_captions(_with_descriptions(_without_plumbing(notebook)))
        nbformat.write(told, folder / path.name)
    if API in page_names(toc):
        write_text(folder / f"{API}.md", api_page())
    for name in page_names(toc):
        if not list(folder.glob(f"{name}.*")):
            write_text(folder / f"{name}.md", f"# {name}\n\nNot executed in this small build.\n")
    write_text(folder / "_toc.yml", yaml.safe_dump(toc, sort_keys=False))
    write_text(folder / "_config.yml", yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    named = digest_of((path.relative_to(folder).as_posix(), path) for path in paths)
    return f"{version('jupyter-book')} {named}"


def render(staged: Path, target: Path, log: Path) -> None:
    """Build the static pages; a warning is an error, and old pages stay until new ones are whole.

    Parameters
    ----------
    staged : Path
        Folder made by :func:`stage`.
    target : Path
        Where the pages go.
    log : Path
        Where Sphinx's chatter goes.

    Raises
    ------
    UserError
        With Sphinx's own warnings, if there is any.
    """
    work = target.with_name(".sphinx")
    shutil.rmtree(work, ignore_errors=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as stream:
        ended = subprocess.run(
            _command(staged, work),
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=os.environ | {"NO_COLOR": "1"},
            check=False,
        )
    built = work / "_build" / "html"
    if ended.returncode or not (built / "index.html").is_file():
        raise UserError(f"the pages could not be built:\n{_complaints(log)}\n  Full log: {log}")
    shutil.rmtree(target, ignore_errors=True)
    built.replace(target)
    shutil.rmtree(work, ignore_errors=True)


def _without_plumbing(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Leave out the installation, and the code of computed sentences, which stays in the file."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and ("say" in tags or PROSE.match(cell.source)):
            shown = [tag for tag in tags if tag != "hide-input"]
            cell.metadata["tags"] = [*shown, "remove-input"]
        if "setup" in tags and "remove-cell" not in tags:
            cell.metadata["tags"] = [*tags, "remove-cell"]
    return notebook


def _with_descriptions(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give live figures the alternative text of their cell, as Jupyter Book does for pictures.

    Their form for Jupyter is dropped: pages have their own, and Sphinx would warn of it.
    """
    for cell in notebook.cells:
        description = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(PLOTLY, None)
            if description and "text/html" in data:
                data["text/html"] = with_description("".join(data["text/html"]), description)
    return notebook


def _with_captions(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Let the caption of a figure that was not drawn say what it would show."""
    for cell in notebook.cells:
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        drawings = ["".join(o.get("data", {}).get(SVG, "")) for o in cell.get("outputs", [])]
        if "caption" in figure and any(f'id="{NOT_DRAWN}"' in drawing for drawing in drawings):
            figure["caption"] = f"Would show: {figure['caption']}"
    return notebook


def _command(staged: Path, work: Path) -> list[str]:
    start = "from jupyter_book.cli.main import main; main()"
    options = ["--path-output", str(work.resolve()), "-W", "-n", "--keep-going"]
    return [sys.executable, "-c", start, "build", str(staged.resolve()), *options]


def _complaints(log: Path, at_most: int = 20) -> str:
    """Warnings and errors in Sphinx's log, or its end where there is none."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line for line in lines if "WARNING" in line or "ERROR" in line or "Error:" in line]
    return "\n".join(f"  {line}" for line in (found or lines)[-at_most:])
