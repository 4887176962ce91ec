"""Heads simulated for years on end from weather and river alone: no past head is an input.

What ``history: false`` in ``basin.yml`` asks for. A forecast that starts from the last head is
corrected every few weeks by what was measured; a simulation is not, so it tells what weather and
river explain of a head, and goes on where a logger has failed. The network is that of the public
benchmark (:mod:`swgw.experiments.simulation_network`), trained sequence to sequence on the training
years. Bands rest on forecasts of training years by fits that did not see them
(:mod:`swgw.experiments.simulation_scores`).

It works on days. Where the basin's step is longer, each day has the mean of its bin, and what is
simulated is averaged over bins again.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin import calendar as steps
from swgw.basin.prepare import Prepared
from swgw.inputs.climatology import fit_climatology
from swgw.models import pastas as response
from swgw.models.profiles import Profile, evenly
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import ENGINE, Result

LEAST_HEADS = 60
"""Observed steps in the training years: a dozen for each of the blocks."""

SEEDS = 3
MOST_WELLS = {"smoke": 1, "quick": 2, "paper": 2, "full": 8}
"""Where ``history: false`` makes simulation what a basin is for, every well is simulated."""

STEPS = {"smoke": 2, "quick": 40}
"""Steps of the optimiser in small profiles; others have those of the recipe."""

SECONDS = 2_000.0  # of work, in the unit of a job's cost
SOURCES = (*ENGINE, "experiments/simulation.py", "experiments/simulation_network.py")

BLOCKS = 5
EMBARGO = pd.Timedelta(days=60)
"""Days beside a block that a fit without the block may not use: neighbouring heads are alike."""

WHOLE = -1
"""Number of the block of a fit that uses every training day."""


@dataclass(frozen=True, eq=False)
class Simulations:
    """The wells of a basin that are simulated, and what came of it.

    Attributes
    ----------
    prepared : Prepared
    profile : Profile
    runs_folder : Path
        Folder of the run folders.
    """

    prepared: Prepared
    profile: Profile
    runs_folder: Path

    @property
    def lack(self) -> str:
        """Why there is nothing to simulate; empty where there is."""
        return lack_of_simulation(self.prepared)

    @cached_property
    def wells(self) -> tuple[str, ...]:
        """The wells that are simulated, spread evenly over those that can be."""
        able, name = able_wells(self.prepared), self.profile.name
        every = not self.prepared.basin.settings.history and name != "smoke"
        return able if every else evenly(able, MOST_WELLS[name])

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the network."""
        return self.profile.seeds[:SEEDS]

    def folder(self, well: str) -> Result:
        """Describe a well's simulation."""
        steps = STEPS.get(self.profile.name)
        made = {"simulation": well, "seeds": self.seeds, "steps": steps}
        return Result(
            self.runs_folder,
            "simulation",
            simulate,
            (self.prepared, well, self.seeds, steps),
            made | {"pastas": response.available()},
            self.prepared.basin.digest,
            SOURCES,
            f"simulation, {well}",
            "simulation",
            SECONDS * 30 * len(self.seeds),
        )

    def results(self) -> list[Result]:
        """List the work, one result a well."""
        return [self.folder(well) for well in self.wells]

    def read(self, well: str) -> xr.Dataset:
        """Give a well's simulation; see :func:`simulate`."""
        return read_dataset(self.folder(well).path / "simulation.nc")


@lru_cache(maxsize=8)
def simulations_of(study) -> Simulations:
    """Give the simulations of a study."""
    return Simulations(study.prepared, study.profile, study.folder / "runs")


def able_wells(prepared: Prepared) -> tuple[str, ...]:
    """List the wells with enough heads to learn from and some to score."""
    learned = prepared.heads[prepared.inside("train")].notna().sum() >= LEAST_HEADS
    scored = prepared.heads[prepared.inside("test")].notna().sum() > 1
    return tuple(prepared.heads.columns[learned & scored])


def lack_of_simulation(prepared: Prepared) -> str:
    """Say in words why no head can be simulated; empty where one can."""
    if "precipitation" not in prepared.variables:
        return "no precipitation in the training years"
    if able_wells(prepared):
        return ""
    return f"no well with heads in {LEAST_HEADS} steps of the training years and in the test years"


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
    ends = steps.bin_ends(time, step)
    table = response.stresses_of(prepared, well, river_of(prepared, well))
    weather = prepared.weather_of_well(well)
    if "temperature" in weather:
        table["temperature"] = weather["temperature"]
    days = pd.date_range(time[0], ends[-1])
    inputs = table.rename(columns={"river": "stage"}).reindex(days, method="ffill")
    training = prepared.inside("train")
    middle = time + (ends - time) // 2
    heads = pd.Series(prepared.heads[well].to_numpy(float), middle.normalize())[training].dropna()
    return heads, inputs


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
        Steps of the optimiser; the recipe's own where None.
    folder : Path
        Gets a Dataset: simulation (seed, time), out_of_fold (time) by fits that did not see the
        block of the training years, block (time; −1 outside of them), observed, climatology and,
        where Pastas is installed, response (time), all [m].
    """
    from swgw.experiments.simulation_network import Training, simulate_head

    training = Training() if count is None else Training(steps=count)
    heads, inputs = daily_record(prepared, well)
    bins = _Bins(prepared)

    def network(block: int, seed: int) -> np.ndarray:
        used = training_days(heads.index, block)
        return bins.mean(simulate_head(heads, inputs, used, seed, training))

    block = bins.place(pd.Series(block_of(heads.index), heads.index))
    found = {"simulation": (("seed", "time"), np.stack([network(WHOLE, s) for s in seeds]))}
    out = np.full(len(prepared.time), np.nan)
    for b in np.unique(block[block >= 0]):
        out[block == b] = np.mean([network(b, s) for s in seeds], axis=0)[block == b]
    head = prepared.heads[[well]]
    found |= {"out_of_fold": ("time", out), "block": ("time", block)}
    found["observed"] = ("time", head[well].to_numpy(float))
    found["climatology"] = ("time", fit_climatology(head, prepared)[well].to_numpy(float))
    if response.available():
        found["response"] = ("time", _response(prepared, well))
    coordinates = {"time": prepared.time, "seed": list(seeds)}
    write_dataset(xr.Dataset(found, coordinates, {"units": "m"}), folder / "simulation.nc")


class _Bins:
    """From days to the bins of a basin."""

    def __init__(self, prepared: Prepared):
        self.time, self.step = prepared.time, prepared.basin.settings.step

    def mean(self, daily: pd.Series) -> np.ndarray:
        """Average days over bins (time,)."""
        by_bin = daily.groupby(steps.bin_starts(daily.index, self.step)).mean()
        return by_bin.reindex(self.time).to_numpy()

    def place(self, daily: pd.Series) -> np.ndarray:
        """Put whole numbers of single days into their bins (time,), −1 elsewhere."""
        placed = pd.Series(daily.to_numpy(), steps.bin_starts(daily.index, self.step))
        return placed.reindex(self.time, fill_value=-1).to_numpy()


def _response(prepared: Prepared, well: str) -> np.ndarray:
    """Simulate by Pastas, without a trend, which nobody could know years ahead: (time,) [m]."""
    stresses = response.stresses_of(prepared, well, river_of(prepared, well))
    head = prepared.heads[well].to_numpy(float)
    return response.fit_response(prepared, head, stresses, trend=False).simulation
