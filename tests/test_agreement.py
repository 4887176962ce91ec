"""Attributions against a truth that is known: literal answers, extremes and the null."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from swgw.attribution.attention import (
    DRIVERS,
    EVAPORATION,
    OWN_PAST,
    RAIN,
    RIVER,
    SEASON,
    agreement,
    driver_of,
    shares_by_driver,
)

WELLS = [f"w{i}" for i in range(25)]


def dirichlet(seed, seeds=1):
    """Shares at random: DataFrame (well; seed, driver)."""
    rng = np.random.default_rng(seed)
    tables = {s: pd.DataFrame(rng.dirichlet(np.ones(3), 25), WELLS, DRIVERS) for s in range(seeds)}
    return pd.concat(tables, axis=1)


def test_inputs_groups_and_drivers_have_their_driver():
    names = ["surface_water_lag_2", "catchment_wind", "precipitation", "wind", RIVER, RAIN]
    found = ["river", "river", "irrigation", "evapotranspiration", "river", "irrigation"]
    assert [driver_of(name) for name in names] == found
    assert driver_of(EVAPORATION) == driver_of("evapotranspiration") == "evapotranspiration"
    assert [driver_of(n) for n in ("head_change", "season_sin", OWN_PAST, SEASON)] == [None] * 4


def test_shares_are_of_the_three_drivers_alone():
    table = pd.DataFrame(
        [[3.0, 1.0, 2.0, -2.0, 9.0], [0.0, 0.0, 0.0, 0.0, 5.0]],
        ["a", "b"],
        ["surface_water", "surface_water_lag_1", "precipitation", "wind", "head_change"],
    )
    found = shares_by_driver(table)
    assert list(found) == DRIVERS
    assert found.loc["a"].to_numpy() == pytest.approx([4 / 6, 2 / 6, 0])
    assert found.loc["b"].isna().all()
    truth = pd.DataFrame([[1.0, 2.0, 1.0, 8.0, 8.0]], ["a"], [*DRIVERS, "pumping", "interaction"])
    assert shares_by_driver(truth).loc["a"].to_numpy() == pytest.approx([0.25, 0.5, 0.25])


def test_agreement_is_the_mean_of_spearmans_correlations():
    truth, shares = dirichlet(0)[0], dirichlet(1, seeds=2)
    found = agreement(pd.concat({"one": shares}, axis=1), truth).loc["one"]
    each = [spearmanr(shares[s][d], truth[d]).statistic for s in (0, 1) for d in DRIVERS]
    assert found["value"] == pytest.approx(np.mean(each))
    assert (found["seeds"], found["wells"]) == (2, 25)
    assert found["low"] < found["value"] < found["high"]


def test_the_truth_agrees_with_itself_and_its_inverse_does_not():
    truth = dirichlet(0)[0]
    rng = np.random.default_rng(2)
    near = {s: truth + 0.02 * rng.random(truth.shape) for s in range(3)}
    near = pd.concat(near, axis=1)
    table = agreement(pd.concat({"near": near, "inverse": 1 - near}, axis=1), truth)
    assert table.loc["near", "low"] > 0.8 and table.loc["inverse", "high"] < -0.8
    assert table.loc["inverse", "value"] == pytest.approx(-table.loc["near", "value"])


def test_a_well_without_shares_is_left_out_of_its_own_method_only():
    truth, one = dirichlet(0)[0], dirichlet(1)
    gap = one.copy()
    gap.loc["w3"] = np.nan
    found = agreement(pd.concat({"whole": one, "gap": gap}, axis=1), truth)
    assert found["wells"].to_dict() == {"whole": 25, "gap": 24}


def test_intervals_of_noise_include_zero_in_about_nine_of_ten():
    misses = 0
    for trial in range(30):
        truth, noise = dirichlet(1000 + trial)[0], dirichlet(trial, seeds=3)
        found = agreement(pd.concat({"noise": noise}, axis=1), truth).loc["noise"]
        misses += not found["low"] <= 0 <= found["high"]
    assert misses <= 8
