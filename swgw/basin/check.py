"""The check of a basin folder, and a small made-up basin that passes it."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin import calendar as steps
from swgw.basin.folder import Basin, examine
from swgw.basin.plausible import PERHAPS_DEPTHS, look_like_depths
from swgw.basin.settings import basin_folder
from swgw.storage import Problem
from swgw.storage.files import shared, write_folder, write_whole


def check_basin(path: str | Path) -> list[Problem]:
    """List everything that is wrong with a basin folder; an empty list means that it is sound.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin.
    """
    return examine(basin_folder(path))[0]


def report(basin: Basin) -> pd.DataFrame:
    """Say how much of each series is observed.

    Parameters
    ----------
    basin : Basin

    Returns
    -------
    DataFrame (series, ...)
        ``kind`` (``"head"``, ``"discharge"`` or ``"stage"``, or a variable of the weather),
        ``series`` (a well, a gauge or a place of the forcing), ``first`` and ``last`` observation,
        ``observations`` and ``share``: of the steps from the start of training to the end of the
        test period, how many hold an observation (0–1).
    """
    settings = basin.settings
    heads = basin.heads.rename(columns={"well_id": "series"})
    water = basin.surface_water.set_axis(["date", "series", settings.surface_water], axis="columns")
    weather = basin.forcing.rename(columns={"place": "series"})
    long = [t.melt(["date", "series"], var_name="kind").dropna() for t in (heads, water, weather)]
    observed = pd.concat([table for table in long if len(table)])
    time = steps.calendar(settings.train.start, settings.test.end, settings.step)
    starts = steps.bin_starts(pd.DatetimeIndex(observed["date"]), settings.step)
    observed = observed.assign(step=starts.where(starts.isin(time)))
    groups = observed.groupby(["kind", "series"], sort=False)
    found = groups.agg(first=("date", "min"), last=("date", "max"), observations=("date", "size"),
                       share=("step", "nunique"))  # fmt: skip
    return found.assign(share=found["share"] / len(time)).reset_index()


def summary(coverage: pd.DataFrame) -> pd.DataFrame:
    """Sum up a report, one row a kind of series, whatever their number.

    Parameters
    ----------
    coverage : DataFrame (series, ...)
        From :func:`report`.

    Returns
    -------
    DataFrame (kind, ...)
        ``series`` (how many), ``first`` and ``last`` observation, ``observed`` and ``least
        observed``: the median and the lowest share of observed steps.
    """
    shares = {"observed": ("share", "median"), "least observed": ("share", "min")}
    spans = {"series": ("series", "size"), "first": ("first", "min"), "last": ("last", "max")}
    return coverage.groupby("kind", sort=False).agg(**spans, **shares)


def notes(basin: Basin, coverage: pd.DataFrame) -> list[str]:
    """List what is no fault by itself and yet worth a look.

    Parameters
    ----------
    basin : Basin
    coverage : DataFrame (series, ...)
        From :func:`report`.

    Returns
    -------
    list of str
        Sentences: where the places are, depths without a ground, heads that may be depths, and a
        step shorter than the time between measurements.
    """
    wells, found = basin.wells, []
    given = pd.read_csv(basin.path / "heads.csv", nrows=0).columns if len(wells) else ()
    ground = wells.get("surface_elevation", pd.Series(float("nan"), index=wells.index))
    if "depth" in given and ground.isna().any():
        lacking = f"none for {ground.isna().sum()} of {len(ground)} wells: heads are minus depths"
        expected = "the ground in metres, to make heads comparable"
        found.append(Problem("wells.csv", "column surface_elevation", lacking, expected))
    if "head" in given:
        found.append(look_like_depths(basin.heads, wells, PERHAPS_DEPTHS))
    share = coverage.groupby("kind")["share"].median()
    for kind in share.index.intersection(["head", basin.settings.surface_water]):
        if share[kind] <= 0.5:
            rare = f"step {basin.settings.step}, and a {kind} on {share[kind]:.0%} of the steps"
            found.append(Problem("basin.yml", "key step", rare, "a longer step, as a rule"))
    return [where(wells, basin.gauges), *map(str, filter(None, found))]


def where(*places: pd.DataFrame | None) -> str:
    """Give the latitude and longitude of the places, so that a swap of all can be noticed.

    Examples
    --------
    >>> where(pd.DataFrame({"longitude": [-106.6], "latitude": [35.2]}))
    'The places are near 35.2° N, 106.6° W.'
    """
    known = pd.concat([table[["longitude", "latitude"]] for table in places if table is not None])
    longitude, latitude = known.median()
    north, east = "S" if latitude < 0 else "N", "W" if longitude < 0 else "E"
    return f"The places are near {abs(latitude):.1f}° {north}, {abs(longitude):.1f}° {east}."


MEMORY = {"007": 10, "A1": 40, "A2": 60, "B1": 200}  # days by which a well follows the river


def write_example(folder: str | Path, seed: int = 0) -> Path:
    """Write the folder of a small seeded basin that passes every check and can be trained.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder.
    seed : int
        For the weather and the noise.

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
    random = np.random.default_rng(seed)
    days = pd.date_range("2001-01-01", "2006-12-31", name="date")
    weather = _weather(days, random)
    # A snow-fed linear reservoir [m³/s].
    supply = 8 * weather["precipitation"] + 3 * weather["temperature"].clip(lower=0)
    discharge = 5 + supply.ewm(alpha=0.04).mean()
    water = pd.DataFrame({"date": days, "gauge_id": "01", "discharge": discharge.to_numpy()})
    with write_folder(folder) as new:
        for path in shared("example").iterdir():
            shutil.copy(path, new)
        write_table(weather.reset_index(), new / "forcing.csv", 2)
        write_table(_heads(new / "wells.csv", discharge, random), new / "heads.csv", 3)
        write_table(water, new / "surface_water.csv", 3)
    return Path(folder)


def write_table(table: pd.DataFrame, path: Path, digits: int) -> None:
    """Write a table as CSV with a number of decimals, whole or not at all."""
    with write_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format=f"%.{digits}f", date_format="%Y-%m-%d")


def _weather(days: pd.DatetimeIndex, random: np.random.Generator) -> pd.DataFrame:
    """Warm, wet summers: (day, variable) in mm/d, °C and m/s."""
    summer = -np.cos(2 * np.pi * (days.dayofyear.to_numpy() - 20) / 365.25)  # -1 winter, 1 summer
    wet = random.random(len(days)) < 0.15 + 0.08 * summer
    columns = {
        "precipitation": wet * random.gamma(0.8, 4.0, len(days)),
        "temperature": 8 + 15 * summer + random.normal(0, 3, len(days)),
        "wind": random.gamma(6, 0.36, len(days)),
    }
    return pd.DataFrame(columns, index=days)


def _heads(wells: Path, discharge: pd.Series, random: np.random.Generator) -> pd.DataFrame:
    """Heads that follow the river, later and weaker away from it, every fifth day with gaps."""
    surface = pd.read_csv(wells, index_col="well_id", dtype={"well_id": str})["surface_elevation"]
    parts = {}
    for well, days in MEMORY.items():
        river = discharge.ewm(span=days).mean() / discharge.mean()
        head = (surface[well] - 3 - days / 20 + river).iloc[::5]
        head = head + random.normal(0, 0.02, len(head))
        parts[well] = head[random.random(len(head)) > 0.08].rename("head")
    heads = pd.concat(parts, names=["well_id"]).reset_index()
    return heads[["date", "well_id", "head"]]
