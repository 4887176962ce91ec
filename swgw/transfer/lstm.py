"""Many small LSTMs side by side: one network a series, all computed in one batch.

Each weight has a leading dimension, the network: a dense layer of all networks is one ``baddbmm``,
an LSTM one call of :func:`swgw.models.recurrent.lstm`. Nothing mixes networks, neither loss nor
optimiser nor early stopping: each gives and learns what it would alone. Page 06 writes one such
network with torch's own layers.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from swgw.models.recurrent import lstm
from swgw.transfer.monthly import LEAD_TIMES, Plan, Setting

# From the input on: two LSTM layers, a dense layer with tanh, and the output.
LAYERS = ("first", "second", "dense", "output")
LSTM_PARTS = "weight_ih", "weight_hh", "bias_ih", "bias_hh"

Weights = dict[str, torch.Tensor]


def first_weights(seed: int, n_inputs: int, hidden_size: int) -> Weights:
    """Sample the first weights of a network, under the names of torch's own layers."""
    torch.manual_seed(seed)
    layers = {
        "first": nn.LSTM(n_inputs, hidden_size), "second": nn.LSTM(hidden_size, hidden_size),
        "dense": nn.Linear(hidden_size, hidden_size), "output": nn.Linear(hidden_size, 1),
    }  # fmt: skip
    return nn.ModuleDict(layers).state_dict()


def side_by_side(networks: Sequence[Weights]) -> Weights:
    """Stack the weights of single networks: tensors (...) to tensors (network, ...)."""
    return {name: torch.stack([network[name] for network in networks]) for name in networks[0]}


def take(weights: Weights, row: int) -> Weights:
    """Select the weights of one network: tensors (network, ...) to tensors (...)."""
    return {name: value[row] for name, value in weights.items()}


def forward(weights: Weights, x: torch.Tensor, start: int = 0, stop: int = len(LAYERS)):
    """Carry windows through some of the layers of all networks.

    Parameters
    ----------
    weights : dict of str to Tensor (network, ...)
    x : Tensor (network, window, step, variable)
        For ``start`` above 0, the output of the layer before it.
    start, stop : int
        First layer, and the one after the last.

    Returns
    -------
    Tensor (network, window, lead_time), or (network, window, step, hidden) before the last layer
    """
    for layer in LAYERS[start:stop]:
        if layer in ("first", "second"):
            x = lstm(x, *(weights[f"{layer}.{part}_l0"] for part in LSTM_PARTS))
        elif layer == "dense":
            x = torch.tanh(_linear(weights, layer, x[:, :, -LEAD_TIMES:]))
        else:
            x = _linear(weights, layer, x)[..., 0]
    return x


def _linear(weights: Weights, layer: str, x: torch.Tensor) -> torch.Tensor:
    flat = x.flatten(1, 2)  # (network, window · step, in)
    bias = weights[f"{layer}.bias"][:, None]
    return torch.baddbmm(bias, flat, weights[f"{layer}.weight"].mT).unflatten(1, x.shape[1:3])


def learn(
    weights: Weights,
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    setting: Setting,
    plan: Plan,
    frozen: int = 0,
) -> tuple[Weights, np.ndarray]:
    """Train networks side by side, each until its validation loss stops falling.

    Parameters
    ----------
    weights : dict of str to Tensor (network, ...)
        To start from.
    training, validation : (array (network, window, step, variable), array (network, window, L))
        Inputs and targets; targets that are NaN do not count. Where nothing is there to validate
        on, the training loss decides.
    setting : Setting
    plan : Plan
        Epochs at most, each with all windows at once, and patience.
    frozen : int
        How many of the first layers keep their weights; their output is computed once.

    Returns
    -------
    dict of str to Tensor (network, ...), array (network,)
        Weights of the best epoch, and its validation loss.
    """
    fixed = {k: v for k, v in weights.items() if LAYERS.index(k.partition(".")[0]) < frozen}
    if len(fixed) == len(weights):
        return weights, np.zeros(len(training[1]))
    free = {k: v.clone().requires_grad_() for k, v in weights.items() if k not in fixed}
    with torch.no_grad():
        prepared = [_prepared(fixed, data, frozen) for data in (training, validation)]
    (x, y, counted), (x_check, y_check, checked) = prepared
    rate, decay = setting.learning_rate, setting.weight_decay
    optimiser = torch.optim.AdamW(free.values(), lr=rate, weight_decay=decay)
    best = {name: value.detach().clone() for name, value in free.items()}
    lowest, stale = torch.full((len(y),), torch.inf), torch.zeros(len(y), dtype=torch.long)
    by_training = checked.sum(dim=(1, 2)) == 0
    for _ in range(plan.epochs):
        loss = _loss(forward(free, x, frozen), y, counted)
        with torch.no_grad():
            check = _loss(forward(free, x_check, frozen), y_check, checked)
            check = torch.where(by_training, loss, check)
            better = (stale < plan.patience) & (check < lowest)
            lowest, stale = torch.where(better, check, lowest), torch.where(better, 0, stale + 1)
            for name, value in free.items():
                mask = better.reshape(-1, *[1] * (value.dim() - 1))
                best[name] = torch.where(mask, value, best[name])
        if (stale >= plan.patience).all():
            break
        optimiser.zero_grad(set_to_none=True)
        loss.sum().backward()
        optimiser.step()
    return fixed | best, lowest.numpy()


def _prepared(fixed: Weights, data, frozen: int) -> tuple[torch.Tensor, ...]:
    """Give the input of the first layer that learns, targets with zeros in gaps, and weights."""
    x, y = (torch.as_tensor(np.ascontiguousarray(values)) for values in data)
    known = torch.isfinite(y)
    return forward(fixed, x, 0, frozen), torch.nan_to_num(y), known.to(y.dtype)


def _loss(sim: torch.Tensor, obs: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean square error of each network: (network, window, L) → (network,)."""
    return (weight * (sim - obs) ** 2).sum(dim=(1, 2)) / weight.sum(dim=(1, 2)).clamp(min=1)


@torch.no_grad()
def predict(weights: Weights, x: np.ndarray) -> np.ndarray:
    """Forecast (network, window, lead_time) from x (network, window, step, variable)."""
    return forward(weights, torch.as_tensor(np.ascontiguousarray(x))).numpy()
