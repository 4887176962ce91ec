"""Tables of scores, and what pages of the older form still use; it shrinks to two tables."""

from collections.abc import Iterator
from functools import cached_property

import pandas as pd
import xarray as xr

from swgw.experiments.baselines import why_no_limit
from swgw.scores.chains import SCORES, chain_scores, chained, lead_time_scores


class ScoreTables:
    """The part of ``Study`` that scores its hindcasts, every model alike."""

    def _hindcasts(self, task: str, gauge: str | None) -> Iterator[tuple[dict, xr.Dataset]]:
        for model in self.models(task, gauge):
            for seed in self.seeds_of(model):
                who = {"model": model, "seed": seed}
                yield who, self.hindcast(task, model, seed, gauge)

    @cached_property
    def _scored(self) -> dict[tuple, pd.DataFrame]:
        return {}

    def _chain_scores(self, task: str, gauge: str | None = None) -> pd.DataFrame:
        key = (task, gauge or self.gauge)
        if key not in self._scored:
            self._scored[key] = chain_scores(self._hindcasts(*key))
        return self._scored[key]

    def table_3(self, gauge: str | None = None) -> pd.DataFrame:
        """Scores of surface water at a gauge on the chained series, one row a model and seed.

        Returns
        -------
        DataFrame
            model, seed, nse, r2, rmse, kge, bias, n, spread_over_wells. KGE (2009) and relative
            scores are left out for stage, whose zero is arbitrary.
        """
        if "surface_water" not in self.tasks:
            return pd.DataFrame(columns=["model", "seed", *SCORES])
        table = self._chain_scores("surface_water", gauge).drop(columns="series")
        table["spread_over_wells"] = [
            self._spread(model, seed, gauge)
            for model, seed in zip(table["model"], table["seed"], strict=True)
        ]
        stage = self.basin.settings.surface_water == "stage"
        return table.drop(columns="kge") if stage else table

    def _spread(self, model: str, seed: int, gauge: str | None) -> float:
        """Mean deviation over wells of the forecasts that their windows give for the gauge."""
        return float(self.hindcast("surface_water", model, seed, gauge)["spread"].mean())

    def groundwater_scores(self) -> pd.DataFrame:
        """Scores of heads on the chained series, one row a model, seed and well.

        Returns
        -------
        DataFrame
            model, seed, well_id, nse, r2, rmse, bias, n, cluster. No KGE: for heads it depends on
            the datum.
        """
        if "head" not in self.tasks:
            return pd.DataFrame(columns=["model", "seed", "well_id", *SCORES]).drop(columns="kge")
        table = self._chain_scores("head").rename(columns={"series": "well_id"})
        if self.clusters is not None:
            table["cluster"] = table["well_id"].map(self.clusters)
        return table.drop(columns="kge")

    def scores_by_lead_time(self, task: str, gauge: str | None = None) -> pd.DataFrame:
        """Scores of each lead time of each series, over every issue time, by model and seed."""
        return lead_time_scores(self._hindcasts(task, gauge))

    def references(self, task: str) -> list[str]:
        """List the baselines of a task."""
        return self.baselines(task)

    def chain(self, task: str, model: str, seed: int = 0, gauge: str | None = None) -> pd.DataFrame:
        """Concatenated forecasts of a model and seed (time, series)."""
        return chained(self.hindcast(task, model, seed, gauge), "forecast")

    def observed_chain(self, task: str, gauge: str | None = None) -> pd.DataFrame:
        """What was observed at the steps of :meth:`chain` (time, series)."""
        return chained(self.hindcast(task, "persistence", gauge=gauge), "observed")

    @property
    def no_limit(self) -> str:
        """Why there is no perfect-model limit; empty where there is one."""
        return why_no_limit(self)
