"""Blocked cross-validation over the whole training span.

Heads of neighbouring days are nearly equal, so whole blocks of years are forecast by models that
saw neither them nor the weeks beside them. All of the span takes its turn: its last years alone,
which may all be dry, choose badly.
"""

import numpy as np
import pandas as pd

BLOCKS = 5
EMBARGO = pd.Timedelta(days=60)
WHOLE = -1
"""Stands for the block of a model that is fitted on every training day."""


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
    """Whether a model that is to forecast a block may see each day.

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
