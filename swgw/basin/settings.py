"""``basin.yml``: the settings of a basin, read safely; every key checked, nothing guessed."""

import datetime
import difflib
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from swgw.storage.errors import Problem, UserError
from swgw.storage.share import shared

SETTINGS_FILE = "basin.yml"
STEPS = ("D", "5D", "W", "MS")
# Encoder length and lead times that are used where basin.yml names none (about a year of history).
DEFAULT_LENGTHS = {"D": (365, 30), "5D": (73, 6), "W": (52, 4), "MS": (24, 3)}
PERIODS = ("train", "validation", "test")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: pd.Timestamp
    end: pd.Timestamp

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}"


@dataclass(frozen=True)
class BasinSettings:
    """What ``basin.yml`` says, with the defaults filled in.

    Attributes
    ----------
    name : str
        Short name, fit for a folder (letters, digits, ``-`` and ``_``).
    title, description, licence, citation, vertical_datum : str
        Free text for the pages. It comes from whoever made the folder: escape it before display.
    virtual : bool
        Whether the data are simulated.
    companion : str or None
        The paper whose numbers stand beside this basin's; only ``"jing2025"`` is known.
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
        Steps of history that a forecast sees, and steps that it looks ahead.
    future_forcing : str
        ``"observed"`` or ``"none"``: whether a forecast knows the weather to come.
    history : bool
        Whether the past of the target itself is an input.
    """

    name: str
    step: str
    train: Period
    validation: Period
    test: Period
    title: str = ""
    description: str = ""
    licence: str = "not stated"
    citation: str = "not stated"
    virtual: bool = False
    companion: str | None = None
    vertical_datum: str = "not stated"
    surface_water: str = "discharge"
    target_gauge: str | None = None
    river: str | None = None
    encoder_length: int = 0
    lead_times: int = 0
    future_forcing: str = "observed"
    history: bool = True

    def __post_init__(self):
        encoder_length, lead_times = DEFAULT_LENGTHS[self.step]
        object.__setattr__(self, "title", self.title or self.name)
        object.__setattr__(self, "encoder_length", self.encoder_length or encoder_length)
        object.__setattr__(self, "lead_times", self.lead_times or lead_times)

    @property
    def unit(self) -> str:
        """Unit of the surface water: m³/s for discharge, m for stage."""
        return "m³/s" if self.surface_water == "discharge" else "m"

    @property
    def companion_is_paper(self) -> bool:
        """Whether the numbers of Jing et al. (2025) stand beside this basin's."""
        return self.companion == "jing2025"

    def period(self, name: str) -> Period:
        """Give the period called ``"train"``, ``"validation"`` or ``"test"``."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]


def embedded(name: str) -> Path:
    """Find the folder of a basin that comes with the package.

    Parameters
    ----------
    name : str
        Such as ``"heihe"``.

    Raises
    ------
    UserError
        If there is none of that name.
    """
    known = {path.name: path for path in shared("basins").iterdir()}
    if name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise UserError(f"no embedded basin is called {shown(name)}; there is: {names}")
    return known[name]


def basin_folder(path: str | Path) -> Path:
    """Turn a folder, or the bare name of an embedded basin, into a path."""
    if isinstance(path, str) and NAME.fullmatch(path):
        try:
            return embedded(path)
        except UserError:
            return Path(path)
    return Path(path)


def shown(value: object) -> str:
    """Show a found value in a message: short, quoted, on one line, never expanding a structure."""
    if isinstance(value, dict | list | set | tuple):
        return {dict: "a mapping", list: "a list"}.get(type(value), "a collection")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        return "a huge number"  # writing it out can take for ever
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def near(name: str, known: list[str] | tuple[str, ...]) -> str:
    """Give `` (did you mean …?)`` where a known name is close, else an empty text."""
    plain = {other.lower().lstrip("0"): other for other in known}
    # Spreadsheets drop leading zeros and add decimals.
    wanted = str(name)[:60].lower().lstrip("0").removesuffix(".0")
    close = difflib.get_close_matches(wanted, plain, n=5, cutoff=0.7)
    # Well 104 is no misspelt well 110, and precip is precipitation.
    close = [other for other in close if not _other_number(wanted, other)]
    longer = [other for other in plain if len(wanted) > 3 and other.startswith(wanted)]
    guess = close or (longer if len(longer) == 1 else [])
    return f" (did you mean {plain[guess[0]]!r}?)" if guess else ""


def _other_number(name: str, other: str) -> bool:
    """Whether two names have the same letters and other numbers."""
    letters = ["".join(re.findall(r"[^\W\d_]", text)) for text in (name, other)]
    numbers = [[n.lstrip("0") for n in re.findall(r"\d+", text)] for text in (name, other)]
    return letters[0] == letters[1] and numbers[0] != numbers[1]


LONGEST_SETTINGS = 1_000_000  # bytes; a larger basin.yml is some other file


class _Loader(yaml.SafeLoader):
    """The safe loader, leaving dates as text and refusing a key that stands twice.

    PyYAML itself would fail on a date such as 2001-02-30 and keep the last of two keys in silence.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                what = f"twice {key.value!r}"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.add(key.value if isinstance(key.value, str) else None)
        return super().construct_mapping(node, deep)


def read_settings(folder: Path, problems: list[Problem]) -> BasinSettings | None:
    """Read ``basin.yml``; append what is wrong to `problems` and then give None."""
    try:
        raw = load_yaml(folder / SETTINGS_FILE)
    except ValueError as error:
        place, found = error.args
        expected = "plain YAML, one 'key: value' a line, as `swgw new` writes it"
        problems.append(Problem(SETTINGS_FILE, place, found, expected))
        return None
    return parse_settings(raw, problems)


def load_yaml(path: Path) -> dict:
    """Read a mapping of plain values from YAML; raises ``ValueError(place, found)``."""
    data = path.read_bytes()
    if len(data) > LONGEST_SETTINGS:
        raise ValueError("", f"{len(data)} bytes")
    try:
        raw = yaml.load(data.decode("utf-8-sig"), _Loader)
    except UnicodeDecodeError as error:
        raise ValueError("", f"a byte that is not UTF-8 at position {error.start}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError(*_yaml_fault(error)) from None
    if not isinstance(raw, dict):
        raise ValueError("", "no keys" if raw is None else shown(raw))
    return raw


_PLAIN_FAULTS = {
    "found character '\\t'": "a tab at the start of a line (use blanks, not tabs)",
    "found character '%'": "a value that begins with % (put it in quotes)",
    "found character '@'": "a value that begins with @ (put it in quotes)",
    "found character '`'": "a value that begins with ` (put it in quotes)",
    "mapping values are not allowed": "a colon that divides nothing (write a blank after each "
    "colon, and text with a colon in quotes)",
    "could not find expected ':'": "a line without a colon and a blank after a key",
}
"""By the start of the loader's message: what a writer of YAML did."""


def _yaml_fault(error: Exception) -> tuple[str, str]:
    """Say in plain words, as (place, found), what the YAML loader stumbled on."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}" if mark else ""
    what = str(getattr(error, "problem", None) or "YAML that cannot be read").splitlines()[0]
    if "python/" in what:
        return place, "YAML that names a Python object, which is never loaded"
    if what.startswith("twice "):
        return place, f"the key {what.removeprefix('twice ')} twice"
    for start, plain in _PLAIN_FAULTS.items():
        if what.startswith(start):
            return place + " or the one before" * ("colon" in plain), plain
    return place, what.removeprefix("found ")[:120]


# Readers of one value each: they return it, or raise ValueError(what was expected).


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text (in quotes if it looks like a number, a date or yes/no)")
    return value.strip()


def _file(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value) <= 255:
        raise ValueError("the name of a file")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError("a short name of letters, digits, - and _, fit for a folder")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        raise ValueError("a whole number of steps, at least 1")
    return value


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError("one of " + ", ".join(choices))
        return value

    return read


def _day(value: Any) -> pd.Timestamp:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError
    return pd.Timestamp(datetime.date.fromisoformat(value))


def _period(value: Any) -> Period:
    expected = ValueError("two dates, [YYYY-MM-DD, YYYY-MM-DD], the first before the second")
    if not isinstance(value, list) or len(value) != 2:
        raise expected
    try:
        start, end = _day(value[0]), _day(value[1])
    except ValueError:
        raise expected from None
    if not start < end:
        raise expected
    return Period(start, end)


_READERS = {
    "name": _name,
    "title": _text,
    "description": _text,
    "licence": _text,
    "citation": _text,
    "virtual": _flag,
    "companion": _one_of("jing2025"),
    "step": _one_of(*STEPS),
    "vertical_datum": _text,
    "train": _period,
    "validation": _period,
    "test": _period,
    "surface_water": _one_of("discharge", "stage"),
    "target_gauge": _text,
    "river": _file,
    "encoder_length": _count,
    "lead_times": _count,
    "future_forcing": _one_of("observed", "none"),
    "history": _flag,
}
_REQUIRED = ("name", "step", *PERIODS)


def parse_settings(raw: dict, problems: list[Problem]) -> BasinSettings | None:
    """Turn the keys of ``basin.yml`` into settings; append what is wrong to `problems`.

    A key without a value counts as left out. An unknown key is reported, but leaves the settings
    usable, so that what they say can be checked as well.

    Returns
    -------
    BasinSettings or None
        None where a key that is known is missing or wrong.
    """
    values, unknown = {}, 0
    count = len(problems)
    for key, value in raw.items():
        if key not in _READERS:
            unknown += 1
            _report(problems, f"key {shown(key)}", "an unknown key" + near(key, list(_READERS)),
                    "one of " + ", ".join(_READERS))  # fmt: skip
        elif value is not None:
            try:
                values[key] = _READERS[key](value)
            except ValueError as error:
                _report(problems, f"key {key}", _shown_value(value), str(error))
    for key in _REQUIRED:
        if raw.get(key) is None:
            _report(problems, f"key {key}", "nothing", "a value; this key is required")
    _check_order(values, problems)
    return BasinSettings(**values) if len(problems) == count + unknown else None


def _check_order(values: dict, problems: list[Problem]) -> None:
    for first, second in itertools.pairwise(PERIODS):
        if first in values and second in values and values[second].start <= values[first].end:
            _report(problems, f"keys {first} and {second}",
                    f"periods that overlap or stand in the wrong order: {first} "
                    f"{values[first]}, {second} {values[second]}",
                    f"{second} to begin after {first} has ended")  # fmt: skip


def _shown_value(value: Any) -> str:
    """Show a list of plain values in full, so that a wrong period can be recognised."""
    if isinstance(value, list) and len(value) <= 4:
        return "[" + ", ".join(shown(item) for item in value) + "]"
    return shown(value)


def _report(problems: list[Problem], place: str, found: str, expected: str) -> None:
    problems.append(Problem(SETTINGS_FILE, place, found, expected))
