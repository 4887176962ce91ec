"""Observed and forecast water through the test period, to zoom in."""

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from swgw.figures import style
from swgw.figures.axes import set_time_axis
from swgw.plots import live

if TYPE_CHECKING:
    import plotly.graph_objects as go

DASHES = {"-": "solid", "--": "dash", ":": "dot", "-.": "dashdot"}


def plot_hydrograph(obs: pd.Series, simulated: pd.DataFrame, label: str) -> Figure:
    """Draw what was observed and what two models forecast: the first, and the last beside it.

    Parameters
    ----------
    obs : Series (time,)
    simulated : DataFrame (time, model)
        In the unit of ``label``.
    """
    figure, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    axes.plot(obs.index, obs, color=style.DARK, lw=1, marker=".", ms=3, label="observed")
    for model in dict.fromkeys([simulated.columns[-1], simulated.columns[0]]):
        colour, line = style.MODEL_COLOURS[model], style.MODEL_LINES[model]
        axes.plot(simulated.index, simulated[model], color=colour, ls=line, label=model)
    axes.set_ylabel(label)
    set_time_axis(axes)
    figure.legend(loc="outside upper center", ncol=3)
    return figure


def live_hydrograph(obs: pd.Series, simulated: pd.DataFrame, label: str) -> "go.Figure":
    """Draw the same with every model, one at a time beside what was observed.

    Parameters
    ----------
    obs : Series (time,)
    simulated : DataFrame (time, model)
        In the unit of ``label``.
    """
    import plotly.graph_objects as go

    figure = go.Figure(layout=live.LAYOUT)
    for model in simulated:
        dash = DASHES.get(style.MODEL_LINES[model], "longdashdot")
        figure.add_scatter(
            x=live.days(simulated.index),
            y=live.dump(simulated[model]),
            name=model,
            meta=model,
            visible=bool(model == simulated.columns[0]),
            line={"color": style.MODEL_COLOURS[model], "dash": dash, "width": 2},
        )
    figure.add_scatter(
        x=live.days(obs.index),
        y=live.dump(obs),
        name="observed",
        mode="lines+markers",
        marker={"size": 4},
        line={"color": style.DARK, "width": 1.2},
    )
    figure.update_layout(hovermode="x unified", yaxis_title_text=label, xaxis_type="date")
    return figure
