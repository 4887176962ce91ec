"""Introduction, on every kind of basin."""

import pandas as pd
import pytest
from fake_study import VARIANTS, make_study
from swgw.pages.second_task import HEADS
from swgw.plots.intro import LOWEST

from swgw.book import text as words
from swgw.pages import answer, intro
from swgw.pages.against import Standing, standing
from swgw.scores.bootstrap import Interval


@pytest.fixture(params=VARIANTS, ids=str, scope="module")
def study(request):
    made = make_study(**VARIANTS[request.param])
    made.basin.settings.description = "A <b>bold</b> claim"
    made.basin.settings.licence = made.basin.settings.citation = "none"
    return made


def test_the_basin_is_presented_with_its_words_escaped(study):
    text = intro.words_basin(study).data
    assert r"A \*fake\* basin" in text
    assert "<b>" not in text
    assert ("virtual basin" in text) == study.basin.settings.virtual


def test_limits_name_what_is_lacking_and_the_paper_only_beside_its_stand_in(study):
    text = intro.words_limits(study).data
    assert ("not the basin of the paper" in text) != study.basin.settings.companion_is_paper
    assert ("its truth is known" in text) == (study.truth is not None)
    if study.basin.river is None:
        assert "river.geojson" in text
    if not len(study.basin.gauges):
        assert "forecasts of surface water" in text


def test_headline_tells_whether_the_best_model_beats_the_best_reference(study):
    text = intro.words_headline(study).data
    assert text.count("The best trained model is") == len(study.tasks)
    assert ("not judged" in text) == (len(study.profile.seeds) == 1)
    for task in study.tasks:
        found = standing(study, task)
        verdict = "ahead of" if found.score > found.floor else "**behind**"
        assert f"The trained model is {verdict} it" in text
        assert f"{found.ahead or 'None'} of {found.of} trained models" in text


def test_equal_scores_are_level(monkeypatch):
    made = make_study(seeds=3)
    level = Standing("ST-GRU", "ridge", 0.9001, 0.9003, Interval(-0.0002, -0.1, 0.1, (3, 9)), 0, 6)
    monkeypatch.setattr(intro, "standing", lambda study, task: level)
    text = intro.words_headline(made).data
    assert "level with it; the difference can not be told from chance" in text
    assert "None of 6 trained models score higher" in text


def test_the_answer_is_judged_with_several_seeds_only(study):
    text = answer.words_answer(study).plain
    assert ("not judged" in text) == (len(study.profile.seeds) == 1)
    assert ("It cannot be asked here" in text) == (len(study.tasks) < 2)
    for task in study.tasks:
        assert words.number(standing(study, task).score, 3) in text


def test_the_answer_counts_architectures_and_gives_their_intervals(monkeypatch):
    rows = [
        ("gauge g0", "MT-GRU − ST-GRU", 0.03, 0.01, 0.05, "supported"),
        ("gauge g0", "MT-TFT − ST-TFT", 0.0, -0.01, 0.02, "inconclusive"),
        (HEADS, "MT-TFT − ST-TFT", -0.02, -0.03, -0.0004, "contradicted"),
    ]
    names = ["place", "comparison", "value", "low", "high", "word"]
    monkeypatch.setattr(answer, "differences", lambda study: pd.DataFrame(rows, columns=names))
    text = answer.words_answer(make_study(seeds=3)).plain
    assert "they gain NSE with 1 of 2 architectures (MT-GRU − ST-GRU 0.030 [0.010, 0.050])" in text
    assert "with 1 of 2 architectures no difference can be told from chance" in text
    assert "lose median R² over the wells with 1 of 1 architectures" in text
    assert "−0.0004]" in text


def test_headline_figure_has_one_panel_a_task_with_a_unit(study):
    figure = intro.figure_headline(study)
    assert len(figure.axes) == len(study.tasks)
    assert all("NSE" in ax.get_xlabel() for ax in figure.axes)


def test_scores_far_below_zero_are_drawn_at_the_edge():
    made = make_study(seeds=1)
    table = made.table_3()
    table.loc[table["model"] == "climatology", "nse"] = -300.0
    made.table_3 = lambda: table
    ax = intro.figure_headline(made).axes[0]
    left, right = ax.get_xlim()
    assert left > right  # of 1 − NSE, so that a perfect score is at the right
    assert 1 - left >= LOWEST - 0.3
    marks = [line.get_xdata() for line in ax.get_lines() if line.get_marker() == "<"]
    assert [1 - LOWEST] in [list(x) for x in marks]
