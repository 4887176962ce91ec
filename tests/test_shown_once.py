"""What a page writes out in its cells is what the package does: shown once, then imported."""

import nbformat
import numpy as np
import pandas as pd
import pytest

from swgw.scores.resample import differences
from swgw.scores.skill import nse
from swgw.storage.files import shared


def cells(page: str) -> list[str]:
    """Sources of a page's code cells."""
    notebook = nbformat.read(shared("notebooks") / f"{page}.ipynb", 4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def cell(page: str, part: str) -> str:
    """Source of the one cell of a page that holds some text."""
    (found,) = [source for source in cells(page) if part in source]
    return found


def test_the_map_of_page_2_5_is_fit_map():
    from minisom import MiniSom

    from swgw.inputs.wells import fit_map

    time = pd.date_range("2001-01-01", periods=60, freq="MS")
    rng = np.random.default_rng(0)
    series = pd.DataFrame(rng.normal(size=(60, 7)), time, list("abcdefg"))
    space = {"series": series, "MiniSom": MiniSom, "pd": pd}
    exec(cell("02_5_som", "som.train("), space)
    assert space["node"].equals(fit_map(series, space["nodes"]).node)


@pytest.mark.parametrize("score", ["nse", "r2", "rmse"])
def test_the_equations_of_page_2_8_are_the_scores(score):
    import swgw

    space = {"np": np, "pd": pd, "r2_score": nse}
    exec(cell("02_8_metrics", "sim - obs, obs - obs.mean()"), space)
    found = getattr(swgw, score)(space["obs"], space["sim"])
    assert found == pytest.approx(space[score])


def test_the_bootstrap_of_page_2_8_agrees_with_differences():
    """Another generator and fewer resamples: the ends agree to within a tenth of the width."""
    import swgw

    rng, time = np.random.default_rng(1), pd.date_range("2010-01-01", periods=219, freq="5D")
    observed = pd.Series(np.sin(np.arange(219) / 9) + rng.normal(0, 0.3, 219), time)
    models = pd.DataFrame({"m": observed + rng.normal(0, 0.3, 219), "b": observed * 0.7})
    sims = pd.concat({0: models}, axis=1).swaplevel(axis=1)

    class Study:
        block = 15
        trained, best_baseline = staticmethod(lambda task: ["m"]), staticmethod(lambda task: "b")

    space = {"study": Study, "task": "head", "observed": observed, "models": models}
    space |= {"np": np, "pd": pd, "swgw": swgw}
    exec(cell("02_8_metrics", "rng.integers(0, len(pair)"), space)
    found = np.quantile(space["found"], [0.05, 0.95])
    by_package = differences(observed, sims, [("m", "b")], nse, 15).iloc[0]
    width = by_package["high"] - by_package["low"]
    assert abs(found[0] - by_package["low"]) < 0.1 * width
    assert abs(found[1] - by_package["high"]) < 0.1 * width


def test_the_equation_of_the_river_in_the_appendix_is_that_of_the_simulator():
    from swgw.virtual import Parameters
    from swgw.virtual.domain import make_domain
    from swgw.virtual.reach import River

    space = {"parameters": Parameters(), "np": np}
    exec(cell("virtual_basin", "river.leakance * width").partition("axes =")[0], space)
    river = River(make_domain(Parameters().aquifer, seed=0), Parameters().river)
    for k, flow in enumerate(space["flow"]):
        loss = river.potential_loss(np.full_like(river.bed, flow), river.bed + space["head"].T)
        assert (loss * 1000 / river.length)[0] == pytest.approx(space["loss"][:, k], abs=1e-9)


@pytest.fixture
def double():
    """Let new tensors have double precision."""
    import torch

    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_the_network_of_page_6_is_the_package_s(tiny_basin, double):
    """Torch's own layers and one network at a time, against many side by side."""
    import torch
    from torch import nn

    from swgw.basin.folder import load_basin
    from swgw.transfer import competitors
    from swgw.transfer.monthly import MEAN, NETWORKS, Plan, monthly, monthly_windows

    prepared = monthly(load_basin(tiny_basin))
    wells = list(prepared.heads)
    windows = monthly_windows(prepared, {MEAN: wells})
    windows = windows.assign({name: windows[name].astype(float) for name in "xy"})
    task = competitors.Task(windows, wells, Plan((0,), 1, 60, 10, 5, 1))
    mean = competitors.train(task, {MEAN: NETWORKS[0]}, 0)[MEAN]
    tuned = competitors.fine_tune(task, dict.fromkeys(wells, mean))

    space = {"np": np, "torch": torch, "nn": nn}
    space["transfer"] = type("Results", (), {"windows": windows})
    for name in ("def data(", "def forecast(", "def fit("):
        exec(cell("06_transfer", name), space)
    data, fit, forecast = space["data"], space["fit"], space["forecast"]
    net, departures = space["build"](windows.sizes["variable"]), []
    found = fit(net, data(MEAN, "train"), data(MEAN, "validation"), rate=0.003)
    assert found == pytest.approx(mean.loss, rel=1e-6)
    start = {name: value.clone() for name, value in net.state_dict().items()}
    net.lstm.requires_grad_(False)
    for well in wells:
        net.load_state_dict(start)
        found = fit(net, data(well, "train"), data(well, "validation"), rate=0.001)
        assert found == pytest.approx(tuned[well].loss, rel=1e-6)
        departures.append(forecast(net, data(well, "test")[0]).detach().numpy())
    both = [np.concatenate(pair) for pair in zip(*(data(w, "train") for w in wells), strict=True)]
    assert all(map(np.array_equal, both, data(wells, "train"), [True] * 2))
    heads = task.heads(np.stack(departures))
    assert np.allclose(heads, competitors.forecast(task, tuned), atol=1e-4)


def test_the_mean_of_page_6_is_the_one_that_is_pretrained_on(tiny_basin):
    from swgw.basin.folder import load_basin
    from swgw.transfer.monthly import MEAN, monthly, monthly_windows

    prepared = monthly(load_basin(tiny_basin))
    windows = monthly_windows(prepared, {MEAN: list(prepared.heads)})
    settings = prepared.basin.settings

    class Study:
        train_period = slice(settings.train.start, settings.train.end)

    results = type("Results", (), {"heads": prepared.heads})
    swgw = type("Package", (), {"transfer_results": staticmethod(lambda study: results)})
    space = {"study": Study, "swgw": swgw}
    exec(cell("06_transfer", "transfer_results(study)"), space)
    mean = windows["observed"].sel(series=MEAN).isel(lead_time=0)
    assert np.allclose(mean, space["mean"].loc[mean["valid_time"]], equal_nan=True)


def test_the_difference_by_hand_on_page_3_3_is_that_of_the_bootstrap():
    """The same generator draws the same blocks, so each resample has the same difference."""
    from swgw.scores.resample import resampled_scores

    rng, time = np.random.default_rng(1), pd.date_range("2010-01-01", periods=219, freq="5D")
    obs = pd.Series(np.sin(np.arange(219) / 9) + rng.normal(0, 0.3, 219), time)
    names = pd.MultiIndex.from_product([["MT-TFT", "ST-TFT"], [0]], names=["model", "seed"])
    sims = pd.DataFrame(obs.to_numpy()[:, None] + rng.normal(0, 0.3, (219, 2)), time, names)

    class Study:
        block, seeds = 15, (0,)

    space = {"study": Study, "obs": obs, "sims": sims, "np": np, "pd": pd, "nse": nse}
    exec(cell("03_3_second_task", "starts[:, :, None]"), space)
    exec(cell("03_3_second_task", "rng.permutation(second)"), space)
    scores = resampled_scores(obs, sims, nse, 15)
    expected = (scores["MT-TFT"] - scores["ST-TFT"])[1:1001, 0]
    assert space["by_hand"]["paired"].to_numpy() == pytest.approx(expected)
