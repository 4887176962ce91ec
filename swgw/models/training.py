"""Training that can be interrupted, and forecasts from what was trained.

One thread, and each epoch draws its windows and dropout masks from (seed, epoch) alone: a run that
was killed goes on from its last finished epoch and ends with the same bits.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from swgw.errors import UserError
from swgw.files import write_whole
from swgw.models.batch import Batch, Gatherer
from swgw.windows import Panel, Windows

FORECAST_BATCH = 512
VALIDATION_WINDOWS = 2000


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a run learns.

    Attributes
    ----------
    windows : int
        Windows presented in all.
    epochs : int
        Parts into which they are split; validation follows each.
    patience : int
        Epochs without a better validation loss after which training stops.
    batch_size : int
    learning_rate : float
        Its peak; it rises over the first tenth of the run and falls along a cosine after that.
    """

    windows: int
    epochs: int
    patience: int
    batch_size: int
    learning_rate: float

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps in one epoch."""
        return max(1, round(self.windows / self.epochs / self.batch_size))

    def rate(self, step: int) -> float:
        """Learning rate at a step of the run."""
        total = self.steps_per_epoch * self.epochs
        warm = max(1, total // 10)
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        fallen = 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))
        return self.learning_rate * max(fallen, 0.01)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread, so that the number of workers does not change the bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train(
    network: nn.Module,
    loss: Callable[[torch.Tensor, Batch], torch.Tensor],
    panel: Panel,
    windows: tuple[Windows, Windows],
    schedule: Schedule,
    seed: int,
    checkpoint: Path,
    on_epoch: Callable[[list[dict]], None],
    device: str = "cpu",
) -> None:
    """Train a network, keeping the weights of its best epoch on the validation year.

    Parameters
    ----------
    network : Module
        Left with its best weights.
    loss : callable
        (prediction, batch) → scalar.
    panel : Panel
    windows : (Windows, Windows)
        Training and validation.
    schedule : Schedule
    seed : int
    checkpoint : Path
        Written after each epoch; where it exists, training goes on from it.
    on_epoch : callable
        Gets the learning curve so far: windows, train_loss, validation_loss of each epoch.
    """
    training, validation = windows[0], thin(windows[1], VALIDATION_WINDOWS)
    gatherer = Gatherer(panel, device)
    optimiser = torch.optim.Adam(network.parameters(), fused=True)
    state = {"curve": [], "best": None}
    if checkpoint.exists():
        state = load_checkpoint(checkpoint)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
    while not _finished(state["curve"], schedule):
        epoch = len(state["curve"])
        learned = _epoch(network, loss, gatherer, training, schedule, optimiser, seed, epoch)
        checked = evaluate(network, loss, gatherer, validation)
        row = {
            "windows": (epoch + 1) * schedule.steps_per_epoch * schedule.batch_size,
            "train_loss": learned,
            "validation_loss": checked,
        }
        best = min((r["validation_loss"] for r in state["curve"]), default=math.inf)
        if state["best"] is None or checked < best:
            state["best"] = {k: v.detach().clone() for k, v in network.state_dict().items()}
        state["curve"] = [*state["curve"], row]
        _save(checkpoint, network, optimiser, state)
        on_epoch(state["curve"])
    network.load_state_dict(state["best"])


def _finished(curve: list[dict], schedule: Schedule) -> bool:
    if not curve:
        return False
    losses = [row["validation_loss"] for row in curve]
    stale = len(losses) - 1 - int(np.argmin(losses))
    return len(curve) >= schedule.epochs or stale >= schedule.patience


def _epoch(network, loss, gatherer, windows, schedule, optimiser, seed, epoch) -> float:
    """Present one epoch's windows; gives the mean training loss."""
    torch.manual_seed(seed * 100_003 + epoch)
    network.train()
    total = 0.0
    rows = draw_rows(len(windows), schedule.steps_per_epoch * schedule.batch_size, seed, epoch)
    for i, chosen in enumerate(np.split(rows, schedule.steps_per_epoch)):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate(epoch * schedule.steps_per_epoch + i)
        batch = gatherer.gather(windows, chosen)
        value = loss(network(batch), batch)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        total += value.item()
    return total / schedule.steps_per_epoch


def draw_rows(n: int, count: int, seed: int, epoch: int) -> np.ndarray:
    """Draw an epoch's windows: without replacement while there are enough, then again."""
    rng = np.random.default_rng([seed, epoch])
    passes = -(-count // n)
    return np.concatenate([rng.permutation(n) for _ in range(passes)])[:count]


def thin(windows: Windows, at_most: int) -> Windows:
    """Keep evenly spread windows, at most so many."""
    step = -(-len(windows) // at_most)
    return windows.take(np.arange(0, len(windows), max(step, 1)))


@torch.no_grad()
def evaluate(network, loss, gatherer: Gatherer, windows: Windows) -> float:
    """Mean loss over windows, dropout off."""
    network.eval()
    values, sizes = [], []
    for rows in chunks(len(windows), FORECAST_BATCH):
        batch = gatherer.gather(windows, rows)
        values.append(loss(network(batch), batch).item())
        sizes.append(len(rows))
    return float(np.average(values, weights=sizes))


@torch.no_grad()
def predict(network: nn.Module, panel: Panel, windows: Windows, device: str = "cpu") -> np.ndarray:
    """Forecast windows, in the unit of the data.

    Returns
    -------
    float32 array (window, lead_time, target, quantile)
        One "quantile" for models of the mean.
    """
    network.eval()
    gatherer = Gatherer(panel, device)
    parts = [
        network(gatherer.gather(windows, rows)).cpu().numpy()
        for rows in chunks(len(windows), FORECAST_BATCH)
    ]
    standardised = np.concatenate(parts)
    centre = panel.centre[windows.series][:, None, :, None]
    return centre + panel.scale[windows.series][:, None, :, None] * standardised


def chunks(n: int, size: int) -> Iterator[np.ndarray]:
    """Split 0…n−1 into runs of at most so many."""
    for start in range(0, n, size):
        yield np.arange(start, min(start + size, n))


def load_checkpoint(path: Path) -> dict:
    """Read a checkpoint of tensors and plain numbers, never code.

    Raises
    ------
    UserError
        Where the file is damaged.
    """
    try:
        return torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:
        raise UserError(
            f"{path}: the checkpoint cannot be read ({type(error).__name__}); "
            "delete the file and give the same command again"
        ) from error


def _save(path: Path, network: nn.Module, optimiser, state: dict) -> None:
    with write_whole(path) as temporary:
        torch.save(
            {
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "curve": state["curve"],
                "best": state["best"],
            },
            temporary,
        )
