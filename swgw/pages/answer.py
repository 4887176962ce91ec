"""The answer of the whole book in a box: what its first page says before anything else."""

import numpy as np
import pandas as pd

from swgw.book import text as words
from swgw.book.text import Box
from swgw.pages import missing
from swgw.pages.against import standing
from swgw.pages.attention_tested import verdict_on_attention
from swgw.pages.second_task import HEADS, differences
from swgw.scores.bootstrap import Interval
from swgw.scores.rounding import with_interval
from swgw.scores.upper_benchmark import better

MORE = (
    "{doc}`03_3_second_task` takes the second task apart, {doc}`04_3_trust` puts readings to the "
    "test, {doc}`05_claims` judges every claim."
)
ONE_SEED = "not judged with one seed"


def words_answer(study) -> Box:
    """Say whether the second task helps, how near simple forecasts come, and what can be read."""
    parts = [
        f"**Does a second task help?** (Multi-task models less single-task ones)\n\n"
        f"{_second_task(study)}",
        f"**What does a network add?**\n\n{_networks(study)}",
        f"**May attention be read?** {verdict_on_attention(study)}",
        MORE,
    ]
    return Box("The answer at a glance", "\n\n".join(parts), "important")


def _second_task(study) -> str:
    lacking = missing(study, "both")
    if lacking:
        return f"- It cannot be asked here: this basin has {lacking[0]}."
    places = differences(study).groupby("place", sort=False)
    return "\n".join(f"- {_at_place(study, place, rows)}" for place, rows in places)


def _at_place(study, place: str, rows: pd.DataFrame) -> str:
    """Say with how many architectures multi-task models are ahead or behind at one place."""
    heads = place == HEADS
    what = "Heads" if heads else words.surface_water_word(study).capitalize()
    score = "median R² over the wells" if heads else "NSE"
    of = f"of {len(rows)} architectures"
    if (rows["word"] == "not judged").all():
        span = " to ".join(words.number(x, 3) for x in (rows["value"].min(), rows["value"].max()))
        return f"{what}: {ONE_SEED}; its {len(rows)} differences in {score} are {span}."
    said = []
    for word, verb in (("supported", "gain"), ("contradicted", "lose")):
        sure = rows[rows["word"] == word]
        if len(sure):
            each = words.listing(
                f"{r.comparison} {with_interval(r.value, r.low, r.high, 3)}"
                for r in sure.itertuples()
            )
            said.append(f"they {verb} {score} with {len(sure)} {of} ({each})")
    left = int((~rows["word"].isin(["supported", "contradicted"])).sum())
    if left:
        said.append(f"with {left} {of} no difference can be told from chance")
    return f"{what}: {'; '.join(said)}."


def _networks(study) -> str:
    """Set the best network of each task beside the best forecast without one."""
    said = []
    for task in study.tasks:
        found = standing(study, task)
        what = words.surface_water_word(study) if task == "surface_water" else "heads"
        if found is None:
            said.append(f"{what.capitalize()}: no score is defined.")
            continue
        score = "NSE" if task == "surface_water" else "median NSE"
        said.append(
            f"{what.capitalize()}: {found.model} reaches {score} {words.number(found.score, 3)}; "
            f"{found.reference}, which needs no network, {words.number(found.floor, 3)}; "
            f"{told_apart(study, task, found.difference)}."
        )
    return "\n".join(f"- {line}" for line in said)


def told_apart(study, task: str, difference: Interval) -> str:
    """Say whether a difference of two models of a task can be told from chance in this study."""
    if len(study.profile.seeds) < 2:
        return f"whether that is more than chance is {ONE_SEED}"
    if not np.isfinite(difference.low):
        return "whether that is more than chance cannot be said"
    told = "" if better(difference) else "not "
    ends = with_interval(difference.value, difference.low, difference.high, 3)
    of = "median of the wells' differences " * (task == "head")
    return f"the difference can {told}be told from chance ({of}{ends})"
