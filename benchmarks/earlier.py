"""The steps between the stock way and ours, kept to show what each of them bought.

Every step computes the same network; only how changes. :func:`bare_forward` is the library's
forward, window by window; :func:`block_forward` calls the library's modules, those that act step
by step once per (series, step); :func:`stacked_forward` is ours with the parameters still apart.
"""

import torch
from pytorch_forecasting import TemporalFusionTransformer
from pytorch_forecasting.metrics import QuantileLoss
from torch import nn

from swgw.models.batch import Block, Gatherer, unfold
from swgw.models.fast_tft import block_output
from swgw.models.networks import SIDE_BY_SIDE, library_batch
from swgw.models.run import Run
from swgw.models.training import draw_rows
from swgw.scores.skill import LEVELS


def present(
    tft: TemporalFusionTransformer,
    forward,
    loss,
    gatherer: Gatherer,
    schedule: Run,
    optimiser,
    epoch: int,
) -> int:
    """Train for an epoch in a bare loop; gives how many windows counted."""
    tft.train()
    parameters, presented = list(tft.parameters()), 0
    for rows in draw_rows(gatherer, schedule, epoch):
        block = gatherer.gather(rows)
        change = forward(tft, block) * block.typical[..., None]
        value = loss(block.baseline[..., None] + change, block)
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        presented += int((block.weight.sum(dim=(1, 2)) > 0).sum())
    return presented


def library_loss(prediction: torch.Tensor, block: Block) -> torch.Tensor:
    """The library's quantile loss, target by target: (window, lead_time, target, quantile) → ()."""
    loss, total = QuantileLoss(list(LEVELS)), 0.0
    prediction, target = prediction / block.typical[..., None], block.target / block.typical
    for i in range(block.n_targets):
        total = total + loss(prediction[:, :, i], (target[..., i], block.weight[..., i]))
    return total * len(LEVELS) / block.n_targets


def bare_forward(tft: TemporalFusionTransformer, block: Block) -> torch.Tensor:
    """The library's own forward on windows that lie ready as tensors."""
    prediction = tft(library_batch(block))["prediction"]
    return torch.stack(prediction, dim=2) if isinstance(prediction, list) else prediction


def stacked_forward(tft: TemporalFusionTransformer, block: Block) -> torch.Tensor:
    """Our forward with the library's parameters, which are stacked anew for each step."""
    members: dict[str, list[nn.Parameter]] = {}
    for name, parameter in tft.named_parameters():
        members.setdefault(SIDE_BY_SIDE.sub(r"\1.*.", name), []).append(parameter)
    weights = {
        name: torch.stack(group) if "*" in name else group[0] for name, group in members.items()
    }
    return block_output(tft, weights, block)["prediction"]


def block_forward(tft: TemporalFusionTransformer, block: Block) -> torch.Tensor:
    """The library's modules on a block: (window, lead_time, target, quantile)."""
    reals = zip(
        tft.hparams.x_reals[-block.reals.shape[1] :], block.reals.split(1, dim=1), strict=True
    )
    static, _ = tft.static_variable_selection(tft.input_embeddings(block.classes) | dict(reals))
    context = tft.static_context_variable_selection(static)
    past = block.values[:, : -block.lead_times]
    past = _select(tft, tft.encoder_variable_selection, tft.encoder_variables, past, context)
    ahead = block.values[:, block.encoder_length :]
    ahead = _select(tft, tft.decoder_variable_selection, tft.decoder_variables, ahead, context)
    past = unfold(past, block.encoder_length, block.stride)
    ahead = unfold(ahead, block.lead_times, block.stride)
    output = _fuse(tft, past, ahead, static.repeat_interleave(block.per_row, dim=0))
    return torch.stack([layer(output) for layer in tft.output_layer], dim=2)


def _select(tft, network, names, values: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
    place = {name: i for i, name in enumerate(tft.hparams.x_reals)}
    inputs = {name: values[..., place[name], None] for name in names}
    return network(inputs, tft.expand_static_context(context, values.shape[1]))[0]


def _fuse(tft, past: torch.Tensor, ahead: torch.Tensor, static: torch.Tensor) -> torch.Tensor:
    """From the LSTM on, window by window."""
    encoder_length, lead_times = past.shape[1], ahead.shape[1]
    state = (
        tft.static_context_initial_hidden_lstm(static)[None],
        tft.static_context_initial_cell_lstm(static)[None],
    )
    encoded, state = tft.lstm_encoder(past, state)
    decoded, _ = tft.lstm_decoder(ahead, state)
    encoded = tft.post_lstm_add_norm_encoder(tft.post_lstm_gate_encoder(encoded), past)
    decoded = tft.post_lstm_add_norm_decoder(tft.post_lstm_gate_decoder(decoded), ahead)
    lstm = torch.cat([encoded, decoded], dim=1)
    context = tft.expand_static_context(tft.static_context_enrichment(static), lstm.shape[1])
    enriched = tft.static_enrichment(lstm, context)
    query = enriched[:, encoder_length:]
    lengths = torch.full((len(past),), encoder_length), torch.full((len(past),), lead_times)
    mask = tft.get_attention_mask(*lengths)
    attended, _ = tft.multihead_attn(q=query, k=enriched, v=enriched, mask=mask)
    output = tft.post_attn_gate_norm(attended, query)
    return tft.pre_output_gate_norm(tft.pos_wise_ff(output), lstm[:, encoder_length:])
