"""Inputs of the models: windows, scales, and nothing observed after the issue time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.table_2 import CONTROLS, TABLE_2, Plan
from swgw.inputs.panel import ahead, issue_steps, make_panel
from swgw.inputs.variables import Inputs, carry_forward, standardise
from swgw.models.run import BOTH, FOLDS, fold_bins, get_profile


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


@pytest.fixture
def inputs(prepared):
    return Inputs(BOTH, BOTH, prepared.basin.settings.target_gauge, by_well=True)


def test_standardise_uses_training_years_only():
    values = pd.DataFrame({"a": [1.0, 3.0, 100.0], "b": [5.0, 5.0, 5.0]})
    training = np.array([True, True, False])
    standardised, centre, scale = standardise(values, training)
    assert centre.tolist() == [2.0, 5.0]
    assert scale.tolist() == [1.0, 1.0]
    assert standardised["a"].tolist() == [-1.0, 1.0, 98.0]


def test_gaps_carry_the_last_observation_forward():
    values = pd.DataFrame({"a": [np.nan, 1.0, np.nan, np.nan, 4.0]})
    assert carry_forward(values)["a"].tolist() == [0.0, 1.0, 1.0, 1.0, 4.0]


def test_targets_are_wholly_inside_their_period_and_in_no_other(prepared, inputs):
    panel, found = make_panel(prepared, inputs), []
    for period in ("train", "validation", "test"):
        inside = prepared.inside(period)
        issues = issue_steps(panel, inside)
        steps = ahead(issues, panel.lead_times)
        assert inside[steps].all()
        assert issues[0] >= panel.encoder_length - 1
        assert (np.diff(issues) == 1).all()
        found.append(set(steps.ravel()))
    assert not found[0] & found[1] and not (found[0] | found[1]) & found[2]


@pytest.mark.parametrize("printed", [False, True], ids=["ours", "printed"])
@pytest.mark.parametrize("experiment", TABLE_2 + CONTROLS, ids=lambda e: f"{e.name}-{e.targets}")
def test_nothing_observed_after_the_issue_time_is_an_input(prepared, experiment, printed):
    """Shuffle every observation after an issue time: the inputs of its window stay the same."""
    gauge = prepared.basin.settings.target_gauge
    run = Plan(prepared, get_profile("smoke")).run(experiment, gauge, 0)
    inputs = replace(run, printed=printed).inputs()
    issue = int(np.flatnonzero(prepared.inside("validation"))[3])
    order = np.r_[: issue + 1, np.random.default_rng(1).permutation(range(issue + 1, 365))]
    order = order[order < len(prepared.time)]
    shuffled = replace(
        prepared,
        heads=_reorder(prepared.heads, order),
        surface_water=_reorder(prepared.surface_water, order),
    )
    pairs = zip(
        _inputs_at(prepared, inputs, issue), _inputs_at(shuffled, inputs, issue), strict=True
    )
    for before, after in pairs:
        np.testing.assert_array_equal(before, after)


def test_unknown_future_weather_is_hidden(prepared, inputs):
    panel = make_panel(prepared, replace(inputs, weather_ahead=False))
    known = {name for name, k in zip(panel.variables, panel.known, strict=True) if k}
    assert "precipitation" not in known
    assert "season_sin" in known


def test_single_task_windows_hold_one_past(prepared):
    gauge = prepared.basin.settings.target_gauge
    water = make_panel(prepared, Inputs(("surface_water",), ("surface_water",), gauge, False))
    heads = make_panel(prepared, Inputs(("head",), ("head",), gauge, True))
    assert water.series == (gauge,)
    assert not [name for name in water.variables if name.startswith("head")]
    assert not [name for name in heads.variables if "surface_water" in name]


def test_scales_do_not_move_with_the_test_years(prepared, inputs):
    heads = prepared.heads.copy()
    heads.loc[~prepared.inside("train")] = 1e6
    before, after = (make_panel(p, inputs) for p in (prepared, replace(prepared, heads=heads)))
    for name in ("centre", "scale", "fading"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_without_pasts_no_observation_is_an_input(prepared, inputs):
    panel = make_panel(prepared, replace(inputs, past_of=()))
    assert not [v for v in panel.variables if v.startswith(("head", "surface_water"))]
    assert not panel.anchor.any()


def test_folds_cut_the_training_years_and_are_kept_out_of_the_fit(prepared, inputs):
    blocks = np.stack([fold_bins(prepared, fold) for fold in range(FOLDS)])
    assert (blocks.sum(axis=0) <= 1).all()
    first = prepared.basin.settings.encoder_length
    np.testing.assert_array_equal(blocks.any(axis=0)[first:], prepared.inside("train")[first:])
    changed = replace(prepared, heads=prepared.heads.copy())
    changed.heads.loc[blocks[1]] = 1e6
    before, after = (make_panel(p.without(blocks[1]), inputs) for p in (prepared, changed))
    np.testing.assert_array_equal(before.centre, after.centre)
    np.testing.assert_array_equal(before.fading, after.fading)
    assert not before.centre[..., 0].max() > 1e5


def test_lag_of_m_months_is_the_value_m_months_earlier(prepared, inputs):
    panel = make_panel(prepared, inputs)
    now = panel.values[0, :, panel.variables.index("surface_water")]
    lag = panel.values[0, :, panel.variables.index("surface_water_lag_3")]
    steps = prepared.steps_in_months(3)
    np.testing.assert_array_equal(lag[steps:], now[:-steps])


def test_discharge_enters_as_its_logarithm_and_stage_as_it_is(prepared, inputs):
    """Ten times the flow is ten times the flow at any level; a dry river is still a number."""
    flows = prepared.surface_water.copy()
    flows.iloc[:4, 0] = [0.0, 1e3, 1e4, 1e5]
    stages = replace(prepared.basin.settings, surface_water="stage")
    shown = {}
    for settings in (prepared.basin.settings, stages):
        basin = replace(prepared.basin, settings=settings)
        panel = make_panel(replace(prepared, surface_water=flows, basin=basin), inputs)
        shown[settings.surface_water] = panel.values[0, :4, panel.variables.index("surface_water")]
    assert np.isfinite(shown["discharge"]).all()
    first, second = np.diff(shown["discharge"][1:])
    assert first == pytest.approx(second, rel=0.01)
    first, second = np.diff(shown["stage"][1:])
    assert second == pytest.approx(10 * first, rel=0.01)


def _reorder(frame: pd.DataFrame, order: np.ndarray) -> pd.DataFrame:
    full = np.r_[order, np.setdiff1d(np.arange(len(frame)), order)]
    return pd.DataFrame(frame.to_numpy()[full], index=frame.index, columns=frame.columns)


def _inputs_at(prepared, inputs, issue):
    panel = make_panel(prepared, inputs)
    past = panel.values[:, : issue + 1]
    future = panel.values[:, issue + 1 : issue + 1 + panel.lead_times][:, :, panel.known]
    return past, future, panel.anchor[:, issue]


def test_as_printed_all_is_standardised_levels(prepared, inputs):
    gauge, training = inputs.gauge, prepared.inside("train")
    panel = make_panel(prepared, replace(inputs, printed=True))
    lags = [f"surface_water_lag_{months}" for months in range(1, 13)]
    weather = list(prepared.weather_of_well(panel.series[0]))
    assert list(panel.variables) == [*weather, "head", "surface_water", *lags]
    for i, well in enumerate(panel.series):
        observed = {"head": prepared.heads[well], "surface_water": prepared.surface_water[gauge]}
        for task, series in observed.items():
            level = (series - series[training].mean()) / series[training].std(ddof=0)
            target = panel.target[i, :, panel.targets.index(task)]
            assert target == pytest.approx(level.to_numpy(), abs=2e-3, nan_ok=True)
            past = panel.values[i, :, panel.variables.index(task)]
            assert past == pytest.approx(level.ffill().fillna(0).to_numpy(), abs=1e-4)
    rain = prepared.weather_of_well(panel.series[0])["precipitation"]
    level = (rain - rain[training].mean()) / rain[training].std(ddof=0)
    assert panel.values[0, :, weather.index("precipitation")] == pytest.approx(level, abs=1e-4)
    assert not panel.anchor.any() and (panel.typical == 1).all()
    assert np.ptp(panel.centre, axis=1).max() == 0


def test_as_printed_the_season_stands_in_where_nothing_else_is_known_ahead(prepared, inputs):
    panel = make_panel(prepared, replace(inputs, printed=True, weather_ahead=False))
    known = [name for name, flag in zip(panel.variables, panel.known, strict=True) if flag]
    assert {"season_sin", "season_cos"} <= set(known)
    assert not {"precipitation", "head", "surface_water"} & set(known)
