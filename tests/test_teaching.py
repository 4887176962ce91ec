"""The instructor guide's plans and references, and the arithmetic of the lesson on errors."""

import contextlib
import io
import re

import nbformat
import pytest

from swgw.pages import spot_the_error
from swgw.share import shared

GUIDE = (shared("book") / "instructor_guide.md").read_text(encoding="utf-8")
NOTEBOOKS = {path.stem: nbformat.read(path, 4) for path in shared("notebooks").glob("*.ipynb")}
PLANS = {"A two-hour seminar": 120, "A day": 360 + 60 + 30}


def section(title):
    return re.search(rf"## {title}\n(.*?)(?=\n## |\Z)", GUIDE, re.DOTALL)[1]


def exercises(page):
    kinds = {"recall", "do", "think"}
    return sum(bool(kinds & set(c.metadata.get("tags", []))) for c in NOTEBOOKS[page].cells)


@pytest.mark.parametrize("title", PLANS)
def test_minutes_of_a_plan_add_up(title):
    minutes = re.findall(r"^\| +(\d+) \|", section(title), re.MULTILINE)
    assert sum(map(int, minutes)) == PLANS[title]


def test_six_weeks_are_six():
    weeks = re.findall(r"^\| +(\d+) \|", section("Six weeks"), re.MULTILINE)
    assert weeks == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize("title", PLANS)
def test_exercises_of_a_plan_exist(title):
    rows = re.findall(r"^\|.*\{doc\}`(\w+)`.*\| ([\d, ]*)\|$", section(title), re.MULTILINE)
    assert len(rows) >= 5
    for page, numbers in rows:
        assert all(1 <= int(n) <= exercises(page) for n in numbers.split(",") if n.strip()), page


def test_exercises_handed_in_exist():
    titles = {nb.cells[0].source.split()[1]: page for page, nb in NOTEBOOKS.items()}
    found = re.findall(r"(\d\.\d): ([\d, ]+)", section("Six weeks"))
    assert len(found) >= 12
    for number, wanted in found:
        assert max(map(int, wanted.split(", "))) <= exercises(titles[number]), number


def test_exercises_of_the_misconceptions_exist():
    found = re.findall(r"\{doc\}`(\w+)` (\d)", section("Misconceptions to wait for"))
    assert len(found) >= 10
    assert all(int(number) <= exercises(page) for page, number in found)


def test_every_page_but_the_last_is_taught_in_six_weeks():
    taught = set(re.findall(r"\{doc\}`(\w+)`", section("Six weeks")))
    assert set(NOTEBOOKS) - taught - {"provenance"} == set()


def test_the_cards_are_eight_and_print_the_papers_numbers():
    cards = spot_the_error.table_cards().data
    assert re.findall(r"^\| \*\*([A-Z])\*\*", cards, re.MULTILINE) == list("ABCDEFGH")
    for printed in ("−0.26", "0.52", "2.06, 2.13 and 2.19"):
        assert printed in cards
    assert "| MT-TFT | 0.73 | 0.75 | 28.43 |" in spot_the_error.table_card_a().data


@pytest.fixture(scope="module")
def solved():
    """What the solutions of the lesson print, and the table that one of them makes."""
    names, shown = {}, io.StringIO()
    with contextlib.redirect_stdout(shown):
        for cell in NOTEBOOKS["spot_the_error"].cells:
            if cell.cell_type == "code" and "solution" in cell.metadata.get("tags", []):
                exec(cell.source, names)
    return shown.getvalue() + names["rows"].round(0).to_string()


@pytest.mark.parametrize(
    "result",
    [
        *("3189", "3160", "3136", "3475", "2994", "2433"),  # implied variances of Table 3
        *("0.33 L/s", "4,320,000"),
        *("NSE -11.8 %, R² -5.8 %", "NSE +20.0 %, R² +16.7 %", "NSE +10.6 %, R² +10.3 %"),
        *("r = -0.26, p = 0.209", "r = 0.52, p = 0.008", "at most 2.58 bit or 1.79 nat"),
    ],
)
def test_the_solutions_say_what_the_arithmetic_gives(result, solved):
    assert result in solved
