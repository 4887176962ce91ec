"""Where the files lie that come with the package: basins, book, notebooks, settings."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shared(name: str = "") -> Path:
    """Path of a file or folder that comes with the package.

    In a checkout (or an editable install of one) these lie beside the package; a wheel carries
    them in ``swgw/_share``.

    Parameters
    ----------
    name : str
        ``basins``, ``book``, ``notebooks``, ``settings`` or ``_config.yml``; empty for the folder
        that holds them.
    """
    root = PACKAGE.parent
    if not (root / "_config.yml").is_file() or not (root / "notebooks").is_dir():
        root = PACKAGE / "_share"
    return root / name


def results() -> Path:
    """Folder for results: ``_build`` beside a checkout's notebooks, else where one works."""
    beside = shared("_build")
    return Path("_build") if beside.is_relative_to(PACKAGE) else beside
