"""The page of the programming interface, written from the docstrings.

The source is parsed and not imported, so that the page costs a fraction of a second and no torch.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from swgw.storage.share import PACKAGE

PARTS = {
    "Data in": ("basin.folder", "basin.settings", "basin.check", "basin.prepare"),
    "Wells": ("inputs.wells", "scores.correlation", "attribution.agreement"),
    "Experiments and forecasts": ("experiments.study", "models.run", "inputs.windows"),
    "Scores and what they are worth": ("scores.skill", "scores.bootstrap", "scores.conformal"),
    "The virtual basin": ("virtual.simulate", "virtual.truth", "virtual.published"),
    "The book": ("book.build", "book.render", "book.execute", "storage.errors"),
}
"""Modules that are shown in full, in the order in which data flow through them."""

INTRODUCTION = """\
# Programming interface

What the pages are made with, for whoever wants to go on in a notebook of their own. A folder of
data is read by `load_basin`, cleaned by `prepare_basin`, and opened with all its forecasts by
`open_study`; those and `check_basin` and `load_truth` are at hand after `import swgw`. Everything
else is imported from its module. Arrays are described by their dimensions, in order, and their
units; scores take `(obs, sim)`.
"""


def api_page() -> str:
    """Write the page in MyST Markdown: chosen modules in full, all modules in a table."""
    sections = [INTRODUCTION]
    for title, modules in PARTS.items():
        sections.append(f"## {title}\n")
        sections += [_module(name) for name in modules]
    return "\n".join([*sections, "## All modules\n", _table()])


def _module(name: str) -> str:
    """Document a module: what it says of itself, then its public functions and classes."""
    tree = _parse(PACKAGE / f"{name.replace('.', '/')}.py")
    body = [f".. py:currentmodule:: swgw.{name}", "", *_converted(tree), ""]
    for node in _public(tree):
        body += _entry(node)
    text = "\n".join(body)
    return f"### swgw.{name}\n\n````{{eval-rst}}\n{text}\n````\n"


def _entry(node: ast.FunctionDef | ast.ClassDef, method: bool = False) -> Iterator[str]:
    """Write a function, or a class with its public methods, as reStructuredText."""
    yield f".. py:{_kind(node, method)}:: {node.name}{_signature(node, method)}"
    yield ""
    yield from (f"   {line}" for line in _converted(node))
    yield ""
    if isinstance(node, ast.ClassDef):
        for inner in _public(node):
            yield from (f"   {line}" for line in _entry(inner, method=True))


def _kind(node: ast.FunctionDef | ast.ClassDef, method: bool) -> str:
    """Name the directive of Sphinx for a class, a function, a method or a property."""
    if isinstance(node, ast.ClassDef):
        return "class"
    decorators = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
    if decorators & {"property", "cached_property"}:
        return "property"
    return "method" if method else "function"


def _signature(node: ast.FunctionDef | ast.ClassDef, method: bool) -> str:
    """Write the arguments, without ``self`` and types, which the fields below them give."""
    if _kind(node, method) in ("class", "property"):
        return ""
    if method and node.args.args:
        node.args.args = node.args.args[1:]
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"({ast.unparse(node.args)})"


def _converted(node: ast.AST) -> list[str]:
    """Turn a NumPy docstring into fields of reStructuredText."""
    from sphinx.ext.napoleon import Config
    from sphinx.ext.napoleon.docstring import NumpyDocstring

    config = Config(napoleon_use_param=False, napoleon_use_rtype=False, napoleon_use_ivar=True)
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    return [_without_bars(line) for line in NumpyDocstring(text, config).lines()]


def _without_bars(line: str) -> str:
    r"""Escape the bars of prose, which reStructuredText would take for a substitution.

    Examples
    --------
    >>> print(_without_bars("the mean of |y − x|, ``int | None``"))
    the mean of \|y − x\|, ``int | None``
    """
    if line.lstrip().startswith((">>>", "...")):
        return line
    return re.sub(r"(``.*?``)|\|", lambda found: found[1] or r"\|", line)


def _public(tree: ast.Module | ast.ClassDef) -> list[ast.FunctionDef | ast.ClassDef]:
    """Functions and classes that have a docstring and no leading underscore."""
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node)
    ]


def _table() -> str:
    """List every module with the first sentence of its docstring."""
    rows = ["| module | what it is for |", "| --- | --- |"]
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        first = " ".join((ast.get_docstring(_parse(path)) or "").split("\n\n")[0].split())
        if name and first:
            rows.append(f"| `swgw.{name}` | {_plain(first)} |")
    return "\n".join(rows) + "\n"


def _plain(text: str) -> str:
    """Give a line of reStructuredText as Markdown fit for a cell of a table."""
    return textwrap.shorten(text.replace("``", "`").replace("|", "\\|"), 200, placeholder=" …")


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
