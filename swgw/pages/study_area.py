"""Section 2.1: where the wells and gauges stand."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure
from pyproj import Geod

from swgw.book.text import (
    count,
    escape,
    listing,
    number,
    percent,
    sentence,
    step_word,
    surface_water_word,
    table,
)
from swgw.pages import needs
from swgw.plots import live_map as live_plots
from swgw.plots import study_area as plots
from swgw.plots.live import show

NEAR = 1.0
"""A well within this distance [km] of the river stands beside it."""

FACTS = {
    "surface_elevation": "ground [m]",
    "distance_to_river": "distance to the river [km]",
    "slope": "slope [°]",
}


def words_basin(study) -> Markdown:
    """Introduce the basin in its own words and in numbers."""
    basin, settings = study.basin, study.basin.settings
    kind = (
        "**This basin is virtual**: a simulator made its observations, and no well of it exists."
        if settings.virtual
        else "The data of this basin were observed."
    )
    places = [count(len(basin.wells), "well")] * bool(len(basin.wells))
    places += [count(len(basin.gauges), "gauge")] * bool(len(basin.gauges))
    facts = [
        f"It holds {listing(places)}, read every {step_word(settings.step).removeprefix('1 ')}."
    ]
    if basin.river is not None:
        facts += [f"The river line is {number(river_length(basin.river), 0)} km long."]
    if settings.target_gauge is not None:
        facts += [f"The target gauge is {gauge_name(study)}; it gives {surface_water_word(study)}."]
    about = f"\n\n{escape(settings.description)}" * bool(settings.description)
    source = f"\n\nSource: {sentence(settings.citation)} Licence: {sentence(settings.licence)}"
    return Markdown(f"*{escape(settings.title)}*. {kind} {' '.join(facts)}{about}{source}")


def gauge_name(study) -> str:
    """Write the target gauge's name, or its id, as Markdown."""
    target, gauges = study.basin.settings.target_gauge, study.basin.gauges
    name = gauges["name"].get(target) if "name" in gauges else None
    return escape(target if name is None or pd.isna(name) else name)


def river_length(river: pd.DataFrame) -> float:
    """Length of the river line [km], along the ellipsoid, its parts added up."""
    parts = river["part"] if "part" in river else pd.Series(0, index=river.index)
    globe = Geod(ellps="WGS84")
    return (
        sum(
            globe.line_length(part["longitude"], part["latitude"])
            for _, part in river.groupby(parts)
        )
        / 1000
    )


def figure_1(study) -> Figure:
    """Draw the map (Fig. 1)."""
    basin = study.basin
    return plots.plot_map(
        basin.wells, basin.gauges, basin.river, clusters_of(study), basin.settings.target_gauge
    )


def figure_map(study) -> Figure:
    """Show the map of Fig. 1 to zoom in, with what is known of each place; give the still one."""
    basin = study.basin
    moving = live_plots.live_map(
        basin.wells.assign(facts=_facts(basin.wells, "Well")),
        basin.gauges.assign(facts=_facts(basin.gauges, "Gauge")),
        basin.river,
        clusters_of(study),
        basin.settings.target_gauge,
    )
    return show(figure_1(study), moving)


def _facts(places: pd.DataFrame, kind: str) -> pd.Series:
    """Write what is known of each place, one fact a line."""
    lines = pd.Series([f"{kind} {place}" for place in places.index], index=places.index, dtype=str)
    if "name" in places:
        lines += places["name"].map(lambda name: "" if pd.isna(name) else f", {name}")
    for column, label in FACTS.items():
        if column in places:
            lines += places[column].map(lambda x, label=label: f"\n{label}: {number(x, 1)}")
    return lines


def clusters_of(study) -> pd.Series:
    """Clusters of the wells; empty where the basin has none."""
    return study.clusters if study.som is not None else pd.Series(dtype=int)


@needs("wells:1", "river")
def words_distance(study) -> Markdown:
    """Say how far from the river the wells stand."""
    distance = study.basin.wells["distance_to_river"]
    near = (distance <= NEAR).mean()
    return Markdown(
        f"The wells stand {number(distance.min(), 1)} to {number(distance.max(), 1)} km from the "
        f"river, half of them within {number(distance.median(), 1)} km; {percent(near)} are no "
        f"farther than {number(NEAR, 0)} km."
    )


@needs("wells:2", "river", "som")
def figure_levels(study) -> Figure:
    """Draw the mean water table of the wells against their distance to the river."""
    wells, mean = study.basin.wells, mean_head(study)
    label = "Mean head [m above the datum]"
    downward = "surface_elevation" in wells and bool(wells["surface_elevation"].notna().all())
    if downward:
        mean, label = wells["surface_elevation"] - mean, "Mean depth to water [m]"
    return plots.plot_levels(wells["distance_to_river"], mean, study.clusters, label, downward)


def mean_head(study) -> pd.Series:
    """Mean head of each well in the training years [m above the datum]."""
    return study.prepared.heads[study.prepared.inside("train")].mean()


@needs("wells:1")
def table_wells(study) -> Markdown:
    """List the wells with where they stand."""
    wells, clusters = study.basin.wells, clusters_of(study)
    rows = pd.DataFrame({"well": [escape(well) for well in wells.index]}, index=wells.index)
    if "name" in wells:
        rows["name"] = wells["name"].fillna("").map(escape)
    rows["longitude [°]"] = wells["longitude"].map(lambda x: number(x, 3))
    rows["latitude [°]"] = wells["latitude"].map(lambda x: number(x, 3))
    for column, label in FACTS.items():
        if column in wells:
            rows[label] = wells[column].map(lambda x: number(x, 1))
    if "surface_elevation" in wells:
        depth = wells["surface_elevation"] - mean_head(study).reindex(wells.index)
        rows["mean depth to water [m]"] = depth.map(lambda x: number(x, 1))
    if len(clusters):
        rows["cluster"] = clusters.reindex(wells.index)
    return table(rows)
