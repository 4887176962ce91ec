"""The page on uncertainty: every function on every kind of basin, with and without folds."""

import re
from functools import lru_cache

import matplotlib.pyplot as plt
import numpy as np
import pytest
from fake_study import REFERENCES, VARIANTS, make_study
from IPython.display import Markdown
from matplotlib.figure import Figure
from test_pages_results import is_labelled

from swgw.experiments import intervals
from swgw.pages import coverage, uncertainty

FOLDS = 4


@lru_cache
def study_of(variant, folds):
    """Make each fake study once."""
    study = make_study(**VARIANTS[variant])
    study.fold_runs = ("one", "another") if folds else ()
    study.profile.fold_windows = 0
    return study


def fake_models(study, task):
    """All models but the control, where the study has folds."""
    return [m for m in study.models(task) if "+" not in m] if study.fold_runs else []


def fake_folds(study, task, model):
    """Take the test period apart: the errors of a fake study are alike in all years."""
    whole = study.hindcast(task, model, study.seeds_of(model)[0])
    cuts = np.array_split(np.arange(whole.sizes["issue_time"]), FOLDS)
    return [whole.isel(issue_time=cut) for cut in cuts]


@pytest.fixture(autouse=True)
def folds(monkeypatch):
    monkeypatch.setattr(intervals, "calibrated_models", fake_models)
    monkeypatch.setattr(intervals, "fold_hindcasts", fake_folds)
    yield
    plt.close("all")


def functions(module):
    """List the functions of a module that the notebook calls."""
    return {
        name: function
        for name, function in vars(module).items()
        if name.split("_")[0] in ("figure", "table", "words")
        and getattr(function, "__module__", "") == module.__name__
    }


@pytest.mark.parametrize("with_folds", [False, True])
@pytest.mark.parametrize("variant", VARIANTS)
def test_page_stands_for_every_basin(variant, with_folds):
    study = study_of(variant, with_folds)
    for name, function in functions(coverage).items():
        result = function(study)
        assert isinstance(result, Markdown), name
        assert "nan" not in re.split(r"\W+", result.data), (name, result.data)
    for name, function in functions(uncertainty).items():
        result = function(study)
        assert isinstance(result, Figure), name
        assert is_labelled(result), name
        if variant == "everything":
            result.canvas.draw()
        plt.close(result)


def test_without_folds_the_page_says_so_and_shows_no_recalibration():
    study = study_of("everything", False)
    for function in (coverage.table_effect, coverage.table_methods, coverage.table_crps):
        assert function(study).data == coverage.SEE_ABOVE
    assert "recalibrated" not in coverage.table_coverage(study).data
    titles = [a.get_title(loc="left") for a in uncertainty.figure_reliability(study).axes]
    assert titles and all(title.endswith("raw") for title in titles)


def test_recurrent_models_and_references_get_intervals_from_folds():
    table = coverage.table_coverage(study_of("everything", True)).data
    for model in ("MT-GRU", "ST-LSTM", *REFERENCES):
        assert re.search(rf"\*{model}\*+ \| recalibrated", table), model
        assert not re.search(rf"\*{model}\*+ \| raw", table), model


def test_one_seed_judges_nothing():
    for function in (coverage.table_effect, coverage.table_crps):
        data = function(study_of("one seed, rain only", True)).data
        assert "not judged" in data
        assert not re.search("nearer\\*|farther|better\\*|worse|no difference", data)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.01, 0.1, "nearer"), (-0.1, -0.01, "farther"), (-0.1, 0.1, "no difference")],
)
def test_a_difference_inside_its_interval_is_none(low, high, word):
    from swgw.scores.bootstrap import Interval

    assert coverage.verdict_word(Interval((low + high) / 2, low, high, (3, 14))) == word
