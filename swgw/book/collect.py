"""Tables and figures of a book as files: what notebooks keep, and what gathers it."""

import base64
import shutil
from pathlib import Path

import nbformat
import pandas as pd
from IPython.display import display

from swgw.storage.files import write_text

KEY = "kept_table"
"""Of the metadata of a cell's output."""

SUFFIX = {"image/svg+xml": "svg", "image/png": "png"}


def keep(table: pd.DataFrame, name: str) -> None:
    """Show a table; the book also writes it to ``results/<name>.csv``.

    Parameters
    ----------
    table : DataFrame
        Its index is written unless it only counts the rows.
    name : str
        Of the file, without ``.csv``.
    """
    index = not isinstance(table.index, pd.RangeIndex)
    display(table, metadata={KEY: {"name": name, "csv": table.to_csv(index=index)}})


def collect(executed: list[Path], results: Path) -> int:
    """Write the kept tables and the named figures of executed notebooks.

    Parameters
    ----------
    executed : list of Path
        Notebooks.
    results : Path
        Gets ``<name>.csv``, and ``figures/<name>.svg`` and ``.png`` (old figures are removed).

    Returns
    -------
    int
        Number of figures.
    """
    draft = results / ".figures.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    cells = [cell for path in executed for cell in nbformat.read(path, as_version=4).cells]
    for cell in cells:
        name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        for output in cell.get("outputs", []):
            if kept := output.get("metadata", {}).get(KEY):
                write_text(results / f"{kept['name']}.csv", kept["csv"])
            for kind in SUFFIX.keys() & output.get("data", {}) if name else ():
                path = draft / f"{name}.{SUFFIX[kind]}"
                path.write_bytes(_bytes(kind, output["data"][kind]))
    shutil.rmtree(results / "figures", ignore_errors=True)
    draft.rename(results / "figures")
    return len({path.stem for path in (results / "figures").iterdir()})


def _bytes(kind: str, data: str) -> bytes:
    return base64.b64decode(data) if kind == "image/png" else data.encode()
