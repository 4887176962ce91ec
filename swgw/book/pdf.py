"""The whole book as one PDF: the built pages bound together and printed by a headless Chromium."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from swgw.book.browser import open_browser
from swgw.storage.errors import UserError, install
from swgw.storage.files import write_whole

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

BOUND = ".bound.html"
"""Name of the file that Chromium prints; it lies beside the pages, whose pictures it shows."""

LEFT_OUT = (
    ".headerlink, details.hide, script, style, button, .live-plot, .live-choice, .noprint,"
    " .toggle-button"
)
FOOTER = (
    '<div style="font: 8px sans-serif; width: 100%; padding: 0 18mm; color: #555; display: flex;'
    ' justify-content: space-between"><span class="title"></span>'
    '<span class="pageNumber"></span></div>'
)


def make_pdf(html: Path, target: Path, say: Callable[[str], None]) -> int:
    """Bind the pages of a built book and print them.

    Parameters
    ----------
    html : Path
        Folder of the pages.
    target : Path
        The PDF; appears whole or not at all.
    say : callable
        Is told what happens.

    Returns
    -------
    int
        Number of its pages.

    Raises
    ------
    UserError
        If there is no built book, or the extra ``browser`` or Chromium is missing.
    """
    if not (html / "index.html").is_file():
        raise UserError(f"{html}: found no built book; expected one from: swgw book")
    try:
        import bs4  # noqa: F401
        import pypdf  # noqa: F401
    except ImportError as error:
        raise UserError(
            f"found no {error.name}, which binds the pages; expected it from: {install('browser')}"
        ) from None
    bound = html / BOUND
    try:
        say(f"Binding the pages of {html}.")
        bound.write_text(bind(html), encoding="utf-8")
        say("Printing them (about a minute).")
        return _print(bound, target)
    finally:
        bound.unlink(missing_ok=True)


def bind(html: Path) -> str:
    """Make one page of all: a title, the contents, the chapters in their order.

    Every anchor gets the name of its page before its own, and links within the book follow.
    """
    front = _soup(html / "intro.html")
    parts = chapters(front)
    names = [name for _, pages in parts for name in pages]
    bodies = {name: _chapter(html / f"{name}.html", names) for name in names}
    style = "\n".join(str(link) for link in front.select('head link[rel="stylesheet"]'))
    config = next((s for s in front("script") if "window.MathJax" in s.get_text()), "")
    return "\n".join(
        [
            '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">',
            style,
            '<link rel="stylesheet" href="_static/pdf/bound.css">',
            f"<title>{front.select_one('.logo__title').decode_contents()}</title>{config}",
            '<script src="_static/mathjax/tex-mml-chtml.js"></script></head><body>',
            _title_page(front),
            _contents(parts, bodies),
            *(str(body) for body in bodies.values()),
            "</body></html>",
        ]
    )


def chapters(front: "BeautifulSoup") -> list[tuple[str, list[str]]]:
    """List the parts of a book and their pages, in the order of the side bar."""
    parts, last = [], ""
    for element in front.select("nav.bd-links p.caption, nav.bd-links a.reference.internal"):
        if element.name == "p":
            last = element.get_text(strip=True)
            continue
        if not parts or parts[-1][0] != last:
            parts.append((last, []))
        href = element["href"]
        parts[-1][1].append("intro" if href == "#" else href.removesuffix(".html"))
    return parts


def _soup(page: Path) -> "BeautifulSoup":
    from bs4 import BeautifulSoup

    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def _chapter(page: Path, names: list[str]) -> "Tag":
    """Give the text of a page as a chapter, without what only a screen can do."""
    article = _soup(page).select_one("article.bd-article")
    for element in article.select(LEFT_OUT):
        element.decompose()
    for element in article.select("[id]"):
        element["id"] = f"{page.stem}--{element['id']}"
    for link in article.select("a[href]"):
        link["href"] = _bound_link(link["href"], page.stem, names)
        if not link["href"]:
            link.name = "span"
            del link["href"]
    article["id"] = page.stem
    article["class"] = ["bd-article", "chapter"]
    return article


def _bound_link(href: str, page: str, names: list[str]) -> str:
    """Where a link of a page leads in the bound book; empty where it cannot follow."""
    if re.match(r"[a-z]+:", href):
        return href
    name, _, anchor = href.partition("#")
    name = name.removesuffix(".html") or page
    if name not in names:
        return ""
    return f"#{name}--{anchor}" if anchor else f"#{name}"


def _title_page(front: "BeautifulSoup") -> str:
    title = front.select_one(".logo__title").decode_contents()
    banner = front.select_one(".bd-header-announcement__content")
    warning = f'<p class="warning">{banner.decode_contents()}</p>' if banner else ""
    facts = front.select_one("dl.provenance") or ""
    rights = front.select_one(".component-copyright, .copyright") or ""
    head, _, rest = title.partition(": ")
    return (
        f'<header class="title-page"><p class="title">{head}</p><p class="subtitle">{rest}</p>'
        f"{warning}<div class='facts'>{facts}{rights}</div></header>"
    )


def _contents(parts: list[tuple[str, list[str]]], bodies: dict) -> str:
    """Write the contents; the numbers of the pages are filled in after a first printing."""
    lines = ['<nav class="contents"><h1>Contents</h1>']
    for caption, names in parts:
        lines.append(f"<h2>{caption}</h2>" if caption else "")
        for name in names:
            title = bodies[name].find("h1")
            text = title.get_text(strip=True) if title else name
            lines.append(f'<p><a href="#{name}">{text}</a><span data-page="{name}">000</span></p>')
    return "\n".join([*lines, "</nav>"])


def _print(bound: Path, target: Path) -> int:
    """Print twice: where the chapters begin is known after the first time."""
    import pypdf

    with open_browser() as browser, write_whole(target) as draft:
        page = browser.new_context(offline=True).new_page()
        page.goto(bound.resolve().as_uri())
        page.evaluate("async () => { await window.MathJax?.startup?.promise; }")
        page.emulate_media(media="print")
        options = {
            "format": "A4",
            "margin": {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
            "display_header_footer": True,
            "header_template": "<span></span>",
            "footer_template": FOOTER,
            "print_background": True,
            "outline": True,
            "tagged": True,
        }
        page.pdf(path=draft, **options)
        page.evaluate(FILL, first_pages(pypdf.PdfReader(draft)))
        page.pdf(path=draft, **options)
        return len(pypdf.PdfReader(draft).pages)


FILL = """pages => document.querySelectorAll('[data-page]').forEach(
  span => { span.textContent = pages[span.dataset.page] ?? ''; })"""


def first_pages(reader) -> dict[str, int]:
    """Page numbers, from 1, of the anchors that something in a PDF links to.

    Parameters
    ----------
    reader : pypdf.PdfReader
    """
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def pdf_of(folder: str, output: Path, say: Callable[[str], None]) -> Path:
    """Print the built book of a basin beside its pages; give the file.

    Parameters
    ----------
    folder : str
        Folder of the basin, or the name of an embedded one.
    output : Path
        Where its book was built.
    say : callable
    """
    from swgw.basin.folder import load_basin

    name = load_basin(folder).settings.name
    target = output / name / f"{name}.pdf"
    count = make_pdf(output / name / "html", target, say)
    say(f"Wrote {target}: {count} pages, {target.stat().st_size / 1e6:.1f} MB.")
    return target
