"""GRU and LSTM layers with torch's weights that train faster on a CPU.

A step is one matrix product for all gates, then one compiled loop. Windows are the last dimension,
so that each gate is contiguous. Layers of several networks are computed side by side. Results have
the digits of single precision. A test compares outputs and gradients with torch's layers.

Shapes: T steps, N networks, I inputs, H hidden units, B windows.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from swgw.models.selection import fast


class FastGRU(nn.GRU):
    """One GRU layer, from a zero state: (window, step, input) → (window, step, hidden).

    Parameters
    ----------
    input_size, hidden_size : int
    **more
        Dtype and device.
    """

    def __init__(self, input_size: int, hidden_size: int, **more):
        super().__init__(input_size, hidden_size, batch_first=True, **more)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:
        """Give the hidden state of each step; no state is carried over."""
        if x.is_cuda:
            return super().forward(x)[0], None
        weight = _weight_of_gru(*self._flat_weights)
        return _run((_gru, _gru_back), x[None], weight[None])[0], None


def lstm(x: torch.Tensor, w_in, w_hidden, b_in, b_hidden) -> torch.Tensor:
    """Run an LSTM layer of each network from a zero state, on a CPU.

    Parameters
    ----------
    x : tensor (N, B, T, I)
    w_in, w_hidden, b_in, b_hidden : tensors (N, 4H, I), (N, 4H, H), (N, 4H), (N, 4H)
        Those of :class:`torch.nn.LSTM`, stacked.

    Returns
    -------
    tensor (N, B, T, H)
    """
    joined = torch.cat([w_in, (b_in + b_hidden)[..., None], w_hidden], dim=2)
    return _run((_lstm, _lstm_back), x, joined)


def _run(cell, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Run layers of one matrix (N, 4H, I + 1 + H) each: (N, B, T, I) → (N, B, T, H)."""
    return _Recurrence.apply(cell, x.permute(2, 0, 3, 1), weight).permute(1, 3, 0, 2)


def _weight_of_gru(w_in, w_hidden, b_in, b_hidden) -> torch.Tensor:
    """Give one matrix (4H, I + 1 + H): the gates r and z, then both terms of the new state."""
    size = w_hidden.shape[1]
    given = functional.pad(torch.cat([w_in, b_in[:, None]], dim=1), (0, size))
    own = functional.pad(torch.cat([b_hidden[:, None], w_hidden], dim=1), (w_in.shape[1], 0))
    return torch.cat([(given + own)[: 2 * size], given[2 * size :], own[2 * size :]])


class _Recurrence(torch.autograd.Function):
    """All steps of N layers, from a zero state."""

    @staticmethod
    def forward(ctx, cell, x, weight):
        """Run the steps: (T, N, I, B) → (T, N, H, B).

        ``cell`` has the loop of a step and that of its gradient; ``weight`` (N, 4H, I + 1 + H) is
        of the inputs, of one (the bias), and of the hidden state.
        """
        (steps, n, inputs, windows), size = x.shape, weight.shape[1] // 4
        given = x.new_ones(steps + 1, n, inputs + 1 + size, windows)
        given[:-1, :, :inputs], given[0, :, inputs + 1 :] = x, 0
        kept = x.new_zeros(steps + 1, n, size, windows)  # what a cell carries from step to step
        gates, weight = x.new_empty(steps, n, 4 * size, windows), weight.contiguous()
        matrix, g, k, s = (part.detach().numpy() for part in (weight, given, kept, gates))
        for t in range(steps):
            _multiply(matrix, g[t], s[t])
            cell[0](s[t], k[t], k[t + 1], g[t + 1])
        ctx.cell = cell
        ctx.save_for_backward(weight, given, kept, gates)
        return given[1:, :, inputs + 1 :]

    @staticmethod
    def backward(ctx, gradient):
        """Give the gradient of each argument."""
        weight, given, kept, gates = (saved.numpy() for saved in ctx.saved_tensors)
        gradient, matrix = gradient.contiguous().numpy(), np.ascontiguousarray(weight.mT)
        carried, own, back = (np.zeros_like(part) for part in (kept[0], gates, given))
        for t in reversed(range(len(gates))):
            ctx.cell[1](gradient[t], gates[t], kept[t], kept[t + 1], back[t + 1], carried, own[t])
            _multiply(matrix, own[t], back[t])
        to_x, to_weight = back[:-1, :, : -1 - kept.shape[2]], (own @ given[:-1].mT).sum(axis=0)
        return None, torch.from_numpy(to_x), torch.from_numpy(to_weight)


def _multiply(matrices: np.ndarray, x: np.ndarray, out: np.ndarray) -> None:
    """Multiply network by network; NumPy's product of stacks costs more on small ones."""
    for parts in zip(matrices, x, out, strict=True):
        np.dot(parts[0], parts[1], out=parts[2])


# Arrays of a step:
#   gates (N, 4H, B)               the product's result, then the gates
#   before, after (N, H, B)        what the cell carries, before and after the step
#   following (N, I + 1 + H, B)    what the next product takes: inputs, one, hidden state
# and of its gradient:
#   gradient (N, H, B)             of the hidden state, from the loss
#   back (N, I + 1 + H, B)         of what the next product took
#   carried (N, H, B)              of what the cell carries
#   own (N, 4H, B)                 of the product's result


@fast
def _tanh(x):
    """Hyperbolic tangent to 4e-7, by the rational polynomial that the library Eigen uses."""
    x = min(max(x, np.float32(-7.9)), np.float32(7.9))
    s = x * x
    above = np.float32(-2.76076847742355e-16) * s + np.float32(2.00018790482477e-13)
    above = above * s + np.float32(-8.60467152213735e-11)
    above = above * s + np.float32(5.12229709037114e-08)
    above = above * s + np.float32(1.48572235717979e-05)
    above = above * s + np.float32(6.37261928875436e-04)
    above = above * s + np.float32(4.89352455891786e-03)
    below = np.float32(1.19825839466702e-06) * s + np.float32(1.18534705686654e-04)
    below = below * s + np.float32(2.26843463243900e-03)
    below = below * s + np.float32(4.89352518554385e-03)
    return x * above / below


@fast
def _sigmoid(x):
    half = np.float32(0.5)
    return half + half * _tanh(half * x)


@fast
def _gru(gates, before, after, following):
    """H' = n + z (h − n) with n = tanh(W x + b + r (U h + c)); keeps r, z, n and U h + c."""
    networks, size, windows = before.shape
    start = following.shape[1] - size
    for m in range(networks):
        for i in range(size):
            j, k, o = size + i, 2 * size + i, 3 * size + i
            for b in range(windows):
                r, z = _sigmoid(gates[m, i, b]), _sigmoid(gates[m, j, b])
                n = _tanh(gates[m, k, b] + r * gates[m, o, b])
                h = n + z * (before[m, i, b] - n)
                gates[m, i, b], gates[m, j, b], gates[m, k, b] = r, z, n
                after[m, i, b] = following[m, start + i, b] = h


@fast
def _gru_back(gradient, gates, before, after, back, carried, own):
    networks, size, windows = before.shape
    start, one = back.shape[1] - size, np.float32(1)
    for m in range(networks):
        for i in range(size):
            j, k, o = size + i, 2 * size + i, 3 * size + i
            for b in range(windows):
                r, z, n = gates[m, i, b], gates[m, j, b], gates[m, k, b]
                to_h = gradient[m, i, b] + back[m, start + i, b] + carried[m, i, b]
                to_n = to_h * (one - z) * (one - n * n)
                own[m, i, b] = to_n * gates[m, o, b] * r * (one - r)
                own[m, j, b] = to_h * (before[m, i, b] - n) * z * (one - z)
                own[m, k, b], own[m, o, b] = to_n, to_n * r
                carried[m, i, b] = to_h * z


@fast
def _lstm(gates, before, after, following):
    """C' = f c + i g and h' = o tanh(c'); keeps i, f, g and o."""
    networks, size, windows = before.shape
    start = following.shape[1] - size
    for m in range(networks):
        for i in range(size):
            j, k, o = size + i, 2 * size + i, 3 * size + i
            for b in range(windows):
                take, keep = _sigmoid(gates[m, i, b]), _sigmoid(gates[m, j, b])
                new, give = _tanh(gates[m, k, b]), _sigmoid(gates[m, o, b])
                c = keep * before[m, i, b] + take * new
                gates[m, i, b], gates[m, j, b] = take, keep
                gates[m, k, b], gates[m, o, b] = new, give
                after[m, i, b], following[m, start + i, b] = c, give * _tanh(c)


@fast
def _lstm_back(gradient, gates, before, after, back, carried, own):
    networks, size, windows = before.shape
    start, one = back.shape[1] - size, np.float32(1)
    for m in range(networks):
        for i in range(size):
            j, k, o = size + i, 2 * size + i, 3 * size + i
            for b in range(windows):
                take, keep = gates[m, i, b], gates[m, j, b]
                new, give = gates[m, k, b], gates[m, o, b]
                shown, to_h = _tanh(after[m, i, b]), gradient[m, i, b] + back[m, start + i, b]
                to_c = carried[m, i, b] + to_h * give * (one - shown * shown)
                own[m, i, b] = to_c * new * take * (one - take)
                own[m, j, b] = to_c * before[m, i, b] * keep * (one - keep)
                own[m, k, b] = to_c * take * (one - new * new)
                own[m, o, b] = to_h * shown * give * (one - give)
                carried[m, i, b] = to_c * keep
