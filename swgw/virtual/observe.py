"""What the observers of the virtual basin write down: readings with noise and gaps."""

import numpy as np
import pandas as pd

from swgw.basin.calendar import bin_starts
from swgw.virtual.domain import DISTRICTS, Domain
from swgw.virtual.places import CHANNEL, GAUGES, MARGIN, WELLS

READING_DAY = 2  # the third day of a pentad
HEAD_NOISE, FLOW_NOISE = 0.02, 0.02  # m; share of the flow
DROPOUT, OUTLIER = 0.02, 0.002  # share of the readings
OUTAGES, OUTAGE_STEPS = 6, (12, 40)  # wells that fail once, for 2 to 6 months
LATE_WELL, LATE_START = 20, "2003-04-01"
FIRST_HEAD = "2001-01-01"
FLOW_GAP = ("2010-03-08", "2010-04-21")  # as the real record of 2010 has a gap


def cells_of_wells(domain: Domain) -> np.ndarray:
    """Cell in which each well stands (well,)."""
    return np.array([domain.cell_at(well.longitude, well.latitude) for well in WELLS])


def pentads(days: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """First day of each calendar pentad and the position of its day of reading in ``days``."""
    starts = bin_starts(days, "5D").unique()
    return starts, days.get_indexer(starts + pd.Timedelta(days=READING_DAY))


def well_table(domain: Domain, seed: int) -> pd.DataFrame:
    """``wells.csv``: place, elevation [m], slope [°] and land use of each well."""
    rng = np.random.default_rng([seed, 5])
    cells = cells_of_wells(domain)
    rough = np.array([3.0 if well.setting == MARGIN else 0.0 for well in WELLS])
    return pd.DataFrame(
        {
            "well_id": [well.well_id for well in WELLS],
            "name": [well.name for well in WELLS],
            "longitude": [well.longitude for well in WELLS],
            "latitude": [well.latitude for well in WELLS],
            "surface_elevation": (domain.surface[cells] + rng.normal(0, 0.5, len(cells))).round(2),
            "slope": (domain.slope[cells] * rng.uniform(0.8, 1.6, len(cells)) + rough).round(2),
            "land_use": [
                _land_use(domain, c, w.setting) for c, w in zip(cells, WELLS, strict=True)
            ],
        }
    )


def _land_use(domain: Domain, cell: int, setting: str) -> str:
    if setting == MARGIN:
        return "bare hills"
    if domain.district[cell] >= 0:
        return "cropland"
    return "riverside" if setting == CHANNEL else "desert steppe"


def setting_table(domain: Domain) -> pd.DataFrame:
    """``truth/wells.csv``: the setting and the irrigation district of each well."""
    district = domain.district[cells_of_wells(domain)]
    names = [DISTRICTS[k][0] if k >= 0 else "" for k in district]
    settings = {well.well_id: well.setting for well in WELLS}
    return pd.DataFrame(
        {"well_id": settings.keys(), "setting": settings.values(), "district": names}
    )


def read_heads(head: np.ndarray, starts: pd.DatetimeIndex, seed: int) -> pd.DataFrame:
    """``heads.csv``: noisy readings with gaps.

    Parameters
    ----------
    head : array (time, well)
        True head at the day of reading of each pentad [m].
    starts : DatetimeIndex (time,)
        First day of each pentad.
    seed : int

    Returns
    -------
    DataFrame
        date, well_id, head [m above datum, to the centimetre].
    """
    rng = np.random.default_rng([seed, 6])
    read = head + rng.normal(0, HEAD_NOISE, head.shape)
    wrong = rng.random(head.shape) < OUTLIER
    read = read + wrong * rng.choice([-1, 1], head.shape) * rng.uniform(0.2, 0.8, head.shape)
    read[rng.random(head.shape) < DROPOUT] = np.nan
    for well in rng.choice(head.shape[1], OUTAGES, replace=False):
        first, length = rng.integers(80, len(head) - 80), rng.integers(*OUTAGE_STEPS)
        read[first : first + length, well] = np.nan
    read[starts < LATE_START, LATE_WELL] = np.nan
    table = pd.DataFrame(read, starts + pd.Timedelta(days=READING_DAY), [w.well_id for w in WELLS])
    table = table[starts >= FIRST_HEAD].rename_axis("date").rename_axis("well_id", axis=1)
    long = table.reset_index().melt("date", value_name="head").dropna()
    return long[["date", "well_id", "head"]]


def read_discharge(flows: dict[str, pd.Series], seed: int) -> pd.DataFrame:
    """``surface_water.csv``: daily discharge [m³/s] with the error of a rating curve.

    ``flows`` holds the true discharge (time,) by gauge.
    """
    rng = np.random.default_rng([seed, 7])
    parts = []
    for gauge, flow in flows.items():
        read = flow * np.exp(rng.normal(0, FLOW_NOISE, len(flow)))
        if gauge == GAUGES[0][0]:
            read = read.drop(read[FLOW_GAP[0] : FLOW_GAP[1]].index)
        parts.append(pd.DataFrame({"date": read.index, "gauge_id": gauge, "discharge": read}))
    return pd.concat(parts, ignore_index=True)


def gauge_table() -> pd.DataFrame:
    """``gauges.csv``."""
    columns = ["gauge_id", "name", "longitude", "latitude", "upstream_gauge_id"]
    return pd.DataFrame(GAUGES, columns=columns)


def forcing_table(weather: dict[str, pd.DataFrame], first: str) -> pd.DataFrame:
    """``forcing.csv``: the mountains' weather is the gorge's, the plain's is basin-wide."""
    parts = []
    for place, gauge in (("plain", ""), ("mountains", GAUGES[0][0])):
        table = weather[place].loc[first:].rename_axis("date").reset_index()
        table.insert(1, "gauge_id", gauge)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
