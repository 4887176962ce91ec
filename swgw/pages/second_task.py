"""What section 3.3 shows of the paper's own comparison: multi-task less single-task models."""

from functools import lru_cache

import numpy as np
import pandas as pd

from swgw.pages.simulations import block, simulations, trained
from swgw.scores import bootstrap
from swgw.scores import paper as published
from swgw.scores.bootstrap import Interval
from swgw.scores.contrasts import contrast, drawn_scores

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
        rows.append((f"gauge {study.name(study.gauge)}", "NSE", f"{model} − {other}", found, paper))
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
