"""Names beside the places of a map, each on the side where it covers least."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from swgw.figures.style import DARK, literal

SIDES = ((9, 5), (-9, 5), (9, -12), (-9, -12), (0, 12), (0, -20))
"""Where a name may stand [points] from its place, the best place first."""

REACH = 6.0
"""Half of the width of a marker [pixels]."""


def name_places(
    axes: Axes, points: np.ndarray, names: Sequence[str], others: np.ndarray, size: float = 8.5
) -> None:
    """Write names beside points of a finished figure.

    Parameters
    ----------
    axes : Axes
        Of a figure whose layout is complete but for these names.
    points : array (name, 2)
        In data coordinates.
    names : sequence of str
    others : array (place, 2)
        What else a name should not cover.
    size : float
        Of the letters [points].
    """
    axes.figure.draw_without_rendering()  # what covers what depends on the layout
    places = axes.transData.transform(np.vstack([points, others]))
    taken = [Bbox([place - REACH, place + REACH]) for place in places]
    frame = axes.get_window_extent()
    for point, name in zip(points, names, strict=True):
        options = [_beside(axes, name, point, side, size) for side in SIDES]
        boxes = [option.get_window_extent() for option in options]
        covered = [box.count_overlaps(taken) + 3 * _leaves(box, frame) for box in boxes]
        best = int(np.argmin(covered))
        taken.append(boxes[best])
        for number, option in enumerate(options):
            if number != best:
                option.remove()


def _leaves(box: Bbox, frame: Bbox) -> bool:
    return not (frame.contains(*box.min) and frame.contains(*box.max))


def _beside(
    axes: Axes, name: str, point: np.ndarray, side: tuple[float, float], size: float
) -> Annotation:
    text = axes.annotate(
        literal(name, 28),
        point,
        xytext=side,
        textcoords="offset points",
        ha={1: "left", -1: "right", 0: "center"}[int(np.sign(side[0]))],
        fontsize=size,
        color=DARK,
        zorder=5,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )
    text.set_in_layout(False)
    return text
