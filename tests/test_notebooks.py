"""The rules that every page keeps; none of them is executed here."""

import ast
import json
import re
from functools import lru_cache
from pathlib import Path

import nbformat
import pytest
import yaml
from banned import BANNED
from setup_cell import setup_code

import swgw
from swgw.book.execute import read_parameters
from swgw.storage.files import shared

NOTEBOOKS = {path.stem: path for path in sorted(shared("notebooks").glob("*.ipynb"))}
PARAMETERS = {"basin": "heihe", "profile": "quick", "seeds": 0, "output": ""}
LIBRARIES = {
    *("numpy", "pandas", "xarray", "matplotlib", "seaborn", "scipy", "statsmodels", "sklearn"),
    *("minisom", "torch", "pytorch_forecasting", "optuna", "plotly", "swgw"),
    *("yaml", "json", "math", "itertools", "functools", "pathlib", "dataclasses", "time", "copy"),
}
LOCAL_NAMES = re.compile(r"Heihe|Yingluo|Zhangye|Gaotai|Qilian|Gansu|Rio Grande", re.IGNORECASE)
MAY_DEFINE = {"02_4_models", "02_6_experiments", "03_4_uncertainty", "06_transfer"}
WITHOUT_SCIENCE = {"intro", "provenance"}
"""Pages without a method or a result of their own."""

WORDS_A_PAGE, WORDS_IN_ALL = 1_500, 26_000


@lru_cache
def cells(name, kind):
    return [c for c in nbformat.read(NOTEBOOKS[name], 4).cells if c.cell_type == kind]


def tagged(cell, *tags):
    return bool({*tags} & {*cell.metadata.get("tags", [])})


def is_old(name):
    return any(tagged(c, "hide-input") for c in cells(name, "code"))


PAGES = [name for name in NOTEBOOKS if not is_old(name)]
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)
each_page = pytest.mark.parametrize("name", PAGES)


def page_code(name):
    """Code of the page itself, without the installation and the solutions."""
    return [c for c in cells(name, "code") if not tagged(c, "setup", "solution")]


def lines_of(cell):
    lines = [line.strip() for line in cell.source.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def science(name):
    """Lines that show a method or a result: no parameters, imports, or computed sentences."""
    shown = [c for c in page_code(name) if not tagged(c, "parameters", "say")]
    lines = [line for c in shown for line in lines_of(c)]
    return [line for line in lines if not line.startswith(("import ", "from "))]


def figure(cell):
    return cell.metadata.get("mystnb", {}).get("figure", {})


def words(name):
    return sum(len(c.source.split()) for c in cells(name, "markdown"))


@lru_cache
def prose(name):
    """Text between the cells and under the figures, citations, quotations and code left out."""
    own = [c for c in cells(name, "markdown") if not tagged(c, "companion")]
    texts = [c.source for c in own]
    texts += [figure(c).get("caption", "") for c in cells(name, "code")]
    return re.sub(r"\{cite\}`[^`]*`|```.*?```|“[^”]*”", "", "\n".join(texts), flags=re.DOTALL)


def test_contents_and_files_agree():
    toc = yaml.safe_load((shared("book") / "_toc.yml").read_text(encoding="utf-8"))
    listed = [toc["root"]] + [c["file"] for part in toc["parts"] for c in part["chapters"]]
    texts = {path.stem for path in shared("book").glob("*.md")}
    assert len(listed) == len(set(listed))
    assert set(NOTEBOOKS) <= set(listed) <= set(NOTEBOOKS) | texts | {"api"}


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
def test_file_is_written_plainly(name):
    text = Path(NOTEBOOKS[name]).read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


@each_notebook
def test_the_first_cell_installs_and_stays_out_of_the_book(name):
    first = cells(name, "code")[0]
    assert first.metadata.tags == ["setup", "remove-cell"]
    assert first.source == setup_code(), "another address? see tests/setup_cell.py"


@each_notebook
def test_parameters_come_first_each_with_a_comment(name):
    assert read_parameters(NOTEBOOKS[name]).items() >= PARAMETERS.items()
    first = page_code(name)[0]
    assert "parameters" in first.metadata.tags
    assert all("  # " in line for line in first.source.splitlines())


@each_page
def test_only_setup_and_sentences_are_hidden(name):
    for cell in cells(name, "code"):
        hidden = {t for t in cell.metadata.get("tags", []) if re.match("hide|remove", t)}
        assert not hidden or tagged(cell, "setup", "say"), cell.source
        if tagged(cell, "say"):
            assert re.search(r"\bsay\(", cell.source), cell.source
            assert not figure(cell), "a sentence cell draws nothing"


@each_page
def test_cells_are_short_and_define_nothing_but_the_subject_of_the_page(name):
    assert len(page_code(name)) <= 28
    assert sum(len(lines_of(c)) for c in page_code(name)) <= 200
    for cell in page_code(name):
        assert len(cell.source.splitlines()) <= 15, cell.source
        kinds = ast.FunctionDef | ast.ClassDef
        defined = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, kinds)]
        assert not defined or name in MAY_DEFINE, cell.source


@each_page
def test_science_is_shown(name):
    assert len(science(name)) >= (20 if name not in WITHOUT_SCIENCE else 4)


@each_page
def test_one_line_is_marked_as_the_one_to_change_and_a_prediction_is_asked_for(name):
    if name in WITHOUT_SCIENCE:
        return
    marked = [
        line for c in page_code(name) for line in c.source.splitlines() if "# change me" in line
    ]
    assert len(marked) == 1
    assert "**Predict" in prose(name)


@each_page
def test_only_public_names_are_imported(name):
    for cell in cells(name, "code"):
        if tagged(cell, "setup"):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in LIBRARIES, node.module
                if node.module.split(".")[0] == "swgw":
                    assert node.module == "swgw"
                    assert {alias.name for alias in node.names} <= set(swgw.__all__)
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= LIBRARIES
                assert not [a.name for a in node.names if a.name.startswith("swgw.")]
        for used in re.findall(r"\bswgw\.(\w+)", cell.source):
            assert used in swgw.__all__, used


@each_page
def test_figures_have_name_caption_and_alt_text(name):
    for cell in page_code(name):
        if figure(cell):
            last = ast.parse(cell.source).body[-1]
            silent = cell.source.rstrip().endswith(";") or not isinstance(last, ast.Expr)
            assert silent, "two outputs would double the label"
            assert re.match(r"(fig|paper-fig)-", figure(cell)["name"])
            assert len(figure(cell)["caption"]) > 20
            assert len(cell.metadata["mystnb"]["image"]["alt"]) > 20
            is_papers = figure(cell)["name"].startswith("paper-fig-")
            assert is_papers == figure(cell)["caption"].startswith("**Paper's Fig. ")


@each_page
def test_every_drawing_is_a_named_figure(name):
    for cell in page_code(name):
        draws = re.search(
            r"plt\.subplots|swgw\.plot_|sns\.\w+(plot|map)\(|\.plot(\.\w+)?\(", cell.source
        )
        assert not draws or figure(cell) or tagged(cell, "solution"), cell.source


def test_names_of_figures_are_unique():
    names = [figure(c)["name"] for name in NOTEBOOKS for c in cells(name, "code") if figure(c)]
    assert len(names) == len(set(names))


@each_page
def test_every_figure_is_referred_to_in_the_text(name):
    named = {figure(cell)["name"] for cell in cells(name, "code") if figure(cell)}
    texts = "\n".join(cell.source for cell in cells(name, "markdown"))
    assert named <= set(re.findall(r"\{numref\}`(?:[^`<]*<)?([\w-]+)>?`", texts))


@each_page
def test_no_place_is_named_and_no_banned_word_is_used(name):
    assert not LOCAL_NAMES.findall(prose(name))
    sentences = "\n".join(c.source for c in cells(name, "code") if tagged(c, "say"))
    found = BANNED.search(prose(name)) or BANNED.search(sentences)
    assert not found, found


@each_page
def test_titles_summary_and_differences(name):
    first, *rest = cells(name, "markdown")
    assert first.source.startswith("# ")
    assert not [c for c in rest if re.search(r"^# ", c.source, re.MULTILINE)]
    if name not in WITHOUT_SCIENCE:
        text = "\n".join(c.source for c in cells(name, "markdown"))
        assert "## Summary" in text
        assert "iffers from the paper" in text


@each_page
def test_prose_is_short(name):
    assert words(name) <= WORDS_A_PAGE


def test_the_whole_book():
    """Counts of all pages together, once every page is converted."""
    if len(PAGES) < len(NOTEBOOKS):
        pytest.skip(f"{len(NOTEBOOKS) - len(PAGES)} pages are still to be converted")
    assert sum(len(science(name)) for name in PAGES) >= 900
    assert sum(map(words, PAGES)) <= WORDS_IN_ALL
    code = {name: "\n".join(c.source for c in page_code(name)) for name in PAGES}
    assert "TimeSeriesDataSet" in code["02_4_models"] + code["02_6_experiments"]
    assert "MiniSom(" in code["02_5_som"]
    assert "statsmodels" in code["04_2_drivers"]
    assert "torch.no_grad" in code["04_1_attention"]
    assert sum("sns." in text for text in code.values()) >= 6
