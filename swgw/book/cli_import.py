"""The commands ``swgw import …``: real data turned into, or added to, the folder of a basin."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Bring real data into the folder of a basin.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_DAY = ["%Y-%m-%d"]
Start = Annotated[datetime | None, typer.Option(formats=_DAY, help="First day.")]
End = Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")]


@app.command()
def power(
    folder: Annotated[Path, typer.Argument(help="Folder of a basin without forcing.csv.")],
    start: Start = None,
    end: End = None,
) -> None:
    """Add daily precipitation, temperature and wind from NASA POWER, anywhere, from 1981."""
    from swgw.sources.power import add

    _added(folder, add(folder, start, end))


@app.command()
def cmfd(
    files: Annotated[
        list[Path], typer.Argument(help="netCDF files with prec, temp or wind, in any order.")
    ],
    folder: Annotated[Path, typer.Argument(help="Folder of a basin without forcing.csv.")],
) -> None:
    """Add daily weather from your files of the China Meteorological Forcing Dataset."""
    from swgw.sources.cmfd import add

    _added(folder, add(files, folder))


@app.command()
def usgs(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    gauge: Annotated[str, typer.Option(help="Number of the river gauge, such as 08330000.")],
    start: Annotated[datetime, typer.Option(formats=_DAY, help="First day.")],
    end: Annotated[datetime, typer.Option(formats=_DAY, help="Last day.")],
    wells: Annotated[str, typer.Option(help="Numbers of wells, commas between them.")] = "",
    within: Annotated[
        float | None, typer.Option(min=0.1, max=200, help="Take the wells so near the gauge [km].")
    ] = None,
    weather: Annotated[bool, typer.Option(help="Add weather from NASA POWER, too.")] = True,
) -> None:
    """Write a gauge and wells of the U.S. Geological Survey as the folder of a basin."""
    from swgw.sources.usgs import Question, write

    numbers = tuple(number for number in wells.split(",") if number.strip())
    if bool(numbers) == (within is not None):
        raise typer.BadParameter("give either --wells or --within")
    said = write(folder, Question(gauge, numbers, within, start, end), weather)
    after = "check" if weather else "import power"
    typer.echo(f"Wrote {folder}: {said}\nNext: swgw {after} {folder}")


@app.command()
def table(
    files: Annotated[list[Path], typer.Argument(help="Your CSV or Excel files, long or wide.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    mapping: Annotated[Path, typer.Option(help="YAML that says which column is what.")],
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what is understood and write nothing.")
    ] = False,
) -> None:
    """Write your own tables as the folder of a basin, as a short mapping says."""
    from swgw.sources import table as source

    understood = source.understand(files, mapping)
    typer.echo(source.preview(understood))
    if preview:
        typer.echo(f"\nNothing was written. Without --preview this goes to {folder}.")
        return
    after = "check" if source.write(folder, understood, files, mapping) else "import power"
    typer.echo(f"\nWrote {folder}.\nNext: swgw {after} {folder}")


def _added(folder: Path, said: str) -> None:
    typer.echo(f"Added forcing.csv to {folder}. {said}\nNext: swgw check {folder}")
