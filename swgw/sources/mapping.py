"""The mapping of ``swgw import table``: which column of a user's files is what, in short YAML."""

from dataclasses import dataclass, field
from pathlib import Path

from swgw.basin.settings import load_yaml, near, shown
from swgw.storage.errors import Problem, UserError

LEVEL = {"m": (1.0, 0.0), "cm": (0.01, 0.0), "mm": (0.001, 0.0), "ft": (0.3048, 0.0)}
CUBIC_FOOT = 0.3048**3  # m³
UNITS = {
    "head": LEVEL,
    "depth": LEVEL,
    "stage": LEVEL,
    "surface_elevation": LEVEL,
    "discharge": {"m3/s": (1.0, 0.0), "m³/s": (1.0, 0.0), "l/s": (0.001, 0.0),
                  "m3/h": (1 / 3600, 0.0), "m3/d": (1 / 86400, 0.0), "ft3/s": (CUBIC_FOOT, 0.0)},
    "precipitation": {"mm/d": (1.0, 0.0), "mm/h": (24.0, 0.0), "cm/d": (10.0, 0.0),
                      "m/d": (1000.0, 0.0), "in/d": (25.4, 0.0)},
    "temperature": {"degC": (1.0, 0.0), "°C": (1.0, 0.0), "K": (1.0, -273.15),
                    "degF": (5 / 9, -160 / 9)},
    "wind": {"m/s": (1.0, 0.0), "km/h": (1 / 3.6, 0.0), "kn": (1.852 / 3.6, 0.0)},
    "pet": {"mm/d": (1.0, 0.0), "cm/d": (10.0, 0.0), "m/d": (1000.0, 0.0), "in/d": (25.4, 0.0)},
}  # fmt: skip
"""By variable and unit: factor and offset to the unit of the folder, which stands first."""

PLACES = {"wells": "well_id", "gauges": "gauge_id"}
SERIES = {"heads": ("well_id", ("head", "depth")),
          "surface_water": ("gauge_id", ("discharge", "stage"))}  # fmt: skip
WEATHER = ("precipitation", "temperature", "wind", "pet")
FORM = {"file": str, "sheet": str, "separator": str, "decimal": str, "thousands": str,
        "encoding": str, "missing": list}  # fmt: skip
DATED = {"date": str, "date_form": str}
EXPECTED = {
    str: "text (in quotes if it looks like a number)",
    list: "a list, such as [-999, n/a]",
    dict: "keys and values",
}

PLACE = "identifiers, each with [longitude, latitude] in degrees, such as P1: [7.12, 46.98]"
GROUND = "; wells may add the ground in metres, as in P1: [7.12, 46.98, 412.5]"


@dataclass(frozen=True)
class Section:
    """What one section of the mapping says.

    Attributes
    ----------
    name : str
        ``wells``, ``heads``, ``gauges``, ``surface_water`` or ``forcing``.
    file : Path
        One of the user's files; the mapping itself where it gives the places.
    keys : dict
        All else, checked.
    """

    name: str
    file: Path
    keys: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """The whole mapping: sections by name, and keys for ``basin.yml``."""

    sections: dict[str, Section]
    basin: dict


def read_mapping(path: Path, files: list[Path]) -> Mapping:
    """Read and check a mapping.

    Parameters
    ----------
    path : Path
        The YAML file.
    files : list of Path
        The user's files; a section names one, and need not where there is one only.

    Raises
    ------
    UserError
        With every problem found.
    """
    problems: list[Problem] = []
    try:
        raw = load_yaml(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        place, found = error.args
        raise UserError(str(Problem(path.name, place, found, "plain YAML"))) from None
    known = [*PLACES, *SERIES, "forcing", "basin"]
    for name in raw:
        if name not in known:
            found = f"an unknown section{near(name, known)}"
            _report(problems, path, shown(name), found, "one of " + ", ".join(known))
    sections = {}
    for name in [name for name in known[:-1] if name in raw]:
        section = _section(name, raw[name], files, path, problems)
        if section:
            sections[name] = section
    basin = raw.get("basin") or {}
    if not isinstance(basin, dict):
        _report(problems, path, "basin", shown(basin), "keys of basin.yml")
    _check_pairs(raw, path, problems)
    refuse(problems)
    return Mapping(sections, basin)


def refuse(problems: list[Problem]) -> None:
    """Raise what was found, all at once."""
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise UserError(f"{count}; nothing was written:\n{lines}")


def _report(problems: list[Problem], path: Path, place: str, found: str, expected: str) -> None:
    problems.append(Problem(path.name, f"section {place}", found, expected))


def _check_pairs(raw: dict, path: Path, problems: list[Problem]) -> None:
    """Series need their places, and the other way round."""
    for series, places in (("heads", "wells"), ("surface_water", "gauges")):
        for one, other in ((series, places), (places, series)):
            if one in raw and other not in raw:
                expected = f"this section, which {one} needs"
                expected += f", such as {other}: {{places: {{P1: [7.12, 46.98]}}}}" * (
                    other in PLACES
                )
                _report(problems, path, other, "nothing", expected)
    if not any(name in raw for name in SERIES):
        _report(problems, path, "heads", "nothing", "heads, surface_water or both")


def _section(
    name: str, raw: object, files: list[Path], path: Path, problems: list[Problem]
) -> Section | None:
    if not isinstance(raw, dict):
        _report(problems, path, name, shown(raw), "keys and values, such as file: levels.csv")
        return None
    count = len(problems)
    if name in PLACES and "places" in raw:
        _check_places(name, raw, path, problems)
        return None if len(problems) > count else Section(name, path, dict(raw))
    allowed = _allowed(name)
    for key, value in raw.items():
        place = f"{name}, key {shown(key)[1:-1]}"
        if key not in allowed and name not in PLACES:
            found = f"an unknown key{near(key, list(allowed))}"
            _report(problems, path, place, found, "one of " + ", ".join(allowed))
        elif not isinstance(value, allowed.get(key, str)):
            _report(problems, path, place, shown(value), EXPECTED[allowed.get(key, str)])
    for key in _required(name, raw):
        if key not in raw:
            expected = "the name of a column" + ", or the key places" * (name in PLACES)
            _report(problems, path, f"{name}, key {key}", "nothing", expected)
    if raw.get("decimal", ".") not in (".", ","):
        _report(problems, path, f"{name}, key decimal", shown(raw["decimal"]), '"," or "."')
    _check_units(name, raw, path, problems)
    file = _file(name, raw.get("file"), files, path, problems)
    if len(problems) > count or file is None:
        return None
    return Section(name, file, {key: value for key, value in raw.items() if key != "file"})


def _check_places(name: str, raw: dict, path: Path, problems: list[Problem]) -> None:
    """Places that stand in the mapping itself: identifier to longitude and latitude."""
    for key in raw:
        if key != "places":
            found = "a key beside places"
            _report(problems, path, f"{name}, key {shown(key)[1:-1]}", found, "places alone")
    places = raw["places"] if isinstance(raw["places"], dict) else {}
    expected = PLACE + GROUND * (name == "wells")
    if not places:
        _report(problems, path, f"{name}, key places", _in_full(raw["places"]), expected)
    for key, value in places.items():
        numbers = value if isinstance(value, list) else []
        count = (2, 3) if name == "wells" else (2,)
        if len(numbers) not in count or not all(type(n) in (int, float) for n in numbers):
            place = f"{name}, place {shown(key)[1:-1]}"
            _report(problems, path, place, _in_full(value), expected)
        elif not isinstance(key, str):
            expected = f'the identifier in quotes, "{key}", so that it stays text'
            _report(problems, path, f"{name}, place {key}", "a number", expected)


def _in_full(value: object) -> str:
    """Show a short list with what it holds."""
    if isinstance(value, list) and len(value) <= 4:
        return "[" + ", ".join(map(shown, value)) + "]"
    return shown(value)


def _allowed(name: str) -> dict[str, type]:
    """Keys of a section and the types of their values; places may have others, as attributes."""
    if name in PLACES:
        return FORM | {PLACES[name]: str, "longitude": str, "latitude": str, "units": dict}
    keys = FORM | DATED
    if name == "forcing":
        return keys | dict.fromkeys((*WEATHER, "well_id", "gauge_id"), str) | {"units": dict}
    return keys | {SERIES[name][0]: str, "value": str, "columns": dict, "kind": str, "unit": str}


def _required(name: str, raw: dict) -> tuple[str, ...]:
    if name in PLACES:
        return PLACES[name], "longitude", "latitude"
    if name == "forcing":
        return "date", "precipitation"
    key = SERIES[name][0]
    long = key in raw or "value" in raw
    return ("date", key, "value") if long else ("date",)


def _check_units(name: str, raw: dict, path: Path, problems: list[Problem]) -> None:
    units = raw.get("units", {})
    if name in SERIES:
        kinds = SERIES[name][1]
        kind = raw.get("kind", kinds[0])
        if kind not in kinds:
            expected = "one of " + ", ".join(kinds)
            _report(problems, path, f"{name}, key kind", shown(kind), expected)
            return
        units = {kind: raw.get("unit", "m3/s" if kind == "discharge" else "m")}
    for variable, unit in units.items() if isinstance(units, dict) else ():
        if variable not in UNITS or unit not in UNITS[variable]:
            known = ", ".join(UNITS.get(variable, UNITS))
            _report(problems, path, f"{name}, unit of {shown(variable)[1:-1]}", shown(unit),
                    f"one of {known}")  # fmt: skip


def _file(
    name: str, wanted: object, files: list[Path], path: Path, problems: list[Problem]
) -> Path | None:
    """Find the file that a section names among those of the command."""
    if wanted is None and len(files) == 1:
        return files[0]
    for file in files:
        if wanted in (file.name, str(file)):
            return file
    given = ", ".join(file.name for file in files)
    found = "nothing" if wanted is None else shown(wanted)
    expected = f"one of the command's files: {given}"
    expected += "; if the name is right, add the file to the command" * (wanted is not None)
    _report(problems, path, f"{name}, key file", found, expected)
    return None
