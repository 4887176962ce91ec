"""The simulations of the test period that several pages read: which models, which seeds."""

import pandas as pd

from swgw.book.text import MODELS
from swgw.scores import bootstrap

SIX = ("ST-GRU", "ST-LSTM", "ST-TFT", "MT-GRU", "MT-LSTM", "MT-TFT")
"""The models of the paper's Figs. 5 and 6, in the order of their panels."""


def trained(study, task: str, gauge: str | None = None) -> list[str]:
    """List the trained models of a task, in the order of the tables."""
    return [model for model in MODELS if model in study.models(task, gauge)]


def references(study, task: str) -> list[str]:
    """List the references of a task, which nobody trains."""
    return [model for model in study.models(task) if model not in MODELS]


def simulations(study, task: str, model: str, gauge: str | None = None) -> dict[str, pd.DataFrame]:
    """Give a model's chained forecasts of the test period, of runs at the target gauge or another.

    Returns
    -------
    dict
        Gauge or well to DataFrame (time, seed), in the study's unit.
    """
    chains = {seed: study.chain(task, model, seed, gauge) for seed in study.seeds_of(model)}
    series = next(iter(chains.values())).columns
    return {
        name: pd.DataFrame({seed: chain[name] for seed, chain in chains.items()}) for name in series
    }


def block(study) -> int:
    """Give the steps in a block of the bootstrap at the basin's step."""
    return bootstrap.block_length(study.basin.settings.step)


def interval_of_score(study, obs: pd.Series, sims: pd.DataFrame, score=bootstrap.nse):
    """Give a model's score at one gauge or well with its interval over seeds × blocks."""
    obs = obs.reindex(sims.index)
    return bootstrap.score_interval(obs.to_numpy(), sims.to_numpy().T, score, block(study))


def paper_column(study, table: pd.DataFrame, column: str) -> pd.Series:
    """Give the paper's numbers by model; empty where the basin is not the paper's companion."""
    if study.basin.settings.companion != "jing2025":
        return pd.Series(dtype=float)
    return table.set_index("model")[column]
