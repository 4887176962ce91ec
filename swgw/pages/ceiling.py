"""Between floor and ceiling: models against the best reference and the perfect-model limit."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.pages import needs, placeholder_words
from swgw.pages.simulations import block, trained
from swgw.plots import ceiling as plots
from swgw.scores.chains import chain_scores
from swgw.scores.rounding import with_interval
from swgw.scores.upper_benchmark import Comparison, better, compare
from swgw.storage.errors import install

LIMITS = {"limit": "observed", "limit, other weather": "resampled"}
"""Arms of the simulator, and the weather to come that each is given."""
SHOWN = ("MT-TFT", "ST-TFT")


def gauges(study, task: str) -> list[str | None]:
    """List the gauges whose forecasts are compared; heads belong to the target gauge's runs."""
    if task == "head":
        return [study.gauge]
    return [gauge for gauge in study.gauges_studied if trained(study, task, gauge)]


def main_model(study, task: str, gauge: str | None = None) -> str:
    """Name the model whose differences are given: MT-TFT where it was trained."""
    present = trained(study, task, gauge)
    return next(model for model in (*SHOWN, *present) if model in present)


def _arrays(hindcast, lead: int) -> np.ndarray:
    """Forecasts of a lead time: array (issue_time, series)."""
    return hindcast["forecast"].sel(lead_time=lead).transpose("issue_time", "series").to_numpy()


def _observed(hindcast, lead: int) -> np.ndarray:
    return hindcast["observed"].sel(lead_time=lead).transpose("issue_time", "series").to_numpy()


@lru_cache(maxsize=64)
def compared(study, task: str, gauge: str | None, lead: int) -> Comparison:
    """Score every model, reference and limit at a lead time, on the same steps and draws."""
    arms = {}
    for model in study.models(task, gauge):
        found = [study.hindcast(task, model, seed, gauge) for seed in study.seeds_of(model)]
        arms[model] = np.stack([_arrays(each, lead) for each in found])
    for name, weather in LIMITS.items():
        limit = study.limit(task, weather, gauge)
        if limit is not None:
            arms[name] = _arrays(limit, lead)[None]
    template = study.hindcast(task, "persistence", gauge=gauge)
    return compare(_observed(template, lead), arms, block(study))


@lru_cache(maxsize=64)
def best_reference(study, task: str, gauge: str | None, lead: int) -> str:
    """Name the reference that was best in the validation year, before the test is looked at."""
    arms = {}
    for reference in study.references(task):
        hindcast = study.validation_hindcast(task, reference, gauge)
        arms[reference] = _arrays(hindcast, lead)[None]
    found = compare(_observed(hindcast, lead), arms, block(study), draws=1)
    values = {name: found.score(name).value for name in arms}
    return max(values, key=lambda name: np.nan_to_num(values[name], nan=-np.inf))


def limit_scores(study, task: str, gauge: str | None = None) -> pd.DataFrame:
    """Score the limit on the chained series, as the results tables score models.

    Returns
    -------
    DataFrame
        model, seed (−1), series and the scores of :func:`swgw.scores.chains.score_all`; empty where
        there
        is no limit.
    """
    found = [({"model": name, "seed": -1}, study.limit(task, weather, gauge))
             for name, weather in LIMITS.items()]  # fmt: skip
    return chain_scores((who, each) for who, each in found if each is not None)


def with_limit(study, scores: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put a score of the limit beside those of models: DataFrame (well, model)."""
    limit = limit_scores(study, "head")
    if limit.empty:
        return scores
    return scores.join(limit.pivot_table(index="series", columns="model", values=name))


def leads(study) -> range:
    """Count the lead times."""
    return range(1, study.basin.settings.lead_times + 1)


def _kind(study, task: str, arm: str) -> str:
    if arm in LIMITS:
        return "limit"
    return "reference" if arm in study.references(task) else "model"


def _title(study, task: str, gauge: str | None) -> str:
    if task == "head":
        return f"Heads, median over {words.count(study.prepared.heads.shape[1], 'well')}"
    names = study.basin.gauges.get("name", pd.Series(dtype=str))
    return str(names.get(gauge, gauge))


def _place(study, task: str, gauge: str | None) -> str:
    """Write a title as Markdown."""
    title = _title(study, task, gauge)
    return title if task == "head" else words.escape(title)


def _figure(study, task: str) -> Figure:
    """Skill by lead time of references, models and limit, and what lies between them."""
    scores, gaps = {}, {}
    for gauge in gauges(study, task):
        title = _title(study, task, gauge)
        rows = [_score_row(study, task, gauge, lead, arm)
                for lead in leads(study)
                for arm in compared(study, task, gauge, lead).scores]  # fmt: skip
        scores[title] = pd.DataFrame(rows)
        shown = [m for m in SHOWN if m in trained(study, task, gauge)]
        shown = shown or [main_model(study, task, gauge)]
        present = [name for name in LIMITS if name in set(scores[title]["arm"])]
        rows = [_gap_row(study, task, gauge, lead, arm)
                for arm in [*shown, *present] for lead in leads(study)]  # fmt: skip
        gaps[title] = pd.DataFrame(rows)
    return plots.plot_ceiling(scores, gaps, words.step_word(study.basin.settings.step))


def _score_row(study, task: str, gauge: str | None, lead: int, arm: str) -> dict:
    value = compared(study, task, gauge, lead).score(arm).value
    return {"arm": arm, "lead_time": lead, "value": value, "kind": _kind(study, task, arm)}


def _gap_row(study, task: str, gauge: str | None, lead: int, arm: str) -> dict:
    floor = best_reference(study, task, gauge, lead)
    found = compared(study, task, gauge, lead).difference(arm, floor)
    row = {"arm": arm, "lead_time": lead, "kind": _kind(study, task, arm)}
    return row | {"value": found.value, "low": found.low, "high": found.high}


def _table(study, task: str) -> Markdown:
    """Say for each lead time how a model stands to the best reference and to the limit."""
    rows = [
        _row(study, task, gauge, lead) for gauge in gauges(study, task) for lead in leads(study)
    ]
    return words.table(pd.DataFrame(rows))


def _row(study, task: str, gauge: str | None, lead: int) -> dict[str, str]:
    model, floor = main_model(study, task, gauge), best_reference(study, task, gauge, lead)
    found = compared(study, task, gauge, lead)
    row = {"gauge": _place(study, task, gauge)} if task == "surface_water" else {}
    row |= {"lead time": str(lead), "best reference": f"*{floor}*",
            "its NSE": _three(found.score(floor).value),
            f"{model}, NSE": _three(found.score(model).value),
            "difference": _said(found.difference(model, floor))}  # fmt: skip
    for arm in LIMITS:
        if arm in found.scores:
            row[f"{arm}, NSE"] = _three(found.score(arm).value)
    if "limit" in found.scores:
        share = found.share(model, floor, "limit")
        row["share of the way"] = "no gap beyond noise" if share is None else str(share)
    return row


def _three(value: float) -> str:
    """Write an NSE with three digits; with four where three would make it perfect."""
    return words.number(value, 4 if 0.9995 <= value < 1 else 3)


def _said(found) -> str:
    """Write a difference with its interval; bold where the interval leaves zero out."""
    text = with_interval(found.value, found.low, found.high, 3)
    return f"**{text}**" if better(found) else f"{text}, none"


def _words(study, task: str) -> Markdown:
    """Say at which lead times the model is ahead of the best reference, and by what share."""
    lines = []
    for gauge in gauges(study, task):
        model = main_model(study, task, gauge)
        by_sign: dict[int, list[str]] = {1: [], -1: [], 0: []}
        for lead in leads(study):
            floor = best_reference(study, task, gauge, lead)
            sign = better(compared(study, task, gauge, lead).difference(model, floor))
            by_sign[sign].append(str(lead))
        said = [
            f"{verb} at lead time{'s' * (len(by_sign[sign]) > 1)} {words.listing(by_sign[sign])}"
            for sign, verb in ((1, "ahead"), (-1, "behind"), (0, "within chance"))
            if by_sign[sign]
        ]
        place = _place(study, task, gauge)
        lines.append(f"- {place}: {model} against the best reference is {words.listing(said)}.")
    counts = compared(study, task, gauges(study, task)[0], 1)
    blocks = words.count(counts.blocks, "block")
    return Markdown(
        "\n".join(lines) + f"\n\nScored are {counts.count:,} pairs at lead time 1; intervals "
        f"(90 %) come from {words.count(counts.seeds[model], 'seed')} and {blocks} of time."
        + (" With one seed they know nothing of how seeds scatter." * (counts.seeds[model] == 1))
        + (
            " The median of the wells' differences need not be the difference of the medians."
            * (task == "head")
        )
    )


def _limit(study, task: str) -> Markdown:
    """Say what the limit is worth here, or why there is none."""
    reason = study.no_limit
    if reason:
        return placeholder_words([reason])
    first, last = leads(study)[0], leads(study)[-1]
    lines = []
    for gauge in gauges(study, task):
        known, other = (
            [compared(study, task, gauge, lead).score(arm).value for lead in (first, last)]
            for arm in LIMITS
        )
        lines.append(
            f"- {_place(study, task, gauge)}: with the weather to come known, NSE "
            f"{_three(known[0])} at lead time {first} and {_three(known[1])} at {last}; with the "
            f"weather of other years, {_three(other[0])} and {_three(other[1])}."
        )
    return Markdown("\n".join(lines))


def _pastas(study) -> Markdown:
    """Say what Pastas is, or how to get it."""
    if "Pastas" in study.references("head"):
        return Markdown(
            "Among the references, **Pastas** {cite}`collenteur2019` fits to each well alone what "
            "hydrologists fit to wells: responses to rain less evaporation and to the river, and a "
            "residual that fades. The validation year says for each well whether a straight trend "
            "is added and whether the last residual had better stay than fade. The river ahead is "
            "expected to return to its climatology."
        )
    return Markdown(
        "One more reference, transfer-function models of single wells {cite}`collenteur2019`, is "
        f"left out: Pastas is not installed. `{install('pastas')}` adds it."
    )


def _together(*parts: Markdown) -> Markdown:
    return Markdown("\n\n".join(part.data for part in parts))


@needs("gauge")
def figure_water(study) -> Figure:
    """Surface water between floor and ceiling."""
    return _figure(study, "surface_water")


@needs("gauge")
def words_water(study) -> Markdown:
    """Surface water: the limit, differences and shares by lead time, and what they say."""
    parts = (part(study, "surface_water") for part in (_limit, _table, _words))
    return _together(*parts)


@needs("wells:1")
def figure_heads(study) -> Figure:
    """Heads between floor and ceiling."""
    return _figure(study, "head")


@needs("wells:1")
def words_heads(study) -> Markdown:
    """Heads: the same, and a word on Pastas."""
    parts = (part(study, "head") for part in (_limit, _table, _words))
    return _together(*parts, _pastas(study))
