"""What a whole book took, stage by stage, as its own provenance tells."""

import json
from pathlib import Path

from case import machine

KEPT = ("profile", "seeds", "seconds", "cpu_seconds_of_work")


def measure(book: Path) -> dict:
    """Read the stages of a book that was built.

    Parameters
    ----------
    book : Path
        The folder of the book, ``_build/<basin>``.

    Returns
    -------
    dict
        ``machine``, and of ``results/provenance.json``: ``profile``, ``seeds``, elapsed
        ``seconds`` by stage, and ``cpu_seconds_of_work`` by kind of work and stage.

    Raises
    ------
    FileNotFoundError
        Where no book was built.
    """
    facts = json.loads((book / "results" / "provenance.json").read_text(encoding="utf-8"))
    return {"machine": machine()} | {name: facts[name] for name in KEPT}
