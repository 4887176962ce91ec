"""Run the challenge: fit, forecast, and only then look at the hidden heads."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.challenge.forecast import Forecast, bring_together
from benchmarks.challenge.recipe import fit_result, fits_of
from benchmarks.challenge.results import (
    FULL,
    find_submissions,
    read_observed,
    read_submission,
    score_table,
)
from benchmarks.challenge.site import Period, Site, find_site, read_site
from benchmarks.challenge.table import as_text
from swgw.experiments.work import do_missing
from swgw.storage import UserError
from swgw.storage.files import write_text, write_whole
from swgw.storage.results import WHOLE, read_seconds, versions

Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What the benchmark gives.

    Attributes
    ----------
    site : Site
    forecast : Forecast
    scores : DataFrame or None
        Of :func:`benchmarks.challenge.results.score_table`; None where no hidden heads are known.
    folder : Path
        Holds ``forecast.csv``, ``challenge.csv``, ``challenge.png`` and ``challenge.json``.
    seconds : float
        That a processor took for all fits.
    """

    site: Site
    forecast: Forecast
    scores: pd.DataFrame | None
    folder: Path
    seconds: float


def run_challenge(
    folder: Path,
    output: Path,
    seeds: int,
    workers: int,
    say: Say,
    period: Period | None = None,
    submissions: Path | None = None,
) -> Result:
    """Train on a site under the challenge's rules, forecast, score and draw.

    Parameters
    ----------
    folder : Path
        A site's folder, or one with a single site below it.
    output : Path
        Gets a folder with the site's name.
    seeds, workers : int
    say : callable
        Gets lines for the user.
    period : Period, optional
        Where the challenge's own is not meant.
    submissions : Path, optional
        Folder with a folder for each team; the challenge's place for it by default.

    Returns
    -------
    Result
    """
    path = find_site(folder)
    site = read_site(path, period)
    if submissions is not None and not submissions.is_dir():
        raise UserError(
            f"{submissions}: found no such folder; expected one with the teams' folders"
        )
    beside = path.resolve().parent.parent / "submissions"
    teams = find_submissions(submissions or beside, site.name)
    say(_described(site))
    result = _forecast(site, output / site.name, seeds, workers, say)
    write_forecast(result)
    if not (path / FULL).exists():
        say(f"There is no {FULL}, so nothing is scored: {result.folder / 'forecast.csv'}")
        return result
    rivals = {team: read_submission(file) for team, file in teams.items()}
    observed = read_observed(path, site.period)
    table = score_table(site, result.forecast, observed, rivals)
    result = Result(site, result.forecast, table, result.folder, result.seconds)
    write_scores(result, observed)
    say(as_text(result))
    return result


def _described(site: Site) -> str:
    """One line on what is trained and scored."""
    period, heads = site.period, site.heads.index
    lines = [
        f"{site.name}: {len(heads)} heads from {heads[0]:%Y-%m-%d} to {heads[-1]:%Y-%m-%d} to "
        f"learn from, scored {period.score_from:%Y-%m-%d} to {period.score_to:%Y-%m-%d}; inputs "
        + ", ".join(site.inputs)
    ]
    return "\n".join([*lines, *site.notes])


def _forecast(site: Site, folder: Path, seeds: int, workers: int, say: Say) -> Result:
    """Make the fits that are missing and bring them together."""
    results = [fit_result(site, fit, folder / "runs") for fit in fits_of(site, seeds)]
    do_missing(results, workers, say)
    spent = [read_seconds(result.path).get(WHOLE, [0.0, 0.0])[1] for result in results]
    forecast = bring_together(site, folder / "runs", seeds)
    return Result(site, forecast, None, folder, sum(spent))


def write_forecast(result: Result) -> None:
    """Write ``forecast.csv`` in the challenge's own form."""
    names = {"head": "Simulated Head", "low": "95% Lower Bound", "high": "95% Upper Bound"}
    table = result.forecast.table.rename(columns=names)
    write_text(result.folder / "forecast.csv", table.to_csv(index_label="Date"))


def write_scores(result: Result, obs: pd.Series) -> None:
    """Write the scores as a table, as a figure and as JSON."""
    from benchmarks.challenge.plot import plot_challenge

    write_text(result.folder / "challenge.csv", result.scores.to_csv(index=False))
    write_text(result.folder / "challenge.json", json.dumps(as_record(result), indent=1) + "\n")
    period = result.site.period
    hidden = obs.loc[period.score_from : period.score_to]
    figure = plot_challenge(result.forecast.table, hidden, result.scores)
    with write_whole(result.folder / "challenge.png") as temporary:
        figure.savefig(temporary, format="png")


def as_record(result: Result) -> dict:
    """Everything that was found, as JSON can hold it; what is missing is null."""
    period = result.site.period
    rows = json.loads(result.scores.to_json(orient="records", double_precision=6))
    return {
        "site": result.site.name,
        "period": {name: f"{day:%Y-%m-%d}" for name, day in vars(period).items()},
        "seeds": int(result.forecast.draws.columns.get_level_values("seed").max()) + 1,
        "weights": result.forecast.weights.round(4).to_dict(),
        "coverage_of_blocks": round(result.forecast.held, 4),
        "processor_seconds": round(result.seconds, 1),
        "scores": rows,
        "versions": versions(),
    }
