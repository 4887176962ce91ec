"""Heads simulated for years without a past head."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import swgw
from swgw.experiments import simulation_scores as scores
from swgw.experiments.simulation import (
    Simulations,
    block_of,
    daily_record,
    lack_of_simulation,
    river_of,
    simulate,
    simulations_of,
)
from swgw.experiments.work import results_of
from swgw.models import pastas as response
from swgw.models.profiles import get_profile
from swgw.scores.conformal import LEVELS
from swgw.storage.results import missing


@pytest.fixture
def prepared(tiny_basin):
    return swgw.prepare_basin(swgw.load_basin(tiny_basin))


@pytest.fixture
def study(tiny_basin, tmp_path, monkeypatch):
    """A study whose simulations were not made: they miss the heads by noise of 0.1 m."""
    found = swgw.open_study(tiny_basin, "quick", 3, tmp_path / "out", train=False)
    rng = np.random.default_rng(0)

    def read(self, well):
        prepared = self.prepared
        head = prepared.heads[well].to_numpy()
        level = pd.Series(head).interpolate(limit_direction="both").to_numpy()
        noise = rng.normal(0, 0.1, (4, len(head)))
        block = np.full(len(head), -1)
        inside = prepared.inside("train") & np.isfinite(head)
        block[inside] = block_of(prepared.time[inside])
        out = np.where(block >= 0, level + noise[3], np.nan)
        data = {
            "simulation": (("seed", "time"), level + noise[:3]),
            "out_of_fold": ("time", out),
            "block": ("time", block),
            "observed": ("time", head),
            "climatology": ("time", np.full(len(head), np.nanmean(head))),
            "response": ("time", level + 0.3),
        }
        return xr.Dataset(data, {"time": prepared.time, "seed": [0, 1, 2]})

    monkeypatch.setattr(Simulations, "read", read)
    return found


def test_a_site_holds_heads_of_the_training_years_alone(prepared):
    heads, inputs = daily_record(prepared, "007")
    assert heads.index.max() <= prepared.basin.settings.train.end
    assert heads.index.min() >= prepared.basin.settings.train.start
    assert list(inputs) == ["precipitation", "evaporation", "stage", "temperature"]
    assert not inputs.isna().to_numpy().any()
    assert len(inputs) == 6 * 365 + 1


def test_days_have_the_mean_of_their_bin_and_heads_stand_in_its_middle(prepared):
    heads, inputs = daily_record(prepared, "007")
    first = prepared.surface_water["01"].iloc[0]
    assert inputs["stage"].iloc[:5].tolist() == [first] * 5
    assert inputs["stage"].iloc[5] == prepared.surface_water["01"].iloc[1]
    bin_ = prepared.heads["007"][prepared.inside("train")].first_valid_index()
    assert heads.index[0] == bin_ + pd.Timedelta(days=2)


def test_heads_after_the_training_years_change_no_simulation(prepared, tmp_path):
    later = ~prepared.inside("train")
    heads = prepared.heads.copy()
    heads.loc[later, "007"] += 5.0
    other = dataclasses.replace(prepared, heads=heads)
    found = []
    for each, name in ((prepared, "a"), (other, "b")):
        simulate(each, "007", (0,), 2, tmp_path / name)
        found.append(xr.open_dataset(tmp_path / name / "simulation.nc", engine="scipy").load())
    assert ("response" in found[0]) == response.available()
    for name in set(found[0]) - {"observed"}:
        np.testing.assert_array_equal(found[0][name], found[1][name])
    assert not np.array_equal(found[0]["observed"], found[1]["observed"])
    inside = found[0]["block"].to_numpy() >= 0
    np.testing.assert_array_equal(inside, np.isfinite(found[0]["out_of_fold"]))
    observed = prepared.heads["007"].notna().to_numpy()
    np.testing.assert_array_equal(inside, observed & prepared.inside("train"))
    assert np.isfinite(found[0]["simulation"]).all()


def test_a_well_follows_its_own_river_or_the_target(prepared):
    wells = prepared.basin.wells.assign(gauge_id=["01", "elsewhere", "", ""])
    named = dataclasses.replace(prepared, basin=dataclasses.replace(prepared.basin, wells=wells))
    assert [river_of(named, well) for well in ("007", "A1", "A2")] == ["01", "01", "01"]


def test_without_history_every_well_is_simulated(prepared):
    size = get_profile("quick")
    assert Simulations(prepared, size, None).wells == ("007", "B1")
    settings = dataclasses.replace(prepared.basin.settings, history=False)
    basin = dataclasses.replace(prepared.basin, settings=settings)
    without = dataclasses.replace(prepared, basin=basin)
    assert Simulations(without, size, None).wells == ("007", "A1", "A2", "B1")
    assert Simulations(without, get_profile("smoke"), None).wells == ("007",)


def test_wells_with_few_heads_say_why(prepared):
    few = prepared.heads.copy()
    few.iloc[59:] = np.nan
    assert "no well with heads in 60 steps" in lack_of_simulation(
        dataclasses.replace(prepared, heads=few)
    )


def test_bands_are_as_wide_as_errors_out_of_fold(study):
    data = simulations_of(study).read("007")
    found = scores.bands(study.prepared, data)
    assert found.shape == (len(study.prepared.time), len(LEVELS))
    assert (np.diff(found, axis=1) >= 0).all()
    width = found[:, LEVELS.index(0.975)] - found[:, LEVELS.index(0.025)]
    assert np.median(width) == pytest.approx(2 * 1.96 * 0.1, rel=0.25)


def test_scores_literally(study):
    table = scores.simulation_scores(study).set_index("well_id")
    data, _ = scores.scored(study, "007")
    observed = data["observed"].to_numpy()
    miss = 0.09 / np.nanvar(observed)  # Pastas lies 0.3 m too high
    assert table.loc["007", "response"] == pytest.approx(1 - miss)
    assert table.loc["007", "rmse"] == pytest.approx(0.1 / np.sqrt(3), rel=0.25)
    assert 0.85 < table["coverage_95"].mean() <= 1
    assert (table["low"] <= table["value"]).all()


def test_the_jobs_are_those_of_the_study(study):
    labels = {job.label for job in results_of(study)}
    assert {"simulation, 007", "simulation, B1"} <= labels


@pytest.mark.slow
def test_a_basin_without_history_from_training_to_scores(own_basin, tmp_path):
    text = (own_basin / "basin.yml").read_text().replace("history: true", "history: false")
    (own_basin / "basin.yml").write_text(text)
    study = swgw.open_study(own_basin, "smoke", 0, tmp_path / "out")
    for job in missing(simulations_of(study).results()):
        job.fill()
    assert np.isfinite(scores.simulation_scores(study)["value"]).all()
    assert np.isfinite(study.hindcast("head", "MT-TFT")["forecast"]).all()
