"""Blocks of the training days: a fit without a block forecasts it, at a distance in time."""

import numpy as np
import pandas as pd

BLOCKS = 5
EMBARGO = pd.Timedelta(days=60)
"""Days beside a block that a fit without the block may not use: neighbouring heads are alike."""

WHOLE = -1
"""Number of the block of a fit that uses every training day."""


def block_of(days: pd.DatetimeIndex) -> np.ndarray:
    """Number of the block, from 0, in which each day lies: blocks are equally long in time.

    Parameters
    ----------
    days : DatetimeIndex (day,)
        In order.

    Returns
    -------
    int array (day,)
    """
    return np.minimum(BLOCKS * (days - days[0]) // (days[-1] - days[0]), BLOCKS - 1).to_numpy()


def training_days(days: pd.DatetimeIndex, block: int) -> np.ndarray:
    """Whether a fit that is to forecast a block may use each day.

    Parameters
    ----------
    days : DatetimeIndex (day,)
        On which there are heads.
    block : int
        :data:`WHOLE` allows every day.

    Returns
    -------
    bool array (day,)
    """
    if block == WHOLE:
        return np.ones(len(days), dtype=bool)
    inside = days[block_of(days) == block]
    return np.asarray((days < inside[0] - EMBARGO) | (days > inside[-1] + EMBARGO))
