"""What TL-LSTM depends on: how deep it is frozen, which mean it starts from, how many wells in it.

Each variant changes one thing of TL-LSTM with the first seed and is scored on the same index.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from swgw.basin.folder import Basin
from swgw.scores import skill as scores
from swgw.storage.files import write_whole
from swgw.storage.results import timed
from swgw.transfer.make import MEAN, open_samples
from swgw.transfer.monthly import Samples
from swgw.transfer.plan import FROZEN, NETWORKS, Plan

DEPTHS = (0, 1, 2, 3, 4)
SIZES = (1, 2, 3, 5, 7, 10, 15, 25, 50)
"""Wells in a mean, up to the number of wells: 7 is the source's."""

LIBRARY = "mean of cluster "
ONE_WELL = "one well alone, "


def make_variants(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """Write ``variants.csv``: variant, value, draw, well_id, lead_time, nse."""
    from swgw.models.training import one_thread
    from swgw.transfer.networks import fine_tune, forecast, train_group, tune

    _, wells = open_samples(basin)
    library = cluster_means(wells, clusters)
    drawn = drawn_means(wells, plan.draws)
    samples, _ = open_samples(basin, {MEAN: wells} | library | dict(drawn))
    seed, rows = plan.seeds[0], []

    def score(variant: str, value, draw: int, pretrained, origin, frozen: int = FROZEN) -> None:
        tuned = fine_tune(samples, wells, pretrained, origin, plan, frozen)
        found = score_wells(samples, wells, forecast(samples, wells, tuned))
        rows.append(found.assign(variant=variant, value=value, draw=draw))

    with one_thread():
        first = tune(samples, [MEAN], NETWORKS[: plan.trials], plan, seed)
        for depth in DEPTHS:
            score("frozen", depth, 0, first, [0] * len(wells), depth)
        setting = first[0].setting
        if library:
            names = list(library)
            own = train_group(samples, names, np.arange(len(names)), setting, plan, seed)
            score("library", "own cluster", 0, [own], _home(library, wells))
        names = [name for name, _ in drawn]
        means = train_group(samples, names, np.arange(len(names)), setting, plan, seed)
        for row, (_, members) in enumerate(drawn):
            score("wells", len(members), row, [means], [row] * len(wells))
        _time_one_well(samples, wells, plan, folder)
    with write_whole(folder / "variants.csv") as temporary:
        pd.concat(rows).to_csv(temporary, index=False)


def _time_one_well(samples: Samples, wells: Sequence[str], plan: Plan, folder: Path) -> None:
    """Time what one well takes by itself, which is how the source worked."""
    from swgw.transfer.networks import fine_tune, tune

    settings, seed = NETWORKS[: plan.trials], plan.seeds[0]
    with timed(folder, f"{ONE_WELL}IT-LSTM"):
        tune(samples, wells[:1], settings, plan, seed)
    with timed(folder, f"{ONE_WELL}pre-training"):
        pretrained = tune(samples, [MEAN], settings, plan, seed)
    with timed(folder, f"{ONE_WELL}TL-LSTM"):
        fine_tune(samples, wells[:1], pretrained, [0], plan)


def cluster_means(wells: Sequence[str], clusters: pd.Series | None) -> dict[str, list[str]]:
    """Wells of each cluster's mean; empty where there are no clusters."""
    if clusters is None:
        return {}
    return {
        f"{LIBRARY}{number}": list(members)
        for number, members in clusters.reindex(list(wells)).groupby(clusters).groups.items()
    }


def _home(library: dict[str, list[str]], wells: Sequence[str]) -> list[int]:
    """The entry of the library that each well starts from: its own cluster's."""
    return [
        next(row for row, members in enumerate(library.values()) if well in members)
        for well in wells
    ]


def drawn_means(wells: Sequence[str], draws: int) -> list[tuple[str, list[str]]]:
    """Means of few and of many wells, drawn at random; all of them once."""
    rng, found = np.random.default_rng(0), []
    for size in [size for size in SIZES if size < len(wells)]:
        for draw in range(draws):
            members = sorted(rng.choice(len(wells), size, replace=False))
            found.append((f"{size} wells, draw {draw}", [wells[i] for i in members]))
    return [*found, (f"{len(wells)} wells", list(wells))]


def score_wells(samples: Samples, wells: Sequence[str], heads: np.ndarray) -> pd.DataFrame:
    """NSE of each well and lead time in the test period: well_id, lead_time, nse."""
    inside = np.flatnonzero(samples.period == "test")
    observed = samples.observed[samples.rows(wells)[:, None], inside]
    return pd.DataFrame(list(_scores(wells, observed, heads)))


def _scores(wells: Sequence[str], observed: np.ndarray, heads: np.ndarray) -> Iterator[dict]:
    for i, well in enumerate(wells):
        for k in range(heads.shape[-1]):
            value = scores.nse(observed[i, :, k], heads[i, :, k])
            yield {"well_id": well, "lead_time": k + 1, "nse": value}
