"""What the page on the drivers shows: Figs. 11 to 15, and what really moves each well."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure
from statsmodels.tsa.stattools import acf

from swgw import words
from swgw.correlation import lag_correlations, pearson
from swgw.interpret import driver_effects, shares
from swgw.pages import needs
from swgw.pages.attention import readings, tft
from swgw.plots import drivers as plots

MONTHS = range(1, 13)
SHOWN = 18
"""Dynamic inputs drawn in Fig. 15; a longer list would not be read."""

LEVEL = 0.1


def _period(study, frame: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Cut a frame to the years of the study, from training to test."""
    settings = study.basin.settings
    return frame.loc[settings.train.start : settings.test.end]


def _water(study) -> pd.Series:
    return study.prepared.surface_water[study.gauge]


def _lags(study) -> dict[int, int]:
    return {month: study.prepared.steps_in_months(month) for month in MONTHS}


def driving_series(study) -> pd.DataFrame:
    """Gather weather and surface water, now and 1 to 12 months earlier: (time, variable)."""
    prepared = study.prepared
    if study.gauge is not None:
        columns = dict(prepared.weather_of_gauge(study.gauge).items())
        water, word = _water(study), words.surface_water_word(study)
        columns[word] = water
        columns |= {f"{word}, lag {m}": water.shift(steps) for m, steps in _lags(study).items()}
    else:
        columns = dict(prepared.weather_of_well(study.basin.wells.index[0]).items())
    return _period(study, pd.DataFrame(columns))


def correlation_matrix(study) -> pd.DataFrame:
    """Correlate drivers and heads; heads of all wells together, each about its own mean.

    A head's row is the mean of the wells' correlations, weighted by their number of values: the
    correlation of standardised heads put end to end.
    """
    series, heads = driving_series(study), _period(study, study.prepared.heads)
    matrix = series.corr(min_periods=4)
    counts = heads.notna().sum()
    each = pd.DataFrame({name: heads.corrwith(series[name], min_periods=4) for name in series})
    weights = each.notna().mul(counts, axis=0)
    row = (each * weights).sum() / weights.sum().replace(0, np.nan)
    matrix.loc["heads"] = row
    matrix["heads"] = matrix.loc["heads"]
    matrix.loc["heads", "heads"] = 1.0
    return matrix


@needs("wells:1")
def figure_11(study) -> Figure:
    """Fig. 11: drivers, lagged surface water and heads, each with each."""
    word = words.surface_water_word(study)
    matrix = correlation_matrix(study)
    return plots.plot_matrix(matrix, [name for name in (word, "heads") if name in matrix])


@needs("wells:1")
def words_correlations(study) -> Markdown:
    """Say with which driver heads correlate most, and how surface water goes with the weather."""
    matrix = correlation_matrix(study)
    row = matrix.loc["heads"].drop("heads").dropna()
    strongest = row.reindex(row.abs().sort_values(ascending=False).index)
    parts = [f"{name} ({words.number(r)})" for name, r in strongest.head(3).items()]
    text = f"Heads correlate most with {words.listing(parts)}; each is the mean over the wells. "
    weather = [name for name in ("precipitation", "temperature", "wind") if name in matrix]
    if study.gauge is not None:
        water, rows = _period(study, _water(study)), []
        for name in weather:
            found = pearson(water, driving_series(study)[name])
            rows.append(f"{name} ({found.text})")
        text += f"The {words.surface_water_word(study)} correlates with {words.listing(rows)}."
    return Markdown(text)


def monthly_autocorrelation(study, seasons: bool) -> pd.DataFrame:
    """Autocorrelate the monthly means at lags up to two years.

    Parameters
    ----------
    study : Study
    seasons : bool
        False takes each calendar month's mean away first.

    Returns
    -------
    DataFrame (lag; r, low, high)
        low and high bound what an uncorrelated series would show in nine of ten cases, by
        Bartlett's formula around zero.
    """
    water = _period(study, _water(study)).dropna()
    monthly = water.resample("MS").mean()
    if not seasons:
        monthly = monthly - monthly.groupby(monthly.index.month).transform("mean")
    lags = int(min(24, monthly.notna().sum() // 2 - 1))
    r, around = acf(monthly, nlags=lags, alpha=LEVEL, missing="conservative", result_object=False)
    half = (around[:, 1] - around[:, 0]) / 2
    table = pd.DataFrame({"r": r, "low": -half, "high": half}, index=np.arange(lags + 1))
    return table.iloc[1:]


@needs("gauge")
def figure_12(study) -> Figure:
    """Fig. 12: autocorrelation of monthly surface water, with and without its seasons."""
    tables = [monthly_autocorrelation(study, seasons) for seasons in (True, False)]
    return plots.plot_autocorrelation(*tables, words.surface_water_word(study))


@needs("gauge")
def words_autocorrelation(study) -> Markdown:
    """Say at which lags monthly surface water correlates with itself, with and without seasons."""
    sentences = []
    for seasons, start in (
        (True, "As it is, it correlates"),
        (False, "Without seasons it does so"),
    ):
        table = monthly_autocorrelation(study, seasons).loc[:12]
        up = table.index[table["r"] > table["high"]]
        down = table.index[table["r"] < table["low"]]
        sentences.append(
            f"{start} positively at {_lag_list(up)} and negatively at {_lag_list(down)}."
        )
    quantity = words.surface_water_word(study)
    return Markdown(
        f"Lags up to twelve months at which monthly {quantity} leaves the 90 % band: "
        + " ".join(sentences)
    )


def _lag_list(lags: pd.Index) -> str:
    return f"lags {words.listing(map(str, lags))}" if len(lags) else "no lag"


def lag_table(study) -> pd.DataFrame:
    """Correlate each head with surface water 1 to 12 months earlier, by cluster and distance."""
    prepared = study.prepared
    # lags reach back before the training years; heads do not
    heads = _period(study, prepared.heads).reindex(prepared.time)
    table = lag_correlations(heads, _water(study), _lags(study))
    order = pd.DataFrame({"cluster": _clusters(study)}, index=table.index)
    order["distance"] = study.basin.wells.get("distance_to_river", pd.Series(dtype=float))
    return table.loc[order.sort_values(["cluster", "distance"], kind="stable").index]


@needs("gauge", "wells:1")
def figure_13(study) -> Figure:
    """Fig. 13: heads against earlier surface water, one row a well."""
    return plots.plot_lag_heatmap(lag_table(study), _clusters(study), _quantity(study))


@needs("gauge", "wells:1")
def figure_14(study) -> Figure:
    """Fig. 14: the same correlations by cluster and lag."""
    return plots.plot_lag_boxes(lag_table(study), _clusters(study), _quantity(study))


def _clusters(study) -> pd.Series:
    return pd.Series(dtype=float) if study.clusters is None else study.clusters


def _quantity(study) -> str:
    return words.surface_water_word(study)


@needs("gauge", "wells:1")
def words_lags(study) -> Markdown:
    """Say how the wells differ, and which cluster correlates most strongly."""
    table = lag_table(study)
    positive = (table > 0).mean()
    text = (
        f"Over all wells and lags, {words.percent((table > 0).to_numpy().mean())} of the "
        f"correlations are positive; by lag, the share of wells above zero runs from "
        f"{words.percent(positive.min())} to {words.percent(positive.max())}."
    )
    if len(_clusters(study)):
        strength = table.abs().mean(axis=1).groupby(_clusters(study)).median()
        order = strength.sort_values(ascending=False)
        parts = [f"cluster {c:.0f} ({words.number(s)})" for c, s in order.items()]
        text += f" By the median size of the correlation, the order is {words.listing(parts)}."
    distance = study.basin.wells.get("distance_to_river")
    if distance is not None and distance.notna().sum() > 3:
        found = pearson(distance.reindex(table.index), table.mean(axis=1), series=False)
        text += " Over wells, the mean correlation and the distance to the river have "
        text += f"{found.text}."
    return Markdown(text)


# ---- Fig. 15 -------------------------------------------------------------------------------


def _importance(study, name: str) -> pd.DataFrame:
    """Give selection weights [%] of one kind: DataFrame (variable, seed)."""
    frames = {
        seed: reading[f"{name}_importance"].to_series()
        for seed, reading in zip(study.profile.seeds, readings(study), strict=True)
    }
    return 100 * pd.DataFrame(frames)


def nice(study, variable: str) -> str:
    """Name an input as a reader would: surface_water_lag_4 is discharge, lag 4."""
    text = variable.replace("surface_water", words.surface_water_word(study))
    if "_lag_" in text:
        return text.replace("_lag_", ", lag ") + " mo"
    if text.endswith("_observed"):
        return f"flag: {text.removesuffix('_observed').replace('_', ' ')} observed"
    return "past head" if text == "head" else text.replace("_", " ")


def _target(study, target: str) -> str:
    return "head" if target == "head" else words.surface_water_word(study)


def figure_15(study) -> Figure:
    """Fig. 15: static and dynamic selection weights of the TFT."""
    dynamic = _importance(study, "encoder")
    top = dynamic.mean(axis=1).nlargest(SHOWN).index
    statics = _importance(study, "static")
    panels = {
        "(a) static inputs": statics.rename(index=lambda v: nice(study, v)),
        "(b) inputs of the encoder": dynamic.loc[top].rename(index=lambda v: nice(study, v)),
    }
    return plots.plot_importances(panels)


def _losses(study) -> dict[str, pd.DataFrame]:
    """Give permutation importance [%] by target: DataFrame (variable, seed)."""
    found = {}
    for seed, reading in zip(study.profile.seeds, readings(study), strict=True):
        for target in reading["target"].to_numpy():
            values = reading["permutation_importance"].sel(target=target).to_series()
            found.setdefault(str(target), {})[seed] = 100 * values
    return {target: pd.DataFrame(columns) for target, columns in found.items()}


def figure_permutation(study) -> Figure:
    """Selection weights beside the rise of the loss when an input is shuffled."""
    weights = _importance(study, "encoder")
    top = weights.mean(axis=1).nlargest(SHOWN).index
    losses = {
        _target(study, target): frame.loc[top].rename(index=lambda v: nice(study, v))
        for target, frame in _losses(study).items()
    }
    return plots.plot_weights_and_losses(
        weights.loc[top].rename(index=lambda v: nice(study, v)), losses
    )


def words_importance(study) -> Markdown:
    """Say which inputs weigh most, and whether shuffling them agrees."""
    weights = _importance(study, "encoder").mean(axis=1).sort_values(ascending=False)
    statics = _importance(study, "static").mean(axis=1).sort_values(ascending=False)
    even = 100 / len(weights)
    text = f"In {tft(study)} the largest weights are on {_largest(study, weights, 4)}; "
    text += (
        f"spread evenly, each of the {len(weights)} inputs would have {words.number(even, 1)} %."
    )
    if len(statics):
        text += f" Of the static inputs, {_largest(study, statics, 3)}."
    for target, frame in _losses(study).items():
        loss = frame.mean(axis=1)
        rank = weights.rank().corr(loss.rank())
        text += (
            f" For the {_target(study, target)}, shuffling hurts most for "
            f"{_largest(study, loss.sort_values(ascending=False), 3)}; the ranks of weight and of "
            f"loss correlate with {words.number(rank)} over {len(loss)} inputs."
        )
    return Markdown(text)


def _largest(study, values: pd.Series, count: int) -> str:
    parts = [f"{words.escape(nice(study, n))} ({words.number(v, 1)} %)" for n, v in values.items()]
    return words.listing(parts[:count])


# ---- the truth ------------------------------------------------------------------------------


def true_effects(study, within_years: bool = False) -> pd.DataFrame:
    """Give each driver's effect at each well [m], nearest wells first where there is a river."""
    effects = driver_effects(study.truth.contributions(), within_years)
    distance = study.basin.wells.get("distance_to_river")
    if distance is not None:
        effects = effects.loc[distance.reindex(effects.index).sort_values().index]
    return effects


@needs("truth", "wells:1")
def figure_truth(study) -> Figure:
    """What really moves each well of a virtual basin."""
    effects = true_effects(study)
    return plots.plot_truth(shares(effects), shares(true_effects(study, True)), effects)


def groups_of_inputs(study) -> pd.Series:
    """Sum the selection weights [%] by what the inputs are: Series (group,)."""
    weights = _importance(study, "encoder").mean(axis=1)

    def group(variable: str) -> str:
        if variable.startswith("season") or variable.endswith("climatology"):
            return "calendar and climatology"
        if "surface_water" in variable:
            return "surface water, now and lagged"
        if variable.startswith("head"):
            return "the head's own past"
        return "weather"

    return weights.groupby(group).sum().sort_values(ascending=False)


def _medians(share: pd.DataFrame) -> str:
    medians = share.median().sort_values(ascending=False)
    return words.listing(f"{name} {words.percent(value)}" for name, value in medians.items())


@needs("truth", "wells:1")
def words_truth(study) -> Markdown:
    """Set the model's weights beside the true drivers' shares."""
    effects = true_effects(study)
    share = shares(effects)
    leading = share.drop(columns="interaction").idxmax(axis=1).value_counts()
    leaders = [f"{name} at {words.count(int(n), 'well')}" for name, n in leading.items()]
    truth, within = (_medians(frame) for frame in (share, shares(true_effects(study, True))))
    weights = [f"{name} {words.number(v, 0)} %" for name, v in groups_of_inputs(study).items()]
    return Markdown(
        f"**In truth** the leading driver is {words.listing(leaders)}. Shares of the drivers' "
        f"variance at the median well: {truth}. Within the years, with slow changes taken away: "
        f"{within}.\n\n"
        f"**In the model** the selection weights lie on {words.listing(weights)}. Pumping and "
        "irrigation are no inputs: what they do can reach the model only through the head's own "
        "past, the calendar and the weather."
    )
