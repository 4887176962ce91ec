import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from swgw.basin.check import write_example
from swgw.cli import app


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Close what a test drew, or the twenty-first figure of a process is warned of."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(scope="session")
def tiny_basin(tmp_path_factory):
    """Folder of the small example basin. Shared by all tests: read it, never write to it."""
    return write_example(tmp_path_factory.mktemp("basin") / "example")


@pytest.fixture
def own_basin(tiny_basin, tmp_path):
    """A copy of the example basin's folder that a test may spoil."""
    return shutil.copytree(tiny_basin, tmp_path / "own")


HOSTILE = "A <b>bold</b> basin & $more$ {{of}} it"


class SmallBook(NamedTuple):
    """A built book, the command that made it and what the command said."""

    folder: Path
    words: list[str]
    said: str


@pytest.fixture(scope="session")
def small_book(tiny_basin, tmp_path_factory) -> SmallBook:
    """A book of three notebooks, made by the command, of a basin with a title of bad manners."""
    output = tmp_path_factory.mktemp("build")
    basin = shutil.copytree(tiny_basin, output / "mine")
    settings = (basin / "basin.yml").read_text(encoding="utf-8")
    settings = re.sub("(?m)^title: .*$", f"title: {HOSTILE!r}", settings)
    (basin / "basin.yml").write_text(settings, encoding="utf-8")
    words = ["book", str(basin), "--profile", "smoke", "--output", str(output)]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    return SmallBook(output / "example", words, answer.stdout)
