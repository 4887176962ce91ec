"""The claims of both sources with their rules, as ``claims.yml`` lists them."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from pathlib import Path

import pandas as pd
import yaml

from swgw.claims.judge import Band


@dataclass(frozen=True)
class Claim:
    """A claim in our words, and what decides it; the head of ``claims.yml`` explains each entry."""

    key: str
    heading: str
    short: str
    text: str
    where: str
    origin: str
    page: str
    statistic: str
    band: Band
    sample: tuple[str, ...]
    table: str
    number: str = ""
    outside: Band | None = None
    needs: tuple[str, ...] = ()
    realisations: tuple[str, ...] = field(default=())
    unit: str = ""
    only_source: bool = False

    def rule(self, parts: int = 1) -> str:
        """Write the rule in words, for a claim with so many parts; ``{water}`` is left in it."""
        low, high = (f"{edge:g}".replace("-", "−") for edge in self.band)
        lies = f"below {high}" if self.band[0] == -inf else f"between {low} and {high}"
        lies = f"above {low}" if self.band[1] == inf else lies
        each = f", in each of {parts}" if parts > 1 else ""
        but = f"; contradicted only above {self.outside[1]:g}" if self.outside else ""
        return f"the 90 % interval of {self.statistic} lies {lies}{each}{but}"


@lru_cache(maxsize=1)
def read_claims() -> dict[str, Claim]:
    """Read every claim by its key, in the order of the sources."""
    text = Path(__file__).with_name("claims.yml").read_text(encoding="utf-8")
    return {key: Claim(key, **entry) for key, entry in yaml.safe_load(text).items()}


def list_claims(study) -> pd.DataFrame:
    """List the claims that can be asked of a basin.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame (key)
        heading, short, text, where, number (both empty where the basin is not the sources'),
        origin, page, rule, from, to (the band, unit of the statistic), lacking (what the basin
        lacks for it, in words; empty where nothing).
    """
    rows = {}
    for claim in read_claims().values():
        if claim.only_source and not study.companion:
            continue
        rows[claim.key] = {
            "heading": claim.heading, "short": claim.short, "text": claim.text,
            "where": claim.where * study.companion, "number": claim.number * study.companion,
            "origin": claim.origin, "page": claim.page, "rule": claim.rule(),
            "from": claim.band[0], "to": claim.band[1],
            "lacking": "; ".join(study.lacking(*claim.needs)),
        }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("key")
    return table.replace({r"\{water\}": study.water}, regex=True)
