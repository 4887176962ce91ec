"""The numbers behind the claims on forecasts: each from the page that shows it.

A function takes a study and a claim and gives the parts that judge it, or says why there are none.
"""

from functools import partial

import numpy as np

from swgw.claims import Claim, Part
from swgw.experiments import uncertainty
from swgw.experiments.uncertainty import RAW
from swgw.pages.coupling import coupling_table
from swgw.pages.grid import steps_table
from swgw.pages.runoff import class_biases, flow_classes
from swgw.pages.second_task import (
    COMPARISONS,
    HEADS,
    differences,
    gauge_difference,
    head_difference,
)
from swgw.pages.simulations import SIX, block, interval_of_score, paper_column, simulations, trained
from swgw.pages.uncertainty import fullest, target_word
from swgw.scores import bootstrap
from swgw.scores import paper as published
from swgw.scores.bootstrap import Interval
from swgw.scores.contrasts import drawn_scores, relative_change

WATER = "surface_water"
Found = list[Part] | str
RECURRENT = ("ST-GRU", "ST-LSTM", "MT-GRU", "MT-LSTM")
RANKS = [(f"{kind}-TFT", f"{kind}-{other}") for kind in ("ST", "MT") for other in ("GRU", "LSTM")]
SECOND_TASK = "second task"


def _present(study, task: str, pairs) -> list[tuple[str, str]]:
    there = set(trained(study, task))
    return [pair for pair in pairs if set(pair) <= there]


def water_differences(study, claim: Claim, pairs) -> Found:
    """Weigh models of the surface water against each other, by NSE."""
    paper = paper_column(study, published.TABLE_3, "nse")
    return [
        Part(
            f"{model} − {other}",
            gauge_difference(study, study.gauge, model, other),
            claim.band,
            _gap(paper, model, other),
        )
        for model, other in _present(study, WATER, pairs)
    ] or "none of these models is trained"


def head_differences(study, claim: Claim, pairs) -> Found:
    """Weigh models of heads against each other, by the median R²."""
    paper = paper_column(study, published.GROUNDWATER_R2, "median")
    return [
        Part(
            f"{model} − {other}",
            head_difference(study, model, other),
            claim.band,
            _gap(paper, model, other),
        )
        for model, other in _present(study, "head", pairs)
    ] or "none of these models is trained"


def _gap(paper, model: str, other: str) -> float:
    return float(paper.get(model, np.nan) - paper.get(other, np.nan))


def level(study, claim: Claim) -> Found:
    """The NSE of MT-TFT here, which cannot judge the paper's."""
    gauge = study.gauge
    sims = simulations(study, WATER, "MT-TFT")[gauge]
    found = interval_of_score(study, study.observed_chain(WATER)[gauge], sims)
    paper = paper_column(study, published.TABLE_3, "nse")
    return [Part("MT-TFT", found, claim.band, float(paper.get("MT-TFT", np.nan)))]


def seasons(study, claim: Claim) -> Found:
    """Share of each model's variance that goes with the day-of-year climatology."""
    season = study.chain(WATER, "climatology", -1)[study.gauge]
    return [
        Part(
            model,
            interval_of_score(
                study, season, simulations(study, WATER, model)[study.gauge], bootstrap.r2
            ),
            claim.band,
        )
        for model in SIX
        if model in trained(study, WATER)
    ]


def biases(study, claim: Claim, models, place: int) -> Found:
    """Mean errors of some models in a class of the observation: 0 the lowest, −1 the highest."""
    there = [model for model in models if model in trained(study, WATER)]
    found = {model: list(class_biases(study, model).values())[place] for model in there}
    return [Part(model, interval, claim.band) for model, interval in found.items()]


def extremes_tft(study, claim: Claim) -> Found:
    """RMSE of the TFT less that of GRU and LSTM, at the highest and the lowest observations."""
    classes, parts = list(flow_classes(study).values()), []
    for model, other in _present(study, WATER, RANKS):
        first, second = (simulations(study, WATER, m)[study.gauge] for m in (model, other))
        for name, obs in (("low", classes[0]), ("high", classes[-1])):
            found = bootstrap.difference_interval(
                obs.reindex(first.index), first.to_numpy().T, second.to_numpy().T,
                bootstrap.rmse, block(study),
            )  # fmt: skip
            parts.append(Part(f"{model} − {other}, {name}", found, claim.band))
    return parts


def intervals(study, claim: Claim) -> Found:
    """Coverage of the TFT's own 80 % intervals for each target."""
    parts = []
    for task in study.tasks:
        model = fullest(study, task)
        found = uncertainty.interval_of(study, task, model, RAW, "coverage_80")
        parts.append(Part(f"{model}, {target_word(study, task).lower()}", found, claim.band))
    return parts


def gains(study, claim: Claim, heads: bool, architecture: str = "") -> Found:
    """What the second task changes, with one architecture or with all."""
    table = differences(study)
    table = table[(table["place"] == HEADS) == heads]
    return [
        Part(
            row.comparison,
            Interval(row.value, row.low, row.high, (row.seeds, row.sample)),
            claim.band,
            row.paper,
        )
        for row in table.itertuples()
        if row.comparison.endswith(architecture)
    ] or "none of these models is trained"


def gain_percent(study, claim: Claim) -> Found:
    """By which share NSE and R² of surface water change, with every architecture."""
    obs = study.observed_chain(WATER)[[study.gauge]]
    parts, blocks = [], max(1, len(obs) // block(study))
    for model, other in _present(study, WATER, COMPARISONS):
        for name, score in (("NSE", bootstrap.nse), ("R²", bootstrap.r2)):
            arms = [
                drawn_scores(obs, _stacked(study, m, obs.index), block(study), score=score)
                for m in (model, other)
            ]
            column = paper_column(study, published.TABLE_3, {"NSE": "nse", "R²": "r2"}[name])
            paper = float(column.get(model, np.nan) / column.get(other, np.nan) - 1)
            found = relative_change(*arms, blocks)
            parts.append(Part(f"{name}, {model} to {other}", found, claim.band, paper))
    return parts


def _stacked(study, model: str, time) -> np.ndarray:
    """Chained forecasts of a model at the target gauge: array (seed, step, 1)."""
    sims = simulations(study, WATER, model)[study.gauge].reindex(time)
    return sims.to_numpy().T[:, :, None]


def learning(study, claim: Claim) -> Found:
    """What the second loss adds to the same inputs, in the cell of Table 2."""
    table = steps_table(study, WATER)
    own = study.grid.cells[0]
    rows = table[(table["cell"] == own) & (table["adds"] == SECOND_TASK)]
    return [Part(row.comparison, _interval(row), claim.band) for row in rows.itertuples()]


def coupling(study, claim: Claim) -> Found:
    """What the second task adds below and what it adds less above, under the basin's settings."""
    table, own = coupling_table(study), study.grid.cells[0]
    rows = [
        row
        for row in table[table["adds"] == SECOND_TASK].itertuples()
        if (row.cell.weather_ahead, row.cell.history) == (own.weather_ahead, own.history)
    ]
    if not rows:
        return (
            "it takes runs at two gauges of one river, as profile `full` has where "
            "`gauges.csv` names the gauge upstream"
        )
    steps = steps_table(study, WATER)
    parts = []
    for row in rows:
        here = steps[(steps["cell"] == row.cell) & (steps["adds"] == SECOND_TASK)].iloc[0]
        parts.append(Part(f"{here.comparison}, {here.gauge}", _interval(here), claim.band))
        parts.append(Part(f"{row.comparison}, {row.gauge}", _interval(row), claim.band))
    return parts


def _interval(row) -> Interval:
    return Interval(row.value, row.low, row.high, (row.seeds, row.sample))


FORECASTS = {
    "level": level,
    "best": partial(water_differences, pairs=[("MT-TFT", m) for m in SIX if m != "MT-TFT"]),
    "rank_water": partial(water_differences, pairs=RANKS),
    "gru_lstm_water": partial(water_differences, pairs=[("ST-GRU", "ST-LSTM")]),
    "seasons": seasons,
    "peaks": partial(biases, models=RECURRENT, place=-1),
    "lows": partial(biases, models=RECURRENT, place=0),
    "peaks_tft": partial(biases, models=("ST-TFT", "MT-TFT"), place=-1),
    "extremes_tft": extremes_tft,
    "intervals": intervals,
    "rank_heads": partial(head_differences, pairs=RANKS),
    "lstm_gru_heads": partial(head_differences, pairs=[("ST-LSTM", "ST-GRU")]),
    "gain_water_gru": partial(gains, heads=False, architecture="GRU"),
    "gain_water_lstm": partial(gains, heads=False, architecture="LSTM"),
    "gain_water_tft": partial(gains, heads=False, architecture="TFT"),
    "gain_water_all": partial(gains, heads=False),
    "gain_percent": gain_percent,
    "gain_heads_gru": partial(gains, heads=True, architecture="GRU"),
    "gain_heads_lstm": partial(gains, heads=True, architecture="LSTM"),
    "gain_heads_tft": partial(gains, heads=True, architecture="TFT"),
    "learning": learning,
    "coupling": coupling,
}
"""By key of the claim: what gives its numbers."""
