"""The day-of-year climatology and how anomalies from it fade: the baseline of every model."""

import numpy as np
import pandas as pd

from swgw.basin.prepare import Prepared

HARMONICS = 3


def fit_climatology(values: pd.DataFrame, prepared: Prepared) -> pd.DataFrame:
    """Fit the day-of-year mean of the training years, as a sum of three harmonics.

    Parameters
    ----------
    values : DataFrame (time, series)
    prepared : Prepared
        Gives the calendar and the training years.

    Returns
    -------
    DataFrame (time, series)
        In the unit of the values, for every step, gaps included.
    """
    phase = 2 * np.pi * prepared.step_of_year() / prepared.steps_per_year
    order = np.arange(1, min(HARMONICS, (prepared.steps_per_year - 1) // 2) + 1)
    waves = phase[:, None] * order
    basis = np.column_stack([np.ones(len(phase)), np.sin(waves), np.cos(waves)])
    training = prepared.inside("train")
    fitted = [_least_squares(basis, values[name].to_numpy(float), training) for name in values]
    return pd.DataFrame(np.column_stack(fitted), index=values.index, columns=values.columns)


def _least_squares(basis: np.ndarray, values: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Fit with a weak ridge penalty, so that a series of few observations stays near its mean."""
    known = training & np.isfinite(values)
    if not known.any():
        return np.zeros(len(values))
    mean = values[known].mean()
    design = basis[known]
    normal = design.T @ design + 1e-3 * np.eye(basis.shape[1])
    return mean + basis @ np.linalg.solve(normal, design.T @ (values[known] - mean))


def damping(anomaly: np.ndarray, training: np.ndarray, lead_time: int) -> np.ndarray:
    """Slope of the anomaly on the one lead_time steps earlier, per series, in the training years.

    Parameters
    ----------
    anomaly : array (series, time)
    training : bool array (time,)
    lead_time : int

    Returns
    -------
    array (series,)
        Between 0 and 1; 0 where there are fewer than three pairs.
    """
    both = training[:-lead_time] & training[lead_time:] & np.isfinite(anomaly[:, :-lead_time])
    both &= np.isfinite(anomaly[:, lead_time:])
    early = np.where(both, anomaly[:, :-lead_time], 0.0)
    late = np.where(both, anomaly[:, lead_time:], 0.0)
    power = (early**2).sum(axis=1)
    slope = np.divide((early * late).sum(axis=1), power, out=np.zeros(len(power)), where=power > 0)
    return np.where(both.sum(axis=1) > 2, np.clip(slope, 0.0, 1.0), 0.0)
