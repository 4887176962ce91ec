"""What a study is held against: references of the validation year, Pastas, and the limit."""

import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from swgw.basin.folder import load_basin
from swgw.basin.prepare import prepare_basin
from swgw.experiments.benchmarks import Yardsticks, valid_times
from swgw.models.profiles import get_profile
from swgw.virtual import Parameters
from swgw.virtual.parameters import write_origin


@pytest.fixture(scope="module")
def prepared(tiny_basin):
    return prepare_basin(load_basin(tiny_basin))


@pytest.fixture
def yardsticks(prepared, tmp_path):
    return Yardsticks(prepared, None, get_profile("smoke"), tmp_path)


def test_references_forecast_the_validation_year(yardsticks, prepared):
    (job,) = yardsticks.results(["01"])
    job.fill()
    found = yardsticks.validation_hindcast("head", "ridge", "01")
    year = prepared.basin.settings.validation
    assert found["valid_time"].min() >= np.datetime64(year.start)
    assert found["valid_time"].max() <= np.datetime64(year.end)
    assert np.isfinite(found["forecast"]).all()
    last = yardsticks.validation_hindcast("surface_water", "persistence", "01")
    flow = prepared.surface_water["01"]
    assert last["forecast"][0].values == pytest.approx(
        np.repeat(flow[last["issue_time"].values].to_numpy()[:, None], 3, axis=1)
    )


def test_wells_are_shared_among_jobs_of_pastas(prepared, tmp_path, monkeypatch):
    monkeypatch.setattr("swgw.models.pastas.available", lambda: True)
    monkeypatch.setattr("swgw.experiments.benchmarks.version", lambda name: "2")
    monkeypatch.setattr("swgw.experiments.benchmarks.WELLS_A_JOB", 3)
    some = Yardsticks(prepared, None, get_profile("quick"), tmp_path)
    assert some.extra_references == ("Pastas",)
    assert [job.args[1] for job in some.pastas] == [("007", "A1"), ("A2", "B1")]
    assert len({job.path for job in some.pastas}) == 2
    for job in some.pastas:
        valid, wells = valid_times(prepared), job.args[1]
        dims, shape = ("series", *valid.dims), (len(wells), *valid.shape)
        data = xr.Dataset({"forecast": (dims, np.ones(shape))}, {"series": list(wells)})
        job.path.mkdir()
        data.assign_coords(valid_time=valid).to_netcdf(job.path / "test.nc", engine="scipy")
    found = some.pastas_hindcast()
    assert list(found["series"].values) == ["007", "A1", "A2", "B1"]
    assert found["valid_time"].dims == ("issue_time", "lead_time")


def test_without_pastas_there_is_no_such_reference(prepared, tmp_path, monkeypatch):
    monkeypatch.setattr("swgw.models.pastas.available", lambda: False)
    assert Yardsticks(prepared, None, get_profile("quick"), tmp_path).extra_references == ()


def test_valid_times_are_those_of_whole_forecasts_in_the_test_period(prepared):
    valid = valid_times(prepared)
    test = prepared.basin.settings.test
    assert valid.values[0, 0] == np.datetime64(test.start)
    assert valid.shape[1] == 3
    assert (np.diff(valid.values, axis=1) > np.timedelta64(0, "D")).all()
    assert valid.values[-1, -1] <= np.datetime64(test.end)


def test_a_basin_without_a_simulator_says_so(yardsticks):
    assert yardsticks.no_limit() == "no simulator"
    assert yardsticks.limit("head", "observed", xr.Dataset()) is None


def test_a_recorded_simulation_gets_a_job_of_its_own(own_basin, tmp_path):
    write_origin(own_basin / "truth", 5, Parameters())
    (own_basin / "truth" / "heads.csv").write_text("")
    prepared = prepare_basin(load_basin(own_basin))
    some = Yardsticks(prepared, None, get_profile("smoke"), tmp_path)
    job = some.results([])[-1]
    assert job.label == "perfect-model limit"
    record = json.loads((own_basin / "truth" / "simulation.json").read_text())
    assert record["seed"] == 5
    other = replace(Parameters(), river=replace(Parameters().river, width=90.0))
    write_origin(own_basin / "truth", 5, other)
    again = Yardsticks(prepared, None, get_profile("smoke"), tmp_path).results([])[-1]
    assert again.path != job.path
