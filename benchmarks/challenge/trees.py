"""Extra-trees: they bend wherever the record bends, and never leave its range.

Alone they forecast the head; on top of another model, which does leave the range, they forecast
what it leaves.
"""

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

from benchmarks.challenge.network import drivers, with_memory
from benchmarks.challenge.site import Site

TREES = 50  # of each seed
SMALLEST_LEAF = 0.002  # of the heads: ten days of a daily record, one or two weeks of a weekly one
SHARE_OF_FEATURES = 0.4
MEMORIES = (2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Time constants of the weighted means among the features [d]."""


def forecast_trees(
    site: Site, seen: np.ndarray, seed: int, base: pd.Series | None = None
) -> pd.Series:
    """Fit on the heads that may be seen and forecast every day.

    Parameters
    ----------
    site : Site
    seen : bool array (day of heads,)
        Which heads the fit may use.
    seed : int
    base : Series (day of inputs,), optional
        Head by another model [m]: a feature, and the trees are fitted on what it leaves.

    Returns
    -------
    Series (day of inputs,)
        Head [m].
    """
    features = with_memory(drivers(site.inputs), MEMORIES).reindex(site.inputs.index)
    if base is None:
        return _fit(features, site.heads[seen], seed)
    left = (site.heads - base.reindex(site.heads.index))[seen]
    return base + _fit(features.assign(base=base), left, seed)


def _fit(features: pd.DataFrame, target: pd.Series, seed: int) -> pd.Series:
    """Fit trees on the days of the target and predict on all: (day,)."""
    model = ExtraTreesRegressor(
        TREES,
        min_samples_leaf=max(2, round(SMALLEST_LEAF * len(target))),
        max_features=SHARE_OF_FEATURES,
        random_state=seed,
    )
    model.fit(features.reindex(target.index).to_numpy(), target.to_numpy())
    return pd.Series(model.predict(features.to_numpy()), features.index)
