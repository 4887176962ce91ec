"""The tables and words of the page on uncertainty: methods, coverage, differences, what is left."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from swgw.book import text as words
from swgw.experiments import intervals, uncertainty
from swgw.experiments.uncertainty import RAW, RECALIBRATED
from swgw.models.run import FOLDS
from swgw.pages.simulations import references, trained
from swgw.pages.uncertainty import (
    fullest,
    has_folds,
    interval_models,
    quantile_models,
    target_unit,
    target_word,
)
from swgw.scores import bootstrap
from swgw.scores.conformal import LEVELS
from swgw.scores.rounding import telling_digits

SEE_ABOVE = "Not given in this profile, which trains no model on part of the training years."
NO_FOLDS = (
    "This profile trains no model on part of the training years, so there is nothing to "
    "recalibrate with: intervals are shown **as the models give them**. Profile `paper` has the "
    "runs that are needed."
)

COMPARED = (
    "Each trained model is compared with the reference whose CRPS was lowest on blocks left out "
    "(neither with the one that happened to be best in the test years nor with that of "
    "{doc}`03_1_runoff`, which had the highest NSE in the validation period), series by series "
    "and over the same blocks of time; then the median over series is taken. Positive numbers mean "
    "a lower, better CRPS."
)


def words_intervals(study) -> Markdown:
    """Say which models give quantiles, and what the others get them from."""
    own = list(dict.fromkeys(m for task in study.tasks for m in quantile_models(study, task)))
    text = (
        f"{words.listing(own)} give {len(LEVELS)} quantiles, from {words.percent(LEVELS[0], 1)} to "
        f"{words.percent(LEVELS[-1], 1)}. The recurrent models and the references give one number. "
    )
    if not has_folds(study):
        return Markdown(text + "\n\n" + NO_FOLDS)
    train = study.basin.settings.train
    text += (
        "Every model of the paper and every reference was fitted "
        f"{FOLDS} times more, each time without one of "
        f"{FOLDS} blocks of the training years ({words.period(train)}), and forecast the block it "
        "had not seen. The errors of these forecasts give them all intervals; our controls were "
        "not fitted again and keep their own quantiles."
    )
    return Markdown(text)


def table_methods(study) -> Markdown:
    """Which unit of errors was best on blocks left out, and the coverage there."""
    if not has_folds(study):
        return Markdown(SEE_ABOVE)
    rows = []
    for task in study.tasks:
        for model in intervals.calibrated_models(study, task):
            found = intervals.learned(study, task, model)
            first = next(iter(found.crps.values()))
            rows.append(
                {
                    "target": target_word(study, task),
                    "model": model,
                    "unit of the errors": intervals.UNITS[found.calibration.method.unit],
                    "taken": "together" if found.calibration.method.pooled else "by series",
                    "CRPS against the plainest": words.percent(
                        found.crps[found.calibration.method] / first - 1, 1
                    ),
                    "80 % held": words.percent(found.coverage["80"]),
                    "95 % held": words.percent(found.coverage["95"]),
                }
            )
    text = (
        "\n\nThe column on the CRPS says by how much the chosen unit is better than the plainest "
        "one, on blocks left out; the last two give the coverage of such blocks."
    )
    return Markdown(words.table(pd.DataFrame(rows)).data + text)


def words_methods(study) -> Markdown:
    """Say how the coverage of single blocks scatters when each is left out."""
    if not has_folds(study):
        return Markdown("")
    lines = []
    for task in study.tasks:
        model = fullest(study, task)
        blocks = intervals.learned(study, task, model).by_block
        each = words.listing(words.percent(share) for share in blocks)
        lines.append(
            f"- {target_word(study, task)}, {model}: the 80 % intervals hold {each} of the "
            f"{len(blocks)} blocks."
        )
    return Markdown("\n".join(lines))


def table_coverage(study) -> Markdown:
    """Coverage of both intervals, width and CRPS of every model, each target under its name."""
    parts = []
    for task in study.tasks:
        unit, rows = target_unit(study, task), []
        digits = 3 if task == "head" else 1
        for model in interval_models(study, task):
            for kind in uncertainty.kinds(study, task, model):
                row = {"model": f"**{model}**" if model in words.MODELS else f"*{model}*"}
                row["quantiles"] = kind
                for name in ("80", "95"):
                    row[f"{name} % interval holds"] = _percent_interval(
                        uncertainty.interval_of(study, task, model, kind, f"coverage_{name}")
                    )
                for score, title in (("width_80", "width of 80 %"), ("crps", "CRPS")):
                    found = uncertainty.interval_of(study, task, model, kind, score)
                    row[f"{title} [{unit}]"] = words.number(found.value, digits)
                rows.append(row)
        table = words.table(pd.DataFrame(rows)).data if rows else "No model has intervals."
        parts.append(f"**{target_word(study, task)}**\n\n{table}")
    return Markdown("\n\n".join(parts))


def _percent_interval(found: bootstrap.Interval) -> str:
    text = words.percent(found.value)
    if np.isfinite(found.low):
        text += f" ({words.number(100 * found.low, 0)}–{words.number(100 * found.high, 0)})"
    return text


def table_effect(study) -> Markdown:
    """How much nearer to nominal recalibration brings each quantile model, and whether it does."""
    if not has_folds(study):
        return Markdown(SEE_ABOVE)
    rows = []
    for task in study.tasks:
        for model in quantile_models(study, task):
            if RECALIBRATED not in uncertainty.kinds(study, task, model):
                continue
            for name in ("80", "95"):
                score = f"coverage_{name}"
                gain = uncertainty.nearer(study, task, model, score)
                raw, again = (
                    uncertainty.interval_of(study, task, model, kind, score)
                    for kind in (RAW, RECALIBRATED)
                )
                rows.append(
                    {
                        "target": target_word(study, task),
                        "model": model,
                        "interval": f"{name} %",
                        "raw": _percent_interval(raw),
                        "recalibrated": _percent_interval(again),
                        "nearer by [points]": _points(gain),
                        "verdict": f"**{verdict_word(gain)}**",
                    }
                )
    return words.table(pd.DataFrame(rows))


def _points(found: bootstrap.Interval) -> str:
    digits = telling_digits([100 * found.low, 100 * found.high], 1)
    points = (words.number(100 * v, digits) for v in (found.value, found.low, found.high))
    return "{} ({} to {})".format(*points)


def verdict_word(found: bootstrap.Interval) -> str:
    """Word for a difference of distances to nominal; inside its interval it is none."""
    word = bootstrap.verdict(found)
    return {"supported": "nearer", "contradicted": "farther", "inconclusive": "no difference"}.get(
        word, word
    )


def table_crps(study) -> Markdown:
    """By which share each trained model's CRPS lies below the best reference's, with intervals."""
    if not has_folds(study):
        return Markdown(SEE_ABOVE)
    rows = []
    for task in study.tasks:
        known = intervals.calibrated_models(study, task)
        best = min(
            (name for name in references(study, task) if name in known),
            key=lambda name: intervals.learned(study, task, name).crps_left_out,
        )
        for model in [name for name in trained(study, task) if name in known]:
            gain = uncertainty.crps_gain(study, task, model, best)
            word = bootstrap.verdict(gain)
            rows.append(
                {
                    "target": target_word(study, task),
                    "model": model,
                    "best reference": best,
                    "CRPS lower by": _share(gain),
                    "verdict": "**"
                    + {
                        "supported": "better",
                        "contradicted": "worse",
                        "inconclusive": "no difference",
                    }.get(word, word)
                    + "**",
                }
            )
    return Markdown(f"{words.table(pd.DataFrame(rows)).data}\n\n{COMPARED}")


def _share(gain: bootstrap.Interval) -> str:
    """Write a share with its ends [%], with a digit more where an end rounds to zero."""
    ends = [100 * gain.low, 100 * gain.high]
    digits = telling_digits(ends, 0)
    low, high = (words.number(end, digits) for end in ends)
    return f"{words.percent(gain.value, digits)} ({low} to {high})"


def words_crossing(study) -> Markdown:
    """Say how often the quantile models' own quantiles cross, before they are sorted."""
    lines = []
    for task in study.tasks:
        shares = [
            f"{model} {words.percent(uncertainty.crossing(study, task, model), 1)}"
            for model in quantile_models(study, task)
        ]
        lines.append(f"- {target_word(study, task)}: {words.listing(shares)}")
    return Markdown("Share of forecasts in which quantiles cross:\n\n" + "\n".join(lines))


def words_left(study) -> Markdown:
    """Say how far recalibrated intervals still are from nominal, and why they can be."""
    kind = RECALIBRATED if has_folds(study) else RAW
    lines = []
    for task in study.tasks:
        model = fullest(study, task)
        found = uncertainty.interval_of(study, task, model, kind, "coverage_80")
        below = uncertainty.reliability(study, task, model, kind)[LEVELS.index(0.5)]
        lines.append(
            f"- {target_word(study, task)}: the {kind} 80 % intervals of {model} hold "
            f"{words.percent(found.value)}{_shortfall(found)}; {words.percent(below)} of the "
            "observations lie below its median."
        )
    return Markdown("\n".join(lines))


def _shortfall(found: bootstrap.Interval) -> str:
    """Say whether 80 % lies inside the interval of a coverage."""
    if not np.isfinite(found.low):
        return ""
    if found.low <= 0.8 <= found.high:
        return " (80 % lies inside the interval of this number)"
    return ", too few" if found.high < 0.8 else ", more than they should"
