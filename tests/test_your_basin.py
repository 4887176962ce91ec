"""What the page on one's own basin promises: commands, a mapping, messages, all of them real."""

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import swgw
from swgw import share
from swgw.check import check_basin
from swgw.cli import app
from swgw.pages import your_basin
from swgw.troubles import TROUBLES, messages

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


def test_the_mapping_shown_works(tiny_basin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [mapping] = blocks(TEXT, "yaml")
    Path("mapping.yml").write_text(mapping, encoding="utf-8")
    read = lambda name: pd.read_csv(tiny_basin / name, dtype=str)  # noqa: E731
    sites = {"well_id": "Number", "longitude": "East", "latitude": "North"}
    read("wells.csv").rename(columns=sites).to_csv("sites.csv", index=False)
    weather = {"date": "Day", "precipitation": "Rain", "temperature": "Mean"}
    read("forcing.csv").rename(columns=weather).to_csv("weather.csv", index=False)
    heads = read("heads.csv")
    heads["head"] = [f"{float(h) * 100:.1f}".replace(".", ",") for h in heads["head"]]
    heads["Day"] = pd.to_datetime(heads["date"]).dt.strftime("%d.%m.%Y")
    wide = heads.set_index(["Day", "well_id"])["head"].unstack().fillna("-999")  # noqa: PD010
    wide.reset_index().to_csv("levels.csv", index=False, sep=";")
    for line in [line for line in commands(TEXT) if "import table" in line]:
        answer = CliRunner().invoke(app, shlex.split(line)[1:])
        assert answer.exit_code == 0, answer.stderr
    assert check_basin("my_valley") == []
    basin, clean = swgw.load_basin("my_valley"), swgw.load_basin(tiny_basin)
    assert basin.settings.title == "My valley"
    found = basin.heads.groupby("well_id")["head"].agg(["size", "mean"])
    expected = clean.heads.groupby("well_id")["head"].agg(["size", "mean"])
    pd.testing.assert_frame_equal(found, expected, atol=1e-3)


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
