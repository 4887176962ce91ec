"""Transfer learning: networks side by side, what they may see, and one index for all."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.models.profiles import get_profile
from swgw.transfer import make, work
from swgw.transfer.classical import forecast_support_vectors, references
from swgw.transfer.learn import learn, predict
from swgw.transfer.lstm import LAYERS, HeadLSTM, forward, layer_of, make_networks, take
from swgw.transfer.monthly import make_samples, monthly_basin, with_means
from swgw.transfer.networks import fine_tune, forecast, to_heads, train_group, tune
from swgw.transfer.plan import NETWORKS, Plan, Setting, plan_of

PLAN = Plan((0,), 2, 6, 3, 5, 1, (), 0)
FAST = Setting(5, 0.01, 0.1)


@pytest.fixture(scope="module")
def basin(tiny_basin):
    return load_basin(tiny_basin)


def wells_and_means(basin):
    wells = list(basin.wells.index)
    groups = {make.MEAN: wells} | make.left_out(wells)
    return make_samples(with_means(monthly_basin(basin), groups)), wells


@pytest.fixture(scope="module")
def samples(basin):
    return wells_and_means(basin)[0]


@pytest.fixture(scope="module")
def wells(basin):
    return list(basin.wells.index)


def noise(networks=3, windows=20, steps=6, variables=4, lead_times=2, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(networks, windows, steps, variables))
    y = x[:, :, -lead_times:, 0] - x[:, :, -lead_times:, 1] + 0.1
    y[0, ::3] = np.nan
    return x, y


def separate(weights, row):
    """One network of the batch as torch's own layers."""
    hidden, n_inputs = (
        weights["first.weight_ih_l0"].shape[1] // 4,
        weights["first.weight_ih_l0"].shape[2],
    )
    network = HeadLSTM(n_inputs, hidden, 2).double()
    network.load_state_dict({name: value[row] for name, value in weights.items()})
    return network


def doubled(weights):
    return {name: value.double() for name, value in weights.items()}


def test_networks_side_by_side_forecast_what_each_does_alone():
    x, _ = noise()
    weights = doubled(make_networks([3, 4, 5], 4, 5, 2))
    together = forward(weights, torch.as_tensor(x), 2)
    for row in range(3):
        alone = separate(weights, row)(torch.as_tensor(x[row]))
        assert torch.allclose(together[row], alone, atol=1e-12)
    assert not torch.allclose(together[0], together[1])


def train_alone(network, x, y, x_check, y_check, setting, epochs, patience):
    """The plain loop: one network, torch's own layers and optimiser."""
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=setting.learning_rate, weight_decay=setting.weight_decay
    )
    best, lowest, stale = None, np.inf, 0
    for _ in range(epochs):
        with torch.no_grad():
            check = float(((network(x_check) - y_check)[torch.isfinite(y_check)] ** 2).mean())
        if check < lowest:
            best, lowest, stale = network(x_check).detach(), check, 0
        else:
            stale += 1
        if stale >= patience:
            break
        loss = ((network(x) - y)[torch.isfinite(y)] ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return best, lowest


@pytest.mark.parametrize("patience", [2, 60])
def test_networks_side_by_side_learn_what_each_learns_alone(patience):
    (x, y), (x_check, y_check) = noise(), noise(seed=1)
    weights = doubled(make_networks([3, 4, 5], 4, 5, 2))
    setting = Setting(5, 0.2, 0.1)  # so fast that losses rise now and then, and networks stop
    learned = learn(weights, (x, y), (x_check, y_check), setting, 60, patience)
    assert patience > 2 or learned.epochs.min() < 60
    for row in range(3):
        given = [torch.as_tensor(part[row]) for part in (x, y, x_check, y_check)]
        best, lowest = train_alone(separate(weights, row), *given, setting, 60, patience)
        assert learned.loss[row] == pytest.approx(lowest, rel=1e-6)
        together = predict(learned.weights, x_check, 2)[row]
        assert np.allclose(together, best, atol=1e-6)


def test_a_network_keeps_its_bits_whoever_learns_beside_it():
    (x, y), check = noise(), noise(seed=1)
    weights = doubled(make_networks([3, 4, 5], 4, 5, 2))
    before = learn(weights, (x, y), check, FAST, 10, 10).weights
    x, y = x.copy(), y.copy()
    x[1], y[1] = 7 * x[1], -y[1]
    after = learn(weights, (x, y), check, FAST, 10, 10).weights
    for name in weights:
        assert torch.equal(before[name][[0, 2]], after[name][[0, 2]])
    assert not torch.equal(before["first.bias_ih_l0"][1], after["first.bias_ih_l0"][1])


@pytest.mark.parametrize("frozen", range(len(LAYERS) + 1))
def test_frozen_layers_stay_and_the_others_learn(frozen):
    weights = doubled(make_networks([3, 4, 5], 4, 5, 2))
    learned = learn(weights, noise(), noise(seed=1), FAST, 5, 5, frozen).weights
    assert set(learned) == set(weights)
    for name, value in weights.items():
        assert torch.equal(value, learned[name]) == (layer_of(name) < frozen), name


def test_frozen_layers_computed_once_give_the_same_forecast():
    x, _ = noise()
    weights = doubled(make_networks([3, 4, 5], 4, 5, 2))
    whole = forward(weights, torch.as_tensor(x), 2)
    for cut in range(1, len(LAYERS)):
        lower = forward(weights, torch.as_tensor(x), 2, 0, cut)
        assert torch.equal(forward(weights, lower, 2, cut), whole)


def test_a_network_without_validation_is_judged_by_its_training():
    (x, y), (x_check, y_check) = noise(), noise(seed=1)
    y_check[2] = np.nan
    learned = learn(
        doubled(make_networks([3, 4, 5], 4, 5, 2)), (x, y), (x_check, y_check), FAST, 5, 5
    )
    assert 0 < learned.loss[2] < 10


def test_every_competitor_is_scored_on_one_index(basin, samples, wells):
    x, y = samples.of(wells, "test")
    assert x.shape[:2] == y.shape[:2] == (4, 12)  # the test year is 2006, one month ahead
    heads = references(samples, wells)
    heads["network"] = forecast(samples, wells, tune(samples, wells, NETWORKS[:2], PLAN, 0))
    heads["machine"] = to_heads(samples, wells, forecast_support_vectors(samples, wells, PLAN))
    assert {values.shape for values in heads.values()} == {(4, 12, 1)}
    assert all(np.isfinite(values).all() for values in heads.values())
    months = pd.date_range("2006-01-01", periods=12, freq="MS")
    inside = samples.period == "test"
    assert (samples.valid_time[inside][:, 0] == months).all()
    monthly = monthly_basin(basin).heads.loc[months, wells].to_numpy().T
    assert np.array_equal(samples.observed[:4, inside, 0], monthly, equal_nan=True)


def test_every_competitor_sees_the_same_inputs(basin, samples, wells):
    alone = make_samples(with_means(monthly_basin(basin), {}))
    assert alone.variables == samples.variables
    assert np.array_equal(alone.x, samples.x[:4])


def test_departures_and_heads_are_two_sides_of_one_number(samples, wells):
    at = samples.rows(wells)[:, None], np.flatnonzero(samples.period == "test")
    _, y = samples.of(wells, "test")
    heads, known = to_heads(samples, wells, y), np.isfinite(y)
    assert np.allclose(heads[known], samples.observed[at][known], atol=1e-3)


def test_the_mean_is_that_of_standardised_heads(basin, wells):
    prepared = monthly_basin(basin)
    extended = with_means(prepared, {"two": wells[:2]})
    training = prepared.inside("train")
    each = [
        (prepared.heads[w] - prepared.heads[w][training].mean())
        / np.nanstd(prepared.heads[w][training])
        for w in wells[:2]
    ]
    expected = np.nanmean(np.array(each), axis=0)
    assert np.allclose(extended.heads["two"], expected, equal_nan=True)


def spoiled(basin, well=None, **changes):
    """The basin with other heads, and with other weather and water in the test years."""
    heads = basin.heads
    late = heads["date"] >= basin.settings.test.start
    rows = late if well is None else heads["well_id"] == well
    heads.loc[rows, "head"] = heads.loc[rows, "head"] * -3 + 5
    if well is not None:
        return replace(basin, heads=heads)
    forcing, water = basin.forcing, basin.surface_water
    forcing.loc[forcing["date"] >= basin.settings.test.start, "precipitation"] += 40.0
    water.loc[water["date"] >= basin.settings.test.start, "value"] *= 9.0
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
    """Weights of the networks tuned on each mean; they do learn, or nothing could reach them."""
    samples, wells = wells_and_means(basin)
    names = [make.MEAN, *make.left_out(wells)]
    settings, plan = (
        (Setting(5, 0.02, 0.0), Setting(4, 0.01, 0.0)),
        replace(PLAN, epochs=40, patience=40),
    )
    found = {}
    for group in tune(samples, names, settings, plan, 0):
        seeds = [int(row) for row in group.rows]
        first = make_networks(seeds, len(samples.variables), group.setting.hidden_size, 1)
        for i, row in enumerate(group.rows):
            found[names[row]] = take(group.weights, [i])
            assert not equal(found[names[row]], take(first, [i]))
    return found


def equal(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


def test_no_value_of_the_test_years_reaches_a_pretrained_weight(telling):
    before, after = pretrained(telling), pretrained(spoiled(telling))
    assert before.keys() == after.keys()
    assert all(equal(before[name], after[name]) for name in before)


def test_no_value_of_the_target_reaches_the_weights_that_leave_it_out(telling, wells):
    before, after = pretrained(telling), pretrained(spoiled(telling, wells[1]))
    without = make.WITHOUT + wells[1]
    assert equal(before[without], after[without])
    assert not equal(before[make.MEAN], after[make.MEAN]), "the change must be able to show"
    assert not equal(before[make.WITHOUT + wells[0]], after[make.WITHOUT + wells[0]])


def test_fine_tuning_starts_from_the_network_that_it_is_told_to(samples, wells):
    means = list(make.left_out(wells))
    group = train_group(samples, means, np.arange(4), FAST, PLAN, 0)
    tuned = fine_tune(samples, wells, [group], [3, 2, 1, 0], PLAN, frozen=len(LAYERS))
    assert all(
        torch.equal(tuned[0].weights[name], value.flip(0)) for name, value in group.weights.items()
    )


def finished(basin, name, folder):
    clusters = pd.Series([1, 1, 2, 2], basin.wells.index)
    work.carry_out(name, basin, replace(PLAN, years=(1, 2)), clusters, folder)
    return folder


@pytest.mark.parametrize("name", ["IT-LSTM", "TL-LSTM, well left out", "random forest"])
def test_a_competitor_made_twice_is_the_same(basin, tmp_path, name):
    first, second = (
        xr.open_dataset(finished(basin, name, tmp_path / way) / "hindcast.nc", engine="scipy")
        for way in ("a", "b")
    )
    assert first.identical(second)


def test_variants_and_hunger_cover_what_they_promise(basin, tmp_path):
    table = pd.read_csv(finished(basin, "variants", tmp_path / "v") / "variants.csv")
    assert set(table["variant"]) == {"frozen", "library", "wells"}
    assert set(table.loc[table["variant"] == "wells", "value"]) == {"1", "2", "3", "4"}
    hunger = pd.read_csv(finished(basin, "data hunger", tmp_path / "h") / "hunger.csv")
    assert set(hunger["years"]) == {1, 2}
    assert set(hunger["approach"]) == {"IT-LSTM", "TL-LSTM, other wells", "damped persistence"}


def test_fewer_years_change_everything_about_the_target(basin):
    from swgw.transfer.hunger import last_years

    prepared = monthly_basin(basin)
    short = last_years(prepared, 1)
    hidden = short.time <= basin.settings.train.end - pd.DateOffset(years=1)
    assert short.heads[hidden].isna().all().all()
    assert short.heads[~hidden].equals(prepared.heads[~hidden])


def only(basin, wells):
    kept = basin.heads[basin.heads["well_id"].isin(wells)]
    return replace(basin, wells=basin.wells.loc[wells], heads=kept)


def test_too_few_wells_are_named_and_three_are_enough(basin, wells):
    assert work.lack(basin) == ""
    assert work.lack(only(basin, wells[:3])) == ""
    assert "2 wells" in work.lack(only(basin, wells[:2]))
    assert work.lack(only(basin, [])) == "no wells"


def test_a_record_without_a_month_to_forecast_is_named(basin):
    short = replace(
        basin.settings, test=replace(basin.settings.test, end=pd.Timestamp("2006-01-20"))
    )
    assert "test" in work.lack(replace(basin, settings=short))


def test_a_constant_well_and_a_gappy_one_do_no_harm(basin, wells, tmp_path):
    heads = basin.heads
    heads.loc[heads["well_id"] == wells[0], "head"] = 3.0
    gone = (heads["well_id"] == wells[1]) & (heads["date"] >= basin.settings.validation.start)
    hostile = replace(basin, heads=heads[~gone])
    for name in ("IT-LSTM", "TL-LSTM", "TL-LSTM, well left out", "SVR", "random forest"):
        data = xr.open_dataset(
            finished(hostile, name, tmp_path / name) / "hindcast.nc", engine="scipy"
        )
        assert np.isfinite(data["forecast"]).all(), name
        assert np.allclose(data["forecast"].sel(well=wells[0]), 3.0, atol=1e-3)
        assert np.isnan(data["observed"].sel(well=wells[1])).all()


def test_longer_leads_are_a_parameter(basin, wells):
    samples = make_samples(with_means(monthly_basin(basin, lead_times=3), {}))
    assert samples.y.shape[-1] == 3
    heads = forecast(samples, wells, [train_group(samples, wells, np.arange(4), FAST, PLAN, 0)])
    assert heads.shape == (4, 10, 3)  # ten issue times whose three months lie in the test year


@pytest.mark.parametrize("profile", ["smoke", "quick", "paper", "full"])
def test_every_profile_has_a_plan(profile):
    plan = plan_of(get_profile(profile))
    assert plan.seeds == get_profile(profile).seeds
    assert 0 < plan.trials <= len(NETWORKS)


def test_a_family_of_virtual_basins_is_one_more_place_to_start_from(basin, tmp_path, monkeypatch):
    from swgw import virtual
    from swgw.basin.example import write_example
    from swgw.transfer.hunger import family_samples, make_hunger

    monkeypatch.setattr(virtual, "simulate", lambda folder, seed, _: write_example(folder, seed))
    family = family_samples(basin, ("precipitation", "not in the family"), 2, tmp_path)
    one = family_samples(basin, ("precipitation", "not in the family"), 1, tmp_path)
    months = len(one.period)
    assert family.x.shape == (1, 2 * months, 13, 2)
    assert np.array_equal(family.x[:, :months], one.x)
    assert not np.array_equal(family.y[:, :months], family.y[:, months:], equal_nan=True)
    assert family.x[..., 0].any()
    assert not family.x[..., 1].any()
    make_hunger(basin, replace(PLAN, years=(2,), members=2), None, tmp_path)
    table = pd.read_csv(tmp_path / "hunger.csv")
    assert "TL-LSTM, virtual family" in set(table["approach"])


def test_members_of_a_family_have_other_parameters_inside_their_ranges():
    from swgw.transfer.hunger import draw_parameters
    from swgw.virtual import parameters_table

    first, second = (parameters_table(draw_parameters(member)) for member in (1, 2))
    assert first["value"].between(first["low"], first["high"]).all()
    drawn = first["part"] != "catchment"
    assert (first.loc[drawn, "value"] != second.loc[drawn, "value"]).all()
    assert first.equals(parameters_table(draw_parameters(1)))
