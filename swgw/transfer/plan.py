"""How much each profile computes for transfer learning, and the settings that tuning tries."""

from dataclasses import dataclass

from swgw.models.profiles import Profile


@dataclass(frozen=True)
class Setting:
    """What tuning chooses for a network.

    Attributes
    ----------
    hidden_size : int
    learning_rate : float
    weight_decay : float
        Of AdamW.
    """

    hidden_size: int
    learning_rate: float
    weight_decay: float


NETWORKS = (
    Setting(16, 0.003, 3.0),
    Setting(8, 0.01, 3.0),
    Setting(16, 0.01, 10.0),
    Setting(8, 0.003, 0.0),
    Setting(16, 0.003, 10.0),
    Setting(8, 0.01, 0.0),
    Setting(24, 0.003, 3.0),
    Setting(24, 0.01, 10.0),
)
SUPPORT_VECTORS = (
    {"C": 1.0, "epsilon": 0.1},
    {"C": 0.3, "epsilon": 0.2},
    {"C": 3.0, "epsilon": 0.1},
    {"C": 0.1, "epsilon": 0.1},
    {"C": 10.0, "epsilon": 0.3, "gamma": 0.001},
    {"C": 1.0, "epsilon": 0.3, "gamma": 0.003},
    {"C": 10.0, "epsilon": 0.1},
    {"C": 30.0, "epsilon": 0.1, "gamma": 0.0003},
)
FORESTS = (
    {"min_samples_leaf": 3, "max_features": 0.33},
    {"min_samples_leaf": 1, "max_features": 0.33},
    {"min_samples_leaf": 5, "max_features": 0.33},
    {"min_samples_leaf": 3, "max_features": 0.1},
    {"min_samples_leaf": 8, "max_features": 0.33},
    {"min_samples_leaf": 1, "max_features": 0.1},
    {"min_samples_leaf": 3, "max_features": 1.0},
    {"min_samples_leaf": 8, "max_features": 0.1},
)
"""Settings of each kind of model; a budget of n trials takes the first n of each."""

FROZEN = 2
"""First layers that fine-tuning leaves alone: both recurrent ones."""

FINE_TUNING = 1 / 3
"""Learning rate of fine-tuning over that of pre-training."""


@dataclass(frozen=True)
class Plan:
    """The size of the study.

    Attributes
    ----------
    seeds : tuple of int
    trials : int
        Settings that each tuning tries.
    epochs, patience : int
        Epochs at most, and epochs without a gain after which a network stops.
    trees : int
        In a random forest.
    draws : int
        Means of so many wells drawn at random, for each number of wells.
    years : tuple of int
        Years of training data in the data-hunger curve; empty leaves it out.
    members : int
        Virtual basins with other parameters that are simulated to pre-train on.
    """

    seeds: tuple[int, ...]
    trials: int
    epochs: int
    patience: int
    trees: int
    draws: int
    years: tuple[int, ...]
    members: int


def plan_of(profile: Profile) -> Plan:
    """Give the plan of a profile, with the profile's seeds."""
    sizes = {
        "smoke": (1, 3, 3, 5, 1, (), 0),
        "quick": (2, 60, 10, 40, 1, (), 0),
        "paper": (6, 200, 25, 100, 8, (1, 2, 4, 8), 0),
        "full": (8, 300, 40, 200, 16, (1, 2, 4, 8), 4),
    }
    return Plan(profile.seeds, *sizes[profile.name])
