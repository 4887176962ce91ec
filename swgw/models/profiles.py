"""How much each profile computes, in one table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from swgw.storage.errors import UserError


@dataclass(frozen=True)
class Profile:
    """A size of the study.

    Attributes
    ----------
    name : str
    seeds : tuple of int
    windows, recurrent_windows : int
        Windows presented to each run of a TFT and of a recurrent model, which stops learning
        sooner.
    epochs, patience : int
        Parts of a run after which it is validated; how many may pass without a gain.
    hidden_size : int or None
        Overrides the tuned settings where a profile must be small.
    fold_windows : int
        Windows presented to each TFT that forecasts a block of the training years kept out of its
        fit, recurrent models in proportion; 0 leaves them out, and with them recalibrated
        intervals.
    grid : bool
        Whether the question of the second task is asked at every gauge, with known and unknown
        weather, with and without the targets' pasts.
    models : tuple of str
        The networks that are trained.
    """

    name: str
    seeds: tuple[int, ...]
    windows: int
    recurrent_windows: int
    epochs: int
    patience: int
    hidden_size: int | None
    fold_windows: int
    grid: bool
    models: tuple[str, ...] = ("GRU", "LSTM", "TFT")


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", (0,), 256, 256, 2, 2, 8, 0, False),
        Profile("quick", (0,), 5_120, 5_120, 4, 4, 16, 0, False),
        Profile("paper", (0, 1, 2), 74_880, 37_440, 15, 5, None, 19_200, False),
        Profile("full", (0, 1, 2, 3, 4), 74_880, 37_440, 15, 5, None, 19_200, True),
    )
}


def evenly(items: Sequence, most: int) -> tuple:
    """Pick so many items, spread evenly from the first to the last; all where there are no more.

    Examples
    --------
    >>> evenly("abcdefg", 3)
    ('a', 'd', 'g')
    """
    if len(items) <= most:
        return tuple(items)
    places = np.linspace(0, len(items) - 1, most).round().astype(int)
    return tuple(items[place] for place in places)


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
    if seeds < 0:
        raise UserError(f"--seeds: found {seeds}; expected a number from 1 (0: the profile's own)")
    profile = PROFILES[name]
    return replace(profile, seeds=tuple(range(seeds))) if seeds else profile
