"""Who may import whom: data flow one way through the rooms, and only the engine touches torch."""

import ast
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

import swgw
from swgw.storage import files as share

PACKAGE = Path(swgw.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
ROOMS = (
    *("storage", "scores", "figures", "basin", "sources", "virtual", "inputs", "models"),
    *("attribution", "transfer", "experiments", "claims", "book"),
)
"""In the order of the data: a room imports the rooms before it, and none after it."""

TORCH = {"torch", "lightning", "pytorch_forecasting"}
ENGINE = ("models/", "transfer/", "attribution/", "experiments/")


@lru_cache
def imported(module: str) -> set[str]:
    """Names of all modules that a module imports, at its top or later."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_used(module: str) -> set[str]:
    return {name.split(".")[1] for name in imported(module) if name.startswith("swgw.")}


in_rooms = [m for m in MODULES if "/" in m]


@pytest.mark.parametrize("module", in_rooms)
def test_no_arrow_between_rooms_runs_backwards(module):
    later = ROOMS[ROOMS.index(module.split("/")[0]) + 1 :]
    backwards = rooms_used(module) & {*later, "cli"}
    assert not backwards, f"{module} imports {backwards}"


@pytest.mark.parametrize("module", in_rooms)
def test_no_two_modules_import_each_other(module):
    me = "swgw." + module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for other in in_rooms:
        name = "swgw." + other.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        assert not (name != me and name in imported(module) and me in imported(other)), name


@pytest.mark.parametrize("module", [m for m in MODULES if not m.startswith(ENGINE)])
def test_only_the_engine_touches_torch(module):
    assert not {name.partition(".")[0] for name in imported(module)} & TORCH


def test_torch_is_not_loaded_by_the_help_or_by_a_study():
    code = f"""
import sys
from typer.testing import CliRunner
import swgw.experiments.study
from swgw.cli import app
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
found = {TORCH!r} & set(sys.modules)
assert not found, found"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_a_wheel_finds_its_own_copy_of_what_a_checkout_has(tmp_path, monkeypatch):
    assert (share.shared("notebooks") / "intro.ipynb").is_file()
    assert share.results().name == "_build"
    inside = tmp_path / "site-packages" / "swgw" / "data"
    (inside / "notebooks").mkdir(parents=True)
    monkeypatch.setattr(share, "PACKAGE", inside.parent)
    monkeypatch.setattr(share, "DATA", inside)
    assert share.shared("notebooks") == inside / "notebooks"
    assert share.results() == Path("_build")
