"""What is written and how work is done: whole files, kept results, jobs; a user's mistakes.

A mistake raises one message without a traceback.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Gets a line for the user.
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a basin folder.

    Attributes
    ----------
    file : str
        The file's name inside the folder.
    place : str
        The row, column or key, as a spreadsheet user would look for it; may be empty.
    found, expected : str
        What is there and what should be.
    rule : str
        The name by which ``accept`` in ``basin.yml`` lets it pass; empty where nothing does.
    """

    file: str
    place: str
    found: str
    expected: str
    rule: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        passes = f" (if it is true: `accept: [{self.rule}]` in basin.yml)" if self.rule else ""
        return f"{where}: found {self.found}; expected {self.expected}{passes}"


class UserError(Exception):
    """Raised where the user can correct the cause; the command line prints it and exits with 2."""


def install(extra: str) -> str:
    """Give the command that adds an extra, in a checkout: no index of packages holds swgw.

    Examples
    --------
    >>> install("import")
    'python -m pip install -e ".[import]" -c constraints.txt'
    """
    return f'python -m pip install -e ".[{extra}]" -c constraints.txt'


class BasinError(UserError):
    """Raised when the folder of a basin breaks the contract; lists every problem at once."""

    def __init__(self, folder: str | Path, problems: list[Problem]):
        self.problems = list(problems)
        count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{count} in the basin folder {folder}:\n{lines}")
