"""The two tables of scores that every book writes: of surface water and of heads."""

import pandas as pd

from swgw.scores.chains import SCORES, chain_scores


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
