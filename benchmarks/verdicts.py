"""How often the rule of verdicts errs: ``python benchmarks/verdicts.py FOLDER`` (see its help).

Two arms of one network differ in nothing but their seeds, so any verdict but "no effect within the
bound" and "inconclusive" is an error. The claim is "the first arm scores higher".
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

import swgw
from swgw.experiments.hindcasts import side_by_side
from swgw.experiments.work import do_missing

HARMLESS = ("no effect within the bound", "inconclusive")
SMALLEST = 0.02  # of NSE and of R², as in claims.yml
SCORES = {"surface_water": swgw.nse, "head": swgw.r2}


def arms(sims: pd.DataFrame) -> list[pd.DataFrame]:
    """Split the seeds of one network (time; seed, ...) into two arms of one size, in every way."""
    seeds = list(sims.columns.unique(0))
    firsts = combinations(seeds[1:], len(seeds) // 2 - 1)  # the first seed is in the first arm
    pairs = [((seeds[0], *first), [s for s in seeds[1:] if s not in first]) for first in firsts]
    return [pd.concat({"A": sims[list(a)], "B": sims[b]}, axis=1) for a, b in pairs]


def rates(study, task: str) -> dict:
    """Give the share of each verdict, and of errors, over the splits of every trained network."""
    models, words = study.trained(task), []
    each = (((m, s), study.hindcast(task, m, s)) for m in models for s in study.seeds)
    obs, sims = side_by_side(task, each)
    for model in models:
        for pair in arms(sims[model]):
            found = swgw.differences(obs, pair, [("A", "B")], SCORES[task], study.block)
            words += swgw.judge(found, (0, np.inf), SMALLEST)
    words = pd.Series(words)
    shares = words.value_counts(normalize=True).to_dict()
    return {"pairs": len(words), "errors": float((~words.isin(HARMLESS)).mean())} | shares


def main() -> None:
    """Train what is missing, judge all pairs, and write their rates."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", help="folder of the runs")
    parser.add_argument("--basin", default="heihe")
    parser.add_argument("--profile", default="quick")
    parser.add_argument("--seeds", type=int, default=6, help="an even number from four [6]")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    study = swgw.open_study(asked.basin, asked.profile, asked.seeds, asked.output, train=False)
    do_missing([study.run_folder(run) for run in study.runs], asked.workers)
    what = {"basin": asked.basin, "profile": asked.profile, "seeds": asked.seeds}
    result = what | {task: rates(study, task) for task in study.tasks}
    path = Path(__file__).parent / "results" / "verdicts.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
