"""A study: a basin, a profile, and every forecast that pages open.

Training happens on the first use and leaves folders of results; after that nothing here needs
torch, but a trained network that is opened (:meth:`Study.run`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.experiments import table_2
from swgw.experiments.hindcasts import Hindcasts
from swgw.experiments.realisations import read_realisations
from swgw.experiments.sites import at_site, chosen_sites, lacking, site_profile, with_target
from swgw.experiments.variants import grid_runs
from swgw.experiments.view import View, groundwater_scores, table_3
from swgw.experiments.work import attribution_of, do_missing, results_of, run_result
from swgw.figures import use_style
from swgw.inputs.wells import read_clusters, write_clusters
from swgw.models.run import Profile, Run, get_profile, tasks
from swgw.storage import Tell
from swgw.storage.files import read_dataset, results
from swgw.storage.results import CURVE, Result

if TYPE_CHECKING:
    from swgw.models.fit import TrainedRun

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
        Folder for results; empty takes ``_build`` (:func:`swgw.storage.files.results`).
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
    use_style(*["png"] * (profile != "quick"))
    size = get_profile(profile, seeds)
    root = Path(str(output)).expanduser() if str(output) else results()
    basin = basin if isinstance(basin, Path) else str(basin)  # papermill makes a number of 2020
    prepared = prepare_basin(load_basin(basin))
    study = Study(prepared, size, root.resolve() / prepared.basin.settings.name)
    if train:
        study.train()
    return study


@dataclass(frozen=True, eq=False)
class Study(View, Hindcasts):
    """Everything that a page may open.

    Attributes
    ----------
    prepared : Prepared
    profile : Profile
    folder : Path
        ``<output>/<basin>``.
    is_site : bool
        Whether it is one of the :attr:`sites` of another.
    """

    prepared: Prepared
    profile: Profile
    folder: Path
    is_site: bool = False

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """Tasks of the basin: "surface_water", "head" or both."""
        return tasks(self.prepared)

    @cached_property
    def truth(self):
        """What really happened, for virtual basins; None for others."""
        from swgw.virtual.truth import load_truth

        return load_truth(self.basin)

    @cached_property
    def clusters(self) -> pd.Series | None:
        """The cluster of each well, from the training years; None for fewer wells than clusters."""
        if self.prepared.heads.shape[1] < CLUSTERS or self.is_site:
            return None
        known = (self.prepared, CLUSTERS), {"clusters": CLUSTERS}, self.basin.digest
        made = Result(self.folder / "runs", "clusters", write_clusters, *known)
        return read_clusters(made.filled())

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The runs of Table 2 and its controls."""
        return tuple(table_2.planned_runs(self.prepared, self.profile))

    @cached_property
    def printed_runs(self) -> tuple[Run, ...]:
        """The runs of Table 2 with inputs and targets as the paper describes them."""
        return () if self.is_site else tuple(table_2.printed_runs(self.prepared, self.profile))

    @cached_property
    def fold_runs(self) -> tuple[Run, ...]:
        """The runs that forecast blocks of the training years kept out of their fit."""
        return tuple(table_2.fold_runs(self.prepared, self.profile))

    @cached_property
    def grid(self) -> pd.DataFrame:
        """The runs that show whether a second task helps, and where; see ``grid_runs``."""
        return grid_runs(self.prepared, self.profile)

    @cached_property
    def all_runs(self) -> tuple[Run, ...]:
        """Every run of the profile, each once."""
        runs = [*self.runs, *self.printed_runs, *self.fold_runs, *self.grid["run"]]
        return tuple(dict.fromkeys(runs))

    def at_gauge(self, gauge: str) -> "Study":
        """Give the same study with another target gauge.

        Its baselines and its variants of :attr:`grid` are trained with this study, where the grid
        has the gauge; :meth:`train` trains the rest.
        """
        return replace(self, prepared=with_target(self.prepared, gauge))

    @cached_property
    def sites(self) -> dict[str, "Study"]:
        """A study of each gauge that has wells of its own; empty for fewer than six of them."""
        size = site_profile(self.profile)
        sites = {} if self.is_site else chosen_sites(self.prepared, self.profile)
        return {
            gauge: Study(at_site(self.prepared, gauge, wells), size, self.folder / "sites", True)
            for gauge, wells in sites.items()
        }

    @cached_property
    def realisations(self) -> pd.DataFrame:
        """Statistics of other realisations of a virtual basin (realisation, statistic)."""
        return read_realisations(self.prepared, self.profile, self.folder)

    def kept(
        self, name: str, make: Callable[..., None] | str, args: tuple, settings: dict, **more
    ) -> Result:
        """Describe a result of this basin; see :class:`swgw.storage.results.Result`."""
        groups = None if self.clusters is None else self.clusters.to_dict()
        known = settings | {"clusters": groups}
        return Result(self.folder / "runs", name, make, args, known, self.basin.digest, **more)

    def train(self, workers: int = 1, say: Tell | None = None, scheduler: str = "") -> None:
        """Make the results that are not finished; the same call continues where it stopped.

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

    result_of = run_result
    lacking = lacking
    table_3 = table_3
    groundwater_scores = groundwater_scores

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
        from swgw.models.fit import TrainedRun

        run = self._run_of(task or self._own_task(), model, seed)
        return TrainedRun(run, self.prepared, self.clusters, self.result_of(run).path)

    def interpretation(self, seed: int = 0, model: str = "MT-TFT") -> xr.Dataset:
        """Attention, selection weights and permutation importance of a TFT run."""
        run = self._run_of(self._own_task(), model, seed)
        return read_dataset(self.result_of(run).path / "interpretation.nc")

    def learning_curves(self) -> pd.DataFrame:
        """Losses of every run by training samples, and its number of trainable parameters.

        Returns
        -------
        DataFrame
            run, model, target, seed, gauge, parameters, windows, train_loss, validation_loss.
        """
        curves = []
        for run in self.runs:
            folder = self.result_of(run).path
            count = int((folder / "parameters.txt").read_text(encoding="utf-8"))
            about = run.who() | {"run": run.label, "parameters": count}
            curves.append(pd.read_csv(folder / CURVE).assign(**about))
        return pd.concat(curves, ignore_index=True)

    def tuning(self) -> pd.DataFrame:
        """Trials behind the settings; see :func:`swgw.experiments.table_2.read_trials`."""
        return table_2.read_trials(self.basin)

    def importance(self, seed: int = 0) -> xr.Dataset:
        """Permutation importance and mean weights of a seed's transformer.

        See :func:`swgw.experiments.work.attribution_of`.
        """
        return read_dataset(attribution_of(self, seed) / "importance.nc")

    def null_model(self, seed: int = 0) -> xr.Dataset:
        """Mean weights of the same network, trained on permuted inputs (null model)."""
        return read_dataset(attribution_of(self, seed) / "null_model.nc")

    def _own_task(self) -> str:
        return "head" if "head" in self.tasks else "surface_water"
