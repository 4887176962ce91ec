"""Files of public data sets: from their address, or from a local copy, always hash-checked."""

import hashlib
import os
from pathlib import Path

import pooch

from swgw.storage.errors import UserError

MIRROR = "SWGW_MIRROR"


def get_file(data_set: str, url: str, sha256: str, inside: str = "") -> Path:
    """Give the path of a file of a data set, downloaded if need be.

    Parameters
    ----------
    data_set : str
        Name of the data set's folder in a mirror and in the cache.
    url : str
        Public address; its last part is the file's name.
    sha256 : str
        Expected SHA-256 of the content, in hexadecimal.
    inside : str
        Where the file lies in the data set's folder; its name alone if left out.

    Returns
    -------
    Path
        In the folder that the environment variable ``SWGW_MIRROR`` names, else in pooch's cache.

    Raises
    ------
    UserError
        If the file cannot be had or is not the expected one.
    """
    name = inside or url.rsplit("/", 1)[1]
    mirror = os.environ.get(MIRROR)
    if mirror:
        return _from_mirror(Path(mirror) / data_set / name, sha256)
    try:
        pooch.get_logger().setLevel("WARNING")
        place = pooch.os_cache("swgw") / data_set / name
        return Path(pooch.retrieve(url, f"sha256:{sha256}", fname=place.name, path=place.parent))
    except ValueError:  # pooch's word for a wrong hash
        raise UserError(
            f"{url} is no longer the file that was described (its SHA-256 is not {sha256}); "
            f"set {MIRROR} to a folder that holds {data_set}/{name} as it was"
        ) from None
    except OSError as error:  # requests' errors are OSErrors, too
        raise UserError(
            f"{url} cannot be downloaded ({type(error).__name__}); try again with a connection, "
            f"or set {MIRROR} to a folder that holds {data_set}/{name}"
        ) from None


def _from_mirror(path: Path, sha256: str) -> Path:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}); {MIRROR} must name a folder that holds it, "
            "or be unset to download it"
        ) from None
    if found != sha256:
        raise UserError(
            f"{path} is not the file that was described: its SHA-256 is {found}, expected {sha256};"
            f" replace it, or unset {MIRROR} to download it"
        )
    return path
