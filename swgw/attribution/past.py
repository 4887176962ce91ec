"""Which part of the past a network attends to, and which part its forecasts need.

The encoder's steps are cut into parts by age. For each part, attention gives a share; and all
dynamic inputs of that part are taken from another time of the test period, to see how much the loss
rises. The first is what the network says of itself, the second is what it does.
"""

from dataclasses import replace

import numpy as np
import torch
import xarray as xr

from swgw.attribution.groups import parts_of_past
from swgw.attribution.permutation import ONCE, block_rows, row_losses, shifts
from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel
from swgw.inputs.windows import issue_steps
from swgw.models.batch import Gatherer
from swgw.models.tft import CoupledTFT
from swgw.models.training import chunks

WINDOWS_AT_ONCE = 128


@torch.no_grad()
def importance_of_past(
    network: CoupledTFT, panel: Panel, prepared: Prepared, seed: int
) -> xr.Dataset:
    """Read attention by age and exchange the past by age, one window in each block.

    Returns
    -------
    Dataset
        attention (series, age): mean share over windows and lead times, adding up to 1;
        loss_of_windows (target, series, block) and rise_of_past (target, age, series, block): as
        in :func:`swgw.attribution.permutation.permutation_importance`.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = block_rows(gatherer, prepared.basin.settings.step)
    rows = replace(rows, first=rows.first + (rows.per_row - 1) * rows.stride // 2, per_row=1)
    parts = parts_of_past(panel.encoder_length, prepared.steps_per_year / 12)
    rng = np.random.default_rng([seed, 3])
    series = [panel.series[i] for i in dict.fromkeys(rows.series)]
    sources = [
        replace(rows, first=np.tile(np.roll(rows.first[:blocks], shift), len(series)))
        for shift in shifts(rng, blocks, ONCE)
    ]
    found = [
        _read(network, gatherer, rows.take(chosen), [s.take(chosen) for s in sources], parts)
        for chosen in chunks(len(rows), WINDOWS_AT_ONCE)
    ]
    loss, rise, attention = (np.concatenate(each, axis=-1) for each in zip(*found, strict=True))
    shape = len(series), blocks
    dims = ("target", "age", "series", "block")
    return xr.Dataset(
        {
            "loss_of_windows": (("target", *dims[2:]), loss.reshape(len(loss), *shape)),
            "rise_of_past": (dims, rise.swapaxes(0, 1).reshape(len(loss), len(parts), *shape)),
            "attention": (dims[1:3], attention.reshape(len(parts), *shape).mean(axis=-1)),
        },
        {"target": list(panel.targets), "series": series, "age": list(parts)},
    )


def _read(network, gatherer: Gatherer, rows, sources: list, parts: dict[str, slice]):
    """Give the losses (target, row), their rises (age, target, row) and attention (age, row)."""
    block = gatherer.gather(rows)
    base = row_losses(network, block)
    rises = np.zeros((len(parts), *base.shape), np.float32)
    for source in sources:
        other = gatherer.gather(source).values
        for i, part in enumerate(parts.values()):
            values = block.values.clone()
            values[:, part] = other[:, part]
            changed = row_losses(network, replace(block, values=values))
            rises[i] += (changed - base) / len(sources)
    weights = network.interpret(block)["attention"].mean(dim=1).cpu().numpy()  # (row, step)
    weights = weights / weights.sum(axis=1, keepdims=True)
    return base, rises, np.stack([weights[:, part].sum(axis=1) for part in parts.values()])
