"""Sentences that a page computes, so that its prose is true of any basin."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd
from IPython.display import Markdown, display

from swgw.scores.means import number, with_interval


class Say:
    """Show computed Markdown; the helpers that sentences share are its methods."""

    def __call__(self, text: str) -> None:
        """Show a text of Markdown as a paragraph of the page; nothing for an empty one."""
        if text:
            display(Markdown(text))

    number = staticmethod(number)

    @staticmethod
    def percent(share: float, digits: int = 0) -> str:
        """Write a share (0–1) as a percentage.

        Examples
        --------
        >>> say.percent(0.956)
        '96 %'
        """
        return f"{number(100 * share, digits)} %"

    @staticmethod
    def count(n: int, word: str, plural: str = "") -> str:
        """Write a count with its noun.

        Examples
        --------
        >>> say.count(1, "well"), say.count(25, "well"), say.count(2, "study", "studies")
        ('1 well', '25 wells', '2 studies')
        """
        return f"{n:,} {word if n == 1 else plural or word + 's'}"

    @staticmethod
    def listing(items: Iterable[str], none: str = "none") -> str:
        """Write items as a phrase.

        Examples
        --------
        >>> say.listing(["a", "b", "c"]), say.listing([])
        ('a, b and c', 'none')
        """
        items = [str(item) for item in items]
        if not items:
            return none
        return " and ".join([", ".join(items[:-1])] * bool(items[:-1]) + items[-1:])

    @staticmethod
    def interval(row: Mapping | pd.Series, digits: int = 2) -> str:
        """Write the value of a row with its 90 % interval.

        Examples
        --------
        >>> say.interval({"value": 0.35, "low": 0.1, "high": 0.6})
        '0.35 [0.10, 0.60]'
        """
        return with_interval(row["value"], row["low"], row["high"], digits)

    @staticmethod
    def grade(value: float, steps: Mapping[float, str]) -> str:
        """Give the words of the highest step that a value reaches.

        Examples
        --------
        >>> say.grade(0.85, {0.8: "good", 0.5: "fair", -1: "poor"})
        'good'
        """
        reached = [edge for edge in steps if value >= edge]
        return steps[max(reached)] if reached else steps[min(steps)]

    @staticmethod
    def escape(text: object) -> str:
        r"""Write a basin's own words as Markdown that shows them literally.

        Every ASCII punctuation mark gets a backslash, so neither Markdown, HTML, mathematics nor
        a role of MyST can start; line breaks become spaces.

        Examples
        --------
        >>> print(say.escape("<b>A*|B</b>"))
        \<b\>A\*\|B\<\/b\>
        """
        return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(str(text).split()))

    @staticmethod
    def period(start: pd.Timestamp, end: pd.Timestamp) -> str:
        """Write the days of a period, both included.

        Examples
        --------
        >>> say.period(pd.Timestamp("2001-01-01"), pd.Timestamp("2008-12-31"))
        '1 January 2001 to 31 December 2008'
        """
        return " to ".join(f"{day.day} {day:%B} {day.year}" for day in (start, end))

    @staticmethod
    def step(step: str) -> str:
        """Write a time step of ``basin.yml`` in words.

        Examples
        --------
        >>> say.step("5D")
        '5 days'
        """
        return {"D": "1 day", "5D": "5 days", "W": "1 week", "MS": "1 month"}[step]


say = Say()
