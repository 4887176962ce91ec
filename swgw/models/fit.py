"""One run from start to end: panel, training, hindcast, interpretation, all in its folder."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, issue_steps, make_panel
from swgw.models.baseline import task_hindcast
from swgw.models.batch import QUANTILE_LEVELS, device, one_minus_r2, quantile_loss
from swgw.models.run import Run, fold_bins
from swgw.models.training import one_thread, predict, train
from swgw.storage.errors import UserError
from swgw.storage.files import write_dataset, write_text
from swgw.storage.results import CURVE, timed


def make_network(run: Run, panel: Panel) -> torch.nn.Module:
    """Build an untrained network for a run; its first weights follow from the run's seed."""
    torch.manual_seed(run.seed)
    if run.experiment.model == "TFT":
        from swgw.models.tft import CoupledTFT

        return CoupledTFT(panel, run.hidden_size, run.dropout, run.attention_heads)
    from swgw.models.rnn import CnnRnn

    return CnnRnn(panel, run.experiment.model, run.hidden_size, run.dropout).to(device())


def fit(
    run: Run,
    prepared: Prepared,
    clusters: pd.Series | None,
    folder: Path,
    interpret: bool = True,
    panel: Panel | None = None,
) -> None:
    """Carry out a run, or the rest of an interrupted one, and write its folder.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    clusters : Series (well,) or None
        Fitted on the training years.
    folder : Path
    interpret : bool
        Whether a TFT's attention, selection weights and permutation importance are kept too.
    panel : Panel, optional
        Inputs and targets instead of those of the run.
    """
    scored, tft = prepared.inside("test"), run.experiment.model == "TFT"
    if run.fold is not None:
        scored = fold_bins(prepared, run.fold)
        prepared = prepared.without(scored)
    with one_thread():
        with timed(folder, "panel"):
            panel = panel or make_panel(prepared, run.inputs(), clusters)
        with timed(folder, "training") as keep:
            network = learn(run, prepared, panel, folder, lambda _: keep())
        with timed(folder, "hindcast"):
            issues, levels = issue_steps(panel, scored), QUANTILE_LEVELS if tft else None
            values = predict(network, panel, issues)
            for i, task in enumerate(panel.targets):
                given = prepared, task, run.gauge, panel.series, issues, values[:, :, :, i], levels
                write_dataset(task_hindcast(*given), folder / f"{task}.nc")
        if interpret and tft and run.fold is None:
            from swgw.models.interpretation import interpret_run

            with timed(folder, "interpretation"):
                found = interpret_run(network, panel, prepared, run.seed)
                write_dataset(found, folder / "interpretation.nc")


def learn(
    run: Run,
    prepared: Prepared,
    panel: Panel,
    folder: Path,
    on_epoch: Callable[[list[dict]], None] | None = None,
    weights: dict[str, torch.Tensor] | None = None,
) -> torch.nn.Module:
    """Train a network, continuing from a checkpoint if there is a good one.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    panel : Panel
    folder : Path
        Gets the checkpoint, the learning curve and the number of parameters.
    on_epoch : callable, optional
        Gets the learning curve after each epoch; what it raises ends the training.
    weights : dict of str to Tensor, optional
        State of a trained network to start from, instead of random weights.

    Returns
    -------
    Module
        With the weights of its best epoch.

    Raises
    ------
    UserError
        Where a period has no room for a window.
    """
    network = make_network(run, panel)
    if weights is not None:
        network.load_state_dict(weights)
    loss = quantile_loss if run.experiment.model == "TFT" else one_minus_r2
    issues = tuple(issue_steps(panel, prepared.inside(p)) for p in ("train", "validation"))
    for name, found in zip(("train", "validation"), issues, strict=True):
        if not len(found):
            raise UserError(
                f"basin.yml, {name}: found no room for {panel.encoder_length} steps before and "
                f"{panel.lead_times} after an issue time; expected a longer period"
            )

    def write_curve(curve: list[dict]) -> None:
        write_text(folder / CURVE, pd.DataFrame(curve).to_csv(index=False))
        if on_epoch is not None:
            on_epoch(curve)

    train(network, loss, panel, issues, run, folder / "checkpoint.pt", write_curve)
    parameters = sum(p.numel() for p in network.parameters())
    write_text(folder / "parameters.txt", f"{parameters}\n")
    return network
