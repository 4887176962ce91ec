"""What section 3.3 shows of the paper's own comparison: multi-task less single-task models."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.claims.judge import combine
from swgw.pages import needs
from swgw.pages.grid import gauge_name
from swgw.pages.simulations import block, simulations, trained
from swgw.plots import second_task as plots
from swgw.scores import bootstrap
from swgw.scores import paper as published
from swgw.scores.bootstrap import Interval
from swgw.scores.contrasts import contrast, drawn_scores
from swgw.scores.rounding import telling_digits

HEADS = "heads, median over wells"
COMPARISONS = (("MT-GRU", "ST-GRU"), ("MT-LSTM", "ST-LSTM"), ("MT-TFT", "ST-TFT"))


def gauge_difference(study, gauge: str, model: str, other: str) -> Interval:
    """Give the difference in NSE of two models at a gauge, over seeds × blocks.

    The draws are those of the grid, so that both say the same of the same runs.
    """
    sims = [simulations(study, "surface_water", name, gauge)[gauge] for name in (model, other)]
    obs = study.observed_chain("surface_water", gauge)[gauge].reindex(sims[0].index)
    known = np.isfinite(pd.concat(sims, axis=1)).all(axis=1)
    obs, length = obs.where(known).to_numpy()[:, None], block(study)
    scores = [drawn_scores(obs, sim.to_numpy().T[:, :, None], length) for sim in sims]
    terms = zip((1, -1), scores, strict=True)
    return contrast(terms, max(1, len(obs) // length))


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
    """Give every architecture's difference at the target gauge and over the wells.

    Returns
    -------
    DataFrame
        place, score, comparison, value, low, high, word (verdict on "the first model is
        better"), seeds, sample (blocks or wells), paper (its difference, NaN where none).
    """
    rows = []
    for model, other in _present(study, "surface_water"):
        found = gauge_difference(study, study.gauge, model, other)
        paper = _paper_nse(study, model, other)
        rows.append((gauge_name(study, study.gauge), "NSE", f"{model} − {other}", found, paper))
    for model, other in _present(study, "head"):
        found, paper = head_difference(study, model, other), _paper_r2(study, model, other)
        rows.append((HEADS, "R²", f"{model} − {other}", found, paper))
    frame = pd.DataFrame(rows, columns=["place", "score", "comparison", "found", "paper"])
    found = frame.pop("found")
    return frame.assign(
        value=[f.value for f in found],
        low=[f.low for f in found],
        high=[f.high for f in found],
        word=[bootstrap.verdict(f) for f in found],
        seeds=[f.draws[0] for f in found],
        sample=[f.draws[1] for f in found],
    )


def _present(study, task: str) -> list[tuple[str, str]]:
    """List the comparisons whose two models are trained."""
    present = set(trained(study, task))
    return [pair for pair in COMPARISONS if set(pair) <= present]


def _paper_nse(study, model: str, other: str) -> float:
    return _difference(study, published.TABLE_3.set_index("model")["nse"], model, other)


def _paper_r2(study, model: str, other: str) -> float:
    medians = published.GROUNDWATER_R2.set_index("model")["median"]
    return _difference(study, medians, model, other)


def _difference(study, numbers: pd.Series, model: str, other: str) -> float:
    if study.basin.settings.companion != "jing2025":
        return float("nan")
    return float(numbers.get(model, np.nan) - numbers.get(other, np.nan))


@needs("gauge", "wells:1", "both")
def figure_differences(study) -> Figure:
    """Paired differences with 90 % intervals at the target gauge and over the wells."""
    return plots.plot_differences(differences(study))


@needs("gauge", "wells:1", "both")
def table_differences(study) -> Markdown:
    """List the differences with their intervals, verdicts, and the paper's numbers."""
    groups = differences(study).groupby("place", sort=False)
    return Markdown("\n\n".join(_one_table(study, rows) for _, rows in groups))


def _one_table(study, rows: pd.DataFrame) -> str:
    """Give the differences at one place under its name."""
    first, lines = rows.iloc[0], []
    sample = words.count(int(first["sample"]), "block" if first["score"] == "NSE" else "well")
    place = HEADS if first["place"] == HEADS else words.escape(first["place"])
    heading = f"**{place}**, {first['score']}, over "
    heading += f"{words.count(int(first['seeds']), 'seed')} × {sample}:"
    for line in rows.itertuples():
        ends = (line.low, line.high)
        digits = telling_digits(ends, 3)
        row = {
            "comparison": line.comparison,
            "difference": words.number(line.value, digits),
            "90 % interval": " to ".join(words.number(end, digits) for end in ends),
            "“the first is better”": f"**{line.word}**",
        }
        if study.basin.settings.companion == "jing2025":
            row["paper"] = words.number(line.paper)
        lines.append(row)
    return f"{heading}\n\n{words.table(pd.DataFrame(lines)).data}"


@needs("gauge", "wells:1", "both")
def words_claim(study) -> Markdown:
    """Judge the claim that the second task helps both waters, whatever the architecture."""
    lines = []
    for place, rows in differences(study).groupby("place", sort=False):
        counts, verdict = rows["word"].value_counts(), combine(list(rows["word"]))
        parts = [f"{word} for {n} of {len(rows)}" for word, n in counts.items()]
        where = "the heads" if place == HEADS else "surface water at the target gauge"
        lines.append(
            f"The claim *“the second task improves the forecast of {where}, whatever the "
            f"architecture”* is **{verdict}**: by architecture, {words.listing(parts)}."
        )
    if len(study.profile.seeds) < 2:
        lines.append(
            "With one seed nothing is judged: another seed may turn the sign. Take a profile with "
            "more seeds for verdicts."
        )
    return Markdown("\n\n".join(lines))
