"""Gather what a finished run leaves beside the pages: tables, figures and where they came from."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd

from swgw.book.export import KEY
from swgw.storage.files import write_text, write_whole

_SUFFIX = {"image/svg+xml": "svg", "image/png": "png"}


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, whole or not at all."""
    with write_whole(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


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


def collect_tables(executed: list[Path], folder: Path) -> int:
    """Write the tables that pages keep (:class:`swgw.book.export.KeptTable`) as CSV files.

    Parameters
    ----------
    executed : list of Path
        Notebooks.
    folder : Path
        Gets ``<name>.csv``.

    Returns
    -------
    int
        Number of tables.
    """
    found = {}
    for path in executed:
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                kept = output.get("metadata", {}).get(KEY)
                if kept:
                    found[kept["name"]] = kept["csv"]
    for name, text in found.items():
        write_text(folder / f"{name}.csv", text)
    return len(found)


def write_provenance(path: Path, facts: dict) -> None:
    """Write what a run came from as sorted JSON, whole or not at all."""
    write_text(path, json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _figures(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, dict]]:
    """Name and image data of each figure cell that drew something."""
    for cell in notebook.cells:
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for output in cell.get("outputs", []) if name else []:
            if _SUFFIX.keys() & output.get("data", {}).keys():
                yield name, output["data"]


def _bytes(mime: str, data: str | list[str]) -> bytes:
    text = data if isinstance(data, str) else "".join(data)
    return base64.b64decode(text) if mime == "image/png" else text.encode()
