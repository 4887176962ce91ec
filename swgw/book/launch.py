"""Opening a notebook elsewhere: the address of the repository, and the cell that installs from it.

The address stands in one place, ``repository: url`` of ``_config.yml``, from which the buttons of
the book for Colab and Binder are made. On Colab a notebook arrives alone, so its first cell needs
the address too: ``python -m swgw.book.launch`` copies it there after a change.
"""

from pathlib import Path

import nbformat
import yaml

from swgw.storage.files import write_text
from swgw.storage.share import shared

PLACEHOLDER = "YOUR_ACCOUNT"
"""Part of the address as long as nobody has published this copy."""

TAG = "setup"
"""Marks the cell; it stands before the parameters and is left out of the book."""

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
    """Address of the repository that this copy was published from, as ``_config.yml`` has it."""
    return yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


def setup_code(address: str = "") -> str:
    """Source of the cell that installs swgw where it is missing.

    Parameters
    ----------
    address : str
        Of the repository; that of ``_config.yml`` if empty.
    """
    return CODE.format(address=address or repository())


def write_setup(folder: Path, address: str = "") -> None:
    """Give the address to the setup cell of every notebook in a folder."""
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if TAG in cell.metadata.get("tags", []):
                cell.source = setup_code(address)
        write_text(path, nbformat.writes(notebook) + "\n")


if __name__ == "__main__":
    write_setup(shared("notebooks"))
