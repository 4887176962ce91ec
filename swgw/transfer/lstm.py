"""Many small networks side by side: one LSTM a well, computed in one batch.

Each weight has a leading dimension, the network; a matrix product of all networks is one
``baddbmm``. What comes out is what the same networks give and learn one after another, because
nothing mixes them: not the loss, not the optimiser, not the early stop.
"""

from collections.abc import Sequence

import torch
from torch import nn

LAYERS = ("first", "second", "dense", "output")
"""From the input on: two recurrent layers, a dense one, and the output."""

Weights = dict[str, torch.Tensor]


class HeadLSTM(nn.Module):
    """One network: LSTM, LSTM, dense, output.

    Parameters
    ----------
    n_inputs, hidden_size, lead_times : int
    """

    def __init__(self, n_inputs: int, hidden_size: int, lead_times: int):
        super().__init__()
        self.lead_times = lead_times
        self.first = nn.LSTM(n_inputs, hidden_size, batch_first=True)
        self.second = nn.LSTM(hidden_size, hidden_size, batch_first=True)
        self.dense = nn.Linear(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Forecast (window, lead_time) from x (window, step, variable)."""
        h = self.second(self.first(x)[0])[0][:, -self.lead_times :]
        return self.output(torch.tanh(self.dense(h)))[..., 0]


def make_networks(
    seeds: Sequence[int], n_inputs: int, hidden_size: int, lead_times: int
) -> Weights:
    """Draw the first weights of networks, each from its own seed.

    Returns
    -------
    dict of str to Tensor (network, ...)
        Under the names of :class:`HeadLSTM`'s state.
    """
    states = []
    for seed in seeds:
        torch.manual_seed(seed)
        states.append(HeadLSTM(n_inputs, hidden_size, lead_times).state_dict())
    return {name: torch.stack([state[name] for state in states]) for name in states[0]}


def take(weights: Weights, rows: Sequence[int]) -> Weights:
    """Select networks, some perhaps several times."""
    chosen = torch.as_tensor(rows)
    return {name: value[chosen] for name, value in weights.items()}


def layer_of(name: str) -> int:
    """Position in LAYERS of the layer that a weight belongs to."""
    return LAYERS.index(name.partition(".")[0])


def forward(
    weights: Weights, x: torch.Tensor, lead_times: int, start: int = 0, stop: int = len(LAYERS)
) -> torch.Tensor:
    """Carry windows through some of the layers of all networks.

    Parameters
    ----------
    weights : dict of str to Tensor (network, ...)
    x : Tensor (network, window, step, variable)
        For ``start`` above 0, what the layer before it gave.
    lead_times : int
        How many of the last steps are forecasts.
    start, stop : int
        First layer, and the one after the last.

    Returns
    -------
    Tensor (network, window, lead_time), or (network, window, step, hidden) before the last layer
    """
    for layer in LAYERS[start:stop]:
        if layer in ("first", "second"):
            x = _lstm(weights, layer, x)
        elif layer == "dense":
            x = torch.tanh(_linear(weights, layer, x[:, :, -lead_times:]))
        else:
            x = _linear(weights, layer, x)[..., 0]
    return x


def _linear(weights: Weights, layer: str, x: torch.Tensor) -> torch.Tensor:
    flat = x.flatten(1, 2)  # (N, B·L, in)
    bias = weights[f"{layer}.bias"][:, None]
    return torch.baddbmm(bias, flat, weights[f"{layer}.weight"].mT).unflatten(1, x.shape[1:3])


def _lstm(weights: Weights, layer: str, x: torch.Tensor) -> torch.Tensor:
    """Run an LSTM from a zero state: (N, B, T, in) → (N, B, T, H)."""
    bias = weights[f"{layer}.bias_ih_l0"] + weights[f"{layer}.bias_hh_l0"]
    by_step = x.transpose(1, 2).flatten(1, 2)  # (N, T·B, in)
    given = torch.baddbmm(bias[:, None], by_step, weights[f"{layer}.weight_ih_l0"].mT)
    given = given.unflatten(1, (x.shape[2], x.shape[1]))  # (N, T, B, 4H)
    recurrent = weights[f"{layer}.weight_hh_l0"].mT.contiguous()  # (N, H, 4H)
    h = c = None
    states = []
    for gates in given.unbind(1):
        gates = gates if h is None else torch.baddbmm(gates, h, recurrent)
        i, f, g, o = gates.chunk(4, dim=-1)
        kept = torch.sigmoid(i) * torch.tanh(g)
        c = kept if c is None else torch.sigmoid(f) * c + kept
        h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    return torch.stack(states, dim=2)
