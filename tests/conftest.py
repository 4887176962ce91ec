import os
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: they would wait in loops

import pytest
from typer.testing import CliRunner

from swgw.basin.folder import write_example
from swgw.cli import app

HOSTILE = "A <b>bold</b> basin & $more$ {{of}} it"


TRAINED = "attention book browser change_me conformal golden study"
"""Test files that open the trained example: one process takes them all and trains it once."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let files run side by side, those of :data:`TRAINED` as if they were one."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return TRAINED if Path(file).stem.removeprefix("test_") in TRAINED.split() else file

    return ByFile(config, log)


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


@pytest.fixture(scope="session")
def trained(tiny_basin, tmp_path_factory):
    """The example's study, its title of bad manners, trained once: never write to its folder."""
    from swgw.experiments.study import open_study

    output = tmp_path_factory.mktemp("trained")
    basin = shutil.copytree(tiny_basin, output / "mine")
    settings = (basin / "basin.yml").read_text(encoding="utf-8")
    settings = re.sub("(?m)^title: .*$", f"title: {HOSTILE!r}", settings)
    (basin / "basin.yml").write_text(settings, encoding="utf-8")
    return open_study(basin, "smoke", output=output)


class SmallBook(NamedTuple):
    """A built book, the command that made it and what the command said."""

    folder: Path
    words: list[str]
    said: str


@pytest.fixture(scope="session")
def small_book(trained, tmp_path_factory) -> SmallBook:
    """A book of three notebooks, made by the command from the trained example."""
    output = tmp_path_factory.mktemp("build")
    shutil.copytree(trained.folder / "runs", output / "example" / "runs")
    words = ["book", str(trained.basin.path), "--profile", "smoke", "--output", str(output)]
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    return SmallBook(output / "example", words, answer.stdout)
