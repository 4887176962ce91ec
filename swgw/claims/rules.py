"""The rule that judges a claim, written before any number.

A claim says that a statistic lies in a band, such as "above zero". Its statistic comes with a 90 %
interval. The claim is *supported* where the whole interval lies in the band, *contradicted* where
it lies outside, *inconclusive* where it reaches across an edge, *not judged* with one seed. Where a
basin cannot ask the question it is *not testable here*. A claim about several things at once
("all architectures") is supported if each part is, and contradicted if one part is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf, nan

from swgw.book.text import count
from swgw.scores.bootstrap import Interval, judge

VERDICTS = ("supported", "contradicted", "inconclusive", "not judged", "not testable here")
"""Every verdict, in the order of tables and legends."""


@dataclass(frozen=True)
class Band:
    """Where a claim says that its statistic lies.

    Attributes
    ----------
    low, high : float
        In the statistic's unit.

    Examples
    --------
    >>> Band(0).words, Band(high=0).words, Band(0.15, 0.2).words
    ('above 0', 'below 0', 'between 0.15 and 0.2')
    """

    low: float = -inf
    high: float = inf

    @property
    def words(self) -> str:
        """The band as a phrase."""
        low, high = (f"{edge:g}".replace("-", "−") for edge in (self.low, self.high))
        if self.high == inf:
            return f"above {low}"
        return f"below {high}" if self.low == -inf else f"between {low} and {high}"

    def margin(self, value: float) -> float:
        """How far inside the band a value lies; below zero, how far outside."""
        return min(value - self.low, self.high - value)


@dataclass(frozen=True)
class Part:
    """One number that a claim rests on.

    Attributes
    ----------
    label : str
        What is compared or correlated, such as "MT-TFT − ST-TFT"; empty where the claim has one.
    found : Interval
        Its first count of draws is the seeds (or drawn basins) behind it.
    band : Band
    paper : float
        What the source gives for it; NaN where nothing.
    said : str
        The verdict where the page of the number has a rule of its own.
    """

    label: str
    found: Interval
    band: Band
    paper: float = nan
    said: str = ""

    @property
    def word(self) -> str:
        """The verdict on this part alone."""
        return self.said or judge(self.found, self.band.low, self.band.high)


def combine(words: Sequence[str]) -> str:
    """Judge a claim about several things at once from the verdicts on each.

    Examples
    --------
    >>> combine(["supported", "supported"]), combine(["supported", "inconclusive"])
    ('supported', 'inconclusive')
    >>> combine(["inconclusive", "contradicted"]), combine([])
    ('contradicted', 'not testable here')
    """
    weakest_first = ("contradicted", "not testable here", "not judged", "inconclusive", "supported")
    return next((word for word in weakest_first if word in words), "not testable here")


@dataclass(frozen=True)
class Claim:
    """A claim in our words, and what decides it.

    Attributes
    ----------
    key : str
    group : str
        Heading under which it is listed; ``{water}`` stands for discharge or stage.
    short : str
        The claim in a few words, for figures.
    text : str
        The claim, true or false of any basin.
    where : str
        Section, table or figure of the source.
    number : str
        The source's own number, as printed; empty where it gives none.
    statistic : str
        What is computed.
    band : Band
        Where the statistic lies if the claim is right.
    figure : str
        Label of the figure of this book that shows it; empty where none does.
    page : str
        Name of the page.
    needs : tuple of str
        As in :func:`swgw.pages.missing`.
    drawn : tuple of str
        Statistics of :data:`swgw.experiments.realisation_statistics.STATISTICS` that judge it over
        draws of a virtual basin.
    unit : str
        Of the statistic; empty for scores, correlations and shares, "gauge" for that of the gauge.
    over : str
        What is drawn anew for the interval, beside seeds: "block" or "well"; or alone: "wells",
        "steps", "seeds".
    exact : str
        The rule in words where it is not that of the band.
    own : bool
        Whether it can be asked of a basin that is not the sources' own.
    """

    key: str
    group: str
    short: str
    text: str
    where: str
    number: str
    statistic: str
    band: Band
    figure: str
    page: str
    needs: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    unit: str = ""
    over: str = "block"
    exact: str = ""
    own: bool = True

    def rule(self, parts: int = 1) -> str:
        """Give the rule in words, for a claim with so many parts."""
        every = "" if parts < 2 else f", in each of {parts}"
        if self.exact:
            return self.exact
        return f"the 90 % interval of {self.statistic} lies {self.band.words}{every}"


@dataclass(frozen=True)
class Finding:
    """What a basin says of a claim.

    Attributes
    ----------
    claim : Claim
    parts : tuple of Part
        Perhaps empty where the claim cannot be tested.
    reason : str
        Why it is not testable here; empty where it is.
    draws : bool
        Whether other draws of a virtual basin judge it.
    one_basin : bool
        Whether it depends on how a virtual basin was drawn, and one was drawn.
    remark : str
        What has to be said beside the verdict, such as that it rests on one value.
    """

    claim: Claim
    parts: tuple[Part, ...] = field(default=())
    reason: str = ""
    draws: bool = False
    one_basin: bool = False
    remark: str = ""

    @property
    def verdict(self) -> str:
        """One of :data:`VERDICTS`."""
        return "not testable here" if self.reason else combine([p.word for p in self.parts])

    @property
    def judged(self) -> bool:
        """Whether the claim was put to the test."""
        return self.verdict in VERDICTS[:3]

    @property
    def rule(self) -> str:
        """The rule in words; empty where the claim can be asked of no basin but the source's."""
        return self.claim.rule(len(self.parts)) if self.claim.own else ""

    @property
    def deciding(self) -> Part | None:
        """The part that decides: of those with the claim's verdict, the farthest from support."""
        chosen = [part for part in self.parts if self.reason or part.word == self.verdict]
        return min(chosen, key=lambda part: part.band.margin(part.found.value), default=None)

    @property
    def sample(self) -> str:
        """What the interval is over, in words; empty where there is none."""
        part = self.deciding
        if part is None:
            return ""
        seeds, n = map(int, part.found.draws)
        if self.draws:
            return f"{n} draws of the basin"
        if self.claim.over == "seeds":
            return count(seeds, "seed")
        if self.claim.over.endswith("s"):
            return count(n, self.claim.over.removesuffix("s"))
        return count(seeds, "seed") + f" × {count(n, self.claim.over)}" * bool(n)
