"""Attention: by hand, by the library and by the package; its match with a driver and its null."""

import json

import numpy as np
import pytest
import torch

import swgw
from swgw.storage.files import shared

TORCH_TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def page(trained):
    """The names of page 4.1 after its cells on the weights and the null have run."""
    path = shared("notebooks") / "04_1_attention.ipynb"
    cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    sources = ["".join(c["source"]) for c in cells]
    first = next(i for i, source in enumerate(sources) if source.startswith("model ="))
    last = next(i for i, source in enumerate(sources) if "null_attention" in source)
    names = {"study": trained, "swgw": swgw}
    exec("import math\nimport numpy as np, pandas as pd, torch", names)
    for source in sources[first : last + 1]:
        exec(source, names)
    return names


def test_the_page_computes_what_the_library_and_the_package_do(page, trained):
    library = page["weights"]
    assert torch.allclose(page["by_hand"], library[:, :, 0], atol=TORCH_TOLERANCE)
    run, issued = page["runs"][0], page["issued"]
    found = swgw.attention(run, issued)
    assert found == pytest.approx(library.mean(dim=2).numpy(), abs=TORCH_TOLERANCE)
    null = swgw.null_attention(run, issued)
    assert null[0] == pytest.approx(page["one"].mean((0, 1, 2)).numpy(), abs=TORCH_TOLERANCE)
    assert len(null) == 50 and np.ptp(null[:, 0]) > 0


def test_windows_are_those_of_the_series_and_few_of_many(page):
    run, issued = page["runs"][0], page["issued"]
    count = len(run.panel.series)
    assert len(run.windows(issued)["encoder_cont"]) == count
    assert len(run.windows(issued, most=2)["encoder_cont"]) <= 2
    assert run.encoder_time(issued)[-1] == issued


def test_shares_of_the_past_add_up(trained):
    shares = swgw.shares_of_past(trained)
    totals = shares.T.groupby(["share", "seed"]).sum(min_count=1).T
    assert np.allclose(totals["attention"], 100)
    assert np.allclose(totals["need"].dropna(), 100)


def test_importance_is_the_rise_over_the_loss(trained):
    found = trained.importance().sel(target="head").sum("series")
    table = swgw.rise_of_loss(trained, "rise_of_group", "head")
    expected = 100 * found["rise_of_group"].sum("block") / found["loss"].sum()
    assert table["value"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-4)
    assert list(table.index) == list(found["group"].to_numpy())
    assert (table["seeds"] == 1).all() and (table["blocks"] == found.sizes["block"]).all()


RAIN = np.random.default_rng(0).gamma(1, 2, 73)


def test_attention_that_follows_rain_is_outside_the_null():
    rng = np.random.default_rng(0)
    match = swgw.attention_match(RAIN + 0.1 * rng.random(73), rng.random((50, 73)), RAIN)
    assert match["value"] > 0.9 and match["p"] == pytest.approx(1 / 51)
    assert match["null_low"] < 0 < match["null_high"] < 0.5


def test_attention_that_follows_its_position_is_not():
    rng = np.random.default_rng(1)
    place = np.linspace(0, 1, 73) ** 2
    null = place + 0.2 * rng.random((50, 73))
    match = swgw.attention_match(place + 0.2 * rng.random(73), null, place + 0.1 * rng.random(73))
    assert match["value"] > 0.7 and match["p"] > 0.1


def test_p_of_unrelated_attention_is_uniform():
    rng = np.random.default_rng(2)
    p = [
        swgw.attention_match(rng.random(40), rng.random((39, 40)), rng.random(40))["p"]
        for _ in range(100)
    ]
    assert 0.04 < np.mean(np.array(p) <= 0.1) < 0.17


def test_one_step_can_be_left_out_of_both():
    rng = np.random.default_rng(3)
    attention, rain, null = rng.random(73), rng.random(73), rng.random((50, 73))
    attention[38] = rain[38] = 30.0
    null[:, 38] = 30.0
    assert swgw.attention_match(attention, null, rain)["value"] > 0.9
    fewer = np.where(np.arange(73) == 38, np.nan, attention)
    match = swgw.attention_match(fewer, null, rain)
    assert match["n"] == 72 and abs(match["value"]) < 0.4 and match["null_high"] < 0.4


def test_a_driver_that_does_not_vary_gives_no_p():
    match = swgw.attention_match(np.arange(9.0), np.ones((3, 9)), np.ones(9))
    assert np.isnan(match["p"]) and np.isnan(match["null_low"])
