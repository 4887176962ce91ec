"""One training: the experiment, the gauge, the seed and the settings it is made with."""

import math
from dataclasses import asdict, dataclass

import numpy as np

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import usable_wells
from swgw.inputs.variables import Inputs

BOTH = ("head", "surface_water")
FOLDS = 4  # blocks of the training years


@dataclass(frozen=True)
class Experiment:
    """A model and what it learns from.

    Attributes
    ----------
    model : str
        "GRU", "LSTM" or "TFT"; the first two follow a convolution.
    variant : str
        "ST" uses the weather and the past of its own task; "MT" uses both pasts and learns both
        tasks. Two controls lie between them. "STw" is ST for surface water on MT's windows: one
        for each well, with that well's weather. "ST+" has the inputs of MT and learns one task.
    targets : tuple of str
        "head", "surface_water" or both.
    """

    model: str
    variant: str
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name in the paper's tables, as in MT-TFT."""
        return f"{self.variant}-{self.model}"

    @property
    def past_of(self) -> tuple[str, ...]:
        """The tasks whose past is an input."""
        return self.targets if self.variant in ("ST", "STw") else BOTH

    @property
    def by_well(self) -> bool:
        """Whether its windows belong to wells."""
        return self.variant != "ST" or "head" in self.targets


@dataclass(frozen=True)
class Run:
    """One training: an experiment at a gauge with a seed and its settings.

    Attributes
    ----------
    experiment : Experiment
    gauge : str or None
    seed : int
    windows : int
        Windows presented in all, at most.
    epochs : int
        Parts into which they are split; validation follows each.
    patience : int
        Epochs without a lower validation loss after which training stops.
    hidden_size, attention_heads : int
    batch_size : int
        Windows of one step of the optimiser.
    per_row, stride : int
        Windows of one series in a batch, and the steps between them. Neighbouring windows share
        most of their inputs, so that a batch of consecutive windows teaches less.
    level_shift : float
        Standard deviation of the random shifts of surface water's level; see
        :func:`swgw.models.training.shift_levels`.
    dropout : float
    learning_rate : float
        Its peak; see :meth:`rate`.
    weather_ahead : bool
        Whether the weather beyond the issue time is known.
    history : bool
        Whether the pasts of the targets are inputs.
    fold : int or None
        Block of the training years that is kept out of the fit and forecast instead of
        the test period.
    """

    experiment: Experiment
    gauge: str | None
    seed: int
    windows: int
    epochs: int
    patience: int
    hidden_size: int
    batch_size: int
    per_row: int
    stride: int
    attention_heads: int
    level_shift: float
    dropout: float
    learning_rate: float
    weather_ahead: bool = True
    history: bool = True
    fold: int | None = None

    def inputs(self) -> Inputs:
        """The inputs of its windows."""
        made = self.experiment
        past_of = made.past_of if self.history else ()
        return Inputs(made.targets, past_of, self.gauge, made.by_well, self.weather_ahead)

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps in one epoch."""
        return max(1, round(self.windows / self.epochs / self.batch_size))

    def rate(self, step: int) -> float:
        """Learning rate at a step: it rises over the first tenth, then falls along a cosine."""
        total = self.steps_per_epoch * self.epochs
        warm = max(1, total // 10)
        if step < warm:
            return self.learning_rate * (step + 1) / warm
        fallen = 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, total - warm)))
        return self.learning_rate * max(fallen, 0.01)

    def settings(self) -> dict:
        """All of it as plain values, for the run folder."""
        return asdict(self)

    def who(self) -> dict:
        """Its model, target ("both" for two), seed and gauge, as columns of a table."""
        name, targets = self.experiment.name, self.experiment.targets
        target = "both" if len(targets) > 1 else targets[0]
        return {"model": name, "target": target, "seed": self.seed, "gauge": self.gauge}

    @property
    def cost(self) -> int:
        """How long it takes, in windows of a recurrent model."""
        return self.windows * (2 if self.experiment.model == "TFT" else 1)

    @property
    def label(self) -> str:
        """A readable name for its folder."""
        targets = "+".join(self.experiment.targets).replace("surface_water", "water")
        fold = "" if self.fold is None else f"_fold{self.fold}"
        return f"{self.experiment.name}_{targets}_seed{self.seed}{fold}"


def tasks(prepared: Prepared) -> tuple[str, ...]:
    """List what can be forecast in the basin: "surface_water", "head" or both."""
    gauge = prepared.basin.settings.target_gauge
    present = ("surface_water",) if gauge is not None else ()
    return present + (("head",) if usable_wells(prepared) else ())


def fold_bins(prepared: Prepared, fold: int) -> np.ndarray:
    """Mark the bins (time,) of one of the blocks into which the training years are cut.

    Only bins that a window can be forecast in are counted, so that blocks are alike.
    """
    first = prepared.basin.settings.encoder_length
    steps = np.flatnonzero(prepared.inside("train"))
    block = np.array_split(steps[steps >= first], FOLDS)[fold]
    return np.isin(np.arange(len(prepared.time)), block)
