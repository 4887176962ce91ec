"""What the competitors left behind, for pages and tables; nothing here needs torch."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.inputs.panel import usable_wells
from swgw.inputs.variables import standardise
from swgw.scores import skill as scores
from swgw.storage.files import read_dataset
from swgw.storage.results import read_seconds
from swgw.transfer.make import FIRST
from swgw.transfer.monthly import monthly_basin
from swgw.transfer.variants import ONE_WELL
from swgw.transfer.work import transfer_results

NETWORKS = ("IT-LSTM", "TL-LSTM", "TL-LSTM, well left out")
MACHINES = ("SVR", "random forest")
REFERENCES = ("persistence", "damped persistence", "climatology")
APPROACHES = NETWORKS + MACHINES + REFERENCES


@dataclass(frozen=True, eq=False)
class Transfer:
    """Results of a study's transfer learning.

    Attributes
    ----------
    study : Study
    folders : dict of str to Path
        Of each competitor.
    """

    study: object
    folders: dict[str, Path]

    @cached_property
    def hindcasts(self) -> dict[str, xr.Dataset]:
        """By approach: forecast (seed, well, issue_time, lead_time) and observed [m]."""
        return {name: read_dataset(self._path(name)) for name in APPROACHES}

    def _path(self, approach: str) -> Path:
        if approach in REFERENCES:
            return self.folders["references"] / f"{approach}.nc"
        return self.folders[approach] / "hindcast.nc"

    @cached_property
    def scores(self) -> pd.DataFrame:
        """NSE in the test period: approach, seed, well_id, lead_time, nse, n (months scored)."""
        return pd.concat(
            [well_scores(data).assign(approach=name) for name, data in self.hindcasts.items()],
            ignore_index=True,
        )[["approach", "seed", "well_id", "lead_time", "nse", "n"]]

    def nse(self, approach: str, lead_time: int = 1) -> pd.DataFrame:
        """NSE of an approach (seed, well)."""
        mine = self.scores[self.scores["approach"] == approach]
        mine = mine[mine["lead_time"] == lead_time]
        return mine.pivot_table(index="seed", columns="well_id", values="nse", dropna=False)

    @cached_property
    def seconds(self) -> pd.Series:
        """Processor seconds of developing one model of every well, by approach."""
        stages = {name: read_seconds(self.folders[name]) for name in NETWORKS + MACHINES}
        return pd.Series(
            {name: found[FIRST][1] for name, found in stages.items() if FIRST in found}
        )

    @cached_property
    def seconds_one_well(self) -> pd.Series:
        """Processor seconds of one well by itself: IT-LSTM, pre-training, TL-LSTM."""
        found = read_seconds(self.folders["variants"])
        return pd.Series(
            {
                stage.removeprefix(ONE_WELL): cpu
                for stage, (_, cpu) in found.items()
                if stage.startswith(ONE_WELL)
            }
        )

    @cached_property
    def variants(self) -> pd.DataFrame:
        """NSE of variants of TL-LSTM: well_id, lead_time, nse, variant, value, draw."""
        return pd.read_csv(self.folders["variants"] / "variants.csv", dtype={"well_id": str})

    @cached_property
    def hunger(self) -> pd.DataFrame:
        """NSE by years of record: well_id, lead_time, nse, approach, years; perhaps empty."""
        if "data hunger" not in self.folders:
            return pd.DataFrame(columns=["well_id", "lead_time", "nse", "approach", "years"])
        return pd.read_csv(self.folders["data hunger"] / "hunger.csv", dtype={"well_id": str})

    @cached_property
    def standardised(self) -> pd.DataFrame:
        """Monthly heads (time, well) in deviations of the training years."""
        prepared = monthly_basin(self.study.basin)
        heads = prepared.heads[usable_wells(prepared)]
        return standardise(heads, prepared.inside("train"))[0]

    @cached_property
    def likeness(self) -> pd.Series:
        """Correlation of each well with the mean of the others over the training years."""
        period = self.study.basin.settings.train
        heads = self.standardised.loc[period.start : period.end]
        return pd.Series({well: _like(heads, well) for well in heads}).sort_values()


def _like(heads: pd.DataFrame, well: str) -> float:
    others = heads.drop(columns=well).mean(axis=1)
    both = pd.concat([heads[well], others], axis=1).dropna().to_numpy()
    if len(both) < 3 or not both.std(axis=0).all():
        return float("nan")
    return float(np.corrcoef(both.T)[0, 1])


def well_scores(hindcast: xr.Dataset) -> pd.DataFrame:
    """NSE of each seed, well and lead time over every month of the test period."""
    rows = []
    observed = hindcast["observed"].to_numpy()
    for seed, member in enumerate(hindcast["forecast"].to_numpy()):
        for i, well in enumerate(hindcast["well"].to_numpy()):
            for k, lead in enumerate(hindcast["lead_time"].to_numpy()):
                obs = observed[i, :, k]
                value, n = scores.nse(obs, member[i, :, k]), int(np.isfinite(obs).sum())
                rows.append((seed, str(well), int(lead), value, n))
    return pd.DataFrame(rows, columns=["seed", "well_id", "lead_time", "nse", "n"])


@lru_cache(maxsize=8)
def read_transfer(study) -> Transfer:
    """Open the results of a study; its jobs must be done, as ``swgw book`` does them."""
    found = transfer_results(study)
    return Transfer(study, {name: result.path for name, result in found.items()})
