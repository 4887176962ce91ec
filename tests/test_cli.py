import pathlib
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from swgw.cli import app

run = CliRunner().invoke


def test_help_names_every_command():
    answer = run(app, ["--help"])
    assert answer.exit_code == 0
    for command in ("book", "check", "new", "simulate", "fetch"):
        assert f"  {command} " in answer.stdout


def test_help_of_book_does_not_show_the_profile_for_tests():
    answer = run(app, ["book", "--help"])
    assert "quick, paper or full" in " ".join(answer.stdout.split())
    assert "smoke" not in answer.stdout


def test_check_of_a_sound_folder(tiny_basin):
    answer = run(app, ["check", str(tiny_basin)])
    assert answer.exit_code == 0
    assert "in order" in answer.stdout
    assert "least observed" in answer.stdout and "100%" in answer.stdout


def test_check_lists_all_problems_and_exits_with_2(own_basin):
    (own_basin / "heads.csv").unlink()
    wells = own_basin / "wells.csv"
    wells.write_text(wells.read_text().replace("longitude", "long", 1))
    answer = run(app, ["check", str(own_basin)])
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "heads.csv" in answer.stderr
    assert "longitude" in answer.stderr


@pytest.mark.parametrize("command", ["check", "book"])
def test_a_folder_that_is_not_there(command, tmp_path):
    answer = run(app, [command, str(tmp_path / "nowhere")])
    assert answer.exit_code == 2
    assert "nowhere: found no such folder" in answer.stderr


def test_new_writes_a_folder_that_passes(tmp_path):
    folder = str(tmp_path / "mine")
    assert run(app, ["new", folder]).exit_code == 0
    assert run(app, ["check", folder]).exit_code == 0


@pytest.mark.parametrize("words", [["new"], ["simulate"], ["fetch", "bemp"]])
def test_a_folder_with_files_is_left_alone(words, tmp_path):
    (tmp_path / "precious.txt").write_text("kept")
    answer = run(app, [*words, str(tmp_path)])
    assert answer.exit_code == 2
    assert "is there already" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["book", "--profile", "slow"], "--profile: found 'slow'; expected one of"),
        (["book", "--seeds", "0"], "--seeds': Input should be greater than or equal to 1"),
        (["book", "--workers", "two"], "--workers': Input should be a valid integer"),
        (["simulate", "x", "--seed", "-1"], "--seed': Input should be greater than or equal to 0"),
        (["fetch", "atlantis", "x"], "'atlantis' is not"),
        (["bind"], "No such command 'bind'"),
    ],
)
def test_wrong_words_end_with_2_and_say_why(words, said):
    answer = run(app, words)
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_failure_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    def fail(folder, seed):
        (folder / "half.csv").write_text("half")
        raise PermissionError("disk is read-only")

    monkeypatch.setattr("swgw.virtual.simulate.simulate", fail)
    answer = run(app, ["simulate", str(tmp_path / "basin")])
    assert (answer.exit_code, answer.stderr) == (2, "swgw: disk is read-only\n")
    assert not any(tmp_path.iterdir())


def test_an_interruption_says_how_to_go_on(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("swgw.book.build.build_book", interrupt)
    answer = run(app, ["book", "--output", str(tmp_path)])
    assert answer.exit_code == 130
    assert "the same command continues" in answer.stderr


def test_no_traceback_from_a_real_process(tmp_path):
    command = [sys.executable, "-c", "from swgw.cli import app; app()", "check", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("swgw: 1 problem in the basin folder")
    assert "Traceback" not in ended.stderr


def test_no_text_installs_the_package_from_an_index():
    """What adds an extra works in a checkout."""
    root = pathlib.Path(__file__).resolve().parents[1]
    texts = [root / "README.md", *root.glob("book/*.md"), *root.glob("notebooks/*.ipynb")]
    for path in [*texts, *root.glob("swgw/**/*.py")]:
        assert "swgw[" not in path.read_text(encoding="utf-8"), path


def test_a_log_gets_a_line_of_progress_a_minute():
    lines = (
        "from swgw.cli import version; version(); from tqdm import tqdm; print(tqdm().mininterval)"
    )
    told = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert float(told.stdout) == 60
