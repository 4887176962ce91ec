"""Heads by Pastas: linear, no use of later observations, better than the mean."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pastas
import pytest
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.models import pastas as response
from swgw.models.pastas import Response, expected, forecast


def _convolve(stress, block):
    return np.array(
        [sum(block[j] * stress[t - j] for j in range(min(len(block), t + 1))) for t in range(20)]
    )


@pytest.fixture
def known():
    """A well that responds to rain and river alone, with responses that we chose."""
    rng = np.random.default_rng(0)
    stresses = pd.DataFrame(rng.random((20, 2)), columns=["precipitation", "river"])
    blocks = {"precipitation": np.array([0.5, 0.25]), "river": 0.6 ** np.arange(9)}
    head = sum(_convolve(stresses[name].to_numpy(), block) for name, block in blocks.items())
    return stresses, Response(head, blocks, memory=0.5)


def test_a_forecast_is_the_simulation_under_the_expected_stresses(known):
    stresses, fitted = known
    settings = SimpleNamespace(lead_times=3, history=False)
    issues, ahead = np.array([10]), {"river": np.array([[7.0, 8.0, 9.0]])}
    values = forecast(fitted, fitted.simulation, stresses, ahead, issues, settings)
    other = stresses["river"].to_numpy().copy()
    other[11:14] = [7.0, 8.0, 9.0]
    plain = _convolve(stresses["precipitation"].to_numpy(), fitted.blocks["precipitation"])
    plain = plain + _convolve(other, fitted.blocks["river"])
    assert values[0] == pytest.approx(plain[11:14])


def test_a_forecast_starts_from_the_last_residual_and_forgets_it(known):
    stresses, fitted = known
    head = fitted.simulation + np.nan
    head[8] = fitted.simulation[8] + 4.0  # observed two steps before the issue time
    settings = SimpleNamespace(lead_times=3, history=True)
    values = forecast(fitted, head, stresses, {}, np.array([5, 10]), settings)
    assert (values - fitted.simulation[[[6, 7, 8], [11, 12, 13]]]).tolist() == [
        [0.0, 0.0, 0.0],
        pytest.approx([0.5, 0.25, 0.125]),
    ]


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


def test_the_future_river_is_its_expectation_and_not_the_observation(prepared):
    stresses = response.stresses_of(prepared, "007", "01")
    assert list(stresses) == ["precipitation", "evaporation", "river"]
    issues = np.array([300])
    found = expected(prepared, stresses, issues)
    assert list(found) == ["river"]  # the weather to come is known in this basin
    changed = stresses.copy()
    changed.iloc[301:] += 50.0
    again = expected(prepared, changed, issues)
    assert again["river"] == pytest.approx(found["river"])


def test_nothing_after_the_issue_time_reaches_a_forecast(prepared):
    issue = int(np.flatnonzero(prepared.inside("test"))[30])
    before = response.forecast_well(prepared, "007", "01", np.array([issue]))
    heads, water = prepared.heads.copy(), prepared.surface_water.copy()
    heads.iloc[issue + 1 :] += 3.0
    water.iloc[issue + 1 :] *= 2.0
    other = replace(prepared, heads=heads, surface_water=water)
    after = response.forecast_well(other, "007", "01", np.array([issue]))
    assert after == pytest.approx(before, abs=1e-9)


def test_our_simulation_is_that_of_pastas(prepared, monkeypatch):
    kept, solve = [], pastas.Model.solve
    monkeypatch.setattr(
        pastas.Model, "solve", lambda self, **how: kept.append(self) or solve(self, **how)
    )
    head = prepared.heads["A1"].to_numpy()
    stresses = response.stresses_of(prepared, "A1", "01")
    ours = response.fit_response(prepared, head, stresses).simulation
    theirs = kept[0].simulate()
    steps = (theirs.index - pd.Timestamp("2000-01-01")).days // 5
    assert len(theirs) > 100
    assert ours[steps] == pytest.approx(theirs.to_numpy(), abs=1e-4)  # m


def test_hindcasts_of_both_years_are_written(prepared, tmp_path):
    response.fit_heads(prepared, ("007", "A1"), "01", tmp_path)
    for period in ("validation", "test"):
        with xr.open_dataset(tmp_path / f"{period}.nc", engine="scipy") as data:
            assert list(data["series"].values) == ["007", "A1"]
            assert np.isfinite(data["forecast"]).all()
            span = prepared.basin.settings.period(period)
            assert data["valid_time"].min() >= np.datetime64(span.start)
            assert data["valid_time"].max() <= np.datetime64(span.end)
            error = data["forecast"] - data["observed"]
            assert float((error**2).mean()) < float(data["observed"].var("issue_time").mean())
