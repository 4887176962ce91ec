"""A headless Chromium, driven by Playwright, that reads the built pages of a book."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from swgw.storage.errors import UserError, install

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VARIABLE = "SWGW_CHROMIUM"
"""Environment variable with the path of the program, where it is not found by itself."""

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """Start Chromium and end it afterwards.

    It is the program that ``SWGW_CHROMIUM`` names, else one on the path, else Playwright's own.

    Yields
    ------
    playwright.sync_api.Browser

    Raises
    ------
    UserError
        If Playwright is not installed, or there is no Chromium to start.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise UserError(
            f"found no Playwright, which drives the browser; expected it from: {install('browser')}"
        ) from None
    path = os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, PROGRAMS)), None)
    # Chromium refuses its sandbox to root, as in most containers; it opens our own pages only.
    arguments = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=arguments)
        except Error:
            raise UserError(
                f"found no Chromium that starts ({path or 'none on the path'}); expected one on the"
                f" path, in {VARIABLE}, or from: python -m playwright install chromium"
            ) from None
        try:
            yield browser
        finally:
            browser.close()
