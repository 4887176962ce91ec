"""Other draws of a virtual basin: which there are, what they compute, and that they go on."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from fake_study import make_study

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments import realisations as draws
from swgw.experiments.realisation_statistics import (
    STATISTICS,
    basin_statistics,
    explained_beyond_chance,
    farthest_less_others,
    model_statistics,
)
from swgw.inputs.wells import fit_som
from swgw.models.profiles import get_profile
from swgw.pages import draws as page
from swgw.pages import drivers, groundwater
from swgw.scores.correlation import pearson
from swgw.storage.results import RunFolder

FULL = get_profile("full")


@pytest.fixture(scope="module")
def prepared():
    return prepare_basin(load_basin("heihe"))


@pytest.fixture(scope="module")
def found(prepared):
    return basin_statistics(prepared, fit_som(prepared).clusters)


def test_ten_draws_with_seeds_that_nobody_chose_and_the_budget_of_the_book(prepared):
    plan = draws.plan_draws(prepared, FULL)
    assert [draw.seed for draw in plan] == list(range(101, 111))
    assert plan[0].profile.seeds == (0,)
    assert plan[0].profile.windows == FULL.windows
    assert draws.plan_draws(prepared, get_profile("paper")) == []


def test_the_basins_own_seed_is_no_draw_of_it(prepared, monkeypatch):
    from swgw.virtual import Parameters, origin

    monkeypatch.setattr(origin, "load_origin", lambda folder: (104, Parameters()))
    seeds = [draw.seed for draw in draws.plan_draws(prepared, FULL)]
    assert seeds == [101, 102, 103, 105, 106, 107, 108, 109, 110, 111]


def test_a_basin_that_nobody_simulated_has_no_draws(tiny_basin):
    assert draws.plan_draws(prepare_basin(load_basin(tiny_basin)), FULL) == []


def test_statistics_agree_with_what_the_pages_show(prepared, found):
    """The pages compute them their own way, from a study."""
    clusters = fit_som(prepared).clusters
    basin = prepared.basin
    study = SimpleNamespace(
        prepared=prepared, basin=basin, gauge=basin.settings.target_gauge, clusters=clusters
    )
    lags = drivers.lag_table(study)  # without lag 0
    driving = drivers.driving_series(study)
    water = driving["discharge"]
    assert found["water_precipitation"] == pytest.approx(water.corr(driving["precipitation"]))
    assert found["water_temperature"] == pytest.approx(water.corr(driving["temperature"]))
    now = prepared.heads.loc["2001":"2012"].corrwith(water)
    mean = (12 * lags.mean(axis=1) + now) / 13
    assert found["head_water"] == pytest.approx(mean.mean())
    distance = basin.wells["distance_to_river"]
    r = pearson(distance.reindex(mean.index), mean, series=False).r
    assert found["head_water_distance"] == pytest.approx(r)


def test_entropy_is_that_of_the_page_on_groundwater(prepared, found, monkeypatch):
    scores = pd.DataFrame({"MT-TFT": 0.0}, index=prepared.heads.columns)
    monkeypatch.setattr(groundwater, "scores_by_well", lambda study: scores)
    monkeypatch.setattr(groundwater, "best_tft", lambda study: "MT-TFT")
    study = SimpleNamespace(
        prepared=prepared, basin=prepared.basin, clusters=fit_som(prepared).clusters, truth=None
    )
    table = groundwater.well_table.__wrapped__(study)
    assert found["entropy_distance"] == pytest.approx(table["entropy"].corr(table["distance"]))
    medians = table.assign(far=table["cluster"] == 3).groupby("far")["entropy"].median()
    assert found["cluster_entropy"] == pytest.approx(medians[True] - medians[False])


def test_random_groups_explain_nothing_beyond_chance_on_average():
    rng = np.random.default_rng(0)
    values = pd.Series(rng.normal(size=20))
    drawn = [
        explained_beyond_chance(values, pd.Series(rng.permutation(np.arange(20) % 3)))
        for _ in range(2000)
    ]
    assert np.mean(drawn) == pytest.approx(0, abs=0.01)


def test_what_a_basin_lacks_gives_no_number():
    values = pd.Series([1.0, 2.0, 3.0])
    nowhere = pd.Series(np.nan, values.index)
    assert np.isnan(explained_beyond_chance(nowhere, pd.Series([1, 1, 2])))
    assert np.isnan(explained_beyond_chance(values, None))
    assert np.isnan(farthest_less_others(values, pd.Series([1, 1, 2]), nowhere))
    assert np.isnan(farthest_less_others(values, pd.Series([1, 1, 1]), values))


def test_gains_of_heads_split_into_inputs_and_loss(prepared):
    """Three wells, two seeds; medians over wells of means over seeds, worked by hand."""
    wells = list(prepared.heads.columns[:3])
    r2 = {"ST-TFT": (0.80, 0.70, 0.60), "ST+-TFT": (0.82, 0.70, 0.50), "MT-TFT": (0.7, 0.5, 0.4)}
    floor = {"damped persistence": (0.75, 0.75, 0.75)}
    heads = pd.concat(_scored(model, wells, values) for model, values in (r2 | floor).items())
    water = pd.concat(
        _scored(model, ["gorge"], (value,))
        for model, value in {"ST-TFT": 0.6, "MT-TFT": 0.7, "damped persistence": 0.9}.items()
    )
    scores = {"head": heads, "surface_water": water}
    found = model_statistics(prepared, None, scores)
    assert found["information_heads"] == pytest.approx(0.0)  # of .02, 0, −.1
    assert found["task_heads"] == pytest.approx(-0.12)  # of −.12, −.2, −.1
    assert found["gain_heads"] == pytest.approx(-0.2)  # of −.1, −.2, −.2
    assert found["baseline_heads"] == pytest.approx(-0.25)
    assert found["floor_heads_single"] == pytest.approx(-0.05)
    assert found["gain_water"] == pytest.approx(0.1)
    assert found["baseline_water"] == pytest.approx(-0.2)


def _scored(model, series, values):
    """Two seeds, a hundredth above and below a value; NSE and R² are alike."""
    rows = [(model, seed, name, value + off) for seed, off in ((0, 0.01), (1, -0.01))
            for name, value in zip(series, values, strict=True)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["model", "seed", "series", "nse"])
    return table.assign(r2=table["nse"])


def test_an_arm_that_was_not_trained_gives_no_number(prepared):
    wells = list(prepared.heads.columns[:3])
    heads = pd.concat(_scored(m, wells, (0.5, 0.6, 0.7)) for m in ("ST-TFT", "MT-TFT"))
    found = model_statistics(prepared, None, {"head": heads, "surface_water": heads})
    assert found["gain_heads"] == pytest.approx(0)
    assert np.isnan(found["task_heads"]) and np.isnan(found["baseline_heads"])


def test_only_the_papers_signs_are_called_so():
    study = make_study(gauges=2, seeds=3)
    assert ", as the paper states," in page.over_draws(study, "gain_heads").data
    assert "the paper states" not in page.over_draws(study, "baseline_heads").data
    assert f"{sum(s.stated for s in STATISTICS.values())} of which" in page.words_draws(study).data


def test_over_draws_a_sign_is_judged_by_the_interval_of_the_mean():
    study = make_study(gauges=2, seeds=3)
    up = np.linspace(0.1, 0.4, 10)
    study.realisations = pd.DataFrame(dict.fromkeys(STATISTICS, up))
    study.realisations["r2_distance"] = np.linspace(-0.5, 0.5, 10)
    table = page.judged(study)
    assert table.loc["gain_water", "word"] == "supported"
    assert table.loc["entropy_distance", "word"] == "contradicted"  # stated below zero
    assert table.loc["entropy_distance", "agree"] == 0
    assert table.loc["r2_distance", "word"] == "inconclusive"
    assert table.loc["r2_distance", "agree"] == 5


def test_one_draw_judges_nothing():
    study = make_study(gauges=2, seeds=3)
    study.realisations = study.realisations.iloc[:1]
    assert set(page.judged(study)["word"]) == {"not judged"}


def test_beside_a_result_the_draws_are_named_or_asked_for():
    text = page.over_draws(make_study(gauges=2, seeds=3), "entropy_distance").data
    assert "of 10" in text
    assert "one virtual basin" in page.over_draws(make_study(), "entropy_distance").data
    assert page.over_draws(make_study(truth=False), "entropy_distance") is None


@pytest.mark.slow
def test_a_draw_ends_with_every_statistic_and_goes_on_where_it_stopped(
    prepared, tmp_path, monkeypatch
):
    tiny = replace(get_profile("smoke"), grid=True)
    jobs = draws.realisation_jobs(prepared, tiny, tmp_path)
    assert len(jobs) == 10
    job = jobs[0]
    score = draws.train_and_score
    monkeypatch.setattr(draws, "train_and_score", _stopped)
    with pytest.raises(KeyboardInterrupt):
        job.call(*job.args)
    assert draws.read_realisations(prepared, tiny, tmp_path).empty
    monkeypatch.setattr(draws, "train_and_score", score)
    monkeypatch.setattr("swgw.virtual.run.run_record", _stopped)  # the basin is there already
    job.call(*job.args)
    table = draws.read_realisations(prepared, tiny, tmp_path)
    assert list(table.index) == [101]
    assert np.isfinite(table.loc[101]).all()
    assert RunFolder(job.folder.path).is_finished()


def _stopped(*_):
    raise KeyboardInterrupt
