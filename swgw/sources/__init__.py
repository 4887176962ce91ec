"""Real data as the folder of a basin: what all sources share to draft it and to ask services."""

import datetime
import textwrap
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pooch
import requests
import yaml
from requests.adapters import HTTPAdapter, Retry

from swgw.basin.folder import check_basin
from swgw.basin.plausible import judge
from swgw.basin.settings import DEFAULT_LENGTHS, NAME, STEPS, BasinSettings, read_settings, shown
from swgw.basin.tables import read_tables
from swgw.storage import BasinError, Problem, UserError
from swgw.storage.files import write_text

# Tables of a basin by file name.
Tables = dict[str, pd.DataFrame]

# What is fixed about each source: how to cite it, what was done, settings; and units.
DESCRIPTIONS = Path(__file__).parent / "descriptions"

UNITS = yaml.safe_load((DESCRIPTIONS / "units.yml").read_text("utf-8"))
COMMENTS = yaml.safe_load((DESCRIPTIONS / "settings.yml").read_text("utf-8"))
SHARES = (0.6, 0.8)  # of the common record: the ends of training and validation
WHOLE_YEARS = 6  # records of at least so many years are divided at a new year
LONGEST_STEP = {"D": 1, "5D": 6, "W": 8, "MS": 31}  # days


def to_ours(values: pd.Series | float, variable: str, unit: str, where: str) -> pd.Series:
    """Turn values into the unit of the folder.

    Parameters
    ----------
    values : Series or DataFrame (row, ...) or float
    variable : str
        A column of the folder, such as ``"discharge"``.
    unit : str
        Theirs; ``descriptions/units.yml`` lists all.
    where : str
        What has them, for the message.

    Raises
    ------
    UserError
        If the unit is not known.

    Examples
    --------
    >>> float(to_ours(41.0, "temperature", "degF", "weather.csv"))
    5.0
    """
    known = UNITS[variable]
    if unit not in known:
        expected = "one of " + ", ".join(known)
        raise UserError(str(Problem(where, f"unit of {variable}", shown(unit), expected)))
    factor, offset = known[unit]
    return np.round(values * factor + offset, 9)


def write_tables(folder: Path, tables: Tables) -> None:
    """Write tables as CSV, a gap as an empty cell, the time of day where there is one.

    Parameters
    ----------
    folder : Path
    tables : dict of str to DataFrame
        By file name; ``date`` may be text.
    """
    for name, table in tables.items():
        table.to_csv(folder / name, index=False, lineterminator="\n")


def describe(source: str, **told: str) -> str:
    """Fill in the ``SOURCE.md`` of a source; ``{date}`` is today."""
    text = (DESCRIPTIONS / source / "SOURCE.md").read_text("utf-8")
    return text.format(date=datetime.date.today(), **told)


def digests(files: Iterable[Path]) -> str:
    """List files and their SHA-256, as Markdown."""
    return "\n".join(f"- `{path.name}`\n  SHA-256 `{pooch.file_hash(path)}`" for path in files)


def write_settings(
    folder: Path, how: str, tables: Tables, given: dict, earliest: pd.Timestamp | None = None
) -> None:
    """Write a ``basin.yml`` that fits the tables.

    Parameters
    ----------
    folder : Path
    how : str
        The importer, for the first line.
    tables : dict of str to DataFrame
        Those with a ``date`` decide on step and periods.
    given : dict
        Keys of ``basin.yml`` that are known; they stay as they are.
    earliest : Timestamp, optional
        No period begins before.

    Raises
    ------
    UserError
        If the records share no time.
    """
    series = {name: table for name, table in tables.items() if "date" in table and len(table)}
    given = {key: value for key, value in given.items() if value is not None}
    # The check refuses another step than these.
    step = given["step"] if given.get("step") in STEPS else usual_step(series)
    first, last, spans = _common(series)
    drafted, why = _periods(series, max(first, earliest or first), last, step)
    fields, text = BasinSettings.__pydantic_fields__, ""
    defaults = {key: field.get_default(call_default_factory=True) for key, field in fields.items()}
    for key, value in (defaults | {"step": step} | drafted | given).items():
        comment = COMMENTS.get(key, "").format(how=how, spans=spans, **why)
        text += "\n" * bool(comment) + textwrap.indent(comment.strip() + "\n", "# ")
        plain = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
        text += f"{key}: {plain.removesuffix(chr(10) + '...' + chr(10)).strip()}\n"
    write_text(folder / "basin.yml", text.lstrip())


def folder_name(folder: str | Path, otherwise: str) -> str:
    """Give the name of a folder where it is fit for ``basin.yml``, else another."""
    name = Path(folder).name
    return name if NAME.fullmatch(name) else otherwise


def _targets(series: Tables) -> pd.DataFrame:
    """Give ``date`` and ``id`` of each reading of heads, else of the river."""
    table = series.get("heads.csv", series.get("surface_water.csv"))
    return table.iloc[:, :2].set_axis(["date", "id"], axis=1).sort_values(["id", "date"])


def usual_step(series: Tables) -> str:
    """Choose pentads, weeks or months by how often heads, else the river, are observed.

    Parameters
    ----------
    series : dict of str to DataFrame
        Tables with ``date`` and one identifier, by file name; heads, the river or both.

    Returns
    -------
    str
        ``"5D"``, ``"W"`` or ``"MS"``; daily records become pentads, as in the paper.
    """
    groups = _targets(series).groupby("id")["date"]
    gap = groups.agg(lambda dates: dates.diff().median()).median() / pd.Timedelta(days=1)
    return "5D" if not gap > 5.5 else "W" if gap <= 8 else "MS"


def _common(series: Tables) -> tuple[pd.Timestamp, pd.Timestamp, str]:
    """First and last day of the time that all tables share, and in words what each covers."""
    spans = {name: table["date"].agg(["min", "max"]) for name, table in series.items()}
    first = max(span["min"] for span in spans.values()).normalize()
    last = min(span["max"] for span in spans.values()).normalize()
    told = "; ".join(f"{n} {s['min'].date()} to {s['max'].date()}" for n, s in spans.items())
    if last <= first:
        raise UserError(f"the records share no time: {told}; choose records that overlap")
    return first, last, told


def _periods(
    series: Tables, first: pd.Timestamp, last: pd.Timestamp, step: str
) -> tuple[dict, dict[str, str]]:
    """Divide the common time by its readings, shorten windows where it is brief; say why."""
    read, day = _targets(series), pd.Timedelta(days=1)
    read = read[read["date"].between(first, last + day)]
    months = read.groupby(["id", read["date"].dt.to_period("M")])["date"].first()
    one, two = (cut.normalize() for cut in months.quantile(SHARES))
    if last - first >= pd.Timedelta(days=365.25 * WHOLE_YEARS):
        one, two = (pd.Timestamp((cut + 183 * day).year, 1, 1) for cut in (one, two))
    bounds = {"train": (first, one - day), "validation": (one, two - day), "test": (two, last)}
    settings: dict = {name: [str(a.date()), str(b.date())] for name, (a, b) in bounds.items()}
    steps = {name: (b - a).days // LONGEST_STEP[step] for name, (a, b) in bounds.items()}
    history, ahead = DEFAULT_LENGTHS[step]
    brief = steps["train"] < 2 * (history + ahead) or min(steps.values()) < 2 * ahead
    if brief:
        history = int(np.clip(steps["train"] // 4, 2, history))
        ahead = int(np.clip(min(steps.values()) // 4, 1, ahead))
    in_each = [read[read["date"].between(a, b + day)]["id"].nunique() for a, b in bounds.values()]
    why = {"begun": read.groupby("id")["date"].min().max().date(),
           "counts": ", ".join(map(str, in_each)), "of": read["id"].nunique()}  # fmt: skip
    return settings | {"encoder_length": history, "lead_times": ahead}, why


def assert_sound(draft: Path, folder: str | Path) -> list[Problem]:
    """Refuse a folder that the check would refuse; weather may still be lacking.

    Parameters
    ----------
    draft : Path
        Where the tables are now.
    folder : str or Path
        The name they will have, for messages.

    Returns
    -------
    list of Problem
        The remarks of the check: what can be doubted.

    Raises
    ------
    BasinError
        With every other problem.
    """
    has_weather = (draft / "forcing.csv").exists()
    problems = [p for p in check_basin(draft) if has_weather or p.file != "forcing.csv"]
    if problems:
        raise BasinError(folder, problems)
    settings = read_settings(draft, [])
    tables = read_tables(draft, settings, []) | {"river": None}
    return list(judge(tables, settings, draft, certain=False))


AGENT = "swgw (an open companion to doi:10.3390/hydrology12110291)"
PAUSE = 1.0  # s before each question
BUSY = Retry(2, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False)


def kept(service: str, question: Callable, *args: object) -> object:
    """Call a function, or give what it gave for the same arguments within a day.

    Parameters
    ----------
    service : str
        Folder in the cache.
    question : callable
        Of a module; what it raises is not kept.
    args : object
        Its arguments.
    """
    memory = joblib.Memory(Path(pooch.os_cache("swgw")) / service, verbose=0)
    return memory.cache(question, cache_validation_callback=joblib.expires_after(days=1))(*args)


def get_json(service: str, address: str, query: dict[str, str]) -> dict:
    """Get a JSON object.

    Raises
    ------
    UserError
        With what to do next.
    """
    time.sleep(PAUSE)
    text, session = "", requests.Session()
    session.mount(address, HTTPAdapter(max_retries=BUSY))
    session.headers["User-Agent"] = AGENT
    try:
        reply = session.get(address, params=query, timeout=120)
        text = " ".join(reply.text[:200].split())
        reply.raise_for_status()
        return reply.json()
    except (requests.RequestException, ValueError) as error:
        raise refusal(service, f"{type(error).__name__}: {error}"[:200], text) from None


def refusal(service: str, what: str, advice: str = "") -> UserError:
    """Say that a service did not answer as it should, and what to do."""
    later = "Give the same command again later; what came before is kept for a day."
    return UserError(f"{service} did not answer as it should ({what}). {advice} {later}")
