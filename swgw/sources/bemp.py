"""The Rio Grande data of the Bosque Ecosystem Monitoring Program (BEMP) as a basin.

Riparian sites along the Middle Rio Grande, New Mexico: an arid valley, a snowmelt-fed and diverted
river, shallow groundwater. Five wells a site, two rain gauges, visited once a month since 1997.
"""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj

from swgw.sources.download import get_file
from swgw.storage.files import write_folder, write_text

COMMIT = "6d3f30c9ba372eb0032754cea71e708e1be59c8b"
ADDRESS = f"https://raw.githubusercontent.com/BEMPscience/bemp_data/{COMMIT}"
LEVELS = "depth_to_groundwater_data/data/bemp_monthly_depth_to_groundwater_riverflow_to_current.csv"
RAIN = "precipitation/data/precipitation_monthly_data.csv"
HASHES = {
    LEVELS: "5668992ebbddcf69baa56deef3ea5f819c3cf93f26e78c068c777f328744412f",
    RAIN: "35cd12f1bc7057e4298a0071439bba367c3b155da00340c8acd9f2c1ce832cc0",
}
LICENCE = "CC BY 4.0"
CITATION = (
    "BEMP (2023). BEMPscience/bemp_data: BEMP Core Community Science Data - Riparian floodplain "
    "(Version v3.0). Zenodo. doi:10.5281/zenodo.3697197. Discharge: U.S. Geological Survey."
)

SPAN = ("2005-01", "2023-12")  # months in which wells are counted
ENOUGH = 205  # of these 228 months
CUBIC_METRE = 0.028316846592  # per cubic foot
BEARINGS = {"North": 0.0, "East": 90.0, "Center": None, "South": 180.0, "West": 270.0}
SPACING = 40.0  # m from a site's centre to its outer wells
# The data name the gauges and give no coordinates. These are the gauges' own, to about 100 m, for
# the map only.
GAUGES = {
    "08330000": ("Rio Grande at Albuquerque", -106.680, 35.089, ""),
    "08354900": ("Rio Grande Floodway at San Acacia", -106.891, 34.256, "08330000"),
}
SAME_GAUGE_SINCE = "2006-04-01"  # from here on rows that name a gauge name their site's own
LONGEST_VISIT = 62  # days; rain gathered over a longer time says little about any month
ENOUGH_DAYS = 15  # of a month, for its mean rain

SETTINGS = f"""\
# Written by `swgw fetch bemp`; SOURCE.md says from what and how.

name: bemp
title: Middle Rio Grande riparian sites
description: >-
  Shallow groundwater at riparian sites along the Middle Rio Grande, New Mexico, read by students
  and staff about once a month, with the river's discharge on those days and rain at the sites.
licence: {LICENCE}
citation: >-
  {CITATION}
virtual: false
vertical_datum: the ground at each well (heads are minus the depth to water)

step: MS   # visits are monthly

# The wells were chosen by their record from 2005 to 2023. Twelve years to learn from (wet 2005 and
# dry 2012 and 2013 among them), three to stop training and choose settings, four to score.
train: [2005-01-01, 2016-12-31]
validation: [2017-01-01, 2019-12-31]
test: [2020-01-01, 2023-12-31]

surface_water: discharge
target_gauge: "08330000"   # Albuquerque: amid most sites, and a value in every month

# Two years of history: the last snowmelt and the one before to compare it with. Three months
# ahead: one season.
encoder_length: 24
lead_times: 3
future_forcing: observed
history: true
"""


def fetch(folder: str | Path) -> str:
    """Write the Rio Grande data as the folder of a basin, whole or not at all.

    Parameters
    ----------
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
    ``SWGW_MIRROR=DIR`` takes the files from ``DIR/bemp-rio-grande`` instead of the network.
    """
    with write_folder(folder) as new:
        levels, rain = (_read(get_file("bemp-rio-grande", f"{ADDRESS}/{path}", HASHES[path]))
                        for path in (LEVELS, RAIN))  # fmt: skip
        heads = _heads(levels)
        wells = _wells(levels, heads)
        tables = {
            "wells.csv": wells.drop(columns="site"),
            "heads.csv": heads,
            "gauges.csv": _gauges(),
            "surface_water.csv": _discharge(levels),
            "forcing.csv": _forcing(rain, wells),
        }
        for name, table in tables.items():
            table.to_csv(new / name, index=False, date_format="%Y-%m-%d", lineterminator="\n")
        write_text(new / "basin.yml", SETTINGS)
        write_text(new / "SOURCE.md", _source())
    return f"Licence: {LICENCE}. Please cite: {CITATION}"


def _read(path: Path) -> pd.DataFrame:
    """Read a file as text, visits without a date left out."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[table["Date"] != "."]
    return table.assign(date=pd.to_datetime(table["Date"]), site=table["Site number"].str.zfill(2))


def _number(texts: pd.Series) -> pd.Series:
    """Turn text into numbers; a full stop or nothing stands for a gap, other text raises."""
    return pd.to_numeric(texts.mask(texts.isin([".", ""])))


def _heads(levels: pd.DataFrame) -> pd.DataFrame:
    """Depths below ground [m] of the wells with a long record: ``date``, ``well_id``, ``depth``."""
    parts = []
    for place in BEARINGS:
        level = _number(levels[f"{place} groundwater depth cm"])  # negative below ground
        part = pd.DataFrame({"date": levels["date"], "well_id": levels["site"] + f"-{place}"})
        parts.append(part.assign(depth=(-level / 100).round(4)))
    depths = pd.concat(parts).dropna()
    month = depths["date"].dt.to_period("M")
    counted = depths.assign(month=month)[month.between(*map(pd.Period, SPAN))]
    months = counted.groupby("well_id")["month"].nunique()
    kept = depths[depths["well_id"].isin(months.index[months >= ENOUGH])]
    return kept.sort_values(["well_id", "date"], ignore_index=True)


def _wells(levels: pd.DataFrame, heads: pd.DataFrame) -> pd.DataFrame:
    """One row a well, placed at its bearing from the site's centre."""
    sites = levels.drop_duplicates("site").set_index("site")
    wells = pd.DataFrame({"well_id": heads["well_id"].unique()})
    wells[["site", "place"]] = wells["well_id"].str.split("-", expand=True)
    site = sites.loc[wells["site"]]
    bearings = wells["place"].map(BEARINGS)
    longitude, latitude, _ = pyproj.Geod(ellps="WGS84").fwd(
        site["Longitude"].astype(float).to_numpy(),
        site["Latitude"].astype(float).to_numpy(),
        bearings.fillna(0.0).to_numpy(),
        np.where(bearings.isna(), 0.0, SPACING),
    )
    return pd.DataFrame(
        {
            "well_id": wells["well_id"],
            "name": site["Site name"].to_numpy() + " " + wells["place"].str.lower(),
            "longitude": np.round(longitude, 6),
            "latitude": np.round(latitude, 6),
            "reach": site["Reaches"].to_numpy(),
            "site": wells["site"],
        }
    )


def _gauges() -> pd.DataFrame:
    columns = ["name", "longitude", "latitude", "upstream_gauge_id"]
    frame = pd.DataFrame.from_dict(GAUGES, orient="index", columns=columns)
    return frame.rename_axis("gauge_id").reset_index()


def _discharge(levels: pd.DataFrame) -> pd.DataFrame:
    """Discharge on the days of visits [m³/s]: ``date``, ``gauge_id``, ``discharge``.

    A row's gauge is the one it names; rows that name none, as all since 2018, have their site's.
    """
    named = levels["Gage ID USGS"]
    own = levels["Current usgs gauge"].where(levels["date"] >= SAME_GAUGE_SINCE, ".")
    gauge = named.where(named != ".", own).str.zfill(8)
    flow = (_number(levels["Discharge cfs USGS"]) * CUBIC_METRE).round(4)
    table = pd.DataFrame({"date": levels["date"], "gauge_id": gauge, "discharge": flow})
    table = table[table["gauge_id"].isin(GAUGES)].dropna()
    # Several sites visited on one day share a gauge; they agree on its discharge.
    return table.drop_duplicates().sort_values(["gauge_id", "date"], ignore_index=True)


def _forcing(rain: pd.DataFrame, wells: pd.DataFrame) -> pd.DataFrame:
    """Mean rain of each month at each well's site [mm/d]: ``date``, ``well_id``, rain."""
    monthly = pd.concat(
        [_monthly_rain(visits).assign(site=site) for site, visits in rain.groupby("site")]
    )
    table = wells[["well_id", "site"]].merge(monthly, on="site")
    return table[["date", "well_id", "precipitation"]]


def _monthly_rain(visits: pd.DataFrame) -> pd.DataFrame:
    """Spread what the open gauge gathered between two visits evenly over the days between them."""
    visits = visits.sort_values("date")
    gathered = _number(visits["Precipitation open mm"])
    length = visits["date"].diff().dt.days
    rate = (gathered / length).where(length <= LONGEST_VISIT)
    days = pd.date_range(visits["date"].iloc[0], visits["date"].iloc[-1])[1:]
    # A visit closes its interval: each day takes the rate of the next visit.
    daily = pd.Series(rate.to_numpy(), index=visits["date"]).reindex(days, method="bfill")
    months = daily.resample("MS")
    mean = months.mean().where(months.count() >= ENOUGH_DAYS).dropna().round(3)
    return mean.rename("precipitation").rename_axis("date").reset_index()


def _source() -> str:
    files = "\n".join(f"- `{ADDRESS}/{path}`\n  SHA-256 `{HASHES[path]}`" for path in HASHES)
    return f"""\
# Where these data come from

Bosque Ecosystem Monitoring Program (BEMP), Middle Rio Grande, New Mexico; GitHub
`BEMPscience/bemp_data`, commit `{COMMIT}`. Fetched on {datetime.date.today()}.

{files}

- **Licence**: {LICENCE} (the data's README: "Data and text are under the CC-BY 4.0 license.").
- **Citation**: {CITATION}
- **Changes**: selected, renamed, converted and aggregated as follows.

## What was done

- A full stop or an empty field is a missing value. Visits without a date are left out.
- **Wells**: those with a level in at least {ENOUGH} of the 228 months {SPAN[0]} to {SPAN[1]}; their
  whole record since 1997 is kept. Only the centre of a site is known: the wells called north,
  east, south and west are placed {SPACING:.0f} m from it in that direction.
- **Depth** is minus the upstream level relative to ground, cm turned to m. There is no surface
  elevation, so heads are measured from the ground at each well.
- **Discharge** is that of the day of a visit, ft³/s turned to m³/s; a month's value is the mean
  over the days on which any site was visited, no monthly mean. Rows without a gauge number (all
  since 2018) have the gauge of their site, which every row that names one agrees with since
  {SAME_GAUGE_SINCE}. Two of the gauges are used. Their coordinates are not in the data; those
  here are rounded and serve the map.
- **Precipitation** is what the open rain gauge gathered between two visits, spread evenly over
  the days between them (up to {LONGEST_VISIT}), then averaged over each month of which at least
  {ENOUGH_DAYS} days are known, in mm/d. The gauge under the canopy is not used. Each well has its
  site's.
- Temperature, wind and the river's course are not in the data.
"""
