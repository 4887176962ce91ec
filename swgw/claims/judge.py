"""The claims of both sources (claims.yml), the rule that judges them, and the findings kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from IPython.display import Markdown, display

from swgw.scores.means import over_seeds, with_interval
from swgw.scores.resample import verdict
from swgw.storage.files import write_text

Band = tuple[float, float]
"""The bounds of a claim; infinite where it has one only."""


@dataclass(frozen=True)
class Claim:
    """A claim in our words, and what decides it; the head of ``claims.yml`` explains each entry."""

    key: str
    heading: str
    short: str
    text: str
    where: str
    origin: str
    page: str
    statistic: str
    band: Band
    sample: tuple[str, ...]
    table: str
    number: str = ""
    outside: Band | None = None
    needs: tuple[str, ...] = ()
    realisations: tuple[str, ...] = ()
    unit: str = ""
    untestable: str = ""

    def rule(self, parts: int = 1) -> str:
        """Write the rule in words, for a claim with so many parts; ``{water}`` is left in it."""
        low, high = (f"{edge:g}".replace("-", "−") for edge in self.band)
        lies = f"below {high}" if self.band[0] == -inf else f"between {low} and {high}"
        lies = f"above {low}" if self.band[1] == inf else lies
        each = f", in each of {parts}" if parts > 1 else ""
        but = f"; contradicted only above {self.outside[1]:g}" if self.outside else ""
        return f"the 90 % interval of {self.statistic} lies {lies}{each}{but}"


@lru_cache(maxsize=1)
def read_claims() -> dict[str, Claim]:
    """Read every claim by its key, in the order of the sources."""
    return {key: Claim(key, **entry) for key, entry in _read("claims.yml").items()}


def passages() -> pd.DataFrame:
    """List passages of the two sources that contradict each other or leave something open.

    Returns
    -------
    DataFrame (topic)
        where (sections, tables, figures), found, follows (what a reader may conclude).
    """
    return pd.DataFrame.from_dict(_read("passages.yml"), orient="index").rename_axis("topic")


def _read(name: str) -> dict:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


MARKS = {"supported": "▲", "contradicted": "▼", "inconclusive": "○", "not judged": "–",
         "not testable here": "◇"}  # fmt: skip
"""Every verdict in the order of tables, with a shape, so that nothing rests on colour alone."""


def judge(parts: pd.DataFrame, band: Band, outside: Band | None = None) -> list[str]:
    """Judge each number on its own, see :func:`swgw.verdict`.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns low, high (ends of the 90 % interval, unit of the statistic) and seeds.
    band : tuple of float
        Where the statistic lies if the claim is right.
    outside : tuple of float, optional
        A wider band: contradicted only outside it; the band itself by default.

    Returns
    -------
    list of str
        One of the first four of :data:`MARKS` for each part.

    Examples
    --------
    >>> table = pd.DataFrame({"low": [0.1, -0.2, -0.3], "high": [0.3, 0.1, -0.1], "seeds": 3})
    >>> judge(table, (0, np.inf))
    ['supported', 'inconclusive', 'contradicted']
    """
    words = []
    for _, row in parts.iterrows():
        word, wider = verdict(row, *band), verdict(row, *(outside or band))
        words.append("inconclusive" if word == "contradicted" != wider else word)
    return words


def combine(verdicts: Iterable[str]) -> str:
    """Judge a claim from the verdicts on its parts: all must support it, one contradicts it.

    Examples
    --------
    >>> combine(["supported", "inconclusive"]), combine(["inconclusive", "contradicted"])
    ('inconclusive', 'contradicted')
    """
    order = ("contradicted", "not judged", "inconclusive", "supported")
    return next((word for word in order if word in set(verdicts)), "not testable here")


def deciding(parts: pd.DataFrame, band: Band) -> object:
    """Name the part that decides: of those with the claim's verdict, the farthest from support.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns value and verdict; at least one row.
    band : tuple of float
    """
    chosen = parts.loc[parts["verdict"] == combine(parts["verdict"]), "value"].astype(float)
    margin = np.minimum(chosen - band[0], band[1] - chosen)
    return margin.index[int(np.argmin(margin.fillna(np.inf)))]


COUNTS = ("wells", "blocks", "steps", "lags", "realisations")


def claim(study, key: str, table: pd.DataFrame | str, without: pd.DataFrame | None = None) -> None:
    """Judge a claim by its rule, show the verdict, keep ``results/findings/KEY.json``.

    Parameters
    ----------
    study : Study
        Its folder, profile, seeds, water, unit, companion and realisations are used.
    key : str
        Of a claim in ``claims.yml``; its entry ``table`` says which rows are expected.
    table : DataFrame (part) or str
        What decides the claim, as :func:`swgw.intervals` and :func:`swgw.differences` give it:
        columns value, low, high (unit of the statistic), seeds (those of the study by default) and
        what else was resampled (blocks, wells, steps, lags); paper (the source's number) if known.
        A string instead says why the claim cannot be tested here. Where other realisations of a
        virtual basin were made and the claim depends on them, they judge it instead.
    without : DataFrame, optional
        The same table without one influential value. Where it would turn a decided verdict, the
        finding says so.

    Raises
    ------
    KeyError
        If no claim has this key.
    """
    asked = read_claims()[key]
    if asked.untestable and not study.companion:
        return
    names = list(asked.realisations)
    if names and len(study.realisations):
        table, without = over_seeds(study.realisations[names].dropna()), None
        table["realisations"] = table["seeds"]
    found = find(study, asked, table)
    if without is not None and found["verdict"] in ("supported", "contradicted"):
        other = find(study, asked, without)["verdict"]
        turned = f"without its most influential value it would be {other}"
        found["note"] = turned * (other != found["verdict"])
    kept = json.dumps(found | {"run": _run(study)}, ensure_ascii=False, indent=1)
    write_text(_path(study, key), kept + "\n")
    display(Markdown(sentence(found)))


def findings(study) -> pd.DataFrame:
    """Gather what the pages found on every claim that can be asked of a basin.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame (key)
        As :func:`find` gives each; from and to are infinite where the band is open. Claims whose
        page was not executed with this profile and these seeds are not testable here.
    """
    asked = [c for c in read_claims().values() if study.companion or not c.untestable]
    table = pd.DataFrame([_finding(study, one) for one in asked]).set_index("key")
    edges = {"from": -np.inf, "to": np.inf, "least": -np.inf, "most": np.inf}
    return table.astype(dict.fromkeys((*edges, "value", "low", "high"), float)).fillna(edges)


def find(study, asked: Claim, table: pd.DataFrame | str) -> dict:
    """Judge a claim and give all that a page says of it, as plain values.

    Returns
    -------
    dict
        key, heading, short, text, where, number (both empty where the basin is not the sources'),
        origin, page, rule, from, to (the band), least, most (contradicted beyond them), parts (list
        of dict: part, value, low, high, seeds, ..., verdict), deciding (the name of a part), value,
        low, high (of that one), unit, sample, verdict, note. None is infinite or unknown.
    """
    reason = table if isinstance(table, str) else asked.untestable
    parts = pd.DataFrame() if isinstance(table, str) else table.copy()
    own = study.companion
    found = {name: getattr(asked, name) for name in ("key", "heading", "short", "text", "origin")}
    found |= {"where": asked.where * own, "number": asked.number * own, "page": asked.page}
    found |= {"rule": asked.rule(len(parts)), "note": reason, "deciding": "", "sample": ""}
    found = {name: text.replace("{water}", study.water) for name, text in found.items()}
    edges = (*asked.band, *(asked.outside or asked.band))
    found |= dict(zip(("from", "to", "least", "most"), map(_plain, edges), strict=True))
    found |= {"value": None, "low": None, "high": None, "parts": []}
    found |= {"unit": study.unit if asked.unit == "gauge" else asked.unit}
    if not len(parts):
        reason = reason or "none of the models that it takes is trained"
        return found | {"verdict": "not testable here", "note": reason}
    parts["seeds"] = parts.get("seeds", len(study.seeds))
    parts["verdict"] = judge(parts, asked.band, asked.outside)
    name = deciding(parts, asked.band)
    found |= {"deciding": str(name), "sample": _sample(asked, parts.loc[name])}
    found |= {end: _plain(parts.loc[name, end]) for end in ("value", "low", "high")}
    found["parts"] = [
        {"part": str(part)} | {column: _plain(value) for column, value in row.items()}
        for part, row in parts.iterrows()
    ]
    return found | {"verdict": "not testable here" if reason else combine(parts["verdict"])}


def _finding(study, asked: Claim) -> dict:
    """What the page of a claim has kept, or why there is nothing."""
    if asked.table == "none":
        return find(study, asked, asked.untestable)
    if lacking := study.lacking(*asked.needs):
        return find(study, asked, "this basin has " + "; and ".join(lacking))
    path = _path(study, asked.key)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if kept.pop("run", None) == _run(study):
        return kept
    return find(study, asked, f"page {asked.page} was not executed with these seeds")


def _path(study, key: str) -> Path:
    return study.folder / "results" / "findings" / f"{key}.json"


def _run(study) -> list:
    """What a finding must agree in with the study that gathers it."""
    return [study.profile.name, len(study.seeds)]


def sentence(found: dict) -> str:
    """Write a finding as two sentences of Markdown: the claim, then the verdict and its number."""
    source = "; published: ".join(filter(None, (found["where"], found["number"])))
    text = f"**Claim** `{found['key']}`: {found['text']}" + f" *({source})*" * bool(source)
    kind = found["verdict"].replace(" ", "-")
    text += f' **Verdict:** <span class="verdict {kind}">{MARKS[found["verdict"]]}</span> '
    text += f"**{found['verdict']}**"
    if found["value"] is not None:
        ends = [np.nan if found[end] is None else found[end] for end in ("value", "low", "high")]
        edges = [edge for edge in (found["from"], found["to"]) if edge is not None]
        number = with_interval(*ends, 3 if abs(ends[0]) < 0.1 else 2, edges)
        of = f"`{found['deciding']}`" if len(found["parts"]) > 1 else ""
        of += f", which decides among {len(found['parts'])}" * bool(of)
        text += f", {number}{' ' * bool(found['unit'])}{found['unit']}"
        text += f" ({'; '.join(filter(None, (of, found['sample'])))})"
    return text + f"; {found['note']}" * bool(found["note"]) + "."


def _sample(asked: Claim, row: pd.Series) -> str:
    """What the interval is over, in words: "3 seeds × 14 blocks"."""
    own = "seeds" in asked.sample and "realisations" not in row
    names = [*("seeds",) * own, *COUNTS]
    counts = {name: int(row[name]) for name in names if row.get(name, 0) > 0}
    return " × ".join(f"{n:,} {name if n != 1 else name[:-1]}" for name, n in counts.items())


def _plain(value):
    """A value that JSON knows; None for what is not finite."""
    if isinstance(value, str):
        return value
    return float(value) if np.isfinite(value) else None
