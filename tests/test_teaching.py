"""The instructor guide: its plans fit the pages, and the arithmetic of its hand-out is right."""

import re

import nbformat
import pytest
from scipy import stats

from swgw.scores.paper import GROUNDWATER_R2, TABLE_3
from swgw.storage.files import shared

GUIDE = (shared("book") / "instructor_guide.md").read_text(encoding="utf-8")
NOTEBOOKS = {path.stem: nbformat.read(path, 4) for path in shared("notebooks").glob("*.ipynb")}
PLANS = {"A two-hour seminar": 120, "A day": 360 + 60 + 30}
WITHOUT_PLAN = {"provenance"}


def section(title):
    return re.search(rf"## {title}\n(.*?)(?=\n## |\Z)", GUIDE, re.DOTALL)[1]


def rows(title):
    found = re.findall(r"^\| +(\d+) \|(.*)\|$", section(title), re.MULTILINE)
    return [(int(first), [cell.strip() for cell in rest.split("|")]) for first, rest in found]


def exercises(page):
    return sum("{exercise}" in cell.source for cell in NOTEBOOKS[page].cells)


def minutes(page):
    """Minutes to read a page, and for one of its exercises, as it says itself."""
    text = "\n".join(cell.source for cell in NOTEBOOKS[page].cells)
    read, work = re.search(r"(\d+) minutes to read, (\d+) for the exercises", text).groups()
    return int(read), int(work) / exercises(page)


def numbers(text):
    return [int(n) for n in re.findall(r"\d+", text)]


@pytest.mark.parametrize("title", PLANS)
def test_a_plan_adds_up_and_leaves_time_for_its_exercises(title):
    assert sum(given for given, _ in rows(title)) == PLANS[title]
    for given, (page, _, *done) in rows(title):
        if found := re.search(r"`(\w+)`", page):
            wanted = numbers("".join(done))
            assert max(wanted, default=1) <= exercises(found[1])
            assert len(wanted) * minutes(found[1])[1] < given, found[1]


def test_a_week_at_home_takes_three_hours_at_most():
    sections = {nb.cells[0].source.split()[1]: page for page, nb in NOTEBOOKS.items()}
    weeks = rows("Six weeks")
    assert [week for week, _ in weeks] == [1, 2, 3, 4, 5, 6, 7]
    for week, (pages, _, handed) in weeks:
        total = sum(minutes(page)[0] for page in re.findall(r"`(\w+)`", pages))
        for number, wanted in re.findall(r"(\d\.\d): ([\d, ]+)", handed):
            page = sections[number]
            assert max(numbers(wanted)) <= exercises(page)
            total += len(numbers(wanted)) * minutes(page)[1]
        assert total <= 180, (week, total)


def test_every_page_is_taught_and_the_project_begins_with_what_it_needs():
    taught = {page: week for week, (pages, *_) in reversed(rows("Six weeks"))
              for page in re.findall(r"`(\w+)`", pages)}  # fmt: skip
    assert set(NOTEBOOKS) - set(taught) <= WITHOUT_PLAN
    begins = int(re.search(r"\*\*Project\*\* .*from week (\d)", GUIDE)[1])
    assert min(week for page, week in taught.items() if "your_basin" in page) <= begins
    seeds = re.search(r"swgw book my_basin --profile quick --seeds (\d)", GUIDE)
    assert int(seeds[1]) > 1, "one seed has no interval, which grading asks for"


def test_the_hand_out_prints_the_papers_numbers():
    cards = re.findall(r"^\| \*\*([A-H])\*\* \|", GUIDE, re.MULTILINE)
    key = re.findall(r"^\| ([A-H]) \| (.*?) \|", GUIDE, re.MULTILINE)
    assert cards == [card for card, _ in key] == list("ABCDEFGH")
    answers = {answer for _, text in key for answer in text.split(", ")}
    assert answers == {"sound as a correlation", "impossible", "unproven", "unclear"}
    for row in TABLE_3.itertuples():
        assert f"| {row.model} | {row.nse:.2f} | {row.r2:.2f} | {row.rmse:.2f} |" in GUIDE


def test_the_key_of_the_hand_out_says_what_the_arithmetic_gives():
    key = section("Hand-out: spot the error").split("Key")[1]
    table = TABLE_3.set_index("model")
    variances = table["rmse"] ** 2 / (1 - table["nse"])
    for value in variances:
        assert f"{value:.0f}" in key
    common = variances[["ST-GRU", "MT-GRU", "MT-LSTM"]].mean()
    assert f"{1 - table.loc['ST-TFT', 'rmse'] ** 2 / common:.2f}, above its R²" in key
    medians = GROUNDWATER_R2.set_index("model")["median"]
    for scores in (table["nse"], table["r2"], medians):
        for network in ("GRU", "LSTM", "TFT"):
            change = 100 * (scores[f"MT-{network}"] / scores[f"ST-{network}"] - 1)
            assert f"{change:+.1f}".replace("-", "−") in key
    for r, printed in ((-0.26, "0.21"), (0.52, "0.008")):
        t = abs(r) * (23 / (1 - r**2)) ** 0.5
        assert f"p = {2 * stats.t.sf(t, 23):.{len(printed) - 2}f}" == f"p = {printed}"
        assert f"p = {printed}" in key
