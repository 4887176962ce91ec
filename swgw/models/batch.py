"""Windows as tensors, in blocks that share their time steps, and losses of their forecasts."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from swgw.inputs.panel import Panel
from swgw.scores.skill import LEVELS


@cache
def device() -> torch.device:
    """Give the graphics processor where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True)
class Rows:
    """Rows of windows, each one series and ``per_row`` issue times ``stride`` steps apart.

    Attributes
    ----------
    series : int array (row,)
    first : int array (row,)
        First issue step of the row; it may lie outside the period, where windows do not count.
    per_row, stride : int
    """

    series: np.ndarray
    first: np.ndarray
    per_row: int
    stride: int

    def __len__(self) -> int:
        return len(self.series)

    def take(self, chosen: np.ndarray) -> "Rows":
        """Select rows."""
        return Rows(self.series[chosen], self.first[chosen], self.per_row, self.stride)

    def issues(self) -> np.ndarray:
        """Issue steps, (row, window)."""
        return self.first[:, None] + np.arange(self.per_row) * self.stride


@dataclass(frozen=True)
class Block:
    """Tensors of some rows; windows are numbered row by row.

    Attributes
    ----------
    values : float tensor (row, step, variable)
        Dynamic inputs over all steps of the row.
    known : bool tensor (variable,)
        Which of them are known beyond the issue time.
    stride, encoder_length : int
    reals : float tensor (row, static real)
    classes : int tensor (row, static class)
    baseline : float tensor (window, lead_time, target)
        Damped persistence, standardised: networks forecast the change from it.
    typical : float tensor (window, lead_time, target)
        Typical size of that change: the unit in which they forecast it.
    target : float tensor (window, lead_time, target)
        Standardised; 0 where nothing was observed.
    weight : float tensor (window, lead_time, target)
        1 where observed and inside the period, else 0.
    """

    values: torch.Tensor
    known: torch.Tensor
    stride: int
    encoder_length: int
    reals: torch.Tensor
    classes: torch.Tensor
    baseline: torch.Tensor
    typical: torch.Tensor
    target: torch.Tensor
    weight: torch.Tensor

    @property
    def lead_times(self) -> int:
        """Steps ahead."""
        return self.target.shape[1]

    @property
    def n_targets(self) -> int:
        """Targets of each window."""
        return self.target.shape[2]

    @property
    def per_row(self) -> int:
        """Windows in a row."""
        return len(self.target) // len(self.values)

    def past(self) -> torch.Tensor:
        """Inputs of each window up to its issue time: (window, encoder_length, variable)."""
        return unfold(self.values[:, : -self.lead_times], self.encoder_length, self.stride)

    def future(self) -> torch.Tensor:
        """Inputs after it, zero where a variable is not known: (window, lead_time, variable)."""
        ahead = unfold(self.values[:, self.encoder_length :], self.lead_times, self.stride)
        return ahead * self.known

    def static_reals(self) -> torch.Tensor:
        """Static numbers of each window: (window, static real)."""
        return self.reals.repeat_interleave(self.per_row, dim=0)

    def static_classes(self) -> torch.Tensor:
        """Static classes of each window: (window, static class)."""
        return self.classes.repeat_interleave(self.per_row, dim=0)


def unfold(steps: torch.Tensor, length: int, stride: int) -> torch.Tensor:
    """Cut rows into overlapping windows: (row, step, n) → (row · window, length, n)."""
    windows = steps.unfold(1, length, stride)  # (R, K, n, length)
    return windows.transpose(2, 3).reshape(-1, length, steps.shape[-1])


GATHERED = "values", "known", "drifts", "reals", "classes", "anchor", "fading", "typical", "target"


class Gatherer:
    """A panel's arrays as tensors, from which blocks are gathered.

    Parameters
    ----------
    panel : Panel
    issues : int array (issue,)
        Issue steps of the period, in order.
    """

    def __init__(self, panel: Panel, issues: np.ndarray):
        self.issues = issues
        self.encoder_length, self.lead_times = panel.encoder_length, panel.lead_times
        self.n_series = len(panel.series)
        for name in GATHERED:
            setattr(self, name, torch.as_tensor(getattr(panel, name), device=device()))
        self.counts = np.isin(np.arange(panel.values.shape[1]), issues)
        self.weight = torch.isfinite(self.target).float()
        self.target = torch.nan_to_num(self.target)

    def gather(self, rows: Rows) -> Block:
        """Gather rows into a block; windows outside the period get no weight."""
        last = self.values.shape[1] - 1
        issues = rows.issues()
        span = self.encoder_length + self.lead_times + (rows.per_row - 1) * rows.stride
        steps = rows.first[:, None] - self.encoder_length + 1 + np.arange(span)
        series = torch.as_tensor(rows.series, device=device())
        each = series.repeat_interleave(rows.per_row)
        issue = torch.as_tensor(issues.clip(0, last), device=device()).flatten()
        leads = torch.arange(1, self.lead_times + 1, device=device())
        ahead = (issue[:, None] + leads).clamp(max=last)
        counts = torch.as_tensor(self.inside(rows), dtype=torch.float32, device=device())
        return Block(
            self.values[series[:, None], torch.as_tensor(steps.clip(0, last), device=device())],
            self.known, rows.stride, self.encoder_length, self.reals[series], self.classes[series],
            self.anchor[each, issue][:, None] * self.fading[each], self.typical[each],
            self.target[each[:, None], ahead],
            self.weight[each[:, None], ahead] * counts.flatten()[:, None, None],
        )  # fmt: skip

    def inside(self, rows: Rows) -> np.ndarray:
        """Whether each window of some rows belongs to the period: (row, window)."""
        issues = rows.issues()
        last = len(self.counts) - 1
        return self.counts[issues.clip(0, last)] & (issues >= 0) & (issues <= last)

    def tile(self, per_row: int, stride: int, rng: np.random.Generator | None = None) -> Rows:
        """Cover every window of the period with rows, each window once.

        Issue times fall into ``stride`` classes; each class of each series is cut into rows. A
        generator gives each class its own phase, so that the neighbours of a window change from
        epoch to epoch. Rows may then reach beyond the period. Moving them inside would present
        the windows there twice, and networks learn less from that than from shorter batches.
        Without a generator, all rows have the same length, at most ``per_row``.
        """
        count = math.ceil((self.issues[-1] - self.issues[0] + 1) / stride)
        per_row = min(per_row, count)
        if rng is None:
            per_row = math.ceil(count / math.ceil(count / per_row))
        series, residue = np.divmod(np.arange(self.n_series * stride), stride)
        phase = rng.integers(per_row, size=len(series)) if rng else np.zeros(len(series), int)
        pieces = math.ceil((count + (per_row - 1 if rng else 0)) / per_row)
        first = (residue - phase * stride)[:, None] + np.arange(pieces) * per_row * stride
        rows = Rows(np.repeat(series, pieces), self.issues[0] + first.ravel(), per_row, stride)
        return rows.take(np.flatnonzero(self.inside(rows).any(axis=1)))


def gather_at(panel: Panel, steps: np.ndarray, series: np.ndarray) -> Block:
    """Gather the windows of some series that are issued at some steps, by series, then by step."""
    rows = Rows(np.repeat(series, len(steps)), np.tile(steps, len(series)), 1, 1)
    return Gatherer(panel, steps).gather(rows)


def _mean_over_tasks(error: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean over what was observed, task by task, then over tasks: (B, L, target) → ()."""
    observed = weight.sum(dim=(0, 1))
    per_task = (error * weight).sum(dim=(0, 1)) / observed.clamp(min=1.0)
    return per_task.sum() / (observed > 0).sum().clamp(min=1)


def one_minus_r2(prediction: torch.Tensor, block: Block) -> torch.Tensor:
    """1 − R² = SSE/SST per task (paper, section 2.4.2).

    The SST of a block is unstable, so that of the training years is used: targets are
    standardised over these years, which makes SST the number of observations.

    Parameters
    ----------
    prediction : tensor (window, lead_time, target, 1)
    block : Block
    """
    return _mean_over_tasks((prediction[..., 0] - block.target) ** 2, block.weight)


def pinball(prediction: torch.Tensor, block: Block) -> torch.Tensor:
    """Pinball loss of each quantile, (window, lead_time, target, quantile), in typical changes."""
    levels = prediction.new_tensor(LEVELS)
    error = (block.target[..., None] - prediction) / block.typical[..., None]
    return torch.maximum(levels * error, (levels - 1) * error)


def quantile_loss(prediction: torch.Tensor, block: Block) -> torch.Tensor:
    """Pinball loss summed over the quantile levels, twice, as pytorch-forecasting defines it.

    Errors are in the unit of the typical change, so that every series and lead time counts alike.

    Parameters
    ----------
    prediction : tensor (window, lead_time, target, quantile)
    block : Block
    """
    return _mean_over_tasks((2 * pinball(prediction, block)).sum(dim=-1), block.weight)
