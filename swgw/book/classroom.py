"""Notebooks elsewhere: the cell that installs swgw, and the two sets for a class.

The address of the repository is in ``_config.yml`` (``repository: url``), from which the book's
buttons for Colab and Binder are made, and in the first cell of each notebook, since Colab gets a
notebook alone. A fork replaces it in both:
``sed -i s/YOUR_ACCOUNT/its-name/ _config.yml notebooks/*.ipynb``.

Solutions are the cells tagged ``solution``; a test sees to it that no other cell holds one. Cells
tagged ``book`` are true of the rendered book alone, and are left out.
"""

import shutil
from pathlib import Path

import nbformat
import yaml

from swgw.book.execute import read, with_parameters
from swgw.storage.files import write_folder, write_text
from swgw.storage.share import shared

PLACEHOLDER = "YOUR_ACCOUNT"
"""Part of the address as long as nobody has published this copy."""

CODE = """\
# On Colab, where swgw is missing, this installs it and says so; elsewhere it does nothing.
import importlib.util
import subprocess
import sys

source = "git+{address}"
if importlib.util.find_spec("swgw") is None:
    print(f"Installing swgw from {{source}}; this takes some minutes.")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)"""


def repository() -> str:
    """Address of the repository that this copy was published from."""
    return yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


def setup_code(address: str = "") -> str:
    """Source of the cell, tagged ``setup``, that installs swgw where it is missing.

    Parameters
    ----------
    address : str
        Of the repository; that of ``_config.yml`` if empty.
    """
    return CODE.format(address=address or repository())


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
    return with_parameters(notebook, {"output": RESULTS})
