"""Figures that several pages draw: axes, labels and units, on data with and without each part."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.figures import BLUE, GREY, RED
from swgw.figures.drawings import names_of, plot_map, plot_scheme
from swgw.figures.series import plot_by_lead_time, plot_fan, plot_intervals, plot_series


@pytest.fixture(scope="module")
def basin(tiny_basin):
    return load_basin(tiny_basin)


@pytest.fixture
def drawn_map(basin):
    return plot_map(basin.wells, basin.gauges, basin.river, pd.Series(dtype=int), "01")


def test_map_is_true_to_scale_and_names_the_target_gauge(basin, drawn_map):
    axes = drawn_map.axes[0]
    latitude = np.mean([*basin.wells["latitude"], *basin.river["latitude"]])
    assert axes.get_aspect() == pytest.approx(1 / np.cos(np.deg2rad(latitude)), rel=0.01)
    texts = [text.get_text() for text in axes.texts]
    assert {"Bridge", "N"} <= set(texts)
    bar = next(float(text.split()[0]) for text in texts if text.endswith(" km"))
    assert bar in (1, 2, 5, 10, 20)


def test_few_wells_are_named_and_no_name_covers_a_place(basin, drawn_map):
    axes = drawn_map.axes[0]
    places = pd.concat([basin.wells, basin.gauges])
    names = [text for text in axes.texts if text.get_text() in {*names_of(places)}]
    assert len(names) == len(places)
    drawn_map.draw_without_rendering()
    boxes = [name.get_window_extent() for name in names]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    spots = axes.transData.transform(places[["longitude", "latitude"]].to_numpy(float))
    assert not any(box.contains(*spot) for box in boxes for spot in spots)


def test_many_wells_are_not_named_and_a_river_is_not_needed():
    place = {"longitude": np.linspace(7, 8, 11), "latitude": np.linspace(47, 48, 11)}
    wells = pd.DataFrame(place, index=[f"W{n}" for n in range(11)])
    figure = plot_map(wells, wells.iloc[:0], None, pd.Series(dtype=int))
    assert not any(text.get_text().startswith("W") for text in figure.axes[0].texts)


def test_names_with_dollars_are_drawn_literally():
    place = pd.DataFrame({"longitude": [7.0], "latitude": [47.0], "name": ["$5$ <b>"]}, index=["a"])
    plot_map(place, place.iloc[:0], None, pd.Series(dtype=int)).draw_without_rendering()


def test_intervals_are_coloured_by_side_and_hollow_without_ends():
    table = pd.DataFrame(
        {"value": [1, -1, 0, 2], "low": [0.5, -2, -1, np.nan], "high": [2, -0.5, 1, np.nan]},
        index=["above", "below", "both", "one seed"],
    )
    axes = plot_intervals(table, "NSE [-]")
    markers = [line for line in axes.lines if line.get_marker() == "o"]
    assert [m.get_color() for m in markers[:3]] == [BLUE, RED, GREY]
    assert markers[3].get_markerfacecolor() == "white"
    assert [t.get_text() for t in axes.get_yticklabels()] == list(table.index)
    assert axes.get_xlabel() == "NSE [-]"


def test_a_single_value_between_gaps_is_a_dot():
    time = pd.date_range("2001-01-01", periods=5)
    obs = pd.Series([1.0, np.nan, 2.0, np.nan, 3.0], time)
    axes = plot_series(obs, obs.to_frame(0), "Head [m]")
    (dots,) = [line for line in axes.lines if line.get_marker() == "."]
    assert len(dots.get_xdata()) == 3
    assert axes.get_ylabel() == "Head [m]"


def test_a_fan_sorts_crossed_quantiles():
    time = pd.date_range("2001-01-01", periods=2)
    window = xr.Dataset(
        {
            "quantiles": (("lead_time", "quantile"), [[3.0, 1.0, 2.0], [1.0, 2.0, 3.0]]),
            "valid_time": ("lead_time", time),
        },
        {"quantile": [0.1, 0.5, 0.9], "issue_time": time[0]},
    )
    axes = plot_fan(window, plt.subplots()[1], labels=True)
    assert list(axes.lines[0].get_ydata()) == [2, 2]
    assert axes.get_legend_handles_labels()[1] == ["80 % of the forecast", "median"]


def test_scores_far_below_zero_are_cut_and_the_label_says_so():
    axes = plot_by_lead_time(pd.DataFrame({"MT-TFT": [0.9, -7.0]}, [1, 2]), "NSE")
    assert axes.get_ylim()[0] == pytest.approx(-1.05)
    assert axes.get_ylabel() == "NSE (cut at −1)"


@pytest.mark.parametrize("targets", [["Head [m]"], ["Head [m]", "Discharge [m³/s]"]])
def test_schemes_have_a_branch_for_each_target(targets):
    recurrent = plot_scheme("recurrent", targets, encoder=73, leads=6)
    for figure in (recurrent, plot_scheme("tft", targets)):
        texts = " ".join(text.get_text() for text in figure.axes[0].texts)
        assert texts.count("dense") == len(targets)
        assert all(target in texts for target in targets)
