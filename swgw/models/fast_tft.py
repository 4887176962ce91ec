"""The forward of pytorch-forecasting's TFT on a block of windows, with the library's weights.

The embedding and selection of variables act on one step at a time. They are computed once per
(series, step) instead of once per window, all variables side by side, and gathered into windows
before the LSTM. A test compares outputs and gradients with the library's own forward.

Shapes: R rows, B = R · K windows, E encoder steps, L lead times, S steps of a row, V variables,
H hidden size, n attention heads.
"""

import math

import numpy as np
import torch
from torch.func import functional_call
from torch.nn import functional

from swgw.models.batch import Block, unfold
from swgw.models.selection import interpolation, select


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

    def prescalers(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Scale and offset by which each number is embedded, both (variable, embedding)."""
        return self.weights["prescalers.*.weight"][..., 0], self.weights["prescalers.*.bias"]

    def linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Linear layer; of a stack, each layer on its own input: (n, R, in) → (n, R, out)."""
        return _linear(x, *self.pair(name))

    def fan_out(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Every layer of a stack on the same input: (…, in) → (…, n, out)."""
        weight, bias = self.pair(name)
        wide = functional.linear(x, weight.flatten(0, 1), bias.flatten())
        return wide.unflatten(-1, bias.shape)

    def norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Layer normalisation over the last dimension; of a stack, as in :meth:`linear`."""
        weight, bias = self.pair(name)
        if weight.dim() == 1:
            return functional.layer_norm(x, x.shape[-1:], weight, bias)
        return functional.layer_norm(x, x.shape[-1:]) * weight[:, None] + bias[:, None]

    def gate(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Gated linear unit; two products are faster than one that is cut in halves."""
        weight, bias = self.pair(f"{name}.fc")
        value, gate = zip(weight.chunk(2, dim=-2), bias.chunk(2, dim=-1), strict=True)
        return _linear(x, *value) * _linear(x, *gate).sigmoid_()

    def gate_norm(self, name: str, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """Gate, add and normalise."""
        return self.norm(f"{name}.add_norm.norm", self.gate(f"{name}.glu", x) + skip)

    @staticmethod
    def resize(x: torch.Tensor, wanted: int) -> torch.Tensor:
        """Interpolate to another size."""
        return x @ interpolation(x.shape[-1], wanted, x.dtype, x.device)

    def scale_norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        """Scale by the trained mask and normalise."""
        mask = self.weights[f"{name}.mask"]
        return self.norm(f"{name}.norm", x * (2.0 * mask.sigmoid()).unsqueeze(-2))

    def grn(self, name: str, x: torch.Tensor, context: torch.Tensor | None = None) -> torch.Tensor:
        """Gated residual network; the context (…, in) is broadcast along the steps."""
        resized = f"{name}.resample_norm"
        skip, mask = x, self.weights.get(f"{resized}.mask")
        if mask is not None:
            skip = self.scale_norm(resized, self.resize(x, mask.shape[-1]))
        hidden = self.linear(f"{name}.fc1", x)
        if context is not None:
            hidden = hidden + self.linear(f"{name}.context", context)
        return self.after_fc1(name, hidden, skip)

    def after_fc1(self, name: str, hidden: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        """The rest of a gated residual network; ``hidden`` is overwritten."""
        hidden = self.linear(f"{name}.fc2", functional.elu_(hidden))
        return self.gate_norm(f"{name}.gate_norm", self.drop(hidden), skip)


def _linear(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    if weight.dim() == 2:
        return functional.linear(x, weight, bias)
    return torch.baddbmm(bias[:, None], x, weight.mT)


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
    contexts = _contexts(tft, layers, static)
    context = contexts["variable_selection"]
    past, ahead = block.values[:, : -block.lead_times], block.values[:, block.encoder_length :]
    past, past_weights = select(tft, layers, "encoder_variable_selection", past, context)
    ahead, ahead_weights = select(tft, layers, "decoder_variable_selection", ahead, context)
    past = unfold(past, block.encoder_length, block.stride)  # (B, E, H)
    ahead = unfold(ahead, block.lead_times, block.stride)  # (B, L, H)
    local = _local(tft, layers, contexts, past, ahead, block.per_row)  # (B, E + L, H)
    output, attention = _fuse(tft, layers, contexts, local, block)
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
    grns = f"{name}.single_variable_grns.*"
    classes, numbers = _embedded_classes(tft, layers, block), _embedded_numbers(tft, layers, block)
    each = []  # classes come first, as in the library
    if classes:
        size = tft.hparams.hidden_size
        resized = torch.stack([layers.resize(one, size) for one in classes])
        each.append(layers.scale_norm(grns, resized))
    if len(numbers):
        each.append(layers.grn(grns, numbers))
    each = torch.cat(each)  # (static, R, H)
    if len(each) == 1:
        return each[0], torch.ones_like(each[0][:, :1])
    flat = torch.cat([*classes, *numbers], dim=-1)
    weights = layers.grn(f"{name}.flattened_grn", flat).softmax(dim=-1)
    return (each * weights.T[..., None]).sum(dim=0), weights


def _embedded_classes(tft, layers: Layers, block: Block) -> list[torch.Tensor]:
    """Embed the static classes of each row: (R, size) each, of any size."""
    names = tft.hparams.static_categoricals
    tables = [layers.weights[f"input_embeddings.embeddings.{name}.weight"] for name in names]
    return [table[each] for table, each in zip(tables, block.classes.T, strict=True)]


def _embedded_numbers(tft, layers: Layers, block: Block) -> torch.Tensor:
    """Embed the static numbers of each row: (number, R, embedding)."""
    places = [list(tft.prescalers).index(name) for name in tft.hparams.static_reals]
    scale, offset = (part[places][:, None] for part in layers.prescalers())
    return block.reals.T[..., None] * scale + offset


def _contexts(tft, layers: Layers, static: torch.Tensor) -> dict[str, torch.Tensor]:
    """Give what the statics are used for, by the name of the use: (R, H) each."""
    uses = [name for name, _ in tft.named_children() if name.startswith("static_context_")]
    each = layers.grn("static_context.*", static.expand(len(uses), -1, -1))
    return {use.removeprefix("static_context_"): one for use, one in zip(uses, each, strict=True)}


def _local(tft, layers: Layers, contexts, past, ahead, per_row: int) -> torch.Tensor:
    """The LSTM over encoder and decoder with its gated skip: (B, E + L, H)."""

    def lstm(name: str, x: torch.Tensor, state):
        module = getattr(tft, name)
        own = {part: layers.weights[f"{name}.{part}"] for part, _ in module.named_parameters()}
        return functional_call(module, own, (x, state))

    state = tuple(
        contexts[f"initial_{part}_lstm"]
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
    tft, layers: Layers, contexts: dict[str, torch.Tensor], local: torch.Tensor, block: Block
) -> tuple[torch.Tensor, torch.Tensor]:
    """Enrichment, attention and the layers after it: (B, L, H), (B, L, n, E)."""
    context = contexts["enrichment"].repeat_interleave(block.per_row, dim=0)[:, None]
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
