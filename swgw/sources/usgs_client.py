"""Questions to the USGS Water Data service, through the package dataretrieval."""

import logging
import time

import numpy as np
import pandas as pd

from swgw.sources import service
from swgw.storage.errors import UserError, install

SERVICE = "USGS Water Data"
ADDRESS: str | None = None  # None is dataretrieval's own; tests name a local server
RETRIES = 3
ADVICE = (
    "With a free key from https://api.waterdata.usgs.gov/signup/ in API_USGS_PAT it answers more "
    "often; a newer dataretrieval may know a new address."
)


def ask(getter: str, **query: object) -> pd.DataFrame:
    """Call a getter of dataretrieval, or take its answer of the last day.

    Parameters
    ----------
    getter : str
        Such as ``"get_daily"``.
    query : dict
        Its arguments.

    Returns
    -------
    DataFrame (row, ...)
        Text as the service gives it; ``longitude``, ``latitude`` [°] where it gives points.

    Raises
    ------
    UserError
        With what to do next.
    """
    return service.kept(SERVICE, _ask, ADDRESS, getter, query)


def _ask(address: str | None, getter: str, query: dict) -> pd.DataFrame:
    logging.getLogger("dataretrieval").setLevel(logging.ERROR)  # it warns of optional packages
    try:
        import dataretrieval
        from dataretrieval import waterdata
    except ImportError:
        raise UserError(f"dataretrieval is not installed: {install('import')}") from None
    time.sleep(service.PAUSE)
    settings = {"retries": RETRIES} | ({"base_url": address} if address else {})
    own = waterdata.WaterdataConfiguration(**settings)
    try:
        with dataretrieval.configure(dataretrieval.Configuration(progress=False), own):
            # Conversion would lose times that are a day only.
            table = pd.DataFrame(getattr(waterdata, getter)(**query, convert_type=False)[0])
    except Exception as error:  # dataretrieval's own kinds, and pandas' for a broken answer
        raise service.refusal(SERVICE, f"{type(error).__name__}: {error}", ADVICE) from None
    if "geometry" in table:  # shapely's points or [longitude, latitude]
        points = [(p.x, p.y) if hasattr(p, "x") else p for p in table.pop("geometry")]
        pairs = [p[:2] if isinstance(p, list | tuple) else (None, None) for p in points]
        pairs = np.array(pairs, dtype=float).reshape(-1, 2)
        table = table.assign(longitude=pairs[:, 0], latitude=pairs[:, 1])
    return table
