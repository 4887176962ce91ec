"""Goals and exercises of every page; every solution that does something is run."""

import re

import nbformat
import pytest
from fake_study import VARIANTS, make_study

import swgw
from swgw.storage.share import shared

NOTEBOOKS = {path.stem: path for path in sorted(shared("notebooks").glob("*.ipynb"))}
KINDS = {"Recall", "Do", "Think"}
GOALS = re.compile(
    r"```\{admonition\} Before you start\n:class: tip goals\n\n"
    r"\*\*Goals\.\*\* After this page you can\n\n(- .+\n)+\n"
    r"\*\*Time\.\*\* \d+ minutes to read, \d+ for the exercises\.\n\n"
    r"\*\*Needs\.\*\* .+\n```\n"
)
EXERCISE = re.compile(r"```\{exercise\} (\w+)\n:label: (ex-[\w-]+)\n\n[^`]", re.MULTILINE)
SOLUTION = re.compile(
    r"```\{solution(?:-start)?\} (ex-[\w-]+)\n:label: (sol-[\w-]+)\n:class: dropdown"
)
STUDIES = {}
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def cells_of(name, tag=""):
    cells = nbformat.read(NOTEBOOKS[name], 4).cells
    return [cell for cell in cells if not tag or tag in cell.metadata.get("tags", [])]


def study_of(variant):
    if variant not in STUDIES:
        STUDIES[variant] = make_study(**VARIANTS[variant])
    return STUDIES[variant]


def is_run(cell):
    """Whether a cell runs on a made-up study; what calls a page's functions runs with the book."""
    calls = re.search(r"\.(figure|table|words)_|page\.|scores\.|paper_says", cell.source)
    return not calls or "open_study" in cell.source


@each_notebook
def test_goals_time_and_needs_come_first(name):
    texts = [cell.source for cell in cells_of(name) if cell.cell_type == "markdown"]
    assert len(GOALS.findall("\n\n".join(texts[:3]))) == 1


@each_notebook
def test_three_kinds_of_exercises_each_with_one_solution(name):
    exercises = [EXERCISE.match(cell.source) for cell in cells_of(name, "exercise")[1:]]
    assert all(exercises)
    assert {found[1] for found in exercises} == KINDS
    solutions = [SOLUTION.match(cell.source) for cell in cells_of(name, "solution")]
    assert [found[1] for found in solutions if found] == [found[2] for found in exercises]


@each_notebook
def test_solutions_are_marked_and_those_that_do_hold_code(name):
    cells = cells_of(name)
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        marked = "solution" in cell.metadata.get("tags", [])
        assert marked or not re.search(r"\{solution|sol-", cell.source)
        if found := EXERCISE.match(cell.source):
            gated = "{solution-start}" in following.source
            assert gated == (found[1] == "Do"), "what is done has code, the rest has none"
        if "{solution-start}" in cell.source:
            code, end = cells[cells.index(cell) + 1 :][:2]
            assert code.cell_type == "code"
            assert end.source.endswith("```{solution-end}\n```")


def test_labels_are_unique():
    found = [label for name in NOTEBOOKS for cell in cells_of(name) for label in
             re.findall(r":label: ((?:ex|sol)-[\w-]+)", cell.source)]  # fmt: skip
    assert len(found) == len(set(found))


OLD = [name for name in NOTEBOOKS if "hide-input" in NOTEBOOKS[name].read_text(encoding="utf-8")]
"""Pages whose cells call functions of pages; the others run with the golden books."""


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", OLD)
def test_solutions_run_on_every_kind_of_basin(name, variant, monkeypatch):
    monkeypatch.setattr(swgw, "open_study", lambda *_: study_of(variant), raising=False)
    names = {}
    for cell in cells_of(name):
        if cell.cell_type == "code" and is_run(cell):
            exec(compile(cell.source, f"{name}, {cell.id}", "exec"), names)
