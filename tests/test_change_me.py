"""Every page runs, and the line that it marks as the one to change changes what it shows."""

import shutil
from copy import deepcopy
from dataclasses import replace
from functools import cache

import nbformat
import pytest
from pages import run

import swgw
from swgw.storage.files import shared

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of libraries among themselves
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The figure layout has changed to tight"),  # by seaborn
    pytest.mark.filterwarnings("ignore:Attribute '\\w+' is an instance"),  # by the library's TFT
]
CHANGED = {
    "intro": ("range(1, 13)", "range(1, 7)"),
    "02_1_study_area": ("2000", "8000"),
    "02_2_data": ("smooth = 7", "smooth = 1"),
    "02_3_conceptual_model": ("window = 1", "window = 3"),
    "02_4_models": ("1.0", "5.0"),
    "02_5_som": ("nodes = 3", "nodes = 2"),
    "02_6_experiments": ("lr=0.01", "lr=0.1"),
    "02_8_metrics": ("size = 0.4", "size = 0.8"),
    "03_1_runoff": ("share = 0.10", "share = 0.30"),
    "03_2_groundwater": ("resamples = 1000", "resamples = 50"),
    "03_3_second_task": ("block = study.block", "block = 2"),
    "03_4_uncertainty": ("nominal = 0.8", "nominal = 0.5"),
    "04_1_attention": ("index[-1]", "index[-37]"),
    "04_2_drivers": ("seasons = True", "seasons = False"),
    "05_claims": ("fewest = 2", "fewest = 1"),
    "06_transfer": ("[0]", "[-1]"),
    "07_your_basin": ("step = study.settings.step", 'step = "MS"'),
    "choices": ('key = "level"', 'key = "past"'),
    "provenance": ("largest = 8", "largest = 2"),
    "virtual_basin": ("leakance=0.03", "leakance=0.3"),
}
QUICKEST = ("02_1_study_area", "02_3_conceptual_model", "02_8_metrics")
"""Those that the fast tests change; the others are marked slow."""

SIMULATED = ("02_3_conceptual_model", "virtual_basin")
"""Pages about the truth of the embedded basin, which need no network."""


def marked(page: str) -> list[str]:
    """Lines of a page that say that they are to be changed."""
    notebook = nbformat.read(shared("notebooks") / f"{page}.ipynb", 4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    lines = [line for source in code for line in source.splitlines()]
    return [line for line in lines if "# change me" in line]


@pytest.fixture(scope="module")
def shown(trained, tmp_path_factory):
    """Give what a page shows, as it is or with its line changed."""
    home = tmp_path_factory.mktemp("pages")
    own = replace(trained, folder=home / trained.folder.name)
    shutil.copytree(trained.folder / "runs", own.folder / "runs")
    embedded = swgw.open_study("heihe", "smoke", output=home, train=False)

    @cache
    def shows(page: str, changed: bool = False) -> list[str]:
        study = embedded if page in SIMULATED else own
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("swgw.experiments.study.open_study", lambda *_: deepcopy(study))
            patch.setattr("swgw.scores.correlation.PERMUTATIONS", 19)
            patch.setattr("swgw.inputs.wells.ITERATIONS", 1000)
            return run(page, study, *(CHANGED[page] if changed else ()))

    return shows


def test_each_marked_line_is_listed_with_a_text_that_can_be_replaced():
    lines = {path.stem: marked(path.stem) for path in shared("notebooks").glob("*.ipynb")}
    assert {page for page, found in lines.items() if found} == set(CHANGED)
    for page, (old, _) in CHANGED.items():
        (line,) = lines[page]
        assert old in line


def slow_unless(quick: tuple[str, ...]) -> list:
    """All pages, those marked slow that are not among the quick ones."""
    return [p if p in quick else pytest.param(p, marks=pytest.mark.slow) for p in CHANGED]


@pytest.mark.parametrize("page", slow_unless(tuple(CHANGED)[:-1]))
def test_every_page_runs(page, shown):
    assert shown(page)


@pytest.mark.parametrize("page", slow_unless(QUICKEST))
def test_changing_the_line_changes_what_the_page_shows(page, shown):
    assert shown(page) != shown(page, changed=True)
