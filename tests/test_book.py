import io
import json
import re
import shutil
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner

from swgw.book import build, collect, execute, needs, render
from swgw.book.classroom import write_classroom
from swgw.book.launch import PLACEHOLDER, repository
from swgw.cli import app
from swgw.pages import placeholder_figure
from swgw.storage.errors import UserError
from swgw.storage.files import write_text

DEFAULTS = 'basin = "heihe"  # a folder\nseeds = 0  # the profile\'s own\nrate = 0.5  # a share'


def notebook(path, *cells, parameters=DEFAULTS):
    """Write a notebook whose first cell, unless None, is tagged ``parameters``."""
    made = nbformat.v4.new_notebook()
    if parameters is not None:
        made.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made.cells += [nbformat.v4.new_code_cell(source) for source in cells]
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, path)
    return path


def job(tmp_path, source, parameters=None, shown=None, key="k"):
    target = tmp_path / "done" / source.name
    log = tmp_path / "logs" / "a.log"
    return execute.Job(source, target, parameters or {}, shown or {}, log, key)


# ---- parameters ----------------------------------------------------------------------------


def test_parameters_are_read_with_their_types(tmp_path):
    found = execute.read_parameters(notebook(tmp_path / "a.ipynb"))
    assert found == {"basin": "heihe", "seeds": 0, "rate": 0.5}


@pytest.mark.parametrize(
    "values", [{"basin": "00123"}, {"seeds": 3}, {"rate": 0.1}, {"rate": 1}, {}]
)
def test_right_values_pass(tmp_path, values):
    execute.check_parameters(notebook(tmp_path / "a.ipynb"), values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"basn": "x"}, "unknown parameter 'basn'; expected one of basin, seeds, rate"),
        ({"basin": 123}, "found 123 (int); expected str"),
        ({"seeds": "3"}, "found '3' (str); expected int"),
        ({"seeds": True}, "found True (bool); expected int"),
        ({"seeds": 12e3}, "found 12000.0 (float); expected int"),
        ({"rate": "0.1"}, "expected float"),
    ],
)
def test_wrong_values_are_refused_by_name_and_type(tmp_path, values, said):
    with pytest.raises(UserError, match=re.escape(said)):
        execute.check_parameters(notebook(tmp_path / "a.ipynb"), values)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (None, "found 0 cells tagged 'parameters'; expected one"),
        ('basin = "x"\nfolder = basin + "/y"', "line 2: found \"folder = basin + '/y'\""),
        ("import os", "line 1: found 'import os'; expected a name and a plain value"),
        ("a, b = 1, 2", "expected a name and a plain value"),
    ],
)
def test_a_parameters_cell_holds_plain_values_only(tmp_path, parameters, said):
    with pytest.raises(UserError, match=re.escape(said)):
        execute.read_parameters(notebook(tmp_path / "a.ipynb", parameters=parameters))


def test_two_parameters_cells_are_one_too_many(tmp_path):
    path = notebook(tmp_path / "a.ipynb")
    made = nbformat.read(path, 4)
    made.cells.append(nbformat.v4.new_code_cell("a = 1", metadata={"tags": ["parameters"]}))
    nbformat.write(made, path)
    with pytest.raises(UserError, match="found 2 cells"):
        execute.read_parameters(path)


# ---- execution -----------------------------------------------------------------------------


def test_execution_shows_the_values_and_hides_the_machine(tmp_path):
    source = notebook(tmp_path / "a.ipynb", "print(basin, seeds, rate)")
    given = {"basin": str(tmp_path), "seeds": 2}
    work = job(tmp_path, source, given, {"basin": 'my "own"', "seeds": 2})
    assert not execute.is_current(work)
    execute.execute_all([work], 1, lambda _: None)
    made = nbformat.read(work.target, 4)
    assert made.cells[0].source == (
        'basin = "my \\"own\\""  # a folder\nseeds = 2  # the profile\'s own\nrate = 0.5  # a share'
    )
    assert made.cells[1].outputs[0].text == f"{tmp_path} 2 0.5\n"
    made.cells[1].outputs = []
    assert str(tmp_path) not in json.dumps(made)
    assert execute.is_current(work)
    assert not execute.is_current(job(tmp_path, source, key="another"))


def test_an_empty_text_shows_nothing_and_no_output_names_its_class(tmp_path):
    cells = [f"Markdown({text!r})" for text in ("", "**Said.**")]
    source = notebook(tmp_path / "a.ipynb", "from IPython.display import Markdown", *cells)
    work = job(tmp_path, source)
    execute.execute_all([work], 1, lambda _: None)
    made = nbformat.read(work.target, 4)
    assert "IPython.core" not in work.target.read_text(encoding="utf-8")
    assert made.cells[-2].outputs == []
    assert made.cells[-1].outputs[0].data == {"text/markdown": "**Said.**"}


def test_pages_that_gather_come_last_and_again_when_a_finding_changes(tmp_path, monkeypatch):
    names = ("intro", "05_claims", "03_1_runoff", "provenance", "choices")
    jobs = [job(tmp_path, notebook(tmp_path / f"{name}.ipynb")) for name in names]
    finding = tmp_path / "results" / "findings" / "best.json"
    study, done = SimpleNamespace(folder=tmp_path), []

    def run(jobs, workers, tell):
        done.extend(job.source.stem for job in jobs)
        for one in jobs:
            write_text(one.target, json.dumps({"metadata": {"swgw": {"key": one.key}}}))

    monkeypatch.setattr(execute, "execute_all", run)
    monkeypatch.setattr(
        execute, "stamp", lambda path: json.loads(path.read_text())["metadata"]["swgw"]
    )
    for name, given in (("keep_times", {}), ("work_times", None), ("summed", {})):
        monkeypatch.setattr(build, name, lambda *_, _given=given, **__: _given)
    build._execute(study, jobs, 1, lambda line: None)
    assert sorted(done[:2]) == ["03_1_runoff", "choices"]
    assert done[2:] == ["05_claims", "intro", "provenance"]
    build._execute(study, jobs, 1, lambda line: None)
    assert len(done) == 5
    write_text(finding, "{}")
    build._execute(study, jobs, 1, lambda line: None)
    assert done[5:] == ["05_claims", "intro", "provenance"]


def test_failures_are_named_together_and_kept_for_inspection(tmp_path):
    good = notebook(tmp_path / "good.ipynb", "1")
    bad = notebook(tmp_path / "bad.ipynb", "x = 1", "raise ValueError('no water\\nat all')")
    worse = notebook(tmp_path / "worse.ipynb", "import os; os._exit(1)")
    done = []
    with pytest.raises(execute.NotebookError) as caught:
        jobs = [job(tmp_path, path) for path in (bad, good, worse)]
        execute.execute_all(jobs, 2, lambda work: done.append(work.source.stem))
    assert "bad.ipynb, code cell 3: ValueError: no water" in str(caught.value)
    assert "worse.ipynb: its Python process died" in str(caught.value)
    assert done == ["good"]
    left = sorted(path.name for path in (tmp_path / "done").iterdir())
    assert [name for name in left if name != "worse.failed.ipynb"] == [
        "bad.failed.ipynb",
        "good.ipynb",
    ]


def test_a_wrong_parameter_stops_before_anything_runs(tmp_path):
    with pytest.raises(UserError, match="unknown parameter"):
        execute.execute_notebook(job(tmp_path, notebook(tmp_path / "a.ipynb"), {"nme": 1}))
    assert not (tmp_path / "done").exists()


# ---- needs ---------------------------------------------------------------------------------


def cell(kind, source, *tags, **metadata):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return make(source, metadata={"tags": list(tags), **metadata})


def test_cells_whose_needs_are_not_met_are_replaced_before_the_run(tmp_path):
    figure = {"mystnb": {"figure": {"name": "fig-map", "caption": "A map."}}}
    made = nbformat.v4.new_notebook(
        cells=[
            cell("code", DEFAULTS, "parameters"),
            cell("markdown", "In the paper.", "companion"),
            cell("code", "print('kept')", "needs:gauge"),
            cell("code", "1 / 0", "needs:river", **figure),
            cell("markdown", "About the river.", "needs:river"),
            cell("code", "1 / 0", "needs:river"),
            cell("code", "1 / 0", "needs:river", "needs:truth"),
            cell("code", "2 / 0", "needs:truth", "needs:river", "say"),
            cell("code", "print('end')"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    source = tmp_path / "a.ipynb"
    nbformat.write(made, source)
    study = SimpleNamespace(lacking=lambda need: [] if need == "gauge" else [f"no {need} `x`"])
    reasons = needs.unmet(study, made)
    assert reasons == {n: f"no {n} `x`" for n in ("companion", "river", "truth")}
    work = replace(job(tmp_path, source), lacking=reasons)
    execute.execute_all([work], 1, lambda _: None)
    _, first, drawn, note, last = nbformat.read(work.target, 4).cells
    assert first.outputs[0].text == "kept\n"
    assert last.outputs[0].text == "end\n"
    assert 'id="not-drawn"' in drawn.outputs[0].data["image/svg+xml"]
    assert drawn.metadata.mystnb.figure == {"name": "fig-map", "caption": "Would show: A map."}
    assert "Not given for this basin: it has no truth `x`." in note.source


# ---- pages ---------------------------------------------------------------------------------


VIRTUAL = "A virtual basin: its observations are simulated, not measured."
BEWARE = "Do not quote these numbers."


@pytest.mark.parametrize(
    ("virtual", "profile", "seeds", "text"),
    [
        (False, "paper", 3, ""),
        (True, "full", 5, VIRTUAL),
        (False, "quick", 1, f"Profile quick: small settings, one seed. {BEWARE}"),
        (True, "quick", 2, f"{VIRTUAL} Profile quick: small settings, 2 seeds. {BEWARE}"),
    ],
)
def test_banner_says_what_to_beware_of(virtual, profile, seeds, text):
    assert render.banner(virtual, profile, seeds) == text


def test_footer_names_what_the_numbers_rest_on():
    facts = {
        "basin": {"name": "mine", "virtual": True},
        "digests": {"basin": "a" * 64, "package": "b" * 64, "runs": "c" * 64, "truth": "d" * 64},
        "profile": "paper",
        "seeds": [0, 1],
        "versions": {"numpy": "2.4", "python": "3.11", "swgw": "0.1", "tqdm": "4"},
    }
    assert render.footer(facts, "2001 to 2012") == {
        "Basin": "mine (virtual)",
        "Data": "2001 to 2012",
        "Profile": "paper",
        "Seeds": "0, 1",
        "Versions": "swgw 0.1, python 3.11, numpy 2.4",
        "SHA-256": f"basin {'a' * 12}, package {'b' * 12}, runs {'c' * 12}",
    }


def test_footer_and_title_reach_the_settings_as_text():
    config = render.configure("A <b>bold</b> title", "", {"Basin": "mine"})
    assert config["title"] == "A ‹b›bold‹/b› title"
    assert config["sphinx"]["config"]["html_context"]["provenance"] == {"Basin": "mine"}


@pytest.mark.parametrize("owner", [PLACEHOLDER, "a-school"])
def test_the_rocket_waits_for_an_address(tmp_path, monkeypatch, owner):
    config = render.shared("_config.yml").read_text(encoding="utf-8")
    config = config.replace(repository(), f"https://github.com/{owner}/swgw")
    (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
    monkeypatch.setattr(render, "shared", lambda name: tmp_path / name)
    assert ("launch_buttons" in render.configure("title", "", {})) == (owner != PLACEHOLDER)


@pytest.mark.parametrize("drawn", [True, False])
def test_a_caption_says_what_a_figure_that_was_not_drawn_would_show(tmp_path, drawn):
    executed = notebook(tmp_path / "intro.ipynb", "page.figure_map(study);")
    made, image = nbformat.read(executed, 4), io.StringIO()
    (Figure() if drawn else placeholder_figure(["no river"])).savefig(image, format="svg")
    data = {"image/svg+xml": image.getvalue()}
    made.cells[1].outputs = [nbformat.v4.new_output("display_data", data)]
    made.cells[1].metadata["mystnb"] = {"figure": {"name": "fig-x", "caption": "A map."}}
    nbformat.write(made, executed)
    render.stage(tmp_path / "book", [executed], {"root": "intro", "parts": []}, {})
    staged = nbformat.read(tmp_path / "book" / "intro.ipynb", 4)
    caption = staged.cells[1].metadata["mystnb"]["figure"]["caption"]
    assert caption == ("A map." if drawn else "Would show: A map.")


def test_live_figures_get_the_description_of_their_cell(tmp_path):
    executed = notebook(tmp_path / "intro.ipynb", "page.figure_map(study);")
    made = nbformat.read(executed, 4)
    kinds = {"image/png": "AA==", "application/vnd.plotly.v1+json": {}}
    data = {"text/html": '<img class="live-still" alt="">'} | kinds
    made.cells[1].outputs = [nbformat.v4.new_output("display_data", data)]
    made.cells[1].metadata["mystnb"] = {"image": {"alt": "A map of the wells."}}
    nbformat.write(made, executed)
    render.stage(tmp_path / "book", [executed], {"root": "intro", "parts": []}, {})
    staged = nbformat.read(tmp_path / "book" / "intro.ipynb", 4)
    shown = staged.cells[1].outputs[0].data
    assert 'alt="A map of the wells."' in shown["text/html"]
    assert shown.keys() == {"text/html", "image/png"}


def test_pages_that_were_not_executed_get_a_stub(tmp_path):
    toc = {"root": "intro", "parts": [{"chapters": [{"file": "glossary"}, {"file": "other"}]}]}
    executed = notebook(tmp_path / "intro.ipynb", "page.words_basin(study)")
    made = nbformat.read(executed, 4)
    made.cells[1].metadata["tags"] = ["hide-input"]
    nbformat.write(made, executed)
    first = render.stage(tmp_path / "book", [executed], toc, {})
    assert (tmp_path / "book" / "other.md").read_text().startswith("# other")
    assert (tmp_path / "book" / "glossary.md").read_text().startswith("# Glossary")
    staged = nbformat.read(tmp_path / "book" / "intro.ipynb", 4)
    assert staged.cells[1].metadata["tags"] == ["remove-input"]
    assert render.stage(tmp_path / "book", [executed], toc, {}) == first
    assert render.stage(tmp_path / "book", [executed], toc, {"title": "new"}) != first


# ---- results -------------------------------------------------------------------------------


def test_figures_are_written_by_name(tmp_path):
    made = nbformat.v4.new_notebook()
    data = {"image/svg+xml": "<svg/>", "image/png": "iVBORw0KGgo="}
    output = nbformat.v4.new_output("display_data", data)
    named = {"mystnb": {"figure": {"name": "fig-1"}}}
    made.cells = [
        nbformat.v4.new_code_cell("plot();", outputs=[output], metadata=named),
        nbformat.v4.new_code_cell("plot();", outputs=[output]),
    ]
    nbformat.write(made, tmp_path / "a.ipynb")
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "old.png").touch()
    assert collect.collect_figures([tmp_path / "a.ipynb"], tmp_path / "figures") == 1
    written = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert written == {"fig-1.svg": b"<svg/>", "fig-1.png": b"\x89PNG\r\n\x1a\n"}


# ---- the whole line ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(small_book):
    return small_book


def test_the_command_ends_with_the_page_to_open(built):
    folder, _, said = built
    page = folder / "html" / "index.html"
    assert said.rstrip().endswith(f"Open {page}")
    assert page.is_file()


def test_every_page_carries_the_banner_and_the_title(built):
    for name in ("intro", "03_1_runoff", "provenance", "choices", "glossary", "references"):
        page = (built[0] / "html" / f"{name}.html").read_text(encoding="utf-8")
        assert "Profile smoke: small settings, one seed. Do not quote these numbers." in page
        assert "A ‹b›bold‹/b› basin" in page


def test_every_page_says_where_its_numbers_come_from(built):
    facts = json.loads((built[0] / "results" / "provenance.json").read_text(encoding="utf-8"))
    for page in sorted((built[0] / "html").glob("[a-z0-9]*_*.html")):
        text = page.read_text(encoding="utf-8")
        assert f"basin {facts['digests']['basin'][:12]}" in text, page.name
        assert f"runs {facts['digests']['runs'][:12]}" in text, page.name
        assert re.search(r"<dt>Data</dt> <dd>\d+ \w+ \d{4} to \d+ \w+ \d{4}</dd>", text), page.name


def test_no_page_runs_a_tag_of_the_basin(built):
    for page in (built[0] / "html").glob("*.html"):
        assert "<b>bold" not in page.read_text(encoding="utf-8"), page.name


def test_results_are_there(built):
    results = built[0] / "results"
    table = pd.read_csv(results / "table_3.csv")
    assert {"model", "seed", "nse", "r2", "rmse", "kge", "bias"} <= set(table.columns)
    assert {"MT-TFT", "persistence", "climatology"} <= set(table["model"])
    assert not table.duplicated(["model", "seed"]).any()
    heads = pd.read_csv(results / "groundwater_scores.csv", dtype={"well_id": str})
    assert "007" in set(heads["well_id"])
    figures = {path.suffix for path in (results / "figures").iterdir()}
    assert figures == {".svg", ".png"}


def test_provenance_names_versions_seeds_digests_and_times(built):
    facts = json.loads((built[0] / "results" / "provenance.json").read_text(encoding="utf-8"))
    assert facts["seeds"] == [0]
    assert facts["profile"] == "smoke"
    assert {"basin", "package", "runs"} <= facts["digests"].keys()
    assert {"python", "torch", "jupyter-book"} <= facts["versions"].keys()
    assert facts["seconds"].keys() == {"check", "models", "notebooks", "pages"}
    assert facts["seconds"]["notebooks"].keys() == {"intro", "03_1_runoff", "provenance"}
    assert facts["settings"]
    assert {"references", "MT-TFT", "ST-GRU"} <= facts["cpu_seconds_of_work"].keys()
    assert all(stages["whole"] > 0 for stages in facts["cpu_seconds_of_work"].values())


def test_the_page_of_times_shows_the_stages_before_it(built):
    page = (built[0] / "html" / "provenance.html").read_text(encoding="utf-8")
    for shown in ("elapsed [min]", "03_1_runoff", "references", "minutes of processor time"):
        assert shown in page
    assert "not made as part of a book" not in page


def test_notebooks_ran_without_a_warning(built):
    for path in (built[0] / "notebooks").iterdir():
        for cell in nbformat.read(path, 4).cells:
            for output in cell.get("outputs", []):
                assert output.get("name") != "stderr", (path.name, output["text"])
                assert output.output_type != "error"


def test_no_published_file_knows_where_it_was_built(built):
    for path in [*(built[0] / "html" / "_sources").iterdir(), *(built[0] / "notebooks").iterdir()]:
        assert str(built[0]) not in path.read_text(encoding="utf-8")


def test_each_notebook_can_be_downloaded(built):
    for name in ("intro", "03_1_runoff", "provenance"):
        page = (built[0] / "html" / f"{name}.html").read_text(encoding="utf-8")
        assert f'href="_sources/{name}.ipynb"' in page
        assert (built[0] / "html" / "_sources" / f"{name}.ipynb").is_file()


def test_each_notebook_opens_on_binder_and_colab_where_there_is_an_address(built):
    at = repository().removeprefix("https://github.com/")
    page = (built[0] / "html" / "03_1_runoff.html").read_text(encoding="utf-8")
    links = (
        f"mybinder.org/v2/gh/{at}/main?urlpath=lab/tree/notebooks/03_1_runoff.ipynb",
        f"colab.research.google.com/github/{at}/blob/main/notebooks/03_1_runoff.ipynb",
    )
    published = PLACEHOLDER not in at
    assert [link in page for link in links] == [published, published]
    assert ("launch-buttons" in page) == published
    assert "importlib.util" not in page, "the cell that installs stays out of the book"


def test_no_page_shows_the_class_of_an_object(built):
    for path in (built[0] / "html").glob("*.html"):
        assert "IPython.core" not in path.read_text(encoding="utf-8"), path


def test_solutions_stand_in_the_book_with_what_they_gave(built):
    page = (built[0] / "html" / "03_1_runoff.html").read_text(encoding="utf-8")
    notebook = nbformat.read(built[0] / "notebooks" / "03_1_runoff.ipynb", 4)
    solved = [c for c in notebook.cells if "solution" in c.metadata.get("tags", [])]
    code = [cell for cell in solved if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs for cell in code)
    assert len(re.findall(r'class="solution dropdown admonition"', page)) == sum(
        "{solution" in c.source and "solution-end" not in c.source for c in solved
    )


@pytest.mark.parametrize("name", ["intro", "03_1_runoff", "provenance"])
def test_exercises_count_from_one_on_every_page_and_solutions_link_to_them(built, name):
    page = (built[0] / "html" / f"{name}.html").read_text(encoding="utf-8")
    numbers = re.findall(r'"caption-number">Exercise (\d+) <', page)
    assert len(numbers) >= 3
    assert numbers == [str(count) for count, _ in enumerate(numbers, start=1)]
    links = re.findall(r'Solution to<a[^>]+href="#(ex-[\w-]+)"> Exercise (\d+) ', page)
    assert [number for _, number in links] == numbers
    assert all(f'id="{label}"' in page and label.endswith(f"-{n}") for label, n in links)


def test_a_class_is_handed_models_without_notebooks_and_pages(built, tmp_path, monkeypatch):
    write_classroom(tmp_path / "spring")
    guide = (tmp_path / "spring" / "README.md").read_text(encoding="utf-8")
    _, *words = re.search(r"cd student\n +(swgw book .+)", guide)[1].split()
    words[words.index("quick")] = "smoke"
    words.insert(1, built[1][1])
    student = tmp_path / "spring" / "student"
    shutil.copytree(built[0] / "runs", student / "results" / "example" / "runs")
    monkeypatch.chdir(student)
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    made = {path.name for path in (student / "results" / "example").iterdir()}
    assert made == {"runs", "times.json"}
    for path in student.rglob("*.*"):
        text = path.read_text(encoding="utf-8", errors="ignore") if path.is_file() else ""
        assert not re.search(r"sol-[a-z]|Solution (of|to)|{solution", text), path


def test_pages_name_no_address_to_load_from(built):
    source = r'<(?:script|img|iframe|source)[^>]+src="(?:https?:)?//'
    link = r'<link[^>]+rel="(?:stylesheet|preload)"[^>]+href="(?:https?:)?//'
    loads = re.compile(f"{source}|{link}")
    for page in (built[0] / "html").glob("*.html"):
        assert not loads.findall(page.read_text(encoding="utf-8")), page.name


def test_nothing_is_made_twice(built):
    folder, words, _ = built
    page = folder / "html" / "index.html"
    before = page.stat().st_mtime_ns
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    assert "0 to execute, 3 unchanged" in answer.stdout
    assert "Pages: unchanged" in answer.stdout
    assert page.stat().st_mtime_ns == before
