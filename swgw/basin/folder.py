"""A basin as its folder holds it: wells, heads, gauges, surface water, forcing and river.

The folder (``swgw new`` writes an example; dates are ``YYYY-MM-DD``, a gap is an empty cell):

- ``basin.yml``: the settings, see :class:`BasinSettings`.
- ``wells.csv``: ``well_id``, ``longitude``, ``latitude`` [°]; optional ``name``,
  ``surface_elevation`` [m], ``gauge_id`` and static attributes. With it ``heads.csv``: ``date``,
  ``well_id`` and ``head`` [m above datum] or ``depth`` [m below the surface].
- ``gauges.csv``: ``gauge_id``, ``longitude``, ``latitude``; optional ``name`` and
  ``upstream_gauge_id``. With it ``surface_water.csv``: ``date``, ``gauge_id`` and ``discharge``
  [m³/s] or ``stage`` [m].
- ``forcing.csv``: ``date``, ``precipitation`` [mm/d]; optional ``temperature`` [°C], ``wind``
  [m/s], ``pet`` [mm/d], …; optional ``well_id`` or ``gauge_id`` (empty means the whole basin).
- the file that ``river`` names: GeoJSON of the main channel.

A basin has wells, or gauges, or both.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin.places import check_identifiers, distance_to_river, read_river
from swgw.basin.plausible import judge
from swgw.basin.settings import PERIODS, SETTINGS_FILE, BasinSettings, basin_folder, read_settings
from swgw.basin.tables import KNOWN, PAIRS, Tables, find_file, listed, read_tables
from swgw.storage import BasinError, Problem, files


@dataclass(frozen=True)
class Basin:
    """The data of one basin, read once and never changed.

    A frame taken from a basin is a copy made at no cost (pandas copies on write), so changing it
    leaves the basin as it was; ``dataclasses.replace`` gives a changed basin.

    Attributes
    ----------
    path : Path
        The folder.
    settings : BasinSettings
        What ``basin.yml`` says.
    digest : str
        SHA-256 of the files of the contract, truth left out.
    wells : DataFrame (well_id, attribute)
        ``longitude``, ``latitude`` [°], what else ``wells.csv`` holds, and, where there is a
        river, ``distance_to_river`` [km].
    gauges : DataFrame (gauge_id, attribute)
        ``longitude``, ``latitude`` [°] and what else ``gauges.csv`` holds.
    heads : DataFrame (observation,)
        ``date``, ``well_id``, ``head`` [m above the datum]; gaps left out.
    surface_water : DataFrame (observation,)
        ``date``, ``gauge_id``, ``value`` [m³/s, or m for stage]; gaps left out.
    forcing : DataFrame (observation,)
        ``date``, ``place`` (``"basin"``, ``"well:<id>"`` or ``"gauge:<id>"``), then variables:
        ``precipitation`` [mm/d] and others.
    river : DataFrame (vertex, ...) or None
        ``longitude``, ``latitude`` [°], ``part``.
    remarks : tuple of Problem
        What can be doubted and is not among ``accept`` in ``basin.yml``.
    """

    path: Path
    settings: BasinSettings
    digest: str
    wells: pd.DataFrame
    gauges: pd.DataFrame
    heads: pd.DataFrame
    surface_water: pd.DataFrame
    forcing: pd.DataFrame
    river: pd.DataFrame | None
    remarks: tuple[Problem, ...] = ()

    def __getattribute__(self, name: str):
        value = object.__getattribute__(self, name)
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value


def load_basin(path: str | Path) -> Basin:
    """Load a basin, once its folder has passed every check.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin such as ``"heihe"``.

    Returns
    -------
    Basin
        With heads in m above the datum, whichever way the folder gives them.

    Raises
    ------
    BasinError
        If anything in the folder breaks the contract; the message lists it all.
    """
    folder = basin_folder(path)
    problems, parts = examine(folder)
    if problems:
        raise BasinError(folder, problems)
    return Basin(path=folder.resolve(), **parts)


def check_basin(path: str | Path) -> list[Problem]:
    """List everything that is wrong with a basin folder; an empty list means that it is sound.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin.
    """
    return examine(basin_folder(path))[0]


def examine(folder: Path) -> tuple[list[Problem], dict]:
    """Read and check a folder (see :func:`check_basin`).

    Returns
    -------
    problems : list of Problem
    parts : dict
        What a :class:`Basin` is made of; empty where there are problems.
    """
    if not any((folder / name).is_file() for name in (SETTINGS_FILE, *KNOWN)):
        found = "none of a basin's files in this folder" if folder.is_dir() else "no such folder"
        found = "a file" if folder.is_file() else found
        expected = "the folder of a basin; `swgw new FOLDER` writes an example to start from"
        return [Problem(str(folder), "", found, expected)], {}
    problems: list[Problem] = []
    there = find_file(folder, SETTINGS_FILE, "which holds the settings", problems)
    settings = read_settings(folder, problems) if there else None
    tables = read_tables(folder, settings, problems)
    river = settings.river if settings else None
    path = find_file(folder, river, "the river of basin.yml", problems) if river else None
    tables["river"] = read_river(path, problems) if path else None
    problems += check_identifiers(tables)
    faulty = {problem.file for problem in problems}
    unlikely = judge(tables, settings, folder, certain=True)
    problems += [problem for problem in unlikely if problem.rule or problem.file not in faulty]
    problems += check_settings(tables, settings) if settings else []
    if problems:
        return problems, {}
    used = [folder / name for name in (SETTINGS_FILE, *KNOWN, river) if name]
    digest = files.digest(path for path in used if path.exists())
    remarks = tuple(judge(tables, settings, folder, certain=False))
    return [], {"settings": settings, "digest": digest, "remarks": remarks} | _finish(tables)


def check_settings(tables: Tables, settings: BasinSettings) -> Iterator[Problem]:
    """Report a target that is no gauge or is not named, and periods that do not fit the data."""
    gauges, target = tables["gauges.csv"], settings.target_gauge
    known = [] if gauges is None else sorted(set(gauges.index))
    if gauges is not None and target not in known and (target is not None or len(known) > 1):
        found = "nothing" if target is None else f"unknown gauge_id {listed([target])}"
        expected = "one of gauges.csv: " + (listed(known) or "there is none")
        yield Problem(SETTINGS_FILE, "key target_gauge", found, expected)
    if gauges is not None and "upstream_gauge_id" in gauges and gauges.index.is_unique:
        above = upstream = gauges["upstream_gauge_id"]
        for _ in gauges.index:
            above = above.map(upstream)
        if len(ring := above.dropna()):  # the way up has no end
            place, found = f"gauge_id {listed(list(ring.index))}", "gauges upstream of themselves"
            yield Problem("gauges.csv", place, found, "one that the water passes before")
    if (wells := tables["wells.csv"]) is not None and tables["forcing.csv"] is not None:
        computed = ["distance_to_river"] if tables["river"] is not None else []
        for name in wells.columns.intersection([*computed, *tables["forcing.csv"].columns]):
            found = "a name that is computed from the river's course, or taken in forcing.csv"
            expected = "no such column, or no river in basin.yml, or another name"
            yield Problem("wells.csv", f"column {name}", found, expected)
    observed = {file: known for file in (*PAIRS.values(), "forcing.csv")
                if (table := tables[file]) is not None
                and len(known := table.dropna(subset="date").dropna(thresh=3))}  # fmt: skip
    targets = [observed[file]["date"] for file in PAIRS.values() if file in observed]
    if targets:
        dates = pd.concat(targets)
        time = steps.calendar(dates.min(), dates.max(), settings.step)
        for name in PERIODS:
            yield from _check_period(name, settings, time, observed)


def _check_period(
    name: str, settings: BasinSettings, time: pd.DatetimeIndex, observed: dict[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Hold a period against the data: inside them, long enough, and nowhere empty."""
    period, ends = settings.period(name), steps.bin_ends(time, settings.step)
    ahead, needed = settings.lead_times, settings.encoder_length + settings.lead_times
    if period.start < time[0] or period.end > ends[-1]:
        expected = f"days from {time[0]:%Y-%m-%d} to {ends[-1]:%Y-%m-%d}, where there are data"
        yield Problem(SETTINGS_FILE, f"key {name}", f"{period}, outside the data", expected)
        return
    before = (ends <= period.end).sum()
    inside = ((time >= period.start) & (ends <= period.end)).sum()
    if inside < ahead or (name == "train" and before < needed):
        found = f"{inside} whole steps ({settings.step}), {before} counted from the first datum"
        expected = f"at least {ahead} (lead_times) and {needed} (with encoder_length): longer "
        yield Problem(SETTINGS_FILE, f"key {name}", found, f"{expected}periods or smaller settings")
    for file, table in observed.items():
        empty = table.loc[period.holds(table["date"]), table.columns[2:]].isna().all()
        found = f"no value in the {name} period, {period}"
        if empty.all():
            yield Problem(file, "", found, "data in each period")
        elif name == "train" and file == "forcing.csv":  # whose means fill gaps
            for variable in empty.index[empty]:
                expected = "data in it, or no such column"
                yield Problem(file, f"column {listed([variable])}", found, expected)


def _finish(tables: Tables) -> Tables:
    """Turn sound tables into the frames of a basin: heads, one name for values, distances."""
    wells, heads, river = tables["wells.csv"], tables["heads.csv"], tables["river"]
    if "depth" in heads:  # head = surface elevation − depth, or −depth from the ground
        surface = wells.get("surface_elevation", pd.Series(0.0, index=wells.index)).fillna(0.0)
        head = heads["well_id"].map(surface).astype(float) - heads["depth"]
        heads = heads.drop(columns="depth").assign(head=head)
    if river is not None and len(wells):
        wells = wells.assign(distance_to_river=distance_to_river(wells, river))
    water = tables["surface_water.csv"].set_axis(["date", "gauge_id", "value"], axis="columns")
    long = {
        "heads": heads.dropna(),
        "surface_water": water.dropna(),
        "forcing": tables["forcing.csv"],
    }
    about = {"wells": wells, "gauges": tables["gauges.csv"], "river": river}
    return about | {name: table.reset_index(drop=True) for name, table in long.items()}


def write_example(folder: str | Path) -> Path:
    """Write the folder of a small made-up basin that passes every check and can be trained.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.

    Returns
    -------
    Path
        The folder: four wells measured every five days with gaps, one gauge and basin-wide
        weather, daily, and a river.

    Raises
    ------
    UserError
        If the folder is there already and not empty.
    """
    with files.write_folder(folder) as new:
        shutil.copytree(files.shared("example"), new, dirs_exist_ok=True)
    return Path(folder)
