"""What a book took: read, kept, summed, shown."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from swgw.book import times
from swgw.pages import provenance as page
from swgw.plots.provenance import plot_times
from swgw.storage.jobs import Job
from swgw.storage.results import RunFolder

SECONDS = {
    "a": {"panel": [3.0, 2.0], "training": [60.0, 40.0], "whole": [70.0, 48.0]},
    "b": {"panel": [3.0, 2.0], "training": [120.0, 80.0], "whole": [130.0, 84.0]},
    "c": {"whole": [6.0, 6.0]},
}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study with two jobs of one kind, one that tells its whole time only, and one unmade."""
    kinds = {"a": "MT-TFT", "b": "MT-TFT", "c": "", "d": "ST-GRU"}
    jobs = [Job(n, RunFolder(tmp_path / n), print, kind=kind) for n, kind in kinds.items()]
    for name, seconds in SECONDS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "seconds.json").write_text(json.dumps(seconds))
    made = SimpleNamespace(folder=tmp_path, jobs=jobs)
    monkeypatch.setattr(times, "jobs_of", lambda study: study.jobs)
    return made


def test_processor_time_is_summed_by_kind_and_stage(study):
    assert times.summed(times.work_times(study)) == {
        "MT-TFT": {"panel": 4.0, "training": 120.0, "whole": 132.0},
        "c": {"whole": 6.0},
    }


def test_what_no_stage_covers_is_other(study):
    table = page._cpu_minutes(times.work_times(study)) * 60
    assert table.loc["MT-TFT"].to_dict() == pytest.approx({"panel": 4, "training": 120, "other": 8})
    assert table.loc["c", "other"] == pytest.approx(6.0)


def test_times_are_kept_for_these_jobs_only(study):
    times.keep_times(study, check=1.5)
    assert times.keep_times(study, models=7.0) == {"check": 1.5, "models": 7.0}
    assert times.read_times(study) == {"check": 1.5, "models": 7.0}
    study.jobs = study.jobs[:2]
    assert times.read_times(study) == {}


@pytest.mark.parametrize("text", ["", "[]", "null", '{"jobs": 1}', '{"seconds": {"check": 1}}'])
def test_a_damaged_record_is_none(study, text):
    times.keep_times(study, check=1.5)
    (study.folder / "times.json").write_text(text)
    assert times.read_times(study) == {}


def test_the_page_with_and_without_a_book(study):
    assert "not made as part of a book" in page.table_stages(study).data
    times.keep_times(study, models=120.0, notebooks={"intro": 30.0})
    assert "| **models** | 2.0 |" in page.table_stages(study).data
    assert "| **page intro** | 0.50 |" in page.table_stages(study).data
    assert "The 3 jobs took 2.3 minutes of processor time, done within 2.0" in (
        page.words_times(study).data
    )
    assert "MT-TFT took the largest part of it, 96 %." in page.words_times(study).data
    assert "| **MT-TFT** | 2 | 3.3 | 0.07 | 2.0 | 0.13 |" in page.table_work(study).data


def test_the_page_of_a_study_that_recorded_nothing(study):
    study.jobs = study.jobs[3:]
    assert "Not shown" in page.table_work(study).data
    assert page.words_times(study).data == ""
    assert page.figure_times(study) is not None


def test_the_bars_add_up():
    work = pd.DataFrame({"training": [2.0, None], "other": [1.0, 0.5]}, index=["a", "b"])
    figure = plot_times(pd.Series({"check": 0.1}), work)
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "Elapsed time [min]",
        "Processor time, summed over jobs [min]",
    ]
    ends = [bar.get_x() + bar.get_width() for bar in figure.axes[1].patches]
    assert ends == pytest.approx([2.0, 0.0, 3.0, 0.5])
