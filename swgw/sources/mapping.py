"""The mapping of a user's tables: which column is what, and how pandas reads each file."""

import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, create_model

from swgw.basin.settings import load_yaml, near, shown
from swgw.sources import DESCRIPTIONS
from swgw.storage import Problem, UserError

# Keys that a section hands to pandas; none of them opens a file or runs code.
READ = ("sep", "decimal", "thousands", "skiprows", "header", "names", "comment", "encoding",
        "na_values", "sheet_name", "usecols")  # fmt: skip

# Keys that stood in the section itself before ``read`` held them; they still do what they did.
FORMER = {key: key for key in READ} | {"separator": "sep", "missing": "na_values"}

FORMATS = yaml.safe_load((DESCRIPTIONS / "formats.yml").read_text("utf-8"))
KEYS = yaml.safe_load((DESCRIPTIONS / "mapping.yml").read_text("utf-8"))
SECTIONS = ("wells", "heads", "gauges", "surface_water", "forcing", "river")

Names = Annotated[list[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)]
Place = Annotated[list[float | str], Field(min_length=2, max_length=3)]
KINDS: dict[str, Any] = {
    "text": (str, ""), "names": (Names, []), "texts": (dict[str, str], {}),
    "rows": (dict[str, list[str | int | float]], {}), "places": (dict[str, Place], {}),
    "date": (Annotated[Names, Field(min_length=1)], ["date"]), "rain": (Names, ["precipitation"]),
    "format": (Literal["", *FORMATS], ""), "read": (dict[Literal[READ], object], {}),
    "head": (Literal["head", "depth"], "head"),
    "discharge": (Literal["discharge", "stage"], "discharge"),
}  # fmt: skip


class Strict(BaseModel, extra="forbid", strict=True):
    """A section without unknown keys."""


class Places(BaseModel, extra="allow", strict=True):
    """A section with attributes of places beside its keys."""

    __pydantic_extra__: dict[str, Names]


def section_model(name: str) -> type[BaseModel]:
    """Give the model of a section's keys."""
    base = Places if "places" in KEYS[name] else Strict
    return create_model(name, __base__=base, **{key: KINDS[k] for key, k in KEYS[name].items()})


_sections = {name: (section_model(name) | None, None) for name in SECTIONS}
Mapping = create_model("Mapping", __base__=Strict, basin=(dict[str, object], {}), **_sections)


def read_mapping(path: Path) -> BaseModel:
    """Read and check a mapping; a section that is not given is None.

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
        text = yaml.safe_dump(load_yaml(path), allow_unicode=True)  # accents in one form
        raw = yaml.safe_load(unicodedata.normalize("NFC", text))
        if isinstance(raw.get("river"), str):
            raw["river"] = {"file": raw["river"]}
        mapping = Mapping.model_validate({name: _current(part) for name, part in raw.items()})
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise UserError(all_told([_problem(path.name, fault) for fault in found])) from None
    except ValueError as error:
        raise UserError(str(Problem(path.name, *error.args, "plain YAML"))) from None
    given = [getattr(mapping, name) is not None for name in SECTIONS[:4]]
    if given[::2] != given[1::2] or not any(given):
        expected = "sections wells and heads, or gauges and surface_water, or all four"
        raise UserError(all_told([Problem(path.name, "", "another set of sections", expected)]))
    return mapping


def _current(section: object) -> object:
    """Move the former keys of a section to where they are now."""
    if not isinstance(section, dict) or not isinstance(section.get("read", {}), dict):
        return section
    section = {"date_format" if key == "date_form" else key: v for key, v in section.items()}
    moved = {FORMER[key]: section.pop(key) for key in FORMER if key in section}
    return section | ({"read": moved | section.get("read", {})} if moved else {})


def all_told(problems: list[Problem]) -> str:
    """Say all that was found, one problem a line."""
    count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
    return f"{count}; nothing was written:\n" + "\n".join(f"  - {p}" for p in problems)


def _problem(file: str, fault: dict) -> Problem:
    """Tell one of pydantic's findings in our words."""
    place = ", key ".join(str(part) for part in fault["loc"] if part != "[key]")
    place, kind, found = f"section {place}" * bool(place), fault["type"], shown(fault["input"])
    expected, key = fault["msg"].replace("Input should be ", ""), str(fault["loc"][-1])
    if kind == "extra_forbidden":
        known = KEYS[fault["loc"][0]] if len(fault["loc"]) > 1 else SECTIONS
        found = "an unknown key" + near(key, sorted(known))
        expected = "a key that `swgw import table --help` lists"
    elif kind == "string_type":
        expected = "text, in quotes if it looks like a number"
    return Problem(file, place, found, expected)
