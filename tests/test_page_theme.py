"""What the extension mends on the pages of the theme."""

from types import SimpleNamespace

import pytest

from swgw.book.page_theme import _count_exercises_by_page, _tidy_page, mend


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ('<th class="head"><p></p></th>', '<td class="head"></td>'),
        ('<th class="head"></th>', '<td class="head"></td>'),
        ('<th class="head"><p>NSE</p></th>', '<th class="head"><p>NSE</p></th>'),
        ('<th style="x"></th>', '<td class="head"></td>'),
        (
            '<table border="1" class="dataframe">\n</table>',
            '<div class="pst-scrollable-table-container">'
            '<table border="1" class="dataframe">\n</table></div>',
        ),
        ('<div role="doc-biblioentry">', '<div role="listitem">'),
        ("a<script>kernelName = 'python3'</script>b", "ab"),
        ('a<script type="text/x-thebe-config">\n{x}\n</script>b', "ab"),
        (
            '<img alt="A map" src="_images/a.svg"/>',
            '<a class="whole" href="_images/a.svg"><img alt="A map" src="_images/a.svg"/></a>',
        ),
        ('<img alt="" src="data:image/svg+xml;base64,AA">',) * 2,
    ],
)
def test_the_text_of_a_page_is_mended(found, expected):
    assert mend(found) == expected


def test_scripts_are_loaded_once_and_the_unused_not_at_all():
    def script(filename, **attributes):
        return SimpleNamespace(filename=filename, attributes=attributes)

    late = script("mathjax.js", defer="defer")
    one, two = script(None, body="let a = 1"), script(None, body="let b = 2")
    given = [script("mathjax.js"), late, one, two, one, script("sphinx-thebe.js")]
    given.append(script(None, body='const THEBE_JS_URL = "https://elsewhere"'))
    given.append(script("_static/plotly/plotly-basic.min.js"))
    own, bound = script("_static/custom.css"), script("_static/pdf/bound.css")
    context = {"script_files": given, "css_files": [own, bound], "body": "<p>text</p>"}
    _tidy_page(None, "intro", "page.html", context, None)
    kept = {"script_files": [late, one, two], "css_files": [own], "body": "<p>text</p>"}
    assert context == kept


def test_exercises_are_counted_within_their_page_and_figures_through_the_book():
    figures = {"a": {"fig-1": (1,)}, "b": {"fig-2": (2,)}}
    through = {"a": {"ex-a-1": (1,), "ex-a-2": (2,)}, "b": {"ex-b-1": (3,), "ex-b-2": (4,)}}
    numbers = {page: {"figure": figures[page], "exercise": through[page]} for page in "ab"}
    numbers["c"] = {"figure": {"fig-3": (3,)}}
    assert _count_exercises_by_page(None, SimpleNamespace(toc_fignumbers=numbers)) == []
    assert numbers["a"]["exercise"] == {"ex-a-1": (1,), "ex-a-2": (2,)}
    assert numbers["b"]["exercise"] == {"ex-b-1": (1,), "ex-b-2": (2,)}
    assert [numbers[page]["figure"] for page in "abc"] == [*figures.values(), {"fig-3": (3,)}]
