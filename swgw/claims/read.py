"""The claims of both sources (claims.yml) and the passages that contradict each other."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml

# The bounds of a claim; infinite where it has one only.
Band = tuple[float, float]


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
    smallest: float
    sample: tuple[str, ...]
    table: str
    number: str = ""
    needs: tuple[str, ...] = ()
    realisations: tuple[str, ...] = ()
    unit: str = ""
    untestable: str = ""

    def rule(self, parts: int = 1, scale: float = 1.0) -> str:
        """Write the rule in words, for so many parts, the smallest effect in units of ``scale``."""
        low, high = (f"{x:g}".replace("-", "−").replace("inf", "∞") for x in self.band)
        each = f", in each of {parts}" if parts > 1 else ""
        note = f"; smallest effect of interest {self.smallest * scale:.2g}" if self.smallest else ""
        return f"the 90 % interval of {self.statistic} lies between {low} and {high}{each}{note}"


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
