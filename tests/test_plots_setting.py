"""Figures of sections 2.1 to 2.8: axes, labels and units, on basins with and without each part."""

import itertools
import re
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.study import Study
from swgw.figures.axes import widen_towards_one
from swgw.inputs import wells
from swgw.models.profiles import get_profile
from swgw.pages import data, metrics, missing, models, needs, som, study_area
from swgw.plots import metrics as metric_plots
from swgw.plots.study_area import names_of, plot_map
from swgw.scores.paper import TABLE_3
from swgw.scores.skill import nse, rmse


class Untrained(Study):
    """A study whose scores and sizes are made up, so that nothing is trained."""

    def table_3(self, gauge=None):
        obs = np.random.default_rng(0).gamma(2, 20, 100)
        sims = {"MT-TFT": obs + 3, "ridge": 0.5 * obs}
        return pd.DataFrame(
            {"model": m, "seed": 0, "nse": nse(obs, s), "rmse": rmse(obs, s)}
            for m, s in sims.items()
        )

    def parameter_counts(self):
        return pd.DataFrame(
            {"model": ["MT-TFT", "ST-GRU"], "target": ["both", "head"], "parameters": [900, 100]}
        )


def study_of(folder, output, change=None):
    basin = load_basin(folder)
    return Untrained(
        prepare_basin(change(basin) if change else basin), get_profile("quick"), output
    )


def without_gauges(basin):
    settings = replace(basin.settings, target_gauge=None)
    return replace(
        basin, settings=settings, gauges=basin.gauges[:0], surface_water=basin.surface_water[:0]
    )


def without_river(basin):
    wells = basin.wells.drop(columns="distance_to_river")
    return replace(basin, river=None, wells=wells)


def without_wells(basin):
    return replace(basin, wells=basin.wells[:0], heads=basin.heads[:0])


def with_one_well(basin):
    first = basin.heads["well_id"] == basin.wells.index[0]
    return replace(basin, wells=basin.wells[:1], heads=basin.heads[first])


def with_hostile_names(basin):
    wells = basin.wells.assign(name="<b>$x$|_y_</b>" * 9)
    settings = replace(basin.settings, title="# {ref}`x` $a$", description="```\n</div>")
    return replace(basin, wells=wells, settings=settings, gauges=basin.gauges.assign(name="$^$"))


def beside_the_paper(basin):
    return replace(basin, settings=replace(basin.settings, companion="jing2025"))


CHANGES = {
    "as it is": None,
    "paper": beside_the_paper,
    "no gauges": without_gauges,
    "no river": without_river,
    "no wells": without_wells,
    "one well": with_one_well,
    "hostile": with_hostile_names,
}


@pytest.fixture(scope="module", params=CHANGES)
def any_study(request, tiny_basin, tmp_path_factory):
    return study_of(tiny_basin, tmp_path_factory.mktemp("out"), CHANGES[request.param])


@pytest.fixture(scope="module")
def study(tiny_basin, tmp_path_factory):
    return study_of(tiny_basin, tmp_path_factory.mktemp("out"))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Train maps briefly, and close figures after each test."""
    monkeypatch.setattr(wells, "ITERATIONS", 200)
    yield
    plt.close("all")


PAGES = [study_area, data, models, som, metrics]
CALLS = [
    pytest.param(function, id=f"{page.__name__.split('.')[-1]}.{name}")
    for page in PAGES
    for name, function in vars(page).items()
    if name.startswith(("figure_", "table_", "words_"))
    and function.__module__ == page.__name__
    and name not in ("table_worked", "figure_pinball")
]


@pytest.mark.parametrize("function", CALLS)
def test_every_page_stays_whatever_the_basin_lacks(function, any_study):
    result = function(any_study)
    if function.__name__.startswith("figure_"):
        assert isinstance(result, Figure)
        result.draw_without_rendering()
    elif result is None:  # only what is the paper's own leaves no trace
        assert "of_the_paper" in function.__name__
        assert not any_study.basin.settings.companion_is_paper
    else:
        assert isinstance(result, Markdown)
        assert result.data
        assert "nan" not in result.data.replace("\\", "")
        assert not re.search("None(?! of)", result.data)


def labels(figure):
    """Collect the axis labels and titles of a figure."""
    texts = [figure.get_supxlabel(), figure.get_supylabel()]
    for axes in figure.axes:
        texts += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")]
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (study_area.figure_1, ["Longitude [° E]", "Latitude [° N]"]),
        (study_area.figure_levels, ["Distance to the river [km]", "Mean depth to water [m]"]),
        (data.figure_series, ["Precipitation [mm/d]", "Temperature [°C]", "Discharge [m³/s]"]),
        (data.figure_series, ["Head, cluster 1 [m]", "Wind speed [m/s]", "Year"]),
        (data.figure_observed, ["Observed [%]", "Year"]),
        (data.figure_year, ["Discharge [m³/s]", "Month", "Head minus its mean, all wells [m]"]),
        (models.figure_parameters, ["Trainable parameters"]),
        (som.figure_clusters, ["Standardised head [standard deviations]", "cluster 1: 1 well"]),
        (som.figure_seasons, ["Standardised head [sd]", "Month", "Year"]),
        (som.figure_sizes, ["Quantisation error [sd per step]", "Topographic error"]),
        (som.figure_distances, ["Distance to the river [km]"]),
        (metrics.figure_faults, ["Discharge [m³/s]", "Date", "(a) too high", "NSE 0.75"]),
        (metrics.figure_datum, ["above the chosen zero [m]", "Score"]),
    ],
)
def test_labels_and_units(study, draw, expected):
    found = labels(draw(study))
    for text in expected:
        assert text in found


def test_map_is_true_to_scale_and_names_the_target_gauge(study):
    figure = study_area.figure_1(study)
    axes = figure.axes[0]
    latitude = np.mean([*study.basin.wells["latitude"], *study.basin.river["latitude"]])
    assert axes.get_aspect() == pytest.approx(1 / np.cos(np.deg2rad(latitude)), rel=0.01)
    texts = [text.get_text() for text in axes.texts]
    assert {"Bridge", "N"} <= set(texts)
    bar = next(float(text.split()[0]) for text in texts if text.endswith(" km"))
    assert bar in (1, 2, 5, 10, 20)
    figure.draw_without_rendering()
    assert axes.yaxis.label.get_window_extent().x0 > 3


def test_few_wells_are_named_and_no_name_covers_a_place(study):
    figure = study_area.figure_1(study)
    axes = figure.axes[0]
    places = pd.concat([study.basin.wells, study.basin.gauges])
    names = [text for text in axes.texts if text.get_text() in {*names_of(places)}]
    assert len(names) == len(places)
    figure.draw_without_rendering()
    boxes = [name.get_window_extent() for name in names]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    spots = axes.transData.transform(places[["longitude", "latitude"]].to_numpy(float))
    assert not any(box.contains(*spot) for box in boxes for spot in spots)


def test_many_wells_are_not_named():
    place = {"longitude": np.linspace(7, 8, 11), "latitude": np.linspace(47, 48, 11)}
    wells = pd.DataFrame(place, index=[f"W{n}" for n in range(11)])
    figure = plot_map(wells, wells.iloc[:0], None, pd.Series(dtype=int))
    assert not any(text.get_text().startswith("W") for text in figure.axes[0].texts)


def test_river_length():
    river = pd.DataFrame({"longitude": [100.0, 100.0], "latitude": [38.0, 39.0]})
    assert study_area.river_length(river) == pytest.approx(111.0, abs=0.05)
    twice = pd.concat([river.assign(part=0), river.assign(part=1, longitude=101.0)])
    assert study_area.river_length(twice) == pytest.approx(222.0, abs=0.1)


def test_architecture_figures_show_both_branches_or_one(study, tiny_basin, tmp_path):
    def texts(figure):
        return " ".join(text.get_text() for text in figure.axes[0].texts)

    both, alone = study, study_of(tiny_basin, tmp_path, without_gauges)
    assert texts(models.figure_3(both)).count("dense") == 2
    assert texts(models.figure_3(alone)).count("dense") == 1
    assert "discharge [m³/s]" in texts(models.figure_4(both))
    assert "discharge" not in texts(models.figure_4(alone))


def test_identity_is_one_number_for_one_set_of_observations(study):
    assert "the same number" in metrics.words_identity(study).data
    assert "**not**" not in metrics.words_identity(study).data


def test_rows_of_the_paper_that_agree():
    rows = metrics.implied_variance(TABLE_3, metrics.ROUNDING)
    together, low, high = metrics._largest_overlap(rows)
    assert together == ["ST-GRU", "MT-GRU", "MT-LSTM"]
    assert (round(low), round(high)) == (3156, 3167)
    assert rows["variance"].round().tolist() == [3189, 3160, 3475, 3136, 2433, 2994]


def test_worked_table_adds_up():
    text = metrics.table_worked([20, 30, 50, 40, 10], [22, 27, 42, 41, 13]).data
    assert "**87.0**" in text
    assert "**1,000.0**" in text


def test_pooling_flatters(study):
    text = metrics.words_pooled(study).data
    assert "**0.99**" in text


def test_pinball_is_labelled():
    assert "Pinball loss" in labels(metrics.figure_pinball())
    losses = {0.1: np.ones(3), 0.5: np.ones(3), 0.9: np.ones(3)}
    figure = metric_plots.plot_pinball(np.arange(3.0), losses)
    assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == [
        "level 0.1", "level 0.5", "level 0.9",
    ]  # fmt: skip


def test_missing_gives_the_reason(study, tiny_basin, tmp_path):
    bare = study_of(tiny_basin, tmp_path, lambda basin: without_river(with_one_well(basin)))
    assert missing(study, "gauge", "river", "wells:3", "temperature", "discharge", "som") == []
    assert missing(study, "well:slope") == []
    reasons = missing(bare, "river", "wells:2", "gauges:2", "pet", "well:aspect", "companion")
    assert [reason.split(" (")[0] for reason in reasons] == [
        "no course of the river",
        "1 well where 2 or more are needed",
        "1 gauge where 2 or more are needed",
        "no pet",
        "no aspect",
        "no numbers of the paper to compare with",
    ]


def test_needs_answers_by_the_kind_of_function(study):
    @needs("snow")
    def figure_snow(study):
        raise AssertionError

    @needs("snow")
    def words_snow(study):
        raise AssertionError

    assert "no snow" in figure_snow(study).axes[0].texts[0].get_text()
    assert "column `snow` of `forcing.csv`" in words_snow(study).data


def test_figures_are_the_same_file_twice(study, tmp_path):
    for name in ("a.svg", "b.svg"):
        study_area.figure_1(study).savefig(tmp_path / name, metadata={"Date": None})
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_labels_of_a_short_axis_of_scores_keep_apart():
    _, axes = plt.subplots(figsize=(3, 2))
    axes.plot(1 - np.array([0.58, 0.8, 0.938]), [0, 1, 2])
    widen_towards_one(axes, "x")
    shown = [float(label.get_text()) for label in axes.get_xticklabels()]
    assert shown == [0.6, 0.7, 0.8, 0.85, 0.9, 0.94]
