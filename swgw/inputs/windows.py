"""Issue times: the steps after which a forecast starts."""

import numpy as np


def issue_steps(lengths, inside: np.ndarray) -> np.ndarray:
    """List the issue steps whose targets are all inside a period.

    Parameters
    ----------
    lengths : Panel or Settings
        Gives encoder_length and lead_times, both in steps.
    inside : bool array (time,)
        Steps of the period; encoders may reach back before it.

    Returns
    -------
    int array (issue_time,)
    """
    whole = np.lib.stride_tricks.sliding_window_view(inside[1:], lengths.lead_times).all(axis=1)
    issues = np.flatnonzero(whole)
    return issues[issues >= lengths.encoder_length - 1]


def ahead(issues: np.ndarray, lead_times: int) -> np.ndarray:
    """Give the steps that are forecast from each issue step: (issue_time, lead_time)."""
    return issues[:, None] + np.arange(1, lead_times + 1)
