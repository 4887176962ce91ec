"""Where the files are that come with the package: basins, settings, book, notebooks."""

from pathlib import Path

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
