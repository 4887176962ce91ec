"""The page on the self-organising map draws readings only, and tells what was filled in."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from swgw.inputs.wells import SomResult
from swgw.pages import som as page

TIME = pd.date_range("2001-01-01", "2004-12-25", freq="5D")
LATE = TIME.year >= 2003


def a_study(distance=True, share_of_b=1.0):
    """Three wells in two clusters; C, alone in its own, has no reading before 2003."""
    rng = np.random.default_rng(0)
    filled = pd.DataFrame(rng.normal(size=(len(TIME), 3)), TIME, ["A", "B", "C"])
    heads = filled.copy()
    heads.loc[~LATE, "C"] = np.nan
    heads.loc[TIME[int(share_of_b * len(TIME)) :], "B"] = np.nan
    clusters = pd.Series([1, 1, 2], heads.columns, name="cluster")
    nodes = pd.DataFrame({1: filled["A"], 2: filled["C"]})
    som = SomResult(clusters, filled, nodes, pd.Series([0, 1], [1, 2]), (), 1.0, 0.0)
    wells = pd.DataFrame({"distance_to_river": [1.0, 2.0, 3.0]}, heads.columns)
    settings = SimpleNamespace(companion_is_paper=False)
    basin = SimpleNamespace(wells=wells if distance else wells[[]], settings=settings)
    return SimpleNamespace(
        som=som, clusters=clusters, basin=basin, prepared=SimpleNamespace(heads=heads)
    )


def drawn(axes):
    """Times of all points that a panel shows, as numbers of days."""
    points = [line.get_xydata() for line in axes.get_lines()]
    return np.concatenate([xy[np.isfinite(xy).all(axis=1), 0] for xy in points])


def test_no_line_where_nothing_was_read():
    first, second = page.figure_clusters(a_study()).axes
    begin = (pd.Timestamp("2003-01-01") - pd.Timestamp("1970-01-01")).days
    assert drawn(first).min() == first.get_xlim()[0] < begin - 700
    assert begin <= drawn(second).min() < begin + 5
    assert first.get_xlim() == second.get_xlim()


def test_a_reading_between_gaps_is_a_dot():
    study = a_study()
    heads = study.prepared.heads
    heads["C"] = heads["C"].where(np.arange(len(TIME)) % 2 == 0)
    dots = page.figure_clusters(study).axes[1].get_lines()[1]
    assert dots.get_marker() == "."
    assert np.isfinite(dots.get_ydata()).sum() == heads["C"].notna().sum()


def test_no_yearly_mean_of_a_year_that_was_not_observed():
    study = a_study()
    trend = page.figure_seasons(study).axes[1].get_lines()
    years = [line.get_xdata()[np.isfinite(line.get_ydata())].tolist() for line in trend]
    assert years == [[2001, 2002, 2003, 2004], [2003, 2004]]
    expected = study.prepared.heads.loc["2003", "C"].mean()
    assert trend[1].get_ydata()[2] == pytest.approx(expected)


def test_what_was_filled_in_is_told_and_warned_of():
    said = page.words_filled(a_study(share_of_b=0.9)).data
    assert "In 2 wells of 3" in said
    assert "C 50 % and B 10 % of the steps" in said
    assert "**Observed in less than 70 % of the training years: C.**" in said
    assert "may owe its cluster" in said


def test_no_warning_where_most_was_observed():
    study = a_study(share_of_b=0.9)
    study.prepared.heads["C"] = study.prepared.heads["A"]
    assert "Observed in less" not in page.words_filled(study).data
    study.prepared.heads["B"] = study.prepared.heads["A"]
    assert "Every well has a reading in every step" in page.words_filled(study).data


def test_what_the_numbers_follow():
    assert "distance to the river, from the nearest" in page.words_numbering(a_study()).data
    alone = page.words_numbering(a_study(distance=False)).data
    assert "no course of a river" in alone and "the largest first" in alone
