"""The USA site of the 2022 Groundwater Time Series Modelling Challenge as a basin.

One well in fractured bedrock in Connecticut, the stage of a river, daily weather. Thirteen teams'
submissions for it are public, so that scores can be held against theirs.
"""

import datetime
from pathlib import Path

import pandas as pd

from swgw.sources.download import get_file
from swgw.sources.draft import write_tables
from swgw.storage.files import write_folder, write_text

DATA_SET = "gwchallenge-usa"
COMMIT = "4b1439d5267e8d0c77ae719648b8bfa18199b082"
ADDRESS = f"https://raw.githubusercontent.com/gwmodeling/challenge/{COMMIT}"
HASHES = {
    "LICENSE": "3972dc9744f6499f0f9b2dbf76696f2ae7ad8af9b23dde66d6af86c9dfb36986",
    "data/USA/heads.csv": "d53aaa94e93bd2a995556e75b3d2740a1770f9bb0b294fbfe1a4fd24e1865664",
    "data/USA/heads_full.csv": "326964f2e147f6283c8ed6191ada8411eac7bce4c029b0607c2e5c59c739555c",
    "data/USA/input_data.csv": "86ae4bd3064280d32ea4ccb3e967409b1d45920e6e4a50d7c9973f6e8bd37f53",
}
SUBMISSIONS = {
    "da_collective": "14be99bc959024229a5da5e09ffb6eef5929f583a72bc0b04dadf5c88624f26a",
    "team_GEUS": "66e26232f47d7dc6cecf8c82516583fe01bb22f20b73d254b68774e8a8120117",
    "team_HydroSight": "a3bcafba4a55d36d754cb603b639eb534b3e0cd698cb50658f01a4dcffa38663",
    "team_Janis": "a508038c7656bdf46d3bdb5d69002c2eca33135f33ac86315bc880b28f787975",
    "team_LUHG": "fc7739977a74572d923e47bf8e3aeaac8b3e7349ed4e910d9af596ce0b2c07e3",
    "team_M2C_BRGM": "185fdb2a6dbbe9016de8881c1f9e6b6c280e78574f7208d391c5aaad3bf5931d",
    "team_Mirkwood": "3e3d2eb3900e55f62b71373a8f0aef4bb9b18c3795de59f8045eed611c8712a4",
    "team_MxNl": "24ec2d9960f60b058f7f965a1a9b77bd890e2058536b480cad6596437fd0bfc5",
    "team_RouhaniEtAl": "7c71dabfacaf39cf09747d931e4b9f9bef99139637320733b942a33d042ba837",
    "team_TUD": "381660b9dbc742d58c38b506064e10f65c9284fec9047a07ace43abc3ec410d4",
    "team_TUV": "d9c39236bf0970c08895531de55e448fff6596532486cd8fa7ceefe5afdc2788",
    "team_gardenia": "e1caffefd3b48d308d14cf51b3e2a0b4aff8401bd25f1ffb4db3507d182f748e",
    "team_haidro": "6633beb4da26dc63cdbee9340441b55c28ce8e0a58de06ca66a58ae200534e77",
}
HASHES |= {
    f"submissions/{team}/submission_form_USA.csv": sha256 for team, sha256 in SUBMISSIONS.items()
}
UPSTREAM = "upstream"
"""Folder inside the basin's that holds the files as they were, under their own paths."""

LICENCE = "GPL-3.0"
CITATION = (
    "Collenteur, R. A., Haaf, E., Bakker, M., Liesch, T., Wunsch, A., et al. (2024): Data-driven "
    "modelling of hydraulic-head time series: results and lessons learned from the 2022 "
    "Groundwater Time Series Modelling Challenge. Hydrology and Earth System Sciences 28, "
    "5193-5208. doi:10.5194/hess-28-5193-2024. Head and stage: USGS; weather: NOAA NCEI."
)
WELL = "USA"
GAUGE = "stage"
LONGITUDE, LATITUDE = -72.29, 41.81  # the well's, as upstream gives it
SURFACE = 156.9  # m, upstream
LAST_HEAD = "2021-12-31"

SETTINGS = f"""\
# Written by `swgw fetch challenge-usa`; SOURCE.md says from what and how.

name: challenge-usa
title: A well and a river in Connecticut
description: >-
  The USA site of the 2022 Groundwater Time Series Modelling Challenge: one well in confined
  fractured bedrock, the stage of a river some kilometres away, and daily weather.
licence: {LICENCE}
citation: >-
  {CITATION}
virtual: false
vertical_datum: the elevation that upstream gives, in metres (datum not named)

step: 5D   # the records are daily

# The challenge released heads to 2016-12-26 and scored 2017-01-18 to 2021-12-31.
train: [2002-03-01, 2013-12-31]
validation: [2014-01-01, 2016-12-26]
test: [2017-01-18, 2021-12-31]

surface_water: stage
target_gauge: "{GAUGE}"

encoder_length: 73
lead_times: 6
future_forcing: observed
history: true   # the challenge itself forbids past heads; false keeps to that
"""


def fetch(folder: str | Path) -> str:
    """Write the challenge's USA site as the folder of a basin, whole or not at all.

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
    ``SWGW_MIRROR=DIR`` takes the files from ``DIR/gwchallenge-usa``. Unchanged copies of them go
    to ``upstream/`` inside the folder: there lie the challenge's own layout and the submissions.
    """
    with write_folder(folder) as new:
        for path, sha256 in HASHES.items():
            copy = new / UPSTREAM / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(get_file(DATA_SET, f"{ADDRESS}/{path}", sha256, path).read_bytes())
        site = new / UPSTREAM / "data" / "USA"
        heads = pd.read_csv(site / "heads_full.csv")
        weather = pd.read_csv(site / "input_data.csv", index_col=0)[:LAST_HEAD]
        write_tables(new, _tables(heads, weather.rename_axis("date").reset_index()))
        write_text(new / "basin.yml", SETTINGS)
        write_text(new / "SOURCE.md", _source())
    return f"Licence: {LICENCE}. Please cite: {CITATION}"


def _tables(heads: pd.DataFrame, weather: pd.DataFrame) -> dict[str, pd.DataFrame]:
    place = {"longitude": [LONGITUDE], "latitude": [LATITUDE]}
    names = {"PRCP": "precipitation", "ET": "pet"}
    forcing = weather.rename(columns=names).assign(
        temperature=(weather["TMAX"] + weather["TMIN"]) / 2
    )
    return {
        "wells.csv": pd.DataFrame(
            {"well_id": [WELL], "name": ["Connecticut"]}
            | place
            | {"surface_elevation": [SURFACE], "gauge_id": [GAUGE]}
        ),
        "heads.csv": pd.DataFrame(
            {"date": heads["Date"], "well_id": WELL, "head": heads["head"].round(4)}
        ),
        "gauges.csv": pd.DataFrame(
            {"gauge_id": [GAUGE], "name": ["River (station not named; drawn at the well)"]} | place
        ),
        "surface_water.csv": pd.DataFrame(
            {"date": weather["date"], "gauge_id": GAUGE, "stage": weather["Stage_m"].round(4)}
        ).dropna(),
        "forcing.csv": forcing[["date", "precipitation", "temperature", "pet"]].round(3),
    }


def _source() -> str:
    files = "\n".join(f"- `{path}`\n  SHA-256 `{HASHES[path]}`" for path in HASHES)
    return f"""\
# Where these data come from

GitHub `gwmodeling/challenge`, commit `{COMMIT}`, the site called USA.
Fetched on {datetime.date.today()} from `{ADDRESS}`; unchanged copies are in `{UPSTREAM}/`:

{files}

- **Licence**: {LICENCE}, that of the repository (`{UPSTREAM}/LICENSE` is its file); it has no
  separate statement for the data. Keep this folder apart from material under other terms.
- **Citation**: {CITATION}
- **Changes**: selected, renamed, rounded and reshaped as follows.

## What was done

- **Heads** are those of `heads_full.csv`, which holds the scored years too. Models see only the
  periods that `basin.yml` gives them. `heads.csv` in `{UPSTREAM}/data/USA` is the released part.
- **The river**: upstream does not name the station. Its point on the map is the well's, nothing
  more.
- **Weather**: precipitation (mm/d) and evapotranspiration (Hargreaves, mm/d, as `pet`) as they are;
  temperature (°C) is the mean of each day's maximum and minimum. It ends with the heads.
- Wind and discharge are not in these files.
"""
