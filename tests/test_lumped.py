"""The lumped conceptual model: water is conserved, parameters are found again, nothing leaks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.inputs.panel import ahead, issue_steps
from swgw.models.lumped import BOUNDS, drivers, lumped_forecast, simulate, step
from swgw.scores.skill import nse

MIDDLE = {name: (low + high) / 2 for name, (low, high) in BOUNDS.items()}


@pytest.fixture(scope="module")
def prepared():
    return prepare_basin(load_basin("heihe"))


@pytest.fixture(scope="module")
def gauge(prepared):
    return prepared.basin.settings.target_gauge


def test_water_is_conserved_for_any_parameters(prepared, gauge):
    rng = np.random.default_rng(0)
    sets = {name: rng.uniform(*ends, 50) for name, ends in BOUNDS.items()}
    weather, days = drivers(prepared, gauge), np.full(len(prepared.time), 5.0)
    stores, fluxes = simulate(weather, days, sets)
    fallen = np.cumsum(weather[:, 0] * days)
    left = np.cumsum(fluxes.sum(axis=1) * days[:, None], axis=0)
    np.testing.assert_allclose(stores.sum(axis=1) + left, fallen[:, None] + 0 * left, rtol=1e-9)
    assert stores.min() > -1e-9 and fluxes.min() > -1e-9


def test_snow_waits_for_warmth():
    dry = (np.zeros(1),) * 4
    (snow, *_), flux = step(dry, np.array([4.0, -10.0, 0.0]), MIDDLE, 5.0)
    assert snow.item() == 20.0 and flux.sum() == 0
    (snow, soil, *_), _ = step((snow, *dry[1:]), np.array([0.0, 30.0, 0.0]), MIDDLE, 5.0)
    assert snow.item() == 0.0 and soil.item() == pytest.approx(20.0)


def test_a_set_computed_alone_gives_the_same_as_among_others(prepared, gauge):
    rng = np.random.default_rng(1)
    sets = {name: rng.uniform(*ends, 3) for name, ends in BOUNDS.items()}
    weather, days = drivers(prepared, gauge)[:200], np.full(200, 5.0)
    together = simulate(weather, days, sets)[1]
    alone = simulate(weather, days, {name: values[1] for name, values in sets.items()})[1]
    np.testing.assert_allclose(together[:, :, 1], alone)


def test_a_catchment_of_its_own_kind_is_forecast(prepared, gauge):
    days = np.full(len(prepared.time), 5.0)
    flow = simulate(drivers(prepared, gauge), days, MIDDLE)[1][:, 0]
    observed = pd.DataFrame({gauge: 3 + 40 * flow}, prepared.time)
    issues = issue_steps(prepared.basin.settings, prepared.inside("test"))
    forecast = lumped_forecast(observed, prepared, gauge, issues)[0]
    truth = observed[gauge].to_numpy()[ahead(issues, prepared.basin.settings.lead_times)]
    assert nse(truth.ravel(), forecast.ravel()) > 0.95


@pytest.mark.parametrize("known", ["observed", "none"])
def test_nothing_after_the_issue_time_or_the_training_years_is_used(tiny_basin, known):
    prepared = prepare_basin(load_basin(tiny_basin))
    gauge = prepared.basin.settings.target_gauge
    settings = replace(prepared.basin.settings, future_forcing=known)
    prepared = replace(prepared, basin=replace(prepared.basin, settings=settings))
    issues = issue_steps(settings, prepared.inside("test"))[:5]
    observed = prepared.surface_water[[gauge]]
    before = lumped_forecast(observed, prepared, gauge, issues)
    later = pd.Series(np.arange(len(prepared.time)) > issues[-1], prepared.time)
    after = lumped_forecast(observed.mask(later, 1e6), prepared, gauge, issues)
    np.testing.assert_array_equal(before, after)
    if known == "none":
        weather = {place: frame.mask(later, 50.0) for place, frame in prepared.weather.items()}
        hidden = replace(prepared, weather=weather)
        np.testing.assert_allclose(lumped_forecast(observed, hidden, gauge, issues), before)
