"""Whether block windows learn as well as shuffled ones, and how soon each way reaches one loss."""

import time
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import lightning.pytorch as pl
import numpy as np
import torch
from case import Case, machine, open_case
from pytorch_forecasting import TemporalFusionTransformer
from scipy.stats import t as student
from speed import describe
from stock import fit_stock, make_dataset, make_loader, make_stock
from tqdm import tqdm

from swgw.models.batch import quantile_loss
from swgw.models.run import Run
from swgw.models.training import evaluate, one_thread, train

SAMPLINGS = {
    "blocks, the book's stride": {},
    "blocks of consecutive windows": {"stride": 1},
    "shuffled windows, one by one": {"per_row": 1, "stride": 1},
}
BOOK, _, SHUFFLED = SAMPLINGS
STOCK = "stock loader and Lightning"


def measure(basin: str, hidden_sizes: tuple[int, ...], steps: int, epochs: int, seeds: int) -> dict:
    """Train by every sampling and by the stock way; ways alternate within a seed.

    Parameters
    ----------
    basin : str
    hidden_sizes : tuple of int
    steps, epochs : int
        Each training takes so many epochs of so many steps.
    seeds : int

    Returns
    -------
    dict
        ``machine``, ``what``, ``windows`` and, by hidden size: the best validation loss by way and
        seed, its paired difference to shuffled windows, and the processor time until the stock
        way's best loss was reached.
    """
    with one_thread():
        case = open_case(basin)
        result = {"machine": machine(), "what": describe(case)}
        result["windows"] = steps * epochs * case.run.batch_size
        sizes = {str(n): _compare(case, n, steps, epochs, seeds) for n in hidden_sizes}
        return result | {"hidden_size": sizes}


def _compare(case: Case, size: int, steps: int, epochs: int, seeds: int) -> dict:
    plain = partial(case.schedule, steps, epochs, level_shift=0.0)  # the stock loader shifts none
    ways = {
        name: partial(_learn, case, size, plain(**sampling)) for name, sampling in SAMPLINGS.items()
    }
    stock = partial(_learn_stock, case, make_dataset(case), size, plain())
    ways[STOCK] = stock
    curves: dict[str, list] = {name: [] for name in ways}
    for seed, name in tqdm(list(product(range(seeds), ways)), desc=f"hidden size {size}"):
        curves[name].append(ways[name](seed))
    best = {name: [min(loss for _, loss in c) for c in found] for name, found in curves.items()}
    return {
        "validation_loss": best,
        "difference": {name: _difference(best[name], best[SHUFFLED]) for name in ways},
        "to_stock_loss": {name: _to_loss(curves[name], curves[STOCK]) for name in (BOOK, SHUFFLED)},
        "curves": curves,
    }


def _learn(case: Case, size: int, schedule: Run, seed: int) -> list[tuple[float, float]]:
    """Train as the package does: processor time so far and validation loss after each epoch."""
    schedule = replace(schedule, seed=seed)
    network, curve = case.network(seed, hidden_size=size), []
    issues = case.training.issues, case.validation.issues[:1]
    watch = {"spent": 0.0, "since": time.process_time()}

    def on_epoch(_) -> None:
        watch["spent"] += time.process_time() - watch["since"]
        curve.append((watch["spent"], evaluate(network, quantile_loss, case.validation)))
        watch["since"] = time.process_time()

    with TemporaryDirectory() as folder:
        checkpoint = Path(folder) / "checkpoint.pt"
        train(network, quantile_loss, case.panel, issues, schedule, checkpoint, on_epoch)
    return curve


def _learn_stock(case: Case, dataset, size: int, schedule: Run, seed: int):
    """Train the library's network, from our first weights and with our learning rates."""
    network = make_stock(case, dataset, size, FromBaseline)
    ours = case.network(seed, hidden_size=size)
    network.load_state_dict(ours.tft.state_dict())
    network.baseline = baseline_of(case)
    network.typical = torch.as_tensor(case.panel.typical)
    follow = Follow(case, ours, schedule)
    pl.seed_everything(seed, verbose=False)
    loader = make_loader(case, dataset)
    fit_stock(network, loader, schedule.steps_per_epoch, follow, schedule.epochs)
    return follow.curve


def baseline_of(case: Case) -> torch.Tensor:
    """What networks forecast the change from: (series, issue step, lead_time, target)."""
    panel = case.panel
    return torch.as_tensor(panel.anchor[:, :, None] * panel.fading[:, None])


class FromBaseline(TemporalFusionTransformer):
    """The stock network on our targets: changes from the damped persistence, in their unit."""

    def step(self, x, y, batch_idx, **kwargs):
        """Turn the targets into changes, then step as the library does."""
        series = x["groups"][:, 0]
        baseline = self.baseline[series, x["decoder_time_idx"][:, 0] - 1]
        changes = (torch.stack(list(y[0]), dim=-1) - baseline) / self.typical[series]
        return super().step(x, (list(changes.unbind(-1)), y[1]), batch_idx, **kwargs)


class Follow(pl.Callback):
    """Sets our learning rates; reads the clock and our validation loss at the end of an epoch."""

    def __init__(self, case: Case, ours: torch.nn.Module, schedule: Run):
        self.case, self.ours, self.schedule = case, ours, schedule
        self.spent, self.curve = 0.0, []

    def on_train_epoch_start(self, trainer, module):
        """Start the clock."""
        self.before = time.process_time()

    def on_train_batch_start(self, trainer, module, batch, batch_idx):
        """Set this step's rate."""
        for group in trainer.optimizers[0].param_groups:
            group["lr"] = self.schedule.rate(trainer.global_step)

    def on_train_epoch_end(self, trainer, module):
        """Judge the weights as ours are judged; that time does not count."""
        self.spent += time.process_time() - self.before
        self.ours.tft.load_state_dict(module.state_dict())
        loss = evaluate(self.ours, quantile_loss, self.case.validation)
        self.curve.append((self.spent, loss))


def _difference(losses: list[float], shuffled: list[float]) -> dict[str, float]:
    """Mean relative difference over seeds with its 90 % interval (Student's t)."""
    relative = np.array(losses) / np.array(shuffled) - 1
    half = np.nan
    if len(relative) > 1:
        half = student.ppf(0.95, len(relative) - 1) * relative.std(ddof=1) / len(relative) ** 0.5
    spread = np.std(shuffled, ddof=1) / np.mean(shuffled) if len(shuffled) > 1 else np.nan
    return {
        "mean": float(relative.mean()),
        "low": float(relative.mean() - half),
        "high": float(relative.mean() + half),
        "spread_of_shuffled": float(spread),
    }


def _to_loss(curves: list, stock: list) -> list[dict[str, float | None]]:
    """Processor time [s] until the stock way's best loss was reached, by seed; None: never."""
    rows = []
    for curve, other in zip(curves, stock, strict=False):
        best = min(loss for _, loss in other)
        reach = [next((spent for spent, loss in c if loss <= best), None) for c in (curve, other)]
        ratio = None if reach[0] is None else reach[1] / reach[0]
        rows.append({"seconds": reach[0], "stock_seconds": reach[1], "ratio": ratio})
    return rows
