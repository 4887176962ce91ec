"""Windows as tensors: gathered once from the panel, batch by batch, never stored."""

from dataclasses import dataclass

import numpy as np
import torch

from swgw.windows import Panel, Windows


@dataclass(frozen=True)
class Batch:
    """One batch of windows.

    Attributes
    ----------
    past : float tensor (batch, encoder_length, variable)
    future : float tensor (batch, lead_time, variable)
        Zero where a variable is not known beyond the issue time.
    reals : float tensor (batch, static real)
    classes : int tensor (batch, static class)
    anchor : float tensor (batch, target)
        The last observation of each target, standardised.
    target : float tensor (batch, lead_time, target)
        Standardised; 0 where nothing was observed.
    weight : float tensor (batch, lead_time, target)
        1 where observed, else 0.
    """

    past: torch.Tensor
    future: torch.Tensor
    reals: torch.Tensor
    classes: torch.Tensor
    anchor: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor


class Gatherer:
    """A panel's arrays as tensors, from which batches of windows are gathered."""

    def __init__(self, panel: Panel, device: str | torch.device = "cpu"):
        self.device = device
        self.values = torch.as_tensor(panel.values, device=device)
        self.known = torch.as_tensor(panel.known, dtype=torch.float32, device=device)
        self.reals = torch.as_tensor(panel.reals, device=device)
        self.classes = torch.as_tensor(panel.classes, device=device)
        self.anchor = torch.as_tensor(panel.anchor, device=device)
        target = torch.as_tensor(panel.target, device=device)
        self.weight = torch.isfinite(target).float()
        self.target = torch.nan_to_num(target)
        self.before = torch.arange(1 - panel.encoder_length, 1, device=device)
        self.after = torch.arange(1, panel.lead_times + 1, device=device)

    def gather(self, windows: Windows, rows: np.ndarray) -> Batch:
        """Gather the windows in the given rows into a batch."""
        series = torch.as_tensor(windows.series[rows], device=self.device)
        issue = torch.as_tensor(windows.issue[rows], device=self.device)
        each, past = series[:, None], issue[:, None] + self.before  # (B, 1), (B, E)
        future = issue[:, None] + self.after  # (B, L)
        return Batch(
            self.values[each, past],
            self.values[each, future] * self.known,
            self.reals[series],
            self.classes[series],
            self.anchor[series, issue],
            self.target[each, future],
            self.weight[each, future],
        )
