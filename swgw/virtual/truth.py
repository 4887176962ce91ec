"""The truth behind a virtual basin, known of no real one: fluxes, noise-free heads, their drivers.

To find what moves each well, the aquifer is run again with each driver replaced by its climatology:
its mean by day of the year over the record, smoothed over a month. The response of the aquifer
stays: river loss, springs and evapotranspiration still depend on the head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.calendar import bin_starts, step_of_year
from swgw.virtual.coupled import Coupled
from swgw.virtual.domain import SECTIONS
from swgw.virtual.observe import pentads, setting_table, write_table
from swgw.virtual.parameters import WELLS, Parameters, load_origin
from swgw.virtual.river import SECONDS
from swgw.virtual.run import Outside, Record, cells_of_wells

DRIVERS = ("river", "irrigation", "pumping", "evapotranspiration")
SCENARIOS = ("all", *(f"no_{driver}" for driver in DRIVERS), "none")
SMOOTHING = 31  # days


@dataclass(frozen=True)
class Truth:
    """The truth behind a virtual basin. No model reads it.

    Attributes
    ----------
    fluxes : DataFrame (time, ...)
        Terms of the water balance, means over pentads [m³/s].
    exchange : DataFrame
        date, section, exchange [m³/s, positive from the river to the aquifer] and discharge
        [m³/s, entering the section]; means over pentads.
    heads : Dataset (scenario, well, time)
        ``head`` [m]: with all drivers, with one replaced by its climatology, with all replaced.
    wells : DataFrame
        Index well_id: setting and irrigation district.
    water_table : DataFrame
        longitude, latitude, surface, head and head_end [m] of each cell: at the record's first
        and last day.
    seed : int or None
    parameters : Parameters or None
        Of the simulation; None where the folder does not record what this simulator can repeat.
    """

    fluxes: pd.DataFrame
    exchange: pd.DataFrame
    heads: xr.Dataset
    wells: pd.DataFrame
    water_table: pd.DataFrame
    seed: int | None = None
    parameters: Parameters | None = None

    def contributions(self) -> xr.DataArray:
        """Head that each driver's departures from its climatology account for.

        Returns
        -------
        DataArray (driver, well, time)
            All drivers less all but one [m]; ``"interaction"`` is the difference between all
            drivers and none, less the sum of the others.
        """
        head = self.heads["head"].drop_vars("scenario")
        every, *without, none = (head.isel(scenario=k) for k in range(len(SCENARIOS)))
        alone = [every - one for one in without]
        names = pd.Index([*DRIVERS, "interaction"], name="driver")
        return xr.concat([*alone, every - none - sum(alone)], names)


def load_truth(basin) -> Truth | None:
    """Truth of a virtual basin; None for a basin whose folder holds none.

    Parameters
    ----------
    basin : Basin or Path
        A loaded basin, or its folder.
    """
    folder = Path(getattr(basin, "path", basin)) / "truth"
    if not (folder / "heads.csv").is_file():
        return None
    wells = pd.read_csv(folder / "wells.csv", dtype={"well_id": str}, keep_default_na=False)
    seed, parameters = load_origin(folder) or (None, None)
    return Truth(
        pd.read_csv(folder / "fluxes.csv", parse_dates=["time"], index_col="time"),
        pd.read_csv(folder / "exchange.csv", parse_dates=["date"]),
        _read_heads(folder / "heads.csv"),
        wells.set_index("well_id"),
        pd.read_csv(folder / "water_table.csv"),
        seed,
        parameters,
    )


def _read_heads(path: Path) -> xr.Dataset:
    table = pd.read_csv(path, parse_dates=["time"], index_col=["scenario", "time"])
    cube = np.stack([table.loc[name].to_numpy().T for name in SCENARIOS])
    time = table.loc[SCENARIOS[0]].index
    coords = {"scenario": list(SCENARIOS), "well": table.columns.astype(str), "time": time}
    head = xr.DataArray(cube, coords, ("scenario", "well", "time"), attrs={"units": "m"})
    return xr.Dataset({"head": head})


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
    parts, entering = [], record.fluxes["gorge"].to_numpy()
    for k, (upper, lower) in enumerate(pairwise(SECTIONS)):
        inside = np.flatnonzero(coupled.domain.reach_section == k)
        loss = record.loss[:, inside].sum(axis=1)
        daily = pd.DataFrame({"exchange": loss, "discharge": entering})
        mean = daily.groupby(bins).mean().rename_axis("date").reset_index()
        mean.insert(1, "section", f"{upper}–{lower}")
        parts.append(mean)
        entering = record.flow[:, inside[-1]]
    return pd.concat(parts, ignore_index=True)


def climatology(values: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray:
    """Mean by day of the year, smoothed over a month around the year's end and back.

    Parameters
    ----------
    values : array (time, ...)
    days : DatetimeIndex (time,)

    Returns
    -------
    array (day_of_year, ...)
        365 rows; 29 February shares the row of 28 February.
    """
    index = step_of_year(days, "D")
    mean = np.stack([values[index == row].mean(axis=0, dtype=float) for row in range(365)])
    half = SMOOTHING // 2
    padded = np.concatenate([mean[-half - 1 :], mean, mean[:half]])
    running = np.cumsum(padded, axis=0)
    return (running[SMOOTHING:] - running[:-SMOOTHING]) / SMOOTHING


def run_scenarios(
    coupled: Coupled, outside: Outside, record: Record, tick: Callable[[], object] = lambda: None
) -> np.ndarray:
    """Heads of the wells with each driver replaced in turn, and with all replaced.

    Parameters
    ----------
    coupled, outside, record
        The simulator, its forcing and its run.
    tick : callable
        Called after each day.

    Returns
    -------
    array (time, scenario, well)
        Head [m]; the first scenario is the record itself.
    """
    days, row, cells = record.days, step_of_year(record.days, "D"), cells_of_wells(coupled.domain)
    flow = np.concatenate([record.start.flow[:, 0][None], record.flow])  # yesterday's comes first
    inflow, pet = (s[days].to_numpy() for s in (outside.catchment["discharge"], outside.pet))
    true = {"flow": record.flow, "inflow": inflow, "pet": pet,
            "recharge": record.recharge, "pumping": record.pumping}  # fmt: skip
    normal = {name: climatology(values, days) for name, values in true.items()}
    no_river, no_irrigation, no_pumping, no_plants = (
        np.array([name in (driver, "none") for name in (*DRIVERS, "none")]) for driver in DRIVERS
    )
    head = np.repeat(record.start.head, len(DRIVERS) + 1, axis=1)
    result = np.empty((len(days), len(SCENARIOS), len(cells)))
    result[:, 0] = record.well_head
    for k, r in enumerate(row):
        before = _choose(no_river, normal["flow"][r - 1], flow[k])
        after = _choose(no_river, normal["flow"][r], flow[k + 1])
        top = np.where(no_river, normal["inflow"][r], inflow[k])
        source = _choose(no_irrigation, normal["recharge"][r], record.recharge[k])
        source -= _choose(no_pumping, normal["pumping"][r], record.pumping[k])
        loss = coupled.river.potential_loss(before, head[coupled.domain.reach_cell])
        arriving = np.concatenate([top[None], after[:-1]])
        source[coupled.domain.reach_cell] += np.minimum(loss, arriving) * SECONDS
        evaporating = np.where(no_plants, normal["pet"][r], pet[k])
        head, _ = coupled.aquifer.advance(head, source, evaporating)
        result[k, 1:] = head[cells].T
        tick()
    return result


def _choose(replaced: np.ndarray, normal: np.ndarray, true: np.ndarray) -> np.ndarray:
    """The climatology in members whose driver is replaced, else the record (place, member)."""
    return np.where(replaced, normal[:, None], np.asarray(true, float)[:, None])
