"""Permutation importance in blocks of issue times, well by well.

A block of issue times gets an input, past and future together, from another block of the test
period, or from the same weeks of another year; everything else stays. The input keeps its own
course within each window and loses its relation to all others.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
import xarray as xr

from swgw.attribution.groups import PLACE, groups_of
from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel
from swgw.inputs.windows import issue_steps
from swgw.models.batch import Block, Gatherer, Rows
from swgw.models.losses import QUANTILE_LEVELS
from swgw.models.training import chunks
from swgw.scores.bootstrap import block_length

MOST_SERIES = 60
WINDOWS_A_BLOCK = 2
ONCE, TWICE = 1, 2
"""How often inputs are exchanged; with other years twice, since these differ most."""

ROWS_AT_ONCE = 32


@dataclass(frozen=True)
class Exchange:
    """Inputs that are exchanged together, and where they come from.

    Attributes
    ----------
    places : tuple of int
        Of dynamic inputs.
    reals, classes : tuple of int
        Of static numbers and classes.
    sources : tuple of Rows
        One a repeat: rows that the inputs are taken from.
    """

    places: tuple[int, ...]
    reals: tuple[int, ...]
    classes: tuple[int, ...]
    sources: tuple[Rows, ...]

    def apply(self, block: Block, other: Block) -> Block:
        """Put the other block's inputs into a block."""
        values, reals = block.values.clone(), block.reals.clone()
        classes = block.classes.clone()
        for mine, theirs, which in (
            (values, other.values, self.places),
            (reals, other.reals, self.reals),
            (classes, other.classes, self.classes),
        ):
            mine[..., list(which)] = theirs[..., list(which)]
        return replace(block, values=values, reals=reals, classes=classes)


def block_rows(gatherer: Gatherer, step: str) -> tuple[Rows, int]:
    """Cut the issue times into blocks, a few windows of each: rows by series, then by block.

    Parameters
    ----------
    gatherer : Gatherer
        Of the issue times.
    step : str
        Of the calendar; blocks are those of :func:`swgw.scores.bootstrap.block_length`.

    Returns
    -------
    rows : Rows
    blocks : int
        How many blocks each series has; a rest shorter than a block is left out.
    """
    issues = gatherer.issues
    block = min(block_length(step), len(issues))
    starts = issues[0] + block * np.arange(len(issues) // block)
    stride = -(-block // WINDOWS_A_BLOCK)
    series = np.arange(0, gatherer.n_series, -(-gatherer.n_series // MOST_SERIES))
    first = np.tile(starts, len(series))
    return Rows(np.repeat(series, len(starts)), first, -(-block // stride), stride), len(starts)


@torch.no_grad()
def permutation_importance(network, panel: Panel, prepared: Prepared, seed: int) -> xr.Dataset:
    """Exchange inputs on the test windows and see how much the loss rises.

    Parameters
    ----------
    network : Module
        Gives quantiles (window, lead_time, target, quantile) of a block.
    panel : Panel
        Its inputs.
    prepared : Prepared
    seed : int
        Of the exchanges.

    Returns
    -------
    Dataset
        loss (target, series, block): quantile loss of standardised anomalies, summed over the
        observed lead times of a block's windows. By how much that sum rises, mean over repeats:
        rise_of_variable (target, encoder_variable, series, block), rise_of_static (target,
        static_input, …), rise_of_group (target, group, …), all exchanged with any other block;
        rise_in_season (target, group, …): with the same weeks of other years only.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = block_rows(gatherer, prepared.basin.settings.step)
    series = [panel.series[i] for i in dict.fromkeys(rows.series)]
    plan = plan_exchanges(panel, rows, blocks, prepared.steps_per_year, seed)
    names = {"variable": "encoder_variable", "static": "static_input"}
    every = [exchange for exchanges in plan.values() for exchange in exchanges.values()]
    loss, rises = _losses(network, gatherer, rows, every)
    shape = (len(panel.targets), len(series), blocks)
    data = {"loss": (("target", "series", "block"), loss.reshape(shape))}
    coords = {"target": list(panel.targets), "series": series}
    at = 0
    for kind, exchanges in plan.items():
        part = rises[at : at + len(exchanges)].reshape(-1, *shape).swapaxes(0, 1)
        at += len(exchanges)
        name = names.get(kind.removeprefix("rise_of_"), "group")
        data[kind] = (("target", name, "series", "block"), part)
        coords[name] = list(exchanges)
    return xr.Dataset(data, coords)


def plan_exchanges(
    panel: Panel, rows: Rows, blocks: int, year: int, seed: int
) -> dict[str, dict[str, Exchange]]:
    """List what is exchanged, by kind and name, and draw where it comes from.

    Parameters
    ----------
    panel : Panel
    rows : Rows
        By series, then by block.
    blocks, year : int
        Blocks of a series; steps of a year.
    seed : int
    """
    rng = np.random.default_rng([seed, 1])
    any_block, in_season, elsewhere = _sources(panel, rows, blocks, year, rng)
    reals, classes = panel.static_reals, panel.static_classes
    statics = {n: Exchange((), (i,), (), elsewhere) for i, n in enumerate(reals)}
    statics |= {n: Exchange((), (), (i,), elsewhere) for i, n in enumerate(classes)}
    if statics:
        every = tuple(range(len(reals))), tuple(range(len(classes)))
        statics[PLACE] = Exchange((), *every, elsewhere)
    groups = groups_of(panel.variables)
    return {
        "rise_of_variable": {
            name: Exchange((i,), (), (), any_block) for i, name in enumerate(panel.variables)
        },
        "rise_of_static": statics,
        "rise_of_group": {n: Exchange(tuple(p), (), (), any_block) for n, p in groups.items()},
        "rise_in_season": {n: Exchange(tuple(p), (), (), in_season) for n, p in groups.items()},
    }


def _sources(
    panel: Panel, rows: Rows, blocks: int, year: int, rng: np.random.Generator
) -> tuple[tuple[Rows, ...], ...]:
    """Draw rows to take from: any other block, the same weeks of other years, other series."""
    count, first = len(rows) // blocks, rows.first[:blocks]
    last = len(panel.time) - panel.lead_times - 1 - (rows.per_row - 1) * rows.stride
    any_block = [np.roll(first, shift) for shift in shifts(rng, blocks, ONCE)]
    in_season = _in_other_years(first, year, panel.encoder_length - 1, last, rng)
    by_time = (
        tuple(replace(rows, first=np.tile(steps, count)) for steps in drawn)
        for drawn in (any_block, in_season)
    )
    moved = shifts(rng, count, ONCE) * blocks
    return *by_time, tuple(replace(rows, series=np.roll(rows.series, s)) for s in moved)


def shifts(rng: np.random.Generator, count: int, most: int) -> np.ndarray:
    """Draw shifts that leave nothing in its place, no two alike; none of one."""
    return 1 + rng.permutation(max(count - 1, 0))[:most]


def _in_other_years(
    first: np.ndarray, year: int, earliest: int, last: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Draw for each step the same of another year of the record; none where one has no other."""
    found = []
    for step in first:
        same = np.arange(step % year, last + 1, year)
        found.append(rng.permutation(same[(same >= earliest) & (same != step)]))
    most = min(TWICE, *map(len, found))
    return list(np.array([steps[:most] for steps in found], int).T)


def _losses(
    network, gatherer: Gatherer, rows: Rows, exchanges: list[Exchange]
) -> tuple[np.ndarray, np.ndarray]:
    """Give losses (target, row) and how far they rise (exchange, target, row)."""
    losses, rises = [], []
    for chosen in chunks(len(rows), ROWS_AT_ONCE):
        block = gatherer.gather(rows.take(chosen))
        sources = {id(each): each for exchange in exchanges for each in exchange.sources}
        taken = {key: gatherer.gather(each.take(chosen)) for key, each in sources.items()}
        base = row_losses(network, block)
        losses.append(base)
        found = np.zeros((len(exchanges), *base.shape), np.float32)
        for i, exchange in enumerate(exchanges):
            for source in exchange.sources:
                changed = exchange.apply(block, taken[id(source)])
                found[i] += (row_losses(network, changed) - base) / len(exchange.sources)
        rises.append(found)
    return np.concatenate(losses, axis=-1), np.concatenate(rises, axis=-1)


def row_losses(network, block: Block) -> np.ndarray:
    """Sum the quantile loss over the observed lead times of each row's windows: (target, row)."""
    levels = block.target.new_tensor(QUANTILE_LEVELS)
    error = (block.target[..., None] - network(block)) / block.typical[..., None]
    pinball = torch.maximum(levels * error, (levels - 1) * error).mean(dim=-1)  # (B, L, target)
    by_window = (pinball * block.weight).sum(dim=1)  # (B, target)
    return by_window.unflatten(0, (len(block.values), -1)).sum(dim=1).T.cpu().numpy()
