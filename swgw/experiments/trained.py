"""A trained network of a study, opened for the pages that look inside it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, make_panel
from swgw.models.batch import Block, Gatherer, Rows
from swgw.models.fit import make_network
from swgw.models.run import Run
from swgw.models.tft import library_batch
from swgw.models.training import load_checkpoint


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
        series = np.arange(len(self.panel.series))
        series = series[:: -(-len(series) // most)]
        rows = Rows(np.repeat(series, len(steps)), np.tile(steps, len(series)), 1, 1)
        return Gatherer(self.panel, steps).gather(rows)

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
        return library_batch(self.block(issued, most))

    def encoder_time(self, issued: pd.Timestamp) -> pd.DatetimeIndex:
        """First days of the encoder's bins of a window issued then: (encoder_step,)."""
        last = self.panel.time.get_loc(pd.Timestamp(issued))
        return self.panel.time[last - self.panel.encoder_length + 1 : last + 1]
