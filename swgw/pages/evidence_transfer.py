"""The numbers behind the claims on transfer learning; see :mod:`swgw.pages.evidence`."""

import numpy as np

from swgw.claims import Claim, Part
from swgw.pages.evidence import Found
from swgw.scores.bootstrap import Interval
from swgw.transfer import claims
from swgw.transfer.results import read_transfer

MEANS = {"IT-LSTM": 0.92, "TL-LSTM": 0.91}
WEEKS = "weeks of work are not what a computer measures; the times of training are on the page"


def _compared(study, claim: Claim, says: str) -> list[Part]:
    parts = []
    for row in claims.comparisons(read_transfer(study), claims.COMPARISONS).itertuples():
        if row.says == says:
            found = Interval(row.value, row.low, row.high, (row.seeds, row.wells))
            parts.append(Part(row.comparison, found, claim.band))
    return parts


def alike(study, claim: Claim) -> Found:
    """TL-LSTM less IT-LSTM."""
    paper = MEANS["TL-LSTM"] - MEANS["IT-LSTM"] if _companion(study) else np.nan
    return [
        Part(part.label, part.found, part.band, round(paper, 2))
        for part in _compared(study, claim, "nearly identical")
    ]


def _companion(study) -> bool:
    return study.basin.settings.companion == "jing2025"


def machines(study, claim: Claim) -> Found:
    """Both LSTMs less both conventional machines."""
    return _compared(study, claim, "better")


def level(study, claim: Claim) -> Found:
    """The mean NSE here, which cannot judge the source's."""
    table = claims.summary(read_transfer(study)).set_index("approach")
    return [
        Part(
            name,
            Interval(row["mean"], row["mean_low"], row["mean_high"], (row.seeds, row.wells)),
            claim.band,
            paper,
        )
        for (name, paper), row in ((item, table.loc[item[0]]) for item in MEANS.items())
    ]


def time(study, claim: Claim) -> Found:
    """TL-LSTM's share of IT-LSTM's processor time."""
    share, word = claims.time_share(read_transfer(study), len(study.profile.seeds))
    found = Interval(share, np.nan, np.nan, (len(study.profile.seeds), 0))
    return [Part("", found, claim.band, said=word)]


def weeks(study, claim: Claim) -> Found:
    """Say why weeks and minutes cannot be judged."""
    return WEEKS


def hills(study, claim: Claim) -> Found:
    """What transfer costs at the hilly well more than at the others."""
    transfer = read_transfer(study)
    well = claims.steep_well(study.basin.wells)
    if well is None or well not in transfer.nse("TL-LSTM"):
        return "no well stands out by its slope"
    return [Part(f"well {well}", claims.steep_interval(transfer, well), claim.band)]


def unlike(study, claim: Claim) -> Found:
    """Likeness to the mean against what transfer costs."""
    return [Part("", claims.likeness_interval(read_transfer(study)), claim.band)]


TRANSFER = {
    "transfer_level": level,
    "transfer_alike": alike,
    "transfer_machines": machines,
    "transfer_time": time,
    "transfer_weeks": weeks,
    "transfer_hills": hills,
    "transfer_unlike": unlike,
}
"""By key of the claim: what gives its numbers."""
