"""Twenty-eight Swiss wells of the network NAQUA as a basin (Collenteur et al., 2023).

Separate aquifers from the Jura to the Alps, daily since 1990. Nineteen of the wells come with the
stage of a river nearby, so that a well and its own river can be forecast together, place by place.
"""

import datetime
from pathlib import Path

import pandas as pd

from swgw.sources.download import get_file
from swgw.sources.draft import write_tables
from swgw.storage.files import write_folder, write_text

DATA_SET = "swiss-naqua-collenteur2023"
COMMIT = "dcc1363765c0a40ee9dfb2a418f8589b3a146580"
ADDRESS = f"https://raw.githubusercontent.com/pastas/pastas-data/{COMMIT}/collenteur_2023"
HASHES = {
    "LICENSE": "3972dc9744f6499f0f9b2dbf76696f2ae7ad8af9b23dde66d6af86c9dfb36986",
    "heads.csv": "ef4c4bab17abc8a60d3340d557292cdc468c817d33e7093936733ed431d39e3a",
    "metadata_heads.csv": "5489252d593e23dfcfb6a4a0d0c7c5ef48c412b97b1f6e1444f8bca172e120c5",
    "metadata_rivers.csv": "820d14eb028c01aea794aa8bcb80185e014cdd22968d687444316c698b44fa7d",
    "precipitation.csv": "adbd3c09a7cbb987240e24a5f53edc2b9e5d592727896f4f8a4dfe589b845389",
    "rivers.csv": "d33fd19b4bc88e3881ce5ee7980fd1ae4397d77b8c952eaf13620b6c4da34c85",
    "temperature.csv": "16b26c24c1c03d347b03539306bf845cc3a95d58fdbf585541cbba5e32267e04",
}
LICENCE_ADDRESS = ADDRESS.rsplit("/", 1)[0]  # upstream keeps its licence one folder up
LICENCE = "GPL-3.0"
CITATION = (
    "Collenteur, R. A., Moeck, C., Schirmer, M., Birk, S. (2023): Analysis of nationwide "
    "groundwater monitoring networks using lumped-parameter models. Journal of Hydrology. "
    "doi:10.1016/j.jhydrol.2023.130120. Heads: NAQUA; rivers: FOEN and cantons."
)
LAST_HEAD = "2020-12-31"  # the weather goes on for seven months

SETTINGS = f"""\
# Written by `swgw fetch naqua`; SOURCE.md says from what and how.

name: naqua
title: Twenty-eight Swiss wells
description: >-
  Groundwater at 28 wells of the Swiss network NAQUA and the stage of the river near 19 of them.
  These are separate aquifers: each well goes with its own river (gauge_id in wells.csv).
licence: {LICENCE}
citation: >-
  {CITATION}
virtual: false
vertical_datum: metres above sea level (inferred from the values; upstream states none)

step: 5D   # the records are daily; pentads keep a year in 73 steps

# Rivers begin in 1995. Fifteen years to learn from, three to stop training and choose settings,
# seven to score.
train: [1996-01-01, 2010-12-31]
validation: [2011-01-01, 2013-12-31]
test: [2014-01-01, 2020-12-31]

surface_water: stage
target_gauge: "2024"   # the Rhone at Branson: of all stages the one that its well follows most

encoder_length: 73
lead_times: 6
future_forcing: observed
history: true
"""


def fetch(folder: str | Path) -> str:
    """Write the Swiss wells as the folder of a basin, whole or not at all.

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
    ``SWGW_MIRROR=DIR`` takes the files from ``DIR/swiss-naqua-collenteur2023``.
    """
    with write_folder(folder) as new:
        files = {name: _file(name) for name in HASHES}
        heads, rivers, rain, temperature = (
            pd.read_csv(files[f"{name}.csv"], index_col=0, parse_dates=True)
            for name in ("heads", "rivers", "precipitation", "temperature")
        )
        places = pd.read_csv(files["metadata_heads.csv"], index_col=0)
        streams = _streams(pd.read_csv(files["metadata_rivers.csv"], index_col=0), rivers)
        tables = {
            "wells.csv": _wells(places, streams),
            "heads.csv": _long(heads, "well_id", "head"),
            "gauges.csv": _gauges(streams),
            "surface_water.csv": _stage(rivers, streams),
            "forcing.csv": _forcing(rain[:LAST_HEAD], temperature[:LAST_HEAD], streams),
        }
        write_tables(new, tables)
        write_text(new / "basin.yml", SETTINGS)
        write_text(new / "SOURCE.md", _source())
        (new / "LICENSE").write_bytes(files["LICENSE"].read_bytes())
    return f"Licence: {LICENCE}. Please cite: {CITATION}"


def _file(name: str) -> Path:
    home = LICENCE_ADDRESS if name == "LICENSE" else ADDRESS
    return get_file(DATA_SET, f"{home}/{name}", HASHES[name])


def _streams(metadata: pd.DataFrame, rivers: pd.DataFrame) -> pd.DataFrame:
    """Rivers that have a series, by well: ``gauge_id`` (the operator's number), name, place."""
    streams = metadata.loc[rivers.columns]
    number = streams["FOEN_ID"].astype("Int64").astype("string")
    return pd.DataFrame(
        {
            "gauge_id": number.fillna(streams["ID2"]),
            "name": streams["River"].str.strip() + ", " + streams["Station"].str.strip(),
            "longitude": streams["lon"].round(6),
            "latitude": streams["lat"].round(6),
        }
    )


def _wells(places: pd.DataFrame, streams: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "well_id": places.index,
            "name": places.index + " (" + places["id"] + ")",
            "longitude": places["lon"].round(6),
            "latitude": places["lat"].round(6),
            "surface_elevation": places["z"],
            "gauge_id": streams["gauge_id"].reindex(places.index),
            "distance_to_river": (places["DTR"] / 1000).round(3),
            "snow_days": places["Snow Days"].round(1),
        }
    )


def _gauges(streams: pd.DataFrame) -> pd.DataFrame:
    """One row a gauge; two wells may share one."""
    return streams.drop_duplicates("gauge_id").sort_values("gauge_id", ignore_index=True)


def _stage(rivers: pd.DataFrame, streams: pd.DataFrame) -> pd.DataFrame:
    """Stage [m] of each gauge, once even where two wells share it."""
    own = streams.drop_duplicates("gauge_id")
    return _long(rivers[own.index].rename(columns=own["gauge_id"]), "gauge_id", "stage")


def _forcing(rain: pd.DataFrame, temperature: pd.DataFrame, streams: pd.DataFrame) -> pd.DataFrame:
    """Weather at each well [mm/d, °C], and for each gauge the mean over its wells."""
    weather = _join(rain, temperature, "well_id")
    by_gauge = [table[streams.index].T.groupby(streams["gauge_id"]).mean().T
                for table in (rain, temperature)]  # fmt: skip
    both = pd.concat([weather, _join(*by_gauge, "gauge_id")], ignore_index=True)
    return both[["date", "well_id", "gauge_id", "precipitation", "temperature"]]


def _join(rain: pd.DataFrame, temperature: pd.DataFrame, key: str) -> pd.DataFrame:
    precipitation = _long(rain, key, "precipitation", digits=2)
    return precipitation.merge(_long(temperature, key, "temperature", digits=2), on=["date", key])


def _long(wide: pd.DataFrame, key: str, value: str, digits: int = 3) -> pd.DataFrame:
    """Turn a table (date, place) into rows ``date``, `key`, `value`, gaps left out."""
    named = wide.rename_axis(index="date", columns=key).round(digits)
    long = named.melt(ignore_index=False, value_name=value).reset_index().dropna()
    return long.sort_values([key, "date"], ignore_index=True)


def _source() -> str:
    files = "\n".join(f"- `{name}`\n  SHA-256 `{HASHES[name]}`" for name in HASHES)
    return f"""\
# Where these data come from

GitHub `pastas/pastas-data`, folder `collenteur_2023`, commit `{COMMIT}`.
Fetched on {datetime.date.today()} from `{ADDRESS}`:

{files}

- **Licence**: {LICENCE}, that of the repository (`LICENSE` here is its file); it has no separate
  statement for the data. Keep this folder apart from material under other terms.
- **Citation**: {CITATION}
- **Changes**: selected, renamed, rounded and reshaped as follows.

## What was done

- **Units** were inferred from the values and the metadata, since upstream gives none: heads and
  most stages in metres above sea level, precipitation in mm/d, temperature in °C. A few small
  rivers have a stage above their own zero.
- **Wells** keep upstream's names as identifiers, with the number in NAQUA behind the name.
  `gauge_id` names the well's own river; nine wells have none. `distance_to_river` is upstream's, to
  the nearest river, in km; the gauge may stand further off, up to 18 km.
- **Gauges** are called by the number of their operator (FOEN or a canton). Crêtelongue and Vétroz
  share one, so that 19 wells have 18 gauges. The river of Samedan has no series here.
- **Weather** is that at each well. A gauge's rows are the mean over its wells; nothing is known of
  the catchments upstream. It ends with the heads on {LAST_HEAD}.
- Wind, discharge and evaporation are not in these files.
"""
