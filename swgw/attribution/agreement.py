"""What a model says matters at each well against what does, on a virtual basin.

Both are shares: of the drivers that the model has inputs for, how much each matters at a well. The
truth is asked over a forecast's longest lead time, since that is what the model is asked: how far
each driver's departures from its climatology change the head in that time.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from swgw.attribution.groups import DRIVER_OF, group_of
from swgw.attribution.tests import needs, on_shuffled
from swgw.attribution.truth import driver_effects, shares
from swgw.scores.bootstrap import DAYS_OF_STEP, Interval
from swgw.scores.ranks import as_interval, drawn_ranks
from swgw.scores.seasonal_null import largest_correlations, without_seasons

WEIGHTS, DECODER = "selection weights, encoder", "selection weights, decoder"
CORRELATION, ANOMALIES = "correlation at any lag", "correlation without seasons"
PERMUTED, IN_SEASON = "permutation importance", "permutation importance within the season"
CHANCE, BEFORE = "weights of networks on shuffled inputs", "the truth of the training years"
OVER_WELLS, OVER_DRIVERS = "over wells", "over drivers"
TRUTHS = {"lead": "over a forecast's lead time", "years": "within the years", "all": "in all"}


def true_shares(study, period: str = "test", scale: str = "lead") -> pd.DataFrame:
    """Give the true share of each driver that the model has inputs for: (well, driver).

    Parameters
    ----------
    study : Study
    period : str
        "test" or "train".
    scale : str
        "lead": of the change over the longest lead time; "years": within calendar years; "all":
        over all time scales.
    """
    span = getattr(study.basin.settings, period)
    parts = study.truth.contributions().sel(time=slice(span.start, span.end))
    if scale == "lead":
        parts = _changes(parts, study)
    effects = driver_effects(parts, within_years=scale == "years")
    return shares(effects[list(DRIVER_OF.values())])


def _changes(parts, study):
    """Change of each contribution over the longest lead time."""
    settings = study.basin.settings
    step = np.median(np.diff(parts["time"].to_numpy())) / np.timedelta64(1, "D")
    steps = max(1, round(settings.lead_times * DAYS_OF_STEP[settings.step] / step))
    return parts.shift(time=-steps) - parts


def said_by_weights(read: list, kind: str) -> tuple[np.ndarray, pd.Index]:
    """Sum selection weights by driver: array (seed, well, driver) of shares, and the wells."""
    each = []
    for one in read:
        table = one[kind].transpose("series", f"{kind}_variable").to_pandas()
        drivers = [DRIVER_OF.get(group_of(name)) for name in table]
        each.append(table.T.groupby(pd.Index(drivers), dropna=True).sum().T)
    return _as_shares(each)


def said_by_permutation(read: list, kind: str) -> tuple[np.ndarray, pd.Index]:
    """Turn rises of the heads' loss into shares by driver; rises below zero count as none."""
    each = []
    for one in read:
        rise = one[kind].sel(target="head").sum("block")
        table = rise.transpose("series", "group").to_pandas().clip(lower=0)
        table = table[[name for name in table if name in DRIVER_OF]]
        each.append(table.rename(columns=DRIVER_OF))
    return _as_shares(each)


def _as_shares(tables: list[pd.DataFrame]) -> tuple[np.ndarray, pd.Index]:
    whole = [table.reindex(columns=list(DRIVER_OF.values()), fill_value=0.0) for table in tables]
    parts = [table.div(table.sum(axis=1).where(lambda s: s > 0), axis=0) for table in whole]
    return np.stack([part.to_numpy() for part in parts]), whole[0].index


def said_by_correlation(study, seasons: bool) -> tuple[np.ndarray, pd.Index]:
    """Take each driver's largest correlation with a head over lags of 0 to 12 months, as a share.

    Surface water speaks for the river, precipitation for irrigation and rain, temperature and wind
    for evapotranspiration; over the training years.
    """
    prepared, span = study.prepared, study.basin.settings.train
    lags = [prepared.steps_in_months(month) for month in range(13)]
    heads = prepared.heads if seasons else without_seasons(prepared.heads)
    heads = heads.loc[span.start : span.end]
    weather = prepared.weather_of_well(heads.columns[0])
    causes = {"surface_water": prepared.surface_water[study.gauge], **weather}
    table = pd.DataFrame(0.0, heads.columns, list(DRIVER_OF.values()))
    for name, cause in causes.items():
        driver = DRIVER_OF[group_of(name)]
        series = cause if seasons else without_seasons(cause)
        found = largest_correlations(heads, series, lags)
        table[driver] = np.fmax(table[driver], found)
    return _as_shares([table] * len(study.profile.seeds))


@lru_cache(maxsize=8)
def readings(study) -> dict[str, tuple[np.ndarray, pd.Index]]:
    """List what each reading says: shares (seed, well, driver), and the wells."""
    read = needs(study)
    return {
        WEIGHTS: said_by_weights(read, "encoder"),
        DECODER: said_by_weights(read, "decoder"),
        PERMUTED: said_by_permutation(read, "rise_of_group"),
        IN_SEASON: said_by_permutation(read, "rise_in_season"),
        CORRELATION: said_by_correlation(study, True),
        ANOMALIES: said_by_correlation(study, False),
        CHANCE: said_by_weights(on_shuffled(study), "encoder"),
    }


@lru_cache(maxsize=8)
def drawn_agreement(study, scale: str = "lead") -> dict[str, np.ndarray]:
    """Correlate each reading's ranks with the truth, wells and seeds drawn alike for all.

    Returns
    -------
    dict
        Reading to array (1 + draw, driver + 2); see :func:`swgw.scores.ranks.drawn_ranks`.
    """
    said = readings(study)
    truth = true_shares(study, "test", scale)
    before = true_shares(study, "train", scale)
    wells = said[WEIGHTS][1].intersection(truth.index)
    rows = {}
    for name, (values, index) in said.items():
        rows[name] = drawn_ranks(values[:, index.get_indexer(wells)], truth.loc[wells])
    alike = np.repeat(before.loc[wells].to_numpy()[None], len(study.profile.seeds), axis=0)
    return rows | {BEFORE: drawn_ranks(alike, truth.loc[wells])}


def agreement(study, scale: str = "lead") -> pd.DataFrame:
    """List how far each reading agrees with the truth.

    Returns
    -------
    DataFrame
        reading, over ("over wells", the name of a driver for it alone, "over drivers"), value,
        low, high (90 %, wells and seeds drawn anew), seeds, wells.
    """
    rows = []
    for reading, drawn in drawn_agreement(study, scale).items():
        for place, over in enumerate([*DRIVER_OF.values(), OVER_WELLS, OVER_DRIVERS]):
            found = as_interval(drawn[:, place], _behind(study))
            rows.append((reading, over, found.value, found.low, found.high, *found.draws))
    columns = ["reading", "over", "value", "low", "high", "seeds", "wells"]
    return pd.DataFrame(rows, columns=columns)


def agreement_of(study, reading: str, over: str = OVER_WELLS, scale: str = "lead") -> Interval:
    """Give the rank correlation of one reading with the truth; see :func:`agreement`."""
    return as_interval(drawn_agreement(study, scale)[reading][:, _place(over)], _behind(study))


def advantage(
    study, reading: str, other: str, over: str = OVER_WELLS, scale: str = "lead"
) -> Interval:
    """Give by how much one reading agrees better with the truth than another, paired."""
    found = drawn_agreement(study, scale)
    return as_interval((found[reading] - found[other])[:, _place(over)], _behind(study))


def _place(over: str) -> int:
    return [*DRIVER_OF.values(), OVER_WELLS, OVER_DRIVERS].index(over)


def _behind(study) -> tuple[int, int]:
    return len(study.profile.seeds), needs(study)[0].sizes["series"]
