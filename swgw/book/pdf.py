"""The whole book as one PDF: Sphinx's single page, printed by a headless Chromium.

It is a Sphinx extension, too: exercises are numbered by page, and one long page is built like many.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pybtex.plugin import find_plugin, register_plugin

from swgw.book.render import render
from swgw.storage import Tell, UserError, install
from swgw.storage.files import shared, write_whole

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from sphinx.application import Sphinx

# Environment variable with the path of Chromium, where it is not found by itself.
VARIABLE = "SWGW_CHROMIUM"

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """Start Chromium and end it afterwards.

    It is the program that ``SWGW_CHROMIUM`` names, else one on the path, else Playwright's own.

    Raises
    ------
    UserError
        If Playwright is not installed, or there is no Chromium to start.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        needed = f"expected it from: {install('browser')}"
        raise UserError(f"found no Playwright, which drives the browser; {needed}") from None
    path = os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, PROGRAMS)), None)
    # Chromium refuses its sandbox to root, as in most containers; it opens our own pages only.
    arguments = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=arguments)
        except Error:
            needed = f"expected one on the path or in {VARIABLE}, or: playwright install chromium"
            raise UserError(f"found no Chromium that starts ({path}); {needed}") from None
        yield browser


def make_pdf(home: Path, say: Tell) -> None:
    """Build the book of a basin as one page and print it.

    Parameters
    ----------
    home : Path
        Folder of the basin's results; gets ``<basin>.pdf``, which appears whole or not at all.
    say : callable
        Gets lines for the user.

    Raises
    ------
    UserError
        If there is no built book, or the extra ``browser`` or Chromium is missing.
    """
    if not (home / "book" / "_config.yml").is_file():
        raise UserError(f"{home}: found no built book; expected one from: swgw book")
    single, target = home / ".pdf", home / f"{home.name}.pdf"
    with open_browser() as browser, write_whole(target) as draft:
        say("Building one page of all (about a minute).")
        render(home / "book", single, home / "logs" / "pdf.log", "singlehtml")
        say("Printing it (about a minute).")
        page = browser.new_context(offline=True).new_page()
        page.goto((single / "index.html").resolve().as_uri())
        page.wait_for_function("window.MathJax?.startup?.promise && document.querySelector('h1')")
        page.evaluate("async () => { await window.MathJax.startup.promise; }")
        page.evaluate("frontPage()")  # of book.js
        page.pdf(path=draft, **yaml.safe_load(shared("pdf_page.yml").read_text()))
    shutil.rmtree(single)
    say(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB).")


def setup(app: "Sphinx") -> dict:
    """Connect to Sphinx, after the extensions whose work is changed here."""
    app.connect("builder-inited", _write_one_long_page_like_the_others)
    app.connect("env-get-updated", _count_exercises_by_page, priority=900)
    for name in ("plaintext", "docutils"):  # looked up once, and not for every citation
        found = find_plugin("pybtex.backends", name)
        register_plugin("pybtex.backends", name, found, force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_one_long_page_like_the_others(app) -> None:
    """Let singlehtml take what writes pages: hidden cells register for the builder html only."""
    app.registry.translation_handlers.pop("singlehtml", None)


def _count_exercises_by_page(app, env) -> list[str]:
    """Number the exercises of every page from one, as notebooks and instructor guide do.

    Sphinx has just numbered them through the book; solutions ask for the number of their exercise
    later. No page has to be read again, so the list of such is empty.
    """
    for numbers in env.toc_fignumbers.values():
        for count, label in enumerate(numbers.get("exercise", ()), start=1):
            numbers["exercise"][label] = (count,)
    return []
