"""One training: the experiment, the gauge, the seed and the settings it is made with."""

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
    arm : str
        "ST" sees the weather and its own task's past, "MT" sees both pasts and learns both tasks.
        Two controls lie between them: "STw" is ST for surface water on MT's windows, one for each
        well with that well's weather; "ST+" sees all that MT sees and learns one task.
    targets : tuple of str
        "head", "surface_water" or both.
    """

    model: str
    arm: str
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name in the paper's tables, as in MT-TFT."""
        return f"{self.arm}-{self.model}"

    @property
    def past_of(self) -> tuple[str, ...]:
        """Whose past it sees."""
        return self.targets if self.arm in ("ST", "STw") else BOTH

    @property
    def by_well(self) -> bool:
        """Whether its windows belong to wells."""
        return self.arm != "ST" or "head" in self.targets


@dataclass(frozen=True)
class Run:
    """One training: an experiment at a gauge with a seed and its settings.

    Attributes
    ----------
    experiment : Experiment
    gauge : str or None
    seed : int
    windows, epochs, patience : int
        See Profile.
    hidden_size, batch_size, per_row, stride, attention_heads : int
    level_shift, dropout, learning_rate : float
        See the models and Schedule.
    weather_ahead : bool
        Whether the weather beyond the issue time is known.
    history : bool
        Whether the pasts of the targets are inputs.
    fold : int or None
        Block of the training years that is kept out of the fit and forecast in the place of the
        test period.
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
        """What its windows hold."""
        experiment = self.experiment
        past_of = experiment.past_of if self.history else ()
        by_well, gauge = experiment.by_well, self.gauge
        return Inputs(experiment.targets, past_of, gauge, by_well, self.weather_ahead)

    def settings(self) -> dict:
        """All of it as plain values, for the run folder."""
        return asdict(self)

    def who(self) -> dict:
        """What it is, as columns of a table: model, target ("both" for two), seed, gauge."""
        targets = self.experiment.targets
        target = "both" if len(targets) > 1 else targets[0]
        return {
            "model": self.experiment.name,
            "target": target,
            "seed": self.seed,
            "gauge": self.gauge,
        }

    @property
    def cost(self) -> int:
        """How long it takes against other runs."""
        return self.windows * (2 if self.experiment.model == "TFT" else 1)

    @property
    def label(self) -> str:
        """A readable name for its folder."""
        targets = "+".join(self.experiment.targets).replace("surface_water", "water")
        fold = "" if self.fold is None else f"_fold{self.fold}"
        return f"{self.experiment.name}_{targets}_seed{self.seed}{fold}"


def tasks(prepared: Prepared) -> tuple[str, ...]:
    """List what the basin lets one forecast: "surface_water", "head" or both."""
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
