import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import swgw
from swgw.basin.check import check_basin, report, summary
from swgw.basin.example import write_example
from swgw.basin.river import distance_to_river
from swgw.basin.settings import BasinSettings, Period, embedded
from swgw.storage.errors import UserError


def edit(folder, name, change):
    """Read a table of the folder as text, change it, write it back."""
    table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    change(table).to_csv(folder / name, index=False)


def settings(folder, old, new):
    text = (folder / "basin.yml").read_text()
    assert old in text
    (folder / "basin.yml").write_text(text.replace(old, new))


def test_the_example_loads(tiny_basin):
    basin = swgw.load_basin(tiny_basin)
    assert list(basin.wells.index) == ["007", "A1", "A2", "B1"]  # leading zeros kept
    assert list(basin.gauges.index) == ["01"]
    assert list(basin.heads.columns) == ["date", "well_id", "head"]
    assert list(basin.surface_water.columns) == ["date", "gauge_id", "value"]
    assert list(basin.forcing.columns[:3]) == ["date", "place", "precipitation"]
    assert set(basin.forcing["place"]) == {"basin"}
    assert basin.settings.unit == "m³/s"
    assert basin.settings.target_gauge == "01"
    assert basin.settings.train == Period(pd.Timestamp(2002, 1, 1), pd.Timestamp(2004, 12, 31))
    assert not basin.settings.companion_is_paper


def test_the_example_is_the_same_every_time_and_never_overwrites(tiny_basin, tmp_path):
    again = write_example(tmp_path / "again")
    names = sorted(path.name for path in tiny_basin.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    for name in names:
        assert (tiny_basin / name).read_bytes() == (again / name).read_bytes()
    with pytest.raises(UserError, match="is there already"):
        write_example(again)


def test_defaults_follow_the_step():
    period = Period(pd.Timestamp(2001, 1, 1), pd.Timestamp(2002, 1, 1))
    lengths = {}
    for step in ("D", "5D", "W", "MS"):
        made = BasinSettings(name="x", step=step, train=period, validation=period, test=period)
        lengths[step] = (made.encoder_length, made.lead_times)
    assert lengths == {"D": (365, 30), "5D": (73, 6), "W": (52, 4), "MS": (24, 3)}
    assert made.title == "x"


def test_a_basin_never_changes(tiny_basin):
    basin = swgw.load_basin(tiny_basin)
    before = basin.heads
    taken = basin.heads
    taken.loc[0, "head"] = -1.0
    taken["extra"] = 1
    pd.testing.assert_frame_equal(basin.heads, before)
    with pytest.raises(dataclasses.FrozenInstanceError):
        basin.heads = taken
    assert dataclasses.replace(basin, heads=taken).heads.loc[0, "head"] == -1.0


def test_the_digest_sees_every_file_of_the_contract_and_no_other(own_basin):
    digest = swgw.load_basin(own_basin).digest
    (own_basin / "notes.txt").write_text("mine")
    (own_basin / "truth").mkdir()
    assert swgw.load_basin(own_basin).digest == digest
    (own_basin / "river.geojson").write_text((own_basin / "river.geojson").read_text() + " ")
    assert swgw.load_basin(own_basin).digest != digest


def test_distance_is_along_the_ellipsoid_in_km():
    # One degree along a meridian from the equator is 110.574 km on WGS 84, at the equator along
    # it 111.320 km.
    river = pd.DataFrame({"longitude": [-1.0, 1.0], "latitude": [0.0, 0.0], "part": 0})
    wells = pd.DataFrame({"longitude": [0.0, 2.0, 0.5], "latitude": [1.0, 0.0, 0.0]})
    np.testing.assert_allclose(distance_to_river(wells, river), [110.574, 111.320, 0], atol=0.002)


def test_distance_takes_the_nearest_of_several_lines(own_basin):
    lines = [[[100.0, 38.0], [100.1, 38.0]], [[100.16, 38.92], [100.3, 39.1]]]
    shape = {"type": "MultiLineString", "coordinates": lines}
    (own_basin / "river.geojson").write_text(json.dumps(shape))
    basin = swgw.load_basin(own_basin)
    assert basin.river["part"].tolist() == [0, 0, 1, 1]
    assert basin.wells.loc["A2", "distance_to_river"] == pytest.approx(0, abs=1e-6)


def test_wells_alone(own_basin):
    (own_basin / "gauges.csv").unlink()
    (own_basin / "surface_water.csv").unlink()
    settings(own_basin, 'target_gauge: "01"', "")
    basin = swgw.load_basin(own_basin)
    assert basin.gauges.empty
    assert basin.surface_water.empty
    prepared = swgw.prepare_basin(basin)
    assert prepared.surface_water.shape == (len(prepared.time), 0)
    assert set(report(basin)["kind"]) == {"head", "precipitation", "temperature", "wind"}


def test_gauges_alone(own_basin):
    (own_basin / "wells.csv").unlink()
    (own_basin / "heads.csv").unlink()
    basin = swgw.load_basin(own_basin)
    assert basin.wells.empty
    assert basin.heads.empty
    assert swgw.prepare_basin(basin).heads.shape[1] == 0


def test_one_well_without_river_wind_or_temperature(own_basin):
    edit(own_basin, "wells.csv", lambda t: t[t["well_id"] == "007"])
    edit(own_basin, "heads.csv", lambda t: t[t["well_id"] == "007"])
    edit(own_basin, "forcing.csv", lambda t: t[["date", "precipitation"]])
    settings(own_basin, "river: river.geojson", "")
    basin = swgw.load_basin(own_basin)
    assert "distance_to_river" not in basin.wells
    assert swgw.prepare_basin(basin).variables == ["precipitation"]


def test_stage_instead_of_discharge(own_basin):
    settings(own_basin, "surface_water: discharge", "surface_water: stage")
    edit(own_basin, "surface_water.csv", lambda t: t.rename(columns={"discharge": "stage"}))
    basin = swgw.load_basin(own_basin)
    assert basin.settings.unit == "m"
    assert report(basin)["kind"].tolist()[4] == "stage"
    assert summary(report(basin)).set_index("kind")["series"].to_dict()["head"] == 4


def test_depth_becomes_head_once(own_basin):
    depths = lambda t: t.assign(head="2.25").rename(columns={"head": "depth"})  # noqa: E731
    edit(own_basin, "heads.csv", depths)
    heads = swgw.load_basin(own_basin).heads
    assert heads.groupby("well_id")["head"].first().to_dict() == {
        "007": 1477.75, "A1": 1480.75, "A2": 1476.75, "B1": 1499.75,
    }  # fmt: skip
    edit(own_basin, "wells.csv", lambda t: t.drop(columns="surface_elevation"))
    assert set(swgw.load_basin(own_basin).heads["head"]) == {-2.25}


def test_forcing_for_the_basin_its_wells_and_its_gauges(own_basin):
    def add_places(table):
        table = table.assign(well_id="", gauge_id="")
        dry = table.assign(precipitation="0")
        return pd.concat([table, dry.assign(well_id="007"), dry.assign(gauge_id="01")])

    edit(own_basin, "forcing.csv", add_places)
    basin = swgw.load_basin(own_basin)
    assert set(basin.forcing["place"]) == {"basin", "well:007", "gauge:01"}
    prepared = swgw.prepare_basin(basin)
    assert prepared.weather_of_well("007")["precipitation"].max() == 0
    assert prepared.weather_of_well("A1")["precipitation"].max() > 0
    assert prepared.weather_of_gauge("01")["precipitation"].max() == 0


def test_thousands_of_wells(own_basin):
    ids = [f"{number:04d}" for number in range(3000)]
    grid = np.linspace(0, 0.2, 3000)
    wells = pd.DataFrame({"well_id": ids, "longitude": 100 + grid, "latitude": 38.8 + grid})
    wells.to_csv(own_basin / "wells.csv", index=False)
    dates = pd.date_range("2001-01-01", "2006-12-31", freq="61D").strftime("%Y-%m-%d")
    heads = pd.MultiIndex.from_product([dates, ids], names=["date", "well_id"]).to_frame(False)
    heads["head"] = 1450 + np.arange(len(heads)) % 50 / 10
    heads.to_csv(own_basin / "heads.csv", index=False)
    basin = swgw.load_basin(own_basin)
    prepared = swgw.prepare_basin(basin)
    assert prepared.heads.shape == (len(prepared.time), 3000)
    assert list(prepared.heads.columns) == ids


def test_attributes_keep_their_kind(own_basin):
    edit(own_basin, "wells.csv", lambda t: t.assign(land_use=["crop", "", "7", "town"], clay="3"))
    wells = swgw.load_basin(own_basin).wells
    assert wells["land_use"].tolist() == ["crop", "", "7", "town"]
    assert wells["clay"].tolist() == [3.0] * 4


def test_blank_lines_and_a_byte_order_mark_are_no_matter(own_basin):
    text = (own_basin / "heads.csv").read_text()
    (own_basin / "heads.csv").write_bytes(b"\xef\xbb\xbf" + (text + "\n\n,,\n").encode())
    assert check_basin(own_basin) == []


def test_a_basin_by_the_name_of_an_embedded_one(monkeypatch, tiny_basin):
    with pytest.raises(UserError, match="no embedded basin is called 'nowhere'"):
        embedded("nowhere")
    monkeypatch.setattr("swgw.basin.settings.embedded", lambda name: tiny_basin)
    assert swgw.load_basin("anything").settings.name == "example"


def test_report_counts_steps_with_an_observation(own_basin):
    edit(own_basin, "heads.csv", lambda t: t[(t["well_id"] != "007") | (t["date"] < "2002-01-06")])
    coverage = report(swgw.load_basin(own_basin)).set_index("series")
    assert coverage.loc["007", "share"] == pytest.approx(1 / (5 * 73))  # 2002–2006, pentads
    assert coverage.loc["01", "share"] == 1
    assert coverage.loc["01", "observations"] == 2191
