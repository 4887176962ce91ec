"""A trained TFT fine-tuned to another basin, and refused where it does not fit."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.cli import app
from swgw.experiments.study import Study
from swgw.experiments.tune import read_run, transfer_run
from swgw.models.run import get_profile
from swgw.models.training import load_checkpoint
from swgw.storage.errors import UserError


@pytest.fixture(scope="module")
def trained(tiny_basin, tmp_path_factory):
    """Run folder of a small MT-TFT of the example basin."""
    output = tmp_path_factory.mktemp("runs")
    study = Study(prepare_basin(load_basin(tiny_basin)), get_profile("smoke"), output)
    run = next(r for r in study.runs if r.experiment.name == "MT-TFT")
    study.run_folder(run).fill()
    return study.run_folder(run).path


def test_a_network_learns_on_in_a_basin_that_fits(trained, own_basin, tmp_path):
    settings = own_basin / "basin.yml"
    settings.write_text(settings.read_text().replace("name: example", "name: other"))
    heads = pd.read_csv(own_basin / "heads.csv", dtype={"well_id": str})
    heads["head"] += np.sin(np.arange(len(heads)) / 9)
    heads.to_csv(own_basin / "heads.csv", index=False)
    scores = transfer_run(trained, own_basin, tmp_path, lambda line: None)
    assert {"as it was", "fine-tuned", "damped persistence"} < set(scores["model"])
    assert set(scores["task"]) == {"head", "surface_water"}
    assert scores["n"].gt(0).all()
    by_model = scores.set_index(["model", "task", "series"])["nse"]
    assert not np.allclose(by_model["as it was"], by_model["fine-tuned"])
    (folder,) = (tmp_path / "other" / "runs").iterdir()
    before, after = (load_checkpoint(path / "checkpoint.pt")["best"] for path in (trained, folder))
    assert before.keys() == after.keys()
    assert not all(torch.equal(before[name], after[name]) for name in before)
    again = transfer_run(trained, own_basin, tmp_path, pytest.fail)  # found, not made again
    assert again.equals(scores)


def test_every_difference_is_named_and_nothing_is_written(trained, own_basin, tmp_path):
    settings = own_basin / "basin.yml"
    text = settings.read_text().replace("step: 5D", "step: W")
    settings.write_text(text.replace("encoder_length: 24", "encoder_length: 20"))
    forcing = pd.read_csv(own_basin / "forcing.csv").rename(columns={"temperature": "dew"})
    forcing.to_csv(own_basin / "forcing.csv", index=False)
    with pytest.raises(UserError) as error:
        transfer_run(trained, own_basin, tmp_path, pytest.fail)
    found, expected = str(error.value).split("; expected ")
    assert all(words in found for words in ("52 steps per year", "encoder_length 20", "dew"))
    assert all(words in expected for words in ("73 steps", "encoder_length 24", "temperature"))
    assert not list(tmp_path.glob("example/runs/*"))


def test_a_folder_that_is_no_run_is_named(tiny_basin, tmp_path):
    answer = CliRunner().invoke(app, ["transfer", str(tmp_path), str(tiny_basin)])
    assert answer.exit_code == 2
    assert "settings.json" in answer.output
    assert "Traceback" not in answer.output


def test_settings_of_another_version_and_a_damaged_checkpoint_are_named(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    record = json.loads((folder / "settings.json").read_text())
    other = record | {"settings": record["settings"] | {"colour": "blue"}}
    (folder / "settings.json").write_text(json.dumps(other))
    with pytest.raises(UserError, match=r"(?s)copy.*colour.*made by this version"):
        read_run(folder)
    (folder / "settings.json").write_text(json.dumps(record))
    (folder / "checkpoint.pt").write_bytes(b"no checkpoint")
    with pytest.raises(UserError, match=r"checkpoint\.pt"):
        read_run(folder)
