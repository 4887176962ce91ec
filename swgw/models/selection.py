"""Variable selection of the transformer, with all variables of all steps side by side.

Each number is embedded and passes a gated residual network of its own; the results are summed by
selection weights. On a CPU the end of it takes one pass over memory, forward and back: each
variable's hidden units pass a gated linear unit, are added to a straight line of the variable (the
resampled embedding), normalised, and summed. Layer by layer this reads and writes the largest
arrays of a training step a dozen times.

Shapes: R rows, S steps of a row, n = R · S, V variables, H hidden size, E embedding size.
"""

from functools import cache

import numpy as np
import torch
from numba import njit
from torch.nn import functional

EPSILON = 1e-5  # of the library's layer normalisation
# Sums may be reordered and divisions be products, so that loops run on several numbers at once.
fast = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


@cache
def interpolation(size: int, wanted: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Matrix (size, wanted) of the linear interpolation by which residuals change their size."""
    unit = torch.eye(size, dtype=dtype, device=device)[:, None]
    return functional.interpolate(unit, wanted, mode="linear", align_corners=True)[:, 0]


def select(
    tft, layers, name: str, values: torch.Tensor, context: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embed and select the variables of each step.

    Parameters
    ----------
    tft : TemporalFusionTransformer
        Gives the order of its variables.
    layers : swgw.models.fast_tft.Layers
    name : str
        "encoder_variable_selection" or "decoder_variable_selection".
    values : tensor (R, S, dynamic input)
    context : tensor (R, H)

    Returns
    -------
    tensor (R, S, H), tensor (R, S, V)
        The mixture, and the selection weights.
    """
    names = list(getattr(tft, name).input_sizes)
    order = [list(tft.prescalers).index(variable) for variable in names]
    scale, offset = (part[order] for part in layers.prescalers())  # (V, 8) each
    x = values[..., [tft.hparams.x_reals.index(variable) for variable in names]]
    weights = _weigh(layers, f"{name}.flattened_grn", x, scale, offset, context)  # (R, S, V)
    each, grn = x.flatten(0, 1).T, f"{name}.single_variable_grns.*"  # (V, R · S)
    mixed = gate_norm_mix(
        _hidden(layers, grn, each, scale, offset),
        *layers.pair(f"{grn}.gate_norm.glu.fc"),
        *_line(layers, f"{grn}.resample_norm", each, scale, offset),
        *layers.pair(f"{grn}.gate_norm.add_norm.norm"),
        weights.flatten(0, 1),
    )
    return mixed.view(*x.shape[:2], -1), weights


# An embedding of a number x is scale · x + offset: a linear layer of embeddings is one of numbers.
# The functions below merge the two.


def _hidden(layers, name: str, x: torch.Tensor, scale, offset) -> torch.Tensor:
    """Hidden units of the gated residual network of each variable: (V, n) → (V, n, 8)."""
    weight, bias = layers.pair(f"{name}.fc1")
    slope, constant = (weight @ torch.stack([scale, offset], dim=-1)).unbind(-1)  # (V, 8)
    hidden = torch.addcmul((constant + bias)[..., None], x[:, None], slope[..., None])
    weight, bias = layers.pair(f"{name}.fc2")
    return layers.drop(torch.baddbmm(bias[..., None], weight, functional.elu_(hidden))).mT


def _line(layers, name: str, x: torch.Tensor, scale, offset):
    """Embedding in the hidden size as a line, as :func:`gate_norm_mix` takes it.

    A resampled embedding is normalised. Its variance over the hidden units is a parabola in x,
    which is counted from where the variance is least: so no digits are lost.

    Returns
    -------
    tensor (2, V, n), tensor (V, 3, H)
        at, lines
    """
    if f"{name}.mask" not in layers.weights:
        none = torch.zeros_like
        return torch.stack([x, none(x)]), torch.stack([scale, none(scale), offset], dim=1)
    mask = layers.weights[f"{name}.mask"]
    matrix = interpolation(scale.shape[-1], mask.shape[-1], x.dtype, x.device)
    lines = torch.stack([scale, offset]) @ matrix * (2.0 * mask.sigmoid())  # (2, V, H)
    slope, constant = lines - lines.mean(dim=-1, keepdim=True)
    steep = slope.square().mean(dim=-1, keepdim=True)  # (V, 1)
    least = (slope * constant).mean(dim=-1, keepdim=True) / steep.clamp(min=1e-12)
    x, constant = x + least, constant - least * slope
    inverse = (steep * x.square() + constant.square().mean(dim=-1, keepdim=True) + EPSILON).rsqrt()
    weight, bias = layers.pair(f"{name}.norm")
    lines = torch.stack([slope * weight, constant * weight, bias], dim=1)
    return torch.stack([x * inverse, inverse]), lines


def _weigh(layers, name: str, x: torch.Tensor, scale, offset, context) -> torch.Tensor:
    """Selection weights from all embeddings of a step: (R, S, V) → (R, S, V)."""
    weight, bias = layers.pair(f"{name}.fc1")
    weight = weight.unflatten(-1, scale.shape)  # (H, V, 8)
    bias = (weight * offset).sum(dim=(1, 2)) + bias
    hidden = functional.linear(x, (weight * scale).sum(dim=-1), bias)
    hidden = hidden + layers.linear(f"{name}.context", context[:, None])
    matrix = interpolation(scale.numel(), len(scale), x.dtype, x.device).unflatten(0, scale.shape)
    slope, constant = ((part[..., None] * matrix).sum(dim=1) for part in (scale, offset))  # (V, V)
    skip = layers.scale_norm(f"{name}.resample_norm", x @ slope + constant.sum(dim=0))
    return layers.after_fc1(name, hidden, skip).softmax(dim=-1)


def gate_norm_mix(hidden, weight, bias, at, lines, scale, shift, mix) -> torch.Tensor:
    """Gate, add, normalise and mix.

    Parameters
    ----------
    hidden : tensor (V, n, E)
    weight, bias : tensor (V, 2H, E), tensor (V, 2H)
        Of the gated linear unit.
    at, lines : tensor (2, V, n), tensor (V, 3, H)
        What is added: at[0] · lines[:, 0] + at[1] · lines[:, 1] + lines[:, 2].
    scale, shift : tensor (V, H)
        Of the normalisation.
    mix : tensor (n, V)

    Returns
    -------
    tensor (n, H)
    """
    compute = layer_by_layer if hidden.is_cuda else GateNormMix.apply
    return compute(hidden, weight, bias, at, lines, scale, shift, mix)


def layer_by_layer(hidden, weight, bias, at, lines, scale, shift, mix) -> torch.Tensor:
    """The same in torch's own operations."""
    gated = functional.glu(torch.baddbmm(bias[:, None], hidden, weight.mT))
    line = torch.stack([*at, torch.ones_like(at[0])], dim=-1) @ lines
    normal = functional.layer_norm(gated + line, scale.shape[1:], eps=EPSILON)
    each = torch.addcmul(shift[:, None], normal, scale[:, None])  # (V, n, H)
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
