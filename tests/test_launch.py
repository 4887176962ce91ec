"""Opening a notebook elsewhere: one address, and a cell that installs only where it must."""

import importlib.util
import shutil
import subprocess
import sys

import nbformat
import pytest
import yaml

from swgw.book.launch import repository, setup_code, write_setup
from swgw.storage.share import shared

ADDRESS = "https://github.com/a-school/swgw"


@pytest.fixture
def commands(monkeypatch):
    """Collect what a cell would run, instead of running it."""
    found = []
    monkeypatch.setattr(subprocess, "run", lambda words, **_: found.append(words))
    return found


def test_the_cell_does_nothing_where_the_package_is_there(commands, capsys):
    exec(setup_code(), {})
    assert commands == []
    assert capsys.readouterr().out == ""


def test_the_cell_says_what_it_installs_where_the_package_is_missing(commands, capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    exec(setup_code(ADDRESS), {})
    source = f"git+{ADDRESS}"
    assert commands == [[sys.executable, "-m", "pip", "install", "--quiet", source]]
    assert f"Installing swgw from {source}" in capsys.readouterr().out


def test_the_buttons_and_the_cells_have_one_address():
    config = yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))
    assert config["repository"] == {
        "url": repository(),
        "path_to_book": "notebooks",
        "branch": "main",
    }
    assert repository() in setup_code()


def test_a_new_address_reaches_every_notebook_and_nothing_else(tmp_path):
    for name in ("intro", "03_1_runoff"):
        shutil.copy(shared("notebooks") / f"{name}.ipynb", tmp_path)
    write_setup(tmp_path, ADDRESS)
    for path in tmp_path.iterdir():
        old = nbformat.read(shared("notebooks") / path.name, 4).cells
        new = nbformat.read(path, 4).cells
        changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        assert [b.source for _, b in changed] == [setup_code(ADDRESS)]
    write_setup(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (shared("notebooks") / path.name).read_bytes()
