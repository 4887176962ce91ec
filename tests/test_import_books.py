"""A book of each importer's folder, and quick books of the public data sets. These take minutes."""

import pathlib

import nbformat
import pytest
from test_fetch import MIRROR, NAMES, need_mirror
from test_import_table import Home
from test_import_usgs import both_services
from typer.testing import CliRunner

from swgw.cli import app

pytestmark = pytest.mark.slow


def command(*words):
    answer = CliRunner().invoke(app, [*map(str, words)])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def book(folder, output, profile="smoke"):
    """Build the book, and look through its notebooks for warnings."""
    command("check", folder)
    said = command("book", folder, "--profile", profile, "--output", output)
    page = pathlib.Path(said.rstrip().rsplit("Open ", 1)[1])
    assert page.is_file()
    for path in (page.parents[1] / "notebooks").iterdir():
        for cell in nbformat.read(path, 4).cells:
            for shown in cell.get("outputs", []):
                assert shown.get("name") != "stderr", (path.name, shown["text"])


def test_a_book_of_usgs_and_power(tmp_path):
    pytest.importorskip("dataretrieval")
    words = ("--gauge", "08330000", "--within", 60, "--start", "2001-01-01", "--end", "2006-12-31")
    with both_services(tmp_path / "cache"):
        command("import", "usgs", tmp_path / "rio", *words)
    book(tmp_path / "rio", tmp_path / "out")


def test_a_book_of_tables(tiny_basin, tmp_path):
    home = Home(tmp_path, tiny_basin)
    home.basin()
    book(tmp_path / "basin", tmp_path / "out")


@pytest.mark.parametrize("name", NAMES)
def test_a_quick_book_of_a_public_data_set(name, tmp_path, monkeypatch):
    need_mirror(name)
    monkeypatch.setenv("SWGW_MIRROR", str(MIRROR))
    command("fetch", name, tmp_path / "basin")
    book(tmp_path / "basin", tmp_path / "out", "quick")
