"""The public data sets. Most of it needs the files in ../shared/data and says so where it skips."""

import hashlib
import pathlib

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import swgw
from swgw.basin.folder import check_basin
from swgw.cli import app
from swgw.sources import public
from swgw.sources.public import monthly_rain
from swgw.storage import UserError

MIRROR = pathlib.Path(__file__).resolve().parents[2] / "shared" / "data"
NAMES = list(public.FOLDERS)


def need_mirror(name):
    if not (MIRROR / public.FOLDERS[name]).is_dir():
        pytest.skip(f"no local copy of {public.FOLDERS[name]} in ../shared/data")


@pytest.fixture(scope="module")
def fetched(tmp_path_factory):
    """Basins by name, each fetched once by the command, with a cache of its own."""
    made = {}

    def basin(name):
        need_mirror(name)
        if name not in made:
            folder = tmp_path_factory.mktemp("fetched") / name
            env = {"SWGW_MIRROR": str(MIRROR), "XDG_CACHE_HOME": str(folder.parent / "cache")}
            answer = CliRunner().invoke(app, ["fetch", name, str(folder)], env=env)
            assert answer.exit_code == 0, answer.stderr
            assert "Licence: " in answer.stdout and ". Please cite: " in answer.stdout
            assert f"Next: swgw check {folder}" in answer.stdout
            made[name] = swgw.load_basin(folder)
        return made[name]

    return basin


@pytest.mark.parametrize("name", NAMES)
def test_the_source_is_named_and_hashes_are_those_of_the_description(fetched, name):
    basin, registry = fetched(name), public.registry(name)
    text = (basin.path / "SOURCE.md").read_text()
    readme = (MIRROR / public.FOLDERS[name] / "README.md").read_text()
    for part in (basin.settings.licence, basin.settings.citation):
        assert part in text
    for file, sha256 in registry.registry.items():
        assert sha256 in text and sha256 in readme and f"`{file}`" in readme
        assert registry.urls[file].startswith("https://raw.githubusercontent.com/")


def test_the_rio_grande(fetched):
    """Alameda, 15 April 1997: 247 cm below ground, 924 ft³/s; the rest as the description says."""
    basin = fetched("bemp")
    assert (len(basin.wells), basin.wells.index.str[:2].nunique()) == (95, 20)
    assert basin.wells.loc["01-Center", ["longitude", "latitude"]].tolist() == [-106.6459, 35.1875]
    north = basin.wells.loc["01-North", "latitude"] - basin.wells.loc["01-Center", "latitude"]
    assert north * 110_900 == pytest.approx(40, abs=1)  # metres in a degree of latitude at 35°
    assert basin.heads.set_index(["well_id", "date"])["head"]["01-North", "1997-04-15"] == -2.47
    recent = basin.heads[basin.heads["date"].between("2005-01-01", "2023-12-31")]
    months = recent["date"].dt.to_period("M").groupby(recent["well_id"]).nunique()
    assert months.min() >= 205
    depth = -recent.groupby("well_id")["head"].mean().agg(["max", "median", "min"])
    np.testing.assert_allclose(depth, [0.32, 1.46, 3.08], atol=0.01)
    water = basin.surface_water[basin.surface_water["gauge_id"] == "08330000"]
    assert water.set_index("date")["value"]["1997-04-15"] == pytest.approx(26.1648, abs=1e-4)
    assert water["date"].dt.to_period("M").nunique() == 321
    rain = swgw.prepare_basin(basin).weather_of_gauge("08330000")["precipitation"]
    assert 150 < rain["2005":].mean() * 365.25 < 225


def test_rain_is_spread_over_the_days_it_took():
    dates = pd.to_datetime(["2005-01-01", "2005-01-31", "2005-03-02", "2005-05-31"])
    visits = pd.DataFrame({"date": dates, "Precipitation open mm": [99, 30, np.nan, 90]})
    # 30 mm in 30 days of January; nothing of February; April and May rest on a visit after 90 days.
    assert monthly_rain(visits).to_numpy().tolist() == [[pd.Timestamp("2005-01-01"), 1.0]]


def test_the_swiss_wells(fetched):
    basin = fetched("naqua")
    own = basin.wells["gauge_id"][basin.wells["gauge_id"] != ""]
    assert (len(basin.wells), len(own), len(basin.gauges)) == (28, 19, 18)
    assert set(own) == set(basin.gauges.index)
    assert own["Vétroz"] == own["Crêtelongue"] == "2011"
    assert basin.gauges.loc["CHZH-018", "name"] == "Glatt, Rümlang"
    assert basin.wells.loc["Davos", "distance_to_river"] == 0.024  # km
    heads = basin.heads.set_index(["well_id", "date"])["head"]
    stage = basin.surface_water.set_index(["gauge_id", "date"])["value"]
    assert (heads["Davos", "1990-01-02"], stage["2011", "1995-01-01"]) == (1700.66, 483.259)
    rivers = pd.read_csv(MIRROR / public.FOLDERS["naqua"] / "rivers.csv", index_col=0)
    assert len(stage) == rivers.drop(columns="Vétroz").count().sum()
    # The correlation of daily head and stage that the description of the data gives.
    assert heads["Massongex"].corr(stage["2024"]) == pytest.approx(0.87, abs=0.005)
    rain = basin.forcing.set_index(["place", "date"])["precipitation"].unstack("place")  # noqa: PD010
    assert (rain["gauge:2327"] == rain["well:Davos"]).all()
    two = (rain["well:Vétroz"] + rain["well:Crêtelongue"]) / 2
    assert (rain["gauge:2011"] - two).abs().max() < 0.011


def test_the_challenge_site(fetched):
    basin = fetched("challenge-usa")
    assert str(basin.settings.test) == "2017-01-18 to 2021-12-31"
    assert basin.heads["head"].iloc[0] == 151.3014
    scored = basin.heads["date"] >= "2017-01-18"
    assert (len(basin.heads), scored.sum()) == (7042, 1774)  # as the challenge scored
    first = basin.forcing.set_index("date").loc["1996-03-27"]
    assert first["temperature"] == pytest.approx((13.88888889 - 5.55555556) / 2, abs=1e-3)
    assert first["pet"] == 2.677
    registry = public.registry("challenge-usa").registry
    for path, sha256 in registry.items():  # unchanged copies
        content = (basin.path / "upstream" / path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256
    assert sum(path.startswith("submissions/") for path in registry) == 13


def no_route(*args, **kwargs):
    raise ConnectionError("no route")


def another_file(url, part, _):
    pathlib.Path(part).write_text("Date,Site number\n")


@pytest.mark.parametrize(
    ("mirror", "download", "said"),
    [
        ("empty", None, r"empty/bemp-rio-grande/bemp_.* cannot be had: No such file.*SWGW_MIRROR"),
        ("other", None, r"hash of downloaded file.*does not match.*with SHA-256 56689"),
        (
            "",
            no_route,
            r"https://raw.*cannot be had: no route; expected a connection, or in SWGW_M",
        ),
        ("", another_file, r"does not match"),
    ],
)
def test_files_that_cannot_be_had(tmp_path, monkeypatch, mirror, download, said):
    """One message, and no folder."""
    (tmp_path / "other" / "bemp-rio-grande").mkdir(parents=True)
    for file in public.registry("bemp").registry:
        another_file("", tmp_path / "other" / "bemp-rio-grande" / file, None)
    monkeypatch.setenv("SWGW_MIRROR", str(tmp_path / mirror) if mirror else "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if download:
        monkeypatch.setattr(public.pooch.core, "choose_downloader", lambda *_, **__: download)
    with pytest.raises(UserError, match=said):
        public.fetch("bemp", tmp_path / "out" / "bemp")
    assert list((tmp_path / "out").iterdir()) == []
    with pytest.raises(UserError, match=r"is there already"):
        public.fetch("bemp", tmp_path / "other")


@pytest.mark.network
@pytest.mark.parametrize("name", NAMES)
def test_the_public_address(name, tmp_path, monkeypatch):
    monkeypatch.delenv("SWGW_MIRROR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    public.fetch(name, tmp_path / "basin")
    assert check_basin(tmp_path / "basin") == []
