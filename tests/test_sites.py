"""Sites: gauges with wells of their own, studied one by one and tested together."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from fake_study import VARIANTS, make_study

import swgw
from swgw.experiments import site_tests
from swgw.experiments.sites import (
    MOST_SITES,
    Site,
    Sites,
    at_site,
    coupling,
    find_sites,
    lack_of_sites,
    sites_of,
)
from swgw.experiments.work import results_of
from swgw.inputs.panel import make_panel
from swgw.models.profiles import get_profile
from swgw.pages import sites as page
from swgw.storage.results import missing

GAUGES = [f"g{k}" for k in range(7)]
ERRORS = {"ST": 0.5, "ST+": 0.4, "MT": 0.2}
PAGES = [name for name in vars(page) if name.startswith(("figure_", "table_", "words_"))]


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
    places = {"gauge_id": GAUGES, "name": [f"River {g}" for g in GAUGES]}
    gauges = pd.DataFrame(places | {"longitude": 100.1, "latitude": 38.9})
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
def prepared(many):
    return swgw.prepare_basin(swgw.load_basin(many))


@pytest.fixture
def study(many, tmp_path, monkeypatch):
    """A study whose arms were not trained: their errors are drawn, those of MT the smallest."""

    def chains(self, site, arm, task):
        series = [site.gauge] if task == "surface_water" else list(site.wells)
        time = pd.date_range("2006-01-01", periods=73, freq="5D")
        rng = np.random.default_rng([len(arm), *map(ord, site.gauge + task)])
        obs = np.sin(np.arange(73) / 5)[:, None] + rng.normal(0, 0.1, (73, len(series)))
        noise = rng.normal(0, 1, (len(self.seeds), *obs.shape))
        return pd.DataFrame(obs, time, series), obs + ERRORS[arm] * noise

    def reference(self, site, name, task):
        return 0.0 * self.chains(site, "ST", task)[0]

    monkeypatch.setattr(Sites, "chains", chains)
    monkeypatch.setattr(Sites, "reference", reference)
    return swgw.open_study(many, "quick", 3, tmp_path / "out", train=False)


def test_sites_are_gauges_with_wells_that_name_them(prepared):
    found = Sites(prepared, get_profile("paper"), None).sites
    assert found == find_sites(prepared)
    assert [site.gauge for site in found] == GAUGES[:6]
    assert found[0].wells == ("007b", "A1b")
    assert {len(site.wells) for site in found[1:]} == {1}
    assert "B1" not in {well for site in found for well in site.wells}


def test_a_gauge_without_a_test_period_is_no_site(prepared):
    water = prepared.surface_water.copy()
    water.loc[prepared.inside("test"), "g1"] = np.nan
    spoiled = dataclasses.replace(prepared, surface_water=water)
    assert lack_of_sites(spoiled).startswith("5 gauges with own wells, where a test")


def test_basins_without_sites_say_why(tiny_basin):
    prepared = swgw.prepare_basin(swgw.load_basin(tiny_basin))
    assert "gauge_id" in lack_of_sites(prepared)
    assert Sites(prepared, get_profile("quick"), None).results() == []


def test_nothing_of_another_site_enters_a_run(prepared):
    profile = get_profile("smoke")
    site = Site("g1", ("A2b",))
    run = Sites(prepared, profile, None).run(site, "MT", "head", 0)
    own = at_site(prepared, site)
    rng = np.random.default_rng(1)
    heads, water = prepared.heads.copy(), prepared.surface_water.copy()
    for table in (heads, water):
        others = table.columns.difference([site.gauge, *site.wells])
        table[others] = rng.random((len(table), len(others)))
    spoiled = dataclasses.replace(prepared, heads=heads, surface_water=water)
    other = at_site(spoiled, site)
    first, second = (make_panel(each, run.inputs()) for each in (own, other))
    assert first.series == ("A2b",)
    for name in ("values", "target", "anchor", "centre", "scale"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_small_profiles_take_some_of_many_sites(prepared, monkeypatch):
    monkeypatch.setitem(MOST_SITES, "quick", 3)
    found = Sites(prepared, get_profile("quick"), None).sites
    assert [site.gauge for site in found] == ["g0", "g2", "g5"]


def test_runs_share_the_multi_task_run_and_no_folder(study):
    found = sites_of(study)
    runs = found.runs(found.sites[0])
    assert len(runs) == 5 * len(found.seeds)
    jobs = found.results()
    assert len(jobs) == 6 * (1 + 5 * 3)
    assert len({job.path for job in jobs}) == len(jobs)
    assert {job.label for job in jobs} <= {job.label for job in results_of(study)}


def test_sign_tests_literally():
    # Signed ranks of the second: the 2 alone is negative; 3 of 64 sums are as small, twice.
    assert site_tests.sign_tests([1, 1.5, 2, 3, 4, 5])["sign"] == 2 / 64
    found = site_tests.sign_tests([1, -2, 3, 4, 5, 6, 0, np.nan])
    assert (found["n"], found["better"]) == (6, 5)
    assert found["sign"] == pytest.approx(2 * 7 / 64)
    assert found["wilcoxon"] == pytest.approx(2 * 3 / 64)
    assert np.isnan(site_tests.sign_tests([0, 0])["wilcoxon"])


@pytest.mark.parametrize("task", ["surface_water", "head"])
def test_a_gain_at_every_site_is_supported(study, task):
    table = site_tests.across(study, task).set_index("adds")
    assert set(table["word"]) == {"supported"}
    line = table.loc["second task"]
    assert line["n"] == line["better"] == {"surface_water": 6, "head": 7}[task]
    assert line["sign"] == pytest.approx(2 * 0.5 ** line["n"])
    assert line["low"] < line["value"] < line["high"]
    rows = site_tests.differences(study, task)
    assert rows[rows["adds"] == "second task"]["value"].median() == pytest.approx(line["value"])
    # NSE is 1 − error²/variance, so steps add up.
    sums = rows.pivot_table(index="series", columns="adds", values="value")
    np.testing.assert_allclose(
        sums["information"] + sums["second task"], sums["all together"], atol=1e-12
    )


def test_one_seed_judges_nothing(many, tmp_path, study):
    single = swgw.open_study(many, "quick", 1, tmp_path / "one", train=False)
    assert set(site_tests.across(single, "head")["word"]) == {"not judged"}
    assert "waits for a profile with more seeds" in page.words_verdict(single).data


def test_coupling_is_a_correlation_without_the_season(prepared):
    prepared.heads["A2b"] = prepared.surface_water["g1"] * 0.5 + 3  # one river, seen in the ground
    assert coupling(prepared, Site("g1", ("A2b",)))["A2b"] == pytest.approx(1, abs=1e-6)
    step = prepared.step_of_year()
    prepared.heads["A2b"] = np.sin(step / 12)  # nothing but season
    assert not abs(coupling(prepared, Site("g1", ("A2b",)))["A2b"]) > 0.2


def test_a_gain_that_follows_the_coupling():
    r = np.linspace(0, 1, 12)
    found = site_tests.follows(r, r**3)
    assert (found.value, found.low, found.high) == (1, 1, 1)
    assert site_tests.follows(r, -r).high < 0
    mixed = site_tests.follows(r, np.where(np.arange(12) % 2, r, -r))
    assert mixed.low < 0 < mixed.high


@pytest.mark.parametrize("name", PAGES)
def test_pages_show_the_sites(study, name):
    shown = getattr(page, name)(study)
    if name.startswith("figure_"):
        assert all(axes.get_title(loc="left") for axes in shown.axes)
        assert shown.axes[0].get_xlim()[0] < shown.axes[0].get_xlim()[1]
    else:
        assert "nan" not in shown.data
        assert "Not given" not in shown.data


def test_the_forest_has_a_row_a_site_and_one_for_all(study):
    labels = [t.get_text() for t in page.figure_water(study).axes[0].get_yticklabels()]
    assert sorted(labels[:-1]) == [f"River {g}" for g in GAUGES[:6]]
    assert labels[-1] == "median of all"


@pytest.mark.parametrize("name", PAGES)
def test_pages_give_the_reason_elsewhere(name):
    shown = getattr(page, name)(make_study(**VARIANTS["two gauges"]))
    text = shown.axes[0].texts[0].get_text() if name.startswith("figure_") else shown.data
    assert "no wells that name a gauge" in " ".join(text.split())


@pytest.mark.slow
def test_a_site_from_training_to_scores(many, tmp_path):
    study = swgw.open_study(many, "smoke", 0, tmp_path / "out", train=False)
    found = sites_of(study)
    jobs = [job for job in found.results() if job.label.startswith("g0,")]
    for job in missing(jobs):
        job.fill()
    assert not missing(jobs)
    for arm in ("ST", "ST+", "MT"):
        observed, forecasts = found.chains(found.sites[0], arm, "head")
        assert list(observed) == ["007b", "A1b"]
        assert forecasts.shape == (1, *observed.shape)
        assert np.isfinite(forecasts).all()
    observed, _ = found.chains(found.sites[0], "ST", "surface_water")
    pd.testing.assert_index_equal(
        found.reference(found.sites[0], "persistence", "surface_water").index, observed.index
    )


@pytest.mark.parametrize(
    ("word", "p", "told"),
    [("inconclusive", 0.001, True), ("inconclusive", 0.2, False), ("supported", 0.001, False)],
)
def test_a_small_p_beside_an_interval_with_zero_is_explained(word, p, told):
    said = page._disagree(pd.Series({"word": word, "wilcoxon": p}))
    assert ("which decides" in said) is told
