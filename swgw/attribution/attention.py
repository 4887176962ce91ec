"""Attention with its null, importance as shares, and agreement with the truth."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from swgw.models.interpretation import attention_at, attention_of_permuted_past
from swgw.scores.correlation import pearson
from swgw.scores.means import sample_means
from swgw.scores.resample import interval, resampled_scores
from swgw.scores.skill import correlation


def attention(run, issued: pd.Timestamp) -> np.ndarray:
    """Give the attention of every series' window that is issued at a step.

    Parameters
    ----------
    run : TrainedRun
        Of a transformer.
    issued : Timestamp
        First day of the last step of the past.

    Returns
    -------
    array (series, lead_time, encoder_step)
        Weights, mean over attention heads; the rest to 1 is on earlier lead times.

    Notes
    -----
    Jing et al. (2025), equation (6) and Fig. 10.
    """
    return attention_at(run.network, run.panel, run.panel.time.get_loc(pd.Timestamp(issued)))


def null_attention(run, issued: pd.Timestamp) -> np.ndarray:
    """Give the attention of the same windows with the steps of their past in 50 random orders.

    The orders are the same for every run.

    Returns
    -------
    array (permutation, encoder_step)
        Mean over lead times and at most 50 series.
    """
    step = run.panel.time.get_loc(pd.Timestamp(issued))
    return attention_of_permuted_past(run.network, run.panel, step)


def attention_match(attention: ArrayLike, null: ArrayLike, driver: ArrayLike) -> dict[str, float]:
    """Correlate attention with a driver over the encoder, beside the null.

    Parameters
    ----------
    attention : array (encoder_step,)
        Weights of one window, or a mean over windows; NaN leaves a step out.
    null : array (permutation, encoder_step)
        The same with permuted pasts (:func:`null_attention`).
    driver : array (encoder_step,)
        A series over the same steps.

    Returns
    -------
    dict
        value, low, high, n, effective_n of :func:`swgw.pearson`; null_low, null_high, the 5 % and
        95 % quantile of the null's correlations; p, the share of permutations whose correlation is
        at least as far from zero, the real order counted in.
    """
    found = pearson(attention, driver)
    known = np.where(np.isfinite(np.asarray(attention, float)), np.asarray(driver, float), np.nan)
    null = np.array([pearson(row, known).value for row in np.asarray(null, float)])
    null = null[np.isfinite(null)]
    low, high, p = np.nan, np.nan, np.nan
    if null.size and np.isfinite(found.value):
        low, high = np.quantile(null, [0.05, 0.95])
        p = (np.sum(np.abs(null) >= abs(found.value)) + 1) / (null.size + 1)
    return found._asdict() | {"p": p, "null_low": low, "null_high": high}


SEASON = "calendar and climatology"
OWN_PAST = "the head's own past"
RIVER = "river and its catchment"
RAIN = "precipitation"
EVAPORATION = "other weather"
PLACE = "place (all static inputs)"
GROUPS = (SEASON, OWN_PAST, RIVER, RAIN, EVAPORATION)

# The driver of a virtual basin that a group of inputs stands for; pumping has no input.
#
# Weather of the catchment reaches wells through the river alone. Canal water falls with rain on the
# fields and brings most of the recharge that the truth calls irrigation; it also falls when the
# river is low, which no rule can divide.
DRIVER_OF = {RIVER: "river", RAIN: "irrigation", EVAPORATION: "evapotranspiration"}

# Ages in months at which the past is cut; what is older is the last part.
AGES = (0, 1, 2, 3, 6, 9, 12)


def group_of(variable: str) -> str:
    """Name the group that a dynamic input belongs to.

    Examples
    --------
    >>> group_of("surface_water_lag_3"), group_of("wind"), group_of("head_climatology")
    ('river and its catchment', 'other weather', 'calendar and climatology')
    """
    if variable.startswith("season_") or variable.endswith("_climatology"):
        return SEASON
    if "surface_water" in variable or variable.startswith("catchment_"):
        return RIVER
    if variable.startswith("head"):
        return OWN_PAST
    return RAIN if variable == "precipitation" else EVAPORATION


def parts_of_past(encoder_length: int, steps_per_month: float) -> dict[str, slice]:
    """Cut the encoder's steps by age.

    Parameters
    ----------
    encoder_length : int
    steps_per_month : float

    Returns
    -------
    dict
        Ages in months, as "1–2", to the places of the steps in the encoder, the latest part first.

    Examples
    --------
    >>> parts_of_past(3, 1.0)
    {'0–1': slice(2, 3, None), '1–2': slice(1, 2, None), '2–3': slice(0, 1, None)}
    """
    parts = {}
    for young, old in zip(AGES, (*AGES[1:], np.inf), strict=True):
        last = encoder_length - round(young * steps_per_month)
        first = 0 if np.isinf(old) else max(encoder_length - round(old * steps_per_month), 0)
        if last > first:
            parts[f"over {young}" if np.isinf(old) else f"{young}–{old}"] = slice(first, last)
    return parts


def rise_of_loss(study, kind: str, target: str) -> pd.DataFrame:
    """Give the rise of a target's loss when inputs are permuted [%], with intervals.

    Parameters
    ----------
    study : Study
    kind : str
        "rise_of_variable", "rise_of_static", "rise_of_group" or "rise_in_season".
    target : str
        "head" or "surface_water".

    Returns
    -------
    DataFrame (input; value, low, high, seeds, blocks)
        Rise of the loss in percent of the loss, mean over seeds; the 90 % interval is over seeds
        and blocks of issue times.
    """
    blocks = {}
    for seed in study.seeds:
        found = study.importance(seed).sel(target=target).sum("series")
        blocks[seed] = (100 * found[kind] / found["loss"].mean("block")).to_pandas().T
    return sample_means(pd.concat(blocks, axis=1).swaplevel(axis=1), "blocks")


def shares_of_past(study) -> pd.DataFrame:
    """Give the shares of the parts of the past in attention and in need [%].

    Returns
    -------
    DataFrame (series; share, seed, age)
        "attention", and "need": of the rise of the loss over all targets when a part is permuted;
        below zero counts as none. Each adds up to 100 over the ages.
    """
    shares = {}
    for seed in study.seeds:
        found = study.importance(seed)
        loss = found["loss_of_windows"].sum(["series", "block"])
        need = (found["rise_of_past"].sum("block") / loss).sum("target").clip(min=0)
        shares["attention", seed] = found["attention"].to_pandas()
        shares["need", seed] = (need / need.sum("age").where(need.sum("age") > 0)).to_pandas().T
    shares = dict(sorted(shares.items()))
    return 100 * pd.concat(shares, axis=1, names=["share", "seed", "age"])


DRIVERS = list(DRIVER_OF.values())
TRUE_DRIVERS = (*DRIVERS, "pumping", "front", "interaction")


def driver_of(inputs: str) -> str | None:
    """Name the driver of a virtual basin that an input, a group of inputs or itself stands for.

    Examples
    --------
    >>> driver_of("surface_water_lag_3"), driver_of("other weather"), driver_of("head_change")
    ('river', 'evapotranspiration', None)
    """
    if inputs in TRUE_DRIVERS:
        return inputs
    return DRIVER_OF.get(inputs if inputs in GROUPS else group_of(inputs))


def shares_by_driver(importance: pd.DataFrame) -> pd.DataFrame:
    """Sum importances by driver and turn them into shares: rows add up to 1.

    Parameters
    ----------
    importance : DataFrame (well; input)
        Of single inputs, of groups of them or of drivers; below zero counts as none. Others than
        the three drivers are left out.

    Returns
    -------
    DataFrame (well; driver)
        River, irrigation and evapotranspiration; NaN where all are zero.

    Examples
    --------
    >>> weights = pd.DataFrame({"precipitation": [0.1], "wind": [0.3], "head_change": [0.6]})
    >>> shares_by_driver(weights).round(2).to_numpy().tolist()
    [[0.0, 0.25, 0.75]]
    """
    drivers = pd.Index([driver_of(name) for name in importance], name="driver")
    total = importance.clip(lower=0).T.groupby(drivers).sum().T
    total = total.reindex(columns=pd.Index(DRIVERS, name="driver"), fill_value=0.0)
    return total.div(total.sum(axis=1).where(lambda s: s > 0), axis=0)


def agreement(shares: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Rank correlation over wells of attributed with true shares, mean over drivers.

    Parameters
    ----------
    shares : DataFrame (well; attribution, seed, driver)
    truth : DataFrame (well; driver)

    Returns
    -------
    DataFrame (attribution; value, low, high, seeds, wells)
        Mean over seeds, with its 90 % interval: wells and seeds are resampled, ranks stay those
        of all wells.
    """
    rows = {}
    for name in shares.columns.unique(0):
        known = shares[[name]].dropna()
        known = known.loc[known.index.intersection(truth.dropna().index)].rank()
        each = resampled_scores(truth.loc[known.index].rank(), known, correlation, block=1)[name]
        mean = pd.DataFrame(each).mean(axis=1).to_numpy()[:, None]  # over drivers
        rows[name] = interval(mean, known[name].columns.unique(0).size, len(known))
    return pd.DataFrame(rows).T.rename(columns={"blocks": "wells"}).rename_axis("attribution")
