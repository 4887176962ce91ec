"""The book in a real browser: the small one, or with ``SWGW_BOOK=DIR`` any that was built.

``DIR`` is the folder of the pages, as in ``_build/heihe/html``. Chromium is found as ``swgw pdf``
finds it; without it, or without the extra ``browser``, these tests are skipped.
"""

import os
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the extra [browser]")
pytest.importorskip("axe_playwright_python", reason="needs the extra [browser]")

from browsing import STUB, broken_links, broken_rules, pages_of, visit

from swgw.book.pdf import open_browser
from swgw.storage import UserError


@pytest.fixture(scope="module")
def chromium():
    try:
        with open_browser() as browser:
            yield browser
    except UserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def html(request):
    """Folder of the pages to look at."""
    given = os.environ.get("SWGW_BOOK")
    folder = Path(given) if given else request.getfixturevalue("small_book").folder / "html"
    assert (folder / "index.html").is_file(), f"{folder} holds no built book"
    return folder.resolve()


@pytest.fixture(scope="module")
def seen(chromium, html):
    """All pages by name, each visited once."""
    page = chromium.new_page()
    found = {path.stem: visit(page, path) for path in pages_of(html)}
    page.close()
    return found


def findings(seen, of) -> list[str]:
    """``page: finding`` for each finding of each page."""
    return [f"{name}: {finding}" for name, one in seen.items() for finding in of(one)]


def test_the_pages_are_there(seen):
    assert {"intro", "03_1_runoff", "provenance", "glossary", "references", "search"} <= set(seen)


def test_the_first_page_leads_to_the_introduction(chromium, html):
    page = chromium.new_page()
    page.goto((html / "index.html").as_uri())
    page.wait_for_url("**/intro.html")
    page.close()


def test_no_page_complains(seen):
    assert findings(seen, lambda one: one.noise) == []


def test_no_request_leaves_the_machine(seen):
    outside = ("http:", "https:", "ws:", "wss:", "ftp:")
    assert findings(seen, lambda one: [url for url in one.asked if url.startswith(outside)]) == []
    assert all(one.asked for one in seen.values())


def test_no_link_is_broken(seen, html):
    small = {p.stem for p in html.glob("*.html") if STUB in p.read_text(encoding="utf-8")}
    broken = [link for link in broken_links(seen) if link.split(": ")[1].split(".")[0] not in small]
    assert broken == []


def test_every_image_is_shown_and_described(seen):
    def undescribed(one):
        """Buttons' pictures have a word or two; the book's own say what is to be seen."""
        return [i for i in one.images if not i[2] or len(i[1]) < (20 if i[3] else 5)]

    assert findings(seen, undescribed) == []
    assert sum(image[3] for one in seen.values() for image in one.images) >= 2


def test_headings_nest(seen):
    for name, one in seen.items():
        assert one.headings.count(1) == 1, name
        steps = [b - a for a, b in zip(one.headings, one.headings[1:], strict=False)]
        assert max(steps, default=0) <= 1, (name, one.headings)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing(seen, mode):
    assert findings(seen, lambda one: one.broken[mode]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_of_plotly_is_drawn_offline(chromium, html, scheme):
    page = chromium.new_context(offline=True, color_scheme=scheme).new_page()
    page.goto((html / "03_1_runoff.html").as_uri())
    page.wait_for_selector(".js-plotly-plot .trace", timeout=60_000, state="attached")
    assert len(page.locator("[role=group]:has(.js-plotly-plot)").get_attribute("aria-label")) > 20
    page.close()


def test_a_cut_table_casts_a_shadow_and_is_reached_by_the_keyboard(chromium, html):
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.goto((html / "03_1_runoff.html").as_uri())
    cut = page.locator(".pst-scrollable-table-container[tabindex='0']").first
    assert cut.evaluate("box => box.scrollWidth > box.clientWidth")
    before = cut.screenshot()
    cut.evaluate("box => { box.style.background = 'none' }")
    assert cut.screenshot() != before, "rows hide the shadow"
    page.close()


def test_no_page_scrolls_sideways_on_a_phone(seen):
    assert findings(seen, lambda one: one.wide[:5]) == []


def test_search_finds_permutation_entropy(chromium, html):
    page = chromium.new_page()
    page.goto((html / "search.html").as_uri() + "?q=permutation+entropy")
    page.wait_for_selector("#search-results ul.search li a", timeout=20_000)
    links = page.eval_on_selector_all("#search-results ul.search li a", "a => a.map(x => x.href)")
    names = {Path(link.split("#")[0].split("?")[0]).name for link in links}
    texts = [(html / name).read_text(encoding="utf-8").lower() for name in names]
    assert any("permutation entropy" in text for text in texts)
    page.close()


# ---- the helpers can fail ------------------------------------------------------------------

SPOILED = """<!doctype html><html lang="en"><head><title>Spoiled</title></head>
<body><main><h1>One</h1><h3>Three</h3>
<p style="color: #999; background: #fff">Pale words.</p>
<img src="nowhere.png"><a href="nowhere.html">x</a><a href="#nothing">y</a>
<div style="width: 700px">wide</div><script>undefinedFunction()</script>
<script src="http://localhost:9/x.js"></script></main><div>outside</div></body></html>"""


@pytest.fixture(scope="module")
def spoiled(chromium, tmp_path_factory):
    path = tmp_path_factory.mktemp("spoiled") / "spoiled.html"
    path.write_text(SPOILED, encoding="utf-8")
    page = chromium.new_page()
    page.add_init_script(
        "matchMedia('(prefers-color-scheme: dark)').onchange ="
        " () => { document.documentElement.dataset.theme = 'dark'; }"
    )
    found = visit(page, path)
    page.close()
    return found


def test_a_spoiled_page_is_seen_through(spoiled):
    assert any("undefinedFunction" in line for line in spoiled.noise)
    assert "http://localhost:9/x.js" in spoiled.asked
    assert spoiled.headings == [1, 3]
    assert [(image[1], image[2]) for image in spoiled.images] == [("", 0)]
    assert spoiled.wide
    assert broken_links({"spoiled": spoiled}) == [
        "spoiled: nowhere.html#",
        "spoiled: spoiled.html#nothing",
    ]
    rules = {line.split(" at ")[0] for line in spoiled.broken["light"]}
    assert {"color-contrast", "image-alt", "heading-order", "region"} <= rules
    assert any("color-contrast" in line for line in spoiled.broken["dark"])


def test_axe_is_given_every_rule_set_it_has(chromium):
    page = chromium.new_page()
    page.set_content("<html lang='en'><title>t</title><body><div>no landmark</div></body>")
    assert broken_rules(page, {"type": "tag", "values": ["best-practice"]})
    page.close()
