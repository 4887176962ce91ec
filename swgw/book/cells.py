"""Cells of a notebook by their tags: parameters, what a basin lacks, and the sets for a class.

Figure cells whose needs (tag ``needs:river``) a basin does not meet keep label and caption and get
a small figure with the reason. Other code cells give one short note for each run of neighbours.
Markdown cells are dropped, and so is every cell tagged ``companion`` where the basin is not the
paper's. Cells tagged ``solution`` are the instructor's; those tagged ``book`` are true of the
rendered book alone.

The address of the repository is in ``_config.yml`` (``repository: url``), from which the book's
buttons for Colab and Binder are made, and in the first cell of each notebook, since Colab gets a
notebook alone. A fork replaces it in both:
``sed -i s/YOUR_ACCOUNT/its-name/ _config.yml notebooks/*.ipynb``.
"""

import ast
import json
import shutil
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from swgw.figures import NOT_DRAWN, use_style
from swgw.storage.files import shared, write_folder, write_text

Value = str | int | float | bool


def read(path: Path) -> NotebookNode:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def with_parameters(notebook: NotebookNode, values: dict[str, Value]) -> NotebookNode:
    """Write other values into the parameters cell of a notebook, keeping its comments."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            lines = cell.source.splitlines()
            for statement in ast.parse(cell.source).body:
                if (name := statement.targets[0].id) in values:
                    place, value = statement.lineno - 1, values[name]
                    text = json.dumps(value) if isinstance(value, str) else repr(value)
                    rest = lines[place].encode()[statement.value.end_col_offset :].decode()
                    lines[place] = f"{name} = {text}{rest}"
            cell.source = "\n".join(lines)
    return notebook


TAG = "needs:"


def needs_of(cell: NotebookNode) -> list[str]:
    """List the needs in a cell's tags; the tag ``companion`` is one itself."""
    tags = cell.metadata.get("tags", [])
    return [tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG) or tag == "companion"]


def unmet(study, notebook: NotebookNode) -> dict[str, str]:
    """Give every need of a notebook that a study does not meet, with the reason.

    Returns
    -------
    dict of str to str
        By need; see :func:`swgw.experiments.sites.lacking`.
    """
    needs = sorted({need for cell in notebook.cells for need in needs_of(cell)})
    return {need: words[0] for need in needs if (words := study.lacking(need))}


def without_unmet(notebook: NotebookNode, reasons: dict[str, str]) -> NotebookNode:
    """Replace the cells of a notebook whose needs are not met.

    A note says what is missing. A figure that the text still names stays, with the reason in it.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place and returned.
    reasons : dict of str to str
        See :func:`unmet`.
    """
    prose = [c for c in notebook.cells if not reasons.keys() & {*needs_of(c)}]
    prose = "\n".join(c.source for c in prose if c.cell_type == "markdown")
    kept, given = [], []  # words given since the last cell that runs
    for cell in notebook.cells:
        words = list(dict.fromkeys(reasons[need] for need in needs_of(cell) if need in reasons))
        if words and (cell.cell_type == "markdown" or "companion" in cell.metadata["tags"]):
            continue
        new = [word for word in words if word not in given]
        figure = cell.metadata.get("mystnb", {}).get("figure")
        if words and figure and figure["name"] in prose:
            figure["caption"] = f"Would show: {figure['caption']}"
            cell.metadata["tags"] = ["say"]
            drawn = f"swgw.book.cells.placeholder({'; and '.join(words)!r});"
            cell.source = f"import swgw.book.cells\n\n{drawn}"
        elif words and not new:
            continue
        elif words:
            cell = new_markdown_cell(note("; and ".join(new)), id=cell.id)
        kept.append(cell)
        given = given + new if words else []
    notebook.cells = kept
    return notebook


def note(reason: str) -> str:
    """Write a note (MyST) that says why a result is missing."""
    return f"```{{admonition}} Note\n:class: note\nNot given for this basin: it has {reason}.\n```"


def placeholder(reason: str) -> Figure:
    """Draw a small figure that says why it is empty."""
    use_style()
    figure, axes = plt.subplots(figsize=(7, 1.1))
    figure.set_gid(NOT_DRAWN)
    axes.set_axis_off()
    text = f"Not drawn for this basin: it has {reason}.".replace("`", "")
    axes.text(0.5, 0.5, textwrap.fill(text, 84), ha="center", va="center", color="#444444")
    return figure


# Part of the address as long as nobody has published this copy.
PLACEHOLDER = "YOUR_ACCOUNT"

LEFT_OUT = {"student": {"solution", "book"}, "instructor": {"book"}}
# Folder beside a class's notebooks that holds what they train.
RESULTS = "results"


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


def _for_class(source: Path, left_out: set[str]) -> NotebookNode:
    """Give a notebook without the cells of some tags, its results beside it."""
    notebook = read(source)
    notebook.cells = [c for c in notebook.cells if not left_out & set(c.metadata.get("tags", []))]
    return with_parameters(notebook, {"output": RESULTS})
