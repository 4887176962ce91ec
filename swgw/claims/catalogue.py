"""The claims of both sources with their rules, as ``claims.yml`` lists them."""

from dataclasses import dataclass
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
    realisations: tuple[str, ...] = ()
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
    return {key: Claim(key, **entry) for key, entry in _read("claims.yml").items()}


def passages() -> pd.DataFrame:
    """List passages of the two sources that contradict each other or leave something open.

    Returns
    -------
    DataFrame (topic)
        where (sections, tables, figures), found, follows (what a reader may conclude).
    """
    return pd.DataFrame.from_dict(_read("passages.yml"), orient="index").rename_axis("topic")


def _read(name: str) -> dict:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
