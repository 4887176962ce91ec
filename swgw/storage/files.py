"""Files: those that come with the package, and those that appear whole or not at all."""

import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from swgw.storage import UserError

PACKAGE = Path(__file__).resolve().parent.parent
DATA = PACKAGE / "data"


def shared(name: str) -> Path:
    """Path of a file or folder that comes with the package.

    Basins and settings are in ``swgw/data``. The book and its notebooks are beside the package in
    a checkout; a wheel carries them in ``swgw/data``, too.

    Parameters
    ----------
    name : str
        ``basins``, ``settings``, ``book``, ``notebooks`` or ``_config.yml``.
    """
    inside = DATA / name
    return inside if inside.exists() else PACKAGE.parent / name


def results() -> Path:
    """Folder for results: ``_build`` beside a checkout's notebooks, else in the working folder."""
    home = shared("notebooks").parent
    return Path("_build") if home == DATA else home / "_build"


@contextmanager
def write_whole(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to; it takes its name only when the block ends well."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{platform.node()}.{os.getpid()}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def clear_drafts(folder: Path) -> None:
    """Delete what a process that was killed left half written in a folder."""
    for draft in folder.glob(".*.part*"):
        draft.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 text file that appears whole or not at all."""
    with write_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def write_folder(folder: str | Path, overwrite: bool | None = None) -> Iterator[Path]:
    """Give a temporary folder to fill; it takes its name only when the block ends well.

    Parameters
    ----------
    folder : str or Path
    overwrite : bool, optional
        Whether it may replace a folder that tells its source, as imports write it; None where a
        command has no such option.

    Raises
    ------
    UserError
        If `folder` is there already, not empty and not to be replaced, or cannot be written.
    """
    folder = Path(folder)
    replaced = overwrite and (folder / "SOURCE.md").is_file()
    if folder.exists() and not replaced and (not folder.is_dir() or any(folder.iterdir())):
        advice = "name a new folder, or empty this one"
        advice += ", or give --overwrite" * (overwrite is False)
        raise UserError(f"{folder} is there already; {advice}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}") from None
    try:
        yield temporary
        temporary.chmod(0o755)  # mkdtemp's own is for the owner alone
        if folder.exists():
            folder.rename(old := temporary.with_name(temporary.name + ".old"))
            shutil.rmtree(old)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def digest(paths: Iterable[Path], folder: Path | None = None) -> str:
    """SHA-256 of the files among paths, with their names; empty for none.

    Parameters
    ----------
    paths : iterable of Path
    folder : Path, optional
        Names are relative to it; without one they are names alone.
    """
    total, paths = hashlib.sha256(), sorted(path for path in paths if path.is_file())
    for path in paths:
        name = path.relative_to(folder).as_posix() if folder else path.name
        total.update(name.encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest() if paths else ""


def write_dataset(data, path: str | Path) -> None:
    """Write an xarray Dataset as netCDF, whole or not at all.

    Its classic form is read ten times as fast as HDF5, and pages read hundreds of small files. It
    knows no empty dimension, though: what has one is written as HDF5.
    """
    engine = "h5netcdf" if 0 in data.sizes.values() else "scipy"
    with write_whole(path) as temporary:
        data.to_netcdf(temporary, engine=engine)


@lru_cache(maxsize=512)
def read_dataset(path: Path):
    """Read a netCDF file of a finished run into memory, once: its name changes with its content."""
    import xarray as xr

    with xr.open_dataset(path) as data:  # either form; the file tells
        return data.load()
