"""Computed sentences are true, and a basin's own words cannot format a page."""

from types import SimpleNamespace

import pandas as pd
import pytest
from markdown_it import MarkdownIt

from swgw.book import text as words
from swgw.claims.paper_statements import STATEMENTS
from swgw.scores.bootstrap import Interval
from swgw.scores.paper import TABLE_3
from swgw.scores.rounding import telling_digits, with_interval

HOSTILE = [
    "<script>alert(1)</script>",
    "a*b*c_d_e",
    "[link](http://example.org)",
    "![](x.png)",
    "`code`",
    "{ref}`x`",
    "$x^2$",
    "a|b",
    "# title",
    "```{admonition} x",
    "- item",
    "&lt;b&gt;",
    "back\\slash",
    "Brücke № 5",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_it_is(text):
    tokens = MarkdownIt("commonmark").enable("table").parse(f"The well {words.escape(text)} here.")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == f"The well {text} here."


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_stays_in_its_cell(text):
    frame = pd.DataFrame({"well": [words.escape(text)], "n": ["1"]})
    html = MarkdownIt("commonmark").enable("table").render(words.table(frame).data)
    assert html.count("<td>") == 2
    assert "<script>" not in html


def test_line_breaks_become_spaces():
    assert words.escape("one\n\n# two") == r"one \# two"


def study_of(scores, task="surface_water", companion="jing2025"):
    rows = pd.DataFrame(scores, columns=["model", "seed", "nse"])
    wells = rows.assign(well_id="a")
    settings = SimpleNamespace(
        companion=companion, surface_water="discharge", unit="m³/s",
        companion_is_paper=companion == "jing2025",
    )  # fmt: skip
    return SimpleNamespace(
        basin=SimpleNamespace(settings=settings),
        table_3=lambda: rows,
        groundwater_scores=lambda: pd.concat([wells, wells.assign(well_id="b", nse=rows["nse"])]),
    )


SCORES = [
    ("ST-GRU", 0, 0.4),
    ("ST-GRU", 1, 0.6),
    ("MT-TFT", 0, 0.9),
    ("persistence", -1, 0.7),
    ("ridge", -1, 0.8),
]


def test_paper_speaks_beside_its_companion_only():
    for key, statement in STATEMENTS.items():
        text = words.paper_says(study_of(SCORES), key).data
        assert statement.text in text
        assert statement.where in text
        assert words.paper_says(study_of(SCORES, companion=None), key) is None


def test_table_3_is_as_printed():
    assert TABLE_3.set_index("model").loc["MT-TFT"].tolist() == [0.73, 0.75, 28.43]
    assert TABLE_3["rmse"].tolist() == [39.53, 41.69, 45.66, 40.38, 28.76, 28.43]


def test_listing_of_nothing_and_one():
    assert words.listing([]) == ""
    assert words.listing(["a"]) == "a"


def test_a_box_is_a_directive_for_the_book_and_a_quotation_in_jupyter():
    box = words.Box("In the paper (section 1)", "A *b* <i>c</i> {cite}`jing2025`", "seealso")
    assert box.data.startswith("```{admonition} In the paper (section 1)\n:class: seealso\n")
    assert box._repr_html_() == (
        "<blockquote><p><strong>In the paper (section 1).</strong> A <em>b</em>"
        " &lt;i&gt;c&lt;/i&gt; jing2025</p>\n</blockquote>"
    )


@pytest.mark.parametrize(
    ("ends", "digits", "edges", "told"),
    [
        ((-0.3, 0.2), 2, (0.0,), 2),
        ((0.0, 0.2), 2, (0.0,), 2),  # it lies on the edge, and says so
        ((-0.004, 0.2), 2, (0.0,), 3),
        ((-8.4, -0.4), 0, (0.0,), 1),
        ((0.7504, 0.9), 2, (0.75, 0.85), 4),
        ((1e-9, 0.2), 2, (0.0,), 2),  # no digits would do
        ((float("nan"), float("nan")), 2, (0.0, float("inf")), 2),
    ],
)
def test_no_end_of_an_interval_is_rounded_to_the_edge(ends, digits, edges, told):
    assert telling_digits(ends, digits, edges) == told


def test_an_interval_is_written_by_the_same_digits():
    assert with_interval(0.12, -0.001, 0.25) == "0.120 [−0.001, 0.250]"
    assert str(Interval(-0.0, -0.2, 0.1)) == "0.00 [−0.20, 0.10]"
    assert with_interval(0.5, float("nan"), float("nan")) == "0.50"
