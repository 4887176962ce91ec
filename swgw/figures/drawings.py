"""Drawings: maps of wells, gauges and river, true to scale, and schemes of Figs. 2 to 4."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from swgw import figures
from swgw.figures import BLUE, CLUSTER_COLOURS, CLUSTER_MARKERS, DARK, GREY, literal

# Where a name may stand [points] from its place, the best place first.
SIDES = ((9, 5), (-9, 5), (9, -12), (-9, -12), (0, 12), (0, -20))

# Half of the width of a marker [pixels].
REACH = 6.0


def name_places(axes: Axes, points: np.ndarray, names: Sequence[str], others: np.ndarray) -> None:
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
    """
    axes.figure.draw_without_rendering()  # what covers what depends on the layout
    places = axes.transData.transform(np.vstack([points, others]))
    taken = [Bbox([place - REACH, place + REACH]) for place in places]
    frame = axes.get_window_extent()
    for point, name in zip(points, names, strict=True):
        options = [_beside(axes, name, point, side) for side in SIDES]
        boxes = [option.get_window_extent() for option in options]
        covered = [box.count_overlaps(taken) + 3 * _leaves(box, frame) for box in boxes]
        best = int(np.argmin(covered))
        taken.append(boxes[best])
        for number, option in enumerate(options):
            if number != best:
                option.remove()


def _leaves(box: Bbox, frame: Bbox) -> bool:
    return not (frame.contains(*box.min) and frame.contains(*box.max))


def _beside(axes: Axes, name: str, point: np.ndarray, side: tuple[float, float]) -> Annotation:
    text = axes.annotate(
        literal(name, 28), point, xytext=side, textcoords="offset points", fontsize=8.5,
        ha={1: "left", -1: "right", 0: "center"}[int(np.sign(side[0]))], color=DARK, zorder=5,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )  # fmt: skip
    text.set_in_layout(False)
    return text


# Length of a degree of latitude; good to half a per cent, enough for a scale bar.
KM_PER_DEGREE = 111.2

# So many wells, at most, are named on the map.
FEW_WELLS = 10


def plot_map(
    wells: pd.DataFrame,
    gauges: pd.DataFrame,
    river: pd.DataFrame | None,
    clusters: pd.Series,
    target_gauge: str | None = None,
) -> Figure:
    """Draw wells by cluster, gauges and the river, with a scale bar and north.

    Parameters
    ----------
    wells, gauges : DataFrame (place, attribute)
        With ``longitude`` and ``latitude`` [°]; gauges, and wells where they are few, are labelled
        with ``name`` or their id.
    river : DataFrame (vertex, ...) or None
        ``longitude``, ``latitude`` [°] and, where it is in pieces, ``part``.
    clusters : Series (well,)
        From 1; empty where the wells are not clustered.
    target_gauge : str, optional
        Marked as such.
    """
    figure, axes = plt.subplots(figsize=(7, 5.2), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12)  # the frame shrinks to scale after labels are placed
    _frame(axes, [frame for frame in (wells, gauges, river) if frame is not None])
    _draw_river(axes, river)
    _draw_wells(axes, wells, clusters)
    _draw_gauges(axes, gauges, target_gauge)
    tall = np.ptp(axes.get_ylim()) * axes.get_aspect() > 0.9 * np.ptp(axes.get_xlim())
    place, columns = ("outside right upper", 1) if tall else ("outside lower center", 4)
    figure.legend(loc=place, ncols=columns, handletextpad=0.3)
    _name(axes, wells, gauges)
    return figure


def _name(axes: Axes, wells: pd.DataFrame, gauges: pd.DataFrame) -> None:
    """Name the gauges, and the wells where they are few."""
    named = [gauges, wells] if len(wells) <= FEW_WELLS else [gauges]
    names = [name for places in named for name in names_of(places)]
    spots = [places[["longitude", "latitude"]].to_numpy(float) for places in (gauges, wells)]
    everything = np.vstack(spots)
    name_places(axes, everything[: len(names)], names, everything[len(names) :])


def names_of(places: pd.DataFrame) -> list[str]:
    """Name each place: its ``name``, or its id where it has none."""
    ids = places.index.to_series()
    return [str(name) for name in places.get("name", ids).astype(object).fillna(ids)]


def _draw_river(axes: Axes, river: pd.DataFrame | None) -> None:
    if river is None:
        return
    parts = river["part"] if "part" in river else pd.Series(0, index=river.index)
    for number, (_, part) in enumerate(river.groupby(parts, sort=False)):
        label = "river" if number == 0 else None
        axes.plot(
            part["longitude"], part["latitude"], color=BLUE, alpha=0.45, linewidth=3, label=label
        )


def _draw_wells(axes: Axes, wells: pd.DataFrame, clusters: pd.Series) -> None:
    groups = clusters.reindex(wells.index).fillna(0).astype(int)
    for cluster, members in wells.groupby(groups):
        marker, colour = CLUSTER_MARKERS.get(cluster, "o"), CLUSTER_COLOURS.get(cluster, GREY)
        axes.scatter(
            members["longitude"], members["latitude"], s=44, marker=marker, color=colour,
            edgecolor="white", linewidth=0.8, zorder=3,
            label=f"wells of cluster {cluster}" if cluster else "wells",
        )  # fmt: skip


def _draw_gauges(axes: Axes, gauges: pd.DataFrame, target: str | None) -> None:
    for gauge, row in gauges.iterrows():
        aimed = gauge == target
        axes.scatter(  # larger than a well, and below it, so that one beside it is seen
            row["longitude"], row["latitude"], s=130, marker="v", edgecolor=DARK, linewidth=1.2,
            color=DARK if aimed else "white", zorder=2.5,
            label="target gauge" if aimed else "_gauge",
        )  # fmt: skip
    if len(gauges) > 1 or (len(gauges) == 1 and target not in gauges.index):
        axes.scatter([], [], s=130, marker="v", color="white", edgecolor=DARK, label="other gauge")


def _frame(axes: Axes, places: list[pd.DataFrame]) -> None:
    """Set the frame around all places, true to scale, with a strip below for the scale bar."""
    lon = np.concatenate([frame["longitude"].to_numpy(float) for frame in places])
    lat = np.concatenate([frame["latitude"].to_numpy(float) for frame in places])
    shrink = np.cos(np.deg2rad(lat.mean()))
    size = max(np.ptp(lon) * shrink, np.ptp(lat), 0.02)
    margin = 0.06 * size
    # a frame at least 0.7 times as wide as high, and half as high as wide
    across = max(np.ptp(lon) / 2 + margin / shrink, 0.35 * size / shrink)
    along = max(np.ptp(lat) / 2 + margin, 0.25 * size)
    middle = (lon.min() + lon.max()) / 2, (lat.min() + lat.max()) / 2
    west, east = middle[0] - across, middle[0] + across
    south, north = middle[1] - along - 1.6 * margin, middle[1] + along
    axes.set(xlim=(west, east), ylim=(south, north), aspect=1 / shrink)
    axes.set(xlabel="Longitude [° E]", ylabel="Latitude [° N]")
    axes.locator_params(nbins=6)
    _scale_bar(axes, west + margin / shrink, south + 0.7 * margin, (east - west) * shrink, shrink)
    arrow = {"arrowstyle": "-|>", "color": DARK, "lw": 1.2}
    axes.annotate("N", xy=(0.965, 0.135), xytext=(0.965, 0.03), xycoords="axes fraction",
                  ha="center", color=DARK, arrowprops=arrow)  # fmt: skip


def _scale_bar(axes: Axes, west: float, south: float, width: float, shrink: float) -> None:
    """Draw a bar of a round number of km, about a quarter of the width [° of latitude]."""
    wanted = KM_PER_DEGREE * width / 4
    base = 10.0 ** np.floor(np.log10(wanted))
    length = max(step * base for step in (1, 2, 5) if step * base <= wanted)
    east = west + length / KM_PER_DEGREE / shrink
    axes.plot([west, east], [south, south], color=DARK, linewidth=3, solid_capstyle="butt")
    axes.annotate(f"{length:g} km", ((west + east) / 2, south), xytext=(0, 4),
                  textcoords="offset points", ha="center", fontsize=8.5, color=DARK)  # fmt: skip


SCHEMES = yaml.safe_load(Path(__file__).with_name("schemes.yml").read_text(encoding="utf-8"))
# What goes in, layers that the tasks share, layers of one task, what comes out.
FILLS = {"input": "#ECECEC", "shared": "#CFE3F3", "task": "#FBE0C3", "output": "#D5EBDD"}


def plot_scheme(name: str, targets: Sequence[str] = (), **words: object) -> Figure:
    """Draw a scheme of ``schemes.yml``.

    Parameters
    ----------
    name : str
        "system" (paper, Fig. 2), "recurrent" (Fig. 3) or "tft" (Fig. 4, read upwards).
    targets : sequence of str
        What is forecast, with units: one branch each.
    **words
        What stands in braces in the texts of the scheme; what is not given is left out.
    """
    scheme, sheet = SCHEMES[name], SCHEMES[name]["sheet"]
    given = defaultdict(str, zip(("first", "second"), targets, strict=False)) | words
    figure, axes = plt.subplots(figsize=(7, sheet["inches"]))
    axes.set(xlim=(0, sheet["width"]), ylim=(0, sheet["height"]))
    axes.set_axis_off()
    for kind, draw in {"boxes": _box, "arrows": _arrow, "texts": _text}.items():
        for part in scheme[kind]:
            if len(targets) != 1 or "second" not in part:
                draw(axes, part | {"text": part.get("text", "").format_map(given).strip()})
    return figure


def _box(axes: Axes, part: dict) -> None:
    (x, y), (width, height) = part["at"], part["size"]
    fill = FILLS.get(part["fill"], part["fill"])
    look = {"facecolor": fill, "edgecolor": GREY, "linewidth": 0.8}
    corner = (x - width / 2, y - height / 2)
    shape = "round,pad=0,rounding_size=0.14"
    axes.add_patch(FancyBboxPatch(corner, width, height, shape, **look))
    axes.text(x, y, part["text"], ha="center", va="center", fontsize=8.4)


def _arrow(axes: Axes, part: dict) -> None:
    line = {"color": getattr(figures, part.get("colour", "dark").upper()), "lw": 1.3}
    line |= {"linestyle": "--"} if "dashed" in part else {}
    way = [part["from"], *part.get("via", ()), part["to"]]
    axes.plot(*zip(*way[:-1], strict=True), **line)
    look = line | {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11}
    axes.annotate("", way[-1], way[-2], arrowprops=look)


def _text(axes: Axes, part: dict) -> None:
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.9}
    look = {"ha": "center", "va": "center", "fontsize": 8.2, "color": DARK, "bbox": behind}
    axes.text(*part["at"], part["text"], **look)
