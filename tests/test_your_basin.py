"""What the page on one's own basin promises: its commands, its mapping, its cells."""

import json
import re
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import typer
import yaml
from served import power_answer, serve
from typer.testing import CliRunner

import swgw
from swgw import sources as service
from swgw.basin.folder import check_basin
from swgw.cli import app
from swgw.experiments.study import Study
from swgw.sources.table import read_mapping
from swgw.storage import files as share

PAGE = json.loads((share.shared("notebooks") / "07_your_basin.ipynb").read_text(encoding="utf-8"))
TEXT = "\n".join("".join(cell["source"]) for cell in PAGE["cells"])
CODE = ["".join(cell["source"]) for cell in PAGE["cells"] if cell["cell_type"] == "code"]
README = Path(share.PACKAGE).parent / "README.md"


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def commands(text):
    """The lines of the text's shell blocks that call swgw."""
    lines = [line for block in blocks(text, "bash") for line in block.splitlines()]
    return [line for line in lines if line.startswith("swgw ")]


SHOWN = commands(TEXT) + (commands(README.read_text("utf-8")) if README.is_file() else [])


@pytest.mark.parametrize("line", SHOWN)
def test_every_command_shown_can_be_parsed(line):
    command, words = typer.main.get_command(app), shlex.split(line, comments=True)[1:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_context("swgw", words)  # raises where an option or an argument is wrong


def run(line):
    answer = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def test_the_first_steps_work_when_pasted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = [run(line) for line in commands(TEXT)[:2]]
    assert "the folder is in order" in said[-1]


def german(number):
    return f"{float(number):.3f}".replace(".", ",")


def day(texts):
    return pd.to_datetime(texts).dt.strftime("%d.%m.%Y")


@pytest.fixture
def two_files(tiny_basin, tmp_path, monkeypatch):
    """The two files and the mapping that the page shows, in the present folder."""
    monkeypatch.chdir(tmp_path)
    read = lambda name: pd.read_csv(tiny_basin / name, dtype=str)  # noqa: E731
    heads = read("heads.csv").replace({"well_id": {"A1": "P1", "A2": "P2"}})
    heads = heads[heads["well_id"].isin(["P1", "P2"])].assign(Day=lambda t: day(t["date"]))
    levels = heads.assign(head=heads["head"].map(german)).set_index(["Day", "well_id"])["head"]
    wide = levels.unstack().fillna("-999").reset_index()  # noqa: PD010
    wide.to_csv("levels.csv", index=False, sep=";")
    flow = read("surface_water.csv")
    flow = pd.DataFrame({"Day": day(flow["date"]), "Weir": flow["discharge"].map(german)})
    flow.to_csv("flow.csv", index=False, sep=";")
    Path("map.yml").write_text(blocks(TEXT, "yaml")[0], encoding="utf-8")
    return heads


def test_two_files_become_a_basin_by_the_page_alone(two_files, tiny_basin, tmp_path, monkeypatch):
    monkeypatch.setattr(service, "PAUSE", 0.0)
    monkeypatch.setattr(service.pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    steps = [line for line in commands(TEXT) if "my_valley" in line]
    show, write, weather, check = steps[:4]
    assert "P1" in run(show) and not Path("my_valley").exists()
    assert "Next: swgw import power my_valley" in run(write)
    [problem] = check_basin("my_valley")
    assert "swgw import power" in problem.expected
    with serve(lambda path, query: (200, power_answer(query))) as (address, _):
        monkeypatch.setenv("SWGW_POWER", f"{address}/power")
        run(weather)
    assert "in order" in run(check)
    basin = swgw.load_basin("my_valley")
    found = basin.heads.groupby("well_id")["head"].mean()
    expected = two_files.assign(head=two_files["head"].astype(float)).groupby("well_id")["head"]
    pd.testing.assert_series_equal(found, expected.mean(), check_dtype=False, atol=1e-3)
    water = swgw.load_basin(tiny_basin).surface_water["value"]
    assert basin.surface_water["value"].mean() == pytest.approx(water.mean(), abs=1e-3)
    assert basin.settings.target_gauge == "Weir"


@pytest.mark.skipif(not README.is_file(), reason="an installed package has no README")
def test_the_mapping_of_the_readme_can_be_read(tmp_path):
    path = tmp_path / "map.yml"
    path.write_text(blocks(README.read_text("utf-8"), "yaml")[0], encoding="utf-8")
    mapping = read_mapping(path)
    assert mapping.wells and mapping.heads and mapping.forcing


def cell(part):
    """Source of the one cell of the page that holds some text."""
    (found,) = [source for source in CODE if part in source]
    return found


@pytest.fixture
def page(tiny_basin, tmp_path):
    """Names of the page's cells before the first average, for the example."""
    basin = swgw.load_basin(tiny_basin)
    study = SimpleNamespace(
        basin=basin, settings=basin.settings, wells=basin.wells, folder=tmp_path
    )
    names = {"np": np, "pd": pd, "swgw": swgw, "replace": replace, "asdict": asdict, "study": study}
    exec(cell("tables = {"), names)
    exec(cell("target = "), names)
    return names


def test_a_gauge_that_is_no_target_is_told_in_words(page):
    """Its river is dry in the test years, so that the folder names a gauge and no model has one."""
    basin = page["study"].basin
    water = basin.surface_water
    dry = water.assign(value=water["value"].where(water["date"] < "2006", 0.0))
    for flow, said in ((water, "01"), (dry, "no gauge (`gauges.csv`) whose water changes")):
        study = Study(swgw.prepare_basin(replace(basin, surface_water=flow)), None, None)
        names = page | {"yaml": yaml, "study": study}
        exec(cell("used = "), names)
        assert names["used"]["target_gauge"].startswith(said)


@pytest.mark.parametrize("step", ["D", "5D", "W", "MS"])
def test_means_by_hand_are_those_of_prepare_basin(page, step):
    exec(cell("by_hand = ").replace("step = study.settings.step", f"step = {step!r}"), page)
    exec(cell("difference = "), page)
    assert page["difference"].max().max() < 1e-9
    assert page["difference"].count().sum() == page["prepared"].heads.count().sum()


def test_a_file_broken_on_purpose_is_refused(page):
    exec(cell("copy.mkdir("), page)
    assert swgw.check_basin(page["copy"]) == []
    exec(cell("text.to_csv("), page)
    found = [problem.found for problem in swgw.check_basin(page["copy"])]
    for part in ("no date", "a decimal comma", "a usual missing-value code", "unknown well_id"):
        assert sum(part in each for each in found) == 1, found
