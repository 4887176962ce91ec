"""The Rio Grande data; needs the files in ../shared/data, except for what goes wrong."""

import pathlib

import pandas as pd
import pytest

import swgw
from swgw.basin.check import check_basin
from swgw.sources import bemp, download
from swgw.storage.errors import UserError

MIRROR = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not (MIRROR / "bemp-rio-grande").is_dir():
        pytest.skip("no local copy of the Rio Grande data in ../shared/data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWGW_MIRROR", str(MIRROR))
        folder = tmp_path_factory.mktemp("fetched") / "bemp"
        assert bemp.fetch(folder).startswith("Licence: CC BY 4.0. Please cite: BEMP (2023)")
    return folder


@pytest.fixture(scope="module")
def basin(folder):
    return swgw.load_basin(folder)


def test_the_folder_is_in_order(folder):
    assert check_basin(folder) == []


def test_95_wells_at_20_sites(basin):
    assert len(basin.wells) == 95
    assert basin.wells.index.str[:2].nunique() == 20
    recent = basin.heads[basin.heads["date"].between("2005-01-01", "2023-12-31")]
    months = recent["date"].dt.to_period("M")
    assert months.groupby(recent["well_id"]).nunique().min() >= 205


def test_levels_are_metres_from_the_ground(basin):
    """Alameda, 15 April 1997: 247 cm below ground at the north well (the first row)."""
    heads = basin.heads.set_index(["well_id", "date"])["head"]
    assert heads["01-North", "1997-04-15"] == -2.47
    recent = basin.heads[basin.heads["date"].between("2005-01-01", "2023-12-31")]
    depth = -recent.groupby("well_id")["head"].mean()
    # As the description of the data has it: 0.32 to 3.08, median 1.46.
    assert depth.min() == pytest.approx(0.32, abs=0.01)
    assert depth.max() == pytest.approx(3.08, abs=0.01)
    assert depth.median() == pytest.approx(1.46, abs=0.01)


def test_discharge_is_in_cubic_metres(basin):
    """924 ft³/s on 15 April 1997; medians near those of the description of the data."""
    water = basin.surface_water[basin.surface_water["gauge_id"] == "08330000"]
    assert water.set_index("date")["value"]["1997-04-15"] == pytest.approx(26.1648, abs=1e-4)
    may = water[water["date"].dt.month == 5]["value"].median()
    september = water[water["date"].dt.month == 9]["value"].median()
    assert 40 < may < 70
    assert 8 < september < 13
    assert water["date"].dt.to_period("M").nunique() == 321


def test_rain_is_spread_over_the_days_it_took():
    visits = pd.DataFrame(
        {
            "date": pd.to_datetime(["2005-01-01", "2005-01-31", "2005-03-02", "2005-05-31"]),
            "Precipitation open mm": ["99", "30", ".", "90"],
        }
    )
    rain = bemp._monthly_rain(visits)
    # 30 mm in 30 days of January; nothing known of February; April and May hang on a visit
    # after 90 days.
    assert rain["date"].tolist() == [pd.Timestamp("2005-01-01")]
    assert rain["precipitation"].tolist() == [1.0]


def test_yearly_rain_is_that_of_the_valley(basin):
    rain = swgw.prepare_basin(basin).weather_of_gauge("08330000")["precipitation"]
    assert 150 < rain["2005":].mean() * 365.25 < 225


def test_wells_stand_around_their_site(basin):
    wells = basin.wells
    assert wells.loc["01-Center", ["longitude", "latitude"]].tolist() == [-106.6459, 35.1875]
    north = wells.loc["01-North", "latitude"] - wells.loc["01-Center", "latitude"]
    assert north * 110_900 == pytest.approx(40, abs=1)  # metres in a degree of latitude at 35°
    assert "distance_to_river" not in wells


def test_the_source_is_told(folder):
    text = (folder / "SOURCE.md").read_text()
    for part in (bemp.COMMIT, *bemp.HASHES.values(), "CC BY 4.0", "Zenodo", "ft³/s", "mm/d"):
        assert part in text
    assert "CC BY 4.0" in swgw.load_basin(folder).settings.licence


def test_prepared_by_month(basin):
    prepared = swgw.prepare_basin(basin)
    assert prepared.inside("train").sum() == 144
    assert prepared.inside("validation").sum() == 36
    assert prepared.inside("test").sum() == 48
    assert prepared.heads.loc["2005":].notna().mean().min() > 0.89


# What goes wrong: one message, and no folder


def assert_refused(tmp_path, match):
    with pytest.raises(UserError, match=match):
        bemp.fetch(tmp_path / "out" / "bemp")
    assert not (tmp_path / "out" / "bemp").exists()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_mirror_without_the_files(tmp_path, monkeypatch):
    monkeypatch.setenv("SWGW_MIRROR", str(tmp_path / "mirror"))
    assert_refused(tmp_path, "cannot be read.*SWGW_MIRROR must name a folder")


def test_a_mirror_with_another_file(tmp_path, monkeypatch):
    for path in bemp.HASHES:
        file = tmp_path / "bemp-rio-grande" / pathlib.Path(path).name
        file.parent.mkdir(exist_ok=True)
        file.write_text("Date,Site number\n")
    monkeypatch.setenv("SWGW_MIRROR", str(tmp_path))
    assert_refused(tmp_path, "its SHA-256 is .*, expected 5668992e")


def test_no_network(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError("no route")

    monkeypatch.delenv("SWGW_MIRROR", raising=False)
    monkeypatch.setattr(download.pooch, "retrieve", refuse)
    assert_refused(tmp_path, r"cannot be downloaded \(ConnectionError\).*SWGW_MIRROR")


def test_another_file_at_the_address(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise ValueError("hash of downloaded file does not match")

    monkeypatch.delenv("SWGW_MIRROR", raising=False)
    monkeypatch.setattr(download.pooch, "retrieve", refuse)
    assert_refused(tmp_path, "no longer the file that was described")


def test_a_folder_in_use_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        bemp.fetch(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.network
def test_the_public_address(tmp_path, monkeypatch):
    monkeypatch.delenv("SWGW_MIRROR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    bemp.fetch(tmp_path / "bemp")
    assert check_basin(tmp_path / "bemp") == []
