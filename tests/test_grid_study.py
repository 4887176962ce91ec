"""The whole grid of a small basin with two gauges, trained, scored and shown."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from swgw.experiments.grid import ARMS
from swgw.experiments.study import Study, open_study
from swgw.models.run import BOTH
from swgw.pages import coupling, draws, grid, second_task

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(tiny_basin, tmp_path_factory):
    root = tmp_path_factory.mktemp("grid")
    basin = add_gauge(tiny_basin, root / "two")
    small = open_study(basin, "smoke", output=root / "out", train=False)
    made = Study(small.prepared, replace(small.profile, grid=True), small.folder)
    made.train()
    return made


def add_gauge(source, folder):
    """Copy a basin and give it a gauge below its own, with the flow of the last days and noise."""
    folder.mkdir()
    for path in source.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    gauges = pd.read_csv(folder / "gauges.csv", dtype={"gauge_id": str})
    below = gauges.assign(gauge_id="02", name="Weir", upstream_gauge_id="01", latitude=39.0)
    pd.concat([gauges.assign(upstream_gauge_id=""), below]).to_csv(
        folder / "gauges.csv", index=False
    )
    water = pd.read_csv(folder / "surface_water.csv", dtype={"gauge_id": str})
    rng = np.random.default_rng(0)
    slow = water["discharge"].rolling(10, min_periods=1).mean() * rng.uniform(0.9, 1.1, len(water))
    both = pd.concat([water, water.assign(gauge_id="02", discharge=slow)])
    both.to_csv(folder / "surface_water.csv", index=False)
    return folder


def test_every_arm_of_every_cell_has_its_forecasts(study):
    assert study.grid.pairs() == [("02", "01")]
    assert len(study.grid.cells) == 8
    for cell in study.grid.cells:
        for task in BOTH:
            for arm in ARMS[task]:
                observed, sims = study.chains_of(study.grid.runs(cell, arm, task), task)
                assert sims.shape == (1, *observed.shape)
                assert np.isfinite(sims).all()
                expected = (
                    [cell.gauge] if task == "surface_water" else list(study.basin.wells.index)
                )
                assert list(observed.columns) == expected


def test_known_weather_and_pasts_reach_the_forecasts(study):
    """Cells that differ in what is known differ in their forecasts."""
    first = study.grid.cells[0]
    forecasts = {
        cell: study.chains_of(study.grid.runs(cell, "MT", "head"), "head")[1]
        for cell in study.grid.cells
        if cell.gauge == first.gauge
    }
    for cell, values in forecasts.items():
        if cell != first:
            assert not np.allclose(values, forecasts[first])


def test_the_corner_is_what_the_other_pages_show(study):
    _, sims = study.chains_of(study.grid.runs(study.grid.cells[0], "MT", "head"), "head")
    chain = study.chain("head", "MT-TFT", 0)
    assert np.array_equal(sims[0], chain.to_numpy())


def test_the_page_stands(study):
    for page in (grid, coupling, second_task, draws):
        for name in [n for n in vars(page) if n.startswith(("figure_", "table_", "words_"))]:
            getattr(page, name)(study)
    plt.close("all")
    assert len(coupling.coupling_table(study)) == 4 + 3 + 4 + 3
    assert "not simulated" in draws.words_draws(study).data
