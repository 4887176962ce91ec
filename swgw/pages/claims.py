"""What old pages show of the claims; it goes when the intro and page 06 are new."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.claims.claim import findings
from swgw.plots import claims as plots

TRANSFER_LEARNING = "Transfer learning"


def figure_verdicts(study) -> Figure:
    """The verdicts at a glance: a mark for each claim, a row for each heading."""
    each = findings(study).groupby("heading", sort=False)["verdict"]
    return plots.plot_verdicts({heading: list(found) for heading, found in each})


def words_tally(study) -> Markdown:
    """Say how many claims have which verdict."""
    counts = findings(study)["verdict"].value_counts()
    parts = words.listing(f"{n} {verdict}" for verdict, n in counts.items())
    return Markdown(f"Of {counts.sum()} claims, {parts}.")


def table_claims(study, heading: str) -> Markdown:
    """The claims under one heading, each with its verdict."""
    found = findings(study).query("heading == @heading")
    return words.table(pd.DataFrame({"claim": found["text"], "verdict": found["verdict"]}))
