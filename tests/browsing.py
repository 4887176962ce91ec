"""What a browser finds on the pages of a built book; helpers of test_browser.py."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

from axe_playwright_python.sync_playwright import Axe

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""axe-core's sets of rules that every page keeps, none of them and no part of a page left out."""

DESK, PHONE = {"width": 1250, "height": 900}, {"width": 390, "height": 844}
STUB = "Not executed in this small build."

FACTS = """() => ({
  ids: [...document.querySelectorAll('[id]')].map(e => e.id),
  links: [...document.querySelectorAll('a[href]')].map(a => a.href),
  images: [...document.images].map(i => [i.src.slice(0, 90), i.alt, i.naturalWidth,
    i.closest('article') !== null]),
  headings: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')]
    .filter(h => h.checkVisibility()).map(h => Number(h.tagName[1])),
})"""

READY = """async () => {
  const still = document.createElement('style');  // a colour on its way to another has no contrast
  still.textContent = '* { transition: none !important; animation: none !important; }'
    // before a gradient axe tells no contrast
    + '.pst-scrollable-table-container { background: none !important; }';
  document.head.append(still);
  document.querySelectorAll('details').forEach(d => { d.open = true; });
  document.querySelectorAll('.toggle-hidden').forEach(d => d.classList.remove('toggle-hidden'));
  if (window.MathJax?.startup) await window.MathJax.startup.promise;
  await Promise.all([...document.images].map(i => i.decode().catch(() => null)));
}"""

WIDE = """() => document.documentElement.scrollWidth > window.innerWidth
  ? [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
    .map(e => `${e.tagName} ${e.className}`) : []"""


@dataclass
class Visit:
    """One page as it was found: what it said, asked for, linked to, showed and broke."""

    name: str
    noise: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str, int, bool]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    broken: dict[str, list[str]] = field(default_factory=dict)
    wide: list[str] = field(default_factory=list)


def pages_of(html: Path) -> list[Path]:
    """Pages that a reader can come to; stubs of a small build and the redirect are left out."""
    return [
        path
        for path in sorted(html.glob("*.html"))
        if path.name != "index.html" and STUB not in path.read_text(encoding="utf-8")
    ]


def visit(page, path: Path) -> Visit:
    """Open a page in light, in dark and on a phone, and note what is found."""
    found = Visit(path.stem)
    listeners = {
        "console": lambda m: found.noise.append(m.text) if m.type == "error" else None,
        "pageerror": lambda error: found.noise.append(str(error)),
        "request": lambda request: found.asked.append(request.url),
        "requestfailed": lambda request: found.noise.append(f"failed: {request.url}"),
    }
    with listening(page, listeners):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(path.as_uri())
        page.evaluate(READY)
        facts = page.evaluate(FACTS)
        found.broken["light"] = broken_rules(page, {"type": "tag", "values": RULES})
        page.emulate_media(color_scheme="dark")  # which changes colours and nothing else
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        found.broken["dark"] = broken_rules(page, {"type": "rule", "values": ["color-contrast"]})
        page.set_viewport_size(PHONE)
        found.wide = page.evaluate(WIDE)
    found.ids, found.links = set(facts["ids"]), facts["links"]
    found.images, found.headings = [tuple(i) for i in facts["images"]], facts["headings"]
    return found


@contextlib.contextmanager
def listening(page, listeners: dict):
    """Listen to a page's events for a while."""
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


def broken_rules(page, rules: dict) -> list[str]:
    """What axe-core finds wrong: the rule, the place, the reason.

    Without ``preload``: it would fetch the style sheets anew, which a page opened as a file may
    not; one rule on turned phones would use them.
    """
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    return [
        f"{violation['id']} at {' '.join(map(str, node['target']))}: {node['html'][:120]}"
        for violation in Axe().run(page, options=options).response["violations"]
        for node in violation["nodes"]
    ]


def broken_links(seen: dict[str, Visit]) -> list[str]:
    """Links within the book that lead to no file, or to no such place on a page."""
    broken = []
    for one in seen.values():
        for link in sorted(set(one.links)):
            address, anchor = urldefrag(link)
            if urlparse(address).scheme != "file":
                continue
            target = Path(unquote(urlparse(address).path))
            known = seen.get(target.stem) if target.suffix == ".html" else None
            if not target.is_file() or (anchor and known and unquote(anchor) not in known.ids):
                broken.append(f"{one.name}: {target.name}#{anchor}")
    return broken
