"""The notebooks for a class: students' without solutions, an instructor's with them.

Solutions are the cells tagged ``solution``; a test sees to it that no other cell holds one. Cells
tagged ``book`` are true of the rendered book alone, and are left out.
"""

import shutil
from pathlib import Path

import nbformat

from swgw.book.execute import read, with_values
from swgw.storage.files import write_folder, write_text
from swgw.storage.share import shared

LEFT_OUT = {"student": {"solution", "book"}, "instructor": {"book"}}
RESULTS = "results"
"""Folder beside a class's notebooks that holds what they train."""


def write_classroom(folder: str | Path) -> list[str]:
    """Write both sets of notebooks, and what a class needs to know, into a new folder.

    Returns
    -------
    list of str
        Names of the notebooks.

    Raises
    ------
    UserError
        If `folder` exists and is not empty.
    """
    sources, texts = sorted(shared("notebooks").glob("*.ipynb")), shared("book")
    with write_folder(folder) as draft:
        shutil.copy(texts / "_classroom" / "README.md", draft)
        for audience, left_out in LEFT_OUT.items():
            (draft / audience).mkdir()
            shutil.copy(texts / "glossary.md", draft / audience)
            for source in sources:
                made = nbformat.writes(_for_class(source, left_out)) + "\n"
                write_text(draft / audience / source.name, made)
    return [source.stem for source in sources]


def _for_class(source: Path, left_out: set[str]) -> nbformat.NotebookNode:
    """Give a notebook without the cells of some tags, its results beside it."""
    notebook = read(source)
    notebook.cells = [c for c in notebook.cells if not left_out & set(c.metadata.get("tags", []))]
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = with_values(cell.source, {"output": RESULTS})
    return notebook
