"""What the page on the second task shows: single, control and multi-task, with verdicts."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw import bootstrap, published, scores, words
from swgw.bootstrap import Interval
from swgw.pages import needs
from swgw.pages.simulations import block, interval_of_score, simulations, trained
from swgw.plots import second_task as plots

ARMS = ("ST-TFT", "ST+-TFT", "MT-TFT")
HEADS = "heads, median over wells"
COMPARISONS = (
    ("MT-TFT", "ST-TFT", "inputs and task"),
    ("ST+-TFT", "ST-TFT", "inputs alone"),
    ("MT-TFT", "ST+-TFT", "task alone"),
    ("MT-GRU", "ST-GRU", "inputs and task"),
    ("MT-LSTM", "ST-LSTM", "inputs and task"),
)
"""First model, second model, and what the first has that the second lacks."""


def gauges(study) -> list[str]:
    """List the gauges that have runs, the target gauge first."""
    return [gauge for gauge in study.gauges_studied if gauge is not None]


def _place(study, gauge: str) -> str:
    names = study.basin.gauges.get("name", pd.Series(dtype=str))
    return f"gauge {names.get(gauge, gauge)}"


@needs("gauge", "wells:1")
def figure_arms(study) -> Figure:
    """NSE of the TFT's three arms at each gauge that has runs."""
    rows = []
    for gauge in gauges(study):
        obs = study.observed_chain("surface_water", gauge)[gauge]
        for model in [name for name in ARMS if name in trained(study, "surface_water", gauge)]:
            sims = simulations(study, "surface_water", model, gauge)[gauge]
            found = interval_of_score(study, obs, sims)
            each = [scores.nse(obs.reindex(sims.index), sims[seed]) for seed in sims]
            rows.append((_place(study, gauge), model, found.value, found.low, found.high, each))
    columns = ["place", "model", "value", "low", "high", "seeds"]
    quantity = words.surface_water_word(study)
    return plots.plot_arms(pd.DataFrame(rows, columns=columns), f"NSE of {quantity}")


def gauge_difference(study, gauge: str, model: str, other: str) -> Interval:
    """Give the difference in NSE of two models at a gauge, over seeds × blocks."""
    first = simulations(study, "surface_water", model, gauge)[gauge]
    second = simulations(study, "surface_water", other, gauge)[gauge]
    obs = study.observed_chain("surface_water", gauge)[gauge].reindex(first.index)
    return bootstrap.difference_interval(
        obs.to_numpy(), first.to_numpy().T, second.to_numpy().T, block=block(study)
    )


def head_difference(study, model: str, other: str) -> Interval:
    """Give the median over wells of the difference in R² of two models, over seeds × wells."""
    table = study.groundwater_scores()

    def by_seed(name: str) -> pd.DataFrame:
        return table[table["model"] == name].pivot_table(
            index="seed", columns="well_id", values="r2", dropna=False
        )

    return bootstrap.sample_interval((by_seed(model) - by_seed(other)).to_numpy())


@lru_cache(maxsize=8)
def differences(study) -> pd.DataFrame:
    """Give every comparison at every gauge and over the wells.

    Returns
    -------
    DataFrame
        place, score, comparison, added, value, low, high, word (verdict on "the first model is
        better"), seeds, sample (blocks or wells), paper (its difference, NaN where none).
    """
    rows = []
    for gauge in gauges(study):
        present = trained(study, "surface_water", gauge)
        for model, other, added in COMPARISONS:
            if model in present and other in present:
                found = gauge_difference(study, gauge, model, other)
                paper = _paper_nse(study, gauge, model, other)
                place = (_place(study, gauge), "NSE")
                rows.append((*place, f"{model} − {other}", added, found, paper))
    present = trained(study, "head")
    for model, other, added in COMPARISONS:
        if model in present and other in present:
            found, paper = head_difference(study, model, other), _paper_r2(study, model, other)
            row = (HEADS, "R²", f"{model} − {other}", added, found, paper)
            rows.append(row)
    frame = pd.DataFrame(rows, columns=["place", "score", "comparison", "added", "found", "paper"])
    found = frame.pop("found")
    return frame.assign(
        value=[f.value for f in found],
        low=[f.low for f in found],
        high=[f.high for f in found],
        word=[bootstrap.verdict(f) for f in found],
        seeds=[f.draws[0] for f in found],
        sample=[f.draws[1] for f in found],
    )


def _paper_nse(study, gauge: str, model: str, other: str) -> float:
    """The paper's difference; it has one gauge, the companion's target gauge."""
    if gauge != study.gauge:
        return float("nan")
    return _difference(study, published.TABLE_3.set_index("model")["nse"], model, other)


def _paper_r2(study, model: str, other: str) -> float:
    medians = published.GROUNDWATER_R2.set_index("model")["median"]
    return _difference(study, medians, model, other)


def _difference(study, numbers: pd.Series, model: str, other: str) -> float:
    if study.basin.settings.companion != "jing2025":
        return float("nan")
    return float(numbers.get(model, np.nan) - numbers.get(other, np.nan))


@needs("gauge", "wells:1")
def figure_differences(study) -> Figure:
    """Paired differences with 90 % intervals at each gauge and over the wells."""
    return plots.plot_differences(differences(study))


@needs("gauge", "wells:1")
def table_differences(study) -> Markdown:
    """Every difference with its interval, what it isolates, and its verdict."""
    return Markdown(
        "\n\n".join(
            _one_table(study, rows) for _, rows in differences(study).groupby("place", sort=False)
        )
    )


def _one_table(study, rows: pd.DataFrame) -> str:
    """Give the differences at one place under its name."""
    first, lines = rows.iloc[0], []
    sample = words.count(int(first["sample"]), "block" if first["score"] == "NSE" else "well")
    heading = f"**{_escaped(first['place'])}**, {first['score']}, over "
    heading += f"{words.count(int(first['seeds']), 'seed')} × {sample}:"
    for line in rows.itertuples():
        row = {
            "comparison": line.comparison,
            "adds": line.added,
            "difference": words.number(line.value, 3),
            "90 % interval": f"{words.number(line.low, 3)} to {words.number(line.high, 3)}",
            "“the first is better”": f"**{line.word}**",
        }
        if study.basin.settings.companion == "jing2025":
            row["paper"] = words.number(line.paper)
        lines.append(row)
    return f"{heading}\n\n{words.table(pd.DataFrame(lines)).data}"


@needs("gauge", "wells:1")
def words_verdict(study) -> Markdown:
    """Say in sentences what the comparisons of the TFT show, gauge by gauge and for heads."""
    table = differences(study)
    lines = []
    for place, rows in table.groupby("place", sort=False):
        tft = rows[rows["comparison"].str.contains("TFT")].set_index("added")
        parts = [f"{added} {_phrase(line)}" for added, line in tft.iterrows()]
        if parts:
            lines.append(f"- At {_escaped(place)}: " + "; ".join(parts) + ".")
    note = ""
    if len(study.profile.seeds) < 2:
        note = (
            "\n\nWith one seed nothing is judged: another seed may turn the sign. "
            "Take a profile with more seeds for verdicts."
        )
    others = len(study.basin.gauges) - len(gauges(study))
    if others > 0:
        note += (
            f"\n\n{words.count(others, 'other gauge').capitalize()} of this basin "
            f"{'has' if others == 1 else 'have'} no runs in this profile; profile `full` has them."
        )
    return Markdown("\n".join(lines).replace("At heads", "For heads") + note)


def _escaped(place: str) -> str:
    """Escape a gauge's name; the words for heads are our own."""
    return HEADS if place == HEADS else words.escape(place)


def _phrase(line: pd.Series) -> str:
    verb = {
        "supported": "help",
        "contradicted": "hurt",
        "inconclusive": "make no difference that can be told from chance",
        "not judged": "are not judged",
    }[line["word"]]
    number = words.number(line["value"], 3)
    return f"({number} {line['score']}) {verb}"


@needs("gauge", "wells:1")
def words_claim(study) -> Markdown:
    """Judge the claim that the second task helps the surface water, for each architecture."""
    table = differences(study)
    target = table[(table["score"] == "NSE") & table["comparison"].str.startswith("MT")]
    target = target[(target["place"] == _place(study, study.gauge))]
    target = target[target["added"] == "inputs and task"]
    counts = target["word"].value_counts()
    parts = [f"{word} for {n} of {len(target)}" for word, n in counts.items()]
    return Markdown(
        "The claim *“the second task improves the forecast of surface water at the target "
        f"gauge, whatever the architecture”* is {words.listing(parts)} architectures."
    )
