"""Datasets come back as they were written, empty ones too."""

import numpy as np
import pytest
import xarray as xr

from swgw.storage.files import read_dataset, write_dataset


@pytest.mark.parametrize("wells", [[], ["007"], ["007", "A 1", "Brunnen Süd"]])
def test_a_dataset_comes_back(tmp_path, wells):
    days = np.array(["2001-01-01", "2001-01-06"], "datetime64[ns]")
    data = xr.Dataset(
        {
            "head": (("well", "time"), np.full((len(wells), 2), 0.1)),
            "block": ("time", np.array([-1, 3])),
            "quantiles": (("well", "time"), np.full((len(wells), 2), np.nan, np.float32)),
        },
        {"well": np.array(wells, dtype=str), "time": days},
        {"units": "m³/s", "task": "head"},
    )
    write_dataset(data, tmp_path / "a.nc")
    found = read_dataset(tmp_path / "a.nc")
    assert list(found["well"].to_numpy()) == wells
    xr.testing.assert_equal(found, data)
    assert found.attrs == data.attrs
    assert found["quantiles"].dtype == np.float32
