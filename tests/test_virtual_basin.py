"""The embedded virtual basin: its contract, its truth, its measurements; it can be remade."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from swgw.basin.calendar import bin_starts
from swgw.basin.folder import check_basin, load_basin, write_example
from swgw.basin.settings import basin_folder
from swgw.virtual import HELD_OUT, MARGIN, PUBLISHED, WELLS, Parameters
from swgw.virtual import simulate as observe
from swgw.virtual.compare import compare_held_out, compare_published
from swgw.virtual.domain import SECTIONS
from swgw.virtual.simulate import simulate, simulate_period
from swgw.virtual.truth import DRIVERS, SCENARIOS, load_truth

FILES = ("wells", "heads", "gauges", "surface_water", "forcing")
TRUTH = ("fluxes", "exchange", "heads", "wells", "water_table")

EXACT = 1e-6
"""Processors round differently, and the simulator makes nothing larger of it."""


@pytest.fixture(scope="module")
def folder():
    return basin_folder("heihe")


@pytest.fixture(scope="module")
def basin(folder):
    return load_basin(folder)


@pytest.fixture(scope="module")
def truth(basin):
    return load_truth(basin)


def test_embedded_basin_keeps_the_contract_and_is_the_papers_companion(folder, basin):
    assert check_basin(folder) == []
    settings = basin.settings
    assert (settings.virtual, settings.companion, settings.step) == (True, "jing2025", "5D")
    assert settings.train.start == pd.Timestamp("2001-01-01")
    assert settings.test.end == pd.Timestamp("2012-12-31")
    assert basin.gauges["upstream_gauge_id"].to_dict()["gaoya"] == settings.target_gauge


def test_it_has_25_wells_in_the_papers_settings(basin, truth):
    assert len(basin.wells) == 25
    assert list(basin.wells.index) == list(truth.wells.index) == list(WELLS["well_id"])
    assert (truth.wells["setting"] == MARGIN).sum() == 1
    nearest = basin.wells["distance_to_river"].groupby(truth.wells["setting"])
    assert nearest.max()["along the channel"] < nearest.min()["irrigated, near"]
    assert nearest.max()["irrigated, near"] < nearest.min()["far"]


def test_published_numbers_are_met_but_for_two_ranges(basin, truth):
    """As the appendix says; a range has no tolerance."""
    table = compare_published(basin, truth)
    assert table["simulated"].notna().all()
    assert list(table.index[~table["met"]]) == ["flow_max", "gain_dry"]
    assert (table.loc[table["low"] < table["high"], "tolerance"] == 0).all()


def test_a_number_outside_its_tolerance_is_not_met(basin, truth):
    warmer = basin.forcing.assign(temperature=basin.forcing["temperature"] + 2)
    table = compare_published(replace(basin, forcing=warmer), truth)
    assert not table.loc["temperature", "met"]
    assert table.loc["temperature", "difference"] == pytest.approx(2, abs=0.3)
    assert table.loc["rain_plain", "met"]


def test_held_out_numbers_took_no_part_in_the_calibration():
    assert HELD_OUT["key"].is_unique and 8 <= len(HELD_OUT) <= 15
    for column in ("key", "quantity"):
        assert not set(HELD_OUT[column]) & set(PUBLISHED[column])
    assert set(HELD_OUT) == set(PUBLISHED) - {"by_construction"}
    single = HELD_OUT["low"] == HELD_OUT["high"]
    share = (HELD_OUT["tolerance"] / HELD_OUT["low"])[single & (HELD_OUT["key"] != "max_day")]
    assert share.to_numpy() == pytest.approx(0.15)
    assert (HELD_OUT["tolerance"][~single] == 0).all()


def test_held_out_numbers_and_their_misses_as_the_appendix_says(basin, truth):
    table = compare_held_out(basin, truth)
    assert table["simulated"].notna().all()
    assert list(table.index[table["met"]]) == ["min_30", "max_day", "gain_share"]
    f, p = truth.fluxes.loc["2001":], truth.parameters
    assert table.loc["river_end", "simulated"] == pytest.approx(
        100 * f["river_end"].mean() / f["gorge"].mean()
    )
    assert table.loc["width_exponent", "simulated"] == p.river.width_exponent
    assert table.loc["springs", "difference"] == table.loc["springs", "simulated"] - 10


def test_water_below_the_lower_gauge_adds_up(basin, truth):
    """What is diverted below it is what the exchange of its sections leaves over."""
    mean = (
        truth.exchange.query("date >= '2001'")
        .groupby("section", sort=False)
        .mean(numeric_only=True)
    )
    used = truth.fluxes.loc["2001":, "diversion"].mean()
    above = mean["discharge"].iloc[0] - mean["exchange"].iloc[:2].sum() - mean["discharge"].iloc[2]
    gain = -mean["exchange"].iloc[2:].sum()
    ratio = compare_held_out(basin, truth).loc["gain_diverted", "simulated"]
    assert gain / (used - above) == pytest.approx(ratio, rel=1e-3)


def test_a_basin_without_truth_has_none(tmp_path, truth):
    assert load_truth(write_example(tmp_path / "example")) is None
    assert (truth.seed, truth.parameters) == (19, Parameters())


def test_water_balance_of_the_written_truth_closes_and_sections_add_up(truth):
    f = truth.fluxes
    ground = f[["recharge", "pumping", "springs", "evapotranspiration", "outflow",
                "river_loss", "river_gain", "front_inflow"]].sum(axis=1)  # fmt: skip
    assert (ground - f["storage_change"]).abs().max() < 1e-3  # written to the fourth decimal
    unsaturated = f["infiltration"] - f["recharge"] - f["vadose_change"]
    assert unsaturated.abs().max() < 1e-3
    left = f["gorge"] - f["springs"] - f["river_loss"] - f["river_gain"] - f["diversion"]
    assert (left - f["river_end"]).abs().max() < 1e-3
    net = truth.exchange.groupby("date")["exchange"].sum()
    expected = truth.fluxes[["river_loss", "river_gain", "springs"]].sum(axis=1)
    assert net.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-3)
    assert truth.exchange["section"].nunique() == len(SECTIONS) - 1 == 5


def test_measurements_scatter_around_the_true_head(basin, truth):
    true = truth.heads["head"].sel(scenario="all").to_pandas().T
    read = basin.heads.pivot_table(values="head", index="date", columns="well_id")
    read.index = bin_starts(read.index, "5D")
    error = (read - true).melt()["value"].dropna()
    assert abs(error.median()) < 0.002
    assert error.abs().quantile(0.68) == pytest.approx(observe.HEAD_NOISE, rel=0.1)
    assert 0.9 < read.notna().mean().mean() < 0.99
    dates = basin.surface_water.loc[basin.surface_water["gauge_id"] == "yingluo", "date"]
    assert not dates.between(*observe.FLOW_GAP).any()


def test_contributions_and_their_interaction_add_up(truth):
    head, parts = truth.heads["head"], truth.contributions()
    assert list(parts["driver"].values) == [*DRIVERS, "interaction"]
    together = head.sel(scenario="all") - head.sel(scenario="none")
    assert parts.sum("driver").values == pytest.approx(together.values, abs=1e-9)
    assert list(head["scenario"].values) == list(SCENARIOS)


def test_measurements_have_dropouts_outages_and_a_late_start():
    starts = bin_starts(pd.date_range("2000-01-01", "2012-12-31"), "5D").unique()
    head = np.zeros((len(starts), 25))
    table = observe.measure_heads(head, starts, seed=0)
    assert table.equals(observe.measure_heads(head, starts, seed=0))
    by_well = table.groupby("well_id")["date"]
    assert by_well.min().iloc[observe.LATE_WELL] >= pd.Timestamp(observe.LATE_START)
    assert (by_well.agg(lambda d: d.diff().max().days) > 55).sum() >= observe.OUTAGES
    assert table["head"].abs().max() > 0.15  # outliers, as real loggers have


@pytest.mark.slow
def test_a_short_simulation_gives_the_first_years_of_the_truth_and_a_change_its_response(truth):
    base = simulate_period(truth.parameters, end="2001-06-30", seed=truth.seed)
    true = truth.heads["head"].sel(scenario="all", time=slice(None, "2001-06-25"))
    days = true["time"] + pd.Timedelta(days=observe.MEASURED_DAY)
    measured = base["head"].sel(time=days.values).transpose("well", "time")
    assert measured.values == pytest.approx(true.values, abs=5e-5 + EXACT)
    river = replace(truth.parameters.river, leakance=0.03)
    changed = replace(truth.parameters, river=river)
    other = simulate_period(changed, truth.parameters, "2001-06-30", truth.seed)
    assert float(other["river_loss"].sum()) < float(base["river_loss"].sum())
    change = abs(other["head"] - base["head"]).mean("well")
    assert float(change[0]) < 0.02 < 0.1 < float(change[-1])


@pytest.mark.slow
def test_simulation_reproduces_the_committed_files(folder, tmp_path):
    again = simulate(tmp_path / "again")
    assert (again / "basin.yml").read_bytes() == (folder / "basin.yml").read_bytes()
    assert (again / "river.geojson").read_bytes() == (folder / "river.geojson").read_bytes()
    record = "truth/simulation.json"
    assert (again / record).read_bytes() == (folder / record).read_bytes()
    for name in [*FILES, *(f"truth/{name}" for name in TRUTH)]:
        ours, theirs = (pd.read_csv(place / f"{name}.csv") for place in (again, folder))
        pd.testing.assert_frame_equal(ours, theirs, rtol=0, atol=EXACT)
