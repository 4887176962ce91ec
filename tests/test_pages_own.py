"""Introduction and the page on one's own basin, on every kind of basin."""

import pytest
from fake_study import VARIANTS, make_study

from swgw.pages import intro, your_basin


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
        scores = intro._scores(study, task).groupby(["reference", "model"])["nse"].mean()
        ahead = scores[False].max() > scores[True].max()
        assert f"The trained model is {'ahead of' if ahead else '**behind**'} it" in text


def test_headline_figure_has_one_panel_a_task_with_a_unit(study):
    figure = intro.figure_headline(study)
    assert len(figure.axes) == len(study.tasks)
    assert all(ax.get_xlabel() == "NSE [–]" for ax in figure.axes)


def test_optional_parts_say_what_is_here(study):
    rows = dict(
        (row.split(" | ")[0].strip("| "), row.split(" | ")[-1].strip("| "))
        for row in your_basin.table_optional(study).data.splitlines()[2:]
    )
    assert rows["`river.geojson`"] == ("yes" if study.basin.river is not None else "no")
    assert rows["`pet`"] == "no"
    assert rows["`truth/`"] == ("yes" if study.truth is not None else "no")


def test_scores_far_below_zero_are_drawn_at_the_edge():
    made = make_study(seeds=1)
    table = made.table_3()
    table.loc[table["model"] == "climatology", "nse"] = -300.0
    made.table_3 = lambda: table
    left, right = intro.figure_headline(made).axes[0].get_xlim()
    assert (left, right) == (-0.55, 1.02)
