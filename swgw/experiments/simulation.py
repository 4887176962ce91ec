"""Heads simulated for years from weather and river alone: no past head is an input.

What ``history: false`` in ``basin.yml`` asks for. A forecast that starts from the last head is
corrected every few weeks by a measurement; a simulation is not, so it shows what weather and river
explain of a head, and continues where a logger has failed. The network is
:mod:`swgw.experiments.simulation_network`, trained on the training years. Its quantiles rest on
forecasts of blocks of the training years by fits without them.

It works on days. Where the basin's step is longer, each day has the mean of its bin, and the
simulation is averaged over bins again.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin import calendar
from swgw.basin.prepare import Prepared
from swgw.inputs.variables import fit_climatology
from swgw.models import pastas
from swgw.models.run import Profile, evenly
from swgw.scores.conformal import LEVELS, Forecasts, recalibrate
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import Result

LEAST_HEADS = 60
"""Observed steps in the training years: a dozen for each of the blocks."""

SEEDS = 3
MOST_WELLS = {"smoke": 1, "quick": 1, "paper": 2, "full": 8}
"""Where ``history: false`` makes simulation what a basin is for, every well is simulated."""

STEPS = {"smoke": 2, "quick": 40}
"""Steps of the optimiser in small profiles; others have those of the network's own training."""

COST = 2_000.0 * 30  # of a seed, in training samples of a recurrent network

BLOCKS = 5
EMBARGO = pd.Timedelta(days=60)
"""Days beside a block that a fit without the block may not use: neighbouring heads are alike."""

WHOLE = -1
"""Number of the block of a fit that uses every training day."""


def simulated_wells(prepared: Prepared, profile: Profile) -> tuple[str, ...]:
    """List the wells that are simulated, spread evenly over those that can be."""
    able, name = able_wells(prepared), profile.name
    if "precipitation" not in prepared.variables:
        return ()
    every = not prepared.basin.settings.history and name != "smoke"
    return able if every else evenly(able, MOST_WELLS[name])


def able_wells(prepared: Prepared) -> tuple[str, ...]:
    """List the wells with enough heads to learn from and some to score."""
    training = prepared.heads[prepared.inside("train")]
    learned = (training.notna().sum() >= LEAST_HEADS) & (training.std() > 0)
    scored = prepared.heads[prepared.inside("test")].notna().sum() > 1
    return tuple(prepared.heads.columns[learned & scored])


def lack_of_simulation(prepared: Prepared) -> str:
    """Say in words why no head can be simulated; empty where one can."""
    if "precipitation" not in prepared.variables:
        return "no precipitation in the training years"
    if able_wells(prepared):
        return ""
    return f"no well with heads in {LEAST_HEADS} steps of the training years and in the test years"


def simulation(study, well: str) -> Result:
    """Describe a well's simulation; see :func:`simulate`."""
    seeds, steps = study.profile.seeds[:SEEDS], STEPS.get(study.profile.name)
    made = {"simulation": well, "seeds": seeds, "steps": steps, "pastas": pastas.available()}
    more = {"label": f"simulation, {well}", "kind": "simulation", "cost": COST * len(seeds)}
    args = study.prepared, well, seeds, steps
    return study.kept("simulation", simulate, args, made, **more)


def read_simulation(study, well: str) -> xr.Dataset:
    """Give a well's simulation with its quantiles.

    Returns
    -------
    Dataset (time)
        What :func:`simulate` writes, and quantiles (time, quantile) [m].
    """
    data, prepared = read_dataset(simulation(study, well).path / "simulation.nc"), study.prepared
    season, block = prepared.step_of_year()[:, None], data["block"].to_numpy()

    def forecasts(centre: xr.DataArray) -> Forecasts:
        """One series with one lead time."""
        series = [data["observed"], centre]
        obs, centre = (values.to_numpy().astype(float)[None, :, None] for values in series)
        return Forecasts(obs, centre, season, block, prepared.steps_per_year)

    known = forecasts(data["out_of_fold"]).take(block >= 0)
    quantiles = recalibrate(known, forecasts(data["simulation"].mean("seed")))[0, :, 0]
    return data.assign(quantiles=(("time", "quantile"), quantiles)).assign_coords(
        quantile=list(LEVELS)
    )


def river_of(prepared: Prepared, well: str) -> str | None:
    """Name the gauge that stands for a well's river: its own, else the target gauge."""
    own = prepared.basin.wells.get("gauge_id", pd.Series(dtype=str)).get(well, "")
    return own if own in prepared.surface_water else prepared.basin.settings.target_gauge


def block_of(days: pd.DatetimeIndex) -> np.ndarray:
    """Number of the block, from 0, in which each day lies: blocks are equally long in time.

    Parameters
    ----------
    days : DatetimeIndex (day,)
        In order.

    Returns
    -------
    int array (day,)
    """
    return np.minimum(BLOCKS * (days - days[0]) // (days[-1] - days[0]), BLOCKS - 1).to_numpy()


def training_days(days: pd.DatetimeIndex, block: int) -> np.ndarray:
    """Whether a fit that is to forecast a block may use each day.

    Parameters
    ----------
    days : DatetimeIndex (day,)
        On which there are heads.
    block : int
        :data:`WHOLE` allows every day.

    Returns
    -------
    bool array (day,)
    """
    if block == WHOLE:
        return np.ones(len(days), dtype=bool)
    inside = days[block_of(days) == block]
    return np.asarray((days < inside[0] - EMBARGO) | (days > inside[-1] + EMBARGO))


def daily_record(prepared: Prepared, well: str) -> tuple[pd.Series, pd.DataFrame]:
    """Lay a well's record out by days, heads of the training years alone.

    Parameters
    ----------
    prepared : Prepared
    well : str

    Returns
    -------
    heads : Series (day,)
        [m], without gaps; a bin's head belongs to the middle of the bin.
    inputs : DataFrame (day, input)
        precipitation and evaporation [mm/d], temperature [°C], and as "stage" the river
        [m or m³/s], as far as they are there.
    """
    time, step = prepared.time, prepared.basin.settings.step
    ends = calendar.bin_ends(time, step)
    table = pastas.stresses_of(prepared, well, river_of(prepared, well))
    weather = prepared.weather_of_well(well)
    if "temperature" in weather:
        table["temperature"] = weather["temperature"]
    days = pd.date_range(time[0], ends[-1])
    inputs = table.rename(columns={"river": "stage"}).reindex(days, method="ffill")
    middle = (time + (ends - time) // 2).normalize()
    heads = pd.Series(prepared.heads[well].to_numpy(float), middle)
    return heads[prepared.inside("train")].dropna(), inputs


def simulate(
    prepared: Prepared, well: str, seeds: tuple[int, ...], count: int | None, folder: Path
) -> None:
    """Simulate a well over the whole record and write ``simulation.nc``.

    Parameters
    ----------
    prepared : Prepared
    well : str
    seeds : tuple of int
    count : int or None
        Steps of the optimiser; the network's own where None.
    folder : Path
        Gets a Dataset: simulation (seed, time), out_of_fold (time) by fits without the block of
        the training years, block (time; −1 outside of them), observed, climatology and, where
        Pastas is installed, response (time), all [m].
    """
    from swgw.experiments.simulation_network import Training, simulate_head

    training = Training() if count is None else Training(steps=count)
    (heads, inputs), time = daily_record(prepared, well), prepared.time

    def bins(daily: pd.Series) -> pd.Series:
        """Give days the bins of the basin."""
        return daily.set_axis(calendar.bin_starts(daily.index, prepared.basin.settings.step))

    def network(block: int, seed: int) -> np.ndarray:
        used = training_days(heads.index, block)
        daily = simulate_head(heads, inputs, used, seed, training)
        return bins(daily).groupby(level=0).mean().reindex(time).to_numpy()

    block = pd.Series(block_of(heads.index), heads.index)
    block = bins(block).reindex(time, fill_value=WHOLE).to_numpy()
    found = {"simulation": (("seed", "time"), np.stack([network(WHOLE, s) for s in seeds]))}
    out = np.full(len(time), np.nan)
    for b in np.unique(block[block >= 0]):
        out[block == b] = np.mean([network(b, s) for s in seeds], axis=0)[block == b]
    head = prepared.heads[[well]]
    found |= {"out_of_fold": ("time", out), "block": ("time", block)}
    found["observed"] = ("time", head[well].to_numpy(float))
    found["climatology"] = ("time", fit_climatology(head, prepared)[well].to_numpy(float))
    if pastas.available():
        stresses = pastas.stresses_of(prepared, well, river_of(prepared, well))
        fit = pastas.fit_response(prepared, head[well].to_numpy(float), stresses)
        found["response"] = ("time", fit.simulation)
    coordinates = {"time": time, "seed": list(seeds)}
    write_dataset(xr.Dataset(found, coordinates, {"units": "m"}), folder / "simulation.nc")
