"""Statistics over other realisations of a virtual basin, in profile full."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.folder import load_basin
from swgw.basin.prepare import Prepared, prepare_basin
from swgw.experiments.table_2 import Plan
from swgw.experiments.view import chain_scores
from swgw.inputs.wells import cluster_wells, permutation_entropy
from swgw.models.run import BOTH, Experiment, Profile
from swgw.scores.correlation import lag_correlations, pearson
from swgw.storage.files import read_dataset, write_text
from swgw.storage.results import DONE, Result
from swgw.virtual import TABLE_FILES, Parameters, load_origin
from swgw.virtual.run import run_record
from swgw.virtual.simulate import write_observations

BASELINE = "damped persistence"
MONTHS, WEATHER = range(13), ["precipitation", "temperature"]


def basin_statistics(prepared: Prepared, clusters: pd.Series | None) -> dict[str, float]:
    """Compute the statistics that need no model.

    Parameters
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
        SOM cluster of each well.

    Returns
    -------
    dict
        Correlations over wells or time: ``entropy_distance``, ``head_water`` (0–12 months before,
        mean over lags and wells), ``head_water_distance``, ``water_precipitation``,
        ``water_temperature``. The farthest cluster less the others: ``cluster_entropy`` [bit],
        ``cluster_head_water``. ``cluster_distance``: explained share of the variance, less chance.
        NaN where the basin lacks what one needs.
    """
    settings, distance = prepared.basin.settings, distances(prepared)
    years, gauge = slice(settings.train.start, settings.test.end), settings.target_gauge
    heads, water = prepared.heads.loc[years], prepared.surface_water[gauge].loc[years]
    weather = prepared.weather_of_gauge(gauge).loc[years].reindex(columns=WEATHER)
    entropy, lags = heads.apply(permutation_entropy), lag_table(prepared)
    return {
        "cluster_distance": explained_beyond_chance(distance, clusters),
        "cluster_entropy": farthest_less_others(entropy, clusters, distance),
        "entropy_distance": pearson(distance, entropy, series=False).value,
        "head_water": float(lags.mean(axis=1).mean()),
        "head_water_distance": pearson(distance, lags.mean(axis=1), series=False).value,
        "cluster_head_water": farthest_less_others(lags.abs().mean(axis=1), clusters, distance),
        **{f"water_{name}": pearson(water, values).value for name, values in weather.items()},
    }


def model_statistics(
    prepared: Prepared, clusters: pd.Series | None, scores: dict[str, pd.DataFrame]
) -> dict[str, float]:
    """Compute the statistics of the models' scores.

    Parameters
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
    scores : dict of str to DataFrame
        By task: model, series, nse and r2 of each seed; damped persistence among the models.

    Returns
    -------
    dict
        R² of MT-TFT with distance (``r2_distance``) and farthest cluster less others
        (``cluster_r2``); differences of models, medians over series: of NSE of surface water
        (``…_water``), of R² of heads (``…_heads``), and of NSE of heads where the other is the
        baseline (``baseline_…``). NaN where a model was not trained.
    """
    tables = {task: table.pivot_table(index="series", columns="model", values=["nse", "r2"])
              for task, table in scores.items()}  # fmt: skip
    r2, nse, water = tables["head"]["r2"], tables["head"]["nse"], tables["surface_water"]["nse"]
    distance = distances(prepared).reindex(r2.index)
    return {
        "cluster_r2": farthest_less_others(r2["MT-TFT"], clusters, distance),
        "r2_distance": pearson(distance, r2["MT-TFT"], series=False).value,
        "gain_water": _gain(water, "MT-TFT", "ST-TFT"), "gain_heads": _gain(r2, "MT-TFT", "ST-TFT"),
        "information_heads": _gain(r2, "ST+-TFT", "ST-TFT"),
        "task_heads": _gain(r2, "MT-TFT", "ST+-TFT"),
        "baseline_water": _gain(water, "MT-TFT", BASELINE),
        "baseline_heads": _gain(nse, "MT-TFT", BASELINE),
    }  # fmt: skip


def _gain(scores: pd.DataFrame, model: str, other: str) -> float:
    """Median over series of a model's score (series, model) less that of another."""
    pair = scores.reindex(columns=[model, other])
    return float((pair[model] - pair[other]).median())


def distances(prepared: Prepared) -> pd.Series:
    """Distance of each well to the river [km]; NaN where no river is given."""
    wells = prepared.basin.wells.reindex(prepared.heads.columns)
    return wells.get("distance_to_river", pd.Series(np.nan, wells.index)).astype(float)


def lag_table(prepared: Prepared) -> pd.DataFrame:
    """Correlate each head with surface water now and 1 to 12 months before: (well, month)."""
    settings, steps = prepared.basin.settings, {m: prepared.steps_in_months(m) for m in MONTHS}
    heads = prepared.heads.loc[settings.train.start : settings.test.end].reindex(prepared.time)
    return lag_correlations(heads, prepared.surface_water[settings.target_gauge], steps)


def explained_beyond_chance(values: pd.Series, clusters: pd.Series | None) -> float:
    """Share of a variance between clusters, less what as many random groups explain on average.

    Examples
    --------
    >>> groups = pd.Series([1, 1, 2, 2])
    >>> round(explained_beyond_chance(pd.Series([0.0, 0.0, 1.0, 1.0]), groups), 3)
    0.667
    """
    known = values.dropna()
    spread = ((known - known.mean()) ** 2).sum()
    if clusters is None or len(known) < 3 or not spread > 0:
        return np.nan
    groups = clusters.reindex(known.index)
    fitted = known.groupby(groups).transform("mean")
    chance = (groups.nunique() - 1) / (len(known) - 1)
    return float(((fitted - known.mean()) ** 2).sum() / spread - chance)


def farthest_less_others(
    values: pd.Series, clusters: pd.Series | None, distance: pd.Series
) -> float:
    """Median over the cluster farthest from the river less the median over all other wells.

    Examples
    --------
    >>> far = pd.Series([9.0, 8.0, 1.0, 2.0])
    >>> farthest_less_others(pd.Series([5.0, 7.0, 1.0, 3.0]), pd.Series([3, 3, 1, 1]), far)
    4.0
    """
    if clusters is None or distance.isna().all() or clusters.nunique() < 2:
        return np.nan
    inside = clusters.reindex(values.index) == distance.groupby(clusters).median().idxmax()
    return float(values[inside].median() - values[~inside].median())


FIRST, COUNT, KIND = 101, 10, "realisations"
FILE = "statistics.csv"
VARIANTS = (("ST", ("surface_water",)), ("ST", ("head",)), ("ST+", ("head",)), ("MT", BOTH))
EXPERIMENTS = [Experiment("TFT", *variant) for variant in VARIANTS]


def realisation_results(prepared: Prepared, profile: Profile, root: Path) -> list[Result]:
    """Describe the realisations of a basin: none where this simulator did not make it.

    Parameters
    ----------
    prepared : Prepared
        The book's own basin.
    profile : Profile
        Those without ``grid`` have none.
    root : Path
        Folder of the basin's results.
    """
    origin = load_origin(prepared.basin.path / "truth") if profile.grid else None
    if origin is None:
        return []
    own, parameters = origin
    profile = replace(profile, name=KIND, seeds=profile.seeds[:1], gauges=1, grid=False)
    settings = {"parts": [asdict(part) for part in (parameters, profile, *EXPERIMENTS)]}
    cost = 100_000 + 2 * len(EXPERIMENTS) * profile.windows  # the simulation first
    given = {"settings": settings, "tables": TABLE_FILES, "kind": KIND, "cost": cost}
    seeds = [seed for seed in range(FIRST, FIRST + COUNT + 1) if seed != own][:COUNT]
    return [Result(root / KIND, f"seed{s}", make, (s, parameters, profile), **given) for s in seeds]


def make(seed: int, parameters: Parameters, profile: Profile, folder: Path) -> None:
    """Simulate a basin, train its models and write its statistics; resumes where it stopped."""
    basin = folder / "basin"
    if not (basin / "forcing.csv").exists():  # the last file that is written
        write_observations(basin, *run_record(parameters, seed), seed)
    prepared = prepare_basin(load_basin(basin))
    clusters = cluster_wells(prepared)
    scores = _train_and_score(prepared, clusters, profile, folder / "runs")
    found = basin_statistics(prepared, clusters) | model_statistics(prepared, clusters, scores)
    write_text(folder / FILE, pd.Series(found, name="value").to_csv(index_label="statistic"))


def _train_and_score(
    prepared: Prepared, clusters: pd.Series, profile: Profile, root: Path
) -> dict[str, pd.DataFrame]:
    """Train what is missing; score each run and the baseline by task and series."""
    from swgw.models.baseline import baseline_hindcasts

    gauge, test = prepared.basin.settings.target_gauge, prepared.inside("test")
    found = {}
    for task in BOTH:
        baseline = baseline_hindcasts(prepared, task, gauge, clusters, test)[BASELINE]
        found[task] = [({"model": BASELINE}, baseline)]
    for experiment in EXPERIMENTS:
        run = Plan(prepared, profile).run(experiment, gauge, profile.seeds[0])
        given = (run, prepared, clusters, False), run.settings(), prepared.basin.digest
        folder = Result(root, run.label, "swgw.models.fit:fit", *given).filled()
        for task in experiment.targets:
            hindcast = read_dataset(folder / f"{task}.nc")
            found[task].append(({"model": experiment.name}, hindcast))
    return {task: chain_scores(hindcasts) for task, hindcasts in found.items()}


def read_realisations(prepared: Prepared, profile: Profile, root: Path) -> pd.DataFrame:
    """Read the statistics of all realisations that are finished.

    Returns
    -------
    DataFrame (realisation, statistic)
        By seed; empty where there is none.
    """
    rows = {}
    for result in realisation_results(prepared, profile, root):
        if (result.path / DONE).exists():
            rows[result.args[0]] = pd.read_csv(result.path / FILE, index_col="statistic")["value"]
    return pd.DataFrame(rows).T.rename_axis("realisation")
