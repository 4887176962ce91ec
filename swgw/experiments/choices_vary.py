"""A run with one choice made otherwise: trained, forecast, and kept in its folder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, make_panel, typical_change
from swgw.inputs.wells import fit_som
from swgw.inputs.windows import issue_steps
from swgw.models import fit
from swgw.models.batch import Block
from swgw.models.hindcast import task_hindcast
from swgw.models.losses import QUANTILE_LEVELS
from swgw.models.run import Run
from swgw.models.training import Schedule, one_thread, predict, train
from swgw.storage.files import write_dataset, write_text

LENGTHS = {"shorter": 0.5, "longer": 2.0}
CLUSTERS = {"two": 2, "five": 5}


def make_variant(
    key: str, run: Run, prepared: Prepared, clusters: pd.Series | None, folder: Path
) -> None:
    """Train a run with one choice changed and write its forecasts of the test period.

    Parameters
    ----------
    key : str
        Of a choice in :data:`swgw.experiments.choices.CHOICES`, or empty for none.
    run : Run
    prepared : Prepared
    clusters : Series (well,) or None
    folder : Path
    """
    prepared = with_length(prepared, LENGTHS.get(key, 1.0))
    if key in CLUSTERS:
        clusters = fit_som(prepared, CLUSTERS[key]).clusters
    panel = changed_panel(key, make_panel(prepared, run.inputs(), clusters), prepared)
    with one_thread():
        network = _learn(key, run, prepared, panel, folder)
        issues = issue_steps(panel, prepared.inside("test"))
        values = predict(network, panel, issues)
    levels = QUANTILE_LEVELS if run.experiment.model == "TFT" else None
    for i, task in enumerate(panel.targets):
        own = values[:, :, :, i]
        found = task_hindcast(prepared, task, run.gauge, panel.series, issues, own, levels)
        write_dataset(found[["forecast", "observed"]], folder / f"{task}.nc")


def with_length(prepared: Prepared, factor: float) -> Prepared:
    """Make the encoder longer or shorter."""
    settings = prepared.basin.settings
    length = max(1, round(factor * settings.encoder_length))
    basin = replace(prepared.basin, settings=replace(settings, encoder_length=length))
    return replace(prepared, basin=basin)


def changed_panel(key: str, panel: Panel, prepared: Prepared) -> Panel:
    """Change what a panel holds as a choice asks; most choices leave it as it is.

    Parameters
    ----------
    key : str
    panel : Panel
    prepared : Prepared
        Tells the training years.
    """
    if key in ("undamped", "climatology"):
        fading = np.full_like(panel.fading, float(key == "undamped"))
        return in_own_unit(replace(panel, fading=fading), prepared.inside("train"))
    if key == "level":
        training = prepared.inside("train")
        return in_own_unit(as_level(panel, training), training)
    if key == "lags":
        lagged = [name.startswith("surface_water_lag_") for name in panel.variables]
        return replace(panel, known=panel.known & ~np.array(lagged))
    return panel


def in_own_unit(panel: Panel, training: np.ndarray) -> Panel:
    """Measure anew how large the changes typically are, after what they start from was changed."""
    typical = typical_change(panel.target, panel.anchor, panel.fading, training)
    return replace(panel, typical=typical)


def as_level(panel: Panel, training: np.ndarray) -> Panel:
    """Let a network forecast the level, standardised over the training years, from nothing."""
    value = panel.centre + panel.scale[:, None] * panel.target  # (series, time, target)
    mean = np.nanmean(value[:, training], axis=1)
    spread = np.nanstd(value[:, training], axis=1)
    spread = np.where(spread > 1e-9, spread, 1.0)
    target = (value - mean[:, None]) / spread[:, None]
    centre = np.broadcast_to(mean[:, None], value.shape)
    return replace(
        panel,
        target=target.astype(np.float32),
        centre=centre.astype(np.float32),
        scale=spread.astype(np.float32),
        anchor=np.zeros_like(panel.anchor),
    )


def batch_loss(prediction: torch.Tensor, block: Block) -> torch.Tensor:
    """1 − R² with the SST of the batch itself, about its own mean, task by task."""
    weight = block.weight
    count = weight.sum(dim=(0, 1)).clamp(min=1)
    mean = (block.target * weight).sum(dim=(0, 1)) / count
    sst = ((block.target - mean) ** 2 * weight).sum(dim=(0, 1))
    sse = ((prediction[..., 0] - block.target) ** 2 * weight).sum(dim=(0, 1))
    return (sse / sst.clamp(min=1e-6)).mean()


def _learn(key: str, run: Run, prepared: Prepared, panel: Panel, folder: Path):
    """Train as every run is trained, with the loss that the choice asks for."""
    if key != "batch":
        return fit.learn(run, prepared, panel, folder)
    network = fit.make_network(run, panel)
    issues = tuple(issue_steps(panel, prepared.inside(p)) for p in ("train", "validation"))
    size = (run.batch_size, run.per_row, run.stride, run.level_shift, run.learning_rate)
    schedule = Schedule(run.windows, run.epochs, run.patience, *size)

    def write_curve(curve: list[dict]) -> None:
        text = pd.DataFrame(curve).to_csv(index=False)
        write_text(folder / "learning_curve.csv", text)

    checkpoint = folder / "checkpoint.pt"
    train(network, batch_loss, panel, issues, schedule, run.seed, checkpoint, write_curve)
    return network
