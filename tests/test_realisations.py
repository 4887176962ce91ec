"""Other realisations of a virtual basin: which there are, what they compute, that they resume."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments import realisations
from swgw.experiments.realisations import (
    basin_statistics,
    explained_beyond_chance,
    farthest_less_others,
    model_statistics,
)
from swgw.inputs.wells import cluster_wells, permutation_entropy
from swgw.models.run import get_profile
from swgw.virtual import Parameters

FULL = get_profile("full")


@pytest.fixture(scope="module")
def prepared():
    return prepare_basin(load_basin("heihe"))


def seeds(prepared, tmp_path, profile=FULL):
    found = realisations.realisation_results(prepared, profile, tmp_path)
    return [result.args[0] for result in found]


def test_ten_realisations_with_seeds_that_nobody_chose(prepared, tmp_path, monkeypatch):
    assert seeds(prepared, tmp_path) == list(range(101, 111))
    profile = realisations.realisation_results(prepared, FULL, tmp_path)[0].args[2]
    assert (profile.seeds, profile.windows) == ((0,), FULL.windows)
    assert seeds(prepared, tmp_path, get_profile("paper")) == []
    monkeypatch.setattr(realisations, "load_origin", lambda folder: (104, Parameters()))
    own_left_out = [101, 102, 103, *range(105, 112)]
    assert seeds(prepared, tmp_path) == own_left_out


def test_a_basin_that_was_not_simulated_has_no_realisations(tiny_basin, tmp_path):
    assert seeds(prepare_basin(load_basin(tiny_basin)), tmp_path) == []


def test_statistics_agree_with_pandas(prepared):
    clusters = cluster_wells(prepared)
    found = basin_statistics(prepared, clusters)
    years = slice("2001", "2012")
    water, heads = prepared.surface_water["yingluo"], prepared.heads.loc[years]
    weather = prepared.weather_of_gauge("yingluo").loc[years]
    for name in ("precipitation", "temperature"):
        assert found[f"water_{name}"] == pytest.approx(water.loc[years].corr(weather[name]))
    shifts = [prepared.steps_in_months(month) for month in range(13)]
    mean = pd.concat([heads.corrwith(water.shift(k)) for k in shifts], axis=1).mean(axis=1)
    distance = prepared.basin.wells["distance_to_river"]
    entropy = heads.apply(permutation_entropy)
    assert found["head_water"] == pytest.approx(mean.mean())
    assert found["head_water_distance"] == pytest.approx(distance.corr(mean))
    assert found["entropy_distance"] == pytest.approx(distance.corr(entropy))
    far = entropy.groupby(clusters == distance.groupby(clusters).median().idxmax()).median()
    assert found["cluster_entropy"] == pytest.approx(far[True] - far[False])


def test_random_groups_explain_nothing_beyond_chance_on_average():
    rng = np.random.default_rng(0)
    values, groups = pd.Series(rng.normal(size=20)), np.arange(20) % 3
    found = [
        explained_beyond_chance(values, pd.Series(rng.permutation(groups))) for _ in range(1000)
    ]
    assert np.mean(found) == pytest.approx(0, abs=0.01)


def test_what_a_basin_lacks_gives_no_number():
    values = pd.Series([1.0, 2.0, 3.0])
    nowhere = pd.Series(np.nan, values.index)
    assert np.isnan(explained_beyond_chance(nowhere, pd.Series([1, 1, 2])))
    assert np.isnan(explained_beyond_chance(values, None))
    assert np.isnan(farthest_less_others(values, pd.Series([1, 1, 2]), nowhere))
    assert np.isnan(farthest_less_others(values, pd.Series([1, 1, 1]), values))


def test_gains_are_medians_over_wells_of_means_over_seeds(prepared):
    """Three wells, two seeds, worked by hand; a model that was not trained gives no number."""
    wells = list(prepared.heads.columns[:3])
    r2 = {"ST-TFT": (0.80, 0.70, 0.60), "ST+-TFT": (0.82, 0.70, 0.50), "MT-TFT": (0.7, 0.5, 0.4)}
    r2["damped persistence"] = (0.75, 0.75, 0.75)
    heads = pd.concat(_scored(model, wells, values) for model, values in r2.items())
    nse = {"MT-TFT": 0.7, "damped persistence": 0.9}
    water = pd.concat(_scored(model, ["gorge"], (value,)) for model, value in nse.items())
    found = model_statistics(prepared, None, {"head": heads, "surface_water": water})
    assert found["information_heads"] == pytest.approx(0.0)  # of .02, 0, −.1
    assert found["task_heads"] == pytest.approx(-0.12)  # of −.12, −.2, −.1
    assert found["gain_heads"] == pytest.approx(-0.2)  # of −.1, −.2, −.2
    assert found["baseline_heads"] == pytest.approx(-0.25)
    assert found["baseline_water"] == pytest.approx(-0.2)
    assert np.isnan(found["gain_water"])


def _scored(model, series, values):
    """Two seeds, a hundredth above and below a value; NSE and R² are alike."""
    rows = [(model, name, value + off) for off in (0.01, -0.01)
            for name, value in zip(series, values, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["model", "series", "nse"]).assign(r2=lambda t: t["nse"])


@pytest.mark.slow
def test_a_realisation_ends_with_every_statistic_and_resumes(prepared, tmp_path, monkeypatch):
    tiny = replace(get_profile("smoke"), grid=True)
    result = realisations.realisation_results(prepared, tiny, tmp_path)[0]
    score = realisations.chain_scores
    monkeypatch.setattr(realisations, "chain_scores", _stopped)
    with pytest.raises(KeyboardInterrupt):
        result.fill()
    assert realisations.read_realisations(prepared, tiny, tmp_path).empty
    monkeypatch.setattr(realisations, "chain_scores", score)
    monkeypatch.setattr(realisations, "run_record", _stopped)  # the basin is there already
    result.fill()
    table = realisations.read_realisations(prepared, tiny, tmp_path)
    assert list(table.index) == [101]
    assert np.isfinite(table.loc[101]).all()
    assert result.is_finished()


def _stopped(*_):
    raise KeyboardInterrupt
