"""The end of variable selection in one pass over memory, forward and back, on a CPU.

Each variable's hidden units pass a gated linear unit, are added to a straight line of the variable
(the resampled embedding), normalised, and summed over the variables by their selection weights.
Layer by layer this reads and writes the largest arrays of a training step a dozen times.

Shapes: V variables, S steps of all rows, H hidden size, E embedding size.
"""

import numpy as np
import torch
from numba import njit
from torch.nn import functional

EPSILON = 1e-5  # of the library's layer normalisation
# Sums may be reordered, so that they run on several numbers at once.
fast = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


def gate_norm_mix(hidden, weight, bias, at, lines, scale, shift, mix) -> torch.Tensor:
    """Gate, add, normalise and mix.

    Parameters
    ----------
    hidden : tensor (V, S, E)
    weight, bias : tensor (V, 2H, E), tensor (V, 2H)
        Of the gated linear unit.
    at, lines : tensor (2, V, S), tensor (V, 3, H)
        What is added: at[0] · lines[:, 0] + at[1] · lines[:, 1] + lines[:, 2].
    scale, shift : tensor (V, H)
        Of the normalisation.
    mix : tensor (S, V)

    Returns
    -------
    tensor (S, H)
    """
    compute = layer_by_layer if hidden.is_cuda else GateNormMix.apply
    return compute(hidden, weight, bias, at, lines, scale, shift, mix)


def layer_by_layer(hidden, weight, bias, at, lines, scale, shift, mix) -> torch.Tensor:
    """The same in torch's own operations."""
    gated = functional.glu(torch.baddbmm(bias[:, None], hidden, weight.mT))
    line = torch.stack([*at, torch.ones_like(at[0])], dim=-1) @ lines
    normal = functional.layer_norm(gated + line, scale.shape[1:], eps=EPSILON)
    each = torch.addcmul(shift[:, None], normal, scale[:, None])  # (V, S, H)
    return torch.bmm(mix[:, None], each.transpose(0, 1))[:, 0]


class GateNormMix(torch.autograd.Function):
    """The same with loops that are compiled: 2.6 times as fast."""

    @staticmethod
    def forward(ctx, hidden, weight, bias, at, lines, scale, shift, mix):
        """Give the mixture, and keep what its gradient needs."""
        glu = torch.baddbmm(bias[:, None], hidden, weight.mT)
        glu[..., scale.shape[1] :].sigmoid_()
        parts = [x.detach().contiguous() for x in (glu, at, lines, scale, shift, mix)]
        normal = glu.new_empty(*hidden.shape[:2], scale.shape[1])
        inverse, mixed = glu.new_empty(normal.shape[:2]), glu.new_zeros(normal.shape[1:])
        parts += [normal, inverse]
        _forward(*(x.numpy() for x in (*parts, mixed)))
        ctx.save_for_backward(hidden, weight, *parts)
        return mixed

    @staticmethod
    def backward(ctx, gradient):
        """Give the gradient of each argument."""
        hidden, weight, *arrays = (x.numpy() for x in ctx.saved_tensors)
        glu, at, lines, scale, shift, mix, *_ = arrays
        to_glu, to_at, to_mix = np.empty_like(glu), np.empty_like(at), np.empty_like(mix)
        sums = [np.zeros_like(x) for x in (glu[:, 0], lines, scale, shift)]
        _backward(gradient.contiguous().numpy(), *arrays, to_glu, to_at, to_mix, *sums)
        products = to_glu @ weight, to_glu.mT @ hidden  # NumPy's are faster for so few columns
        return tuple(map(torch.from_numpy, (*products, sums[0], to_at, *sums[1:], to_mix)))


@fast
def _forward(glu, at, lines, scale, shift, mix, normal, inverse, mixed):
    n_variables, n_steps, size = normal.shape
    for v in range(n_variables):
        for s in range(n_steps):
            x, one = glu[v, s], normal[v, s]
            total = square = at.dtype.type(0)
            for h in range(size):
                y = x[h] * x[size + h] + lines[v, 2, h]
                y += at[0, v, s] * lines[v, 0, h] + at[1, v, s] * lines[v, 1, h]
                one[h] = y
                total += y
            mean = at.dtype.type(total / size)
            for h in range(size):
                square += (one[h] - mean) ** 2
            inverse[v, s] = 1 / np.sqrt(square / size + EPSILON)
            for h in range(size):
                one[h] = (one[h] - mean) * inverse[v, s]
                mixed[s, h] += mix[s, v] * (one[h] * scale[v, h] + shift[v, h])


@fast
def _backward(
    gradient, glu, at, lines, scale, shift, mix, normal, inverse,
    to_glu, to_at, to_mix, to_bias, to_lines, to_scale, to_shift,
):  # fmt: skip
    n_variables, n_steps, size = normal.shape
    y = np.empty(size, normal.dtype)
    for v in range(n_variables):
        for s in range(n_steps):
            x, one, given, out = glu[v, s], normal[v, s], gradient[s], to_glu[v, s]
            weight, spread, first, second = mix[s, v], inverse[v, s], at[0, v, s], at[1, v, s]
            to_weight = total = product = to_first = to_second = at.dtype.type(0)
            for h in range(size):  # short loops, so that the compiler takes several numbers at once
                to_weight += given[h] * (one[h] * scale[v, h] + shift[v, h])
                total += given[h] * scale[v, h]
                product += given[h] * scale[v, h] * one[h]
            mean, along = at.dtype.type(total / size), at.dtype.type(product / size)
            for h in range(size):
                y[h] = (given[h] * scale[v, h] - mean - one[h] * along) * (weight * spread)
            for h in range(size):
                out[h] = y[h] * x[size + h]
                out[size + h] = out[h] * x[h] * (1 - x[size + h])
            for h in range(size):
                to_first += y[h] * lines[v, 0, h]
                to_second += y[h] * lines[v, 1, h]
            for h in range(size):
                to_lines[v, 0, h] += y[h] * first
                to_lines[v, 1, h] += y[h] * second
                to_lines[v, 2, h] += y[h]
            for h in range(2 * size):
                to_bias[v, h] += out[h]
            for h in range(size):
                to_shift[v, h] += given[h] * weight
                to_scale[v, h] += given[h] * weight * one[h]
            to_mix[s, v], to_at[0, v, s], to_at[1, v, s] = to_weight, to_first, to_second
