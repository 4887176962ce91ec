"""Selection weights well by well, of a network and of its twin trained on shuffled inputs.

In the twin's data every dynamic input is shuffled in time, each on its own and the same way for
all wells, and the statics are dealt among the wells; the targets stay. What weights such a network
gives, it gives for no reason that lies in the data.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import xarray as xr

from swgw.attribution.permutation import ROWS_AT_ONCE, block_rows
from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel
from swgw.inputs.windows import issue_steps
from swgw.models.batch import Gatherer
from swgw.models.fit import learn
from swgw.models.run import Run
from swgw.models.tft import CoupledTFT
from swgw.models.training import chunks, one_thread

KINDS = ("encoder", "decoder", "static")


@torch.no_grad()
def read_weights(network: CoupledTFT, panel: Panel, prepared: Prepared) -> xr.Dataset:
    """Read the selection weights of each series, mean over its test windows.

    Returns
    -------
    Dataset
        encoder (series, encoder_variable), decoder (series, decoder_variable), static (series,
        static_variable); each adds up to 1 over its variables.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = block_rows(gatherer, prepared.basin.settings.step)
    parts = {kind: [] for kind in KINDS}
    for chosen in chunks(len(rows), ROWS_AT_ONCE):
        read = network.interpret(gatherer.gather(rows.take(chosen)))
        for kind in KINDS:
            by_row = read[kind].unflatten(0, (len(chosen), -1)).mean(dim=1)
            parts[kind].append(by_row.cpu().numpy())
    by_row = {kind: np.concatenate(part) for kind, part in parts.items()}
    known = [name for name, k in zip(panel.variables, panel.known, strict=True) if k]
    names = list(panel.variables), known, list(network.tft.static_variables)
    coords = {f"{kind}_variable": each for kind, each in zip(KINDS, names, strict=True)}
    coords["series"] = [panel.series[i] for i in dict.fromkeys(rows.series)]
    data = {
        kind: (
            ("series", f"{kind}_variable"),
            values.reshape(len(coords["series"]), blocks, values.shape[-1]).mean(axis=1),
        )
        for kind, values in by_row.items()
    }
    return xr.Dataset(data, coords)


def shuffled(panel: Panel, seed: int) -> Panel:
    """Shuffle the inputs of a panel: dynamic ones in time, static ones among the series.

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


def train_on_shuffled(
    run: Run, prepared: Prepared, panel: Panel, folder: Path, windows: int
) -> xr.Dataset:
    """Train a run's network on shuffled inputs and read its weights; see :func:`read_weights`.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    panel : Panel
        The run's own.
    folder : Path
        Gets checkpoint and learning curve.
    windows : int
        Presented, at most.
    """
    changed = shuffled(panel, run.seed)
    with one_thread():
        network = learn(replace(run, windows=windows), prepared, changed, folder)
        return read_weights(network, changed, prepared)
