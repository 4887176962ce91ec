"""Ours against other libraries' TFTs, each in its own process, turn by turn."""

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from case import Case, machine, open_case
from speed import OURS, WARM_UP, describe, ours
from timing import alternate, paired

from swgw.models.training import one_thread
from swgw.scores.skill import LEVELS

PEERS = ("darts", "neuralforecast")
WORKER = Path(__file__).parent / "peers" / "worker.py"


def measure(
    basin: str, hidden_sizes: tuple[int, ...], steps: int, repetitions: int, command: list[str]
) -> dict:
    """Time a training step of ours and of each peer, by hidden size.

    Parameters
    ----------
    basin : str
    hidden_sizes : tuple of int
    steps : int
    repetitions : int
    command : list of str
        Runs a worker in the peers' environment: the name of a peer and a file are added to it.
    """
    with one_thread():
        case = open_case(basin)
        sizes = {
            str(size): _compare(case, size, steps, repetitions, command) for size in hidden_sizes
        }
        return {"machine": machine(), "what": describe(case), "hidden_size": sizes}


def _compare(case: Case, size: int, steps: int, repetitions: int, command: list[str]) -> dict:
    ways = {OURS: ours(case, size, 4 * steps)}
    with ExitStack() as stack:
        data = Path(stack.enter_context(TemporaryDirectory())) / "data.npz"
        export(case, size, steps, data)
        for peer in PEERS:
            worker = subprocess.Popen(
                [*command, peer, str(data)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(worker)
            ways[peer] = _turn_of(worker)
        return paired(alternate(ways, repetitions), OURS)


def _turn_of(worker: subprocess.Popen):
    def turn():
        print("go", file=worker.stdin, flush=True)
        before, after, windows = json.loads(worker.stdout.readline())
        return before, after, windows

    return turn


def export(case: Case, size: int, steps: int, path: Path) -> None:
    """Write the training years and the settings for the peers; gaps in targets become 0."""
    panel, issues, run = case.panel, case.training.issues, case.run
    inside = np.arange(issues[0] - panel.encoder_length + 1, issues[-1] + panel.lead_times + 1)
    settings = {
        "variables": panel.variables,
        "targets": panel.targets,
        "static_reals": panel.static_reals,
        "static_classes": panel.static_classes,
        "embeddings": {
            name: (count, min(round(1.6 * count**0.56), 8))
            for name, count in zip(panel.static_classes, panel.class_counts, strict=True)
        },
        "encoder_length": panel.encoder_length,
        "lead_times": panel.lead_times,
        "levels": LEVELS,
        "hidden_size": size,
        "attention_heads": run.attention_heads,
        "dropout": run.dropout,
        "learning_rate": run.learning_rate,
        "batch_size": run.batch_size,
        "warm_up": WARM_UP,
        "steps": steps,
    }
    np.savez(
        path,
        values=panel.values[:, inside],
        target=np.nan_to_num(panel.target[:, inside]),
        known=panel.known,
        reals=panel.reals,
        classes=panel.classes,
        settings=json.dumps(settings),
    )
