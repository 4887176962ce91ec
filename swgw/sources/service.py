"""Questions to a public JSON service: few, slow, remembered, and with an answer to each failure."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pooch
import requests

from swgw.storage.errors import UserError

AGENT = "swgw (an open companion to doi:10.3390/hydrology12110291)"
PAUSE = 1.0  # s between two requests
TRIES = 3
WAIT = (10, 120)  # s to connect, and for each part of an answer
DAY = 86400.0  # s
LONGEST_WAIT = 60.0  # s, whatever a service asks for


def cache(service: str) -> Path:
    """Give the folder in which answers of a service are kept."""
    return Path(pooch.os_cache("swgw")) / service


def ask(
    service: str, address: str, query: dict[str, str], faults: Callable[[dict], str | None],
    settled: bool = True,
) -> tuple[dict, Path]:  # fmt: skip
    """Get an answer in JSON, from the cache or the service.

    Parameters
    ----------
    service : str
        Its name, for messages and the cache.
    address : str
        Where it is asked.
    query : dict of str to str
        What it is asked, as the address's query.
    faults : callable
        Says what is wrong with an answer; None for nothing. Faulty answers are not kept.
    settled : bool
        Whether the answer will stay the same; one that may not is asked for again after a day.

    Returns
    -------
    dict, Path
        The answer, and the file that holds it.

    Raises
    ------
    UserError
        With what to do next.
    """
    url = requests.Request("GET", address, params=query).prepare().url
    kept = cache(service) / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
    if kept.exists() and (settled or time.time() - kept.stat().st_mtime < DAY):
        try:
            answer = json.loads(kept.read_bytes())
            if faults(answer) is None:
                return answer, kept
        except ValueError:
            pass  # damaged since: ask again
    content = _get(service, url)
    answer = _decode(service, url, content)
    fault = faults(answer)
    if fault:
        raise UserError(f"{service} answered without what is needed ({fault}): {url}")
    _keep(kept, content)
    return answer, kept


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def _get(service: str, url: str) -> bytes:
    """Ask up to three times, with growing pauses where the service is busy or out of reach."""
    for attempt in range(1, TRIES + 1):
        time.sleep(PAUSE * attempt)
        last = attempt == TRIES
        try:
            reply = requests.get(url, headers={"User-Agent": AGENT}, timeout=WAIT)
        except requests.RequestException as error:
            if last:
                raise UserError(
                    f"{service} cannot be reached ({type(error).__name__}): look after the "
                    "connection and give the same command again; what came before is kept"
                ) from None
            continue
        if reply.status_code == 200:
            return reply.content
        if last or (reply.status_code != 429 and reply.status_code < 500):
            raise UserError(_refusal(service, url, reply))
        time.sleep(_asked_wait(reply))
    raise AssertionError("unreachable")


def _asked_wait(reply: requests.Response) -> float:
    try:
        return min(float(reply.headers.get("Retry-After", 0)), LONGEST_WAIT)
    except ValueError:  # a date instead of seconds
        return LONGEST_WAIT


def _refusal(service: str, url: str, reply: requests.Response) -> str:
    """Say what a status other than 200 means and what to do."""
    status = reply.status_code
    said = " ".join(reply.text[:300].split())
    if status == 429:
        return f"{service} takes no more questions for now (429): give the same command again later"
    if status >= 500:
        return (
            f"{service} is out of order ({status}): give the same command again later; what came "
            "before is kept"
        )
    if status in (404, 410):
        return (
            f"{service} is no longer at {url.split('?')[0]} ({status}): look for its new address "
            f"and set SWGW_{service.split()[-1].upper()} to it"
        )
    return f"{service} refused the question ({status}): {said or 'no reason given'} ({url})"


def _decode(service: str, url: str, content: bytes) -> dict:
    try:
        answer = json.loads(content)
    except ValueError:
        start = content[:40].decode("ascii", "replace").strip()
        raise UserError(
            f"{service} gave a broken or half answer ({len(content)} bytes that begin with "
            f"{start!r} and are no JSON): give the same command again; what came before is kept"
        ) from None
    if not isinstance(answer, dict):
        raise UserError(f"{service} answered with a {type(answer).__name__}, no object: {url}")
    return answer
