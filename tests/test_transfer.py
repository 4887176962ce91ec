"""Transfer learning: networks side by side, what they may use, and one index for all approaches."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.study import Study
from swgw.models.run import get_profile
from swgw.scores.skill import nse
from swgw.transfer import VARIANTS, lack_of_transfer, transfer_results, transfer_work
from swgw.transfer.competitors import (
    CALLS,
    Task,
    fine_tune,
    make_hindcast,
    make_variants,
    means_of,
    support_vectors,
    train,
)  # fmt: skip
from swgw.transfer.lstm import LAYERS, first_weights, forward, learn, side_by_side
from swgw.transfer.monthly import (
    APPROACHES,
    LEFT_OUT,
    MEAN,
    Plan,
    Setting,
    monthly,
    monthly_windows,
    part,
)

PLAN = Plan((0, 1), 2, 6, 3, 5, 1)
FAST = Setting(5, 0.01, 0.1)


@pytest.fixture(scope="module")
def basin(tiny_basin):
    return load_basin(tiny_basin)


@pytest.fixture(scope="module")
def wells(basin):
    return list(basin.wells.index)


def task_of(basin, plan=PLAN):
    """Windows of the wells, of their mean and of every mean that leaves one out."""
    wells = list(basin.wells.index)
    groups = means_of("TL-LSTM", wells) | means_of(LEFT_OUT, wells)
    return Task(monthly_windows(monthly(basin), groups), wells, plan)


@pytest.fixture(scope="module")
def task(basin):
    return task_of(basin)


def noise(networks=3, windows=20, steps=6, variables=4, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(networks, windows, steps, variables))
    y = x[:, :, -1:, 0] - x[:, :, -1:, 1] + 0.1
    y[0, ::3] = np.nan
    return x, y


def networks():
    weights = side_by_side([first_weights(seed, 4, 5) for seed in (3, 4, 5)])
    return {name: value.double() for name, value in weights.items()}


@pytest.mark.parametrize("frozen", range(len(LAYERS) + 1))
def test_frozen_layers_stay_and_the_others_learn(frozen):
    weights, x = networks(), torch.as_tensor(noise()[0])
    learned, _ = learn(weights, noise(), noise(seed=1), FAST, PLAN, frozen)
    assert set(learned) == set(weights)
    for name, value in weights.items():
        is_frozen = LAYERS.index(name.partition(".")[0]) < frozen
        assert torch.equal(value, learned[name]) == is_frozen, name
    lower = forward(weights, x, 0, frozen)  # computed once
    assert torch.equal(forward(weights, lower, frozen), forward(weights, x))


def test_every_approach_is_scored_on_one_index(basin, task, wells):
    test = part(task.windows, wells, "test")
    assert test["y"].shape == (4, 12, 1)  # the test year is 2006, one month ahead
    months = pd.date_range("2006-01-01", periods=12, freq="MS")
    assert (test["valid_time"][:, 0] == months).all()
    observed = monthly(basin).heads.loc[months, wells].to_numpy().T
    assert np.array_equal(test["observed"][..., 0], observed, equal_nan=True)
    for call in (CALLS["IT-LSTM"], support_vectors):
        heads, _ = call(task, 0, None)
        assert heads.shape == (4, 12, 1)
        assert np.isfinite(heads).all()
    alone = monthly_windows(monthly(basin), {})
    assert np.array_equal(alone["x"], task.windows["x"][:4]), "means change no input of a well"


def changed(basin, well=None):
    """Other heads of a well, or other heads, weather and surface water in the test period."""
    heads, start = basin.heads, basin.settings.test.start
    rows = heads["date"] >= start if well is None else heads["well_id"] == well
    heads.loc[rows, "head"] = heads.loc[rows, "head"] * -3 + 5
    if well is not None:
        return replace(basin, heads=heads)
    forcing, water = basin.forcing, basin.surface_water
    forcing.loc[forcing["date"] >= start, "precipitation"] += 40.0
    water.loc[water["date"] >= start, "value"] *= 9.0
    return replace(basin, heads=heads, forcing=forcing, surface_water=water)


@pytest.fixture(scope="module")
def telling(basin):
    """The basin with heads that follow the rain, so that networks have something to learn."""
    rain = basin.forcing.groupby("date")["precipitation"].mean().rolling(30, min_periods=1).mean()
    heads, rng = basin.heads, np.random.default_rng(0)
    share = heads["well_id"].map({w: 1 + i / 2 for i, w in enumerate(basin.wells.index)})
    level = rain.reindex(heads["date"], method="nearest").to_numpy()
    return replace(basin, heads=heads.assign(head=share * level + rng.normal(0, 0.01, len(heads))))


def pretrained(basin):
    """Weights of the networks trained on each mean; they do learn, or nothing could reach them."""
    task = task_of(basin, replace(PLAN, epochs=40, patience=40))
    means = list(task.windows["series"].to_numpy()[4:])
    found = train(task, dict.fromkeys(means, Setting(5, 0.02, 0.0)), 0)
    for row, name in enumerate(means):
        assert not equal(found[name].weights, first_weights(row, task.windows.sizes["variable"], 5))
    return {name: network.weights for name, network in found.items()}


def equal(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


def test_no_value_of_the_test_period_reaches_a_pretrained_weight(telling):
    before, after = pretrained(telling), pretrained(changed(telling))
    assert before.keys() == after.keys()
    assert all(equal(before[name], after[name]) for name in before)


def test_the_well_left_out_is_in_no_input_of_its_network(telling, wells):
    before, after = pretrained(telling), pretrained(changed(telling, wells[1]))
    assert equal(before[f"mean without {wells[1]}"], after[f"mean without {wells[1]}"])
    assert not equal(before[MEAN], after[MEAN]), "the change must be able to show"
    assert not equal(before[f"mean without {wells[0]}"], after[f"mean without {wells[0]}"])


def test_fine_tuning_starts_from_the_network_that_it_is_given(task, wells):
    means = train(task, {f"mean without {well}": FAST for well in wells}, 0)
    origins = dict(zip(wells, reversed(means.values()), strict=True))
    tuned = fine_tune(task, origins, len(LAYERS))  # all of them frozen
    assert all(equal(tuned[well].weights, origins[well].weights) for well in wells)


def made(basin, name, folder):
    folder.mkdir()
    if name == VARIANTS:
        make_variants(basin, PLAN, pd.Series([1, 1, 2, 2], basin.wells.index), folder)
    else:
        make_hindcast(name, basin, PLAN, folder)
    return folder


@pytest.mark.parametrize("name", ["IT-LSTM", LEFT_OUT, "random forest"])
def test_the_same_seeds_give_the_same_bits(basin, tmp_path, name):
    first, second = (
        xr.open_dataset(made(basin, name, tmp_path / way) / "hindcast.nc", engine="scipy")
        for way in ("a", "b")
    )
    assert first.identical(second)
    assert not np.array_equal(first["forecast"][0], first["forecast"][1])


def test_variants_cover_what_they_promise(basin, tmp_path):
    table = pd.read_csv(made(basin, VARIANTS, tmp_path / "v") / "variants.csv")
    values = table.groupby("variant")["value"].unique().map(set)
    assert values["frozen layers"] == {0, 1, 2, 3, 4}
    assert values["wells in the mean"] == {1, 2, 3, 4}
    assert values["mean of the cluster"] == {2}


def only(basin, wells):
    kept = basin.heads[basin.heads["well_id"].isin(wells)]
    return replace(basin, wells=basin.wells.loc[wells], heads=kept)


def test_a_basin_that_lacks_wells_or_months_says_so(basin, wells):
    def lack(changed):
        return lack_of_transfer(prepare_basin(changed))

    assert lack(basin) == lack(only(basin, wells[:3])) == ""
    assert lack(only(basin, wells[:2])).startswith("2 of 3 wells")
    assert lack(only(basin, [])).startswith("0 of 3 wells")
    end = replace(basin.settings.test, end=pd.Timestamp("2006-01-20"))
    assert "in training, validation and test" in lack(
        replace(basin, settings=replace(basin.settings, test=end))
    )
    early = basin.heads[basin.heads["date"] < basin.settings.test.start]
    assert "in training, validation and test" in lack(replace(basin, heads=early))


def test_a_constant_well_and_a_gappy_one_do_no_harm(basin, wells, tmp_path):
    heads = basin.heads
    heads.loc[heads["well_id"] == wells[0], "head"] = 3.0
    gone = (heads["well_id"] == wells[1]) & (heads["date"] >= basin.settings.validation.start)
    for name in APPROACHES[:5]:
        folder = made(replace(basin, heads=heads[~gone]), name, tmp_path / name)
        data = xr.open_dataset(folder / "hindcast.nc", engine="scipy")
        assert np.isfinite(data["forecast"]).all(), name
        assert np.allclose(data["forecast"].sel(well=wells[0]), 3.0, atol=1e-3)
        assert np.isnan(data["observed"].sel(well=wells[1])).all()


@pytest.fixture(scope="module")
def study(basin, tmp_path_factory):
    """A study with every approach of the smallest profile, two seeds."""
    study = Study(prepare_basin(basin), get_profile("smoke", 2), tmp_path_factory.mktemp("study"))
    for result in transfer_work(study).values():
        result.fill()
    return study


def test_results_are_read_back_in_the_form_of_the_book(study, wells):
    assert all(result.is_finished() for result in transfer_work(study).values())
    found = transfer_results(study)
    assert found.obs.equals(found.heads.loc[found.obs.index].rename_axis(columns="well"))
    assert list(found.sims.columns.names) == ["model", "seed", "well"]
    assert list(found.sims.columns.unique("model")) == list(APPROACHES)
    counts = {name: found.sims[name].columns.unique("seed").size for name in APPROACHES}
    assert counts == {name: 1 + (name in ("IT-LSTM", "TL-LSTM", LEFT_OUT, "random forest"))
                      for name in APPROACHES}  # fmt: skip
    obs, sim = found.obs[wells[0]], found.sims["SVR", 0, wells[0]]
    expected = 1 - ((sim - obs) ** 2).sum() / ((obs - obs.mean()) ** 2).sum()
    assert nse(obs, sim) == pytest.approx(expected)
    assert (found.seconds[list(APPROACHES[:5])] > 0).all()
