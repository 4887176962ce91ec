"""Permutation importance: how much the loss rises when inputs come from another time or well.

One engine for every kind of input. The test period is cut into blocks of issue times. The windows
of a block take some inputs from elsewhere: a variable or a group of them, past and future together,
or all variables of one part of the past, from another block or from the same weeks of another year;
static attributes from another well. Everything else stays. So an input keeps its own course within
each window and loses its relation to the others (Breiman, 2001).
"""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr

from swgw.attribution.attention import PLACE, group_of, parts_of_past
from swgw.basin.prepare import Prepared
from swgw.inputs.panel import Panel, issue_steps
from swgw.models.batch import Block, Gatherer, Rows, pinball
from swgw.models.training import chunks
from swgw.scores.resample import block_length

WINDOWS_PER_BLOCK = 2
# Other years that inputs are taken from; years differ more than blocks do.
YEARS = 2

ROWS_AT_ONCE = 32


class Permutation(NamedTuple):
    """Inputs that are permuted together, and where they come from.

    Attributes
    ----------
    sources : tuple of Rows
        Rows of windows that the inputs are taken from, one for each repeat.
    variables, reals, classes : tuple of int
        Places of the dynamic inputs, of static numbers and of static classes.
    steps : slice
        Steps of a window at which dynamic inputs are permuted.
    """

    sources: tuple[Rows, ...]
    variables: tuple[int, ...] = ()
    reals: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    steps: slice = slice(None)

    def apply(self, block: Block, other: Block) -> Block:
        """Give a block with the other block's inputs in place of its own."""
        values, reals, classes = (x.clone() for x in (block.values, block.reals, block.classes))
        values[:, self.steps, self.variables] = other.values[:, self.steps, self.variables]
        reals[:, self.reals] = other.reals[:, self.reals]
        classes[:, self.classes] = other.classes[:, self.classes]
        return replace(block, values=values, reals=reals, classes=classes)


def rows_of_blocks(gatherer: Gatherer, step: str) -> tuple[Rows, int]:
    """Cut the issue times into blocks, two windows of each: rows by series, then by block.

    Parameters
    ----------
    gatherer : Gatherer
        Of the issue times.
    step : str
        Of the calendar; blocks have :func:`swgw.scores.resample.block_length` steps.

    Returns
    -------
    rows : Rows
        Of every series.
    blocks : int
        Blocks of each series; a rest shorter than a block is left out.
    """
    issues = gatherer.issues
    block = min(block_length(step), len(issues))
    starts = issues[0] + block * np.arange(len(issues) // block)
    stride = math.ceil(block / WINDOWS_PER_BLOCK)
    series = np.arange(gatherer.n_series)
    first, per_row = np.tile(starts, len(series)), math.ceil(block / stride)
    return Rows(np.repeat(series, len(starts)), first, per_row, stride), len(starts)


def middle_windows(rows: Rows) -> Rows:
    """Keep one window of each row: overlapping windows share the steps of their past."""
    first = rows.first + (rows.per_row - 1) * rows.stride // 2
    return replace(rows, first=first, per_row=1)


def permutation_importance(network, panel: Panel, prepared: Prepared, seed: int) -> xr.Dataset:
    """Permute inputs of the test windows and see how much the loss rises.

    Parameters
    ----------
    network : Module
        Gives standardised quantiles (window, lead_time, target, quantile) of a block.
    panel : Panel
        Its inputs.
    prepared : Prepared
    seed : int
        Of the permutations.

    Returns
    -------
    Dataset
        loss (target, series, block): quantile loss in typical changes, summed over the observed
        lead times of a block's windows. Its rises (…, target, series, block): rise_of_variable
        (encoder_variable), rise_of_static (static_input) and rise_of_group (group) with inputs of
        any other block or series; rise_in_season (group) with the same weeks of other years;
        rise_of_past (age) with one window a block, whose loss is loss_of_windows.
    """
    network.eval()
    gatherer = Gatherer(panel, issue_steps(panel, prepared.inside("test")))
    rows, blocks = rows_of_blocks(gatherer, prepared.basin.settings.step)
    plan = plan_inputs(panel, rows, blocks, prepared.steps_per_year, seed)
    windows = middle_windows(rows)
    past = plan_past(panel, windows, blocks, prepared.steps_per_year / 12, seed)
    found = loss_and_rises(network, gatherer, windows, past).rename(loss="loss_of_windows")
    found = found.merge(loss_and_rises(network, gatherer, rows, plan))
    return found.assign_coords(target=list(panel.targets), series=list(panel.series))


# By kind of rise: name to permutation.
Permutations = dict[str, dict[str, Permutation]]

DIMENSION = {"rise_of_variable": "encoder_variable", "rise_of_static": "static_input"}
DIMENSION |= {"rise_of_group": "group", "rise_in_season": "group", "rise_of_past": "age"}


def plan_inputs(panel: Panel, rows: Rows, blocks: int, year: int, seed: int) -> Permutations:
    """List what is permuted in whole windows, and draw where it comes from.

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
    any_block = _other_block(rows, blocks, rng)
    in_season = _other_years(panel, rows, blocks, year, rng)
    shift = blocks * _shift(len(rows) // blocks, rng)
    any_series = (replace(rows, series=np.roll(rows.series, shift)),)
    groups: dict[str, tuple[int, ...]] = {}
    for place, variable in enumerate(panel.variables):
        groups[group_of(variable)] = (*groups.get(group_of(variable), ()), place)
    reals, classes = tuple(range(len(panel.static_reals))), tuple(range(len(panel.static_classes)))
    statics = {panel.static_reals[i]: Permutation(any_series, reals=(i,)) for i in reals}
    statics |= {panel.static_classes[i]: Permutation(any_series, classes=(i,)) for i in classes}
    if statics:
        statics[PLACE] = Permutation(any_series, reals=reals, classes=classes)
    single = {name: Permutation(any_block, (i,)) for i, name in enumerate(panel.variables)}
    return {
        "rise_of_variable": single,
        "rise_of_static": statics,
        "rise_of_group": {name: Permutation(any_block, places) for name, places in groups.items()},
        "rise_in_season": {name: Permutation(in_season, places) for name, places in groups.items()},
    }


def plan_past(
    panel: Panel, rows: Rows, blocks: int, steps_per_month: float, seed: int
) -> Permutations:
    """List the parts of the past whose dynamic inputs come from another block."""
    sources = _other_block(rows, blocks, np.random.default_rng([seed, 3]))
    every = tuple(range(len(panel.variables)))
    parts = parts_of_past(panel.encoder_length, steps_per_month)
    ages = {age: Permutation(sources, every, steps=part) for age, part in parts.items()}
    return {"rise_of_past": ages}


def _shift(count: int, rng: np.random.Generator) -> int:
    """Draw a shift that leaves nothing in its place; 0 where there is one place only."""
    return 1 + int(rng.permutation(count - 1)[0]) if count > 1 else 0


def _issued(rows: Rows, first: list | np.ndarray) -> Rows:
    """Give the rows with other issue steps (block,), alike for every series."""
    return replace(rows, first=np.tile(first, len(rows) // len(first)))


def _other_block(rows: Rows, blocks: int, rng: np.random.Generator) -> tuple[Rows, ...]:
    return (_issued(rows, np.roll(rows.first[:blocks], _shift(blocks, rng))),)


def _other_years(
    panel: Panel, rows: Rows, blocks: int, year: int, rng: np.random.Generator
) -> tuple[Rows, ...]:
    """Draw rows in the same weeks of other years of the record; none where one has no other."""
    last = len(panel.time) - panel.lead_times - 1 - (rows.per_row - 1) * rows.stride
    found = []
    for step in rows.first[:blocks]:
        same = np.arange(step % year, last + 1, year)
        found.append(rng.permutation(same[(same >= panel.encoder_length - 1) & (same != step)]))
    repeats = min(YEARS, *map(len, found))
    return tuple(_issued(rows, [steps[k] for steps in found]) for k in range(repeats))


@torch.no_grad()
def loss_and_rises(network, gatherer: Gatherer, rows: Rows, plan: Permutations) -> xr.Dataset:
    """Compute the loss of each row and its rise under each permutation of a plan.

    Parameters
    ----------
    network : Module
    gatherer : Gatherer
    rows : Rows
        By series, then by block.
    plan : dict
        Kind of rise to {name: Permutation}.

    Returns
    -------
    Dataset
        loss (target, series, block) and one variable (name, target, series, block) for each kind.
    """
    losses, rises = [], {kind: [] for kind in plan}
    for chosen in chunks(len(rows), ROWS_AT_ONCE):
        block = gatherer.gather(rows.take(chosen))
        losses.append(row_losses(network, block))
        for kind, permutations in plan.items():
            part = np.zeros((len(permutations), *losses[-1].shape), np.float32)
            for rise, permutation in zip(part, permutations.values(), strict=True):
                for source in permutation.sources:
                    other = permutation.apply(block, gatherer.gather(source.take(chosen)))
                    rise += (row_losses(network, other) - losses[-1]) / len(permutation.sources)
            rises[kind].append(part)
    dims, count = ("target", "series", "block"), gatherer.n_series
    data = {"loss": (dims, _rows_apart(losses, count))}
    data |= {kind: ((DIMENSION[kind], *dims), _rows_apart(r, count)) for kind, r in rises.items()}
    return xr.Dataset(data, {DIMENSION[kind]: list(names) for kind, names in plan.items()})


def _rows_apart(parts: list[np.ndarray], n_series: int) -> np.ndarray:
    """Join parts (…, row) and unfold their rows: (…, series, block)."""
    whole = np.concatenate(parts, axis=-1)
    return whole.reshape(*whole.shape[:-1], n_series, whole.shape[-1] // n_series)


def row_losses(network, block: Block) -> np.ndarray:
    """Sum the quantile loss over the observed lead times of each row's windows: (target, row)."""
    loss = pinball(network(block), block).mean(dim=-1)  # (B, L, target)
    by_window = (loss * block.weight).sum(dim=1)  # (B, target)
    return by_window.unflatten(0, (len(block.values), -1)).sum(dim=1).T.cpu().numpy()
