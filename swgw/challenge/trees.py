"""Extra-trees: bend wherever the record bends, and never leave its range."""

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor

from swgw.challenge.features import drivers, with_memory
from swgw.challenge.site import Site

TREES = 300
SMALLEST_LEAF = 0.002  # of the heads: ten days of a daily record, one or two weeks of a weekly one
SHARE_OF_FEATURES = 0.4


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
    features = with_memory(drivers(site.inputs))
    heads = site.heads[seen]
    model = ExtraTreesRegressor(
        TREES,
        min_samples_leaf=max(2, round(SMALLEST_LEAF * len(heads))),
        max_features=SHARE_OF_FEATURES,
        random_state=seed,
    )
    known = features.reindex(heads.index)
    model.fit(known.to_numpy(), heads.to_numpy())
    asked = features.reindex(site.inputs.index)
    return pd.Series(model.predict(asked.to_numpy()), asked.index)
