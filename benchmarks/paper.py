"""What a whole book took, by kind of work, as its own provenance tells."""

import json
from pathlib import Path

import pandas as pd
from case import machine


def measure(book: Path) -> dict:
    """Read what the work behind a book took.

    Parameters
    ----------
    book : Path
        The folder of the book, ``_build/<basin>``.

    Returns
    -------
    dict
        ``machine``, and of ``results/provenance.json``: ``profile``, ``seeds``, elapsed seconds of
        all ``notebooks``, and ``work``: processor seconds by kind.

    Raises
    ------
    FileNotFoundError
        Where no book was built.
    """
    facts = json.loads((book / "results" / "provenance.json").read_text(encoding="utf-8"))
    work = pd.DataFrame(facts["runs"]).query("stage == 'whole'").groupby("kind")["cpu"].sum()
    told = {name: facts[name] for name in ("profile", "seeds")}
    notebooks = sum(facts["notebooks"].values())
    return {"machine": machine(), **told, "notebooks": notebooks, "work": work.to_dict()}
