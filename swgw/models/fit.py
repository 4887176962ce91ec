"""One run from start to end: panel, training, hindcast, interpretation; and opened again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, issue_steps, make_panel
from swgw.models.baseline import task_hindcast
from swgw.models.batch import Block, device, gather_at, one_minus_r2, quantile_loss
from swgw.models.run import Run, evenly, fold_bins
from swgw.models.training import load_checkpoint, one_thread, predict, train
from swgw.scores.skill import LEVELS
from swgw.storage import UserError
from swgw.storage.files import write_dataset, write_text
from swgw.storage.results import CURVE, timed


def make_network(run: Run, panel: Panel) -> torch.nn.Module:
    """Build an untrained network for a run; its first weights follow from the run's seed."""
    torch.manual_seed(run.seed)
    from swgw.models.networks import CnnRnn, CoupledTFT

    if run.experiment.model == "TFT":
        return CoupledTFT(panel, run.hidden_size, run.dropout, run.attention_heads)
    return CnnRnn(panel, run.experiment.model, run.hidden_size, run.dropout).to(device())


def fit(
    run: Run,
    prepared: Prepared,
    clusters: pd.Series | None,
    interpret: bool,
    folder: Path,
    panel: Panel | None = None,
) -> None:
    """Carry out a run, or the rest of an interrupted one, and write its folder.

    Parameters
    ----------
    run : Run
    prepared : Prepared
    clusters : Series (well,) or None
        Fitted on the training years.
    interpret : bool
        Whether a TFT's attention and mean selection weights are kept too.
    folder : Path
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
            issues, levels = issue_steps(panel, scored), LEVELS if tft else None
            values = predict(network, panel, issues)
            for i, task in enumerate(panel.targets):
                given = prepared, task, run.gauge, panel.series, issues, values[:, :, :, i], levels
                write_dataset(task_hindcast(*given), folder / f"{task}.nc")
        if interpret and tft and run.fold is None:
            from swgw.models.interpretation import interpret_run

            with timed(folder, "interpretation"):
                found = interpret_run(network, panel, prepared)
                write_dataset(found, folder / "interpretation.nc")


def learn(
    run: Run,
    prepared: Prepared,
    panel: Panel,
    folder: Path,
    on_epoch: Callable[[list[dict]], None] | None = None,
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
    loss = quantile_loss if run.experiment.model == "TFT" else one_minus_r2
    issues = {p: issue_steps(panel, prepared.inside(p)) for p in ("train", "validation")}
    for name, found in issues.items():
        if not len(found):
            raise UserError(
                f"basin.yml, {name}: found no room for {panel.encoder_length} steps before and "
                f"{panel.lead_times} after an issue time; expected a longer period"
            )

    def write_curve(curve: list[dict]) -> None:
        write_text(folder / CURVE, pd.DataFrame(curve).to_csv(index=False))
        if on_epoch is not None:
            on_epoch(curve)

    train(network, loss, panel, tuple(issues.values()), run, folder / "checkpoint.pt", write_curve)
    parameters = sum(p.numel() for p in network.parameters())
    write_text(folder / "parameters.txt", f"{parameters}\n")
    return network


@dataclass(frozen=True, eq=False)
class TrainedRun:
    """A run with the weights of its best epoch.

    Attributes
    ----------
    run : Run
    prepared : Prepared
    clusters : Series (well,) or None
    folder : Path
        Of the run.
    """

    run: Run
    prepared: Prepared
    clusters: pd.Series | None
    folder: Path

    @cached_property
    def panel(self) -> Panel:
        """The standardised inputs and targets that it was trained on."""
        return make_panel(self.prepared, self.run.inputs(), self.clusters)

    @cached_property
    def network(self) -> torch.nn.Module:
        """The network that was trained: :class:`CoupledTFT` or :class:`CnnRnn`."""
        network = make_network(self.run, self.panel)
        network.load_state_dict(load_checkpoint(self.folder / "checkpoint.pt")["best"])
        return network.eval()

    @property
    def tft(self) -> torch.nn.Module:
        """pytorch-forecasting's ``TemporalFusionTransformer`` with these weights."""
        return self.network.tft

    def block(self, issued: pd.Timestamp | pd.DatetimeIndex, most: int = 50) -> Block:
        """Gather the windows issued at some steps, by series; see :meth:`windows`."""
        steps = np.flatnonzero(self.panel.time.isin(pd.DatetimeIndex(np.atleast_1d(issued))))
        return gather_at(self.panel, steps, evenly(range(len(self.panel.series)), most))

    def windows(
        self, issued: pd.Timestamp | pd.DatetimeIndex, most: int = 50
    ) -> dict[str, torch.Tensor]:
        """Give windows in the form of pytorch-forecasting's data loader, to call ``tft`` with.

        Parameters
        ----------
        issued : Timestamp or DatetimeIndex
            First days of the bins after which forecasts are issued.
        most : int
            Of at most so many series, spread evenly: the library holds every window in memory.

        Returns
        -------
        dict
            ``encoder_cont`` (window, encoder_step, variable), ``decoder_cont`` (window, lead_time,
            variable), ``encoder_cat``, ``decoder_cat``, lengths and ``target_scale``; windows are
            ordered by series, then by issue time.
        """
        from swgw.models.networks import library_batch

        return library_batch(self.block(issued, most))

    def encoder_time(self, issued: pd.Timestamp) -> pd.DatetimeIndex:
        """First days of the encoder's bins of a window issued then: (encoder_step,)."""
        last = self.panel.time.get_loc(pd.Timestamp(issued))
        return self.panel.time[last - self.panel.encoder_length + 1 : last + 1]
