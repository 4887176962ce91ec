"""Sentences and numbers that a page computes, so that its prose is true of any basin."""

import re
from collections.abc import Iterable

import pandas as pd
from IPython.display import Markdown

from swgw.scores.rounding import number

MODELS = (
    *("ST-GRU", "ST-LSTM", "ST-TFT", "MT-GRU", "MT-LSTM", "MT-TFT"),
    *("STw-TFT", "ST+-TFT"),
)
"""The trained models in the order of the tables."""


def escape(text: object) -> str:
    r"""Write a basin's own words as Markdown that shows them literally.

    Every ASCII punctuation mark gets a backslash, so neither Markdown, HTML, mathematics nor a
    role of MyST can start; line breaks become spaces.

    Examples
    --------
    >>> print(escape("<b>A*|B</b>"))
    \<b\>A\*\|B\<\/b\>
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(str(text).split()))


def percent(share: float, digits: int = 0) -> str:
    """Write a share (0–1) as a percentage.

    Examples
    --------
    >>> percent(0.956)
    '96 %'
    """
    return f"{number(100 * share, digits)} %"


def count(n: int, word: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> count(1, "well"), count(25, "well")
    ('1 well', '25 wells')
    """
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def sentence(text: object) -> str:
    r"""Write a basin's own words as a sentence of Markdown, with one full stop.

    Examples
    --------
    >>> print(sentence("No rights reserved."))
    No rights reserved.
    """
    return escape(str(text).strip().rstrip(".")) + "."


def listing(items: Iterable[str]) -> str:
    """Items as a phrase.

    Examples
    --------
    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    items = list(items)
    return " and ".join([", ".join(items[:-1])] * bool(items[:-1]) + items[-1:])


def period(span) -> str:
    """Write the days of a period, both included.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> period(SimpleNamespace(start=pd.Timestamp("2001-01-01"), end=pd.Timestamp("2008-12-31")))
    '1 January 2001 to 31 December 2008'
    """
    return " to ".join(f"{day.day} {day:%B} {day.year}" for day in (span.start, span.end))


def step_word(step: str) -> str:
    """Write a step of the contract in words: ``5D`` is ``5 days``."""
    return {"D": "1 day", "5D": "5 days", "W": "1 week", "MS": "1 month"}[step]


def budget(profile) -> str:
    """Say how many windows a profile presents to a run at most.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> budget(SimpleNamespace(windows=5_120, recurrent_windows=5_120))
    'at most 5,120 windows presented to a run'
    >>> budget(SimpleNamespace(windows=74_880, recurrent_windows=37_440))
    'at most 74,880 windows presented to a run of the transformer, 37,440 to a recurrent model'
    """
    text = f"at most {count(profile.windows, 'window')} presented to a run"
    if profile.recurrent_windows == profile.windows:
        return text
    return f"{text} of the transformer, {profile.recurrent_windows:,} to a recurrent model"


def surface_water_word(study) -> str:
    """``discharge`` or ``stage``, whichever the basin's gauges measure."""
    return study.basin.settings.surface_water


def surface_water_label(study) -> str:
    """Label of an axis: the surface water's quantity with its unit."""
    settings = study.basin.settings
    return f"{settings.surface_water.capitalize()} [{settings.unit}]"


def paper_says(study, key: str) -> Markdown | None:
    """Show what the paper states in a box; nothing where the basin is not the paper's companion.

    Parameters
    ----------
    study : Study
    key : str
        A key of :data:`swgw.claims.paper_statements.STATEMENTS`.
    """
    from swgw.claims.paper_statements import STATEMENTS

    statement = STATEMENTS[key]
    if study.basin.settings.companion != "jing2025":
        return None  # an empty Markdown would leave an empty box on the page
    return Box(f"In the paper ({statement.where})", statement.text, "seealso")


class Box(Markdown):
    """A box: an admonition where the book is rendered, a quotation where a notebook is open.

    Parameters
    ----------
    title, text : str
        MyST Markdown.
    look : str
        Class of the admonition.
    """

    def __init__(self, title: str, text: str, look: str):
        super().__init__(f"```{{admonition}} {title}\n:class: {look}\n{text}\n```")
        self.plain = f"**{title}.** {text}"

    def _repr_html_(self) -> str:
        """Show it in Jupyter, which prefers HTML and knows no admonitions; the book does not."""
        from markdown_it import MarkdownIt

        inside = MarkdownIt("js-default").render(re.sub(r"\{\w+\}`([^`]*)`", r"\1", self.plain))
        return f"<blockquote>{inside}</blockquote>"


def table(frame: pd.DataFrame) -> Markdown:
    """Write a frame of finished strings as a Markdown table, its index left out.

    The cells are Markdown: names of a basin go through :func:`escape` before.
    """
    rows = [list(map(str, frame.columns)), ["---"] * frame.shape[1]]
    rows += [list(map(str, row)) for row in frame.itertuples(index=False)]
    return Markdown("\n".join("| " + " | ".join(row) + " |" for row in rows))
