"""CMFD: files made here in the data set's documented form (variables, units, grid, packing)."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

import swgw
from swgw.basin.folder import check_basin
from swgw.cli import app
from swgw.sources import weather as cmfd
from swgw.storage import UserError

UNITS = {"prec": "kg m-2 s-1", "temp": "K", "wind": "m s-1"}
DAYS = pd.date_range("2001-01-01", "2006-12-31")


def write(folder, name, times=DAYS, engine="h5netcdf", extra="", scale=1.0, units=""):
    """Values that differ by day, hour and latitude; temperature is packed."""
    grid = {"lat": np.arange(38.05, 39.5, 0.1).round(2), "lon": np.arange(99.55, 101, 0.1).round(2)}
    day, hour = (x.to_numpy()[:, None, None] for x in (times.dayofyear, times.hour))
    north = (grid["lat"] - 38)[None, :, None] + 0 * grid["lon"]
    values = {"prec": (day % 10 + hour / 10.5) / 86400 + 0 * north, "wind": 2 + north + 0 * day,
              "temp": 270 + day % 20 + hour / 24 + north}[name]  # fmt: skip
    cube = (("time", "lat", "lon"), values * scale, {"units": units or UNITS[name]})
    encoding = {"time": {"units": "hours since 1900-01-01 00:00:0.0", "dtype": "int32"}}
    if name == "temp":
        encoding[name] = {"dtype": "int16", "_FillValue": -32767, "scale_factor": 0.01,
                          "add_offset": 273.15}  # fmt: skip
    path = folder / f"{name}_CMFD_{times[0]:%Y%m}{extra}.nc"
    xr.Dataset({name: cube}, {"time": times, **grid}).to_netcdf(path, "w", None, None, engine,
                                                                 encoding)  # fmt: skip
    return path


@pytest.fixture
def bare(own_basin):
    (own_basin / "forcing.csv").unlink()
    return own_basin


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_daily_files_give_a_folder_that_passes(bare, tmp_path, engine):
    files = [write(tmp_path, name, engine=engine) for name in ("temp", "prec", "wind")]
    answer = CliRunner().invoke(app, ["import", "cmfd", *map(str, files), str(bare)])
    assert answer.exit_code == 0, answer.stderr
    assert "temperature, wind, 2001-01-01 to 2006-12-31, from 3 files" in answer.stdout
    assert check_basin(bare) == []
    forcing = swgw.load_basin(bare).forcing
    assert list(forcing.columns) == ["date", "place", "precipitation", "temperature", "wind"]
    assert set(forcing["place"]) == {"well:007", "well:A1", "well:A2", "well:B1", "gauge:01"}
    # 5 January at the well 007 (38.898° N; the middle of its cell is 38.85): 5 mm/d, 275 K + …
    row = forcing.set_index(["place", "date"]).loc[("well:007", "2001-01-05")]
    assert row["precipitation"] == pytest.approx(5.0, abs=1e-4)
    assert row["temperature"] == pytest.approx(270 + 5 + 0.85 - 273.15, abs=0.0051)
    assert row["wind"] == pytest.approx(2.85, abs=1e-4)
    assert all(f"`{path.name}`\n  SHA-256" in (bare / "SOURCE.md").read_text() for path in files)


def test_three_hourly_months_become_days(bare, tmp_path):
    months = [pd.date_range(m, periods=m.days_in_month * 8, freq="3h")
              for m in pd.date_range("2001-01-01", "2001-03-01", freq="MS")]  # fmt: skip
    months[-1] = months[-1][:-3]  # the last day is cut off
    cmfd.add_cmfd([write(tmp_path, "prec", times) for times in months], bare)
    table = pd.read_csv(bare / "forcing.csv")
    well = table[table["well_id"] == "A1"].set_index("date")["precipitation"]
    assert len(well) == 31 + 28 + 30
    assert well["2001-02-03"] == pytest.approx(34 % 10 + 10.5 / 10.5, abs=1e-4)  # mean hour 10.5


@pytest.mark.parametrize(("unit", "factor"), [("mm hr-1", 24), ("kg/m2/s", 86400), ("mm/day", 1)])
def test_units_of_rain(bare, tmp_path, unit, factor):
    cmfd.add_cmfd([write(tmp_path, "prec", scale=100.0, units=unit)], bare)
    second = pd.read_csv(bare / "forcing.csv")["precipitation"].iloc[1]
    assert second == pytest.approx(2 / 864 * factor, abs=1e-4)


def spoiled(folder, change):
    path = write(folder, "prec")
    change(path)
    return [path]


def replaced(path, coordinates):
    cube = (("time", "lat", "lon"), np.zeros((2, 2, 2)), {"units": "mm/day"})
    xr.Dataset({"prec": cube}, coordinates).to_netcdf(path, engine="h5netcdf")


NO_CALENDAR = {"time": [1.0, 2.0], "lat": [38.9, 39.0], "lon": [100.0, 100.1]}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (lambda f: [write(f, "prec", units="in d-1")], r"unit of precipitation: found 'in d-1'"),
        (lambda f: [write(f, "temp")], r"no precipitation; expected prec"),
        (lambda f: [f / "none.nc"], r"o such file|unable to open"),
        (lambda f: spoiled(f, lambda p: p.write_bytes(p.read_bytes()[:9000])), r"a whole netCDF"),
        (lambda f: spoiled(f, lambda p: p.write_text("time,prec\n")), r"a whole netCDF"),
        (lambda f: spoiled(f, lambda p: replaced(p, NO_CALENDAR)), r"times without a calendar"),
        (lambda f: spoiled(f, lambda p: replaced(p, {})), r"a whole netCDF"),
        (lambda f: [write(f, "prec", scale=np.nan)], r"no value at well_id '007', longitude 100"),
        (lambda f: [write(f, "prec"), write(f, "prec", extra="b")], r"2001-01-01 00:00 is in two"),
    ],
)  # fmt: skip
def test_files_that_are_not_fit(bare, tmp_path, files, said):
    """One message, and nothing written."""
    with pytest.raises(UserError, match=said) as error:
        cmfd.add_cmfd(files(tmp_path), bare)
    assert "\n" not in str(error.value)
    assert not {"forcing.csv", "SOURCE.md"} & {path.name for path in bare.iterdir()}


def test_places_outside_the_grid(bare, tmp_path):
    table = pd.read_csv(bare / "wells.csv", dtype=str).assign(longitude="87.1")
    table.to_csv(bare / "wells.csv", index=False)
    with pytest.raises(UserError, match=r"no value at well_id '007', longitude 87.1.*covers all"):
        cmfd.add_cmfd([write(tmp_path, "prec")], bare)
