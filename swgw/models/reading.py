"""What a trained Temporal Fusion Transformer says of its inputs, beside a null.

Attention and variable selection weights are read as the library gives them.
"""

from dataclasses import replace

import numpy as np
import torch
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel
from swgw.inputs.windows import issue_steps
from swgw.models.batch import Block, Gatherer, Rows
from swgw.models.tft import CoupledTFT
from swgw.models.training import FORECAST_PER_ROW, FORECAST_ROWS, chunks

NULL_PERMUTATIONS = 50
NULL_SERIES = 50
READ_ROWS = 60
READ_SERIES = 200


@torch.no_grad()
def interpret_run(network: CoupledTFT, panel: Panel, prepared: Prepared, seed: int) -> xr.Dataset:
    """Read a network on its test windows and on those issued at the end of training.

    Returns
    -------
    Dataset
        attention (lead_time, encoder_step): mean over test windows; attention_at_issue (series,
        lead_time, encoder_step): windows issued at the last training step (paper, Fig. 10);
        attention_null (permutation, encoder_step): the same windows with their past shuffled in
        time, mean over wells and lead times; encoder_importance, decoder_importance and
        static_importance: mean selection weights, adding up to 1.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows = gatherer.tile(FORECAST_PER_ROW, 1)
    rows = rows.take(np.arange(0, len(rows), -(-len(rows) // READ_ROWS)))
    read = _mean_reading(network, gatherer, rows)
    step = int(np.flatnonzero(prepared.inside("train"))[-1])
    weights = {name: read[name] / read[name].sum() for name in ("encoder", "decoder")}
    statics = read["static"] / max(read["static"].sum(), 1e-12)
    return xr.Dataset(
        {
            "attention": (("lead_time", "encoder_step"), read["attention"]),
            "attention_at_issue": (
                ("series", "lead_time", "encoder_step"),
                _attention_at(network, panel, step),
            ),
            "attention_null": (("permutation", "encoder_step"), _null(network, panel, step, seed)),
            "encoder_importance": ("encoder_variable", weights["encoder"]),
            "decoder_importance": ("decoder_variable", weights["decoder"]),
            "static_importance": ("static_variable", statics),
        },
        {
            "series": list(panel.series),
            "lead_time": np.arange(1, panel.lead_times + 1),
            "encoder_step": np.arange(1 - panel.encoder_length, 1),
            "encoder_variable": list(panel.variables),
            "decoder_variable": [
                name for name, known in zip(panel.variables, panel.known, strict=True) if known
            ],
            "static_variable": list(network.tft.static_variables),
            "target": list(panel.targets),
        },
        {"issued_at": str(prepared.time[step].date())},
    )


def _mean_reading(network: CoupledTFT, gatherer: Gatherer, rows: Rows) -> dict[str, np.ndarray]:
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


def _windows_at(panel: Panel, step: int, series: np.ndarray) -> Block:
    """Windows of some series that are issued at one step."""
    rows = Rows(series, np.full(len(series), step), per_row=1, stride=1)
    return Gatherer(panel, np.array([step])).gather(rows)


def _attention_at(network: CoupledTFT, panel: Panel, step: int) -> np.ndarray:
    """Attention of every series at one issue step: (series, lead_time, encoder_step)."""
    some = [
        network.interpret(_windows_at(panel, step, series))["attention"].cpu().numpy()
        for series in chunks(len(panel.series), READ_SERIES)
    ]
    return np.concatenate(some)


def _null(network: CoupledTFT, panel: Panel, step: int, seed: int) -> np.ndarray:
    """Attention on a past whose steps are shuffled: what position alone draws."""
    generator = torch.Generator().manual_seed(seed)
    every = np.arange(len(panel.series))
    block = _windows_at(panel, step, every[:: -(-len(every) // NULL_SERIES)])
    attention = []
    for _ in range(NULL_PERMUTATIONS):
        values = block.values.clone()
        order = torch.randperm(block.encoder_length, generator=generator)
        values[:, : block.encoder_length] = values[:, order]
        shuffled = replace(block, values=values)
        attention.append(network.interpret(shuffled)["attention"].mean(dim=(0, 1)).cpu().numpy())
    return np.stack(attention)
