"""Which runs a grid has, what a site is, and what changes when an assumption is made otherwise."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import swgw
from swgw.claims.read import read_claims
from swgw.experiments import variants as choices
from swgw.experiments.baselines import baselines
from swgw.experiments.sites import MOST_SITES, at_site, chosen_sites, find_sites, lack_of_sites
from swgw.experiments.study import open_study
from swgw.experiments.table_2 import Plan, planned_runs
from swgw.experiments.variants import (
    ALTERNATIVES,
    VARIANTS,
    alternative,
    alternatives,
    grid_runs,
    possible,
)
from swgw.experiments.work import results_of
from swgw.inputs.panel import make_panel
from swgw.models.run import BOTH, Experiment, get_profile
from swgw.storage.results import Result
from swgw.transfer.monthly import APPROACHES

# ---- the grid --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prepared():
    return swgw.prepare_basin(swgw.load_basin("heihe"))


@pytest.fixture(scope="module")
def grid(prepared):
    return grid_runs(prepared, get_profile("full"))


def run_of(grid, gauge, ahead, past, task, variant):
    where = grid[["gauge", "weather_ahead", "history", "task", "variant", "seed"]]
    (run,) = grid.loc[(where == (gauge, ahead, past, task, variant, 0)).all(axis=1), "run"]
    return run


def test_the_grid_has_each_gauge_weather_and_past(grid):
    cells = grid[["gauge", "weather_ahead", "history"]].drop_duplicates()
    assert cells["gauge"].unique().tolist() == ["yingluo", "gaoya"]
    assert len(cells) == 8
    assert cells.iloc[0].tolist() == ["yingluo", True, True]
    lower = grid.dropna(subset="upstream")[["gauge", "upstream"]].drop_duplicates()
    assert lower.to_numpy().tolist() == [["gaoya", "yingluo"]]
    assert grid["seed"].nunique() == 3


def test_variants_with_the_same_inputs_are_one_run(grid):
    """With past values 6 runs a cell and seed, without them 4: ST+ is then another variant."""
    assert grid["run"].nunique() == 4 * 3 * 6 + 4 * 3 * 4
    where = "gaoya", True, False
    for task, other in (("surface_water", "STw"), ("head", "ST")):
        assert run_of(grid, *where, task, "ST+") == run_of(grid, *where, task, other)
    where = "gaoya", True, True, "head"
    assert run_of(grid, *where, "ST+") != run_of(grid, *where, "ST")


def test_runs_that_differ_have_different_inputs(grid, prepared):
    """The panels of all runs of a seed differ, so no run is made twice under two names."""
    seen, runs = set(), grid.loc[grid["seed"] == 0, "run"].unique()
    for run in runs:
        panel = make_panel(prepared, run.inputs())
        gauge = run.gauge if "surface_water" in panel.targets else ""
        inputs = panel.values.tobytes(), panel.known.tobytes()
        seen.add((panel.targets, gauge, panel.variables, *inputs))
    assert len(seen) == len(runs)


def test_the_first_cell_is_table_2(grid, prepared):
    small = grid_runs(prepared, get_profile("quick"))
    assert set(small["run"]) <= set(planned_runs(prepared, get_profile("quick")))
    assert len(small) == sum(map(len, VARIANTS.values())) - 1
    paper = grid_runs(prepared, get_profile("paper"))
    own = paper[paper["gauge"] == "yingluo"]
    assert set(own["run"]) <= set(planned_runs(prepared, get_profile("paper")))
    first = grid[grid["variant"] != "STw"].iloc[: len(own)]
    assert set(own["run"]) == set(first["run"])


def test_profile_paper_asks_for_surface_water_at_the_next_gauge(prepared):
    paper = grid_runs(prepared, get_profile("paper"))
    lower = paper[paper["gauge"] != "yingluo"]
    assert set(lower["gauge"]) == {"gaoya"} and set(lower["upstream"]) == {"yingluo"}
    assert set(lower["task"]) == {"surface_water"} and set(lower["variant"]) == {"ST", "ST+", "MT"}
    assert not set(lower["run"]) & set(planned_runs(prepared, get_profile("paper")))


def test_another_gauge_has_baselines_of_its_own_and_the_variants_of_the_grid(tmp_path):
    study = open_study("heihe", "paper", output=tmp_path, train=False)
    other = study.at_gauge("gaoya")
    planned = {result.path for result in results_of(study)}
    assert {baselines(other, p).path for p in ("test", "validation")} <= planned
    assert baselines(other).path != baselines(study).path
    runs = [run for run in other.all_runs if run in set(study.grid["run"])]
    assert len(runs) == 9 + 9  # its own, and those of the target gauge
    assert all(study.result_of(run).path == other.result_of(run).path for run in runs)
    assert other.gauge == "gaoya" and study.gauge == "yingluo"


def test_without_past_values_a_small_grid_is_of_table_2_too(prepared):
    settings = replace(prepared.basin.settings, history=False)
    bare = replace(prepared, basin=replace(prepared.basin, settings=settings))
    runs = planned_runs(bare, get_profile("paper"))
    small = grid_runs(bare, get_profile("paper"))
    assert set(small.loc[small["gauge"] == "yingluo", "run"]) <= set(runs)
    assert "STw" not in {run.experiment.variant for run in runs}


def test_heads_alone_take_one_run_where_gauges_share_their_weather(prepared, grid):
    shared = replace(prepared, weather={"basin": prepared.weather["basin"]})
    alike = grid_runs(shared, get_profile("full"))
    for table, same in ((alike, True), (grid, False)):
        upper, lower = (run_of(table, g, True, True, "head", "ST") for g in ("yingluo", "gaoya"))
        assert (upper == lower) is same


def test_a_gauge_without_a_record_is_left_out_and_one_target_has_no_grid(prepared):
    water = prepared.surface_water.copy()
    water.loc[prepared.inside("train"), "gaoya"] = np.nan
    grid = grid_runs(replace(prepared, surface_water=water), get_profile("full"))
    assert set(grid["gauge"]) == {"yingluo"}
    assert grid["upstream"].isna().all()
    dry = replace(prepared, heads=prepared.heads * np.nan)
    assert grid_runs(dry, get_profile("full")).empty


# ---- sites -----------------------------------------------------------------------------------

GAUGES = [f"g{k}" for k in range(7)]


@pytest.fixture
def many(own_basin):
    """Seven gauges: g0 with two wells, five with one, g6 with none; one well without a gauge."""
    wells, heads, water = (
        pd.read_csv(own_basin / f"{name}.csv", dtype={"well_id": str, "gauge_id": str})
        for name in ("wells", "heads", "surface_water")
    )
    more = [wells.assign(well_id=wells["well_id"] + "b"), wells]
    wells = pd.concat(more).assign(gauge_id=["g0", "g0", "g1", "g2", "g3", "g4", "g5", ""])
    wells.to_csv(own_basin / "wells.csv", index=False)
    both = [heads, heads.assign(well_id=heads["well_id"] + "b", head=heads["head"] + 1)]
    pd.concat(both).to_csv(own_basin / "heads.csv", index=False)
    gauges = pd.DataFrame({"gauge_id": GAUGES, "longitude": 100.1, "latitude": 38.9})
    gauges.to_csv(own_basin / "gauges.csv", index=False)
    noise = np.random.default_rng(0).random((len(GAUGES), len(water)))
    flows = [
        water.assign(gauge_id=g, discharge=water["discharge"] * (k + 1) + noise[k])
        for k, g in enumerate(GAUGES)
    ]
    pd.concat(flows).to_csv(own_basin / "surface_water.csv", index=False)
    text = (own_basin / "basin.yml").read_text().replace('target_gauge: "01"', "target_gauge: g1")
    (own_basin / "basin.yml").write_text(text)
    return own_basin


@pytest.fixture
def basin_of_sites(many):
    return swgw.prepare_basin(swgw.load_basin(many))


def test_sites_are_gauges_with_wells_that_name_them(basin_of_sites):
    found = find_sites(basin_of_sites)
    assert list(found) == GAUGES[:6]
    assert found["g0"] == ["007b", "A1b"]
    assert {len(wells) for wells in found.values()} == {1, 2}
    assert not any("B1" in wells for wells in found.values())


def test_basins_without_sites_say_why(basin_of_sites, tiny_basin):
    water = basin_of_sites.surface_water.copy()
    water.loc[basin_of_sites.inside("test"), "g1"] = np.nan
    few = replace(basin_of_sites, surface_water=water)
    assert lack_of_sites(few).startswith("5 gauges with own wells, where a test")
    plain = swgw.prepare_basin(swgw.load_basin(tiny_basin))
    assert "gauge_id" in lack_of_sites(plain)
    assert chosen_sites(plain, get_profile("quick")) == {}


def test_small_profiles_take_some_of_many_sites(basin_of_sites, monkeypatch):
    monkeypatch.setitem(MOST_SITES, "quick", 3)
    assert list(chosen_sites(basin_of_sites, get_profile("quick"))) == ["g0", "g2", "g5"]


def test_nothing_of_another_site_enters_a_run(basin_of_sites):
    rng = np.random.default_rng(1)
    heads, water = basin_of_sites.heads.copy(), basin_of_sites.surface_water.copy()
    for table in (heads, water):
        others = table.columns.difference(["g1", "A2b"])
        table[others] = rng.random((len(table), len(others)))
    other = replace(basin_of_sites, heads=heads, surface_water=water)
    sites = [at_site(each, "g1", ["A2b"]) for each in (basin_of_sites, other)]
    run = Plan(sites[0], get_profile("smoke")).run(Experiment("TFT", "MT", BOTH), "g1", 0)
    first, second = (make_panel(site, run.inputs()) for site in sites)
    assert first.series == ("A2b",)
    for name in ("values", "target", "anchor", "centre", "scale"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def own_results(site):
    return [baselines(site), *map(site.result_of, site.all_runs)]


def test_each_site_is_a_study_with_folders_of_its_own(many, tmp_path):
    study = open_study(many, "smoke", 2, tmp_path / "out", train=False)
    assert list(study.sites) == GAUGES[:6]
    results = [result for site in study.sites.values() for result in own_results(site)]
    assert len(results) == 6 * (1 + 5 * 2)
    assert len({result.path for result in results}) == len(results)
    assert {r.label for r in results} <= {r.label for r in results_of(study)}
    assert study.sites["g0"].sites == {}


@pytest.mark.slow
def test_a_site_from_training_to_scores(many, tmp_path):
    study = open_study(many, "smoke", 0, tmp_path / "out", train=False)
    site = study.sites["g0"]
    for result in own_results(site):
        result.fill()
    obs, sims = site.concatenated("head")
    assert list(obs) == ["007b", "A1b"]
    assert set(site.trained("head")) == {"ST-TFT", "ST+-TFT", "MT-TFT"}
    assert np.isfinite(sims.to_numpy()).all()
    obs, sims = site.concatenated("surface_water")
    assert {"ST+-TFT", "persistence"} <= set(sims.columns.unique("model"))


def test_the_tables_of_measured_basins_are_whole():
    for name, key in {
        "claims": "key",
        "sites": ["gauge", "target"],
        "transfer": "approach",
    }.items():
        table = swgw.measured(name)
        assert not table.duplicated(["basin", *np.atleast_1d(key)]).any()
        assert not table[["basin", "data", "seeds", "commit"]].isna().to_numpy().any()
        assert table["seeds"].eq(3).all()
    table = swgw.measured("transfer")
    assert table.groupby("basin", sort=False)["wells"].max().gt(20).all()
    assert set(table["approach"]) == set(APPROACHES)
    assert (table["lower"] <= table["median"]).all() and (table["median"] <= table["upper"]).all()
    table = swgw.measured("claims")
    assert set(table["key"]) <= set(read_claims()) and table["basin"].nunique() == 2
    assert table.groupby("basin")["key"].nunique().gt(50).all()
    table = swgw.measured("sites")
    assert not table.isna().to_numpy().any()
    assert (table["low"] <= table["value"]).all() and (table["value"] <= table["high"]).all()
    assert table.groupby("gauge")["target"].nunique().eq(2).all()
    assert table["gauge"].nunique() >= 18


# ---- assumptions -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tiny_basin, tmp_path_factory):
    """A study of profile full's kind, as small as can be."""
    study = open_study(tiny_basin, "smoke", output=tmp_path_factory.mktemp("out"), train=False)
    object.__setattr__(study, "profile", replace(study.profile, grid=True))
    return study


@pytest.fixture(scope="module")
def panel(small):
    run = Plan(small.prepared, small.profile).run(Experiment("TFT", "MT", BOTH), small.gauge, 0)
    return make_panel(small.prepared, run.inputs())


def test_assumptions_on_a_panel_change_what_they_name(small, panel):
    for key in ("", "shorter", "weather", "past"):
        assert choices.changed_panel(key, panel, small.prepared) is panel
    for key, share in (("undamped", 1), ("climatology", 0)):
        assert (choices.changed_panel(key, panel, small.prepared).fading == share).all()


def test_the_level_is_the_same_series_in_another_form(small, panel):
    training = small.prepared.inside("train")
    found = choices.as_level(panel, training)
    value = panel.centre + panel.scale[:, None] * panel.target
    again = found.centre + found.scale[:, None] * found.target
    assert np.allclose(again, value, rtol=1e-4, equal_nan=True)
    assert np.allclose(np.nanmean(found.target[:, training], axis=1), 0, atol=1e-2)
    assert np.allclose(np.nanstd(found.target[:, training], axis=1), 1, atol=1e-2)
    assert (found.anchor == 0).all() and (found.typical == 1).all()


def test_assumptions_on_a_run_change_one_setting(small):
    experiment = Experiment("TFT", "MT", BOTH)
    base = alternative(small, "", experiment, 0).settings  # at this budget the run of Table 2
    assert alternative(small, "", experiment, 0).path in {
        small.result_of(run).path for run in small.runs
    }
    changed = {"weather": ["weather_ahead"], "past": ["history"]}
    changed |= {key: ["level_shift"] for key in ("fixed", "inputs", "anomaly")}
    changed |= {key: ["level_shift", "printed"] for key in ("printed", "lags")}
    for key in ALTERNATIVES:
        own = alternative(small, key, experiment, 0).settings
        own = own.get("run", own)
        differ = {name for name in own if own[name] != base[name]}
        assert differ == set(changed.get(key, []))


def test_a_basin_has_the_assumptions_that_it_allows(small):
    assert {"shorter", "weather", "level", "fixed"} <= set(possible(small.prepared))
    settings = replace(small.basin.settings, target_gauge=None, encoder_length=2)
    bare = replace(small.prepared, basin=replace(small.basin, settings=settings))
    assert not {"fixed", "shorter"} & set(possible(bare))
    results = alternatives(small)
    assert len(results) == (len(possible(small.prepared)) + 1) * len(small.seeds)
    assert len({result.path for result in results}) == len(results)


def test_an_assumption_is_trained_when_a_page_asks_for_it(small, monkeypatch):
    obs, sims = small.alternatives("head", ["", "longer"])
    assert list(sims.columns.unique("model")) == ["as in the book", "longer"]
    assert np.isfinite(sims.to_numpy()).all()
    assert obs.index.equals(sims.index)
    monkeypatch.setattr(Result, "fill", None)  # a second training would fail
    small.alternatives("head", ["", "longer"])


def test_without_lags_nothing_else_is_left_out(small):
    run = Plan(small.prepared, small.profile).run(Experiment("TFT", "MT", BOTH), small.gauge, 0)
    panel = make_panel(small.prepared, replace(run, printed=True).inputs())
    found = choices.without_lags(panel)
    gone = [name for name in panel.variables if name not in found.variables]
    assert gone == [f"surface_water_lag_{months}" for months in range(1, 13)]
    for k, name in enumerate(found.variables):
        column = panel.variables.index(name)
        assert np.array_equal(found.values[..., k], panel.values[..., column])
        assert found.known[k] == panel.known[column] and found.drifts[k] == panel.drifts[column]
