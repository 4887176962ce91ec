"""What the notebooks call: each page's figures, tables and computed words, from a study.

Importing this package sets the look of the figures. A page's function that needs something which
a basin may lack says so with :func:`needs`; the page then stays, with the reason in its place.
"""

from collections.abc import Callable
from functools import wraps

from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.needs import placeholder
from swgw.book.text import Box
from swgw.experiments.lacking import lacking as missing
from swgw.figures.style import use_style

use_style()


def needs(*required: str) -> Callable:
    """Let a page's function answer with the reason where the basin lacks what it needs.

    The wrapped function's first argument is the study. A function whose name begins with
    ``figure`` gives a small placeholder figure, any other one Markdown. See :func:`missing`
    for the words of ``required``.
    """

    def wrap(function: Callable) -> Callable:
        placeholder = (
            placeholder_figure if function.__name__.startswith("figure") else placeholder_words
        )

        @wraps(function)
        def page(study, *args, **kwargs):
            lacking = missing(study, *required)
            return placeholder(lacking) if lacking else function(study, *args, **kwargs)

        return page

    return wrap


def placeholder_figure(lacking: list[str]) -> Figure:
    """Draw a small figure that says why it is empty."""
    return placeholder("; and ".join(lacking))


def placeholder_words(lacking: list[str]) -> Markdown:
    """Write a note that says why a result is missing."""
    reason = "; and ".join(lacking)
    return Box("Note", f"Not given for this basin: it has {reason}.", "note")
