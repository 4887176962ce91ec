"""Windows over a panel: what a model sees before an issue time, and what it must forecast."""

from dataclasses import dataclass

import numpy as np

from swgw.inputs.panel import Panel


@dataclass(frozen=True)
class Windows:
    """Pairs of (series, issue step); both arrays have the shape (window,)."""

    series: np.ndarray
    issue: np.ndarray

    def __len__(self) -> int:
        return len(self.series)

    def take(self, rows: np.ndarray) -> "Windows":
        """Select windows by their row."""
        return Windows(self.series[rows], self.issue[rows])


def issue_steps(panel: Panel, inside: np.ndarray) -> np.ndarray:
    """List the issue steps whose targets lie wholly inside a period, without a hole.

    Parameters
    ----------
    panel : Panel
    inside : bool array (time,)
        Steps of the period; encoders may reach back before it.

    Returns
    -------
    int array (issue,)
    """
    ahead = np.lib.stride_tricks.sliding_window_view(inside[1:], panel.lead_times).all(axis=1)
    issues = np.flatnonzero(ahead)
    return issues[issues >= panel.encoder_length - 1]


def make_windows(panel: Panel, issues: np.ndarray) -> Windows:
    """Pair every series with every issue step, ordered by series."""
    series, issue = np.meshgrid(np.arange(len(panel.series)), issues, indexing="ij")
    return Windows(series.ravel(), issue.ravel())
