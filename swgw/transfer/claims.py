"""What the source claims, the rules that judge it, and the numbers they are applied to.

The rules were written before the runs. Wells are the sample: a difference is taken at each well,
its median over wells has a 90 % interval over wells × seeds. With one seed nothing is judged.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from swgw.scores import bootstrap
from swgw.scores.bootstrap import DRAWS, LEVEL, Interval, verdict
from swgw.scores.ranks import rank_correlation
from swgw.transfer.results import Transfer, read_transfer

MARGIN = 0.05
"""Two NSEs that differ by less are called nearly identical; the source's differ by 0.01."""

FRACTION = 0.5
"""Development in less than this share of the time is a fraction of it."""

STEEP = 2.0
"""A well is hilly if its slope is so many times that of every other well."""

COMPARISONS = (
    ("TL-LSTM", "IT-LSTM", "nearly identical"),
    ("IT-LSTM", "SVR", "better"),
    ("IT-LSTM", "random forest", "better"),
    ("TL-LSTM", "SVR", "better"),
    ("TL-LSTM", "random forest", "better"),
)
"""The source's: first approach, second, and what it says of the first."""

OURS = (
    ("IT-LSTM", "damped persistence", "better"),
    ("TL-LSTM", "damped persistence", "better"),
    ("TL-LSTM", "TL-LSTM, well left out", "better"),
)
"""What the source does not show."""


def difference(transfer: Transfer, first: str, second: str, lead_time: int = 1) -> pd.DataFrame:
    """NSE of one approach minus that of another (seed, well); one seed serves for all."""
    a, b = transfer.nse(first, lead_time), transfer.nse(second, lead_time)
    n = max(len(a), len(b))
    rows = [
        a.iloc[seed % len(a)].to_numpy() - b.iloc[seed % len(b)].to_numpy() for seed in range(n)
    ]
    return pd.DataFrame(rows, columns=a.columns)


def median_interval(values: pd.DataFrame) -> Interval:
    """Median over wells of differences (seed, well), with its interval over wells × seeds."""
    return bootstrap.sample_interval(values.to_numpy(), np.median)


def identical(interval: Interval, margin: float = MARGIN) -> str:
    """Judge "nearly identical": the whole interval inside ± margin, or wholly outside it."""
    return bootstrap.judge(interval, -margin, margin)


def comparisons(transfer: Transfer, which: Sequence[tuple] = COMPARISONS + OURS) -> pd.DataFrame:
    """Judge every comparison of approaches.

    Returns
    -------
    DataFrame
        comparison, says (the claim on the first), value, low, high, word, seeds, wells.
    """
    rows = []
    for first, second, says in which:
        found = median_interval(difference(transfer, first, second))
        word = identical(found) if says == "nearly identical" else verdict(found)
        row = (f"{first} − {second}", says, found.value, found.low, found.high, word)
        rows.append((*row, *found.draws))
    columns = ["comparison", "says", "value", "low", "high", "word", "seeds", "wells"]
    return pd.DataFrame(rows, columns=columns)


def time_share(transfer: Transfer, seeds: int = 2) -> tuple[float, str]:
    """TL-LSTM's share of IT-LSTM's processor time for all wells, and the verdict.

    With one seed nothing is judged: the searches of such a profile are too short for their times.
    """
    seconds = transfer.seconds
    share = float(seconds["TL-LSTM"] / seconds["IT-LSTM"])
    if seeds < 2:
        return share, "not judged"
    word = "supported" if share < FRACTION else "contradicted" if share > 1 else "inconclusive"
    return share, word


def steep_well(wells: pd.DataFrame) -> str | None:
    """Name the one well that stands in the hills; None where no slope stands out."""
    if "slope" not in wells or wells["slope"].notna().sum() < 2:
        return None
    slope = wells["slope"].sort_values(ascending=False)
    return str(slope.index[0]) if slope.iloc[0] > STEEP * slope.iloc[1] else None


def steep_interval(transfer: Transfer, well: str, draws: int = DRAWS) -> Interval:
    """TL-LSTM's difference to IT-LSTM at one well less its median over the others.

    The interval is over seeds × blocks of months, the same blocks for every well.
    """
    pair = [transfer.hindcasts[name] for name in ("TL-LSTM", "IT-LSTM")]
    obs = pair[0]["observed"].to_numpy()[:, :, 0]  # (W, T)
    sims = [data["forecast"].to_numpy()[..., 0] for data in pair]  # each (S, W, T)
    place = list(pair[0]["well"].to_numpy()).index(well)
    rng = np.random.default_rng(0)
    steps = bootstrap.block_draws(obs.shape[1], bootstrap.block_length("MS"), draws, rng)

    def gap(scores: list[np.ndarray]) -> float:
        lost = scores[0] - scores[1]
        return float(lost[place] - np.nanmedian(np.delete(lost, place)))

    def mean_score(sim: np.ndarray, chosen: np.ndarray, at: np.ndarray) -> np.ndarray:
        return bootstrap.nse(obs[:, at], sim[chosen][:, :, at]).mean(axis=0)

    everything, all_steps = np.arange(len(sims[0])), np.arange(obs.shape[1])
    value = gap([mean_score(sim, everything, all_steps) for sim in sims])
    drawn = [
        gap([mean_score(sim, rng.integers(0, len(sim), len(sim)), at) for sim in sims])
        for at in steps
    ]
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    blocks = max(1, obs.shape[1] // bootstrap.block_length("MS"))
    return Interval(value, float(low), float(high), (len(everything), blocks))


def likeness_interval(transfer: Transfer, draws: int = DRAWS) -> Interval:
    """Rank correlation over wells of likeness to the mean and TL-LSTM's difference to IT-LSTM."""
    lost = difference(transfer, "TL-LSTM", "IT-LSTM")
    like = transfer.likeness.reindex(lost.columns).to_numpy()
    known = np.isfinite(like) & np.isfinite(lost.to_numpy()).all(axis=0)
    like, values = like[known], lost.to_numpy()[:, known]
    if len(like) < 3:
        return Interval(float("nan"), float("nan"), float("nan"), (len(lost), len(like)))
    rng, drawn = np.random.default_rng(0), []
    for _ in range(draws):
        wells = rng.integers(0, len(like), len(like))
        seeds = rng.integers(0, len(values), len(values))
        drawn.append(rank_correlation(like[wells], values[seeds].mean(axis=0)[wells]))
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value = rank_correlation(like, values.mean(axis=0))
    return Interval(float(value), float(low), float(high), (len(values), len(like)))


def by_well(transfer: Transfer) -> pd.DataFrame:
    """Likeness to the mean of the others, cost of transfer and cluster (well_id)."""
    lost = difference(transfer, "TL-LSTM", "IT-LSTM").mean()
    clusters = transfer.study.clusters
    clusters = pd.Series(dtype=float) if clusters is None else clusters
    table = pd.DataFrame({"likeness": transfer.likeness, "difference": lost})
    return table.assign(cluster=clusters.reindex(table.index)).dropna(subset=["difference"])


def variant_medians(transfer: Transfer) -> pd.DataFrame:
    """Median NSE over wells of each variant of TL-LSTM: variant, value, draw, median."""
    rows = transfer.variants.query("lead_time == 1")
    by = ["variant", "value", "draw"]
    return rows.groupby(by, sort=False)["nse"].median().rename("median").reset_index()


def size_interval(transfer: Transfer, size: int) -> Interval:
    """NSE from the mean of all wells less that from means of ``size`` wells, over draws × wells."""
    rows = transfer.variants.query("variant == 'wells' and lead_time == 1")
    rows = rows.assign(value=rows["value"].astype(int))
    by_draw = rows.pivot_table(index=["value", "draw"], columns="well_id", values="nse")
    everything = by_draw.loc[by_draw.index.get_level_values("value").max()].iloc[0]
    return median_interval(everything - by_draw.loc[size])


def summary(transfer: Transfer, lead_time: int = 1) -> pd.DataFrame:
    """NSE per well of every approach, and the time it took.

    Returns
    -------
    DataFrame
        approach, median, low, high (90 % over wells × seeds), mean, mean_low, mean_high,
        lower_quartile, upper_quartile, seeds, wells, seconds (processor; NaN for references).
    """
    rows = []
    for approach in transfer.hindcasts:
        values = transfer.nse(approach, lead_time).to_numpy()
        median = bootstrap.sample_interval(values, np.median)
        mean = bootstrap.sample_interval(values, np.mean)
        each = values.mean(axis=0)
        quartiles = np.nanquantile(each, [0.25, 0.75]) if np.isfinite(each).any() else [np.nan] * 2
        rows.append(
            {
                "approach": approach,
                "median": median.value, "low": median.low, "high": median.high,
                "mean": mean.value, "mean_low": mean.low, "mean_high": mean.high,
                "lower_quartile": quartiles[0], "upper_quartile": quartiles[1],
                "seeds": len(values), "wells": median.draws[1],
                "seconds": transfer.seconds.get(approach, np.nan),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def transfer_tables(study) -> dict[str, pd.DataFrame]:
    """Tables for the folder of results, by name; none where the basin has no transfer learning."""
    transfer = read_transfer(study)
    if not transfer.folders:
        return {}
    return {
        "transfer": summary(transfer),
        "transfer_differences": comparisons(transfer),
        "transfer_scores": transfer.scores,
    }
