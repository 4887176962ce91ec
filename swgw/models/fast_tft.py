"""The forward of pytorch-forecasting's TFT on a block of windows, with the library's weights.

The embedding and selection of variables act on one step at a time. They are computed once per
(series, step) instead of once per window, all variables side by side, and gathered into windows
before the LSTM. A test compares outputs and gradients with the library's own forward.

Shapes: R rows, B = R · K windows, E encoder steps, L lead times, S steps of a row, V variables,
H hidden size, n attention heads.
"""

import math
from functools import cache

import numpy as np
import torch
from torch.func import functional_call
from torch.nn import functional

from swgw.models.batch import Block, unfold
from swgw.models.fused import EPSILON, gate_norm_mix


@cache
def interpolation(size: int, wanted: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Matrix (size, wanted) of the linear interpolation by which residuals change their size."""
    unit = torch.eye(size, dtype=dtype, device=device)[:, None]
    return functional.interpolate(unit, wanted, mode="linear", align_corners=True)[:, 0]


class Layers:
    """The library's layers by name, as functions of the unpacked weights.

    Parameters
    ----------
    weights : dict of str to tensor
        See :meth:`swgw.models.networks.FlatParameters.unpack`.
    dropout : float
        0 in a forecast; rounded to a 256th.
    """

    def __init__(self, weights: dict[str, torch.Tensor], dropout: float):
        self.weights, self.dropout = weights, dropout
        self.random = np.random.default_rng(int(torch.randint(2**62, ()))) if dropout else None

    def drop(self, x: torch.Tensor) -> torch.Tensor:
        """Dropout; on the CPU a byte of NumPy's generator an element, four times as fast."""
        if x.is_cuda or not self.dropout:
            return functional.dropout(x, self.dropout)
        dropped = round(256 * self.dropout)  # of 256 equally likely bytes
        drawn = np.frombuffer(self.random.bytes(x.numel()), np.uint8) >= dropped
        return x * (torch.from_numpy(drawn).view(x.shape) * (256 / (256 - dropped)))

    def pair(self, name: str) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weight and bias of a layer."""
        return self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias")

    def linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Linear layer."""
        return functional.linear(x, *self.pair(name))

    def fan_out(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Every layer of a stack on the same input: (…, in) → (…, n, out)."""
        weight, bias = self.pair(name)
        wide = functional.linear(x, weight.flatten(0, 1), bias.flatten())
        return wide.unflatten(-1, bias.shape)

    def norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Layer normalisation over the last dimension."""
        return functional.layer_norm(x, x.shape[-1:], *self.pair(name))

    def gate(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Gated linear unit; two products are faster than one that is cut in halves."""
        value, gate = zip(*(part.chunk(2) for part in self.pair(f"{name}.fc")), strict=True)
        return functional.linear(x, *value) * functional.linear(x, *gate).sigmoid_()

    def gate_norm(self, name: str, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Gate, add and normalise."""
        return self.norm(f"{name}.add_norm.norm", self.gate(f"{name}.glu", x) + skip)

    def resample(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Interpolate to the size of the output, scale and normalise."""
        wanted = self.weights[f"{name}.mask"].shape[-1]
        return self.scale_norm(name, x @ interpolation(x.shape[-1], wanted, x.dtype, x.device))

    def scale_norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Scale by the trained mask and normalise."""
        return self.norm(f"{name}.norm", x * (2.0 * self.weights[f"{name}.mask"].sigmoid()))

    def grn(self, name: str, x: torch.Tensor, context: torch.Tensor | None = None) -> torch.Tensor:
        """Gated residual network; the context (…, in) is broadcast along the steps."""
        resized = f"{name}.resample_norm"
        skip = self.resample(resized, x) if f"{resized}.mask" in self.weights else x
        hidden = self.linear(f"{name}.fc1", x)
        if context is not None:
            hidden = hidden + self.linear(f"{name}.context", context)
        return self.after_fc1(name, hidden, skip)

    def after_fc1(self, name: str, hidden: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """The rest of a gated residual network; ``hidden`` is overwritten."""
        hidden = self.linear(f"{name}.fc2", functional.elu_(hidden))
        return self.gate_norm(f"{name}.gate_norm", self.drop(hidden), skip)


def block_output(tft, weights: dict[str, torch.Tensor], block: Block) -> dict[str, torch.Tensor]:
    """Run the network on a block.

    Parameters
    ----------
    tft : TemporalFusionTransformer
        Gives sizes, names and whether it is in training mode.
    weights : dict of str to tensor
        See :meth:`swgw.models.networks.FlatParameters.unpack`.
    block : Block

    Returns
    -------
    dict
        prediction (window, lead_time, target, quantile), attention (window, lead_time, head,
        encoder_step), and selection weights: encoder, decoder (row, step, variable) and static
        (row, static).
    """
    layers = Layers(weights, tft.hparams.dropout if tft.training else 0.0)
    static, static_weights = _static_embedding(tft, layers, block)  # (R, H)
    context = layers.grn("static_context_variable_selection", static)  # (R, H)
    past, ahead = block.values[:, : -block.lead_times], block.values[:, block.encoder_length :]
    past, past_weights = _select(tft, layers, "encoder_variable_selection", past, context)
    ahead, ahead_weights = _select(tft, layers, "decoder_variable_selection", ahead, context)
    past = unfold(past, block.encoder_length, block.stride)  # (B, E, H)
    ahead = unfold(ahead, block.lead_times, block.stride)  # (B, L, H)
    local = _local(tft, layers, static, past, ahead, block.per_row)  # (B, E + L, H)
    output, attention = _fuse(tft, layers, static, local, block)
    names = [f"output_layer.{i}" for i in range(tft.n_targets)] if tft.n_targets > 1 else []
    heads = [layers.linear(name, output) for name in names or ["output_layer"]]
    return {
        "prediction": torch.stack(heads, dim=2),
        "attention": attention, "encoder": past_weights, "decoder": ahead_weights,
        "static": static_weights,
    }  # fmt: skip


def _static_embedding(tft, layers: Layers, block: Block) -> tuple[torch.Tensor, torch.Tensor]:
    """Embed and select the statics of each row: embedding (R, H) and weights (R, static)."""
    name = "static_variable_selection"
    if not tft.static_variables:
        empty = block.values.new_zeros(len(block.values), tft.hparams.hidden_size)
        return empty, empty[:, :0]
    scale, offset = _prescalers(layers)
    embedded, each = [], []
    for variable in tft.static_variable_selection.input_sizes:
        grn = f"{name}.single_variable_grns.{variable}"
        if variable in tft.hparams.x_categoricals:
            table = layers.weights[f"input_embeddings.embeddings.{variable}.weight"]
            x = table[block.classes[:, tft.hparams.x_categoricals.index(variable)]]
            each.append(layers.resample(grn, x))
        else:
            place = list(tft.prescalers).index(variable)
            x = block.reals[:, tft.hparams.static_reals.index(variable), None]
            x = x * scale[place] + offset[place]
            each.append(layers.grn(grn, x))
        embedded.append(x)
    if len(each) == 1:
        return each[0], torch.ones_like(each[0][:, :1])
    weights = layers.grn(f"{name}.flattened_grn", torch.cat(embedded, dim=-1)).softmax(dim=-1)
    return (torch.stack(each, dim=-1) * weights[:, None]).sum(dim=-1), weights


def _prescalers(layers: Layers) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and offset by which each number is embedded, both (variable, embedding)."""
    return layers.weights["prescalers.*.weight"][..., 0], layers.weights["prescalers.*.bias"]


def _select(
    tft, layers: Layers, name: str, values: torch.Tensor, context: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embed and select the variables of each step: (R, S, V) → (R, S, H)."""
    names = list(getattr(tft, name).input_sizes)
    order = [list(tft.prescalers).index(variable) for variable in names]
    scale, offset = (part[order] for part in _prescalers(layers))  # (V, 8) each
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


def _hidden(layers: Layers, name: str, x: torch.Tensor, scale, offset) -> torch.Tensor:
    """Hidden units of the gated residual network of each variable: (V, n) → (V, n, 8)."""
    weight, bias = layers.pair(f"{name}.fc1")
    slope, constant = (weight @ torch.stack([scale, offset], dim=-1)).unbind(-1)  # (V, 8)
    hidden = torch.addcmul((constant + bias)[..., None], x[:, None], slope[..., None])
    weight, bias = layers.pair(f"{name}.fc2")
    return layers.drop(torch.baddbmm(bias[..., None], weight, functional.elu_(hidden))).mT


def _line(layers: Layers, name: str, x: torch.Tensor, scale, offset):
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


def _weigh(layers: Layers, name: str, x: torch.Tensor, scale, offset, context) -> torch.Tensor:
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


def _local(tft, layers: Layers, static: torch.Tensor, past, ahead, per_row: int) -> torch.Tensor:
    """The LSTM over encoder and decoder with its gated skip: (B, E + L, H)."""

    def lstm(name: str, x: torch.Tensor, state):
        module = getattr(tft, name)
        own = {part: layers.weights[f"{name}.{part}"] for part, _ in module.named_parameters()}
        return functional_call(module, own, (x, state))

    state = tuple(
        layers.grn(f"static_context_initial_{part}_lstm", static)
        .repeat_interleave(per_row, dim=0)
        .expand(tft.hparams.lstm_layers, -1, -1)
        .contiguous()
        for part in ("hidden", "cell")
    )
    encoded, state = lstm("lstm_encoder", past, state)
    decoded, _ = lstm("lstm_decoder", ahead, state)
    steps, skip = torch.cat([encoded, decoded], dim=1), torch.cat([past, ahead], dim=1)
    gated = layers.gate("post_lstm_gate_encoder", layers.drop(steps))
    return layers.norm("post_lstm_add_norm_encoder.norm", gated + skip)


def _fuse(
    tft, layers: Layers, static: torch.Tensor, local: torch.Tensor, block: Block
) -> tuple[torch.Tensor, torch.Tensor]:
    """Enrichment, attention and the layers after it: (B, L, H), (B, L, n, E)."""
    context = layers.grn("static_context_enrichment", static)
    context = context.repeat_interleave(block.per_row, dim=0)[:, None]
    enriched = layers.grn("static_enrichment", local, context)
    ahead = enriched[:, block.encoder_length :]
    attended, attention = _attend(tft, layers, ahead, enriched, block)
    output = layers.gate_norm("post_attn_gate_norm", layers.drop(attended), ahead)
    output = layers.grn("pos_wise_ff", output)
    output = layers.gate_norm("pre_output_gate_norm", output, local[:, block.encoder_length :])
    return output, attention[..., : block.encoder_length]


def _attend(tft, layers: Layers, query: torch.Tensor, steps: torch.Tensor, block: Block):
    """Interpretable multi-head attention: heads share their values and are averaged."""
    name = "multihead_attn"
    q = layers.fan_out(f"{name}.q_layers.*", query).transpose(1, 2)  # (B, n, L, d)
    k = layers.fan_out(f"{name}.k_layers.*", steps).permute(0, 2, 3, 1)  # (B, n, d, E + L)
    later = torch.ones(block.lead_times, block.lead_times, dtype=torch.bool, device=q.device)
    hidden = functional.pad(later.triu(), (block.encoder_length, 0))
    scores = (q @ k / math.sqrt(q.shape[-1])).masked_fill(hidden, tft.hparams.mask_bias)
    attention = scores.softmax(dim=-1)  # (B, n, L, E + L)
    values = layers.linear(f"{name}.v_layer", steps)  # (B, E + L, d)
    heads = (attention.flatten(1, 2) @ values).unflatten(1, attention.shape[1:3])
    mean = layers.drop(heads).mean(dim=1)  # (B, L, d)
    return layers.drop(layers.linear(f"{name}.w_h", mean)), attention.transpose(1, 2)
