"""What the networks have to beat: support vectors, random forests, persistence, climatology."""

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.svm import SVR

from swgw.transfer.monthly import Samples
from swgw.transfer.plan import FORESTS, SUPPORT_VECTORS, Plan


def forecast_support_vectors(samples: Samples, wells: Sequence[str], plan: Plan) -> np.ndarray:
    """Tune and fit a support vector regression for each well and lead time.

    Returns
    -------
    array (well, issue_time, lead_time)
        Standardised departures in the test period, on the same index as the networks'.
    """
    settings = SUPPORT_VECTORS[: plan.trials]
    makers = [lambda setting=setting: SVR(**setting) for setting in settings]
    return _forecast(samples, wells, makers)[0]


def forecast_forests(
    samples: Samples, wells: Sequence[str], plan: Plan, seed: int, chosen: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Tune and fit a random forest for each well and lead time.

    Parameters
    ----------
    samples : Samples
    wells : sequence of str
    plan : Plan
    seed : int
    chosen : int array (well, lead_time), optional
        The settings, where an earlier seed has chosen them.

    Returns
    -------
    array (well, issue_time, lead_time), int array (well, lead_time)
        Standardised departures in the test period, and the settings chosen.
    """
    common = {"n_estimators": plan.trees, "random_state": seed}
    makers = [
        lambda setting=setting: RandomForestRegressor(**common, **setting)
        for setting in FORESTS[: plan.trials]
    ]
    return _forecast(samples, wells, makers, chosen)


def _forecast(samples: Samples, wells, makers: list, chosen: np.ndarray | None = None):
    x, _ = samples.of(wells, "test")
    lead_times = samples.y.shape[-1]
    found = np.empty((len(wells), x.shape[1], lead_times), np.float32)
    picked = np.empty((len(wells), lead_times), int)
    for i, well in enumerate(wells):
        for k in range(lead_times):
            tried = makers if chosen is None else [makers[chosen[i, k]]]
            best, model = _best(samples, well, k, tried)
            picked[i, k] = best if chosen is None else chosen[i, k]
            found[i, :, k] = 0.0 if model is None else model.predict(_flat(x[i]))
    return found, picked


def _best(samples: Samples, well: str, lead: int, makers: list):
    """Fit each setting on the training years; give the best on the validation years, and which."""
    (x, y), (x_check, y_check) = (
        _observed(samples, well, lead, p) for p in ("train", "validation")
    )
    if len(y) < 2:
        return 0, None
    models = [make().fit(x, y) for make in makers]
    if len(models) == 1 or not len(y_check):
        return 0, models[0]
    errors = [np.mean((model.predict(x_check) - y_check) ** 2) for model in models]
    return int(np.argmin(errors)), models[int(np.argmin(errors))]


def _observed(samples: Samples, well: str, lead: int, period: str):
    (x,), (y,) = samples.of([well], period)
    known = np.isfinite(y[:, lead])
    return _flat(x[known]), y[known, lead]


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), x.shape[1] * x.shape[2])


def references(samples: Samples, wells: Sequence[str]) -> dict[str, np.ndarray]:
    """Persistence, damped-anomaly persistence and climatology (well, issue_time, lead_time) [m]."""
    at = samples.rows(wells)[:, None], np.flatnonzero(samples.period == "test")
    base = samples.base[at]
    return {
        "persistence": np.broadcast_to(samples.last[at][:, :, None], base.shape),
        "damped persistence": base,
        "climatology": samples.climatology[at],
    }
