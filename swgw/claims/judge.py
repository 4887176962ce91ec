"""The rule that judges a claim, and the findings that pages keep."""

import json
from collections.abc import Iterable
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from scipy.stats import norm

from swgw.claims.read import Band, Claim, read_claims
from swgw.scores.means import over_seeds, with_interval
from swgw.storage.files import write_text

# Every verdict in the order of tables, with a shape, so that nothing rests on colour alone.
MARKS = {
    "supported and of note": "▲", "supported but negligible": "△",
    "no effect within the bound": "□", "contradicted": "▼", "inconclusive": "○",
    "not judged": "–", "not testable here": "◇",
}  # fmt: skip


def judge(parts: pd.DataFrame, band: Band = (0, inf), smallest: float = 0.0) -> list[str]:
    """Judge each part of a claim that a statistic lies in a band.

    Parameters
    ----------
    parts : DataFrame (part)
        Columns value, low, high (with ends of the 90 % interval) and seeds.
    band : tuple of float
        Where the statistic lies if the claim is right; "above zero" by default.
    smallest : float
        Smallest effect of interest: a depth inside the band, in the unit of the statistic.

    Returns
    -------
    list of str
        One of the first six of :data:`MARKS` for each part. *Supported*: the whole interval is
        inside the band, *of note* where the value is as deep as the smallest effect. *No effect
        within the bound*: the whole interval is nearer to the edge than that. *Contradicted*: the
        whole interval is outside, the parts together tested at 5 % by Holm's method as if their
        intervals were normal. *Not judged*: fewer than two seeds, or no interval.

    Examples
    --------
    >>> rows = {"value": [0.2, -0.05, -0.2], "low": [0.1, -0.2, -0.3], "high": [0.3, 0.1, -0.1]}
    >>> judge(pd.DataFrame(rows).assign(seeds=3))
    ['supported and of note', 'inconclusive', 'contradicted']
    """
    value, low, high = (parts[name].to_numpy(float) for name in ("value", "low", "high"))
    depth = np.array([np.minimum(x - band[0], band[1] - x) for x in (low, value, high)])
    least, most = depth.min(axis=0), depth.max(axis=0)
    half = np.where(value < band[0], high - value, value - low).clip(1e-12)
    p = np.nan_to_num(norm.sf(norm.ppf(0.95) * -depth[1] / half), nan=1)
    holm = np.maximum.accumulate(np.sort(p) * np.arange(len(p), 0, -1))[p.argsort().argsort()]
    rules = {
        "not judged": (parts["seeds"].to_numpy(float) < 2) | ~np.isfinite(low),
        "supported and of note": (least > 0) & (depth[1] >= smallest),
        "supported but negligible": least > 0,
        "no effect within the bound": (least > -smallest) & (most < smallest),
        "contradicted": holm < 0.05,
    }
    return np.select(list(rules.values()), list(rules), "inconclusive").tolist()


def combine(verdicts: Iterable[str]) -> str:
    """Judge a claim from the verdicts on its parts: all must support it, one contradicts it.

    Examples
    --------
    >>> combine(["supported and of note", "inconclusive"])
    'inconclusive'
    """
    order = ("contradicted", "not judged", "inconclusive", *list(MARKS)[2::-1])
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


def claim(
    study,
    key: str,
    table: pd.DataFrame | str,
    ours: pd.DataFrame | None = None,
    without: pd.DataFrame | None = None,
) -> None:
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
    ours : DataFrame, optional
        The same table with this book's inputs and targets, where ``table`` has the paper's.
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
    if names and len(study.realisations) and not isinstance(table, str):
        table, without = over_seeds(study.realisations[names].dropna()), None
        table["realisations"] = table["seeds"]
    found = find(study, asked, table)
    if without is not None and found["verdict"] not in ("inconclusive", "not judged"):
        other = find(study, asked, without)["verdict"]
        turned = f"without its most influential value it would be {other}"
        found["note"] = turned * (other != found["verdict"])
    text = sentence(found)
    if ours is not None:
        other = find(study, asked, ours)
        found["ours"] = other["verdict"]
        text += f" With this book's inputs and targets: {verdict(other)}."
    kept = json.dumps(found | {"run": _run(study)}, ensure_ascii=False, indent=1)
    write_text(_path(study, key), kept + "\n")
    display(Markdown(text))


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
    edges = {"from": -np.inf, "to": np.inf}
    return table.astype(dict.fromkeys((*edges, "value", "low", "high"), float)).fillna(edges)


def find(study, asked: Claim, table: pd.DataFrame | str) -> dict:
    """Judge a claim and give all that a page says of it, as plain values.

    Returns
    -------
    dict
        key, heading, short, text, where, number (both empty where the basin is not the sources'),
        origin, page, rule, from, to (the band), smallest, parts (list of dict: part, value, low,
        high, seeds, ..., verdict), deciding (the name of a part), value, low, high (of that one),
        unit, sample, verdict, note, ours (the verdict with this book's inputs and targets, or
        empty). None is infinite or unknown.
    """
    known, own = not isinstance(table, str), study.companion
    parts = table.rename(index=str).rename_axis("part") if known else pd.DataFrame()
    reason = asked.untestable if known else table
    flow = study.surface_water[study.gauge] if asked.unit == "gauge" and len(parts) else None
    scale = 1.0 if flow is None else float(flow.loc[study.test_period].std())
    found = {name: getattr(asked, name) for name in ("key", "heading", "short", "text", "origin")}
    found |= {"where": asked.where * own, "number": asked.number * own, "page": asked.page}
    found |= {"rule": asked.rule(len(parts), scale), "note": reason}
    found |= dict.fromkeys(("deciding", "sample", "ours"), "")
    found = {name: text.replace("{water}", study.water) for name, text in found.items()}
    found |= {"unit": study.unit if asked.unit == "gauge" else asked.unit}
    edges = [edge if np.isfinite(edge) else None for edge in asked.band]
    found |= {"from": edges[0], "to": edges[1], "smallest": asked.smallest * scale}
    found |= {"value": None, "low": None, "high": None, "parts": []}
    if not len(parts):
        reason = reason or "none of the models that it takes is trained"
        return found | {"verdict": "not testable here", "note": reason}
    parts["seeds"] = parts.get("seeds", len(study.seeds))
    parts["verdict"] = judge(parts, asked.band, found["smallest"])
    name = deciding(parts, asked.band)
    rows = json.loads(parts.reset_index().to_json(orient="records", double_precision=15))
    found |= {end: rows[parts.index.get_loc(name)][end] for end in ("value", "low", "high")}
    found |= {"parts": rows, "deciding": name, "sample": _sample(asked, parts.loc[name])}
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
    return find(study, asked, f"page {asked.page} was not executed with these seeds and data")


def _path(study, key: str) -> Path:
    return study.folder / "results" / "findings" / f"{key}.json"


def _run(study) -> list:
    """What a finding must agree in with the study that gathers it."""
    return [study.profile.name, len(study.seeds), study.basin.digest]


def sentence(found: dict) -> str:
    """Write a finding as two sentences of Markdown: the claim, then the verdict and its number."""
    source = "; published: ".join(filter(None, (found["where"], found["number"])))
    text = f"**Claim** `{found['key']}`: {found['text']}" + f" *({source})*" * bool(source)
    note = f"; {found['note']}" * bool(found["note"])
    return f"{text} **Verdict:** {verdict(found)}{note}."


def verdict(found: dict) -> str:
    """Write the verdict of a finding with its number, interval and sample, as Markdown."""
    kind = found["verdict"].replace(" ", "-")
    text = f'<span class="verdict {kind}">{MARKS[found["verdict"]]}</span> **{found["verdict"]}**'
    if found["value"] is None:
        return text
    ends = [np.nan if found[end] is None else found[end] for end in ("value", "low", "high")]
    edges = [edge for edge in (found["from"], found["to"]) if edge is not None]
    number = with_interval(*ends, 3 if abs(ends[0]) < 0.1 else 2, edges)
    of = f"`{found['deciding']}`" if len(found["parts"]) > 1 else ""
    of += f", which decides among {len(found['parts'])}" * bool(of)
    sample = "; ".join(filter(None, (of, found["sample"])))
    return f"{text}, {number}{' ' * bool(found['unit'])}{found['unit']} ({sample})"


def _sample(asked: Claim, row: pd.Series) -> str:
    """What the interval is over, in words: "3 seeds × 14 blocks"."""
    own = "seeds" in asked.sample and "realisations" not in row
    names = [*("seeds",) * own, *COUNTS]
    counts = {name: int(row[name]) for name in names if row.get(name, 0) > 0}
    return " × ".join(f"{n:,} {name if n != 1 else name[:-1]}" for name, n in counts.items())
