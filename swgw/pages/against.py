"""Trained models against the references, which nobody trains: who loses to whom, beyond chance."""

import numpy as np
from IPython.display import Markdown

from swgw import words
from swgw.ceiling import Comparison, better, compare
from swgw.pages.simulations import block, references, trained


def words_against_references(study, task: str) -> Markdown:
    """Say for each trained model which references are better, and which are told apart at all.

    Parameters
    ----------
    study : Study
    task : str
        ``surface_water`` or ``head``.
    """
    found = _chained(study, task)
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


def _chained(study, task: str) -> Comparison:
    obs = study.observed_chain(task)
    arms = {
        model: np.stack([study.chain(task, model, s)[obs.columns] for s in study.seeds_of(model)])
        for model in trained(study, task) + references(study, task)
    }
    return compare(obs.to_numpy(), arms, block(study))


def _said(signs: dict[str, int]) -> str:
    """Put a model's standing to each reference into words."""
    said = {
        "**loses to**": [name for name, sign in signs.items() if sign < 0],
        "beats": [name for name, sign in signs.items() if sign > 0],
        "cannot be told from": [name for name, sign in signs.items() if sign == 0],
    }
    return "; ".join(f"{verb} {words.listing(names)}" for verb, names in said.items() if names)
