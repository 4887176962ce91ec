"""Statistics over ten other realisations of the embedded basin, as profile ``full`` makes them.

``python -m benchmarks.realisations``, from the project's root, simulates and trains what is not
there yet (twenty minutes of two cores) and writes ``benchmarks/results/realisations.json``.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.basins import commit
from swgw.experiments.realisations import realisation_results
from swgw.experiments.study import open_study
from swgw.experiments.work import do_missing
from swgw.scores.means import over_seeds
from swgw.storage.files import write_text

TARGET = Path(__file__).parent / "results" / "realisations.json"


def main() -> None:
    """Make what is missing and write the statistics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("_build"))
    study = open_study("heihe", "full", output=parser.parse_args().output, train=False)
    results = realisation_results(study.prepared, study.profile, study.folder)
    do_missing(results, os.cpu_count(), lambda line: print(line, file=sys.stderr))
    made = study.realisations
    table = over_seeds(made).drop(columns="seeds").round(4)
    told = {"realisations": len(made), "commit": commit(), "statistics": table.to_dict("index")}
    write_text(TARGET, json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
