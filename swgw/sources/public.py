"""Public data sets, each turned into the folder of a basin.

- ``bemp``: the Bosque Ecosystem Monitoring Program, Middle Rio Grande, New Mexico. An arid valley,
  a snowmelt-fed and diverted river, shallow groundwater; visited once a month since 1997.
- ``naqua``: 28 Swiss wells (Collenteur et al., 2023) in separate aquifers from the Jura to the
  Alps, daily since 1990; nineteen come with the stage of a river nearby.
- ``challenge-usa``: the USA site of the 2022 Groundwater Time Series Modelling Challenge, one well
  and the stage of a river, daily, with thirteen teams' submissions.

``descriptions/NAME`` holds what is fixed: ``files.txt`` (a registry of pooch: name, SHA-256,
address), ``SOURCE.md``, and the files of the folder that come from no data (``basin.yml``, ...).
"""

import os
import shutil
from pathlib import Path

import pooch
import yaml

from swgw.sources.draft import DESCRIPTIONS, describe, write_tables
from swgw.sources.readers import READERS
from swgw.storage.errors import UserError
from swgw.storage.files import write_folder, write_text

MIRROR = "SWGW_MIRROR"
FOLDERS = {"bemp": "bemp-rio-grande", "naqua": "swiss-naqua-collenteur2023",
           "challenge-usa": "gwchallenge-usa"}  # fmt: skip
"""By data set: its folder in a mirror and in the cache."""


def fetch(name: str, folder: str | Path) -> str:
    """Write a public data set as the folder of a basin, whole or not at all.

    Parameters
    ----------
    name : str
        ``bemp``, ``naqua`` or ``challenge-usa``.
    folder : str or Path
        A new or empty folder.

    Returns
    -------
    str
        The licence and the citation, to be shown.

    Raises
    ------
    UserError
        If the folder holds something, or a file cannot be had or is not the expected one.

    Notes
    -----
    ``SWGW_MIRROR=DIR`` takes the files from ``DIR/<data set>`` instead of the network.
    """
    data = registry(name)
    with write_folder(folder) as new:
        files = {file: _get(data, file) for file in data.registry}
        write_tables(new, READERS[name](files, new))
        for path in (*(DESCRIPTIONS / name).glob("*.csv"), DESCRIPTIONS / name / "basin.yml"):
            shutil.copyfile(path, new / path.name)
        hashes = "\n".join(f"- `{file}`\n  SHA-256 `{data.registry[file]}`" for file in files)
        write_text(new / "SOURCE.md", describe(name, files=hashes))
        told = yaml.safe_load((new / "basin.yml").read_text("utf-8"))
    return f"Licence: {told['licence']}. Please cite: {told['citation']}"


def registry(name: str) -> pooch.Pooch:
    """Give the files of a data set: names, SHA-256 and addresses."""
    data = pooch.create(Path(pooch.os_cache("swgw")) / FOLDERS[name], base_url="")
    data.load_registry(DESCRIPTIONS / name / "files.txt")
    return data


def _get(data: pooch.Pooch, file: str) -> Path:
    """Give the path of a file with the expected hash, from pooch's cache, a mirror or the web."""
    mirror, source = os.environ.get(MIRROR), data.urls[file]
    if mirror:
        source = Path(mirror) / data.path.name / file
    copy = lambda url, part, _: shutil.copyfile(source, part)  # noqa: E731
    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(data.fetch(file, downloader=copy if mirror else None))
    except (ValueError, OSError) as error:  # a wrong hash; requests' errors are OSErrors, too
        why = getattr(error, "strerror", None) or str(error).split(". ")[0]
        wanted = f"{data.path.name}/{file} with SHA-256 {data.registry[file]}"
        said = f"{source} cannot be had: {why}; expected a connection, or in {MIRROR} a folder with"
        raise UserError(f"{said} {wanted}") from None
