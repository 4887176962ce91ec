"""The members' forecasts brought together: weights and intervals from what they missed out of fold.

A head of the training years is forecast by fits that did not see its block. These forecasts give
each member its weight, between nothing and all, and the intervals their width (conformal
prediction, :mod:`swgw.scores.conformal`). The hidden years are no part of any of it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from benchmarks.challenge.blocks import WHOLE, block_of
from benchmarks.challenge.recipe import MEMBERS, Fit, fits_of, read_forecast
from benchmarks.challenge.site import Site
from swgw.scores.conformal import Forecasts, recalibrate
from swgw.scores.skill import rmse

LEVELS = (0.025, 0.975)
ENSEMBLE = "ensemble"
SHRINK = 0.25
"""How far the weights are drawn to equal ones: members that were near by chance stay near."""


@dataclass(frozen=True)
class Forecast:
    """What the recipe says of a site, before any hidden head is looked at.

    Attributes
    ----------
    table : DataFrame (day, column)
        ``head``, ``low`` and ``high`` [m]: the ensemble and its 95 % interval.
    draws : DataFrame (day, (model, seed))
        Heads of the ensemble and of each member for each seed [m]; fits on all training days.
    out_of_fold : DataFrame (day of heads, model)
        Heads forecast by fits that did not see them, seeds averaged [m]; the ensemble's by weights
        that did not see them either.
    weights : Series (member,)
        Of the ensemble; they sum to 1. A member whose fit has failed has 0.
    held : float
        Share of the blocks' heads inside the intervals that the other blocks give.
    """

    table: pd.DataFrame
    draws: pd.DataFrame
    out_of_fold: pd.DataFrame
    weights: pd.Series
    held: float


def bring_together(site: Site, folder: Path, seeds: int) -> Forecast:
    """Read every fit of a site and make the forecast.

    Parameters
    ----------
    site : Site
    folder : Path
        Where the fits lie, all of them finished.
    seeds : int
    """
    fits = {fit: read_forecast(site, fit, folder) for fit in fits_of(site, seeds)}
    out = pd.DataFrame({member: _out_of_fold(site, fits, member) for member in MEMBERS})
    sound = [member for member in MEMBERS if not has_failed(site, fits, out[member])]
    weights = member_weights(site.heads, out[sound or list(MEMBERS)])
    weights = weights.reindex(list(MEMBERS), fill_value=0.0)
    out[ENSEMBLE] = nested(site.heads, out[sound or list(MEMBERS)])
    draws = _draws(fits, weights, seeds)
    centre = draws[ENSEMBLE].mean(axis=1)
    bounds = intervals(site.heads, out[ENSEMBLE], centre)
    table = pd.DataFrame({"head": centre, "low": bounds[:, 0], "high": bounds[:, 1]})
    return Forecast(table, draws, out, weights, held_share(site.heads, out[ENSEMBLE]))


def _out_of_fold(site: Site, fits: dict[Fit, pd.Series], member: str) -> pd.Series:
    """Join the blocks' forecasts of a member, seeds averaged."""
    days, blocks = site.heads.index, block_of(site.heads.index)
    found = pd.Series(np.nan, days)
    for block in np.unique(blocks):
        own = [head for fit, head in fits.items() if (fit.member, fit.block) == (member, block)]
        found[blocks == block] = pd.concat(own, axis=1).mean(axis=1).reindex(days[blocks == block])
    return found


def has_failed(site: Site, fits: dict[Fit, pd.Series], out_of_fold: pd.Series) -> bool:
    """Whether a member misses heads that it was fitted on by more than heads it never saw.

    An optimiser that ended in a wrong place shows in this way, on the training years alone; a
    member with such a fit gets no weight.

    Parameters
    ----------
    site : Site
    fits : dict of Fit to Series (day,)
    out_of_fold : Series (day of heads,)
        Of one member, whose name it has.
    """
    own = [f for fit, f in fits.items() if (fit.member, fit.block) == (out_of_fold.name, WHOLE)]
    fitted = pd.concat(own, axis=1).mean(axis=1).reindex(site.heads.index)
    return rmse(site.heads, fitted) > rmse(site.heads, out_of_fold)


def _draws(fits: dict[Fit, pd.Series], weights: pd.Series, seeds: int) -> pd.DataFrame:
    """Heads of members and ensemble for each seed, from the fits on all training days."""
    own = {fit: head for fit, head in fits.items() if fit.member in MEMBERS}
    whole = {(f.member, f.seed): head for f, head in own.items() if f.block == WHOLE}
    for seed in range(seeds):
        each = {m: whole.get((m, seed), whole[m, 0]) for m in MEMBERS}
        whole[ENSEMBLE, seed] = pd.DataFrame(each)[list(MEMBERS)] @ weights
    draws = pd.DataFrame(whole)
    return draws.rename_axis(columns=["model", "seed"])


def member_weights(obs: pd.Series, out_of_fold: pd.DataFrame) -> pd.Series:
    """Weights that sum to 1, none negative: the best out of fold, drawn a little to equal ones.

    Parameters
    ----------
    obs : Series (day,)
        [m].
    out_of_fold : DataFrame (day, member)
        [m].

    Returns
    -------
    Series (member,)
    """
    errors = (out_of_fold - obs.to_numpy()[:, None]).to_numpy()
    size = np.sqrt(np.mean(errors**2)) or 1.0
    # weights that miss the sum of 1 are punished so hard that none does
    best, _ = nnls(np.vstack([errors / size, np.full(errors.shape[1], 1e4)]),
                   np.append(np.zeros(len(errors)), 1e4))  # fmt: skip
    weights = (1 - SHRINK) * best / best.sum() + SHRINK / len(best)
    return pd.Series(weights, out_of_fold.columns)


def nested(obs: pd.Series, out_of_fold: pd.DataFrame) -> pd.Series:
    """Ensemble out of fold, each block by the weights that the other blocks give: (day,) [m]."""
    found, blocks = pd.Series(np.nan, obs.index), block_of(obs.index)
    for block in np.unique(blocks):
        inside = blocks == block
        weights = member_weights(obs[~inside], out_of_fold[~inside])
        found[inside] = out_of_fold[inside] @ weights
    return found


def intervals(obs: pd.Series, out_of_fold: pd.Series, centre: pd.Series) -> np.ndarray:
    """95 % intervals around a forecast, as wide as errors out of fold ask for.

    Parameters
    ----------
    obs, out_of_fold : Series (day of heads,)
        [m].
    centre : Series (day,)
        [m].

    Returns
    -------
    array (day, 2)
        Lower and upper bound [m].
    """
    # a block's errors in the unit of the other blocks: with units learned from all blocks at once,
    # intervals held 89 to 90 % at other sites instead of 95 %
    known = _as_forecasts(out_of_fold, obs, block_of(obs.index))
    wanted = _as_forecasts(centre, centre * np.nan, np.zeros(len(centre), dtype=int))
    return recalibrate(known, wanted, LEVELS)[0, :, 0]


def held_share(obs: pd.Series, out_of_fold: pd.Series) -> float:
    """Share of heads inside 95 % intervals, each block's made from the other blocks."""
    known = _as_forecasts(out_of_fold, obs, block_of(obs.index))
    return float(obs.between(*left_out(known)[0, :, 0].T).mean())


def left_out(forecasts: Forecasts) -> np.ndarray:
    """Recalibrate each block by the other blocks: (series, issue_time, lead_time, level)."""
    quantiles = np.full((*forecasts.obs.shape, len(LEVELS)), np.nan)
    for block in np.unique(forecasts.block):
        inside = forecasts.block == block
        known, wanted = forecasts.take(~inside), forecasts.take(inside)
        quantiles[:, inside] = recalibrate(known, wanted, LEVELS)
    return quantiles


def _as_forecasts(head: pd.Series, obs: pd.Series, block: np.ndarray) -> Forecasts:
    """One series with one lead time, the season counted in days."""
    season = head.index.dayofyear.to_numpy() - 1
    return Forecasts(
        obs=obs.to_numpy()[None, :, None],
        centre=head.to_numpy()[None, :, None],
        season=season[:, None],
        block=block,
        steps_per_year=366,
    )
