"""The simulator: conservation of water, independent versions of its parts, restarts, records."""

import dataclasses
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from swgw.virtual import Parameters, load_origin, parameters_table, write_origin
from swgw.virtual.catchment import (
    PLAIN_RAIN,
    front_inflow,
    make_weather,
    oudin_pet,
    run_catchment,
    run_catchments,
)
from swgw.virtual.domain import laplacian
from swgw.virtual.ensemble import widen
from swgw.virtual.reach import AREA, SECONDS, Aquifer, River, drain_vadose, vadose_rate
from swgw.virtual.run import Coupled, Forcing


@pytest.fixture(scope="module")
def weather():
    return make_weather("2001-01-01", "2004-12-31", seed=3)


@pytest.fixture(scope="module")
def coupled():
    built = Coupled(Parameters(), seed=3)
    built.rate = vadose_rate(built.domain, built.parameters.aquifer, built.domain.surface - 10)
    return built


@pytest.fixture(scope="module")
def start(coupled):
    return coupled.first_state((coupled.domain.surface - 4.0)[:, None], 50.0)


def forcing(k=0, members=1, inflow=60.0):
    day = pd.Timestamp("2005-04-20") + pd.Timedelta(days=k)
    inflow, front = np.full(members, inflow), np.full(members, 9.0)
    return Forcing(day, inflow, 8.0 * (k % 7 == 0), 3.0 * (k % 7 == 0), 4.0, front)


def test_same_seed_same_weather_other_seed_other_weather(weather):
    again, other = (make_weather("2001-01-01", "2004-12-31", seed=seed) for seed in (3, 4))
    for place, table in weather.items():
        assert table.equals(again[place]) and not table.equals(other[place])


def test_weather_is_possible_and_its_monthly_rain_the_published_one(weather):
    for table in weather.values():
        assert not table.isna().any().any()
        assert (table["wind"] > 0).all()
        assert ((table["precipitation"] == 0) | (table["precipitation"] >= 0.1)).all()
    rain = weather["plain"]["precipitation"]
    assert rain.groupby(rain.index.month).sum().to_numpy() / 4 == pytest.approx(PLAIN_RAIN, abs=0.3)


def test_oudin_agrees_with_a_worked_value():
    # FAO-56, annex 2, table 2.6: extraterrestrial radiation at 40° N in June is 41.9 MJ/m²/d;
    # at 20 °C Oudin gives 41.9 / 2.45 · 25 / 100 mm/d.
    days = pd.DatetimeIndex(["2001-06-15"])
    assert oudin_pet(days, np.array([20.0]), 40.0)[0] == pytest.approx(41.9 / 2.45 / 4, rel=0.01)
    assert oudin_pet(days, np.array([-5.0]), 40.0)[0] == 0


def test_catchment_loses_no_water_and_resumes(weather):
    parameters, mountains = Parameters().catchment, weather["mountains"]
    whole, _ = run_catchment(mountains, parameters)
    left = whole["precipitation"] - whole["evapotranspiration"] - whole["runoff"]
    gap = (left - whole["storage_change"]).abs().sum()
    assert gap <= 1e-6 * whole["precipitation"].sum()
    assert (whole["discharge"] > 0).all()
    first, state = run_catchment(mountains.iloc[:500], parameters)
    second, _ = run_catchment(mountains.iloc[500:], parameters, state)
    pd.testing.assert_frame_equal(pd.concat([first, second]), whole, rtol=1e-12)


def test_catchments_solved_together_are_those_solved_alone(weather):
    parameters, mountains = Parameters().catchment, weather["mountains"]
    _, state = run_catchment(mountains.iloc[:400], parameters)
    weathers = [mountains.iloc[k : k + 40] for k in (400, 700, 1000)]
    alone = [run_catchment(w, parameters, state)[0] for w in weathers]
    together = run_catchments(weathers, parameters, state)
    for found, name in zip(together, ("discharge", "slow"), strict=True):
        expected = np.stack([one[name] for one in alone], axis=1)
        assert found == pytest.approx(expected, rel=1e-12)


def test_the_mountain_front_follows_the_slow_store_or_is_constant():
    parameters, slow = Parameters().aquifer, np.array([20.0, 40.0, 60.0])
    assert front_inflow(slow, 40.0, parameters) == pytest.approx([4.5, 9.0, 13.5])
    constant = replace(parameters, front_share=0)
    assert front_inflow(slow, 40.0, constant) == pytest.approx([9.0, 9.0, 9.0])


def test_middle_reach_loses_no_water(coupled, start):
    state, rng = start, np.random.default_rng(0)
    net = inflow = 0.0
    for k in range(60):
        state, day = coupled.step(state, forcing(k), rng)
        gone = day.river.loss.sum() + day.river.diverted.sum() + day.river.flow[-1, 0]
        assert gone == pytest.approx(60.0 + day.springs.sum(), rel=1e-9)
        front = 9.0 * SECONDS
        gained = day.infiltration.sum() + front + SECONDS * day.river.loss.sum()
        fluxes = day.aquifer
        lost = day.pumping + fluxes.springs + fluxes.evapotranspiration + fluxes.outflow
        net += gained - lost.sum()
        inflow += gained
    held = coupled.domain.specific_yield[:, None] * AREA * (state.head - start.head)
    change = held.sum() + (state.vadose - start.vadose).sum()
    assert abs(net - change) <= 1e-6 * inflow


def test_vadose_zone_keeps_water_and_delays_it_by_depth(coupled):
    domain = coupled.domain
    rate = vadose_rate(domain, Parameters().aquifer, domain.surface - 20)
    shallow = vadose_rate(domain, Parameters().aquifer, domain.surface - 2)
    assert (rate < shallow).all()
    stores = np.zeros((3, domain.n_cells, 1))
    water, arrived, days = np.ones((domain.n_cells, 1)), 0.0, 0.0
    for k in range(4000):
        stores, recharge = drain_vadose(stores, water * (k == 0), rate)
        arrived, days = arrived + recharge, days + k * recharge
    assert stores.sum(axis=0) + arrived == pytest.approx(water)
    plain = ~domain.margin
    assert days[plain, 0] == pytest.approx(20 / 0.1 - 1.5, rel=0.02)  # depth over speed


def test_routing_agrees_with_a_loop():
    rng = np.random.default_rng(1)
    loss, springs = rng.normal(1, 3, (40, 3)), rng.random((40, 3))
    demand, inflow = rng.random((40, 3)) * 4, np.array([0.0, 20.0, 200.0])
    routed = River.route(inflow, loss, springs, demand)
    for m in range(3):
        flow = inflow[m]
        for k in range(40):
            lost = min(loss[k, m], flow + springs[k, m])
            flow += springs[k, m] - lost
            taken = min(demand[k, m], flow)
            flow -= taken
            assert routed.loss[k, m] == pytest.approx(lost, abs=1e-9)
            assert routed.diverted[k, m] == pytest.approx(taken, abs=1e-9)
            assert routed.flow[k, m] == pytest.approx(flow, abs=1e-9)


def test_flow_between_cells_agrees_with_a_loop():
    rng = np.random.default_rng(2)
    active = rng.random((6, 7)) < 0.8
    number = {place: k for k, place in enumerate(zip(*np.nonzero(active), strict=True))}
    conductance, head = rng.random(len(number)) + 0.1, rng.random(len(number))
    expected = np.zeros(len(number))
    for (row, column), k in number.items():
        for place in [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]:
            if place in number:
                j = number[place]
                between = 2 * conductance[k] * conductance[j] / (conductance[k] + conductance[j])
                expected[k] += between * (head[k] - head[j])
    assert laplacian(active, conductance) @ head == pytest.approx(expected)


def test_one_implicit_step_satisfies_its_equation(coupled, start):
    aquifer: Aquifer = coupled.aquifer
    rng = np.random.default_rng(0)
    source = rng.normal(0, 1e4, start.head.shape)
    new, fluxes = aquifer.advance(start.head, source, np.array([3.0]), np.array([9.0]))
    flow = laplacian(coupled.domain.active, coupled.domain.transmissivity) @ new
    net = source + 9.0 * aquifer.front - fluxes.springs - fluxes.evapotranspiration
    net = net - fluxes.outflow - flow
    change = coupled.domain.specific_yield[:, None] * AREA * (new - start.head)
    assert net == pytest.approx(change, abs=1e-3)


def test_the_loss_of_a_disconnected_stream_does_not_depend_on_the_head(coupled):
    river, flow = coupled.river, np.full((len(coupled.domain.reach_cell), 1), 50.0)
    deep = river.potential_loss(flow, river.bed - 20)
    assert deep == pytest.approx(river.potential_loss(flow, river.bed - 200))
    assert (deep > 0).all()
    assert (river.potential_loss(flow, river.bed + 5) < 0).all()


def test_members_solved_together_are_those_solved_alone(coupled, start):
    two, alone = widen(start, 2), start
    for k in range(5):
        two, _ = coupled.step(two, forcing(k, members=2), None)
        alone, _ = coupled.step(alone, forcing(k), None)
    assert two.head == pytest.approx(np.repeat(alone.head, 2, axis=1), abs=1e-9)


def test_a_run_resumes_from_any_state_and_members_differ_by_what_is_not_observed(coupled, start):
    def run(state, first, last, rng):
        for k in range(first, last):
            state, _ = coupled.step(state, forcing(k, state.head.shape[1]), rng)
        return state

    whole = run(start, 0, 8, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    parts = run(run(start, 0, 4, rng), 4, 8, rng)
    assert np.array_equal(whole.head, parts.head)
    two = run(widen(start, 2), 0, 8, np.random.default_rng(0))
    assert np.abs(np.diff(two.head, axis=1)).max() > 1e-3


def test_every_parameter_lies_in_its_range():
    table = parameters_table()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert (table[["unit", "meaning", "source"]] != "").all().all()


def test_changed_parameters_are_recorded_and_travel_to_other_processes(tmp_path):
    calibrated = Parameters()
    river = dataclasses.replace(calibrated.river, width=120)
    wide = dataclasses.replace(calibrated, river=river)
    assert pickle.loads(pickle.dumps(wide)) == wide != calibrated
    table = parameters_table(wide).set_index(["part", "parameter"])
    assert table.loc[("river", "width"), "value"] == 120
    write_origin(tmp_path, 7, wide)
    assert load_origin(tmp_path) == (7, wide)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"seed": 1, "parameters": {"catchment": {"unknown": 1}}}', "\x00"]
)
def test_an_unreadable_record_is_none(tmp_path, text):
    (tmp_path / "simulation.json").write_text(text)
    assert load_origin(tmp_path) is None
