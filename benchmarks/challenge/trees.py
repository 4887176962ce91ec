"""Extra-trees: they bend wherever the record bends, and never leave its range.

Alone they forecast the head; in the hybrid they forecast what a linear response leaves, which does
leave the range.
"""

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

from benchmarks.challenge.network import drivers, with_memory
from benchmarks.challenge.response import LINEAR, forecast_response
from benchmarks.challenge.site import Site

TREES = 50  # of each seed
SMALLEST_LEAF = 0.002  # of the heads: ten days of a daily record, one or two weeks of a weekly one
SHARE_OF_FEATURES = 0.4
MEMORIES = (2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Time constants of the weighted means among the features [d]."""


def forecast_trees(site: Site, seen: np.ndarray, seed: int) -> pd.Series:
    """Fit on the heads that may be seen and forecast every day.

    Parameters
    ----------
    site : Site
    seen : bool array (day of heads,)
        Which heads the fit may use.
    seed : int

    Returns
    -------
    Series (day of inputs,)
        Head [m].
    """
    return _fit(
        with_memory(drivers(site.inputs), MEMORIES), site.heads[seen], site.inputs.index, seed
    )


def forecast_hybrid(site: Site, seen: np.ndarray, seed: int) -> pd.Series:
    """Fit a linear response, then trees on what it leaves; as :func:`forecast_trees` else."""
    response = forecast_response(site, seen, LINEAR)
    features = (
        with_memory(drivers(site.inputs), MEMORIES)
        .reindex(response.index)
        .assign(response=response)
    )
    left = (site.heads - response.reindex(site.heads.index))[seen]
    return response + _fit(features, left, site.inputs.index, seed)


def _features(site: Site) -> pd.DataFrame:
    return with_memory(drivers(site.inputs), MEMORIES)


def _fit(features: pd.DataFrame, target: pd.Series, days: pd.DatetimeIndex, seed: int) -> pd.Series:
    """Fit trees on the days of the target and predict on others: (day,)."""
    model = ExtraTreesRegressor(
        TREES,
        min_samples_leaf=max(2, round(SMALLEST_LEAF * len(target))),
        max_features=SHARE_OF_FEATURES,
        random_state=seed,
    )
    model.fit(features.reindex(target.index).to_numpy(), target.to_numpy())
    return pd.Series(model.predict(features.reindex(days).to_numpy()), days)
