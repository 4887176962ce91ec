"""The network that simulates a head from weather and river alone, and the features it gets.

Rain becomes water that reaches the ground (degree-day snow); what a soil store cannot hold becomes
recharge. Exponentially weighted means give a memory that the network need not learn. An LSTM is
trained sequence to sequence: every day of a sequence has a loss, and its first days only fill the
network's memory. Training is short, or the network overfits within a minute. One set of constants
serves every site; they were chosen by blocked cross-validation on the training years of the USA
site of the 2022 Groundwater Time Series Modelling Challenge.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import nn

SNOW_BELOW, RAIN_ABOVE = -0.5, 1.5  # °C: all snow, all rain; between them a mixture
MELTS_FROM = 0.5  # °C
DEGREE_DAY = 3.0  # mm of melt a day and °C
CAPACITIES = (50.0, 150.0)  # mm that a thin and a deep soil hold
DRIES_BELOW = 0.7  # share of the capacity below which evaporation falls with what is left
SPIN_UP = 4 * 365 + 1
"""The first days are used twice, so that stores and memories begin filled."""

FORGET_BIAS = 3.0
"""First bias of the LSTM's forget gates: the network begins with a memory of weeks."""


def melt(rain: np.ndarray, temperature: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degree-day snow: water that reaches the ground [mm/d] and the snow store [mm].

    Parameters
    ----------
    rain : array (day,)
        Precipitation [mm/d].
    temperature : array (day,)
        [°C].

    Examples
    --------
    >>> water, snow = melt(np.array([5.0, 5.0]), np.array([-3.0, 1.5]))
    >>> [float(value) for value in water], [float(value) for value in snow]
    ([0.0, 8.0], [5.0, 2.0])
    """
    frozen = np.clip((RAIN_ABOVE - temperature) / (RAIN_ABOVE - SNOW_BELOW), 0.0, 1.0)
    thaw = DEGREE_DAY * np.maximum(temperature - MELTS_FROM, 0.0)
    water, snow, store = np.empty_like(rain), np.empty_like(rain), 0.0
    for day, falls in enumerate(frozen * rain):
        store += falls
        gone = min(store, thaw[day])
        store -= gone
        water[day], snow[day] = rain[day] - falls + gone, store
    return water, snow


def soil(
    water: np.ndarray, evaporation: np.ndarray, capacity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Soil bucket: recharge [mm/d], which is what overflows, and the water it holds [mm].

    Parameters
    ----------
    water : array (day,)
        Water that reaches the ground [mm/d].
    evaporation : array (day,)
        Potential evaporation [mm/d].
    capacity : float
        What the soil can hold [mm]; the store begins half full.

    Examples
    --------
    >>> recharge, held = soil(np.array([40.0, 40.0]), np.array([0.0, 5.0]), 100.0)
    >>> [float(value) for value in recharge], [float(value) for value in held]
    ([0.0, 25.0], [90.0, 100.0])
    """
    recharge, held, store = np.empty_like(water), np.empty_like(water), capacity / 2
    for day, demand in enumerate(np.maximum(evaporation, 0.0)):
        dry = min(1.0, store / (DRIES_BELOW * capacity))
        store = max(store + water[day] - demand * dry, 0.0)
        recharge[day] = max(store - capacity, 0.0)
        store -= recharge[day]
        held[day] = store
    return recharge, held


def drivers(inputs: pd.DataFrame) -> pd.DataFrame:
    """Derive the drivers of a head from measured inputs.

    Parameters
    ----------
    inputs : DataFrame (day, input)
        precipitation [mm/d] and, as far as they are there, temperature [°C], evaporation [mm/d],
        stage (the river, m or m³/s) and lumped (head by a lumped model, m); no gaps.

    Returns
    -------
    DataFrame (day, driver)
        water [mm/d]; as far as the inputs allow snow [mm], temperature [°C], evaporation [mm/d],
        recharge [mm/d] and held [mm] for each capacity, stage, lumped. It begins
        :data:`SPIN_UP` days before the inputs.
    """
    first = inputs.iloc[:SPIN_UP]
    days = pd.date_range(end=inputs.index[0] - pd.Timedelta(days=1), periods=len(first))
    inputs = pd.concat([first.set_axis(days), inputs])
    rain = inputs["precipitation"].to_numpy(float)
    found = {"water": rain}
    if "temperature" in inputs:
        found["water"], found["snow"] = melt(rain, inputs["temperature"].to_numpy(float))
        found["temperature"] = inputs["temperature"].to_numpy(float)
    if "evaporation" in inputs:
        evaporation = found["evaporation"] = inputs["evaporation"].to_numpy(float)
        for capacity in CAPACITIES:
            recharge, held = soil(found["water"], evaporation, capacity)
            found |= {f"recharge {capacity:g}": recharge, f"held {capacity:g}": held}
    found |= {name: inputs[name].to_numpy(float) for name in ("stage", "lumped") if name in inputs}
    return pd.DataFrame(found, index=inputs.index)


def with_memory(table: pd.DataFrame, days: tuple[int, ...]) -> pd.DataFrame:
    """Add exponentially weighted means of every driver that is no store, and the time of the year.

    Parameters
    ----------
    table : DataFrame (day, driver)
        Of :func:`drivers`.
    days : tuple of int
        Time constants.

    Returns
    -------
    DataFrame (day, feature)
    """
    flows = [name for name in table if not name.startswith(("snow", "held", "lumped"))]
    means = {
        f"{name}, {span} d": table[name].ewm(alpha=1 - np.exp(-1 / span), adjust=True).mean()
        for name in flows
        for span in days
    }
    angle = 2 * np.pi * table.index.dayofyear.to_numpy() / 365.25
    season = {"sine": np.sin(angle), "cosine": np.cos(angle)}
    return pd.concat([table, pd.DataFrame(means | season, index=table.index)], axis=1)


@dataclass(frozen=True)
class Training:
    """How the network is built and trained.

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
        Time constants of the weighted means among the inputs [d].
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


def simulate_head(
    heads: pd.Series,
    inputs: pd.DataFrame,
    used: np.ndarray,
    seed: int,
    training: Training | None = None,
) -> pd.Series:
    """Fit on some heads and simulate every day.

    Parameters
    ----------
    heads : Series (day,)
        [m], without gaps.
    inputs : DataFrame (day, input)
        See :func:`drivers`.
    used : bool array (day of heads,)
        Which heads the fit may use.
    seed : int
        Of the first weights, the sequences, the noise and the dropout.
    training : Training, optional

    Returns
    -------
    Series (day of inputs,)
        Head [m].
    """
    training = training or Training()
    torch.manual_seed(seed)
    known, last = heads[used], heads.index.max()
    centre, scale = known.mean(), known.std()
    table = network_inputs(inputs, last, training)
    values, days = torch.tensor(table.to_numpy(), dtype=torch.float32), table.index
    target = torch.tensor(((known - centre) / scale).reindex(days).to_numpy(), dtype=torch.float32)
    network = Recurrent(values.shape[1], training.hidden, training.dropout)
    _train(network, values, target, training, np.random.default_rng(seed))
    network.eval()
    with torch.no_grad():
        found = network(values[None])[0].numpy().astype(float)
    return pd.Series(centre + scale * found, days).reindex(inputs.index)


def network_inputs(inputs: pd.DataFrame, last: pd.Timestamp, training: Training) -> pd.DataFrame:
    """Give features (day, feature), standardised by their days up to the last head.

    Amounts enter by their square roots, as storms dwarf the rest.
    """
    table = with_memory(drivers(inputs), training.memories)
    amounts = [name for name in table if name.startswith(("water", "recharge", "snow"))]
    table[amounts] = np.sqrt(table[amounts].clip(lower=0))
    known = table[:last]
    spread = known.std().where(lambda values: values > 0, 1.0)
    return (table - known.mean()) / spread


def _train(
    network: Recurrent,
    inputs: torch.Tensor,
    target: torch.Tensor,
    training: Training,
    rng: np.random.Generator,
) -> None:
    """Fit in place on sequences that start anywhere and hold a head after their warm-up."""
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=training.rate, weight_decay=training.decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, training.rate, total_steps=training.steps, pct_start=0.15, final_div_factor=50
    )
    sequence = np.arange(min(training.warm_up + training.length, len(inputs)))
    warm_up = min(training.warm_up, len(sequence) // 2)
    before = np.concatenate([[0], np.cumsum(target.isfinite().numpy())])
    starts = np.arange(len(inputs) - len(sequence) + 1)
    starts = starts[before[starts + len(sequence)] > before[starts + warm_up]]
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
