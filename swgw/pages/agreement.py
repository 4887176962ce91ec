"""What the page on the drivers shows of trust: what readings say matters against what does."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.attribution import agreement
from swgw.book import text as words
from swgw.pages.tested import interval_text, needs_probe
from swgw.plots import trust as plots
from swgw.scores import ranks
from swgw.scores.rounding import with_interval

WORTH = ("truth", "both", "wells:3")
SHOWN = (agreement.WEIGHTS, agreement.PERMUTED, agreement.IN_SEASON)
QUESTIONS = {
    agreement.OVER_WELLS: "wells ranked, by driver",
    agreement.OVER_DRIVERS: "drivers ranked, at each well",
}


@needs_probe(*WORTH)
def figure_said(study) -> Figure:
    """What three readings say of each driver at each well, against the truth."""
    truth = agreement.true_shares(study)
    found = agreement.readings(study)
    said = {}
    for name in SHOWN:
        values, wells = found[name]
        frame = pd.DataFrame(values.mean(axis=0), wells, list(truth)).reindex(truth.index)
        said[name.replace(", ", ",\n").replace(" within", "\nwithin")] = frame
    return plots.plot_said(said, truth)


@needs_probe(*WORTH)
def figure_agreement(study) -> Figure:
    """Rank correlation of every reading with the truth, wells ranked and drivers ranked."""
    table = agreement.agreement(study).set_index("reading")
    found = {title: table[table["over"] == over] for over, title in QUESTIONS.items()}
    return plots.plot_agreement(found, ranks.CLOSE)


@needs_probe(*WORTH)
def table_agreement(study) -> Markdown:
    """Rank correlations over wells, driver by driver."""
    table = agreement.agreement(study)
    table["text"] = [with_interval(r.value, r.low, r.high) for r in table.itertuples()]
    rows = [
        {"reading": reading} | dict(zip(map(_column, own["over"]), own["text"], strict=True))
        for reading, own in table.groupby("reading", sort=False)
    ]
    return words.table(pd.DataFrame(rows))


def _column(over: str) -> str:
    return {"irrigation": "irrigation, rain"}.get(over, over)


@needs_probe(*WORTH)
def words_agreement(study) -> Markdown:
    """Say by the rule how far each reading agrees with the truth, and which comes nearer."""
    lines = []
    for name in (*SHOWN, agreement.CORRELATION, agreement.ANOMALIES):
        parts = []
        for over, title in QUESTIONS.items():
            found = agreement.agreement_of(study, name, over)
            parts.append(f"**{ranks.trust(found)}** ({title}: {interval_text(found)})")
        lines.append(f"- {name[0].upper() + name[1:]}: {words.listing(parts)}.")
    return Markdown("\n".join(lines) + "\n\n" + _nearer(study) + " " + _scales(study))


def _nearer(study) -> str:
    """Say whether permutation importance comes nearer to the truth than the weights do."""
    gap = agreement.advantage(study, agreement.IN_SEASON, agreement.WEIGHTS)
    if gap.draws[0] < 2:
        word = "with one seed it is not judged which"
    elif gap.low > 0:
        word = "the one without attention comes nearer"
    else:
        word = "the weights come nearer" if gap.high < 0 else "neither comes nearer beyond chance"
    return (
        "Permutation importance within the season less selection weights, over wells: "
        f"{interval_text(gap)}; {word}."
    )


def _scales(study) -> str:
    """Say what becomes of the verdict on the weights where the truth is asked otherwise."""
    parts = []
    for scale, text in agreement.TRUTHS.items():
        found = agreement.agreement_of(study, agreement.WEIGHTS, scale=scale)
        parts.append(f"{text} {interval_text(found)}")
    return f"The weights against the truth {words.listing(parts)}."
