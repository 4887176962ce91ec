"""A study end to end on the tiny basin: one index, the same bits, runs found again."""

import hashlib
import json
import logging
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from swgw.experiments import baselines
from swgw.experiments.study import open_study
from swgw.experiments.table_2 import BASELINES, printed_runs
from swgw.models import training
from swgw.models.run import get_profile
from swgw.storage import UserError
from swgw.virtual import Parameters, write_origin


@pytest.fixture(scope="module")
def study(trained, tmp_path_factory):
    """The trained example in a folder that tests may spoil."""
    output = tmp_path_factory.mktemp("out")
    shutil.copytree(trained.folder / "runs", output / "example" / "runs")
    return open_study(trained.basin.path, "smoke", output=output, train=False)


def test_every_model_is_there_and_beside_the_references(study):
    for task in ("surface_water", "head"):
        assert study.models(task)[-len(BASELINES[task]) :] == list(BASELINES[task])
        assert {"ST-GRU", "ST-LSTM", "ST-TFT", "MT-GRU", "MT-LSTM", "MT-TFT", "ST+-TFT"} < set(
            study.models(task)
        )


def test_all_models_are_scored_on_one_index(study):
    """RMSE²/(1 − NSE) is the variance of what was observed: the same for all models."""
    table = study.table_3()
    implied = table["rmse"] ** 2 / (1 - table["nse"])
    assert np.ptp(implied) < 1e-6 * implied.mean()
    wells = study.groundwater_scores()
    implied = (wells["rmse"] ** 2 / (1 - wells["nse"])).groupby(wells["well_id"])
    assert (implied.agg(np.ptp) < 1e-6 * implied.mean()).all()


def test_inputs_are_named_in_words(study):
    names = {"surface_water_lag_12": "discharge lag 12", "distance_to_river": "distance to river"}
    assert {name: study.words(name) for name in names} == names


def test_gaps_are_never_scored(study):
    for task, observed in (("head", study.prepared.heads), ("surface_water", None)):
        frame = study.prepared.surface_water[[study.gauge]] if observed is None else observed
        obs = pd.DataFrame(study.concatenated(task)[0])
        missing = frame.loc[obs.index].isna().to_numpy()
        assert (missing == obs.isna().to_numpy()).all()


def test_quantile_models_give_their_quantiles(study):
    hindcast = study.hindcast("head", "MT-TFT", 0)
    assert list(hindcast["quantile"].to_numpy()) == [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]
    assert np.isfinite(hindcast["forecast"]).all()
    assert "quantiles" not in study.hindcast("head", "MT-GRU", 0)


def test_interpretation_adds_up(study):
    reading = study.interpretation(0)
    for name in ("encoder_importance", "decoder_importance", "static_importance"):
        assert float(reading[name].sum()) == pytest.approx(1.0, abs=1e-5)


def test_the_same_study_again_trains_nothing(study, monkeypatch):
    monkeypatch.setattr("swgw.experiments.work.perform_all", _must_not_run)
    study.train()


def test_a_damaged_run_is_named_and_made_again(study, caplog):
    run = next(r for r in study.runs if r.experiment.name == "ST-GRU")
    folder = study.result_of(run)
    before = (folder.path / "done.json").read_text()
    damaged = folder.path / "learning_curve.csv"
    damaged.write_text("nonsense")
    with caplog.at_level(logging.WARNING):
        assert not folder.is_finished()
    assert damaged.name in caplog.text
    study.train()
    again = json.loads((folder.path / "done.json").read_text())["files"]
    hindcasts = [name for name in again if name.endswith(".nc")]
    assert {n: again[n] for n in hindcasts} == {
        n: json.loads(before)["files"][n] for n in hindcasts
    }


@pytest.fixture
def other(study, tmp_path):
    """The same study with nothing trained yet, and its MT-GRU."""
    made = open_study(study.basin.path, "smoke", output=tmp_path, train=False)
    run = next(r for r in made.runs if r.experiment.name == "MT-GRU")
    return made, made.result_of(run)


def test_an_interrupted_run_ends_with_the_same_bits(study, other, monkeypatch):
    """Stop after the first epoch, start again, and compare with the uninterrupted forecasts."""
    made, result = other
    evaluate, calls = training.evaluate, []

    def interrupted(*args):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return evaluate(*args)

    monkeypatch.setattr(training, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        result.fill()
    assert (result.path / "checkpoint.pt").exists()
    monkeypatch.setattr(training, "evaluate", evaluate)
    result.fill()
    for task in ("head", "surface_water"):
        ours = made.hindcast(task, "MT-GRU", 0)["forecast"].to_numpy()
        assert np.array_equal(ours, study.hindcast(task, "MT-GRU", 0)["forecast"].to_numpy())


def test_a_broken_checkpoint_is_named_and_its_run_starts_afresh(study, other, caplog):
    made, result = other
    result.path.mkdir(parents=True)
    (result.path / "checkpoint.pt").write_bytes(b"broken")
    with caplog.at_level(logging.WARNING):
        result.fill()
    assert "checkpoint.pt" in caplog.text and "starts afresh" in caplog.text
    ours = made.hindcast("head", "MT-GRU", 0)["forecast"].to_numpy()
    assert np.array_equal(ours, study.hindcast("head", "MT-GRU", 0)["forecast"].to_numpy())


def test_a_broken_checkpoint_is_a_users_error(tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(b"broken")
    with pytest.raises(UserError, match="cannot be read"):
        training.load_checkpoint(path)


def test_an_altered_checkpoint_is_noticed(study):
    run = next(r for r in study.runs if r.experiment.name == "ST-GRU")
    path = study.result_of(run).path / "checkpoint.pt"
    good = path.read_bytes()
    for place in range(0, len(good), len(good) // 50):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(UserError, match="cannot be read"):
            training.load_checkpoint(path)
    path.write_bytes(good)
    assert training.load_checkpoint(path)["curve"]


def test_a_checkpoint_never_runs_code(tmp_path):
    path = tmp_path / "checkpoint.pt"
    torch.save({"network": _Bomb()}, path)
    path.write_bytes(path.read_bytes() + hashlib.sha256(path.read_bytes()).digest())
    with pytest.raises(UserError, match="cannot be read"):
        training.load_checkpoint(path)


def test_profiles_are_checked():
    assert get_profile("quick", 3).seeds == (0, 1, 2)
    with pytest.raises(UserError, match="expected one of full, paper, quick"):
        get_profile("quik")
    with pytest.raises(UserError, match="--seeds"):
        get_profile("quick", -1)


class _Bomb:
    def __reduce__(self):
        return (_must_not_run, ())


def _must_not_run(*_):
    raise AssertionError("this must not run")


def test_a_basin_of_one_water_has_single_task_models_only(own_basin, tmp_path):
    for name in ("wells.csv", "heads.csv"):
        (own_basin / name).unlink()
    study = open_study(own_basin, "smoke", output=tmp_path)
    assert study.tasks == ("surface_water",)
    assert study.models("surface_water") == [
        "ST-GRU",
        "ST-LSTM",
        "ST-TFT",
        *BASELINES["surface_water"],
    ]
    assert set(study.table_3()["model"]) == set(study.models("surface_water"))
    assert np.isfinite(study.table_3()["nse"]).all()
    assert study.interpretation(0, "ST-TFT")["attention"].sizes["lead_time"] == 3


# ---- baselines, Pastas and the limit ---------------------------------------------------------


def test_baselines_forecast_the_validation_year(study):
    found = study.baseline_hindcast("head", "ridge")
    year = study.basin.settings.validation
    assert found["valid_time"].min() >= np.datetime64(year.start)
    assert found["valid_time"].max() <= np.datetime64(year.end)
    assert np.isfinite(found["forecast"]).all()
    last = study.baseline_hindcast("surface_water", "persistence")
    flow = study.surface_water["01"][last["issue_time"].values].to_numpy()
    assert last["forecast"][0].values == pytest.approx(np.repeat(flow[:, None], 3, axis=1))


def test_wells_are_shared_among_parts_of_pastas(tiny_basin, tmp_path, monkeypatch):
    monkeypatch.setattr(baselines, "WELLS_A_PART", 3)
    study = open_study(tiny_basin, "quick", output=tmp_path, train=False)
    parts = baselines.pastas_parts(study)
    assert study.baselines("head")[-1] == "Pastas"
    assert [part.args[1] for part in parts] == [("007", "A1"), ("A2", "B1")]
    for part in parts:
        valid, wells = baselines.valid_times(study.prepared), part.args[1]
        dims, shape = ("series", *valid.dims), (len(wells), *valid.shape)
        data = xr.Dataset({"forecast": (dims, np.ones(shape))}, {"series": list(wells)})
        part.path.mkdir(parents=True)
        data.assign_coords(valid_time=valid).to_netcdf(part.path / "test.nc", engine="scipy")
    assert list(study.hindcast("head", "Pastas")["series"].values) == ["007", "A1", "A2", "B1"]
    monkeypatch.setitem(baselines.MOST_WELLS, "quick", 3)
    assert "Pastas" not in study.baselines("head")


def test_valid_times_are_those_of_whole_forecasts_in_the_test_period(study):
    valid, test = baselines.valid_times(study.prepared), study.basin.settings.test
    assert valid.values[0, 0] == np.datetime64(test.start)
    assert (np.diff(valid.values, axis=1) > np.timedelta64(0, "D")).all()
    assert valid.values[-1, -1] <= np.datetime64(test.end)


def test_the_limit_needs_a_simulator_and_is_kept_by_its_parameters(study, own_basin, tmp_path):
    assert baselines.why_no_limit(study) == "no simulator"
    assert study.limit("head", "observed") is None
    found = []
    for width in (60.0, 90.0):
        parameters = Parameters()
        parameters = replace(parameters, river=replace(parameters.river, width=width))
        write_origin(own_basin / "truth", 5, parameters)
        (own_basin / "truth" / "heads.csv").write_text("")
        other = open_study(own_basin, "smoke", output=tmp_path, train=False)
        found.append(baselines.limit_of(other).path)
    assert found[0] != found[1]


def test_papermill_makes_a_number_of_a_folder_called_2020(tiny_basin, tmp_path, monkeypatch):
    (tmp_path / "2020").symlink_to(tiny_basin)
    monkeypatch.chdir(tmp_path)
    assert open_study(2020, "smoke", output=tmp_path, train=False).prepared.heads.size
    with pytest.raises(UserError, match="--seeds: found two; expected a number from 1"):
        open_study(2020, "smoke", "two", output=tmp_path, train=False)


def test_runs_as_printed_compare_architectures_of_one_size(study):
    runs = printed_runs(study.prepared, get_profile("paper"))
    assert {run.hidden_size for run in runs} == {32} and len(runs) == 9 * 3
    assert all(run.printed and run.level_shift == 0 and run.fold is None for run in runs)
    assert len({run.label for run in (*runs, *study.runs)}) == len(runs) + len(study.runs)
