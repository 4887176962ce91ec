"""GRU layers whose training is faster on a CPU, where torch has no fused kernel for them.

The loop over steps is NumPy's, whose calls cost less on small arrays. Arrays are (step, feature,
window), so that each gate is contiguous. A test compares outputs and gradients with torch's layer.
"""

import numpy as np
import torch
from torch import nn


class FastGRU(nn.GRU):
    """One GRU layer with torch's weights: (window, step, input) → (window, step, hidden).

    Parameters
    ----------
    input_size, hidden_size : int
    **more
        Dtype and device.
    """

    def __init__(self, input_size: int, hidden_size: int, **more):
        super().__init__(input_size, hidden_size, batch_first=True, **more)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:
        """Give the hidden state of each step, from zero on; no state is carried over."""
        if x.is_cuda:
            return super().forward(x)[0], None
        return _Recurrence.apply(x.permute(1, 2, 0), *self._flat_weights).permute(2, 0, 1), None


class _Recurrence(torch.autograd.Function):
    """h' = n + z (h − n) with n = tanh(W x + r (U h + b)); gates in torch's order: r, z, n."""

    @staticmethod
    def forward(ctx, x, w_in, w_hidden, b_in, b_hidden):
        """Give the hidden states of all steps, and keep what their gradient needs."""
        (steps, _, windows), size = x.shape, w_hidden.shape[1]
        gates = torch.baddbmm(b_in[:, None], w_in.expand(steps, -1, -1), x)
        states = gates.new_zeros(steps + 1, size, windows)
        inner = torch.empty_like(states[1:])
        weight, bias = w_hidden.detach().numpy(), b_hidden.detach().numpy()[:, None]
        own = np.empty((3 * size, windows), weight.dtype)
        parts = (part.numpy() for part in (states[:-1], states[1:], gates, inner))
        for before, after, gate, kept in zip(*parts, strict=True):
            np.matmul(weight, before, out=own)
            own += bias
            kept[:] = own[2 * size :]
            reset_update, new = gate[: 2 * size], gate[2 * size :]
            reset_update += own[: 2 * size]
            _sigmoid(reset_update)
            new += reset_update[:size] * kept
            np.tanh(new, out=new)
            np.subtract(before, new, out=after)
            after *= reset_update[size:]
            after += new
        output = states[1:]
        ctx.save_for_backward(x, w_in, w_hidden, gates, inner, output)
        return output

    @staticmethod
    def backward(ctx, gradient):
        """Give the gradient of each argument."""
        x, w_in, w_hidden, gates, inner, output = (saved.numpy() for saved in ctx.saved_tensors)
        before = np.concatenate([np.zeros_like(output[:1]), output[:-1]])
        r, z, n = gates.reshape(len(gates), 3, *output.shape[1:]).swapaxes(0, 1)
        to_new = (1 - z) * (1 - n * n)  # of a gate's sum, for a unit of gradient of the state
        to_update = (before - n) * z * (1 - z)
        to_reset = to_new * inner * r * (1 - r)
        factors = np.stack([to_reset, to_update, to_new * r], axis=1)
        total, recurrent = gradient.numpy().copy(), np.empty_like(factors)  # of h'; of U h + b
        for t in reversed(range(len(total))):
            np.multiply(total[t], factors[t], out=recurrent[t])
            if t:
                back = w_hidden.T @ recurrent[t].reshape(len(w_hidden), -1)
                total[t - 1] += total[t] * z[t] + back
        given = recurrent.copy()  # of W x
        given[:, 2] = total * to_new
        given, recurrent, x, before = map(_by_feature, (given, recurrent, x, before))
        to_x = (torch.from_numpy(w_in).T @ given).unflatten(1, (len(total), -1)).transpose(0, 1)
        return to_x, given @ x.T, recurrent @ before.T, given.sum(1), recurrent.sum(1)


def _sigmoid(x: np.ndarray) -> None:
    """Put the logistic function in the place of x; tanh is faster than exp."""
    x *= 0.5
    np.tanh(x, out=x)
    x += 1
    x *= 0.5


def _by_feature(x: np.ndarray) -> torch.Tensor:
    """(step, …, window) → (feature, step · window)."""
    features = x.reshape(len(x), -1, x.shape[-1]).swapaxes(0, 1)
    return torch.from_numpy(features.reshape(len(features), -1))
