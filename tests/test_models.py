"""Losses, baselines and networks, against literal answers and independent implementations."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.table_2 import planned_runs
from swgw.inputs.panel import SMALLEST_CHANGE, issue_steps, make_panel, typical_change
from swgw.inputs.variables import fit_climatology
from swgw.models.baseline import simple_forecasts
from swgw.models.batch import Block, Gatherer, Rows, one_minus_r2, quantile_loss
from swgw.models.fast_tft import Layers
from swgw.models.fit import learn, make_network
from swgw.models.recurrent import FastGRU, lstm
from swgw.models.run import BOTH, get_profile
from swgw.models.selection import GateNormMix, _line, layer_by_layer
from swgw.models.training import draw_rows, evaluate, predict, shift_levels
from swgw.scores.skill import LEVELS


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


@pytest.fixture(scope="module")
def run(prepared):
    return _run(prepared, "TFT")


def _run(prepared, model):
    runs = planned_runs(prepared, get_profile("smoke"))
    return next(r for r in runs if r.experiment.model == model and r.experiment.targets == BOTH)


def _scored(target, weight):
    empty = torch.zeros(1)
    parts = torch.tensor(target), torch.tensor(weight)
    unit = torch.ones_like(parts[0])
    return Block(empty, empty, 1, 1, empty, empty, empty, unit, *parts)


def test_one_minus_r2_leaves_gaps_out_and_weighs_tasks_alike():
    block = _scored([[[1.0, 0.0], [9.0, 2.0]]], [[[1.0, 1.0], [0.0, 1.0]]])
    prediction = torch.zeros(1, 2, 2, 1)
    # head: one observation, error 1; surface water: errors 0 and 2
    assert one_minus_r2(prediction, block).item() == pytest.approx((1.0 + 2.0) / 2)


def test_the_typical_change_is_that_of_damped_persistence_s_errors(prepared, run):
    panel, training = make_panel(prepared, run.inputs()), prepared.inside("train")
    for series, k, column in ((0, 0, 0), (2, 1, 0), (1, 2, 1)):
        errors = []
        for step in range(len(panel.time) - k - 1):
            error = panel.target[series, step + k + 1, column]
            error = error - panel.anchor[series, step, column] * panel.fading[series, k, column]
            if training[step] and training[step + k + 1] and np.isfinite(error):
                errors.append(error)
        expected = np.sqrt(np.mean(np.square(errors)))
        assert panel.typical[series, k, column] == pytest.approx(expected, rel=1e-4)


def test_constant_and_unobserved_series_have_a_unit_too():
    still, unseen = np.zeros(30), np.full(30, np.nan)
    target = np.stack([still, unseen])[..., None]
    anchor = np.zeros_like(target)
    found = typical_change(target, anchor, np.ones((2, 3, 1)), np.ones(30, bool))
    assert found[0].ravel() == pytest.approx([SMALLEST_CHANGE] * 3)
    assert found[1].ravel() == pytest.approx([1.0] * 3)


def test_quantile_loss_is_the_librarys_in_the_unit_of_the_typical_change():
    from pytorch_forecasting.metrics import QuantileLoss

    torch.manual_seed(0)
    prediction, target = torch.randn(5, 3, 1, len(LEVELS)), torch.randn(5, 3, 1)
    theirs = QuantileLoss(list(LEVELS)).loss(prediction[:, :, 0], target[..., 0])
    block = _scored(target.tolist(), torch.ones(5, 3, 1).tolist())
    for typical in (1.0, 0.25):
        ours = quantile_loss(prediction, replace(block, typical=torch.full((5, 3, 1), typical)))
        assert ours.item() * typical == pytest.approx(theirs.sum(dim=-1).mean().item(), rel=1e-5)


def test_simple_baselines_agree_with_loops_over_the_record(prepared):
    training, issues = prepared.inside("train"), np.array([80, 200, 251])
    found = simple_forecasts(prepared.heads, prepared, issues)
    climatology = fit_climatology(prepared.heads, prepared).to_numpy()
    for s, well in enumerate(prepared.heads):
        head, usual = prepared.heads[well].to_numpy(), climatology[:, s]
        anomaly = head - usual
        for i, issue in enumerate(issues):
            last = next(t for t in range(issue, -1, -1) if np.isfinite(head[t]))
            for k in (1, 3):
                pairs = [(anomaly[t - k], anomaly[t]) for t in range(k, len(head))
                         if training[t - k] and training[t]]  # fmt: skip
                early, late = np.array(pairs)[np.isfinite(pairs).all(axis=1)].T
                slope = np.clip((early @ late) / (early @ early), 0, 1)
                values = {name: array[s, i, k - 1] for name, array in found.items()}
                assert values == {
                    "persistence": pytest.approx(head[last]),
                    "climatology": pytest.approx(usual[issue + k]),
                    "damped persistence": pytest.approx(usual[issue + k] + slope * anomaly[last]),
                }


@pytest.mark.parametrize("months", [range(4, 11), (6, 7, 8), (5,)])
def test_climatology_stays_near_what_was_read_where_a_season_is_never_read(prepared, months):
    season = 2 * np.pi * prepared.time.dayofyear / 365.25
    truth = pd.Series(1502 + 3 * np.cos(season + 0.4), prepared.time)
    read = truth.where(prepared.time.month.isin(months)).rename("well").to_frame()
    fitted = fit_climatology(read + np.random.default_rng(0).normal(0, 0.3, read.shape), prepared)
    assert fitted["well"].between(1494, 1510).all()


def test_climatology_uses_the_training_years_only(prepared):
    changed = prepared.heads.copy()
    changed.loc[~prepared.inside("train")] = 1e6
    pd.testing.assert_frame_equal(
        fit_climatology(prepared.heads, prepared), fit_climatology(changed, prepared)
    )


def _gatherer(prepared, run, period="train", clusters=None):
    panel = make_panel(prepared, run.inputs(), clusters)
    return panel, Gatherer(panel, issue_steps(panel, prepared.inside(period)))


def _pairs(gatherer, rows):
    """Count how often each (series, issue step) of the period is in rows."""
    inside = gatherer.inside(rows)
    series = np.broadcast_to(rows.series[:, None], inside.shape)[inside]
    return np.unique(np.stack([series, rows.issues()[inside]]), axis=1, return_counts=True)[1]


@pytest.mark.parametrize("per_row, stride", [(1, 1), (7, 1), (5, 3), (64, 4)])
@pytest.mark.parametrize("phased", [False, True])
def test_rows_cover_every_window_once(prepared, run, per_row, stride, phased):
    panel, gatherer = _gatherer(prepared, run)
    counts = _pairs(
        gatherer, gatherer.tile(per_row, stride, np.random.default_rng(3) if phased else None)
    )
    assert len(counts) == len(panel.series) * len(gatherer.issues)
    assert (counts == 1).all()


def test_windows_outside_the_period_have_no_weight(prepared, run):
    panel, gatherer = _gatherer(prepared, run)
    first = gatherer.issues[0]
    rows = Rows(np.array([0]), np.array([first - 2]), per_row=3, stride=1)
    weight = gatherer.gather(rows).weight
    assert not weight[:2].any()
    observed = np.isfinite(panel.target[0, first + 1 : first + 1 + panel.lead_times])
    assert weight[2].numpy().astype(bool).tolist() == observed.tolist()


def test_a_block_holds_the_inputs_of_its_windows(prepared, run):
    panel, gatherer = _gatherer(prepared, run)
    rows = gatherer.tile(4, 2).take(np.array([5]))
    block = gatherer.gather(rows)
    issue, series = rows.issues()[0, 2], rows.series[0]
    past = panel.values[series, issue - panel.encoder_length + 1 : issue + 1]
    future = panel.values[series, issue + 1 : issue + 1 + panel.lead_times] * panel.known
    np.testing.assert_array_equal(block.past()[2], past)
    np.testing.assert_array_equal(block.future()[2], future)


def test_an_epoch_is_drawn_from_seed_and_number(prepared, run):
    _, gatherer = _gatherer(prepared, run)
    run = replace(run, windows=640, epochs=5, batch_size=32, per_row=8, stride=2)

    def first(seed, epoch):
        drawn = draw_rows(gatherer, replace(run, seed=seed), epoch)
        return [rows.first.tolist() for rows in drawn]

    assert len(first(0, 0)) == run.steps_per_epoch == 4
    assert first(0, 0) == first(0, 0)
    assert first(0, 0) != first(0, 1)
    assert first(0, 0) != first(1, 0)


PRECISIONS = pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-12), (torch.float32, 2e-5)],
    ids=["double", "single"],
)


def _with_gradients(function, x, parts):
    """An output, and the gradient of a fixed mixture of it for each part."""
    output = function(*x)
    mixture = torch.sin(torch.arange(output.numel(), dtype=output.dtype)).view_as(output)
    return [output, *torch.autograd.grad((output * mixture).sum(), parts)]


# The compiled tanh has the digits of single precision, in double too.
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["double", "single"])
def test_the_fast_gru_is_torch_s(dtype):
    torch.manual_seed(0)
    stock = torch.nn.GRU(3, 5, batch_first=True, dtype=dtype)
    fast = FastGRU(3, 5, dtype=dtype)
    fast.load_state_dict(stock.state_dict())
    x = torch.randn(4, 7, 3, dtype=dtype, requires_grad=True)
    found = [
        _with_gradients(lambda x, gru=gru: gru(x)[0], [x], [x, *gru.parameters()])
        for gru in (stock, fast)
    ]
    torch.testing.assert_close(*found, rtol=5e-6, atol=5e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["double", "single"])
def test_lstms_side_by_side_are_torch_s(dtype):
    torch.manual_seed(0)
    layers = [torch.nn.LSTM(3, 5, batch_first=True, dtype=dtype) for _ in range(2)]
    x = 10 * torch.randn(2, 4, 7, 3, dtype=dtype)  # some gates are saturated
    x.requires_grad_()
    weights = [torch.stack(parts) for parts in zip(*(x.parameters() for x in layers), strict=True)]

    def stock(x, *weights):
        state = (x.new_zeros(1, 4, 5),) * 2
        each = zip(x, zip(*weights, strict=True), strict=True)
        more = True, 1, 0.0, False, False, True
        return torch.stack([torch.lstm(one, state, own, *more)[0] for one, own in each])

    parts = [x, *weights]
    found = [_with_gradients(function, parts, parts) for function in (stock, lstm)]
    torch.testing.assert_close(*found, rtol=3e-5, atol=3e-5)


@PRECISIONS
def test_the_loops_of_variable_selection_are_its_layers(dtype, tolerance):
    torch.manual_seed(0)
    shapes = [(3, 6, 4), (3, 10, 4), (3, 10), (2, 3, 6), (3, 3, 5), (3, 5), (3, 5), (6, 3)]
    parts = [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]
    both = (layer_by_layer, GateNormMix.apply)
    found = [_with_gradients(function, parts, parts) for function in both]
    torch.testing.assert_close(*found, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("count", "spacing"), [(12, 1), (40, 1), (41, 2), (300, 8)])
def test_validation_is_on_evenly_spread_issue_times(prepared, run, count, spacing, monkeypatch):
    panel = make_panel(prepared, run.inputs())
    gatherer = Gatherer(panel, np.arange(100, 100 + count))
    seen = []
    gather = gatherer.gather
    monkeypatch.setattr(gatherer, "gather", lambda rows: seen.append(rows) or gather(rows))
    evaluate(torch.nn.Identity(), lambda _, block: block.weight.sum(), gatherer)
    issues = np.concatenate([rows.issues()[gatherer.inside(rows)] for rows in seen])
    series = np.concatenate([rows.series for rows in seen])
    assert np.unique(issues).tolist() == list(range(100, 100 + count, spacing))
    assert np.unique(series).tolist() == list(range(len(panel.series)))


def test_an_embedding_with_hardly_any_variance_somewhere_keeps_its_digits():
    """Slope and offset point the same way, so that the variance nearly vanishes at one place."""
    torch.manual_seed(0)
    name, scale = "resample", torch.randn(1, 8)
    parts = {
        "mask": torch.zeros(1, 5),
        "norm.weight": torch.ones(1, 5),
        "norm.bias": torch.zeros(1, 5),
    }
    x = torch.linspace(1.9, 2.1, 41)[None]

    def embedded(dtype):
        layers = Layers({f"{name}.{part}": value.to(dtype) for part, value in parts.items()}, 0.0)
        at, lines = _line(layers, name, x.to(dtype), scale.to(dtype), -2 * scale.to(dtype))
        return at[0][..., None] * lines[:, :1] + at[1][..., None] * lines[:, 1:2] + lines[:, 2:]

    assert (embedded(torch.float32) - embedded(torch.float64)).abs().max() < 1e-3


@pytest.mark.parametrize("double", [False, True], ids=["float32", "float64"])
@pytest.mark.parametrize(
    ("hidden_size", "classes", "numbers"),  # numbers are embedded in 8; how many statics
    [(4, 2, 9), (8, 2, 9), (12, 2, 9), (12, 1, 0), (12, 0, 1), (12, 2, 0), (12, 0, 2), (12, 0, 0)],
)
@pytest.mark.parametrize("variant", ["ST", "MT"])
def test_block_forward_is_the_librarys(prepared, variant, hidden_size, classes, numbers, double):
    """The same windows, weights and gaps: outputs and gradients of both forwards agree."""
    from swgw.models.networks import FlatParameters, library_batch

    runs = planned_runs(prepared, get_profile("smoke"))
    run = next(r for r in runs if r.experiment.name == f"{variant}-TFT")
    run = replace(run, hidden_size=hidden_size)
    clusters = pd.Series([1, 2, 3, 1], prepared.heads.columns)
    panel, _ = _gatherer(prepared, run, clusters=clusters)
    panel = replace(
        panel,
        static_classes=panel.static_classes[:classes], class_counts=panel.class_counts[:classes],
        static_reals=panel.static_reals[:numbers], classes=panel.classes[:, :classes],
        reals=panel.reals[:, :numbers],
    )  # fmt: skip
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("train")))
    block = gatherer.gather(gatherer.tile(6, 3).take(np.arange(4)))
    network = make_network(run, panel).eval()
    if double:
        network.tft.double()
        network.flat = FlatParameters(network.tft)
        floats = ("values", "reals", "baseline", "typical", "target", "weight")
        block = Block(**{**vars(block), **{n: getattr(block, n).double() for n in floats}})
    shared = network.output(block)
    (gradient,) = torch.autograd.grad(
        _mean_pinball(shared["prediction"], block), network.flat.vector
    )
    tft = network.tft.requires_grad_()
    stock = tft(library_batch(block))
    theirs = stock["prediction"] if variant == "MT" else [stock["prediction"]]
    theirs = torch.stack(list(theirs), dim=2)
    outputs, gradients = (1e-12, 1e-12) if double else (2e-6, 2e-6)
    assert (shared["prediction"] - theirs).abs().max() < outputs
    assert (shared["attention"] - stock["encoder_attention"]).abs().max() < outputs
    parameters = dict(tft.named_parameters())
    found = torch.autograd.grad(
        _mean_pinball(theirs, block), list(parameters.values()), allow_unused=True
    )
    for parameter, own in zip(parameters.values(), found, strict=True):
        start = parameter.storage_offset()
        mine = gradient[start : start + parameter.numel()].view(parameter.shape)
        assert (mine - (0.0 if own is None else own)).abs().max() < gradients


def _mean_pinball(prediction, block):
    block = replace(block, typical=torch.ones_like(block.typical))
    return quantile_loss(prediction, block) / (2 * len(LEVELS))


def test_the_level_of_surface_water_is_shifted_and_its_changes_stay(prepared, run):
    panel, gatherer = _gatherer(prepared, run)
    rows = gatherer.tile(8, 2)
    block = gatherer.gather(rows.take(np.arange(len(rows)).repeat(2000 // len(rows))))
    torch.manual_seed(0)
    shifted = shift_levels(block, gatherer.drifts, 0.5)
    moved = (shifted.values - block.values).numpy()  # (row, step, variable)
    drifts = np.array([name.startswith("surface_water") for name in panel.variables])
    drifts &= [not name.endswith(("climatology", "observed")) for name in panel.variables]
    assert drifts.sum() == 13 and not moved[..., ~drifts].any()
    shifts = moved[:, :1, drifts][..., :1]
    assert np.allclose(moved[..., drifts], shifts, atol=1e-5)
    assert shifts.std() == pytest.approx(0.5, rel=0.1)
    assert abs(shifts.mean()) < 0.05
    for name in ("baseline", "target", "weight", "reals"):
        assert getattr(shifted, name) is getattr(block, name)
    before = torch.get_rng_state()  # without a shift no random number is used
    assert shift_levels(block, gatherer.drifts, 0.0) is block
    assert shift_levels(block, torch.zeros_like(gatherer.drifts), 0.5) is block
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("targets", [("head",), BOTH])
def test_training_shifts_the_level_where_it_is_an_input(prepared, targets, tmp_path):
    runs = planned_runs(prepared, get_profile("smoke"))
    run = next(r for r in runs if r.experiment.model == "GRU" and r.experiment.targets == targets)
    weights = []
    for size in (0.0, 0.5):
        (folder := tmp_path / str(size)).mkdir()
        panel, changed = make_panel(prepared, run.inputs()), replace(run, level_shift=size)
        network = learn(changed, prepared, panel, folder)
        weights.append(torch.cat([p.detach().flatten() for p in network.parameters()]))
    assert torch.equal(*weights) == (targets == ("head",))


def test_learning_rate_rises_and_falls(run):
    run = replace(run, windows=1000, epochs=10, batch_size=10, learning_rate=1.0)
    rates = [run.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


@pytest.mark.parametrize("model", ["GRU", "LSTM", "TFT"])
def test_forecasts_do_not_depend_on_unknown_futures(prepared, model):
    """Change every observed input after an issue time: forecasts issued before stay the same."""
    run = _run(prepared, model)
    panel = make_panel(prepared, run.inputs())
    network = make_network(run, panel)
    issues = issue_steps(panel, prepared.inside("validation"))[:20]
    before = predict(network, panel, issues)
    ahead = np.arange(panel.values.shape[1]) > issues[-1]
    values, target, anchor = panel.values.copy(), panel.target.copy(), panel.anchor.copy()
    values[:, ahead[:, None] & ~panel.known[None]] = 99.0
    target[:, ahead], anchor[:, ahead] = 99.0, 99.0
    changed = replace(panel, values=values, target=target, anchor=anchor)
    assert np.array_equal(before, predict(network, changed, issues))


def test_forecasts_do_not_depend_on_how_windows_are_grouped(prepared, run):
    panel = make_panel(prepared, run.inputs())
    network = make_network(run, panel)
    issues = issue_steps(panel, prepared.inside("test"))
    together = predict(network, panel, issues)
    alone = np.concatenate([predict(network, panel, issues[i : i + 1]) for i in range(3)], axis=1)
    np.testing.assert_allclose(together[:, :3], alone, rtol=1e-5, atol=1e-4)


def test_a_network_without_heads_gives_damped_persistence(prepared):
    run = _run(prepared, "GRU")
    panel, gatherer = _gatherer(prepared, run, "test")
    network = make_network(run, panel).eval()
    for head in network.heads:
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    block = gatherer.gather(gatherer.tile(8, 1).take(np.arange(2)))
    assert torch.equal(network(block)[..., 0], block.baseline)
