"""Execution, rendering, and the whole line from a folder to a book."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pandas as pd
import plotly.express as px
import pytest
import yaml
from plotly.offline import get_plotlyjs_version
from setup_cell import repository, setup_code
from typer.testing import CliRunner

import swgw
from swgw.book import build, cells, execute, render
from swgw.book.build import collect_figures
from swgw.book.cells import PLACEHOLDER, write_classroom
from swgw.cli import app
from swgw.experiments.study import open_study
from swgw.storage import UserError
from swgw.storage.files import shared, write_text

DEFAULTS = 'basin = "heihe"  # a folder\nseeds = 0  # the profile\'s own\nrate = 0.5  # a share'
SVG, PNG = "image/svg+xml", "image/png"


def cell(kind, source, *tags, outputs=(), **metadata):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    more = {"outputs": list(outputs)} if kind == "code" else {}
    return make(source, metadata={"tags": list(tags), **metadata}, **more)


def notebook(path, *cells, parameters=DEFAULTS):
    """Write a notebook whose first cell, unless None, is tagged ``parameters``."""
    first = [] if parameters is None else [cell("code", parameters, "parameters")]
    made = nbformat.v4.new_notebook(
        cells=first + [cell("code", c) if isinstance(c, str) else c for c in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(made, path)
    return path


def job(tmp_path, source, parameters=None, shown=None, key="k"):
    target = tmp_path / "done" / source.name
    log = tmp_path / "logs" / "a.log"
    return execute.Job(source, target, parameters or {}, shown or {}, log, key)


def output(data):
    return nbformat.v4.new_output("display_data", data)


# ---- parameters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"basin": "00123"}, ""),
        ({"seeds": 3, "rate": 1.5}, ""),
        ({"basn": "x"}, "a.ipynb: found basn = 'x'; expected one of {'basin': 'heihe', 'seeds'"),
        ({"basin": 123}, "found basin = 123; expected"),
        ({"seeds": "3"}, "found seeds = '3'; expected"),
        ({"seeds": True}, "found seeds = True; expected"),
        ({"seeds": 12e3}, "found seeds = 12000.0; expected"),
        ({"rate": "0.1"}, "of its type"),
    ],
)
def test_parameters_are_checked_by_name_and_type_before_anything_runs(tmp_path, values, said):
    source = notebook(tmp_path / "a.ipynb")
    assert execute.read_parameters(source) == {"basin": "heihe", "seeds": 0, "rate": 0.5}
    if not said:
        return execute.check_parameters(source, values)
    with pytest.raises(UserError, match=re.escape(said)):
        execute.execute_all([job(tmp_path, source, values)], 1, lambda _: None)
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (None, "a.ipynb: 0 cell(s) 'parameters'; expected one, with names and plain values"),
        ('basin = "x"\nfolder = basin + "/y"', "1 cell(s) 'parameters'; expected one"),
        ("import os", "names and plain values"),
        ("a, b = 1, 2", "names and plain values"),
    ],
)
def test_a_parameters_cell_holds_plain_values_only(tmp_path, parameters, said):
    with pytest.raises(UserError, match=re.escape(said)):
        execute.read_parameters(notebook(tmp_path / "a.ipynb", parameters=parameters))


# ---- execution -----------------------------------------------------------------------------


def test_execution_shows_the_values_and_hides_the_machine(tmp_path):
    source = notebook(tmp_path / "a.ipynb", "print(basin, seeds, rate)")
    given = {"basin": f'{tmp_path}/ä: "b"', "seeds": 2}
    work = job(tmp_path, source, given, {"basin": 'my "own"', "seeds": 2})
    assert not execute.is_current(work)
    execute.execute_all([work], 1, lambda _: None)
    made = nbformat.read(work.target, 4)
    assert made.cells[0].source == (
        'basin = "my \\"own\\""  # a folder\nseeds = 2  # the profile\'s own\nrate = 0.5  # a share'
    )
    assert made.cells[1].outputs[0].text == f"{given['basin']} 2 0.5\n"
    made.cells[1].outputs = []
    assert str(tmp_path) not in json.dumps(made)
    assert execute.is_current(work)
    assert not execute.is_current(job(tmp_path, source, key="another"))


def test_failures_are_named_together_and_kept_for_inspection(tmp_path):
    good = notebook(tmp_path / "good.ipynb", "1")
    bad = notebook(tmp_path / "bad.ipynb", "x = 1", "raise ValueError('no water\\nat all')")
    worse = notebook(tmp_path / "worse.ipynb", "import os; os._exit(1)")
    done = []
    with pytest.raises(execute.NotebookError) as caught:
        jobs = [job(tmp_path, path) for path in (bad, good, worse)]
        execute.execute_all(jobs, 2, lambda work: done.append(work.source.stem))
    assert "bad.ipynb, code cell 3: ValueError: no water" in str(caught.value)
    assert "worse.ipynb: stopped; is there enough memory? (" in str(caught.value)
    assert done == ["good"]
    left = {path.name for path in (tmp_path / "done").iterdir()}
    assert left == {"bad.failed.ipynb", "worse.failed.ipynb", "good.ipynb", ".good.seal"}


def test_an_interruption_ends_the_notebooks_and_leaves_no_half_page(tmp_path):
    slow = notebook(tmp_path / "slow.ipynb", "import time; time.sleep(600)")
    quick = notebook(tmp_path / "quick.ipynb", "1")

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execute.execute_all([job(tmp_path, slow), job(tmp_path, quick)], 2, interrupt)
    assert {path.name for path in (tmp_path / "done").iterdir()} == {"quick.ipynb", ".quick.seal"}


def test_cells_whose_needs_are_not_met_are_replaced_before_the_run(tmp_path):
    figure = {"mystnb": {"figure": {"name": "fig-map", "caption": "A map."}}}
    unnamed = {"mystnb": {"figure": {"name": "fig-flow", "caption": "Flows."}}}
    source = notebook(
        tmp_path / "a.ipynb",
        cell("markdown", "In the paper.", "companion"),
        cell("markdown", "Look at {numref}`fig-map`."),
        cell("code", "print('kept')", "needs:gauge"),
        cell("code", "1 / 0", "needs:river", **figure),
        cell("code", "1 / 0", "needs:river", **unnamed),
        cell("markdown", "About the river.", "needs:river"),
        cell("code", "1 / 0", "needs:river"),
        cell("code", "1 / 0", "needs:river", "needs:truth"),
        cell("code", "2 / 0", "needs:truth", "needs:river", "say"),
        cell("code", "print('end')"),
    )
    study = SimpleNamespace(lacking=lambda need: [] if need == "gauge" else [f"no {need} `x`"])
    reasons = cells.unmet(study, cells.read(source))
    assert reasons == {n: f"no {n} `x`" for n in ("companion", "river", "truth")}
    work = replace(job(tmp_path, source), lacking=reasons)
    execute.execute_all([work], 1, lambda _: None)
    _, _, first, drawn, note, last = nbformat.read(work.target, 4).cells
    assert (first.outputs[0].text, last.outputs[0].text) == ("kept\n", "end\n")
    assert 'id="not-drawn"' in drawn.outputs[0].data[SVG]
    assert drawn.metadata.mystnb.figure == {"name": "fig-map", "caption": "Would show: A map."}
    assert "Not given for this basin: it has no truth `x`." in note.source


def test_pages_that_gather_come_last_and_again_when_a_finding_changes(tmp_path, monkeypatch):
    names = ("intro", "05_claims", "03_1_runoff", "provenance", "choices")
    jobs = [job(tmp_path, notebook(tmp_path / f"{name}.ipynb")) for name in names]
    finding = tmp_path / "results" / "findings" / "best.json"
    study, done = SimpleNamespace(folder=tmp_path), []

    def run(jobs, workers, tell):
        done.extend(job.source.stem for job in jobs)
        for one in jobs:
            write_text(one.target, nbformat.writes(nbformat.v4.new_notebook()))
            write_text(one.seal, execute._state(one))

    monkeypatch.setattr(build, "execute_all", run)
    build._execute(study, jobs, 1, lambda line: None)
    assert sorted(done[:2]) == ["03_1_runoff", "choices"]
    assert done[2:] == ["05_claims", "intro", "provenance"]
    build._execute(study, jobs, 1, lambda line: None)
    assert len(done) == 5
    write_text(finding, "{}")
    build._execute(study, jobs, 1, lambda line: None)
    assert done[5:] == ["05_claims", "intro", "provenance"]


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


def test_footer_and_title_reach_the_settings_as_text():
    config = render.configure("A <b>bold</b> title", "", {"Basin": "mine"})
    assert config["title"] == "A ‹b›bold‹/b› title"
    assert config["sphinx"]["config"]["html_context"]["provenance"] == {"Basin": "mine"}


@pytest.mark.parametrize("owner", [PLACEHOLDER, "a-school"])
def test_the_rocket_waits_for_an_address(tmp_path, monkeypatch, owner):
    config = shared("_config.yml").read_text(encoding="utf-8")
    config = config.replace(repository(), f"https://github.com/{owner}/swgw")
    (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
    monkeypatch.setattr(render, "shared", lambda name: tmp_path / name)
    assert ("launch_buttons" in render.configure("title", "", {})) == (owner != PLACEHOLDER)


def test_staged_pages_hide_plumbing_and_carry_the_books_own_plotly(tmp_path):
    toc = {"root": "intro", "parts": [{"chapters": [{"file": "glossary"}, {"file": "other"}]}]}
    hostile = "</script><b>x</b>"
    frame, look = pd.DataFrame({"a": range(9)}), {"render_mode": "webgl", "template": "none"}
    drawn = px.line(frame, y="a", title=hostile, **look)
    data = {render.PLOTLY: json.loads(drawn.to_json()), "text/plain": "Figure"}
    live = {"figure": {"name": "fig-live", "caption": "A."}, "image": {"alt": 'wells & "gauges"'}}
    executed = notebook(
        tmp_path / "intro.ipynb",
        cell("code", "say('x')", "say", "needs:river"),
        cell("code", "px.line();", outputs=[output(data)], mystnb=live),
    )
    first = render.stage(tmp_path / "book", [executed], toc, {})
    assert (tmp_path / "book" / "other.md").read_text().startswith("# other")
    assert (tmp_path / "book" / "glossary.md").read_text().startswith("# Glossary")
    _, said, shown = cells.read(tmp_path / "book" / "intro.ipynb").cells
    assert "remove-input" in said.metadata.tags
    text = shown.outputs[0].data["text/html"]
    assert set(shown.outputs[0].data) == {"text/html", "text/plain"}
    assert 'aria-label="wells &amp; &quot;gauges&quot;"' in text
    assert 'src="plotly/plotly-basic.min.js"' in text
    assert "scattergl" not in text
    assert hostile not in text
    assert render.stage(tmp_path / "book", [executed], toc, {}) == first
    assert render.stage(tmp_path / "book", [executed], toc, {"title": "new"}) != first


def test_the_copy_of_plotly_is_the_packages_version():
    library = shared("book") / "_offline" / "plotly" / "plotly-basic.min.js"
    assert f"v{get_plotlyjs_version()}" in library.read_text(encoding="utf-8")[:200]
    assert library.stat().st_size < 1_500_000


def test_figures_are_written_by_name(tmp_path):
    pictures = {SVG: "<svg/>", PNG: "iVBORw0KGgo="}
    named = {"mystnb": {"figure": {"name": "fig-1"}}}
    path = notebook(
        tmp_path / "a.ipynb",
        cell("code", "plot();", outputs=[output(pictures)], **named),
        cell("code", "plot();", outputs=[output(pictures)]),
    )
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "old.png").touch()
    assert collect_figures([path], tmp_path / "figures") == 1
    written = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert written == {"fig-1.svg": b"<svg/>", "fig-1.png": b"\x89PNG\r\n\x1a\n"}


# ---- opening a notebook elsewhere ------------------------------------------------------------

ADDRESS = "https://github.com/a-school/swgw"


@pytest.mark.parametrize("there", [True, False])
def test_the_first_cell_installs_the_package_only_where_it_is_missing(capsys, monkeypatch, there):
    found = []
    monkeypatch.setattr(subprocess, "run", lambda words, **_: found.append(words))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: there or None)
    exec(setup_code(ADDRESS), {})
    install = [sys.executable, "-m", "pip", "install", "--quiet", f"git+{ADDRESS}"]
    assert found == ([] if there else [install])
    assert ("Installing swgw from" in capsys.readouterr().out) == (not there)


def test_the_buttons_have_the_address_of_the_first_cells():
    config = yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))
    place = {"url": repository(), "path_to_book": "notebooks", "branch": "main"}
    assert config["repository"] == place
    assert repository() in setup_code()


# ---- the whole line ------------------------------------------------------------------------

MADE = ("intro", "03_1_runoff", "provenance")


@pytest.fixture(scope="module")
def built(small_book):
    return small_book


def page_of(built, name):
    return (built.folder / "html" / f"{name}.html").read_text(encoding="utf-8")


def test_the_command_ends_with_the_page_to_open(built):
    page = built.folder / "html" / "index.html"
    assert built.said.rstrip().endswith(f"Open {page}")
    assert page.is_file()
    assert re.search(r"\[1/3\] \w+: \d+ s; about \d\d:\d\d left", built.said)


def test_every_page_carries_banner_title_and_origin(built):
    facts = json.loads((built.folder / "results" / "provenance.json").read_text(encoding="utf-8"))
    for name in (*MADE, "choices", "glossary", "references", "api"):
        page = page_of(built, name)
        assert "Profile smoke: small settings, one seed. Do not quote these numbers." in page
        assert "A ‹b›bold‹/b› basin" in page
        assert "<b>bold" not in page
        assert f"basin {facts['digests']['basin'][:12]}" in page
        assert f"runs {facts['digests']['runs'][:12]}" in page
        assert re.search(r"<dt>Data</dt> <dd>\d+ \w+ \d{4} to \d+ \w+ \d{4}</dd>", page)
        assert re.search(r"<dt>Versions</dt> <dd>swgw [\d.]+, python [\d.]+, torch ", page)


def test_results_are_there(built):
    results = built.folder / "results"
    table = pd.read_csv(results / "table_3.csv")
    assert {"model", "seed", "nse", "r2", "rmse", "kge", "bias"} <= set(table.columns)
    assert {"MT-TFT", "persistence", "climatology"} <= set(table["model"])
    assert not table.duplicated(["model", "seed"]).any()
    heads = pd.read_csv(results / "groundwater_scores.csv", dtype={"well_id": str})
    assert "007" in set(heads["well_id"])
    assert {path.suffix for path in (results / "figures").iterdir()} == {".svg", ".png"}


def test_provenance_names_versions_seeds_digests_and_times(built):
    facts = json.loads((built.folder / "results" / "provenance.json").read_text(encoding="utf-8"))
    assert (facts["seeds"], facts["profile"]) == ([0], "smoke")
    assert {"basin", "package", "runs"} <= facts["digests"].keys()
    assert {"python", "torch", "jupyter-book"} <= facts["versions"].keys()
    assert facts["notebooks"].keys() == set(MADE)
    assert facts["settings"]
    work = pd.DataFrame(facts["runs"])
    assert {"MT-TFT", "ST-GRU"} <= set(work["kind"])
    assert (work.loc[work["stage"] == "whole", "cpu"] > 0).all()


def test_notebooks_ran_without_a_warning_and_hide_where_they_ran(built):
    for path in (built.folder / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert str(built.folder) not in text
        for one in cells.read(path).cells:
            for out in one.get("outputs", []):
                assert out.get("name") != "stderr", (path.name, out["text"])
                assert out.output_type != "error"
    for path in (built.folder / "html" / "_sources").iterdir():
        assert str(built.folder) not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MADE)
def test_each_page_opens_elsewhere_and_counts_its_exercises(built, name):
    page = page_of(built, name)
    assert f'href="_sources/{name}.ipynb"' in page
    assert "importlib.util" not in page, "the cell that installs stays out of the book"
    at = repository().removeprefix("https://github.com/")
    links = (
        f"mybinder.org/v2/gh/{at}/main?urlpath=lab/tree/notebooks/{name}.ipynb",
        f"colab.research.google.com/github/{at}/blob/main/notebooks/{name}.ipynb",
    )
    assert [link in page for link in links] == [PLACEHOLDER not in at] * 2
    numbers = re.findall(r'"caption-number">Exercise (\d+) <', page)
    assert numbers == [str(count) for count, _ in enumerate(numbers, start=1)]
    solved = re.findall(r'Solution to<a[^>]+href="#(ex-[\w-]+)"> Exercise (\d+) ', page)
    assert [number for _, number in solved] == numbers
    assert all(f'id="{label}"' in page and label.endswith(f"-{n}") for label, n in solved)


def test_the_programming_interface_has_every_public_name(built):
    page = page_of(built, "api")
    undocumented = {name for name in swgw.__all__ if f'id="swgw.{name}"' not in page}
    assert undocumented <= {"paper", "say"}, "a module, and what has a section of its own"
    assert 'id="swgw.experiments.study.Study.hindcast"' in page


def test_a_class_is_handed_models_without_notebooks_and_pages(built, tmp_path, monkeypatch):
    write_classroom(tmp_path / "spring")
    guide = (tmp_path / "spring" / "README.md").read_text(encoding="utf-8")
    _, *words = re.search(r"cd student\n +(swgw book .+)", guide)[1].split()
    words[words.index("quick")] = "smoke"
    words.insert(1, built.words[1])
    student = tmp_path / "spring" / "student"
    shutil.copytree(built.folder / "runs", student / "results" / "example" / "runs")
    monkeypatch.chdir(student)
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 0, answer.output
    assert {path.name for path in (student / "results" / "example").iterdir()} == {"runs"}


def test_nothing_is_made_twice(built):
    page = built.folder / "html" / "index.html"
    before = page.stat().st_mtime_ns
    answer = CliRunner().invoke(app, built.words)
    assert answer.exit_code == 0, answer.output
    assert "0 to execute, 3 unchanged" in answer.stdout
    assert "Pages: unchanged" in answer.stdout
    assert page.stat().st_mtime_ns == before


DAMAGE = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "emptied": lambda path: path.write_bytes(b""),
    "altered": lambda path: path.write_bytes(path.read_bytes().replace(b"e", b"f", 1) + b" "),
    "deleted": lambda path: path.unlink(),
}


@contextmanager
def damaged(path, damage):
    before = path.read_bytes()
    DAMAGE[damage](path)
    yield
    path.write_bytes(before)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_notebook_finding_table_or_page_is_noticed(built, damage):
    study = open_study(built.words[1], "smoke", output=built.folder.parent, train=False)
    jobs = build.plan(study, built.words[1], render.contents())

    def stale():
        first = [job for job in jobs if job.source.stem not in build.LAST]
        every = [*first, *build._last(study, jobs)]
        return {job.source.stem for job in every if not execute.is_current(job)}

    assert stale() == set()
    for path in (built.folder / "notebooks").iterdir():
        with damaged(path, damage):
            assert path.name.strip(".").partition(".")[0] in stale(), path
    findings = list((built.folder / "results" / "findings").iterdir())
    assert findings
    for path in findings:
        page = json.loads(path.read_bytes())["page"]
        with damaged(path, damage):
            assert page in stale(), path
    with damaged(built.folder / "results" / "table_3_by_model.csv", damage):
        assert "03_1_runoff" in stale()
    assert stale() == set()
    record, pages = built.folder / "logs" / "pages", built.folder / "html"
    inputs, _, _ = record.read_text().rpartition(" ")
    assert record.read_text() == build._state(inputs, pages)
    for path in {path.suffix: path for path in pages.rglob("*") if path.is_file()}.values():
        with damaged(path, damage):
            assert record.read_text() != build._state(inputs, pages), path


def test_every_table_that_a_page_keeps_is_found_in_it():
    """Also where a call before the name has quotes of its own."""
    for path in shared("notebooks").glob("*.ipynb"):
        text = path.read_bytes()
        names = execute.KEPT.findall(text)
        assert len(names) == text.count(b"study.keep("), path
        assert not {b"all", b"parts", b"approach"} & set(names), path


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGE)
def test_every_damaged_file_is_made_again(built, tmp_path, damage):
    """One file of each kind, one at a time: the next build gives every file as it was."""
    folder = shutil.copytree(built.folder, tmp_path / built.folder.name)
    words = [*built.words[:-1], str(tmp_path)]
    kinds = {(path.parent.relative_to(folder).parts[:1], path.suffix): path
             for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip
    for path in kinds.values():
        before = path.read_bytes()
        DAMAGE[damage](path)
        answer = CliRunner().invoke(app, words)
        assert answer.exit_code == 0, (path, answer.output)
        assert path.is_file(), path
        if path.suffix in (".csv", ".png", ".nc", ".pt"):
            assert path.read_bytes() == before, path
        else:
            assert path.stat().st_size > 0.9 * len(before), path
