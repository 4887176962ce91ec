"""What a trained Temporal Fusion Transformer says of its inputs, beside a null.

Attention and variable selection weights are read as the library gives them; permutation importance
asks how much worse the forecasts become when one input is shuffled over windows.
"""

import numpy as np
import torch
import xarray as xr

from swgw.models.batch import Batch, Gatherer
from swgw.models.losses import QUANTILE_LEVELS
from swgw.models.tft import CoupledTFT
from swgw.models.training import FORECAST_BATCH, chunks, thin
from swgw.prepare import Prepared
from swgw.windows import Panel, Windows, make_windows

NULL_PERMUTATIONS = 50
READ_WINDOWS = 2000
IMPORTANCE_WINDOWS = 600


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
        static_importance: mean selection weights, adding up to 1; permutation_importance
        (target, encoder_variable): relative rise of the quantile loss.
    """
    network.eval()
    gatherer = Gatherer(panel)
    test = thin(make_windows(panel, prepared.inside("test"), observed_only=False), READ_WINDOWS)
    read = _mean_reading(network, gatherer, test)
    last = _windows_at_end_of_training(panel, prepared)
    batch = gatherer.gather(last, np.arange(len(last)))
    weights = {name: read[name] / read[name].sum() for name in ("encoder", "decoder")}
    statics = read["static"] / max(read["static"].sum(), 1e-12)
    importance = permutation_importance(network, gatherer, thin(test, IMPORTANCE_WINDOWS), seed)
    return xr.Dataset(
        {
            "attention": (("lead_time", "encoder_step"), read["attention"]),
            "attention_at_issue": (
                ("series", "lead_time", "encoder_step"),
                network.interpret(batch)["attention"].numpy(),
            ),
            "attention_null": (("permutation", "encoder_step"), _null(network, batch, seed)),
            "encoder_importance": ("encoder_variable", weights["encoder"]),
            "decoder_importance": ("decoder_variable", weights["decoder"]),
            "static_importance": ("static_variable", statics),
            "permutation_importance": (("target", "encoder_variable"), importance),
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
        {"issued_at": str(prepared.time[last.issue[0]].date())},
    )


def _mean_reading(network: CoupledTFT, gatherer: Gatherer, windows: Windows) -> dict:
    totals: dict[str, np.ndarray] = {}
    for rows in chunks(len(windows), FORECAST_BATCH):
        for name, value in network.interpret(gatherer.gather(windows, rows)).items():
            totals[name] = totals.get(name, 0.0) + value.sum(dim=0).numpy()
    return {name: total / len(windows) for name, total in totals.items()}


def _windows_at_end_of_training(panel: Panel, prepared: Prepared) -> Windows:
    last = int(np.flatnonzero(prepared.inside("train"))[-1])
    series = np.arange(len(panel.series))
    return Windows(series, np.full(len(series), last))


def _null(network: CoupledTFT, batch: Batch, seed: int) -> np.ndarray:
    """Attention on a past whose steps are shuffled: what position alone draws."""
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for _ in range(NULL_PERMUTATIONS):
        order = torch.randperm(batch.past.shape[1], generator=generator)
        shuffled = Batch(**{**vars(batch), "past": batch.past[:, order]})
        rows.append(network.interpret(shuffled)["attention"].mean(dim=(0, 1)).numpy())
    return np.stack(rows)


def permutation_importance(
    network: CoupledTFT, gatherer: Gatherer, windows: Windows, seed: int
) -> np.ndarray:
    """Relative rise of each target's loss when an input, past and future, comes from other windows.

    Returns
    -------
    array (target, variable)
        0.1 means that the loss rose by a tenth; negative values are chance.
    """
    batch = gatherer.gather(windows, np.arange(len(windows)))
    generator = torch.Generator().manual_seed(seed)
    base = _loss_by_target(network, batch)
    rises = []
    for i in range(batch.past.shape[-1]):
        order = torch.randperm(len(windows), generator=generator)
        past, future = batch.past.clone(), batch.future.clone()
        past[..., i], future[..., i] = past[order, :, i], future[order, :, i]
        changed = Batch(**{**vars(batch), "past": past, "future": future})
        rises.append(_loss_by_target(network, changed) / base - 1)
    return np.stack(rises, axis=1)


def _loss_by_target(network: CoupledTFT, batch: Batch) -> np.ndarray:
    levels = torch.tensor(QUANTILE_LEVELS)
    error = batch.target[..., None] - network(batch)
    pinball = torch.maximum(levels * error, (levels - 1) * error).mean(dim=-1)  # (B, L, target)
    observed = batch.weight.sum(dim=(0, 1)).clamp(min=1)
    return ((pinball * batch.weight).sum(dim=(0, 1)) / observed).numpy()
