"""The Swiss wells and the challenge's USA site; need the files in ../shared/data."""

import hashlib
import pathlib

import pandas as pd
import pytest
from typer.testing import CliRunner

import swgw
from swgw.basin.check import check_basin
from swgw.basin.settings import Period
from swgw.cli import app
from swgw.sources import challenge_usa, naqua

MIRROR = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    """Folder of a data set, fetched by the command."""

    def fetch(name, data_set):
        if not (MIRROR / data_set).is_dir():
            pytest.skip(f"no local copy of {data_set} in ../shared/data")
        folder = tmp_path_factory.mktemp("fetched") / name
        answer = CliRunner().invoke(
            app, ["fetch", name, str(folder)], env={"SWGW_MIRROR": str(MIRROR)}
        )
        assert answer.exit_code == 0, answer.stderr
        assert "Licence: GPL-3.0. Please cite: Collenteur" in answer.stdout
        assert f"Next: swgw check {folder}" in answer.stdout
        return folder

    return fetch


@pytest.fixture(scope="module")
def swiss(fetched):
    return fetched("naqua", naqua.DATA_SET)


@pytest.fixture(scope="module")
def swiss_basin(swiss):
    return swgw.load_basin(swiss)


@pytest.fixture(scope="module")
def usa(fetched):
    return fetched("challenge-usa", challenge_usa.DATA_SET)


def test_28_wells_19_with_a_river_18_gauges(swiss_basin):
    wells = swiss_basin.wells
    assert len(wells) == 28
    own = wells["gauge_id"][wells["gauge_id"] != ""]
    assert len(own) == 19
    assert set(own) == set(swiss_basin.gauges.index)
    assert len(swiss_basin.gauges) == 18
    assert own["Vétroz"] == own["Crêtelongue"] == "2011"
    assert swiss_basin.gauges.loc["CHZH-018", "name"] == "Glatt, Rümlang"


def test_swiss_values_are_those_of_the_files(swiss_basin):
    heads = swiss_basin.heads.set_index(["well_id", "date"])["head"]
    stage = swiss_basin.surface_water.set_index(["gauge_id", "date"])["value"]
    assert heads["Davos", "1990-01-02"] == 1700.66
    assert stage["2011", "1995-01-01"] == 483.259
    assert (
        len(stage)
        == pd.read_csv(MIRROR / naqua.DATA_SET / "rivers.csv", index_col=0)
        .drop(columns="Vétroz")
        .notna()
        .to_numpy()
        .sum()
    )
    assert swiss_basin.wells.loc["Davos", "distance_to_river"] == 0.024  # km


def test_each_river_has_the_weather_of_its_well(swiss_basin):
    prepared = swgw.prepare_basin(swiss_basin)
    own, at_gauge = prepared.weather_of_well("Davos"), prepared.weather_of_gauge("2327")
    pd.testing.assert_frame_equal(own, at_gauge)
    shared = prepared.weather_of_gauge("2011")["temperature"]
    two = [prepared.weather_of_well(well)["temperature"] for well in ("Vétroz", "Crêtelongue")]
    assert (shared - (two[0] + two[1]) / 2).abs().max() < 0.02
    # The correlation of daily head and stage that the description of the data gives.
    heads = swiss_basin.heads[swiss_basin.heads["well_id"] == "Massongex"].set_index("date")["head"]
    river = swiss_basin.surface_water[swiss_basin.surface_water["gauge_id"] == "2024"]
    assert heads.corr(river.set_index("date")["value"]) == pytest.approx(0.87, abs=0.005)


def test_the_challenge_site(usa):
    basin = swgw.load_basin(usa)
    assert basin.settings.test == Period(pd.Timestamp(2017, 1, 18), pd.Timestamp(2021, 12, 31))
    scored = basin.heads[basin.heads["date"] >= "2017-01-18"]
    assert len(scored) == 1774  # as the challenge scored
    assert len(basin.heads) == 7042
    assert basin.heads["head"].iloc[0] == 151.3014
    first = basin.forcing.set_index("date").loc["1996-03-27"]
    assert first["temperature"] == pytest.approx((13.88888889 - 5.55555556) / 2, abs=1e-3)
    assert first["pet"] == 2.677
    assert basin.settings.unit == "m"


def test_what_the_challenge_gave_lies_unchanged_beside_it(usa):
    for path, sha256 in challenge_usa.HASHES.items():
        content = (usa / challenge_usa.UPSTREAM / path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256
    assert len(challenge_usa.SUBMISSIONS) == 13


@pytest.mark.parametrize("module", [naqua, challenge_usa])
def test_hashes_are_those_of_the_descriptions(module):
    readme = MIRROR / module.DATA_SET / "README.md"
    if not readme.is_file():
        pytest.skip("no local copy in ../shared/data")
    text = readme.read_text()
    assert all(f"`{path}`" in text and sha256 in text for path, sha256 in module.HASHES.items())
    assert module.COMMIT in text


@pytest.mark.parametrize("name", ["swiss", "usa"])
def test_the_folder_is_in_order_and_tells_its_source(name, request):
    folder = request.getfixturevalue(name)
    assert check_basin(folder) == []
    text = (folder / "SOURCE.md").read_text()
    module = {"swiss": naqua, "usa": challenge_usa}[name]
    for part in (module.COMMIT, *module.HASHES.values(), "GPL-3.0", module.CITATION):
        assert part in text


@pytest.mark.network
@pytest.mark.parametrize("module", [naqua, challenge_usa])
def test_the_public_address(module, tmp_path, monkeypatch):
    monkeypatch.delenv("SWGW_MIRROR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    module.fetch(tmp_path / "basin")
    assert check_basin(tmp_path / "basin") == []
