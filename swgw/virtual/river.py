"""The main channel: stage, exchange with the aquifer, diversions, and the flow that is left."""

from dataclasses import dataclass

import numpy as np

from swgw.virtual.domain import Domain
from swgw.virtual.parameters import RiverParameters

SECONDS = 86400.0


@dataclass(frozen=True)
class Routed:
    """A day of the river, arrays (reach, member) in m³/s.

    Attributes
    ----------
    flow : array
        What leaves each river cell downstream.
    loss : array
        Water lost to the aquifer (negative: gained through the bed).
    diverted : array
        Water taken by canals.
    """

    flow: np.ndarray
    loss: np.ndarray
    diverted: np.ndarray


class River:
    """The channel of a domain."""

    def __init__(self, domain: Domain, parameters: RiverParameters):
        self.parameters = parameters
        bed = domain.surface[domain.reach_cell] - parameters.incision
        self.bed = np.minimum.accumulate(bed)[:, None]
        self.length = domain.reach_length[:, None]

    def potential_loss(self, flow: np.ndarray, head: np.ndarray) -> np.ndarray:
        """Loss to the aquifer (reach, member) [m³/s] where the river has water enough.

        Where the head is below the base of the bed the stream is disconnected: its loss no longer
        depends on the head (Brunner et al. 2009).

        Parameters
        ----------
        flow : array (reach, member)
            [m³/s].
        head : array (reach, member)
            Head of the aquifer in the river's cells [m].
        """
        p, relative = self.parameters, np.maximum(flow, 0.01) / 50
        stage = self.bed + p.depth * relative**p.depth_exponent
        width = p.width * relative**p.width_exponent
        below = np.maximum(head, self.bed - p.bed_thickness)
        return p.leakance * width * self.length * (stage - below) / SECONDS

    @staticmethod
    def route(
        inflow: np.ndarray, loss: np.ndarray, springs: np.ndarray, demand: np.ndarray
    ) -> Routed:
        """Carry a day's water down the channel; no cell gives more than it has.

        Within a cell springs come first, then the bed, then the canals. The flow is the running
        sum of gains and losses, held at zero from below (Lindley's recursion), so it needs no loop.

        Parameters
        ----------
        inflow : array (member,)
            Discharge at the gorge [m³/s].
        loss, springs, demand : array (reach, member)
            Potential loss through the bed, springs, canal demand [m³/s].
        """
        taken = np.stack([loss - springs, demand], axis=1).reshape(-1, inflow.size)
        free = inflow - np.cumsum(taken, axis=0)
        flow = free - np.minimum(np.minimum.accumulate(free, axis=0), 0.0)
        before = np.concatenate([inflow[None], flow[:-1]])
        given = (before - flow).reshape(len(loss), 2, -1)
        return Routed(flow[1::2], given[:, 0] + springs, given[:, 1])
