"""The competitors, one job each: every one leaves its forecasts and the time it took."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.folder import Basin
from swgw.inputs.panel import usable_wells
from swgw.storage.files import write_dataset
from swgw.storage.results import timed
from swgw.transfer.monthly import Samples, make_samples, monthly_basin, with_means
from swgw.transfer.plan import NETWORKS, Plan

MEAN = "mean of the wells"
WITHOUT = "mean without "
FIRST, OTHERS = "development", "other seeds"
"""Stages of the clock: what it takes to have one model of every well, and the further seeds."""


def make_references(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """Write persistence, damped persistence and climatology."""
    from swgw.transfer.classical import references

    samples, wells = open_samples(basin)
    for name, heads in references(samples, wells).items():
        write_hindcast(folder, samples, wells, [heads], f"{name}.nc")


def make_individual(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """IT-LSTM: tune and train a network for each well."""
    from swgw.models.training import one_thread
    from swgw.transfer.networks import again, forecast, tune

    samples, wells = open_samples(basin)
    settings = NETWORKS[: plan.trials]
    with one_thread():
        with timed(folder, FIRST):
            tuned = tune(samples, wells, settings, plan, plan.seeds[0])
            heads = [forecast(samples, wells, tuned)]
        with timed(folder, OTHERS):
            for seed in plan.seeds[1:]:
                networks = again(samples, wells, tuned, plan, seed)
                heads.append(forecast(samples, wells, networks))
    write_hindcast(folder, samples, wells, heads)


def make_transferred(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """TL-LSTM: pre-train on the mean of the wells, fine-tune for each."""
    _transfer(basin, plan, folder, lambda wells: ({MEAN: wells}, [0] * len(wells)))


def make_left_out(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """TL-LSTM from a mean in which the target well is not."""
    _transfer(basin, plan, folder, lambda wells: (left_out(wells), range(len(wells))))


def left_out(wells: Sequence[str]) -> dict[str, list[str]]:
    """Wells of the mean that each well starts from: all the others."""
    return {f"{WITHOUT}{well}": [w for w in wells if w != well] for well in wells}


def _transfer(basin: Basin, plan: Plan, folder: Path, origins: Callable) -> None:
    from swgw.models.training import one_thread
    from swgw.transfer.networks import again, fine_tune, forecast, tune

    wells = usable_wells(monthly_basin(basin))
    groups, origin = origins(wells)
    samples, _ = open_samples(basin, groups)
    names, heads, pretrained = list(groups), [], None
    with one_thread():
        for seed in plan.seeds:
            with timed(folder, FIRST if pretrained is None else OTHERS):
                if pretrained is None:
                    networks = tune(samples, names, NETWORKS[: plan.trials], plan, seed)
                    pretrained = networks
                else:
                    networks = again(samples, names, pretrained, plan, seed)
                tuned = fine_tune(samples, wells, networks, origin, plan)
                heads.append(forecast(samples, wells, tuned))
    write_hindcast(folder, samples, wells, heads)


def make_support_vectors(
    basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path
) -> None:
    """Support vector regression, tuned for each well; nothing in it is drawn at random."""
    from swgw.transfer.classical import forecast_support_vectors

    samples, wells = open_samples(basin)
    with timed(folder, FIRST):
        found = forecast_support_vectors(samples, wells, plan)
    write_hindcast(folder, samples, wells, [_heads(samples, wells, found)])


def make_forests(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """Random forest, tuned for each well."""
    from swgw.transfer.classical import forecast_forests

    samples, wells = open_samples(basin)
    heads, chosen = [], None
    for seed in plan.seeds:
        with timed(folder, FIRST if chosen is None else OTHERS):
            found, chosen = forecast_forests(samples, wells, plan, seed, chosen)
        heads.append(_heads(samples, wells, found))
    write_hindcast(folder, samples, wells, heads)


def open_samples(
    basin: Basin, groups: dict[str, Sequence[str]] | None = None
) -> tuple[Samples, list[str]]:
    """Windows of a basin's wells and of means of them, and the names of the wells."""
    prepared = monthly_basin(basin)
    return make_samples(with_means(prepared, groups or {})), usable_wells(prepared)


def _heads(samples: Samples, wells: Sequence[str], departure: np.ndarray) -> np.ndarray:
    from swgw.transfer.networks import to_heads

    return to_heads(samples, wells, departure)


def write_hindcast(
    folder: Path,
    samples: Samples,
    wells: Sequence[str],
    heads: list[np.ndarray],
    name: str = "hindcast.nc",
) -> None:
    """Write the forecasts of the test period: forecast (seed, well, issue_time, lead_time) [m]."""
    rows, inside = samples.rows(wells)[:, None], np.flatnonzero(samples.period == "test")
    dims = ("well", "issue_time", "lead_time")
    data = {
        "forecast": (("seed", *dims), np.stack(heads).astype(np.float32)),
        "observed": (dims, samples.observed[rows, inside]),
    }
    coordinates = {
        "well": list(wells),
        "issue_time": samples.issue_time[inside],
        "lead_time": np.arange(1, samples.y.shape[-1] + 1),
        "valid_time": (dims[1:], samples.valid_time[inside]),
    }
    write_dataset(xr.Dataset(data, coordinates), folder / name)
