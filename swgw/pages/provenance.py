"""The page on where the numbers come from: versions, seeds, digests, times."""

import pandas as pd
from IPython.display import Markdown

from swgw import words
from swgw.provenance import provenance


def table_versions(study) -> Markdown:
    """List the versions of Python and of the packages that the results rest on."""
    found = provenance(study)["versions"]
    return words.table(pd.DataFrame(sorted(found.items()), columns=["package", "version"]))


def table_digests(study) -> Markdown:
    """List the digests that tie the results to their data and code."""
    facts = provenance(study)
    rows = [(name, f"`{value[:16]}…`") for name, value in facts["digests"].items() if value]
    rows += [
        ("profile", f"`{facts['profile']}`"),
        ("seeds", ", ".join(map(str, facts["seeds"]))),
    ]
    return words.table(pd.DataFrame(rows, columns=["what", "value"]))


def table_runs(study) -> Markdown:
    """List the runs with the windows that each was presented and its best validation loss."""
    curves = study.learning_curves()
    keys = ["model", "target", "seed"]
    runs = curves.groupby(keys, sort=False).agg(
        windows=("windows", "max"), epochs=("windows", "size"), best=("validation_loss", "min")
    )
    runs["best"] = runs["best"].map(lambda value: words.number(value, 3))
    runs["windows"] = runs["windows"].map(lambda value: f"{value:,}")
    runs = runs.reset_index().rename(columns={"best": "best validation loss"})
    runs["target"] = runs["target"].str.replace("_", " ")
    return words.table(runs)
