"""Notebooks for a class: nothing of a solution with the students, all of it with instructors."""

import re

import nbformat
import pytest
from setup_cell import setup_code
from typer.testing import CliRunner

from swgw.book import cells as classroom
from swgw.book.execute import check_parameters, read_parameters
from swgw.cli import app
from swgw.storage.files import shared

BOOK = {path.stem: nbformat.read(path, 4) for path in sorted(shared("notebooks").glob("*.ipynb"))}
each_page = pytest.mark.parametrize("page", BOOK)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("class") / "spring"
    answer = CliRunner().invoke(app, ["classroom", str(target)])
    assert answer.exit_code == 0, answer.output
    assert str(target / "README.md") in answer.stdout
    return target


def cells(path, tag=""):
    found = nbformat.read(path, 4).cells
    return [cell for cell in found if not tag or tag in cell.metadata.get("tags", [])]


def tagged(page, tag):
    return [c for c in BOOK[page].cells if tag in c.metadata.get("tags", [])]


def test_both_sets_are_whole_and_nothing_else_is_there(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "instructor", "student"]
    for audience in ("student", "instructor"):
        made = sorted((folder / audience).glob("*.ipynb"))
        assert [path.stem for path in made] == list(BOOK)
        assert len(list((folder / audience).iterdir())) == len(made) + 1
        glossary = (folder / audience / "glossary.md").read_bytes()
        assert glossary == (shared("book") / "glossary.md").read_bytes()


def test_the_class_installs_as_the_guide_says(folder):
    guide = (shared("book") / "instructor_guide.md").read_text(encoding="utf-8")
    told = (folder / "README.md").read_text(encoding="utf-8")
    (install,) = re.findall(r"python -m pip install .*", told)
    assert "jupyterlab" in install
    assert install in guide


@each_page
def test_students_get_no_word_and_no_code_of_a_solution(folder, page):
    given = (folder / "student" / f"{page}.ipynb").read_text(encoding="utf-8")
    shown = "\n".join(cell.source for cell in cells(folder / "student" / f"{page}.ipynb"))
    assert not re.search(r'"solution"|sol-|{solution', given)
    solved = tagged(page, "solution")
    taught = "\n".join(c.source for c in BOOK[page].cells if c not in solved)
    lines = [line.strip() for cell in solved for line in cell.source.splitlines()]
    told = [line for line in lines if len(line) > 20 and line not in taught]
    assert [line for line in told if line in shown] == []


@each_page
def test_instructors_get_every_solution_and_only_what_is_true_of_a_notebook(folder, page):
    made = cells(folder / "instructor" / f"{page}.ipynb")
    wanted = [c.id for c in BOOK[page].cells if "book" not in c.metadata.get("tags", [])]
    assert [cell.id for cell in made] == wanted
    solved = [c for c in made if "solution" in c.metadata.get("tags", [])]
    assert [c.source for c in solved] == [c.source for c in tagged(page, "solution")]


@each_page
@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_a_classs_notebook_keeps_its_parameters_and_its_results_beside_it(folder, page, audience):
    path = folder / audience / f"{page}.ipynb"
    nbformat.validate(nbformat.read(path, 4))
    own = read_parameters(shared("notebooks") / path.name)
    assert read_parameters(path) == own | {"output": "results"}
    check_parameters(path, {"basin": "elsewhere", "profile": "full", "seeds": 2, "output": ""})
    code = [cell for cell in cells(path) if cell.cell_type == "code"]
    assert code[0].source == setup_code()


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path):
    (tmp_path / "essay.txt").write_text("mine")
    answer = CliRunner().invoke(app, ["classroom", str(tmp_path)])
    assert answer.exit_code == 2
    assert "is there already; name a new folder, or empty this one" in answer.output
    assert [path.name for path in tmp_path.iterdir()] == ["essay.txt"]


def test_a_failure_half_way_leaves_nothing(tmp_path, monkeypatch):
    written = []

    def fails(path, text):
        written.append(path)
        if len(written) == 5:
            raise OSError("disk full")

    monkeypatch.setattr(classroom, "write_text", fails)
    with pytest.raises(OSError, match="disk full"):
        classroom.write_classroom(tmp_path / "spring")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_a_notebook_runs_from_its_own_folder(folder, audience, tiny_basin, tmp_path_factory):
    import papermill

    path = folder / audience / "03_1_runoff.ipynb"
    results = tmp_path_factory.getbasetemp() / "results of the class"
    done = papermill.execute_notebook(
        path,
        tmp_path_factory.mktemp("done") / path.name,
        {"basin": str(tiny_basin), "output": str(results)},
        kernel_name="python3",
        cwd=folder / audience,
        progress_bar=False,
    )
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert len([o for o in outputs if "image/png" in o.get("data", {})]) >= 4
