"""The second task at the sites of naqua, in profile ``paper``: the table that page 3.3 shows.

``python -m benchmarks.sites FOLDER``, from the project's root, trains what is missing under
``_build`` and writes ``swgw/data/sites.csv``. ``swgw fetch naqua FOLDER`` writes the folder. It
takes some twenty minutes of two cores.
"""

import argparse
import subprocess
from pathlib import Path

import pandas as pd

from swgw.experiments.hindcasts import side_by_side
from swgw.experiments.study import Study, open_study
from swgw.experiments.work import do_missing
from swgw.scores.resample import differences
from swgw.scores.skill import nse
from swgw.storage.files import DATA, write_text

ARMS = ("MT-TFT", "ST+-TFT")
TABLE = DATA / "sites.csv"


def main() -> None:
    """Train, score and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("_build"))
    given = parser.parse_args()
    study = open_study(given.folder, "paper", 0, given.output, train=False)
    arms = [(s, run) for s in study.sites.values() for run in s.runs if run.experiment.name in ARMS]
    do_missing([site.result_of(run) for site, run in arms], given.workers)
    write_text(TABLE, gains(study).round(4).to_csv(index=False))


def gains(study: Study) -> pd.DataFrame:
    """Gain in NSE by the second task, with its 90 % interval, at each site and target."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    )
    rows = []
    for gauge, site in study.sites.items():
        for task in site.tasks:
            pairs = ((arm, seed) for arm in ARMS for seed in site.seeds)
            obs, sims = side_by_side(task, ((p, site.hindcast(task, *p)) for p in pairs))
            gain = differences(obs, sims, [ARMS], nse, site.block)
            target = study.label(task).split()[0].lower()
            rows.append(gain.assign(target=target, site=study.name(gauge), gauge=gauge))
    table = pd.concat(rows, ignore_index=True)
    about = {"basin": study.basin.settings.title, "commit": commit.stdout.strip()}
    return table.assign(r=table["gauge"].map(coupling(study)), **about)


def coupling(study: Study) -> dict[str, float]:
    """Correlation of heads and river at each site in the training years, without mean seasons."""
    anomaly = {}
    for name, frame in {"head": study.heads, "river": study.surface_water}.items():
        frame = frame.loc[study.train_period]
        season = study.step_of_year().loc[frame.index]
        anomaly[name] = frame - frame.groupby(season).transform("mean")
    return {
        gauge: anomaly["head"][list(site.heads)].corrwith(anomaly["river"][gauge]).mean()
        for gauge, site in study.sites.items()
    }


if __name__ == "__main__":
    main()
