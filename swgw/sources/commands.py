"""The commands ``swgw import …``: real data turned into, or added to, the folder of a basin."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Bring real data into the folder of a basin.", no_args_is_help=True,
                  rich_markup_mode=None)  # fmt: skip
Start = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")]
End = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")]
New = Annotated[Path, typer.Argument(help="A new or empty folder.")]
Bare = Annotated[Path, typer.Argument(help="Folder of a basin without forcing.csv.")]
Grids = Annotated[list[Path], typer.Argument(help="netCDF files, in any order.")]
Tables = Annotated[list[Path], typer.Argument(help="Your CSV or Excel files.")]
Yaml = Annotated[Path, typer.Option(help="YAML that says which column is what.")]
Show = Annotated[bool, typer.Option("--preview", help="Say what is understood, write nothing.")]
Gauge = Annotated[str, typer.Option(help="Number of the river gauge, such as 08330000.")]
Wells = Annotated[str, typer.Option(help="Numbers of wells, commas between them.")]
Within = Annotated[float, typer.Option(max=200, help="Or the wells so near the gauge [km].")]
Weather = Annotated[bool, typer.Option(help="Add weather from NASA POWER, too.")]


@app.command()
def power(folder: Bare, start: Start = None, end: End = None) -> None:
    """Add daily precipitation, temperature and wind from NASA POWER, anywhere, from 1981."""
    from swgw.sources.weather import add_power

    _say(folder, f"Added forcing.csv to {folder}. {add_power(folder, start, end)}", True)


@app.command()
def cmfd(files: Grids, folder: Bare) -> None:
    """Add daily weather from your files of the China Meteorological Forcing Dataset."""
    from swgw.sources.weather import add_cmfd

    _say(folder, f"Added forcing.csv to {folder}. {add_cmfd(files, folder)}", True)


@app.command()
def usgs(
    folder: New, gauge: Gauge, start: Start, end: End, wells: Wells = "", within: Within = 0.0,
    weather: Weather = True,
) -> None:  # fmt: skip
    """Write a gauge and wells of the U.S. Geological Survey as the folder of a basin."""
    from swgw.sources.usgs import write

    numbers = [number for number in wells.split(",") if number.strip()]
    if bool(numbers) == (within > 0):
        raise typer.BadParameter("give either --wells or --within")
    said = write(folder, gauge, numbers, within, (f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"), weather)
    _say(folder, f"Wrote {folder}: {said}", weather)


@app.command()
def table(files: Tables, folder: New, mapping: Yaml, preview: Show = False) -> None:
    """Write your own tables as the folder of a basin, as a short mapping says.

    
    The mapping is YAML. Sections: wells with heads, gauges with surface_water,
    forcing; river: a GeoJSON file; basin: {keys of basin.yml}.
    In every section:
      file         one of the command's files; may be left out if there is one
      read         how pandas reads it, in pandas' words (read_csv, read_excel):
                   {sep, decimal, thousands, skiprows, header, names, comment,
                   encoding, na_values, sheet_name, usecols}
    wells, gauges:
      places       {P1: [longitude, latitude, ground in m]}, or columns of a file:
      well_id (gauges: gauge_id), longitude, latitude, surface_elevation,
                   name, gauge_id and any attribute: the name of its column
    heads, surface_water:
      date         a column, or several, such as [Date, Time]
      date_format  such as "%d.%m.%Y"; excel for its count of days;
                   YYYY-MM-DD if left out
      kind         head or depth; discharge or stage
      unit         m, cm, mm, ft; m3/s, l/s, m3/h, m3/d, ft3/s
      well_id (gauge_id), value   columns of a long table (a value a row)
      columns      {P1: "Well 1"} of a wide table; every column if left out
    forcing:
      date, date_format, well_id or gauge_id
      precipitation, temperature, wind, pet   columns
    wells, gauges, forcing:
      units        such as {precipitation: in/d, temperature: degF, wind: kn,
                   surface_elevation: ft}
    """
    from swgw.sources import table as source

    understood = source.understand(files, mapping)
    typer.echo(understood)
    if preview:
        typer.echo(f"\nNothing was written. Without --preview this goes to {folder}.")
    else:
        has_weather = source.write(folder, understood, files, mapping)
        _say(folder, f"\nWrote {folder}.", has_weather)


def _say(folder: Path, said: str, has_weather: bool) -> None:
    typer.echo(f"{said}\nNext: swgw {'check' if has_weather else 'import power'} {folder}")
