"""What the page on attention says of trust: needs of the past, agreement of seeds, a verdict."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.attribution import agreement
from swgw.attribution import tests as trust
from swgw.attribution.groups import parts_of_past
from swgw.attribution.work import lack
from swgw.book import text as words
from swgw.pages import missing
from swgw.pages.agreement import WORTH
from swgw.pages.attention import CHANCE, attention_of_issue, beyond_chance, matches, readings
from swgw.pages.importance import targets
from swgw.pages.tested import interval_text, needs_probe
from swgw.plots import trust as plots
from swgw.scores import ranks
from swgw.scores.bootstrap import Interval


def past_shares(study, kind: str) -> pd.DataFrame:
    """Give how much each part of the past matters [%], mean over series: (age, seed).

    ``kind`` is "attention" or "needs"; see :func:`swgw.attribution.tests.said_of_past`.
    """
    said = trust.said_of_past(study, kind)
    ages = trust.needs(study)[0]["age"].to_numpy()
    mean = 100 * np.nanmean(said, axis=1)
    return pd.DataFrame(mean.T, ages, list(study.profile.seeds))


@needs_probe()
def figure_past(study) -> Figure:
    """Attention by age of the past beside what forecasts need of it."""
    settings = study.basin.settings
    parts = parts_of_past(settings.encoder_length, study.prepared.steps_per_year / 12)
    even = [100 * (part.stop - part.start) / settings.encoder_length for part in parts.values()]
    return plots.plot_past(past_shares(study, "attention"), past_shares(study, "needs"), even)


@needs_probe()
def words_past(study) -> Markdown:
    """Say which part of the past is attended to most, which is needed most, and if they agree."""
    shares = {kind: past_shares(study, kind).mean(axis=1) for kind in ("attention", "needs")}
    top = {kind: (values.idxmax(), values.max()) for kind, values in shares.items()}
    found = trust.attention_and_needs(study)
    return Markdown(
        f"Most attention lies on the part {top['attention'][0]} months before the issue time "
        f"({words.number(top['attention'][1], 0)} %); most of the rise of the loss comes from the "
        f"part {top['needs'][0]} months before ({words.number(top['needs'][1], 0)} %). Over the "
        "parts of the past, per step, ranks of attention and need correlate with "
        f"{interval_text(found)}: by the rule, attention {_as_needs(found)}."
    )


def _as_needs(found: Interval) -> str:
    """What the rule says of attention, with its verb."""
    word = ranks.trust(found)
    if word == "not judged":
        return "is **not judged**, with one seed"
    if word == "tells nothing":
        return "**tells nothing** of what forecasts need"
    return f"**{word}**" + " with what forecasts need" * word.startswith("agrees")


def seeds_agree(study) -> dict[str, Interval]:
    """Give the mean rank correlation between seeds of each reading, with the least and the most."""
    read = readings(study)
    seeds = list(study.profile.seeds)
    mean = {
        s: one["attention"].mean("lead_time").to_numpy() for s, one in zip(seeds, read, strict=True)
    }
    found = {
        "attention, the windows of Fig. 10": ranks.agreement_of_seeds(attention_of_issue(study)),
        "attention, mean over test windows": ranks.agreement_of_seeds(pd.DataFrame(mean)),
    }
    for kind in ("encoder", "decoder", "static"):
        frame = pd.DataFrame(
            {s: one[f"{kind}_importance"].to_series() for s, one in zip(seeds, read, strict=True)}
        )
        found[f"selection weights, {kind}"] = ranks.agreement_of_seeds(frame)
    if not lack(study):
        for target in targets(study):
            name = "head" if target == "head" else words.surface_water_word(study)
            frame = trust.importance_of_seeds(study, target)
            found[f"permutation importance, {name}"] = ranks.agreement_of_seeds(frame)
    return found


def table_seeds(study) -> Markdown:
    """Give how far the seeds of one network agree about each reading."""
    if len(study.profile.seeds) < 2:
        return Markdown("One seed was trained here, so there is no other to agree with.")
    rows = [
        {
            "reading": name,
            "mean rank correlation of two seeds": words.number(found.value),
            "least": words.number(found.low),
            "most": words.number(found.high),
        }
        for name, found in seeds_agree(study).items()
        if np.isfinite(found.value)
    ]
    return words.table(pd.DataFrame(rows))


def drivers_followed(study) -> list[str] | None:
    """List the drivers that attention follows beyond its position and beyond one step.

    None where the basin has none that can be asked.
    """
    found, without = matches(study), matches(study, without_largest=True)
    asked = [name for name, match in found.items() if np.isfinite(match.p)]
    level = CHANCE / max(1, len(asked))
    return [n for n in asked if beyond_chance(found[n], without[n], level)] if asked else None


def checks(study) -> dict[str, bool | None]:
    """Put four questions to attention; None where the study cannot answer one."""
    followed = drivers_followed(study)
    agree = seeds_agree(study)["attention, mean over test windows"].value
    several = len(study.profile.seeds) > 1
    needed = None if lack(study) or not several else ranks.trust(trust.attention_and_needs(study))
    true = None
    if not (lack(study) or missing(study, *WORTH)) and several:
        true = ranks.trust(agreement.agreement_of(study, agreement.WEIGHTS))
    return {
        "Does attention follow a driver more closely than position explains, and not on one step "
        "alone?": None if followed is None else bool(followed),
        "Do seeds agree about it?": agree >= ranks.CLOSE if several else None,
        "Does it lie where forecasts need the past?": _yes(needed),
        "Do selection weights rank the wells as the truth does?": _yes(true),
    }


def _yes(word: str | None) -> bool | None:
    return None if word in (None, "not judged") else word.startswith("agrees")


def words_trust(study) -> Markdown:
    """Say by a rule how far attention and weights may be trusted in this study."""
    found = checks(study)
    marks = {True: "yes", False: "no", None: "cannot be answered here"}
    lines = [f"- {question} **{marks[answer]}**" for question, answer in found.items()]
    if followed := drivers_followed(study):
        lines[0] += f" ({words.listing(followed)})"
    lacking = missing(study, *WORTH)
    note = f" The question about the truth is left out: this basin has {'; and '.join(lacking)}."
    text = f"{_verdict(study, found)}{note * bool(lacking)}"
    return Markdown("\n".join(lines) + "\n\n" + text)


def verdict_on_attention(study) -> str:
    """Say in a sentence or two how far attention may be read, by how many checks answer yes."""
    return _verdict(study, checks(study))


def _verdict(study, found: dict[str, bool | None]) -> str:
    if len(study.profile.seeds) < 2:
        return "With one seed this is not judged; profile `paper` has three."
    answered = [answer for answer in found.values() if answer is not None]
    if all(answered):
        verdict = "In this study attention may be read as evidence of what the forecasts rest on."
    elif any(answered):
        verdict = (
            "In this study attention is a hint at best: what it suggests has to be shown by "
            "other means, such as exchanging the input."
        )
    else:
        verdict = "In this study attention is no evidence of what the forecasts rest on."
    return f"{sum(answered)} of {len(answered)} checks say yes. {verdict}"
