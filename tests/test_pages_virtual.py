"""Page 2.3 on the virtual basin and without a truth."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.basin.example import write_example
from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.basin.settings import basin_folder
from swgw.pages import conceptual_model
from swgw.virtual import load_truth

FIGURES = [
    (conceptual_model, "figure_2"),
    (conceptual_model, "figure_year"),
]
WORDS = [
    *((conceptual_model, name) for name in ("words_numbers", "words_year", "table_balance")),
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


def test_drawing_without_a_truth_has_no_numbers(untold, study):
    def digits(figure):
        return [
            t.get_text() for t in figure.axes[0].texts if any(c.isdigit() for c in t.get_text())
        ]

    assert digits(conceptual_model.figure_2(untold)) == []
    assert len(digits(conceptual_model.figure_2(study))) >= 8


def test_balance_table_leaves_nothing_open(study):
    assert "| left open | 0.00 |" in conceptual_model.table_balance(study).data
