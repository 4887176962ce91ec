"""Goals, exercises and solutions of every page."""

import re
from functools import lru_cache

import nbformat
import pytest

from swgw.storage.files import shared

NOTEBOOKS = {path.stem: path for path in sorted(shared("notebooks").glob("*.ipynb"))}
KINDS = {"recall", "do", "think"}
GOALS = re.compile(
    r"```\{admonition\} Before you start\n:class: tip goals\n\n.*"
    r"\*\*Goals\.\*\* .+\*\*Time\.\*\* \d+ minutes to read, \d+ for the exercises\..*\n```",
    re.DOTALL,
)
EXERCISE = re.compile(r"```\{exercise\} (\w+)\n:label: (ex-[\w-]+)\n\n[^`]", re.MULTILINE)
SOLUTION = re.compile(
    r"```\{solution(?:-start)?\} (ex-[\w-]+)\n:label: (sol-[\w-]+)\n:class: dropdown"
)
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


@lru_cache
def cells_of(name, tag=""):
    cells = nbformat.read(NOTEBOOKS[name], 4).cells
    return [cell for cell in cells if not tag or tag in cell.metadata.get("tags", [])]


@each_notebook
def test_goals_and_time_are_given_first(name):
    texts = [cell.source for cell in cells_of(name) if cell.cell_type == "markdown"]
    assert len(GOALS.findall("\n\n".join(texts[:3]))) == 1


@each_notebook
def test_each_exercise_has_one_solution_below_it(name):
    exercises = [EXERCISE.match(c.source) for c in cells_of(name) if "{exercise}" in c.source]
    assert all(exercises)
    assert 3 <= len(exercises) <= 8
    tags = {tag for c in cells_of(name, "exercise") for tag in c.metadata["tags"]}
    assert "do" in tags, "at least one in which something is run"
    solutions = [SOLUTION.match(cell.source) for cell in cells_of(name, "solution")]
    assert [found[1] for found in solutions if found] == [found[2] for found in exercises]


@each_notebook
def test_solutions_are_tagged_and_those_that_do_something_hold_code(name):
    cells = cells_of(name)
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        tags = set(cell.metadata.get("tags", []))
        assert "solution" in tags or not re.search(r"\{solution|sol-", cell.source)
        if EXERCISE.match(cell.source):
            assert len(tags & KINDS) == 1
            gated = "{solution-start}" in following.source
            assert "do" in tags or not gated, "what is recalled or explained has no code"
        if "{solution-start}" in cell.source:
            here = cells.index(cell)
            end = next(i for i, c in enumerate(cells) if i > here and "{solution-end}" in c.source)
            inside = cells[here + 1 : end]
            assert "code" in {c.cell_type for c in inside}
            assert all("solution" in c.metadata.get("tags", []) for c in inside)


def test_labels_are_unique():
    sources = "\n".join(cell.source for name in NOTEBOOKS for cell in cells_of(name))
    found = re.findall(r":label: ((?:ex|sol)-[\w-]+)", sources)
    assert len(found) == len(set(found))
