"""The settings of a basin and their defaults, and where basins are found."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from swgw.storage.errors import UserError
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
