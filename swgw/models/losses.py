"""Losses of the paper's two families, with gaps masked out and tasks weighted 1 : 1."""

import torch

from swgw.models.batch import Block

QUANTILE_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


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


def quantile_loss(prediction: torch.Tensor, block: Block) -> torch.Tensor:
    """Pinball loss summed over the quantile levels, twice, as pytorch-forecasting defines it.

    Errors are in the unit of the typical change, so that every series and lead time counts alike.

    Parameters
    ----------
    prediction : tensor (window, lead_time, target, quantile)
    block : Block
    """
    levels = prediction.new_tensor(QUANTILE_LEVELS)
    error = (block.target[..., None] - prediction) / block.typical[..., None]
    pinball = 2 * torch.maximum(levels * error, (levels - 1) * error)
    return _mean_over_tasks(pinball.sum(dim=-1), block.weight)
