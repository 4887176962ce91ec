"""The instructor guide's plans and references, and the arithmetic of the lesson on errors."""

import contextlib
import io
import re

import nbformat
import pytest

from swgw.pages import spot_the_error
from swgw.storage.share import shared

GUIDE = (shared("book") / "instructor_guide.md").read_text(encoding="utf-8")
NOTEBOOKS = {path.stem: nbformat.read(path, 4) for path in shared("notebooks").glob("*.ipynb")}
PLANS = {"A two-hour seminar": 120, "A day": 360 + 60 + 30}


def section(title):
    return re.search(rf"## {title}\n(.*?)(?=\n## |\Z)", GUIDE, re.DOTALL)[1]


def exercises(page):
    return len(kinds(page))


@pytest.mark.parametrize("title", PLANS)
def test_minutes_of_a_plan_add_up(title):
    minutes = re.findall(r"^\| +(\d+) \|", section(title), re.MULTILINE)
    assert sum(map(int, minutes)) == PLANS[title]


def kinds(page):
    """Tags of the exercises of a page, in their order."""
    found = ({"recall", "do", "think"} & set(c.metadata.get("tags", [])) for c in cells(page))
    return [tag for tags in found for tag in tags]


def cells(page):
    return NOTEBOOKS[page].cells


def minutes(page):
    """Minutes to read a page, and for one of its exercises, as it says itself."""
    text = "\n".join(cell.source for cell in cells(page))
    read, work = re.search(r"(\d+) minutes to read, (\d+) for the exercises", text).groups()
    return int(read), int(work) / len(kinds(page))


def reading(page, named):
    """Minutes to read named sections of a page: their share of its words; all if none is named."""
    taught = (c for c in cells(page) if c.cell_type == "markdown")
    text = [
        c.source for c in taught if not {"exercise", "solution"} & set(c.metadata.get("tags", []))
    ]
    text = "\n".join(text).split("\n## ")
    words = {part.partition("\n")[0]: len(part.split()) for part in text}
    assert set(named) <= set(words), page
    share = sum(words[name] for name in named) / sum(words.values()) if named else 1
    return minutes(page)[0] * share


def rows(title):
    found = re.findall(r"^\| +(\d+) \| (.*) \|$", section(title), re.MULTILINE)
    return [(int(first), rest.split(" | ")) for first, rest in found]


@pytest.mark.parametrize("title", PLANS)
def test_minutes_of_a_plan_suffice_for_what_is_read_and_done(title):
    for given, row in rows(title):
        if not (found := re.search(r"`(\w+)`", row[0])):
            continue
        page, what, *numbers = row
        named = re.findall("“([^”]+)”", what)
        read = 0 if what.startswith("You:") and not named else reading(found[1], named)
        done = [n for n in "".join(numbers).strip("| ").split(",") if n.strip()]
        assert read + len(done) * minutes(found[1])[1] <= given, (page, read)


def test_six_weeks_are_six_and_a_meeting_for_the_projects():
    weeks = re.findall(r"^\| +(\d+) \|", section("Six weeks"), re.MULTILINE)
    assert weeks == ["1", "2", "3", "4", "5", "6", "7"]


def test_minutes_at_home_are_those_of_the_pages():
    titles = {notebook.cells[0].source.split()[1]: page for page, notebook in NOTEBOOKS.items()}
    titles["spot"] = "spot_the_error"
    for week, (pages, stated, _, handed) in rows("Six weeks"):
        partly = dict(re.findall(r"of \{doc\}`(\w+)` “([^”]+)”", pages))
        total = 0
        for page in re.findall(r"`(\w+)`", pages):
            recalls = 0 if page in partly else kinds(page).count("recall")
            total += reading(page, [partly[page]] if page in partly else [])
            total += recalls * minutes(page)[1]
        for number, wanted in re.findall(r"(\d\.\d|spot)(?:: | the error )([\d, ]+)", handed):
            total += len(wanted.strip(", ").split(",")) * minutes(titles[number])[1]
        assert abs(total - int(stated)) <= 5, (week, total)
        assert total <= 180


def test_the_rule_of_a_project_is_taught_before_the_project_begins():
    weeks = {page: week for week, (pages, *_) in reversed(rows("Six weeks"))
             for page in re.findall(r"`(\w+)`", pages)}  # fmt: skip
    begins = int(re.search(r"\*\*Project\*\* .*from week (\d)", GUIDE)[1])
    assert weeks["07_your_basin"] <= begins
    assert weeks["05_claims"] <= begins


def test_the_project_has_the_seeds_that_its_grading_asks_for():
    asked = re.search(r"swgw book my_basin --profile quick --seeds (\d)", GUIDE)
    assert "interval over seeds" in section("Grading")
    assert int(asked[1]) > 1


def test_the_key_of_the_cards_names_a_pile_for_each():
    key = next(c.source for c in cells("spot_the_error") if c.id == "spot-the-error-sol-7")
    piles = dict(re.findall(r"^\| ([A-H]) \| ([a-z, ]+) \| .{20,} \|$", key, re.MULTILINE))
    assert list(piles) == list("ABCDEFGH")
    assert {pile for text in piles.values() for pile in text.split(", ")} == {
        "sound", "impossible", "unproven", "unclear"}  # fmt: skip
    assert "the solution of exercise 7" in section("Spot the error")


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
