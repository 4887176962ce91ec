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
from swgw.experiments.fine_tune import _clusters, read_run, transfer_run
from swgw.experiments.table_2 import planned_runs
from swgw.models.fit import fit
from swgw.models.profiles import get_profile
from swgw.models.training import load_checkpoint
from swgw.storage.errors import UserError
from swgw.storage.results import Result


@pytest.fixture(scope="module")
def trained(tiny_basin, tmp_path_factory):
    """Run folder of a small MT-TFT of the example basin."""
    prepared = prepare_basin(load_basin(tiny_basin))
    runs = planned_runs(prepared, get_profile("smoke"))
    run = next(r for r in runs if r.experiment.name == "MT-TFT")
    args, data = (run, prepared, _clusters(prepared)), prepared.basin.digest
    result = Result(tmp_path_factory.mktemp("runs"), run.label, fit, args, run.settings(), data)
    result.fill()
    return result.path


def silent(_):
    pass


def test_a_network_learns_on_in_a_basin_that_fits(trained, own_basin, tmp_path):
    settings = own_basin / "basin.yml"
    settings.write_text(settings.read_text().replace("name: example", "name: other"))
    heads = pd.read_csv(own_basin / "heads.csv", dtype={"well_id": str})
    value = heads.columns.drop(["date", "well_id"])[0]
    heads.assign(**{value: heads[value] + np.sin(np.arange(len(heads)) / 9)}).to_csv(
        own_basin / "heads.csv", index=False
    )
    scores = transfer_run(trained, own_basin, tmp_path, silent)
    assert set(scores["model"]) == {"as it was", "fine-tuned", "damped persistence"}
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
        transfer_run(trained, own_basin, tmp_path, silent)
    text = str(error.value)
    assert "step: found W; expected 5D" in text
    assert "encoder_length: found 20; expected 24" in text
    assert "inputs: the basin lacks temperature" in text
    assert "no place for dew" in text
    assert not list(tmp_path.glob("example/runs/*"))


def test_a_folder_that_is_no_run_is_named(tiny_basin, tmp_path):
    with pytest.raises(UserError, match=r"no settings\.json, checkpoint\.pt"):
        read_run(tmp_path)
    answer = CliRunner().invoke(app, ["transfer", str(tmp_path), str(tiny_basin)])
    assert answer.exit_code == 2
    assert "Traceback" not in answer.output


def test_settings_of_another_version_and_a_damaged_checkpoint_are_named(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    record = json.loads((folder / "settings.json").read_text())
    spoiled = record | {"settings": record["settings"] | {"colour": "blue"}}
    (folder / "settings.json").write_text(json.dumps(spoiled))
    with pytest.raises(UserError, match=r"settings\.json.*colour"):
        read_run(folder)
    (folder / "settings.json").write_text(json.dumps(record))
    (folder / "checkpoint.pt").write_bytes(b"no checkpoint")
    with pytest.raises(UserError, match=r"checkpoint\.pt"):
        read_run(folder)
