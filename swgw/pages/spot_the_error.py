"""A lesson: statements of the paper on cards, sound and unsound, to be checked by arithmetic.

Unlike other pages this one shows the paper's numbers beside every basin: it is about reading a
published text, and the basin at hand has no part in it.
"""

import pandas as pd
from IPython.display import Markdown

from swgw.book.text import listing, number, table
from swgw.scores.paper import CLUSTERS, CORRELATIONS, TABLE_3, WELLS


def table_cards() -> Markdown:
    """Lay out the cards, each with its place in the paper."""
    entropy = listing(number(value) for value in sorted(CLUSTERS["entropy_median"]))
    near, far = (number(CORRELATIONS[key]) for key in ("entropy_distance", "r2_distance"))
    cards = {
        "A": ("Table 3", "NSE and RMSE of six models of one river over one test period (below)."),
        "B": (
            "Table 3",
            "The RMSE is given in m³/d. (Not in the paper: the river's mean is 50 to 60 m³/s.)",
        ),
        "C": (
            "section 5, conclusion 1",
            "The second task improves NSE and R² by 15–20 % across all configurations.",
        ),
        "D": (
            "section 3.2, Fig. 9a",
            f"Over {WELLS} wells, permutation entropy and distance to the river correlate with"
            f" r = {near}: wells near the channel have the more complex series.",
        ),
        "E": (
            "section 3.2, Fig. 9b",
            f"Over the same wells, R² and distance correlate with r = {far}: the model does better"
            " far from the channel.",
        ),
        "F": ("section 3.2, Fig. 8b", f"The clusters' median permutation entropies are {entropy}."),
        "G": (
            "section 2.2, Table 1",
            "The weather is from a data set that spans 1979–2010, the tests are of 2010–2012; and"
            " yearly land use of 2001–2012 at 30 m is from Sentinel-2.",
        ),
        "H": (
            "section 4.2; section 5, conclusion 5",
            "The cluster farthest from the channel has the highest linear correlation of heads and"
            " runoff. Heads correlate negatively with runoff, the more so the farther the well.",
        ),
    }
    rows = [(f"**{card}**", where, text) for card, (where, text) in cards.items()]
    return table(pd.DataFrame(rows, columns=["card", "where", "statement"]))


def table_card_a() -> Markdown:
    """Write the scores of card A as printed."""
    printed = TABLE_3.set_axis(["model", "NSE", "R²", "RMSE"], axis=1)
    return table(printed.map(lambda cell: cell if isinstance(cell, str) else number(cell)))
