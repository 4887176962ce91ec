"""The networks of section 2.4: CNN–GRU and CNN–LSTM, and the Temporal Fusion Transformer.

The transformer, its weights and its state dict are pytorch-forecasting's;
:mod:`swgw.models.fast_tft` computes the same numbers faster on a block of windows.
"""

import logging
import math
import re
import warnings
from collections.abc import Iterator
from functools import partial
from itertools import compress

import torch
from torch import nn

from swgw.inputs.panel import Panel
from swgw.models.batch import Block, device, unfold
from swgw.models.fast_tft import block_output
from swgw.models.recurrent import FastGRU
from swgw.scores.skill import LEVELS

logging.getLogger("lightning").setLevel(logging.ERROR)
# Layers that act side by side: one for each variable, each attention head, each use of the statics.
SIDE_BY_SIDE = re.compile(
    r"(^prescalers|variable_selection\.single_variable_grns|[qk]_layers|^static_context)[._][^.]+\."
)
# Steps under the convolution, which is not padded.
KERNEL_SIZE = 3


class CnnRnn(nn.Module):
    """Shared convolution, shared recurrent layer, one recurrent layer and dense head per task.

    The decoder's steps follow the encoder's. There, unknown inputs are zero and a flag is 1. Each
    head gives the change from the damped persistence.

    Parameters
    ----------
    panel : Panel
        Gives the sizes of the inputs.
    cell : str
        "GRU" or "LSTM".
    hidden_size : int
    dropout : float
    """

    def __init__(self, panel: Panel, cell: str, hidden_size: int, dropout: float):
        super().__init__()
        self.class_counts = panel.class_counts
        recurrent = {"GRU": FastGRU, "LSTM": partial(nn.LSTM, batch_first=True)}[cell]
        n_inputs = len(panel.variables) + 1 + len(panel.static_reals) + sum(panel.class_counts)
        self.convolution = nn.Conv1d(n_inputs, hidden_size, KERNEL_SIZE)
        self.shared = recurrent(hidden_size, hidden_size)
        self.tasks = nn.ModuleList(recurrent(hidden_size, hidden_size) for _ in panel.targets)
        self.heads = nn.ModuleList(nn.Linear(hidden_size, 1) for _ in panel.targets)
        self.dropout = nn.Dropout(dropout)

    def forward(self, block: Block) -> torch.Tensor:
        """Forecast the mean of each target, standardised: (window, lead_time, target, 1)."""
        x = self.sequence(block)  # (B, E + L, input)
        x = torch.relu(self.convolution(x.transpose(1, 2))).transpose(1, 2)
        x = self.dropout(self.shared(x)[0])  # (B, E + L - kernel + 1, hidden)
        own = [task(x)[0][:, -block.lead_times :] for task in self.tasks]  # each (B, L, hidden)
        changes = [head(self.dropout(y)) for head, y in zip(self.heads, own, strict=True)]
        change = torch.stack(changes, dim=2) * block.typical[..., None]  # (B, L, target, 1)
        return block.baseline[..., None] + change

    def sequence(self, block: Block) -> torch.Tensor:
        """Encoder and decoder steps in one sequence, statics repeated along it."""
        past = block.past()
        sequence = torch.cat([past, block.future()], dim=1)
        flag = torch.zeros_like(sequence[..., :1])
        flag[:, past.shape[1] :] = 1.0
        classes = zip(block.static_classes().T, self.class_counts, strict=True)
        one_hot = [nn.functional.one_hot(column, count).float() for column, count in classes]
        statics = torch.cat([block.static_reals(), *one_hot], dim=1)[:, None]
        return torch.cat([sequence, flag, statics.expand(-1, sequence.shape[1], -1)], dim=-1)


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
    dynamic, n = list(panel.variables), len(panel.targets)
    loss, identity = QuantileLoss(list(LEVELS)), TorchNormalizer(method="identity")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # modules among the hyperparameters
        return TemporalFusionTransformer(
            hidden_size=hidden_size, hidden_continuous_size=8, lstm_layers=1, dropout=dropout,
            attention_head_size=attention_heads, max_encoder_length=panel.encoder_length,
            x_reals=dynamic + list(panel.static_reals),
            x_categoricals=list(panel.static_classes),
            static_reals=list(panel.static_reals),
            static_categoricals=list(panel.static_classes),
            time_varying_reals_encoder=dynamic,
            time_varying_reals_decoder=list(compress(dynamic, panel.known)),
            embedding_sizes=classes, embedding_labels={name: {} for name in classes},
            output_size=[len(LEVELS)] * n if n > 1 else len(LEVELS),
            loss=MultiLoss([loss] * n) if n > 1 else loss,
            output_transformer=MultiNormalizer([identity] * n) if n > 1 else identity,
            causal_attention=True, log_interval=-1,
        )  # fmt: skip


def library_batch(block: Block) -> dict:
    """Give a block's windows, one by one, as the library's data loader would.

    Returns
    -------
    dict
        The input of the library's own forward: encoder_cont (window, encoder_step, variable +
        static), decoder_cont (window, lead_time, variable + static), classes and lengths.
    """
    past, future = block.past(), block.future()
    reals, classes = block.static_reals()[:, None], block.static_classes()[:, None]
    scale = [past.new_tensor([0.0, 1.0]).expand(len(past), 2) for _ in range(block.n_targets)]
    batch = {"target_scale": scale if len(scale) > 1 else scale[0]}
    for name, x in (("encoder", past), ("decoder", future)):
        n, steps, _ = x.shape
        batch[f"{name}_cont"] = torch.cat([x, reals.expand(-1, steps, -1)], dim=-1)
        batch[f"{name}_cat"] = classes.expand(-1, steps, -1)
        batch[f"{name}_lengths"] = torch.full((n,), steps)
    return batch


class FlatParameters:
    """The vector of a network's parameters, one tensor for the optimiser, and its parts by name.

    The network's own parameters become views of the vector, so that its state dict and its
    forward stay the library's. Parameters of layers that act side by side come out stacked.

    Parameters
    ----------
    network : Module
        Must not be moved or copied afterwards.

    Attributes
    ----------
    vector : tensor (parameter,)
        The optimiser trains this tensor.
    """

    def __init__(self, network: nn.Module):
        members: dict[str, list[nn.Parameter]] = {}
        for name, parameter in network.named_parameters():
            members.setdefault(SIDE_BY_SIDE.sub(r"\1.*.", name), []).append(parameter)
        every = [parameter for group in members.values() for parameter in group]
        self.vector = torch.cat([p.detach().flatten() for p in every]).requires_grad_()
        pieces = self.vector.detach().split([p.numel() for p in every])
        for parameter, piece in zip(every, pieces, strict=True):
            parameter.data = piece.view(parameter.shape)
            parameter.requires_grad_(False)
        stacks = {name: (len(group),) * ("*" in name) for name, group in members.items()}
        self._shapes = {name: (*stacks[name], *group[0].shape) for name, group in members.items()}

    def unpack(self) -> dict[str, torch.Tensor]:
        """Give the parts by name; names with a star hold a stack, one layer after another."""
        pieces = self.vector.split([math.prod(shape) for shape in self._shapes.values()])
        named = zip(self._shapes.items(), pieces, strict=True)
        return {name: piece.view(shape) for (name, shape), piece in named}


class CoupledTFT(nn.Module):
    """The library's network with the interface of the recurrent models.

    Parameters
    ----------
    panel : Panel
        Gives the sizes of the inputs.
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
        self.flat = FlatParameters(self.tft)

    def parameters(self, recurse: bool = True) -> Iterator[torch.Tensor]:
        """Give the one vector that is trained."""
        yield self.flat.vector

    def forward(self, block: Block) -> torch.Tensor:
        """Forecast standardised quantiles: (window, lead_time, target, quantile)."""
        change = self.output(block)["prediction"] * block.typical[..., None]
        return block.baseline[..., None] + change

    def output(self, block: Block) -> dict[str, torch.Tensor]:
        """Forecasts, attention and selection weights of a block; see :func:`block_output`."""
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
        lengths = {"encoder": block.encoder_length, "decoder": block.lead_times}
        return {
            "attention": out["attention"].mean(dim=2),
            "static": out["static"].repeat_interleave(block.per_row, dim=0),
        } | {name: unfold(out[name], n, block.stride).mean(dim=1) for name, n in lengths.items()}
