"""The mapping of ``swgw import table``: which column of a user's files is what, in short YAML."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from swgw.basin.settings import load_yaml, near, shown
from swgw.storage.errors import Problem, UserError

Read = Literal[
    "sep", "decimal", "thousands", "skiprows", "header", "names", "comment", "encoding",
    "na_values", "sheet_name", "usecols",
]  # fmt: skip
"""Keys that a section hands to pandas; none of them opens a file or runs code."""

Names = Annotated[list[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]
Place = Annotated[list[float], Field(min_length=2, max_length=3)]


class Section(BaseModel, extra="forbid", strict=True):
    """What all sections have: the file, how pandas reads it, dates, identifiers, units."""

    file: str = ""
    read: dict[Read, object] = {}
    date: Names = Field(["date"], min_length=1)
    date_format: str = ""
    well_id: str = ""
    gauge_id: str = ""
    units: dict[str, str] = {}


class Places(Section, extra="allow"):
    """``wells`` or ``gauges``: places in the mapping itself, or columns by their name in ours."""

    __pydantic_extra__: dict[str, str]
    places: dict[str, Place] = {}


class Heads(Section):
    """``heads``: long with an identifier and `value`, else wide."""

    value: str = ""
    columns: dict[str, str] = {}
    kind: Literal["head", "depth"] = "head"
    unit: str = ""


class SurfaceWater(Heads):
    """``surface_water``."""

    kind: Literal["discharge", "stage"] = "discharge"


class Forcing(Section):
    """``forcing``: for the whole basin, or for places with `well_id` or `gauge_id`."""

    precipitation: str = "precipitation"
    temperature: str = ""
    wind: str = ""
    pet: str = ""


class Mapping(BaseModel, extra="forbid", strict=True):
    """The whole mapping; `basin` holds keys for ``basin.yml``."""

    wells: Places | None = None
    heads: Heads | None = None
    gauges: Places | None = None
    surface_water: SurfaceWater | None = None
    forcing: Forcing | None = None
    river: str = ""
    basin: dict[str, object] = {}

    @model_validator(mode="after")
    def _complete(self):
        pairs = [(self.wells, self.heads), (self.gauges, self.surface_water)]
        if any((a is None) != (b is None) for a, b in pairs) or pairs == [(None, None)] * 2:
            raise ValueError("sections wells and heads, or gauges and surface_water, or all four")
        return self


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping.

    Parameters
    ----------
    path : Path
        The YAML file.

    Raises
    ------
    UserError
        With every problem found.
    """
    try:
        return Mapping.model_validate(load_yaml(path))
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise UserError(listed([_problem(path.name, fault) for fault in found])) from None
    except ValueError as error:
        raise UserError(str(Problem(path.name, *error.args, "plain YAML"))) from None


def listed(problems: list[Problem]) -> str:
    """Say all that was found, one problem a line."""
    count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
    return f"{count}; nothing was written:\n" + "\n".join(f"  - {p}" for p in problems)


def _problem(file: str, fault: dict) -> Problem:
    """Tell one of pydantic's findings in our words."""
    place = ", key ".join(str(part) for part in fault["loc"] if part != "[key]")
    place, kind, found = f"section {place}" * bool(place), fault["type"], shown(fault["input"])
    expected = fault["msg"].replace("Input should be ", "").removeprefix("Value error, ")
    if kind in ("missing", "value_error"):
        found = "nothing"
    elif kind == "extra_forbidden":
        known = [*Forcing.model_fields, *Heads.model_fields, *Mapping.model_fields]
        found = "an unknown key" + near(str(fault["loc"][-1]), known)
        expected = "a key that `swgw import table --help` lists"
    elif kind == "string_type":
        expected = "text, in quotes if it looks like a number"
    return Problem(file, place, found, expected)
