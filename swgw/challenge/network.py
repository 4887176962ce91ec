"""Our recurrent network, trained sequence to sequence: years of days in, a head for each day out.

Every day of a sequence has a loss, so that one pass over the record teaches as much as thousands of
windows with one target each. The first days of a sequence only fill the network's memory. Training
is short and its weights are averaged: left alone, the network learns the record by heart within a
minute.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import nn

from swgw.challenge.features import drivers, with_memory
from swgw.challenge.site import Site

FORGET_BIAS = 3.0
"""Of an LSTM's forget gates at first: it begins by remembering for weeks."""


@dataclass(frozen=True)
class Training:
    """How a network is built and trained; the values were chosen by the blocked cross-validation.

    Attributes
    ----------
    hidden, dropout, noise, rate, decay
        Size of the LSTM, share of values dropped, standard deviation of the noise on the
        standardised inputs, largest learning rate and weight decay.
    steps, batch : int
        Steps of the optimiser, sequences in each.
    warm_up, length : int
        Days of a sequence without and with a loss.
    memories : tuple of int
        Time constants of the fading means among the inputs [d].
    """

    hidden: int = 32
    dropout: float = 0.2
    noise: float = 0.05
    rate: float = 4e-3
    decay: float = 1e-4
    steps: int = 100
    batch: int = 16
    warm_up: int = 270
    length: int = 365
    memories: tuple[int, ...] = (32, 128)


class Recurrent(nn.Module):
    """An LSTM between two linear layers.

    Parameters
    ----------
    inputs, hidden : int
    dropout : float
    """

    def __init__(self, inputs: int, hidden: int, dropout: float):
        super().__init__()
        self.enter = nn.Linear(inputs, hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.leave = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(dropout)
        with torch.no_grad():
            self.lstm.bias_hh_l0[hidden : 2 * hidden] = FORGET_BIAS

    def forward(self, sequences: torch.Tensor) -> torch.Tensor:
        """Simulate the standardised head: (sequence, day, input) → (sequence, day)."""
        entered = self.dropout(torch.tanh(self.enter(sequences)))  # (B, D, hidden)
        remembered = self.dropout(self.lstm(entered)[0])  # (B, D, hidden)
        return self.leave(remembered)[..., 0]


def forecast_network(
    site: Site, seen: np.ndarray, seed: int, training: Training | None = None
) -> pd.Series:
    """Fit on the heads that may be seen and simulate every day.

    Parameters
    ----------
    site : Site
    seen : bool array (day of heads,)
        Which heads the fit may use.
    seed : int
        Of the first weights, the sequences drawn, the noise and the dropout.
    training : Training, optional

    Returns
    -------
    Series (day of inputs,)
        Head [m].
    """
    training = training or Training()
    torch.manual_seed(seed)
    heads, centre, scale = site.heads[seen], site.heads[seen].mean(), site.heads[seen].std()
    table = network_inputs(site, training)
    inputs, days = torch.tensor(table.to_numpy(), dtype=torch.float32), table.index
    target = torch.tensor(((heads - centre) / scale).reindex(days).to_numpy(), dtype=torch.float32)
    network = Recurrent(inputs.shape[1], training.hidden, training.dropout)
    _train(network, inputs, target, training, np.random.default_rng(seed))
    network.eval()
    with torch.no_grad():
        found = network(inputs[None])[0].numpy().astype(float)
    return pd.Series(centre + scale * found, days).reindex(site.inputs.index)


def network_inputs(site: Site, training: Training) -> pd.DataFrame:
    """Inputs (day, input), standardised by their days up to the last head that may be fitted.

    Amounts enter by their roots, as storms dwarf the rest.
    """
    table = with_memory(drivers(site.inputs), training.memories)
    amounts = [name for name in table if name.startswith(("water", "recharge", "snow"))]
    table[amounts] = np.sqrt(table[amounts].clip(lower=0))
    known = table[: site.heads.index.max()]
    spread = known.std().where(lambda values: values > 0, 1.0)
    return (table - known.mean()) / spread


def _train(
    network: Recurrent, inputs: torch.Tensor, target: torch.Tensor, training: Training,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Fit in place, by sequences that start anywhere, those without a head left out."""
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=training.rate, weight_decay=training.decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, training.rate, total_steps=training.steps, pct_start=0.15, final_div_factor=50
    )
    sequence = np.arange(min(training.warm_up + training.length, len(inputs)))
    warm_up = min(training.warm_up, len(sequence) // 2)
    starts = _starts(target.isfinite().numpy(), sequence, warm_up)
    for _ in range(training.steps):
        days = torch.from_numpy(rng.choice(starts, training.batch)[:, None] + sequence)
        noisy = inputs[days] + training.noise * torch.randn(*days.shape, inputs.shape[1])
        wanted = target[days][:, warm_up:]
        known = wanted.isfinite()
        loss = ((network(noisy)[:, warm_up:] - wanted)[known] ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()


def _starts(known: np.ndarray, sequence: np.ndarray, warm_up: int) -> np.ndarray:
    """First days of the sequences that hold a head after their warm-up."""
    before = np.concatenate([[0], np.cumsum(known)])
    starts = np.arange(len(known) - len(sequence) + 1)
    return starts[before[starts + len(sequence)] > before[starts + warm_up]]
