"""What the page on claims shows: every claim, its rule, the source's number, ours, the verdict."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.book.crossref_table import LinkedTable
from swgw.book.export import KeptTable
from swgw.claims import CLAIMS, VERDICTS, Claim, Finding, Part
from swgw.claims.forecasts import HEADS, TASK, WATER
from swgw.claims.readings import ATTENTION, CLUSTERS, DRIVERS
from swgw.claims.source import GROUP as TRANSFER_LEARNING
from swgw.pages import missing
from swgw.pages.evidence import FORECASTS
from swgw.pages.evidence_readings import READINGS, REMARKS
from swgw.pages.evidence_transfer import TRANSFER
from swgw.pages.evidence_wells import WELLS, over_draws
from swgw.plots import claims as plots
from swgw.scores.rounding import with_interval
from swgw.transfer.work import lack_of

EVIDENCE = FORECASTS | WELLS | READINGS | TRANSFER
"""By key of a claim: what gives its numbers from a study."""

PRIVATE = "the records behind this number are not public"
MARKS = {
    "supported": "▲",
    "contradicted": "▼",
    "inconclusive": "○",
    "not judged": "–",
    "not testable here": "◇",
}
"""A shape for each verdict, so that nothing rests on colour."""


def findings(study, *headings: str) -> tuple[Finding, ...]:
    """Judge the claims that can be asked of a basin, in the order of the sources.

    Parameters
    ----------
    study : Study
    *headings : str
        Groups of claims; all by default.
    """
    companion = study.basin.settings.companion_is_paper
    asked = [claim for claim in CLAIMS if companion or claim.own]
    return tuple(find(study, claim) for claim in asked if not headings or claim.group in headings)


@lru_cache(maxsize=512)
def find(study, claim: Claim) -> Finding:
    """Judge one claim: over draws of a virtual basin where it depends on them, else in this one."""
    lacking = missing(study, *claim.needs)
    if claim.page == "06_transfer" and lack_of(study):
        lacking = [*lacking, lack_of(study)]
    if lacking:
        return Finding(claim, reason="this basin has " + "; and ".join(lacking))
    drawn = bool(claim.drawn) and len(study.draws) > 0
    found = over_draws(study, claim) if drawn else EVIDENCE[claim.key](study, claim)
    if isinstance(found, str):
        return Finding(claim, reason=found)
    reason = "" if claim.own else PRIVATE
    of_the_draw = claim.over in ("wells", "steps", "lags") and claim.group != ATTENTION
    one_basin = bool(study.basin.settings.virtual and of_the_draw)
    remark = REMARKS[claim.key](study, claim) if claim.key in REMARKS else ""
    return Finding(claim, tuple(found), reason, drawn, one_basin and not drawn, remark)


def fill(study, text: str) -> str:
    """Name the surface water of a basin in a claim's words."""
    return text.replace("{water}", words.surface_water_word(study))


def groups(study, *headings: str) -> dict[str, list[Finding]]:
    """Give the findings under their headings, in order."""
    found: dict[str, list[Finding]] = {}
    for finding in findings(study, *headings):
        found.setdefault(fill(study, finding.claim.group), []).append(finding)
    return found


def claims_table(study) -> pd.DataFrame:
    """List every claim with its rule, numbers and verdict: what ``results/claims.csv`` holds.

    Returns
    -------
    DataFrame
        claim (key), group, text, where and published (both empty where the basin is not the
        sources' companion), rule with its band_low and band_high (empty where the claim is of the
        source's basin only), parts (how many numbers decide), deciding (which of them), value,
        low, high (of that one; 90 %), unit, sample, verdict, note, figure (its label), page.
    """
    companion, rows = study.basin.settings.companion_is_paper, []
    for finding in findings(study):
        claim, part = finding.claim, finding.deciding
        found = part.found if part else None
        rows.append(
            {
                "claim": claim.key,
                "group": fill(study, claim.group),
                "text": fill(study, claim.text),
                "where": claim.where if companion else "",
                "published": claim.number if companion else "",
                "rule": fill(study, finding.rule),
                "band_low": claim.band.low if claim.own else np.nan,
                "band_high": claim.band.high if claim.own else np.nan,
                "parts": len(finding.parts),
                "deciding": part.label if part else "",
                "value": found.value if found else np.nan,
                "low": found.low if found else np.nan,
                "high": found.high if found else np.nan,
                "unit": _unit(study, claim),
                "sample": finding.sample,
                "verdict": finding.verdict,
                "note": _note(finding).replace("`", ""),
                "figure": claim.figure,
                "page": claim.page,
            }
        )
    return pd.DataFrame(rows)


def _unit(study, claim: Claim) -> str:
    return study.basin.settings.unit if claim.unit == "gauge" else claim.unit


def _note(finding: Finding) -> str:
    """Say why a claim is not testable, or how far its verdict reaches."""
    if finding.reason:
        return finding.reason
    reach = "in this one virtual basin" * (finding.one_basin and finding.judged)
    return "; ".join(filter(None, (reach, finding.remark)))


def mark(verdict: str) -> str:
    """A verdict with its mark, coloured where the page has colours."""
    kind = verdict.replace(" ", "-")
    return f'<span class="verdict {kind}">{MARKS[verdict]}</span> **{verdict}**'


def ours(study, finding: Finding) -> str:
    """Our number of a claim with its interval, what it is of, and over what."""
    part = finding.deciding
    if part is None:
        return "–"
    if finding.reason:
        each = [f"{words.escape(p.label)} {words.number(p.found.value)}" for p in finding.parts]
        return words.listing(each)
    text, unit = _value(part), _unit(study, finding.claim)
    text += f" {unit}" * bool(unit)
    if len(finding.parts) > 1:
        text += f" ({words.escape(part.label)}, which decides among {len(finding.parts)})"
    return f"{text}; {finding.sample}" if np.isfinite(part.found.low) else text


def _value(part: Part) -> str:
    """A number with its interval, and digits enough to see where in the band it lies."""
    found, digits = part.found, 3 if abs(part.found.value) < 0.1 else 2
    edges = (part.band.low, part.band.high)
    return with_interval(found.value, found.low, found.high, digits, edges)


def table_claims(study, group: str) -> Markdown:
    """The claims under one heading: rule, the source's number, ours, verdict, figure.

    Parameters
    ----------
    study : Study
    group : str
        As the claims have it, with ``{water}``.
    """
    rows = [
        {
            "claim": _said(study, finding),
            "supported if": fill(study, finding.rule) or "–",
            "here, with 90 % interval": ours(study, finding),
            "verdict": f"{_verdict(finding)} ({{numref}}`{finding.claim.figure}`)",
        }
        for finding in findings(study, group)
    ]
    pages = {claim.figure: claim.page for claim in CLAIMS}
    return LinkedTable(pd.DataFrame(rows), pages)


def _said(study, finding: Finding) -> str:
    """A claim in our words; with its place and the source's number beside the source's basin."""
    claim = finding.claim
    said = fill(study, claim.text)
    if study.basin.settings.companion_is_paper:
        said += f"<br>*{claim.where}*"
        said += f"<br>published: {claim.number}" if claim.number else ""
    return said


def _verdict(finding: Finding) -> str:
    note = _note(finding)
    return mark(finding.verdict) + (f"; {note}" if note else "")


def table_all(study) -> KeptTable:
    """Count the verdicts under each heading; the file ``claims.csv`` goes with it."""
    rows = []
    for group, found in groups(study).items():
        counts = pd.Series([finding.verdict for finding in found]).value_counts()
        row = {"heading": group} | {MARKS[v]: str(counts.get(v, "")) for v in VERDICTS}
        rows.append(row | {"claims": len(found)})
    table = pd.DataFrame(rows)
    return KeptTable(words.table(table).data, "claims", claims_table(study))


def words_tally(study) -> Markdown:
    """Say how many claims have which verdict, and what chance would give."""
    found = findings(study)
    counts = pd.Series([finding.verdict for finding in found]).value_counts()
    parts = [f"{counts[v]} {v}" for v in VERDICTS if v in counts]
    noun = "claims" if study.basin.settings.companion_is_paper else "statements"
    text = f"Of {len(found)} {noun}, {words.listing(parts)}."
    decided = int(counts.get("supported", 0) + counts.get("contradicted", 0))
    if "not judged" in counts:
        text += (
            " With one seed nothing is judged: another seed may turn a sign. Profile `paper` "
            "has three."
        )
    elif decided:
        tried = decided + int(counts.get("inconclusive", 0))
        text += (
            f" Of the {tried} that were put to the test, about {round(0.1 * tried)} would be "
            "decided by chance alone if every true value lay on the edge of its band."
        )
    once = sum(finding.one_basin and finding.judged for finding in found)
    if once:
        text += (
            f" {words.count(once, 'verdict')} {'holds' if once == 1 else 'hold'} *in this one "
            "virtual basin*: another draw of it may turn them."
        )
    return Markdown(text)


def words_scope(study) -> Markdown:
    """Say whose claims these are, or that they are put to a basin of the reader's own."""
    n = words.count(len(findings(study)), "claim")
    if study.basin.settings.companion_is_paper:
        return Markdown(
            f"{n.capitalize()} of the two sources are put to the test here, on a stand-in for the "
            "paper's basin. The sources' own numbers stand beside ours. Where the stand-in "
            "disagrees, the paper may still be right about its own basin; what is shown is that "
            "the claim does not follow from the methods alone."
        )
    return Markdown(
        "This is not the basin of either source, so the page holds **the findings for this "
        f"basin**: {n} that others make of theirs, put to this one. Neither source is confirmed "
        "or refuted by them, and their numbers are left out."
    )


def figure_forecasts(study) -> Figure:
    """Claims on forecasts with their numbers and verdicts."""
    return _figure(study, (WATER, HEADS, TASK))


def figure_readings(study) -> Figure:
    """Claims on wells, attention, drivers and transfer with their numbers and verdicts."""
    return _figure(study, (CLUSTERS, ATTENTION, DRIVERS, TRANSFER_LEARNING))


def _figure(study, headings: tuple[str, ...]) -> Figure:
    rows = []
    for finding in findings(study, *headings):
        part, band = finding.deciding, finding.claim.band
        plain = part is not None and not finding.claim.unit
        value, low, high = (
            (part.found.value, part.found.low, part.found.high) if plain else (np.nan,) * 3
        )
        row = {"group": fill(study, finding.claim.group)}
        row |= {"label": fill(study, finding.claim.short)}
        row |= {"verdict": finding.verdict, "value": value, "low": low, "high": high}
        row |= {"paper": part.paper if plain else np.nan, "from": band.low, "to": band.high}
        rows.append(row)
    return plots.plot_claims(pd.DataFrame(rows))


def figure_verdicts(study) -> Figure:
    """The verdicts at a glance: a mark for each claim, a row for each heading."""
    marks = {
        group: [finding.verdict for finding in found] for group, found in groups(study).items()
    }
    return plots.plot_verdicts(marks)
