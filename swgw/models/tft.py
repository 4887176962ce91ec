"""pytorch-forecasting's Temporal Fusion Transformer, with one or two targets (section 2.4.3)."""

import warnings

import torch
from torch import nn

from swgw.models.batch import Batch
from swgw.models.losses import QUANTILE_LEVELS
from swgw.windows import Panel

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pytorch_forecasting import TemporalFusionTransformer
    from pytorch_forecasting.data.encoders import MultiNormalizer, TorchNormalizer
    from pytorch_forecasting.metrics import MultiLoss, QuantileLoss


def make_tft(
    panel: Panel, hidden_size: int, dropout: float, attention_heads: int
) -> TemporalFusionTransformer:
    """Build the library's network for a panel's variables.

    Targets are standardised already, so the normaliser is the identity; its centre carries the
    last observation, which the network's output is added to.
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
            hidden_continuous_size=max(hidden_size // 2, 4),
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

    def output(self, batch: Batch) -> dict:
        """Run the network on a batch and give all that the library's forward gives."""
        past, future = batch.past, batch.future
        size, encoder_length, lead_times = len(past), past.shape[1], future.shape[1]
        scale = [torch.stack([a, torch.ones_like(a)], dim=1) for a in batch.anchor.T]  # (B, 2)
        return self.tft(
            {
                "encoder_cont": _with_statics(past, batch.reals),
                "decoder_cont": _with_statics(future, batch.reals),
                "encoder_cat": batch.classes[:, None].expand(-1, encoder_length, -1),
                "decoder_cat": batch.classes[:, None].expand(-1, lead_times, -1),
                "encoder_lengths": torch.full((size,), encoder_length, device=past.device),
                "decoder_lengths": torch.full((size,), lead_times, device=past.device),
                "target_scale": scale if len(scale) > 1 else scale[0],
            }
        )

    def forward(self, batch: Batch) -> torch.Tensor:
        """Forecast quantiles of each target, standardised: (batch, lead_time, target, quantile)."""
        prediction = self.output(batch)["prediction"]
        several = isinstance(prediction, list | tuple)
        return torch.stack(list(prediction) if several else [prediction], dim=2)

    def interpret(self, batch: Batch) -> dict[str, torch.Tensor]:
        """Attention and variable selection weights of a batch.

        Returns
        -------
        dict
            attention (batch, lead_time, encoder_step), averaged over heads, and the weights
            encoder (batch, variable), decoder (batch, known variable), static (batch, static),
            each averaged over steps and adding up to 1.
        """
        out = self.output(batch)
        return {
            "attention": out["encoder_attention"].mean(dim=2),
            "encoder": out["encoder_variables"].squeeze(-2).mean(dim=1),
            "decoder": out["decoder_variables"].squeeze(-2).mean(dim=1),
            "static": out["static_variables"].flatten(1),
        }


def _with_statics(values: torch.Tensor, reals: torch.Tensor) -> torch.Tensor:
    """Repeat the statics along a window: (B, T, variable) → (B, T, variable + static)."""
    return torch.cat([values, reals[:, None].expand(-1, values.shape[1], -1)], dim=-1)
