"""The bound book: its order, links and contents, and plain words where something is missing."""

import re
import shutil
import sys

import pytest
from typer.testing import CliRunner

from swgw.book import pdf
from swgw.cli import app
from swgw.storage.errors import UserError, install
from swgw.storage.share import shared

pytest.importorskip("bs4", reason="needs the extra [browser]")
pypdf = pytest.importorskip("pypdf", reason="needs the extra [browser]")

SIDE = """<div class="logo__title">A book: of <b>two</b> pages</div><nav class="bd-links">
<ul><li><a class="reference internal" href="{first}"> First words </a></li></ul>
<p class="caption"><span>Part one</span></p>
<ul><li><a class="reference internal" href="other.html">Other</a></li></ul></nav>"""
INTRO = """<section id="top"><h1>First words<a class="headerlink" href="#top">#</a></h1>
<p><a id="l1" href="other.html#deep">deep</a> <a href="other.html">other</a> <a href="#top">top</a>
<a href="_sources/intro.ipynb">file</a> <a href="https://example.org/x">out</a></p>
<script>alert(1)</script><details class="hide">code</details></section>"""
OTHER = """<section id="top"><h1>Other</h1>
<p style="break-before: page" id="deep">Deep.</p></section>"""
PAGE = """<html><head></head><body>{side}<article class="bd-article">{text}</article>
<dl class="provenance"><div><dt>Seeds</dt><dd>0</dd></div></dl></body></html>"""


@pytest.fixture
def html(tmp_path):
    folder = tmp_path / "html"
    folder.mkdir()
    (folder / "index.html").write_text("")
    shutil.copytree(shared("book") / "_static" / "pdf", folder / "_static" / "pdf")
    (folder / "intro.html").write_text(PAGE.format(side=SIDE.format(first="#"), text=INTRO))
    (folder / "other.html").write_text(
        PAGE.format(side=SIDE.format(first="intro.html"), text=OTHER)
    )
    return folder


def test_pages_are_bound_in_the_order_of_the_contents(html):
    text = pdf.bind(html)
    places = [text.index(x) for x in ("title-page", "Contents", 'id="intro"', 'id="other"')]
    assert places == sorted(places)
    assert "Part one" in text
    assert "<dd>0</dd>" in text
    for gone in ("headerlink", "alert(1)", "<details"):
        assert gone not in text


def test_links_follow_into_the_bound_book(html):
    text = pdf.bind(html)
    assert re.findall(r'href="(#?[^"]*)"[^>]*>(\w+)</a>', text.split('id="intro"')[1]) == [
        ("#other--deep", "deep"),
        ("#other", "other"),
        ("#intro--top", "top"),
        ("https://example.org/x", "out"),
    ]
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert "<span>file</span>" in text


def test_the_printed_contents_name_the_right_pages(html, tmp_path):
    try:
        count = pdf.make_pdf(html, tmp_path / "book.pdf", lambda _: None)
    except UserError as error:
        pytest.skip(str(error))
    reader = pypdf.PdfReader(tmp_path / "book.pdf")
    assert count == len(reader.pages) == 5
    texts = [page.extract_text() for page in reader.pages]
    assert "A book" in texts[0]
    assert re.search(r"First words\s*3\s*Part one\s*Other\s*4", texts[1])
    assert "First words" in texts[2]
    assert "Deep." in texts[4]
    assert pdf.first_pages(reader)["other--deep"] == 5
    assert not (html / pdf.BOUND).exists()


def test_a_book_that_was_not_built_is_asked_for(tmp_path):
    with pytest.raises(UserError, match="found no built book; expected one from: swgw book"):
        pdf.make_pdf(tmp_path, tmp_path / "book.pdf", lambda _: None)


@pytest.mark.parametrize("module", ["bs4", "pypdf", "playwright.sync_api"])
def test_a_missing_part_names_the_extra(html, tmp_path, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UserError, match=re.escape(install("browser"))):
        pdf.make_pdf(html, tmp_path / "book.pdf", lambda _: None)
    assert not (tmp_path / "book.pdf").exists()
    assert not (html / pdf.BOUND).exists()


def test_the_command_prints_what_was_built(tiny_basin, tmp_path):
    answer = CliRunner().invoke(app, ["pdf", str(tiny_basin), "--output", str(tmp_path)])
    assert answer.exit_code == 2
    assert "found no built book" in answer.output


def test_a_browser_that_is_none_is_named(html, tmp_path, monkeypatch):
    monkeypatch.setenv("SWGW_CHROMIUM", str(tmp_path / "no-browser"))
    with pytest.raises(UserError, match="found no Chromium that starts"):
        pdf.make_pdf(html, tmp_path / "book.pdf", lambda _: None)
