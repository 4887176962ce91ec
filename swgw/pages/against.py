"""Trained models against the references, which nobody trains: who loses to whom, beyond chance."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown

from swgw.book import text as words
from swgw.pages.simulations import block, references, trained
from swgw.scores.bootstrap import Interval
from swgw.scores.upper_benchmark import Comparison, better, compare


def words_against_references(study, task: str) -> Markdown:
    """Say for each trained model which references are better, and which are told apart at all.

    Parameters
    ----------
    study : Study
    task : str
        ``surface_water`` or ``head``.
    """
    found = chained_comparison(study, task)
    models, floor = trained(study, task), references(study, task)
    lines, losers = [], 0
    for model in models:
        signs = {name: better(found.difference(model, name)) for name in floor}
        losers += -1 in signs.values()
        lines.append(f"- {model} ({words.number(found.score(model).value)}) {_said(signs)}.")
    measure = "NSE" if task == "surface_water" else "median NSE over the wells"
    verdict = f"{words.count(losers, 'trained model')} of {len(models)} "
    verdict += f"{'loses' if losers == 1 else 'lose'} to at least one reference"
    if not losers:
        verdict = "No trained model loses to a reference"
    return Markdown(
        f"**{verdict}** ({measure}, test period, lead times end to end; a difference counts where "
        "its 90 % interval over seeds and blocks leaves zero out):\n\n" + "\n".join(lines)
    )


def chained_comparison(study, task: str) -> Comparison:
    """Score every model and reference on the chained test series; of heads, medians over wells."""
    obs = study.observed_chain(task)
    arms = {
        model: np.stack([study.chain(task, model, s)[obs.columns] for s in study.seeds_of(model)])
        for model in trained(study, task) + references(study, task)
    }
    return compare(obs.to_numpy(), arms, block(study))


@dataclass(frozen=True)
class Standing:
    """The best trained model of a task beside the best reference, both by their test scores.

    Attributes
    ----------
    model, reference : str
    score, floor : float
        Their NSE, mean over seeds; of heads the median over wells.
    difference : Interval
        Of the two; of heads the median over wells of the differences.
    ahead, of : int
        How many trained models score higher than that reference, and of how many.
    """

    model: str
    reference: str
    score: float
    floor: float
    difference: Interval
    ahead: int
    of: int


@lru_cache(maxsize=8)
def standing(study, task: str) -> Standing | None:
    """Set the best trained model beside the best reference; None where no score is defined."""
    found = chained_comparison(study, task)
    nets, floor = (
        pd.Series({name: found.score(name).value for name in names}, dtype=float).dropna()
        for names in (trained(study, task), references(study, task))
    )
    if nets.empty or floor.empty:
        return None
    model, reference = nets.idxmax(), floor.idxmax()
    return Standing(
        model, reference, nets[model], floor[reference], found.difference(model, reference),
        int((nets > floor[reference]).sum()), len(nets),
    )  # fmt: skip


def _said(signs: dict[str, int]) -> str:
    """Put a model's standing to each reference into words."""
    said = {
        "**loses to**": [name for name, sign in signs.items() if sign < 0],
        "beats": [name for name, sign in signs.items() if sign > 0],
        "cannot be told from": [name for name, sign in signs.items() if sign == 0],
    }
    return "; ".join(f"{verb} {words.listing(names)}" for verb, names in said.items() if names)
