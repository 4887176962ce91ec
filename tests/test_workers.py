"""Jobs side by side: what waits for what, and the one bar that tells how far they are."""

import time

from swgw.storage.jobs import Job, perform_all
from swgw.storage.results import RunFolder


def write_down(folder, path):
    folder.path.mkdir()
    with path.open("a") as stream:
        stream.write(f"{folder.path.name}\n")
    time.sleep(0.02)
    folder.finish()


def jobs_in(folder):
    """Three jobs; the dearest waits for the others."""
    told = (("late", 9.0, True), ("short", 1.0, False), ("long", 5.0, False))
    return [
        Job(name, RunFolder(folder / name), write_down, (RunFolder(folder / name), folder / "log"),
            cost, after=after)
        for name, cost, after in told
    ]  # fmt: skip


def test_the_longest_are_first_and_what_reads_others_is_last(tmp_path):
    perform_all(jobs_in(tmp_path), 1)
    assert (tmp_path / "log").read_text().split() == ["long", "short", "late"]


def test_one_bar_tells_of_all_jobs_and_ends_with_all_done(tmp_path, capsys):
    perform_all(jobs_in(tmp_path), 1)
    shown = capsys.readouterr().err.replace("\n", "\r").split("\r")
    seen = [line for line in shown if line.strip()]
    assert all(line.startswith("models:") for line in seen)
    assert "100%" in seen[-1]
    assert seen[-1].rstrip().endswith("3/3 done")
    assert sum("100%" in line for line in seen) <= 2  # the last state, and its place on the screen
