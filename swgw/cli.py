"""The commands of ``swgw``: from the folder of a basin to its book.

Each imports what it needs when it runs, so that ``swgw --help`` answers at once.
"""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.core import TyperGroup

from swgw.storage import UserError


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


app = typer.Typer(
    cls=_OneMessage, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False,
)  # fmt: skip
Folder = Annotated[Path, typer.Argument(help="Folder of the basin.")]
Basin = Annotated[str, typer.Argument(help="Folder of a basin, or the name of an embedded one.")]
Output = Annotated[Path, typer.Option(help="Folder for results, one subfolder for each basin.")]
Data = Annotated[Literal["bemp", "naqua", "challenge-usa"], typer.Argument(
    help="bemp: Rio Grande riparian sites, monthly; naqua: 28 Swiss wells with rivers, daily; "
    "challenge-usa: one well and a river in Connecticut, daily.")]  # fmt: skip
Seeds = Annotated[int | None, typer.Option(min=1, help="Random seeds (default: the profile's).")]
Workers = Annotated[int | None, typer.Option(min=1, help="Parallel processes (at most 4).")]
Scheduler = Annotated[str, typer.Option(metavar="ADDRESS",
    help="Train on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786; they have one "
    "thread each and the same path to the output folder.")]  # fmt: skip
TrainOnly = Annotated[bool, typer.Option("--train-only", help="Train the models; build no book.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Random seed (default: the book's).")]
Trials = Annotated[int, typer.Option(min=1, help="Number of trials for each model.")]
Size = Annotated[str, typer.Option(help="Size of the training: quick, paper or full.")]
BUILD = Path("_build")


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Say the version.")] = False):
    """Forecast surface water and groundwater: from a folder of CSV files to a book."""
    if not sys.stderr.isatty():  # a log gets a line a minute
        os.environ.setdefault("TQDM_MININTERVAL", "60")
    if show:
        from swgw import __version__

        typer.echo(__version__)


@app.command()
def book(
    folder: Basin = "heihe", profile: Size = "paper", seeds: Seeds = None, workers: Workers = None,
    scheduler: Scheduler = "", output: Output = BUILD, train_only: TrainOnly = False,
) -> None:  # fmt: skip
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
    from swgw.basin.folder import load_basin
    from swgw.basin.prepare import prepare_basin, report, summary, where
    from swgw.experiments.table_2 import load_settings

    basin = load_basin(folder)
    load_settings(prepare_basin(basin))
    typer.echo(f"{basin.settings.title}: the folder is in order.\n")
    shares = {"median": "median observed", "lowest": "least observed"}
    table = summary(report(basin)).reset_index().rename(columns=shares)
    typer.echo(table.to_string(index=False, float_format="{:.0%}".format))
    typer.echo("\n" + "\n".join([where(basin.wells, basin.gauges), *map(str, basin.remarks)]))


@app.command()
def tune(
    folder: Basin = "heihe", trials: Trials = 20, profile: Size = "quick", output: Output = BUILD
) -> None:
    """Tune hyperparameters of every model; `swgw book` uses the result."""
    from swgw.experiments.study import open_study
    from swgw.experiments.table_2 import tune as search

    study = open_study(folder, profile, output=output.resolve(), train=False)
    typer.echo(f"Wrote {search(study, trials, typer.echo)}. Next: swgw book {folder}")


@app.command()
def classroom(folder: Annotated[Path, typer.Argument(help="New folder for the class.")]) -> None:
    """Write notebooks for a class: students' without solutions, instructor's with them."""
    from swgw.book.cells import write_classroom

    count = len(write_classroom(folder))
    typer.echo(f"Wrote {count} notebooks, twice, to {folder}. Next: read {folder / 'README.md'}")


@app.command()
def new(folder: Folder) -> None:
    """Write a small example basin to edit."""
    from swgw.basin.folder import write_example

    write_example(folder)
    typer.echo(f"Wrote an example basin to {folder}. Edit it, then: swgw check {folder}")


@app.command()
def simulate(folder: Folder, seed: Seed = None) -> None:
    """Simulate a realisation of the virtual basin, with its truth."""
    from swgw.storage.files import write_folder
    from swgw.virtual import simulate as simulator

    seed = simulator.SEED if seed is None else seed
    with write_folder(folder) as draft:
        simulator.simulate(draft, seed=seed)
    typer.echo(f"Wrote the virtual basin of seed {seed} to {folder}.")


@app.command()
def fetch(data: Data, folder: Folder) -> None:
    """Download a public data set as a basin folder (SWGW_MIRROR: a local copy)."""
    from swgw.sources.public import fetch as write

    licence = write(data, folder)
    typer.echo(f"Wrote {data} to {folder}. {licence}\nNext: swgw check {folder}")


importers = typer.Typer(help="Bring real data into the folder of a basin.", no_args_is_help=True,
                  rich_markup_mode=None)  # fmt: skip
Start = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")]
End = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")]
New = Annotated[Path, typer.Argument(help="A new or empty folder.")]
Bare = Annotated[Path, typer.Argument(help="Folder of a basin without forcing.csv.")]
Grids = Annotated[list[Path], typer.Argument(help="netCDF files, in any order.")]
Tables = Annotated[list[Path], typer.Argument(help="Your CSV or Excel files.")]
Yaml = Annotated[Path, typer.Option(help="YAML that says which column is what.")]
Show = Annotated[bool, typer.Option("--preview", help="Say what is understood, write nothing.")]
Replace = Annotated[bool, typer.Option("--overwrite", help="Replace what an import wrote there.")]
Gauge = Annotated[str, typer.Option(help="Number of the river gauge, such as 08330000.")]
Wells = Annotated[str, typer.Option(help="Numbers of wells, commas between them.")]
Within = Annotated[float, typer.Option(max=200, help="Or the wells so near the gauge [km].")]
Weather = Annotated[bool, typer.Option(help="Add weather from NASA POWER, too.")]


@importers.command()
def power(folder: Bare, start: Start = None, end: End = None) -> None:
    """Add daily precipitation, temperature and wind from NASA POWER, anywhere, from 1981."""
    from swgw.sources.weather import add_power

    _say(folder, f"Added forcing.csv to {folder}. {add_power(folder, start, end)}", True)


@importers.command()
def cmfd(files: Grids, folder: Bare) -> None:
    """Add daily weather from your files of the China Meteorological Forcing Dataset."""
    from swgw.sources.weather import add_cmfd

    _say(folder, f"Added forcing.csv to {folder}. {add_cmfd(files, folder)}", True)


@importers.command()
def usgs(
    folder: New, gauge: Gauge, start: Start, end: End, wells: Wells = "", within: Within = 0.0,
    weather: Weather = True, overwrite: Replace = False,
) -> None:  # fmt: skip
    """Write a gauge and wells of the U.S. Geological Survey as the folder of a basin."""
    from swgw.sources.usgs import write

    numbers = [number for number in wells.split(",") if number.strip()]
    if bool(numbers) == (within > 0):
        raise typer.BadParameter("give either --wells or --within")
    days = f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"
    said = write(folder, gauge, numbers, within, days, weather, overwrite)
    _say(folder, f"Wrote {folder}: {said}", weather)


@importers.command()
def table(
    files: Tables, folder: New, mapping: Yaml, preview: Show = False, overwrite: Replace = False
) -> None:
    """Write your own tables as the folder of a basin, as a short mapping says.

    
    The mapping is YAML. Sections: wells with heads, gauges with surface_water,
    forcing; river; basin: {keys of basin.yml}.
    In every section:
      file         one of the command's files; may be left out if there is one
      files        "gw_*.csv": several; * stands for the station, unless a column
                   or the head of the file names it
      format       usgs-rdb, grdc, ehyd, dino, wiski, bafu, hydat, ades or
                   nasa-power: the keys below as the service's files need them
      read         how pandas reads it, in pandas' words (read_csv, read_excel):
                   {sep, decimal, thousands, skiprows, header, names, comment,
                   encoding, na_values, sheet_name, usecols}
      starts       how the row of names begins, if there are others above it
      where        rows to keep, {PARAM: [1]}, or to leave out, {Status: ["!raw"]}
      qualifiers   marks beside numbers, such as ["<", e]
      well_id, gauge_id   a column, or several to be joined, such as [Site, Filter]
      units        such as {precipitation: in/d, temperature: degF, wind: kn,
                   surface_elevation: ft}; sums: mm/month; KNMI: 0.1 mm/d
    In a name of a column, * stands for any text and | for or.
    wells, gauges:
      places       {P1: [longitude, latitude, ground in m]}, or columns of a file:
      well_id (gauges: gauge_id), longitude, latitude, surface_elevation,
                   name, gauge_id and any attribute: the name of its column
      crs          such as EPSG:31287, if places are not in degrees (47.21 or
                   47°12'36" N)
    heads, surface_water, forcing:
      date         a column, or several, such as [Date, Time] or [YEAR, DOY]
      date_format  such as "%d.%m.%Y", or several; excel for its count of days;
                   YYYY-MM-DD if left out
      time_zone    such as Europe/Vienna, to turn times to it from UTC or from
                   their offset, which else is cut off
    heads, surface_water:
      kind         head or depth; discharge or stage
      unit         m, cm, mm, ft, in (-m: depths below zero); m3/s, l/s, m3/d, ft3/s
      value        the values of a long table, a value a row
      columns      {P1: "Well 1"} of a wide table; every column if left out
      station      what stands before the station in the head of a file
    forcing:
      precipitation, temperature, wind, pet   columns
    river:
      file, crs    GeoJSON
    """
    from swgw.sources import table as source

    understood = source.understand(files, mapping)
    typer.echo(understood)
    remarks = source.write(folder, understood, files, mapping, preview, overwrite)
    typer.echo("\n" + "\n".join(f"To look at: {remark}" for remark in remarks))
    if preview:
        typer.echo(f"Nothing was written. Without --preview this goes to {folder}.")
    else:
        _say(folder, f"Wrote {folder}.", "forcing.csv" in understood.tables)


def _say(folder: Path, said: str, has_weather: bool) -> None:
    typer.echo(f"{said}\nNext: swgw {'check' if has_weather else 'import power'} {folder}")


app.add_typer(importers, name="import")
