"""Scores of hindcasts: on the chained test series, and by lead time."""

from collections.abc import Iterable

import pandas as pd
import xarray as xr

from swgw.scores import skill as scores

SCORES = ("nse", "r2", "rmse", "kge", "bias", "n")


def score_all(obs, sim) -> dict[str, float]:
    """NSE, R², RMSE, KGE and bias of one series, and how many pairs there are."""
    values = {name: getattr(scores, name)(obs, sim) for name in SCORES[:-1]}
    return values | {"n": int(pd.notna(obs).sum())}


def chained(hindcast: xr.Dataset, variable: str) -> pd.DataFrame:
    """Lead times 1…n from every n-th issue time, end to end: (time, series)."""
    picked = hindcast.isel(issue_time=slice(None, None, hindcast.sizes["lead_time"]))
    values = picked[variable].transpose("issue_time", "lead_time", "series").to_numpy()
    times = pd.DatetimeIndex(picked["valid_time"].to_numpy().ravel(), name="time")
    wide = values.reshape(len(times), -1)
    return pd.DataFrame(wide, index=times, columns=picked["series"].to_numpy())


def chain_scores(hindcasts: Iterable[tuple[dict, xr.Dataset]]) -> pd.DataFrame:
    """Score the chained forecasts of each series.

    Parameters
    ----------
    hindcasts : iterable of (dict, Dataset)
        What identifies a hindcast (model, seed), and the hindcast.

    Returns
    -------
    DataFrame
        The identifying columns, series, nse, r2, rmse, kge, bias, n.
    """
    rows = []
    for who, hindcast in hindcasts:
        obs, sim = chained(hindcast, "observed"), chained(hindcast, "forecast")
        rows += [who | {"series": series} | score_all(obs[series], sim[series]) for series in obs]
    return pd.DataFrame(rows)


def lead_time_scores(hindcasts: Iterable[tuple[dict, xr.Dataset]]) -> pd.DataFrame:
    """Score each lead time of each series over every issue time; see :func:`chain_scores`."""
    rows = []
    for who, hindcast in hindcasts:
        obs, sim = hindcast["observed"].to_numpy(), hindcast["forecast"].to_numpy()
        for i, series in enumerate(hindcast["series"].to_numpy()):
            for k, lead in enumerate(hindcast["lead_time"].to_numpy()):
                row = who | {"series": series, "lead_time": lead}
                rows.append(row | score_all(obs[i, :, k], sim[i, :, k]))
    return pd.DataFrame(rows)
