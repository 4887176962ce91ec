"""The layers of pytorch-forecasting's TFT as functions of its unpacked weights.

Where weights come as a stack (n, …) the layers of n variables are computed side by side on
(n, step, …); otherwise these are the library's layers, operation by operation.
"""

from functools import cache

import torch
from torch.nn import functional


@cache
def interpolation(size: int, wanted: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Matrix (size, wanted) of the linear interpolation by which residuals change their size."""
    unit = torch.eye(size, dtype=dtype, device=device)[:, None]
    return functional.interpolate(unit, wanted, mode="linear", align_corners=True)[:, 0]


class Layers:
    """Layers by name.

    Parameters
    ----------
    weights : dict of str to tensor
        See :meth:`swgw.models.flat.FlatParameters.unpack`.
    dropout : float
        0 while forecasting.
    """

    def __init__(self, weights: dict[str, torch.Tensor], dropout: float):
        self.weights, self.dropout = weights, dropout

    def drop(self, x: torch.Tensor) -> torch.Tensor:
        """Dropout."""
        return functional.dropout(x, self.dropout) if self.dropout else x

    def linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Linear layer, or one for each of a stack: (n, step, in) → (n, step, out)."""
        weight, bias = self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias")
        if weight.ndim == 2:
            return functional.linear(x, weight, bias)
        return torch.baddbmm(bias[:, None], x, weight.transpose(1, 2))

    def fan_out(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Every layer of a stack on the same input: (…, in) → (…, n, out)."""
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        wide = functional.linear(x, weight.flatten(0, 1), bias.flatten())
        return wide.unflatten(-1, bias.shape)

    def norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Layer normalisation over the last dimension."""
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        if weight.ndim == 1:
            return functional.layer_norm(x, weight.shape, weight, bias)
        normal = functional.layer_norm(x, x.shape[-1:])
        return torch.addcmul(bias[:, None], normal, weight[:, None])

    def gate(self, name: str, x: torch.Tensor, drop: bool = True) -> torch.Tensor:
        """Gated linear unit."""
        return functional.glu(self.linear(f"{name}.fc", self.drop(x) if drop else x), dim=-1)

    def gate_norm(
        self, name: str, x: torch.Tensor, skip: torch.Tensor, drop: bool = True
    ) -> torch.Tensor:
        """Gate, add and normalise."""
        return self.norm(f"{name}.add_norm.norm", self.gate(f"{name}.glu", x, drop) + skip)

    def resample(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Interpolate to the size of the output, scale and normalise."""
        mask = self.weights[f"{name}.mask"]
        x = x @ interpolation(x.shape[-1], mask.shape[-1], x.dtype, x.device)
        scale = 2.0 * mask.sigmoid()
        return self.norm(f"{name}.norm", x * (scale[:, None] if mask.ndim == 2 else scale))

    def grn(self, name: str, x: torch.Tensor, context: torch.Tensor | None = None) -> torch.Tensor:
        """Gated residual network; the context (…, in) is broadcast along the steps."""
        skip = self.resample(f"{name}.resample_norm", x) if self._resamples(name) else x
        hidden = self.linear(f"{name}.fc1", x)
        if context is not None:
            hidden = hidden + self.linear(f"{name}.context", context)
        hidden = self.linear(f"{name}.fc2", functional.elu(hidden))
        return self.gate_norm(f"{name}.gate_norm", hidden, skip)

    def _resamples(self, name: str) -> bool:
        return f"{name}.resample_norm.mask" in self.weights
