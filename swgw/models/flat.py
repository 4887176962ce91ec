"""All parameters of a network in one vector: one tensor for the optimiser instead of hundreds.

The network's own parameters become views of the vector, so that its state dict and its forward
stay what they were. Parameters of layers that act side by side (one for each variable, one for
each attention head) lie next to each other and come out stacked, so that one product does for all.
"""

import re

import torch
from torch import nn

SIDE_BY_SIDE = re.compile(
    r"(^prescalers|coder_variable_selection\.single_variable_grns|[qk]_layers)\.[^.]+\."
)


class FlatParameters:
    """The vector of a network's parameters and its parts by name.

    Parameters
    ----------
    network : Module
        Its parameters are made views of the vector, and so must not be moved or copied after.

    Attributes
    ----------
    vector : tensor (parameter,)
        What is trained.
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
        self._shapes = {
            name: (len(group), *group[0].shape) if "*" in name else tuple(group[0].shape)
            for name, group in members.items()
        }
        self._sizes = [sum(p.numel() for p in group) for group in members.values()]

    def unpack(self) -> dict[str, torch.Tensor]:
        """Give the parts by name; names with a star hold a stack, one layer after another."""
        pieces = self.vector.split(self._sizes)
        named = zip(self._shapes.items(), pieces, strict=True)
        return {name: piece.view(shape) for (name, shape), piece in named}
