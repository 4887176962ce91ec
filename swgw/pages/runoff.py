"""What the page on the surface water shows: Table 3, Fig. 5, lead times, fans, extremes."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.pages import needs
from swgw.pages.against import words_against_references
from swgw.pages.ceiling import limit_scores
from swgw.pages.simulations import (
    SIX,
    block,
    interval_of_score,
    paper_column,
    references,
    simulations,
    trained,
)
from swgw.plots import runoff as plots
from swgw.scores import bootstrap
from swgw.scores import paper as published
from swgw.scores import skill as scores

TASK = "surface_water"
LOW, HIGH = 0.3, 0.9  # quantiles of the observations that bound low and high flow
FANS = 12


def _gauge(study) -> str:
    """Name the gauge of the study's runs."""
    return study.observed_chain(TASK).columns[0]


@needs("gauge")
def words_gauge(study) -> Markdown:
    """Say which gauge is forecast, over which days, in which steps."""
    settings, obs = study.basin.settings, study.observed_chain(TASK)[_gauge(study)]
    name = study.basin.gauges.get("name", pd.Series(dtype=str)).get(_gauge(study), _gauge(study))
    return Markdown(
        f"The target gauge is **{words.escape(name)}**; its {settings.surface_water} is forecast "
        f"in steps of {words.step_word(settings.step)}, "
        f"{words.count(settings.lead_times, 'step')} ahead. The test period runs from "
        f"{words.period(settings.test)}; {words.count(int(obs.count()), 'step')} of "
        f"{len(obs):,} in it are observed, with a mean of {words.number(obs.mean())} and a "
        f"standard deviation of {words.number(obs.std(ddof=0))} {settings.unit}."
    )


@needs("gauge")
def table_3(study) -> Markdown:
    """Table 3 with every model and reference, mean ± deviation over the seeds, the paper beside."""
    unit = study.basin.settings.unit
    table = pd.concat([study.table_3(), limit_scores(study, TASK)])
    names = {"nse": "NSE", "r2": "R²", "rmse": f"RMSE [{unit}]", "kge": "KGE"}
    if study.basin.settings.surface_water == "stage":
        del names["kge"]  # its value depends on the zero of the staff
    names["bias"] = f"bias [{unit}]"
    coarse = 1 if table["rmse"].median() >= 10 else 2
    rows = []
    for model, runs in table.groupby("model", sort=False):
        row = {"model": f"*{model}*" if runs["seed"].iloc[0] < 0 else f"**{model}**"}
        row |= {
            title: _with_spread(runs[name], coarse if name in ("rmse", "bias") else 2)
            for name, title in names.items()
        }
        rows.append(row | _papers_row(study, model))
    return words.table(pd.DataFrame(rows).fillna(""))


def _with_spread(values: pd.Series, digits: int) -> str:
    """Mean over seeds, ± their standard deviation where there are several."""
    text = words.number(values.mean(), digits)
    return text if len(values) < 2 else f"{text} ± {words.number(values.std(), digits)}"


def _papers_row(study, model: str) -> dict[str, str]:
    titles = {"nse": "NSE, paper", "r2": "R², paper", "rmse": "RMSE, paper"}
    columns = {name: paper_column(study, published.TABLE_3, name) for name in titles}
    return {
        titles[name]: words.number(column.get(model, np.nan))
        for name, column in columns.items()
        if len(column)
    }


@needs("gauge")
def words_table(study) -> Markdown:
    """Say what Table 3's numbers are: steps, seeds, pooling over wells."""
    table = study.table_3()
    runs = table[table["seed"] >= 0]
    seeds = runs["seed"].nunique()
    spread = runs.groupby("model")["spread_over_wells"].mean().dropna()
    text = (
        f"Each score rests on {words.count(int(table['n'].max()), 'observed step')}. "
        f"Trained models: {words.count(seeds, 'seed')}"
        + (", mean ± standard deviation." if seeds > 1 else ", so no spread can be given.")
        + " References (in italics) are not trained and have no seed."
    )
    if len(spread):
        text += (
            " Models that read a window for each well give as many forecasts of the gauge; they "
            "are averaged before scoring. Their mean standard deviation over the wells is "
            f"{words.number(spread.min())} to {words.number(spread.max())} "
            f"{study.basin.settings.unit}."
        )
    return Markdown(text)


@needs("gauge")
def figure_scores(study) -> Figure:
    """NSE of all models with intervals from the block bootstrap over seeds × blocks."""
    obs = study.observed_chain(TASK)[_gauge(study)]
    rows = []
    for model in trained(study, TASK) + references(study, TASK):
        sims = simulations(study, TASK, model)[_gauge(study)]
        found = interval_of_score(study, obs, sims)
        each = [scores.nse(obs.reindex(sims.index), sims[seed]) for seed in sims]
        rows.append((model, found.value, found.low, found.high, each))
    frame = pd.DataFrame(rows, columns=["model", "value", "low", "high", "seeds"])
    return plots.plot_scores(frame, paper_column(study, published.TABLE_3, "nse"))


@needs("gauge")
def figure_5(study) -> Figure:
    """Fig. 5: observed and simulated series, and scatter, of the six models."""
    obs = study.observed_chain(TASK)[_gauge(study)]
    panels = []
    for model in [name for name in SIX if name in trained(study, TASK)]:
        sims = simulations(study, TASK, model)[_gauge(study)]
        each = [
            (f(obs.reindex(sims.index), sims[s])) for f in (scores.nse, scores.r2) for s in sims
        ]
        nse, r2 = np.split(np.asarray(each), 2)
        note = f"NSE {words.number(nse.mean())}\nR² {words.number(r2.mean())}"
        panels.append(plots.Panel(model, obs, sims, note))
    return plots.plot_hindcasts(panels, words.surface_water_label(study))


@needs("gauge")
def figure_lead_times(study) -> Figure:
    """NSE against lead time, mean over seeds with their range."""
    table = study.scores_by_lead_time(TASK)
    table = table[table["series"] == _gauge(study)]
    grouped = table.groupby(["model", "lead_time"], sort=False)["nse"]
    frame = grouped.agg(value="mean", low="min", high="max").reset_index()
    frame["reference"] = frame["model"].isin(references(study, TASK))
    return plots.plot_lead_times(frame, words.step_word(study.basin.settings.step))


@needs("gauge")
def words_references(study) -> Markdown:
    """Say which trained models lose to which references."""
    return words_against_references(study, TASK)


@needs("gauge")
def words_lead_times(study) -> Markdown:
    """Say from which lead time on each trained model beats persistence."""
    table = study.scores_by_lead_time(TASK)
    nse = table.pivot_table(index="lead_time", columns="model", values="nse")
    models, lines = trained(study, TASK), []
    behind = nse[models].le(nse["persistence"], axis=0) | nse[models].isna()
    if not behind.to_numpy().any():
        return Markdown("Every trained model beats persistence at every lead time.")
    for model in models:
        ahead = nse.index[nse[model] > nse["persistence"]]
        if len(ahead) == len(nse):
            when = "at every lead time"
        elif len(ahead):
            plural = "s" * (len(ahead) > 1)
            when = f"at lead time{plural} {words.listing(map(str, ahead))}"
        else:
            when = "at no lead time"
        lines.append(f"- {model} beats persistence {when}.")
    return Markdown("\n".join(lines))


@needs("gauge")
def figure_fans(study) -> Figure:
    """Quantile forecasts of the TFT, end to end around the highest observation of the test."""
    hindcast, gauge = _fan_hindcast(study), _gauge(study)
    chosen = hindcast.sel(series=gauge)
    step = study.basin.settings.lead_times
    highest = int(np.nan_to_num(chosen["observed"].max("lead_time"), nan=-np.inf).argmax())
    first = int(np.clip(highest - FANS * step // 2, 0, max(0, chosen.issue_time.size - 1)))
    fans = [_fan(chosen.isel(issue_time=i)) for i in range(first, chosen.issue_time.size, step)]
    fans = fans[:FANS]
    obs = study.observed_chain(TASK)[gauge]
    obs = obs.loc[fans[0]["issue_time"] : fans[-1]["valid_time"][-1]]
    return plots.plot_fans(fans, obs, words.surface_water_label(study))


def _fan_hindcast(study):
    """Give the hindcast of the best-informed TFT that was run, first seed."""
    model = next(m for m in ("MT-TFT", "ST+-TFT", "ST-TFT") if m in trained(study, TASK))
    return study.hindcast(TASK, model, study.seeds_of(model)[0])


def _fan(window) -> dict:
    return {
        "issue_time": pd.Timestamp(window["issue_time"].to_numpy()[()]),
        "valid_time": window["valid_time"].to_numpy(),
        "quantiles": window["quantiles"].transpose("lead_time", "quantile").to_numpy(),
        "median": window["median"].to_numpy(),
        "levels": window["quantile"].to_numpy(),
    }


@needs("gauge")
def words_fans(study) -> Markdown:
    """Say how often the observations fall inside the intervals, and how often quantiles cross."""
    window = _fan_hindcast(study).sel(series=_gauge(study))
    levels = window["quantile"].to_numpy()
    quantiles = window["quantiles"].transpose(..., "quantile").to_numpy()
    ordered, obs = np.sort(quantiles, axis=-1), window["observed"].to_numpy()
    shares = []
    for low in range(len(levels) // 2):
        found = scores.coverage(obs, ordered[..., low], ordered[..., -1 - low])
        aim = levels[-1 - low] - levels[low]
        shares.append(f"{words.percent(found)} in the {words.percent(aim)} interval")
    return Markdown(
        "Over all issue and lead times of the test period "
        f"({words.count(_count(obs), 'pair')}), the observations fall into the intervals like "
        f"this: {words.listing(shares)}. The mean pinball loss is "
        f"{words.number(scores.pinball(obs, ordered, levels))} {study.basin.settings.unit}; "
        f"before sorting, {words.percent(scores.crossing_rate(quantiles), 1)} of the forecasts "
        "have quantiles that cross."
    )


def _count(values: np.ndarray) -> int:
    return int(np.isfinite(values).sum())


def flow_classes(study) -> dict[str, pd.Series]:
    """Split the observations into low, middle and high ones, in this order; NaN elsewhere."""
    obs = study.observed_chain(TASK)[_gauge(study)]
    low, high = obs.quantile(LOW), obs.quantile(HIGH)
    return {
        f"low (lowest {words.percent(LOW)})": obs.where(obs <= low),
        "middle": obs.where((obs > low) & (obs < high)),
        f"high (highest {words.percent(1 - HIGH)})": obs.where(obs >= high),
    }


@needs("gauge")
def figure_flow_classes(study) -> Figure:
    """Mean error of the trained models and of persistence, by class of the observation."""
    rows = {
        model: {name: found.value for name, found in class_biases(study, model).items()}
        for model in [*trained(study, TASK), "persistence"]
    }
    return plots.plot_flow_classes(pd.DataFrame(rows).T, words.surface_water_label(study))


def class_biases(study, model: str) -> dict[str, bootstrap.Interval]:
    """Give a model's mean error in each class of the observation, with its interval."""
    sims = simulations(study, TASK, model)[_gauge(study)]
    return {
        name: bootstrap.score_interval(
            obs.reindex(sims.index), sims.to_numpy().T, bootstrap.bias, block(study)
        )
        for name, obs in flow_classes(study).items()
    }


@needs("gauge")
def words_peaks(study) -> Markdown:
    """Say for each trained model whether it under- or overestimates high and low flows."""
    lines = []
    for model in trained(study, TASK):
        found = list(class_biases(study, model).values())
        low, high = _tendency(found[0]), _tendency(found[-1])
        lines.append({"model": model, "low": low, "high": high})
    unit = study.basin.settings.unit
    titles = {"low": f"low observations [{unit}]", "high": f"high observations [{unit}]"}
    return words.table(pd.DataFrame(lines).rename(columns=titles))


def _tendency(found: bootstrap.Interval) -> str:
    word = "no clear sign"
    if found.low > 0:
        word = "**overestimates**"
    elif found.high < 0:
        word = "**underestimates**"
    span = f"{words.number(found.low, 1)} to {words.number(found.high, 1)}"
    return f"{word}: {words.number(found.value, 1)} ({span})"
