"""Forecasts of a study, one by one and side by side: the part of Study that reads them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

from swgw.experiments import baselines as compared
from swgw.experiments import variants as choices
from swgw.experiments.baselines import fold_hindcasts, recalibrated
from swgw.experiments.table_2 import BASELINES, CONTROLS, TABLE_2, widest
from swgw.experiments.view import chain_scores, chained
from swgw.models.run import Experiment, Run
from swgw.storage.files import read_dataset

BASELINE_SEED = -1
Series = pd.Series | pd.DataFrame


def side_by_side(
    task: str, hindcasts: Iterable[tuple[tuple[str, int], xr.Dataset]]
) -> tuple[Series, pd.DataFrame]:
    """Concatenate hindcasts, lead times 1…n end to end.

    Parameters
    ----------
    task : str
        "surface_water" or "head".
    hindcasts : iterable of ((str, int), Dataset)
        Model and seed, and the hindcast; all have the same index.

    Returns
    -------
    obs : Series (time,), or DataFrame (time, well) for heads
    sims : DataFrame (time; model, seed), or (time; model, seed, well) for heads
    """
    parts, obs = {}, pd.DataFrame()
    for name, hindcast in hindcasts:
        parts[name] = chained(hindcast, "forecast")
        obs = chained(hindcast, "observed") if obs.empty else obs
    sims = pd.concat(parts, axis=1, names=["model", "seed", "series"])
    if task == "head":
        return obs, sims
    return obs.iloc[:, 0].rename("observed"), sims.droplevel("series", axis=1)


class Hindcasts:
    """The part of :class:`swgw.experiments.study.Study` that reads forecasts."""

    def models(self, task: str) -> list[str]:
        """List the trained models of a task, then its baselines."""
        return self.trained(task) + self.baselines(task)

    def trained(self, task: str) -> list[str]:
        """List the trained models of a task, in the order of Table 2."""
        found = {run.experiment.name for run in self._runs_of(task)}
        return [n for n in dict.fromkeys(e.name for e in TABLE_2 + CONTROLS) if n in found]

    def baselines(self, task: str) -> list[str]:
        """List the baselines of a task: of heads Pastas, too, where it is fitted."""
        extra = [compared.pastas.NAME] if task == "head" and compared.pastas_parts(self) else []
        return [*BASELINES[task], *extra]

    def seeds_of(self, model: str) -> tuple[int, ...]:
        """Seeds of a model; baselines have the single seed −1."""
        known = (*BASELINES["surface_water"], compared.pastas.NAME)
        return (BASELINE_SEED,) if model in known else self.profile.seeds

    def best_baseline(self, task: str) -> str:
        """Name the baseline with the highest NSE in the validation period, median over series."""
        found = {name: self.baseline_hindcast(task, name) for name in self.baselines(task)}
        scores = chain_scores(({"model": name}, hindcast) for name, hindcast in found.items())
        medians = scores.groupby("model", sort=False)["nse"].median()
        return medians.fillna(-np.inf).idxmax()

    def hindcast(self, task: str, model: str, seed: int = 0) -> xr.Dataset:
        """Forecasts of the test period.

        Parameters
        ----------
        task : str
            "surface_water" or "head".
        model : str
            One of :meth:`models`; baselines have no seed.
        seed : int

        Returns
        -------
        Dataset (series, issue_time, lead_time)
            forecast (mean), observed, and for quantile models median and quantiles
            (…, quantile); valid_time (issue_time, lead_time).
        """
        if model in (*BASELINES[task], compared.pastas.NAME):
            return self.baseline_hindcast(task, model, "test")
        return self._read(self._run_of(task, model, seed), task)

    def baseline_hindcast(self, task: str, baseline: str, period: str = "validation") -> xr.Dataset:
        """Forecasts of a period by a baseline, in the form of :meth:`hindcast`."""
        if baseline == compared.pastas.NAME:
            return compared.pastas_hindcast(self, period)
        folder = compared.baselines(self, period).path
        return read_dataset(folder / f"{task}_{baseline}.nc")

    fold_hindcasts = fold_hindcasts
    recalibrated = recalibrated

    def recalibrated_models(self, task: str) -> list[str]:
        """List the models of a task that :meth:`recalibrated` takes; none without folds."""
        return [model for model in self.models(task) if fold_hindcasts(self, task, model)]

    def limit(self, task: str, weather: str) -> xr.Dataset | None:
        """Forecasts of the simulator itself on the index of a hindcast; None without one.

        Parameters
        ----------
        task : str
        weather : str
            "observed": the coming weather is known; "resampled": it is that of other years.
        """
        from swgw.virtual.limit import open_limit

        if compared.why_no_limit(self):
            return None
        template = self.hindcast(task, "persistence")
        return open_limit(compared.limit_of(self).path, task, weather, template)

    def concatenated(self, task: str) -> tuple[Series, pd.DataFrame]:
        """Observations and forecasts of the test period, lead times 1…n end to end (Fig. 5).

        Parameters
        ----------
        task : str
            "surface_water" or "head".

        Returns
        -------
        obs : Series (time,), or DataFrame (time, well) for heads
            NaN where nothing was observed.
        sims : DataFrame (time; model, seed), or (time; model, seed, well) for heads
            Trained models, then baselines, whose seed is 0.
        """
        return side_by_side(task, self._every(task))

    def as_printed(self, task: str) -> tuple[Series, pd.DataFrame]:
        """Observations and forecasts of Table 2 as the paper describes it (sections 2.4 to 2.7).

        Inputs and targets are standardised levels. The same form as :meth:`concatenated`, without
        baselines.
        """
        runs = [run for run in self.printed_runs if task in run.experiment.targets]
        found = (((run.experiment.name, run.seed), self._read(run, task)) for run in runs)
        return side_by_side(task, found)

    def at_lead_time(self, task: str, lead_time: int) -> tuple[Series, pd.DataFrame]:
        """Observations and forecasts of one lead time from every issue time.

        The same form as :meth:`concatenated`, by valid time.
        """
        every = self._every(task)
        return side_by_side(task, ((name, one.sel(lead_time=[lead_time])) for name, one in every))

    def variants(
        self,
        task: str,
        gauge: str | None = None,
        weather_ahead: bool | None = None,
        history: bool | None = None,
    ) -> tuple[Series, pd.DataFrame]:
        """Observations and forecasts of the transformer's variants in a cell of :attr:`grid`.

        Parameters
        ----------
        task : str
        gauge : str, optional
            The target gauge by default.
        weather_ahead, history : bool, optional
            Whether the coming weather is known and past values of the targets are inputs; as
            ``basin.yml`` says by default.

        Returns
        -------
        obs, sims
            In the form of :meth:`concatenated`. A variant with the inputs and the loss of another
            is that run, and left out.
        """
        settings, gauge = self.settings, gauge or self.gauge
        ahead = settings.future_forcing == "observed" if weather_ahead is None else weather_ahead
        past = settings.history if history is None else history
        own = pd.Series({"gauge": gauge, "weather_ahead": ahead, "history": past, "task": task})
        cell = self.grid[self.grid[own.index].eq(own).all(axis=1)].drop_duplicates("run")
        found = {(f"{c.variant}-TFT", c.seed): self._read(c.run, task) for c in cell.itertuples()}
        return side_by_side(task, found.items())

    @property
    def assumptions(self) -> list[str]:
        """Keys of the assumptions that this basin lets one change; see :meth:`alternatives`."""
        return choices.possible(self.prepared)

    def alternatives(
        self, task: str, keys: Iterable[str], variant: str = "MT"
    ) -> tuple[Series, pd.DataFrame]:
        """Observations and forecasts of a transformer trained under other assumptions.

        What is not there yet is trained.

        Parameters
        ----------
        task : str
        keys : iterable of str
            Of :data:`swgw.experiments.variants.ALTERNATIVES`; "" for the book's own.
        variant : str
            "MT" or "ST"; ST in a basin of one target.

        Returns
        -------
        obs, sims
            In the form of :meth:`concatenated`; models are named by their keys.
        """
        alone, found = Experiment("TFT", "ST", (task,)), {}
        experiment = widest(self.tasks) if variant == "MT" else alone
        for key in keys:
            for seed in self.profile.seeds[: choices.SEEDS]:
                folder = choices.alternative(self, key, experiment, seed).filled()
                found[key or "as in the book", seed] = read_dataset(folder / f"{task}.nc")
        return side_by_side(task, found.items())

    def _every(self, task: str):
        for model in self.models(task):
            for seed in self.seeds_of(model):
                yield (model, max(seed, 0)), self.hindcast(task, model, seed)

    def _read(self, run: Run, task: str) -> xr.Dataset:
        return read_dataset(self.result_of(run).path / f"{task}.nc")

    def _runs_of(self, task: str) -> list[Run]:
        ahead, past = self.settings.future_forcing == "observed", self.settings.history
        usual = self.gauge, ahead, past, None, False
        return [
            run for run in self.all_runs
            if (run.gauge, run.weather_ahead, run.history, run.fold, run.printed) == usual
            and task in run.experiment.targets
        ]  # fmt: skip

    def _run_of(self, task: str, model: str, seed: int) -> Run:
        for run in self._runs_of(task):
            if run.experiment.name == model and run.seed == seed:
                return run
        raise KeyError(f"no {model} for {task} with seed {seed} at {self.gauge}")
