"""A table that points to figures: by their numbers in the book, by their pages elsewhere."""

import re
from collections.abc import Mapping

import pandas as pd
from IPython.display import Markdown

from swgw.book.text import table


class LinkedTable(Markdown):
    """A Markdown table with references to figures, which only the book can number.

    Parameters
    ----------
    frame : DataFrame
        Of finished strings; see :func:`swgw.book.text.table`. References are roles ``numref``.
    pages : mapping of str to str
        By label of a figure, the page that it stands on.
    """

    def __init__(self, frame: pd.DataFrame, pages: Mapping[str, str]):
        super().__init__(table(frame).data)
        self.pages = pages

    def _repr_html_(self) -> str:
        """Show it in Jupyter, which prefers HTML and knows no roles; the book does not."""
        from markdown_it import MarkdownIt

        text = re.sub(r"\{numref\}`([^`]*)`", lambda role: self._where(role[1]), self.data)
        return MarkdownIt("js-default", {"html": True}).render(text)

    def _where(self, label: str) -> str:
        return f"figure on page `{self.pages[label]}`"
