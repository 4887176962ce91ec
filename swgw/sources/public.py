"""Public data sets, each turned into the folder of a basin."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
import pyproj
import yaml

from swgw.sources import DESCRIPTIONS, Tables, describe, write_tables
from swgw.storage import UserError
from swgw.storage.files import write_folder, write_text

# The Rio Grande

ENOUGH_MONTHS = 205  # of the 228 from 2005 to 2023
BEARINGS = {"North": 0.0, "East": 90.0, "Center": 0.0, "South": 180.0, "West": 270.0}
SPACING = 40.0  # m from a site's centre to its outer wells
GAUGES = ("08330000", "08354900")  # those in gauges.csv, whose coordinates are the gauges' own
SAME_GAUGE_SINCE = "2006-04-01"  # from here on rows that name a gauge name their site's own
LONGEST_VISIT = 62  # days; rain gathered over a longer time says little about any month
ENOUGH_DAYS = 15  # of a month, for its mean rain


def _bemp(files: dict[str, Path], folder: Path) -> Tables:
    """Depths [m] and discharge [m³/s] on the days of visits, monthly rain [mm/d] at each site."""
    names = {"Date": "date", "Site number": "site", "Gage ID USGS": "named"}
    names |= {"Current usgs gauge": "own", "Discharge cfs USGS": "cfs"}
    names |= {f"{place} groundwater depth cm": place for place in BEARINGS}
    levels, rain = (
        pd.read_csv(path, na_values=".", dtype=dict.fromkeys(names, str), parse_dates=["Date"])
        .rename(columns=names).dropna(subset="date").assign(site=lambda t: t["site"].str.zfill(2))
        for path in files.values()
    )  # fmt: skip
    heads = levels.melt(["date", "site"], list(BEARINGS), "place", "cm").dropna()
    heads["well_id"] = heads["site"] + "-" + heads["place"]
    heads["depth"] = (-heads["cm"].astype(float) / 100).round(4)
    recent = heads[heads["date"].between("2005-01-01", "2023-12-31")]
    months = recent["date"].dt.to_period("M").groupby(recent["well_id"]).nunique()
    heads = heads[heads["well_id"].isin(months.index[months >= ENOUGH_MONTHS])]
    heads = heads.sort_values(["well_id", "date"], ignore_index=True)
    wells = heads[["well_id", "site", "place"]].drop_duplicates()
    wells = wells.merge(levels.drop_duplicates("site").drop(columns=list(BEARINGS)), on="site")
    distance = np.where(wells["place"] == "Center", 0.0, SPACING)
    centre = wells["Longitude"], wells["Latitude"]
    x, y, _ = pyproj.Geod(ellps="WGS84").fwd(*centre, wells["place"].map(BEARINGS), distance)
    wells = wells.assign(longitude=np.round(x, 6), latitude=np.round(y, 6), reach=wells["Reaches"])
    wells["name"] = wells["Site name"] + " " + wells["place"].str.lower()
    monthly = pd.concat([monthly_rain(one).assign(site=site) for site, one in rain.groupby("site")])
    at_wells = wells[["well_id", "site"]].merge(monthly, on="site")
    # Rows that name no gauge, as all since 2018, have their site's. Several sites visited on one
    # day share a gauge, and agree on its discharge.
    own = levels["own"].where(levels["date"] >= SAME_GAUGE_SINCE)
    levels["gauge_id"] = levels["named"].fillna(own).str.zfill(8)
    levels["discharge"] = (levels["cfs"].astype(float) * 0.3048**3).round(4)  # m³ in a cubic foot
    water = levels.loc[levels["gauge_id"].isin(GAUGES), ["date", "gauge_id", "discharge"]]
    return {
        "wells.csv": wells[["well_id", "name", "longitude", "latitude", "reach"]],
        "heads.csv": heads[["date", "well_id", "depth"]],
        "surface_water.csv": water.dropna().drop_duplicates().sort_values(["gauge_id", "date"]),
        "forcing.csv": at_wells[["date", "well_id", "precipitation"]],
    }


def monthly_rain(visits: pd.DataFrame) -> pd.DataFrame:
    """Spread what the open gauge gathered between two visits evenly over the days between them.

    Parameters
    ----------
    visits : DataFrame (visit, ...)
        Of one site: ``date``, ``Precipitation open mm``.

    Returns
    -------
    DataFrame (month, ...)
        ``date``, ``precipitation`` [mm/d].
    """
    visits = visits.sort_values("date")
    length = visits["date"].diff().dt.days
    rate = (visits["Precipitation open mm"] / length).where(length <= LONGEST_VISIT)
    days = pd.date_range(visits["date"].iloc[0], visits["date"].iloc[-1])[1:]
    # A visit closes its interval: each day takes the rate of the next visit.
    daily = pd.Series(rate.to_numpy(), index=visits["date"]).reindex(days, method="bfill")
    months = daily.resample("MS")
    mean = months.mean().where(months.count() >= ENOUGH_DAYS).dropna().round(3)
    return mean.rename("precipitation").rename_axis("date").reset_index()


# Swiss wells


def _naqua(files: dict[str, Path], folder: Path) -> Tables:
    """Heads and stages [m] by day; weather at each well, and for a gauge the mean of its wells."""
    read = {name: pd.read_csv(path, index_col=0) for name, path in files.items()
            if name.endswith(".csv")}  # fmt: skip
    shutil.copyfile(files["LICENSE"], folder / "LICENSE")
    where = {"lon": "longitude", "lat": "latitude", "z": "surface_elevation"}
    wells = read["metadata_heads.csv"].rename(columns=where).rename_axis("well_id").reset_index()
    rivers = read["rivers.csv"]
    gauges = read["metadata_rivers.csv"].loc[rivers.columns].rename(columns=where)
    number = gauges["FOEN_ID"].astype("Int64").astype("string").fillna(gauges["ID2"])
    gauges["name"] = gauges["River"].str.strip() + ", " + gauges["Station"].str.strip()
    gauges = gauges.assign(gauge_id=number).drop_duplicates("gauge_id")  # two wells share one
    wells["name"] = wells["well_id"] + " (" + wells["id"] + ")"
    wells["gauge_id"] = wells["well_id"].map(number)
    wells["distance_to_river"] = (wells["DTR"] / 1000).round(3)
    wells["snow_days"] = wells["Snow Days"].round(1)
    # The weather goes on for seven months after the heads.
    weather = {n: read[f"{n}.csv"][:"2020-12-31"] for n in ("precipitation", "temperature")}
    at_gauge = {name: t[number.index].T.groupby(number).mean().T for name, t in weather.items()}
    forcing = pd.concat([_long(weather, "well_id", 2), _long(at_gauge, "gauge_id", 2)])
    place, more = ["name", "longitude", "latitude"], ["distance_to_river", "snow_days"]
    stage = rivers[gauges.index].rename(columns=number)
    return {
        "wells.csv": wells[["well_id", *place, "surface_elevation", "gauge_id", *more]].round(6),
        "heads.csv": _long({"head": read["heads.csv"]}, "well_id", 3),
        "gauges.csv": gauges[["gauge_id", *place]].round(6).sort_values("gauge_id"),
        "surface_water.csv": _long({"stage": stage}, "gauge_id", 3),
        "forcing.csv": forcing[["date", "well_id", "gauge_id", *weather]],
    }


def _long(wide: dict[str, pd.DataFrame], key: str, digits: int) -> pd.DataFrame:
    """Turn tables (date, place) by variable into rows ``date``, `key`, variables, without gaps."""
    columns = pd.concat(wide, axis=1, names=[None, key]).rename_axis(index="date").round(digits)
    long = columns.stack(key).dropna().reset_index()  # noqa: PD013
    return long.sort_values([key, "date"], ignore_index=True)


# The challenge's site in Connecticut


def _challenge_usa(files: dict[str, Path], folder: Path) -> Tables:
    """Daily head and stage [m], rain and PET [mm/d], temperature [°C]; all files in upstream/."""
    for file, path in files.items():
        copy = folder / "upstream" / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    heads = pd.read_csv(files["data/USA/heads_full.csv"])
    heads = heads.rename(columns={"Date": "date"}).assign(well_id="USA")
    weather = pd.read_csv(files["data/USA/input_data.csv"], index_col=0)[:"2021-12-31"]
    names = {"Stage_m": "stage", "PRCP": "precipitation", "ET": "pet"}
    daily = weather.rename_axis("date").reset_index().rename(columns=names)
    daily["temperature"] = (daily["TMAX"] + daily["TMIN"]) / 2
    stage = daily.assign(gauge_id="stage")[["date", "gauge_id", "stage"]]
    return {
        "heads.csv": heads[["date", "well_id", "head"]].round(4),
        "surface_water.csv": stage.round(4).dropna(),
        "forcing.csv": daily[["date", "precipitation", "temperature", "pet"]].round(3),
    }


READERS = {"bemp": _bemp, "naqua": _naqua, "challenge-usa": _challenge_usa}


MIRROR = "SWGW_MIRROR"
# By data set: its folder in a mirror and in the cache.
FOLDERS = {"bemp": "bemp-rio-grande", "naqua": "swiss-naqua-collenteur2023",
           "challenge-usa": "gwchallenge-usa"}  # fmt: skip


def fetch(name: str, folder: str | Path) -> str:
    """Write a public data set as the folder of a basin, whole or not at all.

    Parameters
    ----------
    name : str
        ``bemp``, ``naqua`` or ``challenge-usa``.
    folder : str or Path
        A new or empty folder.

    Returns
    -------
    str
        The licence and the citation, to be shown.

    Raises
    ------
    UserError
        If the folder holds something, or a file cannot be had or is not the expected one.

    Notes
    -----
    ``SWGW_MIRROR=DIR`` takes the files from ``DIR/<data set>`` instead of the network.
    """
    data = registry(name)
    with write_folder(folder) as new:
        files = {file: _get(data, file) for file in data.registry}
        write_tables(new, READERS[name](files, new))
        for path in (*(DESCRIPTIONS / name).glob("*.csv"), DESCRIPTIONS / name / "basin.yml"):
            shutil.copyfile(path, new / path.name)
        hashes = "\n".join(f"- `{file}`\n  SHA-256 `{data.registry[file]}`" for file in files)
        write_text(new / "SOURCE.md", describe(name, files=hashes))
        told = yaml.safe_load((new / "basin.yml").read_text("utf-8"))
    return f"Licence: {told['licence']}. Please cite: {told['citation']}"


def registry(name: str) -> pooch.Pooch:
    """Give the files of a data set: names, SHA-256 and addresses."""
    data = pooch.create(Path(pooch.os_cache("swgw")) / FOLDERS[name], base_url="")
    data.load_registry(DESCRIPTIONS / name / "files.txt")
    return data


def _get(data: pooch.Pooch, file: str) -> Path:
    """Give the path of a file with the expected hash, from pooch's cache, a mirror or the web."""
    mirror = os.environ.get(MIRROR)
    source = Path(mirror, data.path.name, file) if mirror else data.urls[file]
    copy = lambda url, part, _: shutil.copyfile(source, part)  # noqa: E731
    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(data.fetch(file, downloader=copy if mirror else None))
    except (ValueError, OSError) as error:  # a wrong hash; requests' errors are OSErrors, too
        why = getattr(error, "strerror", None) or str(error).split(". ")[0]
        wanted = f"{data.path.name}/{file} with SHA-256 {data.registry[file]}"
        said = f"{source} cannot be had: {why}; expected a connection, or in {MIRROR} a folder with"
        raise UserError(f"{said} {wanted}") from None
