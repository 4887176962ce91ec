"""One training: experiment, gauge, seed and settings, and how much each profile computes."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import yaml

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import usable_wells
from swgw.inputs.variables import Inputs
from swgw.storage import UserError


@dataclass(frozen=True)
class Profile:
    """A size of the study.

    Attributes
    ----------
    name : str
    seeds : tuple of int
    windows : int
        Windows presented to each run.
    epochs, patience : int
        Parts of a run after which it is validated; how many may pass without a gain.
    hidden_size : int or None
        Overrides the tuned settings where a profile must be small.
    fold_windows : int
        Windows presented to each run that forecasts a block of the training years kept out of its
        fit; 0 leaves them out, and with them recalibrated intervals.
    gauges : int
        Gauges at most at which the question of the second task is asked; without `grid` it is asked
        for surface water alone at all but the first.
    grid : bool
        Whether it is asked with known and unknown weather, with and without the targets' pasts, and
        whether every network of Table 2 is recalibrated.
    models : tuple of str
        The networks that are trained.
    """

    name: str
    seeds: tuple[int, ...]
    windows: int
    epochs: int
    patience: int
    hidden_size: int | None
    fold_windows: int
    gauges: int
    grid: bool
    models: tuple[str, ...] = ("GRU", "LSTM", "TFT")


PROFILES = yaml.safe_load(Path(__file__).with_name("profiles.yml").read_text(encoding="utf-8"))


def evenly(items: Sequence, most: int) -> list:
    """Pick so many items, spread evenly from the first to the last; all where there are no more.

    Examples
    --------
    >>> evenly("abcdefg", 3)
    ['a', 'd', 'g']
    """
    if len(items) <= most:
        return list(items)
    places = np.linspace(0, len(items) - 1, most).round().astype(int)
    return [items[place] for place in places]


def get_profile(name: str, seeds: int = 0) -> Profile:
    """Look up a profile, with another number of seeds if one is given.

    Raises
    ------
    UserError
        Where there is no such profile, or the number of seeds is negative.
    """
    if name not in PROFILES:
        known = ", ".join(sorted(set(PROFILES) - {"smoke"}))
        raise UserError(f"--profile: found {name!r}; expected one of {known}")
    if not isinstance(seeds, int) or seeds < 0:
        raise UserError(f"--seeds: found {seeds}; expected a number from 1 (0: the profile's own)")
    size = PROFILES[name] | ({"seeds": seeds} if seeds else {})
    return Profile(name, **size | {"seeds": tuple(range(size["seeds"]))})


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
    printed : bool
        Whether inputs and targets are standardised levels, as the paper describes them.
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
    printed: bool = False

    def inputs(self) -> Inputs:
        """The inputs of its windows."""
        made = self.experiment
        past_of = made.past_of if self.history else ()
        where = self.gauge, made.by_well, self.weather_ahead, self.printed
        return Inputs(made.targets, past_of, *where)

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
        """Its model, target in words ("both" for two), seed and gauge, as columns of a table."""
        name, targets = self.experiment.name, self.experiment.targets
        target = "both" if len(targets) > 1 else targets[0].replace("_", " ")
        return {"model": name, "target": target, "seed": self.seed, "gauge": self.gauge}

    @property
    def cost(self) -> int:
        """How long it takes, in windows of a recurrent model with one task."""
        tasks = 1.5 if len(self.experiment.targets) > 1 else 1.0
        return round((self.windows + 5_000) * (2 if self.experiment.model == "TFT" else 1) * tasks)

    @property
    def label(self) -> str:
        """A readable name for its folder."""
        targets = "+".join(self.experiment.targets).replace("surface_water", "water")
        kind = "_printed" * self.printed + f"_fold{self.fold}" * (self.fold is not None)
        return f"{self.experiment.name}_{targets}_seed{self.seed}{kind}"


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
