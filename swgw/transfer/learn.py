"""Training of many networks at once, each with its own loss, its own Adam, its own early stop."""

from dataclasses import dataclass

import numpy as np
import torch

from swgw.transfer.lstm import LAYERS, Weights, forward, layer_of
from swgw.transfer.plan import Setting


@dataclass(frozen=True)
class Learned:
    """Networks with the weights of their best epoch.

    Attributes
    ----------
    weights : dict of str to Tensor (network, ...)
    loss : float array (network,)
        Validation loss of that epoch; the training loss where there is nothing to validate on.
    epochs : int array (network,)
        Epochs until each network stopped.
    """

    weights: Weights
    loss: np.ndarray
    epochs: np.ndarray


def learn(
    weights: Weights,
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    setting: Setting,
    epochs: int,
    patience: int,
    frozen: int = 0,
) -> Learned:
    """Train networks side by side.

    Parameters
    ----------
    weights : dict of str to Tensor (network, ...)
        To start from.
    training, validation : (array (network, window, step, variable), array (network, window, L))
        Inputs and targets; targets that are NaN do not count.
    setting : Setting
    epochs : int
        At most; every epoch shows all windows at once.
    patience : int
        Epochs without a better validation loss after which a network stops.
    frozen : int
        How many of the first layers keep their weights; what they give is computed once. With
        all of them nothing is learned.
    """
    if frozen == len(LAYERS):
        nothing = np.zeros(len(training[1]))
        return Learned(weights, nothing, nothing.astype(int))
    lead_times = training[1].shape[-1]
    fixed = {k: v for k, v in weights.items() if layer_of(k) < frozen}
    free = {k: v.clone().requires_grad_() for k, v in weights.items() if layer_of(k) >= frozen}
    with torch.no_grad():
        data = [_prepared(fixed, part, lead_times, frozen) for part in (training, validation)]
    (x, y, counted), (x_check, y_check, checked) = data
    optimiser = torch.optim.AdamW(
        free.values(), lr=setting.learning_rate, weight_decay=setting.weight_decay
    )
    watch = _Watch(free, patience)
    judged_by_training = checked.sum(dim=(1, 2)) == 0
    for _ in range(epochs):
        loss = _loss(forward(free, x, lead_times, frozen), y, counted)
        with torch.no_grad():
            check = _loss(forward(free, x_check, lead_times, frozen), y_check, checked)
            watch.look(free, torch.where(judged_by_training, loss, check))
        if watch.stopped.all():
            break
        optimiser.zero_grad(set_to_none=True)
        loss.sum().backward()
        optimiser.step()
    return Learned(fixed | watch.best, watch.lowest.numpy(), watch.epochs.numpy())


def _prepared(fixed: Weights, data, lead_times: int, frozen: int) -> tuple[torch.Tensor, ...]:
    """What the first layer that learns sees, the targets with zeros in gaps, and what counts."""
    x, y = (torch.as_tensor(np.ascontiguousarray(part)) for part in data)
    known = torch.isfinite(y)
    return forward(fixed, x, lead_times, 0, frozen), torch.nan_to_num(y), known.to(y.dtype)


def _loss(sim: torch.Tensor, obs: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean square error of each network: (network, window, L) → (network,)."""
    return (weight * (sim - obs) ** 2).sum(dim=(1, 2)) / weight.sum(dim=(1, 2)).clamp(min=1)


class _Watch:
    """Keeps the best weights of each network until it stops."""

    def __init__(self, weights: Weights, patience: int):
        n = len(next(iter(weights.values())))
        self.patience = patience
        self.best = {name: value.detach().clone() for name, value in weights.items()}
        self.lowest = torch.full((n,), torch.inf)
        self.stale = torch.zeros(n, dtype=torch.long)
        self.epochs = torch.zeros(n, dtype=torch.long)

    @property
    def stopped(self) -> torch.Tensor:
        """Networks (network,) whose patience is at its end: nothing later counts for them."""
        return self.stale >= self.patience

    def look(self, weights: Weights, loss: torch.Tensor) -> None:
        """Take note of an epoch."""
        running = ~self.stopped
        better = running & (loss < self.lowest)
        self.lowest = torch.where(better, loss, self.lowest)
        self.stale = torch.where(better, 0, self.stale + running)
        self.epochs = self.epochs + running
        for name, value in weights.items():
            mask = better.reshape(-1, *[1] * (value.dim() - 1))
            self.best[name] = torch.where(mask, value, self.best[name])


@torch.no_grad()
def predict(weights: Weights, x: np.ndarray, lead_times: int) -> np.ndarray:
    """Forecast (network, window, lead_time) from x (network, window, step, variable)."""
    return forward(weights, torch.as_tensor(np.ascontiguousarray(x)), lead_times).numpy()
