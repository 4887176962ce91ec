"""The approaches, how much each profile computes for them, and the settings that tuning tries."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from swgw.models.profiles import Profile

MEAN = "mean of the wells"
LEFT_OUT = "TL-LSTM, well left out"
APPROACHES = (
    *("IT-LSTM", "TL-LSTM", LEFT_OUT, "SVR", "random forest"),
    *("persistence", "damped persistence", "climatology"),
)
DEVELOPMENT = "development"
"""Stage of the clock: the time to have one model of every well."""

FROZEN = 2
"""First layers that fine-tuning leaves as they are: both LSTM layers."""

FINE_TUNING = 1 / 3
"""Learning rate of fine-tuning over that of pre-training."""

_DATA = yaml.safe_load(Path(__file__).with_name("settings.yml").read_text(encoding="utf-8"))


class Setting(NamedTuple):
    """What tuning chooses for a network; the weight decay is that of AdamW."""

    hidden_size: int
    learning_rate: float
    weight_decay: float


NETWORKS = tuple(Setting(**values) for values in _DATA["networks"])
SUPPORT_VECTORS, FORESTS = _DATA["support_vectors"], _DATA["forests"]
"""Settings of each kind of model; a budget of n trials takes the first n of each."""


@dataclass(frozen=True)
class Plan:
    """The size of the study; see ``settings.yml``."""

    seeds: tuple[int, ...]
    trials: int
    epochs: int
    patience: int
    trees: int
    samples: int


def plan_of(profile: Profile) -> Plan:
    """Give the plan of a profile, with the profile's seeds."""
    return Plan(profile.seeds, **_DATA["profiles"][profile.name])
