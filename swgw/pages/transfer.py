"""What the page on transfer learning shows: competitors, times, leakage, failures, verdicts."""

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.pages import claims as every_claim
from swgw.pages.transfer_choices import needs_transfer
from swgw.plots import transfer as plots
from swgw.scores import bootstrap
from swgw.scores.rounding import with_interval
from swgw.transfer import claims
from swgw.transfer.monthly import ENCODER_LENGTH
from swgw.transfer.plan import plan_of
from swgw.transfer.results import Transfer


@needs_transfer
def words_setting(study, transfer: Transfer) -> Markdown:
    """Say what is forecast, from what, and how much each approach may try."""
    plan, data = plan_of(study.profile), transfer.hindcasts["IT-LSTM"]
    months = words.count(data.sizes["issue_time"], "month")
    return Markdown(
        f"Here {words.count(data.sizes['well'], 'well')} are forecast "
        f"{words.count(data.sizes['lead_time'], 'month')} ahead in each of {months} of the test "
        f"period, from the {ENCODER_LENGTH} months before. Every tuning may try "
        f"{words.count(plan.trials, 'setting')} and is judged on the validation period. "
        f"Networks have {words.count(len(plan.seeds), 'seed')}. Nothing in this run sees the test "
        f"period; {_list_of_settings(study)} ({{doc}}`choices`)."
    )


def _list_of_settings(study) -> str:
    """Say whose test period was seen when the list of settings was drawn up."""
    if study.basin.settings.companion_is_paper:
        return "the list of settings tried was, however, drawn up with such scores in sight"
    return (
        "the list of settings tried was drawn up with scores of another basin in sight, the one "
        "that comes with the book"
    )


@needs_transfer
def figure_mean(study, transfer: Transfer) -> Figure:
    """Standardised heads of the wells and their mean."""
    period = study.basin.settings.train
    return plots.plot_mean(transfer.standardised, (period.start, period.end))


@needs_transfer
def figure_scores(study, transfer: Transfer) -> Figure:
    """NSE of every well by approach."""
    scores = transfer.scores.query("lead_time == 1")
    each = scores.groupby(["approach", "well_id"], sort=False)["nse"].mean().reset_index()
    return plots.plot_scores(each, claims.summary(transfer))


@needs_transfer
def table_scores(study, transfer: Transfer) -> Markdown:
    """NSE per well of every approach, with intervals and times."""
    rows = []
    for line in claims.summary(transfer).itertuples():
        rows.append(
            {
                "approach": line.approach,
                "median NSE [90 %]": with_interval(line.median, line.low, line.high),
                "mean NSE [90 %]": with_interval(line.mean, line.mean_low, line.mean_high),
                "quartiles": f"{words.number(line.lower_quartile)} to "
                f"{words.number(line.upper_quartile)}",
                "processor time [s]": _seconds(line.seconds),
            }
        )
    return words.table(pd.DataFrame(rows))


def _seconds(value: float) -> str:
    """Write a time with two significant digits."""
    if not np.isfinite(value) or value <= 0:
        return words.number(value)
    return words.number(float(f"{value:.2g}"), max(0, 1 - int(np.floor(np.log10(value)))))


@needs_transfer
def words_unscored(study, transfer: Transfer) -> Markdown:
    """Say how many wells are not scored, and why."""
    values = transfer.nse("damped persistence").iloc[0]
    lost, left = int(values.isna().sum()), len(study.basin.wells) - len(values)
    parts = [f"{words.count(int(values.notna().sum()), 'well')} are scored"]
    if lost:
        parts.append(f"{lost} did not vary or were not observed in the test period")
    if left:
        parts.append(f"{left} had too short a record in the training years to be forecast")
    return Markdown("; ".join(parts) + ".")


@needs_transfer
def figure_differences(study, transfer: Transfer) -> Figure:
    """Median differences between approaches with their intervals."""
    table = claims.comparisons(transfer)
    sides = [
        bootstrap.verdict(bootstrap.Interval(row.value, row.low, row.high, (row.seeds, row.wells)))
        for row in table.itertuples()
    ]
    return plots.plot_differences(table.assign(side=sides), claims.MARGIN)


@needs_transfer
def words_leakage(study, transfer: Transfer) -> Markdown:
    """Say what leaving the target well out of the mean changes."""
    found = claims.median_interval(claims.difference(transfer, "TL-LSTM", "TL-LSTM, well left out"))
    word = claims.verdict(found)
    meaning = {
        "supported": "so having the target in the mean flatters TL-LSTM",
        "contradicted": "so having the target in the mean does not flatter TL-LSTM",
        "inconclusive": "which cannot be told from chance",
        "not judged": "which one seed cannot judge",
    }[word]
    return Markdown(
        "With the target well in the mean, NSE changes by "
        f"{with_interval(found.value, found.low, found.high, 3)} (median over wells) against the "
        f"mean of all other wells, {meaning}."
    )


@needs_transfer
def figure_time(study, transfer: Transfer) -> Figure:
    """NSE against development time."""
    return plots.plot_time(claims.summary(transfer))


@needs_transfer
def words_time(study, transfer: Transfer) -> Markdown:
    """Say what development takes, side by side and one well after another."""
    seconds, alone = transfer.seconds, transfer.seconds_one_well
    n = transfer.hindcasts["IT-LSTM"].sizes["well"]
    share, word = claims.time_share(transfer, len(study.profile.seeds))
    one_by_one = n * alone["IT-LSTM"]
    in_turn = alone["pre-training"] + n * alone["TL-LSTM"]
    return Markdown(
        f"For all {n} wells side by side, IT-LSTM took {_seconds(seconds['IT-LSTM'])} s of "
        f"one processor core and TL-LSTM {_seconds(seconds['TL-LSTM'])} s: "
        f"{words.percent(share, 1)} of it (*a fraction of the time*: **{word}**).\n\n"
        "One well after another, as the source worked and estimated here from one well, IT-LSTM "
        f"would take {_seconds(one_by_one)} s and TL-LSTM {_seconds(in_turn)} s, "
        f"of which {_seconds(alone['pre-training'])} s are pre-training. *Weeks* is not "
        "what training and this much tuning takes; hours of a person at work are not in these "
        "numbers, and the source gives none of its own."
    )


@needs_transfer
def figure_likeness(study, transfer: Transfer) -> Figure:
    """What transfer costs each well against how like the others it is."""
    return plots.plot_likeness(claims.by_well(transfer), claims.steep_well(study.basin.wells))


@needs_transfer
def table_unlike(study, transfer: Transfer) -> Markdown:
    """List the wells least like the mean of the others, with their scores."""
    wells = claims.by_well(transfer).sort_values("likeness").head(8)
    scores = {name: transfer.nse(name).mean() for name in ("IT-LSTM", "TL-LSTM")}
    rows = [
        {
            "well": words.escape(well),
            "cluster": words.number(line.cluster, 0),
            "correlation": words.number(line.likeness),
            "NSE, IT-LSTM": words.number(scores["IT-LSTM"][well]),
            "NSE, TL-LSTM": words.number(scores["TL-LSTM"][well]),
            "difference": words.number(line.difference, 3),
        }
        for well, line in zip(wells.index, wells.itertuples(), strict=True)
    ]
    return words.table(pd.DataFrame(rows))


@needs_transfer
def words_unlike(study, transfer: Transfer) -> Markdown:
    """Say whether transfer fails where wells are unlike the mean, and at the well in the hills."""
    found = claims.likeness_interval(transfer)
    text = (
        "The rank correlation over wells between likeness and what transfer costs is "
        f"{with_interval(found.value, found.low, found.high)}. That transfer fails where a well is "
        f"unlike the others is **{claims.verdict(found)}**.\n\n"
    )
    return Markdown(text + _hills(study, transfer))


def _hills(study, transfer: Transfer) -> str:
    """Sentence about the well in the hills."""
    well = claims.steep_well(study.basin.wells)
    if well is None or well not in transfer.nse("TL-LSTM"):
        return (
            "No well stands out by its slope, so the claim about a hilly well is not testable here."
        )
    found = claims.steep_interval(transfer, well)
    return (
        f"Well {words.escape(well)} stands in the hills, by the slopes in `wells.csv`. There "
        "TL-LSTM − IT-LSTM, less its median over the other wells, is "
        f"{with_interval(found.value, found.low, found.high, 3)}; below zero means worse there "
        f"than elsewhere. That transfer does worse at the hilly well is "
        f"**{claims.verdict(found, -1)}**."
    )


@needs_transfer
def table_claims(study, transfer: Transfer) -> Markdown:
    """The source's claims, our numbers and the verdicts: the rows of the page on claims."""
    return every_claim.table_claims(study, every_claim.TRANSFER_LEARNING)


@needs_transfer
def words_headline(study, transfer: Transfer) -> Markdown:
    """Say which approach is best here, and whether it beats what needs no learning."""
    table = claims.summary(transfer).set_index("approach")["median"].dropna()
    learned = table[[name for name in table.index if name in transfer.seconds.index]]
    free = table.drop(learned.index)
    if learned.empty or free.empty:
        return Markdown("No comparison is possible: a score is undefined.")
    ahead = "above" if learned.max() > free.max() else "not above"
    return Markdown(
        f"The best learned approach is **{learned.idxmax()}** (median NSE "
        f"{words.number(learned.max())}), {ahead} the best that needs no learning, "
        f"{free.idxmax()} ({words.number(free.max())})."
    )
