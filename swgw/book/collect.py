"""Figures of a book as files."""

import base64
import shutil
from pathlib import Path

import nbformat

SUFFIX = {"image/svg+xml": "svg", "image/png": "png"}


def collect_figures(executed: list[Path], folder: Path) -> int:
    """Write each named figure of executed notebooks as SVG and PNG.

    Parameters
    ----------
    executed : list of Path
        Notebooks whose figure cells have a ``mystnb.figure.name``.
    folder : Path
        Gets ``<name>.svg`` and ``<name>.png``; replaced as a whole.

    Returns
    -------
    int
        Number of figures.
    """
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    names = set()
    for cell in (cell for path in executed for cell in nbformat.read(path, as_version=4).cells):
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for output in cell.get("outputs", []) if name else []:
            for kind in SUFFIX.keys() & output.get("data", {}).keys():
                data = output["data"][kind]
                image = base64.b64decode(data) if kind == "image/png" else data.encode()
                (draft / f"{name}.{SUFFIX[kind]}").write_bytes(image)
                names.add(name)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return len(names)
