"""The network of the challenge: its features, its blocks, and what it may use."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.challenge.blocks import BLOCKS, EMBARGO, WHOLE, block_of, training_days
from benchmarks.challenge.network import (
    SPIN_UP,
    Training,
    drivers,
    melt,
    network_inputs,
    simulate_head,
    soil,
    with_memory,
)

TINY = Training(hidden=4, steps=2, batch=2, warm_up=30, length=60)


@pytest.fixture
def record():
    """Weekly heads that follow rain, and six years of daily weather and stage."""
    days, rng = pd.date_range("2001-01-01", "2006-12-31"), np.random.default_rng(0)
    year = np.sin(2 * np.pi * days.dayofyear.to_numpy() / 365.25)
    inputs = pd.DataFrame({"precipitation": rng.gamma(0.5, 4, len(days))}, days)
    inputs["evaporation"] = np.clip(2 - 2 * year, 0, None)
    inputs["stage"] = 1 + 0.1 * inputs["precipitation"].rolling(9, min_periods=1).mean()
    inputs["temperature"] = 8 - 9 * year
    return inputs["stage"].ewm(alpha=0.02).mean()[:"2005-01-01":7], inputs


def test_blocks_take_turns_and_keep_their_distance():
    days = pd.date_range("2001-01-03", "2015-12-30", freq="7D")
    blocks = block_of(days)
    assert np.unique(blocks).tolist() == list(range(BLOCKS))
    assert (np.diff(blocks) >= 0).all()
    for block in range(BLOCKS):
        used = days[training_days(days, block)]
        gaps = abs(used.to_numpy()[:, None] - days[blocks == block].to_numpy())
        assert gaps.min() > EMBARGO
        assert len(used) > 0.7 * len(days)
    assert training_days(days, WHOLE).all()


def test_snow_waits_and_water_is_conserved():
    rng = np.random.default_rng(0)
    rain, temperature = rng.gamma(1, 5, 400), rng.normal(0, 6, 400)
    water, snow = melt(rain, temperature)
    assert water.sum() + snow[-1] == pytest.approx(rain.sum())
    assert (water[temperature < -0.5] == 0).all()
    recharge, held = soil(water, np.zeros(400), 80.0)
    assert recharge.sum() + held[-1] == pytest.approx(water.sum() + 40.0)
    assert held.max() <= 80.0


def test_features_do_not_use_later_days(record):
    _, inputs = record
    later = inputs.copy()
    later.iloc[1500:] += 7.0
    before, after = (with_memory(drivers(table), (8, 64)) for table in (inputs, later))
    last = inputs.index[1499]
    pd.testing.assert_frame_equal(before[:last], after[:last])
    assert len(before) == len(inputs) + SPIN_UP
    scaled = [network_inputs(table, last, Training()) for table in (inputs, later)]
    pd.testing.assert_frame_equal(*(table[:last] for table in scaled))
    assert not scaled[0].equals(scaled[1])


def test_the_network_uses_the_heads_and_the_seed_that_it_is_given(record):
    heads, inputs = record
    used = training_days(heads.index, 2)
    found, again, other = (simulate_head(heads, inputs, used, s, TINY) for s in (0, 0, 1))
    pd.testing.assert_series_equal(found, again)
    assert abs(found - other).max() > 1e-3
    hidden = simulate_head(heads.where(used, 50.0), inputs, used, 0, TINY)
    pd.testing.assert_series_equal(found, hidden)
