"""Sum up everything that a study's runs left behind, and its tables of scores.

``cd tests && python -m golden.record`` trains the five basins in a new folder and writes the tables
beside this file: do so only where numbers are meant to move, and say which and why.
"""

import re
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

HERE = Path(__file__).parent
KEY = re.compile(r"_[0-9a-f]{12}$")
LEFT_OUT = re.compile(r"settings|learning_curve|seconds")


def runs(folder: Path) -> pd.DataFrame:
    """Sum up each number that each finished run holds.

    Parameters
    ----------
    folder : Path
        ``<output>/<basin>``.

    Returns
    -------
    DataFrame (run, file, variable; values, known, mean, spread)
    """
    rows = {}
    for path in sorted((folder / "runs").glob("*/*.nc")):
        run = KEY.sub("", path.parent.name)
        with xr.open_dataset(path) as data:
            for name, values in data.data_vars.items():
                if values.dtype.kind == "f":
                    rows[run, path.name, name] = _sums(values.to_numpy())
    table = pd.DataFrame.from_dict(rows, "index", columns=["values", "known", "mean", "spread"])
    table.index = pd.MultiIndex.from_tuples(table.index, names=["run", "file", "variable"])
    return table


def _sums(values: np.ndarray) -> tuple[int, int, float, float]:
    known = values[np.isfinite(values)].astype(float)
    return (
        values.size,
        known.size,
        known.mean() if known.size else 0.0,
        known.std() if known.size else 0.0,
    )


def tables(study) -> dict[str, pd.DataFrame]:
    """Give the golden tables of a study that is trained."""
    found = {
        "runs": runs(study.folder),
        "table_3": study.table_3().set_index(["model", "seed"]),
        "groundwater_scores": study.groundwater_scores().set_index(["model", "seed", "well_id"]),
    }
    if study.clusters is not None:
        found["clusters"] = study.clusters.rename_axis("well_id").to_frame()
    return {name: table for name, table in found.items() if len(table)}


def train(basin: str | Path, profile: str, output: Path):
    """Open a study and do everything that is missing."""
    from swgw import open_study

    study = open_study(basin, profile, output=output, train=False)
    study.train(workers=2, say=lambda line: None)
    return study


def main() -> None:
    """Write the golden tables of all five basins."""
    from golden.basins import SMALL, make

    work = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    basins = {name: (make(name, work / "basins" / name), "smoke") for name in SMALL}
    for name, (basin, profile) in (basins | {"heihe": ("heihe", "quick")}).items():
        study = train(basin, profile, work / "out")
        for table, content in tables(study).items():
            (HERE / name).mkdir(exist_ok=True)
            content.to_csv(HERE / name / f"{table}.csv", float_format="%.10g", lineterminator="\n")


if __name__ == "__main__":
    main()
