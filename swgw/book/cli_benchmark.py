"""The commands ``swgw benchmark …``: our models where others have published scores."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Measure our models where others have published scores.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_DAY = ["%Y-%m-%d"]
Day = Annotated[datetime | None, typer.Option(formats=_DAY, help="The site's own if left out.")]


@app.callback()
def _group() -> None:
    """Keep the name of the only command."""


@app.command()
def challenge(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder of a site: heads.csv, input_data.csv and heads_full.csv."),
    ],
    submissions: Annotated[
        Path | None,
        typer.Option(help="Folder of the teams' folders; ../../submissions if left out."),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="Where the results go, in a folder named as the site.")
    ] = Path("_build/challenge"),
    seeds: Annotated[int, typer.Option(min=1, max=99, help="Seeds of what draws.")] = 5,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes side by side; as many as cores, at most 4.")
    ] = None,
    train_to: Day = None,
    score_from: Day = None,
    score_to: Day = None,
) -> None:
    """Forecast a site of the 2022 Groundwater Time Series Modelling Challenge by its rules.

    Past heads are no input. Everything is fitted and chosen on heads.csv (to 2016-12-26), by
    blocked cross-validation; the hidden heads (2017-01-18 to 2021-12-31, or what the challenge
    scored at the site of that name) are opened when the forecast is written. The recipe is one for
    all sites: the weighted mean of a recurrent network, of extra-trees and of Pastas models.
    """
    from joblib import cpu_count

    from swgw.challenge.run import run_challenge
    from swgw.challenge.site import choose_period, find_site

    period = choose_period(find_site(folder), train_to, score_from, score_to)
    workers = workers or min(4, cpu_count())
    run_challenge(folder, output.resolve(), seeds, workers, typer.echo, period, submissions)
