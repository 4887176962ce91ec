"""The notebooks for a class: students' without solutions, an instructor's with them.

Solutions are the cells tagged ``solution``; a test sees to it that no other cell holds one. What
is true of the rendered book alone stands in cells tagged ``book``, and is left out.
"""

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from swgw.book import myst_to_markdown as plain
from swgw.book.execute import with_values
from swgw.book.launch import PLACEHOLDER, repository
from swgw.storage.files import write_folder, write_text
from swgw.storage.share import shared

STUDENT, INSTRUCTOR = "student", "instructor"
RESULTS = "results"
"""Folder beside a class's notebooks that holds what they train."""
INSTALL = "python -m pip install jupyterlab -e . -c constraints.txt"

README = """\
# Rivers and groundwater, forecast together: notebooks for a class

| folder | what it holds |
| --- | --- |
| `{student}` | the notebooks without solutions, and the glossary; hand this folder out |
| `{instructor}` | the same with the solutions |

Plans, timings, rubrics and common misconceptions: the page *Instructor guide* of the book.

## Before the class

1. On every machine Python 3.11 or later and, in {copy}:

   ```bash
   {install}
   ```

   VS Code does without `jupyterlab`.
2. The first notebook that is opened trains small models (profile `quick`), which takes five to ten
   minutes, once. To spare the class that, train in advance, in this folder:

   ```bash
   cd {student}
   swgw book --profile quick --output {results} --train-only
   ```

   The same command again goes on where it was stopped. From here on everything works offline.
3. Hand out `{student}` with the `{results}` in it. They hold models and forecasts, no notebook and
   no page. Without `--train-only` the command makes the whole book, *with every solution*: do that
   in `{instructor}` only, after copying `{results}` there, and nothing is trained again.
4. Start `jupyter lab` in the folder, or open it in VS Code with the Python in which the package is.
   Begin with `intro.ipynb`.

The notebooks name their basin (`heihe`, which comes with the package) in the cell of parameters;
the folder of a basin of your own may stand there instead. What they train is kept in `{results}`
beside them.
"""


def write_classroom(folder: str | Path) -> list[str]:
    """Write both sets of notebooks, and what a class needs to know, into a new folder.

    Returns
    -------
    list of str
        Names of the notebooks.

    Raises
    ------
    UserError
        If `folder` is there already and not empty.
    """
    sources = sorted(shared("notebooks").glob("*.ipynb"))
    notebooks = {path.stem: nbformat.read(path, as_version=4) for path in sources}
    known = plain.targets(shared("book"), notebooks)
    glossary = shared("book") / f"{plain.GLOSSARY}.md"
    words = plain.plain(glossary.read_text(encoding="utf-8"), plain.GLOSSARY, known)
    with write_folder(folder) as draft:
        for audience in (STUDENT, INSTRUCTOR):
            write_text(draft / audience / glossary.name, words)
            for page, notebook in notebooks.items():
                made = notebook.copy()
                made.cells = list(_cells(notebook, page, known, audience == INSTRUCTOR))
                nbformat.validate(made)
                write_text(draft / audience / f"{page}.ipynb", nbformat.writes(made) + "\n")
        names = {"student": STUDENT, "instructor": INSTRUCTOR, "results": RESULTS}
        write_text(draft / "README.md", README.format(install=INSTALL, copy=_copy(), **names))
    return list(notebooks)


def _copy() -> str:
    """Say where the package comes from; a repository that has no address yet is not named."""
    address = repository()
    where = "" if PLACEHOLDER in address else f" (`git clone {address}`)"
    return f"a copy of the repository{where}"


def _cells(
    notebook: nbformat.NotebookNode, page: str, known: plain.Targets, solved: bool
) -> Iterator[nbformat.NotebookNode]:
    """Give the cells of a class's notebook, in their order."""
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if "book" in tags or ("solution" in tags and not solved):
            continue
        made = cell.copy()
        if cell.cell_type == "markdown":
            made.source = plain.plain(cell.source, page, known)
        if "parameters" in tags:
            made.source = with_values(cell.source, {"output": RESULTS})
        yield made
        if figure := plain.figure(cell):
            caption = plain.plain(figure["caption"], page, known)
            text = f"**Figure {known.figures[figure['name']][1]}.** {caption}"
            yield new_markdown_cell(text, id=f"{cell.id}-caption"[-64:])
        if "exercise" in tags and not solved:
            yield from _room(tags, cell.id)


def _room(tags: set[str], exercise: str) -> Iterator[nbformat.NotebookNode]:
    """Give room for the answer to an exercise; none to the heading above all of them."""
    room = {"tags": ["answer"]}
    if "do" in tags:
        yield new_code_cell("# Your code\n", id=f"{exercise}-code", metadata=room)
    if {"recall", "do", "think"} & tags:
        yield new_markdown_cell("*Your answer:*", id=f"{exercise}-answer", metadata=room)
