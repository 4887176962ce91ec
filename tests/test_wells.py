"""Clusters see the training years only and do not depend on the order of wells."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from antropy import perm_entropy
from sklearn.metrics import adjusted_rand_score

from swgw.inputs import wells
from swgw.inputs.wells import cluster_wells, fit_map, permutation_entropy, training_series

STEPS, PER_YEAR = 5 * 12, 12
LARGEST = 2.584962500721156  # log2(3!)


def make_prepared(heads, companion=None, distance=True):
    """Stand in for Prepared: four training years and one more, by month."""
    years = np.arange(len(heads)) // PER_YEAR
    frame = pd.DataFrame(index=heads.columns)
    if distance:
        frame["distance_to_river"] = np.argsort(np.argsort(heads.columns)).astype(float)
    settings = SimpleNamespace(companion=companion)
    return SimpleNamespace(
        basin=SimpleNamespace(wells=frame, settings=settings),
        time=heads.index,
        heads=heads,
        inside=lambda period: years < 4 if period == "train" else years == 4,
        step_of_year=lambda: np.arange(len(heads)) % PER_YEAR,
    )


@pytest.fixture
def heads():
    """Nine wells of three kinds: a season, its reverse, a fall; with noise and gaps."""
    rng = np.random.default_rng(1)
    time = pd.date_range("2001-01-01", periods=STEPS, freq="MS", name="time")
    season = np.sin(2 * np.pi * np.arange(STEPS) / PER_YEAR)
    kinds = [season, -season, -np.arange(STEPS) / 20]
    values = np.stack([kinds[i // 3] for i in range(9)], axis=1) + rng.normal(0, 0.1, (STEPS, 9))
    values = np.where(rng.random(values.shape) < 0.1, np.nan, 1400 + values)
    return pd.DataFrame(values, time, [f"w{i}" for i in range(9)])


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Train the map for as long as these few wells need."""
    monkeypatch.setattr(wells, "ITERATIONS", 1500)


def test_som_finds_three_plain_kinds(heads):
    clusters = cluster_wells(make_prepared(heads))
    assert list(clusters) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert list(clusters.index) == list(heads.columns)
    found = fit_map(training_series(make_prepared(heads)))
    assert sorted(found.node.unique()) == [0, 1, 2]
    assert 0 < found.quantisation_error < 1


def test_paper_companion_takes_the_papers_numbers(heads):
    clusters = cluster_wells(make_prepared(heads, companion="jing2025"))
    assert list(clusters) == [2, 2, 2, 1, 1, 1, 3, 3, 3]


def test_numbers_without_a_river_follow_size_then_name(heads):
    clusters = cluster_wells(make_prepared(heads.drop(columns=["w0"]), distance=False))
    assert list(clusters) == [3, 3, 1, 1, 1, 2, 2, 2]


def test_same_seed_same_result(heads):
    first, second = (cluster_wells(make_prepared(heads), seed=3) for _ in range(2))
    pd.testing.assert_series_equal(first, second)
    series = training_series(make_prepared(heads))
    first, second = (fit_map(series, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.weights, second.weights)


def test_order_of_wells_does_not_matter(heads):
    first, second = (cluster_wells(make_prepared(h)) for h in (heads, heads[heads.columns[::-1]]))
    assert list(second.index) == list(heads.columns[::-1])
    pd.testing.assert_series_equal(second.reindex(heads.columns), first)


def test_nothing_after_the_training_years_matters(heads):
    other = heads.copy()
    other.iloc[4 * PER_YEAR :] = 1e6 * np.random.default_rng(5).normal(size=(PER_YEAR, 9))
    both = make_prepared(heads), make_prepared(other)
    pd.testing.assert_series_equal(*map(cluster_wells, both))
    first, second = map(training_series, both)
    pd.testing.assert_frame_equal(first, second)
    assert first.index.equals(heads.index[: 4 * PER_YEAR])


def test_datum_and_unit_do_not_matter(heads):
    both = make_prepared(heads), make_prepared(100 * heads - 5000)
    first, second = map(cluster_wells, both)
    pd.testing.assert_series_equal(first, second)


def test_constant_and_empty_wells_are_placed_but_do_not_train(heads):
    both = make_prepared(heads), make_prepared(heads.assign(flat=1400.0, never=np.nan))
    first, second = map(cluster_wells, both)
    assert second["flat"] == second["never"]
    pd.testing.assert_series_equal(second[heads.columns], first)
    series = [training_series(prepared) for prepared in both]
    first, second = map(fit_map, series)
    assert second.quantisation_error == first.quantisation_error
    assert not series[1].isna().any().any()


def test_clusters_are_read_as_they_were_found(heads, tmp_path):
    names = ["007", "NA", "a, b", "1e5", *heads.columns[4:]]
    prepared = make_prepared(heads.set_axis(pd.Index(names, name="well_id"), axis=1))
    wells.write_clusters(prepared, 3, tmp_path)
    pd.testing.assert_series_equal(wells.read_clusters(tmp_path), cluster_wells(prepared))


def test_a_basin_of_empty_wells_has_one_cluster(heads):
    clusters = cluster_wells(make_prepared(heads * np.nan))
    assert set(clusters) == {1}


def test_gap_keeps_season_and_observed_values_stay(heads):
    full = heads.interpolate(limit_direction="both")[["w0"]]
    gappy = full.copy()
    gappy.iloc[18:24] = np.nan
    before, after = (training_series(make_prepared(h))["w0"] for h in (full, gappy))
    assert np.corrcoef(before[18:24], after[18:24])[0, 1] > 0.9
    observed = gappy["w0"][: 4 * PER_YEAR].dropna()
    expected = (observed - observed.mean()) / observed.std(ddof=0)
    np.testing.assert_allclose(after[observed.index], expected)


def test_clear_clusters_are_the_same_for_every_seed(heads):
    series = training_series(make_prepared(heads))
    groups = [fit_map(series, seed=seed).node for seed in range(3)]
    assert [adjusted_rand_score(groups[0], other) for other in groups] == [1, 1, 1]


def test_entropy_literal():
    assert permutation_entropy([4, 7, 9, 10, 6, 11, 3]) == pytest.approx(1.5219280948873621)
    assert permutation_entropy([1, 2, 3, 4]) == 0
    assert permutation_entropy([5, 5, 5, 5]) == 0
    assert permutation_entropy([1, 2, 1, 2, 1]) == pytest.approx(0.9182958340544896)


def test_entropy_agrees_with_antropy_and_stays_below_log2_of_6():
    rng = np.random.default_rng(2)
    for series in (rng.normal(size=500), rng.normal(size=500).cumsum()):
        entropy = permutation_entropy(series)
        assert entropy == pytest.approx(perm_entropy(series, order=3, normalize=False))
        assert entropy < LARGEST
    assert permutation_entropy(rng.normal(size=9000)) == pytest.approx(LARGEST, abs=0.01)


def test_entropy_uses_complete_triples_only():
    # 1 2 3 rises, 3 2 1 falls; no triple spans the gap
    assert permutation_entropy([1, 2, 3, np.nan, 3, 2, 1]) == 1
    assert np.isnan(permutation_entropy([1, 2, np.nan, 3, 4]))
    assert np.isnan(permutation_entropy([1, 2]))
    assert np.isnan(permutation_entropy([np.nan] * 9))


def test_entropy_does_not_depend_on_a_rising_change_of_unit():
    series = np.random.default_rng(3).normal(size=200)
    assert permutation_entropy(np.exp(series)) == permutation_entropy(100 * series - 7)
