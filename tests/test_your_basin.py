"""What the page on one's own basin promises: commands, a mapping, messages, all of them real."""

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
import typer
from served import power_answer, serve
from typer.testing import CliRunner

import swgw
from swgw.basin.check import check_basin
from swgw.basin.common_errors import TROUBLES, messages
from swgw.cli import app
from swgw.pages import your_basin
from swgw.sources import service
from swgw.sources.mapping import read_mapping
from swgw.storage import share

PAGE = json.loads((share.shared("notebooks") / "08_your_basin.ipynb").read_text(encoding="utf-8"))
TEXT = "\n".join("".join(cell["source"]) for cell in PAGE["cells"])
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


def test_the_first_steps_work_when_pasted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in commands(TEXT)[:2]:
        answer = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
        assert answer.exit_code == 0, answer.stderr
    assert "the folder is in order" in answer.stdout


def german(number):
    return f"{float(number):.3f}".replace(".", ",")


def day(texts):
    return pd.to_datetime(texts).dt.strftime("%d.%m.%Y")


def run(line):
    answer = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


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


def test_the_mapping_of_other_shapes_works(tiny_basin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("map.yml").write_text(blocks(TEXT, "yaml")[1], encoding="utf-8")
    read = lambda name: pd.read_csv(tiny_basin / name, dtype=str)  # noqa: E731
    sites = {"well_id": "Number", "longitude": "East", "latitude": "North",
             "surface_elevation": "Ground"}  # fmt: skip
    wells = read("wells.csv").rename(columns=sites)
    wells.to_csv("sites.csv", index=False)
    weather = {"date": "Day", "precipitation": "Rain", "temperature": "Mean"}
    read("forcing.csv").rename(columns=weather).to_csv("weather.csv", index=False)
    heads = read("heads.csv").rename(columns={"date": "Day", "well_id": "Number"})
    ground = heads["Number"].map(wells.set_index("Number")["Ground"]).astype(float)
    tape = (ground - heads["head"].astype(float)) / 0.3048
    heads.assign(Tape=tape.round(6)).drop(columns="head").to_csv("readings.csv", index=False)
    run("swgw import table sites.csv readings.csv weather.csv mine --mapping map.yml")
    assert check_basin("mine") == []
    found, clean = (
        swgw.load_basin(folder).heads.groupby("well_id")["head"].agg(["size", "mean"])
        for folder in ("mine", tiny_basin)
    )
    pd.testing.assert_frame_equal(found, clean, atol=1e-3)


def test_the_mapping_with_columns_works(tiny_basin, tmp_path, monkeypatch):
    """Other names in `columns`, one file for two sections, the ground behind coordinates."""
    monkeypatch.chdir(tmp_path)
    Path("map.yml").write_text(blocks(TEXT, "yaml")[2], encoding="utf-8")
    read = lambda name: pd.read_csv(tiny_basin / name, dtype=str)  # noqa: E731
    heads = read("heads.csv")
    names = {"A1": "Well 1 (new)", "A2": "Well 2"}
    heads = heads[heads["well_id"].isin(names)].replace({"well_id": names})
    heads["head"] = (1500 - heads["head"].astype(float)).round(3)
    wide = heads.pivot_table(index="date", columns="well_id", values="head")
    wide.rename_axis("Day").reset_index().to_csv("levels.csv", index=False)
    river = read("surface_water.csv")[["date", "discharge"]].merge(read("forcing.csv"), on="date")
    theirs = {"date": "Day", "discharge": "discharge_m3s", "precipitation": "precip_mm",
              "temperature": "tmean_C"}  # fmt: skip
    river.rename(columns=theirs).to_csv("river.csv", index=False)
    said = run("swgw import table levels.csv river.csv mine --mapping map.yml")
    assert "surface_water.csv, from river.csv" in said and "forcing.csv, from river.csv" in said
    basin = swgw.load_basin("mine")
    depths = heads[heads["well_id"] == "Well 2"]["head"]
    assert basin.heads.groupby("well_id")["head"].mean()["P2"] == pytest.approx(
        414.8 - depths.mean()
    )


def test_the_mapping_of_the_readme_can_be_read(tmp_path):
    if not README.is_file():
        pytest.skip("an installed package has no README")
    path = tmp_path / "map.yml"
    path.write_text(blocks(README.read_text("utf-8"), "yaml")[0], encoding="utf-8")
    mapping = read_mapping(path)
    assert mapping.wells and mapping.heads and mapping.forcing


def test_each_trouble_has_its_message():
    found = messages()
    assert len(found) == len(TROUBLES)
    assert len({said for _, said, _ in found}) == len(found)
    for (_, said, cure), trouble in zip(found, TROUBLES, strict=True):
        assert said.startswith(trouble.file)
        assert ": found " in said and "; expected " in said
        assert cure.endswith(".")


def test_the_table_of_troubles_is_one_line_a_trouble():
    lines = your_basin.table_troubles(None).data.splitlines()
    assert len(lines) == len(TROUBLES) + 2
    assert all(line.count(" | ") == 2 for line in lines[2:]), lines
