"""Attention of a trained transformer on the windows of one issue time, beside a null.

The null permutes the steps of the past: what attention remains comes from the position of a step
in the window alone.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from swgw.models.interpretation import attention_at, attention_of_permuted_past
from swgw.scores.correlation import pearson

PERMUTATIONS = 50


def attention(run, issued: pd.Timestamp) -> np.ndarray:
    """Give the attention of every series' window that is issued at a step.

    Parameters
    ----------
    run : TrainedRun
        Of a transformer.
    issued : Timestamp
        First day of the last step of the past.

    Returns
    -------
    array (series, lead_time, encoder_step)
        Weights, mean over attention heads; the rest to 1 is on earlier lead times.

    Notes
    -----
    Jing et al. (2025), equation (6) and Fig. 10.
    """
    return attention_at(run.network, run.panel, run.panel.time.get_loc(pd.Timestamp(issued)))


def null_attention(run, issued: pd.Timestamp, permutations: int = PERMUTATIONS) -> np.ndarray:
    """Give the attention of the same windows with the steps of their past in random orders.

    Returns
    -------
    array (permutation, encoder_step)
        Mean over lead times and at most 50 series.
    """
    step = run.panel.time.get_loc(pd.Timestamp(issued))
    seed = run.run.seed
    return attention_of_permuted_past(run.network, run.panel, step, seed, permutations)


def attention_match(attention: ArrayLike, null: ArrayLike, driver: ArrayLike) -> dict[str, float]:
    """Correlate attention with a driver over the encoder, beside the null.

    Parameters
    ----------
    attention : array (encoder_step,)
        Weights of one window, or a mean over windows; NaN leaves a step out.
    null : array (permutation, encoder_step)
        The same with permuted pasts (:func:`null_attention`).
    driver : array (encoder_step,)
        A series over the same steps.

    Returns
    -------
    dict
        value, low, high, n, effective_n of :func:`swgw.pearson`; null_low, null_high, the 5 % and
        95 % quantile of the null's correlations; p, the share of permutations whose correlation is
        at least as far from zero, the real order counted in.
    """
    found = pearson(attention, driver)
    known = np.where(np.isfinite(np.asarray(attention, float)), np.asarray(driver, float), np.nan)
    null = np.array([pearson(row, known).value for row in np.asarray(null, float)])
    null = null[np.isfinite(null)]
    low, high, p = np.nan, np.nan, np.nan
    if null.size and np.isfinite(found.value):
        low, high = np.quantile(null, [0.05, 0.95])
        p = (np.sum(np.abs(null) >= abs(found.value)) + 1) / (null.size + 1)
    return found._asdict() | {"p": p, "null_low": low, "null_high": high}
