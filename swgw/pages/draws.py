"""What the book shows of other draws of a virtual basin: verdicts that depend on the draw."""

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments.realisation_statistics import BASELINE, basin_statistics, model_statistics
from swgw.pages import needs, placeholder_figure, placeholder_words
from swgw.pages.simulations import trained
from swgw.plots import draws as plots
from swgw.scores import bootstrap
from swgw.scores import paper as published
from swgw.scores.rounding import telling_digits, with_interval

WAYS = {1: "above", -1: "below"}
NOTHING = float("nan")


@dataclass(frozen=True)
class Statistic:
    """One number of a basin.

    Attributes
    ----------
    label : str
        What it is, for a figure.
    unit : str
        "r" for correlations and shares, "score" for NSE and R², "gain" for the small differences
        between arms for heads, "bit" for entropy.
    expected : int
        Sign that is asked for: +1 or −1.
    paper : float
        The paper's number; NaN where it gives none.
    stated : bool
        Whether the sign is the paper's statement; it has neither references nor controls.
    """

    label: str
    unit: str
    expected: int
    paper: float = NOTHING
    stated: bool = True


def _paper_gain(scores: pd.Series) -> float:
    return round(float(scores["MT-TFT"] - scores["ST-TFT"]), 2)


_WITH_DISTANCE = published.CORRELATIONS
_NSE = published.TABLE_3.set_index("model")["nse"]
_R2 = published.GROUNDWATER_R2.set_index("model")["median"]
STATISTICS = {
    "cluster_distance": Statistic("distance explained by clusters, beyond chance", "r", 1),
    "entropy_distance": Statistic(
        "entropy with distance", "r", -1, _WITH_DISTANCE["entropy_distance"]
    ),
    "r2_distance": Statistic("R² of heads with distance", "r", 1, _WITH_DISTANCE["r2_distance"]),
    "water_precipitation": Statistic("surface water with precipitation", "r", 1),
    "water_temperature": Statistic("surface water with temperature", "r", 1),
    "head_water": Statistic("heads with surface water, 0–12 months before", "r", -1),
    "head_water_distance": Statistic("the same correlation with distance", "r", -1),
    "cluster_head_water": Statistic("its size, farthest cluster less others", "r", 1),
    "cluster_entropy": Statistic("entropy, farthest cluster less others", "bit", -1),
    "cluster_r2": Statistic("R² of heads, farthest cluster less others", "score", 1),
    "gain_water": Statistic("NSE of surface water, MT-TFT − ST-TFT", "score", 1, _paper_gain(_NSE)),
    "gain_heads": Statistic("R² of heads, MT-TFT − ST-TFT", "score", 1, _paper_gain(_R2)),
    "baseline_water": Statistic(
        f"NSE of surface water, MT-TFT − {BASELINE}", "score", 1, stated=False
    ),
    "information_heads": Statistic(
        "R² of heads, ST+-TFT − ST-TFT (inputs)", "gain", 1, stated=False
    ),
    "task_heads": Statistic("R² of heads, MT-TFT − ST+-TFT (loss)", "gain", 1, stated=False),
    "baseline_heads": Statistic(f"NSE of heads, MT-TFT − {BASELINE}", "gain", 1, stated=False),
}


@lru_cache(maxsize=8)
def own_statistics(study) -> dict[str, float]:
    """Compute the statistics in the book's own basin; NaN where it or the study lacks something."""
    found = dict.fromkeys(STATISTICS, float("nan"))
    if len(study.tasks) < 2:
        return found
    found |= basin_statistics(study.prepared, study.clusters)
    if {"ST-TFT", "MT-TFT"} <= set(trained(study, "head")):
        scores = {
            "head": study.groundwater_scores().rename(columns={"well_id": "series"}),
            "surface_water": study.table_3().assign(series=study.gauge),
        }
        found |= model_statistics(study.prepared, study.clusters, scores)
    return found


@lru_cache(maxsize=8)
def judged(study) -> pd.DataFrame:
    """Judge every statistic over the draws.

    Returns
    -------
    DataFrame (statistic)
        label, unit, expected (sign), value (mean), low, high (90 % interval of the mean over
        draws), word (verdict on the sign), agree (draws that have it), draws, own (the book's
        basin), paper (NaN where it gives no number or the basin is not its companion), stated
        (whether the sign is the paper's).
    """
    rows, own = {}, own_statistics(study)
    companion = study.basin.settings.companion == "jing2025"
    for name, statistic in STATISTICS.items():
        values = study.realisations[name].dropna().to_numpy(float)
        mean = bootstrap.sample_interval(values, statistic=_mean, seeds=len(values))
        rows[name] = {
            "label": statistic.label,
            "unit": statistic.unit,
            "expected": statistic.expected,
            "value": mean.value,
            "low": mean.low,
            "high": mean.high,
            "word": bootstrap.verdict(mean, statistic.expected),
            "agree": int((statistic.expected * values > 0).sum()),
            "draws": len(values),
            "own": own[name],
            "paper": statistic.paper if companion else float("nan"),
            "stated": statistic.stated,
        }
    return pd.DataFrame(rows).T


def _mean(values, axis: int):
    return values.mean(axis=axis)


def _lacking(study) -> str:
    """Say why there are no draws; empty where there are some."""
    if len(study.realisations):
        return ""
    if not study.profile.grid:
        return "no other draws in this profile (profile `full` has ten)"
    return "no record of how it was simulated (`truth/simulation.json`), or its draws are not done"


@needs("truth", "gauge", "wells:3", "both")
def figure_draws(study) -> Figure:
    """Every statistic in every draw, with the interval of its mean."""
    if _lacking(study):
        return placeholder_figure([_lacking(study)])
    return plots.plot_draws(judged(study), study.realisations)


@needs("truth", "gauge", "wells:3", "both")
def table_draws(study) -> Markdown:
    """List every statistic: over the draws, in the book's own basin, in the paper, its verdict."""
    if _lacking(study):
        return placeholder_words([_lacking(study)])
    rows = []
    for line in judged(study).itertuples():
        row = {
            "statistic": line.label,
            "mean over draws": with_interval(line.value, line.low, line.high),
            "this basin": words.number(line.own, telling_digits((line.low, line.high))),
        }
        if study.basin.settings.companion == "jing2025":
            row["paper"] = words.number(line.paper)
        row["asked"] = f"{WAYS[line.expected]} zero: {line.agree} of {line.draws} draws"
        row["verdict"] = f"**{line.word}**"
        rows.append(row)
    return words.table(pd.DataFrame(rows))


@needs("truth", "gauge", "wells:3", "both")
def words_draws(study) -> Markdown:
    """Say how many draws there are, how they were chosen, and what they leave standing."""
    if _lacking(study):
        return placeholder_words([_lacking(study)])
    table, draws = judged(study), study.realisations
    counts = table["word"].value_counts()
    parts = [f"{n} {word}" for word, n in counts.items()]
    outside = [
        line.label
        for name, line in zip(table.index, table.itertuples(), strict=True)
        if not draws[name].min() <= line.own <= draws[name].max()
    ]
    text = (
        f"{words.count(len(draws), 'draw').capitalize()}, with the seeds {draws.index[0]} to "
        f"{draws.index[-1]}. Of {len(table)} signs that are asked for, "
        f"{int(table['stated'].sum())} of which the paper states, over these draws "
        f"{words.listing(parts)}. "
    )
    text += (
        f"This book's basin lies outside the range of the draws in: {words.listing(outside)}."
        if outside
        else "This book's basin lies within the range of the draws in all of them."
    )
    return Markdown(text)


def over_draws(study, *names: str) -> Markdown | None:
    """Say beside a result of one basin what the draws say of it; nothing for observed basins.

    Parameters
    ----------
    study : Study
    *names : str
        Of :data:`STATISTICS`.
    """
    if study.truth is None or len(study.tasks) < 2:
        return None
    if _lacking(study):
        return Markdown(
            "*All this holds in this one virtual basin*; profile `full` draws ten more."
        )
    table = judged(study)
    parts = [
        f"{line.label}, {with_interval(line.value, line.low, line.high)} on average; "
        f"{WAYS[line.expected]} zero{', as the paper states,' * line.stated} in {line.agree} of "
        f"{line.draws}: **{line.word}**"
        for line in (table.loc[name] for name in names)
    ]
    return Markdown("Over other draws of the basin: " + "; ".join(parts) + ".")
