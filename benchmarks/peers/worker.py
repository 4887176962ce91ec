"""A peer's TFT on our series, trained a few steps whenever a line comes in on standard input.

Runs in the peers' environment: ``python worker.py darts|neuralforecast DATA.npz``. For each line
read it writes one line of JSON: the clock (elapsed, processor seconds) before and after the timed
steps, and how many windows they presented.
"""

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytorch_lightning as pl
import torch

TRAINER = {
    "accelerator": "cpu",
    "logger": False,
    "enable_checkpointing": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "gradient_clip_val": 1.0,
}
SERIES_AT_ONCE = 4  # as our batches: neuralforecast draws a batch's windows from so many series


class Watch(pl.Callback):
    """Reads the clock after the warm-up and after the last step, wherever epochs end."""

    def __init__(self, warm_up: int, steps: int):
        self.first, self.last = warm_up, warm_up + steps
        self.done, self.readings = 0, []

    def __deepcopy__(self, memo):
        """Stay the one that is asked: neuralforecast copies what it is given."""
        return self

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
        """Count a step."""
        self.done += 1
        if self.done in (self.first, self.last):
            self.readings.append((time.perf_counter(), time.process_time()))


def darts_turn(data: dict, settings: dict) -> Callable[[Watch], None]:
    """Both targets at once; the targets' pasts take the place of ours among the inputs."""
    from darts import TimeSeries
    from darts.models import TFTModel
    from darts.utils.likelihood_models import QuantileRegression

    observed, known = inputs(data, settings["targets"])
    statics = pd.DataFrame(
        np.hstack([data["reals"], data["classes"]]),
        columns=[*settings["static_reals"], *settings["static_classes"]],
    )
    steps = pd.RangeIndex(data["values"].shape[1])

    def series(values: np.ndarray, static: pd.DataFrame | None = None) -> TimeSeries:
        return TimeSeries(steps, values.astype(np.float32), static_covariates=static)

    n = range(len(data["values"]))
    targets = [series(data["target"][i], statics.iloc[[i]]) for i in n]
    past = [series(data["values"][i][:, observed]) for i in n]
    future = [series(data["values"][i][:, known]) for i in n]

    def turn(watch: Watch) -> None:
        model = TFTModel(
            input_chunk_length=settings["encoder_length"],
            output_chunk_length=settings["lead_times"],
            hidden_size=settings["hidden_size"],
            num_attention_heads=settings["attention_heads"],
            dropout=settings["dropout"],
            hidden_continuous_size=8,
            categorical_embedding_sizes={k: tuple(v) for k, v in settings["embeddings"].items()},
            skip_interpolation=True,
            likelihood=QuantileRegression(settings["levels"]),
            batch_size=settings["batch_size"],
            n_epochs=1,
            optimizer_kwargs={"lr": settings["learning_rate"]},
            random_state=0,
            pl_trainer_kwargs=TRAINER | {"callbacks": [watch], "limit_train_batches": watch.last},
        )
        model.fit(targets, past_covariates=past, future_covariates=future)

    return turn


def neuralforecast_turn(data: dict, settings: dict) -> Callable[[Watch], None]:
    """One target, the first: it takes no more."""
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss
    from neuralforecast.models import TFT

    names = np.array(settings["variables"])
    observed, known = inputs(data, settings["targets"][:1])
    n, length, _ = data["values"].shape
    table = {"unique_id": np.repeat(np.arange(n), length), "ds": np.tile(np.arange(length), n)}
    table["y"] = data["target"][:, :, 0].ravel()
    table |= {name: data["values"][:, :, i].ravel() for i, name in enumerate(names)}
    statics = [*settings["static_reals"], *settings["static_classes"]]
    static = pd.DataFrame(np.hstack([data["reals"], data["classes"]]), columns=statics)
    static.insert(0, "unique_id", np.arange(n))

    def turn(watch: Watch) -> None:
        model = TFT(
            h=settings["lead_times"],
            input_size=settings["encoder_length"],
            futr_exog_list=list(names[known]),
            hist_exog_list=list(names[observed]),
            stat_exog_list=statics,
            hidden_size=settings["hidden_size"],
            n_head=settings["attention_heads"],
            dropout=settings["dropout"],
            loss=MQLoss(quantiles=settings["levels"]),
            max_steps=watch.last,
            val_check_steps=watch.last,
            learning_rate=settings["learning_rate"],
            batch_size=SERIES_AT_ONCE,
            windows_batch_size=settings["batch_size"],
            scaler_type="identity",
            callbacks=[watch],
            **TRAINER,
        )
        NeuralForecast([model], freq=1).fit(pd.DataFrame(table), static_df=static)

    return turn


def inputs(data: dict, targets: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which variables are observed only, less the pasts of the targets, and which are known."""
    own = {"head": "head_change", "surface_water": "surface_water"}
    is_past = np.isin(data["variables"], [own[name] for name in targets])
    return np.flatnonzero(~data["known"] & ~is_past), np.flatnonzero(data["known"])


def main() -> None:
    """Read the data, then serve turns."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    data = dict(np.load(sys.argv[2]))
    settings = json.loads(str(data.pop("settings")))
    data["variables"] = np.array(settings["variables"])
    turn = {"darts": darts_turn, "neuralforecast": neuralforecast_turn}[sys.argv[1]](data, settings)
    out, sys.stdout = sys.stdout, sys.stderr  # libraries talk
    for _ in sys.stdin:
        watch = Watch(settings["warm_up"], settings["steps"])
        turn(watch)
        windows = settings["steps"] * settings["batch_size"]
        print(json.dumps([*watch.readings, windows]), file=out, flush=True)


if __name__ == "__main__":
    main()
