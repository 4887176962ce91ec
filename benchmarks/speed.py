"""Windows per second of training: ours against stock, and what each step between them bought."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import lightning.pytorch as pl
import torch
from case import Case, machine, open_case
from earlier import bare_forward, block_forward, library_loss, present, stacked_forward
from stock import fit_stock, make_dataset, make_loader, make_stock
from timing import alternate, clock, paired

from swgw.models.batch import quantile_loss
from swgw.models.networks import make_tft
from swgw.models.training import one_thread, train

WARM_UP = 3  # steps before the clock starts, each time a way's turn comes
STOCK = "stock loader and Lightning"
OURS = "ours"


def measure(basin: str, hidden_sizes: tuple[int, ...], steps: int, repetitions: int) -> dict:
    """Time the ways of training one network, by hidden size.

    Parameters
    ----------
    basin : str
    hidden_sizes : tuple of int
    steps : int
        Steps of the stock way in a repetition; faster ways take more, to last as long.
    repetitions : int

    Returns
    -------
    dict
        ``machine``, ``what`` and, by hidden size, each way's windows per second and its ratio to
        the stock way.
    """
    with one_thread():
        case = open_case(basin)
        sizes = {
            str(size): paired(alternate(_ways(case, size, steps), repetitions), STOCK)
            for size in hidden_sizes
        }
        return {"machine": machine(), "what": describe(case), "hidden_size": sizes}


def describe(case: Case) -> dict:
    """What is trained, for the record."""
    run, panel = case.run, case.panel
    return {
        "series": len(panel.series),
        "dynamic inputs": len(panel.variables),
        "known ahead": int(panel.known.sum()),
        "static inputs": len(panel.static_reals) + len(panel.static_classes),
        "targets": len(panel.targets),
        "encoder_length": panel.encoder_length,
        "lead_times": panel.lead_times,
        "batch_size": run.batch_size,
        "per_row": run.per_row,
        "stride": run.stride,
    }


def _ways(case: Case, size: int, steps: int) -> dict:
    """The stock way, then one change after another; each keeps what the one before it changed."""
    one_by_one = {"per_row": 1, "stride": 1}
    return {
        STOCK: _stock(case, size, steps),
        "bare loop on tensors": _loop(case, size, steps, bare_forward, library_loss, one_by_one),
        "block windows": _loop(case, size, 2 * steps, block_forward, library_loss),
        "loss in one piece, fused Adam": _loop(case, size, 2 * steps, block_forward),
        "variables side by side": _loop(case, size, 4 * steps, stacked_forward),
        OURS: ours(case, size, 4 * steps),
        "ours on consecutive windows": ours(case, size, 4 * steps, {"stride": 1}),
    }


class Watch(pl.Callback):
    """Reads the clock after the warm-up and after the last step."""

    def __init__(self, steps: int):
        self.last, self.readings = WARM_UP + steps - 1, []

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
        """Read the clock twice in a fit."""
        if batch_idx in (WARM_UP - 1, self.last):
            self.readings.append(clock())


def _stock(case: Case, size: int, steps: int):
    dataset = make_dataset(case)
    loader, network = make_loader(case, dataset), make_stock(case, dataset, size)

    def turn():
        watch = Watch(steps)
        fit_stock(network, loader, WARM_UP + steps, watch)
        return *watch.readings, steps * case.run.batch_size

    return turn


def _loop(case: Case, size: int, steps: int, forward, loss=quantile_loss, sampling=None):
    """A bare loop; ``forward`` and ``loss`` say how much of it is the library's."""
    run, numbers = case.run, count()
    tft = make_tft(case.panel, size, run.dropout, run.attention_heads)
    optimiser = torch.optim.Adam(tft.parameters(), fused=loss is quantile_loss)

    def epoch(n: int) -> int:
        schedule = case.schedule(n, **(sampling or {}))
        return present(tft, forward, loss, case.training, schedule, optimiser, next(numbers))

    def turn():
        epoch(WARM_UP)
        before = clock()
        windows = epoch(steps)
        return before, clock(), windows

    return turn


def ours(case: Case, size: int, steps: int, sampling: dict | None = None):
    """The package's own training, checkpoint included, its second epoch of two."""
    network, numbers = case.network(hidden_size=size), count()
    schedule = case.schedule(steps, 2, **(sampling or {}))
    issues = case.training.issues, case.validation.issues[:1]

    def turn():
        readings = []

        def on_epoch(curve: list[dict]) -> None:
            readings.append((clock(), curve[-1]["windows"]))

        with TemporaryDirectory() as folder:
            checkpoint = Path(folder) / "checkpoint.pt"
            run = replace(schedule, seed=next(numbers))
            train(network, quantile_loss, case.panel, issues, run, checkpoint, on_epoch)
        (before, first), (after, last) = readings
        return before, after, last - first

    return turn
