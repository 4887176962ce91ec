"""Computed sentences are true, and a basin's own words cannot format a page."""

import pytest
from markdown_it import MarkdownIt

from swgw import say
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
    tokens = MarkdownIt("commonmark").enable("table").parse(f"The well {say.escape(text)} here.")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == f"The well {text} here."


def test_line_breaks_become_spaces():
    assert say.escape("one\n\n# two") == r"one \# two"


def test_table_3_is_as_printed():
    assert TABLE_3.set_index("model").loc["MT-TFT"].tolist() == [0.73, 0.75, 28.43]
    assert TABLE_3["rmse"].tolist() == [39.53, 41.69, 45.66, 40.38, 28.76, 28.43]


def test_listing_of_nothing_and_one():
    assert say.listing([]) == "none"
    assert say.listing(["a"]) == "a"


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
