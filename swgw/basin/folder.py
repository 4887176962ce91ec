"""A basin as its folder holds it: wells, heads, gauges, surface water, forcing and river.

The folder (``swgw new`` writes an example; dates are ``YYYY-MM-DD``, a gap is an empty cell):

- ``basin.yml``: the settings, see :class:`BasinSettings`.
- ``wells.csv``: ``well_id``, ``longitude``, ``latitude`` [°]; optional ``name``,
  ``surface_elevation`` [m], ``gauge_id`` and static attributes. With it ``heads.csv``: ``date``,
  ``well_id`` and ``head`` [m above datum] or ``depth`` [m below the surface].
- ``gauges.csv``: ``gauge_id``, ``longitude``, ``latitude``; optional ``name`` and
  ``upstream_gauge_id``. With it ``surface_water.csv``: ``date``, ``gauge_id`` and ``discharge``
  [m³/s] or ``stage`` [m].
- ``forcing.csv``: ``date``, ``precipitation`` [mm/d]; optional ``temperature`` [°C], ``wind``
  [m/s], ``pet`` [mm/d], …; optional ``well_id`` or ``gauge_id`` (empty means the whole basin).
- the file that ``river`` names: GeoJSON of the main channel.

A basin has wells, or gauges, or both.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from swgw.basin.check import examine
from swgw.basin.contract import BasinSettings, Period, basin_folder, embedded
from swgw.storage import files
from swgw.storage.errors import BasinError

__all__ = ["Basin", "BasinSettings", "Period", "embedded", "load_basin"]


@dataclass(frozen=True)
class Basin:
    """The data of one basin, read once and never changed.

    A frame taken from a basin is a copy made at no cost (pandas copies on write), so changing it
    leaves the basin as it was; ``dataclasses.replace`` gives a changed basin.

    Attributes
    ----------
    path : Path
        The folder.
    settings : BasinSettings
        What ``basin.yml`` says.
    digest : str
        SHA-256 of the files of the contract, truth left out.
    wells : DataFrame (well_id, attribute)
        ``longitude``, ``latitude`` [°], what else ``wells.csv`` holds, and, where there is a
        river, ``distance_to_river`` [km].
    gauges : DataFrame (gauge_id, attribute)
        ``longitude``, ``latitude`` [°] and what else ``gauges.csv`` holds.
    heads : DataFrame (observation,)
        ``date``, ``well_id``, ``head`` [m above the datum]; gaps left out.
    surface_water : DataFrame (observation,)
        ``date``, ``gauge_id``, ``value`` [m³/s, or m for stage]; gaps left out.
    forcing : DataFrame (observation,)
        ``date``, ``place`` (``"basin"``, ``"well:<id>"`` or ``"gauge:<id>"``), then variables:
        ``precipitation`` [mm/d] and others.
    river : DataFrame (vertex, ...) or None
        ``longitude``, ``latitude`` [°], ``part``.
    """

    path: Path
    settings: BasinSettings
    digest: str
    wells: pd.DataFrame
    gauges: pd.DataFrame
    heads: pd.DataFrame
    surface_water: pd.DataFrame
    forcing: pd.DataFrame
    river: pd.DataFrame | None

    def __getattribute__(self, name: str):
        value = object.__getattribute__(self, name)
        return value.copy(deep=False) if isinstance(value, pd.DataFrame) else value


def load_basin(path: str | Path) -> Basin:
    """Load a basin, once its folder has passed every check.

    Parameters
    ----------
    path : str or Path
        The folder, or the name of an embedded basin such as ``"heihe"``.

    Returns
    -------
    Basin
        With heads in m above the datum, whichever way the folder gives them.

    Raises
    ------
    BasinError
        If anything in the folder breaks the contract; the message lists it all.
    """
    folder = basin_folder(path)
    found = examine(folder)
    if found.problems:
        raise BasinError(folder, found.problems)
    return Basin(
        path=folder.resolve(),
        settings=found.settings,
        digest=files.digest(found.files),
        **found.tables,
    )
