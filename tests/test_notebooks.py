"""The rules that every notebook keeps; none of them is executed here."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from swgw.book.execute import read_parameters
from swgw.book.launch import setup_code
from swgw.book.render import API
from swgw.storage.share import shared

NOTEBOOKS = {path.stem: path for path in sorted(shared("notebooks").glob("*.ipynb"))}
PARAMETERS = {"basin": "heihe", "profile": "quick", "seeds": 0, "output": ""}
LOCAL_NAMES = re.compile(r"Heihe|Yingluo|Zhangye|Gaotai|Qilian|Gansu|Rio Grande", re.IGNORECASE)
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def cells(name, kind):
    return [c for c in nbformat.read(NOTEBOOKS[name], 4).cells if c.cell_type == kind]


def tagged(cell, tag):
    return tag in cell.metadata.get("tags", [])


def page_code(name):
    """Code of the page itself, without the installation and the solutions."""
    return [c for c in cells(name, "code") if not (tagged(c, "setup") or tagged(c, "solution"))]


def code_lines(name):
    return [line for c in page_code(name) for line in c.source.splitlines() if line.strip()]


def figure(cell):
    return cell.metadata.get("mystnb", {}).get("figure", {})


def prose(name):
    """Text between the cells and under the figures, its citations and code left out."""
    texts = [c.source for c in cells(name, "markdown")]
    texts += [figure(c).get("caption", "") for c in cells(name, "code")]
    return re.sub(r"\{cite\}`[^`]*`|```.*?```", "", "\n".join(texts), flags=re.DOTALL)


def test_contents_and_files_agree():
    toc = yaml.safe_load((shared("book") / "_toc.yml").read_text(encoding="utf-8"))
    listed = [toc["root"]] + [c["file"] for part in toc["parts"] for c in part["chapters"]]
    texts = {path.stem for path in shared("book").glob("*.md")}
    assert len(listed) == len(set(listed))
    assert set(listed) == set(NOTEBOOKS) | texts | {API}


@each_notebook
def test_format_is_valid_and_nothing_was_run(name):
    notebook = nbformat.read(NOTEBOOKS[name], 4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in cells(name, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert not {"execution", "papermill"} & cell.metadata.keys()


@each_notebook
def test_parameters_are_the_four_with_their_defaults(name):
    assert read_parameters(NOTEBOOKS[name]).items() >= PARAMETERS.items()


@each_notebook
def test_the_first_cell_installs_and_stays_out_of_the_book(name):
    first = cells(name, "code")[0]
    assert first.metadata.tags == ["setup", "remove-cell"]
    assert first.source == setup_code(), "another address? run python -m swgw.book.launch"


@each_notebook
def test_parameters_come_first_each_with_a_comment(name):
    first = page_code(name)[0]
    assert "parameters" in first.metadata.tags
    assert all("  # " in line for line in first.source.splitlines())


@each_notebook
def test_cells_are_short_and_define_nothing(name):
    assert len(page_code(name)) <= 25
    assert len(code_lines(name)) <= 120
    for cell in cells(name, "code"):
        assert len(cell.source.splitlines()) <= 15
        nodes = list(ast.walk(ast.parse(cell.source)))
        assert not [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.Lambda)]


@each_notebook
def test_prose_outweighs_code(name):
    words = sum(len(c.source.split()) for c in cells(name, "markdown"))
    assert words >= 8 * len(code_lines(name))


@each_notebook
def test_one_title_and_it_comes_first(name):
    first, *rest = cells(name, "markdown")
    assert first.source.startswith("# ")
    assert not [c for c in rest if re.search(r"^# ", c.source, re.MULTILINE)]


@each_notebook
def test_only_public_names_are_imported(name):
    for node in ast.walk(ast.parse("\n".join(code_lines(name)))):
        if isinstance(node, ast.ImportFrom):
            assert node.module in ("swgw", "swgw.pages", "swgw.book.text", "swgw.scores")
            assert not [alias.name for alias in node.names if alias.name.startswith("_")]
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= {"swgw", "numpy", "pandas"}


@each_notebook
def test_figures_have_name_caption_and_alt_text(name):
    for cell in cells(name, "code"):
        draws = re.search(r"\.figure_", cell.source)
        assert bool(draws) == bool(figure(cell)), cell.source
        if draws:
            assert cell.source.rstrip().endswith(";"), "two outputs would double the label"
            assert figure(cell)["name"].startswith("fig-")
            assert len(figure(cell)["caption"]) > 20
            assert len(cell.metadata["mystnb"]["image"]["alt"]) > 20


def test_names_of_figures_are_unique():
    names = [figure(c)["name"] for name in NOTEBOOKS for c in cells(name, "code") if figure(c)]
    assert len(names) == len(set(names))


@each_notebook
def test_no_place_is_named_in_prose_and_captions(name):
    assert not LOCAL_NAMES.findall(prose(name))


@each_notebook
def test_summary_and_differences_end_the_page(name):
    text = "\n".join(c.source for c in cells(name, "markdown"))
    assert "## Summary" in text
    assert "iffers from the paper" in text


@each_notebook
def test_file_is_written_plainly(name):
    text = Path(NOTEBOOKS[name]).read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@each_notebook
def test_every_figure_is_referred_to_in_the_text(name):
    named = {figure(cell)["name"] for cell in cells(name, "code") if figure(cell)}
    texts = "\n".join(cell.source for cell in cells(name, "markdown"))
    assert named <= set(re.findall(r"\{numref\}`([\w-]+)`", texts))
