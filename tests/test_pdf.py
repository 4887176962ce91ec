"""The book as one PDF: a printed page of all, and plain words where something is missing."""

import re
import shutil
import sys

import pytest
from typer.testing import CliRunner

from swgw.book import pdf, render
from swgw.cli import app
from swgw.storage import UserError, install

pytest.importorskip("playwright.sync_api", reason="needs the extra [browser]")
pypdf = pytest.importorskip("pypdf", reason="needs the extra [browser]")

LINKED = "# Other\n\nBack to {doc}`intro`, on to {ref}`deep`.\n\n(deep)=\n## Deep\n\n$E = mc^2$\n"


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    """A small book of three texts, laid out for Jupyter Book."""
    home = tmp_path_factory.mktemp("printed") / "mine"
    part = {"caption": "Part one", "chapters": [{"file": "other"}, {"file": "references"}]}
    toc = {"format": "jb-book", "root": "intro", "parts": [part]}
    render.stage(home / "book", [], toc, render.configure("A book", "Beware.", {"Basin": "mine"}))
    (home / "book" / "intro.md").write_text(
        "# First words\n\nSee {doc}`other`, {cite}`jing2025`.\n"
    )
    (home / "book" / "other.md").write_text(LINKED)
    return home / "book"


def test_every_page_of_the_book_is_printed_with_an_outline(staged):
    target, said = staged.parent / "mine.pdf", []
    try:
        pdf.make_pdf(staged.parent, said.append)
    except UserError as error:
        if "Chromium" in str(error):
            pytest.skip(str(error))
        raise
    reader = pypdf.PdfReader(target)
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in ("First words", "Part one", "Other", "Deep", "Hydrology"):
        assert words in text
    assert "A book" in reader.pages[0].extract_text()
    assert "Beware." in reader.pages[0].extract_text()
    assert reader.outline
    assert {path.name for path in staged.parent.iterdir()} == {"book", "logs", "mine.pdf"}
    assert said[-1].startswith(f"Wrote {target}")


def test_a_book_that_was_not_built_is_asked_for(tiny_basin, tmp_path):
    answer = CliRunner().invoke(app, ["pdf", str(tiny_basin), "--output", str(tmp_path)])
    assert answer.exit_code == 2
    assert "found no built book; expected one from: swgw book" in answer.output


def test_a_missing_part_names_the_extra(staged, tmp_path, monkeypatch):
    shutil.copytree(staged, tmp_path / "book")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(UserError, match=re.escape(install("browser"))):
        pdf.make_pdf(tmp_path, print)
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_browser_that_is_none_is_named(staged, tmp_path, monkeypatch):
    monkeypatch.setenv("SWGW_CHROMIUM", str(tmp_path / "no-browser"))
    with pytest.raises(UserError, match="found no Chromium that starts"):
        pdf.make_pdf(staged.parent, print)
