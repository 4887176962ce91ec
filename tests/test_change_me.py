"""The line that each page marks as the one to change: changing it changes a figure or a table."""

import json

import nbformat
import papermill
import pytest

from swgw.storage.files import shared

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
QUICKEST = ("02_1_study_area", "02_5_som", "02_8_metrics")
"""Those that the fast tests run; the others are marked slow."""


def marked(page: str) -> list[str]:
    """Lines of a page that say that they are to be changed."""
    notebook = nbformat.read(shared("notebooks") / f"{page}.ipynb", 4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    lines = [line for source in code for line in source.splitlines()]
    return [line for line in lines if "# change me" in line]


def outputs(notebook: nbformat.NotebookNode) -> list[str]:
    """Pictures and tables of an executed page."""
    found = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs if "data" in o]
    return [json.dumps(o.data.get("image/svg+xml") or o.data.get("text/plain", "")) for o in found]


def run(page: str, output, basin, changed: bool) -> list[str]:
    """Execute a page on a small basin that is trained already, with its line changed or not."""
    notebook = nbformat.read(shared("notebooks") / f"{page}.ipynb", 4)
    old, new = CHANGED[page]
    for cell in notebook.cells:
        if changed and "# change me" in cell.source:
            cell.source = cell.source.replace(old, new, 1)
    source, target = output / f"{page}.{changed}.ipynb", output / f"{page}.{changed}.out.ipynb"
    nbformat.write(notebook, source)
    given = {"basin": str(basin), "profile": "smoke", "output": str(output)}
    return outputs(papermill.execute_notebook(source, target, given, progress_bar=False))


@pytest.mark.parametrize("page", CHANGED)
def test_the_marked_line_is_there_and_can_be_changed(page):
    (line,) = marked(page)
    assert CHANGED[page][0] in line


def test_every_page_that_marks_a_line_is_listed():
    pages = [path.stem for path in shared("notebooks").glob("*.ipynb") if marked(path.stem)]
    assert set(pages) == set(CHANGED)


@pytest.mark.parametrize(
    "page", [p if p in QUICKEST else pytest.param(p, marks=pytest.mark.slow) for p in CHANGED]
)
def test_changing_the_line_changes_what_the_page_shows(page, small_book):
    simulated = page == "virtual_basin"  # the only page that is about the embedded basin
    basin = "heihe" if simulated else small_book.folder.parent / "mine"
    before, after = (
        run(page, small_book.folder.parent, basin, changed) for changed in (False, True)
    )
    assert before != after
