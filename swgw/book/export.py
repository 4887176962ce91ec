"""A table on a page that is also kept as a CSV file beside the pages, the same numbers in both."""

import pandas as pd
from IPython.display import Markdown

KEY = "kept_table"


class KeptTable(Markdown):
    """Markdown that carries a table; from the time before pages kept their own tables.

    Parameters
    ----------
    text : str
        What the page shows.
    name : str
        Name of the file, without ``.csv``.
    table : DataFrame
        What the file holds.
    """

    def __init__(self, text: str, name: str, table: pd.DataFrame):
        super().__init__(text)
        self.name, self.table = name, table

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        csv = self.table.to_csv(index=False, lineterminator="\n")
        data = {"text/markdown": self.data, "text/plain": self.data}
        return data, {KEY: {"name": self.name, "csv": csv}}  # no format of its own: pages show one
