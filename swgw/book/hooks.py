"""A Sphinx extension: exercises counted by page, and one long page built like the others."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: "Sphinx") -> dict:
    """Connect to Sphinx, after the extensions whose work is changed here."""
    app.connect("builder-inited", _write_one_long_page_like_the_others)
    app.connect("env-get-updated", _count_exercises_by_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_one_long_page_like_the_others(app) -> None:
    """Let singlehtml take what writes pages: hidden cells register for the builder html only."""
    app.registry.translation_handlers.pop("singlehtml", None)


def _count_exercises_by_page(app, env) -> list[str]:
    """Number the exercises of every page from one, as notebooks and instructor guide do.

    Sphinx has just numbered them through the book; solutions ask for the number of their exercise
    later. No page has to be read again, so the list of such is empty.
    """
    for numbers in env.toc_fignumbers.values():
        for count, label in enumerate(numbers.get("exercise", ()), start=1):
            numbers["exercise"][label] = (count,)
    return []
