"""The benchmarks run, and what they compare is one network on the same windows."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from swgw.basin.folder import load_basin
from swgw.models import interpretation
from swgw.models.batch import Rows, quantile_loss
from swgw.models.training import one_thread
from swgw.storage.files import shared

FOLDER = shared("benchmarks")
if not FOLDER.is_dir():
    pytest.skip("benchmarks come with the repository only", allow_module_level=True)
sys.path[:0] = [str(FOLDER), str(FOLDER / "peers")]

import budget  # noqa: E402
import earlier  # noqa: E402
import paper  # noqa: E402
import peers_speed  # noqa: E402
import same_loss  # noqa: E402
import scaling  # noqa: E402
import speed  # noqa: E402
import stock  # noqa: E402
import tables  # noqa: E402
import timing  # noqa: E402
import verdicts  # noqa: E402
import worker  # noqa: E402
from case import open_case  # noqa: E402
from wells import write_wells  # noqa: E402


@pytest.fixture(scope="module")
def case(tiny_basin):
    with one_thread():
        yield open_case(tiny_basin)


@pytest.fixture(scope="module")
def batch(case):
    """Windows as the stock loader gives them, and the same windows as a block of ours."""
    x, y = next(iter(stock.make_loader(case, stock.make_dataset(case))))
    rows = Rows(x["groups"][:, 0].numpy(), x["decoder_time_idx"][:, 0].numpy() - 1, 1, 1)
    return x, y, case.training.gather(rows)


def test_the_stock_network_sees_and_says_what_ours_does(case, batch):
    x, y, block = batch
    ours = case.network(hidden_size=8).eval()
    theirs = stock.make_stock(case, stock.make_dataset(case), 8).eval()
    theirs.load_state_dict(ours.tft.state_dict())
    change = torch.stack(theirs(x)["prediction"], dim=2) * block.typical[..., None]
    prediction = block.baseline[..., None] + change
    torch.testing.assert_close(prediction, ours(block), rtol=0, atol=2e-6)
    assert torch.equal(torch.stack(y[0], dim=2), block.target)
    assert torch.equal(y[1], block.weight.amin(dim=2))


def test_the_stock_data_set_holds_every_training_window(case):
    windows = len(case.panel.series) * len(case.training.issues)
    assert len(stock.make_dataset(case)) == windows


def test_the_stock_way_learns_changes_from_the_baseline(case, batch, monkeypatch):
    x, y, block = batch
    network = stock.make_stock(case, stock.make_dataset(case), 8, same_loss.FromBaseline)
    network.baseline = same_loss.baseline_of(case)
    network.typical = torch.as_tensor(case.panel.typical)
    monkeypatch.setattr(same_loss.TemporalFusionTransformer, "step", lambda self, x, y, i: y)
    targets, weight = network.step(x, y, 0)
    expected = (block.target - block.baseline) / block.typical
    assert torch.equal(torch.stack(targets, dim=2), expected)
    assert weight is y[1]


def test_every_earlier_step_is_the_same_network(case):
    network = case.network(hidden_size=8).eval()
    block = case.training.gather(case.training.tile(5, 3).take(np.array([0, 7])))
    expected = (network(block) - block.baseline[..., None]) / block.typical[..., None]
    for forward in (earlier.bare_forward, earlier.block_forward, earlier.stacked_forward):
        torch.testing.assert_close(forward(network.tft, block), expected, rtol=0, atol=2e-6)


def test_the_losses_agree_where_nothing_is_missing(case):
    block = case.training.gather(case.training.tile(1, 1))
    full = np.flatnonzero(block.weight.numpy().all(axis=(1, 2)))[:4]
    block = case.training.gather(case.training.tile(1, 1).take(full))
    prediction = torch.randn(*block.target.shape, 7, generator=torch.Generator().manual_seed(0))
    ours, theirs = (loss(prediction, block) for loss in (quantile_loss, earlier.library_loss))
    assert theirs.item() == pytest.approx(ours.item(), rel=1e-5)


def test_ratios_are_paired():
    def way(*seconds):
        left = iter(seconds)
        return lambda: ((0.0, 0.0), (next(left), 1.0), 10)

    found = timing.alternate({"base": way(1.0, 2.0), "other": way(10.0, 5.0)}, 2)
    found = timing.paired(found, "base")
    assert found["base"]["windows_per_second"]["median"] == pytest.approx(7.5)
    assert found["other"]["ratio"]["median"] == pytest.approx(0.25)  # of 0.1 and 0.4
    assert found["other"]["ratio_cpu"]["highest"] == 1


def test_speed_times_every_way(tiny_basin):
    found = speed.measure(str(tiny_basin), (8,), steps=1, repetitions=1)["hidden_size"]["8"]
    assert next(iter(found)) == speed.STOCK and speed.OURS in found
    assert found[speed.STOCK]["ratio"]["median"] == 1
    assert all(way["windows_per_second"]["median"] > 0 for way in found.values())


def test_same_loss_pairs_seeds(tiny_basin):
    result = same_loss.measure(str(tiny_basin), (8,), steps=1, epochs=1, seeds=2)
    found = result["hidden_size"]["8"]
    assert {len(values) for values in found["validation_loss"].values()} == {2}
    assert found["difference"][same_loss.SHUFFLED]["mean"] == 0
    assert len({str(values) for values in found["validation_loss"].values()}) == 4
    assert all(line for line in tables.losses(result | {"windows": 1}) if line)


def test_time_to_a_loss():
    ours = [[(1.0, 3.0), (2.0, 1.0)], [(1.0, 3.0)]]
    stock_way = [[(4.0, 2.0), (8.0, 2.5)], [(4.0, 2.0)]]
    first, second = same_loss._to_loss(ours, stock_way)
    assert first == {"seconds": 2.0, "stock_seconds": 4.0, "ratio": 2.0}
    assert second == {"seconds": None, "stock_seconds": 4.0, "ratio": None}


def test_wells_are_multiplied_into_a_valid_basin(tiny_basin, tmp_path):
    basin = load_basin(write_wells(tiny_basin, tmp_path / "many", 10))
    counts = basin.heads.groupby("well_id").size()
    assert len(basin.wells) == len(counts) == 10
    one, copy = (basin.heads[basin.heads["well_id"] == w] for w in ("W00001", "W00005"))
    both = one.merge(copy, on="date")
    assert both["head_x"].corr(both["head_y"]) > 0.8
    assert not np.allclose(both["head_x"], both["head_y"])


def test_scaling_goes_through_every_stage(tiny_basin, monkeypatch):
    monkeypatch.setattr(interpretation, "PERMUTATIONS", 2)
    found = scaling.all_stages(tiny_basin, steps=1)
    assert list(found)[-1] == "references"
    assert all(stage["seconds"] > 0 and stage["peak"] > 0 for stage in found.values())
    assert found["hindcast"]["windows"] == 4 * len(open_case(tiny_basin).gatherer("test").issues)


def test_growth_is_told_turn_by_turn():
    """A slower machine in the second turn strikes both numbers of wells alike."""
    stage = {"seconds": 1.0, "windows": 10, "peak": 2.0}
    few = [{"training": stage | {"processor_seconds": s}} for s in (1.0, 3.0)]
    many = [{"training": stage | {"processor_seconds": s, "windows": 100}} for s in (11.0, 33.0)]
    lines = tables.growth({"wells": {"25": few, "2500": many}})
    row = "| training | 2.0 s, 2.00 GB | 22.0 s, 2.00 GB | 1.10 [1.10, 1.10] |"
    assert row in lines


def test_more_windows_are_another_run_of_the_same_study(tiny_basin, tmp_path):
    """Twice the windows take about twice the time to train and are kept beside the book's."""
    found = budget.measure(str(tiny_basin), tmp_path / "own", "smoke", ("MT-TFT",), 2, 1)
    assert set(found["models"]) == {"MT-TFT, surface_water", "MT-TFT, head"}
    water = found["models"]["MT-TFT, surface_water"]
    gain = water["longer"]["nse"][0] - water["book"]["nse"][0]
    assert water["difference"]["value"] == pytest.approx(gain, abs=2e-4)
    runs = sorted((tmp_path / "own" / "runs").glob("MT-TFT*"))
    assert len(runs) == 2
    presented = [pd.read_csv(run / "learning_curve.csv")["windows"].iloc[-1] for run in runs]
    assert max(presented) > 1.5 * min(presented)
    assert any("NSE" in line for line in tables.budgets(found))


def test_peers_take_turns(tiny_basin, tmp_path):
    """Stand-ins answer as a peer's worker would: 10 windows in 2 s."""
    stand_in = tmp_path / "stand_in.py"
    stand_in.write_text("import sys\nfor _ in sys.stdin: print([[1, 1], [3, 2], 10], flush=True)\n")
    command = [sys.executable, str(stand_in)]
    found = peers_speed.measure(str(tiny_basin), (8,), 1, 2, command)["hidden_size"]["8"]
    assert list(found) == [peers_speed.OURS, *peers_speed.PEERS]
    assert found["darts"]["windows_per_second"]["median"] == 5


def test_a_peer_gets_the_past_of_its_target_once():
    data = {
        "variables": np.array(["season_sin", "head_change", "surface_water", "head_observed"]),
        "known": np.array([True, False, False, False]),
    }
    observed, known = worker.inputs(data, ["head"])
    assert observed.tolist() == [2, 3] and known.tolist() == [0]


def test_what_peers_are_given(case, tmp_path):
    peers_speed.export(case, 8, 3, tmp_path / "data.npz")
    with np.load(tmp_path / "data.npz") as data:
        settings = json.loads(str(data["settings"]))
        steps = len(case.training.issues) + case.panel.encoder_length + case.panel.lead_times - 1
        assert data["values"].shape == (4, steps, len(settings["variables"]))
        assert np.isfinite(data["target"]).all()
    assert (settings["hidden_size"], settings["steps"]) == (8, 3)


def test_tables_come_from_results(tmp_path):
    rate = {"median": 2.0, "lowest": 1.0, "highest": 3.0, "repetitions": 5}
    ways = {
        "a": {"windows_per_second": rate | {"median": 1234.5}, "ratio": rate, "ratio_cpu": rate}
    }
    machine = {"processor": "p", "cores": 2, "threads": 1, "python": "3", "engine": "e"}
    result = {"machine": machine | {"versions": {}}, "what": {}, "hidden_size": {"16": ways}}
    (tmp_path / "speed.json").write_text(json.dumps(result))
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- speed -->\nold\n<!-- /speed -->\nafter\n")
    tables.write_tables(tmp_path, readme)
    once = readme.read_text()
    assert "| a | 1,234 | 2.00 [1.00, 3.00] | 2.00 [1.00, 3.00] |  |" in once and "old" not in once
    tables.write_tables(tmp_path, readme)
    assert readme.read_text() == once


def test_the_stages_of_a_book(tmp_path):
    (tmp_path / "results").mkdir()
    facts = {"profile": "paper", "seeds": [0, 1, 2], "other": 1}
    facts["notebooks"] = {"a": 30.0, "b": 90.0}
    seconds = {"training": 60.0, "whole": 90.0}
    facts["runs"] = [{"kind": "MT-TFT", "stage": s, "cpu": c} for s, c in seconds.items()]
    (tmp_path / "results" / "provenance.json").write_text(json.dumps(facts))
    result = paper.measure(tmp_path)
    assert "other" not in result
    lines = tables.stages(result)
    notebooks = "| notebooks (elapsed) | 2.0 |"
    assert {notebooks, "| MT-TFT | 1.5 |", "| **all** | 3.5 |"} <= set(lines)


def test_the_committed_tables_are_those_of_the_committed_results(tmp_path):
    readme = Path(tmp_path / "README.md")
    readme.write_bytes((FOLDER / "README.md").read_bytes())
    tables.write_tables(FOLDER / "results", readme)
    assert readme.read_bytes() == (FOLDER / "README.md").read_bytes()


def test_arms_are_every_split_of_the_seeds_into_two():
    columns = pd.MultiIndex.from_product([["m"], range(6)])
    sims = pd.DataFrame(np.arange(12.0).reshape(2, 6), columns=columns)
    pairs = verdicts.arms(sims["m"])
    held = {tuple(pair["A"].columns) for pair in pairs}
    assert len(held) == len(pairs) == 10
    assert all(set(pair["A"]) | set(pair["B"]) == set(range(6)) for pair in pairs)
    assert all(pair["A"].shape[1] == pair["B"].shape[1] == 3 for pair in pairs)
