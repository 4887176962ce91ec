"""A Sphinx extension that mends what the theme leaves undone, on every page of the book.

Jupyter Book loads it by its name in ``_config.yml``; it knows nothing of basins or studies.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

UNUSED = re.compile(r"thebe|plotly/|pdf/", re.IGNORECASE)
"""What no page loads by itself: scripts that run code in the page, which come from elsewhere and
collide; plotly, which ``live.js`` loads where it is wanted; the style of the bound book. Jupyter
Book names every script and style sheet of ``_static`` on every page."""

_MENDED = (
    (re.compile(r'<script type="text/x-thebe-config">.*?</script>', re.DOTALL), ""),
    (re.compile(r"<script>kernelName = .*?</script>"), ""),
    # an empty corner of a table heads nothing
    (re.compile(r"<th[^>]*>\s*(?:<p>\s*</p>)?\s*</th>"), '<td class="head"></td>'),
    # tables of pandas are scrolled in a frame of their own, as the theme's are
    (
        re.compile(r'<table[^>]*class="dataframe".*?</table>', re.DOTALL),
        r'<div class="pst-scrollable-table-container">\g<0></div>',
    ),
    # the role that docutils gives to a reference was withdrawn; the list wants list items
    (re.compile(r'role="doc-biblioentry"'), 'role="listitem"'),
    # a picture opens by itself, where a telephone's reader can enlarge it
    (
        re.compile(r'<img [^>]*?src="(_images/[^"]+)"[^>]*>'),
        r'<a class="whole" href="\1">\g<0></a>',
    ),
)


def setup(app: "Sphinx") -> dict:
    """Connect to Sphinx, after the extensions whose work is mended here."""
    app.connect("html-page-context", _tidy_page, priority=900)
    app.connect("env-get-updated", _count_exercises_by_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mend(body: str) -> str:
    """Give the HTML of a page's text without dead scripts and with roles that browsers know.

    Examples
    --------
    >>> mend('<div role="doc-biblioentry">')
    '<div role="listitem">'
    """
    for pattern, instead in _MENDED:
        body = pattern.sub(instead, body)
    return body


def _count_exercises_by_page(app, env) -> list[str]:
    """Number the exercises of every page from one, as the notebooks and the guide do.

    Sphinx has just numbered them through the book, like figures; solutions ask for the number of
    their exercise later. No page is changed that was not read, so the list of such is empty.
    """
    for numbers in env.toc_fignumbers.values():
        for count, label in enumerate(numbers.get("exercise", ()), start=1):
            numbers["exercise"][label] = (count,)
    return []


def _tidy_page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Drop scripts and styles that are unused, scripts that are named twice; mend the text.

    MathJax is named twice where there is an equation, and once too often where there is none; the
    one that waits for the page (``defer``) is the one that is wanted.
    """
    kept: dict[tuple[str, str], object] = {}
    for script in context.get("script_files", []):
        attributes = getattr(script, "attributes", {})
        name, body = str(getattr(script, "filename", script)), str(attributes.get("body", ""))
        late = "defer" in attributes
        if not UNUSED.search(name + body) and (late or "mathjax" not in name):
            kept[name, body] = script
    context["script_files"] = list(kept.values())
    styles = context.get("css_files", [])
    context["css_files"] = [x for x in styles if not UNUSED.search(str(getattr(x, "filename", x)))]
    if "body" in context:
        context["body"] = mend(context["body"])
