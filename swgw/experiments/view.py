"""The part of Study that shows its basin, units and periods; scores of chained forecasts."""

from collections.abc import Iterable
from operator import attrgetter

import pandas as pd
import xarray as xr

from swgw.basin.settings import PERIODS
from swgw.figures.drawings import names_of
from swgw.scores import paper, skill
from swgw.scores.resample import block_length
from swgw.storage.files import write_whole


def _shown(path: str, doc: str) -> property:
    """Give a property that shows what lies deeper in a study."""
    return property(attrgetter(path), doc=doc)


def _period(name: str) -> property:
    """Give a property with the days of a period."""

    def days(study) -> slice:
        inside = study.prepared.time[study.prepared.inside(name)]
        return slice(inside[0], inside[-1])

    return property(days, doc=f"The {name} period, to select from a time index.")


class View:
    """The part of :class:`swgw.experiments.study.Study` that shows the basin itself."""

    basin = _shown("prepared.basin", "The basin as its folder gives it.")
    settings = _shown("basin.settings", "What ``basin.yml`` says.")
    gauge = _shown("settings.target_gauge", "The target gauge; None where there is none.")
    wells = _shown("basin.wells", "Attributes of the wells (well_id, attribute).")
    gauges = _shown("basin.gauges", "Attributes of the gauges (gauge_id, attribute).")
    heads = _shown("prepared.heads", "Heads (time, well) [m above the datum]; NaN is a gap.")
    surface_water = _shown("prepared.surface_water", "Water (time, gauge) [m³/s or m], with gaps.")
    water = _shown("settings.surface_water", 'What gauges measure: "discharge" or "stage".')
    unit = _shown("settings.unit", "Unit of the surface water: m³/s or m.")
    seeds = _shown("profile.seeds", "Seeds of every model.")

    @property
    def companion(self) -> bool:
        """Whether the numbers of Jing et al. (2025) stand beside this basin's."""
        return self.settings.companion == "jing2025"

    @property
    def block(self) -> int:
        """Time steps in a block of the bootstrap."""
        return block_length(self.settings.step)

    train_period, validation_period, test_period = map(_period, PERIODS)

    def step_of_year(self) -> pd.Series:
        """Number each time step within its year, from 0 (time,)."""
        return pd.Series(self.prepared.step_of_year(), self.prepared.time, name="step of the year")

    def weather(self, gauge: str | None = None, well: str | None = None) -> pd.DataFrame:
        """Weather at a well, or of a gauge's catchment (time, variable); the target gauge's."""
        if well is not None:
            return self.prepared.weather_of_well(well)
        return self.prepared.weather_of_gauge(gauge or self.gauge or "")

    def label(self, task: str) -> str:
        """Label of an axis: the quantity of a task with its unit."""
        return "Head [m]" if task == "head" else f"{self.water.capitalize()} [{self.unit}]"

    def name(self, place: str) -> str:
        """Name of a gauge or well: its ``name``, or its id where it has none."""
        table = self.gauges if place in self.gauges.index else self.wells
        return names_of(table.loc[[place]])[0]

    def words(self, name: str) -> str:
        """Name a target or an input in words: "discharge lag 2" (months) for the code's name."""
        return name.replace("surface_water", self.water).replace("_", " ")

    def paper(self, table: str, column: str) -> pd.Series:
        """Numbers that the paper prints, by model or cluster; empty for other basins.

        Parameters
        ----------
        table : str
            A table of :mod:`swgw.scores.paper`, such as ``"TABLE_3"``.
        column : str
            Such as ``"nse"``.
        """
        printed = getattr(paper, table)
        printed = printed.set_index(printed.columns[0])[column]
        return printed if self.companion else printed.iloc[:0]

    def keep(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        """Write a table beside the pages, as ``results/<name>.csv``, and give it back to show."""
        path = self.folder / "results" / f"{name}.csv"
        with write_whole(path) as temporary:
            table.to_csv(temporary, lineterminator="\n")
        return table


SCORES = ("nse", "r2", "rmse", "kge", "bias", "n")


def score_all(obs, sim) -> dict[str, float]:
    """NSE, R², RMSE, KGE and bias of one series, and how many pairs there are."""
    values = {name: getattr(skill, name)(obs, sim) for name in SCORES[:-1]}
    return values | {"n": int(pd.notna(obs).sum())}


def chained(hindcast: xr.Dataset, variable: str) -> pd.DataFrame:
    """Lead times 1…n from every n-th issue time, end to end: (time, series)."""
    picked = hindcast.isel(issue_time=slice(None, None, hindcast.sizes["lead_time"]))
    values = picked[variable].transpose("issue_time", "lead_time", "series").to_numpy()
    times = pd.DatetimeIndex(picked["valid_time"].to_numpy().ravel(), name="time")
    wide = values.reshape(len(times), -1)
    return pd.DataFrame(wide, index=times, columns=picked["series"].to_numpy())


def chain_scores(hindcasts: Iterable[tuple[dict, xr.Dataset]]) -> pd.DataFrame:
    """Score the chained forecasts of each series.

    Parameters
    ----------
    hindcasts : iterable of (dict, Dataset)
        What identifies a hindcast (model, seed), and the hindcast.

    Returns
    -------
    DataFrame
        The identifying columns, series, nse, r2, rmse, kge, bias, n.
    """
    rows = []
    for who, hindcast in hindcasts:
        obs, sim = chained(hindcast, "observed"), chained(hindcast, "forecast")
        rows += [who | {"series": series} | score_all(obs[series], sim[series]) for series in obs]
    return pd.DataFrame(rows)


def table_3(study) -> pd.DataFrame:
    """Scores of surface water on the concatenated forecasts, one row a model and seed.

    Returns
    -------
    DataFrame
        model, seed, nse, r2, rmse, kge, bias, n, spread_over_wells (mean deviation over wells of
        the forecasts that their samples give). No KGE for stage, whose zero is arbitrary.
    """
    table, found = _scores(study, "surface_water")
    if table.empty:
        return table
    table["spread_over_wells"] = [float(hindcast["spread"].mean()) for _, hindcast in found]
    return table.drop(columns=["series", "kge"] if study.water == "stage" else "series")


def groundwater_scores(study) -> pd.DataFrame:
    """Scores of heads on the concatenated forecasts, one row a model, seed and well.

    Returns
    -------
    DataFrame
        model, seed, well_id, nse, r2, rmse, bias, n, cluster. No KGE: for heads it depends on the
        datum.
    """
    table = _scores(study, "head")[0].rename(columns={"series": "well_id"})
    if study.clusters is not None and len(table):
        table["cluster"] = table["well_id"].map(study.clusters)
    return table.drop(columns="kge")


def _scores(study, task: str) -> tuple[pd.DataFrame, list]:
    """Score every model and seed of a task; baselines have the seed −1."""
    if task not in study.tasks:
        return pd.DataFrame(columns=["model", "seed", "series", *SCORES]), []
    found = [
        ({"model": model, "seed": seed}, study.hindcast(task, model, seed))
        for model in study.models(task)
        for seed in study.seeds_of(model)
    ]
    return chain_scores(found), found
