"""Cells that a basin cannot fill: tag ``needs:river`` on a cell, and what stands in its place.

Figure cells keep their label and caption and get a small figure with the reason. Other code cells
give one short note for each run of neighbours. Markdown cells are dropped, and so is every cell
tagged ``companion`` where the basin is not the paper's.
"""

import textwrap

import matplotlib.pyplot as plt
import nbformat
from matplotlib.figure import Figure
from nbformat.v4 import new_markdown_cell

from swgw.figures.style import NOT_DRAWN, use_style

TAG = "needs:"


def needs_of(cell: nbformat.NotebookNode) -> list[str]:
    """List the needs in a cell's tags; the tag ``companion`` is one itself."""
    tags = cell.metadata.get("tags", [])
    return [tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG) or tag == "companion"]


def unmet(study, notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Give every need of a notebook that a study does not meet, with the reason.

    Returns
    -------
    dict of str to str
        By need; see :func:`swgw.experiments.sites.lacking`.
    """
    needs = sorted({need for cell in notebook.cells for need in needs_of(cell)})
    return {need: words[0] for need in needs if (words := study.lacking(need))}


def without_unmet(
    notebook: nbformat.NotebookNode, reasons: dict[str, str]
) -> nbformat.NotebookNode:
    """Replace the cells of a notebook whose needs are not met.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place and returned.
    reasons : dict of str to str
        See :func:`unmet`.
    """
    kept, given = [], []  # words given since the last cell that runs
    for cell in notebook.cells:
        words = list(dict.fromkeys(reasons[need] for need in needs_of(cell) if need in reasons))
        if words and (cell.cell_type == "markdown" or "companion" in cell.metadata["tags"]):
            continue
        new = [word for word in words if word not in given]
        if words and (figure := cell.metadata.get("mystnb", {}).get("figure")):
            figure["caption"] = f"Would show: {figure['caption']}"
            cell.metadata["tags"] = ["say"]
            drawn = f"swgw.book.needs.placeholder({'; and '.join(words)!r});"
            cell.source = f"import swgw.book.needs\n\n{drawn}"
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
