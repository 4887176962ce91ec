"""The one bootstrap: against loops, against scores as they are, and the same on every page."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from swgw.scores import skill
from swgw.scores.means import over_seeds, sample_means
from swgw.scores.resample import (
    FROM_MOMENTS,
    _block_starts,
    _by_moments,
    _one_by_one,
    differences,
    interval,
    intervals,
)

STEPS, BLOCK = 219, 15


@pytest.fixture
def data():
    """Observations with gaps far from zero, and three models of one to three seeds."""
    rng = np.random.default_rng(4)
    time = pd.date_range("2010-01-01", periods=STEPS, freq="5D")
    obs = pd.Series(1400 + np.sin(np.arange(STEPS) / 9) + rng.normal(0, 0.2, STEPS), time)
    obs.iloc[[3, 50, 51, 52]] = np.nan
    known = obs.interpolate()
    models = {("a", 0): 0.1, ("a", 1): 0.15, ("b", 0): 0.3, ("b", 1): 0.35, ("c", 0): 0.2}
    sims = {key: known + rng.normal(0, size, STEPS) for key, size in models.items()}
    return obs, pd.DataFrame(sims).rename_axis(columns=["model", "seed"])


@pytest.fixture
def wells(data):
    """Three wells, one of which is never observed."""
    obs, sims = data
    many = pd.DataFrame({"w1": obs, "w2": 2 * obs, "w3": np.nan})
    parts = {(m, s, w): sims[m, s] * (2 if w == "w2" else 1) for m, s in sims for w in many}
    return many, pd.DataFrame(parts)


@pytest.mark.parametrize("score", FROM_MOMENTS)
def test_scores_from_moments_are_those_of_each_resample(data, score):
    obs, sims = (x.to_numpy()[:, None] if x.ndim == 1 else x.to_numpy() for x in data)
    starts = _block_starts(STEPS, BLOCK, 50)
    fast = _by_moments(obs, sims[:, :1], score, starts, BLOCK)
    slow = _one_by_one(obs, sims[:, :1], score, starts, BLOCK)
    assert np.allclose(fast, slow, rtol=1e-6)


def test_the_value_is_the_mean_over_seeds_of_the_score(data):
    obs, sims = data
    found = intervals(obs, sims, skill.nse, BLOCK)
    assert found.loc["a", "value"] == np.mean([skill.nse(obs, sims["a", s]) for s in (0, 1)])
    assert found["seeds"].tolist() == [2, 2, 1]
    assert (found["low"] < found["value"]).all() and (found["value"] < found["high"]).all()


def test_the_same_pair_has_the_same_interval_whatever_else_is_in_the_table(data):
    obs, sims = data
    alone = differences(obs, sims[["b", "a"]], [("a", "b")], skill.nse, BLOCK)
    among = differences(obs, sims, [("c", "b"), ("a", "b"), ("a", "c")], skill.nse, BLOCK)
    assert alone.loc["a − b"].equals(among.loc["a − b"])
    assert differences(obs, sims, [("b", "a")], skill.nse, BLOCK)["low"].iloc[0] == pytest.approx(
        -alone["high"].iloc[0]
    )


@pytest.mark.parametrize("seeds", [2, 3, 10])
def test_the_mean_over_seeds_varies_by_students_t(seeds):
    """Seeds that differ by constants: blocks add nothing to the spread of the bias."""
    rng = np.random.default_rng(seeds)
    off = rng.normal(size=seeds)
    obs = pd.Series(rng.normal(size=60))
    sims = pd.DataFrame({("m", seed): obs + off[seed] for seed in range(seeds)})
    row = intervals(obs, sims, skill.bias, 1).loc["m"]
    half = stats.t.ppf(0.95, seeds - 1) * off.std(ddof=1) / np.sqrt(seeds)
    assert row["value"] == pytest.approx(off.mean())
    assert [row["low"], row["high"]] == pytest.approx(
        [off.mean() - half, off.mean() + half], abs=0.15 * half
    )


def test_baselines_have_no_seeds_to_vary(data):
    obs, sims = data
    found = differences(obs, sims, [("a", "b"), ("b", "a"), ("a", "c")], skill.nse, BLOCK)
    assert found["seeds"].tolist() == [2, 2, 2]  # c has one, as baselines have


def test_wells_are_summarised_by_the_median_and_unobserved_ones_left_out(wells):
    obs, sims = wells
    found = intervals(obs, sims, skill.nse, BLOCK)
    each = [np.mean([skill.nse(obs[w], sims["a", s, w]) for s in (0, 1)]) for w in ("w1", "w2")]
    assert found.loc["a", "value"] == pytest.approx(np.median(each))
    pair = differences(obs, sims, [("a", "a")], skill.nse, BLOCK)
    assert pair["value"].iloc[0] == 0
    assert np.isnan(pair["low"].iloc[0]), "a model does not differ from itself"


def test_relative_differences_are_shares_of_the_second_score(data):
    obs, sims = data
    found = differences(obs, sims, [("a", "b")], skill.nse, BLOCK, relative=True)
    first, second = (intervals(obs, sims, skill.nse, BLOCK).loc[m, "value"] for m in "ab")
    assert found["value"].iloc[0] == pytest.approx(first / second - 1)


def test_an_own_score_is_resampled_too(data):
    obs, sims = data

    def largest_error(obs, sim):
        return float(np.nanmax(np.abs(obs - sim)))

    found = intervals(obs, sims[["a"]], largest_error, BLOCK)
    assert found.loc["a", "low"] <= found.loc["a", "value"]


def test_nothing_to_resample_gives_no_interval():
    row = interval(np.full((5, 2), np.nan))
    assert np.isnan([row["value"], row["low"], row["high"]]).all()


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """White noise in blocks of one: the 90 % interval of a bias includes zero nine times in ten."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(100):
        obs = pd.Series(rng.normal(size=80))
        sims = pd.DataFrame({("m", 0): np.zeros(80)}).rename_axis(columns=["model", "seed"])
        row = intervals(obs, sims, skill.bias, 1).loc["m"]
        held += row["low"] <= 0 <= row["high"]
    assert 82 <= held <= 97


def test_means_of_a_sample_have_intervals_over_its_rows_and_seeds():
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.normal(size=(200, 2)), columns=["a", "b"])
    table = sample_means(values)
    assert table["value"].to_numpy() == pytest.approx(values.mean().to_numpy())
    half = 1.645 * values.std() / np.sqrt(200)
    assert (table["high"] - table["low"]).to_numpy() == pytest.approx(2 * half.to_numpy(), rel=0.1)
    assert list(table) == ["value", "low", "high", "wells"] and (table["wells"] == 200).all()
    seeds = pd.concat({("a", seed): values["a"] + seed for seed in range(3)}, axis=1)
    both = sample_means(seeds, "blocks").loc["a"]
    assert (both["seeds"], both["blocks"]) == (3, 200)
    assert both["value"] == pytest.approx(values["a"].mean() + 1)
    assert both["high"] - both["low"] > 1  # seeds differ more than rows
    assert sample_means(values.assign(a=np.nan)).loc["a"].isna()[["value", "low", "high"]].all()


def test_over_seeds_is_students_t():
    found = over_seeds(pd.DataFrame({"x": [1.0, 2.0, 3.0]})).loc["x"]
    half = 2.9199856 / np.sqrt(3)
    assert found.tolist() == pytest.approx([2, 2 - half, 2 + half, 3])
    assert over_seeds(pd.DataFrame({"x": [1.0]})).loc["x"].isna().tolist() == [
        False,
        True,
        True,
        False,
    ]
