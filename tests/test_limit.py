"""Perfect-model predictability: restarts retrace the truth, and what is unknown is random."""

import copy

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from swgw.basin.settings import basin_folder
from swgw.virtual import Parameters, limit, load_origin, write_origin
from swgw.virtual.catchment import run_catchment, warm_catchment
from swgw.virtual.ensemble import Ensemble, Members, Restart, in_steps, true_restarts
from swgw.virtual.reach import vadose_rate
from swgw.virtual.run import Coupled, make_outside

SEED = 3
RESTART, LENGTH = pd.Timestamp("2002-05-01"), 12


@pytest.fixture(scope="module")
def outside():
    return make_outside(Parameters(), SEED, "2001-01-01", "2004-12-31")


@pytest.fixture(scope="module")
def truth(outside):
    """A true run of a few weeks: its restart, its chance from there on, its heads and flow."""
    coupled, rng = Coupled(Parameters(), SEED), np.random.default_rng(0)
    surface, aquifer = coupled.domain.surface, coupled.parameters.aquifer
    coupled.rate = vadose_rate(coupled.domain, aquifer, surface - 10)
    state = coupled.first_state((coupled.domain.surface - 4.0)[:, None], 50.0)
    for day in pd.date_range("2002-04-01", RESTART, inclusive="left"):
        state, _ = coupled.step(state, outside.forcing(day), rng)
    mountains, parameters = outside.weather["mountains"], Parameters().catchment
    before = mountains.loc[: RESTART - pd.Timedelta(days=1)]
    _, catchment = run_catchment(before, parameters, warm_catchment(mountains, parameters))
    restart, chance = Restart(RESTART, state, catchment), copy.deepcopy(rng)
    heads, flows, cells = [], [], coupled.domain.cells_of_wells()
    for day in pd.date_range(RESTART, periods=LENGTH):
        state, _ = coupled.step(state, outside.forcing(day), rng)
        heads.append(state.head[cells, 0])
        flows.append(state.flow[coupled.domain.node["gaoya"], 0])
    return restart, chance, np.array(heads), np.array(flows), coupled.rate


@pytest.fixture(scope="module")
def ensemble(outside, truth):
    return Ensemble(Parameters(), outside, SEED, truth[-1])


def test_a_restart_with_the_true_chance_retraces_the_truth(ensemble, truth, outside):
    restart, chance, heads, flows, _ = truth
    days = pd.date_range(RESTART, periods=LENGTH)
    weather = ensemble.weather(restart, [days])
    found = ensemble.follow(restart, days, weather, copy.deepcopy(chance))
    assert np.abs(found.head[:, :, 0].T - heads).max() < 1e-9
    assert np.abs(found.flow[1, :, 0] - flows).max() < 1e-9
    gorge = outside.catchment["discharge"][days].to_numpy()
    assert np.abs(found.flow[0, :, 0] - gorge).max() < 1e-9


def test_other_chance_leaves_the_truth_and_members_differ(ensemble, truth):
    restart, _, heads, _, _ = truth
    found = ensemble.run(restart, LENGTH, 3)
    again = ensemble.run(restart, LENGTH, 3)  # whatever ran before
    assert np.array_equal(found.head, again.head)
    known, other = found.head[..., :3], found.head[..., 3:]
    assert np.abs(known - heads.T[..., None]).max() > 1e-3
    assert np.ptp(known, axis=-1).max() > 1e-3
    assert np.ptp(other, axis=-1).max() > 1e-3
    assert np.ptp(found.flow[0, :, :3], axis=-1).max() == 0  # nothing is random in the mountains
    assert np.ptp(found.flow[0, -1, 3:]) > 0.1


@pytest.mark.parametrize("first", ["2002-07-15", "2003-12-28", "2004-02-29", "2001-01-01"])
def test_other_weather_is_that_of_the_season_in_another_year(ensemble, first):
    days, rng = pd.date_range(first, periods=30), np.random.default_rng(1)
    found = [ensemble.other_days(days, rng) for _ in range(60)]
    known = ensemble.outside.weather["plain"].index
    for other in found:
        assert len(other) == 30 and other.isin(known).all()
        assert not other.isin(days).any()
        apart = abs(other[0].dayofyear - days[0].dayofyear)
        assert min(apart, 366 - apart) <= 11
    assert len({other[0].year for other in found}) >= 3


def test_means_are_those_of_what_observers_read():
    days = pd.date_range("2003-03-02", periods=10)  # two pentads
    values = np.arange(10.0)[None, :, None] * [[[1.0, 2.0]]]
    found = dict(in_steps(Members(days, values, values), "5D"))
    assert found["head"][0].tolist() == [[2.0, 4.0], [7.0, 14.0]]  # third day
    assert found["surface_water"][0].tolist() == [[2.0, 4.0], [7.0, 14.0]]  # mean of five
    daily = dict(in_steps(Members(days, values, values), "D"))
    assert np.isnan(daily["head"][0, :, 0]).sum() == 8
    assert daily["surface_water"][0, :, 1].tolist() == values[0, :, 1].tolist()


def _valid(issues, leads=2, start="2002-05-01"):
    starts = pd.date_range(start, periods=issues + leads, freq="5D").to_numpy()
    steps = np.arange(issues)[:, None] + np.arange(leads)
    coordinates = {
        "issue_time": starts[:issues] - np.timedelta64(5, "D"),
        "lead_time": np.arange(1, leads + 1),
    }
    return xr.DataArray(starts[steps], coordinates, ("issue_time", "lead_time"))


def test_where_there_are_too_many_issue_times_those_of_the_chain_are_taken():
    assert limit.chosen_issues(_valid(20), 20).tolist() == list(range(20))
    assert limit.chosen_issues(_valid(20), 12).tolist() == list(range(0, 20, 2))
    assert limit.chosen_issues(_valid(20), 6).tolist() == list(range(0, 20, 4))


@pytest.fixture
def made(outside, truth, tmp_path, monkeypatch):
    """Give a limit of a true run that takes no spin-up, and its run folder."""
    restart, _, heads, _, rate = truth
    write_origin(tmp_path / "basin" / "truth", SEED, Parameters())

    def restarts(parameters, outside, seed, days):
        states = [Restart(day, restart.state, restart.catchment) for day in days]
        return states, pd.DataFrame(heads), rate

    monkeypatch.setattr(limit, "true_restarts", restarts)
    monkeypatch.setattr(limit, "make_outside", lambda parameters, seed: outside)
    monkeypatch.setattr(limit, "differs", lambda basin, heads: "")

    def make(size):
        folder = tmp_path / "limit"
        limit.make_limit(tmp_path / "basin", "5D", _valid(4), size, folder)
        return folder

    return make


def _template(wells=("H02", "H01"), issues=4):
    valid, shape = _valid(issues), (len(wells), issues, 2)
    return xr.Dataset(
        {"observed": (("series", *valid.dims), np.ones(shape))},
        {"series": list(wells), "valid_time": valid, **valid.coords},
    )


def test_limit_stands_on_the_index_of_other_hindcasts(made):
    folder = made(limit.Size(members=3, most=2))
    found = limit.open_limit(folder, "head", "resampled", _template())
    assert found["forecast"].dims == ("series", "issue_time", "lead_time")
    assert list(found["series"].values) == ["H02", "H01"]
    known = np.isfinite(found["forecast"]).all(["series", "lead_time"])
    assert known.values.tolist() == [True, False, True, False]
    ordered = found["quantiles"].isel(issue_time=0).diff("quantile")
    assert float(ordered.min()) >= 0
    assert (found["observed"] == 1).all()
    other = limit.open_limit(folder, "head", "observed", _template())
    assert not np.allclose(found["forecast"][:, 0], other["forecast"][:, 0], atol=1e-6)
    gauge = limit.open_limit(folder, "surface_water", "observed", _template(("gaoya",)))
    assert float(gauge["forecast"].min()) > 0


def test_a_truth_of_another_simulator_gets_no_limit(made, monkeypatch):
    monkeypatch.setattr(limit, "differs", lambda basin, heads: "a truth it does not give")
    folder = made(limit.Size(2, 4))
    assert (folder / limit.REASON).read_text() == "a truth it does not give\n"
    assert limit.open_limit(folder, "head", "observed", _template()) is None


def test_a_difference_from_the_truth_is_said():
    truth = limit.load_truth(basin_folder("heihe")).heads["head"].sel(scenario="all")
    heads = truth.to_pandas().T.iloc[:50]
    heads.index = heads.index + pd.Timedelta(days=2)
    assert limit.differs(basin_folder("heihe"), heads) == ""
    heads.iloc[7, 3] += 0.03
    assert "differ by up to 0.03 m" in limit.differs(basin_folder("heihe"), heads)


@pytest.mark.slow
def test_the_embedded_basin_is_retraced_from_its_record():
    seed, parameters = load_origin(basin_folder("heihe") / "truth")
    outside = make_outside(parameters, seed)
    days = pd.DatetimeIndex(["2010-01-01", "2010-06-05", "2010-06-30"])
    found, heads, rate = true_restarts(parameters, outside, seed, days)
    assert limit.differs(basin_folder("heihe"), heads) == ""
    assert [restart.day for restart in found] == list(days)
    ensemble = Ensemble(parameters, outside, seed, rate)
    first = ensemble.run(found[1], 20, 4)
    true = heads.loc[first.days].to_numpy().T
    assert np.abs(first.head[:, 0, 0] - true[:, 0]).max() < 0.02  # a day of other chance
    gorge = outside.catchment["discharge"][first.days].to_numpy()
    assert np.abs(first.flow[0, :, 0] - gorge).max() < 1e-9
