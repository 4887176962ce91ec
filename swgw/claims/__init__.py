"""The claims of both sources, the rules that judge them, and the verdicts: no number of ours.

A claim says in advance which statistic decides it and in which band the statistic has to lie
(:mod:`swgw.claims.forecasts`, :mod:`swgw.claims.readings`, :mod:`swgw.claims.source`); the rule is
the same for all (:mod:`swgw.claims.rules`). The statistics are computed by the pages that show
them, and :mod:`swgw.pages.claims` puts the two together.
"""

from swgw.claims.forecasts import FORECASTS
from swgw.claims.readings import READINGS
from swgw.claims.rules import VERDICTS, Band, Claim, Finding, Part
from swgw.claims.source import TRANSFER

CLAIMS: tuple[Claim, ...] = FORECASTS + READINGS + TRANSFER
"""Every claim, in the order of the two sources."""

__all__ = ["CLAIMS", "VERDICTS", "Band", "Claim", "Finding", "Part"]
