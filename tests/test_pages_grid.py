"""What section 3.3 says of the grid: differences, their differences, and the rule."""

import numpy as np
import pytest
from fake_study import make_study

from swgw.experiments.grid import Cell
from swgw.pages import coupling
from swgw.pages import grid as page
from swgw.scores import bootstrap


@pytest.fixture(scope="module")
def two():
    return make_study(gauges=2, seeds=3)


def nse(study, cell, arm, task="surface_water"):
    """Mean NSE over seeds, by hand, of the first series."""
    observed, sims = study.chains_of(study.grid.runs(cell, arm, task), task)
    obs = observed.to_numpy()[:, 0]
    known = np.isfinite(obs)
    spread = ((obs[known] - obs[known].mean()) ** 2).sum()
    return np.mean([1 - ((sim[known, 0] - obs[known]) ** 2).sum() / spread for sim in sims])


def test_each_step_is_a_difference_of_mean_scores(two):
    table = page.steps_table(two, "surface_water").set_index(["cell", "adds"])
    for cell in two.grid.cells:
        expected = nse(two, cell, "MT") - nse(two, cell, "ST+")
        assert table.loc[(cell, "second task"), "value"] == pytest.approx(expected, abs=1e-12)


def test_the_steps_add_up_to_the_papers_comparison(two):
    """STw − ST, ST+ − STw and MT − ST+ make MT − ST, also where a step is empty."""
    table = page.steps_table(two, "surface_water")
    for _, rows in table.groupby("cell", sort=False):
        parts = rows.set_index("adds")["value"]
        whole = parts.pop("all together")
        assert parts.sum() == pytest.approx(whole, abs=1e-12)


def test_without_pasts_there_is_no_step_of_information(two):
    for task in ("surface_water", "head"):
        table = page.steps_table(two, task)
        with_information = {c for c in table[table["adds"] == "information"]["cell"]}
        assert with_information == {cell for cell in two.grid.cells if cell.history}


def test_downstream_less_upstream_is_a_difference_of_differences(two):
    table = coupling.coupling_table(two).set_index(["cell", "adds"])
    for cell in [c for c in two.grid.cells if c.gauge == "g1"]:
        other = Cell("g0", cell.weather_ahead, cell.history)
        lower = nse(two, cell, "MT") - nse(two, cell, "ST")
        upper = nse(two, other, "MT") - nse(two, other, "ST")
        found = table.loc[(cell, "all together"), "value"]
        assert found == pytest.approx(lower - upper, abs=1e-12)


@pytest.mark.parametrize(
    ("below", "contrast", "verdict"),
    [
        ("supported", "supported", "supported"),
        ("supported", "inconclusive", "inconclusive"),
        ("inconclusive", "supported", "inconclusive"),
        ("supported", "contradicted", "contradicted"),
        ("contradicted", "inconclusive", "contradicted"),
        ("inconclusive", "inconclusive", "inconclusive"),
        ("not judged", "contradicted", "not judged"),
    ],
)
def test_the_rule_on_coupling(below, contrast, verdict):
    assert coupling.coupling_verdict(below, contrast) == verdict


def test_one_cell_says_which_profile_has_the_others():
    one = make_study(gauges=1, seeds=3)
    assert "--profile full" in page.words_grid(one).data
    assert "two gauges on one river" in coupling.words_coupling(one).data


def test_a_gauge_on_no_common_river_is_told_of():
    apart = make_study(gauges=2, seeds=3)
    apart.grid.pairs = list
    assert "upstream_gauge_id" in coupling.words_coupling(apart).data


def test_one_seed_judges_no_step_and_no_coupling():
    one = make_study(gauges=2, seeds=1)
    words = set(page.steps_table(one, "head")["word"]) | set(coupling.coupling_table(one)["word"])
    assert words == {"not judged"}
    assert "supported" not in coupling.words_coupling(one).data


def test_intervals_hold_the_value_and_name_their_sample(two):
    water, heads = (page.steps_table(two, task) for task in ("surface_water", "head"))
    for table in (water, heads):
        assert (table["low"] <= table["value"]).mean() > 0.9
        assert (table["value"] <= table["high"]).mean() > 0.9
    steps = len(two.observed_chain("head"))
    assert set(water["sample"]) == {steps // bootstrap.block_length("5D")}
    assert set(heads["sample"]) == {6}
