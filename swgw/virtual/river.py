"""The main channel: stage, exchange with the aquifer, diversions, and the flow that is left."""

from dataclasses import dataclass

import numpy as np

from swgw.virtual.domain import Domain
from swgw.virtual.parameters import RiverParameters

SECONDS = 86400.0


@dataclass(frozen=True)
class Routed:
    """A day of the river, (reach, member), in m³/s.

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
        self.domain, self.parameters = domain, parameters
        bed = domain.surface[domain.reach_cell] - parameters.incision
        self.bed = np.minimum.accumulate(bed)[:, None]
        self.length = domain.reach_length[:, None]

    def stage(self, flow: np.ndarray) -> np.ndarray:
        """Water level (reach, member) [m] at a flow [m³/s]."""
        p = self.parameters
        return self.bed + p.depth * (np.maximum(flow, 0.01) / 50) ** p.depth_exponent

    def potential_loss(self, flow: np.ndarray, head: np.ndarray) -> np.ndarray:
        """Loss to the aquifer (reach, member) [m³/s] while there is water enough.

        Below the bed's base the head has no further say: the river hangs above the table.
        """
        p = self.parameters
        width = p.width * (np.maximum(flow, 0.01) / 50) ** p.width_exponent
        below = np.maximum(head, self.bed - p.bed_thickness)
        return p.leakance * width * self.length * (self.stage(flow) - below) / SECONDS

    @staticmethod
    def route(
        inflow: np.ndarray, loss: np.ndarray, springs: np.ndarray, demand: np.ndarray
    ) -> Routed:
        """Carry a day's water down the channel; no cell gives more than it has.

        Within a cell springs come first, then the bed, then the canals. The flow is the
        running sum of gains and losses held at zero from below (Lindley's recursion), so it
        needs no loop.

        Parameters
        ----------
        inflow : array (member,)
            Discharge at the gorge [m³/s].
        loss, springs, demand : array (reach, member)
            Potential loss through the bed, springs, canal demand [m³/s].

        Returns
        -------
        Routed
        """
        taken = np.stack([loss - springs, demand], axis=1).reshape(-1, inflow.size)
        free = inflow - np.cumsum(taken, axis=0)
        flow = free - np.minimum(np.minimum.accumulate(free, axis=0), 0.0)
        before = np.concatenate([inflow[None], flow[:-1]])
        given = (before - flow).reshape(len(loss), 2, -1)
        return Routed(flow[1::2], given[:, 0] + springs, given[:, 1])
