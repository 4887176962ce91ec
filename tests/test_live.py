"""Figures to zoom in: what they hold, what they hide, and the copy of plotly.js beside them."""

import json
import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs_version

from swgw.book import render
from swgw.plots import live
from swgw.plots.hydrograph import live_hydrograph, plot_hydrograph
from swgw.plots.live_map import live_map
from swgw.storage.share import shared

HOSTILE = "</script><b>well</b>"


def numbers(text):
    """Read back the JSON that the page carries."""
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', text)[1])


@pytest.fixture
def still():
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    return figure


@pytest.fixture
def hydrograph():
    time = pd.date_range("2010-01-01", periods=3, freq="5D")
    obs = pd.Series([1.0, np.nan, 3.123456], index=time)
    simulated = pd.DataFrame({"MT-TFT": [1.0, 2.0, 3.0], "persistence": 1.5}, index=time)
    return obs, simulated, "Discharge [m³/s]"


def test_a_live_figure_comes_as_page_pictures_and_plotly(still):
    shown = live.LiveFigure(still, go.Figure(layout=live.LAYOUT), ["a", HOSTILE], "Model")
    bundle = shown._repr_mimebundle_()
    assert bundle.keys() == {"text/html", "image/svg+xml", "image/png", live.PLOTLY}
    assert bundle["image/svg+xml"].rstrip().endswith("</svg>")
    assert not plt.fignum_exists(still.number)
    assert HOSTILE not in bundle["text/html"]
    assert "<option value=\"a\">a</option>" in bundle["text/html"]  # fmt: skip


def test_pages_get_what_sphinx_can_show(still, tmp_path):
    """Sphinx warns of a form that it does not know, and a warning stops the book."""
    data = live.LiveFigure(still, go.Figure())._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("page.figure_map(study);")
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    path = tmp_path / "02_1_study_area.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    toc, config = render.contents(), render.configure("title", "banner", {})
    render.stage(tmp_path / "staged", [path], toc, config)
    staged = nbformat.read(tmp_path / "staged" / path.name, as_version=4)
    assert set(staged.cells[0].outputs[0].data) == {"text/html", "image/svg+xml", "image/png"}


def test_no_name_ends_the_script_of_the_numbers(still):
    moving = go.Figure(layout=live.LAYOUT).add_scatter(x=[1], y=[2], name=HOSTILE)
    text = live.LiveFigure(still, moving).html()
    assert text.count("</script>") == 1
    assert numbers(text)["data"][0]["name"] == HOSTILE
    assert "<select>" not in text


def test_the_description_reaches_both_pictures(still):
    text = live.LiveFigure(still, go.Figure()).html()
    assert 'alt=""' in text
    text = live.with_description(text, 'wells & "gauges"')
    assert 'alt="wells &amp; &quot;gauges&quot;"' in text
    assert 'role="group" aria-label="wells &amp; &quot;gauges&quot;"' in text


def test_the_hydrograph_shows_one_model_at_a_time(hydrograph):
    data = json.loads(live_hydrograph(*hydrograph).to_json())["data"]
    assert [trace.get("meta") for trace in data] == ["MT-TFT", "persistence", None]
    assert [trace.get("visible", True) for trace in data] == [True, False, True]
    assert data[2]["y"] == [1.0, None, 3.1235]
    assert data[2]["x"] == ["2010-01-01", "2010-01-06", "2010-01-11"]


def test_the_still_hydrograph_has_first_and_last_model(hydrograph):
    figure = plot_hydrograph(*hydrograph)
    drawn = {line.get_label() for line in figure.axes[0].lines}
    assert drawn == {"observed", "MT-TFT", "persistence"}
    assert figure.axes[0].get_ylabel() == "Discharge [m³/s]"
    plt.close(figure)


def test_the_map_is_true_to_scale_and_runs_no_tag():
    wells = pd.DataFrame(
        {"longitude": [100.0, 100.1], "latitude": [60.0, 60.0], "facts": [f"{HOSTILE}\nx: 1", "b"]},
        index=["1", "2"],
    )
    river = pd.DataFrame({"longitude": [99.0, 101.0, 98.0], "latitude": 60.0, "part": [0, 0, 1]})
    moving = live_map(wells, wells.iloc[:0], river, pd.Series({"1": 2}))
    figure = json.loads(moving.to_json())
    assert figure["layout"]["yaxis"]["scaleratio"] == pytest.approx(2.0)
    line, *groups = figure["data"][:3]
    assert line["x"] == [99.0, 101.0, None, 98.0, None]
    assert {group["name"] for group in groups} == {"wells", "wells of cluster 2"}
    texts = [text for group in groups for text in group["hovertext"]]
    assert "&lt;/script&gt;&lt;b&gt;well&lt;/b&gt;<br>x: 1" in texts


def test_the_target_gauge_is_filled_and_each_gauge_named():
    gauges = pd.DataFrame(
        {"longitude": [100.0, 100.1], "latitude": [60.0, 60.1], "facts": ["Gauge 1", "Gauge 2"],
         "name": [np.nan, "Upper & lower"]}, index=["1", "2"],
    )  # fmt: skip
    moving = live_map(gauges.iloc[:0], gauges, None, pd.Series(dtype=int), "2")
    other, target = json.loads(moving.to_json())["data"]
    assert (other["name"], target["name"]) == ("other gauge", "target gauge")
    assert [g["marker"]["symbol"] for g in (other, target)] == [
        "triangle-down-open", "triangle-down"]  # fmt: skip
    assert (other["text"], target["text"]) == (["1"], ["Upper &amp; lower"])


def test_the_copy_of_plotly_is_the_packages_version():
    """One version draws in the book and in Jupyter."""
    library = shared("book") / "_static" / "plotly" / "plotly-basic.min.js"
    with library.open(encoding="utf-8") as stream:
        head = stream.read(200)
    assert f"v{get_plotlyjs_version()}" in head
    assert library.stat().st_size < 1_500_000
