"""The permutation engine: constructed networks that need one input and no other."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from swgw.attribution import permutation, weights
from swgw.attribution.attention import (
    OWN_PAST,
    PLACE,
    RAIN,
    RIVER,
    SEASON,
    group_of,
    parts_of_past,
)
from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.table_2 import Plan
from swgw.inputs.panel import issue_steps, make_panel
from swgw.models.batch import Gatherer
from swgw.models.run import BOTH, Experiment, get_profile
from swgw.scores.skill import LEVELS, pinball


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


class Repeats(torch.nn.Module):
    """Forecasts every target by one input: its value some steps before the issue time."""

    def __init__(self, place=None, back=0, real=None):
        super().__init__()
        self.place, self.back, self.real = place, back, real

    def forward(self, block):
        value = (
            block.past()[:, -1 - self.back, self.place]
            if self.real is None
            else block.static_reals()[:, self.real]
        )
        shape = (len(value), block.lead_times, block.n_targets, len(LEVELS))
        return value[:, None, None, None].expand(shape)


def with_target(panel, values):
    """Let both targets be a series (series, time) at the issue time before them."""
    target = np.repeat(np.roll(values, 1, axis=1)[..., None], len(BOTH), axis=-1)
    return replace(panel, target=target.astype(np.float32))


def rises(found, kind):
    """Sum over series and blocks: DataFrame (input, target)."""
    return found[kind].sum(["series", "block"]).to_pandas()


def importance(network, panel, prepared):
    return permutation.permutation_importance(network, panel, prepared, 0)


def test_an_unused_input_leaves_the_loss_as_it_is(prepared, panel):
    name = "surface_water_lag_3"
    place = panel.variables.index(name)
    found = importance(Repeats(place), with_target(panel, panel.values[..., place]), prepared)
    for kind, used in (("rise_of_variable", name), ("rise_of_group", RIVER)):
        table = rises(found, kind)
        assert (table.loc[used] > 0).all()
        assert (table.drop(index=used) == 0).all(axis=None)
    assert (rises(found, "rise_of_static") == 0).all(axis=None)


def test_a_calendar_adds_nothing_beyond_its_season(prepared, panel):
    place = panel.variables.index("season_sin")
    found = importance(Repeats(place), with_target(panel, panel.values[..., place]), prepared)
    assert (rises(found, "rise_of_group").loc[SEASON] > 0).all()
    assert rises(found, "rise_in_season").abs().max(axis=None) < 1e-4


def test_a_static_matters_alone_and_with_the_place(prepared, panel):
    values = np.repeat(panel.reals[:, :1], panel.values.shape[1], axis=1)
    found = importance(Repeats(real=0), with_target(panel, values), prepared)
    table = rises(found, "rise_of_static")
    assert (table.loc[panel.static_reals[0]] > 0).all()
    assert (table.loc[PLACE] == table.loc[panel.static_reals[0]]).all()
    assert (rises(found, "rise_of_variable") == 0).all(axis=None)


def test_only_the_part_of_the_past_that_is_used_matters(prepared, panel):
    place, back = panel.variables.index("surface_water"), 15
    target = with_target(panel, np.roll(panel.values[..., place], back, axis=1))
    table = rises(importance(Repeats(place, back), target, prepared), "rise_of_past")
    assert (table.loc["2–3"] > 0).all() and (table.drop(index="2–3") == 0).all(axis=None)


def test_a_useless_input_has_no_importance_although_it_is_used(prepared, panel):
    """The null is calibrated: forecasts and targets are independent noise."""
    rng = np.random.default_rng(0)
    place = panel.variables.index("precipitation")
    noise = replace(panel, values=rng.normal(size=panel.values.shape).astype(np.float32))
    noise = replace(noise, target=rng.normal(size=panel.target.shape).astype(np.float32))
    found = importance(Repeats(place), noise, prepared)
    share = found["rise_of_variable"].sum(["series", "block"]) / found["loss"].sum()
    assert abs(share.sel(encoder_variable="precipitation")).max() < 0.1


def test_losses_are_those_of_the_scores(prepared, panel):
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, _ = permutation.rows_of_blocks(gatherer, prepared.basin.settings.step)
    block = gatherer.gather(rows.take(np.arange(2)))
    found = permutation.row_losses(Repeats(0), block)
    unit = block.typical.numpy()
    sim, obs = Repeats(0)(block).numpy() / unit[..., None], block.target.numpy() / unit
    for k, row in np.ndindex(len(BOTH), 2):
        mine = slice(row * block.per_row, (row + 1) * block.per_row)
        counts = block.weight.numpy()[mine, :, k] > 0
        mean = pinball(obs[mine, :, k][counts], sim[mine, :, k][counts], LEVELS)
        assert found[k, row] == pytest.approx(mean * counts.sum(), rel=1e-5)


def test_inputs_come_from_elsewhere_and_from_the_right_weeks(prepared, panel):
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = permutation.rows_of_blocks(gatherer, prepared.basin.settings.step)
    year = prepared.steps_per_year
    plan = permutation.plan_inputs(panel, rows, blocks, year, 0)
    for source in plan["rise_of_group"][RIVER].sources:
        assert (source.first != rows.first).all() and set(source.first) == set(rows.first)
    for source in plan["rise_in_season"][RIVER].sources:
        assert ((source.first - rows.first) % year == 0).all()
        assert (source.first != rows.first).all()
        assert (source.first >= panel.encoder_length - 1).all()
    for static in plan["rise_of_static"].values():
        assert all((source.series != rows.series).all() for source in static.sources)
    assert permutation._shift(1, np.random.default_rng(0)) == 0


def test_groups_and_parts_hold_everything_once(panel):
    assert {RAIN, RIVER, SEASON, OWN_PAST} <= {group_of(name) for name in panel.variables}
    assert group_of("catchment_temperature") == RIVER and group_of("head_observed") == OWN_PAST
    for length, a_month in ((73, 73 / 12), (24, 1.0), (3, 1.0), (365, 365 / 12), (52, 52 / 12)):
        steps = [i for part in parts_of_past(length, a_month).values() for i in range(length)[part]]
        assert sorted(steps) == list(range(length))


def test_a_null_model_has_the_values_and_not_their_order(panel):
    changed = weights.permuted(panel, 0)
    assert np.array_equal(np.sort(changed.values, axis=1), np.sort(panel.values, axis=1))
    varies = np.ptp(panel.values, axis=(0, 1)) > 0
    assert not (changed.values == panel.values).all(axis=(0, 1))[varies].any()
    assert np.array_equal(np.sort(changed.reals, axis=0), np.sort(panel.reals, axis=0))
    assert changed.target is panel.target and changed.anchor is panel.anchor
    assert np.array_equal(weights.permuted(panel, 0).values, changed.values)


def test_weights_of_a_null_model_add_up(prepared, panel, run, tmp_path):
    found = weights.null_model_weights(run, prepared, panel, tmp_path, 128)
    for kind in weights.KINDS:
        assert np.allclose(found[kind].sum(f"{kind}_variable"), 1, atol=1e-5)
    assert np.allclose(found["attention"].sum("age"), 1, atol=1e-5)
    assert int(found["steps"].sum()) == panel.encoder_length
    assert (tmp_path / "learning_curve.csv").is_file()
