"""The forward of pytorch-forecasting's TFT on a block of windows, with the library's weights.

The embedding and selection of variables act on one step at a time: here they are computed once
per (series, step) instead of once per window, all variables side by side, and gathered into
windows before the LSTM. A test holds outputs and gradients to the library's own forward.
"""

import math

import torch
from torch.func import functional_call

from swgw.models.batch import Block, unfold
from swgw.models.layers import Layers


def block_output(tft, weights: dict[str, torch.Tensor], block: Block) -> dict[str, torch.Tensor]:
    """Run the network on a block.

    Parameters
    ----------
    tft : TemporalFusionTransformer
        Tells sizes, names and whether it is being trained.
    weights : dict of str to tensor
        See :meth:`swgw.models.flat.FlatParameters.unpack`.
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
        "attention": attention,
        "encoder": past_weights,
        "decoder": ahead_weights,
        "static": static_weights,
    }


def _static_embedding(tft, layers: Layers, block: Block) -> tuple[torch.Tensor, torch.Tensor]:
    """Select the statics of each row: embedding (R, H) and weights (R, static)."""
    name = "static_variable_selection"
    if not tft.static_variables:
        empty = block.values.new_zeros(len(block.values), tft.hparams.hidden_size)
        return empty, empty[:, :0]
    embedded = _embedded_statics(tft, layers, block)
    each = [
        layers.resample(f"{name}.single_variable_grns.{variable}", x)
        if variable in tft.hparams.x_categoricals
        else layers.grn(f"{name}.single_variable_grns.{variable}", x)
        for variable, x in embedded.items()
    ]
    if len(each) == 1:
        return each[0], torch.ones_like(each[0][:, :1])
    flat = torch.cat(list(embedded.values()), dim=-1)
    weights = layers.grn(f"{name}.flattened_grn", flat).softmax(dim=-1)  # (R, static)
    return (torch.stack(each, dim=-1) * weights[:, None]).sum(dim=-1), weights


def _embedded_statics(tft, layers: Layers, block: Block) -> dict[str, torch.Tensor]:
    """Embed each static of each row, in the order in which the network selects them."""
    reals = tft.hparams.static_reals
    scales = dict(zip(tft.prescalers, zip(*_prescalers(layers), strict=True), strict=True))
    embedded = {}
    for name in tft.static_variable_selection.input_sizes:
        if name in reals:
            scale, offset = scales[name]
            embedded[name] = block.reals[:, reals.index(name), None] * scale + offset
        else:
            table = layers.weights[f"input_embeddings.embeddings.{name}.weight"]
            embedded[name] = table[block.classes[:, tft.hparams.x_categoricals.index(name)]]
    return embedded


def _prescalers(layers: Layers) -> tuple[torch.Tensor, torch.Tensor]:
    """Scale and offset by which each number is embedded, both (variable, embedding)."""
    return layers.weights["prescalers.*.weight"][..., 0], layers.weights["prescalers.*.bias"]


def _select(
    tft, layers: Layers, name: str, values: torch.Tensor, context: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Embed and select the variables of each step: (R, S, variable) → (R, S, H)."""
    names = list(getattr(tft, name).input_sizes)
    columns = [tft.hparams.x_reals.index(variable) for variable in names]
    order = [list(tft.prescalers).index(variable) for variable in names]
    scale, offset = (part[order, None] for part in _prescalers(layers))  # (V, 1, 8)
    rows, steps, _ = values.shape
    x = values[..., columns].flatten(0, 1).T[..., None]  # (V, R · S, 1)
    embedded = torch.addcmul(offset, x, scale)  # (V, R · S, 8)
    each = layers.grn(f"{name}.single_variable_grns.*", embedded)  # (V, R · S, H)
    flat = embedded.transpose(0, 1).reshape(rows, steps, -1)
    weights = layers.grn(f"{name}.flattened_grn", flat, context[:, None]).softmax(dim=-1)
    mixed = (each * weights.flatten(0, 1).T[..., None]).sum(dim=0)
    return mixed.view(rows, steps, -1), weights


def _local(tft, layers: Layers, static: torch.Tensor, past, ahead, per_row: int) -> torch.Tensor:
    """The LSTM over encoder and decoder with its gated skip: (B, E + L, H)."""
    state = tuple(
        layers.grn(f"static_context_initial_{part}_lstm", static)
        .repeat_interleave(per_row, dim=0)
        .expand(tft.hparams.lstm_layers, -1, -1)
        .contiguous()
        for part in ("hidden", "cell")
    )
    encoded, state = _lstm(tft, layers, "lstm_encoder", past, state)
    decoded, _ = _lstm(tft, layers, "lstm_decoder", ahead, state)
    steps, skip = torch.cat([encoded, decoded], dim=1), torch.cat([past, ahead], dim=1)
    gated = layers.gate("post_lstm_gate_encoder", steps)
    return layers.norm("post_lstm_add_norm_encoder.norm", gated + skip)


def _lstm(tft, layers: Layers, name: str, x: torch.Tensor, state):
    own = {
        part: layers.weights[f"{name}.{part}"] for part, _ in getattr(tft, name).named_parameters()
    }
    return functional_call(getattr(tft, name), own, (x, state))


def _fuse(
    tft, layers: Layers, static: torch.Tensor, local: torch.Tensor, block: Block
) -> tuple[torch.Tensor, torch.Tensor]:
    """Enrichment, attention and what follows, in the library's order: (B, L, H), (B, L, n, E)."""
    context = layers.grn("static_context_enrichment", static)
    context = context.repeat_interleave(block.per_row, dim=0)[:, None]
    enriched = layers.grn("static_enrichment", local, context)
    ahead = enriched[:, block.encoder_length :]
    attended, attention = _attend(tft, layers, ahead, enriched, block)
    output = layers.gate_norm("post_attn_gate_norm", attended, ahead)
    output = layers.grn("pos_wise_ff", output)
    skip = local[:, block.encoder_length :]
    output = layers.gate_norm("pre_output_gate_norm", output, skip, drop=False)
    return output, attention[..., : block.encoder_length]


def _attend(tft, layers: Layers, query: torch.Tensor, steps: torch.Tensor, block: Block):
    """Interpretable multi-head attention: heads share their values and are averaged."""
    name = "multihead_attn"
    q = layers.fan_out(f"{name}.q_layers.*", query).transpose(1, 2)  # (B, n, L, d)
    k = layers.fan_out(f"{name}.k_layers.*", steps).permute(0, 2, 3, 1)  # (B, n, d, E + L)
    later = torch.ones(block.lead_times, block.lead_times, dtype=torch.bool, device=q.device)
    hidden = torch.nn.functional.pad(later.triu(), (block.encoder_length, 0))
    scores = (q @ k / math.sqrt(q.shape[-1])).masked_fill(hidden, tft.hparams.mask_bias)
    attention = scores.softmax(dim=-1)  # (B, n, L, E + L)
    values = layers.linear(f"{name}.v_layer", steps)  # (B, E + L, d)
    heads = (attention.flatten(1, 2) @ values).unflatten(1, attention.shape[1:3])
    mean = layers.drop(heads).mean(dim=1)  # (B, L, d)
    return layers.drop(layers.linear(f"{name}.w_h", mean)), attention.transpose(1, 2)
