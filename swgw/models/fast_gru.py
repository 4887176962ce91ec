"""GRU layers whose training is faster on a CPU, where torch has no fused kernel for them.

The loop over steps is NumPy's, whose calls cost less on small arrays. Arrays are (step, feature,
window), so that each gate is contiguous. A test compares outputs and gradients with torch's layer.
"""

import numpy as np
import torch
from torch import nn


class FastGRU(nn.GRU):
    """One GRU layer with torch's weights: (window, step, input) → (window, step, hidden)."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:
        """Give the hidden state of each step, from zero on."""
        if x.is_cuda:
            return super().forward(x)[0], None
        return _Recurrence.apply(x.permute(1, 2, 0), *self._flat_weights).permute(2, 0, 1), None


class _Recurrence(torch.autograd.Function):
    """The recurrence with its gradient; gates are in torch's order, reset, update and new."""

    @staticmethod
    def forward(ctx, x, w_in, w_hidden, b_in, b_hidden):
        """Give the hidden states of all steps, and keep what their gradient needs."""
        (steps, _, windows), size = x.shape, w_hidden.shape[1]
        gates = torch.baddbmm(b_in[:, None], w_in.expand(steps, -1, -1), x).detach().numpy()
        hidden = np.zeros((steps + 1, size, windows), gates.dtype)
        recurrent = np.empty_like(gates)
        weight, bias = w_hidden.detach().numpy(), b_hidden.detach().numpy()[:, None]
        for before, after, gate, own in zip(hidden, hidden[1:], gates, recurrent, strict=False):
            np.matmul(weight, before, out=own)
            own += bias
            reset_update, new = gate[: 2 * size], gate[2 * size :]
            reset_update += own[: 2 * size]
            _sigmoid(reset_update)
            new += reset_update[:size] * own[2 * size :]
            np.tanh(new, out=new)
            np.subtract(before, new, out=after)
            after *= reset_update[size:]
            after += new
        ctx.save_for_backward(x, w_in, w_hidden)
        ctx.states = gates, recurrent[:, 2 * size :], hidden
        return torch.from_numpy(hidden[1:])

    @staticmethod
    def backward(ctx, gradient):
        """Give the gradient of each argument."""
        x, w_in, w_hidden = ctx.saved_tensors
        gates, recurrent, hidden = ctx.states
        shape = len(gates), 3, hidden.shape[1], hidden.shape[2]
        reset, update, new = gates.reshape(shape).swapaxes(0, 1)
        to_new = (1 - update) * (1 - new * new)
        to_update = (hidden[:-1] - new) * update * (1 - update)
        to_reset = to_new * recurrent * reset * (1 - reset)
        factors = np.stack([to_reset, to_update, to_new * reset], axis=1)
        total, passed, back = gradient.numpy().copy(), np.empty_like(factors), w_hidden.numpy().T
        for t in reversed(range(len(total))):
            np.multiply(total[t], factors[t], out=passed[t])
            if t:
                total[t - 1] += total[t] * update[t] + back @ passed[t].reshape(len(w_hidden), -1)
        given = passed.copy()
        given[:, 2] = total * to_new
        given, passed, before = (_by_feature(a) for a in (given, passed, hidden[:-1]))
        to_x = (w_in.T @ given).unflatten(1, (len(x), -1)).transpose(0, 1)
        own = given @ _by_feature(x.numpy()).T, passed @ before.T, given.sum(1), passed.sum(1)
        return to_x, *own


def _sigmoid(x: np.ndarray) -> None:
    """In place, by the faster tanh."""
    x *= 0.5
    np.tanh(x, out=x)
    x += 1
    x *= 0.5


def _by_feature(x: np.ndarray) -> torch.Tensor:
    """(step, …, window) → (feature, step · window)."""
    features = x.reshape(len(x), -1, x.shape[-1]).swapaxes(0, 1)
    return torch.from_numpy(features.reshape(len(features), -1))
