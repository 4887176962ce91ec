"""``basin.yml``: the settings of a basin, read safely; every key checked, nothing guessed."""

import difflib
import itertools
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import pydantic.dataclasses
import yaml
from pydantic import BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError

from swgw.storage import Problem
from swgw.storage.files import shared

SETTINGS_FILE = "basin.yml"
STEPS = ("D", "5D", "W", "MS")
# Encoder length and lead times that are used where basin.yml names none (about a year of history).
DEFAULT_LENGTHS = {"D": (365, 30), "5D": (73, 6), "W": (52, 4), "MS": (24, 3)}
PERIODS = ("train", "validation", "test")
UNSTATED = "not stated"
# Rules of :mod:`swgw.basin.plausible` in their order; ``limits`` are those of ``find``.
RULES = pd.read_csv(shared("rules.csv"), keep_default_na=False)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: pd.Timestamp
    end: pd.Timestamp

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}"

    def holds(self, dates: pd.Series) -> pd.Series:
        """Mark the times (row,) on its days."""
        return dates.between(self.start, self.end + pd.Timedelta(days=1), inclusive="left")


def _to_period(value: Any) -> Period:
    if isinstance(value, Period):
        return value
    if not isinstance(value, list) or any(len(str(text)) != 10 for text in value):
        raise ValueError
    start, end = (pd.Timestamp(datetime.strptime(str(text), "%Y-%m-%d")) for text in value)
    assert start < end
    return Period(start, end)


def _kind(kind: Any, expected: str, *rules: Any) -> Any:
    """Give the type of a key, with the words that tell a user what is expected."""
    return Annotated[kind, *rules, Field(description=expected)]


def _one_of(*choices: str | None) -> Any:
    return _kind(Literal[choices], "one of " + ", ".join(filter(None, choices)))


Text = _kind(str | None, "text (in quotes if it looks like a number, a date or yes/no)")
Name = _kind(str, "a short name of letters, digits, - and _, fit for a folder",
             Field(pattern=f"^{NAME.pattern}$"))  # fmt: skip
Flag = _kind(bool, "true or false")
Count = _kind(int, "a whole number of steps, at least 1", Field(ge=1, le=10_000))
Rules = tuple(RULES["rule"][RULES["rule"] != ""].unique())
Names = _kind(list[Literal[Rules]], "a list, [name, name], of " + ", ".join(Rules))
Past = _kind(int, "a whole number of steps, at least 2", Field(ge=2, le=10_000))
Days = _kind(InstanceOf[Period], "two dates, [YYYY-MM-DD, YYYY-MM-DD], the first before the second",
             BeforeValidator(_to_period))  # fmt: skip


@pydantic.dataclasses.dataclass(
    frozen=True, config=ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)
)
class BasinSettings:
    """The settings of ``basin.yml``, with the defaults filled in.

    Attributes
    ----------
    name : str
        Short name, fit for a folder (letters, digits, ``-`` and ``_``).
    title, description, licence, citation, vertical_datum : str
        Free text for the pages, from the author of the folder: escape it before display.
    virtual : bool
        Whether the data are simulated.
    companion : str or None
        The paper whose numbers are shown beside this basin's; only ``"jing2025"`` is known.
    step : str
        ``"D"``, ``"5D"`` (73 pentads of the calendar year), ``"W"`` (52 weeks) or ``"MS"``.
    train, validation, test : Period
        In this order, without overlap.
    surface_water : str
        ``"discharge"`` or ``"stage"``.
    target_gauge : str or None
        The gauge that the experiments forecast; None where the basin has no gauge.
    river : str or None
        Name of the GeoJSON file of the main channel.
    encoder_length, lead_times : int
        Steps of history that a forecast uses, and steps that it looks ahead.
    future_forcing : str
        ``"observed"`` or ``"none"``: whether a forecast uses the weather to come.
    history : bool
        Whether the past of the target itself is an input.
    accept : list of str
        Rules of :mod:`swgw.basin.plausible` whose findings the owner has looked at: they pass.
    """

    name: Name
    step: _one_of(*STEPS)
    train: Days
    validation: Days
    test: Days
    title: Text = ""
    description: Text = ""
    licence: Text = UNSTATED
    citation: Text = UNSTATED
    virtual: Flag = False
    companion: _one_of("jing2025", None) = None
    vertical_datum: Text = UNSTATED
    surface_water: _one_of("discharge", "stage") = "discharge"
    target_gauge: Text = None
    river: Text = None
    encoder_length: Past = 0
    lead_times: Count = 0
    future_forcing: _one_of("observed", "none") = "observed"
    history: Flag = True
    accept: Names = Field(default_factory=list)

    def __post_init__(self):
        lengths = zip(("encoder_length", "lead_times"), DEFAULT_LENGTHS[self.step], strict=True)
        for name, value in (("title", self.name), *lengths):
            object.__setattr__(self, name, getattr(self, name) or value)

    @property
    def unit(self) -> str:
        """Unit of the surface water: m³/s for discharge, m for stage."""
        return "m³/s" if self.surface_water == "discharge" else "m"

    def period(self, name: str) -> Period:
        """Give the period called ``"train"``, ``"validation"`` or ``"test"``."""
        return getattr(self, name)


def read_settings(folder: Path, problems: list[Problem]) -> BasinSettings | None:
    """Read ``basin.yml``; append what is wrong to `problems` and then give None.

    A key without a value counts as left out. An unknown key is reported, but leaves the settings
    usable, so that the tables can be checked against them as well.
    """
    try:
        raw = load_yaml(folder / SETTINGS_FILE)
    except ValueError as error:
        expected = "plain YAML, one 'key: value' a line, as `swgw new` writes it"
        problems.append(Problem(SETTINGS_FILE, *error.args, expected))
        return None
    known = BasinSettings.__pydantic_fields__
    for key in [key for key in raw if key not in known]:
        found, expected = "an unknown key" + near(key, list(known)), "one of " + ", ".join(known)
        problems.append(Problem(SETTINGS_FILE, f"key {shown(key)}", found, expected))
    given = {key: raw[key] for key in known if raw.get(key) is not None}
    try:
        settings = BasinSettings(**given)
    except ValidationError as error:
        for fault in error.errors():
            key = fault["loc"][0]
            found, expected = shown(given.get(key)), known[key].description
            if key not in given:
                found, expected = "nothing", "a value; this key is required"
            elif isinstance(given[key], list) and len(given[key]) <= 4:
                found = "[" + ", ".join(map(shown, given[key])) + "]"
            problems.append(Problem(SETTINGS_FILE, f"key {key}", found, expected))
        return None
    for first, second in itertools.pairwise(PERIODS):
        before, after = settings.period(first), settings.period(second)
        if after.start <= before.end:
            found = f"that overlap or in the wrong order: {first} {before}, {second} {after}"
            place, expected = f"keys {first} and {second}", f"{second} to begin after {first}"
            problems.append(Problem(SETTINGS_FILE, place, f"periods {found}", f"{expected} ended"))
            return None
    return settings


class _Loader(yaml.SafeLoader):
    """The safe loader, leaving dates as text and refusing a key given twice.

    PyYAML itself would fail on a date such as 2001-02-30 and keep the last of two keys in silence.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        seen = []
        for key, _ in node.value:
            if key.value in seen:
                what = f"the key {key.value!r} twice"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.append(key.value)
        return super().construct_mapping(node, deep)


def load_yaml(path: Path) -> dict:
    """Read a mapping of plain values from YAML; raises ``ValueError(place, found)``."""
    if not path.is_file():
        raise ValueError("", "no plain file")
    try:
        raw = yaml.load(path.read_bytes().decode("utf-8-sig"), _Loader)
    except UnicodeDecodeError as error:
        raise ValueError("", f"a byte that is not UTF-8 at position {error.start}") from None
    except Exception as error:  # what its constructors raise where a tag does not fit its value
        raise ValueError(*_yaml_fault(error)) from None
    if not isinstance(raw, dict):
        raise ValueError("", "no keys" if raw is None else shown(raw))
    return raw


def _yaml_fault(error: Exception) -> tuple[str, str]:
    """Say as (place, found) what the YAML loader stumbled on."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}" if mark else ""
    what = str(getattr(error, "problem", None) or "YAML that cannot be read").splitlines()[0]
    if "python/" in what:
        return place, "YAML that names a Python object, which is never loaded"
    if "mapping values" in what or "expected ':'" in what:
        found = "a colon that divides nothing (write a blank after each colon, and text with a "
        return f"{place} or the one before", f"{found}colon in quotes)"
    return place, what.removeprefix("found ")[:120]


def basin_folder(path: str | Path) -> Path:
    """Turn a folder, or the bare name of a basin that comes with the package, into a path."""
    if isinstance(path, str) and NAME.fullmatch(path) and (shared("basins") / path).is_dir():
        return shared("basins") / path
    return Path(path)


def shown(value: object) -> str:
    """Show a found value in a message: short, quoted, on one line, never expanding a structure."""
    if isinstance(value, dict | list | set | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def listed(names: list) -> str:
    """List the first three names, and count the others."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(shown(name) for name in names[:3]) + more


def near(name: object, known: list[str] | tuple[str, ...]) -> str:
    """Give `` (did you mean …?)`` where a known name is close, else an empty text.

    Spreadsheets drop leading zeros and add decimals, so ``7.0`` may be ``007``; but well 104 is no
    misspelt well 110. Among thousands of names it would take minutes.
    """
    composed = {unicodedata.normalize("NFC", other): other for other in known}
    if twin := composed.get(unicodedata.normalize("NFC", str(name))):
        return f", which differs from {shown(twin)} only in how accents are stored"
    plain = {other.lower().lstrip("0"): other for other in known[:1000]}
    wanted = str(name)[:60].lower().lstrip("0").removesuffix(".0")
    close = difflib.get_close_matches(wanted, plain, n=5, cutoff=0.7)
    close += [other for other in plain if len(wanted) > 3 and other.startswith(wanted)]
    number = re.compile(r"[1-9]\d*")
    guess = [other for other in close if number.findall(other) == number.findall(wanted)]
    return f" (did you mean {plain[guess[0]]!r}?)" if guess else ""
