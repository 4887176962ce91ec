"""What attention is said to follow must not rest on one step; shares are normalised first."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from swgw.pages import attention, attention_tested
from swgw.plots import attention as plots
from swgw.plots.uncertainty import plot_by_lead as by_lead
from swgw.scores.bootstrap import Interval

TIME = pd.date_range("2008-01-01", periods=73, freq="5D")


def weather(peak):
    """Rain at random, with one step far above the others."""
    rain = np.random.default_rng(0).random(73)
    rain[38] = peak
    return pd.DataFrame({"precipitation": rain}, TIME)


@pytest.fixture
def say(monkeypatch):
    """Let a study of three seeds have some attention, random nulls, and rain."""

    def read(mean, rain):
        seeds = pd.DataFrame({seed: mean for seed in range(3)}, TIME)
        null = np.random.default_rng(1).random((80, 73))
        monkeypatch.setattr(attention, "attention_of_issue", lambda study: seeds)
        monkeypatch.setattr(attention, "null_of_issue", lambda study: null)
        monkeypatch.setattr(attention, "drivers", lambda study: rain)
        return SimpleNamespace(profile=SimpleNamespace(seeds=(0, 1, 2)))

    return read


def test_a_correlation_that_rests_on_one_step_is_named_as_such(say):
    rain = weather(20.0)
    flat = np.random.default_rng(2).random(73)
    study = say(np.where(np.arange(73) == 38, 25.0, flat), rain)
    said = attention.words_attention(study).data
    assert "r = 0.9" in said and "rests on this one step" in said
    assert "the step that begins on 9 July 2008" in said
    assert attention_tested.drivers_followed(study) == []


def test_a_correlation_over_many_steps_is_not(say):
    rain = weather(1.0)
    study = say(100 * rain["precipitation"] / rain["precipitation"].sum(), rain)
    assert "one step" not in attention.words_attention(study).data.split("precipitation")[1]
    assert attention_tested.drivers_followed(study) == ["precipitation"]


def test_a_driver_that_turns_its_sign_without_one_step_is_not_followed(say):
    rain = weather(20.0)
    mean = np.where(np.arange(73) == 38, 25.0, 1 - rain["precipitation"])
    assert attention_tested.drivers_followed(say(mean, rain)) == []


def shares_of(monkeypatch, *seeds):
    """Let each seed have rows (lead_time, encoder_step) of attention; a month is one step."""
    dims = ("lead_time", "encoder_step")
    coords = {"lead_time": [1, 2], "encoder_step": [-1, 0]}
    read = [xr.Dataset({"attention": (dims, np.array(rows))}, coords) for rows in seeds]
    monkeypatch.setattr(attention, "readings", lambda study: read)
    prepared = SimpleNamespace(steps_in_months=lambda months: 1)
    profile = SimpleNamespace(seeds=tuple(range(len(seeds))))
    return SimpleNamespace(prepared=prepared, profile=profile)


def test_each_row_of_attention_counts_alike_whatever_it_sums_to(monkeypatch):
    # the second seed keeps half of its attention for steps beyond the encoder
    study = shares_of(monkeypatch, [[0.5, 0.5], [0.8, 0.2]], [[0.5, 0.5], [0.2, 0.3]])
    late, even = attention.late_shares(study)
    assert late.to_numpy() == pytest.approx(np.array([[50, 50], [20, 60]]))
    assert even == 50
    said = attention.words_lead_times(study).data
    assert "For the longest it is 40.0 %: it falls with 1 of 2 seeds" in said
    assert "not told from chance" in said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Interval(0.6, 0.3, 0.8, (3, 9)), "**agrees** with what forecasts need"),
        (Interval(0.1, -0.3, 0.4, (3, 9)), "**tells nothing** of what forecasts need"),
        (Interval(-0.6, -0.8, -0.3, (3, 9)), "**misleads**"),
        (Interval(0.6, 0.3, 0.8, (1, 9)), "is **not judged**, with one seed"),
    ],
)
def test_what_the_rule_says_has_a_verb(found, said):
    assert attention_tested._as_needs(found) == said


def test_rain_and_attention_are_drawn_on_the_same_instants():
    mean = pd.DataFrame({0: np.ones(73)}, TIME)
    panel = plots.Panel("Precipitation", weather(2.0)["precipitation"], "", True)
    figure = plots.plot_attention(mean, np.ones((3, 73)), [panel])
    lines, bars = figure.axes
    (drawn,) = lines.get_lines()
    centres = [bar.get_x() + bar.get_width() / 2 for bar in bars.patches]
    assert drawn.get_xdata(orig=False) == pytest.approx(np.array(centres))
    plt.close(figure)


def test_even_attention_is_not_cut_by_the_frame():
    even = pd.DataFrame(100 / 73, range(-72, 1), [1, 2])
    late = pd.DataFrame(8.2, [1, 2], [0, 1])
    figure = plots.plot_lead_times(even, late, "5 days", "the last 6 steps")
    for axes, most in zip(figure.axes, (100 / 73, 8.2), strict=True):
        assert axes.get_ylim()[1] > 1.03 * most
    plt.close(figure)


def test_intervals_of_one_width_are_not_cut_by_the_frame():
    row = {"target": "Discharge", "model": "MT-TFT", "kind": "raw", "value": 5.0}
    nothing = {"low": np.nan, "high": np.nan}
    lines = pd.DataFrame([row | nothing | {"lead_time": lead} for lead in (1, 2, 3)])
    figure = by_lead(lines, ["Width [m³/s]"], "1 week")
    assert figure.axes[0].get_ylim()[1] > 1.03 * 5.0
    plt.close(figure)
