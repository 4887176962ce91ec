"""Jobs on a real Dask cluster of two worker processes, one of which is killed midway."""

import json
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from swgw.cli import app
from swgw.experiments.study import open_study
from swgw.storage import cluster
from swgw.storage.errors import UserError
from swgw.storage.files import write_text
from swgw.storage.jobs import Job, missing, perform_all
from swgw.storage.results import RunFolder, engine_digest

distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A scheduler with two processes: its address and a client to look in with."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0"}
    options |= {"local_directory": str(tmp_path_factory.mktemp("dask")), "silence_logs": 50}
    with distributed.LocalCluster(**options) as made, distributed.Client(made) as client:
        yield made.scheduler_address, client


def draw(folder: Path, seed: int, numbers: np.ndarray, wait: bool) -> None:
    """Work in two parts with a checkpoint between them; the first attempt never ends."""
    RunFolder(folder).start({"seed": seed}, "data")
    checkpoint = folder / "checkpoint.txt"
    if wait and not checkpoint.exists():
        write_text(checkpoint, str(os.getpid()))
        time.sleep(600)
    total = np.random.default_rng(seed).normal() + numbers.sum()
    write_text(folder / "result.txt", f"{total!r}\n")
    RunFolder(folder).finish()


def jobs_in(folder, hanging=-1):
    numbers, made = np.arange(1000.0), []
    for seed in range(5):
        place = folder / str(seed)
        args = (place, seed, numbers, seed == hanging)
        made.append(Job(f"draw {seed}", RunFolder(place), draw, args))
    return made


def results(folder):
    return [(folder / str(seed) / "result.txt").read_text() for seed in range(5)]


def kill_when(path, pid_of):
    """Wait for a file, then kill a process of the cluster without a word."""
    until = time.monotonic() + 300
    while not path.exists():
        assert time.monotonic() < until, f"{path} never came"
        time.sleep(0.05)
    os.kill(pid_of(), signal.SIGKILL)


def in_background(call, *args):
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    return pool.submit(call, *args)


def test_a_job_whose_worker_is_killed_is_done_by_another(running, tmp_path):
    address, client = running
    perform_all(jobs_in(tmp_path / "here"), 1)
    before = set(client.run(os.getpid).values())
    answer = in_background(perform_all, jobs_in(tmp_path / "there", hanging=1), 1, address)
    checkpoint = tmp_path / "there" / "1" / "checkpoint.txt"
    kill_when(checkpoint, lambda: int(checkpoint.read_text()))
    answer.result(timeout=300)
    assert int(checkpoint.read_text()) in before
    assert results(tmp_path / "there") == results(tmp_path / "here")
    assert not missing(jobs_in(tmp_path / "there"))
    assert not list((tmp_path / "there").glob(".cluster-*"))


@pytest.mark.slow
def test_training_that_loses_a_worker_gives_the_same_bits(running, tiny_basin, tmp_path):
    address, client = running
    here = part_of(open_study(tiny_basin, "smoke", output=tmp_path / "here", train=False))
    there = part_of(open_study(tiny_basin, "smoke", output=tmp_path / "there", train=False))
    here.train()
    answer = in_background(there.train, 1, [].append, address)
    first = there.run_folder(there.runs[0])

    def pid_of_its_worker():
        assert not (first.path / "done.json").exists(), "too late to kill"
        mine = there.runs[0].label
        (name,) = (w for w, keys in client.processing().items() if any(mine in k for k in keys))
        return client.run(os.getpid, workers=[name])[name]

    kill_when(first.path / "checkpoint.pt", pid_of_its_worker)
    answer.result(timeout=300)
    for run in here.runs:
        assert hindcasts(here.run_folder(run)) == hindcasts(there.run_folder(run)), run.label


def part_of(study):
    """Leave a study two of its runs, one of them a transformer's."""
    chosen = [run for run in study.runs if run.experiment.name in ("MT-TFT", "MT-GRU")]
    object.__setattr__(study, "__dict__", {**study.__dict__, "runs": tuple(chosen)})
    return study


def hindcasts(folder):
    files = json.loads((folder.path / "done.json").read_text())["files"]
    found = {name: digest for name, digest in files.items() if name.endswith(".nc")}
    assert found
    return found


# ---- what cannot work says so ----------------------------------------------------------------


def test_no_scheduler_is_one_message(tiny_basin, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 0.5)
    words = ["book", str(tiny_basin), "--profile", "smoke", "--output", str(tmp_path)]
    answer = CliRunner().invoke(app, [*words, "--scheduler", "tcp://127.0.0.1:9"])
    assert answer.exit_code == 2
    assert "--scheduler: found no Dask scheduler at tcp://127.0.0.1:9" in answer.stderr


@pytest.mark.parametrize("address", ["nonsense", "ftp://here:1", "tcp://", "tcp://127.0.0.1:x"])
def test_an_address_that_is_none(address, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_ANSWER", 0.5)
    with pytest.raises(UserError, match="found no Dask scheduler at"):
        perform_all(jobs_in(tmp_path), 1, address)


def test_without_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(UserError, match="expected the extra 'cluster'"):
        perform_all(jobs_in(tmp_path), 1, "tcp://127.0.0.1:9")


def fail(*_):
    raise UserError("no water at all")


def test_what_a_job_raises_reaches_the_user(running, tmp_path):
    job = Job("dry", RunFolder(tmp_path / "dry"), fail)
    with pytest.raises(UserError, match="no water at all"):
        perform_all([job], 1, running[0])


@pytest.mark.parametrize(
    ("threads", "change", "said"),
    [
        (4, {}, "found 4 threads; expected one"),
        (1, {"engine": "another"}, "found another version of swgw"),
        (1, {"versions": cluster._versions() | {"torch": "1.0"}}, "expected {'torch': '1.0'}"),
        (1, {"marker": Path("/nowhere/.cluster-1")}, "cannot see /nowhere"),
    ],
)
def test_a_worker_that_is_unfit_is_named(tmp_path, threads, change, said):
    demand = cluster.Demand(tmp_path, engine_digest(), cluster._versions())
    state = SimpleNamespace(nthreads=threads)
    worker = SimpleNamespace(state=state, address="tcp://10.0.0.7:1")
    assert cluster._lack(replace(demand, **change), worker).startswith("worker tcp://10.0.0.7:1: ")
    assert said in cluster._lack(replace(demand, **change), worker)


def test_a_fit_worker_lacks_nothing(tmp_path):
    demand = cluster.Demand(tmp_path, engine_digest(), cluster._versions())
    worker = SimpleNamespace(state=SimpleNamespace(nthreads=1), address="tcp://10.0.0.7:1")
    assert cluster._lack(demand, worker) == ""
