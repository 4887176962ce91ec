"""Attributions against the truth of a virtual basin: how much each driver matters at each well.

Attribution and truth are both shares of the drivers that a network has inputs for. They agree where
they rank the wells alike, driver by driver.
"""

import pandas as pd

from swgw.attribution.groups import DRIVER_OF, GROUPS, group_of
from swgw.scores.resample import interval, resampled_scores
from swgw.scores.skill import correlation

DRIVERS = list(DRIVER_OF.values())
TRUE_DRIVERS = (*DRIVERS, "pumping", "interaction")


def driver_of(inputs: str) -> str | None:
    """Name the driver of a virtual basin that an input, a group of inputs or itself stands for.

    Examples
    --------
    >>> driver_of("surface_water_lag_3"), driver_of("other weather"), driver_of("head_change")
    ('river', 'evapotranspiration', None)
    """
    if inputs in TRUE_DRIVERS:
        return inputs
    return DRIVER_OF.get(inputs if inputs in GROUPS else group_of(inputs))


def shares_by_driver(importance: pd.DataFrame) -> pd.DataFrame:
    """Sum importances by driver and turn them into shares: rows add up to 1.

    Parameters
    ----------
    importance : DataFrame (well; input)
        Of single inputs, of groups of them or of drivers; below zero counts as none. Others than
        the three drivers are left out.

    Returns
    -------
    DataFrame (well; driver)
        River, irrigation and evapotranspiration; NaN where all are zero.

    Examples
    --------
    >>> weights = pd.DataFrame({"precipitation": [0.1], "wind": [0.3], "head_change": [0.6]})
    >>> shares_by_driver(weights).round(2).to_numpy().tolist()
    [[0.0, 0.25, 0.75]]
    """
    drivers = pd.Index([driver_of(name) for name in importance], name="driver")
    total = importance.clip(lower=0).T.groupby(drivers).sum().T
    total = total.reindex(columns=pd.Index(DRIVERS, name="driver"), fill_value=0.0)
    return total.div(total.sum(axis=1).where(lambda s: s > 0), axis=0)


def agreement(shares: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation over wells of attributed with true shares, mean over drivers.

    Parameters
    ----------
    shares : DataFrame (well; attribution, seed, driver)
    truth : DataFrame (well; driver)

    Returns
    -------
    DataFrame (attribution; value, low, high, seeds, wells)
        Mean over seeds, with its 90 % interval: wells and seeds are resampled, ranks stay those
        of all wells.
    """
    rows = {}
    for name in shares.columns.unique(0):
        known = shares[[name]].dropna()
        known = known.loc[known.index.intersection(truth.dropna().index)].rank()
        each = resampled_scores(truth.loc[known.index].rank(), known, correlation, block=1)[name]
        mean = pd.DataFrame(each).mean(axis=1).to_numpy()[:, None]  # over drivers
        rows[name] = interval(mean, known[name].columns.unique(0).size, len(known))
    return pd.DataFrame(rows).T.rename(columns={"blocks": "wells"}).rename_axis("attribution")
