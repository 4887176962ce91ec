"""What the observers of the virtual basin write down: measurements with noise and gaps."""

from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.calendar import bin_starts
from swgw.storage.files import write_whole
from swgw.virtual.domain import Domain
from swgw.virtual.parameters import CHANNEL, DISTRICTS, GAUGES, MARGIN, WELLS
from swgw.virtual.run import cells_of_wells

MEASURED_DAY = 2  # heads are measured on the third day of a pentad
HEAD_NOISE, FLOW_NOISE = 0.02, 0.02  # m; share of the flow
DROPOUT, OUTLIER = 0.02, 0.002  # share of the measurements
OUTAGES, OUTAGE_STEPS = 6, (12, 40)  # wells that fail once, for 2 to 6 months
LATE_WELL, LATE_START = 20, "2003-04-01"
FIRST_HEAD = "2001-01-01"
FLOW_GAP = ("2010-03-08", "2010-04-21")  # as the real record of 2010 has a gap


def pentads(days: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """First day of each calendar pentad and the position in ``days`` on which it is measured."""
    starts = bin_starts(days, "5D").unique()
    return starts, days.get_indexer(starts + pd.Timedelta(days=MEASURED_DAY))


def well_table(domain: Domain, seed: int) -> pd.DataFrame:
    """``wells.csv``: place, elevation [m], slope [°] and land use of each well."""
    rng, cells = np.random.default_rng([seed, 5]), cells_of_wells(domain)
    rough = np.where(WELLS["setting"] == MARGIN, 3.0, 0.0)
    elevation = domain.surface[cells] + rng.normal(0, 0.5, len(cells))
    slope = domain.slope[cells] * rng.uniform(0.8, 1.6, len(cells)) + rough
    land_use = WELLS["setting"].map({MARGIN: "bare hills", CHANNEL: "riverside"})
    crops = (domain.district[cells] >= 0) & (WELLS["setting"] != MARGIN)
    return WELLS.drop(columns="setting").assign(
        surface_elevation=elevation.round(2),
        slope=slope.round(2),
        land_use=land_use.fillna("desert steppe").mask(crops, "cropland"),
    )


def setting_table(domain: Domain) -> pd.DataFrame:
    """``truth/wells.csv``: the setting and the irrigation district of each well."""
    district = domain.district[cells_of_wells(domain)]
    names = DISTRICTS["name"].reindex(district, fill_value="").to_numpy()
    return WELLS[["well_id", "setting"]].assign(district=names)


def measure_heads(head: np.ndarray, starts: pd.DatetimeIndex, seed: int) -> pd.DataFrame:
    """``heads.csv``: noisy measurements with gaps.

    Parameters
    ----------
    head : array (time, well)
        True head on the day of measurement of each pentad [m].
    starts : DatetimeIndex (time,)
        First day of each pentad.
    seed : int

    Returns
    -------
    DataFrame
        date, well_id, head [m above datum].
    """
    rng = np.random.default_rng([seed, 6])
    measured = head + rng.normal(0, HEAD_NOISE, head.shape)
    wrong = rng.random(head.shape) < OUTLIER
    sign, size = rng.choice([-1, 1], head.shape), rng.uniform(0.2, 0.8, head.shape)
    measured = measured + wrong * sign * size
    measured[rng.random(head.shape) < DROPOUT] = np.nan
    for well in rng.choice(head.shape[1], OUTAGES, replace=False):
        first, length = rng.integers(80, len(head) - 80), rng.integers(*OUTAGE_STEPS)
        measured[first : first + length, well] = np.nan
    measured[starts < LATE_START, LATE_WELL] = np.nan
    dates = (starts + pd.Timedelta(days=MEASURED_DAY)).rename("date")
    table = pd.DataFrame(measured, dates, WELLS["well_id"])[starts >= FIRST_HEAD]
    long = table.reset_index().melt("date", value_name="head").dropna()
    return long[["date", "well_id", "head"]]


def measure_discharge(flows: dict[str, pd.Series], seed: int) -> pd.DataFrame:
    """``surface_water.csv``: daily discharge [m³/s] with the error of a rating curve.

    ``flows`` holds the true discharge (time,) by gauge.
    """
    rng, parts = np.random.default_rng([seed, 7]), []
    for gauge, flow in flows.items():
        measured = flow * np.exp(rng.normal(0, FLOW_NOISE, len(flow)))
        if gauge == GAUGES["gauge_id"][0]:
            measured = measured.drop(measured[FLOW_GAP[0] : FLOW_GAP[1]].index)
        part = {"date": measured.index, "gauge_id": gauge, "discharge": measured}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def forcing_table(weather: dict[str, pd.DataFrame], first: str) -> pd.DataFrame:
    """``forcing.csv``: the mountains' weather is the gorge's, the plain's is basin-wide."""
    parts = []
    for place, gauge in (("plain", ""), ("mountains", GAUGES["gauge_id"][0])):
        table = weather[place].loc[first:].rename_axis("date").reset_index()
        table.insert(1, "gauge_id", gauge)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def write_table(table: pd.DataFrame, path: Path, digits: int) -> None:
    """Write a table as CSV with a number of decimals, whole or not at all."""
    with write_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format=f"%.{digits}f", date_format="%Y-%m-%d")
