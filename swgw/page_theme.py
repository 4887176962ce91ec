"""A Sphinx extension that mends what the theme leaves undone, on every page of the book.

Jupyter Book loads it by its name in ``_config.yml``; it knows nothing of basins or studies.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

UNUSED = re.compile(r"thebe", re.IGNORECASE)
"""Scripts for running code in the page: they would load from elsewhere, and collide."""

_MENDED = (
    (re.compile(r'<script type="text/x-thebe-config">.*?</script>', re.DOTALL), ""),
    (re.compile(r"<script>kernelName = .*?</script>"), ""),
    # an empty corner of a table heads nothing
    (re.compile(r'<th class="head">\s*(?:<p>\s*</p>)?\s*</th>'), '<td class="head"></td>'),
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


def _tidy_page(app, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Drop scripts that are unused or named twice; mend the text."""
    kept: dict[tuple[str, str], object] = {}
    for script in context.get("script_files", []):
        attributes = getattr(script, "attributes", {})
        key = str(getattr(script, "filename", script)), str(attributes.get("body", ""))
        if not UNUSED.search("".join(key)) and (key not in kept or "defer" in attributes):
            kept[key] = script
    context["script_files"] = list(kept.values())
    if "body" in context:
        context["body"] = mend(context["body"])
