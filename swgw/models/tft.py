"""pytorch-forecasting's Temporal Fusion Transformer, with one or two targets (section 2.4.3).

The network, its weights and its state dict are the library's; :mod:`swgw.models.forward` computes
the same numbers faster on a block of windows.
"""

import warnings
from collections.abc import Iterator

import torch
from torch import nn

from swgw.inputs.panel import Panel
from swgw.models.batch import Block, device, unfold
from swgw.models.flat import FlatParameters
from swgw.models.forward import block_output
from swgw.models.losses import QUANTILE_LEVELS

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
    return tft(library_batch(block))


def library_batch(block: Block) -> dict:
    """Give a block's windows, one by one, as the library's data loader would."""
    past, future, reals = block.past(), block.future(), block.static_reals()
    classes, lead_times = block.static_classes(), block.lead_times
    scale = [past.new_tensor([0.0, 1.0]).expand(len(past), 2) for _ in range(block.n_targets)]
    return {
        "encoder_cont": _with_statics(past, reals),
        "decoder_cont": _with_statics(future, reals),
        "encoder_cat": classes[:, None].expand(-1, block.encoder_length, -1),
        "decoder_cat": classes[:, None].expand(-1, lead_times, -1),
        "encoder_lengths": torch.full((len(past),), block.encoder_length),
        "decoder_lengths": torch.full((len(past),), lead_times),
        "target_scale": scale if len(scale) > 1 else scale[0],
    }


def _with_statics(values: torch.Tensor, reals: torch.Tensor) -> torch.Tensor:
    """Repeat the statics along a window: (B, T, variable) → (B, T, variable + static)."""
    return torch.cat([values, reals[:, None].expand(-1, values.shape[1], -1)], dim=-1)


class CoupledTFT(nn.Module):
    """The library's network behind the same door as the recurrent models.

    Parameters
    ----------
    panel : Panel
        Tells the sizes of the inputs.
    hidden_size : int
    dropout : float
    attention_heads : int

    Attributes
    ----------
    tft : TemporalFusionTransformer
        The library's network; its parameters are views of the vector that is trained.
    """

    def __init__(self, panel: Panel, hidden_size: int, dropout: float, attention_heads: int):
        super().__init__()
        self.tft = make_tft(panel, hidden_size, dropout, attention_heads).to(device())
        self.flatten()

    def flatten(self) -> None:
        """Gather the parameters in one vector; needed again after they were moved."""
        self.flat = FlatParameters(self.tft)

    def parameters(self, recurse: bool = True) -> Iterator[torch.Tensor]:
        """Give the one vector that is trained."""
        yield self.flat.vector

    def forward(self, block: Block) -> torch.Tensor:
        """Forecast standardised quantiles: (window, lead_time, target, quantile)."""
        change = self.output(block)["prediction"] * block.typical[..., None]
        return block.baseline[..., None] + change

    def output(self, block: Block) -> dict[str, torch.Tensor]:
        """Everything that the network says of a block; see :func:`block_output`."""
        return block_output(self.tft, self.flat.unpack(), block)

    def interpret(self, block: Block) -> dict[str, torch.Tensor]:
        """Attention and variable selection weights of a block's windows.

        Returns
        -------
        dict
            attention (window, lead_time, encoder_step), averaged over heads, and the weights
            encoder (window, variable), decoder (window, known variable), static (window, static),
            averaged over steps.
        """
        out = self.output(block)
        return {
            "attention": out["attention"].mean(dim=2),
            "encoder": unfold(out["encoder"], block.encoder_length, block.stride).mean(dim=1),
            "decoder": unfold(out["decoder"], block.lead_times, block.stride).mean(dim=1),
            "static": out["static"].repeat_interleave(block.per_row, dim=0),
        }
