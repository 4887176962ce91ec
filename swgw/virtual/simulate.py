"""Simulate the virtual basin and write it as a basin folder: measurements with noise, and truth."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from tqdm import tqdm

from swgw.basin.calendar import bin_starts
from swgw.storage.files import write_text, write_whole
from swgw.virtual import COURSE, GAUGES, TABLES, WELLS, Parameters, write_origin
from swgw.virtual.domain import SECTIONS, setting_table, well_table
from swgw.virtual.run import END, FIRST, Coupled, Outside, Record, run_record
from swgw.virtual.truth import SCENARIOS, run_scenarios

MEASURED_DAY = 2  # heads are measured on the third day of a pentad
HEAD_NOISE, FLOW_NOISE = 0.007, 0.02  # m, of a pressure logger; share of the flow
DROPOUT, OUTLIER = 0.02, 0.002  # share of the measurements
OUTAGES, OUTAGE_STEPS = 6, (12, 40)  # wells that fail once, for 2 to 6 months
LATE_WELL, LATE_START = 20, "2003-04-01"
FIRST_HEAD = "2001-01-01"
FLOW_GAP = ("2010-03-08", "2010-04-21")  # as the real record of 2010 has a gap


def pentads(days: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """First day of each calendar pentad and the position in ``days`` on which it is measured."""
    starts = bin_starts(days, "5D").unique()
    return starts, days.get_indexer(starts + pd.Timedelta(days=MEASURED_DAY))


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
    return table.reset_index().melt("date", value_name="head").dropna()


def measure_discharge(flows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """``surface_water.csv``: daily discharge [m³/s] with the error of a rating curve.

    ``flows`` (time, gauge) are the true ones.
    """
    rng = np.random.default_rng([seed, 7])
    measured = flows * np.exp(rng.normal(0, FLOW_NOISE, flows.T.shape)).T
    measured.loc[slice(*FLOW_GAP), GAUGES["gauge_id"][0]] = np.nan
    table = measured.rename_axis(index="date", columns="gauge_id").reset_index()
    return table.melt("date", value_name="discharge").dropna()


def forcing_table(weather: dict[str, pd.DataFrame], first: str) -> pd.DataFrame:
    """``forcing.csv``: the mountains' weather is the gorge's, the plain's is basin-wide."""
    plain, mountains = weather["plain"].loc[first:], weather["mountains"].loc[first:]
    places = {"": plain, GAUGES["gauge_id"][0]: mountains}
    return pd.concat(places, names=["gauge_id", "date"]).reset_index("gauge_id").reset_index()


SEED, SHORT = 19, "2003-12-31"


def simulate(folder: str | Path, seed: int = SEED, parameters: Parameters | None = None) -> Path:
    """Write a virtual basin: observations, settings and truth.

    Parameters
    ----------
    folder : str or Path
        Where to write; made if it does not exist. Files of the same names are replaced.
    seed : int
        The same seed gives the same basin.
    parameters : Parameters, optional
        Of the simulator; the calibrated ones by default.

    Returns
    -------
    Path
        The folder.
    """
    folder, parameters = Path(folder), parameters or Parameters()
    days = len(pd.date_range(FIRST, END))
    with tqdm(total=2 * days, desc="virtual basin", unit="d") as bar:
        coupled, outside, record = run_record(parameters, seed, tick=bar.update)
        heads = run_scenarios(coupled, outside, record, bar.update)
    write_observations(folder, coupled, outside, record, seed)
    write_truth(folder / "truth", coupled, record, heads)
    write_origin(folder / "truth", seed, parameters)
    return folder


def simulate_period(
    parameters: Parameters, before: Parameters | None = None, end: str = SHORT, seed: int = SEED
) -> xr.Dataset:
    """Simulate the first years of the virtual basin and write nothing.

    Parameters
    ----------
    parameters : Parameters
        From 2000-01-01 on; with those and the seed of a basin the results are its truth.
    before : Parameters, optional
        Of the time before, which is simulated once for each; the same by default.
    end : str
        Last day.
    seed : int
        That of the embedded basin by default.

    Returns
    -------
    Dataset
        Daily ``head`` (time, well) [m], ``discharge`` (time, gauge) and the terms of the water
        balance (time,) of :attr:`swgw.virtual.Truth.fluxes` [m³/s].
    """
    coupled, outside, record = run_record(parameters, seed, end, before=before)
    head = pd.DataFrame(record.well_head, record.days, WELLS["well_id"].rename("well"))
    series = {"head": head, "discharge": _flows(coupled, outside, record)}
    return xr.Dataset(series | dict(record.fluxes.to_xarray()))


def write_table(table: pd.DataFrame, path: Path, digits: int) -> None:
    """Write a table as CSV with a number of decimals, whole or not at all."""
    with write_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format=f"%.{digits}f", date_format="%Y-%m-%d")


def write_observations(
    folder: Path, coupled: Coupled, outside: Outside, record: Record, seed: int
) -> None:
    """Write the files of the contract; ``forcing.csv`` is the last."""
    starts, measured = pentads(record.days)
    settings = (TABLES / "basin.yml").read_text(encoding="utf-8")
    flows = _flows(coupled, outside, record)
    heads = measure_heads(record.well_head[measured], starts, seed)
    write_text(folder / "basin.yml", settings.format(seed=seed))
    write_text(folder / "river.geojson", _river())
    write_table(well_table(coupled.domain, seed), folder / "wells.csv", 5)
    write_table(GAUGES, folder / "gauges.csv", 5)
    write_table(heads, folder / "heads.csv", 3)
    write_table(measure_discharge(flows, seed), folder / "surface_water.csv", 2)
    write_table(forcing_table(outside.weather, FIRST), folder / "forcing.csv", 1)


def _flows(coupled: Coupled, outside: Outside, record: Record) -> pd.DataFrame:
    """True discharge (time, gauge) [m³/s] at the gorge, and in the reaches of the other gauges."""
    gauges = GAUGES["gauge_id"].rename("gauge")
    gorge = outside.catchment["discharge"][record.days]
    reaches = [coupled.domain.node[gauge] for gauge in gauges[1:]]
    flows = np.column_stack([gorge, record.flow[:, reaches]])
    return pd.DataFrame(flows, record.days, gauges)


def _river() -> str:
    places = COURSE[["longitude", "latitude"]].to_numpy().tolist()
    line = {"type": "LineString", "coordinates": places}
    feature = {"type": "Feature", "properties": {"name": "main channel"}, "geometry": line}
    return json.dumps(feature, indent=1) + "\n"


def write_truth(folder: Path, coupled: Coupled, record: Record, heads: np.ndarray) -> None:
    """Write the truth's files.

    Parameters
    ----------
    folder : Path
    coupled, record
        The simulator and its run.
    heads : array (time, scenario, well)
        Daily [m], of :func:`run_scenarios`.
    """
    domain, bins = coupled.domain, bin_starts(record.days, "5D")
    starts, measured = pentads(record.days)
    fluxes = record.fluxes.groupby(bins).mean().rename_axis("time").reset_index()
    index = pd.MultiIndex.from_product([SCENARIOS, starts], names=["scenario", "time"])
    flat = heads[measured].transpose(1, 0, 2).reshape(len(index), -1)
    table = {
        "longitude": domain.longitude, "latitude": domain.latitude, "surface": domain.surface,
        "head": record.start.head[:, 0], "head_end": record.end.head[:, 0],
    }  # fmt: skip
    write_table(fluxes, folder / "fluxes.csv", 4)
    write_table(_exchange_table(coupled, record, bins), folder / "exchange.csv", 4)
    write_table(pd.DataFrame(flat, index, WELLS["well_id"]).reset_index(), folder / "heads.csv", 4)
    write_table(setting_table(domain), folder / "wells.csv", 5)
    write_table(pd.DataFrame(table), folder / "water_table.csv", 4)


def _exchange_table(coupled: Coupled, record: Record, bins: pd.DatetimeIndex) -> pd.DataFrame:
    parts, entering = {}, record.fluxes["gorge"].to_numpy()
    for k, (upper, lower) in enumerate(pairwise(SECTIONS)):
        inside = np.flatnonzero(coupled.domain.reach_section == k)
        daily = {"exchange": record.loss[:, inside].sum(axis=1), "discharge": entering}
        parts[f"{upper}–{lower}"] = pd.DataFrame(daily).groupby(bins).mean()
        entering = record.flow[:, inside[-1]]
    return pd.concat(parts, names=["section", "date"]).swaplevel().reset_index()
