"""Results that are kept: killed and continued, damaged and made again, in order, timed."""

import ast
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
from swgw.experiments.work import do_missing
from swgw.storage.files import PACKAGE, clear_drafts, write_whole
from swgw.storage.jobs import perform_all
from swgw.storage.results import Result, _imported, read_seconds, timed

EPOCHS = 12


def imports(path):
    """Names of this package that a module imports, by its syntax tree."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith("swgw.")}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_the_name_of_a_result_follows_every_import(path):
    assert imports(path) <= set(_imported(path))


def chosen(basin, output, names):
    """Two runs with many short epochs: there is always something left to kill."""
    study = open_study(basin, "smoke", output=output, train=False)
    runs = {run.experiment.name: run for run in study.runs if "head" in run.experiment.targets}
    longer = {"epochs": EPOCHS, "patience": EPOCHS, "windows": EPOCHS * 512}
    return [study.result_of(replace(runs[name], **longer)) for name in names]


def start(basin, output, names, workers):
    """Give the command that trains, as a process of its own."""
    words = [sys.executable, __file__, str(basin), str(output), ",".join(names), str(workers)]
    with (output.parent / "log.txt").open("a") as log:
        return subprocess.Popen(words, stderr=log, stdout=log, cwd=Path(__file__).parent)


def kill_at(process, result, epoch, seconds):
    """Kill a process some time after an epoch of a run was seen to end."""
    until, curve = time.monotonic() + 300, result.path / "learning_curve.csv"
    while process.poll() is None:
        done = len(curve.read_text().splitlines()) - 1 if curve.exists() else 0
        if (result.path / "settings.json").exists() and done >= epoch:
            break
        assert time.monotonic() < until, "no progress"
        time.sleep(0.005)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def hindcasts(result):
    files = json.loads((result.path / "done.json").read_text())["files"]
    found = {name: digest for name, digest in files.items() if name.endswith(".nc")}
    assert found
    return found


@pytest.mark.parametrize(
    ("names", "workers", "kills"),
    [
        (["ST-GRU"], 1, [5]),
        pytest.param(["MT-TFT", "MT-GRU"], 2, [*range(1, 10), EPOCHS], marks=pytest.mark.slow),
    ],
)
def test_kills_change_no_bit(tiny_basin, tmp_path, names, workers, kills):
    undisturbed = chosen(tiny_basin, tmp_path / "whole", names)
    do_missing(undisturbed, 1, [].append)
    draw, output = random.Random(0), tmp_path / "killed"
    results = chosen(tiny_basin, output, names)
    for epoch in kills:
        process = start(tiny_basin, output, names, workers)
        killed = kill_at(process, results[0], epoch, draw.uniform(0, 0.1))
        assert killed or epoch == EPOCHS, "it had ended before"
    do_missing(results, workers, [].append)
    for one, other in zip(undisturbed, results, strict=True):
        assert other.is_finished()
        assert hindcasts(one) == hindcasts(other), one.path
        curves = [(r.path / "learning_curve.csv").read_text() for r in (one, other)]
        assert curves[0] == curves[1]
        assert not list(other.path.glob(".*")), "drafts left behind"


# ---- damage ----------------------------------------------------------------------------------

FILES = ("checkpoint.pt", "head.nc", "learning_curve.csv", "parameters.txt")


def write_files(folder):
    for name in FILES:
        (folder / name).write_bytes(name.encode() * 50)


def finished(root):
    result = Result(root, "run", write_files, settings={"seed": 0})
    result.fill()
    assert result.is_finished()
    return result


DAMAGE = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "altered": lambda path: path.write_bytes(path.read_bytes().replace(b"e", b"f", 1)),
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", [*FILES, "settings.json", "seconds.json"])
def test_each_damaged_file_is_named_and_its_folder_emptied(tmp_path, caplog, name, damage):
    result = finished(tmp_path)
    DAMAGE[damage](result.path / name)
    with caplog.at_level(logging.WARNING):
        assert not result.is_finished()
    assert f"{result.path}: {name} damaged; the run is made again" in caplog.text
    assert not result.path.exists()


CUT = ["", '{"files": {', "[]", "null", '{"files": {}}', '{"files": [], "seal": null}', "\udcff"]


@pytest.mark.parametrize("text", CUT)
def test_a_damaged_list_of_files_is_named(tmp_path, caplog, text):
    result = finished(tmp_path)
    (result.path / "done.json").write_text(text, errors="surrogateescape")
    with caplog.at_level(logging.WARNING):
        assert not result.is_finished()
    assert "done.json damaged" in caplog.text


@pytest.mark.parametrize("change", [lambda f: f.pop("head.nc"), lambda f: f.update(x="0" * 64)])
def test_a_list_that_lost_or_gained_a_file_is_noticed(tmp_path, change):
    result = finished(tmp_path)
    record = json.loads((result.path / "done.json").read_text())
    change(record["files"])
    (result.path / "done.json").write_text(json.dumps(record))
    assert not result.is_finished()


def test_a_folder_is_named_by_all_that_its_numbers_depend_on(tmp_path):
    result = Result(tmp_path, "run", write_files, settings={"seed": 0})
    others = (
        replace(result, settings={"seed": 1}),
        replace(result, data="other"),
        replace(result, make="swgw.models.fit:fit"),
    )
    assert len({each.path for each in (result, *others)}) == 4
    assert replace(result, cost=3.0, label="a run").path == result.path


def test_what_a_killed_process_leaves_is_a_draft_that_is_cleared(tmp_path):
    with write_whole(tmp_path / "a.nc") as draft:
        draft.write_text("half")
        assert [path.name for path in tmp_path.iterdir()] == [draft.name]
        clear_drafts(tmp_path)
        assert not draft.exists()
        draft.write_text("whole")
    assert (tmp_path / "a.nc").read_text() == "whole"
    result = Result(tmp_path, "run", write_files)
    write_whole(result.path / "head.nc").__enter__().write_text("half")
    result.fill()
    assert not list(result.path.glob(".*"))


# ---- time ------------------------------------------------------------------------------------


def test_time_is_no_result(tmp_path):
    """The same work has the same list of files, whatever time it took; the time has a seal."""
    one, other = (finished(tmp_path / name) for name in "ab")
    times = json.loads((other.path / "seconds.json").read_text())
    assert list(times["stages"]) == list(read_seconds(other.path)) == ["whole"]
    assert len({(result.path / "done.json").read_text() for result in (one, other)}) == 1
    times["stages"]["whole"][0] += 1.0
    (other.path / "seconds.json").write_text(json.dumps(times))
    assert read_seconds(other.path) == {}
    (one.path / "seconds.json").write_text('{"whole": [1.0, 2.0]}')  # as it was without a seal
    assert one.is_finished()


def test_attempts_add_up(tmp_path):
    for _ in range(2):
        with timed(tmp_path, "training") as keep:
            time.sleep(0.02)
            keep()
            kept = read_seconds(tmp_path)["training"][0]
    with timed(tmp_path, "whole"), timed(tmp_path, "hindcast"):
        pass
    seconds = read_seconds(tmp_path)
    assert list(seconds) == ["training", "hindcast", "whole"]
    assert seconds["training"][0] >= kept >= 0.04


# ---- order and bar ---------------------------------------------------------------------------


def write_down(log, folder):
    with log.open("a") as stream:
        stream.write(f"{folder.name.split('_')[0]}\n")


def test_the_longest_are_first_what_reads_others_is_last_and_one_bar_shows_all(tmp_path, capsys):
    given = (("late", 9.0, tmp_path), ("short", 1.0, None), ("long", 5.0, None))
    results = [
        Result(tmp_path, name, write_down, (tmp_path / "log",), cost=cost, after=after)
        for name, cost, after in given
    ]
    perform_all(results, 1)
    assert (tmp_path / "log").read_text().split() == ["long", "short", "late"]
    lines = capsys.readouterr().err.replace("\n", "\r").split("\r")
    shown = [line for line in lines if line.strip()]
    assert all(line.startswith("models:") for line in shown)
    assert "100%" in shown[-1]
    assert shown[-1].rstrip().endswith("3/3 done")


def hold(seconds, folder):
    time.sleep(seconds)


def test_the_bar_moves_on_while_work_takes_longer_than_its_cost_says(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("swgw.storage.jobs.SECONDS_BETWEEN_LOOKS", 0.15)
    perform_all([Result(tmp_path, "slow", hold, (2.0,), cost=1.0)], 1)
    lines = capsys.readouterr().err.replace("\n", "\r").split("\r")
    assert len([line for line in lines if line.endswith("0/1 done")]) > 3  # each is a new drawing


def test_in_processes_the_longest_whose_source_is_made_is_next(tmp_path):
    source = Result(tmp_path, "source", write_down, (tmp_path / "log",), cost=1.0)
    late = Result(tmp_path, "late", write_down, (tmp_path / "log",), cost=9.0, after=source.path)
    other = Result(tmp_path, "other", write_down, (tmp_path / "log",), cost=0.5)
    perform_all([late, other, source], 2)
    log = (tmp_path / "log").read_text().split()
    assert sorted(log) == ["late", "other", "source"]
    assert log.index("source") < log.index("late")


if __name__ == "__main__":
    basin, output, names, workers = sys.argv[1:]
    do_missing(chosen(basin, Path(output), names.split(",")), int(workers), [].append)
