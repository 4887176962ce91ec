"""Pages that read what a study asked of its networks; they stay, with the reason, without it."""

from collections.abc import Callable
from functools import wraps

from swgw.attribution.work import lack
from swgw.pages import missing, placeholder_figure, placeholder_words
from swgw.scores.bootstrap import Interval
from swgw.scores.rounding import with_interval


def needs_probe(*required: str) -> Callable:
    """Let a page's function answer with the reason where a study has no probes of its networks.

    As :func:`swgw.pages.needs`, whose words ``required`` may hold too.
    """

    def wrap(function: Callable) -> Callable:
        is_figure = function.__name__.startswith("figure")
        placeholder = placeholder_figure if is_figure else placeholder_words

        @wraps(function)
        def page(study, *args, **kwargs):
            lacking = missing(study, *required) + [lack(study)] * bool(lack(study))
            return placeholder(lacking) if lacking else function(study, *args, **kwargs)

        return page

    return wrap


def interval_text(found: Interval, digits: int = 2) -> str:
    """Write a number with its interval; a dash where it is not defined."""
    return with_interval(found.value, found.low, found.high, digits)
