"""Means of a sample of wells, blocks or seeds, with their intervals."""

import numpy as np
import pandas as pd
from scipy import stats

from swgw.scores.resample import LEVEL, intervals
from swgw.scores.skill import bias


def sample_means(values: pd.DataFrame, rows: str = "wells", block: int = 1) -> pd.DataFrame:
    """Mean of each column over rows, such as wells, with its 90 % interval; rows are resampled.

    Parameters
    ----------
    values : DataFrame (row; name) or (row; name, seed)
        NaN where missing; the mean over seeds is taken, of resampled seeds.
    rows : str
        What the rows are: name of the column with their number.
    block : int
        Neighbouring rows that are resampled together.

    Returns
    -------
    DataFrame (name; value, low, high, seeds, rows)
        Without seeds where the columns have none.
    """
    seeds = values.columns.nlevels > 1
    sims = values if seeds else pd.concat({0: values}, axis=1).swaplevel(axis=1)
    table = intervals(pd.Series(0.0, values.index), sims, bias, block)
    table = table.rename(columns={"blocks": rows}).rename_axis(None)
    return table if seeds else table.drop(columns="seeds")


def over_seeds(values: pd.DataFrame) -> pd.DataFrame:
    """Mean of each column over seeds, with its 90 % interval by Student's t.

    Parameters
    ----------
    values : DataFrame (seed; name)

    Returns
    -------
    DataFrame (name; value, low, high, seeds)
        low and high are NaN with one seed.

    Examples
    --------
    >>> over_seeds(pd.DataFrame({"share": [1.0, 2.0, 3.0]})).round(2).to_numpy().tolist()
    [[2.0, 0.31, 3.69, 3.0]]
    """
    seeds, mean = len(values), values.mean()
    half = stats.t.ppf((1 + LEVEL) / 2, seeds - 1) * values.std() / np.sqrt(seeds)
    return pd.DataFrame({"value": mean, "low": mean - half, "high": mean + half, "seeds": seeds})
