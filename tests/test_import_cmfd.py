"""CMFD: files made here in the data set's documented form (variables, units, grid, packing)."""

import hashlib

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

import swgw
from swgw.basin.check import check_basin
from swgw.cli import app
from swgw.sources import cmfd
from swgw.storage.errors import UserError

UNITS = {"prec": "kg m-2 s-1", "temp": "K", "wind": "m s-1"}
LONG = {"prec": "Precipitation rate", "temp": "Near surface air temperature", "wind": "Wind speed"}


def field(name, times, latitude, longitude):
    """Values that tell day, hour and place apart."""
    day = times.dayofyear.to_numpy()[:, None, None]
    hour = times.hour.to_numpy()[:, None, None]
    north = (latitude - 38)[None, :, None]
    if name == "prec":
        return (day % 10 + hour / 10.5) / 86400 + 0 * north + 0 * longitude
    return 270 + day % 20 + hour / 24 + north + 0 * longitude if name == "temp" else (
        2 + hour / 24 + north + 0 * day + 0 * longitude
    )  # fmt: skip


def write(folder, name, times, unit=None, engine="h5netcdf", packed=False, sea=False, extra=""):
    latitude = np.round(np.arange(38.05, 39.5, 0.1), 2)
    longitude = np.round(np.arange(99.55, 101, 0.1), 2)
    values = field(name, times, latitude, longitude)
    if sea:
        values = values * np.nan
    data = xr.Dataset(
        {name: (("time", "lat", "lon"), values, {"units": unit or UNITS[name],
                                                 "long_name": LONG[name]})},
        {"time": times, "lat": latitude, "lon": longitude},
    )  # fmt: skip
    encoding = {"time": {"units": "hours since 1900-01-01 00:00:0.0", "dtype": "int32"}}
    if packed:
        offset, scale = (273.15, 0.01) if name == "temp" else (0.0, 0.002)
        encoding[name] = {"dtype": "int16", "_FillValue": -32767, "scale_factor": scale,
                          "add_offset": offset}  # fmt: skip
    path = folder / f"{name}_CMFD_V0200_B-01_03hr_010deg_{times[0]:%Y%m}{extra}.nc"
    data.to_netcdf(path, engine=engine, encoding=encoding)
    return path


@pytest.fixture
def bare(own_basin):
    (own_basin / "forcing.csv").unlink()
    return own_basin


def daily(start="2001-01-01", end="2006-12-31"):
    return pd.date_range(start, end)


def test_daily_files_give_a_folder_that_passes(bare, tmp_path):
    files = [write(tmp_path, name, daily()) for name in ("temp", "prec", "wind")]
    answer = CliRunner().invoke(app, ["import", "cmfd", *map(str, files), str(bare)])
    assert answer.exit_code == 0, answer.stderr
    assert "2001-01-01 to 2006-12-31, from 3 files" in answer.stdout
    assert check_basin(bare) == []
    basin = swgw.load_basin(bare)
    assert list(basin.forcing.columns) == [
        "date", "place", "precipitation", "temperature", "wind",
    ]  # fmt: skip
    # 5 January: 5 mm/d; 270 + 5 + (38.95 - 38) K at the well called 007 (38.898° N)
    row = basin.forcing.set_index(["place", "date"]).loc[("well:007", "2001-01-05")]
    assert row["precipitation"] == pytest.approx(5.0, abs=1e-4)
    cell = 38.85 if abs(38.898 - 38.85) < abs(38.898 - 38.95) else 38.95
    assert row["temperature"] == pytest.approx(270 + 5 + cell - 38 - 273.15, abs=1e-4)
    assert row["wind"] == pytest.approx(2 + cell - 38, abs=1e-4)
    assert set(swgw.prepare_basin(basin).weather) == {
        "well:007", "well:A1", "well:A2", "well:B1", "gauge:01",
    }  # fmt: skip


def test_three_hourly_months_become_days(bare, tmp_path):
    months = [pd.date_range(m, periods=m.days_in_month * 8, freq="3h")
              for m in pd.date_range("2001-01-01", "2001-03-01", freq="MS")]  # fmt: skip
    months[-1] = months[-1][:-3]  # the last day is cut off
    files = [write(tmp_path, "prec", times) for times in months]
    cmfd.add(files, bare)
    table = pd.read_csv(bare / "forcing.csv")
    well = table[table["well_id"] == "A1"].set_index("date")["precipitation"]
    assert len(well) == 31 + 28 + 30
    assert well["2001-02-03"] == pytest.approx(34 % 10 + 10.5 / 10.5, abs=1e-4)  # mean hour 10.5


@pytest.mark.parametrize(("unit", "factor"), [("mm hr-1", 24), ("mm/hr", 24), ("kg m-2 s-1", 86400),
                                              ("kg/m2/s", 86400), ("mm/day", 1)])  # fmt: skip
def test_units_of_rain(bare, tmp_path, unit, factor):
    cmfd.add([write(tmp_path, "prec", daily(), unit=unit)], bare)
    first = pd.read_csv(bare / "forcing.csv")["precipitation"].iloc[1]
    assert first == pytest.approx(2 / 86400 * factor, abs=1e-4)


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_packed_values_in_both_kinds_of_netcdf(bare, tmp_path, engine):
    files = [write(tmp_path, "prec", daily(), engine=engine),
             write(tmp_path, "temp", daily(), engine=engine, packed=True)]  # fmt: skip
    cmfd.add(files, bare)
    value = pd.read_csv(bare / "forcing.csv")["temperature"].iloc[0]
    assert value == pytest.approx(271 + 0.85 - 273.15, abs=0.0051)


def test_the_source_is_told(bare, tmp_path):
    path = write(tmp_path, "prec", daily())
    cmfd.add([path], bare)
    text = (bare / "SOURCE.md").read_text()
    assert path.name in text
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert "2191 whole days" in text


def refused(files, folder):
    with pytest.raises(UserError) as error:
        cmfd.add(files, folder)
    assert not (folder / "forcing.csv").exists()
    assert not (folder / "SOURCE.md").exists()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_another_unit(bare, tmp_path):
    path = write(tmp_path, "prec", daily(), unit="inch day-1")
    message = refused([path], bare)
    assert f"{path}, variable prec: found the unit 'inch day-1'; expected kg m-2 s-1" in message


def test_no_rain(bare, tmp_path):
    assert "found temp; expected prec" in refused([write(tmp_path, "temp", daily())], bare)


def test_no_netcdf(bare, tmp_path):
    (tmp_path / "prec.nc").write_text("time,prec\n")
    message = refused([tmp_path / "prec.nc"], bare)
    assert "found a file that begins with b'time'; expected a netCDF file" in message


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_half_a_file(bare, tmp_path, share):
    path = write(tmp_path, "prec", daily())
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    message = refused([path], bare)
    assert "download" in message
    assert str(path) in message


def test_no_file(bare, tmp_path):
    assert "No such file" in refused([tmp_path / "none.nc"], bare)


def test_places_outside_the_grid(bare, tmp_path):
    table = pd.read_csv(bare / "wells.csv", dtype=str).assign(longitude="87.1")
    table.to_csv(bare / "wells.csv", index=False)
    message = refused([write(tmp_path, "prec", daily())], bare)
    assert "found well_id '007' at longitude 87.1; expected places between 99.55 and" in message


def test_places_without_data(bare, tmp_path):
    message = refused([write(tmp_path, "prec", daily(), sea=True)], bare)
    assert "no value in the cell of" in message
    assert "on the land that CMFD covers" in message


def test_one_month_twice(bare, tmp_path):
    times = daily("2001-01-01", "2006-12-31")
    files = [write(tmp_path, "prec", times), write(tmp_path, "prec", times, extra="_again")]
    assert "prec at 2001-01-01 00:00 stands in two of the files" in refused(files, bare)


def test_no_coordinates(bare, tmp_path):
    xr.Dataset({"prec": (("x",), [1.0])}).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    assert "found the coordinates none; expected time, lat and lon" in refused(
        [tmp_path / "a.nc"], bare
    )


def test_a_time_without_calendar(bare, tmp_path):
    coordinates = {"time": [1.0, 2.0], "lat": [38.9, 39.0], "lon": [100.0, 100.1]}
    data = xr.Dataset({"prec": (("time", "lat", "lon"), np.zeros((2, 2, 2)))}, coordinates)
    data.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    assert "variable time: found units 'not given'" in refused([tmp_path / "a.nc"], bare)
