"""Plain English in the field's terms, and a basin's own words shown literally."""

import pytest
from banned import BANNED
from markdown_it import MarkdownIt

from swgw.book.say import say
from swgw.storage.files import PACKAGE, shared

ROOT = PACKAGE.parent
TEXTS = [
    *sorted(PACKAGE.rglob("*.py")),
    *sorted(PACKAGE.rglob("*.yml")),
    *sorted(shared("book").glob("*.md")),
    *(path for path in (ROOT / "README.md", ROOT / "benchmarks" / "README.md") if path.is_file()),
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_banned_word_is_used(path):
    found = BANNED.search(path.read_text(encoding="utf-8"))
    assert not found, found


HOSTILE = [
    *("<script>alert(1)</script>", "a*b*c_d_e", "[link](http://example.org)", "![](x.png)"),
    *("`code`", "{ref}`x`", "$x^2$", "a|b", "# title", "```{admonition} x", "- item"),
    *("&lt;b&gt;", "back\\slash", "Brücke № 5"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_is_shown_as_it_is(text):
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(f"The well {say.escape(text)} here.")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == f"The well {text} here."
    table = markdown.render(f"| well | n |\n| --- | --- |\n| {say.escape(text)} | 1 |")
    assert table.count("<td>") == 2


def test_line_breaks_become_spaces():
    assert say.escape("one\n\n# two") == r"one \# two"
