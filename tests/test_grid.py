"""The grid of the second task: which runs it has, and how arms are weighed against each other."""

from dataclasses import replace

import numpy as np
import pytest

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.grid import ARMS, Cell, Grid
from swgw.experiments.table_2 import planned_runs
from swgw.models.profiles import get_profile
from swgw.scores import bootstrap
from swgw.scores.contrasts import contrast, drawn_scores


@pytest.fixture(scope="module")
def prepared():
    return prepare_basin(load_basin("heihe"))


@pytest.fixture(scope="module")
def grid(prepared):
    return Grid(prepared, get_profile("full"))


def test_the_grid_has_each_gauge_weather_and_past(grid):
    assert grid.gauges == ("yingluo", "gaoya")
    assert len(grid.cells) == 8
    assert grid.cells[0] == Cell("yingluo", True, True)
    assert grid.pairs() == [("gaoya", "yingluo")]


def test_every_run_of_the_grid_stands_in_it_once(grid):
    """With pasts 6 runs a cell and seed, without them 4: ST+ is then an arm that is there."""
    assert len(grid.all_runs) == 4 * 3 * 6 + 4 * 3 * 4
    assert len(set(grid.all_runs)) == len(grid.all_runs)


def test_the_corner_of_the_grid_is_table_2(grid, prepared):
    planned = set(planned_runs(prepared, get_profile("full")))
    corner = {
        run
        for task, arms in ARMS.items()
        for a in arms
        for run in grid.runs(grid.cells[0], a, task)
    }
    assert len(corner) == 18
    assert corner <= planned


def test_a_profile_without_the_grid_has_the_corner_and_no_runs_of_its_own(prepared):
    grid = Grid(prepared, get_profile("paper"))
    assert grid.cells == (Cell("yingluo", True, True),)
    assert grid.all_runs == ()


def test_arms_with_the_same_inputs_are_one_run(grid):
    cell = Cell("gaoya", True, False)
    assert grid.run(cell, "ST+", "surface_water", 0) == grid.run(cell, "STw", "surface_water", 0)
    assert grid.run(cell, "ST+", "head", 0) == grid.run(cell, "ST", "head", 0)
    cell = Cell("gaoya", True, True)
    assert grid.run(cell, "ST+", "head", 0) != grid.run(cell, "ST", "head", 0)


def test_runs_that_are_told_apart_see_different_inputs(grid, prepared):
    """The panels of all runs of a seed differ, so no run is made twice under two names."""
    from swgw.inputs.panel import make_panel

    seen = set()
    for run in grid.all_runs:
        if run.seed == 0:
            panel = make_panel(prepared, run.inputs())
            seen.add(
                (panel.targets, run.gauge if "surface_water" in panel.targets else "",
                 panel.variables, panel.values.tobytes(), panel.known.tobytes())
            )  # fmt: skip
    assert len(seen) == sum(run.seed == 0 for run in grid.all_runs)


def test_heads_alone_take_one_run_where_gauges_share_their_weather(prepared, grid):
    shared = replace(prepared, weather={"basin": prepared.weather["basin"]})
    alike = Grid(shared, get_profile("full"))
    upper, lower = Cell("yingluo", True, True), Cell("gaoya", True, True)
    assert alike.run(upper, "ST", "head", 0) == alike.run(lower, "ST", "head", 0)
    assert alike.run(upper, "ST+", "head", 0) != alike.run(lower, "ST+", "head", 0)
    assert grid.run(upper, "ST", "head", 0) != grid.run(lower, "ST", "head", 0)


def test_a_gauge_without_a_record_is_left_out(prepared):
    water = prepared.surface_water.copy()
    water.loc[prepared.inside("train"), "gaoya"] = np.nan
    grid = Grid(replace(prepared, surface_water=water), get_profile("full"))
    assert grid.gauges == ("yingluo",)
    assert grid.pairs() == []


def test_a_basin_of_one_water_has_no_cell(prepared):
    dry = replace(prepared, heads=prepared.heads * np.nan)
    grid = Grid(dry, get_profile("full"))
    assert grid.cells == () and grid.all_runs == ()


def test_drawn_scores_begin_with_the_data_as_they_are():
    obs = np.array([[1.0], [2.0], [3.0], [4.0]])
    sims = np.array([obs, obs * 0 + 2.5])
    scores = drawn_scores(obs, sims, block=2, draws=50)
    assert scores.shape == (51, 2, 1)
    assert scores[0, :, 0].tolist() == [1.0, 0.0]
    assert np.nanmin(scores[:, 0]) == 1.0  # a perfect simulation on whatever blocks


def test_a_contrast_of_two_arms_is_the_difference_of_their_mean_scores():
    rng = np.random.default_rng(1)
    obs = rng.normal(size=(200, 1))
    good = obs + rng.normal(0, 0.3, (3, 200, 1))
    poor = obs + rng.normal(0, 0.6, (3, 200, 1))
    found = contrast(
        [(1, drawn_scores(obs, good, 15)), (-1, drawn_scores(obs, poor, 15))], blocks=13
    )
    other = bootstrap.difference_interval(obs[:, 0], good[..., 0], poor[..., 0], block=15)
    assert found.value == pytest.approx(other.value, abs=1e-12)
    assert found.low == pytest.approx(other.low, abs=0.03)
    assert found.high == pytest.approx(other.high, abs=0.03)
    assert bootstrap.verdict(found) == "supported"
    assert found.draws == (3, 13)


def test_an_arm_less_itself_is_nothing_and_is_not_judged():
    obs = np.arange(40.0)[:, None]
    scores = drawn_scores(obs, np.stack([obs + 1, obs - 1]), 5)
    found = contrast([(1, scores), (-1, scores)], blocks=8)
    assert found.value == 0 and np.isnan(found.low)
    assert bootstrap.verdict(found) == "not judged"


def test_what_both_differences_share_cancels_in_their_difference():
    rng = np.random.default_rng(2)
    obs = rng.normal(size=(150, 4))
    arms = [drawn_scores(obs, obs + rng.normal(0, 0.4, (3, 150, 4)), 15) for _ in range(3)]
    one, two, shared = arms
    with_shared = contrast([(1, one), (-1, shared), (-1, two), (1, shared)], 10, wells=True)
    assert with_shared == contrast([(1, one), (-1, two)], 10, wells=True)


def test_over_wells_the_value_is_the_median_and_a_well_without_a_score_is_left_out():
    obs = np.tile(np.arange(30.0)[:, None], (1, 4))
    obs[:, 3] = np.nan
    sims = obs + np.array([0.0, 1.0, 2.0, 0.0])
    scores = drawn_scores(obs, np.stack([sims, sims]), 5)
    found = contrast([(1, scores)], blocks=6, wells=True)
    assert found.value == pytest.approx(1 - 1 / np.var(np.arange(30.0)))
    assert found.draws == (2, 3)
