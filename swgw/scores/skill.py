"""Scores of a simulation against observations, always ``(obs, sim)``.

Jing et al. (2025), section 2.8, with KGE and the quantile scores beside them. Pairs in which
either value is missing are left out; a score of fewer than two pairs is NaN.
"""

import numpy as np
from numpy.typing import ArrayLike

# Probabilities of the quantiles that every forecast of this book has.
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def _pairs(obs: ArrayLike, sim: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    obs, sim = np.asarray(obs, float).ravel(), np.asarray(sim, float).ravel()
    if obs.shape != sim.shape:
        raise ValueError(f"obs has {obs.size} values and sim {sim.size}; expected as many")
    both = np.isfinite(obs) & np.isfinite(sim)
    return obs[both], sim[both]


def nse(obs: ArrayLike, sim: ArrayLike) -> float:
    """Nash–Sutcliffe efficiency: 1 is perfect, 0 is as good as the mean of the observations.

    Parameters
    ----------
    obs, sim : array (any shape, the same for both)
        Observed and simulated values, in one unit.

    Returns
    -------
    float
        In (−∞, 1]; NaN where the observations do not vary.

    Notes
    -----
    Jing et al. (2025), section 2.8: 1 − Σ(yᵢ − oᵢ)² / Σ(oᵢ − ō)².

    Examples
    --------
    >>> nse([1, 2, 3, 4], [1, 2, 3, 5])
    0.8
    """
    obs, sim = _pairs(obs, sim)
    spread = np.sum((obs - obs.mean()) ** 2) if obs.size > 1 else 0.0
    return float(1 - np.sum((sim - obs) ** 2) / spread) if spread > 0 else float("nan")


def correlation(obs: ArrayLike, sim: ArrayLike) -> float:
    """Pearson correlation (dimensionless); NaN where one of the two does not vary.

    Examples
    --------
    >>> correlation([1, 2, 3, 4], [8, 6, 4, 2])
    -1.0
    """
    obs, sim = _pairs(obs, sim)
    if obs.size < 2 or obs.std() == 0 or sim.std() == 0:
        return float("nan")
    return float(np.corrcoef(obs, sim)[0, 1].clip(-1, 1))


def r2(obs: ArrayLike, sim: ArrayLike) -> float:
    """Squared Pearson correlation (dimensionless), as section 2.8 of the paper defines R².

    Blind to bias and scale: a simulation that is twice the truth still has R² = 1.

    Examples
    --------
    >>> r2([1, 2, 3, 4], [2, 4, 6, 8])
    1.0
    """
    return correlation(obs, sim) ** 2


def rmse(obs: ArrayLike, sim: ArrayLike) -> float:
    """Root mean square error, in the unit of the data (section 2.8).

    Examples
    --------
    >>> rmse([1, 2, 3, 4], [1, 2, 3, 6])
    1.0
    """
    obs, sim = _pairs(obs, sim)
    return float(np.sqrt(np.mean((sim - obs) ** 2))) if obs.size else float("nan")


def bias(obs: ArrayLike, sim: ArrayLike) -> float:
    """Mean error, sim − obs, in the unit of the data.

    Examples
    --------
    >>> bias([1, 2, 3, 4], [2, 3, 4, 5])
    1.0
    """
    obs, sim = _pairs(obs, sim)
    return float(np.mean(sim - obs)) if obs.size else float("nan")


def median_error(obs: ArrayLike, sim: ArrayLike) -> float:
    """Median of sim − obs, in the unit of the data.

    Examples
    --------
    >>> median_error([1, 2, 3], [2, 2, 9])
    1.0
    """
    obs, sim = _pairs(obs, sim)
    return float(np.median(sim - obs)) if obs.size else float("nan")


def kge(obs: ArrayLike, sim: ArrayLike) -> float:
    """Kling–Gupta efficiency in its form of 2009 (population standard deviations).

    1 − √((r − 1)² + (σ_sim/σ_obs − 1)² + (μ_sim/μ_obs − 1)²). It depends on the zero of the
    data: meaningful for discharge, not for stage or heads above a datum.

    Examples
    --------
    >>> kge([1, 2, 3, 4], [1, 2, 3, 4])
    1.0
    """
    obs, sim = _pairs(obs, sim)
    if obs.size < 2 or obs.std() == 0 or sim.std() == 0 or obs.mean() == 0:
        return float("nan")
    r = np.corrcoef(obs, sim)[0, 1]
    alpha, beta = sim.std() / obs.std(), sim.mean() / obs.mean()
    return float(1 - np.sqrt((r - 1) ** 2 + (alpha - 1) ** 2 + (beta - 1) ** 2))


def pinball(obs: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> float:
    """Mean pinball loss over the quantile levels, in the unit of the data.

    Parameters
    ----------
    obs : array (...)
    quantiles : array (..., level)
    levels : array (level,)
        Probabilities in (0, 1).

    Examples
    --------
    >>> pinball([1.0], [[0.0]], [0.9])
    0.9
    """
    error = np.asarray(obs, float)[..., None] - np.asarray(quantiles, float)
    levels = np.asarray(levels, float)
    return float(np.nanmean(np.maximum(levels * error, (levels - 1) * error)))


def coverage(obs: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Share of observations inside [lower, upper], missing ones left out.

    Examples
    --------
    >>> coverage([1, 2, 3, 4], [0, 0, 0, 0], [1, 2, 3, 3])
    0.75
    """
    obs, lower, upper = (np.asarray(a, float) for a in (obs, lower, upper))
    known = np.isfinite(obs) & np.isfinite(lower) & np.isfinite(upper)
    inside = (lower <= obs) & (obs <= upper)
    return float(inside[known].mean()) if known.any() else float("nan")


def crps(obs: ArrayLike, quantiles: ArrayLike, levels: ArrayLike) -> np.ndarray:
    """Continuous ranked probability score of each forecast, in the unit of the data; 0 is perfect.

    Parameters
    ----------
    obs : array (...)
    quantiles : array (..., level)
        Sorted here, so that crossing quantiles describe a distribution at all.
    levels : array (level,)
        Rising probabilities in (0, 1).

    Returns
    -------
    array (...)
        NaN where an observation is missing.

    Notes
    -----
    ∫ (F(x) − 1{x ≥ y})² dx, exact for the distribution of :func:`mean_of_quantiles`: straight
    between the levels, with what is left of the probability at the outermost quantiles. It equals
    twice the pinball loss integrated over all levels, and ``|y − x|`` for a forecast of one value.

    Examples
    --------
    >>> crps([3.0], [[1.0, 1.0, 1.0]], [0.1, 0.5, 0.9])
    array([2.])
    """
    x, p = np.sort(np.asarray(quantiles, float), axis=-1), np.asarray(levels, float)
    y = np.asarray(obs, float)[..., None]
    low, high = x[..., :-1], x[..., 1:]
    met = np.clip(y, low, high)  # where each segment passes the observation
    width = np.where(high > low, high - low, 1.0)
    f = p[:-1] + (met - low) / width * np.diff(p)
    below = (met - low) * (p[:-1] ** 2 + p[:-1] * f + f**2) / 3
    above = (high - met) * ((1 - f) ** 2 + (1 - f) * (1 - p[1:]) + (1 - p[1:]) ** 2) / 3
    y = y[..., 0]
    outside = np.maximum(x[..., 0] - y, 0) + np.maximum(y - x[..., -1], 0)
    return np.where(np.isfinite(y), (below + above).sum(-1) + outside, np.nan)


def mean_known(values: np.ndarray, **kwargs) -> np.ndarray:
    """Mean of the finite values; 0 where there is none."""
    known = np.isfinite(values)
    return np.where(known, values, 0.0).sum(**kwargs) / np.maximum(known.sum(**kwargs), 1)


def mean_of_quantiles(quantiles: ArrayLike, levels: ArrayLike) -> np.ndarray:
    """Mean of the distribution that quantiles describe, in their unit.

    The quantile function is taken as straight between the levels and flat outside them.

    Parameters
    ----------
    quantiles : array (..., level)
    levels : array (level,)
        Rising probabilities in (0, 1).

    Returns
    -------
    array (...)
    """
    quantiles = np.sort(np.asarray(quantiles), axis=-1)
    levels = np.asarray(levels, float)
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]])
    return quantiles @ np.diff(edges).astype(quantiles.dtype)
