"""Work on a real Dask cluster of two worker processes, one of which is killed midway."""

import gc
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from typer.testing import CliRunner

from swgw.cli import app
from swgw.experiments.study import open_study
from swgw.experiments.work import do_missing
from swgw.storage import UserError
from swgw.storage import jobs as cluster
from swgw.storage.files import write_text
from swgw.storage.jobs import perform_all
from swgw.storage.results import Result

distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A scheduler with two worker processes."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    options |= {"local_directory": str(tmp_path_factory.mktemp("dask")), "silence_logs": 50}
    with distributed.LocalCluster(**options) as made:
        yield made.scheduler_address


def draw(seed, numbers, wait, folder) -> None:
    """Work in two parts with a checkpoint between them; the first attempt never ends."""
    checkpoint = folder / "checkpoint.txt"
    if wait and not checkpoint.exists():
        write_text(checkpoint, str(os.getpid()))
        time.sleep(600)
    total = np.random.default_rng(seed).normal() + numbers.sum()
    write_text(folder / "result.txt", f"{total!r}\n")


def results_in(folder, hanging=-1):
    numbers = np.arange(1000.0)
    return [
        Result(folder, f"draw{seed}", draw, (seed, numbers, seed == hanging), label=f"draw {seed}")
        for seed in range(5)
    ]


def kill_when(path, pid_of):
    """Wait for a file, then kill a process of the cluster without a word."""
    until = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.05)
    os.kill(pid_of(), signal.SIGKILL)


def test_what_a_killed_worker_did_is_done_by_another(address, tmp_path):
    here, there = results_in(tmp_path / "here"), results_in(tmp_path / "there", hanging=1)
    perform_all(here, 1)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(perform_all, there, 1, address)
        checkpoint = there[1].path / "checkpoint.txt"
        kill_when(checkpoint, lambda: int(checkpoint.read_text()))
        answer.result(timeout=300)
    assert all(result.is_finished() for result in there)
    texts = [[(r.path / "result.txt").read_text() for r in each] for each in (here, there)]
    assert texts[0] == texts[1]


@pytest.mark.slow
def test_training_that_loses_a_worker_gives_the_same_bits(address, tiny_basin, tmp_path):
    found = []
    for output in (tmp_path / "here", tmp_path / "there"):
        study = open_study(tiny_basin, "smoke", output=output, train=False)
        chosen = [run for run in study.runs if run.experiment.name in ("MT-TFT", "MT-GRU")]
        found.append([study.result_of(run) for run in chosen])
    here, there = found
    do_missing(here, 1, [].append)

    def pid_of_its_worker():
        assert not (there[0].path / "done.json").exists(), "too late to kill"
        with distributed.Client(address, set_as_default=False) as client:
            (name, *_) = (w for w, keys in client.processing().items() if keys)
            return client.run(os.getpid, workers=[name])[name]

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(do_missing, there, 1, [].append, address)
        kill_when(there[0].path / "checkpoint.pt", pid_of_its_worker)
        answer.result(timeout=300)
    for one, other in zip(here, there, strict=True):
        digests = [
            {n: d for n, d in files.items() if n.endswith(".nc")}
            for each in (one, other)
            for files in [json.loads((each.path / "done.json").read_text())["files"]]
        ]
        assert digests[0] and digests[0] == digests[1], one.label


@pytest.mark.parametrize("address", ["nonsense", "ftp://here:1", "tcp://", "tcp://127.0.0.1:x"])
def test_an_address_that_is_none(address, tmp_path, monkeypatch):
    """No client is made: collected while the next one starts, it would hold its lock."""
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: pytest.fail("a client"))
    with pytest.raises(UserError, match="found no Dask scheduler at"):
        perform_all(results_in(tmp_path), 1, address)


def test_no_scheduler_is_one_message(tiny_basin, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 0.5)
    words = ["book", str(tiny_basin), "--profile", "smoke", "--output", str(tmp_path)]
    answer = CliRunner().invoke(app, [*words, "--scheduler", "tcp://127.0.0.1:9"])
    assert answer.exit_code == 2
    assert "--scheduler: found no Dask scheduler at tcp://127.0.0.1:9" in answer.stderr
    del answer  # with the client that failed
    gc.collect()
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="expected the extra 'cluster'"):
        perform_all(results_in(tmp_path), 1, "tcp://127.0.0.1:9")


def fail(folder):
    raise UserError("no water at all")


def test_what_the_work_raises_reaches_the_user(address, tmp_path):
    with pytest.raises(UserError, match="no water at all"):
        perform_all([Result(tmp_path, "dry", fail)], 1, address)


@pytest.mark.parametrize(
    ("threads", "change", "message"),
    [
        (4, {}, "found 4 threads; expected one"),
        (1, {"swgw": "another"}, "expected {'swgw': 'another'}"),
        (1, {"torch": "1.0"}, "expected {'torch': '1.0'}"),
        (1, {}, "cannot see /nowhere"),
    ],
)
def test_a_worker_that_is_unfit_says_why(tmp_path, threads, change, message):
    result = Result(tmp_path / "nowhere", "run", fail)
    found = cluster.unfit(result, cluster.requirements(result) | change, threads)
    assert message.replace("/nowhere", f"{tmp_path}/nowhere") in found
    result.root.mkdir()
    assert cluster.unfit(result, cluster.requirements(result), 1) == ""
