"""The truth behind a virtual basin: fluxes, noise-free heads and their drivers.

To find what moves each well, the aquifer is run again with each driver replaced by its climatology:
its mean by day of the year over the record, smoothed over a month. The response of the aquifer
stays: river loss, springs and evapotranspiration still depend on the head.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from scipy import ndimage

from swgw.basin.calendar import step_of_year
from swgw.virtual import SECONDS, Parameters, load_origin
from swgw.virtual.run import Coupled, Outside, Record

DRIVERS = ("river", "irrigation", "pumping", "evapotranspiration", "front")
SCENARIOS = ("all", *(f"no_{driver}" for driver in DRIVERS), "none")
DRIVEN_BY = {
    "flow": "river", "inflow": "river", "recharge": "irrigation", "pumping": "pumping",
    "pet": "evapotranspiration", "front": "front",
}  # fmt: skip
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
    return Truth(
        pd.read_csv(folder / "fluxes.csv", parse_dates=["time"], index_col="time"),
        pd.read_csv(folder / "exchange.csv", parse_dates=["date"]),
        _read_heads(folder / "heads.csv"),
        pd.read_csv(folder / "wells.csv", dtype=str, keep_default_na=False, index_col="well_id"),
        pd.read_csv(folder / "water_table.csv"),
        *(load_origin(folder) or (None, None)),
    )


def _read_heads(path: Path) -> xr.Dataset:
    table = pd.read_csv(path, parse_dates=["time"], index_col=["scenario", "time"])
    cube = np.stack([table.loc[name].to_numpy().T for name in SCENARIOS])
    time = table.loc[SCENARIOS[0]].index
    coords = {"scenario": list(SCENARIOS), "well": table.columns.astype(str), "time": time}
    head = xr.DataArray(cube, coords, ("scenario", "well", "time"), attrs={"units": "m"})
    return xr.Dataset({"head": head})


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
    return ndimage.uniform_filter1d(mean, SMOOTHING, axis=0, mode="wrap")


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
    days, row = record.days, step_of_year(record.days, "D")
    cells, reach_cell = coupled.domain.cells_of_wells(), coupled.domain.reach_cell
    flow = np.concatenate([record.start.flow[:, 0][None], record.flow])  # yesterday's comes first
    daily = outside.daily.loc[days]
    true = {"flow": record.flow, "recharge": record.recharge, "pumping": record.pumping}
    true |= {name: daily[name].to_numpy() for name in ("inflow", "pet", "front")}
    normal = {name: climatology(values, days) for name, values in true.items()}
    replaced = {
        name: np.isin(SCENARIOS[1:], (f"no_{driver}", "none")) for name, driver in DRIVEN_BY.items()
    }
    head = np.repeat(record.start.head, len(DRIVERS) + 1, axis=1)
    result = np.empty((len(days), len(SCENARIOS), len(cells)))
    result[:, 0] = record.well_head
    for k, r in enumerate(row):
        before = _choose(replaced["flow"], normal["flow"][r - 1], flow[k])
        now = {name: _choose(replaced[name], normal[name][r], true[name][k]) for name in true}
        loss = coupled.river.potential_loss(before, head[reach_cell])
        arriving = np.vstack([now["inflow"], now["flow"][:-1]])
        source = now["recharge"] - now["pumping"]
        source[reach_cell] += np.minimum(loss, arriving) * SECONDS
        head, _ = coupled.aquifer.advance(head, source, now["pet"], now["front"])
        result[k, 1:] = head[cells].T
        tick()
    return result


def _choose(replaced: np.ndarray, normal: np.ndarray, true: np.ndarray) -> np.ndarray:
    """The climatology in members whose driver is replaced, else the record: (…, member)."""
    return np.where(replaced, normal[..., None], np.asarray(true, float)[..., None])
