"""CNN–GRU and CNN–LSTM with shared and task-specific layers (paper, section 2.4.2 and Fig. 3)."""

import torch
from torch import nn

from swgw.inputs.panel import Panel
from swgw.models.batch import Block

KERNEL_SIZE = 3
"""Steps under the convolution, which is not padded."""


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
        recurrent = {"GRU": nn.GRU, "LSTM": nn.LSTM}[cell]
        n_inputs = len(panel.variables) + 1 + len(panel.static_reals) + sum(panel.class_counts)
        self.convolution = nn.Conv1d(n_inputs, hidden_size, KERNEL_SIZE)
        self.shared = recurrent(hidden_size, hidden_size, batch_first=True)
        self.tasks = nn.ModuleList(
            recurrent(hidden_size, hidden_size, batch_first=True) for _ in panel.targets
        )
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
        classes = block.static_classes()
        one_hot = [
            nn.functional.one_hot(classes[:, i], count).float()
            for i, count in enumerate(self.class_counts)
        ]
        statics = torch.cat([block.static_reals(), *one_hot], dim=1)[:, None]
        return torch.cat([sequence, flag, statics.expand(-1, sequence.shape[1], -1)], dim=-1)
