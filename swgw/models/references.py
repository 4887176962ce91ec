"""What every trained model has to beat: persistence, climatology and ridge regression.

All are fitted on the training years alone (the validation year picks the strength of the ridge) and
forecast in the unit of the data, on the same windows as the trained models.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

from swgw.inputs.climatology import damping
from swgw.inputs.panel import Panel
from swgw.inputs.variables import carry_forward
from swgw.inputs.windows import Windows

RIDGE_STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)
RIDGE_WINDOWS = 30_000
RECENT_STEPS = 6


def forecast_climatology(climatology: np.ndarray, windows: Windows, lead_times: int) -> np.ndarray:
    """Read the climatology at the valid times: (series, time) → (window, lead_time)."""
    steps = windows.issue[:, None] + np.arange(1, lead_times + 1)
    return climatology[windows.series[:, None], steps]


def forecast_persistence(last: np.ndarray, windows: Windows, lead_times: int) -> np.ndarray:
    """Repeat the last observation: (series, time) → (window, lead_time)."""
    return np.repeat(last[windows.series, windows.issue][:, None], lead_times, axis=1)


def forecast_damped(
    values: np.ndarray,
    climatology: np.ndarray,
    training: np.ndarray,
    windows: Windows,
    lead_times: int,
) -> np.ndarray:
    """Let the last observed anomaly from the climatology fade as it did in the training years.

    Parameters
    ----------
    values, climatology : array (series, time)
        Observations with their gaps, and their climatology [m or m³/s].
    training : bool array (time,)
    windows : Windows
    lead_times : int

    Returns
    -------
    array (window, lead_time)
    """
    anomaly = values - climatology
    carried = carry_forward(pd.DataFrame(anomaly.T)).to_numpy().T
    slopes = np.stack([damping(anomaly, training, k) for k in range(1, lead_times + 1)], axis=1)
    fading = slopes[windows.series] * carried[windows.series, windows.issue][:, None]
    return forecast_climatology(climatology, windows, lead_times) + fading


def forecast_ridge(
    panel: Panel, target: str, training: Windows, validation: Windows, windows: Windows
) -> np.ndarray:
    """Ridge regression of the change from damped persistence on the trained models' inputs.

    The encoder enters through its last steps and the means of its quarters, the decoder with all
    that is known. One regression for all series, on standardised values.

    Returns
    -------
    array (window, lead_time)
        In the unit of the data.
    """
    column = panel.targets.index(target)
    fitted = _fit_ridge(panel, column, training, validation)
    change = [
        fitted.predict(_features(panel, windows.take(some)))
        for some in np.array_split(np.arange(len(windows)), -(-len(windows) // RIDGE_WINDOWS))
    ]
    baseline = _baseline(panel, column, windows)
    standardised = baseline + np.concatenate(change).reshape(baseline.shape)
    centre = forecast_climatology(panel.centre[..., column], windows, panel.lead_times)
    return centre + panel.scale[windows.series, column][:, None] * standardised


def _fit_ridge(panel: Panel, column: int, training: Windows, validation: Windows) -> Ridge:
    x, y = _complete(panel, column, training)
    x_check, y_check = _complete(panel, column, validation)
    best, fitted = np.inf, None
    for strength in RIDGE_STRENGTHS:
        model = Ridge(alpha=strength).fit(x, y)
        error = np.mean((model.predict(x_check) - y_check) ** 2) if len(x_check) else 0.0
        if error < best:
            best, fitted = error, model
    return fitted


def _complete(panel: Panel, column: int, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Features and changes from damped persistence, of windows observed at every lead time."""
    steps = windows.issue[:, None] + np.arange(1, panel.lead_times + 1)
    change = panel.target[windows.series[:, None], steps, column]
    change = change - _baseline(panel, column, windows)
    rows = np.flatnonzero(np.isfinite(change).all(axis=1))
    rows = rows[:: max(1, -(-len(rows) // RIDGE_WINDOWS))]
    return _features(panel, windows.take(rows)), change[rows]


def _baseline(panel: Panel, column: int, windows: Windows) -> np.ndarray:
    """Damped persistence, standardised: (window, lead_time)."""
    anchor = panel.anchor[windows.series, windows.issue, column]
    return anchor[:, None] * panel.fading[windows.series, :, column]


def _features(panel: Panel, windows: Windows) -> np.ndarray:
    """Flatten windows: (window, feature)."""
    each = windows.series[:, None]
    past = windows.issue[:, None] + np.arange(1 - panel.encoder_length, 1)
    future = windows.issue[:, None] + np.arange(1, panel.lead_times + 1)
    parts = [panel.reals[windows.series]]
    parts += [panel.values[each, past[:, -RECENT_STEPS:]].reshape(len(windows), -1)]
    parts += [
        panel.values[each, quarter].mean(axis=1) for quarter in np.array_split(past, 4, axis=1)
    ]
    parts += [panel.values[each, future][:, :, panel.known].reshape(len(windows), -1)]
    return np.concatenate(parts, axis=1).astype(float)  # single precision is ill-conditioned
