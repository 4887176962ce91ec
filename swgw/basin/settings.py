"""Reading ``basin.yml``: safely, every key checked, nothing guessed."""

import datetime
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from swgw.basin.contract import (
    NAME,
    PERIODS,
    SETTINGS_FILE,
    STEPS,
    BasinSettings,
    Period,
    near,
    shown,
)
from swgw.storage.errors import Problem

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
