"""What commonly goes wrong with a folder, and the very message that the check gives for it.

The messages are made anew each time: a copy of the example is spoiled and checked.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from swgw.basin.check import check_basin
from swgw.basin.example import write_example


@dataclass(frozen=True)
class Trouble:
    """A common fault.

    Attributes
    ----------
    what : str
        What happened, in the words of someone it happened to.
    file : str
        The file that is spoiled.
    spoil : callable
        Turns the file's text into the spoiled one.
    cure : str
        What to do.
    """

    what: str
    file: str
    spoil: Callable[[str], str]
    cure: str


def _cell(row: int, column: int, value: str) -> Callable[[str], str]:
    """Put a value into a row (the header is row 1) and column (from 0) of a CSV text."""

    def spoil(text: str) -> str:
        lines = text.splitlines()
        fields = lines[row - 1].split(",")
        fields[column] = value
        lines[row - 1] = ",".join(fields)
        return "\n".join(lines) + "\n"

    return spoil


TROUBLES = (
    Trouble("The spreadsheet saved semicolons", "heads.csv", lambda t: t.replace(",", ";"),
            "Save as CSV with commas, or use `swgw import table` with `read: {sep: \";\"}`."),
    Trouble("Decimal commas", "heads.csv", _cell(5, 2, '"1476,5"'),
            "Save with decimal points, or use `swgw import table` with `read: {decimal: \",\"}`."),
    Trouble("The spreadsheet turned dates into numbers", "heads.csv", _cell(5, 0, "36906"),
            "Format the column as 2001-12-31, or use `swgw import table` with "
            "`date_format: excel`."),
    Trouble("Days first", "heads.csv", _cell(5, 0, "16.01.2001"),
            "Use `swgw import table` with `date_format: \"%d.%m.%Y\"`."),
    Trouble("The logger writes -999 where it has nothing", "heads.csv", _cell(5, 2, "-999"),
            "Leave the cell empty, or use `swgw import table` with `read: {na_values: [-999]}`."),
    Trouble("The spreadsheet dropped leading zeros", "heads.csv", lambda t: t.replace("007", "7"),
            "Format the column as text before typing or pasting."),
    Trouble("Longitude and latitude changed places", "wells.csv",
            lambda t: t.replace("longitude,latitude", "latitude,longitude"),
            "Rename the two columns."),
    Trouble("Depths to the water stand in the column of heads", "heads.csv",
            lambda t: "\n".join(line if line.startswith("date") else _depth(line)
                                for line in t.splitlines()) + "\n",
            "Call the column `depth`, or use `swgw import table` with `kind: depth`."),
    Trouble("One logger writes centimetres", "heads.csv", _cell(5, 2, "147660"),
            "Divide by 100, or use `swgw import table` with `unit: cm`."),
    Trouble("Rain in metres, as some reanalyses have it", "forcing.csv",
            lambda t: "\n".join(line if line.startswith("date") else _metres(line)
                                for line in t.splitlines()) + "\n",
            "Multiply by 1000, or use `swgw import table` with `units: {precipitation: m/d}`."),
    Trouble("The download stopped half-way", "heads.csv", lambda t: t[: t.rindex(",")],
            "Get the file again."),
    Trouble("The periods reach beyond the records", "basin.yml",
            lambda t: t.replace("2006-12-31]", "2016-12-31]"), "Shorten the period."),
)  # fmt: skip
"""In the order in which they happen to most people."""


def _metres(line: str) -> str:
    fields = line.split(",")
    return ",".join([fields[0], f"{float(fields[1]) / 1000:.6f}", *fields[2:]])


def _depth(line: str) -> str:
    fields = line.split(",")
    return ",".join([*fields[:2], f"{1510 - float(fields[2]):.3f}"])


def messages() -> list[tuple[str, str, str]]:
    """Give each trouble's name, the check's first message for it, and the cure."""
    found = []
    with tempfile.TemporaryDirectory() as home:
        for number, trouble in enumerate(TROUBLES):
            folder = write_example(Path(home) / str(number))
            path = folder / trouble.file
            path.write_text(trouble.spoil(path.read_text("utf-8")), encoding="utf-8")
            found.append((trouble.what, str(check_basin(folder)[0]), trouble.cure))
    return found
