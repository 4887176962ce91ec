"""Questions to public services: few, slow, and their answers kept in pooch's cache folder."""

import time
from collections.abc import Callable
from pathlib import Path

import joblib
import pooch
import requests
from requests.adapters import HTTPAdapter, Retry

from swgw.storage.errors import UserError

AGENT = "swgw (an open companion to doi:10.3390/hydrology12110291)"
PAUSE = 1.0  # s before each question
BUSY = Retry(2, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False)


def kept(service: str, question: Callable, *args: object) -> object:
    """Call a function, or give what it gave for the same arguments within a day.

    Parameters
    ----------
    service : str
        Folder in the cache.
    question : callable
        Of a module; what it raises is not kept.
    args : object
        Its arguments.
    """
    memory = joblib.Memory(Path(pooch.os_cache("swgw")) / service, verbose=0)
    return memory.cache(question, cache_validation_callback=joblib.expires_after(days=1))(*args)


def get_json(service: str, address: str, query: dict[str, str]) -> dict:
    """Get a JSON object.

    Raises
    ------
    UserError
        With what to do next.
    """
    time.sleep(PAUSE)
    session = requests.Session()
    session.mount(address, HTTPAdapter(max_retries=BUSY))
    text = ""
    session.headers["User-Agent"] = AGENT
    try:
        reply = session.get(address, params=query, timeout=120)
        text = " ".join(reply.text[:200].split())
        reply.raise_for_status()
        return reply.json()
    except (requests.RequestException, ValueError) as error:
        raise refusal(service, f"{type(error).__name__}: {error}"[:200], text) from None


def refusal(service: str, what: str, advice: str = "") -> UserError:
    """Say that a service did not answer as it should, and what to do."""
    later = "Give the same command again later; what came before is kept for a day."
    return UserError(f"{service} did not answer as it should ({what}). {advice} {later}")
