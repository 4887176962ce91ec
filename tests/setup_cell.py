"""The first cell of every notebook, which installs swgw where it is missing."""

import nbformat
import yaml

from swgw.storage.files import shared


def repository() -> str:
    """Address of the repository that this copy was published from."""
    return yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


def setup_code(address: str = "") -> str:
    """Source of the cell, as the first notebook has it, with the address of a repository."""
    cells = nbformat.read(shared("notebooks") / "intro.ipynb", as_version=4).cells
    (code,) = (cell.source for cell in cells if "setup" in cell.metadata.get("tags", []))
    return code.replace(repository(), address or repository())
