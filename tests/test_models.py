"""Losses, references and networks, against literal answers."""

import numpy as np
import pandas as pd
import pytest
import torch

from swgw.basin import load_basin
from swgw.experiments import BOTH, planned_runs
from swgw.models.batch import Batch, Gatherer
from swgw.models.fit import make_network
from swgw.models.losses import QUANTILE_LEVELS, one_minus_r2, quantile_loss
from swgw.models.references import (
    damping,
    fit_climatology,
    forecast_damped,
    forecast_persistence,
)
from swgw.models.training import Schedule, draw_rows
from swgw.prepare import prepare_basin
from swgw.profiles import get_profile
from swgw.windows import Windows, make_panel, make_windows


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


def _batch(target, weight):
    empty = torch.zeros(1)
    return Batch(empty, empty, empty, empty, empty, torch.tensor(target), torch.tensor(weight))


def test_one_minus_r2_leaves_gaps_out_and_weighs_tasks_alike():
    batch = _batch([[[1.0, 0.0], [9.0, 2.0]]], [[[1.0, 1.0], [0.0, 1.0]]])
    prediction = torch.zeros(1, 2, 2, 1)
    # head: one observation, error 1; surface water: errors 0 and 2
    assert one_minus_r2(prediction, batch).item() == pytest.approx((1.0 + 2.0) / 2)


def test_quantile_loss_is_twice_the_pinball_summed_over_levels():
    batch = _batch([[[1.0]]], [[[1.0]]])
    prediction = torch.zeros(1, 1, 1, len(QUANTILE_LEVELS))
    assert quantile_loss(prediction, batch).item() == pytest.approx(2 * sum(QUANTILE_LEVELS))


def test_quantile_loss_agrees_with_the_library():
    from pytorch_forecasting.metrics import QuantileLoss

    torch.manual_seed(0)
    prediction = torch.randn(5, 3, 1, len(QUANTILE_LEVELS))
    target = torch.randn(5, 3, 1)
    theirs = QuantileLoss(list(QUANTILE_LEVELS)).loss(prediction[:, :, 0], target[..., 0])
    ours = quantile_loss(prediction, _batch(target.tolist(), torch.ones(5, 3, 1).tolist()))
    assert ours.item() == pytest.approx(theirs.sum(dim=-1).mean().item(), rel=1e-5)


def test_persistence_repeats_the_last_observation():
    windows = Windows(np.array([0, 1]), np.array([1, 0]))
    last = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert forecast_persistence(last, windows, 2).tolist() == [[2.0, 2.0], [3.0, 3.0]]


def test_damping_is_the_slope_through_the_origin():
    anomaly = np.array([[1.0, 0.5, 0.25, 0.125]])
    assert damping(anomaly, np.ones(4, bool), 1) == pytest.approx(0.5)
    assert damping(anomaly, np.array([True, True, False, False]), 1) == pytest.approx(0.0)


def test_damped_anomaly_fades_to_the_climatology():
    anomaly = 0.5 ** np.arange(6.0)
    values = (10.0 + anomaly)[None]
    forecast = forecast_damped(
        values, np.full((1, 6), 10.0), np.ones(6, bool), Windows(np.array([0]), np.array([2])), 2
    )
    assert forecast == pytest.approx(np.array([[10.125, 10.0625]]))


def test_climatology_sees_the_training_years_only(prepared):
    changed = prepared.heads.copy()
    changed.loc[~prepared.inside("train")] = 1e6
    pd.testing.assert_frame_equal(
        fit_climatology(prepared.heads, prepared), fit_climatology(changed, prepared)
    )


def test_an_epoch_draws_every_window_once_while_there_are_enough():
    assert sorted(draw_rows(10, 10, seed=0, epoch=0)) == list(range(10))
    assert sorted(draw_rows(4, 8, seed=0, epoch=0)) == sorted([*range(4)] * 2)
    assert draw_rows(10, 10, 0, 0).tolist() != draw_rows(10, 10, 0, 1).tolist()


def test_learning_rate_rises_and_falls():
    schedule = Schedule(windows=1000, epochs=10, patience=3, batch_size=10, learning_rate=1.0)
    rates = [schedule.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


@pytest.mark.parametrize("model", ["GRU", "TFT"])
def test_forecasts_do_not_depend_on_unknown_futures(prepared, model):
    """Change what lies after the issue time in the panel itself: forecasts stay, bit by bit."""
    runs = planned_runs(prepared, get_profile("smoke"))
    run = next(r for r in runs if r.experiment.model == model and r.experiment.targets == BOTH)
    panel = make_panel(prepared, run.experiment.inputs(run.gauge))
    network = make_network(run, panel).eval()
    windows = make_windows(panel, prepared.inside("validation")).take(np.arange(3))
    before = network(Gatherer(panel).gather(windows, np.arange(3)))
    values = panel.values.copy()
    ahead = np.arange(panel.values.shape[1]) > windows.issue.max()
    values[:, ahead[:, None] & ~panel.known[None]] = 99.0
    target = np.where(np.arange(values.shape[1])[None, :, None] > windows.issue.max(), 99, 0)
    changed = type(panel)(**{**vars(panel), "values": values, "target": target.astype(np.float32)})
    after = network(Gatherer(changed).gather(windows, np.arange(3)))
    assert torch.equal(before, after)


def test_a_network_without_training_starts_from_the_last_observation(prepared):
    run = next(
        r for r in planned_runs(prepared, get_profile("smoke")) if r.experiment.name == "MT-GRU"
    )
    panel = make_panel(prepared, run.experiment.inputs(run.gauge))
    network = make_network(run, panel).eval()
    for head in network.heads:
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    windows = make_windows(panel, prepared.inside("test"))
    batch = Gatherer(panel).gather(windows, np.arange(4))
    expected = batch.anchor[:, None].expand(-1, panel.lead_times, -1)
    assert torch.equal(network(batch)[..., 0], expected)
