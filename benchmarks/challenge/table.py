"""The table of scores as a terminal shows it."""

import numpy as np
import pandas as pd

from benchmarks.challenge.results import SCORES

HEADS = {
    "nse": "NSE",
    "mae": "MAE",
    "rmse": "RMSE",
    "mae_20": "MAE_0.2",
    "mae_80": "MAE_0.8",
    "coverage": "PICP",
    "nse_cal": "NSE cal",
    "nse_out_of_fold": "NSE oof",
}
EXPLAINED = """\
* our ensemble; the others of ours are its members alone. NSE in brackets: 90 % of resampled blocks
of 75 days lie there; MAE and RMSE in m, MAE_0.2 and MAE_0.8 where the head is below its 20 % or
above its 80 % quantile; PICP: share inside the 95 % interval; NSE cal: in the years of training;
NSE oof: in blocks of them that neither the fits nor the ensemble's weights used."""


def as_text(result) -> str:
    """Table of all scores, their spread over seeds, the weights and the time.

    Parameters
    ----------
    result : benchmarks.challenge.run.Result
    """
    weights = ", ".join(f"{name} {value:.2f}" for name, value in result.forecast.weights.items())
    failed = result.forecast.weights.index[result.forecast.weights == 0]
    weights += f" (left out, as their fits failed: {', '.join(failed)})" if len(failed) else ""
    ours = result.scores[result.scores["kind"] == "ours"].iloc[0]
    rank = 1 + int((result.scores[result.scores["kind"] == "team"]["nse"] > ours["nse"]).sum())
    scored = (result.scores["kind"] == "team") & result.scores["nse"].notna()
    teams = int(scored.sum())
    place = f"Place {rank} among {teams} teams and ours. " if teams else ""
    minutes = result.seconds / 60
    return "\n".join(
        [
            "", rows_of(result.scores).to_string(index=False), "", EXPLAINED, "",
            "Over seeds, lowest to highest:", spread_of(result.scores).to_string(index=False), "",
            f"{place}Weights: {weights}. 95 % intervals of a block, made from the other blocks, "
            f"hold {result.forecast.held:.3f} of its heads. "
            f"{minutes:.1f} minutes of one processor for all fits.",
            f"Wrote forecast.csv, challenge.csv, challenge.png and challenge.json to "
            f"{result.folder}.",
        ]
    )  # fmt: skip


def rows_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores to three decimals, one row a model or team."""
    shown = pd.DataFrame({"": scores["who"].where(scores["kind"] != "ours", scores["who"] + " *")})
    for name, head in HEADS.items():
        shown[head] = scores[name].map(_number) if name in scores else ""
    interval = [f"[{_number(a)}, {_number(b)}]" for a, b in
                zip(scores["nse_low"], scores["nse_high"], strict=True)]  # fmt: skip
    shown.insert(2, "90 %", interval)
    return shown


def spread_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Lowest and highest of each score over seeds, for what has seeds."""
    ours = scores[scores["kind"] != "team"]
    shown = pd.DataFrame({"": ours["who"]})
    for name in SCORES:
        pairs = zip(ours[f"{name}_min"], ours[f"{name}_max"], strict=True)
        shown[HEADS[name]] = [f"{_number(low)}–{_number(high)}" if np.isfinite(low) else ""
                              for low, high in pairs]  # fmt: skip
    return shown


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "–"
