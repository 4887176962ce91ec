"""The virtual basin beside the published hydrology: weather, flow, storage, exchange, heads."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from swgw.figures.axes import set_time_axis
from swgw.figures.style import BLUE, DARK, GREEN, GREY, LIGHT, ORANGE, PURPLE, RED, SKY, literal

MONTHS = tuple("JFMAMJJASOND")
PUBLISHED = {"marker": "D", "color": RED, "linestyle": "", "markersize": 5, "zorder": 4}
DRIVER_LINES = {
    "river": (BLUE, "--"),
    "irrigation": (GREEN, "-."),
    "pumping": (RED, ":"),
    "evapotranspiration": (ORANGE, (0, (5, 1))),
}
DRIVER_WORDS = {"irrigation": "irrigation and rain"}
"""What a driver is called where its short name would mislead."""
SETTING_MARKERS = ("o", "s", "^", "D")


def plot_weather(
    rain: pd.Series, published_rain: pd.Series, warmth: pd.DataFrame, published_warmth: pd.Series
) -> Figure:
    """Draw monthly rain and temperature of the plain with the published values.

    Parameters
    ----------
    rain, published_rain : Series (month,)
        Mean monthly totals [mm].
    warmth : DataFrame (month, quantity)
        ``mean``, ``low`` and ``high`` of the monthly mean temperature [°C] over the years.
    published_warmth : Series (month,)
        [°C], for some of the months.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
    left.bar(rain.index, rain, color=SKY, label="virtual basin")
    left.plot(published_rain.index, published_rain, label="published", **PUBLISHED)
    left.set(ylabel="Rain on the plain [mm per month]")
    right.fill_between(warmth.index, warmth["low"], warmth["high"], color=LIGHT, label="years")
    right.plot(warmth.index, warmth["mean"], color=BLUE, label="virtual basin")
    right.plot(published_warmth.index, published_warmth, label="published", **PUBLISHED)
    right.set(ylabel="Air temperature of the plain [°C]")
    _months(left, right)
    return figure


def plot_flow(monthly: pd.DataFrame, published: pd.Series, memory: dict[str, pd.Series]) -> Figure:
    """Draw the year of the discharge and its autocorrelation.

    Parameters
    ----------
    monthly : DataFrame (month, quantity)
        ``mean``, ``low`` and ``high`` over the years [m³/s].
    published : Series (month,)
        [m³/s].
    memory : dict of Series (lag,)
        Autocorrelation by lag [d]: ``"virtual basin"`` and ``"published"``.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3))
    left.fill_between(monthly.index, monthly["low"], monthly["high"], color=LIGHT, label="years")
    left.plot(monthly.index, monthly["mean"], color=BLUE, label="virtual basin")
    left.plot(published.index, published, label="published", **PUBLISHED)
    left.set(ylabel="Discharge at the target gauge [m³/s]", ylim=(0, None))
    _months(left)
    right.plot(memory["virtual basin"], color=BLUE, label="virtual basin")
    right.plot(memory["published"], label="published", **PUBLISHED)
    right.set(xlabel="Lag [d]", ylabel="Autocorrelation of daily discharge", ylim=(None, 1.02))
    right.legend()
    return figure


def _months(*panels: Axes) -> None:
    for axes in panels:
        axes.set_xticks(range(1, 13), MONTHS)
        axes.set_xlabel("Month")
        axes.grid(axis="x", visible=False)
        axes.legend()


def plot_storage(storage: pd.Series, published_loss: float) -> Figure:
    """Draw the aquifer's storage since the first day, with the published loss.

    Parameters
    ----------
    storage : Series (time,)
        [10⁸ m³].
    published_loss : float
        [10⁸ m³/yr].
    """
    figure, axes = plt.subplots(figsize=(7, 2.8))
    axes.plot(storage, color=BLUE, label="virtual basin")
    years = (storage.index - storage.index[0]).days / 365.25
    line = -published_loss * years + (storage.mean() + published_loss * years.to_numpy().mean())
    axes.plot(storage.index, line, color=RED, linestyle="--", label="published loss")
    axes.set(ylabel="Change of storage [10⁸ m³]")
    set_time_axis(axes)
    axes.legend()
    return figure


def plot_exchange(shares: pd.DataFrame, published: tuple[float, float]) -> Figure:
    """Draw what each section of the river loses to the aquifer, as a share of its flow.

    Parameters
    ----------
    shares : DataFrame (section, season)
        Net loss [% of the flow that enters], negative where the river gains.
    published : tuple
        Range of the yearly share's size [%].
    """
    figure, axes = plt.subplots(figsize=(7, 3.2))
    colours = {"year": GREY, "dry season": ORANGE, "wet season": BLUE}
    x = np.arange(len(shares))
    for k, (season, values) in enumerate(shares.items()):
        axes.bar(x + 0.27 * (k - 1), values, 0.25, color=colours[season], label=season)
    for sign in (1, -1):
        band = axes.axhspan(*(sign * np.array(published)), color=RED, alpha=0.10, linewidth=0)
    band.set_label("published range, year")
    axes.axhline(0, color=DARK, linewidth=0.8)
    axes.set_xticks(x, [literal(name, 24) for name in shares.index])
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", visible=False)
    axes.set(ylabel="Lost to the aquifer [% of the flow]")
    figure.legend(loc="outside upper center", ncols=4)
    return figure


def plot_water_table(
    table: pd.DataFrame, river: pd.DataFrame, wells: pd.DataFrame, settings: pd.Series
) -> Figure:
    """Draw the depth to the water table and its fall over the record, with the wells.

    Parameters
    ----------
    table : DataFrame (cell, ...)
        longitude, latitude [°], surface, head and head_end [m].
    river : DataFrame (vertex, ...)
    wells : DataFrame (well, ...)
        longitude, latitude.
    settings : Series (well,)
        Where a well stands, in words.
    """
    figure, panels = plt.subplots(2, 1, figsize=(7, 8.2), sharex=True)
    depth, fall = table["surface"] - table["head"], table["head"] - table["head_end"]
    fields = [
        (np.maximum(depth, 0.5), "Depth to water at the start [m]", "log"),
        (fall, "Fall of the water table [m]", "linear"),
    ]
    for axes, (values, label, norm) in zip(panels, fields, strict=True):
        drawn = axes.pcolormesh(*_grid(table, values), cmap="viridis_r", norm=norm, rasterized=True)
        figure.colorbar(drawn, ax=axes, label=label, shrink=0.8)
        axes.plot(river["longitude"], river["latitude"], color="white", linewidth=3)
        axes.plot(river["longitude"], river["latitude"], color=DARK, linewidth=1.2, label="river")
        for marker, name in zip(SETTING_MARKERS, settings.unique(), strict=False):
            these = wells[settings.reindex(wells.index) == name]
            axes.plot(
                these["longitude"], these["latitude"], marker, color="white", markersize=6.5,
                markeredgecolor=DARK, label=literal(name),
            )  # fmt: skip
        axes.set(ylabel="Latitude [° N]", aspect=1 / np.cos(np.deg2rad(table["latitude"].mean())))
        axes.grid(visible=False)
    panels[1].set_xlabel("Longitude [° E]")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


def _grid(table: pd.DataFrame, values: pd.Series) -> tuple:
    """Longitudes, latitudes and values (latitude, longitude) of cells, NaN where there is none."""
    places = table[["longitude", "latitude"]].assign(value=values)
    grid = places.pivot_table(values="value", index="latitude", columns="longitude")
    return grid.columns, grid.index, grid.to_numpy()


def plot_drivers(heads: dict[str, pd.DataFrame]) -> Figure:
    """Draw true heads of some wells beside those with a driver replaced by its climatology.

    Parameters
    ----------
    heads : dict of DataFrame (time, scenario)
        By title of the panel; ``all`` and ``no_<driver>`` [m].
    """
    figure, panels = plt.subplots(len(heads), 1, figsize=(7, 2.0 * len(heads)), sharex=True)
    for axes, (title, table) in zip(np.atleast_1d(panels), heads.items(), strict=True):
        for driver, (colour, style) in DRIVER_LINES.items():
            label = f"mean year of {DRIVER_WORDS.get(driver, driver)}"
            axes.plot(
                table[f"no_{driver}"], color=colour, linestyle=style, label=label, linewidth=1.1
            )
        axes.plot(table["all"], color=DARK, linewidth=1.2, label="as it was")
        axes.set_title(literal(title, 70))
        axes.set_ylabel("Head [m]")
        set_time_axis(axes)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def plot_driver_shares(shares: pd.DataFrame, settings: pd.Series) -> Figure:
    """Draw how much each driver's departures from its mean year move each well.

    Parameters
    ----------
    shares : DataFrame (well, driver)
        Standard deviation of the contribution [m].
    settings : Series (well,)
        Wells are ordered by it.
    """
    rank = dict(zip(settings.unique(), range(settings.nunique()), strict=True))
    order = settings.reindex(shares.index).map(rank).sort_values(kind="stable").index
    figure, axes = plt.subplots(figsize=(7, 3.4))
    colours = {name: colour for name, (colour, _) in DRIVER_LINES.items()} | {"interaction": PURPLE}
    markers = dict(zip(colours, ("o", "s", "^", "D", "x"), strict=True))
    for driver, values in shares.loc[order].items():
        axes.plot(
            range(len(order)), values, markers[driver], color=colours[driver], markersize=5,
            label=DRIVER_WORDS.get(driver, driver),
        )  # fmt: skip
    groups = settings.reindex(order)
    for k in np.flatnonzero(groups.ne(groups.shift()).to_numpy())[1:]:
        axes.axvline(k - 0.5, color=GREY, linewidth=0.8)
    for name, k in pd.Series(range(len(order)), groups.to_numpy()).groupby(level=0).mean().items():
        axes.annotate(
            literal(name, 18), (k, 1.01), xycoords=("data", "axes fraction"), ha="center",
            fontsize=7.5, color=DARK,
        )  # fmt: skip
    axes.set_xticks(range(len(order)), [literal(w, 8) for w in order], rotation=90)
    axes.set(ylabel="Sd of the contribution [m]", yscale="log")
    figure.legend(loc="outside lower center", ncols=5)
    return figure
