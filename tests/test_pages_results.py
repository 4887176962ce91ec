"""The pages of experiments, results and discussion: every function on every kind of basin."""

import importlib
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from fake_study import VARIANTS, make_study
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.plots.groundwater import plot_distances

PAGES = (
    "experiments",
    "tuning",
    "runoff",
    "hydrograph",
    "groundwater",
    "ceiling",
    "years",
    "second_task",
    "grid",
    "draws",
    "agreement",
    "attention",
    "attention_tested",
    "choices",
    "drivers",
    "importance",
)
STUDIES = {}


def study_of(variant):
    """Make each fake study once."""
    if variant not in STUDIES:
        STUDIES[variant] = make_study(**VARIANTS[variant])
    return STUDIES[variant]


def functions(page):
    """List the functions of a page that a notebook calls."""
    module = importlib.import_module(f"swgw.pages.{page}")
    return {
        name: function
        for name, function in vars(module).items()
        if name.split("_")[0] in ("figure", "table", "words")
        and getattr(function, "__module__", "") == module.__name__
    }


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def is_labelled(figure):
    """Some axis says in words what is drawn: a label, or a title with a unit."""
    shown = [axes for axes in figure.axes if axes.has_data() and axes.axison]
    words = [f"{a.get_xlabel()}{a.get_ylabel()}{a.get_title(loc='left')}" for a in shown]
    return not shown or any(words)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("page", PAGES)
def test_page_stands_for_every_basin(page, variant):
    study = study_of(variant)
    for name, function in functions(page).items():
        result = function(study)
        if name.startswith("figure"):
            assert isinstance(result, Figure), name
            assert is_labelled(result), name
            if variant == "everything":
                result.canvas.draw()  # what appears only then: warnings of ticks and glyphs
            plt.close(result)
        else:
            assert isinstance(result, Markdown), name
            assert "nan" not in re.split(r"\W+", result.data), (name, result.data)


def test_the_papers_numbers_stand_only_beside_its_companion():
    from swgw.pages import groundwater, runoff, second_task

    tables = (runoff.table_3, groundwater.table_groundwater, groundwater.table_clusters,
              groundwater.words_distance, second_task.table_differences)  # fmt: skip
    for table in tables:
        assert "paper" in table(study_of("everything")).data
        assert "paper" not in table(study_of("one seed, rain only")).data


def test_figure_5_has_twelve_lettered_panels():
    from swgw.pages import runoff

    titles = [axes.get_title(loc="left") for axes in runoff.figure_5(study_of("everything")).axes]
    assert sorted(title[:3] for title in titles) == [f"({letter})" for letter in "abcdefghijkl"]


def test_stage_has_metres_and_no_kge():
    from swgw.pages import runoff

    study = study_of("monthly stage")
    assert "KGE" not in runoff.table_3(study).data
    assert "RMSE [m]" in runoff.table_3(study).data
    assert "Stage [m]" in {axes.get_ylabel() for axes in runoff.figure_5(study).axes}


def test_one_seed_judges_nothing():
    from swgw.pages import second_task

    data = second_task.table_differences(study_of("one seed, rain only")).data
    assert "not judged" in data
    assert "supported" not in data and "contradicted" not in data


def test_a_missing_driver_is_named_in_its_panel():
    from swgw.pages import attention

    titles = [
        a.get_title(loc="left") for a in attention.figure_10(study_of("one seed, rain only")).axes
    ]
    assert any("wind: this basin has no such series" in title for title in titles)


def test_the_truth_is_asked_for_only_where_there_is_one():
    from swgw.pages import groundwater, importance

    assert "no truth" in importance.words_truth(study_of("monthly stage")).data
    assert "noise" in groundwater.words_clusters(study_of("everything")).data
    assert "noise" not in groundwater.table_clusters(study_of("monthly stage")).data


def test_windows_of_a_period_keep_their_targets_inside_it():
    from swgw.pages import experiments

    study = study_of("everything")
    inside = study.prepared.inside("validation")
    issues = experiments.issue_steps(study, "validation")
    leads = study.basin.settings.lead_times
    assert all(inside[issue + 1 : issue + 1 + leads].all() for issue in issues)
    assert not inside[issues[0]] and not inside[issues[-1] + leads + 1]


def test_figure_13_lists_wells_by_cluster_then_distance():
    from swgw.pages import drivers

    study = study_of("everything")
    order = drivers.lag_table(study).index
    clusters = study.clusters.reindex(order)
    assert clusters.is_monotonic_increasing
    near = study.basin.wells["distance_to_river"].reindex(order)
    assert all(part.is_monotonic_increasing for _, part in near.groupby(clusters))


def test_every_arm_has_its_colour():
    from swgw.experiments.table_2 import CONTROLS, TABLE_2
    from swgw.plots.experiments import ARM_COLOURS

    assert {experiment.arm for experiment in TABLE_2 + CONTROLS} == set(ARM_COLOURS)


def test_no_line_leads_above_the_highest_score():
    wells = pd.DataFrame({"distance": [0.0, 10.0, 20.0], "entropy": 2.0, "cluster": 1.0})
    figure = plot_distances(wells.assign(r2=[0.5, 0.98, 0.99]), {"entropy": "", "r2": ""})
    (line,) = figure.axes[1].lines
    assert 0.99 < line.get_ydata().max() <= 1
