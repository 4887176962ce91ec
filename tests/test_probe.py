"""What a network needs: constructed networks whose needs are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from swgw.attribution import past, weights
from swgw.attribution import permutation as permute
from swgw.attribution.groups import OWN_PAST, PLACE, RAIN, RIVER, SEASON, group_of, parts_of_past
from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.table_2 import Plan
from swgw.inputs.panel import make_panel
from swgw.inputs.windows import issue_steps
from swgw.models.batch import Gatherer
from swgw.models.losses import QUANTILE_LEVELS
from swgw.models.profiles import get_profile
from swgw.models.run import BOTH, Experiment
from swgw.scores.skill import pinball

TARGETS = len(BOTH)


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


@pytest.fixture(scope="module")
def run(prepared):
    plan = Plan(prepared, get_profile("smoke"))
    return plan.run(Experiment("TFT", "MT", BOTH), prepared.basin.settings.target_gauge, 0)


@pytest.fixture(scope="module")
def panel(prepared, run):
    return make_panel(prepared, run.inputs())


class Reads(torch.nn.Module):
    """Forecasts every target from one input alone: its value at the last step that is known."""

    def __init__(self, place=None, real=None):
        super().__init__()
        self.place, self.real = place, real

    def forward(self, block):
        if self.real is None:
            said = block.past()[:, -1, self.place]
        else:
            said = block.static_reals()[:, self.real]
        shape = (len(said), block.lead_times, block.n_targets, len(QUANTILE_LEVELS))
        return said[:, None, None, None].expand(shape)


def rises(found, kind):
    """Sum what was found over series and blocks: (target, input)."""
    return found[kind].sum(["series", "block"])


def with_target(panel, values):
    """Let both targets be a series (series, time) at the issue time before them."""
    target = np.repeat(np.roll(values, 1, axis=1)[..., None], TARGETS, axis=-1)
    return replace(panel, target=target.astype(np.float32))


def test_the_one_input_that_is_read_matters_and_no_other(prepared, panel):
    place = panel.variables.index("surface_water_lag_3")
    told = with_target(panel, panel.values[..., place])
    found = permute.permutation_importance(Reads(place), told, prepared, 0)
    by_variable = rises(found, "rise_of_variable").to_pandas().T
    assert (by_variable.idxmax() == "surface_water_lag_3").all()
    others = by_variable.drop(index="surface_water_lag_3")
    assert (others == 0).all(axis=None) and (by_variable.loc["surface_water_lag_3"] > 0).all()
    by_group = rises(found, "rise_of_group").to_pandas().T
    assert (by_group.drop(index=RIVER) == 0).all(axis=None) and (by_group.loc[RIVER] > 0).all()
    assert (rises(found, "rise_of_static") == 0).all()


def test_a_calendar_is_worth_nothing_within_its_season(prepared, panel):
    place = panel.variables.index("season_sin")
    told = with_target(panel, panel.values[..., place])
    found = permute.permutation_importance(Reads(place), told, prepared, 0)
    assert (rises(found, "rise_of_group").sel(group=SEASON) > 0).all()
    assert np.abs(rises(found, "rise_in_season")).max() < 1e-4


def test_a_static_that_is_read_matters_alone_and_with_all(prepared, panel):
    if not panel.static_reals:
        pytest.skip("the example has no static numbers")
    values = np.repeat(panel.reals[:, :1], panel.values.shape[1], axis=1)
    found = permute.permutation_importance(Reads(real=0), with_target(panel, values), prepared, 0)
    by_static = rises(found, "rise_of_static").to_pandas().T
    assert (by_static.loc[panel.static_reals[0]] > 0).all()
    assert (by_static.loc[PLACE] == by_static.loc[panel.static_reals[0]]).all()
    assert (rises(found, "rise_of_variable") == 0).all()


def test_noise_that_is_read_is_worth_nothing(prepared, panel):
    """The null: a network that reads an input which tells nothing gains nothing from it."""
    rng = np.random.default_rng(0)
    place = panel.variables.index("precipitation")
    noise = replace(panel, values=rng.normal(size=panel.values.shape).astype(np.float32))
    noise = replace(noise, target=rng.normal(size=panel.target.shape).astype(np.float32))
    found = permute.permutation_importance(Reads(place), noise, prepared, 0)
    share = rises(found, "rise_of_variable") / found["loss"].sum(["series", "block"])
    assert np.abs(share.sel(encoder_variable="precipitation")).max() < 0.1


def test_losses_are_those_of_the_scores(prepared, panel):
    """Row by row against swgw.scores.skill' pinball loss of each window, in the typical change."""
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, _ = permute.block_rows(gatherer, prepared.basin.settings.step)
    block = gatherer.gather(rows.take(np.arange(2)))
    network = Reads(0)
    found = permute.row_losses(network, block)
    unit = block.typical.numpy()
    said, seen = network(block).numpy() / unit[..., None], block.target.numpy() / unit
    for k in range(TARGETS):
        for row in range(2):
            mine = slice(row * block.per_row, (row + 1) * block.per_row)
            counts = block.weight.numpy()[mine, :, k] > 0
            mean = pinball(seen[mine, :, k][counts], said[mine, :, k][counts], QUANTILE_LEVELS)
            assert found[k, row] == pytest.approx(mean * counts.sum(), rel=1e-5)


def test_exchanged_blocks_come_from_elsewhere(prepared, panel):
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = permute.block_rows(gatherer, prepared.basin.settings.step)
    year = prepared.steps_per_year
    plan = permute.plan_exchanges(panel, rows, blocks, year, 0)
    group = plan["rise_of_group"][RIVER]
    assert all((source.first != rows.first).all() for source in group.sources)
    assert all(set(source.first) == set(rows.first) for source in group.sources)
    for source in plan["rise_in_season"][RIVER].sources:
        assert ((source.first - rows.first) % year == 0).all()
        assert (source.first != rows.first).all()
        assert (source.first >= panel.encoder_length - 1).all()
    for static in plan["rise_of_static"].values():
        assert all((source.series != rows.series).all() for source in static.sources)


def test_groups_hold_every_input_once(panel):
    groups = [group_of(name) for name in panel.variables]
    assert {RAIN, RIVER, SEASON, OWN_PAST} <= set(groups)
    assert group_of("catchment_temperature") == RIVER and group_of("head_observed") == OWN_PAST


def test_shuffled_inputs_keep_their_values_and_lose_their_order(panel):
    changed = weights.shuffled(panel, 0)
    assert np.array_equal(np.sort(changed.values, axis=1), np.sort(panel.values, axis=1))
    order = [
        np.array_equal(changed.values[..., i], panel.values[..., i])
        for i in range(panel.values.shape[-1])
        if np.ptp(panel.values[..., i]) > 0
    ]
    assert not any(order)
    assert np.array_equal(np.sort(changed.reals, axis=0), np.sort(panel.reals, axis=0))
    assert changed.target is panel.target and changed.anchor is panel.anchor
    again = weights.shuffled(panel, 0)
    assert np.array_equal(again.values, changed.values)


def test_weights_add_up_and_a_twin_is_trained(prepared, panel, run, tmp_path):
    found = weights.train_on_shuffled(run, prepared, panel, tmp_path, 128)
    for kind in weights.KINDS:
        if found[kind].size:
            assert np.allclose(found[kind].sum(f"{kind}_variable"), 1, atol=1e-5)
    assert (tmp_path / "learning_curve.csv").is_file()


class Attends(Reads):
    """Reads an input some steps back, and says that it attends to that step."""

    def __init__(self, place, back):
        super().__init__(place)
        self.back = back

    def forward(self, block):
        said = block.past()[:, -1 - self.back, self.place]
        shape = (len(said), block.lead_times, block.n_targets, len(QUANTILE_LEVELS))
        return said[:, None, None, None].expand(shape)

    def interpret(self, block):
        weights = torch.full((len(block.target), block.lead_times, block.encoder_length), 1e-6)
        weights[..., -1 - self.back] = 1
        return {"attention": weights}


def test_the_part_of_the_past_that_is_read_matters_and_no_other(prepared, panel):
    place, back = panel.variables.index("surface_water"), 15
    told = with_target(panel, np.roll(panel.values[..., place], back, axis=1))
    found = past.importance_of_past(Attends(place, back), told, prepared, 0)
    assert found["attention"].idxmax("age").to_numpy().tolist() == ["2–3"] * found.sizes["series"]
    assert np.allclose(found["attention"].sum("age"), 1)
    rise = rises(found, "rise_of_past").to_pandas()
    assert (rise["2–3"] > 0).all() and (rise.drop(columns="2–3") == 0).all(axis=None)


def test_parts_of_the_past_hold_every_step_once():
    for length, a_month in ((73, 73 / 12), (24, 1.0), (3, 1.0), (365, 365 / 12), (52, 52 / 12)):
        steps = [i for part in parts_of_past(length, a_month).values() for i in range(length)[part]]
        assert sorted(steps) == list(range(length))
