"""Simulate the virtual basin and write it out as the folder of a basin, with its truth."""

import json
from pathlib import Path

import pandas as pd
import xarray as xr
from tqdm import tqdm

from swgw.storage.files import write_text
from swgw.virtual.coupled import Coupled
from swgw.virtual.observe import (
    forcing_table,
    measure_discharge,
    measure_heads,
    pentads,
    well_table,
    write_table,
)
from swgw.virtual.parameters import COURSE, GAUGES, WELLS, Parameters, write_origin
from swgw.virtual.run import END, FIRST, Outside, Record, run_record
from swgw.virtual.truth import run_scenarios, write_truth

SEED = 19
SETTINGS = """\
# The virtual Heihe basin: simulated data, written by `swgw simulate` with seed {seed}.

name: heihe
title: The virtual Heihe basin
description: >-
  A simulated basin modelled on the middle reach of the Heihe, north-west China: mountain
  catchment, losing and gaining river, irrigation, pumping and groundwater. No value in it was
  measured; it was calibrated on published hydrology.
licence: CC0-1.0
citation: Simulated by swgw; no observation of the real basin is contained.
virtual: true
companion: jing2025
vertical_datum: metres above the sea of the virtual basin

step: 5D
train: [2001-01-01, 2008-12-31]
validation: [2009-01-01, 2009-12-31]
test: [2010-01-01, 2012-12-31]

surface_water: discharge
target_gauge: yingluo
river: river.geojson

encoder_length: 73
lead_times: 6
future_forcing: observed
history: true
"""


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
    with tqdm(total=2 * days, desc="virtual basin", unit="d", mininterval=1) as bar:
        coupled, outside, record = run_record(parameters, seed, tick=bar.update)
        heads = run_scenarios(coupled, outside, record, bar.update)
    write_observations(folder, coupled, outside, record, seed)
    write_truth(folder / "truth", coupled, record, heads)
    write_origin(folder / "truth", seed, parameters)
    return folder


def simulate_period(
    parameters: Parameters,
    before: Parameters | None = None,
    end: str = "2003-12-31",
    seed: int | None = None,
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
    seed : int, optional
        That of the embedded basin by default.

    Returns
    -------
    Dataset
        Daily ``head`` (time, well) [m], ``discharge`` (time, gauge) and the terms of the water
        balance (time,) of :attr:`swgw.virtual.Truth.fluxes` [m³/s].
    """
    seed = SEED if seed is None else seed
    coupled, outside, record = run_record(parameters, seed, end, before=before)
    discharge = pd.DataFrame(_flows(coupled, outside, record)).rename_axis(columns="gauge")
    head = pd.DataFrame(record.well_head, record.days, WELLS["well_id"].rename("well"))
    return xr.Dataset({"head": head, "discharge": discharge} | dict(record.fluxes.to_xarray()))


def write_observations(
    folder: Path, coupled: Coupled, outside: Outside, record: Record, seed: int
) -> None:
    """Write the files of the contract; ``forcing.csv`` is the last."""
    starts, measured = pentads(record.days)
    flows = _flows(coupled, outside, record)
    heads = measure_heads(record.well_head[measured], starts, seed)
    write_text(folder / "basin.yml", SETTINGS.format(seed=seed))
    write_text(folder / "river.geojson", _river())
    write_table(well_table(coupled.domain, seed), folder / "wells.csv", 5)
    write_table(GAUGES, folder / "gauges.csv", 5)
    write_table(heads, folder / "heads.csv", 2)
    write_table(measure_discharge(flows, seed), folder / "surface_water.csv", 2)
    write_table(forcing_table(outside.weather, FIRST), folder / "forcing.csv", 1)


def _flows(coupled: Coupled, outside: Outside, record: Record) -> dict[str, pd.Series]:
    """True discharge (time,) [m³/s] of each gauge: the gorge, and the reaches of the others."""
    gorge, *others = GAUGES["gauge_id"]
    flows = {gorge: outside.catchment["discharge"][record.days]}
    node = coupled.domain.node
    return flows | {g: pd.Series(record.flow[:, node[g]], record.days) for g in others}


def _river() -> str:
    places = COURSE[["longitude", "latitude"]].to_numpy().tolist()
    line = {"type": "LineString", "coordinates": places}
    feature = {"type": "Feature", "properties": {"name": "main channel"}, "geometry": line}
    return json.dumps(feature, indent=1) + "\n"
