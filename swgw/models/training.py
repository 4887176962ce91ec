"""Training that can be interrupted, and forecasts from what was trained.

One thread, and the windows and dropout masks of an epoch depend on (seed, epoch) alone: a run that
was killed continues from its last finished epoch and ends with the same bits.
"""

import hashlib
import io
import logging
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import nn

from swgw.inputs.panel import Panel, ahead
from swgw.models.batch import Block, Gatherer, Rows
from swgw.models.run import Run, evenly
from swgw.storage import UserError
from swgw.storage.files import write_whole

log = logging.getLogger(__name__)
FORECAST_PER_ROW = 64
FORECAST_ROWS = 8
# Of a validation period: issue times of a series, and series, at most.
VALIDATION_ISSUES, VALIDATION_ROWS = 40, 60
SEAL = 32  # bytes of a SHA-256 at the end of a checkpoint


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread, so that the number of workers does not change the bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1, "blas"):  # NumPy's
            yield
    finally:
        torch.set_num_threads(before)


def train(
    network: nn.Module,
    loss: Callable[[torch.Tensor, Block], torch.Tensor],
    panel: Panel,
    issues: tuple[np.ndarray, np.ndarray],
    run: Run,
    checkpoint: Path,
    on_epoch: Callable[[list[dict]], None],
) -> None:
    """Train a network, keeping the weights of its best epoch on the validation year.

    Parameters
    ----------
    network : Module
        Left with its best weights.
    loss : callable
        (prediction, block) → scalar.
    panel : Panel
    issues : (int array, int array)
        Issue steps of training and validation.
    run : Run
        Gives the number of windows, their sampling, the learning rate and the seed.
    checkpoint : Path
        Written after each epoch; where it exists, training continues from it.
    on_epoch : callable
        Gets the learning curve so far: windows, train_loss, validation_loss of each epoch.
    """
    training, validation = (Gatherer(panel, steps) for steps in issues)
    optimiser = torch.optim.Adam(network.parameters(), fused=True)
    state = _resume(checkpoint)
    if state["curve"]:
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        on_epoch(state["curve"])  # a kill between checkpoint and curve leaves the curve behind
    while not _finished(state["curve"], run):
        learned, presented = _epoch(network, loss, training, run, optimiser, len(state["curve"]))
        checked = evaluate(network, loss, validation)
        before = state["curve"][-1]["windows"] if state["curve"] else 0
        row = {"windows": before + presented, "train_loss": learned, "validation_loss": checked}
        best = min((r["validation_loss"] for r in state["curve"]), default=math.inf)
        if state["best"] is None or checked < best:
            state["best"] = {k: v.detach().clone() for k, v in network.state_dict().items()}
        state["curve"] = [*state["curve"], row]
        states = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
        _save(checkpoint, state | states)
        on_epoch(state["curve"])
    network.load_state_dict(state["best"])


def _finished(curve: list[dict], run: Run) -> bool:
    if not curve:
        return False
    stale = len(curve) - 1 - int(np.argmin([row["validation_loss"] for row in curve]))
    return len(curve) >= run.epochs or stale >= run.patience


def _epoch(network, loss, gatherer: Gatherer, run: Run, optimiser, epoch: int) -> tuple[float, int]:
    """Present one epoch's windows; gives the mean training loss and how many counted."""
    torch.manual_seed(run.seed * 100_003 + epoch)
    network.train()
    total, presented = 0.0, 0
    for i, rows in enumerate(draw_rows(gatherer, run, epoch)):
        optimiser.param_groups[0]["lr"] = run.rate(epoch * run.steps_per_epoch + i)
        block = shift_levels(gatherer.gather(rows), gatherer.drifts, run.level_shift)
        value = loss(network(block), block)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        total += value.item()
        presented += int((block.weight.sum(dim=(1, 2)) > 0).sum())
    return total / run.steps_per_epoch, presented


def shift_levels(block: Block, drifts: torch.Tensor, size: float) -> Block:
    """Shift the level of surface water by a random constant, one for each row of windows.

    A river's level differs from year to year, and the training years are few. A network overfits
    to their levels and fails in a later year outside their range. The shifts remove information
    from the level but not from its changes. The baseline of the forecast is not shifted.

    Parameters
    ----------
    block : Block
    drifts : bool tensor (variable,)
    size : float
        Standard deviation of the shifts, in that of the training years.

    Returns
    -------
    Block
    """
    if not size or not drifts.any():
        return block
    shift = size * torch.randn(len(block.values), 1, 1, device=block.values.device)
    return replace(block, values=block.values + shift * drifts)


def draw_rows(gatherer: Gatherer, run: Run, epoch: int) -> Iterator[Rows]:
    """Draw an epoch's batches of rows: every row once while there are enough, then again."""
    rng = np.random.default_rng([run.seed, epoch])
    rows = gatherer.tile(run.per_row, run.stride, rng)
    count = run.steps_per_epoch * max(1, run.batch_size // rows.per_row)
    rounds = range(math.ceil(count / len(rows)))
    order = np.concatenate([rng.permutation(len(rows)) for _ in rounds])
    for chosen in np.split(order[:count], run.steps_per_epoch):
        yield rows.take(chosen)


@torch.no_grad()
def evaluate(network, loss, gatherer: Gatherer) -> float:
    """Mean loss over evenly spread windows of a period, dropout off."""
    network.eval()
    stride = math.ceil(len(gatherer.issues) / VALIDATION_ISSUES)
    rows = gatherer.tile(VALIDATION_ISSUES, stride)  # of every issue time; those from the first:
    rows = rows.take(np.flatnonzero((rows.first - gatherer.issues[0]) % stride == 0))
    rows = rows.take(evenly(range(len(rows)), VALIDATION_ROWS))
    values, sizes = [], []
    for chosen in chunks(len(rows), FORECAST_ROWS):
        block = gatherer.gather(rows.take(chosen))
        values.append(loss(network(block), block).item())
        sizes.append(float(block.weight.sum()))
    return float(np.average(values, weights=sizes)) if sum(sizes) else math.inf


@torch.no_grad()
def predict(network: nn.Module, panel: Panel, issues: np.ndarray) -> np.ndarray:
    """Forecast every window of a period, in the unit of the data.

    Parameters
    ----------
    network : Module
    panel : Panel
    issues : int array (issue_time,)

    Returns
    -------
    float32 array (series, issue_time, lead_time, target, quantile)
        One "quantile" for models of the mean.
    """
    network.eval()
    gatherer = Gatherer(panel, issues)
    rows = gatherer.tile(FORECAST_PER_ROW, 1)
    parts = [
        network(gatherer.gather(rows.take(chosen))).cpu().numpy()
        for chosen in chunks(len(rows), FORECAST_ROWS)
    ]
    windows = np.concatenate(parts)  # rows of a series follow each other, and so do its windows
    by_series = windows.reshape(len(panel.series), -1, *windows.shape[1:])[:, : len(issues)]
    centre = panel.centre[:, ahead(issues, panel.lead_times), :, None]
    return centre + panel.scale[:, None, None, :, None] * by_series


def chunks(n: int, size: int) -> Iterator[np.ndarray]:
    """Split 0…n−1 into runs of at most so many."""
    for start in range(0, n, size):
        yield np.arange(start, min(start + size, n))


def _resume(checkpoint: Path) -> dict:
    """Give what an interrupted run left, or a new state; a damaged file is reported and deleted."""
    if checkpoint.exists():
        try:
            return load_checkpoint(checkpoint)
        except UserError as error:
            log.warning("%s; the run starts afresh", error)
            checkpoint.unlink()
    return {"curve": [], "best": None}


def load_checkpoint(path: Path) -> dict:
    """Read a checkpoint of tensors and plain numbers, never code.

    Raises
    ------
    UserError
        Where the file is damaged.
    """
    try:
        data = path.read_bytes()
        body, seal = data[:-SEAL], data[-SEAL:]
        if hashlib.sha256(body).digest() != seal:  # torch itself lets altered numbers pass
            raise ValueError("altered")
        return torch.load(io.BytesIO(body), weights_only=True, map_location="cpu")
    except Exception as error:
        raise UserError(
            f"{path}: the checkpoint cannot be read ({type(error).__name__}); "
            "delete the file and give the same command again"
        ) from error


def _save(path: Path, record: dict) -> None:
    buffer = io.BytesIO()  # not a path: torch would write its name into the file
    torch.save(record, buffer)
    data = buffer.getvalue()
    with write_whole(path) as temporary:
        temporary.write_bytes(data + hashlib.sha256(data).digest())
