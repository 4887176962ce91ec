"""Gather what a finished run leaves beside the pages: tables, figures and where they came from."""

import base64
import json
import shutil
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import nbformat
import pandas as pd
from packaging.requirements import Requirement

from swgw.files import write_text, write_whole

_SUFFIX = {"image/svg+xml": "svg", "image/png": "png"}


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, whole or not at all."""
    with write_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")


def collect_figures(executed: list[Path], folder: Path) -> int:
    """Write each named figure of executed notebooks as SVG and PNG.

    Parameters
    ----------
    executed : list of Path
        Notebooks whose figure cells carry ``mystnb.figure.name``.
    folder : Path
        Emptied first; gets ``<name>.svg`` and ``<name>.png``.

    Returns
    -------
    int
        Number of figures.
    """
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    names = set()
    for path in executed:
        for name, image in _figures(nbformat.read(path, as_version=4)):
            names.add(name)
            for mime, suffix in _SUFFIX.items():
                if mime in image:
                    (draft / f"{name}.{suffix}").write_bytes(_bytes(mime, image[mime]))
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return len(names)


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of what it depends on directly."""
    found = {"python": ".".join(map(str, sys.version_info[:3])), "swgw": version("swgw")}
    for line in requires("swgw") or []:
        requirement = Requirement(line)
        if requirement.marker is None:  # leaves out the extras
            try:
                found[requirement.name] = version(requirement.name)
            except PackageNotFoundError:
                continue
    return found


def write_provenance(path: Path, facts: dict) -> None:
    """Write what a run came from as sorted JSON, whole or not at all."""
    write_text(path, json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _figures(notebook: nbformat.NotebookNode):
    """Name and image data of each figure cell that drew something."""
    for cell in notebook.cells:
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for output in cell.get("outputs", []) if name else []:
            if _SUFFIX.keys() & output.get("data", {}).keys():
                yield name, output["data"]


def _bytes(mime: str, data: str | list[str]) -> bytes:
    text = data if isinstance(data, str) else "".join(data)
    return base64.b64decode(text) if mime == "image/png" else text.encode()
