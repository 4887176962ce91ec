"""Notebooks for a class: nothing of a solution with the students, all of it with instructors."""

import re

import nbformat
import pytest
from typer.testing import CliRunner

from swgw.book import classroom
from swgw.book import myst_to_markdown as plain
from swgw.book.execute import check_parameters, read_parameters
from swgw.book.launch import PLACEHOLDER, repository, setup_code
from swgw.cli import app
from swgw.storage.share import shared

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


def solutions(page):
    return [c for c in BOOK[page].cells if "solution" in c.metadata.get("tags", [])]


def exercises(page):
    kinds = {"recall", "do", "think"}
    return [c for c in BOOK[page].cells if kinds & set(c.metadata.get("tags", []))]


def test_both_sets_are_whole_and_nothing_else_is_there(folder):
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "instructor", "student"]
    for audience in ("student", "instructor"):
        made = sorted((folder / audience).glob("*.ipynb"))
        assert [path.stem for path in made] == list(BOOK)
        assert len(list((folder / audience).iterdir())) == len(made) + 1
        for path in made:
            nbformat.validate(nbformat.read(path, 4))


@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_the_glossary_is_plain_and_every_reference_to_it_is_a_link(folder, audience):
    glossary = (folder / audience / "glossary.md").read_text(encoding="utf-8")
    asked = (shared("book") / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^(?![#`{])(\S.*)\n  \S", asked, re.MULTILINE)
    assert len(terms) > 40
    assert [term for term in terms if f"\n**{term}**\n" not in glossary] == []
    assert not re.search(r"\{\w+\}`|```", glossary)
    texts = [cell.source for path in (folder / audience).glob("*.ipynb") for cell in cells(path)]
    assert "[Glossary](glossary.md)" in "".join(texts)
    for target in re.findall(r"\]\(([\w-]+\.(?:md|ipynb))\)", "".join(texts)):
        assert (folder / audience / target).is_file(), target


def test_the_class_installs_as_the_guide_says(folder, tmp_path, monkeypatch):
    guide = (shared("book") / "instructor_guide.md").read_text(encoding="utf-8")
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert classroom.INSTALL in told
    assert classroom.INSTALL in guide
    assert "jupyterlab" in classroom.INSTALL
    assert ("git clone" in told) == (PLACEHOLDER not in repository())
    assert PLACEHOLDER not in told
    monkeypatch.setattr(classroom, "repository", lambda: "https://example.org/waters")
    classroom.write_classroom(tmp_path / "published")
    told = (tmp_path / "published" / "README.md").read_text(encoding="utf-8")
    assert "`git clone https://example.org/waters`" in told


def test_what_only_the_book_does_is_promised_in_the_book_alone(folder):
    of_the_book = [c.source for nb in BOOK.values() for c in nb.cells
                   if "book" in c.metadata.get("tags", [])]  # fmt: skip
    assert any("download a page as a notebook" in text for text in of_the_book)
    for audience in ("student", "instructor"):
        texts = [c.source for path in (folder / audience).glob("*.ipynb") for c in cells(path)]
        assert not set(texts) & set(of_the_book)
        promised = re.findall(
            r"buttons at its top|numbered through|fold\w+ (?:away|below)", str(texts)
        )
        assert promised == []


@each_page
def test_students_get_no_word_and_no_code_of_a_solution(folder, page):
    given = (folder / "student" / f"{page}.ipynb").read_text(encoding="utf-8")
    shown = "\n".join(cell.source for cell in cells(folder / "student" / f"{page}.ipynb"))
    assert not re.search(r'"solution"|sol-|Solution of exercise|{solution', given)
    taught = "\n".join(c.source for c in BOOK[page].cells if c not in solutions(page))
    lines = [line.strip() for cell in solutions(page) for line in cell.source.splitlines()]
    told = [line for line in lines if len(line) > 20 and line not in taught]
    assert len(told) > 5
    assert [line for line in told if line in shown] == []


@each_page
def test_every_exercise_has_room_for_its_answer(folder, page):
    student = cells(folder / "student" / f"{page}.ipynb")
    for cell in exercises(page):
        here = next(i for i, made in enumerate(student) if made.id == cell.id)
        wanted = ["code", "markdown"] if "do" in cell.metadata.tags else ["markdown"]
        room = student[here + 1 : here + 1 + len(wanted)]
        assert [made.cell_type for made in room] == wanted
        assert all(made.metadata.tags == ["answer"] for made in room)


@each_page
def test_instructors_get_every_solution_below_its_exercise(folder, page):
    made = cells(folder / "instructor" / f"{page}.ipynb")
    assert [c.id for c in made if "solution" in c.metadata.get("tags", [])] == [
        cell.id for cell in solutions(page)
    ]
    code = {cell.id: cell.source for cell in made if cell.cell_type == "code"}
    for cell in solutions(page):
        assert cell.cell_type != "code" or code[cell.id] == cell.source
    headings = [c.source.splitlines()[0] for c in made if c.source.startswith("### Exercise ")]
    assert [int(re.search(r"\d+", line)[0]) for line in headings] == list(
        range(1, len(exercises(page)) + 1)
    )


@each_page
@pytest.mark.parametrize("audience", ["student", "instructor"])
def test_a_classs_notebook_is_plain_and_keeps_its_parameters(folder, page, audience):
    path = folder / audience / f"{page}.ipynb"
    text = "\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")
    assert not re.search(r"\{[a-z]+\}`|```\{", text)
    assert read_parameters(path) == read_parameters(shared("notebooks") / path.name) | {
        "output": "results"
    }
    check_parameters(path, {"basin": "elsewhere", "profile": "full", "seeds": 2, "output": ""})
    code = [cell for cell in cells(path) if cell.cell_type == "code"]
    assert code[0].source == setup_code()


def test_the_same_command_gives_the_same_files(folder, tmp_path):
    classroom.write_classroom(tmp_path / "again")
    for path in sorted(folder.rglob("*.*")):
        again = tmp_path / "again" / path.relative_to(folder)
        assert again.read_bytes() == path.read_bytes(), path.name


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


TARGETS = plain.Targets(
    {"fig-a": ("1_here", 2), "fig-b": ("2_there", 1)},
    {"1_here": "1 Here", "2_there": "2 There", "glossary": "Glossary", "api": "The API"},
    {"1_here", "2_there"},
    {"rain2001": ("Rain, 2001", "Rain (2001). On wells."), "dry": ("Dry et al., 1999", "Dry.")},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see {doc}`2_there` and {doc}`glossary`",
         "see [2 There](2_there.ipynb) and [Glossary](glossary.md)"),
        ("the {doc}`list <2_there>`, {doc}`api`, {doc}`names <api>`",
         "the [list](2_there.ipynb), *The API*, *names*"),
        ("```{glossary}\nhead\n  Level of\n  water.\n\ngauge\n  A place.\n```",
         "**head**\nLevel of\nwater.\n\n**gauge**\nA place.\n"),
        ("{numref}`fig-a`, {numref}`fig-b`", "Figure 2, Figure 1 of *2 There*"),
        ("so {cite}`rain2001,dry`", "so (Rain, 2001; Dry et al., 1999)"),
        ("## References\n\n{cite}`dry`, {cite}`rain2001`",
         "## References\n\n- Dry.\n- Rain (2001). On wells."),
        ("a {term}`references <reference>`", "a references"),
        ("```{exercise} Do\n:label: ex-a-3\n\nCount.\n```", "### Exercise 3: do\n\nCount."),
        ("```{solution} ex-a-2\n:label: sol-a-2\n:class: dropdown\n\nFour.\n```",
         "**Solution of exercise 2.** Four."),
        ("```{solution-start} ex-a-2\n:label: sol-a-2\n:class: dropdown\n```\n\nLook:",
         "**Solution of exercise 2.**\n\nLook:"),
        ("Done.\n\n```{solution-end}\n```", "Done.\n\n"),
        ("```{admonition} Note\n:class: tip goals\n\nOne.\n\nTwo.\n```\n\nafter",
         "> **Note**\n>\n> One.\n>\n> Two.\n\nafter"),
        ("```bash\nswgw new a\n```", "```bash\nswgw new a\n```"),
    ],
)  # fmt: skip
def test_plain_words(text, expected):
    assert plain.plain(text, "1_here", TARGETS) == expected


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
    assert len([o for o in outputs if "image/png" in o.get("data", {})]) >= 5


def test_works_are_cited_with_their_accents():
    works = plain.targets(shared("book"), BOOK).works
    assert works["kunsch1989"][0] == "Künsch, 1989"
    assert works["nash1970"][0] == "Nash and Sutcliffe, 1970"
    short, full = works["jing2025"]
    assert short == "Jing et al., 2025"
    assert full.startswith("Jing, Tian, Zheng. 2025. Spatiotemporal Modeling of Surface Water–")
    assert full.endswith("Hydrology. https://doi.org/10.3390/hydrology12110291")
