"""IT-LSTM and TL-LSTM: tuning, training, pre-training and fine-tuning, for all series at once.

A network belongs to a series, a well or a mean of wells. Each chooses its own setting by its own
validation loss; networks that chose alike are computed side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swgw.transfer.learn import learn, predict
from swgw.transfer.lstm import Weights, make_networks, take
from swgw.transfer.monthly import Samples
from swgw.transfer.plan import FINE_TUNING, FROZEN, Plan, Setting


@dataclass(frozen=True)
class Group:
    """Networks of one setting.

    Attributes
    ----------
    setting : Setting
    rows : int array (network,)
        Which of the series each network belongs to.
    weights : dict of str to Tensor (network, ...)
    loss : float array (network,)
        Validation loss.
    """

    setting: Setting
    rows: np.ndarray
    weights: Weights
    loss: np.ndarray


def train_group(
    samples: Samples,
    names: Sequence[str],
    rows: np.ndarray,
    setting: Setting,
    plan: Plan,
    seed: int,
) -> Group:
    """Train a network for each of some series (``rows`` of ``names``) with one setting."""
    chosen = [names[row] for row in rows]
    training, validation = (samples.of(chosen, p) for p in ("train", "validation"))
    seeds = [seed * 100_003 + int(row) for row in rows]
    first = make_networks(seeds, len(samples.variables), setting.hidden_size, training[1].shape[-1])
    learned = learn(first, training, validation, setting, plan.epochs, plan.patience)
    return Group(setting, rows, learned.weights, learned.loss)


def tune(
    samples: Samples, names: Sequence[str], settings: Sequence[Setting], plan: Plan, seed: int
) -> list[Group]:
    """Train every series with every setting and keep the best of each by its validation loss."""
    rows = np.arange(len(names))
    trials = [train_group(samples, names, rows, setting, plan, seed) for setting in settings]
    best = np.argmin([trial.loss for trial in trials], axis=0)
    return [
        Group(trial.setting, kept, take(trial.weights, kept), trial.loss[kept])
        for k, trial in enumerate(trials)
        if len(kept := np.flatnonzero(best == k))
    ]


def again(
    samples: Samples, names: Sequence[str], tuned: list[Group], plan: Plan, seed: int
) -> list[Group]:
    """Train with the settings that were chosen, from another seed."""
    return [train_group(samples, names, g.rows, g.setting, plan, seed) for g in tuned]


def fine_tune(
    samples: Samples,
    wells: Sequence[str],
    pretrained: list[Group],
    origin: Sequence[int],
    plan: Plan,
    frozen: int = FROZEN,
) -> list[Group]:
    """Fine-tune a copy of a pre-trained network for each well.

    Parameters
    ----------
    samples : Samples
    wells : sequence of str
    pretrained : list of Group
    origin : sequence of int (well,)
        The pre-trained network, by its row, that each well starts from.
    plan : Plan
    frozen : int
        How many of the first layers keep their weights.

    Returns
    -------
    list of Group
        Their rows are positions in ``wells``.
    """
    groups = []
    for group in pretrained:
        rows = np.flatnonzero(np.isin(origin, group.rows))
        if not len(rows):
            continue
        place = {row: i for i, row in enumerate(group.rows)}
        first = take(group.weights, [place[origin[row]] for row in rows])
        setting = replace(group.setting, learning_rate=group.setting.learning_rate * FINE_TUNING)
        chosen = [wells[row] for row in rows]
        data = (samples.of(chosen, period) for period in ("train", "validation"))
        learned = learn(first, *data, setting, plan.epochs, plan.patience, frozen)
        groups.append(Group(setting, rows, learned.weights, learned.loss))
    return groups


def forecast(
    samples: Samples, names: Sequence[str], groups: list[Group], period: str = "test"
) -> np.ndarray:
    """Forecast heads (series, issue_time, lead_time) of a period [m], every series once."""
    x, y = samples.of(names, period)
    found = np.full(y.shape, np.nan, np.float32)
    for group in groups:
        found[group.rows] = predict(group.weights, x[group.rows], y.shape[-1])
    return to_heads(samples, names, found, period)


def to_heads(
    samples: Samples, names: Sequence[str], departure: np.ndarray, period: str = "test"
) -> np.ndarray:
    """Undo the standardisation: departures (series, issue_time, lead_time) to heads [m]."""
    rows, inside = samples.rows(names)[:, None], np.flatnonzero(samples.period == period)
    return samples.base[rows, inside] + samples.unit[rows, inside] * departure
