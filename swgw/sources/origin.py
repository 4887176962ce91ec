"""What is wrong with a folder that was made from a user's files, told by the places in those."""

import re
from dataclasses import dataclass, replace

import pandas as pd

from swgw.basin.settings import shown
from swgw.sources.mapping import SERIES, Section
from swgw.storage.errors import Problem


@dataclass(frozen=True)
class Origin:
    """Where the rows of a folder's table come from.

    Attributes
    ----------
    section : Section
        Of the mapping.
    rows : Index (row,)
        Row in the user's file, as a spreadsheet counts, of each row of the table.
    columns : tuple of str
        Column of the value, of each row of a series; empty for other tables.
    """

    section: Section
    rows: pd.Index
    columns: tuple[str, ...] = ()

    def place(self, problem: Problem) -> str:
        """Name the file of a problem, and its first row where it has one."""
        file = self.section.file.name
        if "places" in self.section.keys or self.section.name == "basin":
            return f"{file}, section {self.section.name}"
        row = re.match(r"rows? (\d+)", problem.place)
        if not row or not 2 <= int(row[1]) < len(self.rows) + 2:
            return file
        line = int(row[1]) - 2
        column = f", column {shown(self.columns[line])}" if self.columns else ""
        return f"{file}, row {self.rows[line]}{column}"

    @property
    def wide(self) -> bool:
        """Whether identifiers are columns of the file, taken as they are."""
        keys = self.section.keys
        series = self.section.name in SERIES
        return series and SERIES[self.section.name][0] not in keys and "columns" not in keys


def origin_of(section: Section, table: pd.DataFrame) -> Origin:
    """Give the origin of a table whose index numbers the rows of the file from 0."""
    if section.name not in SERIES:
        return Origin(section, table.index + 2)
    key, keys = SERIES[section.name][0], section.keys
    if key in keys:
        columns = [keys["value"]] * len(table)
    else:
        names = {str(ours): str(theirs) for ours, theirs in keys.get("columns", {}).items()}
        columns = [names.get(name, name) for name in table[key]]
    return Origin(section, table.index + 2, tuple(columns))


def told(problems: list[Problem], origins: dict[str, Origin]) -> str:
    """List problems of a folder that was not written, each with the place in the user's file."""
    count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
    lines = "\n".join(f"  - {_told(problem, origins.get(problem.file))}" for problem in problems)
    return (
        f"{count}; nothing was written; in terms of the folder's files, yours in brackets:\n{lines}"
    )


def _told(problem: Problem, source: Origin | None) -> Problem:
    drafted = source and source.section.name == "basin" and not _named(problem, source.section)
    if source is None or drafted:
        return problem
    place = f"{problem.place} [{source.place(problem)}]".strip()
    expected = problem.expected
    if source.wide and problem.found.startswith("unknown"):
        section = source.section.name
        expected += f"; columns: {{identifier: column of the file}} in the section {section}, if "
        expected += "names differ or some columns are something else"
    return replace(problem, place=place, expected=expected)


def _named(problem: Problem, section: Section) -> bool:
    """Whether a key that the problem names was given by the user and not drafted."""
    return any(str(key) in re.findall(r"\w+", problem.place) for key in section.keys)
