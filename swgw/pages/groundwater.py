"""What the page on groundwater shows: Figs. 6 to 9, the references, clusters and entropy."""

from functools import lru_cache

import numpy as np
import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure
from scipy import stats

from swgw.attribution.truth import on_calendar
from swgw.book import text as words
from swgw.inputs.wells import entropy_ceiling, permutation_entropy
from swgw.pages import needs
from swgw.pages.against import words_against_references
from swgw.pages.ceiling import with_limit
from swgw.pages.simulations import references, simulations, trained
from swgw.plots import groundwater as plots
from swgw.scores import bootstrap
from swgw.scores import paper as published
from swgw.scores.correlation import Correlation, pearson
from swgw.scores.rounding import with_interval

TASK = "head"


def best_tft(study) -> str:
    """Name the TFT whose heads are shown: MT-TFT, or ST-TFT where there is no second task."""
    return next(model for model in ("MT-TFT", "ST-TFT") if model in trained(study, TASK))


def scores_by_well(study, score: str = "r2") -> pd.DataFrame:
    """Give each model's score at each well, mean over seeds: DataFrame (well, model)."""
    table = study.groundwater_scores()
    wide = table.pivot_table(index="well_id", columns="model", values=score, dropna=False)
    order = trained(study, TASK) + references(study, TASK)
    return wide[[model for model in order if model in wide]]


@lru_cache(maxsize=8)
def well_table(study) -> pd.DataFrame:
    """Gather what Figs. 7 to 9 need of each well.

    Returns
    -------
    DataFrame (well)
        longitude, latitude, distance [km], cluster (NaN where there is none), r2 of the TFT,
        entropy [bit] of the observations, and on virtual basins entropy_true of the noise-free
        head on the same steps.
    """
    prepared, settings = study.prepared, study.basin.settings
    used = (prepared.time >= settings.train.start) & (prepared.time <= settings.test.end)
    heads = prepared.heads[used]
    table = study.basin.wells[["longitude", "latitude"]].copy()
    table["distance"] = study.basin.wells.get("distance_to_river", np.nan)
    table["distance"] = table["distance"].astype(float)
    table["cluster"] = np.nan if study.clusters is None else study.clusters.reindex(table.index)
    table["r2"] = scores_by_well(study)[best_tft(study)].reindex(table.index)
    table["entropy"] = heads.apply(permutation_entropy).reindex(table.index)
    if study.truth is not None:
        true = on_calendar(study.truth.heads["head"].sel(scenario="all"), prepared.time)[used]
        true = true.reindex(columns=heads.columns).where(heads.notna())
        table["entropy_true"] = true.apply(permutation_entropy).reindex(table.index)
    return table


@needs("wells:1")
def table_groundwater(study) -> Markdown:
    """Median and mean R² over wells of every model and reference, and the paper's."""
    r2, nse, rmse = (
        with_limit(study, scores_by_well(study, name), name) for name in ("r2", "nse", "rmse")
    )
    paper = _paper(study)
    rows = []
    for model in r2:
        row = {
            "model": f"**{model}**" if model in words.MODELS else f"*{model}*",
            "R², median": words.number(r2[model].median()),
            "R², mean": words.number(r2[model].mean()),
            "NSE, median": words.number(nse[model].median()),
            "RMSE, median [m]": words.number(rmse[model].median(), 3),
            "wells": f"{int(r2[model].count()):,}",
        }
        if len(paper):
            numbers = paper.reindex([model]).iloc[0]
            row["R², median, paper"] = words.number(numbers["median"])
            row["R², mean, paper"] = words.number(numbers["mean"])
        rows.append(row)
    return words.table(pd.DataFrame(rows))


def _paper(study) -> pd.DataFrame:
    if study.basin.settings.companion != "jing2025":
        return pd.DataFrame(columns=["median", "mean"])
    return published.GROUNDWATER_R2.set_index("model")


@needs("wells:1")
def words_wells(study) -> Markdown:
    """Say how many wells are scored, how often they were observed, over how many seeds."""
    table = study.groundwater_scores()
    counts = table.groupby("well_id")["n"].max()
    seeds = table.loc[table["seed"] >= 0, "seed"].nunique()
    text = (
        f"{words.count(int((counts > 1).sum()), 'well').capitalize()} can be scored in the test "
        f"period, on {counts.min():,} to {counts.max():,} observed steps each. Each score is a "
        f"mean over {words.count(seeds, 'seed')}."
    )
    if len(counts) < 5:
        text += (
            f" **With {words.count(len(counts), 'well')} a median or a box says little**: read "
            "the dots."
        )
    return Markdown(text)


@needs("wells:1")
def figure_6(study) -> Figure:
    """Fig. 6: R² over the wells, models and references."""
    return plots.plot_models(scores_by_well(study), _paper(study))


@needs("wells:1")
def words_references(study) -> Markdown:
    """Say which trained models lose to which references, by their median NSE."""
    return words_against_references(study, TASK)


@needs("wells:1")
def words_r2_blind(study) -> Markdown:
    """Say at how many wells R² is good while NSE is below zero: level errors that R² hides."""
    model = best_tft(study)
    r2, nse = (scores_by_well(study, name)[model] for name in ("r2", "nse"))
    hidden = int(((r2 > 0.5) & (nse < 0)).sum())
    return Markdown(
        f"{model} has R² above 0.5 and yet NSE below 0 at {words.count(hidden, 'well')} of "
        f"{r2.count()}; its median R² is {words.number(r2.median())}, its median NSE "
        f"{words.number(nse.median())}."
    )


@needs("wells:3", "som")
def figure_7(study) -> Figure:
    """Fig. 7: clusters and R² on the map, with the series of up to six wells."""
    table = well_table(study).dropna(subset=["cluster"])
    chosen = _examples(study, table)
    table["letter"] = pd.Series(dict(zip(chosen, "abcdef", strict=False)))
    table["letter"] = table["letter"].fillna("")
    observed = study.observed_chain(TASK)
    sims = simulations(study, TASK, best_tft(study))
    names = study.basin.wells.get("name", pd.Series(dtype=str))
    examples = [
        plots.Example(
            f"{names.get(well, well)}, cluster {table.loc[well, 'cluster']:.0f}, "
            f"R² {words.number(table.loc[well, 'r2'])}",
            int(table.loc[well, "cluster"]),
            observed[well],
            sims[well],
        )
        for well in chosen
    ]
    return plots.plot_clusters(table, study.basin.river, examples)


def _examples(study, table: pd.DataFrame) -> list[str]:
    """Pick the wells that the paper shows, else the best and the worst of each cluster."""
    named = study.basin.wells.get("name", pd.Series(dtype=str))
    if study.basin.settings.companion == "jing2025":
        shown = named.index[named.isin(list(published.FIGURE_7_WELLS))]
        if len(shown) == len(published.FIGURE_7_WELLS):
            return list(shown)
    scored = table.dropna(subset=["r2"]).sort_values("r2")
    ends = [
        w for _, g in scored.groupby("cluster") for w in dict.fromkeys([g.index[-1], g.index[0]])
    ]
    return ends[:6]


@needs("wells:3", "som")
def figure_8(study) -> Figure:
    """Fig. 8: R² and permutation entropy by cluster."""
    table = well_table(study)
    paper = published.CLUSTERS.set_index("cluster")
    if study.basin.settings.companion != "jing2025":
        paper = paper.iloc[:0]
    return plots.plot_cluster_boxes(table, paper)


@needs("wells:3", "som")
def table_clusters(study) -> Markdown:
    """Medians of each cluster, and the paper's."""
    table = well_table(study)
    paper = study.basin.settings.companion == "jing2025"
    rows = []
    for cluster, inside in table.groupby("cluster"):
        row = {"cluster": int(cluster), "wells": len(inside)}
        if inside["distance"].notna().any():
            row["distance [km], median"] = words.number(inside["distance"].median(), 1)
        row["R², median"] = words.number(inside["r2"].median())
        row["entropy [bit], median"] = words.number(inside["entropy"].median())
        if "entropy_true" in inside:
            row["entropy, noise-free"] = words.number(inside["entropy_true"].median())
        if paper and cluster in (1, 2, 3):
            numbers = published.CLUSTERS.set_index("cluster").loc[int(cluster)]
            row["R², paper"] = words.number(numbers["r2_median"])
            row["entropy, paper"] = words.number(numbers["entropy_median"])
        rows.append(row)
    return words.table(pd.DataFrame(rows).fillna("–"))


@needs("wells:3", "som")
def words_clusters(study) -> Markdown:
    """Say in which order the clusters stand by R² and by entropy, and whether noise decides."""
    table = well_table(study).dropna(subset=["cluster"])
    medians = table.groupby("cluster")[["r2", "entropy"]].median()

    def ranked(name: str) -> str:
        order = medians[name].sort_values(ascending=False).index
        return words.listing(f"cluster {c:.0f}" for c in order)

    text = (
        f"From the highest to the lowest median, R² has the order {ranked('r2')}; permutation "
        f"entropy has the order {ranked('entropy')}. Its ceiling, for noise alone, is "
        f"{words.number(entropy_ceiling())} bit."
    )
    if "entropy_true" in table:
        gap = (table["entropy"] - table["entropy_true"]).median()
        text += (
            " Observation noise changes the entropy of the median well by "
            f"{words.number(gap)} bit; the clusters' medians span "
            f"{words.number(np.ptp(medians['entropy']))} bit."
        )
    return Markdown(text)


def correlations_with_distance(study) -> dict[str, Correlation]:
    """Correlate entropy and R² with the distance to the river, over wells."""
    table = well_table(study)
    names = [n for n in ("entropy", "entropy_true", "r2") if n in table]
    return {n: pearson(table["distance"], table[n], series=False) for n in names}


@needs("wells:4", "river")
def figure_9(study) -> Figure:
    """Fig. 9: entropy and R² against the distance to the river."""
    found = correlations_with_distance(study)
    notes = {name: f"{found[name].text}" for name in ("entropy", "r2")}
    return plots.plot_distances(well_table(study), notes)


@needs("wells:4", "river")
def words_distance(study) -> Markdown:
    """Say what the correlations with distance are worth, beside the paper's."""
    labels = {
        "entropy": "permutation entropy",
        "entropy_true": "permutation entropy of the noise-free head",
        "r2": f"R² of {best_tft(study)}",
    }
    lines = [
        f"- {labels[name]}: {found.text}; {_reading(found)}."
        for name, found in correlations_with_distance(study).items()
    ]
    if study.basin.settings.companion == "jing2025":
        free = published.WELLS - 2
        t = {k: abs(r) * np.sqrt(free / (1 - r**2)) for k, r in published.CORRELATIONS.items()}
        p_values = {key: 2 * stats.t.sf(value, free) for key, value in t.items()}
        lines += [
            f"- the paper, {label}: r = {words.number(published.CORRELATIONS[key])}, n = "
            f"{published.WELLS}, so p = {p_values[key]:.3f} (computed here; the paper gives no p)."
            for key, label in (("entropy_distance", "entropy"), ("r2_distance", "R²"))
        ]
    return Markdown("Correlation over wells with the distance to the river:\n\n" + "\n".join(lines))


def _reading(found: Correlation) -> str:
    if not np.isfinite(found.low):
        return "too few wells for an interval"
    if found.low > 0:
        return "positive"
    return "negative" if found.high < 0 else "its sign is open"


@needs("wells:2")
def words_gain(study) -> Markdown:
    """Say how the best TFT's R² compares with the best reference's, well by well."""
    r2, model = scores_by_well(study), best_tft(study)
    lines = []
    for reference in references(study, TASK):
        difference = (r2[model] - r2[reference]).dropna()
        found = bootstrap.sample_interval(difference)
        better = words.percent((difference > 0).mean()) if len(difference) else "–"
        lines.append(
            f"- {reference}: median difference in R² "
            f"{with_interval(found.value, found.low, found.high, 3)}; {model} is ahead at "
            f"{better} of {words.count(len(difference), 'well')}."
        )
    return Markdown(f"{model} against each reference, over wells:\n\n" + "\n".join(lines))
