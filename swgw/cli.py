"""The commands of ``swgw``: from the folder of a basin to its book.

Each imports what it needs when it runs, so that ``swgw --help`` answers at once.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from swgw.sources.commands import app as importers
from swgw.storage.errors import UserError


class _OneMessage(TyperGroup):
    """Turn what a user can correct into one message on stderr and exit code 2."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except (UserError, FileExistsError, NotADirectoryError, PermissionError) as error:
            typer.echo(f"swgw: {error}", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("swgw: stopped; the same command continues from here", err=True)
            raise typer.Exit(130) from None


class DataSet(StrEnum):
    """Public data sets that ``swgw fetch`` knows."""

    bemp = "bemp"
    naqua = "naqua"
    challenge_usa = "challenge-usa"


app = typer.Typer(
    cls=_OneMessage,
    help="Forecast surface water and groundwater: from a folder of CSV files to a book.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(importers, name="import")
Folder = Annotated[Path, typer.Argument(help="Folder of the basin.")]
Basin = Annotated[str, typer.Argument(help="Folder of a basin, or the name of an embedded one.")]
Output = Annotated[Path, typer.Option(help="Folder for results, one subfolder for each basin.")]
Count = Annotated[
    int | None, typer.Option(min=1, help="Number of random seeds (default: the profile's).")
]
Size = Annotated[str, typer.Option(help="Size of the training: quick, paper or full.")]
BUILD = Path("_build")


@app.command()
def book(
    folder: Basin = "heihe",
    profile: Size = "paper",
    seeds: Count = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Number of parallel processes (default: cores, max. 4)."),
    ] = None,
    scheduler: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Train on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786; they "
            "have one thread each and the same path to the output folder.",
        ),
    ] = "",
    output: Output = BUILD,
    train_only: Annotated[
        bool, typer.Option("--train-only", help="Train the models only; build no book.")
    ] = False,
) -> None:
    """Build the book of a basin: check it, train, execute notebooks, render pages."""
    from joblib import cpu_count  # counts what a container allows

    from swgw.book.build import build_book

    workers, output = workers or min(4, cpu_count()), output.resolve()
    build_book(folder, profile, seeds or 0, workers, output, typer.echo, scheduler, train_only)


@app.command()
def pdf(folder: Basin = "heihe", output: Output = BUILD) -> None:
    """Print a book as one PDF (needs the extra browser)."""
    from swgw.basin.folder import load_basin
    from swgw.book.pdf import make_pdf

    make_pdf(output.resolve() / load_basin(folder).settings.name, typer.echo)


@app.command()
def check(folder: Annotated[str, typer.Argument(help="Folder of the basin.")]) -> None:
    """Validate a basin folder."""
    from swgw.basin.check import notes, report, summary
    from swgw.basin.folder import load_basin

    basin = load_basin(folder)
    coverage = report(basin)
    typer.echo(f"{basin.settings.title}: the folder is in order.\n")
    shares = {"median": "median observed", "lowest": "least observed"}
    table = summary(coverage).reset_index().rename(columns=shares)
    typer.echo(table.to_string(index=False, float_format="{:.0%}".format))
    typer.echo("\n" + "\n".join(notes(basin, coverage)))


@app.command()
def tune(
    folder: Basin = "heihe",
    trials: Annotated[int, typer.Option(min=1, help="Number of trials for each model.")] = 20,
    profile: Annotated[str, typer.Option(help="Training budget per trial.")] = "quick",
    output: Output = BUILD,
) -> None:
    """Tune hyperparameters of every model; `swgw book` uses the result."""
    from swgw.experiments.study import open_study
    from swgw.experiments.tune import tune as search

    study = open_study(folder, profile, output=output.resolve(), train=False)
    typer.echo(f"Wrote {search(study, trials, typer.echo)}. Next: swgw book {folder}")


@app.command()
def transfer(
    from_run: Annotated[
        Path, typer.Argument(help="Run folder of a trained TFT (…/runs/MT-TFT_…).")
    ],
    folder: Annotated[str, typer.Argument(help="Folder of the new basin.")],
    output: Output = BUILD,
) -> None:
    """Fine-tune a trained TFT to a basin with the same inputs and time step."""
    from swgw.experiments.tune import transfer_run

    scores = transfer_run(from_run, folder, output.resolve(), typer.echo)
    medians = scores.pivot_table("nse", "task", "model", aggfunc="median", sort=False)
    typer.echo(f"NSE in the test period, median over series:\n{medians.round(3).to_string()}")


@app.command()
def classroom(folder: Annotated[Path, typer.Argument(help="New folder for the class.")]) -> None:
    """Write notebooks for a class: students' without solutions, instructor's with them."""
    from swgw.book.classroom import write_classroom

    count = len(write_classroom(folder))
    typer.echo(f"Wrote {count} notebooks, twice, to {folder}. Next: read {folder / 'README.md'}")


@app.command()
def new(folder: Folder) -> None:
    """Write a small example basin to edit."""
    from swgw.basin.check import write_example

    write_example(folder)
    typer.echo(f"Wrote an example basin to {folder}. Edit it, then: swgw check {folder}")


@app.command()
def simulate(
    folder: Folder,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Random seed (default: the book's).")
    ] = None,
) -> None:
    """Simulate a realisation of the virtual basin, with its truth."""
    from swgw.storage.files import write_folder
    from swgw.virtual.simulate import SEED
    from swgw.virtual.simulate import simulate as write_virtual

    seed = SEED if seed is None else seed
    with write_folder(folder) as draft:
        write_virtual(draft, seed=seed)
    typer.echo(f"Wrote the virtual basin of seed {seed} to {folder}.")


@app.command()
def fetch(
    data: Annotated[
        DataSet,
        typer.Argument(
            help="bemp: Rio Grande riparian sites, monthly; naqua: 28 Swiss wells with rivers, "
            "daily; challenge-usa: one well and a river in Connecticut, daily."
        ),
    ],
    folder: Folder,
) -> None:
    """Download a public data set as a basin folder (SWGW_MIRROR: a local copy)."""
    from swgw.sources.public import fetch as write

    licence = write(data.value, folder)
    typer.echo(f"Wrote {data} to {folder}. {licence}\nNext: swgw check {folder}")
