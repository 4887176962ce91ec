"""Forecast a site of the challenge by its rules, then score the forecast."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from joblib import cpu_count

from benchmarks.challenge.run import run_challenge
from benchmarks.challenge.site import choose_period, find_site
from swgw.storage import UserError


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and run; a user's mistake ends with one message and exit code 2."""
    parser = argparse.ArgumentParser("python -m benchmarks.challenge", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="site with heads.csv, input_data.csv and heads_full.csv"
    )
    parser.add_argument(
        "--submissions", type=Path, help="folder with one folder per team [../../submissions]"
    )
    parser.add_argument("--output", type=Path, default=Path("_build/challenge"))
    parser.add_argument("--seeds", type=int, default=5, help="number of random seeds")
    parser.add_argument("--workers", type=int, default=min(4, cpu_count()))
    for name in ("--train-to", "--score-from", "--score-to"):
        parser.add_argument(name, type=datetime.fromisoformat, help="YYYY-MM-DD [the site's own]")
    given = parser.parse_args(arguments)
    try:
        days = given.train_to, given.score_from, given.score_to
        period = choose_period(find_site(given.folder), *days)
        output = given.output.resolve()
        run_challenge(
            given.folder, output, given.seeds, given.workers, print, period, given.submissions
        )
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
