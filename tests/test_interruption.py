"""Runs that are killed without a word, and run folders that were damaged."""

import json
import logging
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from swgw.experiments.study import open_study
from swgw.experiments.work import do_missing, run_job
from swgw.storage.files import clear_drafts, write_whole
from swgw.storage.results import RunFolder
from swgw.storage.timing import Stopwatch, read_seconds

EPOCHS = 12


def chosen_runs(study, names):
    """Two runs with many short epochs: there is always something left to kill."""
    runs = {run.experiment.name: run for run in study.runs if "head" in run.experiment.targets}
    longer = {"epochs": EPOCHS, "patience": EPOCHS, "windows": EPOCHS * 512}
    return [replace(runs[name], **longer) for name in names]


def train(basin, output, names, workers=1):
    """Train what is missing and give the folders of the runs."""
    study = open_study(basin, "smoke", output=output, train=False)
    jobs = [
        run_job(run, study.prepared, study.clusters, study.run_folder(run))
        for run in chosen_runs(study, names)
    ]
    do_missing(jobs, workers, [].append)
    return [job.folder for job in jobs]


def start(basin, output, names, workers):
    """Give the command that trains, as a process of its own."""
    words = [sys.executable, __file__, str(basin), str(output), ",".join(names), str(workers)]
    with (output.parent / "log.txt").open("a") as log:
        return subprocess.Popen(words, stderr=log, stdout=log, cwd=Path(__file__).parent)


def epochs_done(folder):
    curve = folder.path / "learning_curve.csv"
    return len(curve.read_text().splitlines()) - 1 if curve.exists() else 0


def kill_at(process, folder, epoch, seconds):
    """Kill a process some time after an epoch of a run was seen to end."""
    until = time.monotonic() + 300
    while process.poll() is None and not (folder.path / "settings.json").exists():
        time.sleep(0.005)
    while process.poll() is None and epochs_done(folder) < epoch:
        assert time.monotonic() < until, "no progress"
        time.sleep(0.005)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def hindcasts(folder):
    files = json.loads((folder.path / "done.json").read_text())["files"]
    found = {name: digest for name, digest in files.items() if name.endswith(".nc")}
    assert found
    return found


def kill_again_and_again(basin, tmp_path, names, workers, kills):
    """Train once undisturbed; once with kills at random moments; compare bit for bit."""
    undisturbed = train(basin, tmp_path / "whole", names)
    draw = random.Random(kills)
    study = open_study(basin, "smoke", output=tmp_path / "killed", train=False)
    folders = [study.run_folder(run) for run in chosen_runs(study, names)]
    for epoch in [*sorted(draw.sample(range(EPOCHS), kills - 1)), EPOCHS]:
        process = start(basin, tmp_path / "killed", names, workers)
        killed = kill_at(process, folders[0], epoch, draw.uniform(0, 0.1))
        assert killed or epoch == EPOCHS, "it had ended before"
    assert start(basin, tmp_path / "killed", names, workers).wait() == 0
    for one, other in zip(undisturbed, folders, strict=True):
        assert other.is_finished()
        assert hindcasts(one) == hindcasts(other), one.path
        curves = [(f.path / "learning_curve.csv").read_text() for f in (one, other)]
        assert curves[0] == curves[1]
        assert not list(other.path.glob(".*")), "drafts left behind"


def test_kills_change_no_bit(tiny_basin, tmp_path):
    kill_again_and_again(tiny_basin, tmp_path, ["ST-GRU"], 1, kills=2)


@pytest.mark.slow
def test_ten_kills_change_no_bit(tiny_basin, tmp_path):
    kill_again_and_again(tiny_basin, tmp_path, ["MT-TFT", "MT-GRU"], 2, kills=10)


# ---- damage ----------------------------------------------------------------------------------

FILES = ("checkpoint.pt", "head.nc", "learning_curve.csv", "parameters.txt", "settings.json")


def finished_folder(path):
    folder = RunFolder(path)
    folder.start({"seed": 0}, "data")
    for name in FILES[:-1]:
        (path / name).write_bytes(name.encode() * 50)
    with Stopwatch(path).stage("training"):
        folder.finish()
    assert folder.is_finished()
    return folder


DAMAGE = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "altered": lambda path: path.write_bytes(path.read_bytes().replace(b"e", b"f", 1)),
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_each_damaged_file_is_named_and_its_folder_emptied(tmp_path, caplog, name, damage):
    folder = finished_folder(tmp_path / "run")
    DAMAGE[damage](folder.path / name)
    with caplog.at_level(logging.WARNING):
        assert not folder.is_finished()
    assert f"{name} damaged; the run is made again" in caplog.text
    assert str(folder.path) in caplog.text
    assert not folder.path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"files": {',
        "[]",
        "null",
        '{"files": {}}',
        '{"files": {}, "seal": ""}',
        '{"files": [], "seal": null}',
        "\udcff",
    ],
)
def test_a_damaged_list_of_files_is_named(tmp_path, caplog, text):
    folder = finished_folder(tmp_path / "run")
    (folder.path / "done.json").write_text(text, errors="surrogateescape")
    with caplog.at_level(logging.WARNING):
        assert not folder.is_finished()
    assert "done.json damaged" in caplog.text


def test_a_list_that_lost_a_file_or_got_another_digest_is_noticed(tmp_path):
    for change in ("lost", "digest"):
        folder = finished_folder(tmp_path / change)
        record = json.loads((folder.path / "done.json").read_text())
        if change == "lost":
            del record["files"]["head.nc"]
        else:
            record["files"]["head.nc"] = "0" * 64
        (folder.path / "done.json").write_text(json.dumps(record))
        assert not folder.is_finished(), change


@pytest.mark.parametrize("damage", DAMAGE)
def test_time_is_no_result(tmp_path, damage):
    """Damaged or missing seconds leave a run finished, and are read as unknown."""
    folder = finished_folder(tmp_path / "run")
    record = (folder.path / "done.json").read_text()
    DAMAGE[damage](folder.path / "seconds.json")
    assert folder.is_finished()
    assert "seconds.json" not in record
    if damage != "altered":
        assert read_seconds(folder.path) == {}


def test_drafts_of_a_killed_process_are_cleared(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.start({"seed": 0}, "data")
    draft = folder.path / ".head.nc.machine.123.part"
    draft.write_text("half")
    folder.start({"seed": 0}, "data")
    assert [path.name for path in folder.path.iterdir()] == ["settings.json"]


def test_what_a_process_leaves_when_killed_is_a_draft(tmp_path):
    """Drafts as they are really named are found by what clears them."""
    with write_whole(tmp_path / "a.nc") as draft:
        draft.write_text("half")
        assert [path.name for path in tmp_path.iterdir()] == [draft.name]
        clear_drafts(tmp_path)
        assert not draft.exists()
        draft.write_text("whole")
    assert (tmp_path / "a.nc").read_text() == "whole"


def test_attempts_add_up(tmp_path):
    for _ in range(2):
        with Stopwatch(tmp_path).stage("training") as keep:
            time.sleep(0.02)
            keep()
            kept = read_seconds(tmp_path)["training"][0]
    with Stopwatch(tmp_path).stage("whole"), Stopwatch(tmp_path).stage("hindcast"):
        pass
    seconds = read_seconds(tmp_path)
    assert list(seconds) == ["training", "hindcast", "whole"]
    assert seconds["training"][0] >= kept >= 0.04


if __name__ == "__main__":
    basin, output, names, workers = sys.argv[1:]
    train(basin, output, names.split(","), int(workers))
