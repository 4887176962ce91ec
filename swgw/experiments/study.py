"""A study: a basin, a profile, and every forecast, score and reading that pages open.

Training happens on the first use and leaves run folders; after that nothing here needs torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.folder import Basin, load_basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.experiments import table_2 as experiments
from swgw.experiments.benchmarks import Yardsticks
from swgw.experiments.diagnostics import Asked
from swgw.experiments.grid import Grid, chains
from swgw.experiments.lacking import lacking
from swgw.experiments.realisations import read_realisations
from swgw.experiments.records import learning_curves, parameter_counts
from swgw.experiments.score_tables import ScoreTables
from swgw.experiments.table_2 import CONTROLS, REFERENCES, TABLE_2
from swgw.experiments.view import View
from swgw.experiments.work import baselines_result, do_missing, results_of, run_result
from swgw.figures.style import use_style
from swgw.inputs.wells import SomResult, fit_som
from swgw.models.profiles import Profile, get_profile
from swgw.models.run import Run, tasks
from swgw.scores.chains import chained
from swgw.scores.skill import nse
from swgw.storage.files import read_dataset
from swgw.storage.results import Result
from swgw.storage.share import results

if TYPE_CHECKING:
    from swgw.experiments.trained import TrainedRun

REFERENCE_SEED = -1
CLUSTERS = 3


def open_study(
    basin: str | Path = "heihe",
    profile: str = "quick",
    seeds: int = 0,
    output: str | Path = "",
    train: bool = True,
) -> "Study":
    """Open a study, training first what is not there yet.

    Parameters
    ----------
    basin : str or Path
        Name of an embedded basin, or a basin's folder.
    profile : str
        "quick", "paper" or "full".
    seeds : int
        How many seeds; 0 takes the profile's own.
    output : str or Path
        Folder for results; empty takes ``_build`` (:func:`swgw.storage.share.results`).
    train : bool
        False leaves training to :meth:`Study.train`.

    Returns
    -------
    Study

    Raises
    ------
    UserError
        BasinError where the folder breaks the contract; others for an unknown profile.
    """
    use_style()
    size = get_profile(profile, seeds)
    root = Path(output).expanduser() if str(output) else results()
    prepared = prepare_basin(load_basin(basin))
    study = Study(prepared, size, root.resolve() / prepared.basin.settings.name)
    if train:
        study.train()
    return study


@dataclass(frozen=True, eq=False)
class Study(View, ScoreTables, Asked):
    """Everything that a page may open.

    Attributes
    ----------
    prepared : Prepared
    profile : Profile
    folder : Path
        ``<output>/<basin>``.
    """

    prepared: Prepared
    profile: Profile
    folder: Path

    @property
    def basin(self) -> Basin:
        """The basin as its folder gives it."""
        return self.prepared.basin

    @property
    def gauge(self) -> str | None:
        """The target gauge."""
        return self.basin.settings.target_gauge

    def run(self, model: str, seed: int = 0, task: str = "") -> "TrainedRun":
        """Open a trained network.

        Parameters
        ----------
        model : str
            As in :meth:`trained`.
        seed : int
        task : str
            Picks among the single-task runs of a model; heads where there are wells.
        """
        from swgw.experiments.trained import TrainedRun

        task = task or ("head" if "head" in self.tasks else "surface_water")
        for run in self._runs_of(task):
            if run.experiment.name == model and run.seed == seed:
                folder = self.run_folder(run).path
                return TrainedRun(run, self.prepared, self.clusters, folder)
        raise KeyError(f"no {model} for {task} with seed {seed}")

    @cached_property
    def truth(self):
        """What really happened, for virtual basins; None for others."""
        from swgw.virtual import load_truth

        return load_truth(self.basin)

    @cached_property
    def som(self) -> SomResult | None:
        """The wells' map, fitted on the training years; None for fewer wells than clusters."""
        enough = self.prepared.heads.shape[1] >= CLUSTERS
        return fit_som(self.prepared, CLUSTERS) if enough else None

    @property
    def clusters(self) -> pd.Series | None:
        """The cluster of each well."""
        return None if self.som is None else self.som.clusters

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The runs of Table 2 and its controls."""
        return tuple(experiments.planned_runs(self.prepared, self.profile))

    @cached_property
    def fold_runs(self) -> tuple[Run, ...]:
        """The runs that forecast blocks of the training years kept out of their fit."""
        return tuple(experiments.fold_runs(self.prepared, self.profile))

    @cached_property
    def grid(self) -> Grid:
        """The runs that ask whether a second task helps, and where."""
        return Grid(self.prepared, self.profile)

    def chains_of(self, runs: tuple[Run, ...], task: str) -> tuple[pd.DataFrame, np.ndarray]:
        """Give what was observed and what an arm's runs forecast; see ``chains``."""
        return chains([self.run_folder(run) for run in runs], task)

    @property
    def all_runs(self) -> tuple[Run, ...]:
        """Every run of the profile, each once."""
        return tuple(dict.fromkeys(self.runs + self.fold_runs + self.grid.all_runs))

    @cached_property
    def realisations(self) -> pd.DataFrame:
        """Statistics of other realisations of a virtual basin (realisation, statistic)."""
        return read_realisations(self.prepared, self.profile, self.folder)

    def run_folder(self, run: Run) -> Result:
        """Give the kept result of a run."""
        return run_result(run, self.prepared, self.clusters, self.folder / "runs")

    def reference_folder(self, gauge: str | None) -> Result:
        """Give the kept baselines of a gauge."""
        return baselines_result(self.prepared, gauge, self.clusters, self.folder / "runs")

    @cached_property
    def yardsticks(self) -> Yardsticks:
        """Optional references, the references' validation year, and the perfect-model limit."""
        return Yardsticks(self.prepared, self.clusters, self.profile, self.folder / "runs")

    @property
    def gauges_studied(self) -> list[str | None]:
        """The gauges that have runs, the target gauge first."""
        found = dict.fromkeys([self.gauge, *(run.gauge for run in self.all_runs)])
        return list(found)

    def train(
        self, workers: int = 1, say: Callable[[str], None] | None = None, scheduler: str = ""
    ) -> None:
        """Carry out the runs that are not finished; the same call again goes on where it stopped.

        Parameters
        ----------
        workers : int
            Runs side by side.
        say : callable, optional
            Gets lines for the user; standard error by default.
        scheduler : str
            Address of a Dask scheduler that does them instead.
        """
        do_missing(results_of(self), workers, say, scheduler)

    def lacking(self, *needs: str) -> list[str]:
        """List in words what the basin lacks; see :func:`swgw.experiments.lacking.lacking`."""
        return lacking(self, *needs)

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """Tasks of the basin: "surface_water", "head" or both."""
        return tasks(self.prepared)

    def trained(self, task: str, gauge: str | None = None) -> list[str]:
        """List the trained models of a task."""
        return [m for m in self.models(task, gauge) if m not in self.references(task)]

    def baselines(self, task: str) -> list[str]:
        """List the baselines of a task, which no one trains."""
        return self.references(task)

    def best_baseline(self, task: str, gauge: str | None = None, lead_time: int = 0) -> str:
        """Name the baseline with the highest NSE in the validation period, median over series.

        Parameters
        ----------
        task : str
        gauge : str, optional
        lead_time : int
            0 takes the concatenated forecasts.
        """
        found = {}
        for baseline in self.baselines(task):
            hindcast = self.validation_hindcast(task, baseline, gauge)
            if lead_time:
                hindcast = hindcast.sel(lead_time=[lead_time])
            obs, sim = (chained(hindcast, name) for name in ("observed", "forecast"))
            each = pd.Series([nse(obs[series], sim[series]) for series in obs])
            found[baseline] = each.median()
        return pd.Series(found).fillna(-np.inf).idxmax()

    def concatenated(
        self, task: str, gauge: str | None = None
    ) -> tuple[pd.Series | pd.DataFrame, pd.DataFrame]:
        """Observations and forecasts of the test period, lead times 1…n end to end (Fig. 5).

        Parameters
        ----------
        task : str
            "surface_water" or "head".
        gauge : str, optional
            The target gauge by default.

        Returns
        -------
        obs : Series (time,), or DataFrame (time, well) for heads
            NaN where nothing was observed.
        sims : DataFrame (time; model, seed), or (time; model, seed, well) for heads
            Trained models, then baselines, whose seed is 0.
        """
        parts = {
            (model, max(seed, 0)): self.chain(task, model, seed, gauge)
            for model in self.models(task, gauge)
            for seed in self.seeds_of(model)
        }
        obs = self.observed_chain(task, gauge)
        sims = pd.concat(parts, axis=1, names=["model", "seed", "series"])
        if task == "head":
            return obs, sims
        return obs.iloc[:, 0].rename(self.water), sims.droplevel("series", axis=1)

    def at_lead_time(
        self, task: str, lead_time: int, gauge: str | None = None
    ) -> tuple[pd.Series | pd.DataFrame, pd.DataFrame]:
        """Observations and forecasts of one lead time from every issue time.

        The same form as :meth:`concatenated`, by valid time.
        """
        parts, obs = {}, None
        for model in self.models(task, gauge):
            for seed in self.seeds_of(model):
                one = self.hindcast(task, model, seed, gauge).sel(lead_time=[lead_time])
                parts[model, max(seed, 0)] = chained(one, "forecast")
                obs = chained(one, "observed") if obs is None else obs
        sims = pd.concat(parts, axis=1, names=["model", "seed", "series"])
        if task == "head":
            return obs, sims
        return obs.iloc[:, 0].rename(self.water), sims.droplevel("series", axis=1)

    def models(self, task: str, gauge: str | None = None) -> list[str]:
        """List the trained models of a task, then its references."""
        found = dict.fromkeys(run.experiment.name for run in self._runs_of(task, gauge))
        order = [e.name for e in TABLE_2 + CONTROLS]
        return [n for n in dict.fromkeys(order) if n in found] + self.references(task)

    def references(self, task: str) -> list[str]:
        """List the references of a task: those of every study, then those of its extras."""
        return [*REFERENCES, *(self.yardsticks.extra_references if task == "head" else ())]

    def _runs_of(self, task: str, gauge: str | None = None) -> list[Run]:
        settings = self.basin.settings
        usual = (gauge or self.gauge, settings.future_forcing == "observed", settings.history, None)
        return [
            run
            for run in self.all_runs
            if (run.gauge, run.weather_ahead, run.history, run.fold) == usual
            and task in run.experiment.targets
        ]

    def hindcast(
        self, task: str, model: str, seed: int = 0, gauge: str | None = None
    ) -> xr.Dataset:
        """Forecasts of the test period.

        Parameters
        ----------
        task : str
            "surface_water" or "head".
        model : str
            One of :meth:`models`; references have no seed.
        seed : int
        gauge : str, optional
            The run's gauge; the target gauge by default.

        Returns
        -------
        Dataset (series, issue_time, lead_time)
            forecast (mean), observed, and for quantile models median and quantiles
            (…, quantile); valid_time (issue_time, lead_time).
        """
        if model in self.yardsticks.extra_references:
            return self.yardsticks.pastas_hindcast()
        if model in REFERENCES:
            folder = self.reference_folder(gauge or self.gauge)
            return read_dataset(folder.path / f"{task}_{model}.nc")
        return read_dataset(self._folder_of(task, model, seed, gauge) / f"{task}.nc")

    def _folder_of(self, task: str, model: str, seed: int, gauge: str | None = None) -> Path:
        for run in self._runs_of(task, gauge):
            if run.experiment.name == model and run.seed == seed:
                return self.run_folder(run).path
        raise KeyError(f"no {model} for {task} with seed {seed} at {gauge or self.gauge}")

    def seeds_of(self, model: str) -> tuple[int, ...]:
        """Seeds of a model; references have the single seed −1."""
        return (REFERENCE_SEED,) if model in self.references("head") else self.profile.seeds

    def limit(self, task: str, weather: str, gauge: str | None = None) -> xr.Dataset | None:
        """Forecasts of the simulator itself; see ``limit``."""
        return self.yardsticks.limit(task, weather, self.hindcast(task, "persistence", gauge=gauge))

    @property
    def no_limit(self) -> str:
        """Why there is no perfect-model limit; empty where there is one."""
        return self.yardsticks.no_limit()

    def validation_hindcast(
        self, task: str, reference: str, gauge: str | None = None
    ) -> xr.Dataset:
        """Forecasts of the validation year by a reference, in the form of :meth:`hindcast`."""
        return self.yardsticks.validation_hindcast(task, reference, gauge or self.gauge)

    def chain(self, task: str, model: str, seed: int = 0, gauge: str | None = None) -> pd.DataFrame:
        """Forecasts end to end: lead times 1…n from every n-th issue time (Fig. 5, Table 3).

        Returns
        -------
        DataFrame (time, series)
        """
        return chained(self.hindcast(task, model, seed, gauge), "forecast")

    def observed_chain(self, task: str, gauge: str | None = None) -> pd.DataFrame:
        """What was observed at the steps of :meth:`chain`; NaN where nothing was."""
        return chained(self.hindcast(task, "persistence", gauge=gauge), "observed")

    def learning_curves(self) -> pd.DataFrame:
        """Losses by windows presented: run, model, target, seed, windows, train_loss, …."""
        return learning_curves([(run, self.run_folder(run)) for run in self.runs])

    def tuning(self) -> pd.DataFrame:
        """Trials behind the settings; see :func:`swgw.experiments.table_2.read_trials`."""
        return experiments.read_trials(self.basin)

    def parameter_counts(self) -> pd.DataFrame:
        """Trainable parameters of each model: model, target, parameters."""
        usual = (self.profile.seeds[0], self.gauge)
        runs = [run for run in self.runs if (run.seed, run.gauge) == usual]
        return parameter_counts([(run, self.run_folder(run)) for run in runs])

    def interpretation(self, seed: int = 0, model: str = "MT-TFT") -> xr.Dataset:
        """Attention, selection weights and permutation importance of a TFT run."""
        task = "head" if "head" in self.tasks else "surface_water"
        return read_dataset(self._folder_of(task, model, seed) / "interpretation.nc")
