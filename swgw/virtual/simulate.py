"""Simulate the virtual basin and write it out as the folder of a basin, with its truth."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from swgw.basin.calendar import bin_starts
from swgw.storage.files import write_text, write_whole
from swgw.virtual import observe
from swgw.virtual.coupled import Coupled, State
from swgw.virtual.domain import COURSE, SECTIONS
from swgw.virtual.origin import write_origin
from swgw.virtual.parameters import Parameters
from swgw.virtual.places import WELLS
from swgw.virtual.run import END, FIRST, START, Outside, Record, make_outside, run_record, spin_up
from swgw.virtual.scenarios import run_scenarios
from swgw.virtual.truth import head_table

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
        Where to write; made if it is not there. Files of the same names are replaced.
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
    outside = make_outside(parameters, seed)
    coupled, state, rng = start(parameters, outside, seed)
    days = pd.date_range(FIRST, END, name="time")
    cells = observe.cells_of_wells(coupled.domain)
    with tqdm(total=2 * len(days), desc="virtual basin", unit="d", mininterval=1) as bar:
        record = run_record(coupled, outside, state, days, rng, cells, bar.update)
        heads = run_scenarios(coupled, outside, record, cells, bar.update)
    write_observations(folder, coupled, outside, record, seed)
    write_truth(folder / "truth", coupled, record, heads)
    write_origin(folder / "truth", seed, parameters)
    return folder


def start(
    parameters: Parameters, outside: Outside, seed: int
) -> tuple[Coupled, State, np.random.Generator]:
    """Spin the middle reach up and warm it to the record's first day."""
    water_table = spin_up(parameters, outside, seed)
    coupled, rng = Coupled(parameters, seed), np.random.default_rng([seed, 3])
    coupled.set_vadose(water_table[:, 0])
    state = coupled.first_state(water_table, 50.0)
    for day in pd.date_range(START, FIRST, inclusive="left"):
        state, _ = coupled.step(state, outside.forcing(day), rng)
    return coupled, state, rng


def write_observations(
    folder: Path, coupled: Coupled, outside: Outside, record: Record, seed: int
) -> None:
    """Write the files of the contract."""
    starts, readings = observe.pentads(record.days)
    gauge = coupled.domain.node["gaoya"]
    flows = {
        "yingluo": outside.catchment["discharge"][record.days],
        "gaoya": pd.Series(record.flow[:, gauge], record.days),
    }
    write_text(folder / "basin.yml", SETTINGS.format(seed=seed))
    write_text(folder / "river.geojson", _river())
    _write(observe.well_table(coupled.domain, seed), folder / "wells.csv", 5)
    _write(observe.gauge_table(), folder / "gauges.csv", 5)
    _write(observe.read_heads(record.well_head[readings], starts, seed), folder / "heads.csv", 2)
    _write(observe.read_discharge(flows, seed), folder / "surface_water.csv", 2)
    _write(observe.forcing_table(outside.weather, FIRST), folder / "forcing.csv", 1)


def write_truth(folder: Path, coupled: Coupled, record: Record, heads: np.ndarray) -> None:
    """Write what only a simulator knows."""
    starts, readings = observe.pentads(record.days)
    domain, bins = coupled.domain, bin_starts(record.days, "5D")
    fluxes = record.fluxes.groupby(bins).mean().rename_axis("time").reset_index()
    wells = [well.well_id for well in WELLS]
    table = {
        "longitude": domain.longitude, "latitude": domain.latitude, "surface": domain.surface,
        "head": record.start.head[:, 0], "head_end": record.end.head[:, 0],
    }  # fmt: skip
    _write(fluxes, folder / "fluxes.csv", 4)
    _write(_exchange_table(record, bins), folder / "exchange.csv", 4)
    _write(head_table(heads[readings], starts, wells), folder / "heads.csv", 4)
    _write(observe.setting_table(domain), folder / "wells.csv", 5)
    _write(pd.DataFrame(table), folder / "water_table.csv", 4)


def _exchange_table(record: Record, bins: pd.DatetimeIndex) -> pd.DataFrame:
    parts = []
    for k, (upper, lower) in enumerate(itertools.pairwise(SECTIONS)):
        daily = {"exchange": record.exchange[:, k], "discharge": record.section_flow[:, k]}
        mean = pd.DataFrame(daily).groupby(bins).mean().rename_axis("date").reset_index()
        mean.insert(1, "section", f"{upper}–{lower}")
        parts.append(mean)
    return pd.concat(parts, ignore_index=True)


def _river() -> str:
    line = {"type": "LineString", "coordinates": [[vertex[1], vertex[2]] for vertex in COURSE]}
    feature = {"type": "Feature", "properties": {"name": "main channel"}, "geometry": line}
    return json.dumps(feature, indent=1) + "\n"


def _write(table: pd.DataFrame, path: Path, digits: int) -> None:
    with write_whole(path) as temporary:
        table.to_csv(temporary, index=False, float_format=f"%.{digits}f", date_format="%Y-%m-%d")
