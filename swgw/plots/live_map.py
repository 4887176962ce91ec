"""The map of wells, gauges and river, to zoom in and to ask for each well's facts."""

import html
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from swgw.figures.style import BLUE, DARK, cluster_colour, cluster_marker
from swgw.plots import live
from swgw.plots.study_area import names_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

SYMBOLS = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "v": "triangle-down"}


def live_map(
    wells: pd.DataFrame,
    gauges: pd.DataFrame,
    river: pd.DataFrame | None,
    clusters: pd.Series,
    target_gauge: str | None = None,
) -> "go.Figure":
    """Draw what :func:`swgw.plots.study_area.plot_map` draws, with the facts of each place.

    Parameters
    ----------
    wells, gauges : DataFrame (place, attribute)
        With ``longitude`` and ``latitude`` [°], and ``facts``: plain text of one or more lines.
    river : DataFrame (vertex, ...) or None
        ``longitude``, ``latitude`` [°] and, where it is in pieces, ``part``.
    clusters : Series (well,)
        From 1; empty where the wells are not clustered.
    target_gauge : str, optional
        Drawn filled; the others are hollow.
    """
    import plotly.graph_objects as go

    figure = go.Figure(layout=live.LAYOUT)
    if river is not None:
        figure.add_scatter(**_line(river), name="river", line={"color": BLUE, "width": 4})
        figure.data[-1].update(mode="lines", hoverinfo="skip", opacity=0.6)
    for aimed, members in gauges.groupby(gauges.index == target_gauge):
        symbol = "triangle-down" if aimed else "triangle-down-open"
        marker = {"color": DARK, "symbol": symbol, "size": 14, "line": {"width": 2, "color": DARK}}
        texts = {"text": list(map(_shown, names_of(members))), "textposition": "bottom center"}
        name = "target gauge" if aimed else "other gauge"
        looks = {"mode": "markers+text", "marker": marker, "name": name}
        figure.add_scatter(**_places(members) | texts | looks)
    groups = clusters.reindex(wells.index).fillna(0).astype(int)
    for cluster, members in wells.groupby(groups):
        name = f"wells of cluster {cluster}" if cluster else "wells"
        symbol = SYMBOLS.get(cluster_marker(cluster), "cross")
        marker = {"color": cluster_colour(cluster), "symbol": symbol, "size": 10}
        figure.add_scatter(**_places(members), name=name, marker=marker)
    latitude = float(np.mean([*wells["latitude"], *gauges["latitude"]]))
    figure.update_xaxes(title_text="Longitude [° E]", constrain="domain")
    figure.update_yaxes(title_text="Latitude [° N]", scaleanchor="x", automargin=True)
    figure.update_yaxes(scaleratio=1 / np.cos(np.deg2rad(latitude)))
    return figure.update_layout(height=560)


def _places(places: pd.DataFrame) -> dict:
    hover = {
        "hovertext": list(map(_shown, places["facts"])),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "mode": "markers",
    }
    return _at(places) | hover


def _line(river: pd.DataFrame) -> dict:
    """Coordinates of all parts, a gap between each two."""
    parts = river["part"] if "part" in river else pd.Series(0, index=river.index)
    ended = [
        pd.concat([part[["longitude", "latitude"]], pd.DataFrame([{"longitude": np.nan}])])
        for _, part in river.groupby(parts, sort=False)
    ]
    return _at(pd.concat(ended))


def _at(places: pd.DataFrame) -> dict:
    return {"x": live.dump(places["longitude"], 8), "y": live.dump(places["latitude"], 8)}


def _shown(text: str) -> str:
    """Give plain text as plotly shall show it: no tag of a basin in it."""
    return html.escape(text).replace("\n", "<br>")
