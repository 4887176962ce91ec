"""Whether the second task helps, asked at each site and across all of them.

At a site the sample is seeds × blocks of time; across sites it is the sites as well. The rule is
that of the grid: supported or contradicted where the whole 90 % interval of the median difference
lies on one side of zero. Beside it stand two tests that know nothing of seeds and blocks: the
Wilcoxon signed-rank test, and the sign test, which asks only how many sites gained.
"""

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import stats

from swgw.experiments.sites import ARMS, coupling, sites_of
from swgw.experiments.table_2 import REFERENCES
from swgw.scores import bootstrap
from swgw.scores.bootstrap import DRAWS, Interval
from swgw.scores.contrasts import contrast, drawn_scores
from swgw.scores.ranks import as_interval, rank_correlation

STEPS = (
    ("ST+", "ST", "information"),
    ("MT", "ST+", "second task"),
    ("MT", "ST", "all together"),
)
"""The first arm, the second, and what the first has that the second lacks."""


def series_of(study, task: str) -> list[tuple[str, str]]:
    """List what is scored in a task: (gauge, gauge) for surface water, (gauge, well) for heads."""
    sites = sites_of(study).sites
    if task == "surface_water":
        return [(site.gauge, site.gauge) for site in sites]
    return [(site.gauge, well) for site in sites for well in site.wells]


@lru_cache(maxsize=32)
def scores(study, task: str, arm: str) -> tuple[np.ndarray, int]:
    """NSE of an arm at every site, as it is and over drawn blocks, and the number of blocks.

    Returns
    -------
    array (1 + draw, seed, series)
        Series as in :func:`series_of`.
    int
    """
    found = sites_of(study)
    chains = [found.chains(site, arm, task) for site in found.sites]
    observed = np.concatenate([obs.to_numpy() for obs, _ in chains], axis=1)
    forecasts = np.concatenate([sims for _, sims in chains], axis=2)
    block = bootstrap.block_length(study.basin.settings.step)
    return drawn_scores(observed, forecasts, block), max(1, len(observed) // block)


def difference(study, task: str, first: str, second: str, series: int | None = None) -> Interval:
    """Weigh two arms against each other at one series, or their median over all of them."""
    (mine, blocks), (theirs, _) = scores(study, task, first), scores(study, task, second)
    if series is None:
        return contrast([(1, mine), (-1, theirs)], blocks, wells=True)
    return contrast([(1, mine[:, :, [series]]), (-1, theirs[:, :, [series]])], blocks)


@lru_cache(maxsize=8)
def differences(study, task: str) -> pd.DataFrame:
    """Give every step at every site.

    Returns
    -------
    DataFrame
        gauge, series, adds, comparison, value, low, high (difference in NSE, 90 % interval over
        seeds × blocks), word (verdict on "the first is better").
    """
    rows = []
    for k, (gauge, series) in enumerate(series_of(study, task)):
        for first, second, adds in STEPS:
            found = difference(study, task, first, second, k)
            line = (gauge, series, adds, f"{first} − {second}")
            rows.append((*line, found.value, found.low, found.high, bootstrap.verdict(found)))
    columns = ["gauge", "series", "adds", "comparison", "value", "low", "high", "word"]
    return pd.DataFrame(rows, columns=columns)


def across(study, task: str) -> pd.DataFrame:
    """Test every step across the sites.

    Returns
    -------
    DataFrame
        adds, comparison, value (median difference in NSE), low, high (90 % interval over sites ×
        seeds × blocks), word, n (series), better (how many gained), sign, wilcoxon (two-sided p).
    """
    rows, table = [], differences(study, task)
    for first, second, adds in STEPS:
        found = difference(study, task, first, second)
        values = table.loc[table["adds"] == adds, "value"].to_numpy()
        line = {"adds": adds, "comparison": f"{first} − {second}", "value": found.value}
        line |= {"low": found.low, "high": found.high, "word": bootstrap.verdict(found)}
        rows.append(line | sign_tests(values))
    return pd.DataFrame(rows)


def sign_tests(values: np.ndarray) -> dict[str, float]:
    """Test whether paired differences lie to one side of zero, two-sided.

    Parameters
    ----------
    values : array (pair,)
        Missing ones and those of exactly zero are left out.

    Returns
    -------
    dict
        n, better (how many lie above zero), sign and wilcoxon (p-values; NaN without a pair).

    Examples
    --------
    >>> sign_tests([1, 2, 3, 4, 5, 6])
    {'n': 6, 'better': 6, 'sign': 0.03125, 'wilcoxon': 0.03125}
    """
    values = np.asarray(values, float)
    values = values[np.isfinite(values) & (values != 0)]
    n, better = len(values), int((values > 0).sum())
    if not n:
        return {"n": 0, "better": 0, "sign": float("nan"), "wilcoxon": float("nan")}
    sign = float(stats.binomtest(better, n).pvalue)
    return {
        "n": n,
        "better": better,
        "sign": sign,
        "wilcoxon": float(stats.wilcoxon(values).pvalue),
    }


@lru_cache(maxsize=8)
def site_scores(study, task: str) -> pd.DataFrame:
    """NSE of every arm (mean over seeds) and reference at every site.

    Returns
    -------
    DataFrame
        gauge, series, and a column each arm and reference.
    """
    table = pd.DataFrame(series_of(study, task), columns=["gauge", "series"])
    for arm in ARMS:
        table[arm] = scores(study, task, arm)[0][0].mean(axis=0)
    found = sites_of(study)
    for name in REFERENCES:
        each = []
        for site in found.sites:
            observed, _ = found.chains(site, ARMS[0], task)
            sim = found.reference(site, name, task)[observed.columns]
            each += list(bootstrap.nse(observed.to_numpy().T, sim.to_numpy().T))
        table[name] = each
    return table


def couplings(study) -> pd.DataFrame:
    """How closely head and river go together at each site: gauge, series (well), r."""
    found = sites_of(study)
    rows = [
        (site.gauge, well, r)
        for site in found.sites
        for well, r in coupling(study.prepared, site).items()
    ]
    return pd.DataFrame(rows, columns=["gauge", "series", "r"])


def gain_by_coupling(study, task: str, adds: str = "second task") -> pd.DataFrame:
    """Set the gain of a step beside the coupling of head and river.

    Returns
    -------
    DataFrame
        gauge, series, value, low, high, word and r; a river with several wells has their mean r.
    """
    table, together = differences(study, task), couplings(study)
    by = "series" if task == "head" else "gauge"
    r = together.groupby(by)["r"].mean()
    return table[table["adds"] == adds].assign(r=lambda found: found[by].map(r))


def follows(r: np.ndarray, gain: np.ndarray, seed: int = 0) -> Interval:
    """Rank correlation of coupling and gain over sites, with its interval from drawing sites anew.

    Parameters
    ----------
    r, gain : array (site,)

    Examples
    --------
    >>> follows([0.1, 0.2, 0.3, 0.4], [1, 4, 9, 16]).value
    1.0
    """
    r, gain = np.asarray(r, float), np.asarray(gain, float)
    known = np.isfinite(r) & np.isfinite(gain)
    r, gain = r[known], gain[known]
    picked = np.random.default_rng(seed).integers(0, len(r), (1 + DRAWS, len(r)))
    picked[0] = np.arange(len(r))
    return as_interval(rank_correlation(r[picked], gain[picked]), (1, len(r)))
