"""Tables of a basin, and settings for data seen for the first time."""

from pathlib import Path

import pandas as pd


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write tables by file name as CSV, dates as ``YYYY-MM-DD``, gaps as empty cells."""
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, date_format="%Y-%m-%d", lineterminator="\n")
