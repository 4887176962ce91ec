"""What the page on the paper's own arithmetic shows; it is about the paper, whatever the basin."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.claims import audit
from swgw.claims.inconsistencies import REMARKS
from swgw.pages import needs
from swgw.plots import audit as plots
from swgw.scores import paper as published

LABELS = {"entropy_distance": "entropy with distance", "r2_distance": "R² with distance"}
HEADLINE = ("ST-TFT", "MT-TFT")


def figure_variances(study) -> Figure:
    """Implied variance of each row of Table 3."""
    table = audit.table_3_variances()
    return plots.plot_variances(table, audit.common_variance()[1:])


def table_variances(study) -> Markdown:
    """Printed scores, what they imply, and how the row would read if one of them were right."""
    table = audit.table_3_variances().merge(audit.reconciled(), on=["model", "nse", "rmse"])
    rows = [
        {
            "model": row.model,
            "NSE": words.number(row.nse),
            "RMSE": words.number(row.rmse),
            "implied variance": words.number(row.value, 0),
            "rounding allows": f"{words.number(row.low, 0)} to {words.number(row.high, 0)}",
            "agrees": "yes" if row.agrees else "**no**",
            "NSE, if the RMSE holds": words.number(row.nse_if_rmse_holds, 3),
            "RMSE, if the NSE holds": words.number(row.rmse_if_nse_holds, 1),
        }
        for row in table.itertuples()
    ]
    return words.table(pd.DataFrame(rows))


def words_variances(study) -> Markdown:
    """Say which rows agree, and what is left of the headline gain if the RMSEs are right."""
    table, (_, low, high) = audit.table_3_variances(), audit.common_variance()
    fixed = audit.reconciled().set_index("model")
    printed = fixed.loc[HEADLINE[1], "nse"] - fixed.loc[HEADLINE[0], "nse"]
    kept = fixed.loc[HEADLINE[1], "nse_if_rmse_holds"] - fixed.loc[HEADLINE[0], "nse_if_rmse_holds"]
    names = {flag: rows["model"] for flag, rows in table.groupby("agrees")}
    nse, rmse = (
        " and ".join(words.number(fixed.loc[model, column], digits) for model in HEADLINE)
        for column, digits in (("nse_if_rmse_holds", 3), ("rmse_if_nse_holds", 1))
    )
    return Markdown(
        f"{words.listing(names[True])} share a variance between {words.number(low, 0)} and "
        f"{words.number(high, 0)} (m³/s)²; {words.listing(names[False])} do not, whatever the "
        f"rounding. If the RMSEs of {HEADLINE[0]} and {HEADLINE[1]} are right, their NSEs are "
        f"{nse}, and the gain of {words.number(printed)} in the abstract is one of "
        f"{words.number(kept, 3)}. If the NSEs are right, the RMSEs are near {rmse} m³/s. Which of "
        "the two, only the authors can say; both cannot be."
    )


@needs("gauge")
def words_ours(study) -> Markdown:
    """Make the same check of this book's own table."""
    table = study.table_3()
    implied = audit.implied_variance(table["nse"], table["rmse"])
    spread = implied.max() / implied.min() - 1
    return Markdown(
        f"The same check of this book's own table of scores: the implied variances of its "
        f"{words.count(len(table), 'row')} lie {words.percent(spread, 6)} apart, at "
        f"{words.number(implied.median(), 1)} ({study.basin.settings.unit})²."
    )


def figure_changes(study) -> Figure:
    """Relative changes beside the stated range."""
    return plots.plot_changes(audit.relative_changes(), audit.STATED_GAIN)


def table_changes(study) -> Markdown:
    """Relative changes of NSE and R², with what rounding allows."""
    rows = [
        {
            "architecture": row.architecture,
            "score": {"nse": "NSE", "r2": "R²"}[row.score],
            "single-task": words.number(row.single),
            "multi-task": words.number(row.multi),
            "change": words.percent(row.change, 1),
            "rounding allows": f"{words.percent(row.low, 1)} to {words.percent(row.high, 1)}",
        }
        for row in audit.relative_changes().itertuples()
    ]
    return words.table(pd.DataFrame(rows))


def words_changes(study) -> Markdown:
    """Say how many of the changes can lie in the stated range."""
    table, (low, high) = audit.relative_changes(), audit.STATED_GAIN
    inside = table[(table["low"] <= high) & (table["high"] >= low)]
    falls = table[table["high"] < 0]
    return Markdown(
        f"Of {len(table)} changes {len(inside)} can lie between {words.percent(low)} and "
        f"{words.percent(high)} once rounding is allowed for "
        f"({words.listing(inside['architecture'].unique())}), and {len(falls)} are losses "
        f"({words.listing(falls['architecture'].unique())}). The range describes one architecture, "
        "not all."
    )


def words_unit(study) -> Markdown:
    """Say what the printed unit of the RMSE would mean."""
    rmse = published.TABLE_3["rmse"].min()
    return Markdown(
        f"The smallest RMSE, {words.number(rmse)} m³/d, would be "
        f"{words.number(audit.litres_per_second(rmse))} litres a second: a garden hose, beside a "
        "river of tens of cubic metres a second. m³/s is meant, and is used throughout this book."
    )


def figure_correlations(study) -> Figure:
    """The two published correlations with distance, with their intervals."""
    table = audit.correlations()
    return plots.plot_correlations(table.assign(label=table["name"].map(LABELS)))


def words_correlations(study) -> Markdown:
    """Say what the two published correlations are worth."""
    lines = [
        f"- {LABELS[row.name_]}: r = {words.number(row.r)}, 90 % interval "
        f"{words.number(row.low)} to {words.number(row.high)}, p = {words.number(row.p, 3)} "
        f"({words.number(row.p_low, 3)} to {words.number(row.p_high, 3)} with rounding): "
        + (
            "it holds."
            if row.p_high < 0.1
            else f"chance alone gives as much in one case of {round(1 / row.p)}."
        )
        for row in audit.correlations().rename(columns={"name": "name_"}).itertuples()
    ]
    return Markdown(f"Over {published.WELLS} wells, taken as independent:\n\n" + "\n".join(lines))


def table_orders(study) -> Markdown:
    """The clusters in three orders that would be one if the explanation were complete."""
    rows = [
        {"order": name, "clusters": ", ".join(f"C{cluster}" for cluster in order)}
        for name, order in audit.cluster_orders().items()
    ]
    return words.table(pd.DataFrame(rows))


def words_entropy(study) -> Markdown:
    """Say which unit the published entropies can have."""
    low, high = (published.CLUSTERS["entropy_median"].agg(f) for f in ("min", "max"))
    return Markdown(
        f"Entropies of {words.number(low)} to {words.number(high)} are printed without order and "
        f"unit. Order 3 has a ceiling of {words.number(audit.entropy_ceiling(3, 2.718281828))} "
        f"nats or {words.number(audit.entropy_ceiling(3, 2))} bits, so with order 3 they are bits."
    )


def table_remarks(study) -> Markdown:
    """What is no arithmetic: passages that do not go together, and things left open."""
    rows = [
        {"what": f"{r.topic}<br>*{r.where}*", "found": r.found, "what follows": r.matters}
        for r in REMARKS
    ]
    return words.table(pd.DataFrame(rows))
