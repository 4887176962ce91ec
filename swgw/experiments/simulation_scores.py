"""Scores of simulated heads, and the bands around them.

A band is as wide as the errors of forecasts of training years by fits that did not see their block
ask for (:mod:`swgw.scores.conformal`); the test years have no part in it.
"""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.experiments.simulation import simulations_of
from swgw.scores import bootstrap, conformal
from swgw.scores.error_scale import Forecasts


def bands(prepared: Prepared, data: xr.Dataset) -> np.ndarray:
    """Quantiles of the simulated head, as wide as errors out of fold ask for.

    Parameters
    ----------
    prepared : Prepared
    data : Dataset
        Of :func:`simulate`.

    Returns
    -------
    array (time, level)
        [m], at :data:`swgw.scores.conformal.LEVELS`.
    """
    season, block = prepared.step_of_year(), data["block"].to_numpy()
    inside = block >= 0
    known = _forecasts(prepared, data["observed"], data["out_of_fold"], season, block)
    known = known.take(inside)
    centre = data["simulation"].mean("seed")
    asked = _forecasts(prepared, data["observed"], centre, season, block)
    method, _ = conformal.choose_method(known)
    return conformal.calibrate(known, method).apply(asked)[0, :, 0]


def _forecasts(prepared: Prepared, obs, centre, season: np.ndarray, block: np.ndarray) -> Forecasts:
    """One series with one lead time."""
    obs, centre = (values.to_numpy().astype(float)[None, :, None] for values in (obs, centre))
    return Forecasts(obs, centre, None, season[:, None], block, prepared.steps_per_year)


def scored(study, well: str) -> tuple[xr.Dataset, np.ndarray]:
    """Give a well's simulation of the test years, and its bands (time, level)."""
    data, inside = simulations_of(study).read(well), study.prepared.inside("test")
    return data.isel(time=inside), bands(study.prepared, data)[inside]


@lru_cache(maxsize=8)
def simulation_scores(study) -> pd.DataFrame:
    """Score the simulation of the test years at each well.

    Returns
    -------
    DataFrame
        well_id, value, low, high (NSE of the network over seeds, 90 % interval over seeds ×
        blocks), mean (NSE of the mean of the seeds), response, climatology (NSE; NaN without
        Pastas), rmse of that mean [m], coverage_80, coverage_95.
    """
    block, rows = bootstrap.block_length(study.basin.settings.step), []
    for well in simulations_of(study).wells:
        data, quantiles = scored(study, well)
        obs, sims = data["observed"].to_numpy(), data["simulation"].to_numpy()
        found = bootstrap.score_interval(obs, sims, block=block)
        row = {"well_id": well, "value": found.value, "low": found.low, "high": found.high}
        row["mean"] = float(bootstrap.nse(obs, sims.mean(axis=0)))
        for name in ("response", "climatology"):
            known = name in data
            row[name] = float(bootstrap.nse(obs, data[name].to_numpy())) if known else np.nan
        row["rmse"] = float(bootstrap.rmse(obs, sims.mean(axis=0)))
        rows.append(row | _coverage(obs, quantiles))
    return pd.DataFrame(rows)


def _coverage(obs: np.ndarray, quantiles: np.ndarray) -> dict[str, float]:
    """Share of observations inside the 80 % and 95 % bands."""
    known = np.isfinite(obs)
    ends = {"coverage_80": (0.1, 0.9), "coverage_95": (0.025, 0.975)}
    return {
        name: float(np.mean([(low <= obs[known]) & (obs[known] <= high)]))
        for name, pair in ends.items()
        for low, high in [[quantiles[known, conformal.LEVELS.index(level)] for level in pair]]
    }
