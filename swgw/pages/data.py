"""Section 2.2: the data sets (Table 1), their series, their gaps and their units."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book.text import (
    count,
    escape,
    listing,
    number,
    percent,
    sentence,
    step_word,
    surface_water_label,
    surface_water_word,
    table,
)
from swgw.figures.style import cluster_colour
from swgw.plots import data as plots
from swgw.scores.paper import TABLE_1

UNITS = {
    "precipitation": "mm/d",
    "temperature": "°C",
    "wind": "m/s",
    "pet": "mm/d",
    "discharge": "m³/s",
    "stage": "m",
    "head": "m",
}
PLAIN = {"pet": "potential evapotranspiration", "wind": "wind speed", "head": "groundwater head"}


def variable_label(name: str) -> str:
    """Label of a variable with its unit, where the contract fixes one."""
    words = PLAIN.get(name, name.replace("_", " "))
    unit = f" [{UNITS[name]}]" if name in UNITS else ""
    return f"{words[:1].upper()}{words[1:]}{unit}"


def data_sets(study) -> dict[str, pd.DataFrame]:
    """Give the raw observations by variable: ``date``, ``place``, ``value``; gaps left out."""
    basin, found = study.basin, {}
    weather = [c for c in basin.forcing.columns if c not in ("date", "place")]
    for name in weather:
        found[name] = basin.forcing[["date", "place", name]].set_axis(
            ["date", "place", "value"], axis=1
        )
    if len(basin.heads):
        found["head"] = basin.heads.set_axis(["date", "place", "value"], axis=1)
    if len(basin.surface_water):
        found[basin.settings.surface_water] = basin.surface_water.set_axis(
            ["date", "place", "value"], axis=1
        )
    return {name: frame.dropna() for name, frame in found.items()}


def table_1(study) -> Markdown:
    """List the basin's data sets with step, period, unit and number of values (Table 1)."""
    rows = []
    for name, frame in data_sets(study).items():
        rows.append(
            {
                "variable": escape(variable_label(name).split(" [")[0].lower()),
                "unit": UNITS.get(name, "–"),
                "places": f"{frame['place'].nunique():,}",
                "spacing [days]": number(_spacing(frame), 0),
                "first day": _day(frame["date"].min()),
                "last day": _day(frame["date"].max()),
                "values": f"{len(frame):,}",
            }
        )
    return table(pd.DataFrame(rows))


def _day(day: pd.Timestamp) -> str:
    """Write a day so that no line breaks in it."""
    return f"{day:%Y-%m-%d}".replace("-", "\N{NON-BREAKING HYPHEN}")


def _spacing(frame: pd.DataFrame) -> float:
    """Median time between neighbouring values of a place [days]."""
    dates = frame.sort_values(["place", "date"])
    gaps = dates.groupby("place")["date"].diff().dropna()
    return gaps.median().total_seconds() / 86400 if len(gaps) else float("nan")


def table_1_of_the_paper(study) -> Markdown | None:
    """Show the paper's own Table 1, beside its companion only."""
    if not study.basin.settings.companion_is_paper:
        return None
    return Markdown(f"The data sets of the paper:\n\n{table(TABLE_1).data}")


def words_source(study) -> Markdown:
    """Say where the data come from, under which licence, and above which datum heads stand."""
    settings = study.basin.settings
    made = "They are **simulated**. " if settings.virtual else ""
    zero = settings.vertical_datum
    datum = (
        " The datum of the heads is not stated."
        if zero == "not stated"
        else f" Heads are given above: {sentence(zero)}"
    ) * bool(len(study.basin.wells))
    return Markdown(
        f"The data of this basin come from: {sentence(settings.citation)} {made}"
        f"Licence: {sentence(settings.licence)}{datum} Forecasts are made in steps of "
        f"{step_word(settings.step)}; all series are averaged to it."
    )


def figure_series(study) -> Figure:
    """Draw weather, surface water and a head of each cluster on one time axis."""
    prepared, settings = study.prepared, study.basin.settings
    series, colours = {}, {}
    weather = _weather(study)
    for name in weather:
        series[_two_lines(variable_label(name))] = weather[name]
    if settings.target_gauge is not None:
        observed = prepared.surface_water[settings.target_gauge]
        series[_two_lines(surface_water_label(study))] = observed
    for cluster, well in best_observed(study).items():
        name = f"Head, cluster {cluster} [m]" if study.som is not None else "Head [m]"
        series[_two_lines(name)] = prepared.heads[well]
        colours[_two_lines(name)] = cluster_colour(cluster)
    return plots.plot_series(series, periods_of(study), colours)


def _two_lines(label: str) -> str:
    """Put the unit below the name."""
    return label.replace(" [", "\n[")


def _weather(study) -> pd.DataFrame:
    """Give the weather of the target gauge's catchment, or else of the first well."""
    gauge = study.basin.settings.target_gauge
    if gauge is not None:
        return study.prepared.weather_of_gauge(gauge)
    return study.prepared.weather_of_well(study.basin.wells.index[0])


def periods_of(study) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    """Give start and end of the three periods."""
    settings = study.basin.settings
    spans = {name: getattr(settings, name) for name in ("train", "validation", "test")}
    return {name: (span.start, span.end) for name, span in spans.items()}


def best_observed(study) -> dict[int, str]:
    """Give the well with the fewest gaps in each cluster (one in all where there are none)."""
    counts = study.prepared.heads.notna().sum()
    if not len(counts):
        return {}
    groups = study.clusters if study.som is not None else pd.Series(1, index=counts.index)
    return {int(c): members.idxmax() for c, members in counts.groupby(groups)}


def figure_observed(study) -> Figure:
    """Draw which steps of each gauge and well were observed, from the training years on."""
    water, heads = study.prepared.surface_water.notna(), study.prepared.heads.notna()
    heads = heads[heads.mean().sort_values(ascending=False, kind="stable").index]
    observed = pd.concat([water, heads], axis=1).loc[study.basin.settings.train.start :]
    return plots.plot_observed(observed, periods_of(study), water.shape[1])


def words_observed(study) -> Markdown:
    """Say how much of the series is observed."""
    prepared, start = study.prepared, study.basin.settings.train.start
    parts = []
    for frame, noun in ((prepared.surface_water, "gauge"), (prepared.heads, "well")):
        share = frame.loc[start:].notna().mean()
        if not len(share):
            continue
        span = percent(share.median())
        if percent(share.min()) != percent(share.max()):
            span = f"{percent(share.min())} to {percent(share.max())} (median {span})"
        parts.append(f"{span} of the steps at {count(len(share), noun)}")
    filled = [frame.loc[start:].to_numpy().mean() for frame in prepared.weather_filled.values()]
    return Markdown(
        f"From the start of the training years on, there is an observation in {listing(parts)}. "
        f"Of the weather, {percent(float(np.mean(filled)), 1)} is filled with climatology."
    )


def figure_year(study) -> Figure:
    """Draw the mean year of weather, surface water and heads over the training years."""
    train = study.prepared.inside("train")
    months, labels = _weather(study)[train].copy(), {}
    labels = {name: variable_label(name) for name in months}
    gauge = study.basin.settings.target_gauge
    if gauge is not None:
        word = surface_water_word(study)
        months[word] = study.prepared.surface_water[gauge][train]
        labels[word] = surface_water_label(study)
    heads = study.prepared.heads[train]
    if heads.shape[1]:
        months["head"] = (heads - heads.mean()).mean(axis=1)
        labels["head"] = "Head minus its mean, all wells [m]"
    return plots.plot_year(months.groupby(months.index.month).mean(), labels)
