"""What a transformer's own weights say of its inputs, and what they say in a null model.

The null model is a network of the same build, trained on permuted inputs: every dynamic input is
permuted in time, each on its own and alike for all wells, and the statics are permuted among the
wells; the targets stay. Its weights differ from input to input for no reason that is in the data.
"""

from dataclasses import replace
from itertools import compress
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import xarray as xr

from swgw.attribution.attention import parts_of_past
from swgw.attribution.permutation import (
    ROWS_AT_ONCE,
    middle_windows,
    permutation_importance,
    rows_of_blocks,
)
from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, issue_steps
from swgw.models.batch import Gatherer, Rows
from swgw.models.fit import TrainedRun, learn
from swgw.models.networks import CoupledTFT
from swgw.models.run import Run, evenly
from swgw.models.training import chunks, one_thread
from swgw.storage.files import write_dataset

KINDS = ("encoder", "decoder", "static")


@torch.no_grad()
def mean_weights(network: CoupledTFT, panel: Panel, prepared: Prepared) -> xr.Dataset:
    """Average the weights of each series over windows of the test period.

    Returns
    -------
    Dataset
        Selection weights encoder (series, encoder_variable), decoder (series, decoder_variable),
        static (series, static_variable); attention (series, age) by part of the past, mean over
        lead times. Each adds up to 1 over its last dimension. steps (age) of each part.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = rows_of_blocks(gatherer, prepared.basin.settings.step)
    parts = parts_of_past(panel.encoder_length, prepared.steps_per_year / 12)
    weights = _by_series(network, gatherer, rows, blocks)
    steps = _by_series(network, gatherer, middle_windows(rows), blocks)["attention"]
    weights["attention"] = np.stack([steps[:, part].sum(axis=1) for part in parts.values()], axis=1)
    known = list(compress(panel.variables, panel.known))
    names = list(panel.variables), known, list(network.tft.static_variables)
    coords = {f"{kind}_variable": each for kind, each in zip(KINDS, names, strict=True)}
    coords |= {"series": list(panel.series), "age": list(parts)}
    data = {kind: (("series", f"{kind}_variable"), weights[kind]) for kind in KINDS}
    data["attention"] = (("series", "age"), weights["attention"])
    data["steps"] = ("age", [part.stop - part.start for part in parts.values()])
    return xr.Dataset(data, coords)


def _by_series(network, gatherer: Gatherer, rows: Rows, blocks: int) -> dict[str, np.ndarray]:
    """Mean of each kind of weight over the windows of a series: (series, …)."""
    parts: dict[str, list] = {kind: [] for kind in (*KINDS, "attention")}
    for chosen in chunks(len(rows), ROWS_AT_ONCE):
        found = network.interpret(gatherer.gather(rows.take(chosen)))
        on_encoder = found["attention"].mean(dim=1)  # (window, encoder_step)
        found["attention"] = on_encoder / on_encoder.sum(dim=1, keepdim=True)
        for kind, part in parts.items():
            part.append(found[kind].unflatten(0, (len(chosen), -1)).mean(dim=1).cpu().numpy())
    whole = {kind: np.concatenate(part) for kind, part in parts.items()}
    count = gatherer.n_series
    return {k: w.reshape(count, blocks, w.shape[-1]).mean(axis=1) for k, w in whole.items()}


def permuted(panel: Panel, seed: int) -> Panel:
    """Permute the inputs of a panel: dynamic ones in time, static ones among the series.

    Parameters
    ----------
    panel : Panel
    seed : int

    Returns
    -------
    Panel
        Targets, and the damped persistence that forecasts start from, are the panel's own.
    """
    rng = np.random.default_rng([seed, 2])
    values, reals, classes = panel.values.copy(), panel.reals.copy(), panel.classes.copy()
    for place in range(values.shape[-1]):
        values[..., place] = values[:, rng.permutation(values.shape[1]), place]
    for statics in (reals, classes):
        for place in range(statics.shape[1]):
            statics[:, place] = rng.permutation(statics[:, place])
    return replace(panel, values=values, reals=reals, classes=classes)


BY_SERIES = "values reals classes target anchor fading typical centre scale"


def null_model_weights(
    run: Run, prepared: Prepared, panel: Panel, folder: Path, windows: int
) -> xr.Dataset:
    """Train the null model of a run and average its weights; see :func:`mean_weights`.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    panel : Panel
        The run's own.
    folder : Path
        Gets checkpoint and learning curve.
    windows : int
        Training samples at most.
    """
    inputs = permuted(panel, run.seed)
    network = learn(replace(run, windows=windows), prepared, inputs, folder)
    return mean_weights(network, inputs, prepared)


# Training samples of a null model at most: it has nothing to learn.
NULL_WINDOWS = 4_800


def attribute(
    run: Run, prepared: Prepared, clusters: pd.Series | None, of: Path, most: int, folder: Path
) -> None:
    """Look into a finished run and train its null model.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    clusters : Series (well,) or None
    of : Path
        Folder of the run.
    most : int
        Series at most, spread evenly.
    folder : Path
        Gets ``importance.nc`` and ``null_model.nc``.
    """
    trained = TrainedRun(run, prepared, clusters, of)
    network, panel = trained.network, trained.panel
    some = evenly(range(len(panel.series)), most)
    parts = {name: getattr(panel, name)[some] for name in BY_SERIES.split()}
    panel = replace(panel, series=tuple(panel.series[i] for i in some), **parts)
    with one_thread():
        found = permutation_importance(network, panel, prepared, run.seed)
        found = found.merge(mean_weights(network, panel, prepared))
        write_dataset(found, folder / "importance.nc")
        null = null_model_weights(run, prepared, panel, folder, min(run.windows, NULL_WINDOWS))
    write_dataset(null, folder / "null_model.nc")
