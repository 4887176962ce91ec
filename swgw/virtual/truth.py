"""What is known of a virtual basin and of no real one: fluxes, storages, noise-free heads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.virtual.scenarios import DRIVERS, SCENARIOS


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
    """

    fluxes: pd.DataFrame
    exchange: pd.DataFrame
    heads: xr.Dataset
    wells: pd.DataFrame
    water_table: pd.DataFrame

    def contributions(self) -> xr.DataArray:
        """Head that each driver's departures from its climatology account for.

        Returns
        -------
        DataArray (driver, well, time)
            All drivers less all but one [m]; ``"interaction"`` is what their sum leaves of the
            difference between all drivers and none.
        """
        head = self.heads["head"]
        alone = [head.sel(scenario="all") - head.sel(scenario=f"no_{d}") for d in DRIVERS]
        together = head.sel(scenario="all") - head.sel(scenario="none")
        parts = [*alone, together - sum(alone)]
        names = pd.Index([*DRIVERS, "interaction"], name="driver")
        return xr.concat([part.drop_vars("scenario", errors="ignore") for part in parts], names)


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
    fluxes = pd.read_csv(folder / "fluxes.csv", parse_dates=["time"], index_col="time")
    return Truth(
        fluxes,
        pd.read_csv(folder / "exchange.csv", parse_dates=["date"]),
        _read_heads(folder / "heads.csv"),
        pd.read_csv(folder / "wells.csv", dtype={"well_id": str}, keep_default_na=False,
                    index_col="well_id"),
        pd.read_csv(folder / "water_table.csv"),
    )  # fmt: skip


def _read_heads(path: Path) -> xr.Dataset:
    table = pd.read_csv(path, parse_dates=["time"], index_col=["scenario", "time"])
    cube = np.stack([table.loc[name].to_numpy().T for name in SCENARIOS])
    time = table.loc[SCENARIOS[0]].index
    coords = {"scenario": list(SCENARIOS), "well": table.columns.astype(str), "time": time}
    head = xr.DataArray(cube, coords, ("scenario", "well", "time"), attrs={"units": "m"})
    return xr.Dataset({"head": head})


def head_table(heads: np.ndarray, starts: pd.DatetimeIndex, wells: list[str]) -> pd.DataFrame:
    """``truth/heads.csv`` of heads (time, scenario, well) [m]."""
    index = pd.MultiIndex.from_product([SCENARIOS, starts], names=["scenario", "time"])
    flat = heads.transpose(1, 0, 2).reshape(-1, heads.shape[2])
    return pd.DataFrame(flat, index, wells).reset_index()
