"""What books of measured basins found in profile ``paper``: the tables that pages show beside ours.

``python -m benchmarks.basins FOLDER …``, from the project's root, builds the book of each folder
under ``_build`` where it is not there yet, and writes ``swgw/data/measured``. ``swgw fetch naqua
FOLDER`` and ``swgw fetch bemp FOLDER`` write the folders. Both books take an hour of two cores.
"""

import argparse
import json
import subprocess
from pathlib import Path

import pandas as pd

from swgw.experiments.study import Study, open_study
from swgw.storage.files import DATA, write_text

TABLES = DATA / "measured"
JUDGED = ["verdict", "ours", "value", "low", "high", "unit", "sample"]


def main() -> None:
    """Build what is missing, gather the tables and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, default=Path("_build"))
    given = parser.parse_args()
    for folder in given.folders:
        subprocess.run(["swgw", "book", folder, "--output", given.output], check=True)
    studies = [open_study(f, "paper", output=given.output, train=False) for f in given.folders]
    for name, read in {"claims": claims, "sites": sites, "transfer": transfer}.items():
        tables = [
            read(study, study.folder / "results").assign(**origin(study)) for study in studies
        ]
        table = pd.concat([t for t in tables if len(t)], ignore_index=True).round(4)
        write_text(TABLES / f"{name}.csv", table.to_csv(index=False))


def commit() -> str:
    """Name the code that a table comes from."""
    words = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def origin(study: Study) -> dict[str, str]:
    """Name the data and the code that a table comes from."""
    made = json.loads((study.folder / "results" / "provenance.json").read_text(encoding="utf-8"))
    known = {"basin": study.settings.title, "data": made["digests"]["basin"][:12]}
    return known | {"seeds": len(study.seeds), "commit": commit()}


def claims(_: Study, results: Path) -> pd.DataFrame:
    """Read the verdict on each claim, with the number that decides it."""
    return pd.read_csv(results / "claims.csv")[["key", *JUDGED]]


def sites(study: Study, results: Path) -> pd.DataFrame:
    """Read what the second task gains at each site, with its coupling; empty without sites."""
    if not study.sites:
        return pd.DataFrame()
    table = pd.read_csv(results / "sites.csv", index_col=0, dtype={"gauge": str})
    return table.assign(r=table["gauge"].map(coupling(study)))


def transfer(_: Study, results: Path) -> pd.DataFrame:
    """Read the NSE of each approach, mean over seeds: median and quartiles over wells."""
    scores = pd.read_csv(results / "transfer_scores.csv", dtype={"well_id": str})
    by_well = scores.groupby(["approach", "well_id"], sort=False)["nse"].mean()
    table = by_well.groupby("approach", sort=False).describe()[["count", "25%", "50%", "75%"]]
    table = table.set_axis(["wells", "lower", "median", "upper"], axis=1).reset_index()
    return table.astype({"wells": int})


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
