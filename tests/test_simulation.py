"""Heads simulated for years without a past head."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import swgw
from swgw.experiments import simulation as module
from swgw.experiments.simulation import (
    BLOCKS,
    EMBARGO,
    WHOLE,
    block_of,
    daily_record,
    lack_of_simulation,
    river_of,
    simulate,
    simulated_wells,
    training_days,
)
from swgw.experiments.simulation_network import (
    SPIN_UP,
    Training,
    drivers,
    melt,
    network_inputs,
    simulate_head,
    soil,
    with_memory,
)
from swgw.experiments.work import results_of
from swgw.models import pastas
from swgw.models.run import get_profile

TINY = Training(hidden=4, steps=2, batch=2, warm_up=30, length=60)


@pytest.fixture
def prepared(tiny_basin):
    return swgw.prepare_basin(swgw.load_basin(tiny_basin))


def test_a_record_holds_heads_of_the_training_years_alone(prepared):
    heads, inputs = daily_record(prepared, "007")
    train = prepared.basin.settings.train
    assert train.start <= heads.index.min() and heads.index.max() <= train.end
    assert list(inputs) == ["precipitation", "evaporation", "stage", "temperature"]
    assert not inputs.isna().to_numpy().any()
    assert len(inputs) == 6 * 365 + 1


def test_days_have_the_mean_of_their_bin_and_heads_are_in_its_middle(prepared):
    heads, inputs = daily_record(prepared, "007")
    first, second = prepared.surface_water["01"].iloc[:2]
    assert inputs["stage"].iloc[:6].tolist() == [first] * 5 + [second]
    bin_ = prepared.heads["007"][prepared.inside("train")].first_valid_index()
    assert heads.index[0] == bin_ + pd.Timedelta(days=2)


def test_blocks_take_turns_and_keep_their_distance():
    days = pd.date_range("2001-01-03", "2015-12-30", freq="7D")
    blocks = block_of(days)
    assert np.unique(blocks).tolist() == list(range(BLOCKS))
    assert (np.diff(blocks) >= 0).all()
    for block in range(BLOCKS):
        used = days[training_days(days, block)]
        gaps = abs(used.to_numpy()[:, None] - days[blocks == block].to_numpy())
        assert gaps.min() > EMBARGO
        assert len(used) > 0.7 * len(days)
    assert training_days(days, WHOLE).all()


def test_snow_waits_and_water_is_conserved():
    rng = np.random.default_rng(0)
    rain, temperature = rng.gamma(1, 5, 400), rng.normal(0, 6, 400)
    water, snow = melt(rain, temperature)
    assert water.sum() + snow[-1] == pytest.approx(rain.sum())
    assert (water[temperature < -0.5] == 0).all()
    recharge, held = soil(water, np.zeros(400), 80.0)
    assert recharge.sum() + held[-1] == pytest.approx(water.sum() + 40.0)
    assert held.max() <= 80.0


def test_features_do_not_use_later_days(prepared):
    _, inputs = daily_record(prepared, "007")
    later = inputs.copy()
    later.iloc[1500:] += 7.0
    before, after = (with_memory(drivers(table), (8, 64)) for table in (inputs, later))
    last = inputs.index[1499]
    pd.testing.assert_frame_equal(before[:last], after[:last])
    assert len(before) == len(inputs) + SPIN_UP
    scaled = [network_inputs(table, last, Training()) for table in (inputs, later)]
    pd.testing.assert_frame_equal(*(table[:last] for table in scaled))
    assert not scaled[0].equals(scaled[1])


def test_the_network_uses_the_heads_and_the_seed_that_it_is_given(prepared):
    heads, inputs = daily_record(prepared, "007")
    used = training_days(heads.index, 2)
    found, again, other = (simulate_head(heads, inputs, used, s, TINY) for s in (0, 0, 1))
    pd.testing.assert_series_equal(found, again)
    assert abs(found - other).max() > 1e-3
    hidden = simulate_head(heads.where(used, 50.0), inputs, used, 0, TINY)
    pd.testing.assert_series_equal(found, hidden)


def test_heads_after_the_training_years_change_no_simulation(prepared, tmp_path):
    heads = prepared.heads.copy()
    heads.loc[~prepared.inside("train"), "007"] += 5.0
    other, found = dataclasses.replace(prepared, heads=heads), []
    for each, name in ((prepared, "a"), (other, "b")):
        simulate(each, "007", (0,), 2, tmp_path / name)
        found.append(xr.open_dataset(tmp_path / name / "simulation.nc", engine="scipy").load())
    assert ("response" in found[0]) == pastas.available()
    for name in set(found[0]) - {"observed"}:
        np.testing.assert_array_equal(found[0][name], found[1][name])
    inside = found[0]["block"].to_numpy() >= 0
    np.testing.assert_array_equal(inside, np.isfinite(found[0]["out_of_fold"]))
    observed = prepared.heads["007"].notna().to_numpy()
    np.testing.assert_array_equal(inside, observed & prepared.inside("train"))
    assert np.isfinite(found[0]["simulation"]).all()


def test_a_well_follows_its_own_river_or_the_target(prepared):
    wells = prepared.basin.wells.assign(gauge_id=["01", "elsewhere", "", ""])
    named = dataclasses.replace(prepared, basin=dataclasses.replace(prepared.basin, wells=wells))
    assert [river_of(named, well) for well in ("007", "A1", "A2")] == ["01", "01", "01"]


def test_which_wells_are_simulated(prepared):
    size = get_profile("quick")
    assert simulated_wells(prepared, get_profile("paper")) == ("007", "B1")
    assert simulated_wells(prepared, size) == ("007",)
    settings = dataclasses.replace(prepared.basin.settings, history=False)
    basin = dataclasses.replace(prepared.basin, settings=settings)
    without = dataclasses.replace(prepared, basin=basin)
    assert simulated_wells(without, size) == ("007", "A1", "A2", "B1")
    assert simulated_wells(without, get_profile("smoke")) == ("007",)
    few = prepared.heads.copy()
    few.iloc[59:] = np.nan
    few = dataclasses.replace(prepared, heads=few)
    assert "no well with heads in 60 steps" in lack_of_simulation(few)
    assert simulated_wells(few, size) == ()


def test_quantiles_are_as_wide_as_errors_out_of_fold(tiny_basin, tmp_path, monkeypatch):
    """The simulation is made up: it misses the heads by noise of 0.1 m."""
    study = swgw.open_study(tiny_basin, "quick", 3, tmp_path / "out", train=False)
    prepared, rng = study.prepared, np.random.default_rng(0)
    head = prepared.heads["007"].to_numpy()
    level = pd.Series(head).interpolate(limit_direction="both").to_numpy()
    noise, block = rng.normal(0, 0.1, (4, len(head))), np.full(len(head), WHOLE)
    inside = prepared.inside("train") & np.isfinite(head)
    block[inside] = block_of(prepared.time[inside])
    data = {
        "simulation": (("seed", "time"), level + noise[:3]),
        "out_of_fold": ("time", np.where(block >= 0, level + noise[3], np.nan)),
        "block": ("time", block),
        "observed": ("time", head),
    }
    made = xr.Dataset(data, {"time": prepared.time, "seed": [0, 1, 2]})
    monkeypatch.setattr(module, "read_dataset", lambda path: made)
    quantiles = study.simulation("007")["quantiles"]
    assert (np.diff(quantiles, axis=1) >= 0).all()
    width = quantiles.sel(quantile=0.975) - quantiles.sel(quantile=0.025)
    assert np.median(width) == pytest.approx(2 * 1.96 * 0.1, rel=0.25)
    assert "simulation, 007" in {r.label for r in results_of(study)}
