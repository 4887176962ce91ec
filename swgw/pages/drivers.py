"""What the page on the drivers shows of correlations: Figs. 11 to 14."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure
from statsmodels.tsa.stattools import acf

from swgw.book import text as words
from swgw.experiments import realisation_statistics as drawn
from swgw.pages import needs
from swgw.plots import drivers as plots
from swgw.plots import trust as trust_plots
from swgw.scores.correlation import FEWEST, Correlation, correlate_each, lag_correlations, pearson
from swgw.scores.seasonal_null import beside_shuffled

MONTHS = range(1, 13)
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
    matrix = series.corr(min_periods=FEWEST)
    counts = heads.notna().sum()
    each = pd.DataFrame({name: correlate_each(heads, series[name]) for name in series})
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


@lru_cache(maxsize=4)
def correlations_beside_shuffled(study) -> dict[str, pd.DataFrame]:
    """Set each well's largest correlation with each driver beside that with shuffled years.

    Returns
    -------
    dict
        Driver to DataFrame (well; found, null, null_high); see
        :func:`swgw.scores.seasonal_null.beside_shuffled`.
    """
    heads = _period(study, study.prepared.heads)
    lags = [0, *_lags(study).values()]
    if study.gauge is not None:
        causes = {words.surface_water_word(study): _water(study)}
        causes |= dict(study.prepared.weather_of_gauge(study.gauge).items())
    else:
        causes = dict(study.prepared.weather_of_well(heads.columns[0]).items())
    return {name: beside_shuffled(heads, cause, lags) for name, cause in causes.items()}


@needs("wells:1")
def figure_shuffled_years(study) -> Figure:
    """Each well's largest correlation with each driver beside that with shuffled years."""
    return trust_plots.plot_largest(correlations_beside_shuffled(study))


@needs("wells:1")
def words_shuffled_years(study) -> Markdown:
    """Say how much of the wells' correlations seasons alone would give."""
    lines = []
    for name, table in correlations_beside_shuffled(study).items():
        beyond = int((table["found"] > table["null_high"]).sum())
        lines.append(
            f"- **{name}**: at the median well the largest correlation is "
            f"{words.number(table['found'].median())}, with shuffled years "
            f"{words.number(table['null'].median())}; "
            f"{beyond} of {words.count(len(table), 'well')} {'lies' if beyond == 1 else 'lie'} "
            "beyond the 95 % quantile of the well's own shuffled years."
        )
    return Markdown("\n".join(lines))


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
    found = water_with_distance(study)
    if np.isfinite(found.low):
        text += f" Over wells, the correlation with {_quantity(study)} now and up to twelve months "
        text += "earlier, mean over these thirteen lags, and the distance to the river have "
        text += f"{found.text}."
    return Markdown(text)


def water_with_distance(study) -> Correlation:
    """Correlate, over wells, the mean correlation with surface water and the distance to the river.

    The mean is over lags of 0 to 12 months: the paper speaks of the river now and earlier.
    """
    each = drawn.lag_table(study.prepared).mean(axis=1)
    return pearson(drawn.distances(study.prepared).reindex(each.index), each, series=False)
