"""The choices that are varied one at a time, and in which basin each can be."""

from dataclasses import dataclass

import numpy as np

from swgw.basin.prepare import Prepared

BASE = "as in this book"
FEWEST_WINDOWS = 2
"""Training years must hold so many encoders at least, where the encoder is made longer."""


@dataclass(frozen=True)
class Choice:
    """One choice made otherwise.

    Attributes
    ----------
    key : str
    what : str
        What the papers leave open.
    ours, other : str
        Our reading and the alternative.
    family : str
        "TFT" or "GRU": the models that are trained for it.
    """

    key: str
    what: str
    ours: str
    other: str
    family: str = "TFT"


CHOICES = (
    Choice("shorter", "Length of the history", "a year, or two of months", "half of it"),
    Choice("longer", "Length of the history", "a year, or two of months", "twice as long"),
    Choice("weather", "Whether weather to come is known", "as `basin.yml` says", "the opposite"),
    Choice("pasts", "Whether the targets' pasts are inputs", "as `basin.yml` says", "the opposite"),
    Choice(
        "undamped", "What a forecast starts from", "damped persistence", "persistence, not damped"
    ),
    Choice("climatology", "What a forecast starts from", "damped persistence", "the climatology"),
    Choice(
        "level", "Form of the target", "its anomaly, as a change",
        "the standardised level itself",
    ),
    Choice(
        "lags", "Where monthly lags are known", "at lead times too, where long enough",
        "in the encoder alone",
    ),
    Choice(
        "fixed", "Level of surface water while training", "shifted at random", "as observed"
    ),
    Choice("two", "Clusters among the static inputs", "three", "two"),
    Choice("five", "Clusters among the static inputs", "three", "five"),
    Choice(
        "batch", "SST in 1 − R² (GRU)", "of the training years",
        "of each batch", "GRU",
    ),
)  # fmt: skip
"""In the order of the page."""


def possible(prepared: Prepared) -> list[Choice]:
    """List the choices that a basin lets one vary.

    Parameters
    ----------
    prepared : Prepared
    """
    return [choice for choice in CHOICES if not _obstacle(choice, prepared)]


def _obstacle(choice: Choice, prepared: Prepared) -> bool:
    settings = prepared.basin.settings
    steps = np.flatnonzero(prepared.inside("train"))
    room = len(steps) // FEWEST_WINDOWS
    wells = prepared.heads.shape[1]
    return {
        "shorter": settings.encoder_length < 2,
        "longer": 2 * settings.encoder_length > room,
        "lags": settings.target_gauge is None,
        "fixed": settings.target_gauge is None,
        "two": wells < 3,
        "five": wells < 6,
    }.get(choice.key, False)
