"""Pages 2.3 and 2.9, on the virtual basin, on another draw's numbers, and without a truth."""

from dataclasses import replace
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from IPython.display import Markdown
from matplotlib.figure import Figure
from swgw.virtual.compare import compare

from swgw.basin.example import write_example
from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.basin.settings import basin_folder
from swgw.pages import conceptual_model, virtual_basin
from swgw.virtual import load_truth

FIGURES = [
    (conceptual_model, "figure_2"),
    (conceptual_model, "figure_year"),
    *((virtual_basin, name) for name in dir(virtual_basin) if name.startswith("figure_")),
]
WORDS = [
    *((conceptual_model, name) for name in ("words_numbers", "words_year", "table_balance")),
    *(
        (virtual_basin, name)
        for name in dir(virtual_basin)
        if name.startswith(("words_", "table_")) and name != "words_whose"
    ),
]


def study_of(folder):
    basin = load_basin(folder)
    return SimpleNamespace(basin=basin, prepared=prepare_basin(basin), truth=load_truth(basin))


@pytest.fixture(scope="module")
def study():
    return study_of(basin_folder("heihe"))


@pytest.fixture(scope="module")
def untold(tmp_path_factory):
    return study_of(write_example(tmp_path_factory.mktemp("basin") / "example"))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(("page", "name"), FIGURES)
def test_figures_are_drawn_with_units(page, name, study):
    figure = getattr(page, name)(study)
    assert isinstance(figure, Figure)
    labels = [axes.get_ylabel() for axes in figure.axes if axes.axison]
    assert all("[" in label or "Autocorrelation" in label for label in labels)
    figure.canvas.draw()


@pytest.mark.parametrize(("page", "name"), FIGURES + WORDS)
def test_pages_stay_without_a_truth(page, name, untold):
    result = getattr(page, name)(untold)
    assert isinstance(result, Figure | Markdown)
    if isinstance(result, Markdown):
        assert "not simulated" in result.data


def test_a_page_on_a_simulated_basin_says_so_to_an_observed_one(untold, study):
    assert "comes with the book" in virtual_basin.words_whose(untold).data
    assert virtual_basin.words_whose(study) is None


def test_drawing_without_a_truth_has_no_numbers(untold, study):
    def digits(figure):
        return [
            t.get_text() for t in figure.axes[0].texts if any(c.isdigit() for c in t.get_text())
        ]

    assert digits(conceptual_model.figure_2(untold)) == []
    assert len(digits(conceptual_model.figure_2(study))) >= 8


def test_balance_table_leaves_nothing_open(study):
    assert "| left open | 0.00 |" in conceptual_model.table_balance(study).data


def test_comparison_has_a_row_and_a_verdict_for_each_number(study):
    text = virtual_basin.table_compare(study).data
    count = len(compare(study.basin, study.truth))
    assert text.count("| met |") == count
    assert (
        f"**{count} of {count} published numbers** are met"
        in virtual_basin.words_verdict(study).data
    )


def test_a_missed_number_is_named_and_explained(study):
    wet = study.basin.forcing.copy()
    wet["wind"] *= 2
    other = SimpleNamespace(basin=replace(study.basin, forcing=wet), truth=study.truth)
    assert "**not met**" in virtual_basin.table_compare(other).data
    verdict = virtual_basin.words_verdict(other).data
    assert "Wind speed, mean" in verdict
    assert "draw" in verdict


def test_every_parameter_stands_in_the_table(study):
    text = virtual_basin.table_parameters(study).data
    assert text.count("\n") > 45
    assert "10⁸" in text
