"""Scores as the challenge computed them, for our forecast and for the other teams' submissions.

This is the only place where ``heads_full.csv`` is opened, when the forecast lies on the disk.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.challenge.forecast import ENSEMBLE, Forecast
from benchmarks.challenge.recipe import MEMBERS
from benchmarks.challenge.site import Period, Site, read_heads, read_table
from swgw.scores import skill as scores
from swgw.scores.resample import block_length, intervals
from swgw.storage import UserError

FULL = "heads_full.csv"
FEWEST = 10
"""Heads of the scored days that a score needs."""

CALIBRATED_FROM = pd.Timestamp("2000-01-01")
COLUMNS = {"Simulated Head": "head", "95% Lower Bound": "low", "95% Upper Bound": "high"}
OURS = "swgw"
SCORES = ("nse", "mae", "rmse", "mae_20", "mae_80", "coverage")


def read_observed(folder: Path, period: Period) -> pd.Series:
    """Read all heads of a site, the hidden ones too: (day,) [m], without gaps.

    Raises
    ------
    UserError
        If the file cannot be read or has too few heads in the scored days.
    """
    heads = read_heads(folder / FULL)
    count = len(heads.loc[period.score_from : period.score_to])
    if count < FEWEST:
        raise UserError(
            f"{folder / FULL}: found {count} heads from {period.score_from:%Y-%m-%d} to "
            f"{period.score_to:%Y-%m-%d}; expected at least {FEWEST} to score against"
        )
    return heads


def find_submissions(folder: Path, site: str) -> dict[str, Path]:
    """Find the teams' files for a site below a folder: team to file, in the order of names."""
    files = sorted(folder.glob(f"*/submission_form_{site}.csv"))
    return {file.parent.name.removeprefix("team_"): file for file in files}


def read_submission(file: Path) -> pd.DataFrame:
    """Read a team's file.

    Returns
    -------
    DataFrame (day, column)
        ``head``, ``low`` and ``high`` [m]; bounds are NaN where the team gave none.

    Raises
    ------
    UserError
        Where the file cannot be read or is not in the challenge's form.
    """
    table = read_table(file)
    if lacking := [column for column in COLUMNS if column not in table]:
        raise UserError(f"{file}: found {', '.join(table)}; expected {', '.join(lacking)} too")
    found = table[list(COLUMNS)].rename(columns=COLUMNS).dropna(subset="head")
    return found[~found.index.duplicated()]


def challenge_scores(obs: pd.Series, sim: pd.DataFrame) -> dict[str, float]:
    """Score a forecast over the days that it shares with the observations.

    Parameters
    ----------
    obs : Series (day,)
        Heads of the period [m].
    sim : DataFrame (day, column)
        ``head``, and ``low`` and ``high`` where there is an interval [m].

    Returns
    -------
    dict
        nse; mae, rmse, mae_20 and mae_80 [m], the last two where the observed head is below its
        20 % or above its 80 % quantile; coverage of the interval; days. NaN where there is none.
    """
    days = obs.index.intersection(sim.index)
    obs, sim = obs.loc[days], sim.loc[days]
    head = sim["head"]
    low, high = (
        abs(head - obs)[part] for part in (obs < obs.quantile(0.2), obs > obs.quantile(0.8))
    )
    found = {
        "nse": scores.nse(obs, head),
        "mae": float(abs(head - obs).mean()),
        "rmse": scores.rmse(obs, head),
        "mae_20": float(low.mean()),
        "mae_80": float(high.mean()),
        "coverage": float("nan"),
        "days": len(days),
    }
    if {"low", "high"} <= set(sim) and sim[["low", "high"]].notna().all(axis=1).any():
        # a day without bounds counts as missed, as it did in the challenge
        found["coverage"] = float(obs.between(sim["low"], sim["high"]).mean())
    return found


def score_row(obs: pd.Series, sim: pd.DataFrame, period: Period) -> dict[str, float]:
    """Score the scored period with the NSE's 90 % interval, and the NSE of the calibration."""
    hidden = obs.loc[period.score_from : period.score_to]
    trained = obs.loc[CALIBRATED_FROM : period.score_from]
    shared = hidden.index.intersection(sim.index)
    row = challenge_scores(hidden, sim)
    row["nse_cal"] = challenge_scores(trained, sim)["nse"]
    if len(shared) < FEWEST:
        return row | {"nse_low": float("nan"), "nse_high": float("nan")}
    days = max(1, round(float(np.median(np.diff(hidden.index) / pd.Timedelta(days=1)))))
    block = max(1, round(block_length("D") / days))
    alone = pd.concat({("sim", 0): sim.loc[shared, "head"]}, axis=1, names=["model", "seed"])
    found = intervals(hidden.loc[shared], alone, scores.nse, block).iloc[0]
    return row | {"nse_low": found["low"], "nse_high": found["high"]}


def score_table(
    site: Site, forecast: Forecast, obs: pd.Series, submissions: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Score our ensemble, its members and every team.

    Parameters
    ----------
    site : Site
    forecast : Forecast
    obs : Series (day,)
        All observed heads [m].
    submissions : dict of str to DataFrame
        Of :func:`read_submission`, by team.

    Returns
    -------
    DataFrame (row, column)
        ``who``, ``kind`` ("ours", "our member" or "team"), the scores, the NSE's 90 % interval
        over blocks of days, for ours the lowest and highest of each score over seeds (``nse_min``,
        ``nse_max`` …) and the NSE out of fold; in order of falling NSE.
    """
    rows = []
    for model in (ENSEMBLE, *MEMBERS):
        mean, each = _ours(forecast, model)
        row = score_row(obs, mean, site.period) | spread_over_seeds(obs, each, site.period)
        out_of_fold = scores.nse(site.heads, forecast.out_of_fold[model])
        who = OURS if model == ENSEMBLE else f"{OURS}, {model} alone"
        kind = "ours" if model == ENSEMBLE else "our member"
        rows.append({"who": who, "kind": kind, **row, "nse_out_of_fold": out_of_fold})
    for team, sim in submissions.items():
        rows.append({"who": team, "kind": "team", **score_row(obs, sim, site.period)})
    return pd.DataFrame(rows).sort_values("nse", ascending=False, ignore_index=True)


def _ours(forecast: Forecast, model: str) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Forecast of a model of ours, and that of each seed; only the ensemble has intervals."""
    draws = forecast.draws[model]
    if model != ENSEMBLE:
        each = [draws[seed].to_frame("head") for seed in draws]
        return draws.mean(axis=1).to_frame("head"), each
    whole = forecast.table
    return whole, [whole.add(draws[seed] - whole["head"], axis=0) for seed in draws]


def spread_over_seeds(obs: pd.Series, each: list[pd.DataFrame], period: Period) -> dict[str, float]:
    """Lowest and highest of each score over seeds, as ``nse_min`` and ``nse_max`` and so on."""
    hidden = obs.loc[period.score_from : period.score_to]
    found = pd.DataFrame([challenge_scores(hidden, sim) for sim in each])[list(SCORES)]
    low, high = found.min().add_suffix("_min"), found.max().add_suffix("_max")
    return {name: float(value) for name, value in pd.concat([low, high]).items()}
