"""pytorch-forecasting's Temporal Fusion Transformer, with one or two targets (section 2.4.3).

The network, its weights and its state dict are the library's. :func:`block_output` runs it on a
block of windows, where the embedding and selection of variables, which act on one step at a time,
are computed once per (series, step) instead of once per window; a test holds it to the library's
own forward.
"""

import warnings

import torch
from torch import nn

from swgw.models.batch import Block, unfold
from swgw.models.losses import QUANTILE_LEVELS
from swgw.panel import Panel

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pytorch_forecasting import TemporalFusionTransformer
    from pytorch_forecasting.data.encoders import MultiNormalizer, TorchNormalizer
    from pytorch_forecasting.metrics import MultiLoss, QuantileLoss


def make_tft(
    panel: Panel, hidden_size: int, dropout: float, attention_heads: int
) -> TemporalFusionTransformer:
    """Build the library's network for a panel's variables.

    Targets are standardised changes already, so the normaliser is the identity.
    """
    classes = {
        name: (count, min(round(1.6 * count**0.56), 8))
        for name, count in zip(panel.static_classes, panel.class_counts, strict=True)
    }
    dynamic, several = list(panel.variables), len(panel.targets) > 1
    losses = [QuantileLoss(list(QUANTILE_LEVELS)) for _ in panel.targets]
    identities = [TorchNormalizer(method="identity") for _ in panel.targets]
    sizes = [len(QUANTILE_LEVELS)] * len(panel.targets)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # modules among the hyperparameters
        return TemporalFusionTransformer(
            hidden_size=hidden_size,
            hidden_continuous_size=8,
            lstm_layers=1,
            dropout=dropout,
            attention_head_size=attention_heads,
            max_encoder_length=panel.encoder_length,
            x_reals=dynamic + list(panel.static_reals),
            x_categoricals=list(panel.static_classes),
            static_reals=list(panel.static_reals),
            static_categoricals=list(panel.static_classes),
            time_varying_reals_encoder=dynamic,
            time_varying_reals_decoder=[v for v, k in zip(dynamic, panel.known, strict=True) if k],
            embedding_sizes=classes,
            embedding_labels={name: {} for name in classes},
            output_size=sizes if several else sizes[0],
            loss=MultiLoss(losses) if several else losses[0],
            output_transformer=MultiNormalizer(identities) if several else identities[0],
            causal_attention=True,
            log_interval=-1,
        )


def library_output(tft: TemporalFusionTransformer, block: Block) -> dict:
    """Run the library's own forward on a block's windows, one by one."""
    past, future, reals = block.past(), block.future(), block.static_reals()
    classes, lead_times = block.static_classes(), block.lead_times
    scale = [past.new_tensor([0.0, 1.0]).expand(len(past), 2) for _ in range(block.n_targets)]
    return tft(
        {
            "encoder_cont": _with_statics(past, reals),
            "decoder_cont": _with_statics(future, reals),
            "encoder_cat": classes[:, None].expand(-1, block.encoder_length, -1),
            "decoder_cat": classes[:, None].expand(-1, lead_times, -1),
            "encoder_lengths": torch.full((len(past),), block.encoder_length),
            "decoder_lengths": torch.full((len(past),), lead_times),
            "target_scale": scale if len(scale) > 1 else scale[0],
        }
    )


def _with_statics(values: torch.Tensor, reals: torch.Tensor) -> torch.Tensor:
    """Repeat the statics along a window: (B, T, variable) → (B, T, variable + static)."""
    return torch.cat([values, reals[:, None].expand(-1, values.shape[1], -1)], dim=-1)


def block_output(tft: TemporalFusionTransformer, block: Block) -> dict:
    """Run the network on a block: the library's forward with its step-wise part shared.

    Returns
    -------
    dict
        prediction (window, lead_time, target, quantile), attention (window, lead_time, head,
        encoder_step), encoder, decoder (window, step, variable) and static (window, static)
        selection weights.
    """
    static, static_weights = _static_embedding(tft, block)  # (R, H)
    context = tft.static_context_variable_selection(static)
    past, past_weights = _select(
        tft.encoder_variable_selection,
        tft.encoder_variables,
        tft,
        block.values[:, : -block.lead_times],
        context,
    )
    ahead, ahead_weights = _select(
        tft.decoder_variable_selection,
        tft.decoder_variables,
        tft,
        block.values[:, block.encoder_length :],
        context,
    )
    past = unfold(past, block.encoder_length, block.stride)  # (B, E, H)
    ahead = unfold(ahead, block.lead_times, block.stride)  # (B, L, H)
    output, attention = _fuse(tft, past, ahead, static.repeat_interleave(block.per_row, dim=0))
    layers = tft.output_layer if tft.n_targets > 1 else [tft.output_layer]
    return {
        "prediction": torch.stack([layer(output) for layer in layers], dim=2),
        "attention": attention,
        "encoder": unfold(past_weights, block.encoder_length, block.stride),
        "decoder": unfold(ahead_weights, block.lead_times, block.stride),
        "static": static_weights.repeat_interleave(block.per_row, dim=0),
    }


def _static_embedding(tft, block: Block) -> tuple[torch.Tensor, torch.Tensor]:
    """Select the statics of each row: embedding (R, H) and weights (R, static)."""
    if not tft.static_variables:
        empty = block.values.new_zeros(len(block.values), tft.hparams.hidden_size)
        return empty, empty[:, :0]
    inputs = tft.input_embeddings(block.classes)
    offset = len(tft.hparams.x_reals) - block.reals.shape[1]
    for i, name in enumerate(tft.hparams.x_reals[offset:]):
        inputs[name] = block.reals[:, i : i + 1]
    embedding, weights = tft.static_variable_selection(inputs)
    return embedding, weights.flatten(1)


def _select(network, names, tft, values: torch.Tensor, context: torch.Tensor):
    """Embed and select the variables of each step once: (R, S, variable) → (R, S, H)."""
    place = {name: i for i, name in enumerate(tft.hparams.x_reals)}
    inputs = {name: values[..., place[name], None] for name in names}
    embedded, weights = network(inputs, tft.expand_static_context(context, values.shape[1]))
    return embedded, weights.squeeze(-2)


def _fuse(tft, past: torch.Tensor, ahead: torch.Tensor, static: torch.Tensor):
    """The window-wise part of the library's forward, from the LSTM on, in its order."""
    encoder_length, lead_times = past.shape[1], ahead.shape[1]
    state = tuple(
        start(static).expand(tft.hparams.lstm_layers, -1, -1).contiguous()
        for start in (tft.static_context_initial_hidden_lstm, tft.static_context_initial_cell_lstm)
    )
    encoded, state = tft.lstm_encoder(past, state)
    decoded, _ = tft.lstm_decoder(ahead, state)
    encoded = tft.post_lstm_add_norm_encoder(tft.post_lstm_gate_encoder(encoded), past)
    decoded = tft.post_lstm_add_norm_decoder(tft.post_lstm_gate_decoder(decoded), ahead)
    lstm = torch.cat([encoded, decoded], dim=1)  # (B, E + L, H)
    context = tft.expand_static_context(tft.static_context_enrichment(static), lstm.shape[1])
    enriched = tft.static_enrichment(lstm, context)
    lengths = torch.full((len(past),), encoder_length), torch.full((len(past),), lead_times)
    attended, attention = tft.multihead_attn(
        q=enriched[:, encoder_length:],
        k=enriched,
        v=enriched,
        mask=tft.get_attention_mask(*lengths),
    )
    output = tft.post_attn_gate_norm(attended, enriched[:, encoder_length:])
    output = tft.pre_output_gate_norm(tft.pos_wise_ff(output), lstm[:, encoder_length:])
    return output, attention[..., :encoder_length]


class CoupledTFT(nn.Module):
    """The library's network behind the same door as the recurrent models.

    Parameters
    ----------
    panel : Panel
        Tells the sizes of the inputs.
    hidden_size : int
    dropout : float
    attention_heads : int
    """

    def __init__(self, panel: Panel, hidden_size: int, dropout: float, attention_heads: int):
        super().__init__()
        self.tft = make_tft(panel, hidden_size, dropout, attention_heads)

    def forward(self, block: Block) -> torch.Tensor:
        """Forecast standardised quantiles: (window, lead_time, target, quantile)."""
        return block_output(self.tft, block)["prediction"] + block.baseline[..., None]

    def interpret(self, block: Block) -> dict[str, torch.Tensor]:
        """Attention and variable selection weights of a block's windows.

        Returns
        -------
        dict
            attention (window, lead_time, encoder_step), averaged over heads, and the weights
            encoder (window, variable), decoder (window, known variable), static (window, static),
            averaged over steps.
        """
        out = block_output(self.tft, block)
        return {
            "attention": out["attention"].mean(dim=2),
            "encoder": out["encoder"].mean(dim=1),
            "decoder": out["decoder"].mean(dim=1),
            "static": out["static"],
        }
