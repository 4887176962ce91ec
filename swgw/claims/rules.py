"""The claims of both sources with their rules (claims.yml), and how a rule judges."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from swgw.scores.resample import verdict

Band = tuple[float, float]
"""The bounds of a claim; infinite where it has one only."""


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


MARKS = {
    "supported": "▲",
    "contradicted": "▼",
    "inconclusive": "○",
    "not judged": "–",
    "not testable here": "◇",
}
"""Every verdict in the order of tables, with a shape, so that nothing rests on colour alone."""


def judge(parts: pd.DataFrame, band: Band, outside: Band | None = None) -> list[str]:
    """Judge each number on its own, see :func:`swgw.verdict`.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns low, high (ends of the 90 % interval, unit of the statistic) and seeds.
    band : tuple of float
        Where the statistic lies if the claim is right.
    outside : tuple of float, optional
        A wider band: contradicted only outside it; the band itself by default.

    Returns
    -------
    list of str
        One of the first four of :data:`MARKS` for each part.

    Examples
    --------
    >>> table = pd.DataFrame({"low": [0.1, -0.2, -0.3], "high": [0.3, 0.1, -0.1], "seeds": 3})
    >>> judge(table, (0, np.inf))
    ['supported', 'inconclusive', 'contradicted']
    """
    words = []
    for _, row in parts.iterrows():
        word, wider = verdict(row, *band), verdict(row, *(outside or band))
        words.append("inconclusive" if word == "contradicted" != wider else word)
    return words


def combine(verdicts: Iterable[str]) -> str:
    """Judge a claim from the verdicts on its parts: all must support it, one contradicts it.

    Examples
    --------
    >>> combine(["supported", "inconclusive"]), combine(["inconclusive", "contradicted"])
    ('inconclusive', 'contradicted')
    """
    order = ("contradicted", "not judged", "inconclusive", "supported")
    return next((word for word in order if word in set(verdicts)), "not testable here")


def deciding(parts: pd.DataFrame, band: Band) -> object:
    """Name the part that decides: of those with the claim's verdict, the farthest from support.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns value and verdict; at least one row.
    band : tuple of float
    """
    chosen = parts.loc[parts["verdict"] == combine(parts["verdict"]), "value"].astype(float)
    margin = np.minimum(chosen - band[0], band[1] - chosen)
    return margin.index[int(np.argmin(margin))]
