"""Attention and variable selection weights of a trained Temporal Fusion Transformer, with a null.

Weights are those of the library's network. The null permutes the steps of the past: what attention
is left comes from the position of a step alone.
"""

from dataclasses import replace
from itertools import compress

import numpy as np
import torch
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, issue_steps
from swgw.models.batch import Gatherer, Rows, gather_at
from swgw.models.networks import CoupledTFT
from swgw.models.run import evenly
from swgw.models.training import FORECAST_PER_ROW, FORECAST_ROWS, chunks

PERMUTATIONS = 50
NULL_SERIES = 50
MEAN_ROWS = 60
SERIES_AT_ONCE = 200


@torch.no_grad()
def interpret_run(network: CoupledTFT, panel: Panel, prepared: Prepared) -> xr.Dataset:
    """Give a network's weights on its test windows.

    Returns
    -------
    Dataset
        attention (lead_time, encoder_step): mean over windows; encoder_importance,
        decoder_importance and static_importance: mean selection weights, adding up to 1.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows = gatherer.tile(FORECAST_PER_ROW, 1)
    rows = rows.take(evenly(range(len(rows)), MEAN_ROWS))
    mean = _mean_weights(network, gatherer, rows)
    weights = {name: mean[name] / mean[name].sum() for name in ("encoder", "decoder")}
    statics = mean["static"] / max(mean["static"].sum(), 1e-12)
    return xr.Dataset(
        {
            "attention": (("lead_time", "encoder_step"), mean["attention"]),
            "encoder_importance": ("encoder_variable", weights["encoder"]),
            "decoder_importance": ("decoder_variable", weights["decoder"]),
            "static_importance": ("static_variable", statics),
        },
        {
            "lead_time": np.arange(1, panel.lead_times + 1),
            "encoder_step": np.arange(1 - panel.encoder_length, 1),
            "encoder_variable": list(panel.variables),
            "decoder_variable": list(compress(panel.variables, panel.known)),
            "static_variable": list(network.tft.static_variables),
        },
    )


def _mean_weights(network: CoupledTFT, gatherer: Gatherer, rows: Rows) -> dict[str, np.ndarray]:
    """Mean over the windows inside the period."""
    totals: dict[str, np.ndarray] = {}
    count = 0
    for chosen in chunks(len(rows), FORECAST_ROWS):
        some = rows.take(chosen)
        inside = gatherer.inside(some).ravel()
        for name, value in network.interpret(gatherer.gather(some)).items():
            totals[name] = totals.get(name, 0.0) + value[inside].sum(dim=0).cpu().numpy()
        count += inside.sum()
    return {name: total / count for name, total in totals.items()}


@torch.no_grad()
def attention_at(network: CoupledTFT, panel: Panel, step: int) -> np.ndarray:
    """Give the attention of every series' window issued at a step, mean over attention heads.

    Returns
    -------
    array (series, lead_time, encoder_step)
    """
    parts = chunks(len(panel.series), SERIES_AT_ONCE)
    blocks = (gather_at(panel, np.array([step]), series) for series in parts)
    return np.concatenate([network.interpret(b)["attention"].cpu().numpy() for b in blocks])


@torch.no_grad()
def attention_of_permuted_past(network: CoupledTFT, panel: Panel, step: int) -> np.ndarray:
    """Give the attention of the same windows with the steps of their past in random orders.

    The orders are the same for every network, so that a mean over networks has a null, too.

    Returns
    -------
    array (permutation, encoder_step)
        Mean over lead times and at most 50 series.
    """
    generator = torch.Generator().manual_seed(0)
    block = gather_at(panel, np.array([step]), evenly(range(len(panel.series)), NULL_SERIES))
    attention = []
    for _ in range(PERMUTATIONS):
        values = block.values.clone()
        order = torch.randperm(block.encoder_length, generator=generator)
        values[:, : block.encoder_length] = values[:, order]
        permuted = network.interpret(replace(block, values=values))["attention"]
        attention.append(permuted.mean(dim=(0, 1)).cpu().numpy())
    return np.stack(attention)
