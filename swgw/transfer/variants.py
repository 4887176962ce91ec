"""Variants of TL-LSTM: freeze depth, the number of wells in the mean, a model zoo by cluster.

Each changes one thing with the first seed and is scored on the test period.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.folder import Basin
from swgw.inputs.panel import usable_wells
from swgw.models.training import one_thread
from swgw.scores.skill import nse
from swgw.storage.files import write_text
from swgw.transfer.competitors import Task, fine_tune, forecast, train, tune
from swgw.transfer.lstm import LAYERS
from swgw.transfer.monthly import monthly, monthly_windows, part
from swgw.transfer.plan import FROZEN, MEAN, Plan

SIZES = (1, 2, 3, 5, 7, 10, 15, 25, 50)
"""Wells in a mean, up to the number of wells: 7 is the source's."""


def make_variants(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """Write ``variants.csv``: well_id, nse, variant, value, sample (of wells)."""
    prepared = monthly(basin)
    wells = usable_wells(prepared)
    zoo, sampled = cluster_means(wells, clusters), sampled_means(wells, plan.samples)
    windows = monthly_windows(prepared, {MEAN: wells} | zoo | sampled)
    task, observed = Task(windows, wells, plan), part(windows, wells, "test")["observed"].to_numpy()
    tables = []
    with one_thread():
        for variant, value, sample, origins, frozen in _variants(task, zoo, sampled):
            heads = forecast(task, fine_tune(task, origins, frozen))
            table = pd.DataFrame({"well_id": wells, "nse": list(map(nse, observed, heads))})
            tables.append(table.assign(variant=variant, value=value, sample=sample))
    write_text(folder / "variants.csv", pd.concat(tables).to_csv(index=False))


def _variants(task: Task, zoo: Mapping, sampled: Mapping) -> Iterator[tuple]:
    """Give each variant: name, value, sample, the network of each well, frozen layers."""
    wells, seed = task.wells, task.plan.seeds[0]
    tuned = tune(task, [MEAN], seed)[MEAN]
    for depth in range(len(LAYERS) + 1):
        yield "frozen layers", depth, 0, dict.fromkeys(wells, tuned), depth
    if zoo:
        own = train(task, dict.fromkeys(zoo, tuned.setting), seed)
        home = {well: own[name] for name, members in zoo.items() for well in members}
        yield "mean of the cluster", len(zoo), 0, home, FROZEN
    means = train(task, dict.fromkeys(sampled, tuned.setting), seed)
    for sample, (name, members) in enumerate(sampled.items()):
        yield "wells in the mean", len(members), sample, dict.fromkeys(wells, means[name]), FROZEN


def cluster_means(wells: list[str], clusters: pd.Series | None) -> dict[str, list[str]]:
    """List the wells of the mean of each cluster; empty where there are no clusters."""
    groups = {} if clusters is None else clusters[wells].groupby(clusters).groups
    return {f"mean of cluster {number}": list(members) for number, members in groups.items()}


def sampled_means(wells: list[str], samples: int) -> dict[str, list[str]]:
    """List the wells of means of few and of many wells, sampled at random; of all wells once."""
    rng = np.random.default_rng(0)
    sizes = [size for size in SIZES if size < len(wells) for _ in range(samples)]
    members = [[wells[i] for i in sorted(rng.choice(len(wells), n, replace=False))] for n in sizes]
    return {f"sample {k}": names for k, names in enumerate([*members, wells])}
