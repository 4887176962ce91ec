"""Perfect-model predictability as hindcasts: one ensemble for each issue time, in a run folder.

Where the simulator does not reproduce the heads of the truth there are no hindcasts, and the folder
gives the reason.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.calendar import bin_ends
from swgw.scores.skill import LEVELS
from swgw.storage.files import digest, read_dataset, write_dataset, write_text
from swgw.storage.results import SECOND, Result
from swgw.virtual import GAUGES, RECORD, TABLE_FILES, WELLS, load_origin
from swgw.virtual.ensemble import Ensemble, Restart, in_steps, true_restarts, with_errors
from swgw.virtual.run import make_outside
from swgw.virtual.simulate import MEASURED_DAY
from swgw.virtual.truth import load_truth

TOLERANCE = 1e-4  # m, a step of what the truth is written to
REASON = "reason.txt"
SERIES = {"head": WELLS["well_id"], "surface_water": GAUGES["gauge_id"]}


@dataclass(frozen=True)
class Size:
    """Size of the ensembles.

    Attributes
    ----------
    members : int
        Under each of the two weathers.
    most : int
        Issue times at most; where there are more, those of the concatenated series are taken.
    """

    members: int = 16
    most: int = 240


def limit_result(runs: Path, basin: Path, step: str, valid: xr.DataArray, size: Size) -> Result:
    """Describe the hindcasts of a basin.

    Parameters
    ----------
    runs : Path
        Folder of run folders.
    basin : Path
    step : str
    valid : DataArray (issue_time, lead_time)
        Valid times of the hindcasts.
    size : Size
    """
    truth = digest(basin / "truth" / name for name in (RECORD, "heads.csv"))
    times = [str(valid.values[0, 0]), str(valid.values[-1, -1]), *valid.shape]
    settings = {"limit": asdict(size), "step": step, "times": times}
    cost = SECOND * (20 + 0.04 * len(chosen_issues(valid, size.most)) * size.members)
    args, name = (basin, step, valid, size), "perfect-model limit"
    return Result(runs, "limit", make_limit, args, settings, truth, TABLE_FILES, name, cost=cost)


def chosen_issues(valid: xr.DataArray, most: int) -> np.ndarray:
    """Positions of the issue times with an ensemble: all, or those of the concatenated series."""
    issues, leads = valid.shape
    concatenated = math.ceil(issues / leads)
    every = 1 if issues <= most else leads * math.ceil(concatenated / most)
    return np.arange(0, issues, every)


def make_limit(basin: Path, step: str, valid: xr.DataArray, size: Size, folder: Path) -> None:
    """Forecast with the simulator and write ``head.nc`` and ``surface_water.nc``.

    Parameters
    ----------
    basin : Path
        Folder of a virtual basin whose truth records its simulation.
    step : str
    valid : DataArray (issue_time, lead_time)
    size : Size
    folder : Path
    """
    seed, parameters = load_origin(basin / "truth")
    outside = make_outside(parameters, seed)
    chosen = valid.isel(issue_time=chosen_issues(valid, size.most))
    firsts = pd.DatetimeIndex(chosen.values[:, 0])
    restarts, heads, rate = true_restarts(parameters, outside, seed, firsts)
    if reason := differs(basin, heads):
        write_text(folder / REASON, reason + "\n")
    else:
        ensemble = Ensemble(parameters, outside, seed, rate)
        lasts = [bin_ends(pd.DatetimeIndex(row), step)[-1] for row in chosen.values]
        lengths = (pd.DatetimeIndex(lasts) - firsts).days + 1
        sized = zip(restarts, lengths, strict=True)
        found = [dict(summarise(ensemble, *each, size.members, step)) for each in sized]
        _write(found, chosen, folder)


def differs(basin: Path, heads: pd.DataFrame) -> str:
    """Say how far the simulator is from the truth of a basin; empty where they agree.

    ``heads`` (time, well) are the simulator's, by day [m].
    """
    true = load_truth(basin).heads["head"].sel(scenario="all").to_pandas().T
    true.index += pd.Timedelta(days=MEASURED_DAY)
    true = true[true.index <= heads.index[-1]]
    gap = float((heads.loc[true.index, true.columns] - true).abs().to_numpy().max())
    if gap <= TOLERANCE:
        return ""
    return f"the simulator does not reproduce this truth: heads differ by up to {gap:.3g} m"


def summarise(
    ensemble: Ensemble, restart: Restart, length: int, members: int, step: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Mean and quantiles of the ensemble of one issue time.

    Yields
    ------
    str, array (weather, series, lead_time) or (weather, series, lead_time, quantile)
        The mean of the truth; the quantiles of measurements, errors included.
    """
    found = ensemble.run(restart, length, members)
    for task, values in in_steps(found, step):
        yield task, np.stack(np.split(values, 2, axis=-1)).mean(axis=-1)
    measured = with_errors(found, ensemble.random(restart.day + pd.Timedelta(days=1)))
    for task, values in in_steps(measured, step):
        quantiles = np.quantile(np.stack(np.split(values, 2, axis=-1)), LEVELS, axis=-1)
        yield f"{task} quantiles", np.moveaxis(quantiles, 0, -1)


def _write(found: list[dict[str, np.ndarray]], chosen: xr.DataArray, folder: Path) -> None:
    dims = ("weather", "series", "issue_time", "lead_time")
    for task, series in SERIES.items():
        forecast = np.stack([each[task] for each in found], axis=2)
        quantiles = np.stack([each[f"{task} quantiles"] for each in found], axis=2)
        data = {"forecast": (dims, forecast), "quantiles": ((*dims, "quantile"), quantiles)}
        coordinates = {
            "weather": ["observed", "resampled"], "series": list(series), "quantile": list(LEVELS),
            "issue_time": chosen["issue_time"].values, "lead_time": chosen["lead_time"].values,
        }  # fmt: skip
        write_dataset(xr.Dataset(data, coordinates), folder / f"{task}.nc")


def open_limit(folder: Path, task: str, weather: str, template: xr.Dataset) -> xr.Dataset | None:
    """Read the hindcasts on the index of others.

    Parameters
    ----------
    folder : Path
    task : str
        "head" or "surface_water".
    weather : str
        "observed" or "resampled".
    template : Dataset (series, issue_time, lead_time)
        Any hindcast: gives the index and the observations.

    Returns
    -------
    Dataset (series, issue_time, lead_time) or None
        forecast, median, quantiles (…, quantile), observed, valid_time; NaN at issue times without
        an ensemble. None where the folder holds no hindcasts.
    """
    path = folder / f"{task}.nc"
    if not path.exists():
        return None
    found = read_dataset(path).sel(weather=weather, drop=True)
    found = found.reindex(series=template["series"], issue_time=template["issue_time"])
    found["median"] = found["quantiles"].sel(quantile=0.5, drop=True)
    found["observed"] = template["observed"]
    return found.assign_coords(valid_time=template["valid_time"])
