"""Tables of what the permutations of a study's transformer show."""

import pandas as pd

from swgw.scores.means import sample_means


def rise_of_loss(study, kind: str, target: str) -> pd.DataFrame:
    """Give the rise of a target's loss when inputs are permuted [%], with intervals.

    Parameters
    ----------
    study : Study
    kind : str
        "rise_of_variable", "rise_of_static", "rise_of_group" or "rise_in_season".
    target : str
        "head" or "surface_water".

    Returns
    -------
    DataFrame (input; value, low, high, seeds, blocks)
        Rise of the loss in percent of the loss, mean over seeds; the 90 % interval is over seeds
        and blocks of issue times.
    """
    blocks = {}
    for seed in study.seeds:
        found = study.importance(seed).sel(target=target).sum("series")
        blocks[seed] = (100 * found[kind] / found["loss"].mean("block")).to_pandas().T
    return sample_means(pd.concat(blocks, axis=1).swaplevel(axis=1), "blocks")


def shares_of_past(study) -> pd.DataFrame:
    """Give the shares of the parts of the past in attention and in need [%].

    Returns
    -------
    DataFrame (series; share, seed, age)
        "attention", and "need": of the rise of the loss over all targets when a part is permuted;
        below zero counts as none. Each adds up to 100 over the ages.
    """
    shares = {}
    for seed in study.seeds:
        found = study.importance(seed)
        loss = found["loss_of_windows"].sum(["series", "block"])
        need = (found["rise_of_past"].sum("block") / loss).sum("target").clip(min=0)
        shares["attention", seed] = found["attention"].to_pandas()
        shares["need", seed] = (need / need.sum("age").where(need.sum("age") > 0)).to_pandas().T
    shares = dict(sorted(shares.items()))
    return 100 * pd.concat(shares, axis=1, names=["share", "seed", "age"])
