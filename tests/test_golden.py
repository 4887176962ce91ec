"""The golden net: scores, hindcasts, clusters and interpretation of five basins do not move."""

from pathlib import Path

import pandas as pd
import pytest
from golden.basins import make
from golden.record import HERE, tables, train

from swgw.experiments.study import open_study

TOLERANCE = 1e-6
"""Bit-identical on one machine; processors and builds of libraries differ in the last digits."""


def compare(name: str, found: dict[str, pd.DataFrame]) -> None:
    for path in sorted((HERE / name).glob("*.csv")):
        keys = {"runs": 3, "table_3": 2, "groundwater_scores": 3, "clusters": 1}[path.stem]
        kinds = {"well_id": str}
        golden = pd.read_csv(path, dtype=kinds).set_index(list(pd.read_csv(path, nrows=0))[:keys])
        mine = found[path.stem]
        lost = golden.index.difference(mine.index)
        assert lost.empty, f"{path.stem}: {list(lost)[:5]} are gone"
        mine = mine.loc[golden.index, list(golden.columns)]
        pd.testing.assert_frame_equal(mine, golden, rtol=TOLERANCE, atol=1e-9, check_dtype=False)


def test_the_example_gives_what_it_gave(trained):
    compare("example", tables(trained))


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in ("one_well", "stage_without_river")]


@pytest.mark.parametrize("name", ["without_gauge", *SLOW])
def test_small_basins_give_what_they_gave(name, tmp_path):
    basin = make(name, tmp_path / name)
    compare(name, tables(open_study(basin, "smoke", output=tmp_path / "out")))


@pytest.mark.slow
def test_the_embedded_basin_gives_what_it_gave(tmp_path):
    compare("heihe", tables(train("heihe", "quick", Path(tmp_path))))
