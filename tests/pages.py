"""Run a page's code in this process: no kernel to start, nothing imported twice."""

import ast
import hashlib

import matplotlib.pyplot as plt
from IPython.core.formatters import DisplayFormatter
from IPython.utils.capture import capture_output

from swgw.book.cells import read, unmet, with_parameters, without_unmet
from swgw.storage.files import shared


def run(page: str, study, old: str = "", new: str = "") -> list[str]:
    """Execute a page on a study that is trained, a text of its marked line replaced.

    Returns
    -------
    list of str
        What its cells show: texts, tables, and digests of figures.
    """
    notebook = read(shared("notebooks") / f"{page}.ipynb")
    notebook = without_unmet(notebook, unmet(study, notebook))
    given = {"basin": str(study.basin.path), "profile": study.profile.name}
    notebook = with_parameters(notebook, given | {"output": str(study.folder.parent)})
    space, shown = {"__name__": "__main__"}, []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            marked = "# change me" in cell.source
            source = cell.source.replace(old, new, 1) if marked else cell.source
            shown += _show(source, space, f"{page}, cell {number}")
    return shown


def _show(source: str, space: dict, name: str) -> list[str]:
    """Execute a cell and give what it shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with capture_output() as said:
        exec(compile(tree, name, "exec"), space)
        value = eval(compile(ast.Expression(last.value), name, "eval"), space) if last else None
    assert not said.stderr, said.stderr
    values = [] if source.rstrip().endswith(";") else [value]
    shown = [said.stdout, *(str(output.data) for output in said.outputs)]
    shown += [str(DisplayFormatter().format(one)[0]) for one in values if one is not None]
    for figure in map(plt.figure, plt.get_fignums()):
        figure.canvas.draw()
        shown.append(hashlib.sha256(figure.canvas.buffer_rgba()).hexdigest())
    plt.close("all")
    return shown
