"""What the extension mends on the pages of the theme."""

from types import SimpleNamespace

import pytest

from swgw.page_theme import _tidy_page, mend


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
