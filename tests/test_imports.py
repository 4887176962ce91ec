"""Who may import whom: data flow one way, and only the engine touches torch."""

import ast
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

import swgw
from swgw import share

PACKAGE = Path(swgw.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
TORCH = {"torch", "lightning", "pytorch_forecasting"}
ENGINE = ("models/", "transfer/", "probe/", "sensitivity/", "challenge/network.py")


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


def inside(module: str, package: str) -> bool:
    return any(
        name == f"swgw.{package}" or name.startswith(f"swgw.{package}.")
        for name in imported(module)
    )


@pytest.mark.parametrize("module", [m for m in MODULES if not m.startswith(ENGINE)])
def test_only_the_engine_touches_torch(module):
    assert not {name.partition(".")[0] for name in imported(module)} & TORCH


def test_scores_knows_arrays_only():
    assert not {name for name in imported("scores.py") if name.startswith("swgw")}


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("plots/")])
def test_plots_draw_and_neither_load_nor_compute(module):
    for package in ("study", "basin", "prepare", "experiments", "models", "pages"):
        assert not inside(module, package)


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("models/")])
def test_models_know_nothing_of_pages_books_and_studies(module):
    for package in ("pages", "plots", "book", "cli", "study"):
        assert not inside(module, package)


@pytest.mark.parametrize("module", [m for m in MODULES if not m.startswith("pages/")])
def test_pages_are_for_notebooks(module):
    assert not inside(module, "pages")


@pytest.mark.parametrize("module", [m for m in MODULES if m != "cli.py"])
def test_nothing_imports_the_command_line(module):
    assert not inside(module, "cli")


@pytest.mark.parametrize(
    "code", ["import swgw", "from typer.testing import CliRunner; from swgw.cli import app;"
             "assert CliRunner().invoke(app, ['--help']).exit_code == 0", "import swgw.pages",
             "import swgw.study"],
)  # fmt: skip
def test_torch_is_not_loaded(code):
    check = f"{code}\nimport sys; assert not {TORCH!r} & set(sys.modules), sys.modules.keys()"
    ended = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_a_wheel_finds_its_own_copy_of_what_a_checkout_has(tmp_path, monkeypatch):
    assert (share.shared("notebooks") / "intro.ipynb").is_file()
    monkeypatch.setattr(share, "PACKAGE", tmp_path / "site-packages" / "swgw")
    assert share.shared("book") == tmp_path / "site-packages" / "swgw" / "_share" / "book"
